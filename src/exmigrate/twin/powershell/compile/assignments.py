"""Assignments (about_Assignment_Operators)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.compile import operations
from exmigrate.twin.powershell.compile.base import Emit, Run, Value
from exmigrate.twin.powershell.compile.members import Members
from exmigrate.twin.powershell.runtime.flow import NOTHING
from exmigrate.twin.powershell.syntax import ast

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session

_COMPOUND = {"+=": "add", "-=": "sub", "*=": "mul", "/=": "div", "%=": "mod"}


class Assignments(Members):
    """The part of the compiler that handles assignments."""

    def _assignment(self, node: ast.Assignment) -> Run:
        assign = self._assign(node)

        def run(session: Session, emit: Emit) -> None:
            assign(session)

        return run

    def assignment_value(self, node: ast.Assignment) -> Value:
        """An assignment for the value assigned."""
        return self._assign(node)

    def _assign(self, node: ast.Assignment) -> Value:
        pure = self._is_pure(node.value)
        if node.op == "=":
            return self._assign_plain(node, pure)
        if node.op == "??=":
            return self._assign_null(node)
        return self._assign_compound(node, pure)

    def _is_pure(self, node: ast.Node) -> bool:
        """Whether a value comes from an expression, after which ``$?`` is true."""
        if isinstance(node, ast.Assignment):
            return self._is_pure(node.value)
        return isinstance(node, ast.Pipeline) and len(node.elements) == 1 and isinstance(
            node.elements[0], ast.CommandExpr
        ) and not isinstance(node.elements[0].expr, (ast.Paren, ast.SubExpr, ast.ArraySub))  # fmt: skip

    def _assign_plain(self, node: ast.Assignment, pure: bool) -> Value:
        read = (
            self.raw(node.value) if not isinstance(node.value, ast.Assignment) else self._assign(node.value)
        )
        assign = self.assigner(node.target)

        def run(session: Session) -> Any:
            value = read(session)
            assign(session, value)
            if pure:
                session.ok = True
            return value

        return run

    def _assign_null(self, node: ast.Assignment) -> Value:
        current, read, assign = self.value(node.target), self.value(node.value), self.assigner(node.target)

        def run(session: Session) -> Any:
            value = current(session)
            if value is None:
                value = read(session)
                assign(session, value)
            return value

        return run

    def _assign_compound(self, node: ast.Assignment, pure: bool) -> Value:
        op = _COMPOUND[node.op]
        target = node.target
        read = self.value(node.value)
        if isinstance(target, (ast.Member, ast.Index)):
            return self._compound_member(target, op, read)
        if isinstance(target, (ast.Cast, ast.Attributed)):
            inner: ast.Node = target
            while isinstance(inner, (ast.Cast, ast.Attributed)):
                inner = inner.operand
            combine = operations.binary(op, self.value(inner), read)
        else:
            combine = operations.binary(op, self.value(target), read)
        assign = self.assigner(target)
        if isinstance(target, ast.Variable) and ":" not in target.name and op in ("add", "sub"):
            return _compound_variable(
                self.key_of(target.name), read, combine, assign, 1 if op == "add" else -1
            )

        def run(session: Session) -> Any:
            value = combine(session)
            assign(session, value)
            if pure:
                session.ok = True
            return value

        return run

    def _compound_member(self, target: ast.Member | ast.Index, op: str, read: Value) -> Value:
        """``$a.b += 1`` works out ``$a`` (and the index) once."""
        place = self.place(target)
        combine = operations.apply(op)

        def run(session: Session) -> Any:
            get, put = place(session)
            value = combine(get(), read(session), session)
            put(None if value is NOTHING else value)
            session.ok = True
            return value

        return run


def _compound_variable(key: str, read: Value, combine: Value, assign: Any, sign: int) -> Value:
    low, high = operations.INT_MIN, operations.INT_MAX
    slow = operations.apply("add" if sign > 0 else "sub")

    def run(session: Session) -> Any:
        found = session.scope.vars.get(key)
        if found is not None and found.special is None:
            before = found.value
            if type(before) is int:
                by = read(session)
                if type(by) is int:
                    value = before + by * sign
                    if low <= value <= high:
                        found.value = value
                        session.ok = True
                        return value
                found.value = value = slow(before, by, session)
                return value
        value = combine(session)
        assign(session, value)
        session.ok = True
        return value

    return run
