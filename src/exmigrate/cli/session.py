"""One session of a run, from its journal to its last words; what `apply` and `rollback` share."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from . import output

if TYPE_CHECKING:
    from exmigrate.runner import Listener, Options, RunOutcome

    from .asking import Surroundings
    from .naming import Named

_SHOWN = 20


def check_basis(journal: Path, raw: bytes | None, around: Surroundings, subject: Path) -> None:
    """See that what the change rests on is still so.

    Raises:
        BasisMoved: it is not, and the policy does not allow that.
    """
    from exmigrate.change import parse
    from exmigrate.journal import open_journal

    from .asking import refuse_moved_basis

    if raw is None:
        held = open_journal(journal)
        try:
            raw = held.change()
        finally:
            held.close()
    refuse_moved_basis(parse(raw, str(subject)), journal, around, subject.resolve().parent)


def drive(journal: Path, raw: bytes | None, options: Options, around: Surroundings) -> RunOutcome:
    """Begin or go on with a run, its progress on standard error."""
    from exmigrate.journal import SQLiteJournal
    from exmigrate.remote import ShellBook, WinRMSessions
    from exmigrate.runner import run

    sessions = WinRMSessions(book=ShellBook(journal.with_suffix(".shells")), keyring=around.keyring)
    held = SQLiteJournal(journal)
    try:
        with _listener() as listener:
            return run(held, sessions, options, change_bytes=raw, ambient=around.ambient, listener=listener)
    finally:
        held.close()


@contextmanager
def _listener() -> Iterator[Listener]:
    from exmigrate.report.live import LiveProgress, PlainProgress

    if sys.stderr.isatty():
        with LiveProgress(output.console(stderr=True)) as live:
            yield live
    else:
        yield PlainProgress(sys.stderr)


def tell(outcome: RunOutcome, named: Named, as_json: bool) -> None:
    """Say how a session ended and what to type next, and end with its exit code."""
    if as_json:
        output.json_data(
            {
                "outcome": outcome.outcome,
                "exit_code": outcome.exit_code,
                "message": outcome.message,
                "run": outcome.run,
                "why": dict(outcome.why),
            }
        )
    output.note(f"{outcome.outcome}: {outcome.message}")
    for step, why in list(outcome.why.items())[:_SHOWN]:
        output.note(f"  {step}: {why}")
    if len(outcome.why) > _SHOWN:
        output.note(f"  and {len(outcome.why) - _SHOWN} more")
    following = {
        0: f"exmigrate history {named.recorded}",
        7: f"exmigrate gates {named}",
        130: f"exmigrate apply {named}",
    }.get(outcome.exit_code, f"exmigrate status {named}")
    output.note(f"next: {following}")
    output.finish(outcome.exit_code)
