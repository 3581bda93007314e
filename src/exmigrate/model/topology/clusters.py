"""Clustered mailbox servers of Exchange 2007: one server in Exchange's eyes, several machines in Windows's."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ClusteredServer:
    """A clustered mailbox server of 2007 (CCR, SCC) and the machines that can run it, its nodes.

    Attributes:
        name: of the clustered server, by which Exchange knows it.
        nodes: machines, in plan order.
        active: the node that runs it when the transition begins.
    """

    name: str
    nodes: tuple[str, ...]
    active: str

    @property
    def successor(self) -> str:
        """The passive node that gets a service pack first and takes the clustered server over."""
        return self.in_turn[0]

    @property
    def in_turn(self) -> tuple[str, ...]:
        """Nodes in the order of a service pack: passive ones first, the one that is active at first last."""
        return (*(n for n in self.nodes if n != self.active), self.active)


@dataclass(frozen=True, slots=True)
class Cluster:
    """A clustered mailbox server as it is today: a name and an address that one of its nodes answers.

    Attributes:
        kind: `CCR` (each node has the data) or `SCC` (all share it).
        nodes, active: names of machines.
    """

    name: str
    fqdn: str
    kind: str
    nodes: tuple[str, ...]
    active: str
    addresses: tuple[str, ...] = ()
    path: str = ""
