"""Problems and errors as text: what, where, the source line with a caret, why, and what to do next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol

from exmigrate.model import ExmigrateError, Location

_LONGEST_SOURCE = 160
_ALIKE = 20
"""Problems of one kind in one file that are told one by one: who has more of them looks for one cause."""


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
    """Problems one below the other, a blank line between two; of many alike in one file the first, and where the others are."""
    alike: dict[tuple[str, str], list[ProblemLike]] = {}
    parts: list[str] = []
    for problem in problems:
        same = alike.setdefault((problem.location.file, problem.code), [])
        same.append(problem)
        if len(same) <= _ALIKE:
            parts.append("\n".join(_problem(problem)))
    parts += [_rest(same[_ALIKE:]) for same in alike.values() if len(same) > _ALIKE]
    return "\n\n".join(parts)


def _rest(problems: Sequence[ProblemLike]) -> str:
    lines = list(dict.fromkeys(str(p.location.line) for p in problems))
    more = ", ..." if len(lines) > _ALIKE else ""
    first = problems[0]
    return (
        f"{first.location.file}: {len(problems)} more of {first.code}, in line{'s' if len(lines) > 1 else ''} "
        f"{', '.join(lines[:_ALIKE])}{more} (--format json tells each)"
    )


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
