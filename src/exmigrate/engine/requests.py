"""What other commands ask of the holder of the lease, turned into events or refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from shlex import quote
from typing import Any

from exmigrate.model import Step

from . import events as ev
from .codec import Event
from .errors import RequestRefused
from .program import Program
from .rollback import plan_rollback
from .state import ENDED, RunState, Status, StepRecord

KINDS = ("confirm", "reject", "accept", "decline", "skip", "retry", "resolve", "rollback")
"""What can be asked."""


@dataclass(frozen=True)
class Request:
    """A wish of a person.

    Attributes:
        kind: one of `KINDS`.
        step: the step it is about; for `rollback` the marker.
        who: name of the person.
        evidence: what they give as proof, or the reason.
        members: members it is restricted to (`skip --member`, `retry`).
        how: for `resolve`: `done`, `redo` or `failed`.
    """

    kind: str
    step: str
    who: str
    evidence: str = ""
    members: tuple[str, ...] = ()
    how: str = ""

    def to_json(self) -> dict[str, Any]:
        """The request as a JSON mapping."""
        return {
            "kind": self.kind,
            "step": self.step,
            "who": self.who,
            "evidence": self.evidence,
            "members": list(self.members),
            "how": self.how,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Request:
        """Read a request back."""
        return cls(
            str(data["kind"]),
            str(data["step"]),
            str(data.get("who") or ""),
            str(data.get("evidence") or ""),
            tuple(str(m) for m in data.get("members") or ()),
            str(data.get("how") or ""),
        )


def grant(program: Program, state: RunState, request: Request, now: datetime) -> Event:
    """The event that a request becomes.

    Raises:
        RequestRefused: it does not fit the state of the run; RollbackRefused for a rollback.
    """
    if request.kind not in _GRANTS and request.kind != "rollback":
        raise RequestRefused(f"There is no request {request.kind!r}.", why=f"known: {', '.join(KINDS)}")
    if not request.who:
        raise RequestRefused(f"{request.kind} needs to know who asks.", step=request.step)
    if request.kind == "rollback":
        return plan_rollback(program, state, request.step).event(now, request.who)
    step = program.by_id.get(request.step)
    if step is None:
        raise RequestRefused(f"This change has no step {request.step!r}.", next="exmigrate status PLAN")
    return _GRANTS[request.kind](program, step, state.of(step.id), request, now)


def _refused(step: Step, record: StepRecord, what: str, next: str = "") -> RequestRefused:
    return RequestRefused(f"{step.id} is {record.status}: {what}.", step=step.id, next=next)


def _confirm(p: Program, step: Step, record: StepRecord, r: Request, now: datetime) -> Event:
    if step.effect != "gate":
        raise _refused(step, record, "it is not a gate", f"exmigrate gates accept {quote(step.id)} PLAN")
    if record.status is Status.UNDOING:
        return ev.Undone(at=now, step=step.id, by="person", who=r.who, message=r.evidence)
    if record.status in ENDED:
        raise _refused(step, record, "there is nothing to confirm")
    if step.gate and step.gate.closes == "probe":
        raise _refused(step, record, "its probe closes it, a person's word does not")
    return ev.GateConfirmed(at=now, step=step.id, who=r.who, evidence=r.evidence)


def _reject(p: Program, step: Step, record: StepRecord, r: Request, now: datetime) -> Event:
    if step.effect != "gate" or not record.confirmed_by or record.status in ENDED:
        raise _refused(step, record, "there is no confirmation to take back")
    return ev.GateRejected(at=now, step=step.id, who=r.who, reason=r.evidence)


def _accept(p: Program, step: Step, record: StepRecord, r: Request, now: datetime) -> Event:
    if not step.acceptance or record.status is not Status.VERIFIED:
        raise _refused(step, record, "it does not wait for an acceptance")
    return ev.AcceptanceGiven(
        at=now, step=step.id, who=r.who, accepted=r.kind == "accept", evidence=r.evidence
    )


def _skip(p: Program, step: Step, record: StepRecord, r: Request, now: datetime) -> Event:
    if r.members:
        unknown = [m for m in r.members if m not in p.members(step)]
        if unknown:
            raise _refused(step, record, f"it has no member {unknown[0]!r}")
        return ev.MembersSkipped(at=now, step=step.id, who=r.who, members=r.members, reason=r.evidence)
    if record.status not in (Status.WAITING, Status.FAILED, Status.BLOCKED, Status.RETRY, Status.OPEN):
        raise _refused(step, record, "only what is waiting, failed or blocked can be skipped")
    return ev.StepSkipped(
        at=now, step=step.id, by="person", who=r.who, message=f"skipped by {r.who}: {r.evidence}"
    )


def _retry(p: Program, step: Step, record: StepRecord, r: Request, now: datetime) -> Event:
    stuck = record.status in (Status.FAILED, Status.BLOCKED, Status.RETRY) or record.undo_failed
    if record.status in (Status.UNKNOWN, Status.INTERRUPTED):
        raise _refused(
            step,
            record,
            "it must be resolved",
            f"exmigrate resolve {quote(step.id)} PLAN --done|--redo|--failed",
        )
    if not stuck and not (record.status is Status.DONE and record.failed_members):
        raise _refused(step, record, "there is nothing to try again")
    return ev.RetryAsked(at=now, step=step.id, who=r.who, members=r.members)


def _resolve(p: Program, step: Step, record: StepRecord, r: Request, now: datetime) -> Event:
    if r.how not in ("done", "redo", "failed"):
        raise _refused(step, record, "say --done, --redo or --failed")
    half_done = record.status is Status.BLOCKED and bool(record.watermark)
    if record.status not in (Status.UNKNOWN, Status.INTERRUPTED) and not half_done:
        raise _refused(
            step,
            record,
            "only what is unknown or interrupted is resolved",
            f"exmigrate retry {quote(step.id)} PLAN",
        )
    return ev.Resolved(at=now, step=step.id, how=r.how, who=r.who, evidence=r.evidence)


_GRANTS: dict[str, Callable[[Program, Step, StepRecord, Request, datetime], Event]] = {
    "confirm": _confirm,
    "reject": _reject,
    "accept": _accept,
    "decline": _accept,
    "skip": _skip,
    "retry": _retry,
    "resolve": _resolve,
}
