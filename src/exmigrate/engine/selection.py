"""`--phase`, `--site`, `--until`, `--only`: what may start. They never pull in what a step needs."""

from __future__ import annotations

from collections.abc import Mapping

from .errors import SelectionRefused
from .program import Program


def selected(program: Program, selection: Mapping[str, str]) -> frozenset[str]:
    """The ids of the steps that may start; all of them for an empty selection.

    Args:
        selection: any of `phase`, `site`, `until`, `only`; a value may list several, separated by commas. `until`
            is a step id, or a phase, and chooses what leads there, itself included.

    Raises:
        SelectionRefused: an unknown name.
    """
    chosen = frozenset(program.order)
    for name, value in selection.items():
        wanted = [v.strip() for v in value.split(",") if v.strip()]
        if wanted:
            chosen &= frozenset[str]().union(*(_matching(program, name, v) for v in wanted))
    return chosen


def _matching(program: Program, name: str, value: str) -> frozenset[str]:
    steps = program.change.steps
    match name:
        case "phase":
            found = frozenset(s.id for s in steps if s.phase == value)
        case "site":
            found = frozenset(s.id for s in steps if _site(program, s.id) == value)
        case "only":
            found = frozenset(s.id for s in steps if value in (s.id, s.kind))
        case "until":
            ends = [s.id for s in steps if value in (s.id, s.kind, s.phase, s.marker)]
            found = frozenset(ends).union(*(program.ancestors[e] for e in ends))
        case _:
            raise SelectionRefused(f"There is no selection {name!r}.", next="use phase, site, until or only")
    if not found:
        known = (
            ", ".join(sorted({s.phase for s in steps})) if name == "phase" else "`exmigrate plan` lists them"
        )
        raise SelectionRefused(f"--{name} {value}: no step of this change matches.", why=f"known: {known}")
    return found


def _site(program: Program, step_id: str) -> str:
    scope = program.by_id[step_id].scope
    return scope.site or (scope.name if scope.level == "site" else "")
