"""Servers as the runner uses them: settings from the change and the endpoints file, one session and thread each."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Thread
from typing import Any

from exmigrate.model import Change, Refused
from exmigrate.remote import (
    ConnectionSettings,
    Endpoints,
    NotExposed,
    RemoteCredential,
    RunAs,
    ServerSession,
    SessionFactory,
)
from exmigrate.remote.settings import DEFAULT_RUN_ROOT

from .secretstore import SecretStore


class NotDriven(Refused):
    """The plan gives no connection to this server."""

    code = "EXM-U012"


@dataclass(frozen=True)
class Directory:
    """How each server of a change is reached, and as whom.

    Attributes:
        change: for its connections.
        sessions: opens sessions.
        store: resolves the credentials.
        endpoints: where servers listen when that is not where the plan says.
    """

    change: Change
    sessions: SessionFactory
    store: SecretStore
    endpoints: Endpoints = field(default_factory=Endpoints)

    def open(self, host: str) -> ServerSession:
        """A session to a server; nothing is connected before its first use.

        Raises:
            NotDriven: the change has no connection for it.
            NoSecret: its password is not there.
        """
        given = self._connection(host)
        return self.sessions.open(self.endpoints.apply(settings(host, given)), self._credential(given))

    def run_as(self, host: str, *, local: bool) -> RunAs:
        """The account of a job's task: the plan's run-as credential, else the connection's own.

        On Windows 2003, where a password would stand on a command line, what stays on the server is the system's own work.

        Raises:
            NotExposed: only that account will do there, and the plan does not let its password show.
        """
        given = self._connection(host)
        if given.get("tasks") == "schtasks" and local:
            return RunAs("system")
        named = given.get("run_as") or given.get("credential") or {}
        user, reference = str(named.get("username") or ""), str(named.get("password") or "")
        exposed = given.get("expose_run_as_password") is True
        if user and reference and given.get("tasks") == "schtasks" and not exposed:
            raise NotExposed.on(host, user)
        if user and reference:
            return RunAs("password", user, self.store.resolve(reference), exposed)
        if user and not local:
            return RunAs("managed", user)
        return RunAs("system")

    def run_root(self, host: str) -> str:
        """Folder for run directories on a server."""
        return settings(host, self._connection(host)).run_root

    def _connection(self, host: str) -> Mapping[str, Any]:
        given = self.change.connections.get(host)
        if not given:
            raise NotDriven(f"The plan gives no connection to {host}.", server=host)
        return dict(given)

    def _credential(self, given: Mapping[str, Any]) -> RemoteCredential:
        named = given.get("credential") or {}
        reference = str(named.get("password") or "")
        return RemoteCredential(
            str(named.get("username") or ""),
            self.store.resolve(reference) if reference else "",
            str(named.get("certificate") or ""),
            str(named.get("key") or ""),
        )


def settings(host: str, given: Mapping[str, Any]) -> ConnectionSettings:
    """The settings of a connection of a change."""
    return ConnectionSettings(
        server=host,
        address=str(given.get("address") or given.get("fqdn") or host),
        transport=given.get("transport") or "kerberos",
        scheme=given.get("scheme") or "http",
        port=int(given.get("port") or 0),
        verify=str(given.get("verify") or "system"),
        delegate=given.get("transport") in (None, "kerberos"),
        run_root=str(given.get("run_root") or DEFAULT_RUN_ROOT),
    )


class Crew:
    """One worker thread a server, each with its own queue: a session is for one thread."""

    def __init__(self) -> None:
        self._queues: dict[str, SimpleQueue[Callable[[], None] | None]] = {}
        self._threads: list[Thread] = []

    def give(self, host: str, work: Callable[[], None]) -> None:
        """Queue work for a server's thread."""
        if host not in self._queues:
            self._queues[host] = SimpleQueue()
            thread = Thread(target=_serve, args=(self._queues[host],), name=f"server {host}", daemon=True)
            self._threads.append(thread)
            thread.start()
        self._queues[host].put(work)

    def dismiss(self, wait_s: float) -> None:
        """Let every thread end after the work it has; wait so long for each, not longer."""
        for queue in self._queues.values():
            queue.put(None)
        for thread in self._threads:
            thread.join(wait_s)


def _serve(queue: SimpleQueue[Callable[[], None] | None]) -> None:
    while (work := queue.get()) is not None:
        work()
