"""The bitwise operators, shifts and the range."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.convert import (
    RANGES,
    convert,
    try_convert,
)
from exmigrate.twin.powershell.errors import error
from exmigrate.twin.powershell.operators import as_number, cast_int, unbox
from exmigrate.twin.powershell.types import declared as d


def bit_operand(value: Any, other: Any = None) -> Any:
    """An operand of a bitwise operator as an integer of the width it has there."""
    value = unbox(value)
    if isinstance(value, v.EnumValue):
        return value.value
    if isinstance(value, bool):
        return int(value)
    number = as_number(value)
    if isinstance(number, (float, Decimal)):
        whole, result = try_convert(number, d.INT32)
        return result if whole else convert(number, d.INT64)
    return number


def _bitwise(apply: Callable[[int, int], int]) -> Callable[..., Any]:
    def run(left: Any, right: Any, ctx: Any = None) -> Any:
        if isinstance(left, v.EnumValue):
            other = right if isinstance(right, v.EnumValue) else cast_enum(right, left, ctx)
            return v.EnumValue(left.net, apply(left.value, other.value))
        if isinstance(right, v.EnumValue) and isinstance(left, str):
            return v.EnumValue(right.net, apply(cast_enum(left, right, ctx).value, right.value))
        a, b = bit_operand(left), bit_operand(right)
        return _fit_bits(apply(int(a), int(b)), a, b)

    return run


def cast_enum(value: Any, like: v.EnumValue, ctx: Any) -> v.EnumValue:
    """A value as one of the same enumeration."""
    return convert(value, like.net, ctx)  # type: ignore[no-any-return]


def _fit_bits(result: int, a: Any, b: Any) -> Any:
    if type(a) is int and type(b) is int:
        return result
    if any(type(x) is v.UInt64 for x in (a, b)):
        return v.UInt64(result & (2**64 - 1))
    if any(type(x) is v.Int64 for x in (a, b)):
        return v.Int64(result)
    if any(type(x) is v.UInt32 for x in (a, b)):
        return v.UInt32(result) if 0 <= result < 2**32 else v.Int64(result)
    return int(result)


band = _bitwise(lambda a, b: a & b)
bor = _bitwise(lambda a, b: a | b)
bxor = _bitwise(lambda a, b: a ^ b)


def bnot(value: Any, ctx: Any = None) -> Any:
    """``-bnot``."""
    if isinstance(value, v.EnumValue):
        return v.EnumValue(value.net, ~value.value)
    number = bit_operand(value)
    kind = type(number)
    if kind in (v.UInt32, v.UInt64):
        return kind(~int(number) & RANGES[kind][1])
    return kind(~int(number)) if kind is v.Int64 else ~int(number)


def _shift(left: Any, right: Any, up: bool) -> Any:
    number, count = bit_operand(left), int(cast_int(right))
    bits = 64 if type(number) in (v.Int64, v.UInt64) else 32
    count &= bits - 1
    low, high = RANGES[type(number) if type(number) in RANGES and bits == 64 else int]
    if type(number) is v.UInt32:
        low, high = RANGES[v.UInt32]
    result = int(number) << count if up else int(number) >> count
    span = high - low + 1
    result = (result - low) % span + low
    return type(number)(result) if type(number) in (v.Int64, v.UInt64, v.UInt32) else result


def shl(left: Any, right: Any, ctx: Any = None) -> Any:
    """``-shl`` (from 3.0)."""
    return _shift(left, right, True)


def shr(left: Any, right: Any, ctx: Any = None) -> Any:
    """``-shr`` (from 3.0)."""
    return _shift(left, right, False)


def range_of(left: Any, right: Any, ctx: Any = None, limit: int = 20_000_000) -> list[Any]:
    """``..``: integers from left to right, or characters (from 6.0)."""
    if ctx is not None and ctx.level == "7" and _is_letter(left) and _is_letter(right):
        start, end = ord(left), ord(right)
        step = 1 if end >= start else -1
        return [v.Char(chr(code)) for code in range(start, end + step, step)]
    low, high = _bound(left), _bound(right)
    if abs(high - low) >= limit:
        raise error(
            "Insufficient memory to continue the execution of the program.",
            "System.OutOfMemoryException",
            "NotSpecified",
            exception="System.OutOfMemoryException",
        )
    return list(range(low, high + 1)) if high >= low else list(range(low, high - 1, -1))


def _is_letter(value: Any) -> bool:
    return isinstance(value, str) and len(value) == 1 and (type(value) is v.Char or not value.isdigit())


def _bound(value: Any) -> int:
    return int(cast_int(unbox(value)))
