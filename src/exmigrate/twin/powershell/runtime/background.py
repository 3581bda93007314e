"""Jobs beside the script: each on a thread of its own, and never two at a time.

A job runs while the script waits (`Wait-Job`, ``Start-Sleep``, any wait on the machine's clock), from one of its own waits
to the next, in the order of the moments that it waits for: what happens is the same in every run. The machine's clock
moves only when all wait. Looking at a running job again lets run what is due; looking many times lets time pass.
"""

from __future__ import annotations

import copy
import threading
import weakref
from collections.abc import Callable
from typing import Any

from exmigrate.twin.powershell.errors import ErrorRecord, NetException
from exmigrate.twin.powershell.runtime.flow import Halt

TICKS = 10_000_000
DONE = ("Completed", "Failed", "Stopped")
_STACK = 64 * 1024 * 1024


class WaitingClock:
    """The machine's clock with waits that let others run."""

    def __init__(self, clock: Any, wait: Callable[[float], None]) -> None:
        self._clock = clock
        self.sleep = wait

    def __getattr__(self, name: str) -> Any:
        return getattr(self._clock, name)


class WaitingMachine:
    """A machine whose clock is a `WaitingClock`; everything else is the machine's own."""

    def __init__(self, machine: Any, clock: WaitingClock) -> None:
        self.__dict__["_machine"] = machine
        self.__dict__["clock"] = clock

    def __getattr__(self, name: str) -> Any:
        return getattr(self._machine, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self._machine, name, value)


class BackgroundRun:
    """One script that runs in a fresh runspace beside another.

    Attributes:
        state: ``Running``, then one of `DONE`.
        wake: Moment (ticks) that it waits for.
        output: Objects that it put out and nobody received.
        records: Pairs of stream name and record, in order.
        failure: The error that ended it, or None.
        seen: How often it was looked at since something went on.
    """

    def __init__(self, host: Any, clock: Any, run: Callable[[Any, BackgroundRun], Any]) -> None:
        self.clock = clock
        self.host = copy.copy(host)
        self.host.machine = WaitingMachine(host.machine, WaitingClock(clock, self._sleep))
        self.script = run
        self.state = "Running"
        self.begin = self.wake = clock.now()
        self.end: int | None = None
        self.output: list[Any] = []
        self.records: list[tuple[str, Any]] = []
        self.failure: ErrorRecord | None = None
        self.seen = 0
        self.stopping = False
        self._go = threading.Semaphore(0)
        self._back = threading.Semaphore(0)
        self._thread: threading.Thread | None = None

    def turn(self) -> None:
        """Runs it up to its next wait or its end."""
        if self.state in DONE:
            return
        if self._thread is None:
            if self.stopping:
                self._finish("Stopped")
                return
            before = threading.stack_size(_STACK)
            try:
                self._thread = threading.Thread(target=self._work, daemon=True)
                self._thread.start()
            finally:
                threading.stack_size(before)
        else:
            self._go.release()
        self._back.acquire()

    def stop(self) -> None:
        """Ends it where it waits."""
        self.stopping = True
        self.turn()

    def _work(self) -> None:
        state = "Failed"
        try:
            result = self.script(self.host.runspace(), self)
            self.failure = result.terminated
            state = "Failed" if result.terminated is not None else "Completed"
        except Exception as defect:
            exception = NetException("System.NotSupportedException", f"Not simulated: {defect}")
            self.failure = ErrorRecord(exception, "NotSimulated", "NotImplemented")
        finally:
            self._finish("Stopped" if self.stopping else state)
            self._back.release()

    def _finish(self, state: str) -> None:
        self.state = state
        self.end = self.clock.now()

    def _sleep(self, seconds: float) -> None:
        if threading.current_thread() is not self._thread:
            self.clock.sleep(seconds)
            return
        self.wake = self.clock.now() + max(round(seconds * TICKS), 0)
        self._back.release()
        self._go.acquire()
        if self.stopping:
            raise Halt("", "The job was stopped.")


class Scheduler:
    """The background runs of one session, over the clock of its machine."""

    def __init__(self, session: Any) -> None:
        self.clock = session.machine.clock
        self.host = session.host
        self.runs: list[BackgroundRun] = []
        session.machine = WaitingMachine(session.machine, WaitingClock(self.clock, self.sleep))
        weakref.finalize(session, _stop_all, self.runs)

    def start(self, run: Callable[[Any, BackgroundRun], Any]) -> BackgroundRun:
        """Adds a script; it begins when the session next waits."""
        made = BackgroundRun(self.host, self.clock, run)
        self.runs.append(made)
        return made

    def _next(self) -> BackgroundRun | None:
        self.runs[:] = [one for one in self.runs if one.state not in DONE]
        return min(self.runs, key=lambda one: one.wake, default=None)

    def step(self, until: int | None = None) -> bool:
        """Lets the next one run, the clock moved on to its moment; False when none is due by ``until``."""
        run = self._next()
        if run is None or (until is not None and run.wake > until):
            return False
        ahead = run.wake - self.clock.now()
        if ahead > 0:
            self.clock.sleep(ahead / TICKS)
        run.turn()
        return True

    def sleep(self, seconds: float) -> None:
        """A wait of the session itself."""
        until = self.clock.now() + max(round(seconds * TICKS), 0)
        while self.step(until):
            pass
        left = until - self.clock.now()
        if left > 0:
            self.clock.sleep(left / TICKS)

    def wait(self, done: Callable[[], bool], seconds: float | None = None) -> bool:
        """Waits until something is so; False when the time is over before."""
        until = None if seconds is None else self.clock.now() + round(seconds * TICKS)
        while not done():
            if not self.step(until):
                if until is not None and until > self.clock.now():
                    self.clock.sleep((until - self.clock.now()) / TICKS)
                return done()
        return True


def _stop_all(runs: list[BackgroundRun]) -> None:
    for run in list(runs):
        run.stop()


def scheduler(session: Any) -> Scheduler:
    """The scheduler of a session, made with its first background run."""
    found = session.items.get("scheduler")
    if found is None:
        found = session.items["scheduler"] = Scheduler(session)
    return found  # type: ignore[no-any-return]
