"""What a live display shows, as plain values: what runs where, what waits for what, how far, until when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Protocol

from exmigrate.engine import ENDED, STUCK, Event, Finish, Program, RunState, Situation, Status, waiting_for
from exmigrate.engine.state import IN_EFFECT
from exmigrate.model import Step


@dataclass(frozen=True)
class Running:
    """A step under way.

    Attributes:
        doing: `check apply submit job verify reboot services`, or the status for what is between two commands.
        since: when the step began; None before its first event.
        note: newest progress: `done`, `total`, `message` where the step gives them.
    """

    step: str
    title: str
    host: str
    doing: str
    since: datetime | None
    note: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Snapshot:
    """One moment of a run.

    Attributes:
        counts: steps by status.
        percent: of the expected work, by median durations.
        finish: estimate from the remaining critical path and the busiest server; waiting for persons and windows is
            not in it. None when nothing is left.
        running: steps under way, by server.
        waiting: for each step that waits with its needs done, what for.
        persons: gates and acceptances that wait for a person.
        no_return: points of no return that come next: their needs are done or under way, and they have not begun.
        stuck: failed, blocked, interrupted and unknown steps with their messages.
    """

    now: datetime
    counts: Mapping[str, int]
    percent: int
    finish: datetime | None
    running: tuple[Running, ...]
    waiting: Mapping[str, str]
    persons: tuple[str, ...]
    no_return: tuple[str, ...]
    stuck: Mapping[str, str]


class Listener(Protocol):
    """Hears of a run; called from the thread that drives it.

    Attributes:
        wants_snapshots: whether pictures are worth taking: on a large plan each costs some milliseconds.
    """

    wants_snapshots: bool

    def event(self, event: Event, state: RunState) -> None:
        """An event has been written."""

    def snapshot(self, snapshot: Snapshot) -> None:
        """The picture has changed, or some time has passed."""

    def finished(self, finish: Finish) -> None:
        """The session is over."""


class Silent:
    """A listener that does nothing."""

    wants_snapshots = False

    def event(self, event: Event, state: RunState) -> None:
        """Nothing."""

    def snapshot(self, snapshot: Snapshot) -> None:
        """Nothing."""

    def finished(self, finish: Finish) -> None:
        """Nothing."""


def picture(
    program: Program,
    state: RunState,
    now: datetime,
    situation: Situation,
    notes: Mapping[str, Mapping[str, Any]],
) -> Snapshot:
    """The snapshot of a moment."""
    steps = program.change.steps
    counts: dict[str, int] = {}
    for step in steps:
        status = str(state.of(step.id).status)
        counts[status] = counts.get(status, 0) + 1
    waiting = waiting_for(program, state, now, situation)
    left = remaining_seconds(program, state, now)
    return Snapshot(
        now=now,
        counts=counts,
        percent=percent(program, state, notes),
        finish=now + timedelta(seconds=left) if left else None,
        running=tuple(r for s in steps if (r := _running(s, state, situation, notes))),
        waiting={i: why for i, why in waiting.items() if not why.startswith("after ")},
        persons=tuple(s.id for s in steps if waits_for_person(s, state)),
        no_return=tuple(s.id for s in steps if _next_no_return(s, state)),
        stuck={s.id: state.of(s.id).message for s in steps if state.of(s.id).status in STUCK},
    )


def percent(program: Program, state: RunState, notes: Mapping[str, Mapping[str, Any]]) -> int:
    """How much of the expected work is done, persons' work aside; 100 only when every step has ended."""
    total = done = 0.0
    for step in program.change.steps:
        weight = 0 if step.effect == "gate" else max(1, step.estimate.p50)
        total += weight
        done += weight * _share(step, state, notes)
    ended = all(state.of(s.id).status in ENDED for s in program.change.steps)
    if ended:
        return 100
    return min(99, int(100 * done / total)) if total else 0


def remaining_seconds(program: Program, state: RunState, now: datetime) -> int:
    """The longer of the remaining critical path and the busiest server's remaining work, at medians."""
    longest: dict[str, int] = {}
    load: dict[str, int] = {}
    for step_id in reversed(program.order):
        step = program.by_id[step_id]
        own = _left(step, state, now)
        longest[step_id] = own + max((longest[d] for d in program.change.dependants[step_id]), default=0)
        if step.mutating:
            load[step.host] = load.get(step.host, 0) + own
    return max([*longest.values(), *load.values()], default=0)


def waits_for_person(step: Step, state: RunState) -> bool:
    """Whether only a person can bring this step on."""
    record = state.of(step.id)
    if record.status is Status.OPEN:
        return step.gate is None or (step.gate.closes != "probe" and not record.confirmed_by)
    return record.status is Status.VERIFIED and bool(step.acceptance) and not record.accepted_by


def _next_no_return(step: Step, state: RunState) -> bool:
    if step.reversibility != "point-of-no-return" or state.of(step.id).status is not Status.WAITING:
        return False
    return all(state.of(n).status is not Status.WAITING for n in step.needs)


def _left(step: Step, state: RunState, now: datetime) -> int:
    record = state.of(step.id)
    if record.status in ENDED or step.effect == "gate":
        return 0
    if record.started_at is None or record.status is Status.WAITING:
        return step.estimate.p50
    return max(0, step.estimate.p50 - int((now - record.started_at).total_seconds()))


def _share(step: Step, state: RunState, notes: Mapping[str, Mapping[str, Any]]) -> float:
    record = state.of(step.id)
    if record.status in ENDED:
        return 1.0
    note = notes.get(step.id, {})
    done, total = note.get("done"), note.get("total")
    if isinstance(done, int) and isinstance(total, int) and total > 0:
        return min(0.99, done / total)
    return 0.0


_DOING = {
    "Check": "check",
    "Apply": "apply",
    "SubmitJob": "submit",
    "LookJob": "job",
    "Verify": "verify",
    "Reboot": "reboot",
    "AwaitReady": "services",
}


def _running(
    step: Step, state: RunState, situation: Situation, notes: Mapping[str, Mapping[str, Any]]
) -> Running | None:
    record = state.of(step.id)
    command = situation.running.get(step.id)
    if command is None and record.status not in IN_EFFECT | {Status.PENDING}:
        return None
    if step.effect == "gate":
        return None
    doing = "job" if record.status is Status.SUBMITTED else str(record.status)
    if command is not None:
        doing = _DOING.get(type(command).__name__, doing)
    return Running(step.id, step.title, step.host, doing, record.started_at, notes.get(step.id, {}))
