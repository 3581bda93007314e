"""Predicates to findings: severity, message, remedy and waiver come from the table and the plan, not from a predicate.

A predicate is found by its rule's id and gives a `Hit` for each case. `judge` is used here for rules on plan and
inventory, and by `compile` for rules on the order of the graph: same table, same waivers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeVar

from exmigrate.model import Finding, Topology
from exmigrate.model.topology import Waiver

from .table import Rule, letter, rules


@dataclass(frozen=True, slots=True)
class Hit:
    """One case that a rule speaks of.

    Attributes:
        case: what is so, naming servers and sites, no full stop; the rule's message follows it.
        path: place in the plan by the key of `Topology.positions`.
        severity: where it differs from the rule's own.
    """

    case: str
    path: str = ""
    severity: str = ""


Subject = TypeVar("Subject")
Predicate = Callable[[Subject], Iterable[Hit]]


def judge(
    topology: Topology, subject: Subject, predicates: Mapping[str, Predicate[Subject]]
) -> tuple[Finding, ...]:
    """Findings of the predicates whose rules concern this transition, in the order of the table."""
    concerned = letter(tuple(v.version for v in topology.sources), topology.target.version)
    waivers = {w.rule: w for w in topology.policy.waivers}
    out: list[Finding] = []
    for rule in rules().values():
        predicate = predicates.get(rule.id)
        if predicate is not None and concerned in rule.plans:
            out += [finding(topology, rule, hit, waivers) for hit in predicate(subject)]
    return tuple(out)


def finding(topology: Topology, rule: Rule, hit: Hit, waivers: Mapping[str, Waiver]) -> Finding:
    """A hit as a finding, with its place and its waiver."""
    where = topology.where(hit.path)
    waiver = waivers.get(rule.id)
    return Finding(
        rule=rule.id,
        severity=hit.severity or rule.severity,
        message=f"{hit.case}. {rule.message}" if hit.case else rule.message,
        file=where.file,
        line=where.line,
        column=where.column,
        remedy=rule.remedy or rule.message,
        waived=_waived(waiver) if waiver and rule.waivable else None,
    )


def _waived(waiver: Waiver) -> dict[str, str]:
    return {"who": waiver.who, "date": waiver.date, "reason": waiver.reason}


def judge_waivers(topology: Topology, found: Iterable[Finding]) -> Iterator[Finding]:
    """What is wrong with the waivers themselves: no such rule, not waivable, not needed."""
    hit = {f.rule for f in found}
    for waiver in topology.policy.waivers:
        rule = rules().get(waiver.rule)
        if rule is None:
            near = get_close_matches(waiver.rule, list(rules()), n=1)
            said = f" Did you mean {near[0]}?" if near else ""
            yield _about(
                topology,
                waiver,
                "error",
                f"There is no rule {waiver.rule}.{said}",
                "name a rule of docs/rules.md",
            )
        elif not rule.waivable:
            yield _about(
                topology,
                waiver,
                "error",
                f"{waiver.rule} cannot be waived: {rule.message}",
                "take the waiver out",
            )
        elif rule.where == "plan" and waiver.rule not in hit:
            yield _about(
                topology,
                waiver,
                "info",
                f"{waiver.rule} is waived, but nothing here breaks it",
                "take the waiver out",
            )


def _about(topology: Topology, waiver: Waiver, severity: str, message: str, remedy: str) -> Finding:
    where = topology.where(waiver.path)
    return Finding(waiver.rule, severity, message, where.file, where.line, where.column, remedy)


def blocking(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The findings that refuse a plan: errors that nobody waived."""
    return tuple(f for f in findings if f.severity == "error" and f.waived is None)


Items = Mapping[str, Any]
"""Inventory values by `item@scope`."""
