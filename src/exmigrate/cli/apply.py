"""`exmigrate apply`: run a change, or go on with it."""

from __future__ import annotations

import sys
from pathlib import Path

import typer

from . import output


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("apply")(command)


def command(
    subject: Path = typer.Argument(..., metavar="PLAN|CHANGE", help="A change file, or a plan."),
    phase: str = typer.Option("", "--phase", help="Start only steps of this phase."),
    site: str = typer.Option("", "--site", help="Start only steps of this site."),
    until: str = typer.Option("", "--until", help="Start nothing behind this step or phase."),
    only: str = typer.Option("", "--only", help="Start only this step."),
    yes: bool = typer.Option(False, "--yes", help="Do not ask before a plan is applied."),
    wait: bool = typer.Option(
        False, "--wait", help="Stay when only persons are missing, instead of ending with 7."
    ),
    state: Path = typer.Option(None, "--state", help="The journal; .exmigrate/<plan name>.db otherwise."),
    endpoints: Path = typer.Option(
        None, "--endpoints", help="Where servers are reached, such as a twin's file."
    ),
    takeover: str = typer.Option("", "--takeover", help="Take servers over from this run id."),
    as_json: bool = typer.Option(
        False, "--json", help="Print the outcome as JSON; progress goes to standard error."
    ),
) -> None:
    """Run a change; the same command goes on after any interruption. Starts nothing twice."""
    selection = {k: v for k, v in {"phase": phase, "site": site, "until": until, "only": only}.items() if v}
    output.guarded(
        lambda: _run(subject, selection, yes, wait, state, endpoints, takeover, as_json), as_json=as_json
    )


def _run(
    subject: Path,
    selection: dict[str, str],
    yes: bool,
    wait: bool,
    state: Path | None,
    endpoints: Path | None,
    takeover: str,
    as_json: bool,
) -> None:
    from exmigrate.runner import Options

    from .asking import prompt, surroundings
    from .naming import Named
    from .runs import journal_path
    from .session import check_basis, drive, tell

    path = journal_path(subject, state)
    raw = _change_bytes(subject, path, endpoints, yes)
    around = surroundings(endpoints)
    check_basis(path, raw, around, subject)
    options = Options(
        mode=around.mode,
        selection=selection,
        endpoints=around.endpoints,
        takeover=takeover,
        files_from=subject.resolve().parent,
        prompt=prompt(),
        stay=wait,
    )
    tell(drive(path, raw, options, around), Named(subject, state, endpoints), as_json)


def _change_bytes(subject: Path, journal: Path, endpoints: Path | None, yes: bool) -> bytes | None:
    """The bytes to run; None to go on with those that the journal holds."""
    from exmigrate.change import to_bytes
    from exmigrate.journal import has_run

    from .asking import probed, refuse_unread
    from .inputs import CHANGE_SUFFIX, load_change, load_plan

    if subject.suffix == CHANGE_SUFFIX:
        change, raw = load_change(subject)
        refuse_unread(change)
        return raw
    if has_run(journal):
        return None
    topology, result = load_plan(subject)
    change = probed(topology, result, plan=subject, inventory=None, endpoints=endpoints).change
    refuse_unread(change)
    if not yes:
        _confirm(change)
    return to_bytes(change)


def _confirm(change: object) -> None:
    from exmigrate.change import effect_digest
    from exmigrate.model import Change, Refused
    from exmigrate.report.preview import preview

    assert isinstance(change, Change)
    preview(change, effect_digest(change), console=output.console(stderr=True))
    if not sys.stdin.isatty():
        raise Refused(
            "A plan is applied only when somebody has seen it.",
            why="there is no terminal to ask at",
            next="exmigrate plan PLAN -o FILE.change, then exmigrate apply FILE.change; or apply PLAN --yes",
        )
    sys.stderr.write("\nType 'yes' to run this: ")
    sys.stderr.flush()
    if sys.stdin.readline().strip() != "yes":
        raise Refused("Not applied.", next="nothing was touched")
