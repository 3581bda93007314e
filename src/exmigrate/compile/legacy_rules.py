"""Rules on the order of graphs in which Exchange 2000 or 2003 servers leave: what breaks one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exmigrate.model import Step, Topology
from exmigrate.model.topology import LEGACY_VERSIONS, Server
from exmigrate.plan.rules import Hit, Predicate
from exmigrate.plan.rules.view import left_behind

from .order import Order

_ESM_ONLY = (
    "remove-legacy-internet-connector",
    "clear-mailbox-manager-policies",
    "move-pf-hierarchy",
    "delete-rus",
)


_DRAINS = ("drain-legacy-pf-replicas", "gate-drain-legacy-pf-replicas")


def legacy_servers(topology: Topology, role: str = "") -> tuple[Server, ...]:
    """Old servers of 2000 and 2003, of a role if given."""
    return tuple(s for s in topology.servers if s.legacy and not s.target and (not role or role in s.roles))


def all_leave(topology: Topology) -> bool:
    """Whether the last server of 2000 and 2003 leaves."""
    servers = legacy_servers(topology)
    return bool(servers) and not any(s.keep for s in servers)


def legacy_moves(order: Order) -> tuple[Step, ...]:
    """Moves of mailboxes from 2000 and 2003."""
    batches = {b.name for b in order.topology.batches if b.source in LEGACY_VERSIONS}
    return tuple(s for s in order.of("move-mailboxes") if s.scope.name in batches)


def _door(order: Order) -> Iterator[Hit]:
    if "2007" in order.topology.versions:
        return
    for step in order.of("prepare-ad"):
        decided = (*order.before(step, "gate-keep-2007-option"), *order.before(step, "plant-2007-all-roles"))
        if not decided:
            yield Hit(f"{step.id} has no gate-keep-2007-option before it", "transition")


def _permissions_replicated(order: Order) -> Iterator[Hit]:
    for step in order.of("prepare-schema") if order.topology.has_legacy else ():
        waits = {s.scope.name for s in order.before(step, "wait-replication-legacy-permissions")}
        for domain in order.topology.domains:
            if domain.exchange and domain.name not in waits:
                yield Hit(f"{step.id} does not wait until {domain.name} has them everywhere", domain.path)


def _permissions(order: Order) -> Iterator[Hit]:
    done = {s.scope.name for s in order.of("prepare-legacy-permissions")}
    for domain in order.topology.domains if order.topology.has_legacy else ():
        if domain.exchange and domain.name not in done:
            yield Hit(f"{domain.name} gets no prepare-legacy-permissions", domain.path)


def _devices(order: Order) -> Iterator[Hit]:
    for cutover in list(order.of("cutover-client-namespace"))[:1]:
        ready = {s.scope.server for s in order.before(cutover, "enable-eas-iwa-2003")}
        for server in legacy_servers(order.topology, "mailbox"):
            done = server.activesync_integrated and server.kb937031
            if server.version == "2003" and not done and server.name not in ready:
                yield Hit(f"{cutover.id} has no enable-eas-iwa-2003 of {server.name} before it", server.path)


def _all_moved(order: Order) -> Iterator[Hit]:
    for kind, versions in (
        ("drain-legacy-pf-replicas", LEGACY_VERSIONS),
        ("gate-drain-legacy-pf-replicas", LEGACY_VERSIONS),
        ("move-public-folder-replicas", ("2007",)),
    ):
        batches = {b.name for b in order.topology.batches if b.source in versions}
        moves = [s for s in order.of("move-mailboxes") if s.scope.name in batches]
        for step in order.of(kind):
            rest = next(order.missing(moves, step), None)
            if rest is not None:
                yield Hit(f"{step.id} comes before {rest.id}", order.place(step))
            elif batches and not moves:
                yield Hit(f"{step.id} has no move-mailboxes before it", order.place(step))


def _editors(order: Order) -> Iterator[Hit]:
    kept = [s for s in legacy_servers(order.topology) if s.keep]
    for step in order.of("upgrade-address-policies-and-lists") if kept else ():
        yield Hit(f"{step.id} is planned and {kept[0].name} stays", kept[0].path)


def _before_last(order: Order, kinds: tuple[str, ...]) -> Iterator[str]:
    """Kinds of which a step is done before no removal: it may come when the last old server has left."""
    gone = list(order.of("uninstall-legacy-server"))
    for kind in kinds:
        for step in order.of(kind):
            if not any(order.closure.holds(step.id, last.id) for last in gone):
                yield step.id


def _esm_only(order: Order) -> Iterator[Hit]:
    if all_leave(order.topology) and order.has("uninstall-legacy-server"):
        for late in _before_last(order, _ESM_ONLY):
            yield Hit(f"{late} may come after the last old server", _last_place(order))


def _last_place(order: Order) -> str:
    return legacy_servers(order.topology)[-1].path


def _hierarchy(order: Order) -> Iterator[Hit]:
    folders = [d for d in order.topology.databases if not d.target and d.kind == "public-folder"]
    old = {s.name for s in legacy_servers(order.topology)}
    if not all_leave(order.topology) or not any(d.server in old for d in folders):
        return
    if not order.has("move-pf-hierarchy") or any(_before_last(order, ("move-pf-hierarchy",))):
        yield Hit("The last old server leaves without move-pf-hierarchy before it", _last_place(order))


def _ten_tasks(order: Order) -> Iterator[Hit]:
    if not all_leave(order.topology) or not order.has("uninstall-legacy-server"):
        return
    for kinds in _tasks(order.topology):
        if not any(order.has(kind) for kind in kinds):
            yield Hit(f"The last old server leaves without {kinds[0]}", _last_place(order))
        for late in _before_last(order, kinds):
            yield Hit(f"{late} may come after the last old server", _last_place(order))


def _tasks(t: Topology) -> Iterator[tuple[str, ...]]:
    """What must be done before the last old server leaves, of what this organization has; one kind of each is there."""
    facts = t.source
    old = {s.name for s in legacy_servers(t)}
    stores = [d for d in t.databases if d.server in old and not d.target]
    if any(b.source in LEGACY_VERSIONS for b in t.batches):
        yield ("move-mailboxes",)
    if any(d.kind == "public-folder" for d in stores):
        yield _DRAINS
        yield ("delete-legacy-stores",)
        yield ("move-pf-hierarchy",)
    if facts and any(o.server in old for o in facts.offline_address_books):
        yield ("move-oab",)
    if t.mail_flow.routing_group_connectors:
        yield ("remove-legacy-rgc",)
    if facts and any(p.mailbox_manager for p in facts.address_policies):
        yield ("clear-mailbox-manager-policies",)
    if facts and facts.update_services:
        yield ("delete-rus",)


def _stamping(order: Order) -> Iterator[Hit]:
    t = order.topology
    rest = left_behind(t, *LEGACY_VERSIONS) if t.source else ()
    for step in order.of("delete-rus"):
        late = next(order.missing(legacy_moves(order), step), None)
        if late is not None:
            yield Hit(f"{step.id} comes before {late.id}", order.place(step))
        if rest:
            yield Hit(
                f"{step.id} leaves {len(rest)} mailboxes of 2003 ({rest[0].alias} ...) unstamped",
                rest[0].path,
            )


def _groups_in_use(order: Order) -> Iterator[Hit]:
    for step in order.of("clean-legacy-groups"):
        kept = [s for s in legacy_servers(order.topology) if s.keep]
        late = next(order.missing(order.of("uninstall-legacy-server"), step), None)
        if kept or late:
            why = f"{kept[0].name} stays" if kept else f"{late.id if late else ''} may come later"
            yield Hit(f"{step.id} is planned and {why}", order.place(step))


def _undrained(order: Order) -> Iterator[Hit]:
    t = order.topology
    group_of = {s.name: s.routing_group for s in legacy_servers(t)}
    store_of = {d.key: group_of.get(d.server, "") for d in t.databases}
    homes = {b.alias: store_of.get(b.database, "") for b in t.source.mailboxes} if t.source else {}
    for step in order.of("remove-legacy-rgc"):
        group = next(
            (c.routing_group for c in t.mail_flow.routing_group_connectors if c.name == step.scope.name), ""
        )
        mine = {b.name for b in t.batches if any(homes.get(m) == group for m in b.members)}
        needed = [s for s in order.of("move-mailboxes") if s.scope.name in mine]
        needed += [s for s in order.of(*_DRAINS) if group_of.get(s.scope.server) == group]
        late = next(order.missing(needed, step), None)
        if late is not None:
            yield Hit(f"{step.id} comes before {late.id}", order.place(step))


def _groups_last(order: Order) -> Iterator[Hit]:
    t = order.topology
    group_of = {s.name: s.routing_group for s in legacy_servers(t)}
    for step in order.of("remove-legacy-routing-groups"):
        own = step.scope.name if step.scope.level == "routing-group" else ""
        members = [
            s for s in order.of("uninstall-legacy-server") if own in ("", group_of.get(s.scope.server))
        ]
        late = next(order.missing(members, step), None)
        if late is not None:
            yield Hit(f"{step.id} comes before {late.id}", order.place(step))
    ends = {c.name: set(c.targets) for c in t.mail_flow.routing_group_connectors}
    for step in order.of("uninstall-legacy-server"):
        own_connectors = [
            s for s in order.of("remove-legacy-rgc") if step.scope.server in ends.get(s.scope.name, ())
        ]
        late = next(order.missing(own_connectors, step), None)
        if late is not None:
            yield Hit(f"{step.id} comes before {late.id}", order.place(step))


def _unasked_features(order: Order) -> Iterator[Hit]:
    gone = [s for s in legacy_servers(order.topology) if not s.keep]
    if gone and not order.has("gate-retained-servers"):
        yield Hit(f"{gone[0].name} leaves and nobody asks for the features in use", gone[0].path)


PREDICATES: Mapping[str, Predicate[Order]] = {
    "ORG-005": _door,
    "ORG-019": _permissions_replicated,
    "ORG-021": _permissions,
    "CA-016": _devices,
    "PF-005": _hierarchy,
    "PF-008": _all_moved,
    "ADM-006": _editors,
    "ADM-007": _esm_only,
    "DEC-003": _ten_tasks,
    "DEC-004": _stamping,
    "DEC-011": _groups_in_use,
    "DEC-012": _undrained,
    "DEC-013": _groups_last,
    "FEAT-002": _unasked_features,
}
