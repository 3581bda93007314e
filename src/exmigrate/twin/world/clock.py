"""Organization time: windows, durations, replication, Setup and moves run on it.

It is wall time scaled by a speed from a fixed epoch, or stands still and is moved by hand. Events are due
at an organization time and run lazily, in order, when somebody looks at the world.
"""

import heapq
import itertools
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

_LOOK_FOR_CANCEL = 0.1
"""Wall seconds between two looks of a sleeper whether it was cancelled."""

Callback = Callable[[], None]


@dataclass(order=True)
class _Event:
    at: datetime
    sequence: int
    callback: Callback = field(compare=False)
    cancelled: bool = field(default=False, compare=False)


@dataclass(frozen=True)
class Scheduled:
    """A handle on a scheduled callback."""

    _event: _Event

    def cancel(self) -> None:
        """Make sure the callback does not run (any more)."""
        self._event.cancelled = True


class OrganizationClock:
    """The one clock of a world.

    Args:
        epoch: organization time at the start.
        speed: organization seconds per wall second; 0 stands still (then `sleep` and `advance` move it).
        lock: the world's lock, held while callbacks run.
        wall: monotonic seconds, replaceable in tests.
    """

    def __init__(
        self,
        epoch: datetime,
        speed: float = 0.0,
        lock: "threading.RLock | None" = None,
        wall: Callable[[], float] = time.monotonic,
    ) -> None:
        self.epoch = epoch
        self.speed = speed
        self._lock = lock or threading.RLock()
        self._wall = wall
        self._base = (epoch, wall())  # organization time and the wall time it belongs to, replaced as one
        self._held: datetime | None = None
        self._holder = 0
        self._events: list[_Event] = []
        self._sequence = itertools.count()
        self._sleepers: list[tuple[datetime, int, threading.Event]] = []
        self._asleep = threading.Condition()

    def now(self) -> datetime:
        """Organization time, aware, in UTC. Inside a callback it is the time the callback was due.

        It takes no lock: every file and log entry of every server asks for it.
        """
        held = self._held
        if held is not None and self._holder == threading.get_ident():
            return held
        base, wall = self._base
        return base + timedelta(seconds=(self._wall() - wall) * self.speed)

    def schedule(self, delay_s: float, callback: Callback) -> Scheduled:
        """Run ``callback`` once, ``delay_s`` organization seconds from now."""
        with self._lock:
            event = _Event(self.now() + timedelta(seconds=max(delay_s, 0.0)), next(self._sequence), callback)
            heapq.heappush(self._events, event)
            return Scheduled(event)

    def tick(self) -> None:
        """Run every callback that is due, each at its own time."""
        with self._lock:
            if self._held is not None:
                return
            now = self.now()
            while self._events and self._events[0].at <= now:
                self._run(heapq.heappop(self._events))

    def _run(self, event: _Event) -> None:
        if event.cancelled:
            return
        self._holder, self._held = threading.get_ident(), event.at
        try:
            event.callback()
        finally:
            self._held = None

    def advance(self, seconds: float) -> None:
        """Move organization time forward and run what became due."""
        with self._lock:
            self._base = (self.now() + timedelta(seconds=seconds), self._wall())
        self.tick()

    def sleep(self, seconds: float, cancelled: "threading.Event | None" = None) -> bool:
        """Let ``seconds`` of organization time pass for the calling thread.

        On a standing clock the sleeper itself moves time, so that a world under test never waits.

        Returns:
            False when ``cancelled`` was set meanwhile.
        """
        if cancelled is not None and cancelled.is_set():
            return False
        if self.speed <= 0:
            self.advance(seconds)
            return True
        return self._sleep_running(seconds, cancelled)

    def _sleep_running(self, seconds: float, cancelled: "threading.Event | None") -> bool:
        due = self.now() + timedelta(seconds=seconds)
        woken = threading.Event()
        with self._asleep:
            heapq.heappush(self._sleepers, (due, next(self._sequence), woken))
            self._asleep.notify_all()
        while not woken.is_set():
            left = (due - self.now()).total_seconds() / self.speed
            if left <= 0 or (cancelled is not None and cancelled.is_set()):
                break
            woken.wait(min(left, _LOOK_FOR_CANCEL))
        with self._asleep:
            self._sleepers = [s for s in self._sleepers if s[2] is not woken]
            heapq.heapify(self._sleepers)
        return cancelled is None or not cancelled.is_set()

    def pass_until(self, until: datetime, settle: float = 0.02) -> None:
        """Let time go to ``until`` at once, from one sleeper's end to the next, so that nobody oversleeps.

        Args:
            until: an organization time; one in the past does nothing.
            settle: wall seconds that whoever woke up is given to fall asleep again.
        """
        while self.now() < until:
            with self._asleep:
                woken = self._sleepers[0] if self._sleepers else None
            target = min(until, woken[0]) if woken else until
            self.advance(max(0.0, (target - self.now()).total_seconds()))
            if woken is None or woken[0] > target:
                return
            woken[2].set()
            with self._asleep:
                self._sleepers = [s for s in self._sleepers if s is not woken]
                heapq.heapify(self._sleepers)
                self._asleep.wait(settle)


def parse_epoch(text: str) -> datetime:
    """Read an ISO 8601 time; without an offset it is taken as UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
