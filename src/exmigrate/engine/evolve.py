"""`evolve(state, event) -> state`: one line of meaning per event; no policy, no time, no graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import reduce
from typing import Any

from . import events as ev
from .codec import Event
from .state import ENDED, STUCK, Member, RunState, Status, StepRecord


def evolve(state: RunState, event: Event) -> RunState:
    """Fold one event into the state. Total: every registered event is known."""
    if isinstance(event, ev.StepEvent):
        record = _STEP[type(event)](state.of(event.step), event)
        return state.with_step(event.step, _times(record, event))
    return _RUN[type(event)](state, event)


def fold(events: Iterable[Event]) -> RunState:
    """The state after all these events."""
    return reduce(evolve, events, RunState())


def _times(record: StepRecord, event: ev.StepEvent) -> StepRecord:
    started = record.started_at
    if started is None and record.status not in (Status.WAITING, Status.SKIPPED):
        started = event.at
    ended = event.at if record.status in ENDED | STUCK else None
    if record.ended_at is not None and ended is not None:
        ended = record.ended_at
    return replace(record, started_at=started, ended_at=ended)


def _run_started(s: RunState, e: ev.RunStarted) -> RunState:
    return replace(s, run=e.run, effect_digest=e.effect_digest, mode=e.mode, plan=e.plan, started_at=e.at)


def _controller_took(s: RunState, e: ev.ControllerTook) -> RunState:
    return replace(
        s,
        fence=e.fence,
        owner=e.owner,
        driven=True,
        selection=dict(e.selection),
        stopped="",
        rolled_back_to="",
        outcome="",
    )


def _controller_left(s: RunState, e: ev.ControllerLeft) -> RunState:
    return replace(s, driven=False, outcome=e.outcome)


def _run_stopped(s: RunState, e: ev.RunStopped) -> RunState:
    return replace(s, stopped=e.message)


def _rollback_started(s: RunState, e: ev.RollbackStarted) -> RunState:
    return replace(
        s, rollback=e.marker, rollback_order=tuple(e.order), rollback_kept=dict(e.kept), rolled_back_to=""
    )


def _rollback_finished(s: RunState, e: ev.RollbackFinished) -> RunState:
    return replace(s, rollback="", rollback_order=(), rolled_back_to=e.marker)


def _checked(r: StepRecord, e: ev.Checked) -> StepRecord:
    members = {**r.members, **_found(e.members)}
    blocked = e.state == "blocked"
    return replace(
        r,
        status=Status.BLOCKED if blocked else Status.CHECKED,
        fence=e.fence,
        machine_id=e.machine_id,
        boot_id=e.boot_id,
        before=dict(e.before) if r.before is None else r.before,
        watermark=e.watermark,
        message=e.message,
        retry_at=None,
        checked_at=e.at,
        members=members,
    )


def _found(members: Any) -> dict[str, Member]:
    """Members that a Check found at their end already, or that cannot be worked on."""
    ended = {"satisfied": "done", "blocked": "failed", "failed": "failed"}
    return {
        name: Member(ended[m["state"]], str(m.get("message") or "already so"))
        for name, m in members.items()
        if m["state"] in ended
    }


def _intent(r: StepRecord, e: ev.IntentMade) -> StepRecord:
    return replace(
        r,
        status=Status.INTENT,
        attempt=e.attempt,
        job_id=e.job_id,
        fence=e.fence,
        machine_id=e.machine_id,
        arguments=e.arguments,
        chunk=tuple(e.members),
        touched=tuple(dict.fromkeys((*r.touched, *e.members))),
        intended=True,
        look=False,
        redo=False,
        probed=False,
        reboot=False,
        submissions=0,
        message="",
    )


def _submitted(r: StepRecord, e: ev.Submitted) -> StepRecord:
    count = r.submissions + (0 if e.adopted else 1)
    return replace(
        r,
        status=Status.UNDOING if r.undoing else Status.SUBMITTED,
        fence=e.fence,
        look=False,
        boot_id=e.boot_id or r.boot_id,
        sent_at=r.sent_at if e.adopted and r.sent_at else e.at,
        submissions=count,
        failures=_without(r.failures, "look"),
    )


def _applied(r: StepRecord, e: ev.Applied) -> StepRecord:
    settled = _settled(e.members)
    chunk = tuple(n for n in r.chunk if n not in settled)
    return replace(
        r,
        status=Status.WAITING if r.chunk and not chunk else Status.APPLIED,
        look=False,
        facts={**r.facts, **e.facts},
        reboot=e.reboot,
        message=e.message,
        members={**r.members, **settled},
        chunk=chunk,
    )


def _settled(members: Any) -> dict[str, Member]:
    """Members that Apply itself reports as failed; the others are for Verify to say."""
    return {
        name: Member("failed", str(m.get("message", "")))
        for name, m in members.items()
        if m.get("state") == "failed"
    }


def _members_settled(r: StepRecord, e: ev.MembersSettled) -> StepRecord:
    new = {n: Member(str(m["state"]), str(m.get("message", ""))) for n, m in e.members.items()}
    members = {**r.members, **new}
    left = tuple(n for n in r.chunk if n not in members)
    status = r.status if left else Status.WAITING
    return replace(r, members=members, chunk=left, status=status)


def _step_done(r: StepRecord, e: ev.StepDone) -> StepRecord:
    return replace(
        r, status=Status.DONE, message=e.message, left_out=tuple(e.left_out), failures={}, retry_at=None
    )


def _step_skipped(r: StepRecord, e: ev.StepSkipped) -> StepRecord:
    return replace(
        r, status=Status.SKIPPED, message=e.message, facts={**r.facts, **e.facts}, failures={}, retry_at=None
    )


def _attempt_failed(r: StepRecord, e: ev.AttemptFailed) -> StepRecord:
    count = r.failures.get(e.failure_class, 0) + 1
    status = r.status if r.undoing else Status.BROKEN
    return replace(
        r,
        status=status,
        failures={**r.failures, e.failure_class: count},
        failure_class=e.failure_class,
        during=e.during,
        message=e.message,
        error_id=e.error_id,
        undo_failed=r.undoing,
    )


def _retry_asked(r: StepRecord, e: ev.RetryAsked) -> StepRecord:
    chosen = set(e.members or r.failed_members)
    members = {n: m for n, m in r.members.items() if not (n in chosen and m.state == "failed")}
    if r.undo_failed:
        return replace(r, status=Status.FAILED, undo_failed=False, undoing=False, failures={})
    return replace(
        r,
        status=Status.WAITING,
        members=members,
        chunk=(),
        failures={},
        retry_at=None,
        message="",
        left_out=(),
    )


def _resolved(r: StepRecord, e: ev.Resolved) -> StepRecord:
    match e.how:
        case "done":
            return replace(r, status=Status.APPLIED, look=False, failures={}, message="")
        case "redo":
            return replace(r, status=Status.WAITING, look=False, redo=True, failures={}, chunk=(), message="")
        case _:
            return replace(r, status=Status.FAILED, message=f"resolved as failed by {e.who}")


def _retry_planned(r: StepRecord, e: ev.RetryPlanned) -> StepRecord:
    """A read is repeated where it stood; an effect begins again at its Check."""
    status = Status.APPLIED if r.during == "verify" and r.intended else Status.RETRY
    return replace(r, status=status, retry_at=e.not_before_at)


def _acceptance(r: StepRecord, e: ev.AcceptanceGiven) -> StepRecord:
    if e.accepted:
        return replace(r, accepted_by=e.who, evidence=e.evidence)
    return replace(
        r, status=Status.FAILED, failure_class="permanent", message=f"not accepted by {e.who}: {e.evidence}"
    )


def _undo_intended(r: StepRecord, e: ev.UndoIntended) -> StepRecord:
    return replace(
        r,
        status=Status.UNDOING,
        undoing=True,
        undo_attempt=e.attempt,
        job_id=e.job_id,
        fence=e.fence,
        machine_id=e.machine_id or r.machine_id,
        look=False,
        undo_failed=False,
        submissions=0,
    )


def _undone(r: StepRecord, e: ev.Undone) -> StepRecord:
    kept = StepRecord(attempt=r.attempt, before=r.before, undo_attempt=r.undo_attempt)
    return replace(kept, message=e.message or "rolled back")


def _members_skipped(r: StepRecord, e: ev.MembersSkipped) -> StepRecord:
    new = {name: Member("skipped", f"by {e.who}: {e.reason}") for name in e.members}
    return replace(r, members={**r.members, **new}, chunk=tuple(n for n in r.chunk if n not in new))


def _without(counts: Any, key: str) -> dict[str, int]:
    return {k: v for k, v in counts.items() if k != key}


def _answer_lost(r: StepRecord, e: ev.AnswerLost) -> StepRecord:
    count = r.failures.get("ambiguous", 0) + 1
    return replace(r, look=True, message=e.message, failures={**r.failures, "ambiguous": count})


def _host_ready(r: StepRecord, _: ev.HostReady) -> StepRecord:
    status = Status.UNDO_APPLIED if r.undoing else Status.APPLIED
    return replace(r, status=status, reboot=False)


_RUN: dict[type[Event], Callable[[RunState, Any], RunState]] = {
    ev.RunStarted: _run_started,
    ev.ControllerTook: _controller_took,
    ev.ControllerLeft: _controller_left,
    ev.RunStopped: _run_stopped,
    ev.RollbackStarted: _rollback_started,
    ev.RollbackFinished: _rollback_finished,
}

_STEP: dict[type[Event], Callable[[StepRecord, Any], StepRecord]] = {
    ev.Checked: _checked,
    ev.IntentMade: _intent,
    ev.Submitted: _submitted,
    ev.LookedAbsent: lambda r, e: replace(r, status=Status.ABSENT, failures=_without(r.failures, "look")),
    ev.SendAgain: lambda r, e: replace(
        r, status=Status.UNDOING if r.undoing else Status.INTENT, fence=e.fence, look=False, submissions=0
    ),
    ev.LookFailed: lambda r, e: replace(
        r, look=True, message=e.message, failures={**r.failures, "look": r.failures.get("look", 0) + 1}
    ),
    ev.AnswerLost: _answer_lost,
    ev.Applied: _applied,
    ev.RebootIntended: lambda r, e: replace(r, status=Status.REBOOTING, boot_before=e.boot_id),
    ev.Rebooted: lambda r, e: replace(r, status=Status.RESTARTED, boot_id=e.boot_after),
    ev.HostReady: _host_ready,
    ev.PendingSeen: lambda r, e: replace(r, status=Status.PENDING, message=e.message),
    ev.MembersSettled: _members_settled,
    ev.Verified: lambda r, e: replace(
        r, status=Status.VERIFIED, facts={**r.facts, **e.facts}, message=e.message, failures={}
    ),
    ev.StepDone: _step_done,
    ev.StepSkipped: _step_skipped,
    ev.Reopened: lambda r, e: replace(r, status=Status.WAITING, left_out=()),
    ev.AttemptFailed: _attempt_failed,
    ev.RetryPlanned: _retry_planned,
    ev.StepFailed: lambda r, e: replace(
        r, status=Status.FAILED, failure_class=e.failure_class, message=e.message, retry_at=None
    ),
    ev.Interrupted: lambda r, e: replace(
        r, status=Status.INTERRUPTED, message=e.message, watermark=e.watermark
    ),
    ev.BecameUnknown: lambda r, e: replace(r, status=Status.UNKNOWN, message=e.message),
    ev.GateOpened: lambda r, e: replace(r, status=Status.OPEN, gate_open=True),
    ev.GateProbed: lambda r, e: replace(
        r, probe_ok=e.satisfied, facts={**r.facts, **e.facts}, message=e.message
    ),
    ev.GateConfirmed: lambda r, e: replace(r, confirmed_by=e.who, evidence=e.evidence),
    ev.GateRejected: lambda r, e: replace(
        r, confirmed_by="", evidence="", message=f"rejected by {e.who}: {e.reason}"
    ),
    ev.AcceptanceGiven: _acceptance,
    ev.RetryAsked: _retry_asked,
    ev.MembersSkipped: _members_skipped,
    ev.Resolved: _resolved,
    ev.UndoIntended: _undo_intended,
    ev.UndoApplied: lambda r, e: replace(
        r,
        status=Status.UNDO_APPLIED,
        reboot=e.reboot,
        message=e.message,
        look=False,
        undo_applied_at=e.at,
    ),
    ev.Undone: _undone,
}
