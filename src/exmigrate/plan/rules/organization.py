"""Rules on organization, directory and versions (ORG), judged on the plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network

from exmigrate.model import Topology
from exmigrate.model.topology import DomainController

from .judge import Hit, Predicate
from .view import new, old, source_of

_LEVELS = ("2000", "2003", "2003R2", "2008", "2008R2", "2012", "2012R2")
_SCHEMA = {"RTM": 10637, "SP1": 11116, "SP2": 14622, "SP3": 14625}
_PATCHED = ("SP2", "SP3")


def _exchange_2000(t: Topology) -> Iterator[Hit]:
    for s in old(t):
        if s.version == "2000":
            yield Hit(f"{s.name} has Exchange 2000", s.path)


def _patches(t: Topology) -> bool:
    return any(m.service_pack in _PATCHED for m in t.media_for("2007"))


def _unpatched(t: Topology, *, needed: bool) -> Iterator[Hit]:
    sites = {s.site for s in new(t)}
    for s in old(t):
        if s.version != "2007" or s.service_pack in _PATCHED or _patches(t):
            continue
        if needed == (bool({"cas", "um"} & set(s.roles)) or s.site in sites):
            yield Hit(f"{s.name} has Exchange 2007 {s.service_pack or 'without a service pack'}", s.path)


def _unpatched_first(t: Topology) -> Iterator[Hit]:
    return _unpatched(t, needed=True)


def _unpatched_other(t: Topology) -> Iterator[Hit]:
    return _unpatched(t, needed=False)


def _schema_refused(t: Topology) -> Iterator[Hit]:
    today = max((_SCHEMA.get(s.service_pack, 0) for s in old(t) if s.version == "2007"), default=0)
    for m in t.media_for(t.target.version):
        if 0 < m.schema < today:
            yield Hit(f"The schema is at {today}, {m.name} ({m.build}) brings {m.schema}", m.path)


def _forest_level(t: Topology) -> Iterator[Hit]:
    if source_of(t).forest_level == "2000":
        yield Hit("The forest is at functional level 2000", "source.forest.level")
    for d in t.domains:
        if d.level == "2000":
            yield Hit(f"Domain {d.name} is at functional level 2000", d.path)


def _usable(c: DomainController) -> bool:
    later = c.os in _LEVELS and _LEVELS.index(c.os) > _LEVELS.index("2003")
    return later or (c.os == "2003" and c.os_service_pack >= 2)


def _schema_master(t: Topology) -> Iterator[Hit]:
    for c in t.domain_controllers:
        if c.schema_master and not _usable(c):
            yield Hit(f"Schema master {c.name} has Windows {c.os} SP{c.os_service_pack}", c.path)


def _catalogs(t: Topology) -> Iterator[Hit]:
    for site in t.sites:
        if not new(t, site=site.name):
            continue
        found = [c for c in t.domain_controllers if c.site == site.name]
        if not any(c.global_catalog and not c.read_only and _usable(c) for c in found):
            names = ", ".join(c.name for c in found)
            yield Hit(
                f"Site {site.name} has no writable global catalog of Windows 2003 SP2 or later ({names})",
                site.path,
            )


def _subnets(t: Topology) -> Iterator[Hit]:
    networks = [(ip_network(n, strict=False), s.name) for s in t.sites for n in s.subnets if "-" not in n]
    for server in new(t):
        if "edge" in server.roles or not networks:
            continue
        for address in server.addresses:
            sites = [name for network, name in networks if ip_address(address) in network]
            if not sites:
                yield Hit(f"{address} of {server.name} is in no subnet of the plan's sites", server.path)
            elif server.site not in sites:
                yield Hit(f"{address} of {server.name} is in site {sites[0]}, not {server.site}", server.path)


def _policies(t: Topology) -> Iterator[Hit]:
    for policy in source_of(t).address_policies:
        kinds = Counter(x.partition(":")[0].lower() for x in policy.templates)
        primary = Counter(k.lower() for k in (x.partition(":")[0] for x in policy.templates) if k.isupper())
        for kind in kinds:
            if primary[kind] != 1:
                yield Hit(
                    f"Policy '{policy.name}' has {primary[kind]} primary addresses of type {kind}",
                    policy.path,
                )


def _rights(t: Topology) -> Iterator[Hit]:
    host = t.server_by_name.get(t.directory_host)
    for account in source_of(t).accounts:
        used = (
            host
            and host.connection
            and account.credential in (host.connection.run_as, host.connection.credential)
        )
        if not used or not account.groups:
            continue
        for group in ("Schema Admins", "Enterprise Admins"):
            if group not in account.groups:
                yield Hit(f"{account.username} prepares the directory and is not in {group}", account.path)


def _bits(t: Topology) -> Iterator[Hit]:
    for s in new(t):
        if s.bits != 64:
            yield Hit(f"{s.name} is a 32-bit machine", s.path)


def _windows(t: Topology) -> Iterator[Hit]:
    service_pack = t.target.service_pack
    for s in new(t):
        fits = (s.os == "2008" and s.os_service_pack >= 2) or s.os == "2008R2"
        if not (fits or (s.os == "2012" and service_pack == "SP3")):
            yield Hit(f"{s.name} has Windows {s.os} SP{s.os_service_pack}", s.path)


PREDICATES: Mapping[str, Predicate[Topology]] = {
    "ORG-006": _exchange_2000,
    "ORG-010": _unpatched_first,
    "ORG-011": _unpatched_other,
    "ORG-012": _schema_refused,
    "ORG-014": _forest_level,
    "ORG-016": _schema_master,
    "ORG-017": _catalogs,
    "ORG-018": _subnets,
    "ORG-023": _policies,
    "ORG-024": _rights,
    "ORG-027": _bits,
    "ORG-028": _windows,
}
