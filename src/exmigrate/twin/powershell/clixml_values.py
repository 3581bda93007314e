"""How single values are written in CLIXML: elements of primitives, names of types, added members."""

from __future__ import annotations

import base64
import re
from decimal import Decimal
from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.text.dates import format_date
from exmigrate.twin.powershell.text.numbers import number_text
from exmigrate.twin.powershell.typeinfo import NetType
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.access import get_property
from exmigrate.twin.powershell.types.texts import member_text

_SPECIAL = re.compile("[&<>\x00-\x1f\x7f-\x9f\ud800-\udfff\U00010000-\U0010ffff]|_(?=[xX])")
_INTEGERS: dict[type, str] = {
    int: "I32",
    v.Int64: "I64",
    v.Int16: "I16",
    v.Byte: "By",
    v.SByte: "SB",
    v.UInt16: "U16",
    v.UInt32: "U32",
    v.UInt64: "U64",
}


def _escape_one(found: re.Match[str]) -> str:
    letter = found.group()
    if letter in "&<>":
        return {"&": "&amp;", "<": "&lt;", ">": "&gt;"}[letter]
    if letter == "_":
        return "_x005F_"
    code = ord(letter)
    if code > 0xFFFF:
        code -= 0x10000
        return f"_x{0xD800 + (code >> 10):04X}__x{0xDC00 + (code & 0x3FF):04X}_"
    return f"_x{code:04X}_"


def escape(text: str) -> str:
    """Text for an element: entities, and ``_xHHHH_`` for control characters and for what looks like it."""
    return _SPECIAL.sub(_escape_one, text)


class WireObject:
    """An object as CLIXML knows it, for what has a wire form of its own: names, text, properties, added members."""

    __slots__ = ("names", "notes", "props", "text")

    def __init__(
        self,
        names: list[str],
        text: str | None,
        props: list[tuple[str, Any]] | None,
        notes: list[tuple[str, Any]] | None,
    ):
        self.names = names
        self.text = text
        self.props = props
        self.notes = notes


class Progress:
    """A progress record: activity, id, parent, percentage, kind, seconds left, status."""

    __slots__ = ("activity", "identity", "kind", "operation", "parent", "percent", "seconds", "status")

    def __init__(
        self, activity: str, identity: int = 0, status: str = "", percent: int = -1, kind: str = "Processing"
    ):
        self.activity = activity
        self.identity = identity
        self.status = status
        self.percent = percent
        self.kind = kind
        self.parent = -1
        self.seconds = -1
        self.operation: str | None = None


SHALLOW = frozenset(
    {"System.Net.IPAddress", "System.Net.Mail.MailAddress", "System.Globalization.CultureInfo"}
)
"""Types whose properties are written as text where they are no primitives."""
_SHOWN = {
    "System.Collections.DictionaryEntry": ("Name",),
    "System.Net.IPAddress": ("IPAddressToString",),
    "System.IO.FileInfo": ("Mode",),
    "System.IO.DirectoryInfo": ("Mode",),
}


def shown_extra(value: Any, session: Any) -> list[tuple[str, Any]]:
    """Properties that PowerShell adds to a type, with their values."""
    names = _SHOWN.get(d.type_of(value).name, ())
    return [(name, get_property(value, name, session)) for name in names]


def simple_element(value: Any) -> str | None:
    """The element of a primitive value with ``\\0`` for its attributes, None for anything else."""
    if value is None:
        return "<Nil\0 />"
    kind = type(value)
    if kind is bool:
        return f"<B\0>{'true' if value else 'false'}</B>"
    tag = _INTEGERS.get(kind)
    if tag is not None:
        return f"<{tag}\0>{int(value)}</{tag}>"
    if kind is v.Char:
        return f"<C\0>{ord(value)}</C>"
    if isinstance(value, str):
        return f"<S\0>{escape(str(value))}</S>"
    if isinstance(value, float):
        tag = "Sg" if kind is v.Single else "Db"
        return f"<{tag}\0>{_real(value)}</{tag}>"
    if isinstance(value, Decimal):
        return f"<D\0>{value:f}</D>"
    return _simple_object(value)


def _real(value: float) -> str:
    if value != value:
        return "NaN"
    if value in (float("inf"), float("-inf")):
        return "INF" if value > 0 else "-INF"
    return number_text(value)


def _simple_object(value: Any) -> str | None:
    if isinstance(value, s.DateTime):
        return f"<DT\0>{datetime_text(value)}</DT>"
    if isinstance(value, s.TimeSpan):
        return f"<TS\0>{timespan_text(value)}</TS>"
    if isinstance(value, s.Guid):
        return f"<G\0>{value.text}</G>"
    if isinstance(value, s.Version):
        return f"<Version\0>{value}</Version>"
    name = type(value).__name__
    if name == "UriObject":
        return f"<URI\0>{escape(value.text)}</URI>"
    if name == "ScriptBlock":
        return f"<SBK\0>{escape(member_text(value, None))}</SBK>"
    if isinstance(value, v.TypedArray) and value.element is d.BYTE:
        return f"<BA\0>{base64.b64encode(bytes(value)).decode('ascii')}</BA>"
    if isinstance(value, s.SecureString):
        raise _secret()
    return None


def _secret() -> PSError:
    from exmigrate.twin.powershell.errors import unsupported

    return unsupported("a SecureString in CLIXML (it would have to be encrypted with the user's key)")


def datetime_text(value: s.DateTime) -> str:
    """A DateTime as XmlConvert writes it."""
    text = format_date(value, "yyyy-MM-ddTHH:mm:ss")
    fraction = f"{value.fraction:07d}".rstrip("0")
    if fraction:
        text += "." + fraction
    return text + ("Z" if value.kind == s.UTC else "+00:00" if value.kind == s.LOCAL else "")


def timespan_text(value: s.TimeSpan) -> str:
    """A TimeSpan as an XML duration."""
    ticks = abs(value.ticks)
    days, rest = divmod(ticks, s.TICKS_PER_DAY)
    seconds, fraction = divmod(rest, s.TICKS_PER_SECOND)
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    time = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    if seconds or fraction:
        time += f"{seconds}" + (f".{fraction:07d}".rstrip("0") if fraction else "") + "S"
    body = (f"{days}D" if days else "") + (f"T{time}" if time else "")
    return ("-" if value.ticks < 0 else "") + "P" + (body or "T0S")


def container_tag(value: Any) -> str | None:
    """The element of a collection, None for what is none."""
    if isinstance(value, c.Queue):
        return "QUE"
    if isinstance(value, c.Stack):
        return "STK"
    if isinstance(value, (list, v.MultiArray)):
        return "LST"
    if isinstance(value, c.HashSet):
        return "IE"
    if isinstance(value, (c.ArrayList, c.GenericList)):
        return "LST"
    return "IE" if isinstance(value, (c.ListBase, c.Enumerator)) else None


def is_container(value: Any) -> bool:
    """Whether depth does not count for a value: collections, custom objects."""
    return (
        isinstance(value, (c.DictionaryBase, v.PSObject, v.Boxed, WireObject))
        or container_tag(value) is not None
    )


def notes_of(value: v.PSObject, session: Any) -> list[tuple[str, Any]]:
    """Members of a custom object that are written: values of note, script and alias properties."""
    out: list[tuple[str, Any]] = []
    for name, item in value.props.items():
        if type(item) not in v.SPECIAL_MEMBERS:
            out.append((name, item))
        elif isinstance(item, (v.ScriptProperty, v.AliasProperty)):
            try:
                out.append((name, get_property(value, name, session)))
            except PSError:
                continue
    return out


def added_of(value: Any, session: Any) -> list[tuple[str, Any]]:
    """Members that a script added to an object, with their values."""
    table = getattr(value, "extra", None)
    return notes_of(v.PSObject(table), session) if table else []


def own_text(value: v.PSObject, session: Any) -> str | None:
    """What a ToString method of a custom object gives, None without one."""
    key = v.find_key(value.props, "ToString")
    if key is None or not isinstance(value.props[key], v.ScriptMethod):
        return None
    return member_text(value, session)


_CORE = "Version=10.0.0.0, Culture=neutral, PublicKeyToken=7cec85d7bea7798e"
_MSCORLIB = "Culture=neutral, PublicKeyToken=b77a5c561934e089"
_AUTOMATION = "Culture=neutral, PublicKeyToken=31bf3856ad364e35"


def qualified(kind: NetType, level: str) -> str:
    """A type's full name with its type arguments qualified by assembly, as FullName has them."""
    if not kind.arguments:
        return kind.name
    inner = ",".join(f"[{_with_assembly(argument, level)}]" for argument in kind.arguments)
    return f"{kind.definition.name if kind.definition else kind.name}[{inner}]"


def _with_assembly(kind: NetType, level: str) -> str:
    name = qualified(kind, level)
    if kind.name.startswith(("System.Management.Automation", "Microsoft.PowerShell")):
        version = {"2.0": "1.0.0.0", "7": "7.6.5.0"}.get(level, "3.0.0.0")
        return f"{name}, System.Management.Automation, Version={version}, {_AUTOMATION}"
    if level == "7":
        return f"{name}, System.Private.CoreLib, {_CORE}"
    return f"{name}, mscorlib, Version={'2.0.0.0' if level == '2.0' else '4.0.0.0'}, {_MSCORLIB}"
