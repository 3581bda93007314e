"""Rules on what was found in the live organization. An item that was not read is said, never guessed.

Values are those of the collectors: mappings of the names in the dossier's inventory, by `item@scope`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from exmigrate.model import Topology

from .judge import Hit, Items, Predicate
from .table import Rule, letter, rules

_AMBIGUOUS = 14622


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


PREDICATES: Mapping[str, Predicate[Found]] = {
    "ORG-001": _exchange_55,
    "ORG-002": _mixed,
    "ORG-013": _ambiguous_schema,
    "EXE-001": _pending_reboot,
    "EXE-002": _watermark,
}


def unasked(found: Found) -> Iterator[tuple[Rule, str]]:
    """Rules with a predicate whose items nobody read, with the first such item."""
    t = found.topology
    concerned = letter(tuple(v.version for v in t.sources), t.target.version)
    for rule in rules().values():
        if rule.id in PREDICATES and concerned in rule.plans:
            missing = [item for item in rule.inventory if not any(True for _ in found.of(item))]
            if missing:
                yield rule, missing[0]
