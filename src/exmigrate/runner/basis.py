"""The basis at apply time: the facts that the change rests on, compared with the world as it is now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exmigrate.engine import ENDED, RunState
from exmigrate.model import Change, Step

from .errors import BasisMoved


@dataclass(frozen=True)
class Moved:
    """A fact that is not what it was: `then` in the change, `now` in the world; the steps that rest on it."""

    item: str
    then: Any
    now: Any
    steps: tuple[str, ...]


def facts_to_compare(change: Change, state: RunState) -> frozenset[str]:
    """The facts of steps none of whose needs has run: from then on the run itself may have changed them."""
    return frozenset(
        item for step in change.steps if not _begun(change, step, state) for item in facts_of(step.arguments)
    )


def moved(change: Change, state: RunState, now: Mapping[str, Any]) -> tuple[Moved, ...]:
    """The facts that differ; one that could not be read now is not compared.

    Args:
        change: with the facts as they were.
        state: of the run.
        now: the facts as they are, by the same names.
    """
    compared = facts_to_compare(change, state)
    return tuple(
        Moved(item, change.facts[item], now[item], _resting_on(change, item))
        for item in sorted(compared)
        if item in change.facts and item in now and now[item] != change.facts[item]
    )


def refuse_moved(change: Change, found: tuple[Moved, ...]) -> None:
    """Refuse to go on over a basis that moved, unless the plan's policy says `basis: allow`.

    Raises:
        BasisMoved: with the difference.
    """
    if not found or change.policy.get("basis") == "allow":
        return
    first = found[0]
    raise BasisMoved(
        f"{first.item} is not what the change rests on"
        + (f", nor are {len(found) - 1} others." if len(found) > 1 else "."),
        why=f"it was {first.then!r}, it is {first.now!r}",
        next="make the change again with `exmigrate plan`, or set policy.basis to allow",
        details={m.item: {"then": m.then, "now": m.now, "steps": list(m.steps)} for m in found},
    )


def facts_of(value: Any) -> tuple[str, ...]:
    """The names of all facts that arguments refer to."""
    match value:
        case Mapping() if set(value) == {"$fact"}:
            return (str(value["$fact"]),)
        case Mapping():
            return tuple(f for v in value.values() for f in facts_of(v))
        case list() | tuple():
            return tuple(f for v in value for f in facts_of(v))
        case _:
            return ()


def _begun(change: Change, step: Step, state: RunState) -> bool:
    own = state.of(step.id)
    return own.intended or own.status in ENDED or any(state.of(n).intended for n in step.needs)


def _resting_on(change: Change, item: str) -> tuple[str, ...]:
    return tuple(s.id for s in change.steps if item in facts_of(s.arguments))
