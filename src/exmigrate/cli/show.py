"""`exmigrate show`: one step, with its scripts and arguments exactly as they would be sent."""

from __future__ import annotations

import shlex
from pathlib import Path

import typer

from . import output


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("show")(command)


def command(
    step: str = typer.Argument(..., help="A step id, such as install-cas@EX10-01."),
    subject: Path = typer.Argument(..., metavar="PLAN|CHANGE", help="A plan or a change file."),
    format: str = typer.Option("text", "--format", help="text or json."),
) -> None:
    """Show one step whole: what it needs, what it does, its scripts byte for byte."""
    output.guarded(lambda: _run(step, subject, format), as_json=format == "json")


def _run(step: str, subject: Path, format: str) -> None:
    import difflib

    from exmigrate.model import Refused

    from .inputs import CHANGE_SUFFIX, load_change

    change, _ = load_change(subject)
    found = change.by_id.get(step)
    if found is None:
        named = shlex.quote(str(subject))
        near = difflib.get_close_matches(step, list(change.by_id), n=3, cutoff=0.4)
        raise Refused(
            f"There is no step {step!r} in {subject}.",
            why=f"did you mean {', '.join(near)}?" if near else "",
            next=f"exmigrate graph {named} --format mermaid names every step"
            if subject.suffix == CHANGE_SUFFIX
            else f"exmigrate plan {named} --offline lists all steps",
        )
    if format == "json":
        scripts = {sha: change.scripts[sha].text for sha in (*found.libraries, found.script) if sha}
        output.json_data({"step": found.to_json(), "scripts": scripts})
        return
    from exmigrate.report.script_view import show_step

    output.data(show_step(change, found))
