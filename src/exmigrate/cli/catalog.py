"""`exmigrate catalog`: the step kinds, and one of them whole."""

from __future__ import annotations

import typer

from . import output


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("catalog")(command)


def command(
    kind: str = typer.Argument("", help="A step kind to print whole."),
    folder: str = typer.Option("", "--folder", help="A folder with step kinds of your own."),
    check: bool = typer.Option(False, "--check", help="Compile every expression of every kind."),
    format: str = typer.Option("text", "--format", help="text or json."),
) -> None:
    """List the step kinds; a step kind is a '.ps1' file: '<#', YAML, '#>', then Check, Apply, Verify, Rollback."""
    output.guarded(lambda: _run(kind, folder, check, format), as_json=format == "json")


def _run(kind: str, folder: str, check: bool, format: str) -> None:
    from exmigrate.catalog import check_texts, load_catalog
    from exmigrate.model import Refused

    catalog = load_catalog(folder)
    if check:
        for found in catalog.kinds.values():
            check_texts(found)
        output.note(f"{len(catalog.kinds)} step kinds, every expression compiles")
    elif kind:
        one = catalog.kinds.get(kind)
        if one is None:
            raise Refused(f"There is no step kind {kind!r}.", next="exmigrate catalog lists them")
        output.data(one.text)
    elif format == "json":
        output.json_data(
            [
                {
                    "id": k.id,
                    "phase": k.phase,
                    "scope": k.scope,
                    "effect": k.effect,
                    "reversibility": k.reversibility,
                }
                for k in catalog.kinds.values()
            ]
        )
    else:
        for k in catalog.kinds.values():
            output.data(f"{k.phase:<13}{k.id:<40}{k.scope:<14}{k.effect:<12}{k.reversibility}")
