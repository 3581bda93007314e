"""The table of rules, read once a process from `table.yaml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

TRANSITIONS: Mapping[tuple[tuple[str, ...], str], str] = {
    (("2007",), "2010"): "C",
    (("2003",), "2010"): "B",
    (("2003", "2007"), "2010"): "D",
    (("2000",), "2007"): "A",
    (("2003",), "2007"): "A",
    (("2000", "2003"), "2007"): "A",
}
"""Which letter of the table a version pair has."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of coexistence.

    Attributes:
        severity: `error`, `warning` or `info`.
        where: on what it is judged: `plan graph inventory build person`.
        plans: letters of the transitions that it concerns.
        when: the condition, in the dossier's words.
        inventory: items that it needs, such as `inv-org`.
        covered: of a rule without a predicate: why no plan, graph or inventory shows its case, and what covers it.
    """

    id: str
    severity: str
    where: str
    plans: tuple[str, ...]
    when: str
    message: str
    remedy: str
    source: str
    waivable: bool = True
    inventory: tuple[str, ...] = ()
    covered: str = ""


@cache
def rules() -> Mapping[str, Rule]:
    """All rules by id, in the order of the table."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = files(__package__).joinpath("table.yaml").read_text("utf-8")
    entries: list[dict[str, Any]] = yaml.load(text, Loader=loader)
    return {e["id"]: _rule(e) for e in entries}


def _rule(entry: Mapping[str, Any]) -> Rule:
    return Rule(
        id=entry["id"],
        severity=entry["severity"],
        where=entry["where"],
        plans=tuple(entry["plans"]),
        when=entry["when"],
        message=entry["message"],
        remedy=entry.get("remedy", ""),
        source=entry["source"],
        waivable=entry.get("waivable", True),
        inventory=tuple(entry.get("inventory", ())),
        covered=entry.get("covered", ""),
    )


def letter(sources: tuple[str, ...], target: str) -> str:
    """The table's letter of a transition, empty for one that it does not know."""
    return TRANSITIONS.get((tuple(sorted(set(sources))), target), "")
