"""The one port through which time, randomness, ids and environment enter."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Ambient(Protocol):
    """What the outside gives: organization time, controller time, random ids, environment.

    Organization time (windows, durations, polls) may run faster in a rehearsal; controller time (leases, HTTP) never.
    """

    def now(self) -> datetime:
        """Organization time, timezone-aware UTC."""
        ...

    def monotonic(self) -> float:
        """Controller seconds from an arbitrary origin; never goes back."""
        ...

    def token(self) -> str:
        """A fresh random token of 128 bits, hexadecimal."""
        ...

    def environment(self, name: str) -> str | None:
        """An environment variable, or None."""
        ...
