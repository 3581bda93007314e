"""`exmigrate plan`: what would run, in which order, and what cannot be undone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from . import output

if TYPE_CHECKING:
    from exmigrate.compile import Compiled
    from exmigrate.model import Change

_FORMATS = ("tree", "json", "markdown", "dot", "mermaid")


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("plan")(command)


def command(
    plan: Path = typer.Argument(..., help="The plan."),
    offline: bool = typer.Option(False, "--offline", help="Ask no server; states are then unknown."),
    out: Path = typer.Option(None, "--output", "-o", help="Write the change file, for approval and apply."),
    format: str = typer.Option("tree", "--format", help="tree, json, markdown, dot or mermaid."),
    inventory: Path = typer.Option(
        None, "--inventory", help="What 'exmigrate discover' wrote; spares asking again."
    ),
    endpoints: Path = typer.Option(
        None, "--endpoints", help="Where servers are reached, such as a twin's file."
    ),
    exit_code: bool = typer.Option(False, "--exit-code", help="End with 10 when something is to do."),
) -> None:
    """Preview: compile the plan and, unless offline, run every step's read-only Check."""
    output.guarded(
        lambda: _run(plan, offline, out, format, inventory, endpoints, exit_code), as_json=format == "json"
    )


def _run(
    plan: Path,
    offline: bool,
    out: Path | None,
    format: str,
    inventory: Path | None,
    endpoints: Path | None,
    exit_code: bool,
) -> None:
    from exmigrate.model import Refused

    from .inputs import load_plan

    if format not in _FORMATS:
        raise Refused(f"There is no format {format!r}.", next=f"use one of {', '.join(_FORMATS)}")
    topology, result = load_plan(plan, as_json=format == "json")
    if offline:
        from .inputs import compile_topology, load_inventory

        values, digest = load_inventory(inventory)
        compiled = compile_topology(topology, result, values, digest)
    else:
        from .asking import probed

        compiled = probed(topology, result, plan=plan, inventory=inventory, endpoints=endpoints)
    _write(compiled, out, plan)
    _print(compiled.change, format, _next(plan, out, endpoints))
    _finish(compiled.change, exit_code)


def _write(compiled: Compiled, out: Path | None, plan: Path) -> None:
    if out is None:
        return
    from exmigrate.change import to_bytes
    from exmigrate.compile import references
    from exmigrate.model import Refused

    if out.resolve().parent != plan.resolve().parent and references(
        [s.arguments for s in compiled.change.steps], "$file"
    ):
        output.note(f"files that steps bring are looked for beside {out}, not beside {plan}")
    try:
        out.write_bytes(to_bytes(compiled.change))
    except OSError as fault:
        raise Refused(
            f"{out} cannot be written.", why=fault.strerror or str(fault), next="choose another place"
        ) from None


def _next(plan: Path, out: Path | None, endpoints: Path | None) -> str:
    """The command that follows a preview."""
    from .naming import Named

    if out is not None:
        return f"exmigrate apply {Named(out, endpoints=endpoints)}"
    return f"exmigrate plan {Named(plan, endpoints=endpoints)} -o FILE.change"


def _print(change: Change, format: str, following: str) -> None:
    from exmigrate.change import basis_digest, effect_digest, to_json

    match format:
        case "json":
            output.json_data(to_json(change))
        case "markdown":
            from exmigrate.report.markdown import markdown

            output.data(markdown(change, effect_digest(change), basis_digest(change)))
        case "dot" | "mermaid":
            from exmigrate.report import graphs

            output.data({"dot": graphs.dot, "mermaid": graphs.mermaid}[format](change))
        case _:
            from exmigrate.report.preview import preview

            preview(change, effect_digest(change), console=output.console())
    output.note(f"next: {following}")


def _finish(change: Change, exit_code: bool) -> None:
    if any(f.severity == "error" and not f.waived for f in change.findings):
        output.finish(2)
    if exit_code and any(step.state != "satisfied" for step in change.steps):
        output.finish(10)
