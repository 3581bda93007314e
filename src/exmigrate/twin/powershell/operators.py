"""The arithmetic, comparison and containment operators on values (about_Operators).

Comparison and text operators on the left side of which a collection stands filter it; the compiler calls the
functions of this module and of ``operators_text`` by the operator's name without its dash.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_EVEN, Decimal, localcontext
from decimal import Context as DecimalContext
from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.convert import (
    CastFault,
    cast,
    convert,
    to_bool,
    try_convert,
)
from exmigrate.twin.powershell.errors import PSError, error
from exmigrate.twin.powershell.numerals import parse_number
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.texts import to_text

_INT_MIN, _INT_MAX = -(2**31), 2**31 - 1
_LONG_MIN, _LONG_MAX = -(2**63), 2**63 - 1
_DECIMALS = DecimalContext(prec=29, rounding=ROUND_HALF_EVEN)
_NUMBER = (int, float, Decimal)
_SMALL = (v.Byte, v.SByte, v.Int16, v.UInt16)


def is_list(value: Any) -> bool:
    """Whether operators take a value as a collection: arrays and lists, no dictionaries or strings."""
    return isinstance(value, (list, c.ListBase, v.MultiArray))


def unbox(value: Any) -> Any:
    """A value without the members a script added to it."""
    return value.base if type(value) is v.Boxed else value


def _no_operator(name: str, left: Any, right: Any) -> PSError:
    return error(
        f"Method invocation failed because [{d.type_of(left).name}] does not contain a method named 'op_{name}'.",
        "MethodNotFound",
        "InvalidOperation",
        f"op_{name}",
    )


def as_number(value: Any) -> Any:
    """An operand of arithmetic as a number; raises the conversion's error."""
    if isinstance(value, str):
        if type(value) is v.Char:
            return ord(value)
        number = parse_number(value)
        if number is None:
            return convert(value, d.INT32)
        return number
    if value is None:
        return 0
    if isinstance(value, bool):
        return int(value)
    if isinstance(value, _NUMBER):
        return value
    if isinstance(value, v.EnumValue):
        return value.value
    if isinstance(value, s.Switch):
        return int(value.present)
    return convert(value, d.INT32)


def is_numeric(value: Any) -> bool:
    """Whether a value is a number (booleans and characters are not)."""
    return isinstance(value, _NUMBER) and not isinstance(value, bool)


def _fit(result: int, left: Any, right: Any) -> Any:
    """An integer result in the width that PowerShell gives it; beyond it, a Double."""
    a, b = type(left), type(right)
    if a is int and b is int:
        return result if _INT_MIN <= result <= _INT_MAX else float(result)
    if a is v.BigInteger or b is v.BigInteger:
        return v.BigInteger(result)
    if a is v.UInt64 or b is v.UInt64:
        if 0 <= result <= 2**64 - 1:
            return v.UInt64(result)
        return v.Int64(result) if _LONG_MIN <= result <= _LONG_MAX and result < 0 else float(result)
    if a in (v.Int64, v.IntPtr) or b in (v.Int64, v.IntPtr):
        return v.Int64(result) if _LONG_MIN <= result <= _LONG_MAX else float(result)
    if a is v.UInt32 or b is v.UInt32:
        if a is b or (left >= 0 and right >= 0 and result >= 0):
            return v.UInt32(result) if 0 <= result <= 2**32 - 1 else float(result)
        return v.Int64(result)
    return int(result) if _INT_MIN <= result <= _INT_MAX else float(result)


def _decimal_pair(left: Any, right: Any) -> tuple[Decimal, Decimal]:
    def widen(value: Any) -> Decimal:
        if isinstance(value, Decimal):
            return value
        return cast(value, d.DECIMAL, None)  # type: ignore[no-any-return]

    try:
        return widen(left), widen(right)
    except CastFault as fault:
        raise error(fault.reason, "RuntimeException", "NotSpecified") from None


def _arith(
    name: str,
    whole: Callable[[int, int], int],
    real: Callable[[float, float], float],
    exact: Callable[[Decimal, Decimal], Decimal],
) -> Callable[[Any, Any], Any]:
    def apply(left: Any, right: Any) -> Any:
        if isinstance(left, Decimal) or isinstance(right, Decimal):
            a, b = _decimal_pair(left, right)
            with localcontext(_DECIMALS):
                return _check_decimal(exact(a, b))
        if isinstance(left, float) or isinstance(right, float):
            result = real(float(left), float(right))
            both = all(type(x) is v.Single for x in (left, right))
            return v.Single(result) if both else result
        return _fit(whole(int(left), int(right)), left, right)

    return apply


def _check_decimal(value: Decimal) -> Decimal:
    if abs(value) > Decimal("79228162514264337593543950335"):
        raise error(
            "Value was either too large or too small for a Decimal.",
            "RuntimeException",
            "NotSpecified",
        )
    return value


def _power_of(left: float, right: float) -> float:
    try:
        return left * right
    except OverflowError:
        return math.inf


_add_numbers = _arith("Addition", lambda a, b: a + b, lambda a, b: a + b, lambda a, b: a + b)
_sub_numbers = _arith("Subtraction", lambda a, b: a - b, lambda a, b: a - b, lambda a, b: a - b)
_mul_numbers = _arith("Multiply", lambda a, b: a * b, _power_of, lambda a, b: a * b)


def add(left: Any, right: Any, ctx: Any = None) -> Any:
    """``+``: numbers, text, arrays, dictionaries, moments; the left side decides."""
    a, b = type(left), type(right)
    if a is int and b is int:
        result = left + right
        return result if _INT_MIN <= result <= _INT_MAX else float(result)
    if a is str:
        return left + (right if b is str else to_text(right, ctx))
    if a is float and b in (float, int):
        return left + right
    if left is None:
        return right
    left, right = unbox(left), unbox(right)
    if isinstance(left, str):
        return str(left) + to_text(right, ctx)
    if is_list(left):
        return _join_lists(left, right)
    if isinstance(left, c.DictionaryBase):
        return _add_dictionaries(left, right)
    special = _add_moments(left, right)
    if special is not None:
        return special
    if isinstance(left, _NUMBER):
        if is_list(right):
            raise _no_operator("Addition", left, right)
        return _add_numbers(int(left) if a is bool else left, as_number(right))
    return _by_type("Addition", left, right, ctx)


def _join_lists(left: Any, right: Any) -> Any:
    items = list(left)
    if is_list(right):
        items.extend(right)
    else:
        items.append(right)
    if isinstance(left, v.TypedArray) and isinstance(right, v.TypedArray) and left.element is right.element:
        return items
    return items


def _add_dictionaries(left: c.DictionaryBase, right: Any) -> c.Hashtable:
    if not isinstance(right, c.DictionaryBase):
        raise error(
            "A hash table can only be added to another hash table.",
            "AddHashTableToNonHashTable",
            "InvalidOperation",
            right,
        )
    result = c.Hashtable(left.items(), left.ignore_case)
    for key, value in right.items():
        if key in result:
            raise error(
                f"Item has already been added. Key in dictionary: '{to_text(key)}'  Key being added: '{to_text(key)}'",
                "System.ArgumentException",
                "NotSpecified",
                exception="System.ArgumentException",
            )
        result[key] = value
    return result


def _add_moments(left: Any, right: Any) -> Any:
    if isinstance(left, s.DateTime):
        span = convert(right, d.TIMESPAN)
        return s.DateTime(left.ticks + span.ticks, left.kind)
    if isinstance(left, s.TimeSpan):
        return s.TimeSpan(left.ticks + convert(right, d.TIMESPAN).ticks)
    if isinstance(left, s.DateTimeOffset):
        return s.DateTimeOffset(left.ticks + convert(right, d.TIMESPAN).ticks, left.offset)
    if isinstance(left, v.EnumValue):
        return v.EnumValue(left.net, left.value + as_number(right))
    if isinstance(left, v.Char) and not isinstance(right, str):
        return None
    return None


def subtract(left: Any, right: Any, ctx: Any = None) -> Any:
    """``-``."""
    if type(left) is int and type(right) is int:
        result = left - right
        return result if _INT_MIN <= result <= _INT_MAX else float(result)
    left, right = unbox(left), unbox(right)
    if isinstance(left, s.DateTime):
        other = right
        if isinstance(right, str):
            converted, other = try_convert(right, d.DATETIME, ctx)
            other = other if converted else convert(right, d.TIMESPAN)
        if isinstance(other, s.DateTime):
            return s.TimeSpan(left.ticks - other.ticks)
        return s.DateTime(left.ticks - convert(other, d.TIMESPAN).ticks, left.kind)
    if isinstance(left, s.TimeSpan):
        return s.TimeSpan(left.ticks - convert(right, d.TIMESPAN).ticks)
    if isinstance(left, s.DateTimeOffset):
        if isinstance(right, s.DateTimeOffset):
            return s.TimeSpan((left.ticks - left.offset) - (right.ticks - right.offset))
        return s.DateTimeOffset(left.ticks - convert(right, d.TIMESPAN).ticks, left.offset)
    if isinstance(left, v.EnumValue) and not isinstance(right, v.EnumValue):
        return v.EnumValue(left.net, left.value - as_number(right))
    return _binary("Subtraction", left, right, _sub_numbers, ctx)


def _binary(name: str, left: Any, right: Any, apply: Callable[[Any, Any], Any], ctx: Any) -> Any:
    if is_list(left) or isinstance(left, (c.DictionaryBase, v.PSObject, v.Record)):
        raise _no_operator(name, left, right)
    if is_list(right):
        right_of = right[0] if isinstance(right, list) and len(right) == 1 else None
        if right_of is None:
            raise _no_operator(name, left, right)
        right = right_of
    if not isinstance(left, (_NUMBER, str, type(None), v.EnumValue, s.Switch)):
        return _by_type(name, left, right, ctx)
    return apply(as_number(left), as_number(right))


def _by_type(name: str, left: Any, right: Any, ctx: Any) -> Any:
    """An operator that the type itself declares (``op_Addition``)."""
    from exmigrate.twin.powershell.types.invoke import invoke_static

    kind = d.type_of(left)
    if kind.find_static(f"op_{name}") is None:
        raise _no_operator(name, left, right)
    return invoke_static(kind, f"op_{name}", [left, right], ctx)


def multiply(left: Any, right: Any, ctx: Any = None) -> Any:
    """``*``: numbers; text and arrays are repeated."""
    if type(left) is int and type(right) is int:
        result = left * right
        return result if _INT_MIN <= result <= _INT_MAX else float(result)
    left, right = unbox(left), unbox(right)
    if isinstance(left, str) and type(left) is not v.Char:
        return left * _times(right, len(left), ctx)
    if is_list(left):
        times = _times(right, len(left), ctx)
        return list(left) * times
    if isinstance(left, s.TimeSpan) and is_numeric(right):
        return s.TimeSpan(round(left.ticks * right))
    if left is None:
        return None if right is None else _mul_numbers(0, as_number(right))
    return _binary("Multiply", left, right, _mul_numbers, ctx)


def _times(value: Any, size: int, ctx: Any) -> int:
    times = int(cast_int(value))
    if times < 0:
        raise error(
            "Specified argument was out of the range of valid values. (Parameter 'times')",
            "System.ArgumentOutOfRangeException",
            "NotSpecified",
            exception="System.ArgumentOutOfRangeException",
        )
    if times * max(size, 1) > 64_000_000:
        raise error(
            "Insufficient memory to continue the execution of the program.",
            "System.OutOfMemoryException",
            "NotSpecified",
            exception="System.OutOfMemoryException",
        )
    return times


def cast_int(value: Any) -> int:
    """A value as Int32, with the error of the cast."""
    return convert(value, d.INT32)  # type: ignore[no-any-return]


def _zero() -> PSError:
    from exmigrate.twin.powershell.errors import NetException

    return error(
        "Attempted to divide by zero.",
        "RuntimeException",
        "NotSpecified",
        inner=NetException("System.DivideByZeroException", "Attempted to divide by zero."),
    )


def divide(left: Any, right: Any, ctx: Any = None) -> Any:
    """``/``: a whole quotient stays an integer, any other is a Double."""
    left, right = unbox(left), unbox(right)
    if isinstance(left, s.TimeSpan):
        if isinstance(right, s.TimeSpan):
            return left.ticks / right.ticks
        return s.TimeSpan(round(left.ticks / as_number(right)))
    return _binary("Division", left, right, _divide_numbers, ctx)


def _divide_numbers(left: Any, right: Any) -> Any:
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        a, b = _decimal_pair(left, right)
        if b == 0:
            raise _zero()
        with localcontext(_DECIMALS):
            return _check_decimal(a / b)
    if isinstance(left, float) or isinstance(right, float):
        return _divide_floats(float(left), float(right))
    if right == 0:
        raise _zero()
    quotient, rest = divmod(int(left), int(right))
    if type(left) is v.BigInteger or type(right) is v.BigInteger:
        return v.BigInteger(int(left) // int(right) if not rest else int(left / right))
    return _fit(quotient, left, right) if not rest else int(left) / int(right)


def _divide_floats(left: float, right: float) -> float:
    if right == 0:
        if left == 0 or left != left:
            return math.nan
        return math.copysign(math.inf, left) * math.copysign(1.0, right)
    return left / right


def modulo(left: Any, right: Any, ctx: Any = None) -> Any:
    """``%``: the sign follows the left side."""
    if type(left) is int and type(right) is int and left >= 0 and right > 0:
        return left % right
    return _binary("Modulus", unbox(left), unbox(right), _modulo_numbers, ctx)


def _modulo_numbers(left: Any, right: Any) -> Any:
    if isinstance(left, Decimal) or isinstance(right, Decimal):
        a, b = _decimal_pair(left, right)
        if b == 0:
            raise _zero()
        with localcontext(_DECIMALS):
            return a % b
    if isinstance(left, float) or isinstance(right, float):
        return math.nan if right == 0 else math.fmod(left, right)
    if right == 0:
        raise _zero()
    rest = abs(int(left)) % abs(int(right))
    return _fit(-rest if left < 0 else rest, left, right)


def logical_xor(left: Any, right: Any, ctx: Any = None) -> bool:
    """``-xor``."""
    return to_bool(left) != to_bool(right)
