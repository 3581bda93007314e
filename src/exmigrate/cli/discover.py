"""`exmigrate discover`: the inventory of the live organization."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from . import output

if TYPE_CHECKING:
    from exmigrate.discover import Inventory

INCOMPLETE = 10
"""Exit code of `--exit-code`, the same as that of `plan` for pending changes."""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("discover")(command)


def command(
    plan: Path = typer.Argument(..., help="The plan: which servers there are and how they are reached."),
    out: Path = typer.Option(
        None,
        "--output",
        "-o",
        help="Write the inventory file; standard output otherwise. What a person wrote into it before is kept.",
    ),
    endpoints: Path = typer.Option(
        None, "--endpoints", help="Where servers are reached, such as a twin's file."
    ),
    exit_code: bool = typer.Option(
        False, "--exit-code", help="Exit 10 when an item is missing or a person still has to bring one."
    ),
) -> None:
    """Read the inventory from the servers; read-only, changes nothing. Names what a person has to bring."""
    output.guarded(lambda: _run(plan, out, endpoints, exit_code))


def _run(plan: Path, out: Path | None, endpoints: Path | None, exit_code: bool) -> None:
    from exmigrate.discover import to_bytes, with_brought

    from .asking import discovered, questions, surroundings
    from .inputs import compile_topology, load_plan
    from .naming import Named

    topology, result = load_plan(plan)
    older = _older(out, topology.organization)
    change = compile_topology(topology, result).change
    around = surroundings(endpoints)
    with questions(change, around, plan.resolve().parent) as asker:
        found = discovered(topology, around, asker, None)
    if older is not None:
        found = with_brought(found, older)
    raw = to_bytes(found)
    if out is None:
        output.data(raw.decode())
    else:
        _write(out, raw)
        named = Named(plan, endpoints=endpoints)
        output.note(f"next: exmigrate plan {named} --inventory {shlex.quote(str(out))}")
    _tell(found)
    if exit_code and (found.missing or found.awaited):
        output.finish(INCOMPLETE)


def _older(out: Path | None, organization: str) -> Inventory | None:
    """The inventory that stands where the new one is written.

    Raises:
        Refused: the file is none, or one of another organization.
    """
    from exmigrate.discover import parse
    from exmigrate.model import Refused

    from .inputs import read_bytes

    if out is None or not out.is_file() or not out.stat().st_size:
        return None
    older = parse(read_bytes(out), str(out))
    if older.organization != organization:
        raise Refused(
            f"{out} is the inventory of {older.organization}.",
            why=f"the plan is of {organization}; what persons brought for another would be mixed in or lost",
            next="name another file with --output",
        )
    return older


def _write(out: Path, raw: bytes) -> None:
    from exmigrate.model import Refused

    try:
        out.write_bytes(raw)
    except OSError as fault:
        raise Refused(f"{out} cannot be written.", why=fault.strerror or str(fault)) from None


def _tell(found: Inventory) -> None:
    there = len(found.records) - len(found.missing) - len(found.awaited)
    output.note(
        f"{there} items there, {len(found.missing)} missing, {len(found.awaited)} for a person to bring"
    )
    for record in found.missing:
        output.note(f"missing: {record.item}: {record.why}")
    undriven: dict[str, list[str]] = {}
    for record in found.awaited:
        item, _, server = record.item.partition("@")
        if server:
            undriven.setdefault(server, []).append(item)
        else:
            output.note(f"bring: {record.item}: {record.why}")
    for server, items in undriven.items():
        output.note(f"bring: of {server}, which is not driven: {', '.join(items)}; each record says what")
