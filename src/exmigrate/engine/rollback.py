"""Back to a marker: what is undone, in which order, and the next action while going back (I9)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from shlex import quote

from exmigrate.model import Marker, Step

from . import commands as cmd
from . import events as ev
from .codec import Event
from .errors import RollbackRefused
from .ids import job_id
from .lifecycle import check_command, look_command, next_command, submit_command
from .program import Program
from .schedule import Scheduler
from .state import IN_EFFECT, RunState, Status, StepRecord

START = "start"
UNDO = frozenset({Status.UNDOING, Status.UNDO_APPLIED})
FLUX = IN_EFFECT - UNDO


@dataclass(frozen=True)
class RollbackPlan:
    """What going back to a marker means for this run.

    Attributes:
        order: steps to undo, dependants first.
        kept: steps that stay done, with the reason.
    """

    marker: str
    order: tuple[str, ...]
    kept: dict[str, str]

    def event(self, now: datetime, who: str) -> Event:
        """The event that starts it."""
        return ev.RollbackStarted(at=now, marker=self.marker, order=self.order, kept=self.kept, who=who)


def plan_rollback(program: Program, state: RunState, marker: str) -> RollbackPlan:
    """Compile the reverse order from what the journal proves.

    Args:
        marker: the id of a marker of the change, or `start`.

    Raises:
        RollbackRefused: no such marker, something unknown, or a point of no return lies between.
    """
    found = _marker(program, marker)
    touched = [i for i in reversed(program.order) if i in _reach(program, found) and _has_history(state, i)]
    _refuse(program, state, marker, touched)
    kept = {i: why for i in touched if (why := _kept(program.by_id[i], state.of(i)))}
    return RollbackPlan(marker, tuple(i for i in touched if i not in kept), kept)


def rollback_commands(at: Scheduler) -> list[cmd.Command]:
    """First what is half-way ends; then one step after the other is undone."""
    flux = [s for s in at.program.change.steps if at.state.of(s.id).status in FLUX]
    if flux:
        return [
            c
            for s in flux
            if s.id not in at.situation.running and _due(at, s.id) and (c := next_command(at, s))
        ]
    if any(at.state.of(i).status in (Status.UNKNOWN, Status.INTERRUPTED) for i in at.state.rollback_order):
        return []
    for step_id in at.state.rollback_order:
        record = at.state.of(step_id)
        if record == _undone_record(record):
            continue
        if step_id in at.situation.running or not _due(at, step_id) or record.undo_failed:
            return []
        command = _undo(at, at.program.by_id[step_id], record)
        return [command] if command else []
    return [cmd.Record(ev.RollbackFinished(at=at.now, marker=at.state.rollback))]


def _undone_record(record: StepRecord) -> StepRecord | None:
    clean = record.status is Status.WAITING and not record.intended and not record.gate_open
    return record if clean else None


def _due(at: Scheduler, step_id: str) -> bool:
    due = at.situation.due.get(step_id)
    return due is None or due <= at.now


def _undo(at: Scheduler, step: Step, record: StepRecord) -> cmd.Command | None:
    if step.effect == "gate" and record.status is Status.UNDOING:
        return None
    if record.status is Status.UNDO_APPLIED and record.reboot:
        return cmd.Record(ev.RebootIntended(at=at.now, step=step.id, host=step.host, boot_id=record.boot_id))
    if record.status is Status.UNDO_APPLIED:
        return check_command(at, step, record, "undo")
    if record.status is Status.UNDOING:
        return _undoing(at, step, record)
    if (not record.intended or step.effect == "read") and not _gate_to_undo(step, record):
        return cmd.Record(ev.Undone(at=at.now, step=step.id, by="nothing", message="nothing was done"))
    attempt = record.undo_attempt + 1
    return cmd.Record(
        ev.UndoIntended(
            at=at.now,
            step=step.id,
            attempt=attempt,
            job_id=job_id(at.state.run, step.id, attempt, "Rollback"),
            fence=at.state.fence,
            machine_id=record.machine_id,
        )
    )


def _undoing(at: Scheduler, step: Step, record: StepRecord) -> cmd.Command:
    mine = record.fence == at.state.fence and not record.look
    if step.run == "job":
        if record.submissions or not mine:
            return look_command(at, step, record)
        return submit_command(at, step, record, "Rollback")
    if not mine:
        return check_command(at, step, record, "undo-probe")
    return cmd.Apply(
        step.id,
        step.host,
        record.undo_attempt,
        record.arguments,
        "Rollback",
        members=at.program.members(step),
        before=record.before or {},
    )


def _gate_to_undo(step: Step, record: StepRecord) -> bool:
    return step.effect == "gate" and bool(step.gate and step.gate.undo) and record.status is Status.DONE


def _marker(program: Program, marker: str) -> Marker:
    if marker == START:
        return Marker(START, "", "", ())
    for found in program.change.markers:
        if found.id == marker:
            return found
    known = ", ".join([START, *(m.id for m in program.change.markers)])
    raise RollbackRefused(f"There is no marker {marker!r}.", why=f"this change has: {known}")


def _reach(program: Program, marker: Marker) -> frozenset[str]:
    """Steps that going back to the marker concerns: for a site's, only that site's and what descends from them."""
    outside = frozenset(program.order) - frozenset(marker.steps)
    if not marker.site:
        return outside
    own = {i for i in outside if marker.site in (program.by_id[i].scope.site, _site_name(program.by_id[i]))}
    return frozenset(i for i in outside if i in own or program.ancestors[i] & own)


def _site_name(step: Step) -> str:
    return step.scope.name if step.scope.level == "site" else ""


def _has_history(state: RunState, step_id: str) -> bool:
    record = state.of(step_id)
    return record.status is not Status.WAITING or record.intended


def _refuse(program: Program, state: RunState, marker: str, touched: list[str]) -> None:
    unsure = [i for i in touched if state.of(i).status in (Status.UNKNOWN, Status.INTERRUPTED)]
    if unsure:
        raise RollbackRefused(
            f"{unsure[0]} is {state.of(unsure[0]).status}.",
            step=unsure[0],
            why="what is unknown is resolved before anything is undone",
            next=f"exmigrate resolve {quote(unsure[0])} PLAN --done | --redo | --failed",
        )
    crossed = [
        i for i in touched if state.of(i).intended and program.by_id[i].reversibility == "point-of-no-return"
    ]
    if crossed:
        raise RollbackRefused(
            f"{crossed[0]} is a point of no return, and the run is beyond it.",
            step=crossed[0],
            why=program.by_id[crossed[0]].reason,
            next=f"choose a marker after it; {marker} lies before it",
        )


def _kept(step: Step, record: StepRecord) -> str:
    if not record.intended:
        return ""
    if step.reversibility != "reversible":
        return step.reason or "forward only"
    if step.effect == "convergent" and "Rollback" not in step.functions:
        return "its kind has no Rollback"
    if step.effect == "once" and "Rollback" not in step.functions:
        return "its kind has no Rollback"
    return ""
