"""`exmigrate discover`: the inventory of the live organization."""

from __future__ import annotations

from pathlib import Path

import typer

from . import output


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("discover")(command)


def command(
    plan: Path = typer.Argument(..., help="The plan: which servers there are and how they are reached."),
    out: Path = typer.Option(
        None, "--output", "-o", help="Write the inventory file; standard output otherwise."
    ),
    endpoints: Path = typer.Option(
        None, "--endpoints", help="Where servers are reached, such as a twin's file."
    ),
) -> None:
    """Read the inventory from the servers; read-only, changes nothing."""
    output.guarded(lambda: _run(plan, out, endpoints))


def _run(plan: Path, out: Path | None, endpoints: Path | None) -> None:
    from exmigrate.discover import to_bytes
    from exmigrate.model import Refused

    from .asking import discovered, questions, surroundings
    from .inputs import compile_topology, load_plan

    topology, result = load_plan(plan)
    change = compile_topology(topology, result).change
    around = surroundings(endpoints)
    with questions(change, around, plan.resolve().parent) as asker:
        found = discovered(topology, around, asker, None)
    raw = to_bytes(found)
    if out is None:
        output.data(raw.decode())
    else:
        try:
            out.write_bytes(raw)
        except OSError as fault:
            raise Refused(f"{out} cannot be written.", why=fault.strerror or str(fault)) from None
        output.note(f"next: exmigrate plan {plan} --inventory {out}")
    output.note(f"{len(found.records) - len(found.missing)} items read, {len(found.missing)} missing")
    for record in found.missing:
        output.note(f"missing: {record.item}: {record.why}")
