"""What a journal tells without driving it: `status` and `history`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from exmigrate.change import parse
from exmigrate.engine import Event, Finish, Program, RunState, Situation, decide, fold, zone_names
from exmigrate.journal import Journal
from exmigrate.model import Change

from .progress import Snapshot, picture
from .zones import zones_of


@dataclass(frozen=True)
class RunStatus:
    """A run as its journal tells it.

    Attributes:
        driven_by: the controller that holds the lease now; empty for none.
        finish: how a session would end now without anything new; None while it can go on.
        notes: the newest progress by step, such as what a gate's probe said last.
    """

    change: Change
    state: RunState
    snapshot: Snapshot
    driven_by: str
    finish: Finish | None
    events: int
    notes: Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True)
class Moment:
    """One event for readers: when, of what type, about which step, in words and in full."""

    at: datetime
    type: str
    step: str
    text: str
    data: Mapping[str, Any]


def status(journal: Journal, now: datetime) -> RunStatus:
    """Where a run stands.

    Args:
        journal: its journal.
        now: organization time.

    Raises:
        NoJournal: there is none.
        JournalCorrupt: it is not what was written.
    """
    change = parse(journal.change(), "the journal's first record")
    program = Program(change)
    events = journal.events()
    state = fold(events)
    situation = Situation(zones=zones_of(zone_names(change.policy)))
    notes = journal.notes()
    commands = decide(program, state, now, situation)
    finish = commands[0] if commands and isinstance(commands[0], Finish) else None
    holder = journal.holder()
    return RunStatus(
        change,
        state,
        picture(program, state, now, situation, notes),
        str(holder) if holder else "",
        finish,
        len(events),
        notes,
    )


def history(journal: Journal) -> tuple[Moment, ...]:
    """Every event of a run, oldest first.

    Raises:
        NoJournal, JournalCorrupt: as `status`.
    """
    return tuple(_moment(event) for event in journal.events())


def _moment(event: Event) -> Moment:
    data = event.to_json()
    return Moment(event.at, event.type, str(data.get("step") or ""), describe(data), data)


def describe(data: Mapping[str, Any]) -> str:
    """An event in words: the fields that a reader asks for first."""
    shown = (
        "attempt",
        "by",
        "who",
        "how",
        "failure_class",
        "message",
        "evidence",
        "reason",
        "outcome",
        "marker",
    )
    return ", ".join(f"{name} {data[name]}" for name in shown if data.get(name) not in (None, "", (), [], {}))
