"""Graph invariants of organizations with Exchange 2000 or 2003 servers: routing groups, stamping, the last server."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from exmigrate.model import Step, Topology
from exmigrate.model.topology import LEGACY_VERSIONS

from .graph import Closure

_ESM_ONLY = (
    "remove-legacy-internet-connector",
    "clear-mailbox-manager-policies",
    "move-pf-hierarchy",
    "delete-rus",
)
ByKind = Mapping[str, list[Step]]


@dataclass(frozen=True, slots=True)
class Violation:
    """A pair of steps in the wrong order: `before` should be an ancestor of `after`."""

    invariant: str
    before: str
    after: str
    why: str


def demands(by_kind: ByKind, topology: Topology, ancestors: Closure) -> Iterator[Violation]:
    """Pairs of steps that must be in this order; only those that are in it keep the invariants."""
    yield from _before_the_last(by_kind, ancestors)
    yield from _stamped(by_kind, topology)
    yield from _front_ends(by_kind, topology)
    yield from _groups_last(by_kind, topology)
    yield from _new_hubs(by_kind, topology)


def _before_the_last(by_kind: ByKind, ancestors: Closure) -> Iterator[Violation]:
    """Old tools go with the last old server: done before one removal, it is done before the last of them."""
    gone = by_kind.get("uninstall-legacy-server", [])
    for kind in _ESM_ONLY if gone else ():
        for step in by_kind.get(kind, ()):
            if not any(ancestors.holds(step.id, last.id) for last in gone):
                why = "nothing is left that has Exchange System Manager"
                yield Violation("G-14", step.id, gone[-1].id, why)


def _moves(by_kind: ByKind, topology: Topology) -> list[Step]:
    """Moves of mailboxes from 2000 and 2003."""
    batches = {b.name for b in topology.batches if b.source in LEGACY_VERSIONS}
    return [s for s in by_kind.get("move-mailboxes", ()) if s.scope.name in batches]


def _stamped(by_kind: ByKind, topology: Topology) -> Iterator[Violation]:
    for move in _moves(by_kind, topology):
        for kind in ("upgrade-address-policies-and-lists", "delete-rus"):
            for step in by_kind.get(kind, ()):
                yield Violation("G-15", move.id, step.id, "recipients on old servers are no longer stamped")


def _front_ends(by_kind: ByKind, topology: Topology) -> Iterator[Violation]:
    """A 2007 Client Access server proxies to old mailboxes; a 2010 one only sends users to the old entry point."""
    for gone in by_kind.get("uninstall-legacy-server", ()):
        for cutover in by_kind.get("cutover-client-namespace", ()):
            yield Violation("G-18", cutover.id, gone.id, "the names still lead there")
        if topology.target.version == "2010" and "2007" not in topology.versions:
            for retired in by_kind.get("retire-legacy-namespace", ()):
                yield Violation(
                    "G-18", retired.id, gone.id, "old mailboxes are sent there by the legacy name"
                )


def _groups_last(by_kind: ByKind, topology: Topology) -> Iterator[Violation]:
    group_of = {s.name: s.routing_group for s in topology.servers if s.legacy}
    connectors = {c.name: c for c in topology.mail_flow.routing_group_connectors}
    for gone in by_kind.get("uninstall-legacy-server", ()):
        for group in by_kind.get("remove-legacy-routing-groups", ()):
            own = group.scope.name if group.scope.level == "routing-group" else ""
            if own in ("", group_of.get(gone.scope.server)):
                yield Violation("G-19", gone.id, group.id, "a routing group goes after its servers")
        for removed in by_kind.get("remove-legacy-rgc", ()):
            connector = connectors.get(removed.scope.name)
            if connector and gone.scope.server in connector.targets:
                yield Violation(
                    "G-19", removed.id, gone.id, "Setup refuses to remove a connector's bridgehead"
                )


def _new_hubs(by_kind: ByKind, topology: Topology) -> Iterator[Violation]:
    connectors = {c.name: c for c in topology.mail_flow.routing_group_connectors}
    for step in by_kind.get("rehome-rgc-source", ()):
        connector = connectors.get(step.scope.name)
        for hub in by_kind.get("install-hub", ()):
            if connector and hub.scope.server in connector.sources:
                yield Violation("G-12", hub.id, step.id, "the connector would name a server without the role")
