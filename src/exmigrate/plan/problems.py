"""A problem in a plan or a CSV beside it, as a value. Printing is the business of `report`.

Codes are stable. `EXM-L00x` is about the bytes of the file, `-L01x` about YAML, `-L02x` about one value, `-L03x` about
names, `-L04x` about CSV, `-L05x` about what this version cannot do, `-L06x` about the organization as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from itertools import islice
from typing import Any

from exmigrate.model.errors import Location, Refused

CODES: Mapping[str, str] = {
    "EXM-L001": "The file cannot be read",
    "EXM-L002": "The file is empty",
    "EXM-L003": "The file is too large",
    "EXM-L004": "The file is not text",
    "EXM-L005": "The file is not UTF-8",
    "EXM-L006": "A tab indents the line",
    "EXM-L007": "Not YAML",
    "EXM-L008": "A key stands twice",
    "EXM-L009": "Aliases explode",
    "EXM-L010": "Nested too deep",
    "EXM-L011": "A tag is not allowed",
    "EXM-L012": "More than one document",
    "EXM-L013": "Not a plan",
    "EXM-L014": "A key is no text",
    "EXM-L015": "Merge keys are not allowed",
    "EXM-L016": "Too many problems",
    "EXM-L020": "Wrong type",
    "EXM-L021": "Unknown key",
    "EXM-L022": "A key is missing",
    "EXM-L023": "Not one of the words allowed",
    "EXM-L024": "Not written as it must be",
    "EXM-L025": "A secret stands in the plan",
    "EXM-L026": "Out of range",
    "EXM-L030": "A name that nothing has",
    "EXM-L031": "A name that two things have",
    "EXM-L040": "The CSV cannot be read",
    "EXM-L041": "The CSV is not UTF-8",
    "EXM-L042": "The CSV's header is wrong",
    "EXM-L043": "Unknown mailbox",
    "EXM-L044": "A mailbox stands twice",
    "EXM-L045": "A line of the CSV is wrong",
    "EXM-L046": "The CSV is empty",
    "EXM-L050": "Not in this version",
    "EXM-L051": "This transition is not in this version",
    "EXM-L052": "A key that the transition has no use for",
    "EXM-L060": "No Internet-facing site",
    "EXM-L061": "Facts and wishes contradict each other",
    "EXM-L062": "Something is needed here",
}
"""What each code means, in a few words."""


class PlanRefused(Refused):
    """The plan is wrong; nothing was done."""

    code = "EXM-L000"


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, where, why it matters and what to do.

    Attributes:
        severity: `error` or `warning`.
        source_line: text of the line, secrets masked; empty where there is none.
        why: why it is refused, or what it would have done.
        remedy: what to write instead, or the next command.
    """

    code: str
    severity: str
    message: str
    location: Location
    source_line: str = ""
    why: str = ""
    remedy: str = ""

    @property
    def caret(self) -> str:
        """Blanks and a caret under the column of `source_line`; empty where there is none."""
        if not self.source_line or self.location.column < 1:
            return ""
        before = self.source_line[: self.location.column - 1]
        return "".join("\t" if c == "\t" else " " for c in before) + "^"

    def to_json(self) -> dict[str, Any]:
        """The problem as a JSON-ready mapping with stable keys."""
        where = self.location
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "file": where.file,
            "line": where.line,
            "column": where.column,
            "source_line": self.source_line,
            "why": self.why,
            "remedy": self.remedy,
        }

    def __str__(self) -> str:
        lines = [f"{self.location}: {self.severity} {self.code}: {self.message}"]
        if self.source_line:
            number = str(self.location.line)
            lines.append(f"  {number} | {self.source_line}")
            lines += [f"  {' ' * len(number)} | {self.caret}"] if self.caret else []
        lines += [f"  why:    {self.why}"] if self.why else []
        lines += [f"  remedy: {self.remedy}"] if self.remedy else []
        return "\n".join(lines)


_SECRET_KEY = re.compile(
    r"""(?P<key>["']?[\w.-]*(?:pas+(?:w(?:or)?d|phrase)?|pwd|(?<![a-z])(?:pw|pin)(?![a-z])|kennwort|secret|product_?key|token)[\w.-]*["']?\s*[:=]\s*)(?P<value>[^\s#].*)""",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"""["']?(env|file|keyring|prompt):|(''|"")\s*($|[,}#])""")
_WIDEST = 200
_FARTHEST = 2_000
"""The last column of which the line is shown: one line that holds a whole file is no help."""
HIDDEN = "********"
"""What is shown in place of a secret."""


def masked(line: str, widest: int = _WIDEST) -> str:
    """The line as it may be shown: what looks like a literal secret is replaced, and it is cut where nobody reads on."""
    found = _SECRET_KEY.search(line)
    while found and _REFERENCE.match(found["value"]):
        found = _SECRET_KEY.search(line, found.start("value"))
    if found:
        line = line[: found.start("value")] + HIDDEN
    shown = "".join(c if c.isprintable() or c == "\t" else "\N{REPLACEMENT CHARACTER}" for c in line)
    return shown if len(shown) <= widest else shown[:widest] + " ..."


_MANY = 500
_ALIKE = 0.7
"""Below this, what is near by its letters is rarely what was meant: `colour` and `cluster`, `batches` and `gates`."""


def nearest(word: str, known: Iterable[str]) -> str:
    """The known word that was most likely meant, or an empty text."""
    table = {k.casefold(): k for k in known}
    if len(table) > _MANY:  # comparing with tens of thousands of mailboxes would take minutes
        alike = (k for k in table if k[:2] == word.casefold()[:2])
        table = {k: table[k] for k in islice(alike, _MANY)}
    said = word.casefold()[:80]
    found = get_close_matches(said, list(table), n=1, cutoff=_ALIKE)
    if not found:  # `pass` for password, `friday` for fri
        begun = [
            k for k in table if min(len(k), len(said)) > 2 and (k.startswith(said) or said.startswith(k))
        ]
        found = sorted(begun, key=lambda k: abs(len(k) - len(said)))
    return table[found[0]] if found else ""


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """`Did you mean 'x'? ` or, with nothing near, an empty text."""
    return suggested(nearest(word, known))


def suggested(near: str) -> str:
    """The question whether a near word was meant; empty for none."""
    return f"Did you mean '{near}'? " if near else ""


def shown(value: object) -> str:
    """A value as a message may quote it: short, on one line."""
    text = "".join(c if c.isprintable() else " " for c in str(value))
    return text if len(text) <= 60 else text[:57] + "..."


def listed(words: Sequence[str], limit: int = 12) -> str:
    """Words for a sentence, cut where there are many."""
    more = f", ... ({len(words)} in all)" if len(words) > limit else ""
    return ", ".join(words[:limit]) + more


class Source:
    """The text of one file, to place problems in it."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.lines = text.split("\n")

    def problem(
        self,
        code: str,
        message: str,
        line: int,
        column: int,
        *,
        why: str = "",
        remedy: str = "",
        severity: str = "error",
        hide: int = 0,
    ) -> Problem:
        """A problem at a place; `hide` is the column from which on the line is not shown, 0 for none."""
        text = self.lines[line - 1].rstrip("\r") if 0 < line <= len(self.lines) else ""
        if hide:
            text = text[: hide - 1] + HIDDEN
        text = masked(text[:_FARTHEST], max(_WIDEST, column + _WIDEST // 2)) if column <= _FARTHEST else ""
        where = Location(self.name, line, column)
        return Problem(
            code,
            severity,
            message,
            where,
            text if column <= len(text) + 1 else "",
            why,
            remedy,
        )


def ordered(problems: Iterable[Problem], plan: str) -> tuple[Problem, ...]:
    """Problems in the order of the text: the plan first, then the files beside it; each once."""
    unique = dict.fromkeys(problems)
    return tuple(
        sorted(
            unique,
            key=lambda p: (
                p.location.file != plan,
                p.location.file,
                p.location.line,
                p.location.column,
                p.code,
            ),
        )
    )


_TELLING = 8
"""Characters from which on a secret is replaced wherever a message has them, and not only in quotes."""


def scrubbed(problem: Problem, secrets: Iterable[str]) -> Problem:
    """The problem with every literal secret replaced, wherever it was quoted."""
    for secret in filter(None, secrets):
        # A short one may be a word of the message itself; what a message quotes stands in quotes.
        short = len(secret) < _TELLING
        old, new = (f"'{secret}'", f"'{HIDDEN}'") if short else (secret, HIDDEN)
        value = rf"""(?<![^\s:,'"\[]){re.escape(secret)}(?![^\s,'"\]}}])""" if short else re.escape(secret)
        problem = replace(
            problem,
            message=problem.message.replace(old, new),
            source_line=re.sub(value, HIDDEN, problem.source_line),
            remedy=problem.remedy.replace(old, new),
        )
    return problem
