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
        self._base = epoch
        self._wall_base = wall()
        self._held: datetime | None = None
        self._events: list[_Event] = []
        self._sequence = itertools.count()

    def now(self) -> datetime:
        """Organization time, aware, in UTC. Inside a callback it is the time the callback was due."""
        with self._lock:
            if self._held is not None:
                return self._held
            return self._base + timedelta(seconds=(self._wall() - self._wall_base) * self.speed)

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
        self._held = event.at
        try:
            event.callback()
        finally:
            self._held = None

    def advance(self, seconds: float) -> None:
        """Move organization time forward and run what became due."""
        with self._lock:
            target = self.now() + timedelta(seconds=seconds)
            self._base = target
            self._wall_base = self._wall()
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
        wall_seconds = seconds / self.speed
        if cancelled is not None:
            interrupted = cancelled.wait(wall_seconds)
            return not interrupted
        time.sleep(wall_seconds)
        return True

    def next_event(self) -> datetime | None:
        """When the next callback is due, or None."""
        with self._lock:
            while self._events and self._events[0].cancelled:
                heapq.heappop(self._events)
            return self._events[0].at if self._events else None


def parse_epoch(text: str) -> datetime:
    """Read an ISO 8601 time; without an offset it is taken as UTC."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
