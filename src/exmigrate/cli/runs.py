"""What the commands about a run share: its journal, its change, requests to whoever drives it."""

from __future__ import annotations

import getpass
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from exmigrate.model import Failed, Refused

from . import output
from .inputs import CHANGE_SUFFIX, load_change, state_path
from .naming import Named

if TYPE_CHECKING:
    from exmigrate.engine import Request
    from exmigrate.journal import SQLiteJournal

_ANSWER_WITHIN_S = 30.0


class NoAnswer(Failed):
    """The controller that drives the run did not answer."""

    code = "EXM-U003"


def journal_path(subject: Path, state: Path | None) -> Path:
    """The journal of a plan, a change or itself.

    Args:
        subject: a plan, a change file or a journal.
        state: the journal named on the command line, if any.
    """
    if state is not None or subject.suffix == ".db":
        return state or subject
    if subject.suffix == CHANGE_SUFFIX:
        return state_path(None, subject, load_change(subject)[0].name)
    return state_path(None, subject, plan_name(subject))


def plan_name(plan: Path) -> str:
    """The name in a plan file, without judging the rest of it: a run must be found although its plan changed."""
    import yaml

    from .inputs import read_bytes

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        node = yaml.compose(read_bytes(plan)[:1_000_000], Loader=loader)
        pairs = {key.value: value.value for key, value in node.value} if node is not None else {}
        return str(pairs["name"])
    except (yaml.YAMLError, KeyError, ValueError, TypeError, AttributeError):
        raise Refused(
            f"{plan} names no run.", next="name the plan, the change file, or the journal with --state"
        ) from None


@contextmanager
def opened(subject: Path, state: Path | None) -> Iterator[SQLiteJournal]:
    """The journal of a run that exists.

    Raises:
        NoJournal: nothing was applied yet.
    """
    from exmigrate.journal import open_journal

    journal = open_journal(journal_path(subject, state))
    try:
        yield journal
    finally:
        journal.close()


def person(who: str) -> str:
    """The name under which a person's word is recorded: the one given, else the account's."""
    return who or getpass.getuser()


def request(subject: Path, state: Path | None, wish: Request, endpoints: Path | None = None) -> None:
    """Put a request into the run's inbox and wait for its answer.

    Raises:
        RequestRefused: it does not fit the state of the run.
        NoAnswer: whoever drives the run did not answer in time; the request stays.
    """
    from exmigrate.runner import ask, refused

    with opened(subject, state) as journal:
        number = ask(journal, wish)
        answer = _answer(journal, number, Named(subject, state, endpoints))
    if answer:
        raise refused(answer, step=wish.step, next=f"exmigrate status {Named(subject, state, endpoints)}")
    output.note(f"{wish.step}: recorded as the word of {wish.who}")


def _answer(journal: SQLiteJournal, number: int, named: Named) -> str:
    from exmigrate.journal import LeaseHeld
    from exmigrate.runner import settle

    from .asking import surroundings

    ambient = surroundings(named.endpoints).ambient
    deadline = time.monotonic() + _ANSWER_WITHIN_S
    while (answer := journal.answer_of(number)) is None:
        if time.monotonic() > deadline:
            raise NoAnswer(
                why="it holds the lease", next=f"exmigrate status {named}; the request waits in the journal"
            )
        try:
            settle(journal, ambient)
        except LeaseHeld:
            time.sleep(0.1)
    return answer
