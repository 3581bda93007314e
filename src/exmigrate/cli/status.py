"""`exmigrate status`: where a run stands."""

from __future__ import annotations

from pathlib import Path

import typer

from . import output


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("status")(command)


def command(
    subject: Path = typer.Argument(..., metavar="PLAN|CHANGE", help="A plan, a change file or a journal."),
    state: Path = typer.Option(None, "--state", help="The journal."),
    endpoints: Path = typer.Option(None, "--endpoints", help="For the organization time of a twin."),
    as_json: bool = typer.Option(False, "--json", help="Print JSON."),
) -> None:
    """Tell what runs where, what waits for what, what is stuck and the next command for each."""
    output.guarded(lambda: _run(subject, state, endpoints, as_json), as_json=as_json)


def _run(subject: Path, state: Path | None, endpoints: Path | None, as_json: bool) -> None:
    from exmigrate.report.run_status import status_json, status_text
    from exmigrate.runner import status

    from .asking import surroundings
    from .naming import Named
    from .runs import opened

    with opened(subject, state) as journal:
        found = status(journal, surroundings(endpoints).ambient.now())
    if as_json:
        output.json_data(status_json(found))
    else:
        output.data(status_text(found, str(Named(subject, state, endpoints))))
