"""Failover clusters with a clustered mailbox server of Exchange 2007 on them (CCR, SCC).

The nodes are machines like any other. The clustered server is a name and an address that the node which owns it
answers, and an object of its own in the directory; the nodes have none there. Exchange goes by the clustered server,
Windows and Setup by the node.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.machine import Service
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Attributes
from exmigrate.twin.world.foundation import computer_attributes, writable
from exmigrate.twin.world.installation import write_server_object
from exmigrate.twin.world.server import Server
from exmigrate.twin.world.spec import DnsRecord

if TYPE_CHECKING:
    from exmigrate.twin.world.forest import DomainController
    from exmigrate.twin.world.spec import ClusterSpec
    from exmigrate.twin.world.world import World

STORAGE = {"CCR": 1, "SCC": 2}
"""``msExchClusterStorageType``: every node has its data, or all share it."""
MANAGED = ("MSExchangeIS", "MSExchangeSA")
"""Services that the cluster starts and stops: they run on the node that owns the clustered server alone."""
SERVICE = Service(
    "ClusSvc", "Cluster Service", "Running", "Automatic", path=r"C:\Windows\Cluster\clussvc.exe"
)


class ClusteredServer(Server):
    """A clustered mailbox server as a server: name and addresses of its own, everything else of the node that owns it."""

    def __init__(self, cluster: Cluster, spec: ClusterSpec, fqdn: str) -> None:
        # Not a machine: what it does not have itself is looked up on its owner, each time.
        self.cluster = cluster
        self.name = spec.name
        self.fqdn = fqdn
        self.addresses = spec.addresses

    def __getattr__(self, name: str) -> Any:
        cluster: Cluster = self.__dict__["cluster"]
        if name == "up":
            return cluster.running
        return getattr(cluster.machine, name)


class Cluster:
    """One failover cluster.

    Attributes:
        kind: ``CCR`` or ``SCC``.
        nodes: names of the machines that may run the clustered server (``RedundantMachines``).
        owner: the node that owns it now, running or stopped.
        online: whether it shall run: stopped by hand, it stays so through every restart.
        level: service pack of the clustered server itself, which only Setup raises.
        present: whether there is still a clustered server on the cluster.
        dismounted: databases that were mounted when it was stopped.
    """

    def __init__(self, world: World, spec: ClusterSpec) -> None:
        self.world = world
        self.kind = spec.kind
        self.nodes = list(spec.nodes)
        self.owner = spec.active
        self.online = True
        self.present = True
        self.level = ""
        self.dismounted: set[Any] = set()
        domain = self.machine.spec.domain
        self.server = ClusteredServer(self, spec, f"{spec.name}.{domain}".lower())

    @property
    def name(self) -> str:
        """Name of the clustered server."""
        return self.server.name

    @property
    def machine(self) -> Server:
        """The node that owns it."""
        return self.world.servers[self.owner.lower()]

    @property
    def running(self) -> bool:
        """Whether the clustered server answers."""
        return self.present and self.online and self.machine.up

    def has(self, name: str) -> bool:
        """Whether a machine is a node of it."""
        return name.lower() in (node.lower() for node in self.nodes)

    def owned_by(self, server: Server) -> bool:
        """Whether a machine runs, or would run, the clustered server."""
        return self.present and self.owner.lower() == server.name.lower()

    def fits(self, node: str) -> bool:
        """Whether a node has the programs that the clustered server needs: those of its own service pack."""
        found = self.world.servers[node.lower()]
        return found.exchange is not None and found.exchange.level == self.level

    def others(self) -> list[Server]:
        """Nodes that do not own it."""
        return [self.world.servers[n.lower()] for n in self.nodes if n.lower() != self.owner.lower()]

    def settle(self) -> None:
        """Let the managed services run where they shall, and nowhere else."""
        for node in (self.world.servers[name.lower()] for name in self.nodes):
            here = self.running and node is self.machine
            for name in MANAGED:
                service = node.services.get(name)
                if service is None or not node.up:
                    continue
                if here and service.status != "Running":
                    node.services.start(name)
                elif not here:
                    node.services.stop_if_running(name)

    def react(self) -> None:
        """After a machine went down or came up: the clustered server fails over where it can, or waits for its owner."""
        if self.present and self.online and not self.machine.up:
            able = next((s for s in self.others() if s.up and self.fits(s.name)), None)
            if able is not None:
                self.owner = able.name
        self.settle()

    def manage(self, node: Server) -> None:
        """Take the managed services of a node under the cluster's hand: the machine's own start leaves them alone."""
        for name in MANAGED:
            if node.services.get(name) is not None:
                node.services.set_start_type(name, "Manual")


def build(world: World) -> None:
    """Form the clusters of a specification; their nodes have their programs already."""
    for spec in world.spec.clusters:
        cluster = Cluster(world, spec)
        world.clusters[spec.name.lower()] = cluster
        installed = cluster.machine.exchange
        assert installed is not None
        cluster.level = installed.level
        for node in cluster.nodes:
            machine = world.servers[node.lower()]
            machine.services.create(SERVICE)
            cluster.manage(machine)
        cluster.settle()
        _names(world, cluster)
        controller = writable(world, cluster.machine.spec.domain)
        write_object(world, controller, cluster)


def _names(world: World, cluster: Cluster) -> None:
    server = cluster.server
    for address in server.addresses:
        world.dns.add(DnsRecord(server.fqdn, "A", address, 1200, "internal"))
    domain = cluster.machine.spec.domain
    dc = writable(world, domain)
    dn = f"CN={server.name},CN=Computers,{names.domain_dn(domain)}"
    if dc.get(dn) is None:
        spec = cluster.machine.spec
        dc.create(
            dn,
            "computer",
            computer_attributes(server.name, server.fqdn, spec.os, spec.service_pack, spec.edition),
        )


def write_object(world: World, controller: DomainController, cluster: Cluster) -> None:
    """Make or update the object of the clustered server, at its own service pack."""
    dn = write_server_object(world, controller, cluster.server, cluster.level)
    values: Attributes = {
        "msExchClusterStorageType": STORAGE[cluster.kind],
        "msExchRedundantMachines": list(cluster.nodes),
    }
    controller.modify(dn, values)
