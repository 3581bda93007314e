"""The command line: one module a command, imported only when that command runs its work."""

from __future__ import annotations

import sys

import typer

from exmigrate import __version__

from . import (
    apply,
    catalog,
    coexistence,
    discover,
    gates,
    graph,
    history,
    init,
    plan,
    rollback,
    schema,
    show,
    status,
    steps,
    twin,
    validate,
)

_ABSENT = {
    "approve": "signed approvals",
    "assess": "the readiness report of an inventory",
    "diff": "the comparison of two changes",
    "rehearse": "the rehearsal that collects evidence; 'exmigrate twin serve' and 'apply --endpoints' rehearse by hand",
    "report": "the HTML change document",
}

app = typer.Typer(
    name="exmigrate",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Moves an on-premises Exchange organization from one version to another.",
    epilog="Start with: exmigrate init plan.yaml",
)


def _version(value: bool) -> None:
    if value:
        typer.echo(f"exmigrate {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Moves an on-premises Exchange organization from one version to another."""


for module in (
    init,
    schema,
    validate,
    discover,
    plan,
    show,
    coexistence,
    graph,
    apply,
    status,
    gates,
    steps,
    rollback,
    history,
    catalog,
    twin,
):
    module.register(app)


def main() -> None:
    """Entry point of the command `exmigrate`."""
    words = [word for word in sys.argv[1:2] if not word.startswith("-")]
    if words and words[0] in _ABSENT:
        sys.stderr.write(f"EXM-U002: this version has no command '{words[0]}': {_ABSENT[words[0]]}.\n")
        raise SystemExit(2)
    app()
