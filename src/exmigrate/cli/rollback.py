"""`exmigrate rollback`: take a run back to a marker."""

from __future__ import annotations

from pathlib import Path

import typer

from . import output


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("rollback")(command)


def command(
    marker: str = typer.Argument(..., help="A marker: start, a phase such as hub, or hub@site:NAME."),
    subject: Path = typer.Argument(..., metavar="PLAN|CHANGE", help="A plan, a change file or a journal."),
    reason: str = typer.Option(..., "--reason", help="Why it is taken back."),
    who: str = typer.Option("", "--who", help="Whose decision it is; your account's name otherwise."),
    state: Path = typer.Option(None, "--state", help="The journal."),
    endpoints: Path = typer.Option(
        None, "--endpoints", help="Where servers are reached, such as a twin's file."
    ),
    as_json: bool = typer.Option(False, "--json", help="Print the outcome as JSON."),
) -> None:
    """Undo, in reverse order, every step that the marker does not keep; never across a point of no return."""
    output.guarded(lambda: _run(marker, subject, reason, who, state, endpoints, as_json), as_json=as_json)


def _run(
    marker: str,
    subject: Path,
    reason: str,
    who: str,
    state: Path | None,
    endpoints: Path | None,
    as_json: bool,
) -> None:
    from exmigrate.engine import Request
    from exmigrate.runner import Options

    from .asking import prompt, surroundings
    from .naming import Named
    from .runs import journal_path, person, request
    from .session import drive, tell

    request(subject, state, Request("rollback", marker, person(who), reason), endpoints)
    around = surroundings(endpoints)
    options = Options(
        mode=around.mode, endpoints=around.endpoints, files_from=subject.resolve().parent, prompt=prompt()
    )
    path = journal_path(subject, state)
    tell(drive(path, None, options, around), Named(subject, state, endpoints), as_json)
