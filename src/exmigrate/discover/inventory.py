"""The inventory: what was found, by item and scope, with when, where and how surely.

One record an item. What could not be read is a record too, with the reason, so that a rule can tell *not there* from
*not asked*.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exmigrate.model import Location, Refused

FORMAT = "exmigrate.inventory/1"


class NotAnInventory(Refused):
    """The file is no inventory that this program can read."""

    code = "EXM-D001"


@dataclass(frozen=True, slots=True)
class Record:
    """One item.

    Attributes:
        confidence: `ok`: read from a server; `manual`: a person brings it, without a value until then; `missing`: it
            could not be read.
        why: why an item is missing, or what a person brings and where it is found.
    """

    item: str
    value: Any
    host: str
    collected_at: str
    confidence: str = "ok"
    why: str = ""

    @property
    def there(self) -> bool:
        """Whether it has a value."""
        return self.confidence == "ok" or (self.confidence == "manual" and self.value is not None)


@dataclass(frozen=True)
class Inventory:
    """All records of one collection."""

    organization: str
    records: tuple[Record, ...]

    @property
    def values(self) -> Mapping[str, Any]:
        """Values by `item@scope`, of what was read or brought."""
        return {r.item: r.value for r in self.records if r.there}

    @property
    def missing(self) -> tuple[Record, ...]:
        """What could not be read."""
        return tuple(r for r in self.records if r.confidence == "missing")

    @property
    def awaited(self) -> tuple[Record, ...]:
        """What a person has not brought yet."""
        return tuple(r for r in self.records if r.confidence == "manual" and r.value is None)


def to_bytes(inventory: Inventory) -> bytes:
    """The inventory as JSON, sorted by item, so that two collections can be compared line by line."""
    items = {
        r.item: {
            "value": r.value,
            "host": r.host,
            "collected_at": r.collected_at,
            "confidence": r.confidence,
            **({"why": r.why} if r.why else {}),
        }
        for r in sorted(inventory.records, key=lambda r: r.item)
    }
    document = {"format": FORMAT, "organization": inventory.organization, "items": items}
    return (json.dumps(document, indent=1, ensure_ascii=False) + "\n").encode()


def parse(data: bytes, name: str) -> Inventory:
    """Read an inventory back.

    Raises:
        NotAnInventory: the bytes are none of this format.
    """
    try:
        document = json.loads(data)
        if document["format"] != FORMAT:
            raise ValueError(f"its format is {document['format']!r}")
        records = tuple(_record(item, entry) for item, entry in document["items"].items())
        return Inventory(str(document["organization"]), records)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as fault:
        raise NotAnInventory(
            f"{name} is no inventory.",
            where=Location(name),
            why=f"{type(fault).__name__}: {fault}",
            next="write one: exmigrate discover PLAN -o FILE",
        ) from None


def _record(item: str, entry: Mapping[str, Any]) -> Record:
    return Record(
        item,
        entry["value"],
        str(entry["host"]),
        str(entry["collected_at"]),
        str(entry["confidence"]),
        str(entry.get("why", "")),
    )


def with_brought(found: Inventory, older: Inventory) -> Inventory:
    """A new collection with what a person wrote into an older one: no collector would bring that again."""
    brought = {r.item: r for r in older.records if r.confidence == "manual" and r.value is not None}
    read = {r.item for r in found.records if r.confidence == "ok"}
    kept = [brought[r.item] if r.item in brought and r.item not in read else r for r in found.records]
    known = {r.item for r in found.records}
    return Inventory(found.organization, (*kept, *(r for item, r in brought.items() if item not in known)))
