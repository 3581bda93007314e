"""The invariants of DESIGN section 7 that a journal alone can break, asserted on it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import tzinfo
from typing import Any

from exmigrate.model import Change, Step

from . import events as ev
from .codec import Event
from .errors import InvariantBroken
from .evolve import evolve
from .program import Program
from .schedule import Scheduler
from .situation import Situation
from .state import ENDED, RunState, Status


def check_invariants(
    change: Change | Program, events: Iterable[Event], zones: Mapping[str, tzinfo] | None = None
) -> RunState:
    """Fold the events and assert, at each of them, what must always hold.

    Args:
        change: what the journal's first record says.
        events: the journal.
        zones: the zones of the policy's windows; without them I11 is not looked at.

    Returns:
        The state after the last event.

    Raises:
        InvariantBroken: with the invariant's number and the event.
    """
    program = change if isinstance(change, Program) else Program(change)
    state = RunState()
    submitted: set[tuple[str, str]] = set()
    for event in events:
        rule = _RULES.get(type(event))
        if rule is not None:
            rule(program, state, event)
        if isinstance(event, ev.IntentMade) and zones is not None:
            _in_window(Scheduler(program, state, event.at, Situation(zones=zones)), event)
        if isinstance(event, ev.SendAgain):
            submitted.discard((event.step, state.of(event.step).job_id))
        if isinstance(event, ev.Submitted) and not event.adopted:
            _once(submitted, event)
        state = evolve(state, event)
    return state


def _must(holds: bool, number: str, event: Event, why: str) -> None:
    if not holds:
        raise InvariantBroken(f"{number}: {why}.", step=getattr(event, "step", ""), why=f"at {event.type}")


def _step(program: Program, event: Any) -> Step:
    step = program.by_id.get(event.step)
    _must(step is not None, "I6", event, f"the change has no step {event.step!r}")
    assert step is not None
    return step


def _once(seen: set[tuple[str, str]], event: ev.Submitted) -> None:
    key = (event.step, event.job_id)
    _must(key not in seen, "I3", event, "the same attempt was submitted twice")
    seen.add(key)


def _started(program: Program, state: RunState, event: ev.RunStarted) -> None:
    _must(not state.run, "I5", event, "a journal holds one run")


def _took(program: Program, state: RunState, event: ev.ControllerTook) -> None:
    _must(event.fence > state.fence, "I4", event, f"fence {event.fence} is not above {state.fence}")


def _intent(program: Program, state: RunState, event: ev.IntentMade) -> None:
    step = _step(program, event)
    record = state.of(step.id)
    _must(event.fence == state.fence, "I4", event, "the intent is of another fence")
    _must(event.attempt == record.attempt + 1, "I3", event, "attempts are counted one by one")
    _must(event.script == step.script, "I5", event, "the script is not the approved one")
    for need in step.needs:
        _must(state.of(need).status in ENDED, "I6", event, f"{need} is not done")
    _must(not state.rollback, "I9", event, "no step goes forward during a rollback")


def _in_window(at: Scheduler, event: ev.IntentMade) -> None:
    step = at.program.by_id[event.step]
    if not step.mutating:
        return
    _must(not at.outside_window(step), "I11", event, "it cannot finish in its window")
    room = at.room(step)
    if room is not None and event.members:
        needed = len(event.members) * at.program.member_p90(step)
        _must(needed <= room, "I11", event, "its members cannot finish in the window")


def _submitted(program: Program, state: RunState, event: ev.Submitted) -> None:
    record = state.of(event.step)
    _must(
        record.status in (Status.INTENT, Status.SUBMITTED, Status.UNDOING), "I1", event, "there is no intent"
    )
    _must(event.job_id == record.job_id, "I1", event, "the job is not the intended one")


def _applied(program: Program, state: RunState, event: ev.Applied) -> None:
    record = state.of(event.step)
    _must(record.intended or event.by == "read", "I1", event, "there is no intent")


def _done(program: Program, state: RunState, event: ev.StepDone) -> None:
    step = _step(program, event)
    record = state.of(step.id)
    proven = record.status is Status.VERIFIED or (step.effect == "gate" and record.status is Status.OPEN)
    _must(proven, "I2", event, f"it is {record.status}, not verified")
    _must(not step.acceptance or bool(record.accepted_by), "I2", event, "its acceptance is missing")


def _skipped(program: Program, state: RunState, event: ev.StepSkipped) -> None:
    step = _step(program, event)
    if event.by == "check":
        for need in step.needs:
            _must(state.of(need).status in ENDED, "I6", event, f"{need} is not done")


def _undo(program: Program, state: RunState, event: ev.UndoIntended) -> None:
    step = _step(program, event)
    record = state.of(step.id)
    _must(step.id in state.rollback_order, "I9", event, "it is not part of the rollback")
    gate = step.effect == "gate"
    _must(record.intended or gate, "I9", event, "the journal has no intent of it")
    _must(step.reversibility != "point-of-no-return", "I9", event, "it is a point of no return")


_RULES: dict[type[Event], Callable[[Program, RunState, Any], None]] = {
    ev.RunStarted: _started,
    ev.ControllerTook: _took,
    ev.IntentMade: _intent,
    ev.Submitted: _submitted,
    ev.Applied: _applied,
    ev.StepDone: _done,
    ev.StepSkipped: _skipped,
    ev.UndoIntended: _undo,
}
