"""The events of a run, in the order in which they can happen.

run-started        what is run (the change's bytes stand before it, as the journal's first record)
controller-took    a controller holds the lease: its fence, its selection
  checked            a Check answered `needed` or `blocked`, or a look found nothing
  intent-made        the effect is about to be sent, with everything needed to find it again
  submitted          a detached job has its directory and its task
  applied            the effect returned, or its receipt was read
  reboot-intended, rebooted, host-ready
  pending-seen       the postcondition is not there yet and is waited for
  verified           an independent look saw the postcondition
  step-done / step-skipped / attempt-failed / retry-planned / step-failed / became-unknown / interrupted
controller-left    the controller ended of its own will
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from .codec import Event, StepEvent, register
from .wishes import (
    AcceptanceGiven,
    GateConfirmed,
    GateRejected,
    MembersSkipped,
    Resolved,
    RetryAsked,
    RollbackFinished,
    RollbackStarted,
    UndoApplied,
    UndoIntended,
    Undone,
)

Facts = Mapping[str, Any]


@register
@dataclass(frozen=True, kw_only=True)
class RunStarted(Event):
    """A run begins. `mode` is `live` or `rehearsed`."""

    type: ClassVar[str] = "run-started"
    run: str
    effect_digest: str
    basis_digest: str = ""
    mode: str = "live"
    plan: str = ""


@register
@dataclass(frozen=True, kw_only=True)
class ControllerTook(Event):
    """A controller holds the lease and drives. `selection` restricts what may start."""

    type: ClassVar[str] = "controller-took"
    fence: int
    owner: str
    selection: Mapping[str, str] = field(default_factory=dict)


@register
@dataclass(frozen=True, kw_only=True)
class ControllerLeft(Event):
    """The controller ended of its own will; `outcome` is that of the run so far."""

    type: ClassVar[str] = "controller-left"
    fence: int
    outcome: str


@register
@dataclass(frozen=True, kw_only=True)
class RunStopped(Event):
    """Nothing more starts in this session: going on would do harm (bad credentials lock an account)."""

    type: ClassVar[str] = "run-stopped"
    step: str
    failure_class: str
    message: str


@register
@dataclass(frozen=True, kw_only=True)
class Checked(StepEvent):
    """A Check was taken with the step's needs done and found something to do (`needed`) or nothing possible.

    `before` is kept from the first Check on; `machine_id` and `boot_id` are the server's own words.
    """

    type: ClassVar[str] = "checked"
    state: str
    fence: int
    machine_id: str = ""
    boot_id: str = ""
    before: Facts = field(default_factory=dict)
    watermark: str = ""
    message: str = ""
    members: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


@register
@dataclass(frozen=True, kw_only=True)
class IntentMade(StepEvent):
    """The effect is about to be sent. A convergent one in the same words may be sent; a `once` job only so."""

    type: ClassVar[str] = "intent-made"
    attempt: int
    script: str
    job_id: str
    fence: int
    machine_id: str = ""
    before: Facts = field(default_factory=dict)
    arguments: Mapping[str, Any] = field(default_factory=dict)
    members: tuple[str, ...] = ()


@register
@dataclass(frozen=True, kw_only=True)
class Submitted(StepEvent):
    """The job's directory is on the server and its task was started, or a job found running was adopted."""

    type: ClassVar[str] = "submitted"
    attempt: int
    job_id: str
    fence: int
    boot_id: str = ""
    adopted: bool = False


@register
@dataclass(frozen=True, kw_only=True)
class LookedAbsent(StepEvent):
    """A look found no trace that the effect had begun; its Check must still say `needed` before it is sent again."""

    type: ClassVar[str] = "looked-absent"
    attempt: int
    directory: bool = False


@register
@dataclass(frozen=True, kw_only=True)
class SendAgain(StepEvent):
    """The same attempt may be sent again: nothing of it had begun."""

    type: ClassVar[str] = "send-again"
    attempt: int
    fence: int


@register
@dataclass(frozen=True, kw_only=True)
class LookFailed(StepEvent):
    """The server could not be asked what became of the effect."""

    type: ClassVar[str] = "look-failed"
    failure_class: str
    message: str


@register
@dataclass(frozen=True, kw_only=True)
class AnswerLost(StepEvent):
    """It is not known whether the effect was carried out; a look comes first."""

    type: ClassVar[str] = "answer-lost"
    attempt: int
    message: str


@register
@dataclass(frozen=True, kw_only=True)
class Applied(StepEvent):
    """The effect returned `applied`, its receipt was read, or a probe found it carried out."""

    type: ClassVar[str] = "applied"
    attempt: int
    by: str = "apply"
    facts: Facts = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    reboot: bool = False
    message: str = ""
    members: Mapping[str, Any] = field(default_factory=dict)


@register
@dataclass(frozen=True, kw_only=True)
class RebootIntended(StepEvent):
    """The server is about to be restarted."""

    type: ClassVar[str] = "reboot-intended"
    host: str
    boot_id: str


@register
@dataclass(frozen=True, kw_only=True)
class Rebooted(StepEvent):
    """The server runs under another boot id than before."""

    type: ClassVar[str] = "rebooted"
    host: str
    boot_before: str
    boot_after: str


@register
@dataclass(frozen=True, kw_only=True)
class HostReady(StepEvent):
    """The restarted server's services are up."""

    type: ClassVar[str] = "host-ready"
    host: str


@register
@dataclass(frozen=True, kw_only=True)
class PendingSeen(StepEvent):
    """The postcondition is on its way; only the first such answer is an event, the later ones are progress."""

    type: ClassVar[str] = "pending-seen"
    message: str = ""


@register
@dataclass(frozen=True, kw_only=True)
class MembersSettled(StepEvent):
    """Members came to an end: `{name: {"state": "done" | "failed", "message": …}}`."""

    type: ClassVar[str] = "members-settled"
    members: Mapping[str, Mapping[str, str]]


@register
@dataclass(frozen=True, kw_only=True)
class Verified(StepEvent):
    """An independent look saw the postcondition; `facts` are the step's outputs."""

    type: ClassVar[str] = "verified"
    facts: Facts = field(default_factory=dict)
    message: str = ""


@register
@dataclass(frozen=True, kw_only=True)
class StepDone(StepEvent):
    """The step is done, with its postcondition verified."""

    type: ClassVar[str] = "step-done"
    message: str = ""
    left_out: tuple[str, ...] = ()


@register
@dataclass(frozen=True, kw_only=True)
class StepSkipped(StepEvent):
    """Nothing had to be done: a Check with all needs done said so (`by: check`), or a person (`by: person`)."""

    type: ClassVar[str] = "step-skipped"
    by: str
    message: str
    who: str = ""
    facts: Facts = field(default_factory=dict)


@register
@dataclass(frozen=True, kw_only=True)
class Reopened(StepEvent):
    """A done step has members to do that were left out of it before."""

    type: ClassVar[str] = "reopened"
    members: tuple[str, ...]


@register
@dataclass(frozen=True, kw_only=True)
class AttemptFailed(StepEvent):
    """An attempt came to nothing, in the phase `check`, `apply`, `verify`, `job` or `reboot`."""

    type: ClassVar[str] = "attempt-failed"
    during: str
    failure_class: str
    message: str
    error_id: str = ""


@register
@dataclass(frozen=True, kw_only=True)
class RetryPlanned(StepEvent):
    """Policy allows another try, not before `not_before_at`."""

    type: ClassVar[str] = "retry-planned"
    not_before_at: datetime


@register
@dataclass(frozen=True, kw_only=True)
class StepFailed(StepEvent):
    """The step failed for good, until somebody asks for a retry."""

    type: ClassVar[str] = "step-failed"
    failure_class: str
    message: str


@register
@dataclass(frozen=True, kw_only=True)
class Interrupted(StepEvent):
    """The job began and its process is gone without a receipt."""

    type: ClassVar[str] = "interrupted"
    attempt: int
    message: str
    watermark: str = ""


@register
@dataclass(frozen=True, kw_only=True)
class BecameUnknown(StepEvent):
    """What became of the effect cannot be told from the server; a person decides."""

    type: ClassVar[str] = "became-unknown"
    message: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


@register
@dataclass(frozen=True, kw_only=True)
class GateOpened(StepEvent):
    """A gate's needs are done; from now on its person and its probe are waited for."""

    type: ClassVar[str] = "gate-opened"


@register
@dataclass(frozen=True, kw_only=True)
class GateProbed(StepEvent):
    """A gate's probe saw (`satisfied`) what the person did, or sees it no more."""

    type: ClassVar[str] = "gate-probed"
    satisfied: bool
    message: str = ""
    facts: Facts = field(default_factory=dict)


__all__ = [
    "AcceptanceGiven",
    "AnswerLost",
    "Applied",
    "AttemptFailed",
    "BecameUnknown",
    "Checked",
    "ControllerLeft",
    "ControllerTook",
    "GateConfirmed",
    "GateOpened",
    "GateProbed",
    "GateRejected",
    "HostReady",
    "IntentMade",
    "Interrupted",
    "LookFailed",
    "LookedAbsent",
    "MembersSettled",
    "MembersSkipped",
    "PendingSeen",
    "RebootIntended",
    "Rebooted",
    "Reopened",
    "Resolved",
    "RetryAsked",
    "RetryPlanned",
    "RollbackFinished",
    "RollbackStarted",
    "RunStarted",
    "RunStopped",
    "SendAgain",
    "StepDone",
    "StepEvent",
    "StepFailed",
    "StepSkipped",
    "Submitted",
    "UndoApplied",
    "UndoIntended",
    "Undone",
    "Verified",
]
