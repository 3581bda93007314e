"""What may start now: selection, needs, slots, exclusives, limits, windows. Answers with the reason if not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from exmigrate.model import Step

from . import commands as cmd
from .members import chunk_that_fits, failed_before
from .program import DIRECTORY_PREPARATION, SETUP, Program
from .selection import selected
from .situation import Situation
from .state import ENDED, IN_EFFECT, RunState, Status, StepRecord
from .windows import Calendar, window_name

HOLDS_LIMIT = IN_EFFECT | {Status.PENDING}


@dataclass(frozen=True)
class Scheduler:
    """One moment of a run, seen for what may start."""

    program: Program
    state: RunState
    now: datetime
    situation: Situation

    @cached_property
    def calendar(self) -> Calendar:
        """The windows of the change's policy."""
        return Calendar.of(self.program.change.policy, self.situation.zones)

    @cached_property
    def chosen(self) -> frozenset[str]:
        """Steps of this session's selection."""
        return selected(self.program, self.state.selection)

    @property
    def closing(self) -> bool:
        """Whether this session starts nothing more."""
        return bool(self.state.stopped or self.state.rolled_back_to or self.situation.stopping)

    def plus(self, commands: Iterable[cmd.StepCommand]) -> Scheduler:
        """The same moment with these commands under way as well."""
        going = {c.step: c for c in commands}
        if not going:
            return self
        situation = replace(self.situation, running={**self.situation.running, **going})
        made = Scheduler(self.program, self.state, self.now, situation)
        # What does not depend on what is under way is kept: this is done once for every step that starts.
        made.__dict__.update(
            calendar=self.calendar,
            chosen=self.chosen,
            live=(*self.live, *(self.program.by_id[i] for i in going)),
        )
        return made

    @cached_property
    def live(self) -> tuple[Step, ...]:
        """Steps that have begun and not ended, and those of commands under way."""
        begun = [i for i, record in self.state.steps.items() if record.status in HOLDS_LIMIT]
        return tuple(self.program.by_id[i] for i in dict.fromkeys([*begun, *self.situation.running]))

    @cached_property
    def busy(self) -> Mapping[str, str]:
        """Hosts whose mutating slot is taken, with the step that has it."""
        return {s.host: s.id for s in self.live if s.mutating and self._in_effect(s)}

    @cached_property
    def holding(self) -> tuple[Step, ...]:
        """Steps that count against limits and exclusives."""
        return tuple(s for s in self.live if self._holds(s))

    @cached_property
    def shut(self) -> Mapping[str, str]:
        """Hosts that are closed to all but one step: a Setup or a restart is under way."""
        return {
            s.host: s.id
            for s in self.live
            if self._in_effect(s)
            and (SETUP in s.tags or self.state.of(s.id).status in (Status.REBOOTING, Status.RESTARTED))
        }

    def missing_needs(self, step: Step) -> tuple[str, ...]:
        """Needs that are not done."""
        return tuple(need for need in step.needs if not self._met(step, need))

    def why_not(self, step: Step, record: StepRecord) -> str:
        """Why a step whose needs are done may not start now; empty if it may."""
        if step.id not in self.chosen:
            return "outside the selection"
        if self.state.stopped or self.situation.stopping:
            return "the run is stopping"
        if record.retry_at and record.retry_at > self.now:
            return f"tried again at {record.retry_at.isoformat(timespec='minutes')}"
        if self.shut.get(step.host, step.id) != step.id:
            return f"{step.host} is busy with {self.shut[step.host]}"
        if not step.mutating:
            return ""
        return self._slot(step) or self._exclusive(step) or self._limit(step) or self.outside_window(step)

    def opens(self, step: Step) -> datetime | None:
        """When the step's window next has room for its smallest unit; None if no coming window has."""
        seconds = self.program.unit_p90(step)
        return self.calendar.next_start(window_name(self.program.change.policy, step), self.now, seconds)

    def room(self, step: Step) -> int | None:
        """Seconds left for work on members; None where no window bounds it."""
        return self.calendar.room(window_name(self.program.change.policy, step), self.now)

    def chunk(self, step: Step) -> tuple[str, ...]:
        """The members that the step's next intent takes."""
        return chunk_that_fits(self.program, self.state, step, self.room(step), self.live)

    def rank(self, step: Step) -> tuple[int, int, int]:
        """Sorting key: companions of a unit first, then priority (small first), then longest remaining path."""
        urgent = 0 if step.window.startswith("with:") else 1
        return (urgent, step.priority, -self.program.remaining[step.id])

    def _met(self, step: Step, need: str) -> bool:
        record = self.state.of(need)
        if record.status not in ENDED:
            return False
        if step.members or not self.program.by_id[need].members or not self._needs_whole_kind(step, need):
            return True
        return not failed_before(self.program, self.state, self.program.by_id[need])

    def _needs_whole_kind(self, step: Step, need: str) -> bool:
        """A need on `@all`: failed members of one batch keep it unmet until they are retried or skipped."""
        return set(self.program.by_kind[self.program.by_id[need].kind]) <= set(step.needs)

    def _in_effect(self, step: Step) -> bool:
        running = self.situation.running.get(step.id)
        if self.state.of(step.id).status in IN_EFFECT:
            return True
        return running is not None and step.mutating and not _only_looks(running)

    def _holds(self, step: Step) -> bool:
        """What waits for its postcondition (a replica that drains for days) holds nothing, unless it is moves."""
        pending = self.state.of(step.id).status is Status.PENDING
        return step.mutating and (self._in_effect(step) or (pending and bool(step.members or step.limits)))

    def _slot(self, step: Step) -> str:
        other = self.busy.get(step.host, step.id)
        return "" if other == step.id else f"{step.host} is busy with {other}"

    def _exclusive(self, step: Step) -> str:
        preparing = DIRECTORY_PREPARATION in step.tags
        for other in self.holding:
            if other.id == step.id:
                continue
            if preparing and (SETUP in other.tags or DIRECTORY_PREPARATION in other.tags):
                return f"no other Setup may run during directory preparation: {other.id}"
            if DIRECTORY_PREPARATION in other.tags and SETUP in step.tags:
                return f"directory preparation: {other.id}"
        return ""

    def _limit(self, step: Step) -> str:
        limits = self.program.change.policy.get("limits") or {}
        for name in ("organization", "site", *step.limits):
            most = limits.get(name)
            held = sum(1 for o in self.holding if o.id != step.id and _counts(name, o, step))
            if most is not None and held >= int(most):
                return f"limit {name}: {held} of {most}"
        return ""

    def outside_window(self, step: Step) -> str:
        """Why the step's window forbids its start now; empty if it does not."""
        if step.window.startswith("with:"):
            return ""
        at = self.opens(step)
        if at == self.now:
            return ""
        return f"its window opens {at:%a %Y-%m-%d %H:%M} UTC" if at else "no coming window is long enough"


def _only_looks(command: cmd.StepCommand) -> bool:
    return isinstance(command, cmd.Verify) or (isinstance(command, cmd.Check) and command.purpose == "gate")


def _counts(limit: str, other: Step, step: Step) -> bool:
    """Whether another step under way counts against this one's limit."""
    match limit:
        case "organization":
            return True
        case "site":
            return bool(_site(step)) and _site(other) == _site(step)
        case _:
            return limit in other.limits


def _site(step: Step) -> str:
    return step.scope.site or (step.scope.name if step.scope.level == "site" else "")
