"""Rules on organization, directory and versions (ORG), judged on the plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network

from exmigrate.model import Topology
from exmigrate.model.topology import DomainController

from .judge import Hit, Predicate
from .view import levels, new, old, source_of

_LEVELS = ("2000", "2003", "2003R2", "2008", "2008R2", "2012", "2012R2")
_SCHEMA = {"RTM": 10637, "SP1": 11116, "SP2": 14622, "SP3": 14625}
_PATCHED = ("SP2", "SP3")
_ADMINISTRATIVE_GROUP = "FYDIBOHF23SPDLT"
_ROUTING_GROUP = "DWBGZMFD01QNBJR"


def _exchange_55(t: Topology) -> Iterator[Hit]:
    facts = source_of(t)
    for name in facts.site_replication_services:
        yield Hit(f"{name} has the Site Replication Service", "source.site_replication_services")
    for name in facts.connection_agreements:
        yield Hit(f"There is the connection agreement '{name}'", "source.connection_agreements")


def _mixed(t: Topology) -> Iterator[Hit]:
    if source_of(t).mixed_mode:
        yield Hit(f"Organization {t.organization} is in mixed mode", "source.mixed_mode")


def _older(t: Topology) -> Iterator[Hit]:
    for s in new(t):
        if s.legacy:
            yield Hit(f"{s.name} shall be installed with Exchange {s.version}", s.path)


def _in_place(t: Topology) -> Iterator[Hit]:
    today = {s.name.casefold() for s in old(t)} | {s.fqdn.casefold() for s in old(t)}
    for s in new(t):
        if {s.name.casefold(), s.fqdn.casefold()} & today:
            yield Hit(f"{s.name} shall get Exchange {t.target.version} while it has an old one", s.path)


def _below(t: Topology, version: str, needed: int) -> Iterator[Hit]:
    planned = any(levels(m.service_pack) >= needed for m in t.media_for(version))
    for s in old(t):
        if s.version == version and levels(s.service_pack) < needed and not planned:
            yield Hit(f"{s.name} has Exchange {version} {s.service_pack or 'without a service pack'}", s.path)


def _unpatched_2003(t: Topology) -> Iterator[Hit]:
    return _below(t, "2003", 2)


def _unpatched_2000(t: Topology) -> Iterator[Hit]:
    return _below(t, "2000", 3)


def _mixed_domains(t: Topology) -> Iterator[Hit]:
    for d in t.domains:
        if d.exchange and "mixed" in d.level:
            yield Hit(f"Domain {d.name} is at functional level {d.level}", d.path)


def _groups(t: Topology) -> Iterator[Hit]:
    for s in (*old(t), *new(t)):
        routing, administrative = s.routing_group.upper(), s.administrative_group.upper()
        fixed = _ROUTING_GROUP in routing or _ADMINISTRATIVE_GROUP in administrative
        if s.legacy and fixed:
            yield Hit(f"{s.name} (Exchange {s.version}) is in the group of the new versions", s.path)
        elif not s.legacy and routing and _ROUTING_GROUP not in routing:
            yield Hit(f"{s.name} (Exchange {s.version}) is in routing group {s.routing_group}", s.path)


def _windows_2007(t: Topology) -> Iterator[Hit]:
    pack = levels(t.target.service_pack)
    least = {"2008": 1, "2008R2": 3}
    for s in new(t):
        bare = s.os == "2003" and s.os_service_pack < 1
        if bare or s.os not in ("2003", "2003R2", *least) or pack < least.get(s.os, 0):
            case = (
                f"{s.name} has Windows {s.os} SP{s.os_service_pack} for Exchange 2007 {t.target.service_pack}"
            )
            yield Hit(case, s.path)


def _young_controllers(t: Topology) -> Iterator[Hit]:
    young = [c for c in t.domain_controllers if c.os and _age(c.os) >= _age("2008R2")]
    if young and len(young) == len(t.domain_controllers):
        for m in t.media_for("2007"):
            if levels(m.service_pack) < 2 and t.target.version == "2007":
                case = f"Every domain controller has Windows 2008 R2 or later, and {m.name} is {m.build}"
                yield Hit(case, m.path)


def _age(os: str) -> int:
    return _LEVELS.index(os) if os in _LEVELS else 0


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


def _least(t: Topology) -> int:
    """Service pack of Windows 2003 that a domain controller needs for the target."""
    return 1 if t.target.version == "2007" else 2


def _usable(t: Topology, c: DomainController) -> bool:
    return _age(c.os) > _age("2003") or (c.os == "2003" and c.os_service_pack >= _least(t))


def _schema_master(t: Topology) -> Iterator[Hit]:
    for c in t.domain_controllers:
        if c.schema_master and not _usable(t, c):
            yield Hit(f"Schema master {c.name} has Windows {c.os} SP{c.os_service_pack}", c.path)


def _catalogs(t: Topology) -> Iterator[Hit]:
    for site in t.sites:
        if not new(t, site=site.name):
            continue
        found = [c for c in t.domain_controllers if c.site == site.name]
        if not any(c.global_catalog and not c.read_only and _usable(t, c) for c in found):
            names = ", ".join(c.name for c in found)
            yield Hit(
                f"Site {site.name} has no writable global catalog of Windows 2003 SP{_least(t)} or later ({names})",
                site.path,
            )


def _far_controllers(t: Topology) -> Iterator[Hit]:
    if len(t.domains) < 2:
        return
    for site in t.sites:
        near = {c.domain for c in t.domain_controllers if c.site == site.name and not c.read_only}
        for domain in dict.fromkeys(s.domain for s in new(t, site=site.name) if s.domain):
            if domain not in near:
                yield Hit(
                    f"Site {site.name} has servers of {domain} and no writable controller of it", site.path
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
    "ORG-001": _exchange_55,
    "ORG-002": _mixed,
    "ORG-003": _older,
    "ORG-006": _exchange_2000,
    "ORG-007": _in_place,
    "ORG-008": _unpatched_2003,
    "ORG-009": _unpatched_2000,
    "ORG-010": _unpatched_first,
    "ORG-011": _unpatched_other,
    "ORG-012": _schema_refused,
    "ORG-014": _forest_level,
    "ORG-015": _mixed_domains,
    "ORG-016": _schema_master,
    "ORG-017": _catalogs,
    "ORG-018": _subnets,
    "ORG-023": _policies,
    "ORG-024": _rights,
    "ORG-026": _groups,
    "ORG-027": _bits,
    "ORG-028": _windows,
    "ORG-029": _windows_2007,
    "ORG-030": _young_controllers,
    "DOM-001": _far_controllers,
}
