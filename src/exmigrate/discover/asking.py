"""Who is told which servers are being asked."""

from __future__ import annotations

from typing import Protocol


class Asking(Protocol):
    """Told of questions as they go out and come back; from any thread."""

    def begins(self, host: str, questions: int) -> None:
        """A server is asked."""

    def ended(self, host: str) -> None:
        """It has answered, or has not."""


class Silent:
    """Tells nobody."""

    def begins(self, host: str, questions: int) -> None:
        """Nothing."""

    def ended(self, host: str) -> None:
        """Nothing."""
