"""Argument references, resolved at the moment an intent is made (DESIGN section 5, Arguments).

`$secret` and `$file` stay references here: their values are for the wire alone, never for a journal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exmigrate.model import Step

from .errors import UnresolvedArgument
from .program import Program
from .state import ENDED, RunState, Status

REFERENCES = ("$fact", "$output", "$secret", "$file", "$set")


def resolve(program: Program, state: RunState, step: Step) -> dict[str, Any]:
    """The step's arguments with facts, outputs and sets in place; `dc` is the domain controller pinned for it.

    Raises:
        UnresolvedArgument: a reference leads nowhere.
    """
    out = {name: _value(program, state, step, value) for name, value in step.arguments.items()}
    out.setdefault("dc", "")
    return out


def active_members(program: Program, state: RunState, step: Step) -> tuple[str, ...]:
    """Members of a step without those left out because an earlier step failed on them or a person skipped them."""
    gone = excluded_members(program, state, step)
    return tuple(m for m in program.members(step) if m not in gone)


def excluded_members(program: Program, state: RunState, step: Step) -> frozenset[str]:
    """Members that an earlier step with members failed on or a person skipped, and that this step leaves out."""
    gone: set[str] = {n for n, m in state.of(step.id).members.items() if m.state == "skipped"}
    for before in program.ancestors[step.id]:
        members = state.of(before).members
        gone.update(n for n, m in members.items() if m.state in ("failed", "skipped"))
    return frozenset(gone)


def _value(program: Program, state: RunState, step: Step, value: Any) -> Any:
    match value:
        case Mapping() if len(value) == 1 and next(iter(value)) in REFERENCES:
            (name, target), *_ = value.items()
            return _reference(program, state, step, name, target)
        case Mapping():
            return {k: _value(program, state, step, v) for k, v in value.items()}
        case list() | tuple():
            return [_value(program, state, step, v) for v in value]
        case _:
            return value


def _reference(program: Program, state: RunState, step: Step, name: str, target: Any) -> Any:
    match name:
        case "$fact":
            return _fact(program, step, str(target))
        case "$output":
            return _output(state, step, str(target))
        case "$set":
            return _set(program, state, step, str(target))
        case _:
            return {name: target}


def _fact(program: Program, step: Step, target: str) -> Any:
    if program.change.facts.get(target) is None:
        raise UnresolvedArgument(
            f"The change has no fact {target!r}.",
            step=step.id,
            why="it was not read when the change was made",
            next="make the change again with `exmigrate plan` and the servers reachable",
        )
    return program.change.facts[target]


def _output(state: RunState, step: Step, target: str) -> Any:
    source, _, key = target.rpartition(".")
    record = state.of(source)
    usable = record.status in ENDED or (record.status is Status.VERIFIED and source == step.id)
    if not usable or key not in record.facts:
        raise UnresolvedArgument(
            f"{source} has no output {key!r}.",
            step=step.id,
            why="its last Verify, or the Check that skipped it, did not report it",
            next=f"`exmigrate show {source}` prints what it reports",
        )
    return record.facts[key]


def _set(program: Program, state: RunState, step: Step, target: str) -> list[str]:
    if target not in program.change.sets:
        raise UnresolvedArgument(f"The change has no set {target!r}.", step=step.id)
    gone = excluded_members(program, state, step)
    return [m for m in program.change.sets[target] if m not in gone]
