"""Findings on windows in which nothing would ever start."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from exmigrate.engine import NeverOpens, Program, never_opens, zone_names
from exmigrate.model import Change, Finding, Topology

from .zones import zones_of


def window_findings(topology: Topology, change: Change, now: datetime) -> Iterator[Finding]:
    """One finding a window that is too short for a step, or never comes; with its place in the plan.

    Args:
        now: from when windows count; the policy's own start is kept besides.

    Raises:
        NoZone: a time zone of the policy is not known here.
    """
    if not change.policy.get("windows"):
        return
    found: dict[str, list[NeverOpens]] = {}
    for step in never_opens(Program(change), zones_of(zone_names(change.policy)), now):
        found.setdefault(step.window, []).append(step)
    for name, steps in found.items():
        yield _finding(topology, name, steps)


def _finding(topology: Topology, name: str, steps: list[NeverOpens]) -> Finding:
    path = next((w.path for w in topology.policy.windows if w.name == name), "policy.windows")
    where = topology.where(path)
    worst = max(steps, key=lambda s: s.seconds)
    others = f" and {len(steps) - 1} more steps" if len(steps) > 1 else ""
    if worst.longest:
        what = f"window '{name}' is open for {_minutes(worst.longest)} at most, and {worst.step.id} may take {_minutes(worst.seconds)}"
        remedy = f"let it be open for {_minutes(worst.seconds)} or more, or give the work another window"
    else:
        what = f"window '{name}' never opens, and {worst.step.id} keeps it"
        remedy = "take its days out of blackout_dates, or give the work another window"
    message = f"{what[0].upper()}{what[1:]}: it{others} would never start."
    return Finding("EXM-C031", "error", message, where.file, where.line, where.column, remedy)


def _minutes(seconds: int) -> str:
    """Whole minutes, rounded up, so that what is advised is enough."""
    return f"{-(-seconds // 60)} min"
