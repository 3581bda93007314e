"""A tiny organization for the tests of the wire: two machines, three accounts, programs that are plain functions."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

from exmigrate.remote import (
    Call,
    ConnectionSettings,
    RemoteCredential,
    ShellBook,
    Timeouts,
    WinRMSession,
    WinRMSessions,
)
from exmigrate.remote.framing import digest
from exmigrate.twin.wsman import (
    Account,
    CommandRequest,
    Console,
    LogonKind,
    MachineSpec,
    ScriptedFaults,
    WinRMServer,
    nt_hash,
)
from tests.wire.fakeloop import FakePowerShell, Scripts
from tests.wire.programs import ProgramTable

PASSWORD = "Sömmer#2014"
LOCAL_PASSWORD = "L0cal pass"
ADMIN = RemoteCredential("EXAMPLE\\admin", PASSWORD)
FAST = Timeouts(operation=2, ready=10, call=20, recover=10.0, connect=3.0)


def call(script: str, secrets: dict[str, str] | None = None, **argument: Any) -> Call:
    """A call of a script of the fake interpreter."""
    return Call(digest(script), script, "Check", argument, secrets=secrets or {})


class TestAccounts:
    """Domain EXAMPLE (example.test) with `admin` and `clerk`, and a local `svc` on each machine."""

    __test__ = False

    def __init__(self) -> None:
        self.accounts = {
            "admin": Account("admin", "EXAMPLE", nt_hash(PASSWORD)),
            "clerk": Account("clerk", "EXAMPLE", nt_hash(PASSWORD), may_use_remote_shell=False),
            "svc": Account("svc", "MAIL1", nt_hash(LOCAL_PASSWORD), is_local=True),
        }
        self.failures: dict[str, int] = {}
        self.logons: list[tuple[str, str, LogonKind]] = []

    def find(self, machine: str, domain: str, user: str) -> Account | None:
        if "@" in user:
            user, _, domain = user.partition("@")
        account = self.accounts.get(user.lower())
        if account is None:
            return None
        known = {machine.lower(), ".", ""} if account.is_local else {"example", "example.test"}
        return account if domain.lower() in known else None

    def by_certificate(self, machine: str, upn: str) -> Account | None:
        return self.accounts["svc"] if upn == "svc@localhost" else None

    def failed(self, machine: str, account: Account) -> None:
        count = self.failures[account.name] = self.failures.get(account.name, 0) + 1
        if count >= 3:
            self.accounts[account.name] = replace(account, locked=True)

    def succeeded(self, machine: str, account: Account, kind: LogonKind) -> None:
        self.failures[account.name] = 0
        self.logons.append((machine, account.name, kind))


class Runs:
    """Counts what programs really ran, so that a test can tell once from twice."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.started: list[str] = []

    def add(self, what: str) -> None:
        with self._lock:
            self.started.append(what)


class Programs:
    """Programs of the test machines."""

    def __init__(self) -> None:
        self.runs = Runs()
        self.release = threading.Event()

    def table(self) -> dict[str, object]:
        return {
            "emit": self.emit,
            "cat": self.cat,
            "wait": self.wait,
            "hop": self.hop,
            "env": self.env,
        }

    def emit(self, request: CommandRequest, arguments: tuple[str, ...], console: Console) -> int:
        """`emit OUT [ERR [CODE]]`"""
        self.runs.add(request.line)
        console.write_stdout(arguments[0].encode() if arguments else b"")
        console.write_stderr(arguments[1].encode() if len(arguments) > 1 else b"")
        return int(arguments[2]) if len(arguments) > 2 else 0

    def cat(self, request: CommandRequest, arguments: tuple[str, ...], console: Console) -> int:
        """Echo standard input by line until its end."""
        while line := console.stdin.readline():
            console.write_stdout(line)
        return 0

    def wait(self, request: CommandRequest, arguments: tuple[str, ...], console: Console) -> int:
        """Say nothing until the test lets go."""
        self.runs.add("wait")
        while not self.release.wait(0.02) and not console.cancelled.is_set():
            pass
        console.write_stdout(b"released")
        return 0

    def hop(self, request: CommandRequest, arguments: tuple[str, ...], console: Console) -> int:
        """Reach a second machine with the session's credentials."""
        if not request.logon.can_delegate:
            console.write_stderr(b"Access is denied.\r\n")
            return 5
        console.write_stdout(f"{request.logon.kind.value} {request.logon.name}".encode())
        return 0

    def env(self, request: CommandRequest, arguments: tuple[str, ...], console: Console) -> int:
        console.write_stdout(
            f"{dict(request.environment)} {request.working_directory} {request.codepage}".encode()
        )
        return 0


class Organization:
    """A running server with machines MAIL1 and MAIL2."""

    def __init__(self, spec: MachineSpec | None = None) -> None:
        self.accounts = TestAccounts()
        self.sessions: list[WinRMSession] = []
        self.programs = Programs()
        self.scripts = Scripts()
        self.powershell = FakePowerShell(self.scripts)
        self.faults = ScriptedFaults()
        table = self.programs.table() | {"powershell": self.powershell}
        self.server = WinRMServer(self.accounts, ProgramTable(table), self.faults)  # type: ignore[arg-type]
        first = spec or machine("MAIL1")
        self.mail1 = self.server.add(first)
        self.mail2 = self.server.add(machine("MAIL2"))

    def settings(self, machine: str = "mail1", **more: Any) -> ConnectionSettings:
        endpoint = self.mail1 if machine == "mail1" else self.mail2
        values: dict[str, Any] = {"transport": "ntlm", "port": endpoint.http_port, "timeouts": FAST} | more
        if values.get("scheme") == "https":
            values["port"] = endpoint.https_port
        return ConnectionSettings(machine, "127.0.0.1", **values)

    def session(self, machine: str = "mail1", book: ShellBook | None = None, **more: Any) -> WinRMSession:
        credential = more.pop("credential", ADMIN)
        made = WinRMSessions("run1", book).open(self.settings(machine, **more), credential)
        self.sessions.append(made)
        return made

    def close(self) -> None:
        self.programs.release.set()
        self.scripts.release.set()
        for session in self.sessions:
            session.close()
        self.server.close()


def machine(name: str, **more: object) -> MachineSpec:
    """A member server of the domain."""
    return MachineSpec(name, f"{name.lower()}.example.test", "EXAMPLE", "example.test", **more)  # type: ignore[arg-type]
