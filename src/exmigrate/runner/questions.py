"""Rounds of questions to servers: one session a server for all rounds, and who did not answer is not asked again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Protocol

from exmigrate.remote import Call, CallOutcome, Failure, ServerSession

_FINAL = frozenset({"never-sent", "credentials", "permanent"})


class Asking(Protocol):
    """Told of questions as they go out and come back; from any thread."""

    def begins(self, host: str, questions: int) -> None:
        """A server is asked."""

    def ended(self, host: str) -> None:
        """It has answered, or has not."""


class Unheard:
    """Tells nobody."""

    def begins(self, host: str, questions: int) -> None:
        """Nothing."""

    def ended(self, host: str) -> None:
        """Nothing."""


class Questions:
    """Asks servers; ends its sessions as a context. Many servers at a time, each from one thread at a time.

    A server that could not be reached is not waited for once a round, and credentials that were refused are not tried
    again: a few more attempts would lock the account.

    Args:
        open_session: A session to a server by name.
        asking: Told who is asked.
    """

    def __init__(self, open_session: Callable[[str], ServerSession], asking: Asking = Unheard()) -> None:
        self._open = open_session
        self._asking = asking
        self._sessions: dict[str, ServerSession] = {}
        self._silent: dict[str, Failure] = {}

    def __enter__(self) -> Questions:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for session in self._sessions.values():
            session.close()

    def ask(self, host: str, calls: Sequence[Call]) -> Sequence[CallOutcome]:
        """Ask one server everything in one round trip; an outcome for each call.

        Raises:
            ExmigrateError: there is no way to ask it at all, such as a password that is not there.
        """
        if host in self._silent:
            return [self._silent[host]] * len(calls)
        self._asking.begins(host, len(calls))
        try:
            if host not in self._sessions:
                self._sessions[host] = self._open(host)
            outcomes = self._sessions[host].call(calls)
        finally:
            self._asking.ended(host)
        first = outcomes[0] if outcomes else None
        if isinstance(first, Failure) and first.class_ in _FINAL and all(x == first for x in outcomes):
            self._silent[host] = first
        return outcomes
