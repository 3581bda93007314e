"""The matrices of `matrix.yaml`, read once a process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

CONDITIONS = (
    "legacy-name",
    "forms",
    "owa-folder",
    "activesync-url",
    "old-cas",
    "there-cut-over",
    "outlook-anywhere",
    "pop-imap",
    "exchange2003-url",
    "legacy-forms",
    "stranded",
    "new-url",
)
"""Names that `when` may use; `rows` knows what each means."""

HOSTS = ("entry", "old", "new", "autodiscover", "exchange2003", "none")
"""Names that `host` may use."""

PLACES = ("same", "facing", "inner", "any")
"""Where a mailbox is, seen from the entry point."""


@dataclass(frozen=True, slots=True)
class Protocol:
    """A client protocol; `directory` is the kind of virtual directory that has its URLs."""

    id: str
    title: str
    directory: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What one cell of a matrix says, if its conditions hold.

    Attributes:
        when: pairs of a condition and whether it must hold.
        host: one of `HOSTS`.
        users: template of what users notice.
        source: row of the matrix and codes of its sources.
    """

    behaviour: str
    host: str
    users: str
    when: tuple[tuple[str, bool], ...]
    source: str


@dataclass(frozen=True, slots=True)
class Note:
    """What a stage adds for one protocol; `mailbox` is `old` or `new`."""

    protocol: str
    mailbox: str
    users: str
    when: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class StageWords:
    """Title and notes of a stage."""

    id: str
    title: str
    notes: tuple[Note, ...]


@dataclass(frozen=True)
class Matrix:
    """All of `matrix.yaml`; cells by entry version, protocol, mailbox version and place."""

    behaviours: Mapping[str, str]
    protocols: tuple[Protocol, ...]
    stages: Mapping[str, StageWords]
    cells: Mapping[tuple[str, str, str, str], tuple[Answer, ...]]

    def answers(self, entry: str, protocol: str, mailbox: str, place: str) -> tuple[Answer, ...]:
        """The answers of a cell, that of `any` place where the place has none; empty where no row speaks of it."""
        found = self.cells.get((entry, protocol, mailbox, place))
        return found or self.cells.get((entry, protocol, mailbox, "any"), ())


def applies(said: Answer | Note, facts: Mapping[str, bool]) -> bool:
    """Whether every condition is as an answer or a note wants it."""
    return all(facts[name] == wanted for name, wanted in said.when)


@cache
def matrix() -> Matrix:
    """The matrices, read from the package.

    Raises:
        ValueError: the data names a condition, host, place or behaviour that nothing knows, or a cell has no last word.
    """
    text = resources.files(__package__).joinpath("matrix.yaml").read_text(encoding="utf-8")
    return parse(yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)))


def parse(data: Mapping[str, Any]) -> Matrix:
    """Matrices from their data, checked."""
    cells: dict[tuple[str, str, str, str], tuple[Answer, ...]] = {}
    for row in data["matrix"]:
        for name, answers in row["cells"].items():
            mailbox, _, place = name.partition(" ")
            key = (row["entry"], row["protocol"], mailbox, place)
            cells[key] = tuple(_answer(answer, row["source"]) for answer in answers)
            _check(key, cells[key], data["behaviours"])
    return Matrix(
        data["behaviours"],
        tuple(Protocol(**p) for p in data["protocols"]),
        {s["id"]: StageWords(s["id"], s["title"], tuple(map(_note, s["notes"]))) for s in data["stages"]},
        cells,
    )


def _answer(data: Mapping[str, Any], source: str) -> Answer:
    words = (data["users"] + " (unverified)").strip() if data.get("unverified") else data["users"]
    return Answer(data["behaviour"], data["host"], words, _when(data), source)


def _note(data: Mapping[str, Any]) -> Note:
    return Note(data["protocol"], data["mailbox"], data["users"], _when(data))


def _when(data: Mapping[str, Any]) -> tuple[tuple[str, bool], ...]:
    return tuple((c.removeprefix("not "), not c.startswith("not ")) for c in data.get("when", ()))


def _check(
    key: tuple[str, str, str, str], answers: tuple[Answer, ...], behaviours: Mapping[str, str]
) -> None:
    names = {name for answer in answers for name, _ in answer.when}
    wrong = [n for n in names if n not in CONDITIONS]
    wrong += [a.host for a in answers if a.host not in HOSTS]
    wrong += [a.behaviour for a in answers if a.behaviour not in behaviours]
    wrong += [key[3]] if key[3] not in PLACES else []
    if wrong or not answers or answers[-1].when:
        raise ValueError(
            f"matrix.yaml, {' '.join(key)}: {', '.join(wrong) or 'no answer without conditions'}"
        )
