"""What became of each account's credentials, so that a wrong password is tried on one server and not on all of them.

A directory locks an account after a few refusals, whichever servers they were at. So an account that no server has accepted
yet is tried by one thread at a time, and the first refusal is the last attempt.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock

from .errors import BadCredentials
from .settings import ConnectionSettings, RemoteCredential


@dataclass(slots=True)
class _Account:
    first: Lock = field(default_factory=Lock)
    proven: bool = False
    refused_at: set[str] = field(default_factory=set)


class Keyring:
    """Shared by all sessions of a process; safe between threads."""

    def __init__(self) -> None:
        self._accounts: dict[tuple[str, str, str], _Account] = {}
        self._lock = Lock()

    @contextmanager
    def trying(self, settings: ConnectionSettings, credential: RemoteCredential) -> Iterator[None]:
        """Around the attempt to log on: notes how it ends.

        Raises:
            BadCredentials: they were refused before and are not sent again.
        """
        if not credential.password:
            yield  # tickets and certificates lock nothing
            return
        account = self._account(settings, credential)
        if account.proven:
            with _noted(account, settings.server, credential):
                yield
            return
        # The others wait for the first answer; a server that does not answer lets the next one try.
        with account.first, _noted(account, settings.server, credential):
            yield

    def _account(self, settings: ConnectionSettings, credential: RemoteCredential) -> _Account:
        key = (_scope(settings, credential), credential.username.lower(), credential.password)
        with self._lock:
            return self._accounts.setdefault(key, _Account())


@contextmanager
def _noted(account: _Account, server: str, credential: RemoteCredential) -> Iterator[None]:
    _refuse(account, server, credential)
    try:
        yield
    except BadCredentials:
        account.refused_at.add(server)
        raise
    account.proven = True
    account.refused_at.discard(server)


def _refuse(account: _Account, server: str, credential: RemoteCredential) -> None:
    """One refusal is enough, or one at this server or two at others where it was accepted before."""
    known = account.refused_at
    if server in known or len(known) > (1 if account.proven else 0):
        raise BadCredentials(
            server=server,
            why=f"{', '.join(sorted(known))} has refused {credential.username} already; it is not tried again, "
            "because a few more attempts would lock the account",
            next="check user name and password, then run the same command again",
        )


def _scope(settings: ConnectionSettings, credential: RemoteCredential) -> str:
    """Where the account lives: a local one is another account on each server."""
    name = credential.username
    is_local = settings.transport == "basic" or name.startswith(".\\") or not ("\\" in name or "@" in name)
    return settings.server.lower() if is_local else ""
