"""How a run is named on a command line: what stands behind every command that is suggested."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Named:
    """A run as the person at the keyboard has named it.

    Attributes:
        subject: A plan, a change file or a journal.
        state: The journal, where it was named.
        endpoints: The endpoints file, where one was named.
    """

    subject: Path
    state: Path | None = None
    endpoints: Path | None = None

    def __str__(self) -> str:
        """Its words: suggested without them, a command would look for another journal or other servers."""
        endpoints = f" --endpoints {shlex.quote(str(self.endpoints))}" if self.endpoints else ""
        return f"{self.recorded}{endpoints}"

    @property
    def recorded(self) -> str:
        """The words of a command that reads the journal alone."""
        state = f" --state {shlex.quote(str(self.state))}" if self.state else ""
        return f"{shlex.quote(str(self.subject))}{state}"
