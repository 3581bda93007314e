"""Rules on topology and role order (TOP), judged on the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exmigrate.model import Topology

from .judge import Hit, Predicate
from .view import client_names, legacy, named, new, old, source_of, target_sites

_GB = 1 << 30
_RECOMMENDED: Mapping[str, tuple[str, ...]] = {
    "2007": ("cas", "hub", "mailbox", "um", "edge"),
    "2010": ("cas", "hub", "um", "mailbox", "edge"),
}
_STANDARD_LIMIT = 5


def _first_site(t: Topology) -> Iterator[Hit]:
    if not t.internet_facing_sites:
        return
    first = t.first_site
    if not any("edge" not in s.roles for s in new(t, site=first.name)):
        others = ", ".join(s.name for s in target_sites(t)) or "none"
        yield Hit(f"Internet-facing site {first.name} gets no server; sites that do: {others}", first.path)


def _cas_first(t: Topology) -> Iterator[Hit]:
    for site in t.sites:
        order = site.role_order
        before = order[: order.index("cas")] if "cas" in order else order
        late = [r for r in before if r != "edge"]
        if late:
            yield Hit(f"Site {site.name} shall get {', '.join(late)} before cas", f"{site.path}.role_order")
        elif "mailbox" in order and "hub" in order and order.index("mailbox") < order.index("hub"):
            yield Hit(f"Site {site.name} shall get mailbox before hub", f"{site.path}.role_order")


def _without(t: Topology, role: str) -> Iterator[Hit]:
    for site in t.sites:
        boxes = new(t, "mailbox", site.name)
        if boxes and not new(t, role, site.name):
            what = {"hub": "Hub Transport", "cas": "Client Access"}[role]
            yield Hit(
                f"Site {site.name} gets {named(boxes)} but no {what} of {t.target.version}", boxes[0].path
            )


def _without_hub(t: Topology) -> Iterator[Hit]:
    return _without(t, "hub")


def _without_cas(t: Topology) -> Iterator[Hit]:
    return _without(t, "cas")


def _um_last(t: Topology) -> Iterator[Hit]:
    for site in t.sites:
        order = site.role_order
        early = [
            r
            for r in ("hub", "mailbox")
            if r in order and "um" in order and order.index("um") < order.index(r)
        ]
        if early:
            yield Hit(
                f"Site {site.name} shall get um before {' and '.join(early)}", f"{site.path}.role_order"
            )
        missing = [r for r in ("hub", "mailbox") if not new(t, r, site.name)]
        um = new(t, "um", site.name)
        if um and missing:
            yield Hit(f"Site {site.name} gets {named(um)} but no {' and no '.join(missing)}", um[0].path)


def _order(t: Topology) -> Iterator[Hit]:
    for site in t.sites:
        recommended = _RECOMMENDED.get(t.target.version, ())
        expected = tuple(r for r in recommended if r in site.role_order)
        if site.role_order and site.role_order != expected:
            yield Hit(
                f"Site {site.name} has the order {', '.join(site.role_order)}", f"{site.path}.role_order"
            )


def _edge_alone(t: Topology) -> Iterator[Hit]:
    for s in (*old(t), *new(t)):
        if "edge" in s.roles and len(s.roles) > 1:
            yield Hit(f"{s.name} has {', '.join(s.roles)}", s.path)


def _edge_first(t: Topology) -> Iterator[Hit]:
    for site in t.sites:
        if site.role_order[:1] == ("edge",):
            yield Hit(f"Site {site.name} begins with Edge", f"{site.path}.role_order")


def _array_name(t: Topology) -> Iterator[Hit]:
    public = {r.name.lower() for r in source_of(t).dns if r.view in ("external", "both")}
    for site in t.sites:
        if site.cas_array is None:
            continue
        name = site.cas_array.fqdn.lower()
        if name in {n.lower() for n in client_names(t)}:
            yield Hit(f"CAS array {site.cas_array.name} has the external name {name}", site.cas_array.path)
        elif name in public:
            yield Hit(f"CAS array name {name} resolves in public DNS", site.cas_array.path)


def _hardware(t: Topology) -> Iterator[Hit]:
    for s in new(t):
        least = 2 if t.target.version == "2007" else 4
        needed = (least if len(s.roles) == 1 else 2 * least) * _GB
        if 0 < s.memory < needed:
            yield Hit(f"{s.name} has {s.memory // (1 << 20)} MB of memory for {', '.join(s.roles)}", s.path)


def _routing(t: Topology) -> Iterator[Hit]:
    for link in t.site_links:
        if link.exchange_cost:
            yield Hit(f"Site link {link.name} gets mail cost {link.exchange_cost}", link.path)
    for site in t.sites:
        if site.hub_site:
            yield Hit(f"Site {site.name} becomes a hub site", site.path)


def _mapped(t: Topology) -> Iterator[Hit]:
    yield from _routing(t)
    for group in t.routing_groups:
        sites = list(dict.fromkeys(s.site for s in legacy(t) if s.routing_group == group.name))
        if len(sites) > 1:
            yield Hit(f"Routing group {group.name} has servers in sites {', '.join(sites)}", group.path)
    for site in t.sites:
        groups = list(dict.fromkeys(s.routing_group for s in legacy(t, site=site.name) if s.routing_group))
        if len(groups) > 1:
            yield Hit(f"Site {site.name} has servers of routing groups {', '.join(groups)}", site.path)


def _database_limit(t: Topology) -> Iterator[Hit]:
    for s in new(t, "mailbox"):
        count = len(t.databases_on(s.name)) + sum(s.name in d.copies for d in t.databases)
        if count > _STANDARD_LIMIT and (s.edition != "Enterprise" or s.product_key is None):
            why = "has no product key" if s.product_key is None else "is Standard"
            yield Hit(f"{s.name} holds {count} databases and {why}", s.path)


def _dag_edition(t: Topology) -> Iterator[Hit]:
    for dag in t.dags:
        for name in dag.members:
            server = t.server_by_name.get(name)
            if server and server.os in ("2008", "2008R2") and server.os_edition == "Standard":
                yield Hit(f"{name} of DAG {dag.name} has Windows {server.os} Standard", dag.path)


def _availability(t: Topology) -> Iterator[Hit]:
    if t.dags:
        return
    boxes = new(t, "mailbox")
    clustered = tuple(s for s in old(t) if s.cluster)
    if clustered:
        yield Hit(
            f"{named(clustered)} {'is' if len(clustered) == 1 else 'are'} clustered today", clustered[0].path
        )
    elif len(boxes) > 1:
        yield Hit(f"{len(boxes)} Mailbox servers ({named(boxes)}) and no DAG", boxes[0].path)


def _directory_host(t: Topology) -> Iterator[Hit]:
    host = t.server_by_name.get(t.directory_host)
    if host is not None and host.bits != 64 and t.target.version != "2007":
        yield Hit(f"{host.name} prepares the directory and is a 32-bit machine", "target.directory_host")
    too_old = ("2000",) if t.target.version == "2007" else ("2000", "2003", "2003R2")
    if host is not None and host.os in too_old:
        yield Hit(f"{host.name} prepares the directory and has Windows {host.os}", "target.directory_host")


PREDICATES: Mapping[str, Predicate[Topology]] = {
    "TOP-001": _first_site,
    "TOP-002": _cas_first,
    "TOP-003": _without_hub,
    "TOP-004": _without_cas,
    "TOP-005": _um_last,
    "TOP-006": _order,
    "TOP-007": _edge_alone,
    "TOP-008": _edge_first,
    "TOP-014": _array_name,
    "TOP-019": _hardware,
    "TOP-020": _mapped,
    "TOP-021": _database_limit,
    "TOP-023": _dag_edition,
    "TOP-024": _availability,
    "TOP-025": _directory_host,
}
