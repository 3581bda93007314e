"""Members of the number types, Boolean, Math, Convert, BitConverter and Random."""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.casts import parse_decimal, parse_double
from exmigrate.twin.powershell.convert import RANGES, cast
from exmigrate.twin.powershell.faults import (
    NetFault,
    argument_null,
    bad_argument,
    bad_format,
    check_size,
    out_of_range,
)
from exmigrate.twin.powershell.typeinfo import NetType, declare_type
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.texts import format_value

WHOLE = (d.INT32, d.INT64, d.INT16, d.BYTE, d.SBYTE, d.UINT16, d.UINT32, d.UINT64)
REAL = (d.DOUBLE, d.SINGLE, d.DECIMAL)


def _bad_input(text: str | None) -> NetFault:
    if text is None:
        return argument_null("s")
    return bad_format(f"The input string '{text}' was not in a correct format.")


def overflow(kind: NetType) -> NetFault:
    """OverflowException of a number type."""
    names = {"Byte": "an unsigned byte", "SByte": "a signed byte"}
    article = "an " if kind.short_name[0] == "I" else "a "
    return NetFault(
        "System.OverflowException",
        f"Value was either too large or too small for {names.get(kind.short_name, article + kind.short_name)}.",
    )


def parse_whole(kind: NetType) -> Callable[..., Any]:
    """``Parse`` of an integer type."""
    python = kind.python_class
    assert python is not None

    def parse(text: str, style: Any = None, provider: Any = None) -> Any:
        body = (text or "").strip()
        base = 16 if style is not None and getattr(style, "value", 0) & 512 else 10
        try:
            number = int(body.replace(",", "") if style is not None and base == 10 else body, base)
        except ValueError:
            raise _bad_input(text) from None
        if "_" in body or (base == 10 and not body.lstrip("+-").replace(",", "").isdigit()):
            raise _bad_input(text)
        low, high = RANGES[python]
        if base == 16 and number > high >= 0 > low:
            number -= 2 * (high + 1)
        if not low <= number <= high:
            raise overflow(kind)
        return python(number)

    return parse


def parse_real(kind: NetType) -> Callable[..., Any]:
    """``Parse`` of Double, Single or Decimal."""

    def parse(text: str, style: Any = None, provider: Any = None) -> Any:
        number: Any = parse_decimal(text or "") if kind is d.DECIMAL else parse_double(text or "")
        if number is None or text == "":
            raise _bad_input(text)
        return cast(number, kind, None)

    return parse


def _try(parse: Callable[..., Any], kind: NetType) -> Callable[..., bool]:
    def attempt(text: str, *rest: Any) -> bool:
        result = rest[-1]
        try:
            result.assign(parse(text, *(rest[:1] if len(rest) == 3 else ())))
        except NetFault:
            result.assign(cast(0, kind, None))
            return False
        return True

    return attempt


def _compare(a: Any, b: Any) -> int:
    if b is None:
        return 1
    if type(a) is not type(b):
        raise bad_argument(f"Object must be of type {d.type_of(a).short_name}.")
    return int(a > b) - int(a < b)


for _kind in (*WHOLE, *REAL):
    _n = _kind.name
    _parse = parse_whole(_kind) if _kind in WHOLE else parse_real(_kind)
    _kind.static_method(
        f"{_n} Parse(string s)",
        f"{_n} Parse(string s, System.Globalization.CultureInfo provider)",
    )(lambda text, provider=None, parse=_parse: parse(text))
    _kind.static_method(
        f"{_n} Parse(string s, System.Globalization.NumberStyles style)",
        f"{_n} Parse(string s, System.Globalization.NumberStyles style, object provider)",
    )(_parse)
    _kind.static_method(
        "bool TryParse(string s, ref result)",
        "bool TryParse(string s, System.Globalization.NumberStyles style, object provider, ref result)",
    )(_try(_parse, _kind))
    _kind.method(
        "string ToString(string format)", "string ToString(string format, object provider)", ctx=True
    )(lambda value, form, provider=None, ctx=None: format_value(value, form or "", ctx))
    _kind.method("string ToString(System.Globalization.CultureInfo provider)", ctx=True)(
        lambda value, provider, ctx: format_value(value, "", ctx)
    )
    _kind.method("int CompareTo(object value)")(_compare)
    _kind.method("bool Equals(object obj)")(lambda a, b: type(a) is type(b) and a == b)
for _kind in WHOLE:
    assert _kind.python_class is not None
    _low, _high = RANGES[_kind.python_class]
    _kind.static("MinValue", lambda ctx, value=_kind.python_class(_low): value)
    _kind.static("MaxValue", lambda ctx, value=_kind.python_class(_high): value)
for _name, _value in (
    ("MaxValue", 1.7976931348623157e308),
    ("MinValue", -1.7976931348623157e308),
    ("Epsilon", 5e-324),
    ("NaN", math.nan),
    ("PositiveInfinity", math.inf),
    ("NegativeInfinity", -math.inf),
):
    d.DOUBLE.static(_name, lambda ctx, value=_value: value)
d.SINGLE.static("MaxValue", lambda ctx: v.Single(3.4028234663852886e38))
d.SINGLE.static("MinValue", lambda ctx: v.Single(-3.4028234663852886e38))
d.DECIMAL.static("MaxValue", lambda ctx: Decimal("79228162514264337593543950335"))
d.DECIMAL.static("MinValue", lambda ctx: Decimal("-79228162514264337593543950335"))
d.DECIMAL.static("Zero", lambda ctx: Decimal(0))
d.DECIMAL.static("One", lambda ctx: Decimal(1))
d.DOUBLE.static_method("bool IsNaN(double d)")(math.isnan)
d.DOUBLE.static_method("bool IsInfinity(double d)")(math.isinf)
d.INTPTR.static("Zero", lambda ctx: v.IntPtr(0))
d.INTPTR.static("Size", lambda ctx: 8)
d.INTPTR.method("int ToInt32()")(int)
d.INTPTR.method("long ToInt64()")(v.Int64)

BOOL = d.BOOLEAN
BOOL.static("TrueString", lambda ctx: "True")
BOOL.static("FalseString", lambda ctx: "False")


@BOOL.static_method("bool Parse(string value)")
def parse_bool(text: str) -> bool:
    """``Parse`` of Boolean."""
    body = (text or "").strip().lower()
    if body not in ("true", "false"):
        raise bad_format(f"String '{text}' was not recognized as a valid Boolean.")
    return body == "true"


@BOOL.static_method("bool TryParse(string value, ref result)")
def _try_bool(text: str, result: Any) -> bool:
    body = (text or "").strip().lower()
    result.assign(body == "true")
    return body in ("true", "false")


BOOL.method("int CompareTo(object obj)")(_compare)

BIG = d.BIGINTEGER
BIG.prop("IsPowerOfTwo", lambda n, ctx: n > 0 and n & (n - 1) == 0, type_name="System.Boolean")
BIG.prop("IsZero", lambda n, ctx: n == 0, type_name="System.Boolean")
BIG.prop("IsOne", lambda n, ctx: n == 1, type_name="System.Boolean")
BIG.prop("IsEven", lambda n, ctx: n % 2 == 0, type_name="System.Boolean")
BIG.prop("Sign", lambda n, ctx: int(n > 0) - int(n < 0), type_name="System.Int32")
BIG.static("Zero", lambda ctx: v.BigInteger(0))
BIG.static("One", lambda ctx: v.BigInteger(1))
BIG.static_method("bigint Parse(string value)")(lambda text: v.BigInteger(_whole_big(text)))


@BIG.static_method("bigint Pow(bigint value, int exponent)")
def _big_power(value: int, exponent: int) -> v.BigInteger:
    if exponent < 0:
        raise out_of_range("The number must be greater than or equal to zero.", "exponent")
    check_size(abs(int(value)).bit_length() * exponent // 16)
    return v.BigInteger(int(value) ** exponent)


def _whole_big(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise bad_format("The value could not be parsed.") from None


# Math ------------------------------------------------------------------------------------------------------

MATH = declare_type("System.Math", is_abstract=True)
MATH.static("PI", lambda ctx: math.pi)
MATH.static("E", lambda ctx: math.e)


def _whole_or_real(apply_real: Callable[[float], Any], rounding: str) -> Callable[[Any], Any]:
    def run(value: Any) -> Any:
        if isinstance(value, Decimal):
            return value.quantize(Decimal(1), rounding=rounding)
        return float(apply_real(value)) if math.isfinite(value) else value

    return run


for _name, _real, _mode in (
    ("Floor", math.floor, ROUND_FLOOR),
    ("Ceiling", math.ceil, ROUND_CEILING),
    ("Truncate", math.trunc, "ROUND_DOWN"),
):
    MATH.static_method(f"double {_name}(double d)", f"decimal {_name}(decimal d)")(
        _whole_or_real(_real, _mode)
    )


@MATH.static_method(
    "double Round(double a)",
    "decimal Round(decimal d)",
    "double Round(double value, int digits)",
    "decimal Round(decimal d, int decimals)",
)
def _round(value: Any, digits: int = 0) -> Any:
    return _round_by(value, digits, None)


@MATH.static_method(
    "double Round(double value, System.MidpointRounding mode)",
    "decimal Round(decimal d, System.MidpointRounding mode)",
)
def _round_mode(value: Any, mode: Any) -> Any:
    return _round_by(value, 0, mode)


@MATH.static_method(
    "double Round(double value, int digits, System.MidpointRounding mode)",
    "decimal Round(decimal d, int decimals, System.MidpointRounding mode)",
)
def _round_by(value: Any, digits: int, mode: Any) -> Any:
    if not 0 <= digits <= (28 if isinstance(value, Decimal) else 15):
        raise out_of_range("Rounding digits must be between 0 and 15, inclusive.", "digits")
    away = mode is not None and mode.value == 1
    if isinstance(value, Decimal):
        return value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP if away else ROUND_HALF_EVEN)
    if not math.isfinite(value):
        return value
    if away:
        scaled = value * 10.0**digits
        return float(math.floor(abs(scaled) + 0.5) * math.copysign(1, scaled)) / 10.0**digits
    return float(round(value * 10.0**digits) / 10.0**digits) if digits else float(round(value))


@MATH.static_method(
    *[f"{t} Abs({t} value)" for t in ("int", "long", "decimal", "double", "float", "int16", "sbyte")]
)
def _abs(value: Any) -> Any:
    python = type(value)
    if python in RANGES and -value > RANGES[python][1]:
        raise NetFault(
            "System.OverflowException", "Negating the minimum value of a twos complement number is invalid."
        )
    return python(abs(value))


@MATH.static_method(*[f"int Sign({t} value)" for t in ("int", "long", "decimal", "double")])
def _sign(value: Any) -> int:
    return int(value > 0) - int(value < 0)


_PAIRS = ("int", "long", "uint32", "uint64", "byte", "int16", "decimal", "float", "double")
MATH.static_method(*[f"{t} Max({t} val1, {t} val2)" for t in _PAIRS])(lambda a, b: a if a >= b else b)
MATH.static_method(*[f"{t} Min({t} val1, {t} val2)" for t in _PAIRS])(lambda a, b: a if a <= b else b)


def _power(base: float, exponent: float) -> float:
    try:
        result = math.pow(base, exponent)
    except OverflowError:
        return math.inf
    except ValueError:
        return math.nan if base else math.inf
    return result


MATH.static_method("double Pow(double x, double y)")(_power)


def _domain(apply: Callable[..., float]) -> Callable[..., float]:
    def run(*args: float) -> float:
        try:
            return apply(*args)
        except OverflowError:
            return math.inf
        except ValueError:
            return -math.inf if args[0] == 0 else math.nan

    return run


for _name, _function in (
    ("Sqrt", math.sqrt),
    ("Exp", math.exp),
    ("Sin", math.sin),
    ("Cos", math.cos),
    ("Tan", math.tan),
    ("Asin", math.asin),
    ("Acos", math.acos),
    ("Atan", math.atan),
    ("Sinh", math.sinh),
    ("Cosh", math.cosh),
    ("Tanh", math.tanh),
    ("Log10", math.log10),
):
    MATH.static_method(f"double {_name}(double d)")(_domain(_function))
MATH.static_method("double Log(double d)", "double Log(double a, double newBase)")(_domain(math.log))
MATH.static_method("double Atan2(double y, double x)")(math.atan2)


@MATH.static_method("int DivRem(int a, int b, ref result)", "long DivRem(long a, long b, ref result)")
def _div_rem(a: int, b: int, result: Any) -> int:
    if b == 0:
        raise NetFault("System.DivideByZeroException", "Attempted to divide by zero.")
    quotient = int(a / b) if abs(a) < 2**52 else abs(a) // abs(b) * (1 if (a < 0) == (b < 0) else -1)
    result.assign(type(a)(a - quotient * b))
    return type(a)(quotient)


MATH.static_method("long BigMul(int a, int b)")(lambda a, b: v.Int64(a * b))
