"""ConvertTo-Json and ConvertFrom-Json."""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.text.dates import format_date, parse_date
from exmigrate.twin.powershell.text.numbers import number_text
from exmigrate.twin.powershell.types.access import get_property
from exmigrate.twin.powershell.types.psobject import property_names
from exmigrate.twin.powershell.types.published import NotSimulated
from exmigrate.twin.powershell.types.texts import member_text, to_text

_ESCAPE = re.compile('[\x00-\x1f"\\\\]')
_ESCAPE_WIDE = re.compile("[\x00-\x1f\"\\\\<>&'\u0085\u2028\u2029]")
_NAMES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def _quote(text: str, wide: bool) -> str:
    pattern = _ESCAPE_WIDE if wide else _ESCAPE
    return '"' + pattern.sub(lambda m: _NAMES.get(m.group()) or f"\\u{ord(m.group()):04x}", text) + '"'


class JsonWriter:
    """Writes values as ConvertTo-Json does.

    Args:
        session: The session, for getters.
        depth: Levels below the top that are written out; what lies deeper is written as text.
        compress: Without line ends and indentation.
        legacy: The layout and escapes of Windows PowerShell.
        enums: Enumerations by name.
    """

    def __init__(self, session: Any, depth: int, compress: bool, legacy: bool, enums: bool):
        self.session = session
        self.depth = depth
        self.compress = compress
        self.legacy = legacy
        self.enums = enums
        self.truncated = False
        self.step = "    " if legacy else "  "
        self.colon = ":" if compress else (":  " if legacy else ": ")

    def text(self, value: Any, level: int = 0, pad: str = "") -> str:
        """The JSON of a value."""
        kind = type(value)
        if kind is str:
            return _quote(value, self.legacy)
        if value is None:
            return "null"
        if kind is bool:
            return "true" if value else "false"
        if kind is int:
            return str(value)
        simple = self._simple(value)
        if simple is not None:
            return simple
        if level > self.depth:
            self.truncated = True
            return _quote(to_text(value, self.session), self.legacy)
        if isinstance(value, c.DictionaryBase):
            pairs = [(to_text(key), item) for key, item in value.items()]
            return self._object(pairs, level, pad)
        if isinstance(value, (list, c.ListBase, v.MultiArray)) and not getattr(value, "extra", None):
            return self._array(list(value), level, pad)
        return self._object(self._properties(value), level, pad)

    def _simple(self, value: Any) -> str | None:
        if isinstance(value, v.Boxed):
            return None
        if isinstance(value, str):
            return _quote(str(value), self.legacy)
        if isinstance(value, float):
            text = number_text(value, self.legacy)
            if value != value or value in (float("inf"), float("-inf")):
                return _quote(text, False)
            return text if any(x in text for x in ".E") else text + ".0"
        if isinstance(value, Decimal):
            return f"{value:f}" if "." in f"{value:f}" or self.legacy else f"{value:f}.0"
        if isinstance(value, int):
            return str(int(value))
        if isinstance(value, s.DateTime):
            return self._date(value)
        if isinstance(value, v.EnumValue):
            return _quote(str(value), False) if self.enums else str(value.value)
        if isinstance(value, (s.Guid, s.DateTimeOffset)):
            return _quote(member_text(value, None, ""), False)
        if type(value).__name__ == "UriObject":
            return _quote(value.text, self.legacy)
        if isinstance(value, v.NetObject) and type(value).__name__ == "Nothing":
            return "null"
        return None

    def _date(self, value: s.DateTime) -> str:
        if self.legacy:
            epoch = s.DateTime.of(1970, 1, 1).ticks
            offset = (
                self.session.machine.clock.offset_minutes(value.ticks) * 600_000_000
                if value.kind != s.UTC
                else 0
            )
            return f'"\\/Date({(value.ticks - offset - epoch) // 10_000})\\/"'
        text = format_date(value, "yyyy-MM-ddTHH:mm:ss")
        fraction = f"{value.fraction:07d}".rstrip("0")
        zone = "Z" if value.kind == s.UTC else format_date(value, "zzz") if value.kind == s.LOCAL else ""
        return f'"{text}{"." + fraction if fraction else ""}{zone}"'

    def _properties(self, value: Any) -> list[tuple[str, Any]]:
        out: list[tuple[str, Any]] = []
        if isinstance(value, v.Boxed):
            out.append(("value", value.base))
            return out + list((value.added or {}).items())
        for name in property_names(value, self.session):
            try:
                out.append((name, get_property(value, name, self.session)))
            except NotSimulated:
                raise
            except PSError:
                continue
        return out

    def _object(self, pairs: list[tuple[str, Any]], level: int, pad: str) -> str:
        if not pairs:
            return "{\r\n\r\n" + pad + "}" if self.legacy and not self.compress else "{}"
        if self.compress:
            return (
                "{" + ",".join(f"{_quote(k, self.legacy)}:{self.text(x, level + 1)}" for k, x in pairs) + "}"
            )
        inner = self._inner_pad(pad, pairs)
        lines = [
            f"{inner}{_quote(k, self.legacy)}{self.colon}{self.text(x, level + 1, self._below(inner, k))}"
            for k, x in pairs
        ]
        return "{" + self._end() + f",{self._end()}".join(lines) + self._end() + pad + "}"

    def _inner_pad(self, pad: str, pairs: Any) -> str:
        return pad + self.step

    def _below(self, inner: str, key: str) -> str:
        """Windows PowerShell aligns what is below a key behind the key."""
        return inner + " " * (len(_quote(key, self.legacy)) + len(self.colon)) if self.legacy else inner

    def _end(self) -> str:
        return "\r\n" if self.legacy or self.session.machine.platform == "windows" else "\n"

    def _array(self, items: list[Any], level: int, pad: str) -> str:
        if not items:
            return "[\r\n\r\n" + pad + "]" if self.legacy and not self.compress else "[]"
        if self.compress:
            return "[" + ",".join(self.text(item, level + 1) for item in items) + "]"
        inner = pad + self.step
        lines = [f"{inner}{self.text(item, level + 1, inner)}" for item in items]
        return "[" + self._end() + f",{self._end()}".join(lines) + self._end() + pad + "]"


def _to_process(call: Call) -> None:
    if "InputObject" in call.bound:
        call.state.setdefault("items", []).append(call.bound["InputObject"])


def _to_end(call: Call) -> None:
    items = call.state.get("items")
    if items is None:
        return
    value = items[0] if len(items) == 1 and not call.flag("AsArray") else items
    depth = call.bound.get("Depth")
    legacy = call.level != "7"
    writer = JsonWriter(
        call.session,
        2 if depth is None else int(depth),
        call.flag("Compress"),
        legacy,
        call.flag("EnumsAsStrings"),
    )
    text = writer.text(value)
    if writer.truncated and not legacy:
        call.warning(
            f"Resulting JSON is truncated as serialization has exceeded the set depth of {writer.depth}."
        )
    call.write(text)


# Reading ---------------------------------------------------------------------------------------------------


def _from_process(call: Call) -> None:
    call.state.setdefault("lines", []).append(to_text(call.bound.get("InputObject")))


def _from_end(call: Call) -> None:
    lines = call.state.get("lines", [])
    texts = ["\n".join(lines)]
    if len(lines) > 1 and _loads(lines[0]) is not None:
        texts = lines
    for text in texts:
        if text.strip():
            _emit(call, _parse(call, text))


def _loads(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


def _parse(call: Call, text: str) -> Any:
    as_table = call.flag("AsHashtable")
    try:
        return json.loads(
            text,
            object_pairs_hook=lambda pairs: _object(call, pairs, as_table),
            parse_float=_real,
            parse_int=_whole,
        )
    except (ValueError, RecursionError) as fault:
        if call.level == "7":
            message = f"Conversion from JSON failed with error: {fault}."
        else:
            message = (
                "Invalid JSON primitive: ."
                if "Expecting" in str(fault)
                else "Invalid object passed in, ':' or '}' expected."
            )
        raise call.throw(
            message, "System.ArgumentException", "NotSpecified", exception="System.ArgumentException"
        ) from None


def _real(text: str) -> Any:
    return float(text)


def _whole(text: str) -> Any:
    number = int(text)
    if -(2**63) <= number < 2**63:
        return v.Int64(number)
    return v.BigInteger(number)


def _object(call: Call, pairs: list[tuple[str, Any]], as_table: bool) -> Any:
    if as_table:
        return c.OrderedDictionary([(key, _value(call, item)) for key, item in pairs])
    props: dict[str, Any] = {}
    for key, item in pairs:
        known = v.find_key(props, key)
        if known is not None and known != key:
            raise ValueError(
                f"Cannot convert the JSON string because it contains keys with different casing: '{known}', '{key}'"
            )
        props[key] = _value(call, item)
    return v.PSObject(props)


_ISO = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?$")
_TICKS = re.compile(r"^/Date\((-?\d+)([+-]\d{4})?\)/$")


def _value(call: Call, item: Any) -> Any:
    if type(item) is str:
        return _maybe_date(call, item)
    if type(item) is list:
        return [_value(call, one) for one in item]
    if type(item) is v.Int64 and call.level != "7" and -(2**31) <= item < 2**31:
        return int(item)
    if type(item) is float and call.level != "7":
        return Decimal(repr(item))
    return item


def _maybe_date(call: Call, text: str) -> Any:
    if call.level == "7" and _ISO.match(text):
        if text.endswith("Z"):
            found = parse_date(text[:-1])
            return text if found is None else s.DateTime(found.ticks, s.UTC)
        return parse_date(text, None, call.machine.clock.offset_minutes(0)) or text
    ticks = _TICKS.match(text)
    if ticks and call.level != "7":
        return s.DateTime(s.DateTime.of(1970, 1, 1).ticks + int(ticks.group(1)) * 10_000, s.UTC)
    return text


def _emit(call: Call, value: Any) -> None:
    value = _value(call, value) if not isinstance(value, (v.PSObject, c.DictionaryBase)) else value
    if isinstance(value, list) and call.level == "7" and not call.flag("NoEnumerate"):
        for item in value:
            call.write(item)
    else:
        call.write(value)


CMDLETS = [
    Cmdlet(
        "ConvertTo-Json",
        parameters=[
            Parameter(
                "InputObject",
                "object",
                position=0,
                mandatory=True,
                pipeline=True,
                allow_null=True,
                allow_empty=True,
            ),
            Parameter("Depth", "int"),
            Parameter("Compress", "switch"),
            Parameter("AsArray", "switch", since="7"),
            Parameter("EnumsAsStrings", "switch", since="7"),
            Parameter("EscapeHandling", "string", since="7"),
        ],
        process=_to_process,
        end=_to_end,
        since="3.0",
    ),
    Cmdlet(
        "ConvertFrom-Json",
        parameters=[
            Parameter("InputObject", "string", position=0, mandatory=True, pipeline=True, allow_empty=True),
            Parameter("AsHashtable", "switch", since="7"),
            Parameter("Depth", "int", since="7"),
            Parameter("NoEnumerate", "switch", since="7"),
        ],
        process=_from_process,
        end=_from_end,
        since="3.0",
    ),
]
