"""The next action of one step that has begun, by its status alone. Whether a new one may begin is `schedule`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from exmigrate.model import Step

from . import commands as cmd
from . import events as ev
from .arguments import active_members, resolve
from .errors import UnresolvedArgument
from .ids import job_id
from .members import open_members, settled_event
from .results import VERIFY_SAYS_FAILED
from .retry import pause
from .schedule import Scheduler
from .state import Status, StepRecord

STALE_CHECK_S = 600
"""A Check that old is taken again before an effect rests on it."""


def next_command(at: Scheduler, step: Step) -> cmd.Command | None:
    """What a step that has begun wants next; None if it waits for time, a person, or a slot."""
    record = at.state.of(step.id)
    if record.retry_at and record.retry_at > at.now:
        return None
    try:
        return _BY_STATUS[record.status](at, step, record)
    except UnresolvedArgument as error:
        return cmd.Record(
            ev.StepFailed(at=at.now, step=step.id, failure_class="permanent", message=error.message)
        )


def begin(at: Scheduler, step: Step) -> cmd.Command:
    """The first action of a step that may start."""
    if step.effect == "gate":
        return cmd.Record(ev.GateOpened(at=at.now, step=step.id))
    if step.members and not open_members(at.program, at.state, step):
        return cmd.Record(settled_event(at.program, at.state, step, at.now))
    try:
        return check_command(at, step, at.state.of(step.id), "first")
    except UnresolvedArgument as error:
        return cmd.Record(
            ev.StepFailed(at=at.now, step=step.id, failure_class="permanent", message=error.message)
        )


def check_command(at: Scheduler, step: Step, record: StepRecord, purpose: cmd.CheckPurpose) -> cmd.Command:
    """The step's Check, for the members that are still open."""
    members = open_members(at.program, at.state, step) if step.members else ()
    if purpose in ("undo", "undo-probe"):
        members = active_members(at.program, at.state, step)
    arguments = resolve(at.program, at.state, step)
    return cmd.Check(step.id, step.host, purpose, arguments, members, record.before or {})


def _checked(at: Scheduler, step: Step, record: StepRecord) -> cmd.Command | None:
    if step.members and not open_members(at.program, at.state, step):
        return cmd.Record(settled_event(at.program, at.state, step, at.now))
    if at.missing_needs(step) or at.why_not(step, record):
        return None
    stale = record.checked_at is None or (at.now - record.checked_at).total_seconds() > STALE_CHECK_S
    if record.fence != at.state.fence or stale:
        return check_command(at, step, record, "first")
    if "Apply" not in step.functions and step.effect == "read":
        return cmd.Record(ev.Applied(at=at.now, step=step.id, attempt=record.attempt, by="read"))
    members = at.chunk(step) if step.members else ()
    if step.members and not members:
        return None
    attempt = record.attempt + 1
    return cmd.Record(
        ev.IntentMade(
            at=at.now,
            step=step.id,
            attempt=attempt,
            script=step.script,
            job_id=job_id(at.state.run, step.id, attempt),
            fence=at.state.fence,
            machine_id=record.machine_id,
            before=record.before or {},
            arguments=resolve(at.program, at.state, step),
            members=members,
        )
    )


def _intent(at: Scheduler, step: Step, record: StepRecord) -> cmd.Command:
    mine = record.fence == at.state.fence and not record.look
    if step.run == "job":
        return submit_command(at, step, record, "Apply") if mine else look_command(at, step, record)
    if not mine:
        return check_command(at, step, record, "probe")
    return cmd.Apply(
        step.id,
        step.host,
        record.attempt,
        record.arguments,
        members=record.chunk,
        before=record.before or {},
    )


def submit_command(at: Scheduler, step: Step, record: StepRecord, function: str) -> cmd.Command:
    """The step's detached job, of Apply or of Rollback."""
    undo = function == "Rollback"
    return cmd.SubmitJob(
        step.id,
        step.host,
        record.undo_attempt if undo else record.attempt,
        record.job_id,
        at.state.fence,
        at.state.run,
        record.machine_id,
        record.arguments,
        "Rollback" if undo else "Apply",
        members=at.program.members(step) if undo else record.chunk,
        before=record.before or {},
    )


def look_command(at: Scheduler, step: Step, record: StepRecord) -> cmd.Command:
    """A look at the step's job; `running` is expected only of one that this controller started or adopted."""
    followed = record.fence == at.state.fence and record.submissions > 0
    undoing = record.status is Status.UNDOING
    return cmd.LookJob(
        step.id,
        step.host,
        record.undo_attempt if undoing else record.attempt,
        record.job_id,
        record.machine_id,
        "running" if followed and (undoing or record.status is Status.SUBMITTED) else "anything",
    )


def _applied(at: Scheduler, step: Step, record: StepRecord) -> cmd.Command:
    if record.reboot:
        return cmd.Record(ev.RebootIntended(at=at.now, step=step.id, host=step.host, boot_id=record.boot_id))
    return _verify(at, step, record)


def _verify(at: Scheduler, step: Step, record: StepRecord) -> cmd.Command:
    return cmd.Verify(
        step.id,
        step.host,
        record.arguments or resolve(at.program, at.state, step),
        record.chunk,
        record.before or {},
        "Verify" if "Verify" in step.functions else "Check",
    )


def _verified(at: Scheduler, step: Step, record: StepRecord) -> cmd.Command | None:
    if step.acceptance and not record.accepted_by:
        return None
    left_out = set(at.program.members(step)) - set(record.members) if step.members else set()
    return cmd.Record(
        ev.StepDone(
            at=at.now,
            step=step.id,
            message=record.message,
            left_out=tuple(m for m in at.program.members(step) if m in left_out),
        )
    )


def _gate(at: Scheduler, step: Step, record: StepRecord) -> cmd.Command | None:
    closes = step.gate.closes if step.gate else "person"
    by_probe = closes in ("probe", "both") and "Check" in step.functions
    by_person = closes in ("person", "both") or not by_probe
    if (record.probe_ok or not by_probe) and (record.confirmed_by or not by_person):
        message = f"confirmed by {record.confirmed_by}" if record.confirmed_by else "seen by its probe"
        return cmd.Record(ev.StepDone(at=at.now, step=step.id, message=message))
    if by_probe and not record.probe_ok and not at.why_not(step, record):
        return check_command(at, step, record, "gate")
    return None


def _broken(at: Scheduler, step: Step, record: StepRecord) -> cmd.Command:
    seconds = pause(at.program.change.policy, step, record)
    if seconds is None and _unproven(step, record):
        message = f"what it came to could not be verified: {record.message}"
        return cmd.Record(ev.BecameUnknown(at=at.now, step=step.id, message=message))
    if seconds is None:
        return cmd.Record(
            ev.StepFailed(at=at.now, step=step.id, failure_class=record.failure_class, message=record.message)
        )
    later = at.now + timedelta(seconds=seconds)
    return cmd.Record(ev.RetryPlanned(at=at.now, step=step.id, not_before_at=later))


def _unproven(step: Step, record: StepRecord) -> bool:
    """Verify itself failed, which is no answer: the effect may well be there."""
    return step.mutating and record.during == "verify" and record.error_id != VERIFY_SAYS_FAILED


def _reopened(at: Scheduler, step: Step, record: StepRecord) -> cmd.Command | None:
    if not record.left_out:
        return None
    back = set(record.left_out) & set(open_members(at.program, at.state, step))
    if not back:
        return None
    members = tuple(m for m in record.left_out if m in back)
    return cmd.Record(ev.Reopened(at=at.now, step=step.id, members=members))


def _nothing(at: Scheduler, step: Step, record: StepRecord) -> None:
    return None


_BY_STATUS: dict[Status, Callable[[Scheduler, Step, StepRecord], cmd.Command | None]] = {
    Status.WAITING: _nothing,
    Status.RETRY: _nothing,
    Status.CHECKED: _checked,
    Status.INTENT: _intent,
    Status.ABSENT: lambda at, step, record: check_command(at, step, record, "recheck"),
    Status.SUBMITTED: look_command,
    Status.APPLIED: _applied,
    Status.REBOOTING: lambda at, step, record: cmd.Reboot(step.id, step.host, record.boot_before),
    Status.RESTARTED: lambda at, step, record: cmd.AwaitReady(step.id, step.host),
    Status.PENDING: _verify,
    Status.VERIFIED: _verified,
    Status.OPEN: _gate,
    Status.BROKEN: _broken,
    Status.DONE: _reopened,
    Status.SKIPPED: _nothing,
    Status.FAILED: _nothing,
    Status.BLOCKED: _nothing,
    Status.INTERRUPTED: _nothing,
    Status.UNKNOWN: _nothing,
    Status.UNDOING: _nothing,
    Status.UNDO_APPLIED: _nothing,
}
