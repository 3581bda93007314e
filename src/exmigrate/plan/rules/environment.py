"""Rules on machines, directory, names and media as they were found: what the plan says of them may be long past."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from .found import Found, number, place, rows, texts, truth
from .judge import Hit, Predicate
from .view import build, levels, moved_to_drives, new, source_of

ITEMS = frozenset(
    {"inv-hw", "inv-subnets", "inv-dcs", "inv-dcos", "inv-fsmo", "inv-domprep", "inv-admins", "inv-repl", "inv-media"}
)  # fmt: skip
"""Items that the predicates here read."""

_SHOWN = 3
_WINDOWS_2003 = (5, 2)
_WINDOWS_2008R2 = (6, 1)
_VERSION = re.compile(r"(\d+)\.(\d+)")
_PACK = re.compile(r"(\d+)")


# machines


def _hardware(f: Found) -> Iterator[Hit]:
    least = 2 if f.topology.target.version == "2007" else 4
    roles = {s.name: s.roles for s in new(f.topology)}
    for server, record in f.records("inv-hw"):
        if server not in roles:
            continue
        needed = (least if len(roles[server]) == 1 else 2 * least) * 1024
        memory = number(record.get("memoryMB"))
        # A machine with 4 GB shows a few megabytes less: some of it is the graphics card's.
        if 0 < memory < needed * 95 // 100:
            yield Hit(f"{server} has {memory} MB of memory for {', '.join(roles[server])}", place(f, server))


def _free_space(f: Found) -> Iterator[Hit]:
    moved = moved_to_drives(f.topology)
    for server, record in f.records("inv-hw"):
        for disk in rows(record, "disks"):
            drive = str(disk.get("drive", "")).upper()
            wanted, free = moved[(server, drive)] * 13 // 10, number(disk.get("freeMB")) << 20
            if free < wanted:
                case = f"{moved[(server, drive)] >> 30} GB move to {drive} of {server}, where {free >> 30} GB are free"
                yield Hit(case, place(f, server))


def _subnets(f: Found) -> Iterator[Hit]:
    known = [(_network(str(r.get("cn", ""))), str(r.get("site", ""))) for _, r in f.records("inv-subnets")]
    networks = [(network, site) for network, site in known if network is not None]
    servers = {s.name: s for s in new(f.topology) if "edge" not in s.roles}
    for name, record in f.records("inv-hw") if networks else ():
        for text in texts(record, "addresses") if name in servers else ():
            address = _address(text)
            if address is None or address.is_link_local:
                continue
            around = [(n.prefixlen, site) for n, site in networks if address in n]
            if not around:
                yield Hit(f"{address} of {name} is in no subnet of the directory", place(f, name))
            elif max(around)[1] != servers[name].site:
                site = max(around)[1] or "none"
                case = f"{address} of {name} is in site {site} of the directory, not {servers[name].site}"
                yield Hit(case, place(f, name))


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


# directory


def _windows(record: Mapping[str, Any]) -> tuple[tuple[int, int], int]:
    """Version and service pack of a controller; (0, 0) where it was not read."""
    version = _VERSION.search(str(record.get("operatingSystemVersion", "")))
    pack = _PACK.search(str(record.get("operatingSystemServicePack", "")))
    return (int(version[1]), int(version[2])) if version else (0, 0), int(pack[1]) if pack else 0


def _too_old(f: Found, name: str) -> str:
    """What a controller runs where that is too old for the target; empty where it is not, or is not known."""
    least = 1 if f.topology.target.version == "2007" else 2
    for _, record in f.records("inv-dcos"):
        if str(record.get("dNSHostName", "")).casefold() == name.casefold():
            version, pack = _windows(record)
            old = version < _WINDOWS_2003 or (version == _WINDOWS_2003 and pack < least)
            if version > (0, 0) and old:
                return f"{record.get('operatingSystem')} {record.get('operatingSystemServicePack')}".strip()
    return ""


def _schema_master(f: Found) -> Iterator[Hit]:
    for _, record in f.records("inv-fsmo"):
        name = str(record.get("dNSHostName", ""))
        runs = _too_old(f, name)
        if runs:
            yield Hit(f"Schema master {name} runs {runs}")


def _catalogs(f: Found) -> Iterator[Hit]:
    t = f.topology
    controllers = [r for _, r in f.records("inv-dcs")]
    for site in t.sites if controllers else ():
        there = [r for r in controllers if r.get("site") == site.name]
        usable = [
            r
            for r in there
            if truth(r.get("globalCatalog"))
            and not truth(r.get("readOnly"))
            and not _too_old(f, str(r.get("dNSHostName")))
        ]
        wanted = [s for s in new(t, site=site.name) if s.roles != ("edge",)]
        if wanted and not usable:
            names = ", ".join(str(r.get("dNSHostName")) for r in there) or "no controller at all"
            yield Hit(f"Site {site.name} has no such global catalog in the directory ({names})", site.path)


def _young_controllers(f: Found) -> Iterator[Hit]:
    found = [_windows(r)[0] for _, r in f.records("inv-dcos")]
    if found and min(found) >= _WINDOWS_2008R2 and f.topology.target.version == "2007":
        for m in f.topology.media_for("2007"):
            if levels(m.service_pack) < 2:
                yield Hit(
                    f"All {len(found)} domain controllers are 2008 R2 or later, {m.name} is {m.build}", m.path
                )


def _replication(f: Found) -> Iterator[Hit]:
    for _, record in f.records("inv-repl"):
        failing = rows(record, "failing")
        for way in failing[:_SHOWN]:
            yield Hit(
                f"{way.get('destination')} gets nothing from {way.get('source')} since {way.get('lastSuccess')} "
                f"({way.get('said') or way.get('status')})"
            )
        if len(failing) > _SHOWN:
            yield Hit(f"{len(failing) - _SHOWN} more ways of replication fail")
        for fault in rows(record, "errors"):
            yield Hit(f"{fault.get('controller')} does not tell of its replication ({fault.get('error')})")


def _prepared(f: Found) -> Iterator[Hit]:
    t = f.topology
    known = {d.name.casefold(): d for d in t.domains}
    for _, record in f.records("inv-domprep"):
        name = str(record.get("domain", ""))
        domain = known.get(name.casefold())
        if (
            t.has_legacy
            and truth(record.get("enterpriseServers"))
            and (domain is None or not domain.exchange)
        ):
            said = "the plan does not have it" if domain is None else "the plan has it without Exchange"
            yield Hit(
                f"Domain {name} was prepared by Exchange 2000 or 2003, and {said}",
                domain.path if domain else "",
            )


def _rights(f: Found) -> Iterator[Hit]:
    t = f.topology
    host = t.server_by_name.get(t.directory_host)
    connection = host.connection if host else None
    used = (connection.run_as or connection.credential) if connection else ""
    accounts = [a for a in source_of(t).accounts if a.credential == used]
    for _, group in f.records("inv-admins"):
        members = rows(group, "members")
        # A member that could not be read may be the group through which the account has the right.
        if any(m.get("error") for m in members):
            continue
        names = {str(m.get("account", "")).casefold() for m in members}
        for account in accounts:
            bare = account.username.rpartition("\\")[2].partition("@")[0]
            if bare.casefold() not in names:
                yield Hit(
                    f"{account.username} prepares the directory and is not in {group.get('cn')}", account.path
                )


# media


def _media(f: Found) -> Iterator[Hit]:
    planned = {m.name: m for m in f.topology.media}
    for _, record in f.records("inv-media"):
        medium = planned.get(str(record.get("name", "")))
        if medium is None:
            continue
        if not truth(record.get("there")):
            why = f" ({record.get('error')})" if record.get("error") else ""
            yield Hit(f"{medium.source} is not there{why}", medium.path, "warning")
            continue
        found, digest = str(record.get("build", "")), str(record.get("sha256", ""))
        if found and medium.build and build(found) != build(medium.build):
            yield Hit(f"{medium.source} is build {found}, the plan names {medium.build}", medium.path)
        if digest and medium.sha256 and digest.casefold() != medium.sha256.casefold():
            yield Hit(
                f"{medium.source} has the SHA-256 {digest.lower()}, the plan names another", medium.path
            )


PREDICATES: Mapping[str, Predicate[Found]] = {
    "TOP-019": _hardware,
    "MV-008": _free_space,
    "ORG-016": _schema_master,
    "ORG-017": _catalogs,
    "ORG-018": _subnets,
    "ORG-020": _replication,
    "ORG-021": _prepared,
    "ORG-024": _rights,
    "ORG-030": _young_controllers,
    "EXE-008": _media,
}
