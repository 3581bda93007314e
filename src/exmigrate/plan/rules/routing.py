"""Rules on routing groups, their connectors and link state (TOP, MF, PF-007), judged on the plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from exmigrate.model import Topology
from exmigrate.model.topology import RoutingGroup, RoutingGroupConnector, Server

from .judge import Hit, Predicate
from .view import build, kept, leaving, legacy, named, new, source_of

_DSN_MODE_SINCE = (8, 1, 311, 3)


def _members(t: Topology, group: RoutingGroup) -> tuple[Server, ...]:
    return tuple(s for s in legacy(t) if s.routing_group == group.name)


def _torn_groups(t: Topology) -> Iterator[Hit]:
    for group in t.routing_groups:
        members = _members(t, group)
        stays = tuple(s for s in members if s in kept(t))
        goes = tuple(s for s in members if s in leaving(t))
        if stays and goes:
            yield Hit(
                f"Of routing group {group.name} {named(goes)} goes and {named(stays)} stays", group.path
            )
    yield from _interleaved(t)


def _interleaved(t: Topology) -> Iterator[Hit]:
    """Waves of one routing group with one of another between them; a pilot counts as no wave."""
    group_of = {s.name: s.routing_group for s in legacy(t)}
    at = {d.key: group_of.get(d.server, "") for d in t.databases}
    home = {b.alias: at.get(b.database, "") for b in source_of(t).mailboxes}
    done: list[str] = []
    for batch in sorted((b for b in t.batches if not b.pilot), key=lambda b: b.order):
        for group in dict.fromkeys(home.get(m, "") for m in batch.members):
            if group and group in done[:-1]:
                yield Hit(
                    f"Batch {batch.name} goes back to routing group {group} after {done[-1]}", batch.path
                )
            if group and group not in done[-1:]:
                done.append(group)


def _no_bridgehead(t: Topology) -> Iterator[Hit]:
    if not t.has_legacy or t.first_hub is None:
        return
    name = t.mail_flow.legacy_routing_server
    server = next((s for s in legacy(t) if name.casefold() in (s.name.casefold(), s.fqdn.casefold())), None)
    path = f"{t.mail_flow.path}.legacy_routing_server"
    if not name:
        yield Hit(f"Setup of {t.first_hub.name} gets no legacy_routing_server", path)
    elif server is None:
        yield Hit(f"Setup of {t.first_hub.name} gets {name}, which has no Exchange 2000 or 2003", path)


def _remote_bridgehead(t: Topology) -> Iterator[Hit]:
    facts = source_of(t)
    chosen = next((s for s in legacy(t) if s.name == t.mail_flow.legacy_routing_server), None)
    if chosen is None or len(t.routing_groups) < 2:
        return
    ends = Counter(g for c in facts.routing_group_connectors for g in {c.source_group, c.target_group})
    server_of = {d.key: t.server_by_name.get(d.server) for d in t.databases}
    homes = (server_of.get(b.database) for b in facts.mailboxes)
    people = Counter(s.routing_group for s in homes if s is not None and s.legacy)
    own = chosen.routing_group
    hub = ends[own] and ends[own] == max(ends.values())
    crowd = people[own] and people[own] == max(people.values())
    if not hub and not crowd:
        case = f"{chosen.name} is in routing group {own}, which is neither a hub nor has many mailboxes"
        yield Hit(case, f"{t.mail_flow.path}.legacy_routing_server")


def _lonely_ends(t: Topology) -> Iterator[Hit]:
    for c in t.mail_flow.routing_group_connectors:
        for side, servers in (("Hub", c.sources), ("bridgehead", c.targets)):
            if len(servers) == 1:
                yield Hit(f"Connector '{c.name}' has one {side}, {servers[0]}", c.path)


def _pairs(t: Topology) -> tuple[RoutingGroupConnector, ...]:
    return t.mail_flow.routing_group_connectors


def _unsuppressed(t: Topology) -> tuple[Server, ...]:
    """Old servers on which nobody suppressed link state, nor will."""
    if t.mail_flow.suppress_link_state:
        return ()
    return tuple(s for s in legacy(t) if not s.link_state_suppressed)


def _loops(t: Topology) -> Iterator[Hit]:
    rest = _unsuppressed(t)
    if rest and len(_pairs(t)) > 1:
        case = f"There are {len(_pairs(t))} connector pairs, and link state stays on on {named(rest)}"
        yield Hit(case, f"{t.mail_flow.path}.suppress_link_state")


def _unsuppressed_single(t: Topology) -> Iterator[Hit]:
    rest = _unsuppressed(t)
    if rest and len(_pairs(t)) <= 1:
        yield Hit(f"Link state stays on on {named(rest)}", f"{t.mail_flow.path}.suppress_link_state")


def _hubs(t: Topology) -> Iterator[Hit]:
    hubs = new(t, "hub")
    if hubs and t.has_legacy:
        yield Hit(f"Routing by sites on {named(hubs)}", hubs[0].path)


def _suppressed(t: Topology) -> Iterator[Hit]:
    servers = tuple(s for s in legacy(t) if s.link_state_suppressed or t.mail_flow.suppress_link_state)
    if servers:
        yield Hit(f"Link state is suppressed on {named(servers)}", servers[0].path)


def _one_way(t: Topology) -> Iterator[Hit]:
    for c in _pairs(t):
        if not c.sources or not c.targets:
            side = "Hubs" if not c.sources else "bridgeheads"
            yield Hit(f"Connector '{c.name}' to routing group {c.routing_group} has no {side}", c.path)
    if t.has_legacy and t.first_hub is None and not any(c.existing or c.first for c in _pairs(t)):
        yield Hit("No connector joins the old routing groups to the new servers", t.mail_flow.path)


def _space(text: str) -> tuple[str, int]:
    """An address space such as `SMTP:*;1` as what it covers and its cost."""
    space, _, cost = text.partition(";")
    return space.rpartition(":")[2].strip().casefold(), int(cost) if cost.strip().isdigit() else 1


def _old_way_out(t: Topology) -> Iterator[Hit]:
    costs = [c for s in t.mail_flow.send_connectors for n, c in map(_space, s.address_spaces) if n == "*"]
    subscribed = any(e.internet_connector for e in t.edges)
    if not costs and not subscribed:
        return
    leaves = {n.casefold() for n in t.mail_flow.legacy_internet_connectors}
    least = min(costs, default=100)
    for c in source_of(t).smtp_connectors:
        for name, cost in map(_space, c.address_spaces):
            if name == "*" and cost <= least and c.name.casefold() not in leaves:
                yield Hit(
                    f"SMTP connector '{c.name}' keeps * at cost {cost}, the new one has {least}", c.path
                )


def _not_ours(t: Topology) -> Iterator[Hit]:
    """The default policy is the one that comes last."""
    policies = source_of(t).address_policies
    last = max((p.priority for p in policies), default=0)
    for p in policies:
        shared = {d.casefold().lstrip("@") for d in p.non_authoritative}
        for template in p.templates:
            prefix, _, address = template.partition(":")
            domain = address.rpartition("@")[2].casefold()
            default = p.priority == last or p.name.casefold() == "default policy"
            if default and prefix == "SMTP" and domain in shared:
                yield Hit(f"Policy '{p.name}' has the primary domain {domain}, which it shares", p.path)


def _tracking(t: Topology) -> Iterator[Hit]:
    servers = legacy(t)
    if servers and new(t, "hub"):
        yield Hit(f"{named(servers)} and the new servers track messages apart", servers[0].path)


def _dsn_level(t: Topology) -> Iterator[Hit]:
    known = t.media_for("2007") + t.media_for("2007", "rollup")
    if t.target.version != "2007" or not t.mail_flow.dsn_mode or not known:
        return
    best = max(known, key=lambda m: build(m.build))
    if build(best.build) < _DSN_MODE_SINCE:
        yield Hit(f"The DSN mode shall be {t.mail_flow.dsn_mode}, and {best.name} is {best.build}", best.path)


def _journal(t: Topology) -> Iterator[Hit]:
    names = {s.name for s in legacy(t)}
    for d in source_of(t).databases:
        if d.journal_recipient and d.server in names:
            yield Hit(f"{d.name} of {d.server} journals to {d.journal_recipient}", d.path)


def _referrals(t: Topology) -> Iterator[Hit]:
    for c in _pairs(t):
        if not c.public_folder_referrals:
            yield Hit(f"Connector '{c.name}' refers nobody to public folders", c.path)


PREDICATES: Mapping[str, Predicate[Topology]] = {
    "TOP-009": _torn_groups,
    "TOP-010": _no_bridgehead,
    "TOP-011": _remote_bridgehead,
    "TOP-015": _lonely_ends,
    "MF-001": _loops,
    "MF-002": _unsuppressed_single,
    "MF-003": _hubs,
    "MF-004": _suppressed,
    "MF-005": _one_way,
    "MF-012": _old_way_out,
    "MF-015": _not_ours,
    "MF-016": _tracking,
    "MF-023": _dsn_level,
    "MF-025": _journal,
    "PF-007": _referrals,
}
