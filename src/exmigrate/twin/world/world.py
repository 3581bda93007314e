"""The simulated organization: one lock, one clock, one forest, its servers, and what they share."""

from __future__ import annotations

import ipaddress
import random
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from exmigrate.twin.world.accounts import AccountDatabase, Token
from exmigrate.twin.world.clock import OrganizationClock, Scheduled, parse_epoch
from exmigrate.twin.world.clusters import Cluster
from exmigrate.twin.world.disk import Disk
from exmigrate.twin.world.dns import Dns
from exmigrate.twin.world.faults import Faults
from exmigrate.twin.world.forest import Forest
from exmigrate.twin.world.hooks import ExchangeHooks, NoExchange
from exmigrate.twin.world.machine import ProcessMachine
from exmigrate.twin.world.processes import ProcessTable, RunningProcess, Runtime
from exmigrate.twin.world.server import Server
from exmigrate.twin.world.spec import DiskSpec, ExternalHostSpec, FaultSpec, WorldSpec
from exmigrate.twin.world.tasks import TaskStore


class NoRuntime:
    """The runtime of a world in which nobody runs programs."""

    def find(self, machine: ProcessMachine, name: str) -> str | None:
        """No programs."""
        return None

    def execute(
        self, machine: ProcessMachine, path: str, arguments: Any, streams: Any, directory: str
    ) -> int:
        """Nothing runs."""
        return 9009


class World:
    """All state of one organization.

    Args:
        spec: what is there at the start.
        speed: organization seconds per wall second; 0 stands still until somebody sleeps or advances it.
        hooks: the Exchange side; none gives a world without Exchange objects.
        runtime: runs programs.

    Everything that reads or changes state from outside does so inside ``access()``.
    """

    def __init__(
        self,
        spec: WorldSpec,
        speed: float = 0.0,
        hooks: ExchangeHooks | None = None,
        runtime: Runtime | None = None,
    ) -> None:
        from exmigrate.twin.world.bootstrap import build

        self.spec = spec
        self.lock = threading.RLock()
        self.random = random.Random(f"world:{spec.seed}")
        self.clock = OrganizationClock(parse_epoch(spec.epoch), speed, self.lock)
        self.faults = Faults(spec.faults)
        self.forest = Forest(spec.forest, self.clock, spec.seed)
        self.accounts = AccountDatabase(self)
        self.dns = Dns(spec.dns)
        self.hooks: ExchangeHooks = hooks or NoExchange()
        self.runtime: Runtime = runtime or NoRuntime()
        self.exchange: Any = None
        self.servers: dict[str, Server] = {}
        self.clusters: dict[str, Cluster] = {}
        self.shares: dict[tuple[str, str], tuple[Disk, str, Server | None]] = {}
        self.watchers: list[Callable[[Server], None]] = []
        self.preparing = ""
        self.pending_restarts: dict[str, Scheduled] = {}
        self._pid = 4000
        self._file_hosts: dict[str, Disk] = {}
        with self.access(), self.forest.instantly():
            build(self)
        for fault in spec.faults:
            self._schedule_fault(fault)

    def _schedule_fault(self, fault: FaultSpec) -> None:
        """Faults that come at a time of their own instead of at somebody's occasion."""
        begin: Callable[[], None]
        end: Callable[[], None] | None
        if fault.name == "replication-stuck":
            begin, end = (
                (lambda: self.forest.stick(fault.target)),
                (lambda: self.forest.release(fault.target)),
            )
        elif fault.name == "controller-down":
            begin = lambda: self.forest.set_up(fault.target, False)  # noqa: E731
            end = lambda: self.forest.set_up(fault.target, True)  # noqa: E731
        elif fault.name == "restart" and fault.target.lower() in self.servers:
            begin, end = self.servers[fault.target.lower()].restart, None
        else:
            return
        at = float(fault.options.get("at_s", 0))
        self.clock.schedule(at, begin)
        if end is not None and "for_s" in fault.options:
            self.clock.schedule(at + float(fault.options["for_s"]), end)

    @contextmanager
    def access(self) -> Iterator[World]:
        """Hold the world; what is due by now has happened."""
        with self.lock:
            self.clock.tick()
            yield self

    def new_pid(self) -> int:
        """The next process id."""
        with self.lock:
            self._pid += 4 * (1 + self.random.randrange(5))
            return self._pid

    def duration(self, minutes: float) -> float:
        """Organization seconds of a piece of work, with the specification's scale and some scatter."""
        return minutes * 60 * self.spec.duration_scale * (0.9 + 0.2 * self.random.random())

    # servers

    def add_server(self, server: Server) -> None:
        """Make a machine part of the organization."""
        server.processes = ProcessTable(server)
        server.tasks = TaskStore(server)
        self.servers[server.name.lower()] = server

    def server(self, name: str) -> Server | None:
        """A machine by name or full name, or a clustered server, which the node that owns it answers."""
        lowered = name.lower().rstrip(".")
        short = lowered.split(".")[0]
        cluster = self.clusters.get(short)
        found = cluster.server if cluster is not None and cluster.present else self.servers.get(short)
        return found if found and lowered in (found.name.lower(), found.fqdn) else None

    def cluster_of(self, server: Server) -> Cluster | None:
        """The failover cluster that a machine is a node of."""
        return next((c for c in self.clusters.values() if c.has(server.name)), None)

    def members(self) -> list[Server]:
        """Servers as Exchange counts them: a clustered one once, and none of its nodes."""
        alone = [server for server in self.servers.values() if self.cluster_of(server) is None]
        return alone + [cluster.server for cluster in self.clusters.values() if cluster.present]

    def server_at(self, address: str) -> Server | None:
        """The machine with an address, or the one that a load balancer or firewall hands it to."""
        named = (*self.servers.values(), *(c.server for c in self.clusters.values() if c.running))
        found = next((server for server in named if address in server.addresses), None)
        if found is None and self.exchange is not None:
            found = self.exchange.people.behind(address)
        return found

    def host_at(self, address: str) -> ExternalHostSpec | None:
        """A host outside with an address."""
        return next((host for host in self.spec.hosts if address in host.addresses), None)

    def machine(
        self,
        server: Server,
        token: Token,
        process: RunningProcess,
        environment: Mapping[str, str] | None = None,
    ) -> ProcessMachine:
        """The machine port for a process."""
        return ProcessMachine(self, server, token, process, environment)

    def machine_changed(self, server: Server) -> None:
        """A machine went down or came up: its cluster fails over, and whoever holds its sockets is told."""
        cluster = self.cluster_of(server)
        if cluster is not None:
            cluster.react()
        for watcher in self.watchers:
            watcher(server)

    def site_of(self, addresses: tuple[str, ...]) -> str:
        """The AD site of the first address that lies in a subnet; empty for none."""
        best: tuple[int, str] = (-1, "")
        for address in addresses:
            for site in self.spec.forest.sites:
                for subnet in site.subnets:
                    network = ipaddress.ip_network(subnet, strict=False)
                    if ipaddress.ip_address(address) in network:
                        best = max(best, (network.prefixlen, site.name))
        return best[1]

    # shares

    def share(self, host: str, share: str) -> tuple[Disk, str, Server | None] | None:
        """The disk and folder behind ``\\\\host\\share``, and the machine that holds it."""
        known = self.shares.get((host.lower(), share.lower()))
        if known is None:
            known = self.shares.get((host.lower().split(".")[0], share.lower()))
        if known is not None:
            return known
        server = self.server(host)
        if server is not None and len(share) == 2 and share.endswith("$"):
            return server.files, f"{share[0].upper()}:", server
        return None

    def file_host(self, host: str, share: str) -> tuple[Disk, str]:
        """The disk and folder of a share, made when it is not there yet; a host that is no server is a file server."""
        found = self.share(host, share)
        if found is not None:
            return found[0], found[1]
        server = self.server(host)
        short = host.lower().split(".")[0]
        if server is not None:
            disk: Disk = server.files
        else:
            disk = self._file_hosts.setdefault(
                short, Disk(threading.RLock(), lambda: 634_000_000_000_000_000, (DiskSpec("D:", 2000, 1500),))
            )
        folder = f"{sorted(disk.drives())[-1] if server is None else 'C'}:\\Shares\\{share}"
        disk.make_directory(folder)
        self.shares[(short, share.lower())] = (disk, folder, server)
        return disk, folder
