"""Events that people bring about, and those of going back to a marker; `events` re-exports them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from .codec import Event, StepEvent, register


@register
@dataclass(frozen=True, kw_only=True)
class GateConfirmed(StepEvent):
    """A person says that it is done; counts once the gate's needs are done."""

    type: ClassVar[str] = "gate-confirmed"
    who: str
    evidence: str = ""


@register
@dataclass(frozen=True, kw_only=True)
class GateRejected(StepEvent):
    """A person takes a confirmation back."""

    type: ClassVar[str] = "gate-rejected"
    who: str
    reason: str = ""


@register
@dataclass(frozen=True, kw_only=True)
class AcceptanceGiven(StepEvent):
    """A person accepts a verified step (`accepted`), or does not."""

    type: ClassVar[str] = "acceptance-given"
    who: str
    accepted: bool
    evidence: str = ""


@register
@dataclass(frozen=True, kw_only=True)
class RetryAsked(StepEvent):
    """A person wants a failed step tried again; `members` restricts it to some."""

    type: ClassVar[str] = "retry-asked"
    who: str
    members: tuple[str, ...] = ()


@register
@dataclass(frozen=True, kw_only=True)
class MembersSkipped(StepEvent):
    """A person takes members out of the step and of all that follows."""

    type: ClassVar[str] = "members-skipped"
    who: str
    members: tuple[str, ...]
    reason: str = ""


@register
@dataclass(frozen=True, kw_only=True)
class Resolved(StepEvent):
    """A person decides what an unknown or interrupted effect came to: `done`, `redo` or `failed`."""

    type: ClassVar[str] = "resolved"
    how: str
    who: str
    evidence: str = ""


@register
@dataclass(frozen=True, kw_only=True)
class RollbackStarted(Event):
    """The run goes back to a marker: `order` is undone from left to right."""

    type: ClassVar[str] = "rollback-started"
    marker: str
    order: tuple[str, ...]
    kept: Mapping[str, str] = field(default_factory=dict)
    who: str = ""


@register
@dataclass(frozen=True, kw_only=True)
class UndoIntended(StepEvent):
    """A step's Rollback is about to be sent, with the before-image of its first Check."""

    type: ClassVar[str] = "undo-intended"
    attempt: int
    job_id: str
    fence: int
    machine_id: str = ""


@register
@dataclass(frozen=True, kw_only=True)
class UndoApplied(StepEvent):
    """The Rollback returned."""

    type: ClassVar[str] = "undo-applied"
    attempt: int
    reboot: bool = False
    message: str = ""


@register
@dataclass(frozen=True, kw_only=True)
class Undone(StepEvent):
    """A Check says `needed` again: the step is undone."""

    type: ClassVar[str] = "undone"
    by: str = "check"
    who: str = ""
    message: str = ""


@register
@dataclass(frozen=True, kw_only=True)
class RollbackFinished(Event):
    """Everything of the rollback is undone; the run may go forward again from there."""

    type: ClassVar[str] = "rollback-finished"
    marker: str
