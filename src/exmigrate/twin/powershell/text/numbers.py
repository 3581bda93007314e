"""Numbers to text: default text, standard and custom format strings of .NET (Standard/Custom numeric format strings)."""

from __future__ import annotations

import struct
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Context, Decimal
from typing import Any

from exmigrate.twin.powershell.faults import bad_format
from exmigrate.twin.powershell.values import (
    BigInteger,
    Byte,
    Int16,
    Int64,
    SByte,
    Single,
    UInt16,
    UInt32,
    UInt64,
)

_BITS: dict[type, int] = {
    int: 32,
    Int64: 64,
    Int16: 16,
    Byte: 8,
    SByte: 8,
    UInt16: 16,
    UInt32: 32,
    UInt64: 64,
}
_WIDE = Context(prec=800, rounding=ROUND_HALF_UP)


def round_single(value: float) -> float:
    """The nearest 32-bit float, infinity where it is too large."""
    try:
        return float(struct.unpack("<f", struct.pack("<f", value))[0])
    except OverflowError:
        return float("inf") if value > 0 else float("-inf")


def _shortest_single(value: float) -> str:
    for digits in range(1, 10):
        text = f"{value:.{digits}g}"
        if round_single(float(text)) == value:
            return text
    return repr(value)


def _plain_digits(text: str) -> tuple[bool, str, int]:
    """Sign, significant digits and the position of the point of a Python float text."""
    sign, digits, exponent = Decimal(text).as_tuple()
    body = "".join(map(str, digits)).lstrip("0") or "0"
    point = len(body) + int(exponent)
    body = body.rstrip("0") or "0"
    return bool(sign), body, point


def _general(negative: bool, digits: str, point: int, limit: int) -> str:
    sign = "-" if negative else ""
    if digits == "0":
        return sign + "0"
    if point > limit or point < -3:
        exponent = point - 1
        mantissa = digits[0] + ("." + digits[1:] if len(digits) > 1 else "")
        return f"{sign}{mantissa}E{'+' if exponent >= 0 else '-'}{abs(exponent):02d}"
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if point >= len(digits):
        return sign + digits + "0" * (point - len(digits))
    return f"{sign}{digits[:point]}.{digits[point:]}"


def float_text(value: float, legacy: bool = False) -> str:
    """Default text of a Double or Single.

    Args:
        value: The number.
        legacy: True for the .NET Framework under Windows PowerShell: 15 (7) digits instead of the shortest
            that reads back equal.
    """
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return ("Infinity" if value > 0 else "-Infinity") if legacy else ("∞" if value > 0 else "-∞")
    single = type(value) is Single
    precision = 7 if single else 15
    if legacy:
        negative, digits, point = _plain_digits(f"{value:.{precision}g}")
        return _general(negative and digits != "0", digits, point, precision)
    if value == 0:
        return "-0" if str(value).startswith("-") else "0"
    text = _shortest_single(value) if single else repr(float(value))
    negative, digits, point = _plain_digits(text)
    return _general(negative, digits, point, max(len(digits), precision))


def decimal_text(value: Decimal) -> str:
    """Default text of a Decimal: its own scale, no exponent."""
    return f"{value:f}"


def number_text(value: Any, legacy: bool = False) -> str:
    """Default text of any number."""
    if isinstance(value, float):
        text = float_text(value, legacy)
        return {"∞": "Infinity", "-∞": "-Infinity"}.get(text, text)
    if isinstance(value, Decimal):
        return decimal_text(value)
    return str(int(value))


def format_number(value: Any, form: str, legacy: bool = False) -> str:
    """A number by a .NET standard or custom format string; raises FormatException."""
    if not form:
        return number_text(value, legacy)
    letter = form[0]
    if letter.isalpha() and letter.isascii() and (len(form) == 1 or form[1:].isdigit()) and len(form) <= 4:
        return _standard(value, letter, int(form[1:]) if len(form) > 1 else None, legacy)
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return number_text(value)
    return _custom(value, form)


def _as_decimal(value: Any) -> Decimal:
    if isinstance(value, float):
        return Decimal(repr(float(value)) if type(value) is not Single else _shortest_single(value))
    return value if isinstance(value, Decimal) else Decimal(int(value))


def _fixed(value: Decimal, places: int) -> str:
    quantum = Decimal(1).scaleb(-places)
    return f"{value.quantize(quantum, rounding=ROUND_HALF_UP, context=_WIDE):f}"


def _group(digits: str) -> str:
    whole, dot, fraction = digits.partition(".")
    sign = "-" if whole.startswith("-") else ""
    whole = whole.lstrip("-")
    return sign + f"{int(whole or '0'):,}".rjust(0) + dot + fraction


def _drop_negative_zero(text: str) -> str:
    return text[1:] if text.startswith("-") and not text.strip("-0.,") else text


def _standard(value: Any, letter: str, precision: int | None, legacy: bool) -> str:
    kind = letter.upper()
    if precision is not None and precision > 999:
        raise bad_format("Format specifier was invalid.")
    whole = isinstance(value, int)
    if isinstance(value, float) and (value != value or value in (float("inf"), float("-inf"))):
        return number_text(value)
    if kind in "DX" and not whole:
        raise bad_format("Format specifier was invalid.")
    if kind == "D":
        text = str(abs(int(value))).rjust(precision or 0, "0")
        return "-" + text if value < 0 else text
    if kind == "X":
        return _hexadecimal(value, letter, precision)
    if kind == "B" and whole and not legacy:
        number = int(value) & ((1 << _BITS.get(type(value), 64)) - 1)
        return f"{number:b}".rjust(precision or 0, "0")
    if kind == "F":
        return _drop_negative_zero(_fixed(_as_decimal(value), 2 if precision is None else precision))
    if kind == "N":
        return _drop_negative_zero(_group(_fixed(_as_decimal(value), 2 if precision is None else precision)))
    if kind == "P":
        scaled = _as_decimal(value) * 100
        return _drop_negative_zero(_group(_fixed(scaled, 2 if precision is None else precision))) + " %"
    if kind == "C":
        text = _group(_fixed(abs(_as_decimal(value)), 2 if precision is None else precision))
        return f"(¤{text})" if value < 0 else f"¤{text}"
    if kind == "E":
        return _scientific(value, letter, 6 if precision is None else precision)
    if kind == "R" and isinstance(value, (float, BigInteger)):
        return number_text(value)
    if kind == "G":
        return _general_format(value, letter, precision, legacy)
    raise bad_format("Format specifier was invalid.")


def _hexadecimal(value: Any, letter: str, precision: int | None) -> str:
    if type(value) is BigInteger:
        text = f"{int(value):x}" if value >= 0 else f"{int(value) & ((1 << (value.bit_length() + 8)) - 1):x}"
    else:
        text = f"{int(value) & ((1 << _BITS.get(type(value), 64)) - 1):x}"
    text = text.rjust(precision or 0, "0")
    return text.upper() if letter == "X" else text


def _scientific(value: Any, letter: str, precision: int) -> str:
    number = _as_decimal(value)
    if number == 0:
        mantissa, exponent = "0" + ("." + "0" * precision if precision else ""), 0
        return f"{mantissa}{letter}+{exponent:03d}"
    rounded = Context(prec=precision + 1, rounding=ROUND_HALF_UP).plus(number)
    sign, digits, exp = rounded.as_tuple()
    body = "".join(map(str, digits)).ljust(precision + 1, "0")
    exponent = len(digits) + int(exp) - 1
    mantissa = body[0] + ("." + body[1 : precision + 1] if precision else "")
    return f"{'-' if sign else ''}{mantissa}{letter}{'+' if exponent >= 0 else '-'}{abs(exponent):03d}"


def _general_format(value: Any, letter: str, precision: int | None, legacy: bool) -> str:
    if not precision:
        return number_text(value, legacy)
    rounded = Context(
        prec=precision, rounding=ROUND_HALF_EVEN if isinstance(value, int) else ROUND_HALF_UP
    ).plus(_as_decimal(value))
    if rounded == 0:
        return "0"
    sign, digits, exponent = rounded.as_tuple()
    body = "".join(map(str, digits))
    point = len(body) + int(exponent)
    text = _general(bool(sign), body.rstrip("0") or "0", point, precision)
    return text if letter == "G" else text.replace("E", "e")


def _custom(value: Any, form: str) -> str:
    sections = _sections(form)
    number = _as_decimal(value)
    if len(sections) > 1 and number < 0 and sections[1]:
        return _custom_section(-number, sections[1], False)
    if len(sections) > 2 and number == 0:
        return _custom_section(number, sections[2], False)
    text = _custom_section(abs(number), sections[0], number < 0)
    if len(sections) > 2 and not any(letter in "123456789" for letter in text) and number != 0:
        return _custom_section(Decimal(0), sections[2], False)
    return text


def _sections(form: str) -> list[str]:
    parts, start, position, quote = [], 0, 0, ""
    while position < len(form):
        letter = form[position]
        if letter == "\\":
            position += 1
        elif quote:
            quote = "" if letter == quote else quote
        elif letter in "'\"":
            quote = letter
        elif letter == ";":
            parts.append(form[start:position])
            start = position + 1
        position += 1
    return [*parts, form[start:]]


def _tokens(form: str) -> list[tuple[str, str]]:
    """A custom section as (kind, text): digit, point, comma, percent, exponent, literal."""
    tokens: list[tuple[str, str]] = []
    position = 0
    while position < len(form):
        letter = form[position]
        if letter in "0#":
            tokens.append(("digit", letter))
        elif letter == ".":
            tokens.append(("point", letter))
        elif letter == ",":
            tokens.append(("comma", letter))
        elif letter in "%‰":
            tokens.append(("percent", letter))
        elif letter == "\\" and position + 1 < len(form):
            position += 1
            tokens.append(("literal", form[position]))
        elif letter in "'\"":
            end = form.find(letter, position + 1)
            end = len(form) if end < 0 else end
            tokens.append(("literal", form[position + 1 : end]))
            position = end
        elif letter in "eE" and form[position + 1 : position + 2] in ("0", "+", "-"):
            end = position + 1 + (form[position + 1] in "+-")
            while end < len(form) and form[end] == "0":
                end += 1
            tokens.append(("exponent", form[position:end]))
            position = end - 1
        else:
            tokens.append(("literal", letter))
        position += 1
    return tokens


def _custom_section(number: Decimal, form: str, negative: bool) -> str:
    tokens = _tokens(form)
    point = next((i for i, (kind, _) in enumerate(tokens) if kind == "point"), len(tokens))
    whole = [i for i, (kind, _) in enumerate(tokens) if kind == "digit" and i < point]
    fraction = [i for i, (kind, _) in enumerate(tokens) if kind == "digit" and i > point]
    for kind, letter in tokens:
        if kind == "percent":
            number *= 100 if letter == "%" else 1000
    grouped, number = _commas(tokens, whole, point, number)
    exponent_text = ""
    exponents = [text for kind, text in tokens if kind == "exponent"]
    if exponents:
        number, exponent_text = _split_exponent(number, exponents[0], max(len(whole), 1))
    fixed = _fixed(number, len(fraction))
    left, _, right = fixed.partition(".")
    left = left.lstrip("0")
    zeros = [i for i in whole if tokens[i][1] == "0"]
    if zeros:
        left = left.rjust(len([i for i in whole if i >= zeros[0]]), "0")
    keep = max([n + 1 for n, i in enumerate(fraction) if tokens[i][1] == "0"], default=0)
    right = right[:keep] + right[keep:].rstrip("0")
    if grouped:
        left = _insert_groups(left)
    body = _lay_out(tokens, whole, fraction, left, right, exponent_text)
    return "-" + body if negative and (left.strip("0,") or right.strip("0") or exponents) else body


def _commas(
    tokens: list[tuple[str, str]], whole: list[int], point: int, number: Decimal
) -> tuple[bool, Decimal]:
    """Whether digits are grouped, and the number scaled down for commas just before the point."""
    grouped = False
    for index, (kind, _) in enumerate(tokens):
        if kind != "comma" or index > point or not whole or index < whole[0]:
            continue
        if index > whole[-1]:
            number /= 1000
        else:
            grouped = True
    return grouped, number


def _split_exponent(number: Decimal, form: str, digits: int) -> tuple[Decimal, str]:
    exponent = number.adjusted() - digits + 1 if number else 0
    sign = "-" if exponent < 0 else ("+" if "+" in form else "")
    width = form.count("0")
    return number.scaleb(-exponent), f"{form[0]}{sign}{abs(exponent):0{width}d}"


def _insert_groups(left: str) -> str:
    parts: list[str] = []
    while len(left) > 3:
        parts.insert(0, left[-3:])
        left = left[:-3]
    return ",".join([left, *parts]) if parts else left


def _lay_out(
    tokens: list[tuple[str, str]],
    whole: list[int],
    fraction: list[int],
    left: str,
    right: str,
    exponent: str,
) -> str:
    out: list[str] = []
    digits = [letter for letter in left if letter != ","]
    pieces = _spread(left, len(whole), digits)
    seen_whole = seen_fraction = 0
    for index, (kind, text) in enumerate(tokens):
        if kind == "digit" and index in whole:
            out.append(pieces[seen_whole])
            seen_whole += 1
        elif kind == "digit" and index in fraction:
            out.append(right[seen_fraction : seen_fraction + 1])
            seen_fraction += 1
        elif kind == "point" and not (seen_fraction or "." in out):
            if not whole:
                out.append(left)
            if right:
                out.append(".")
        elif kind == "percent" or kind == "literal":
            out.append(text)
        elif kind == "exponent":
            out.append(exponent)
    return "".join(out)


def _spread(left: str, places: int, digits: list[str]) -> list[str]:
    """Digits (with their group separators) over the places of a format; the first place takes what is over."""
    if not places:
        return []
    chunks: list[str] = []
    for letter in left:
        if letter == "," and chunks:
            chunks[-1] += letter
        else:
            chunks.append(letter)
    extra = len(chunks) - places
    if extra > 0:
        chunks = ["".join(chunks[: extra + 1]), *chunks[extra + 1 :]]
    return [""] * (places - len(chunks)) + chunks
