"""Numbers written as text, as the language's own scanner reads them: ``0x1F``, ``10kb``, ``1.5d``, ``12L``.

Operands of arithmetic that are strings are read this way (about_Numeric_Literals).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from exmigrate.twin.powershell import values as v

_NUMERAL = re.compile(
    r"^\s*(?P<sign>[+-]?)\s*(?:0[xX](?P<hex>[0-9a-fA-F]+?)|(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?))"
    r"(?P<suffix>[lL]|[dD]|)(?P<unit>kb|mb|gb|tb|pb|)\s*$",
    re.IGNORECASE,
)
_UNITS = {"": 1, "kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40, "pb": 1 << 50}


def parse_number(text: str) -> Any:
    """The number a text stands for, in the narrowest of Int32, Int64, Decimal, Double that holds it; or None."""
    if text == "" or text.isspace():
        return 0
    found = _NUMERAL.match(text)
    if found is None:
        return None
    unit = _UNITS[found.group("unit").lower()]
    negative = found.group("sign") == "-"
    suffix = found.group("suffix").lower()
    if found.group("hex"):
        return _hexadecimal(found.group("hex"), suffix, unit, negative)
    number = found.group("number")
    if suffix == "d":
        value = Decimal(number) * unit
        return -value if negative else value
    if "." in number or "e" in number.lower():
        real = float(number) * unit
        if suffix == "l":
            return v.Int64(round(-real if negative else real))
        return -real if negative else real
    whole = int(number) * unit
    return narrow(-whole if negative else whole, suffix == "l")


def _hexadecimal(digits: str, suffix: str, unit: int, negative: bool) -> Any:
    whole = int(digits, 16)
    if len(digits.lstrip("0")) == 8 and whole >= 2**31:
        whole -= 2**32
    elif len(digits.lstrip("0")) == 16 and whole >= 2**63:
        whole -= 2**64
    whole *= unit
    return narrow(-whole if negative else whole, suffix == "l")


def narrow(whole: int, as_long: bool = False) -> Any:
    """An integer in the narrowest width of Int32, Int64, Decimal, Double."""
    if not as_long and -(2**31) <= whole < 2**31:
        return whole
    if -(2**63) <= whole < 2**63:
        return v.Int64(whole)
    if as_long:
        return None
    if abs(whole) <= 79228162514264337593543950335:
        return Decimal(whole)
    return float(whole)
