"""A machine held in memory: the default for tests and for scripts run by hand."""

from __future__ import annotations

import random as python_random
import uuid
from collections.abc import Callable, Iterator, MutableMapping
from dataclasses import replace
from hashlib import sha1
from typing import Any

from exmigrate.twin.powershell.machine.memory_files import MemoryFiles, MemoryRegistry
from exmigrate.twin.powershell.machine.ports import (
    Connection,
    HttpAnswer,
    LogEntry,
    MachineError,
    Process,
    ProgramResult,
    Service,
    StoredCertificate,
)

Program = Callable[["MemoryMachine", list[str], bytes], ProgramResult]
START_TICKS = 634_000_000_000_000_000


class CaseInsensitiveDict(MutableMapping[str, str]):
    """A mapping by name without regard to case that keeps names as given."""

    def __init__(self, values: dict[str, str] | None = None):
        self._values: dict[str, tuple[str, str]] = {}
        for name, value in (values or {}).items():
            self[name] = value

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()][1]

    def __setitem__(self, name: str, value: str) -> None:
        kept = self._values.get(name.lower(), (name,))[0]
        self._values[name.lower()] = (kept, value)

    def __delitem__(self, name: str) -> None:
        del self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter([name for name, _ in self._values.values()])

    def __len__(self) -> int:
        return len(self._values)


class MemoryClock:
    """A clock that moves only when somebody sleeps (or `advance` is called)."""

    def __init__(self, start: int = START_TICKS, offset: int = 0, zone_id: str = "UTC"):
        self.ticks = start
        self.offset = offset
        self.zone_id = zone_id
        self.boot_ticks = start - 36_000_000_000

    def now(self) -> int:
        self.ticks += 10
        return self.ticks

    def sleep(self, seconds: float) -> None:
        self.advance(seconds)

    def advance(self, seconds: float) -> None:
        """Moves the clock on."""
        self.ticks += round(seconds * 10_000_000)

    def offset_minutes(self, ticks: int) -> int:
        return self.offset


class MemoryServices:
    """A service control manager that starts and stops at once."""

    def __init__(self, services: list[Service] | None = None):
        self.table = {service.name.lower(): service for service in services or []}

    def all(self) -> list[Service]:
        return sorted(self.table.values(), key=lambda service: service.name.lower())

    def get(self, name: str) -> Service | None:
        return self.table.get(name.lower())

    def _change(self, name: str, **changes: Any) -> None:
        found = self.table.get(name.lower())
        if found is None:
            raise MachineError("not-found", f"Service {name} was not found on computer '.'.", 1060)
        self.table[name.lower()] = replace(found, **changes)

    def start(self, name: str) -> None:
        found = self.table.get(name.lower())
        if found is not None and found.start_type == "Disabled":
            raise MachineError("invalid", f"Cannot start service {name} on computer '.'.", 1058)
        for needed in found.requires if found else ():
            self.start(needed)
        self._change(name, status="Running", pid=found.pid or 1000 + len(found.name) if found else 0)

    def stop(self, name: str, force: bool = False) -> None:
        for other in self.all():
            if other.status == "Running" and name.lower() in [needed.lower() for needed in other.requires]:
                if not force:
                    raise MachineError(
                        "in-use", f"Service {name} has dependent services that are running.", 1051
                    )
                self.stop(other.name, True)
        self._change(name, status="Stopped", pid=0)

    def pause(self, name: str) -> None:
        self._change(name, status="Paused")

    def resume(self, name: str) -> None:
        self._change(name, status="Running")

    def set_start_type(self, name: str, start_type: str) -> None:
        self._change(name, start_type=start_type)

    def create(self, service: Service) -> None:
        if service.name.lower() in self.table:
            raise MachineError("exists", "The specified service already exists", 1073)
        self.table[service.name.lower()] = service

    def delete(self, name: str) -> None:
        if self.table.pop(name.lower(), None) is None:
            raise MachineError("not-found", f"Service {name} was not found on computer '.'.", 1060)


class MemoryProcesses:
    """Processes in a table; programs are Python functions by name."""

    def __init__(self, machine: MemoryMachine):
        self.machine = machine
        self.own_pid = 4242
        self.table: dict[int, Process] = {}
        self.ended: dict[int, int] = {}
        self.programs: dict[str, Program] = {}
        self.add(Process(self.own_pid, "powershell", started=machine.clock.ticks))

    def add(self, process: Process) -> None:
        """Puts a process into the table."""
        self.table[process.pid] = process

    def all(self) -> list[Process]:
        return sorted(self.table.values(), key=lambda process: (process.name.lower(), process.pid))

    def kill(self, pid: int) -> None:
        if self.table.pop(pid, None) is None:
            raise MachineError("not-found", f"Process with an Id of {pid} is not running.", 87)
        self.ended[pid] = -1

    def find_program(self, name: str) -> str | None:
        for candidate in (name, f"{name}.exe", f"{name}.cmd"):
            if candidate.lower() in self.programs:
                return candidate
        base = name.replace("/", "\\").rpartition("\\")[2].lower()
        if base != name.lower() and self.machine.files.stat(name) is not None and base in self.programs:
            return name
        return None

    def run(self, path: str, arguments: list[str], stdin: bytes, directory: str) -> ProgramResult:
        name = path.lower()
        program = self.programs.get(name) or self.programs.get(name.replace("/", "\\").rpartition("\\")[2])
        if program is None:
            raise MachineError("not-found", f"The system cannot find the file specified: {path}", 2)
        return program(self.machine, arguments, stdin)

    def start(self, path: str, arguments: list[str], directory: str, user: str = "") -> int:
        pid = max([*self.table, *self.ended], default=4000) + 4
        self.ended[pid] = self.run(path, arguments, b"", directory).exit_code
        return pid

    def exit_code(self, pid: int) -> int | None:
        return self.ended.get(pid)


class MemoryEventLogs:
    """Event logs in lists."""

    def __init__(self, machine: MemoryMachine):
        self.machine = machine
        self.table: dict[str, list[LogEntry]] = {"Application": [], "System": [], "Security": []}
        self.source_logs: dict[str, str] = {}

    def logs(self) -> list[str]:
        return list(self.table)

    def _log(self, log: str) -> str:
        for name in self.table:
            if name.lower() == log.lower():
                return name
        raise MachineError("not-found", f"The event log '{log}' on computer '.' does not exist.")

    def sources(self, log: str) -> list[str]:
        return [source for source, name in self.source_logs.items() if name.lower() == log.lower()]

    def create_source(self, log: str, source: str) -> None:
        if source in self.source_logs:
            raise MachineError(
                "exists", f'The "{source}" source is already registered on the "localhost" computer.'
            )
        self.table.setdefault(log, [])
        self.source_logs[source] = log

    def entries(self, log: str) -> list[LogEntry]:
        return self.table[self._log(log)][::-1]

    def write(self, entry: LogEntry) -> None:
        entries = self.table[self._log(entry.log)]
        entries.append(replace(entry, index=len(entries) + 1, machine=entry.machine or self.machine.name))

    def clear(self, log: str) -> None:
        self.table[self._log(log)].clear()


class MemoryCertificates:
    """Certificate stores in dictionaries, by thumbprint."""

    def __init__(self) -> None:
        self.table: dict[tuple[str, str], dict[str, StoredCertificate]] = {}
        for location in ("LocalMachine", "CurrentUser"):
            for store in ("My", "Root", "CA", "TrustedPeople", "REQUEST"):
                self.table[(location.lower(), store.lower())] = {}
        self.names = {
            "my": "My",
            "root": "Root",
            "ca": "CA",
            "trustedpeople": "TrustedPeople",
            "request": "REQUEST",
        }

    def stores(self, location: str) -> list[str]:
        return [self.names[store] for place, store in self.table if place == location.lower()]

    def _store(self, location: str, store: str) -> dict[str, StoredCertificate]:
        found = self.table.get((location.lower(), store.lower()))
        if found is None:
            raise MachineError("not-found", f"The store '{store}' does not exist.")
        return found

    def all(self, location: str, store: str) -> list[StoredCertificate]:
        return list(self._store(location, store).values())

    def add(self, location: str, store: str, certificate: StoredCertificate) -> None:
        self._store(location, store)[sha1(certificate.der).hexdigest().upper()] = certificate

    def remove(self, location: str, store: str, thumbprint: str) -> None:
        if self._store(location, store).pop(thumbprint.upper(), None) is None:
            raise MachineError("not-found", "The certificate was not found in the store.")


class MemoryNetwork:
    """Names from a table; every connection is refused unless a listener is registered."""

    def __init__(self, host_name: str):
        self.host_name = host_name
        self.domain = ""
        self.netbios_domain = ""
        self.hosts: dict[str, list[str]] = {"localhost": ["127.0.0.1"], host_name.lower(): ["10.0.0.1"]}
        self.records: dict[tuple[str, str], list[dict[str, Any]]] = {}
        self.listeners: dict[tuple[str, int], Callable[[], Connection]] = {}
        self.pages: dict[str, HttpAnswer] = {}

    def addresses(self) -> list[str]:
        return self.hosts[self.host_name.lower()]

    def resolve(self, name: str) -> list[str]:
        if name.replace(".", "").isdigit():
            return [name]
        found = self.hosts.get(name.lower())
        if not found:
            raise MachineError("no-such-host", "No such host is known", 11001)
        return found

    def reverse(self, address: str) -> str:
        for name, addresses in self.hosts.items():
            if address in addresses:
                return name
        raise MachineError("no-such-host", "No such host is known", 11001)

    def query(self, name: str, record: str, server: str = "") -> list[dict[str, Any]]:
        found = self.records.get((name.lower(), record.upper()))
        if found is None:
            raise MachineError("no-such-host", f"{name} : DNS name does not exist", 9003)
        return found

    def ping(self, address: str, timeout: float) -> float | None:
        return 1.0 if self.resolve(address) else None

    def connect(self, host: str, port: int, timeout: float) -> Connection:
        for address in self.resolve(host):
            listener = self.listeners.get((address, port))
            if listener is not None:
                return listener()
        raise MachineError(
            "refused", "No connection could be made because the target machine actively refused it", 10061
        )

    def http(self, method: str, url: str, headers: dict[str, str], body: bytes, timeout: float) -> HttpAnswer:
        found = self.pages.get(url)
        if found is None:
            raise MachineError("unreachable", "Unable to connect to the remote server", 10061)
        return found


class NoDirectory:
    """The directory of a machine in a workgroup: every call ends as without a domain controller."""

    def bind(self, path: str, user: str | None = None, password: str | None = None) -> Any:
        raise MachineError(
            "unreachable",
            "The specified domain either does not exist or could not be contacted.",
            0x8007054B - (1 << 32),
        )

    def search(
        self, root: Any, ldap_filter: str, scope: str, properties: list[str], size_limit: int = 0
    ) -> Any:
        return self.bind("")

    def dotnet(self, type_name: str, member: str, arguments: list[Any]) -> Any:
        return self.bind("")


class MemoryRandom:
    """Randomness from a seed."""

    def __init__(self, seed: int = 1):
        self.source = python_random.Random(seed)

    def integer(self, low: int, high: int) -> int:
        return self.source.randrange(low, high)

    def real(self) -> float:
        return self.source.random()

    def guid(self) -> str:
        return str(uuid.UUID(int=self.source.getrandbits(128), version=4))

    def data(self, size: int) -> bytes:
        return self.source.randbytes(size)


class MemoryMachine:
    """A machine whose every port is held in memory; replace single ports to plug a world in."""

    def __init__(
        self, name: str = "SERVER01", platform: str = "windows", user: str = "CONTOSO\\administrator"
    ):
        self.name = name
        self.platform = platform
        self.culture = "en-US" if platform == "windows" else ""
        self.user = user
        self.is_administrator = True
        self.os_version = "6.1.7601.65536"
        self.os_caption = "Microsoft Windows Server 2008 R2 Enterprise "
        domain, _, account = user.rpartition("\\")
        variables = {
            "COMPUTERNAME": name,
            "USERNAME": account,
            "USERDOMAIN": domain or name,
            "SystemRoot": "C:\\Windows",
            "windir": "C:\\Windows",
            "SystemDrive": "C:",
            "ProgramFiles": "C:\\Program Files",
            "ProgramFiles(x86)": "C:\\Program Files (x86)",
            "ProgramData": "C:\\ProgramData",
            "TEMP": "C:\\Windows\\Temp",
            "TMP": "C:\\Windows\\Temp",
            "USERPROFILE": f"C:\\Users\\{account}",
            "PROCESSOR_ARCHITECTURE": "AMD64",
            "NUMBER_OF_PROCESSORS": "4",
            "OS": "Windows_NT",
            "Path": "C:\\Windows\\system32;C:\\Windows",
            "PATHEXT": ".COM;.EXE;.BAT;.CMD",
        }
        unix = {"HOME": "/root", "PATH": "/usr/bin:/bin", "USER": account}
        self.environment: MutableMapping[str, str] = (
            CaseInsensitiveDict(variables) if platform == "windows" else dict(unix)
        )
        self.machine_environment: MutableMapping[str, str] = CaseInsensitiveDict()
        self.clock = MemoryClock()
        self.files = MemoryFiles("\\" if platform == "windows" else "/", self.clock.now)
        for folder in (
            "C:\\Windows\\Temp",
            "C:\\Windows\\System32",
            f"C:\\Users\\{account}",
            "C:\\Program Files",
        ):
            if platform == "windows":
                self.files.make_directory(folder)
        if platform != "windows":
            self.files.make_directory("/tmp")
        self.registry = MemoryRegistry()
        self.services = MemoryServices()
        self.processes = MemoryProcesses(self)
        self.event_logs = MemoryEventLogs(self)
        self.certificates = MemoryCertificates()
        self.network = MemoryNetwork(name)
        self.directory: Any = NoDirectory()
        self.random = MemoryRandom()
        self.wmi: dict[str, Callable[..., list[Any]]] = {}
        self.com: dict[str, Callable[..., Any]] = {}
