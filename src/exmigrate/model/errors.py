"""One root for every error a user can meet.

An error carries fields, not prose: the message, the place and the next command are rendered from them, so that a
terminal, a JSON consumer and a log say the same thing. Codes are stable: `EXM-L…` load, `-R…` rule, `-C…` compile,
`-J…` journal, `-T…` transport, `-E…` engine, `-D…` discovery, `-U…` usage, `-W…` twin and rehearsal.

    ExmigrateError
    ├── Refused        the input or the world says no (exit 2 or 4)
    └── Failed         something that should have worked did not (exit 1, 3, 5, 6)
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a text file; line and column count from 1, 0 where unknown."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file, *(str(n) for n in (self.line, self.column) if n)]
        return ":".join(parts)


class ExmigrateError(Exception):
    """Root of all errors. The class docstring's first line is the default message.

    Args:
        message: what happened, one sentence; default is the docstring's first line.
        where: a place in a file, if the error has one.
        server: the server it happened on.
        step: the step it happened in.
        why: the reason, as far as known.
        next: the next command or action for the reader.
        details: further named values for machine readers; never a secret.
    """

    code: ClassVar[str] = "EXM-0000"
    exit_code: ClassVar[int] = 1

    def __init__(
        self,
        message: str = "",
        *,
        where: Location | None = None,
        server: str = "",
        step: str = "",
        why: str = "",
        next: str = "",
        details: Mapping[str, object] | None = None,
    ) -> None:
        self.message = message or (type(self).__doc__ or "").strip().splitlines()[0]
        self.where = where
        self.server = server
        self.step = step
        self.why = why
        self.next = next
        self.details = dict(details or {})
        super().__init__(self.message)

    def __str__(self) -> str:
        place = [str(self.where)] if self.where else []
        place += [f"server {self.server}"] if self.server else []
        place += [f"step {self.step}"] if self.step else []
        lines = [f"{self.code}: {self.message}"]
        lines += [f"  where: {', '.join(place)}"] if place else []
        lines += [f"  why:   {self.why}"] if self.why else []
        lines += [f"  next:  {self.next}"] if self.next else []
        return "\n".join(lines)

    def to_json(self) -> dict[str, object]:
        """The error as a JSON-ready mapping with stable keys."""
        where = self.where
        return {
            "code": self.code,
            "message": self.message,
            "file": where.file if where else None,
            "line": where.line if where else None,
            "column": where.column if where else None,
            "server": self.server or None,
            "step": self.step or None,
            "why": self.why or None,
            "next": self.next or None,
            "details": self.details,
        }


class Refused(ExmigrateError):
    """The input or the state of the world does not allow it."""

    code = "EXM-U000"
    exit_code = 2


class Failed(ExmigrateError):
    """Something that should have worked did not."""

    exit_code = 1
