"""Operators as closures: the common cases of small integers and strings here, all else in the operators modules."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell import bitwise, operators, operators_text
from exmigrate.twin.powershell.compile.base import Value
from exmigrate.twin.powershell.unary import increment as increment

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session

INT_MIN, INT_MAX = -(1 << 31), (1 << 31) - 1


_UNARY = {"plus": "+", "minus": "-", "csplit": "split"}
_SYMBOLS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%", "range": ".."}


def unary(op: str) -> Callable[[Any, Any], Any]:
    """``f(value, session)`` of a prefix operator."""
    found: Callable[[Any, Any], Any] = operators_text.UNARY[_UNARY.get(op, op)]
    return found


def apply(op: str) -> Callable[[Any, Any, Any], Any]:
    """``f(left, right, session)`` of a binary operator."""
    return operators_text.BINARY[_SYMBOLS.get(op, op)]


def binary(op: str, left: Value, right: Value) -> Value:
    """A binary operator over two closures."""
    special = _FAST.get(op)
    if special is not None:
        return special(left, right)
    slow = apply(op)
    return lambda session: slow(left(session), right(session), session)


def type_test(op: str, left: Value, name: str) -> Value:
    """``-is``, ``-isnot`` and ``-as`` with a type written out."""
    slow = apply(op)
    return lambda session: slow(left(session), session.type_named(name, test=True), session)


def step_variable(key: str, read: Value, assign: Any, by: int, prefix: bool) -> Value:
    """``++`` and ``--`` on a plain variable."""

    def run(session: Session) -> Any:
        found = session.scope.vars.get(key)
        if found is not None and found.special is None:
            before = found.value
            if type(before) is int and INT_MIN < before < INT_MAX:
                found.value = after = before + by
                return after if prefix else before
        before = read(session)
        after = increment(before, by)
        assign(session, after)
        return after if prefix else (0 if before is None else before)

    return run


def _add(left: Value, right: Value) -> Value:
    slow = operators.add

    def run(session: Session) -> Any:
        a, b = left(session), right(session)
        if type(a) is int and type(b) is int:
            result = a + b
            return result if INT_MIN <= result <= INT_MAX else float(result)
        result = slow(a, b, session)
        if type(result) is str or type(result) is list:
            session.check_size(result)
        return result

    return run


def _sub(left: Value, right: Value) -> Value:
    slow = operators.subtract

    def run(session: Session) -> Any:
        a, b = left(session), right(session)
        if type(a) is int and type(b) is int:
            result = a - b
            return result if INT_MIN <= result <= INT_MAX else float(result)
        return slow(a, b, session)

    return run


def _mul(left: Value, right: Value) -> Value:
    slow = operators.multiply

    def run(session: Session) -> Any:
        a, b = left(session), right(session)
        if type(a) is int and type(b) is int:
            result = a * b
            return result if INT_MIN <= result <= INT_MAX else float(result)
        return slow(a, b, session)

    return run


def _mod(left: Value, right: Value) -> Value:
    slow = operators.modulo

    def run(session: Session) -> Any:
        a, b = left(session), right(session)
        if type(a) is int and type(b) is int and a >= 0 and b > 0:
            return a % b
        return slow(a, b, session)

    return run


def _lt(left: Value, right: Value) -> Value:
    slow = apply("lt")

    def run(session: Session) -> Any:
        a, b = left(session), right(session)
        if type(a) is int and type(b) is int:
            return a < b
        return slow(a, b, session)

    return run


def _le(left: Value, right: Value) -> Value:
    slow = apply("le")

    def run(session: Session) -> Any:
        a, b = left(session), right(session)
        if type(a) is int and type(b) is int:
            return a <= b
        return slow(a, b, session)

    return run


def _gt(left: Value, right: Value) -> Value:
    slow = apply("gt")

    def run(session: Session) -> Any:
        a, b = left(session), right(session)
        if type(a) is int and type(b) is int:
            return a > b
        return slow(a, b, session)

    return run


def _ge(left: Value, right: Value) -> Value:
    slow = apply("ge")

    def run(session: Session) -> Any:
        a, b = left(session), right(session)
        if type(a) is int and type(b) is int:
            return a >= b
        return slow(a, b, session)

    return run


def _eq(left: Value, right: Value) -> Value:
    slow = apply("eq")

    def run(session: Session) -> Any:
        a, b = left(session), right(session)
        kind = type(a)
        if kind is type(b) and (kind is int or (kind is str and a == b)):
            return a == b
        return slow(a, b, session)

    return run


def _ne(left: Value, right: Value) -> Value:
    slow = apply("ne")

    def run(session: Session) -> Any:
        a, b = left(session), right(session)
        if type(a) is int and type(b) is int:
            return a != b
        return slow(a, b, session)

    return run


def _range(left: Value, right: Value) -> Value:
    def run(session: Session) -> Any:
        return bitwise.range_of(left(session), right(session), session, session.limits.items)

    return run


_FAST: dict[str, Callable[[Value, Value], Value]] = {
    "add": _add, "sub": _sub, "mul": _mul, "mod": _mod, "range": _range,
    "lt": _lt, "le": _le, "gt": _gt, "ge": _ge, "eq": _eq, "ne": _ne,
}  # fmt: skip
