"""`exmigrate validate`: is the plan well formed, and does it keep the rules."""

from __future__ import annotations

import shlex
from pathlib import Path

import typer

from . import output

_FORMATS = ("text", "json", "sarif")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("validate")(command)


def command(
    plan: Path = typer.Argument(..., help="The plan."),
    inventory: Path = typer.Option(None, "--inventory", help="What 'exmigrate discover' wrote."),
    format: str = typer.Option("text", "--format", help="text, json or sarif."),
) -> None:
    """Check a plan: language, rules, and that it compiles. Touches nothing."""
    output.guarded(lambda: _run(plan, inventory, format), as_json=format == "json")


def _run(plan: Path, inventory: Path | None, format: str) -> None:
    from exmigrate.change import finding_json
    from exmigrate.model import Refused

    from .inputs import compile_topology, load_inventory, load_plan

    if format not in _FORMATS:
        raise Refused(f"There is no format {format!r}.", next=f"use one of {', '.join(_FORMATS)}")
    if format == "sarif":
        _sarif(plan, inventory)
        return
    as_json = format == "json"
    topology, result = load_plan(plan, as_json=as_json)
    values, digest = load_inventory(inventory)
    change = compile_topology(topology, result, values, digest).change
    refused = sum(f.severity == "error" and not f.waived for f in change.findings)
    if as_json:
        output.json_data({"problems": [], "findings": [finding_json(f) for f in change.findings]})
    else:
        _print(plan, change.findings, len(change.steps), refused)
    if refused:
        output.finish(2)


def _sarif(plan: Path, inventory: Path | None) -> None:
    """Print one SARIF log whatever the plan is like; a file that cannot be read is an error as everywhere."""
    from exmigrate import __version__
    from exmigrate.model import Refused
    from exmigrate.plan import load
    from exmigrate.report.sarif import sarif

    from .inputs import compile_topology, load_inventory, read_bytes

    if not plan.is_file():
        read_bytes(plan)
    values, digest = load_inventory(inventory)
    result = load(plan)
    if result.topology is None:
        output.json_data(sarif(__version__, problems=result.problems))
        output.finish(2)
    try:
        findings = compile_topology(result.topology, result, values, digest).change.findings
    except Refused as refusal:
        output.json_data(sarif(__version__, problems=result.problems, errors=[refusal], file=str(plan)))
        output.finish(refusal.exit_code)
    output.json_data(sarif(__version__, problems=result.problems, findings=findings))
    if result.errors or any(f.severity == "error" and not f.waived for f in findings):
        output.finish(2)


def _print(plan: Path, found: tuple[object, ...], steps: int, refused: int) -> None:
    from exmigrate.report.preview import findings

    table = findings(found)  # type: ignore[arg-type]
    if table is not None:
        output.console().print(table)
    named = shlex.quote(str(plan))
    if refused:
        output.note(
            f"{refused} finding{'s' if refused != 1 else ''} of severity error. Nothing was touched.\n"
            f"next: mend what the table says, then exmigrate validate {named}"
        )
        return
    output.note(f"{plan} compiles to {steps} steps. next: exmigrate plan {named} --offline")
