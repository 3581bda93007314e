"""The clocks of a rehearsal: organization time as the twin's endpoints file tells it, and its time-lapse."""

from __future__ import annotations

import os
import secrets
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from exmigrate.model import ExmigrateError
from exmigrate.remote import read_endpoints

from .door import Door

_LEAST_S = 5.0
"""Organization seconds; a shorter wait passes by itself."""


class TwinAmbient:
    """`RunnerAmbient` on a twin: when everybody waits, the twin's clock goes to the end of the wait at once.

    Args:
        endpoints: the endpoints file; the twin writes it anew whenever its clock has jumped.
    """

    def __init__(self, endpoints: Path) -> None:
        self._path = endpoints
        self._stamp = 0
        self._epoch, self._origin, self.speed = datetime.now(UTC), 0.0, 1.0
        self._door: Door | None = None
        self._read()

    def now(self) -> datetime:
        """Organization time, UTC."""
        self._read()
        gone = (time.time() - self._origin) * self.speed
        return (self._epoch + timedelta(seconds=gone)).astimezone(UTC)

    def hasten(self, until: datetime) -> None:
        """Let the twin's clock go to `until`; a twin that does not answer is left to its own pace."""
        if (until - self.now()).total_seconds() < _LEAST_S:
            return
        try:
            self._door = self._door or Door(self._path)
            self._door.act("pass-time", {"until": until.isoformat()})
        except ExmigrateError:
            self._door = None

    def monotonic(self) -> float:
        """Controller seconds."""
        return time.monotonic()

    def token(self) -> str:
        """A random token."""
        return secrets.token_hex(16)

    def environment(self, name: str) -> str | None:
        """An environment variable."""
        return os.environ.get(name)

    def _read(self) -> None:
        try:
            stamp = self._path.stat().st_mtime_ns
        except OSError:
            return  # the twin has ended: the last known clock goes on
        if stamp == self._stamp:
            return
        found = read_endpoints(self._path, live=False)
        begin = datetime.fromisoformat(found.epoch)
        self._epoch = begin if begin.tzinfo else begin.replace(tzinfo=UTC)
        self._origin, self.speed, self._stamp = found.origin, found.speed or 1.0, stamp
