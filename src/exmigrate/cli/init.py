"""`exmigrate init`: a commented plan to begin with."""

from __future__ import annotations

import shlex
from pathlib import Path

import typer

from . import output


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("init")(command)


def command(
    file: Path = typer.Argument(Path("plan.yaml"), help="The file to write."),
    sources: list[str] = typer.Option(
        ["2007"], "--from", help="Exchange version of today: 2000, 2003, 2007; again for a second one."
    ),
    target: str = typer.Option("2010", "--to", help="Exchange version to come: 2007, 2010."),
    force: bool = typer.Option(False, "--force", help="Overwrite an existing file."),
) -> None:
    """Write a commented plan to begin with."""
    output.guarded(lambda: _run(file, sources, target, force))


def _run(file: Path, sources: list[str], target: str, force: bool) -> None:
    from exmigrate.model import Refused
    from exmigrate.plan import template

    versions = [version.strip() for said in sources for version in said.split(",")]
    if file.is_dir():
        raise Refused(
            f"{file} is a folder.",
            next=f"name a file in it: exmigrate init {shlex.quote(str(file / 'plan.yaml'))}",
        )
    if file.exists() and not force:
        raise Refused(
            f"{file} exists.",
            next=f"choose another name, or overwrite it: exmigrate init {shlex.quote(str(file))} --force",
        )
    try:
        for path, text in template(file.name, versions, target).items():
            place = file.parent / path
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_text(text, encoding="utf-8")
            output.note(f"wrote {place}")
    except OSError as fault:
        raise Refused(
            f"{file} cannot be written.", why=fault.strerror or str(fault), next="choose another place"
        ) from None
    output.note(f"next: edit it, then exmigrate validate {shlex.quote(str(file))}")
