"""What an outcome means: `absorb(program, state, command, outcome, now) -> Absorbed`. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from exmigrate.model import Step

from . import commands as cmd
from . import events as ev
from .codec import Event
from .errors import BadResult
from .members import chunk_events
from .program import Program
from .results import VERIFY_SAYS_FAILED, Result, read_result
from .retry import DEFAULTS, LOOKS, classify, wait
from .state import RunState, Status, StepRecord

JOB_POLL_S = (5, 60)
"""Seconds between two looks at a job: a tenth of the time it runs already, within these bounds."""

READY_POLL_S = 10

UNDO_POLL_S = 60
"""Seconds between two looks at members that are on their way back; given up after four times the step's P90, a day at least."""


def absorb(
    program: Program, state: RunState, command: cmd.StepCommand, outcome: cmd.Outcome, now: datetime
) -> cmd.Absorbed:
    """Turn what came back for a command into events.

    Args:
        command: what was asked.
        outcome: what came back; a `Failure` is possible for every command.
        now: organization time.
    """
    view = _View(program, state, program.by_id[command.step], state.of(command.step), now)
    if isinstance(outcome, cmd.Failure):
        return _failure(view, command, outcome)
    try:
        return _HANDLERS[type(command)](view, command, outcome)
    except BadResult as error:
        return _failure(view, command, cmd.Failure("permanent", error.message, error.code))


class _View:
    """A step in its run at one moment; short for the functions below."""

    def __init__(
        self, program: Program, state: RunState, step: Step, record: StepRecord, now: datetime
    ) -> None:
        self.program, self.state, self.step, self.record, self.now = program, state, step, record, now

    def event(self, kind: Callable[..., Event], **values: Any) -> Event:
        return kind(step=self.step.id, at=self.now, **values)

    def one(self, kind: Callable[..., Event], **values: Any) -> cmd.Absorbed:
        return cmd.Absorbed((self.event(kind, **values),))

    def failed(self, during: str, failure_class: str, message: str, error_id: str = "") -> cmd.Absorbed:
        return self.one(
            ev.AttemptFailed,
            during=during,
            failure_class=classify(self.step, failure_class, message, error_id),
            message=message,
            error_id=error_id,
        )


def _failure(view: _View, command: cmd.StepCommand, failure: cmd.Failure) -> cmd.Absorbed:
    kind = classify(view.step, failure.failure_class, failure.message, failure.error_id)
    if kind == "credentials":
        stop = ev.RunStopped(at=view.now, step=view.step.id, failure_class=kind, message=failure.message)
        return cmd.Absorbed((stop,))
    match command:
        case cmd.SubmitJob():
            return _sending_failed(view, failure, kind, "job")
        case cmd.Apply():
            return _sending_failed(view, failure, kind, "apply")
        case cmd.LookJob():
            return _look_failed(view, failure, kind)
        case cmd.Check(purpose="gate"):
            return cmd.Absorbed(again_in=_every(view.step), progress={"message": failure.message})
        case cmd.Check(purpose="first"):
            return _read_failed(view, failure, kind, "check")
        case cmd.Check(purpose="probe" | "recheck" | "undo" | "undo-probe"):
            return _look_failed(view, failure, kind)
        case cmd.Verify() | cmd.Check():
            return _read_failed(view, failure, kind, "verify")
        case _:
            return _look_failed(view, failure, kind)


def _read_failed(view: _View, failure: cmd.Failure, kind: str, during: str) -> cmd.Absorbed:
    """Reads change nothing: a lost answer is as good as a request that was never sent."""
    harmless = "never-sent" if kind == "ambiguous" else kind
    return view.failed(during, harmless, failure.message, failure.error_id)


def _sending_failed(view: _View, failure: cmd.Failure, kind: str, during: str) -> cmd.Absorbed:
    attempt = view.record.undo_attempt if view.record.status is Status.UNDOING else view.record.attempt
    # What the transport itself calls permanent was refused before anything began; a script's error may have come later.
    safe = failure.failure_class in ("never-sent", "throttled", "permanent")
    if kind == "ambiguous" or (during == "job" and not safe):
        count = view.record.failures.get("ambiguous", 0) + 1
        lost = view.event(ev.AnswerLost, attempt=attempt, message=failure.message)
        return cmd.Absorbed((lost,), again_in=wait(DEFAULTS["ambiguous"], count))
    return view.failed(during, kind, failure.message, failure.error_id)


def _look_failed(view: _View, failure: cmd.Failure, kind: str) -> cmd.Absorbed:
    count = view.record.failures.get("look", 0) + 1
    if count > LOOKS.tries:
        message = f"{view.step.host} cannot be asked what became of it: {failure.message}"
        return view.one(ev.BecameUnknown, message=message, evidence={"failure": kind})
    event = view.event(ev.LookFailed, failure_class=kind, message=failure.message)
    return cmd.Absorbed((event,), again_in=wait(LOOKS, count))


# Check


def _check(view: _View, command: cmd.Check, outcome: cmd.Returned) -> cmd.Absorbed:
    result = read_result("Check", outcome.data, view.step.id)
    machine = outcome.machine or cmd.Machine("", "")
    match command.purpose:
        case "first":
            return _first(view, command, result, machine)
        case "probe":
            return _probe(view, command, result, machine)
        case "recheck":
            return _recheck(view, result, machine)
        case "gate":
            return _gate(view, result)
        case "undo":
            return _undo(view, result)
        case _:
            return _undo_probe(view, result)


def _first(view: _View, command: cmd.Check, result: Result, machine: cmd.Machine) -> cmd.Absorbed:
    half_done = result.watermark and not view.step.resumes and not view.record.redo
    if half_done and result.state == "needed":
        return _half_done(view, command, result, machine)
    if not _settled(view, result):
        return cmd.Absorbed((_checked(view, command, result, machine),))
    if view.record.intended:
        return view.one(ev.Applied, attempt=view.record.attempt, by="probe", facts=result.facts)
    message = result.message or "its Check says that nothing is to be done"
    return view.one(ev.StepSkipped, by="check", message=message, facts=result.facts)


def _settled(view: _View, result: Result) -> bool:
    """Whether a Check leaves nothing to do; of an effect that may have lost its end no Check can say so."""
    unfinished = view.record.intended and view.step.ends_unseen
    return result.state == "satisfied" and not view.step.members and not unfinished


def _half_done(view: _View, command: cmd.Check, result: Result, machine: cmd.Machine) -> cmd.Absorbed:
    message = f"a half-done Setup is on the server: {result.watermark}"
    if view.record.intended:
        return view.one(
            ev.Interrupted, attempt=view.record.attempt, message=message, watermark=result.watermark
        )
    return cmd.Absorbed((_checked(view, command, result, machine, state="blocked", message=message),))


def _checked(
    view: _View,
    command: cmd.Check,
    result: Result,
    machine: cmd.Machine,
    state: str = "",
    message: str = "",
) -> Event:
    found = result.state if result.state != "satisfied" else "needed"
    members = {name: m for name, m in result.members.items() if name in command.members}
    if result.state == "satisfied":
        members = {name: {"state": "satisfied"} for name in command.members} | members
    return view.event(
        ev.Checked,
        state=state or found,
        fence=view.state.fence,
        machine_id=machine.machine_id,
        boot_id=machine.boot_id,
        before=result.before,
        watermark=result.watermark,
        message=message or result.message,
        members=members,
    )


def _probe(view: _View, command: cmd.Check, result: Result, machine: cmd.Machine) -> cmd.Absorbed:
    """An inline effect whose answer is missing: satisfied means that it was carried out."""
    if _settled(view, result):
        return view.one(ev.Applied, attempt=view.record.attempt, by="probe")
    if view.record.failures.get("ambiguous", 0) > DEFAULTS["ambiguous"].tries:
        return view.one(ev.StepFailed, failure_class="ambiguous", message=view.record.message)
    return cmd.Absorbed((_checked(view, command, result, machine),))


def _recheck(view: _View, result: Result, machine: cmd.Machine) -> cmd.Absorbed:
    """Nothing of the job had begun; sent again only under the three conditions of DESIGN section 7."""
    if machine.machine_id != view.record.machine_id:
        return _other_machine(view, machine)
    half_done = bool(result.watermark) and not view.step.resumes
    if result.state != "needed" or half_done:
        found = "a half-done Setup" if half_done else f"its Check says {result.state}"
        message = f"no trace of the job on the server, and {found}"
        evidence = {"check": result.state, "watermark": result.watermark, "message": result.message}
        return view.one(ev.BecameUnknown, message=message, evidence=evidence)
    return view.one(ev.SendAgain, attempt=view.record.attempt, fence=view.state.fence)


def _other_machine(view: _View, machine: cmd.Machine) -> cmd.Absorbed:
    evidence = {"machine_then": view.record.machine_id, "machine_now": machine.machine_id}
    return view.one(ev.BecameUnknown, message="the server is another machine than it was", evidence=evidence)


def _gate(view: _View, result: Result) -> cmd.Absorbed:
    satisfied = result.state == "satisfied"
    if satisfied == view.record.probe_ok:
        return cmd.Absorbed(again_in=_every(view.step), progress={"message": result.message})
    event = view.event(ev.GateProbed, satisfied=satisfied, message=result.message, facts=result.facts)
    return cmd.Absorbed((event,), again_in=_every(view.step))


def _every(step: Step) -> int:
    return max(1, step.gate.every) if step.gate else 60


def _undo(view: _View, result: Result) -> cmd.Absorbed:
    there = _not_back(view, result)
    if there and _may_come(view):
        total = len(view.record.touched)
        return cmd.Absorbed(again_in=UNDO_POLL_S, progress={"done": total - len(there), "total": total})
    if result.state == "needed" and not there:
        return view.one(ev.Undone, message="rolled back")
    found = f"{len(there)} members are not back: {', '.join(there[:5])}" if there else result.message
    return view.failed("rollback", "permanent", f"after Rollback its Check says {result.state}: {found}")


def _not_back(view: _View, result: Result) -> list[str]:
    """Members that this step worked on and whose Check still finds its effect."""
    return [n for n in view.record.touched if result.members.get(n, {}).get("state") == "satisfied"]


def _may_come(view: _View) -> bool:
    since = view.record.undo_applied_at or view.now
    return (view.now - since).total_seconds() < max(86_400, 4 * view.step.estimate.p90)


def _undo_probe(view: _View, result: Result) -> cmd.Absorbed:
    if result.state == "needed" and not _not_back(view, result):
        return view.one(ev.Undone, message="rolled back")
    return view.one(
        ev.UndoIntended,
        attempt=view.record.undo_attempt,
        job_id=view.record.job_id,
        fence=view.state.fence,
        machine_id=view.record.machine_id,
    )


# Effects


def _applied(view: _View, command: cmd.Apply, outcome: cmd.Returned) -> cmd.Absorbed:
    return _carried_out(view, command.function, outcome.data, outcome.files, "apply")


def _carried_out(view: _View, function: str, data: Any, files: Any, by: str) -> cmd.Absorbed:
    result = read_result(function, data, view.step.id)
    if function == "Rollback":
        stuck = {n: m for n, m in result.members.items() if m["state"] == "failed"}
        if stuck:
            told = "; ".join(f"{n}: {m.get('message', '')}" for n, m in list(stuck.items())[:5])
            return view.failed("rollback", "script", f"{len(stuck)} members are not taken back: {told}")
        return view.one(
            ev.UndoApplied, attempt=view.record.undo_attempt, reboot=result.reboot, message=result.message
        )
    return view.one(
        ev.Applied,
        attempt=view.record.attempt,
        by=by,
        facts=result.facts,
        files=files,
        reboot=result.reboot or view.step.reboot == "always",
        message=result.message,
        members=result.members,
    )


def _submitted(view: _View, command: cmd.SubmitJob, outcome: cmd.JobSubmitted) -> cmd.Absorbed:
    event = view.event(
        ev.Submitted,
        attempt=command.attempt,
        job_id=command.job_id,
        fence=view.state.fence,
        boot_id=outcome.machine.boot_id,
    )
    return cmd.Absorbed((event,), again_in=1)


def _looked(view: _View, command: cmd.LookJob, seen: cmd.JobView) -> cmd.Absorbed:
    undoing = view.record.status is Status.UNDOING
    if command.machine_id and seen.machine.machine_id != command.machine_id:
        return _other_machine(view, seen.machine)
    if seen.receipt is not None:
        return _receipt(view, "Rollback" if undoing else "Apply", seen.receipt)
    if seen.alive:
        return _alive(view, command, seen)
    if seen.started:
        return _dead(view, command, seen)
    if command.expect == "running":
        return _not_yet_started(view, command, seen)
    return _never_begun(view, command, seen)


def _never_begun(view: _View, command: cmd.LookJob, seen: cmd.JobView) -> cmd.Absorbed:
    if view.record.failures.get("ambiguous", 0) > DEFAULTS["ambiguous"].tries:
        return view.failed("job", "permanent", view.record.message)
    if view.record.status is Status.UNDOING:
        return cmd.Absorbed((view.event(ev.SendAgain, attempt=command.attempt, fence=view.state.fence),))
    return view.one(ev.LookedAbsent, attempt=command.attempt, directory=seen.directory)


def _alive(view: _View, command: cmd.LookJob, seen: cmd.JobView) -> cmd.Absorbed:
    known = view.record.status is Status.SUBMITTED and view.record.fence == view.state.fence
    if known and not view.record.look:
        return cmd.Absorbed(again_in=_job_pause(view))
    event = view.event(
        ev.Submitted,
        attempt=command.attempt,
        job_id=command.job_id,
        fence=view.state.fence,
        boot_id=seen.machine.boot_id,
        adopted=True,
    )
    return cmd.Absorbed((event,), again_in=_job_pause(view))


def _job_pause(view: _View) -> int:
    running = view.now - (view.record.sent_at or view.now)
    shortest, longest = JOB_POLL_S
    return max(shortest, min(longest, int(running.total_seconds()) // 10))


def _not_yet_started(view: _View, command: cmd.LookJob, seen: cmd.JobView) -> cmd.Absorbed:
    """The task was asked to start a moment ago; give it some looks before it counts as never begun."""
    count = view.record.failures.get("look", 0) + 1
    if count > 6:
        return _never_begun(view, command, seen)
    event = view.event(ev.LookFailed, failure_class="transient", message="the job has not started yet")
    return cmd.Absorbed((event,), again_in=5)


def _dead(view: _View, command: cmd.LookJob, seen: cmd.JobView) -> cmd.Absorbed:
    rebooted = bool(view.record.boot_id) and seen.machine.boot_id != view.record.boot_id
    why = "the server was restarted meanwhile" if rebooted else "its process is gone"
    message = f"the job began and left no receipt: {why}"
    if view.step.resumes or view.step.effect != "once":
        return view.failed("job", "transient", message)
    return view.one(ev.Interrupted, attempt=command.attempt, message=message)


def _receipt(view: _View, function: str, receipt: Any) -> cmd.Absorbed:
    if "error" in receipt:
        error = receipt["error"]
        return view.failed("job", "script", str(error.get("message", "")), str(error.get("id", "")))
    return _carried_out(view, function, receipt.get("result"), {}, "receipt")


# After the effect


def _verified(view: _View, command: cmd.Verify, outcome: cmd.Returned) -> cmd.Absorbed:
    result = read_result(command.function, outcome.data, view.step.id)
    if command.function == "Check":
        result = _as_verify(result)
    if command.members:
        return chunk_events(view.step.id, view.record, result, view.now)
    match result.state:
        case "verified":
            return view.one(ev.Verified, facts=result.facts, message=result.message)
        case "pending":
            return _pending(view, result)
        case _:
            message = result.message or "its postcondition is not there"
            return view.failed("verify", "script", message, VERIFY_SAYS_FAILED)


def _as_verify(result: Result) -> Result:
    """A kind without a Verify of its own is verified by its Check."""
    said = {"satisfied": "verified", "needed": "failed", "blocked": "failed", "failed": "failed"}
    members = {n: {**m, "state": said[m["state"]]} for n, m in result.members.items()}
    return replace(result, state=said[result.state], members=members)


def _pending(view: _View, result: Result) -> cmd.Absorbed:
    seen = result.pending
    progress = {"done": seen.done, "total": seen.total, "message": result.message} if seen else {}
    first = view.record.status is not Status.PENDING
    events = (view.event(ev.PendingSeen, message=result.message),) if first else ()
    return cmd.Absorbed(events, again_in=max(1, seen.next_s) if seen else 60, progress=progress)


def _rebooted(view: _View, command: cmd.Reboot, outcome: cmd.RebootSeen) -> cmd.Absorbed:
    return view.one(
        ev.Rebooted, host=command.host, boot_before=command.boot_before, boot_after=outcome.boot_id
    )


def _ready(view: _View, command: cmd.AwaitReady, outcome: cmd.Readiness) -> cmd.Absorbed:
    if outcome.ready:
        return view.one(ev.HostReady, host=command.host)
    return cmd.Absorbed(again_in=READY_POLL_S, progress={"message": outcome.message})


_HANDLERS: dict[type[cmd.StepCommand], Callable[[_View, Any, Any], cmd.Absorbed]] = {
    cmd.Check: _check,
    cmd.Apply: _applied,
    cmd.SubmitJob: _submitted,
    cmd.LookJob: _looked,
    cmd.Verify: _verified,
    cmd.Reboot: _rebooted,
    cmd.AwaitReady: _ready,
}
