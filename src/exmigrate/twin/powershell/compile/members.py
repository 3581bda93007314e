"""Members, method calls and indexes, as values and as targets.

Source: about_Properties, about_Methods, about_Arrays, about_Member-Access_Enumeration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.collections_ import Hashtable
from exmigrate.twin.powershell.compile.base import Value
from exmigrate.twin.powershell.compile.expressions import _RAWS, _VALUES, Expressions
from exmigrate.twin.powershell.runtime.flow import NOTHING
from exmigrate.twin.powershell.syntax import ast
from exmigrate.twin.powershell.typeinfo import Method
from exmigrate.twin.powershell.types import access, indexing, invoke
from exmigrate.twin.powershell.values import NetObject, PSObject

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session

_PLAIN = frozenset({str, int, float, bool, type(None), list, PSObject, Hashtable})


class Members(Expressions):
    """The part of the compiler that handles members."""

    def _member(self, node: ast.Member) -> Value:
        if node.static:
            return self._static_member(node)
        target = self.value(node.target)
        if not isinstance(node.name, ast.Text):
            name_of = self.value(node.name)
            return lambda session: access.get_member(
                target(session), session.member_name(name_of(session)), session
            )
        name = node.name.value
        if node.conditional:
            return _conditional(target, lambda value, session: access.get_member(value, name, session))
        get_member = access.get_member

        def read(session: Session) -> Any:
            value = target(session)
            if type(value) is PSObject:
                found = value.props.get(name, NOTHING)
                if type(found) in _PLAIN:
                    return found
            return get_member(value, name, session)

        return read

    def _static_member(self, node: ast.Member) -> Value:
        target = self.value(node.target)
        if isinstance(node.name, ast.Text):
            name = node.name.value
            return lambda session: invoke.get_static(target(session), name, session)
        name_of = self.value(node.name)
        return lambda session: invoke.get_static(
            target(session), session.member_name(name_of(session)), session
        )

    def _invoke(self, node: ast.Invoke) -> Value:
        target = self.value(node.target)
        args = [self.value(arg) for arg in node.args]
        call = invoke.invoke_static if node.static else invoke.invoke_method
        if not isinstance(node.name, ast.Text):
            name_of = self.value(node.name)

            def run_named(session: Session) -> Any:
                session.tick()
                value = target(session)
                return call(
                    value, session.member_name(name_of(session)), [arg(session) for arg in args], session
                )

            return run_named
        name = node.name.value
        conditional = node.conditional
        cast = self._cast_target(node.target)
        if cast is not None and not node.static:
            return self._base_call(cast, name, args)

        def run(session: Session) -> Any:
            session.fuel -= 1
            if session.fuel < 0:
                session.refuel()
            value = target(session)
            if conditional and value is None:
                return None
            return call(value, name, [arg(session) for arg in args], session)

        return run

    def _cast_target(self, node: ast.Node) -> ast.Cast | None:
        """``([Base]$this)`` as the target of a call."""
        if (
            isinstance(node, ast.Paren)
            and isinstance(node.pipeline, ast.Pipeline)
            and len(node.pipeline.elements) == 1
        ):
            element = node.pipeline.elements[0]
            if isinstance(element, ast.CommandExpr) and isinstance(element.expr, ast.Cast):
                return element.expr
        return None

    def _base_call(self, node: ast.Cast, name: str, args: list[Value]) -> Value:
        """A call of a class's own method on an object cast to that class, past what a derived class puts in its place."""
        target = self.value(node)
        type_name = node.type.name

        def run(session: Session) -> Any:
            session.tick()
            value = target(session)
            arguments = [arg(session) for arg in args]
            kind = session.type_named(type_name)
            if kind.ps_class is not None and isinstance(value, NetObject):
                method = kind.find(name)
                if isinstance(method, Method):
                    return invoke.call(method, value, arguments, session)
            return invoke.invoke_method(value, name, arguments, session)

        return run

    def _indexes(self, node: ast.Node) -> Any:
        """``(session) -> list`` of the indexes: several for ``[a, b]``."""
        if isinstance(node, ast.ArrayLiteral):
            return self.value(node)
        one = self.value(node)
        return lambda session: [one(session)]

    def _index(self, node: ast.Index) -> Value:
        target = self.value(node.target)
        get_index = indexing.get_index
        if isinstance(node.index, ast.ArrayLiteral) or node.conditional:
            indexes = self._indexes(node.index)
            if node.conditional:
                return _conditional(
                    target, lambda value, session: get_index(value, indexes(session), session)
                )
            return lambda session: get_index(target(session), indexes(session), session)
        index = self.value(node.index)

        def read(session: Session) -> Any:
            value = target(session)
            at = index(session)
            if type(value) is list and type(at) is int and 0 <= at < len(value):
                return value[at]
            return get_index(value, [at], session)

        return read

    def place(self, node: ast.Node) -> Any:
        """A property or element as ``(session) -> (get, put)``, its holder and index worked out once."""
        if isinstance(node, ast.Index):
            target, indexes = self.value(node.target), self._indexes(node.index)

            def element(session: Session) -> Any:
                holder, at = target(session), indexes(session)
                return (
                    lambda: indexing.get_index(holder, at, session),
                    lambda value: indexing.set_index(holder, at, value, session),
                )

            return element
        assert isinstance(node, ast.Member)
        target, name_of = self.value(node.target), self.value(node.name)
        get = invoke.get_static if node.static else access.get_member
        put = invoke.set_static if node.static else access.set_member

        def member(session: Session) -> Any:
            holder, name = target(session), session.member_name(name_of(session))
            return (lambda: get(holder, name, session), lambda value: put(holder, name, value, session))

        return member

    def assign_member(self, node: ast.Node) -> Any:
        """Assign to a property, static property or element."""
        if isinstance(node, ast.Index):
            return self._assign_index(node)
        if not isinstance(node, ast.Member):
            raise self.unsupported("assignment to this expression", node)
        target = self.value(node.target)
        name_of = self.value(node.name)
        put = invoke.set_static if node.static else access.set_member

        def assign(session: Session, value: Any) -> None:
            put(
                target(session),
                session.member_name(name_of(session)),
                None if value is NOTHING else value,
                session,
            )

        return assign

    def _assign_index(self, node: ast.Index) -> Any:
        target, indexes = self.value(node.target), self._indexes(node.index)
        set_index = indexing.set_index

        def assign(session: Session, value: Any) -> None:
            set_index(target(session), indexes(session), None if value is NOTHING else value, session)

        return assign


def _conditional(target: Value, apply: Any) -> Value:
    def run(session: Session) -> Any:
        value = target(session)
        return None if value is None else apply(value, session)

    return run


_VALUES[ast.Member] = Members._member
_VALUES[ast.Index] = Members._index
_RAWS[ast.Invoke] = Members._invoke
