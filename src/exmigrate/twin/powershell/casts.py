"""Casts to the single types: numbers, text, moments, identifiers, dictionaries."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.castfault import OVERFLOW, RANGES, CastFault
from exmigrate.twin.powershell.numerals import narrow
from exmigrate.twin.powershell.text.numbers import round_single
from exmigrate.twin.powershell.typeinfo import NetType
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.texts import to_text


def to_bool(value: Any) -> bool:
    """The truth of a value (about_Booleans)."""
    if value is None:
        return False
    kind = type(value)
    if kind is bool:
        return value  # type: ignore[no-any-return]
    if kind is v.Char:
        return bool(value != "\0")
    if isinstance(value, (str, int, float, Decimal, s.Switch)):
        return bool(value)
    if isinstance(value, (list, c.ArrayList, c.GenericList)):
        size = len(value)
        if size == 1:
            first = value[0] if isinstance(value, list) else value.items[0]
            return bool(len(first)) if isinstance(first, list) else to_bool(first)
        return size > 1
    if kind is v.Boxed:
        return to_bool(value.base)
    return True


_DOUBLE = re.compile(r"^\s*[+-]?(\d[\d,]*\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$")
_INTEGER = re.compile(r"^\s*[+-]?\d+\s*$")
_HEX = re.compile(r"^\s*([+-]?)(?:0[xX]|&[hH]|#)([0-9a-fA-F]+)\s*$")


def parse_double(text: str) -> float | None:
    """A Double from text as ``Double.Parse`` reads it, or None."""
    if _DOUBLE.match(text):
        return float(text.replace(",", ""))
    return {"nan": float("nan"), "infinity": float("inf"), "-infinity": float("-inf")}.get(
        text.strip().lower()
    )


def parse_decimal(text: str) -> Decimal | None:
    """A Decimal from text, or None."""
    if not _DOUBLE.match(text):
        return None
    try:
        return Decimal(text.replace(",", "").strip())
    except InvalidOperation:
        return None


def _bad_input(text: str) -> str:
    return f"The input string '{text}' was not in a correct format."


def _string_to_integer(text: str, kind: type) -> Any:
    if not text.strip():
        if text == "":
            return kind(0)
        raise CastFault("InvalidCastFromStringToInteger", _bad_input(text))
    if _INTEGER.match(text):
        return _in_range(int(text), kind, text)
    hexadecimal = _HEX.match(text)
    if hexadecimal:
        return _hex_to_integer(hexadecimal, kind)
    number = parse_double(text)
    if number is None or number != number:
        raise CastFault("InvalidCastFromStringToInteger", _bad_input(text))
    return _in_range(round(number), kind, text)


def _hex_to_integer(found: re.Match[str], kind: type) -> Any:
    number = int(found.group(2), 16)
    low, high = RANGES[kind]
    if number > high >= 0 > low:
        number -= (high + 1) * 2
    return _in_range(-number if found.group(1) == "-" else number, kind, found.group(0))


def _in_range(number: int, kind: type, shown: str = "") -> Any:
    low, high = RANGES[kind]
    if not low <= number <= high:
        raise CastFault(
            "InvalidCastFromStringToInteger" if shown else "InvalidCastIConvertible",
            OVERFLOW.get(kind, "Arithmetic operation resulted in an overflow."),
            "System.OverflowException",
        )
    return number if kind is int else kind(number)


def _integer(kind: type) -> Callable[[Any, Any], Any]:
    def make(value: Any, ctx: Any) -> Any:
        if value is None:
            return kind(0)
        if type(value) is v.Char:
            return _in_range(ord(value), kind)
        if isinstance(value, str):
            return _string_to_integer(value, kind)
        if isinstance(value, int):
            return _in_range(int(value), kind)
        if isinstance(value, float):
            if value != value or value in (float("inf"), float("-inf")):
                raise CastFault("InvalidCastIConvertible", OVERFLOW.get(kind, ""), "System.OverflowException")
            return _in_range(round(value), kind)
        if isinstance(value, Decimal):
            return _in_range(round(value), kind)
        if isinstance(value, v.EnumValue):
            return _in_range(value.value, kind)
        if isinstance(value, s.Switch):
            return kind(int(value.present))
        raise CastFault()

    return make


def _double(value: Any, ctx: Any) -> float:
    if value is None or value == "":
        return 0.0
    if type(value) is v.Char:
        raise CastFault(
            "InvalidCastIConvertible", "Invalid cast from 'Char' to 'Double'.", "System.InvalidCastException"
        )
    if isinstance(value, str):
        number = parse_double(value)
        if number is None:
            found = _HEX.match(value)
            if not found:
                raise CastFault("InvalidCastFromStringToDoubleOrSingle", _bad_input(value))
            return float(int(found.group(2), 16))
        return number
    if isinstance(value, (int, float, Decimal)):
        return float(value)
    if isinstance(value, v.EnumValue):
        return float(value.value)
    if isinstance(value, s.Switch):
        return float(value.present)
    raise CastFault()


def _single(value: Any, ctx: Any) -> v.Single:
    return v.Single(round_single(_double(value, ctx)))


def _decimal(value: Any, ctx: Any) -> Decimal:
    if value is None or value == "":
        return Decimal(0)
    if type(value) is not v.Char and isinstance(value, str):
        number = parse_decimal(value)
        if number is None:
            raise CastFault("InvalidCastFromStringToDecimal", _bad_input(value))
        return number
    if isinstance(value, Decimal):
        return value
    if isinstance(value, int):
        return Decimal(int(value))
    if isinstance(value, float):
        if abs(value) > 7.9e28 or value != value:
            raise CastFault(
                "InvalidCastIConvertible",
                "Value was either too large or too small for a Decimal.",
                "System.OverflowException",
            )
        return Decimal(f"{value:.15g}") + 0
    if isinstance(value, v.EnumValue):
        return Decimal(value.value)
    raise CastFault()


def _big(value: Any, ctx: Any) -> v.BigInteger:
    if value is None:
        return v.BigInteger(0)
    if isinstance(value, str):
        if not _INTEGER.match(value):
            raise CastFault("InvalidCastParseTargetInvocation", "The value could not be parsed.")
        return v.BigInteger(int(narrow(int(value))))
    if isinstance(value, (int, float, Decimal)):
        return v.BigInteger(int(value))
    raise CastFault()


def _boolean(value: Any, ctx: Any) -> bool:
    return to_bool(value)


def _char(value: Any, ctx: Any) -> v.Char:
    if value is None:
        return v.Char("\0")
    if isinstance(value, str):
        if len(value) != 1:
            raise CastFault(
                "ConvertToFinalInvalidCastException", "String must be exactly one character long."
            )
        return v.Char(value)
    if isinstance(value, int) and not isinstance(value, bool):
        if not 0 <= value <= 0xFFFF:
            raise CastFault(
                "InvalidCastIConvertible",
                "Value was either too large or too small for a character.",
                "System.OverflowException",
            )
        return v.Char(chr(value))
    raise CastFault(
        "InvalidCastIConvertible",
        f"Invalid cast from '{d.type_of(value).short_name}' to 'Char'.",
        "System.InvalidCastException",
    )


def _string(value: Any, ctx: Any) -> str:
    return to_text(value, ctx)


def _object(value: Any, ctx: Any) -> Any:
    return value


def _datetime(value: Any, ctx: Any) -> Any:
    from exmigrate.twin.powershell.types.moments import datetime_from

    return datetime_from(value, ctx)


def _provider(ctx: Any, since: str) -> str:
    """Rest of the error id where the type's Parse takes a format provider, which it does from a level on.

    Source: LanguagePrimitives prefers ``Parse(string, IFormatProvider)``; TimeSpan has it from .NET 4, Guid from 7.
    """
    level = "7" if ctx is None else ctx.level
    return "WithFormatProvider" if float(level) >= float(since) else ""


def _timespan(value: Any, ctx: Any) -> Any:
    from exmigrate.twin.powershell.text.dates import parse_span

    if isinstance(value, s.TimeSpan):
        return value
    if isinstance(value, int):
        return s.TimeSpan(int(value))
    if isinstance(value, str):
        found = parse_span(value)
        if found is None:
            raise CastFault(
                "InvalidCastParseTargetInvocation" + _provider(ctx, "3.0"),
                f"String '{value}' was not recognized as a valid TimeSpan.",
            )
        return found
    raise CastFault()


_GUID = re.compile(
    r"^\s*(?:\{|\()?([0-9a-f]{8})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{4})-?([0-9a-f]{12})(?:\}|\))?\s*$",
    re.I,
)


def _guid(value: Any, ctx: Any) -> s.Guid:
    if isinstance(value, s.Guid):
        return value
    if isinstance(value, str):
        found = _GUID.match(value)
        if found is None:
            raise CastFault(
                "InvalidCastParseTargetInvocation" + _provider(ctx, "7"), "Unrecognized Guid format."
            )
        return s.Guid("-".join(found.groups()).lower())
    if isinstance(value, list) and len(value) == 16:
        import uuid

        return s.Guid(str(uuid.UUID(bytes_le=bytes(int(part) for part in value))))
    raise CastFault()


def _version(value: Any, ctx: Any) -> s.Version:
    if isinstance(value, s.Version):
        return value
    text = to_text(value) if isinstance(value, (str, float, int, Decimal)) else None
    if text is None:
        raise CastFault()
    parts = text.strip().split(".")
    if not 2 <= len(parts) <= 4 or not all(part.strip().isdigit() for part in parts):
        reason = (
            "Version string portion was too short or too long."
            if not 2 <= len(parts) <= 4
            else "Input string was not in a correct format."
        )
        raise CastFault("InvalidCastParseTargetInvocation", reason, "System.ArgumentException")
    return s.Version(*[int(part) for part in parts])


def _switch(value: Any, ctx: Any) -> s.Switch:
    return value if isinstance(value, s.Switch) else s.Switch(to_bool(value))


def _hashtable(value: Any, ctx: Any) -> Any:
    if isinstance(value, c.Hashtable):
        return value
    if isinstance(value, c.DictionaryBase):
        return c.Hashtable(value.items())
    raise CastFault()


def _ordered(value: Any, ctx: Any) -> Any:
    if isinstance(value, c.OrderedDictionary):
        return value
    if isinstance(value, c.DictionaryBase):
        return c.OrderedDictionary(value.items())
    raise CastFault()


def _type(value: Any, ctx: Any) -> NetType:
    if isinstance(value, NetType):
        return value
    if isinstance(value, str):
        from exmigrate.twin.powershell.types.resolve import check_real, find_type

        found = find_type(value, "7" if ctx is None else ctx.level, None if ctx is None else ctx.types)
        if found is None:
            check_real(value, "7" if ctx is None else ctx.level)
            raise CastFault(
                "InvalidCast",
                message=f'Cannot convert the "{value}" value of type "System.String" to type "System.Type".',
                kind="System.InvalidCastException",
            )
        return found
    raise CastFault()


def _array(value: Any, ctx: Any) -> Any:
    if value is None or isinstance(value, (list, v.MultiArray)):
        return value
    if isinstance(value, c.ListBase):
        return list(value)
    return [value]


def _secure(value: Any, ctx: Any) -> Any:
    if isinstance(value, s.SecureString):
        return value
    raise CastFault()


CASTS: dict[NetType, Callable[[Any, Any], Any]] = {
    d.OBJECT: _object,
    d.PSOBJECT: _object,
    d.BOOLEAN: _boolean,
    d.INT32: _integer(int),
    d.INT64: _integer(v.Int64),
    d.INT16: _integer(v.Int16),
    d.BYTE: _integer(v.Byte),
    d.SBYTE: _integer(v.SByte),
    d.UINT16: _integer(v.UInt16),
    d.UINT32: _integer(v.UInt32),
    d.UINT64: _integer(v.UInt64),
    d.INTPTR: _integer(v.IntPtr),
    d.BIGINTEGER: _big,
    d.DOUBLE: _double,
    d.SINGLE: _single,
    d.DECIMAL: _decimal,
    d.STRING: _string,
    d.CHAR: _char,
    d.DATETIME: _datetime,
    d.TIMESPAN: _timespan,
    d.GUID: _guid,
    d.VERSION: _version,
    d.SWITCH: _switch,
    d.HASHTABLE: _hashtable,
    d.ORDERED: _ordered,
    d.TYPE: _type,
    d.RUNTIME_TYPE: _type,
    d.ARRAY: _array,
    d.SECURE_STRING: _secure,
    d.VOID: lambda value, ctx: None,
}
