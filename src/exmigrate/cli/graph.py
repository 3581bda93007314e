"""`exmigrate graph`: the graph of steps, as DOT or Mermaid."""

from __future__ import annotations

from pathlib import Path

import typer

from . import output


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("graph")(command)


def command(
    subject: Path = typer.Argument(..., metavar="PLAN|CHANGE", help="A plan or a change file."),
    format: str = typer.Option("dot", "--format", help="dot or mermaid."),
) -> None:
    """Draw what waits for what."""
    output.guarded(lambda: _run(subject, format))


def _run(subject: Path, format: str) -> None:
    from exmigrate.model import Refused
    from exmigrate.report.graphs import dot, mermaid

    from .inputs import load_change

    forms = {"dot": dot, "mermaid": mermaid}
    if format not in forms:
        raise Refused(f"There is no format {format!r}.", next="use --format dot or --format mermaid")
    output.data(forms[format](load_change(subject)[0]))
