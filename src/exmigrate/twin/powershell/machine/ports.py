"""The ports of a machine, as protocols and frozen records.

Paths of files are absolute, with the machine's own separator (``C:\\ExchangeSetupLogs\\ExchangeSetup.log``); they
compare without case on Windows. Registry keys are written ``HKEY_LOCAL_MACHINE\\SOFTWARE\\...``. Times are .NET
ticks (100 ns since 0001-01-01) in UTC. Whatever a machine refuses, it refuses with a `MachineError`.
"""

from __future__ import annotations

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Protocol


class MachineError(Exception):
    """A refusal of the machine.

    Args:
        kind: ``not-found``, ``exists``, ``denied``, ``not-empty``, ``disk-full``, ``in-use``, ``timeout``,
            ``refused``, ``unreachable``, ``no-such-host``, ``invalid``.
        message: What Windows would say.
        code: Win32 or HRESULT number, 0 where there is none.
    """

    def __init__(self, kind: str, message: str, code: int = 0):
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.code = code


@dataclass(frozen=True)
class FileStat:
    """What a file or folder says of itself."""

    path: str
    is_directory: bool
    length: int = 0
    created: int = 0
    modified: int = 0
    accessed: int = 0
    attributes: int = 0
    """System.IO.FileAttributes; the directory bit may be left out."""
    version: dict[str, str] = field(default_factory=dict)
    """FileVersion, ProductVersion, ProductName ... of a program file."""
    acl: Any = None


class Files(Protocol):
    """Files and folders. ``read`` of a growing file by offset is cheap."""

    def stat(self, path: str) -> FileStat | None: ...
    def children(self, path: str) -> list[str]:
        """Names in a folder in order of name."""

    def read(self, path: str, offset: int = 0, length: int = -1) -> bytes: ...
    def write(self, path: str, data: bytes) -> None:
        """Makes or replaces a file; its folder must exist."""

    def append(self, path: str, data: bytes) -> None: ...
    def create_new(self, path: str, data: bytes) -> None:
        """Makes a file that must not exist (``exists`` otherwise); of two racers one wins."""

    def make_directory(self, path: str) -> None:
        """Makes a folder and its parents."""

    def delete(self, path: str, recurse: bool = False) -> None: ...
    def move(self, source: str, target: str) -> None: ...
    def set_times(
        self, path: str, created: int | None, modified: int | None, accessed: int | None
    ) -> None: ...
    def set_attributes(self, path: str, attributes: int) -> None: ...
    def drives(self) -> dict[str, tuple[int, int]]:
        """Bytes used and free by drive letter (``{"C": (used, free)}``); ``/`` on Unix."""


class RegistryPort(Protocol):
    """The registry. Value kinds: String, ExpandString, Binary, DWord, MultiString, QWord."""

    def exists(self, key: str) -> bool: ...
    def subkeys(self, key: str) -> list[str]: ...
    def values(self, key: str) -> dict[str, tuple[str, Any]]:
        """Values by name: kind and data (str, int, bytes, list of str); the default value's name is ''."""

    def create(self, key: str) -> None: ...
    def delete(self, key: str) -> None: ...
    def set_value(self, key: str, name: str, kind: str, data: Any) -> None: ...
    def delete_value(self, key: str, name: str) -> None: ...


class Clock(Protocol):
    """The machine's clock and time zone."""

    def now(self) -> int:
        """Ticks, UTC."""

    def sleep(self, seconds: float) -> None: ...
    def offset_minutes(self, ticks: int) -> int:
        """Local time minus UTC at a moment (UTC ticks)."""

    zone_id: str
    boot_ticks: int


@dataclass(frozen=True)
class Service:
    """A Windows service. Status: Stopped, StartPending, StopPending, Running, ContinuePending, PausePending, Paused."""

    name: str
    display_name: str
    status: str = "Running"
    start_type: str = "Automatic"
    account: str = "LocalSystem"
    path: str = ""
    pid: int = 0
    requires: tuple[str, ...] = ()
    can_stop: bool = True


class Services(Protocol):
    """The service control manager. Starting and stopping may leave a service pending."""

    def all(self) -> list[Service]: ...
    def get(self, name: str) -> Service | None: ...
    def start(self, name: str) -> None: ...
    def stop(self, name: str, force: bool = False) -> None: ...
    def pause(self, name: str) -> None: ...
    def resume(self, name: str) -> None: ...
    def set_start_type(self, name: str, start_type: str) -> None: ...
    def create(self, service: Service) -> None: ...
    def delete(self, name: str) -> None: ...


@dataclass(frozen=True)
class Process:
    """A running process."""

    pid: int
    name: str
    path: str = ""
    command_line: str = ""
    started: int = 0
    session: int = 0
    working_set: int = 20_000_000
    cpu_seconds: float = 0.0
    user: str = ""
    parent: int = 0


@dataclass(frozen=True)
class ProgramResult:
    """What a native program left behind."""

    exit_code: int
    stdout: bytes = b""
    stderr: bytes = b""


class Processes(Protocol):
    """Processes, and the native programs that can be run."""

    own_pid: int

    def all(self) -> list[Process]: ...
    def kill(self, pid: int) -> None: ...
    def find_program(self, name: str) -> str | None:
        """Full path of a program as a shell finds it, or None."""

    def run(self, path: str, arguments: list[str], stdin: bytes, directory: str) -> ProgramResult:
        """Runs a program to its end."""

    def start(self, path: str, arguments: list[str], directory: str, user: str = "") -> int:
        """Starts a program that goes on by itself; gives its id."""

    def exit_code(self, pid: int) -> int | None:
        """Exit code of a process that has ended, None while it runs."""


@dataclass(frozen=True)
class LogEntry:
    """An entry of an event log."""

    log: str
    source: str
    event_id: int
    entry_type: str
    message: str
    time: int
    index: int = 0
    category: int = 0
    machine: str = ""
    user: str = ""


class EventLogs(Protocol):
    """The event logs of the machine."""

    def logs(self) -> list[str]: ...
    def sources(self, log: str) -> list[str]: ...
    def create_source(self, log: str, source: str) -> None: ...
    def entries(self, log: str) -> list[LogEntry]:
        """Entries, newest first."""

    def write(self, entry: LogEntry) -> None: ...
    def clear(self, log: str) -> None: ...


@dataclass(frozen=True)
class StoredCertificate:
    """A certificate in a store: DER bytes, private key (PEM, unencrypted) and what the store adds."""

    der: bytes
    key: bytes | None = None
    friendly_name: str = ""
    exportable: bool = True


class Certificates(Protocol):
    """Certificate stores by location (LocalMachine, CurrentUser) and name (My, Root, CA ...)."""

    def stores(self, location: str) -> list[str]: ...
    def all(self, location: str, store: str) -> list[StoredCertificate]: ...
    def add(self, location: str, store: str, certificate: StoredCertificate) -> None: ...
    def remove(self, location: str, store: str, thumbprint: str) -> None: ...


class Connection(Protocol):
    """An open TCP connection."""

    def send(self, data: bytes) -> None: ...
    def receive(self, size: int, timeout: float) -> bytes:
        """At most ``size`` bytes; empty at the end of the stream; MachineError ``timeout``."""

    def available(self) -> int: ...
    def close(self) -> None: ...
    def start_tls(self, name: str) -> bytes:
        """Begins TLS and gives the server's certificate in DER."""


@dataclass(frozen=True)
class HttpAnswer:
    """An HTTP answer."""

    status: int
    reason: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    certificate: bytes | None = None


class Network(Protocol):
    """Names and connections as this machine sees them."""

    host_name: str
    domain: str
    """DNS domain of the machine, empty in a workgroup."""
    netbios_domain: str

    def addresses(self) -> list[str]: ...
    def resolve(self, name: str) -> list[str]:
        """Addresses of a name; MachineError ``no-such-host``."""

    def reverse(self, address: str) -> str: ...
    def query(self, name: str, record: str, server: str = "") -> list[dict[str, Any]]:
        """DNS records: dictionaries with ``Name Type TTL Section`` and what the type has."""

    def ping(self, address: str, timeout: float) -> float | None:
        """Round trip in milliseconds, None without an answer."""

    def connect(self, host: str, port: int, timeout: float) -> Connection: ...
    def http(
        self, method: str, url: str, headers: dict[str, str], body: bytes, timeout: float
    ) -> HttpAnswer: ...


class DirectoryNode(Protocol):
    """An object of a directory, as System.DirectoryServices sees it."""

    path: str
    """ADsPath: ``LDAP://dc/CN=...``."""

    def attributes(self) -> dict[str, list[Any]]:
        """Values by attribute name, including changes not yet committed."""

    def put(self, name: str, values: list[Any]) -> None: ...
    def commit(self) -> None: ...
    def children(self) -> list[DirectoryNode]: ...
    def add_child(self, rdn: str, object_class: str) -> DirectoryNode: ...
    def delete(self, tree: bool = False) -> None: ...
    def move(self, new_parent: str, new_rdn: str | None) -> None: ...
    def parent(self) -> DirectoryNode | None: ...
    def call(self, name: str, arguments: list[Any]) -> Any:
        """A method of the ADSI object (``IsMember``, ``SetInfo`` ...); MachineError ``invalid`` when unknown."""


class Directory(Protocol):
    """Active Directory (and other ADSI providers), plugged in by a pack."""

    def bind(self, path: str, user: str | None = None, password: str | None = None) -> DirectoryNode: ...
    def search(
        self, root: DirectoryNode, ldap_filter: str, scope: str, properties: list[str], size_limit: int = 0
    ) -> list[DirectoryNode]:
        """Objects under a root; scope is ``Base``, ``OneLevel`` or ``Subtree``."""

    def dotnet(self, type_name: str, member: str, arguments: list[Any]) -> Any:
        """Static members of System.DirectoryServices.ActiveDirectory (``Forest.GetCurrentForest``)."""


class Random(Protocol):
    """Randomness and identifiers."""

    def integer(self, low: int, high: int) -> int:
        """``low <= n < high``."""

    def real(self) -> float: ...
    def guid(self) -> str: ...
    def data(self, size: int) -> bytes: ...


class Machine(Protocol):
    """All of one machine."""

    platform: str
    """``windows`` or ``unix``."""
    culture: str
    """Name of the culture of its users (``en-US``), empty for the invariant one."""
    name: str
    user: str
    """``DOMAIN\\name`` of whoever runs scripts."""
    is_administrator: bool
    os_version: str
    os_caption: str
    environment: MutableMapping[str, str]
    machine_environment: MutableMapping[str, str]
    """Variables of the machine scope (``[Environment]::SetEnvironmentVariable(.., 'Machine')``)."""
    files: Files
    registry: RegistryPort
    clock: Clock
    services: Services
    processes: Processes
    event_logs: EventLogs
    certificates: Certificates
    network: Network
    directory: Directory | None
    random: Random
    wmi: dict[str, Callable[..., list[Any]]]
    """Instances by WMI class in lower case: ``f(machine) -> list of objects``."""
    com: dict[str, Callable[..., Any]]
    """Makers of COM objects by ProgID in lower case: ``f(machine) -> object``."""
