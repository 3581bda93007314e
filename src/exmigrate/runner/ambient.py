"""Time, randomness and environment from the machine; organization time may run faster than the controller's."""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol

from exmigrate.model import Ambient


class RunnerAmbient(Ambient, Protocol):
    """`Ambient` with the one thing that waiting needs to know: how fast organization time runs."""

    @property
    def speed(self) -> float:
        """Organization seconds per controller second; 1 on real servers."""
        ...

    def hasten(self, until: datetime) -> None:
        """Everybody waits until then: a twin's clock may go there at once. On real servers time passes by itself."""
        ...


@dataclass(frozen=True)
class SystemAmbient:
    """The machine's clock and chance.

    Attributes:
        epoch: organization time at `origin`; None for the machine's own clock.
        origin: controller time, seconds since 1970, that `epoch` belongs to.
        speed: organization seconds per controller second.
        wall: controller seconds since 1970.
    """

    epoch: datetime | None = None
    origin: float = 0.0
    speed: float = 1.0
    wall: Callable[[], float] = time.time

    @classmethod
    def of_endpoints(cls, epoch: str, origin: float, speed: float | None) -> SystemAmbient:
        """The clocks of an endpoints file; the machine's own where it names none."""
        if not epoch or speed is None:
            return cls()
        begin = datetime.fromisoformat(epoch)
        return cls(begin if begin.tzinfo else begin.replace(tzinfo=UTC), origin, speed)

    def now(self) -> datetime:
        if self.epoch is None:
            return datetime.fromtimestamp(self.wall(), UTC)
        gone = (self.wall() - self.origin) * self.speed
        return (self.epoch + timedelta(seconds=gone)).astimezone(UTC)

    def hasten(self, until: datetime) -> None:
        """Nothing: time passes by itself."""

    def monotonic(self) -> float:
        return time.monotonic()

    def token(self) -> str:
        return secrets.token_hex(16)

    def environment(self, name: str) -> str | None:
        return os.environ.get(name)
