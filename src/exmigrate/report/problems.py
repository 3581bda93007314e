"""Problems and errors as text: what, where, the source line with a caret, why, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from exmigrate.model import ExmigrateError, Location

_LONGEST_SOURCE = 160


class ProblemLike(Protocol):
    """What a problem must offer to be shown; `plan.Problem` does."""

    @property
    def code(self) -> str: ...
    @property
    def severity(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def location(self) -> Location: ...
    @property
    def source_line(self) -> str: ...
    @property
    def why(self) -> str: ...
    @property
    def remedy(self) -> str: ...


def problems_text(problems: Iterable[ProblemLike]) -> str:
    """Problems one below the other, a blank line between two; empty for none."""
    return "\n\n".join("\n".join(_problem(p)) for p in problems)


def _problem(problem: ProblemLike) -> Iterator[str]:
    yield f"{problem.location}: {problem.severity}: {problem.message} [{problem.code}]"
    if problem.source_line:
        yield from _excerpt(problem.source_line, problem.location)
    if problem.why:
        yield f"  why:    {problem.why}"
    if problem.remedy:
        yield f"  remedy: {problem.remedy}"


def _excerpt(line: str, location: Location) -> Iterator[str]:
    # Control characters of an untrusted file must not reach the terminal.
    shown = "".join(c if c.isprintable() else "·" if c != "\t" else " " for c in line)
    start = max(0, location.column - _LONGEST_SOURCE // 2)
    prefix = f"  {location.line} | "
    yield prefix + shown[start : start + _LONGEST_SOURCE]
    if location.column:
        yield " " * (len(prefix) + location.column - 1 - start) + "^"


def problem_json(problem: ProblemLike) -> dict[str, object]:
    """A problem as a JSON-ready mapping with stable keys."""
    return {
        "code": problem.code,
        "severity": problem.severity,
        "message": problem.message,
        "file": problem.location.file,
        "line": problem.location.line or None,
        "column": problem.location.column or None,
        "why": problem.why or None,
        "remedy": problem.remedy or None,
    }


def error_text(error: ExmigrateError) -> str:
    """An error for a terminal; control characters from elsewhere are made visible."""
    return "".join(c if c.isprintable() or c == "\n" else "·" for c in str(error))
