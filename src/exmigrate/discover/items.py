"""What an inventory consists of, as data: each item with its collectors and with what a person brings.

An item that no program can read (papers, contracts, another team's devices) is told by name with the place where a
person finds it, so that a gap in the inventory is always somebody's task and never nobody's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

import yaml

from exmigrate.catalog import expression
from exmigrate.compile import common_names
from exmigrate.model import Topology

from .inventory import Record


@dataclass(frozen=True, slots=True)
class ByHand:
    """What a person brings.

    Attributes:
        id: under which it stands in the inventory.
        where: where the person finds it.
        when: expression over the plan: for which organizations.
    """

    id: str
    what: str
    where: str
    when: str = "true"


@dataclass(frozen=True, slots=True)
class Item:
    """One item: `used` says for what; collectors by id."""

    id: str
    what: str
    used: str
    collectors: tuple[str, ...]
    by_hand: tuple[ByHand, ...] = ()


@lru_cache(maxsize=1)
def items() -> Mapping[str, Item]:
    """Every item by id, in the order of the table."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = files(__package__).joinpath("items.yaml").read_text("utf-8")
    entries: Mapping[str, Mapping[str, Any]] = yaml.load(text, Loader=loader)
    return {id: _item(id, entry) for id, entry in entries.items()}


def _item(id: str, entry: Mapping[str, Any]) -> Item:
    return Item(
        id=id,
        what=entry["what"],
        used=entry["used"],
        collectors=tuple(entry.get("collectors", (id,))),
        by_hand=tuple(ByHand(**told) for told in entry.get("by_hand", ())),
    )


def by_hand(topology: Topology) -> tuple[ByHand, ...]:
    """What a person brings for this organization."""
    names = common_names(topology, {})
    told = (task for item in items().values() for task in item.by_hand)
    return tuple(task for task in told if task.when == "true" or expression(task.when)(names))


def awaited(topology: Topology, at: str) -> tuple[Record, ...]:
    """A record for each thing that a person brings, without a value as yet.

    Args:
        topology: the plan.
        at: time of the collection, ISO 8601.
    """
    return tuple(
        Record(task.id, None, "", at, "manual", f"{task.what}; found at: {task.where}")
        for task in by_hand(topology)
    )
