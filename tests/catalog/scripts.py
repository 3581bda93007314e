"""The catalog's scripts as syntax trees: what they call, with which parameters, in which shell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from typing import Any

from exmigrate.catalog import Catalog, StepKind, load_catalog
from exmigrate.discover.collectors import collectors
from exmigrate.twin.powershell.levels import level
from exmigrate.twin.powershell.syntax import Source, ast, parse

SHELLS = {
    "E10": ("2010",),
    "E07": ("2007",),
    "EDGE": ("2010", "2007"),
    "shell": ("2007", "2010"),
    "target": ("2007", "2010"),
    "AD": (),
}
"""Versions of the shell that a kind's script finds, by vantage; `target` kinds load one themselves if they need it."""

SNAP_INS = {"2007": "PowerShell.Admin", "2010": "PowerShell.E2010"}
LIBRARY_SHELLS = {
    "moves": ("2010",),
    "offline-moves": ("2007",),
    "folders": ("2010",),
    "shell-e10": ("2010",),
}


@dataclass(frozen=True)
class Call:
    """One command of a script: name, parameters written out, splatted variables.

    `only` is the version that an `if ($a.version -eq '2007')` around it leaves; empty where it runs in every one.
    """

    script: str
    name: str
    parameters: tuple[str, ...]
    splats: tuple[str, ...]
    positional: int
    only: str = ""


@cache
def catalog() -> Catalog:
    """The packaged catalog."""
    return load_catalog()


@cache
def tree(text: str) -> ast.ScriptBody:
    """The syntax tree of a script at the level of the oldest server that runs it."""
    return parse(Source(text), level("2.0"))


def nodes(node: Any, only: str = "") -> Iterator[tuple[Any, str]]:
    """A node and everything below it, each with the version of Exchange that the conditions around it leave."""
    if isinstance(node, list | tuple):
        for item in node:
            yield from nodes(item, only)
    elif isinstance(node, ast.If):
        rest = only
        for condition, body in node.clauses:
            yield from nodes(condition, rest)
            named = asked_version(condition)
            yield from nodes(body, named or rest)
            rest = OTHER.get(named, rest)
        yield from nodes(node.otherwise, rest)
    elif is_dataclass(node) and not isinstance(node, type):
        yield node, only
        for field in fields(node):
            yield from nodes(getattr(node, field.name), only)


OTHER = {"2007": "2010", "2010": "2007"}


def asked_version(condition: Any) -> str:
    """The version of `$a.version -eq '2007'` or `$Version -eq '2007'`; empty for any other condition."""
    while isinstance(condition, ast.Paren | ast.Pipeline | ast.CommandExpr):
        match condition:
            case ast.Paren(pipeline=inner) | ast.CommandExpr(expr=inner):
                condition = inner
            case ast.Pipeline(elements=[inner]):
                condition = inner
            case _:
                return ""
    if not isinstance(condition, ast.Binary) or condition.op.lower().lstrip("-") not in ("eq", "ieq"):
        return ""
    left, right = condition.left, condition.right
    name = left.name if isinstance(left, ast.Member | ast.Variable) else ""
    name = name.value if isinstance(name, ast.Text) else name
    value = right.value if isinstance(right, ast.Text) else ""
    return value if isinstance(name, str) and name.lower() == "version" and value in OTHER else ""


def calls(script: str, text: str) -> list[Call]:
    """Every command with a literal name."""
    found = []
    for node, only in nodes(tree(text)):
        if isinstance(node, ast.Command) and isinstance(node.name, ast.Text):
            parameters = tuple(a.name for a in node.args if isinstance(a, ast.CommandParam))
            splats = tuple(a.name for a in node.args if isinstance(a, ast.Variable) and a.splat)
            others = [a for a in node.args if not isinstance(a, ast.CommandParam)]
            found.append(Call(script, node.name.value, parameters, splats, len(others) - len(splats), only))
    return found


def texts() -> dict[str, str]:
    """Every script by name: step kinds, libraries, and the collectors of the inventory."""
    loaded = catalog()
    kinds = {kind.id: kind.text for kind in loaded.kinds.values()}
    shared = {f"library/{name}": text for name, text in loaded.libraries.items()}
    return kinds | shared | {f"collector/{item}": kind.text for item, kind in collectors().items()}


def versions(script: str) -> tuple[str, ...]:
    """Versions of Exchange against whose signatures a script's cmdlets are held."""
    if script.startswith("library/"):
        return LIBRARY_SHELLS.get(script.removeprefix("library/"), ("2010", "2007"))
    if script.startswith("collector/"):
        return SHELLS[collectors()[script.removeprefix("collector/")].vantage]
    found = kind_of(script)
    named = [v for v, snap_in in SNAP_INS.items() if snap_in in found.text]
    return (named[0],) if found.vantage == "target" and len(named) == 1 else SHELLS[found.vantage]


def kind_of(script: str) -> StepKind:
    """The step kind of a script."""
    return catalog().kinds[script]


LIBRARIES_OF_ALL = ("library/edge", "library/routing")
"""Libraries that kinds of the vantage `shell` load."""


def runs_in_all(script: str) -> bool:
    """Whether a script is written for the shells of several versions: a kind of the vantage `shell`, or its library."""
    if script in LIBRARIES_OF_ALL:
        return True
    return script in catalog().kinds and kind_of(script).vantage == "shell"
