"""Invariants of clustered mailbox servers: what is done to a node, and what to the server that it runs, in which order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise

from exmigrate.model import Step, Topology
from exmigrate.model.topology import ClusteredServer

from .legacy_invariants import Violation


def clustered(by_kind: Mapping[str, list[Step]], topology: Topology) -> Iterator[Violation]:
    """What must be done before what, for every clustered server of a topology."""
    steps = {step.id for found in by_kind.values() for step in found}
    for server in topology.servers:
        if server.virtual and server.clustered is not None:
            yield from (v for v in _demands(server.clustered) if {v.before, v.after} <= steps)


def _demands(server: ClusteredServer) -> Iterator[Violation]:
    name, first = server.name, server.successor
    patches = {node: f"patch-2007-servers@{node}" for node in server.nodes}
    move, upgrade, removal = (
        f"{kind}@{name}" for kind in ("move-2007-cms", "upgrade-2007-cms", "remove-2007-cms")
    )
    yield Violation(
        "G-17", patches[first], move, "only a node that has the service pack can run what is upgraded"
    )
    yield Violation("G-17", move, upgrade, "Setup upgrades a clustered server on the node that runs it")
    for node in server.in_turn[1:]:
        yield Violation(
            "G-17", upgrade, patches[node], "Setup upgrades no node that runs the clustered server"
        )
    for before, after in pairwise(server.in_turn):
        yield Violation(
            "G-17", patches[before], patches[after], "a restart of two nodes at once takes the quorum away"
        )
    for node in server.nodes:
        yield Violation(
            "G-10", removal, f"uninstall-2007-mailbox@{node}", "Setup refuses to take the programs from under a clustered server"
        )  # fmt: skip
