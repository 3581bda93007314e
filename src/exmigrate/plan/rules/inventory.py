"""Rules on what was found in the live organization. An item that was not read is said, never guessed.

Values are those of the collectors: mappings of the names in the dossier's inventory, by `item@scope`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from exmigrate.model import Topology

from .judge import Hit, Items, Predicate
from .table import Rule, letter, rules

_AMBIGUOUS = 14622
_SP2 = (8, 2)
_VERSION = re.compile(r"Version (\d+)\.(\d+)")
_FOREST_2003 = 2


@dataclass(frozen=True)
class Found:
    """A topology with what was found."""

    topology: Topology
    items: Items

    def of(self, item: str) -> Iterator[tuple[str, Any]]:
        """Values of an item with their scopes."""
        for key, value in self.items.items():
            name, _, scope = key.partition("@")
            if name == item:
                yield scope, value

    def records(self, item: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
        """Mappings of an item, each entry of a list on its own."""
        for scope, value in self.of(item):
            for entry in value if isinstance(value, list | tuple) else (value,):
                if isinstance(entry, Mapping):
                    yield scope, entry


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | str) and str(value).isdigit() else 0


def _truth(value: object) -> bool:
    return str(value).strip().lower() in ("true", "1")


def _exchange_55(f: Found) -> Iterator[Hit]:
    for _, record in f.records("inv-servers"):
        if "Version 5.5" in str(record.get("serialNumber", "")):
            yield Hit(f"{record.get('cn', 'A server')} has Exchange 5.5")


def _mixed(f: Found) -> Iterator[Hit]:
    for _, record in f.records("inv-org"):
        if _truth(record.get("msExchMixedMode")):
            yield Hit(f"Organization {record.get('name', f.topology.organization)} is in mixed mode")


def _ambiguous_schema(f: Found) -> Iterator[Hit]:
    levels = {_number(r.get("rangeUpper")) for _, r in f.records("inv-schema")}
    levels |= {_number(v) for _, v in f.of("inv-schema")}
    if max(levels, default=0) == _AMBIGUOUS:
        yield Hit(f"The schema is at {_AMBIGUOUS}")


def _pending_reboot(f: Found) -> Iterator[Hit]:
    for scope, record in f.records("inv-os"):
        if _truth(record.get("PendingReboot")):
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
    level = max((_number(r.get("rangeUpper")) for _, r in f.records("inv-schema")), default=0)
    for m in f.topology.media_for(f.topology.target.version):
        if 0 < m.schema < level:
            yield Hit(f"The schema is at {level}, {m.name} ({m.build}) brings {m.schema}", m.path)


def _forest_level(f: Found) -> Iterator[Hit]:
    for _, record in f.records("inv-ffl"):
        if "forest" in record and _number(record["forest"]) < _FOREST_2003:
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
    "ORG-001": _exchange_55,
    "ORG-002": _mixed,
    "ORG-010": _unpatched,
    "ORG-012": _schema_refused,
    "ORG-013": _ambiguous_schema,
    "ORG-014": _forest_level,
    "ORG-023": _policies,
    "EXE-001": _pending_reboot,
    "EXE-002": _watermark,
}


ITEMS = frozenset({"inv-servers", "inv-org", "inv-schema", "inv-ffl", "inv-rpol", "inv-os", "inv-watermark"})
"""Items that the predicates read: what a plan that asks the organization should collect for them."""


def unasked(found: Found) -> Iterator[tuple[Rule, str]]:
    """Rules with a predicate whose items nobody read, with the first such item."""
    t = found.topology
    concerned = letter(tuple(v.version for v in t.sources), t.target.version)
    for rule in rules().values():
        if rule.id in PREDICATES and concerned in rule.plans:
            missing = [item for item in rule.inventory if not any(True for _ in found.of(item))]
            if missing:
                yield rule, missing[0]
