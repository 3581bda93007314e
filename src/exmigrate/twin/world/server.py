"""One simulated machine: what survives a restart, what does not, and how it restarts."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from exmigrate import facts
from exmigrate.twin.powershell.machine import (
    LogEntry,
    MachineError,
    MemoryCertificates,
    MemoryEventLogs,
    Service,
)
from exmigrate.twin.powershell.machine.memory import CaseInsensitiveDict
from exmigrate.twin.world.disk import Disk
from exmigrate.twin.world.registry import ServerRegistry
from exmigrate.twin.world.services import ServerServices
from exmigrate.twin.world.spec import DomainSpec, ServerSpec

if TYPE_CHECKING:
    from exmigrate.twin.world.processes import ProcessTable
    from exmigrate.twin.world.tasks import TaskStore
    from exmigrate.twin.world.world import World

DOTNET_EPOCH = datetime(1, 1, 1, tzinfo=UTC)
START_MODES = {"Auto": "Automatic", "Manual": "Manual", "Disabled": "Disabled"}
SESSION_MANAGER = r"HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Session Manager"
UPDATES = r"HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Updates"


def ticks(moment: datetime) -> int:
    """.NET ticks of an aware time."""
    delta = moment - DOTNET_EPOCH
    return (delta.days * 86400 + delta.seconds) * 10_000_000 + delta.microseconds * 10


@dataclass
class ExchangeInstall:
    """Exchange as it is on a machine: level, roles, build of ExSetup.exe, edition and folder."""

    level: str
    roles: set[str] = field(default_factory=set)
    build: str = ""
    edition: str = "StandardEvaluation"
    folder: str = ""

    @property
    def product(self) -> str:
        """``2007`` or ``2010`` …"""
        return facts.exchange_levels()[self.level].product


@dataclass
class SetupRun:
    """One start of Setup on a machine, for those who count them."""

    arguments: tuple[str, ...]
    account: str
    started: datetime
    ended: datetime | None = None
    exit_code: int | None = None


class Server:
    """A machine of the organization, domain controllers included.

    Args:
        world: the world it stands in.
        spec: its specification.
        controller: whether it is a domain controller.
    """

    def __init__(self, world: World, spec: ServerSpec, controller: bool = False) -> None:
        self.world = world
        self.spec = spec
        self.name = spec.name
        self.fqdn = spec.fqdn
        self.is_controller = controller
        self.addresses = spec.addresses
        self.up = True
        self.lock = world.lock  # one lock for all state: two would have to be taken in one order everywhere
        self.machine_guid = str(uuid.UUID(int=world.random.getrandbits(128), version=4))
        self.boot_id = self._new_boot_id()
        self.booted_at = world.clock.now() - timedelta(days=9)
        self.boots = 0
        # disk and registry call nothing outside: locks of their own hold up nobody else
        self.files = Disk(threading.RLock(), self.ticks, spec.disks)
        self.files.refuses = lambda drive: bool(world.faults.strikes("disk-full", f"{spec.name}/{drive}"))
        self.registry = ServerRegistry(threading.RLock())
        self.services = ServerServices(self)
        self.event_logs = MemoryEventLogs(self)  # type: ignore[arg-type]
        self.certificates = MemoryCertificates()
        self.machine_environment = CaseInsensitiveDict()
        self.features: set[str] = set()
        self.hotfixes: set[str] = set(spec.hotfixes)
        self.service_pack = spec.service_pack
        self.exchange: ExchangeInstall | None = None
        self.setup_runs: list[SetupRun] = []
        self.administrators: set[str] = (
            {"Administrator", "Domain Admins"} if spec.domain else {"Administrator"}
        )
        self.batch_logon: set[str] = set(spec.batch_logon) or {"Administrators", "Backup Operators"}
        self.winrs: dict[str, int] = {
            "MaxMemoryPerShellMB": spec.max_memory_per_shell_mb,
            "MaxShellsPerUser": 5,
            "MaxProcessesPerShell": 15,
            "MaxConcurrentUsers": 5,
            "IdleTimeout": 180000,
        }
        self.dns_cache: dict[str, list[str]] = {}
        self.busy_with_setup = ""
        self.processes: ProcessTable
        self.tasks: TaskStore

    # who and where

    @property
    def domain(self) -> DomainSpec | None:
        """Its domain, None in a workgroup."""
        return self.world.forest.domain(self.spec.domain) if self.spec.domain else None

    @property
    def netbios_domain(self) -> str:
        """NetBIOS domain, or its own name in a workgroup."""
        domain = self.domain
        return self.world.forest.netbios(domain) if domain else self.name.upper()

    @property
    def site(self) -> str:
        """Its AD site: given, or that of its first address's subnet."""
        return self.spec.site or self.world.site_of(self.addresses)

    @property
    def windows(self) -> facts.WindowsVersion:
        """Its Windows version at its service pack."""
        return facts.windows_version(self.spec.os, self.service_pack, self.spec.edition)

    # clock

    def now(self) -> datetime:
        """The time this machine believes in."""
        return self.world.clock.now() + timedelta(seconds=self.spec.clock_skew_s)

    def ticks(self) -> int:
        """The same as .NET ticks."""
        return ticks(self.now())

    # registry and logs

    def set_registry(self, key: str, **values: str | int | list[str]) -> None:
        """Write values: text as String, numbers as DWord, lists as MultiString."""
        path = long_key(key)
        with self.lock:
            self.registry.create(path)
            for name, value in values.items():
                kind = (
                    "DWord"
                    if isinstance(value, int)
                    else "MultiString"
                    if isinstance(value, list)
                    else "String"
                )
                self.registry.set_value(path, name, kind, value)

    def registry_value(self, key: str, name: str) -> object | None:
        """A value's data, or None."""
        path = long_key(key)
        with self.lock:
            if not self.registry.exists(path):
                return None
            found = {k.lower(): v for k, v in self.registry.values(path).items()}.get(name.lower())
            return found[1] if found else None

    def delete_registry(self, key: str, name: str = "") -> None:
        """Remove a value, or a whole key; what is not there is no matter."""
        path = long_key(key)
        with self.lock:
            try:
                if name:
                    self.registry.delete_value(path, name)
                else:
                    self.registry.delete(path)
            except MachineError:
                return

    def log_event(
        self, source: str, event_id: int, message: str, kind: str = "Information", log: str = "Application"
    ) -> None:
        """Write to the event log."""
        if log not in self.event_logs.table:
            self.event_logs.table[log] = []
        self.event_logs.write(LogEntry(log, source, event_id, kind, message, self.ticks()))

    # pending reboot

    @property
    def pending_reboot(self) -> bool:
        """Whether Windows wants a restart before an installation goes on."""
        renames = self.registry_value(SESSION_MANAGER, "PendingFileRenameOperations")
        volatile = self.registry_value(UPDATES, "UpdateExeVolatile")
        return bool(renames) or bool(volatile)

    def require_reboot(self, reason: str) -> None:
        """Leave the traces of a pending restart."""
        self.set_registry(
            SESSION_MANAGER, PendingFileRenameOperations=[rf"\??\C:\Windows\Temp\{reason}.tmp", ""]
        )

    # software

    def install_uninstall_entry(self, name: str, version: str = "", key: str = "") -> None:
        """Show a product in the list of installed programs."""
        self.set_registry(
            rf"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\{key or name}",
            DisplayName=name,
            DisplayVersion=version,
            Publisher="Microsoft Corporation",
        )

    def remove_uninstall_entry(self, name: str) -> None:
        """Take a product out of the list of installed programs."""
        self.delete_registry(rf"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\{name}")

    def installed_products(self) -> list[str]:
        """Display names in the list of installed programs."""
        root = long_key(r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall")
        if not self.registry.exists(root):
            return []
        found = (self.registry_value(f"{root}\\{key}", "DisplayName") for key in self.registry.subkeys(root))
        return [str(name) for name in found if name]

    def add_services(self, services: Iterable[facts.ServiceFact], running: bool = True) -> None:
        """Install services; automatic ones start."""
        for fact in services:
            if self.services.get(fact.name) is None:
                start = START_MODES[fact.start]
                status = "Running" if running and start == "Automatic" else "Stopped"
                self.services.create(
                    Service(fact.name, fact.display, status, start, path=_service_path(fact))
                )

    # restart

    def restart(self, down_s: float = 150.0) -> None:
        """Restart: processes and sockets die at once, the machine is back after ``down_s``.

        Fault ``reboot-hangs`` keeps it down, ``lost-write`` loses what was last written to disk.
        """
        with self.world.access():
            if not self.up:
                return
            self.go_down()
            hang = self.world.faults.strikes("reboot-hangs", self.name)
            if hang is None:
                self.world.clock.schedule(down_s, self.come_up)
            elif "minutes" in hang.options:
                self.world.clock.schedule(float(hang.options["minutes"]) * 60, self.come_up)

    def go_down(self) -> None:
        """The machine is off: nothing answers, nothing runs."""
        self.log_event("USER32", 1074, "The process has initiated the restart of the computer.", log="System")
        self.up = False
        self.processes.kill_all()
        if self.world.faults.strikes("lost-write", self.name):
            self.files.lose_last_write()
        self.busy_with_setup = ""
        self.world.machine_changed(self)

    def come_up(self) -> None:
        """The machine boots: a new boot id, pending renames done, automatic services running."""
        if self.up:
            return
        self.boots += 1
        self.boot_id = self._new_boot_id()
        self.booted_at = self.world.clock.now()
        self.delete_registry(SESSION_MANAGER, "PendingFileRenameOperations")
        self.delete_registry(UPDATES, "UpdateExeVolatile")
        self.dns_cache.clear()
        self.up = True
        self.services.boot()
        self.log_event("EventLog", 6005, "The Event log service was started.", log="System")
        self.world.machine_changed(self)
        self.tasks.boot()

    def _new_boot_id(self) -> str:
        return str(uuid.UUID(int=self.world.random.getrandbits(128), version=4))


def _service_path(fact: facts.ServiceFact) -> str:
    return rf"C:\Windows\System32\{fact.name}.exe"


def long_key(key: str) -> str:
    """``HKLM\\…`` in the spelling the registry port uses."""
    head, _, rest = key.partition("\\")
    hives = {
        "HKLM": "HKEY_LOCAL_MACHINE",
        "HKCU": "HKEY_CURRENT_USER",
        "HKCR": "HKEY_CLASSES_ROOT",
        "HKU": "HKEY_USERS",
    }
    return f"{hives.get(head.upper(), head)}\\{rest}" if rest else hives.get(head.upper(), head)
