"""`exmigrate validate`: is the plan well formed, and does it keep the rules."""

from __future__ import annotations

from pathlib import Path

import typer

from . import output


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("validate")(command)


def command(
    plan: Path = typer.Argument(..., help="The plan."),
    inventory: Path = typer.Option(None, "--inventory", help="What 'exmigrate discover' wrote."),
    format: str = typer.Option("text", "--format", help="text or json."),
) -> None:
    """Check a plan: language, rules, and that it compiles. Touches nothing."""
    output.guarded(lambda: _run(plan, inventory, format), as_json=format == "json")


def _run(plan: Path, inventory: Path | None, format: str) -> None:
    from exmigrate.change import finding_json

    from .inputs import compile_topology, load_inventory, load_plan

    as_json = format == "json"
    topology, result = load_plan(plan, as_json=as_json)
    values, digest = load_inventory(inventory)
    change = compile_topology(topology, result, values, digest).change
    if as_json:
        output.json_data({"problems": [], "findings": [finding_json(f) for f in change.findings]})
    else:
        _print(plan, change.findings, len(change.steps))
    if any(f.severity == "error" and not f.waived for f in change.findings):
        output.finish(2)


def _print(plan: Path, found: tuple[object, ...], steps: int) -> None:
    from exmigrate.report.preview import findings

    table = findings(found)  # type: ignore[arg-type]
    if table is not None:
        output.console().print(table)
    output.note(f"{plan} compiles to {steps} steps. next: exmigrate plan {plan} --offline")
