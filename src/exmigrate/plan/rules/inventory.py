"""Rules on what was found in the live organization. An item that was not read is said, never guessed.

Values are those of the collectors: mappings of the names in the dossier's inventory, by `item@scope`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping

from exmigrate.model import Topology

from . import environment, usage
from .found import Found, number, place, rows, texts, truth
from .judge import Hit, Predicate
from .table import Rule, letter, rules
from .view import levels

_AMBIGUOUS = 14622
_SP2 = (8, 2)
_VERSION = re.compile(r"Version (\d+)\.(\d+)")
_FOREST_2003 = 2
_SP2_OF_2003 = 7638
_SP3_OF_2000 = 6249
_ROLLUP_OF_2000 = 6603
_LEVEL_2010 = 12640
_BUILD = re.compile(r"Version 6\.(\d) \(Build (\d+)")
_NEW_GROUP = "DWBGZMFD01QNBJR"
_PLAIN_CONNECTORS = ("msExchRoutingGroupConnector", "msExchRoutingSMTPConnector")


def _exchange_55(f: Found) -> Iterator[Hit]:
    for _, record in f.records("inv-servers"):
        if "Version 5.5" in str(record.get("serialNumber", "")):
            yield Hit(f"{record.get('cn', 'A server')} has Exchange 5.5")


def _mixed(f: Found) -> Iterator[Hit]:
    for _, record in f.records("inv-org"):
        if truth(record.get("msExchMixedMode")):
            yield Hit(f"Organization {record.get('name', f.topology.organization)} is in mixed mode")


def _leftovers(f: Found) -> Iterator[Hit]:
    yield from _exchange_55(f)
    for _, record in f.records("inv-adc"):
        yield Hit(f"There is {record.get('distinguishedName')}")


def _never_2007(f: Found) -> Iterator[Hit]:
    t = f.topology
    wants = t.target.version == "2007" or t.keep_2007_option
    level = max((number(r.get("objectVersion")) for _, r in f.records("inv-org")), default=0)
    has = any(str(r.get("serialNumber", "")).startswith("Version 8.") for _, r in f.records("inv-servers"))
    if wants and level >= _LEVEL_2010 and not has:
        yield Hit(f"The organization is at {level} and has no 2007 server", "transition")


def _old_build(f: Found, digit: str, least: int) -> Iterator[tuple[str, str, int]]:
    for _, record in f.records("inv-servers"):
        found = _BUILD.search(str(record.get("serialNumber", "")))
        if found and found[1] == digit and int(found[2]) < least:
            yield str(record.get("cn", "A server")), str(record.get("serialNumber")), int(found[2])


def _unpatched_2003(f: Found) -> Iterator[Hit]:
    if any(levels(m.service_pack) >= 2 for m in f.topology.media_for("2003")):
        return
    for name, serial, _ in _old_build(f, "5", _SP2_OF_2003):
        yield Hit(f"{name} has {serial}", place(f, name))


def _unpatched_2000(f: Found) -> Iterator[Hit]:
    if any(levels(m.service_pack) >= 3 for m in f.topology.media_for("2000")):
        return
    # Which build the rollup has is not confirmed: below it only a warning.
    for name, serial, build in _old_build(f, "0", _ROLLUP_OF_2000):
        if build < _SP3_OF_2000:
            yield Hit(f"{name} has {serial}", place(f, name))
        else:
            said = f"{name} has SP3; whether the rollup after it (KB870540) is installed its version does not show"
            yield Hit(said, place(f, name), "warning")


def _mixed_domains(f: Found) -> Iterator[Hit]:
    for scope, record in f.records("inv-dfl"):
        if number(record.get("nTMixedDomain")):
            yield Hit(f"Domain {scope} is at functional level Windows 2000 mixed")


def _smtp_service(f: Found) -> Iterator[Hit]:
    targets = {s.name for s in f.topology.servers if s.target and s.roles}
    for scope, record in f.records("inv-os"):
        services = record.get("Services")
        for name in services if isinstance(services, list | tuple) else ():
            if scope in targets:
                yield Hit(f"{scope} has the service {name}", place(f, scope))


def _one_way(f: Found) -> Iterator[Hit]:
    pairs = {
        (str(r.get("group", "")), str(r.get("target", "")))
        for _, r in f.records("inv-conn")
        if r.get("class") == "msExchRoutingGroupConnector"
    }
    for source, target in sorted(pairs):
        if _NEW_GROUP in source + target and (target, source) not in pairs:
            yield Hit(f"A connector leads from {source} to {target} and none back")


def _strangers(f: Found) -> Iterator[Hit]:
    members = {
        str(m).casefold()
        for _, r in f.records("inv-secgroups")
        if r.get("cn") == "ExchangeLegacyInterop"
        for m in texts(r, "members")
    }
    there = any(r.get("cn") == "ExchangeLegacyInterop" for _, r in f.records("inv-secgroups"))
    for _, record in f.records("inv-conn") if there else ():
        to_new = record.get("class") == "msExchRoutingGroupConnector" and _NEW_GROUP in str(
            record.get("target")
        )
        for name in texts(record, "sources") if to_new else ():
            if str(name).casefold() not in members:
                yield Hit(f"{name} of connector '{record.get('cn')}' is not in it", place(f, str(name)))


def _refused_mail(f: Found) -> Iterator[Hit]:
    if not f.topology.has_legacy:
        return
    for _, record in f.records("inv-sendrecv"):
        for connector in rows(record, "receive"):
            name, groups = str(connector.get("Identity", "")), str(connector.get("PermissionGroups", ""))
            # The default connector is the one that takes mail of other Exchange servers.
            if "ExchangeServers" in groups and "ExchangeLegacyServers" not in groups:
                yield Hit(f"Receive connector '{name}' has {groups}")


def _closed(f: Found) -> Iterator[Hit]:
    for scope, record in f.records("inv-fw"):
        if not truth(record.get("open")):
            where = f"{record.get('host')}:{record.get('port')}"
            said = record.get("error") or "no answer"
            yield Hit(f"{scope} does not reach {where} ({said})", place(f, scope))


def _gateways(f: Found) -> Iterator[Hit]:
    known = {c.feature for c in f.topology.source.features} if f.topology.source else set()
    if any(s.legacy and s.keep for s in f.topology.servers) or known:
        return
    for _, record in f.records("inv-conn"):
        if record.get("class") not in _PLAIN_CONNECTORS:
            yield Hit(
                f"Connector '{record.get('cn')}' is a {record.get('class')}, and every old server leaves"
            )


def _torn_delegates(f: Found) -> Iterator[Hit]:
    batch_of = {m: b.name for b in f.topology.batches for m in b.members}
    for _, record in f.records("inv-delegates"):
        own = str(record.get("alias", ""))
        for other in texts(record, "delegates"):
            mine, theirs = batch_of.get(own), batch_of.get(str(other))
            if mine and theirs and mine != theirs:
                place = next((b.path for b in f.topology.batches if b.name == mine), "")
                yield Hit(f"{own} is in batch {mine}, the delegate {other} in {theirs}", place)


def _ambiguous_schema(f: Found) -> Iterator[Hit]:
    levels = {number(r.get("rangeUpper")) for _, r in f.records("inv-schema")}
    levels |= {number(v) for _, v in f.of("inv-schema")}
    if max(levels, default=0) == _AMBIGUOUS:
        yield Hit(f"The schema is at {_AMBIGUOUS}")


def _pending_reboot(f: Found) -> Iterator[Hit]:
    for scope, record in f.records("inv-os"):
        if truth(record.get("PendingReboot")):
            yield Hit(f"{scope} waits for a restart")


def _watermark(f: Found) -> Iterator[Hit]:
    for scope, record in f.records("inv-watermark"):
        for role, mark in record.items():
            if mark:
                yield Hit(f"Setup of {role} on {scope} did not finish")


def _unpatched(f: Found) -> Iterator[Hit]:
    if any(m.service_pack in ("SP2", "SP3") for m in f.topology.media_for("2007")):
        return
    for _, record in f.records("inv-servers"):
        found = _VERSION.search(str(record.get("serialNumber", "")))
        level = (int(found[1]), int(found[2])) if found else (0, 0)
        if (8, 0) <= level < _SP2:
            yield Hit(f"{record.get('cn', 'A server')} has {record.get('serialNumber')}")


def _schema_refused(f: Found) -> Iterator[Hit]:
    level = max((number(r.get("rangeUpper")) for _, r in f.records("inv-schema")), default=0)
    for m in f.topology.media_for(f.topology.target.version):
        if 0 < m.schema < level:
            yield Hit(f"The schema is at {level}, {m.name} ({m.build}) brings {m.schema}", m.path)


def _forest_level(f: Found) -> Iterator[Hit]:
    for _, record in f.records("inv-ffl"):
        if "forest" in record and number(record["forest"]) < _FOREST_2003:
            yield Hit(f"The forest is at functional level {record['forest']}", "source.forest.level")


def _policies(f: Found) -> Iterator[Hit]:
    for _, record in f.records("inv-rpol"):
        templates = record.get("gatewayProxy")
        prefixes = (
            [str(t).partition(":")[0] for t in templates] if isinstance(templates, list | tuple) else []
        )
        primary = Counter(p.lower() for p in prefixes if p.isupper())
        for kind in dict.fromkeys(p.lower() for p in prefixes):
            if primary[kind] != 1:
                yield Hit(f"Policy '{record.get('cn')}' has {primary[kind]} primary addresses of type {kind}")


PREDICATES: Mapping[str, Predicate[Found]] = {
    **environment.PREDICATES,
    **usage.PREDICATES,
    "ORG-001": _leftovers,
    "ORG-002": _mixed,
    "ORG-004": _never_2007,
    "ORG-008": _unpatched_2003,
    "ORG-009": _unpatched_2000,
    "ORG-015": _mixed_domains,
    "TOP-018": _smtp_service,
    "MF-005": _one_way,
    "MF-006": _strangers,
    "MF-011": _refused_mail,
    "MF-021": _closed,
    "MV-010": _torn_delegates,
    "FEAT-001": _gateways,
    "ORG-010": _unpatched,
    "ORG-012": _schema_refused,
    "ORG-013": _ambiguous_schema,
    "ORG-014": _forest_level,
    "ORG-023": _policies,
    "EXE-001": _pending_reboot,
    "EXE-002": _watermark,
}


ITEMS = frozenset(
    {
        "inv-servers", "inv-org", "inv-schema", "inv-ffl", "inv-dfl", "inv-rpol", "inv-os", "inv-watermark", "inv-adc",
        "inv-conn", "inv-secgroups", "inv-sendrecv", "inv-delegates",
        "inv-fw", *environment.ITEMS, *usage.ITEMS,
    }
)  # fmt: skip
"""Items that the predicates read: what a plan that asks the organization should collect for them."""

ARCHIVED = usage.ARCHIVED
"""Items that they read too, and that come from what `exmigrate discover` wrote."""


_THERE: Mapping[str, Callable[[Topology], bool]] = {
    "inv-fw": lambda t: any(e.existing for e in t.edges),
    "inv-sendrecv": lambda t: "2007" in t.versions,
    "inv-relays": lambda t: any("hub" in s.roles and s.version == "2007" for s in t.servers if s.source),
}
"""Items that not every organization has: without Edge servers or 2007 there is nothing to ask for."""


def unasked(found: Found) -> Iterator[tuple[Rule, str]]:
    """Rules with a predicate whose items nobody read, with the first such item."""
    t = found.topology
    concerned = letter(tuple(v.version for v in t.sources), t.target.version)
    for rule in rules().values():
        if rule.id in PREDICATES and concerned in rule.plans:
            there = [item for item in rule.inventory if item not in _THERE or _THERE[item](t)]
            missing = [item for item in there if not any(True for _ in found.of(item))]
            if missing:
                yield rule, missing[0]
