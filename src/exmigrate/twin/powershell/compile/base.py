"""What the parts of the compiler share: dispatch by node class, and how values become output."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.collections_ import Hashtable
from exmigrate.twin.powershell.errors import PSError, Severity, error
from exmigrate.twin.powershell.levels import Level
from exmigrate.twin.powershell.runtime.flow import NOTHING, Leave
from exmigrate.twin.powershell.syntax import ast
from exmigrate.twin.powershell.syntax.source import Source
from exmigrate.twin.powershell.values import Byte, Char, Int64, PSObject

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session

Emit = Callable[[Any], None]
Value = Callable[["Session"], Any]
Run = Callable[["Session", Emit], "Leave | None"]

# Classes whose values are one object each on the output stream, whatever the level.
SCALARS = frozenset({int, str, bool, float, type(None), PSObject, Int64, Byte, Char, Decimal, Hashtable})


class CompilerBase:
    """State of one compilation."""

    def __init__(self, source: Source, level: Level) -> None:
        self.source = source
        self.level = level
        self.in_method = False

    def unsupported(self, what: str, node: ast.Node) -> PSError:
        """The error for syntax that is read but not run; it names what and where."""
        found = error(
            f"Not simulated: {what}.", "NotSimulated", "NotImplemented",
            exception="System.NotSupportedException", severity=Severity.SCRIPT,
        )  # fmt: skip
        found.record.position = self.source.position(node.start, node.end)
        return found

    # The parts give these; they stand here for one another's sake.

    def value(self, node: ast.Node) -> Value:
        """A node for its value."""
        raise AssertionError

    def raw(self, node: ast.Node) -> Value:
        """A node for its value where nothing (no object) differs from ``$null``."""
        raise AssertionError

    def statement(self, node: ast.Node) -> Run:
        """A node as a statement."""
        raise AssertionError

    def block(self, node: ast.Block) -> Run:
        """Statements in order."""
        raise AssertionError

    def script_body(
        self, body: ast.ScriptBody, is_filter: bool = False, name: str = "", method: bool = False
    ) -> Any:
        """A script body."""
        raise AssertionError

    def assigner(self, node: ast.Node) -> Callable[[Session, Any], None]:
        """The function that assigns to a target."""
        raise AssertionError


def emit_value(session: Session, value: Any, emit: Emit) -> None:
    """Put a value on the output stream as an expression statement does: collections are taken apart."""
    kind = type(value)
    if kind in SCALARS:
        emit(value)
    elif kind is list:
        for item in value:
            emit(item)
    elif value is not NOTHING:
        session.emit_other(value, emit)


def collected(items: list[Any]) -> Any:
    """The value of a pipeline that put out these objects."""
    count = len(items)
    if count == 1:
        return items[0]
    return items if count else NOTHING


def constant(value: Any) -> Value:
    """A closure for a constant."""
    return lambda session: value
