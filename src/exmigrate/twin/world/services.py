"""The service control manager of one machine."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from exmigrate.twin.powershell.machine import MachineError, MemoryServices, Service

if TYPE_CHECKING:
    from exmigrate.twin.world.server import Server

KEY = "HKLM\\SYSTEM\\CurrentControlSet\\Services\\"
STARTS = {"Automatic": 2, "Manual": 3, "Disabled": 4}
DEPENDENCIES: dict[str, tuple[str, ...]] = {
    "msexchangeis": ("MSExchangeADTopology",),
    "msexchangesa": ("MSExchangeADTopology",),
    "msexchangetransport": ("MSExchangeADTopology",),
    "msexchangeservicehost": (),
    "w3svc": ("WAS",),
}


class ServerServices(MemoryServices):
    """Services that start after a restart as their start type says, and may refuse to by a fault."""

    def __init__(self, server: Server) -> None:
        self._server = server
        super().__init__()

    def create(self, service: Service) -> None:
        needed = tuple(
            name for name in DEPENDENCIES.get(service.name.lower(), ()) if name.lower() in self.table
        )
        pid = self._server.world.new_pid() if service.status == "Running" else 0
        super().create(replace(service, requires=service.requires or needed, pid=pid))
        self._server.set_registry(
            KEY + service.name,
            Start=STARTS[service.start_type],
            DisplayName=service.display_name,
            ImagePath=service.path,
        )

    def set_start_type(self, name: str, start_type: str) -> None:
        super().set_start_type(name, start_type)
        self._server.set_registry(KEY + self.table[name.lower()].name, Start=STARTS.get(start_type, 3))

    def delete(self, name: str) -> None:
        super().delete(name)
        self._server.delete_registry(KEY + name)

    def start(self, name: str) -> None:
        with self._server.lock:
            found = self.get(name)
            if found is not None and found.status == "Running":
                raise MachineError("invalid", "An instance of the service is already running", 1056)
            if self._server.world.faults.strikes("service-will-not-start", f"{self._server.name}/{name}"):
                self._server.log_event(
                    "Service Control Manager",
                    7000,
                    f"The {name} service failed to start due to the following error: "
                    "The service did not respond to the start or control request in a timely fashion.",
                    "Error",
                    "System",
                )
                raise MachineError("timeout", f"Cannot start service {name} on computer '.'.", 1053)
            for needed in found.requires if found else ():
                other = self.get(needed)
                if other is not None and other.status != "Running":
                    self.start(needed)
            if found is not None and found.start_type == "Disabled":
                raise MachineError("invalid", f"Cannot start service {name} on computer '.'.", 1058)
            self._change(name, status="Running", pid=self._server.world.new_pid())

    def stop(self, name: str, force: bool = False) -> None:
        with self._server.lock:
            found = self.get(name)
            if found is not None and found.status == "Stopped":
                raise MachineError("invalid", "The service has not been started", 1062)
            super().stop(name, force)

    def stop_if_running(self, name: str) -> None:
        """Stop a service with what depends on it, if it is there and runs."""
        found = self.get(name)
        if found is not None and found.status == "Running":
            self.stop(name, force=True)

    def start_if_automatic(self, name: str) -> None:
        """Start a service that is stopped and set to start by itself."""
        found = self.get(name)
        if found is not None and found.status == "Stopped" and found.start_type == "Automatic":
            self.start(name)

    def disable(self, name: str) -> None:
        """Stop a service and keep it from starting."""
        self.stop_if_running(name)
        if self.get(name) is not None:
            self.set_start_type(name, "Disabled")

    def boot(self) -> None:
        """What the restart does: everything off, then automatic services on."""
        for service in self.all():
            self._change(service.name, status="Stopped", pid=0)
        for service in self.all():
            if service.start_type == "Automatic":
                try:
                    if self._server.services.table[service.name.lower()].status != "Running":
                        self.start(service.name)
                except MachineError:
                    continue

    def is_running(self, name: str) -> bool:
        """Whether a service is there and runs."""
        found = self.get(name)
        return found is not None and found.status == "Running"
