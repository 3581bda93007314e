"""A tiny interpreter of the engine's commands over a world that keeps no secret of what was done to it.

The world knows hosts, which steps' effects are there, jobs with their `started` files, and how often each effect was
carried out. Faults come from a finite list, so every run ends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from exmigrate.engine import (
    Event,
    Failure,
    Finish,
    Outcome,
    Program,
    Record,
    Request,
    RunState,
    Situation,
    StepCommand,
    Wait,
    absorb,
    decide,
    evolve,
    fold,
    grant,
)
from exmigrate.engine import commands as cmd
from exmigrate.engine import events as ev
from exmigrate.model import Change, Step

START = datetime(2011, 3, 5, 20, tzinfo=UTC)


class Crash(Exception):
    """The controller is gone."""


@dataclass
class Job:
    step: str
    finished: bool = False
    receipt: dict[str, Any] | None = None
    alive: bool = True
    members: tuple[str, ...] = ()
    function: str = "Apply"


@dataclass
class World:
    """What the servers hold."""

    steps: dict[str, Step]
    present: set[str] = field(default_factory=set)
    members: dict[str, set[str]] = field(default_factory=dict)
    failing_members: set[str] = field(default_factory=set)
    jobs: dict[str, Job] = field(default_factory=dict)
    started: Counter[str] = field(default_factory=Counter)
    applied: Counter[str] = field(default_factory=Counter)
    sent: Counter[str] = field(default_factory=Counter)
    """Job ids that were sent although their job had begun."""
    machine: dict[str, str] = field(default_factory=dict)
    boots: Counter[str] = field(default_factory=Counter)
    pending: dict[str, int] = field(default_factory=dict)
    watermark: set[str] = field(default_factory=set)
    blocked: set[str] = field(default_factory=set)
    scripts: dict[tuple[str, str], Callable[[cmd.StepCommand], Any]] = field(default_factory=dict)
    log: list[tuple[str, str]] = field(default_factory=list)

    @classmethod
    def of(cls, change: Change) -> World:
        return cls({s.id: s for s in change.steps})

    def who(self, host: str) -> cmd.Machine:
        return cmd.Machine(self.machine.get(host, f"id-{host}"), f"boot-{self.boots[host]}")

    def carry_out(self, command: StepCommand) -> Outcome:
        name = type(command).__name__
        self.log.append((name, command.step))
        own = self.scripts.get((name, command.step))
        if own is not None:
            return own(command)  # type: ignore[no-any-return]
        match command:
            case cmd.Check():
                return cmd.Returned(self._check(command), self.who(command.host))
            case cmd.Apply():
                self._effect(command.step, command.function, command.members)
                return cmd.Returned({"state": "applied", "reboot": self._reboots(command.step)})
            case cmd.SubmitJob():
                return self._submit(command)
            case cmd.LookJob():
                return self._look(command)
            case cmd.Verify():
                return cmd.Returned(self._verify(command))
            case cmd.Reboot():
                if f"boot-{self.boots[command.host]}" == command.boot_before:
                    self.boots[command.host] += 1
                return cmd.RebootSeen(f"boot-{self.boots[command.host]}")
            case cmd.AwaitReady():
                return cmd.Readiness(True)
            case _:
                raise AssertionError(command)

    def _reboots(self, step: str) -> bool:
        return self.steps[step].reboot == "maybe"

    def _check(self, command: cmd.Check) -> dict[str, Any]:
        step = command.step
        if step in self.blocked:
            return {"state": "blocked", "message": "cannot be"}
        if command.members:
            done = self.members.get(step, set())
            found = {m: {"state": "satisfied" if m in done else "needed"} for m in command.members}
            whole = all(m in done for m in command.members)
            return {"state": "satisfied" if whole else "needed", "members": found}
        facts = {"watermark": "half"} if step in self.watermark else {"out": f"{step}-out"}
        before = {"was": step in self.present}
        return {"state": "satisfied" if step in self.present else "needed", "facts": facts, "before": before}

    def _effect(self, step: str, function: str, members: tuple[str, ...]) -> None:
        self.applied[f"{function} {step}"] += 1
        if function == "Rollback":
            self.present.discard(step)
            self.members.pop(step, None)
        elif members:
            self.members.setdefault(step, set()).update(m for m in members if m not in self.failing_members)
        else:
            self.present.add(step)

    def _submit(self, command: cmd.SubmitJob) -> Outcome:
        self.sent[command.job_id] += command.job_id in self.jobs
        if command.job_id not in self.jobs:
            self.jobs[command.job_id] = Job(command.step, members=command.members, function=command.function)
            self.started[command.job_id] += 1
        return cmd.JobSubmitted(self.who(command.host))

    def _look(self, command: cmd.LookJob) -> Outcome:
        job = self.jobs.get(command.job_id)
        machine = self.who(command.host)
        if job is None:
            return cmd.JobView(machine, directory=False, started=False, alive=False)
        if job.alive and not job.finished:
            self._effect(job.step, job.function, job.members)
            job.finished, job.alive = True, False
            job.receipt = {"result": {"state": "applied", "reboot": self._reboots(job.step)}}
            return cmd.JobView(machine, directory=True, started=True, alive=True)
        return cmd.JobView(machine, directory=True, started=True, alive=False, receipt=job.receipt)

    def _verify(self, command: cmd.Verify) -> dict[str, Any]:
        step = command.step
        if self.pending.get(step, 0) > 0:
            self.pending[step] -= 1
            return {"state": "pending", "pending": {"done": 0, "total": 1, "next_s": 30}}
        if command.members:
            done = self.members.get(step, set())
            members = {
                m: {
                    "state": "verified" if m in done else "failed",
                    "message": "" if m in done else "bad item",
                }
                for m in command.members
            }
            return {"state": "verified", "members": members}
        good = step in self.present or self.steps[step].effect == "read"
        return {"state": "verified" if good else "failed", "facts": {"out": f"{step}-out"}}


class Journal:
    """Events in memory."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def append(self, event: Event) -> None:
        self.events.append(event)

    @property
    def state(self) -> RunState:
        return fold(self.events)


Chaos = Callable[[str, StepCommand | None], str]
"""Called with `append` (before an event is written) or `command`; answers with the name of a fault or nothing."""


def quiet(where: str, command: StepCommand | None) -> str:
    return ""


def faults(names: Iterable[str]) -> Chaos:
    """Faults in turn, then none."""
    left = iter(list(names))

    def chaos(where: str, command: StepCommand | None) -> str:
        if where == "append":
            return ""
        return next(left, "")

    return chaos


class Controller:
    """Drives one session of a run; one command at a time."""

    def __init__(
        self,
        change: Change,
        world: World,
        journal: Journal,
        chaos: Chaos = quiet,
        now: datetime = START,
        **more: Any,
    ) -> None:
        self.program = Program(change)
        self.world, self.journal, self.chaos = world, journal, chaos
        self.now = now
        self.due: dict[str, datetime] = {}
        self.zones = more.get("zones", {})
        self.selection = more.get("selection", {})
        self.state = journal.state

    def write(self, event: Event) -> None:
        if self.chaos("append", None) == "crash":
            raise Crash
        self.journal.append(event)
        self.state = evolve(self.state, event)

    def open(self) -> None:
        if not self.state.run:
            self.write(ev.RunStarted(at=self.now, run="r1", effect_digest="sha256:0", plan="test"))
        self.write(
            ev.ControllerTook(at=self.now, fence=self.state.fence + 1, owner="me", selection=self.selection)
        )

    def ask(self, kind: str, step: str, **other: Any) -> None:
        self.write(grant(self.program, self.state, Request(kind, step, "Ann", **other), self.now))

    def situation(self) -> Situation:
        return Situation(due=self.due, zones=self.zones)

    def run(self, most: int = 5000) -> Finish:
        """Until it finishes.

        Raises:
            Crash: a fault of that name came.
        """
        self.open()
        return self.go(most)

    def go(self, most: int = 5000) -> Finish:
        for _ in range(most):
            for command in decide(self.program, self.state, self.now, self.situation()):
                match command:
                    case Record():
                        self.write(command.event)
                    case Wait():
                        assert command.until is not None
                        assert command.until > self.now
                        self.now = command.until
                    case Finish():
                        return command
                    case _:
                        self._carry_out(command)  # type: ignore[arg-type]
                        break
        raise AssertionError("it does not end")

    def _carry_out(self, command: StepCommand) -> None:
        fault = self.chaos("command", command)
        if fault == "crash-before":
            raise Crash
        outcome: Outcome
        if fault == "rebuilt":
            self.world.machine[command.host] = f"another-{len(self.journal.events)}"
        if fault == "killed":
            for job in self.world.jobs.values():
                job.alive = job.alive and job.finished
        if fault in ("permanent", "transient", "credentials", "script"):
            outcome = Failure(fault, fault)
        elif fault in ("never-sent", "throttled", "lost-before"):
            failure_class = "ambiguous" if fault == "lost-before" else fault
            outcome = Failure(failure_class, fault)
        else:
            outcome = self.world.carry_out(command)
            if fault == "crash-after":
                raise Crash
            if fault == "lost-after":
                outcome = Failure("ambiguous", fault)
        found = absorb(self.program, self.state, command, outcome, self.now)
        for event in found.events:
            self.write(event)
        if found.again_in is None:
            self.due.pop(command.step, None)
        else:
            self.due[command.step] = self.now + timedelta(seconds=found.again_in)
