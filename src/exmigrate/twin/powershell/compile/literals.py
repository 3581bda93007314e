"""Hash tables and arrays that hold nothing to evaluate: described once, and built anew each time they are reached.

Data that arrives as script text is mostly this; a closure for each of its values would cost more than the values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from exmigrate.twin.powershell.collections_ import Hashtable
from exmigrate.twin.powershell.compile.variables import CONSTANTS
from exmigrate.twin.powershell.syntax import ast

OPEN: Final = object()
"""What :func:`literal_of` gives for an expression that has something to evaluate."""


@dataclass(frozen=True, slots=True)
class Map:
    """A hash table: entries of (normal key, key, value or the description of one)."""

    entries: tuple[tuple[str, str, Any], ...]


def literal_of(node: ast.Node) -> Any:
    """The description of a literal: a plain value, a list of descriptions, or a Map; OPEN for anything else."""
    reader = _READERS.get(type(node))
    return OPEN if reader is None else reader(node)


def build(described: Any) -> Any:
    """A fresh value of a description."""
    kind = type(described)
    if kind is list:
        return [build(item) if type(item) in _NESTED else item for item in described]
    if kind is Map:
        table = Hashtable()
        table.entries = {
            normal: (key, build(item) if type(item) in _NESTED else item)
            for normal, key, item in described.entries
        }
        return table
    return described


_NESTED = frozenset({list, Map})


def single_expression(node: ast.Node) -> ast.Node | None:
    """The expression that a statement consists of, or None when it is more than one expression."""
    if isinstance(node, ast.Pipeline) and len(node.elements) == 1 and not node.background:
        element = node.elements[0]
        if isinstance(element, ast.CommandExpr) and not element.redirections:
            return element.expr
    return None


def _plain(node: Any) -> Any:
    return node.value


def _variable(node: Any) -> Any:
    return CONSTANTS.get(node.name.lower(), OPEN)


def _list(nodes: list[ast.Node]) -> Any:
    items = []
    for node in nodes:
        item = literal_of(node)
        if item is OPEN:
            return OPEN
        items.append(item)
    return items


def _array_sub(node: Any) -> Any:
    """``@( )`` makes an array of what is not one already."""
    statements = node.body.statements
    if not statements:
        return []
    inner = single_expression(statements[0]) if len(statements) == 1 and not node.body.traps else None
    found = OPEN if inner is None else literal_of(inner)
    return found if found is OPEN or type(found) is list else [found]


def _hash(node: Any) -> Any:
    entries: dict[str, tuple[str, str, Any]] = {}
    for key, statement in node.pairs:
        inner = single_expression(statement)
        item = OPEN if inner is None else literal_of(inner)
        if item is OPEN or type(key) is not ast.Text or key.value.lower() in entries:
            return OPEN
        normal = key.value.lower()
        entries[normal] = (normal, key.value, item)
    return Map(tuple(entries.values()))


_READERS: dict[type, Any] = {
    ast.Text: _plain,
    ast.Const: _plain,
    ast.Variable: _variable,
    ast.ArrayLiteral: lambda node: _list(node.items),
    ast.Unary: lambda node: _list([node.operand]) if node.op == "comma" else OPEN,
    ast.ArraySub: _array_sub,
    ast.Hash: _hash,
}
