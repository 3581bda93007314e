"""A machine as one process sees it: the interpreter's `Machine` port over a server, under one token.

Everything shared lies in `Server`; what differs by process is who it runs as, its environment, and so what it
may reach: files on other machines, the directory and the network ask the token.
"""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.machine import LogEntry, MachineError, ProgramResult
from exmigrate.twin.powershell.machine import Process as ProcessRecord
from exmigrate.twin.powershell.machine.memory import CaseInsensitiveDict
from exmigrate.twin.world.accounts import Token
from exmigrate.twin.world.adsi import AdsiDirectory
from exmigrate.twin.world.network import ServerNetwork
from exmigrate.twin.world.processes import BufferStreams, RunningProcess
from exmigrate.twin.world.profiles import profile_folder, temporary_folder
from exmigrate.twin.world.remotefiles import ProcessFiles
from exmigrate.twin.world.server import Server, ticks
from exmigrate.twin.world.sids import name_of, sid_of

if TYPE_CHECKING:
    from exmigrate.twin.world.world import World


class MachineClock:
    """The server's clock; a sleep is organization time and ends when the process has to die."""

    zone_id = "UTC"

    def __init__(self, server: Server, process: RunningProcess) -> None:
        self._server = server
        self._process = process

    @property
    def boot_ticks(self) -> int:
        """When the machine booted."""
        return ticks(self._server.booted_at)

    def now(self) -> int:
        """Ticks, UTC."""
        return self._server.ticks()

    def sleep(self, seconds: float) -> None:
        """Let organization time pass."""
        self._server.world.clock.sleep(seconds, self._process.cancelled)
        self._server.world.clock.tick()

    def offset_minutes(self, at: int) -> int:
        """Local time minus UTC: servers of the twin run on UTC."""
        return 0


class MachineRandom:
    """Randomness of one process, from the world's seed."""

    def __init__(self, seed: str) -> None:
        self._source = random.Random(seed)

    def integer(self, low: int, high: int) -> int:
        """``low <= n < high``."""
        return self._source.randrange(low, high)

    def real(self) -> float:
        """From 0 to below 1."""
        return self._source.random()

    def guid(self) -> str:
        """A new GUID."""
        return str(uuid.UUID(int=self._source.getrandbits(128), version=4))

    def data(self, size: int) -> bytes:
        """Random bytes."""
        return self._source.randbytes(size)


class MachineProcesses:
    """Processes of the server as one of them sees and starts them."""

    def __init__(self, machine: ProcessMachine) -> None:
        self._machine = machine
        self.own_pid = machine.process.pid

    def all(self) -> list[ProcessRecord]:
        """Every process."""
        return self._machine.server.processes.all()

    def kill(self, pid: int) -> None:
        """End a process."""
        self._machine.server.processes.kill(pid)

    def find_program(self, name: str) -> str | None:
        """Full path of a program, or None."""
        return self._machine.world.runtime.find(self._machine, name)

    def run(self, path: str, arguments: list[str], stdin: bytes, directory: str) -> ProgramResult:
        """Run a program to its end as a child of this process."""
        machine = self._machine
        found = self.find_program(path)
        if found is None:
            raise MachineError("not-found", "The system cannot find the file specified", 2)
        streams = BufferStreams(stdin)
        table = machine.server.processes
        from exmigrate.twin.world.processes import program_name

        child = table.register(program_name(found), found, arguments, machine.token, self.own_pid)
        child.cancelled = machine.process.cancelled
        code = -1
        try:
            inner = machine.world.machine(machine.server, machine.token, child, machine.environment)
            code = machine.world.runtime.execute(inner, found, arguments, streams, directory)
        finally:
            table.finish(child, code)
        return ProgramResult(code, bytes(streams.stdout), bytes(streams.stderr))

    def start(self, path: str, arguments: list[str], directory: str, user: str = "") -> int:
        """Start a program that goes on by itself; gives its id."""
        machine = self._machine
        found = self.find_program(path)
        if found is None:
            raise MachineError("not-found", "The system cannot find the file specified", 2)
        child = machine.server.processes.launch(
            found,
            arguments,
            machine.token,
            BufferStreams(),
            directory,
            machine.environment,
            parent=self.own_pid,
        )
        machine.process.stoppers.append(child.stop)  # a WinRM job object ends its children with the shell
        return child.pid

    def exit_code(self, pid: int) -> int | None:
        """Exit code of a process that has ended."""
        return self._machine.server.processes.exit_code(pid)

    def wait(self, pid: int, seconds: float | None) -> bool:
        """Wait for the end of a process; False when the time ran out, or this process has to die, first."""
        clock = self._machine.world.clock
        own = self._machine.process.cancelled
        left = seconds
        while (running := self._machine.server.processes.get(pid)) is not None:
            # on a standing clock it is the other process that moves time
            standing = clock.speed <= 0
            if standing and not running.ended.wait(0.05) and own.is_set():
                return False
            if not standing and not clock.sleep(1.0, own):
                return False
            if left is not None:
                left -= 1
                if left <= 0:
                    return self._machine.server.processes.get(pid) is None
        return True


class MachineEvents:
    """The event logs, stamped by the server's clock."""

    def __init__(self, server: Server) -> None:
        self._logs = server.event_logs
        self._server = server

    def logs(self) -> list[str]:
        """Names of the logs."""
        return self._logs.logs()

    def sources(self, log: str) -> list[str]:
        """Sources registered for a log."""
        return self._logs.sources(log)

    def create_source(self, log: str, source: str) -> None:
        """Register a source."""
        self._logs.create_source(log, source)

    def entries(self, log: str) -> list[LogEntry]:
        """Entries, newest first."""
        return self._logs.entries(log)

    def write(self, entry: LogEntry) -> None:
        """Add an entry."""
        self._logs.write(entry)

    def clear(self, log: str) -> None:
        """Empty a log."""
        self._logs.clear(log)


class ProcessMachine:
    """The `Machine` port for one process on one server.

    Attributes:
        world: the whole organization, for packs.
        server: the machine's shared state, for packs.
        token: who the process runs as.
        process: the process itself.
    """

    platform = "windows"
    culture = "en-US"

    def __init__(
        self,
        world: World,
        server: Server,
        token: Token,
        process: RunningProcess,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.world = world
        self.server = server
        self.token = token
        self.process = process
        self.name = server.name
        self.user = token.name
        self.is_administrator = token.member_of("Administrators")
        self.os_version = f"{server.windows.version}.{server.service_pack * 65536}"
        self.os_caption = server.windows.caption + " "
        self.machine_environment: MutableMapping[str, str] = server.machine_environment
        self.environment: MutableMapping[str, str] = CaseInsensitiveDict(default_environment(server, token))
        self.environment.update(server.machine_environment)
        self.environment.update(environment or {})
        self.files = ProcessFiles(world, server, token)
        self.registry = server.registry
        self.clock = MachineClock(server, process)
        self.services = server.services
        self.processes = MachineProcesses(self)
        self.event_logs = MachineEvents(server)
        self.certificates = server.certificates
        self.network = ServerNetwork(world, server, token)
        self.directory = AdsiDirectory(world, server, token)
        self.random = MachineRandom(f"{world.spec.seed}:{server.name}:{process.pid}")
        self.wmi: dict[str, Callable[..., list[Any]]] = {}
        self.com: dict[str, Callable[..., Any]] = {}

    def computer(self, name: str) -> ProcessMachine:
        """Another machine as this process reaches it over RPC: by a logon that travels, as an administrator there.

        Raises:
            MachineError: no such computer, down, or the logon does not reach it.
        """
        target = self.world.server(name)
        if target is None:
            try:
                addresses = self.network.resolve(name)
            except MachineError:
                addresses = []  # for RPC a name that is not known is a server that is not there
            for address in addresses:
                target = target or self.world.server_at(address)
        if target is self.server:
            return self
        if target is None or not target.up:
            raise MachineError(
                "unreachable",
                "The RPC server is unavailable. (Exception from HRESULT: 0x800706BA)",
                0x800706BA,
            )
        accounts = self.world.accounts
        record = accounts.find(target, self.token.domain, self.token.account)
        if (
            not self.token.can_delegate
            or record is None
            or not accounts.is_administrator(target, accounts.domain_groups(record), record)
        ):
            raise MachineError(
                "denied",
                "Access is denied. (Exception from HRESULT: 0x80070005 (E_ACCESSDENIED))",
                0x80070005,
            )
        return self.world.machine(target, self.token, self.process)

    def other(self, name: str) -> ProcessMachine | None:
        """Another machine whose registry this process reads: its Remote Registry service has to run.

        Returns:
            None where nothing answers.

        Raises:
            NetFault: the account is no administrator there.
        """
        try:
            found = self.computer(name)
        except MachineError as error:
            if error.kind == "denied":
                raise NetFault(
                    "System.UnauthorizedAccessException", "Attempted to perform an unauthorized operation."
                ) from error
            return None
        return found if found.server.services.is_running("RemoteRegistry") else None

    def translate_account(self, text: str) -> str | None:
        """The SID of a name, or the name of a SID; None for what is not known here."""
        with self.world.access():
            if text.upper().startswith("S-1-"):
                return name_of(self.world, self.server, text)
            return sid_of(self.world, self.server, text)


def default_environment(server: Server, token: Token) -> dict[str, str]:
    """The variables a fresh logon session finds."""
    domain = server.domain
    profile, temp = profile_folder(server, token), temporary_folder(server, token)
    values = {
        "COMPUTERNAME": server.name.upper(),
        "USERNAME": token.account,
        "USERDOMAIN": token.domain,
        "USERDNSDOMAIN": domain.name.upper() if domain and not token.is_local else "",
        "SystemRoot": "C:\\Windows",
        "windir": "C:\\Windows",
        "SystemDrive": "C:",
        "ProgramFiles": "C:\\Program Files",
        "CommonProgramFiles": "C:\\Program Files\\Common Files",
        "ProgramData": "C:\\ProgramData",
        "ALLUSERSPROFILE": "C:\\ProgramData",
        "TEMP": temp,
        "TMP": temp,
        "USERPROFILE": profile,
        "ComSpec": "C:\\Windows\\system32\\cmd.exe",
        "PROCESSOR_ARCHITECTURE": "AMD64" if server.spec.bits == 64 else "x86",
        "NUMBER_OF_PROCESSORS": str(server.spec.processors),
        "OS": "Windows_NT",
        "Path": "C:\\Windows\\system32;C:\\Windows;C:\\Windows\\System32\\Wbem;"
        "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\",
        "PATHEXT": ".COM;.EXE;.BAT;.CMD;.VBS;.VBE;.JS;.JSE;.WSF;.WSH;.MSC",
    }
    if server.spec.bits == 64:
        values["ProgramFiles(x86)"] = "C:\\Program Files (x86)"
    return {name: value for name, value in values.items() if value}
