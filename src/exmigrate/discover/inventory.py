"""The inventory: what was found, by item and scope, with when, where and how surely.

One record an item. What could not be read is a record too, with the reason, so that a rule can tell *not there* from
*not asked*.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from exmigrate.model import Location, Refused

FORMAT = "exmigrate.inventory/1"


class NotAnInventory(Refused):
    """The file is no inventory that this program can read."""

    code = "EXM-D001"


@dataclass(frozen=True, slots=True)
class Record:
    """One item: `confidence` is `ok`, `manual` or `missing`; `why` says why an item is missing."""

    item: str
    value: Any
    host: str
    collected_at: str
    confidence: str = "ok"
    why: str = ""


@dataclass(frozen=True)
class Inventory:
    """All records of one collection."""

    organization: str
    records: tuple[Record, ...]

    @property
    def values(self) -> Mapping[str, Any]:
        """Values by `item@scope`, of what was read."""
        return {r.item: r.value for r in self.records if r.confidence != "missing"}

    @property
    def missing(self) -> tuple[Record, ...]:
        """What could not be read."""
        return tuple(r for r in self.records if r.confidence == "missing")


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


def merge(older: Inventory, newer: Iterable[Record]) -> Inventory:
    """An inventory with newer records in the place of older ones of the same item."""
    records = {r.item: r for r in older.records}
    records.update({r.item: r for r in newer})
    return Inventory(older.organization, tuple(records.values()))
