"""The loop that drives one session of a run: decide, write, carry out, absorb; until it finishes or is stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from queue import Empty, SimpleQueue
from typing import Any

from exmigrate.engine import (
    Event,
    Failure,
    Finish,
    InvariantBroken,
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
    grant,
)
from exmigrate.journal import Fenced, Journal, Lease
from exmigrate.model import ExmigrateError

from .ambient import RunnerAmbient
from .hosts import Crew
from .progress import Listener, picture
from .settle import refusal

INBOX_EVERY = 0.3
"""Controller seconds between two looks into the inbox."""

SNAPSHOT_EVERY = 0.25
"""Controller seconds between two snapshots."""

SHORTEST_WAIT = 0.05
"""Controller seconds; however fast organization time runs, a server is not asked more often."""

WAITING_FOR_PERSONS = 7
"""Exit code of a session that ends because only persons are missing."""

Arrival = tuple[StepCommand, Outcome | BaseException]


@dataclass
class Drive:
    """One session.

    Attributes:
        carry_out: does a command on its server; called on that server's thread.
        lost: set when the lease is another's.
        stop: set to end the session: what is under way is let end, nothing new starts.
        grace_s: controller seconds that what is under way is given after `stop`.
    """

    program: Program
    state: RunState
    journal: Journal
    lease: Lease
    ambient: RunnerAmbient
    carry_out: Callable[[StepCommand], Outcome]
    listener: Listener
    zones: Mapping[str, tzinfo] = field(default_factory=dict)
    lost: threading.Event = field(default_factory=threading.Event)
    stop: threading.Event = field(default_factory=threading.Event)
    grace_s: float = 20.0
    stay: bool = False
    crew: Crew = field(default_factory=Crew)
    _running: dict[str, StepCommand] = field(default_factory=dict)
    _due: dict[str, datetime] = field(default_factory=dict)
    _arrived: SimpleQueue[Arrival] = field(default_factory=SimpleQueue)
    _notes: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    _inbox_at: float = 0.0
    _shown_at: float = 0.0
    _stopped_at: float = 0.0

    def run(self) -> Finish:
        """Until nothing can go on by itself.

        Raises:
            Fenced: another controller has taken over.
            ForeignRun: a server is held by another run.
        """
        while (finish := self._turn()) is None:
            pass
        self._show(force=True)
        return finish

    def write(self, event: Event) -> None:
        """Make an event durable, then let it count."""
        self.journal.append(self.lease, event)
        self.state = evolve(self.state, event)
        self.listener.event(event, self.state)

    def situation(self) -> Situation:
        """What is under way now."""
        return Situation(dict(self._running), dict(self._due), self.zones, self.stop.is_set())

    def _turn(self) -> Finish | None:
        if self.lost.is_set():
            raise Fenced(next="exmigrate status PLAN")
        self._take_requests()
        wait = self._act()
        if isinstance(wait, Finish):
            if self._take_requests(force=True):
                return None
            if not self.stay or wait.exit_code != WAITING_FOR_PERSONS or self.stop.is_set():
                return wait
            wait = Wait(None, wait.why)
        self._show()
        if self._out_of_grace():
            return Finish("interrupted", 130, "interrupted; what was under way is looked at when it goes on")
        if wait is not None:
            self._await(wait)
        return None

    def _act(self) -> Wait | Finish | None:
        """Write and start all that can be; what is then waited for, or None to look again at once."""
        wait: Wait | Finish | None = None
        for command in decide(self.program, self.state, self.ambient.now(), self.situation()):
            match command:
                case Record():
                    self.write(command.event)
                case Wait() | Finish():
                    wait = command
                case StepCommand():
                    self._start(command)
        return wait

    def _start(self, command: StepCommand) -> None:
        self._running[command.step] = command
        self._due.pop(command.step, None)

        def work() -> None:
            arrived: Outcome | BaseException
            try:
                arrived = self.carry_out(command)
            except BaseException as error:  # the driving thread decides what it means
                arrived = error
            self._arrived.put((command, arrived))

        self.crew.give(command.host, work)

    def _await(self, wait: Wait) -> None:
        """Until something arrives, something is due, or somebody asks."""
        seconds = INBOX_EVERY
        if wait.until is not None:
            if not self._running:
                self.ambient.hasten(wait.until)
            coming = (wait.until - self.ambient.now()).total_seconds() / self.ambient.speed
            seconds = min(seconds, max(SHORTEST_WAIT, coming))
        try:
            self._absorb(*self._arrived.get(timeout=seconds))
            while True:
                self._absorb(*self._arrived.get_nowait())
        except Empty:
            return

    def _absorb(self, command: StepCommand, arrived: Outcome | BaseException) -> None:
        self._running.pop(command.step, None)
        if isinstance(arrived, BaseException):
            arrived = _fault(arrived)
        now = self.ambient.now()
        found = absorb(self.program, self.state, command, arrived, now)
        for event in found.events:
            self.write(event)
        if found.progress:
            self._notes[command.step] = dict(found.progress)
            self.journal.note(command.step, found.progress)
        if found.again_in is not None:
            self._due[command.step] = now + timedelta(seconds=found.again_in)

    def _take_requests(self, *, force: bool = False) -> bool:
        """Answer what is in the inbox, if it is time to look; whether something was."""
        if not force and self.ambient.monotonic() < self._inbox_at:
            return False
        self._inbox_at = self.ambient.monotonic() + INBOX_EVERY
        waiting = self.journal.inbox()
        for item in waiting:
            try:
                self.write(grant(self.program, self.state, Request.from_json(item.body), self.ambient.now()))
                answer = ""
            except Fenced:
                raise
            except (ExmigrateError, KeyError, TypeError, ValueError) as error:
                answer = refusal(error)
            self._due.pop(str(item.body.get("step")), None)
            self.journal.answer(item.id, answer)
        return bool(waiting)

    def _out_of_grace(self) -> bool:
        if not self.stop.is_set():
            return False
        if not self._stopped_at:
            self._stopped_at = self.ambient.monotonic()
        return self.ambient.monotonic() - self._stopped_at > self.grace_s

    def _show(self, *, force: bool = False) -> None:
        if not self.listener.wants_snapshots or (not force and self.ambient.monotonic() < self._shown_at):
            return
        self._shown_at = self.ambient.monotonic() + SNAPSHOT_EVERY
        self.listener.snapshot(
            picture(self.program, self.state, self.ambient.now(), self.situation(), self._notes)
        )


def _fault(error: BaseException) -> Failure:
    """What a command's exception means.

    Raises:
        the error itself, where nothing may go on after it.
    """
    if isinstance(error, ExmigrateError | KeyboardInterrupt | SystemExit):
        raise error
    raise InvariantBroken(
        f"A worker failed: {type(error).__name__}: {error}",
        next="run the same command again; what was under way is looked at first",
    ) from error
