"""Between the wire and the world: who may log on, and processes for what clients start."""

from __future__ import annotations

from exmigrate.twin.powershell.machine import MachineError
from exmigrate.twin.world.accounts import AccountRecord, Token
from exmigrate.twin.world.processes import RunningProcess
from exmigrate.twin.world.server import Server
from exmigrate.twin.world.tasks import split_command
from exmigrate.twin.world.world import World
from exmigrate.twin.wsman import Account, CommandNotFound, CommandRequest, Console, Logon, LogonKind, nt_hash

CODEPAGES = {65001: "utf-8", 437: "cp437", 850: "cp850", 1252: "cp1252", 0: "cp437"}


class WorldAccounts:
    """The wire's `Accounts` over the world's."""

    def __init__(self, world: World) -> None:
        self._world = world

    def find(self, machine: str, domain: str, user: str) -> Account | None:
        """Look an account up as a machine would."""
        with self._world.access():
            server = self._world.server(machine)
            record = self._world.accounts.find(server, domain, user) if server is not None else None
            return self._account(server, record) if server is not None and record is not None else None

    def by_certificate(self, machine: str, upn: str) -> Account | None:
        """The local account that a client certificate is mapped to."""
        with self._world.access():
            server = self._world.server(machine)
            record = self._world.accounts.by_certificate(server, upn) if server is not None else None
            return self._account(server, record) if server is not None and record is not None else None

    def _account(self, server: Server, record: AccountRecord) -> Account:
        accounts = self._world.accounts
        groups = record.local_groups if record.is_local else accounts.domain_groups(record)
        return Account(
            name=record.name,
            domain=record.domain,
            nt_hash=nt_hash(record.password),
            is_local=record.is_local,
            enabled=record.enabled,
            locked=accounts.is_locked(record),
            may_use_remote_shell=accounts.is_administrator(server, set(groups), record),
        )

    def _record(self, machine: str, account: Account) -> AccountRecord | None:
        server = self._world.server(machine)
        return self._world.accounts.find(server, account.domain, account.name) if server is not None else None

    def failed(self, machine: str, account: Account) -> None:
        """Count a wrong password."""
        with self._world.access():
            record = self._record(machine, account)
            if record is not None:
                self._world.accounts.failed(record)

    def succeeded(self, machine: str, account: Account, kind: LogonKind) -> None:
        """Reset the count."""
        with self._world.access():
            record = self._record(machine, account)
            if record is not None:
                self._world.accounts.succeeded(record)


class ConsoleStreams:
    """A console's streams as programs of the world use them."""

    def __init__(self, console: Console, codepage: int) -> None:
        self._console = console
        self.encoding = CODEPAGES.get(codepage, "utf-8")

    def read_line(self) -> str | None:
        """One line without its end; None at the end of the stream."""
        data = self._console.stdin.readline()
        return data.decode(self.encoding, errors="replace").rstrip("\r\n") if data else None

    def read_all(self) -> str:
        """All that is left."""
        return self._console.stdin.read().decode(self.encoding, errors="replace")

    def out(self, data: bytes) -> None:
        """Write to standard output."""
        self._console.write_stdout(data)

    def err(self, data: bytes) -> None:
        """Write to standard error."""
        self._console.write_stderr(data)


class WorldProcess:
    """A started process, as the wire holds it."""

    def __init__(self, process: RunningProcess) -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def terminate(self) -> None:
        """End it."""
        self._process.stop()


class WorldProcesses:
    """The wire's `ProcessFactory` over the world's programs."""

    def __init__(self, world: World) -> None:
        self._world = world

    def start(self, request: CommandRequest, console: Console) -> WorldProcess:
        """Start the process of one WS-Management command.

        Raises:
            CommandNotFound: no such program, and no cmd in front of it.
        """
        server = self._world.server(request.machine)
        if server is None or not server.up:
            raise CommandNotFound(request.command)
        token = self.token(server, request.logon)
        words = split_command(request.line)
        probe = RunningProcess(0, "winrshost", "winrshost.exe", (), token, 0)
        machine = self._world.machine(server, token, probe, request.environment)
        found = self._world.runtime.find(machine, words[0]) if words else None
        if found is None and request.skip_cmd:
            raise CommandNotFound(request.command)
        path, arguments = (found, words[1:]) if found else ("C:\\Windows\\System32\\cmd.exe", ["/c", *words])
        directory = request.working_directory or machine.environment.get("USERPROFILE", "C:\\")
        try:
            process = server.processes.launch(
                path,
                arguments,
                token,
                ConsoleStreams(console, request.codepage),
                directory,
                request.environment,
                on_exit=console.exited,
                cancelled=console.cancelled,
            )
        except MachineError as error:
            raise CommandNotFound(str(error)) from error
        return WorldProcess(process)

    def token(self, server: Server, logon: Logon) -> Token:
        """The token of a network logon."""
        with self._world.access():
            record = self._world.accounts.find(server, logon.domain, logon.account)
            if record is None:
                return Token(logon.account, logon.domain, "network", logon.can_delegate, logon.is_local)
            return self._world.accounts.token(server, record, "network", logon.can_delegate)
