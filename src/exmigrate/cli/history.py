"""`exmigrate history`: every event of a run."""

from __future__ import annotations

from pathlib import Path

import typer

from . import output


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("history")(command)


def command(
    subject: Path = typer.Argument(..., metavar="PLAN|CHANGE", help="A plan, a change file or a journal."),
    step: str = typer.Option("", "--step", help="Only events of this step."),
    log: bool = typer.Option(False, "--log", help="Print what a step's job wrote instead; needs --step."),
    state: Path = typer.Option(None, "--state", help="The journal."),
    as_json: bool = typer.Option(False, "--json", help="One JSON object a line."),
) -> None:
    """Tell everything that happened, oldest first: what ran, when, who said what."""
    output.guarded(lambda: _run(subject, step, log, state, as_json), as_json=as_json)


def _run(subject: Path, step: str, log: bool, state: Path | None, as_json: bool) -> None:
    import json

    from exmigrate.report.run_status import history_text
    from exmigrate.runner import history

    from .runs import opened

    with opened(subject, state) as journal:
        moments = [m for m in history(journal) if step in ("", m.step)]
        if log:
            jobs = dict.fromkeys(
                str(m.data["job_id"]) for m in moments if m.step == step and m.data.get("job_id")
            )
            output.data("".join(journal.log(step, job).decode("utf-8", "replace") for job in jobs))
            return
    if as_json:
        output.data("".join(json.dumps(m.data, ensure_ascii=False) + "\n" for m in moments))
    else:
        output.data(history_text(moments))
