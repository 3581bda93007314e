"""Rules on moves, removal, execution, features and known issues (MV, DEC, EXE, FEAT, ISS), judged on the plan."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from exmigrate.model import Topology

from .judge import Hit, Predicate
from .organization import PREDICATES as ORGANIZATION
from .view import kept, leaving, left_behind, moved_to_drives, named, new, source_of

_DATA_LOSS = 10
_DATA_LOSS_WITHOUT_WORD = 50
_PER_TARGET_DATABASE = 2
_RU5 = (14, 0, 726)
_LOST_INTERFACES = ("WebDAV", "ExOLEDB", "CDOEX")


def _online(t: Topology) -> Iterator[Hit]:
    online = [b for b in t.batches if b.source == "2007"]
    if online:
        yield Hit(f"{len(online)} batches move online", online[0].path)


def _bad_items(t: Topology) -> Iterator[Hit]:
    for b in t.batches:
        if b.bad_item_limit > _DATA_LOSS:
            severe = "error" if b.bad_item_limit > _DATA_LOSS_WITHOUT_WORD else ""
            yield Hit(f"Batch {b.name} accepts {b.bad_item_limit} lost items a mailbox", b.path, severe)


def _throttling(t: Topology) -> Iterator[Hit]:
    for b in t.batches:
        limit = _PER_TARGET_DATABASE * len(b.targets)
        if b.concurrency > limit:
            into = "1 database" if len(b.targets) == 1 else f"{len(b.targets)} databases"
            yield Hit(f"Batch {b.name} moves {b.concurrency} mailboxes at a time into {into}", b.path)


def _free_space(t: Topology) -> Iterator[Hit]:
    for (server, drive), size in moved_to_drives(t).items():
        machine = t.server_by_name.get(server)
        there = machine.disks.get(drive, 0) if machine else 0
        if machine and 0 < there < size * 13 // 10:
            case = f"{size >> 30} GB move to {drive} of {server}, which has {there >> 30} GB"
            yield Hit(case, machine.path)


def _mailboxes_remain(t: Topology) -> Iterator[Hit]:
    rest = Counter(b.database for b in left_behind(t))
    for server in leaving(t, "mailbox"):
        count = sum(rest[d.key] for d in t.databases_on(server.name))
        if count:
            yield Hit(f"{count} mailboxes of {server.name} are in no batch, and it leaves", server.path)


def _holds(t: Topology) -> Iterator[Hit]:
    yield from _mailboxes_remain(t)
    facts = source_of(t)
    going = {s.name for s in leaving(t) if s.legacy}
    removed = {n.casefold() for n in t.mail_flow.legacy_internet_connectors}
    for c in facts.smtp_connectors:
        both = [b for b in c.bridgeheads if b in going]
        if both and c.name.casefold() not in removed:
            yield Hit(f"{', '.join(both)} leaves and is bridgehead of SMTP connector '{c.name}'", c.path)
    staying = tuple(s for s in kept(t) if s.legacy)
    if not staying:
        return
    # With no old server left, update services and groups go as a whole; else each needs a successor.
    for service in facts.update_services:
        if service.server in going:
            yield Hit(
                f"{service.server} leaves and runs {service.name}, while {named(staying)} stays", service.path
            )
    for group in t.routing_groups:
        rest = tuple(s for s in staying if s.routing_group == group.name)
        if group.master in going and rest:
            yield Hit(f"{group.master} leaves and is the master of routing group {group.name}", group.path)


def _windows_2000(t: Topology) -> Iterator[Hit]:
    for s in t.servers:
        if s.driven and s.os == "2000":
            yield Hit(f"{s.name} has Windows 2000", s.path)


def _delegation(t: Topology) -> Iterator[Hit]:
    local = {c.name for c in t.credentials if c.local}
    for s in t.servers:
        c = s.connection
        if c is None or not s.driven or "edge" in s.roles:
            continue
        if c.transport == "ntlm" and s.legacy:
            # What is done on an old server stays on it; a job logs on by itself, and the rest is a gate there.
            continue
        if c.transport in ("basic", "certificate", "ntlm"):
            yield Hit(f"{s.name} is reached by {c.transport}, which does not delegate", s.path)
        elif c.credential in local or c.run_as in local:
            yield Hit(f"{s.name} is a domain member and is reached by a local account", s.path)


def _windows_2003(t: Topology) -> Iterator[Hit]:
    for s in t.servers:
        if s.driven and s.os.startswith("2003") and s.connection and s.connection.transport == "credssp":
            yield Hit(f"{s.name} has Windows {s.os} and shall be reached by CredSSP", s.path)


def _removal_media(t: Topology) -> Iterator[Hit]:
    # Old servers are removed by a person, with the media that the person has.
    gone = tuple(s for s in leaving(t) if not s.legacy)
    for version in sorted({s.version for s in gone}):
        if not t.media_for(version):
            servers = tuple(s for s in gone if s.version == version)
            yield Hit(
                f"{named(servers)} shall be uninstalled and there is no media of {version}", servers[0].path
            )


def _lost_interfaces(t: Topology) -> Iterator[Hit]:
    for p in t.products:
        if p.api in _LOST_INTERFACES and not p.supports_target and not p.replacement:
            yield Hit(f"{p.name} uses {p.api}", p.path)


def _products(t: Topology) -> Iterator[Hit]:
    for p in t.products:
        if not p.supports_target and p.api not in _LOST_INTERFACES:
            then = f", {p.replacement} replaces it" if p.replacement else ""
            yield Hit(f"{p.name} {p.version} is not certified for {t.target.version}{then}", p.path)


def _export_bug(t: Topology) -> Iterator[Hit]:
    both = tuple(s for s in new(t, "mailbox") if "cas" in s.roles)
    for m in t.media_for("2010"):
        build = tuple(int(n) for n in m.build.split(".")[:3])
        if both and build < _RU5:
            yield Hit(f"{named(both)} gets {m.build} with CAS and Mailbox on one machine", m.path)


PREDICATES: Mapping[str, Predicate[Topology]] = {
    "MV-003": _online,
    "MV-006": _bad_items,
    "MV-007": _throttling,
    "MV-008": _free_space,
    "DEC-001": _holds,
    "EXE-004": _windows_2000,
    "EXE-005": _delegation,
    "EXE-006": _windows_2003,
    "EXE-008": _removal_media,
    "FEAT-003": _lost_interfaces,
    "FEAT-004": _products,
    "ISS-001": _export_bug,
    "ISS-006": ORGANIZATION["ORG-012"],
}
