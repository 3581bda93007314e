"""Routing groups and what hangs on them: as they are, and the connectors that the new servers get to them."""

from __future__ import annotations

from collections.abc import Iterable

from exmigrate.model.topology import (
    FIRST_ADMINISTRATIVE_GROUP,
    FIRST_ROUTING_GROUP,
    MODERN_ROUTING_GROUP,
    RetainedFeature,
    RoutingGroup,
    RoutingGroupConnector,
    SmtpConnector,
    SourceRoutingGroupConnector,
    UpdateService,
)
from exmigrate.plan.schema.legacy import RoutingGroupConnectorFact
from exmigrate.plan.schema.servers import SourceServerEntry
from exmigrate.plan.schema.target import RoutingGroupConnectorEntry

from . import versions
from .context import Context

SETUPS_NAME = "Interop RGC"
"""Name that Setup gives the pair of connectors that it makes for /LegacyRoutingServer."""


def routing_groups(ctx: Context) -> tuple[RoutingGroup, ...]:
    """Legacy routing groups; the one that Exchange makes itself where the plan names none."""
    said = ctx.document.source.routing_groups
    if not said and versions.has_legacy(ctx):
        master = next(versions.legacy_servers(ctx)).name
        return (
            RoutingGroup(FIRST_ROUTING_GROUP, FIRST_ADMINISTRATIVE_GROUP, master, "source.routing_groups"),
        )
    return tuple(
        RoutingGroup(
            g.name,
            g.administrative_group,
            ctx.name_of(g.master) if g.master else next((s.name for s in servers_of(ctx, g.name)), ""),
            f"source.routing_groups[{i}]",
        )
        for i, g in enumerate(said)
    )


def group_of(ctx: Context, server: SourceServerEntry) -> str:
    """Routing group of a server; empty for one that has none, or where several are to choose from."""
    if not versions.is_legacy(ctx, server):
        return ""
    names = [g.name for g in ctx.document.source.routing_groups] or [FIRST_ROUTING_GROUP]
    if server.routing_group:
        return next(
            (n for n in names if n.casefold() == server.routing_group.casefold()), server.routing_group
        )
    return names[0] if len(names) == 1 else ""


def administrative_group_of(ctx: Context, server: SourceServerEntry) -> str:
    """Administrative group of a legacy server: its own, or its routing group's."""
    if not versions.is_legacy(ctx, server):
        return ""
    if server.administrative_group:
        known = [g.administrative_group for g in ctx.document.source.routing_groups]
        known += [*ctx.document.source.administrative_groups, FIRST_ADMINISTRATIVE_GROUP]
        said = server.administrative_group
        return next((n for n in known if n.casefold() == said.casefold()), said)
    mine = group_of(ctx, server)
    found = (g.administrative_group for g in ctx.document.source.routing_groups if g.name == mine)
    return next(found, FIRST_ADMINISTRATIVE_GROUP)


def servers_of(ctx: Context, group: str) -> list[SourceServerEntry]:
    """Servers of a routing group, in plan order."""
    wanted = group.casefold()
    return [s for s in versions.legacy_servers(ctx) if group_of(ctx, s).casefold() == wanted]


def source_connectors(ctx: Context) -> tuple[SourceRoutingGroupConnector, ...]:
    """Routing group connectors as they are."""
    return tuple(
        SourceRoutingGroupConnector(
            c.name,
            _group_name(ctx, c.source_group),
            _group_name(ctx, c.target_group),
            ctx.names_of(c.sources),
            ctx.names_of(c.targets),
            c.cost,
            f"source.routing_group_connectors[{i}]",
        )
        for i, c in enumerate(ctx.document.source.routing_group_connectors)
    )


def _group_name(ctx: Context, said: str) -> str:
    known = [*(g.name for g in ctx.document.source.routing_groups), FIRST_ROUTING_GROUP, MODERN_ROUTING_GROUP]
    return next((n for n in known if n.casefold() == said.casefold()), said)


def smtp_connectors(ctx: Context) -> tuple[SmtpConnector, ...]:
    """SMTP connectors as they are."""
    return tuple(
        SmtpConnector(
            c.name,
            _group_name(ctx, c.routing_group) if c.routing_group else _group_of_first(ctx, c.bridgeheads),
            ctx.names_of(c.bridgeheads),
            tuple(c.address_spaces),
            tuple(c.smart_hosts),
            f"source.smtp_connectors[{i}]",
        )
        for i, c in enumerate(ctx.document.source.smtp_connectors)
    )


def _group_of_first(ctx: Context, servers: Iterable[str]) -> str:
    found = (ctx.source_servers.get(s.casefold()) for s in servers)
    return next((group_of(ctx, s) for s in found if s), "")


def internet_connectors(ctx: Context) -> tuple[str, ...]:
    """SMTP connectors that leave: those that the plan names, else those for every domain."""
    facts = ctx.document.source.smtp_connectors
    said = {n.casefold() for n in ctx.document.target.mail_flow.legacy_internet_connectors}
    if said:
        return tuple(c.name for c in facts if c.name.casefold() in said)
    return tuple(c.name for c in facts if any(_for_everything(a) for a in c.address_spaces))


def _for_everything(space: str) -> bool:
    kind, _, rest = space.partition(":")
    return (rest or kind).partition(";")[0].strip() == "*"


def update_services(ctx: Context) -> tuple[UpdateService, ...]:
    """Recipient Update Services as they are."""
    return tuple(
        UpdateService(
            u.name,
            u.domain or ctx.root_domain,
            ctx.name_of(u.server),
            u.domain_controller,
            u.enterprise,
            f"source.update_services[{i}]",
        )
        for i, u in enumerate(ctx.document.source.update_services)
    )


def features(ctx: Context) -> tuple[RetainedFeature, ...]:
    """Features in use that later versions do not have."""
    return tuple(
        RetainedFeature(
            f.feature, ctx.name_of(f.server) if f.server else "", f.reason, f"source.features[{i}]"
        )
        for i, f in enumerate(ctx.document.source.features)
    )


def replication_minutes(ctx: Context) -> dict[str, int]:
    """How long a change takes to each domain controller that says so, in whole minutes."""
    return {
        c.name: max(1, c.replication_lag // 60)
        for s in ctx.document.source.forest.sites
        for c in s.domain_controllers
        if c.replication_lag
    }


def bridgehead(ctx: Context) -> str:
    """Legacy server for the first Hub's /LegacyRoutingServer; empty where no Setup asks for one."""
    if not versions.has_legacy(ctx) or _connected(ctx) or versions.has_modern(ctx):
        return ""
    said = ctx.document.target.mail_flow.legacy_routing_server
    if said:
        return ctx.name_of(said)
    wishes = ctx.document.target.mail_flow.routing_group_connectors
    if wishes:
        return next(iter(_targets(ctx, wishes[0])), "")
    legacy = list(versions.legacy_servers(ctx))
    order = {name: n for n, name in enumerate(_site_order(ctx))}
    legacy.sort(key=lambda s: ("bridgehead" not in s.roles, order.get(ctx.site_name(s.site), 99)))
    able = [s for s in legacy if {"bridgehead", "mailbox"} & {*s.roles}]
    return next(iter([*able, *legacy])).name


def target_connectors(ctx: Context) -> tuple[RoutingGroupConnector, ...]:
    """Connector pairs to legacy routing groups: the plan's, Setup's own, and those that 2007 has already."""
    standing = _connected(ctx)
    first = ctx.source_servers.get(bridgehead(ctx).casefold())
    first_group = group_of(ctx, first).casefold() if first else ""
    wishes = ctx.document.target.mail_flow.routing_group_connectors
    out = [
        RoutingGroupConnector(
            name=w.name,
            routing_group=_group_name(ctx, w.routing_group),
            sources=_sources(ctx, w, first_group),
            targets=_targets(ctx, w),
            cost=w.cost,
            first=bool(first_group) and w.routing_group.casefold() == first_group,
            existing=w.routing_group.casefold() in standing,
            public_folder_referrals=w.public_folder_referrals,
            site=_site(ctx, _sources(ctx, w, first_group)),
            path=f"target.mail_flow.routing_group_connectors[{i}]",
        )
        for i, w in enumerate(wishes)
    ]
    named = {c.routing_group.casefold() for c in out}
    if first is not None and first_group not in named:
        sources = _hubs(ctx, ())
        out.insert(
            0,
            RoutingGroupConnector(
                SETUPS_NAME, group_of(ctx, first), sources, (first.name,), first=True, site=_site(ctx, sources),
                path="target.mail_flow",
            ),
        )  # fmt: skip
    out += [_standing(ctx, i, c) for group, (i, c) in standing.items() if group not in named]
    return tuple(out)


def _standing(ctx: Context, i: int, fact: RoutingGroupConnectorFact) -> RoutingGroupConnector:
    """A connector of 2007 as the new Hubs take it over."""
    out = fact.source_group.casefold() == MODERN_ROUTING_GROUP.casefold()
    targets = ctx.names_of(fact.targets if out else fact.sources)
    sources = _hubs(ctx, targets)
    return RoutingGroupConnector(
        name=fact.name,
        routing_group=_group_name(ctx, fact.target_group if out else fact.source_group),
        sources=sources,
        targets=targets,
        cost=fact.cost,
        existing=True,
        site=_site(ctx, sources),
        path=f"source.routing_group_connectors[{i}]",
    )


def has_standing(ctx: Context) -> bool:
    """Whether a connector joins the servers of 2007 with a legacy routing group today."""
    return bool(_connected(ctx))


def standing_names(ctx: Context, group: str) -> list[str]:
    """Names of the connectors, both directions, that join the servers of 2007 with a legacy routing group today."""
    wanted = {group.casefold(), MODERN_ROUTING_GROUP.casefold()}
    return [
        c.name
        for c in ctx.document.source.routing_group_connectors
        if {c.source_group.casefold(), c.target_group.casefold()} == wanted
    ]


def _connected(ctx: Context) -> dict[str, tuple[int, RoutingGroupConnectorFact]]:
    """Legacy routing groups that have a connector to the servers of 2007, with the direction that leads away from those."""
    modern = MODERN_ROUTING_GROUP.casefold()
    out: dict[str, tuple[int, RoutingGroupConnectorFact]] = {}
    for i, c in enumerate(ctx.document.source.routing_group_connectors):
        ends = (c.source_group.casefold(), c.target_group.casefold())
        if ends[0] == modern and ends[1] != modern:
            out[ends[1]] = (i, c)
        elif ends[1] == modern and ends[0] != modern:
            out.setdefault(ends[0], (i, c))
    return out


def _targets(ctx: Context, wish: RoutingGroupConnectorEntry) -> tuple[str, ...]:
    if wish.targets:
        return ctx.names_of(wish.targets)
    group = servers_of(ctx, wish.routing_group)
    bridgeheads = [s for s in group if "bridgehead" in s.roles]
    return tuple(s.name for s in bridgeheads or [s for s in group if "mailbox" in s.roles] or group)


def _sources(ctx: Context, wish: RoutingGroupConnectorEntry, first_group: str) -> tuple[str, ...]:
    """Hubs of a connector: the plan's; of Setup's own pair those of the site that begins, whatever is near the bridgeheads:
    later sites wait for its pilot, whose mail goes over this pair."""
    if wish.sources:
        return ctx.names_of(wish.sources)
    own = bool(first_group) and wish.routing_group.casefold() == first_group
    return _hubs(ctx, () if own else _targets(ctx, wish))


def _hubs(ctx: Context, bridgeheads: Iterable[str]) -> tuple[str, ...]:
    """New Hubs near some bridgeheads: those of their sites, else those of the first site that has any."""
    hubs = [s.name for s in ctx.document.target.servers if "hub" in s.roles]
    near = {ctx.site_of(b) for b in bridgeheads}
    for sites in (near, *({name} for name in _site_order(ctx))):
        found = tuple(ctx.name_of(h) for h in hubs if ctx.site_of(h) in sites)
        if found:
            return found
    return ()


def _site(ctx: Context, sources: Iterable[str]) -> str:
    return next((ctx.site_of(s) for s in sources), "")


def _site_order(ctx: Context) -> list[str]:
    """Sites in the order of a transition: the primary one, other Internet-facing ones, internal ones."""
    wishes = {t.name.casefold(): t for t in ctx.document.target.sites}

    def rank(name: str, facing: bool) -> tuple[bool, bool]:
        wish = wishes.get(name.casefold())
        said = wish.internet_facing if wish else None
        return not (wish and wish.primary), not (facing if said is None else said)

    sites = ctx.document.source.forest.sites
    return [s.name for s in sorted(sites, key=lambda s: rank(s.name, s.internet_facing))]
