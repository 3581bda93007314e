"""System.Web.Script.Serialization.JavaScriptSerializer: JSON for scripts of level 2.0."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.faults import argument_null, bad_argument, invalid_operation
from exmigrate.twin.powershell.text.numbers import number_text
from exmigrate.twin.powershell.typeinfo import declare_type
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.access import get_property
from exmigrate.twin.powershell.types.psobject import property_names
from exmigrate.twin.powershell.types.published import NotSimulated
from exmigrate.twin.powershell.types.texts import to_text

_UNIX_EPOCH = s.DateTime.of(1970, 1, 1).ticks
_ESCAPE = re.compile("[\x00-\x1f\"\\\\<>&'\u0085\u2028\u2029]")
_NAMED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
_DATE = re.compile(r'(?<!\\)"\\/Date\((-?\d+)(?:[+-]\d{4})?\)\\/"')


class Serializer(v.NetObject):
    """A JavaScriptSerializer with its two limits."""

    __slots__ = ("depth", "length")

    def __init__(self) -> None:
        self.length = 2_097_152
        self.depth = 100


SERIALIZER = declare_type(
    "System.Web.Script.Serialization.JavaScriptSerializer",
    python=Serializer,
    assembly="System.Web.Extensions",
)
SERIALIZER.constructor("new()")(Serializer)
SERIALIZER.prop(
    "MaxJsonLength",
    lambda one, ctx: one.length,
    lambda one, n, ctx: setattr(one, "length", n),
    "System.Int32",
)
SERIALIZER.prop(
    "RecursionLimit", lambda one, ctx: one.depth, lambda one, n, ctx: setattr(one, "depth", n), "System.Int32"
)


@SERIALIZER.method("string Serialize(object obj)", ctx=True)
def _serialize(serializer: Serializer, value: Any, ctx: Any) -> str:
    out: list[str] = []
    _write(value, out, serializer.depth, ctx)
    text = "".join(out)
    if len(text) > serializer.length:
        raise invalid_operation(
            "Error during serialization or deserialization using the JSON JavaScriptSerializer. The length of the string "
            "exceeds the value set on the maxJsonLength property."
        )
    return text


def _quote(text: str) -> str:
    return '"' + _ESCAPE.sub(lambda m: _NAMED.get(m.group()) or f"\\u{ord(m.group()):04x}", text) + '"'


def _write(value: Any, out: list[str], depth: int, ctx: Any) -> None:
    if depth < 0:
        raise bad_argument("RecursionLimit exceeded.")
    simple = _simple(value)
    if simple is not None:
        out.append(simple)
    elif isinstance(value, c.DictionaryBase):
        _write_pairs([(_key(key), item) for key, item in value.items()], out, depth, ctx)
    elif isinstance(value, (list, c.ListBase, v.MultiArray)):
        out.append("[")
        for number, item in enumerate(value):
            out.append("," if number else "")
            _write(item, out, depth - 1, ctx)
        out.append("]")
    else:
        _write_pairs(_properties(value, ctx), out, depth, ctx)


def _key(key: Any) -> str:
    if not isinstance(key, str):
        raise bad_argument(
            f"Type '{d.type_of(key).name}' is not supported for serialization/deserialization of a dictionary, keys must "
            "be strings or objects."
        )
    return str(key)


def _write_pairs(pairs: list[tuple[str, Any]], out: list[str], depth: int, ctx: Any) -> None:
    out.append("{")
    for number, (name, item) in enumerate(pairs):
        out.append(("," if number else "") + _quote(name) + ":")
        _write(item, out, depth - 1, ctx)
    out.append("}")


def _properties(value: Any, ctx: Any) -> list[tuple[str, Any]]:
    """A custom object is a PSObject to the serializer, whose members refer to itself."""
    if isinstance(value, (v.PSObject, v.Boxed)):
        raise invalid_operation(
            "A circular reference was detected while serializing an object of type "
            "'System.Management.Automation.PSParameterizedProperty'."
        )
    out = []
    for name in property_names(value, ctx):
        try:
            out.append((name, get_property(value, name, ctx)))
        except NotSimulated:
            raise
        except PSError:
            continue
    return out


def _simple(value: Any) -> str | None:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return _quote(str(value))
    if isinstance(value, v.EnumValue):
        return str(value.value)
    if isinstance(value, (int, float, Decimal)):
        return number_text(value, True)
    if isinstance(value, s.DateTime):
        return f'"\\/Date({(value.ticks - _UNIX_EPOCH) // 10_000})\\/"'
    if isinstance(value, s.Guid) or type(value).__name__ == "UriObject":
        return _quote(to_text(value))
    return None


@SERIALIZER.method("object DeserializeObject(string input)")
def _deserialize(serializer: Serializer, text: str) -> Any:
    if text is None:
        raise argument_null("input")
    if len(text) > serializer.length:
        raise bad_argument(
            "Error during serialization or deserialization using the JSON JavaScriptSerializer. The length of the string "
            "exceeds the value set on the maxJsonLength property.",
            "input",
        )
    marked = _DATE.sub(lambda m: f'"\\u0000date:{m.group(1)}"', text)
    try:
        found = json.loads(marked)
    except (ValueError, RecursionError):
        primitive = text.strip().partition(",")[0].strip("{}[]: ")
        raise bad_argument(f"Invalid JSON primitive: {primitive}.") from None
    return _value(found)


def _value(value: Any) -> Any:
    if isinstance(value, dict):
        table = c.Dictionary(d.generic_type(d.DICTIONARY, [d.STRING, d.OBJECT]))
        for key, item in value.items():
            table[key] = _value(item)
        return table
    if isinstance(value, list):
        return [_value(item) for item in value]
    if isinstance(value, str):
        if value.startswith("\0date:"):
            return s.DateTime(_UNIX_EPOCH + int(value[6:]) * 10_000, s.UTC)
        return value
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return (
            value if -(2**31) <= value < 2**31 else v.Int64(value) if abs(value) < 2**63 else Decimal(value)
        )
    return Decimal(repr(value)) if abs(value) < 1e28 else value
