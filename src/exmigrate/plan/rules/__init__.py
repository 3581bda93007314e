"""The rules of coexistence: one table, a predicate by id, findings with their place and their waiver.

`evaluate` judges a plan and an inventory. `judge` is for whoever has other predicates on the same table: `compile`
brings those on the order of the graph.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from exmigrate.model import Finding, Topology

from . import clients, inventory, layout, legacy, mail, organization, routing, work
from .found import Found
from .inventory import ARCHIVED, ITEMS
from .judge import Hit, Predicate, blocking, judge, judge_waivers
from .table import Rule, rules

__all__ = [
    "ARCHIVED",
    "ITEMS",
    "PREDICATES",
    "Hit",
    "Predicate",
    "Rule",
    "blocking",
    "evaluate",
    "judge",
    "rules",
]

PREDICATES: Mapping[str, Predicate[Topology]] = {
    **organization.PREDICATES,
    **layout.PREDICATES,
    **clients.PREDICATES,
    **mail.PREDICATES,
    **routing.PREDICATES,
    **legacy.PREDICATES,
    **work.PREDICATES,
}
"""Predicates on a topology, by rule."""


def evaluate(
    topology: Topology, items: Mapping[str, Any] | None = None, *, asked: Collection[str] = ()
) -> tuple[Finding, ...]:
    """Judge a plan, and what was found in the live organization.

    Args:
        topology: the resolved plan.
        items: inventory values by `item@scope`; empty or None when nothing was read.
        asked: items that discovery tried to read, such as `inv-org`: missing among those is an error, else only said.
    """
    found = Found(topology, items or {})
    plain = judge(topology, topology, PREDICATES)
    live = judge(topology, found, inventory.PREDICATES)
    return (*plain, *live, *_unasked(found, asked), *judge_waivers(topology, plain))


_ASK = {
    False: "plan without --offline",
    True: "plan with what `exmigrate discover PLAN -o FILE` wrote: --inventory FILE",
}


def _unasked(found: Found, asked: Collection[str]) -> tuple[Finding, ...]:
    return tuple(_missing(found, rule, item, tried=item in asked) for rule, item in inventory.unasked(found))


def _missing(found: Found, rule: Rule, item: str, *, tried: bool) -> Finding:
    said = "could not be read" if tried else "was not asked"
    return Finding(
        rule=rule.id,
        severity=rule.severity if tried else "info",
        message=f"{item} {said}, so it is not known: {rule.when}",
        file=found.topology.file,
        remedy="look at what `exmigrate discover` could not read"
        if tried
        else _ASK[item in inventory.ARCHIVED],
    )
