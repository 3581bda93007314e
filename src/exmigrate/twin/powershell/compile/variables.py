"""Variables: reading, assigning, typed and attributed targets.

Source: about_Variables, about_Scopes, about_Automatic_Variables.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.compile.base import CompilerBase, Value, constant
from exmigrate.twin.powershell.runtime.flow import NOTHING
from exmigrate.twin.powershell.runtime.scope import Variable, checked, not_writable
from exmigrate.twin.powershell.syntax import ast

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session

Assign = Callable[["Session", Any], None]
CONSTANTS = {"true": True, "false": False, "null": None}
FRAME_NAMES = frozenset(
    {"args", "myinvocation", "psboundparameters", "pscmdlet", "input", "psscriptroot", "pscommandpath"}
)
# Constant or read-only in every scope: an assignment anywhere is an error.
FIXED = frozenset(
    {"true", "false", "?", "home", "host", "pid", "pshome", "psversiontable", "shellid", "executioncontext"}
)
SCOPES = ("global", "script", "local", "private")


class Variables(CompilerBase):
    """The part of the compiler that handles variables."""

    def key_of(self, name: str) -> str:
        """Lower-case key; ``$PSItem`` is ``$_`` from level 3.0."""
        key = name.lower()
        return "_" if key == "psitem" and self.level.has("psitem") else key

    def read_variable(self, node: ast.Variable, raw: bool = False) -> Value:
        """Read a variable; raw keeps NOTHING."""
        prefix, colon, rest = node.name.partition(":")
        if colon and rest:
            return self._read_scoped(prefix.lower(), rest, node)
        key = self.key_of(node.name)
        if key in CONSTANTS:
            return constant(CONSTANTS[key])
        if key == "?":
            return lambda session: session.ok
        if key in FRAME_NAMES:
            return lambda session: session.frame_variable(key)
        return _raw_reader(key, node.name) if raw else _reader(key, node.name)

    def _read_scoped(self, prefix: str, rest: str, node: ast.Variable) -> Value:
        if prefix == "using":
            return lambda session: session.read_using(rest)
        if prefix == "variable":
            return self.read_variable(ast.Variable(node.start, node.end, rest))
        if prefix in SCOPES:
            key = self.key_of(rest)
            return lambda session: session.read_in_scope(prefix, key, rest)
        return lambda session: session.read_drive_variable(prefix, rest)

    def assign_variable(self, name: str) -> Assign:
        """Assign to a variable by its name with prefix."""
        prefix, colon, rest = name.partition(":")
        if colon and rest:
            return _scoped_assigner(prefix.lower(), rest)
        key = self.key_of(name)
        if key == "null":
            return lambda session, value: None
        if key in FIXED:
            return _refused(name)
        return _assigner(key, name)

    def assigner(self, node: ast.Node) -> Assign:
        """The function that assigns to any target."""
        if isinstance(node, ast.Variable):
            return self.assign_variable(node.name)
        if isinstance(node, (ast.Cast, ast.Attributed)):
            return self._typed_assigner(node)
        if isinstance(node, ast.ArrayLiteral):
            return self._many_assigner([self.assigner(item) for item in node.items])
        if isinstance(node, ast.Paren):
            return self._paren_assigner(node)
        return self.assign_member(node)

    def assign_member(self, node: ast.Node) -> Assign:
        """Assign to a property or an element; the members part gives it."""
        raise AssertionError

    def _paren_assigner(self, node: ast.Paren) -> Assign:
        inner = node.pipeline
        if isinstance(inner, ast.Pipeline) and len(inner.elements) == 1:
            element = inner.elements[0]
            if isinstance(element, ast.CommandExpr):
                return self.assigner(element.expr)
        raise self.unsupported("assignment to a parenthesised pipeline", node)

    def _typed_assigner(self, node: ast.Cast | ast.Attributed) -> Assign:
        checks: list[Any] = []
        type_name = ""
        target: ast.Node = node
        while isinstance(target, (ast.Cast, ast.Attributed)):
            if isinstance(target, ast.Cast):
                type_name = type_name or target.type.name
                checks.insert(0, self.converter(target.type))
            else:
                checks.append(self.attribute_check(target.attribute))
            target = target.operand
        if isinstance(target, ast.Variable):
            return _constrained(target.name, self.key_of(target.name.rpartition(":")[2]), checks, type_name)
        assign = self.assigner(target)

        def run(session: Session, value: Any) -> None:
            for check in checks:
                value = check(session, value)
            assign(session, value)

        return run

    def converter(self, node: ast.TypeName) -> Callable[[Session, Any], Any]:
        """A conversion to a type; the expressions part gives it."""
        raise AssertionError

    def attribute_check(self, node: ast.Attribute) -> Callable[[Session, Any], Any]:
        """A validation; the definitions part gives it."""
        raise AssertionError

    def _many_assigner(self, targets: list[Assign]) -> Assign:
        last = len(targets) - 1

        def run(session: Session, value: Any) -> None:
            items = session.as_list(value)
            for position, assign in enumerate(targets):
                if position < last:
                    assign(session, items[position] if position < len(items) else None)
                else:
                    rest = items[position:]
                    assign(session, rest if len(rest) > 1 else rest[0] if rest else None)

        return run


def _reader(key: str, name: str) -> Value:
    def read(session: Session) -> Any:
        scope = session.scope
        found = scope.vars.get(key)
        if found is None:
            found = scope.find(key)
            if found is None:
                return session.undefined_variable(name)
        value = found.value
        return None if value is NOTHING else value

    return read


def _raw_reader(key: str, name: str) -> Value:
    def read(session: Session) -> Any:
        found = session.scope.find(key)
        if found is None:
            return session.undefined_variable(name)
        return found.value

    return read


def _assigner(key: str, name: str) -> Assign:
    def assign(session: Session, value: Any) -> None:
        scope = session.scope
        found = scope.vars.get(key)
        if found is None:
            session.new_variable(scope, key, name, value)
        elif found.special is None:
            found.value = value
        else:
            found.assign(session, None if value is NOTHING else value)

    return assign


def _refused(name: str) -> Assign:
    def assign(session: Session, value: Any) -> None:
        raise not_writable(name)

    return assign


def _scoped_assigner(prefix: str, rest: str) -> Assign:
    if prefix in SCOPES or prefix == "variable":
        return lambda session, value: session.assign_in_scope(prefix, rest, value)
    return lambda session, value: session.assign_drive_variable(prefix, rest, value)


def _constrained(name: str, key: str, checks: list[Any], type_name: str) -> Assign:
    prefix = name.rpartition(":")[0].lower()
    plain = name.rpartition(":")[2]

    def assign(session: Session, value: Any) -> None:
        if value is NOTHING:
            value = None
        value = checked(session, checks, value)
        scope = session.scope_named(prefix)
        found = scope.vars.get(key)
        if found is None:
            found = scope.vars[key] = Variable(plain)
        elif found.special is not None and found.special.options & {"readonly", "constant"}:
            raise not_writable(plain)
        special = found.need_special()
        special.checks = list(checks)
        special.type_name = type_name
        if prefix == "private":
            special.options.add("private")
        found.value = value

    return assign
