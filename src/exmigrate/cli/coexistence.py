"""`exmigrate coexistence`: what each client sees after each stage."""

from __future__ import annotations

from pathlib import Path

import typer

from . import output

_FORMATS = ("text", "json", "markdown")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("coexistence")(command)


def command(
    subject: Path = typer.Argument(..., metavar="PLAN|CHANGE", help="A plan or a change file."),
    format: str = typer.Option("text", "--format", help="text, json or markdown."),
) -> None:
    """Tell for each stage, site and mailbox version what each client protocol does, from which name. Touches nothing."""
    output.guarded(lambda: _run(subject, format), as_json=format == "json")


def _run(subject: Path, format: str) -> None:
    from exmigrate.model import Refused
    from exmigrate.report import coexistence

    from .inputs import load_change

    if format not in _FORMATS:
        raise Refused(f"There is no format {format!r}.", next=f"use one of {', '.join(_FORMATS)}")
    change, _ = load_change(subject)
    match format:
        case "json":
            output.json_data(coexistence.coexistence_json(change))
        case "markdown":
            output.data(coexistence.coexistence_markdown(change))
        case _:
            coexistence.coexistence_table(change, console=output.console())
