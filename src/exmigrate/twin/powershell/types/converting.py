"""System.Convert, BitConverter and Random."""

from __future__ import annotations

import base64
import binascii
import struct
from collections.abc import Callable
from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.casts import CASTS
from exmigrate.twin.powershell.convert import RANGES, CastFault, cast
from exmigrate.twin.powershell.faults import NetFault, argument_null, bad_argument, bad_format, out_of_range
from exmigrate.twin.powershell.typeinfo import NetType, declare_type
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.numbers import (
    BOOL,
    REAL,
    WHOLE,
    overflow,
    parse_bool,
    parse_real,
    parse_whole,
)
from exmigrate.twin.powershell.types.texts import to_text

# Convert ---------------------------------------------------------------------------------------------------

CONVERT = declare_type("System.Convert", is_abstract=True)


def _convert_to(kind: NetType) -> Callable[..., Any]:
    def run(args: list[Any], ctx: Any) -> Any:
        value = args[0] if args else None
        if len(args) == 2 and isinstance(args[1], int) and isinstance(value, str):
            return _from_base(value, int(args[1]), kind)
        if isinstance(value, str) and kind in (*WHOLE, *REAL):
            if value is None:
                return cast(0, kind, ctx)
            return (parse_whole(kind) if kind in WHOLE else parse_real(kind))(value)
        if isinstance(value, str) and kind is BOOL:
            return parse_bool(value)
        if isinstance(value, str) and kind is d.DATETIME:
            pass
        try:
            return CASTS[kind](value, ctx)
        except CastFault as fault:
            raise NetFault(
                fault.kind if fault.reason else "System.InvalidCastException",
                fault.reason
                or f"Unable to cast object of type '{d.type_of(value).name}' to type 'System.IConvertible'.",
            ) from None

    return run


def _from_base(text: str, base: int, kind: NetType) -> Any:
    if base not in (2, 8, 10, 16):
        raise bad_argument("Invalid Base.")
    body = text[2:] if base == 16 and text[:2].lower() == "0x" else text
    try:
        number = int(body, base)
    except ValueError:
        raise bad_format("Could not find any recognizable digits.") from None
    assert kind.python_class is not None
    low, high = RANGES[kind.python_class]
    if base != 10 and number > high and number <= 2 * high + 1 and low < 0:
        number -= 2 * (high + 1)
    if not low <= number <= high:
        raise overflow(kind)
    return kind.python_class(number)


for _kind in (*WHOLE, *REAL, BOOL, d.CHAR, d.DATETIME):
    from exmigrate.twin.powershell.typeinfo import Method

    CONVERT.static_methods[f"to{_kind.short_name.lower()}"] = Method(
        f"To{_kind.short_name}", raw=_convert_to(_kind)
    )


def _to_string(args: list[Any], ctx: Any) -> Any:
    value = args[0] if args else None
    if len(args) == 2 and isinstance(args[1], int) and isinstance(value, int):
        return _to_base(value, int(args[1]))
    return "" if value is None else to_text(value, ctx)


def _to_base(value: int, base: int) -> str:
    if base == 10:
        return str(int(value))
    if base not in (2, 8, 16):
        raise bad_argument("Invalid Base.")
    bits = {v.Int64: 64, v.Int16: 16, v.Byte: 8}.get(type(value), 32)
    number = int(value) & ((1 << bits) - 1)
    return {2: f"{number:b}", 8: f"{number:o}", 16: f"{number:x}"}[base]


CONVERT.static_methods["tostring"] = Method("ToString", raw=_to_string)


@CONVERT.static_method(
    "string ToBase64String(byte[] inArray)",
    "string ToBase64String(byte[] inArray, System.Base64FormattingOptions options)",
)
def _to_base64(data: Any, options: Any = None) -> str:
    if data is None:
        raise argument_null("inArray")
    text = base64.b64encode(bytes(data)).decode("ascii")
    if options is not None and options.value == 1:
        return "\r\n".join(text[i : i + 76] for i in range(0, len(text), 76))
    return text


@CONVERT.static_method("string ToBase64String(byte[] inArray, int offset, int length)")
def _part_to_base64(data: Any, offset: int, length: int) -> str:
    if data is None:
        raise argument_null("inArray")
    if offset < 0 or length < 0 or offset + length > len(data):
        raise out_of_range("Offset and length must refer to a position in the array.", "offset")
    return base64.b64encode(bytes(data[offset : offset + length])).decode("ascii")


@CONVERT.static_method("byte[] FromBase64String(string s)")
def _from_base64(text: str) -> Any:
    body = "".join(text.split())
    try:
        data = base64.b64decode(body, validate=True)
    except (binascii.Error, ValueError):
        raise bad_format(
            "The input is not a valid Base-64 string as it contains a non-base 64 character, more than two padding "
            "characters, or an illegal character among the padding characters."
        ) from None
    return bytes_value(data)


@CONVERT.static_method("object ChangeType(object value, type conversionType)", ctx=True)
def _change_type(value: Any, kind: NetType, ctx: Any) -> Any:
    return _convert_to(kind)([value], ctx) if kind in CASTS else cast(value, kind, ctx)


CONVERT.static_method("string ToHexString(byte[] inArray)")(lambda data: bytes(data).hex().upper())
CONVERT.static_method("byte[] FromHexString(string s)")(lambda text: bytes_value(bytes.fromhex(text)))


_EVERY_BYTE = tuple(map(v.Byte, range(256)))


def bytes_value(data: bytes) -> Any:
    """A byte array of some bytes."""
    return v.TypedArray(d.BYTE, [_EVERY_BYTE[one] for one in data])


BITS = declare_type("System.BitConverter", is_abstract=True)
BITS.static("IsLittleEndian", lambda ctx: True)


@BITS.static_method(
    "string ToString(byte[] value)",
    "string ToString(byte[] value, int startIndex)",
    "string ToString(byte[] value, int startIndex, int length)",
)
def _bits_text(data: Any, start: int = 0, length: int | None = None) -> str:
    part = data[start:] if length is None else data[start : start + length]
    return "-".join(f"{one:02X}" for one in part)


def _bytes_at(data: Any, start: int, size: int) -> bytes:
    if not 0 <= start < len(data):
        raise out_of_range("Index was out of range.", "startIndex")
    if start + size > len(data):
        raise bad_argument("Destination array is not long enough to copy all the items in the collection.")
    return bytes(data[start : start + size])


for _name, _code, _size in (
    ("Int16", "h", 2),
    ("UInt16", "H", 2),
    ("Int32", "i", 4),
    ("UInt32", "I", 4),
    ("Int64", "q", 8),
    ("UInt64", "Q", 8),
    ("Single", "f", 4),
    ("Double", "d", 8),
):
    BITS.static_method(f"{_name} To{_name}(byte[] value, int startIndex)")(
        lambda data, start, code=_code, size=_size, kind=_name: cast(
            struct.unpack("<" + code, _bytes_at(data, start, size))[0], getattr(d, kind.upper()), None
        )
    )
    BITS.static_method(f"byte[] GetBytes({_name} value)")(
        lambda value, code=_code: bytes_value(struct.pack("<" + code, value))
    )

# Random ----------------------------------------------------------------------------------------------------


class RandomSource(v.NetObject):
    """System.Random over the machine's randomness."""

    __slots__ = ("source",)

    def __init__(self, source: Any):
        self.source = source


RANDOM = declare_type("System.Random", python=RandomSource)


@RANDOM.constructor("new()", "new(int Seed)", ctx=True)
def _new_random(seed: int | None = None, ctx: Any = None) -> RandomSource:
    from exmigrate.twin.powershell.machine.memory import MemoryRandom

    return RandomSource(ctx.machine.random if seed is None else MemoryRandom(seed))


@RANDOM.method("int Next()", "int Next(int maxValue)", "int Next(int minValue, int maxValue)")
def _next(source: RandomSource, a: int | None = None, b: int | None = None) -> int:
    low, high = (0, 2**31 - 1) if a is None else ((0, a) if b is None else (a, b))
    if low > high:
        raise out_of_range("'minValue' cannot be greater than maxValue.", "minValue")
    return low if low == high else int(source.source.integer(low, high))


RANDOM.method("double NextDouble()")(lambda source: source.source.real())


@RANDOM.method("void NextBytes(byte[] buffer)")
def _next_bytes(source: RandomSource, buffer: Any) -> None:
    buffer[:] = [v.Byte(one) for one in source.source.data(len(buffer))]
