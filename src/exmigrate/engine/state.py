"""The state of a run: what the journal folds to, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any


class Status(StrEnum):
    """Where a step stands. The comment says what comes next."""

    WAITING = "waiting"  # needs, window, slot; then Check
    CHECKED = "checked"  # Check said needed; then intent
    INTENT = "intent"  # durable intent; then send, or look if of an earlier controller
    ABSENT = "absent"  # a look found nothing begun; then Check again
    SUBMITTED = "submitted"  # a job; looked at until it ends
    APPLIED = "applied"  # then reboot or Verify
    REBOOTING = "rebooting"  # then another boot id
    RESTARTED = "restarted"  # then services
    PENDING = "pending"  # Verify again later, host slot free
    VERIFIED = "verified"  # then acceptance or done
    OPEN = "open"  # a gate whose needs are done
    BROKEN = "broken"  # an attempt failed; then retry or failed
    RETRY = "retry"  # then Check, not before a time
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    BLOCKED = "blocked"
    INTERRUPTED = "interrupted"
    UNKNOWN = "unknown"
    UNDOING = "undoing"  # rollback sent or about to be
    UNDO_APPLIED = "undo-applied"  # then Check


ENDED = frozenset({Status.DONE, Status.SKIPPED})
"""Dependants may go on."""

STUCK = frozenset({Status.FAILED, Status.BLOCKED, Status.INTERRUPTED, Status.UNKNOWN})
"""Only a person moves it."""

IN_EFFECT = frozenset(
    {
        Status.INTENT,
        Status.ABSENT,
        Status.SUBMITTED,
        Status.APPLIED,
        Status.REBOOTING,
        Status.RESTARTED,
        Status.UNDOING,
        Status.UNDO_APPLIED,
    }
)
"""Something is under way on the host: its slot is taken."""


@dataclass(frozen=True)
class Member:
    """One member of a step: `done`, `failed` or `skipped`."""

    state: str
    message: str = ""


@dataclass(frozen=True)
class StepRecord:
    """What the journal says of one step; `touched` are the members that any intent of it has named."""

    status: Status = Status.WAITING
    attempt: int = 0
    fence: int = 0
    job_id: str = ""
    machine_id: str = ""
    boot_id: str = ""
    before: Mapping[str, Any] | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    arguments: Mapping[str, Any] = field(default_factory=dict)
    intended: bool = False
    look: bool = False
    watermark: str = ""
    redo: bool = False
    probed: bool = False
    reboot: bool = False
    boot_before: str = ""
    failures: Mapping[str, int] = field(default_factory=dict)
    failure_class: str = ""
    during: str = ""
    message: str = ""
    retry_at: datetime | None = None
    members: Mapping[str, Member] = field(default_factory=dict)
    chunk: tuple[str, ...] = ()
    touched: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    gate_open: bool = False
    probe_ok: bool = False
    confirmed_by: str = ""
    evidence: str = ""
    accepted_by: str = ""
    error_id: str = ""
    undoing: bool = False
    undo_attempt: int = 0
    undo_failed: bool = False
    undo_applied_at: datetime | None = None
    checked_at: datetime | None = None
    sent_at: datetime | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    submissions: int = 0

    @property
    def failed_members(self) -> tuple[str, ...]:
        """Members that failed and were neither retried nor skipped."""
        return tuple(n for n, m in self.members.items() if m.state == "failed")


@dataclass(frozen=True)
class RunState:
    """The run as its journal tells it."""

    run: str = ""
    effect_digest: str = ""
    mode: str = "live"
    plan: str = ""
    fence: int = 0
    owner: str = ""
    driven: bool = False
    selection: Mapping[str, str] = field(default_factory=dict)
    steps: Mapping[str, StepRecord] = field(default_factory=dict)
    stopped: str = ""
    rollback: str = ""
    rollback_order: tuple[str, ...] = ()
    rollback_kept: Mapping[str, str] = field(default_factory=dict)
    rolled_back_to: str = ""
    started_at: datetime | None = None
    outcome: str = ""

    def of(self, step: str) -> StepRecord:
        """The record of a step; the empty one where the journal has nothing of it."""
        return self.steps.get(step, _EMPTY)

    def with_step(self, step: str, record: StepRecord) -> RunState:
        """The same state with another record of one step."""
        return replace(self, steps={**self.steps, step: record})


_EMPTY = StepRecord()
