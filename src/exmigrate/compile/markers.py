"""Rollback markers: named nodes to which a run can be taken back (DESIGN section 2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from exmigrate.model import Marker, Step, marker_id

from .graph import Closure, Graph

START = "start"


def markers(graph: Graph, steps: Mapping[str, Step], phases: Iterable[str]) -> tuple[Marker, ...]:
    """The marker `start`, one per phase, and one per phase and site; each with the steps that stay done."""
    closure = Closure(graph)
    found = [Marker(START, "", "", ())]
    reached: list[str] = []
    for phase in phases:
        reached.append(phase)
        within = [id for id, step in steps.items() if step.phase in reached]
        if not any(steps[id].phase == phase for id in within):
            continue
        found.append(_marker(closure, phase, "", within))
        for site in _sites(steps.values(), phase):
            own = [id for id in within if steps[id].scope.site == site]
            found.append(_marker(closure, phase, site, own))
    return tuple(found)


def _sites(steps: Iterable[Step], phase: str) -> list[str]:
    return list(dict.fromkeys(s.scope.site for s in steps if s.phase == phase and s.scope.site))


def _marker(closure: Closure, phase: str, site: str, own: list[str]) -> Marker:
    return Marker(marker_id(phase, site), phase, site, closure.down(own))
