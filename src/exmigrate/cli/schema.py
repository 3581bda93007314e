"""`exmigrate schema`: the JSON Schema of a plan."""

from __future__ import annotations

import typer

from . import output


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("schema")(command)


def command() -> None:
    """Print the JSON Schema of a plan, for editors and other tools."""
    output.guarded(_run)


def _run() -> None:
    from exmigrate.plan import json_schema

    output.json_data(json_schema())
