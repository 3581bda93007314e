"""Scopes: which entities each level has in a topology, and the names that expressions see for one of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from exmigrate.model import Scope, Topology
from exmigrate.model.topology import Batch, Database, Server, Site


def ordered_sites(topology: Topology) -> tuple[Site, ...]:
    """Sites in the order of a transition: first Internet-facing, other Internet-facing, internal."""
    return topology.ordered_sites


def site_of_edge(topology: Topology, server: str) -> str:
    """The site an Edge server is subscribed to, or empty."""
    return next((e.site for e in topology.edges if server in (e.edge, e.replaces)), "")


def site_of_server(topology: Topology, server: Server) -> str:
    """The site whose transition a server belongs to: its own, for an Edge the one it is subscribed to."""
    if "edge" in server.roles:
        return site_of_edge(topology, server.name) or server.site
    return server.site


def enumerate_scopes(topology: Topology, level: str) -> Iterator[tuple[Scope, Mapping[str, Any]]]:
    """Every scope of a level with the entities that expressions see, in the order of the transition."""
    yield from _LEVELS[level](topology)


def _organization(topology: Topology) -> Iterator[tuple[Scope, dict[str, Any]]]:
    yield Scope("organization"), {}


def _forest(topology: Topology) -> Iterator[tuple[Scope, dict[str, Any]]]:
    yield Scope("forest"), {}


def _domains(topology: Topology) -> Iterator[tuple[Scope, dict[str, Any]]]:
    for domain in topology.domains:
        yield Scope("domain", domain.name), {"domain": domain}


def _sites(topology: Topology) -> Iterator[tuple[Scope, dict[str, Any]]]:
    for site in ordered_sites(topology):
        yield Scope("site", site.name, site.name), {"site": site}


def _servers(topology: Topology) -> Iterator[tuple[Scope, dict[str, Any]]]:
    rank = {site.name: n for n, site in enumerate(ordered_sites(topology))}

    def key(server: Server) -> int:
        return rank.get(site_of_server(topology, server), len(rank))

    for server in sorted(topology.servers, key=key):
        site = site_of_server(topology, server)
        yield (
            Scope("server", server.name, site, server.name),
            {"server": server, "site": topology.site_by_name.get(site)},
        )


def _databases(topology: Topology) -> Iterator[tuple[Scope, dict[str, Any]]]:
    rank = {site.name: n for n, site in enumerate(ordered_sites(topology))}

    def key(database: Database) -> int:
        return rank.get(database.site, len(rank))

    for database in sorted(topology.databases, key=key):
        yield (
            Scope("database", database.key, database.site, database.server),
            {
                "database": database,
                "server": topology.server_by_name[database.server],
                "site": topology.site_by_name[database.site],
            },
        )


def _batches(topology: Topology) -> Iterator[tuple[Scope, dict[str, Any]]]:
    def key(batch: Batch) -> tuple[bool, int]:
        return not batch.pilot, batch.order

    for batch in sorted(topology.batches, key=key):
        yield (
            Scope("batch", batch.name, batch.site),
            {"batch": batch, "site": topology.site_by_name[batch.site]},
        )


def _connectors(topology: Topology) -> Iterator[tuple[Scope, dict[str, Any]]]:
    for connector in topology.mail_flow.send_connectors:
        site = connector.site or _site_of_sources(topology, connector.sources)
        yield (
            Scope("connector", connector.name, site),
            {"connector": connector, "site": topology.site_by_name.get(site)},
        )


def _site_of_sources(topology: Topology, sources: Iterable[str]) -> str:
    servers = (topology.server_by_name.get(name) for name in sources)
    return next((site_of_server(topology, s) for s in servers if s), topology.first_site.name)


def _dial_plans(topology: Topology) -> Iterator[tuple[Scope, dict[str, Any]]]:
    for plan in topology.dial_plans:
        yield (
            Scope("dialplan", plan.name, plan.site),
            {"dialplan": plan, "site": topology.site_by_name[plan.site]},
        )


def _edges(topology: Topology) -> Iterator[tuple[Scope, dict[str, Any]]]:
    for edge in topology.edges:
        yield (
            Scope("edge", edge.edge, edge.site, edge.edge),
            {
                "edge": edge,
                "server": topology.server_by_name[edge.edge],
                "site": topology.site_by_name[edge.site],
            },
        )


def _dags(topology: Topology) -> Iterator[tuple[Scope, dict[str, Any]]]:
    for dag in topology.dags:
        yield Scope("dag", dag.name, dag.site), {"dag": dag, "site": topology.site_by_name[dag.site]}


def _routing_group_connectors(topology: Topology) -> Iterator[tuple[Scope, dict[str, Any]]]:
    for rgc in topology.mail_flow.routing_group_connectors:
        site = rgc.site or _site_of_sources(topology, rgc.sources)
        yield Scope("rgc", rgc.name, site), {"rgc": rgc, "site": topology.site_by_name.get(site)}


def _mailbox_sets(topology: Topology) -> Iterator[tuple[Scope, dict[str, Any]]]:
    for found in topology.mailbox_sets:
        yield (
            Scope("mailboxset", found.name, found.site),
            {"mailboxset": found, "site": topology.site_by_name.get(found.site)},
        )


def _routing_groups(topology: Topology) -> Iterator[tuple[Scope, dict[str, Any]]]:
    # A routing group is no part of a site: its servers may be in several.
    for group in topology.routing_groups:
        yield Scope("routing-group", group.name), {"routing_group": group}


_LEVELS: Mapping[str, Callable[[Topology], Iterator[tuple[Scope, dict[str, Any]]]]] = {
    "organization": _organization,
    "forest": _forest,
    "domain": _domains,
    "site": _sites,
    "server": _servers,
    "database": _databases,
    "batch": _batches,
    "connector": _connectors,
    "dialplan": _dial_plans,
    "edge": _edges,
    "dag": _dags,
    "mailboxset": _mailbox_sets,
    "rgc": _routing_group_connectors,
    "routing-group": _routing_groups,
}


def common_names(topology: Topology, inventory: Mapping[str, Any]) -> dict[str, Any]:
    """The names every expression sees, whatever its scope."""
    policy = topology.policy

    def servers(site: str = "", role: str = "", target: bool | None = None, version: str = "") -> Any:
        return topology.servers_in(site, role, target=target, version=version)

    def first(site: str, role: str, target: bool = True, version: str = "") -> Any:
        return topology.first_server(site, role, target=target, version=version)

    def sites(internet_facing: bool | None = None) -> Any:
        return tuple(
            s
            for s in ordered_sites(topology)
            if internet_facing is None or s.internet_facing == internet_facing
        )

    def databases(server: str = "", kind: str = "", target: bool | None = None) -> Any:
        return tuple(
            d
            for d in topology.databases
            if server in ("", d.server) and kind in ("", d.kind) and (target is None or d.target == target)
        )

    def batches(site: str = "", pilot: bool | None = None) -> Any:
        return tuple(
            b for b in topology.batches if site in ("", b.site) and (pilot is None or b.pilot == pilot)
        )

    def moving(aliases: Iterable[str]) -> Any:
        wanted = frozenset(aliases)
        return tuple(b for b in topology.batches if wanted.intersection(b.members))

    def medium(version: str, kind: str = "setup") -> Any:
        found = topology.media_for(version, kind)
        return found[-1] if found else None

    return {
        "topology": topology,
        "first_hub": topology.first_hub,
        "has_legacy": topology.has_legacy,
        "legacy": topology.servers_legacy,
        "routing_groups": topology.routing_groups,
        "policy": policy,
        "organization": topology.organization,
        "namespaces": topology.namespaces,
        "client_access": topology.client_access,
        "mail_flow": topology.mail_flow,
        "public_folders": topology.public_folders,
        "target": topology.target,
        "sources": topology.sources,
        "inventory": inventory,
        "servers": servers,
        "first": first,
        "sites": sites,
        "databases": databases,
        "batches": batches,
        "medium": medium,
        "moving": moving,
        "names": lambda entities: [e.name for e in entities],
        "planned": lambda kind, name="": kind in policy.optional,
    }
