"""CLIXML written as PowerShell writes it (MS-PSRP section 2.2.5, "Serialization"; reference corpus clixml.jsonl)."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.errors import ErrorRecord, NetException, PSError
from exmigrate.twin.powershell.text.dates import format_date
from exmigrate.twin.powershell.text.numbers import number_text
from exmigrate.twin.powershell.typeinfo import NetType
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.access import get_property
from exmigrate.twin.powershell.types.psobject import property_infos, type_names
from exmigrate.twin.powershell.types.texts import member_text
from exmigrate.twin.powershell.types.xmlnodes import Node, outer

NAMESPACE = "http://schemas.microsoft.com/powershell/2004/04"
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


class Serializer:
    """Writes objects of one document: reference numbers go on from object to object.

    Args:
        session: The session, for getters and level.
        depth: How deep properties of .NET objects are followed.
        indent: True for a file (``Export-Clixml``), False for a stream.
    """

    def __init__(self, session: Any, depth: int = 2, indent: bool = False):
        self.session = session
        self.depth = depth
        self.out: list[str] = []
        self.pads = ["\n" + "  " * level for level in range(64)] if indent else [""] * 64
        self.names: dict[tuple[str, ...], int] = {}
        self.objects: dict[int, int] = {}
        self.kept: list[Any] = []
        self.count = 0

    def document(self, values: Iterable[Any]) -> str:
        """A whole document."""
        for value in values:
            self._write(value, "", 1, self.depth)
        opening = f'<Objs Version="1.1.0.1" xmlns="{NAMESPACE}"'
        body = "".join(self.out)
        self.out = []
        return f"{opening}>{body}{self.pads[0]}</Objs>" if body else f"{opening} />"

    def stream_object(self, value: Any, stream: str) -> str:
        """One object on a stream (``S="Output"``)."""
        self._write(value, f' S="{stream}"', 1, self.depth)
        text = "".join(self.out)
        self.out = []
        return text

    # Writing -----------------------------------------------------------------------------------------------

    def _line(self, level: int, text: str) -> None:
        self.out.append(self.pads[min(level, 63)] + text)

    def _write(self, value: Any, attributes: str, level: int, depth: int) -> None:
        kind = type(value)
        if kind is str:
            self.out.append(f"{self.pads[min(level, 63)]}<S{attributes}>{escape(value)}</S>")
            return
        simple = _simple(value)
        if simple is not None:
            self._line(level, simple.replace("\0", attributes, 1))
            return
        if kind is Progress or (isinstance(value, v.NetObject) and hasattr(value, "progress")):
            self._progress(value if kind is Progress else value.progress(), attributes, level)
            return
        if isinstance(value, Node) and value.kind == "document":
            self._line(level, f"<XD{attributes}>{escape(outer(value))}</XD>")
            return
        self._object(value, attributes, level, depth)

    def _object(self, value: Any, attributes: str, level: int, depth: int) -> None:
        known = self.objects.get(id(value))
        if known is not None:
            self._line(level, f'<Ref{attributes} RefId="{known}" />')
            return
        if level > 60:
            self._line(level, f"<S{attributes}>{escape(member_text(value, self.session))}</S>")
            return
        if depth < 0 and not _is_container(value):
            self._line(level, f"<S{attributes}>{escape(self._text(value))}</S>")
            return
        number = self.count
        self.count += 1
        self.objects[id(value)] = number
        self.kept.append(value)
        self._line(level, f'<Obj{attributes} RefId="{number}">')
        self._body(value, level + 1, depth)
        self._line(level, "</Obj>")

    def _body(self, value: Any, level: int, depth: int) -> None:
        if isinstance(value, v.Boxed):
            self._boxed(value, level, depth)
            return
        if isinstance(value, (ErrorRecord, NetException)):
            from exmigrate.twin.powershell.clixml_errors import wire_form

            value = wire_form(value, self.session)
        if isinstance(value, WireObject):
            self._wire(value, level, depth)
            return
        self._type_names(self._names_of(value), level)
        if isinstance(value, v.PSObject):
            text = _own_text(value, self.session)
            if text is not None:
                self._line(level, f"<ToString>{escape(text)}</ToString>")
            self._members(_notes(value, self.session), "MS", level, depth)
            return
        if self._container(value, level, depth):
            self._members(_added(value, self.session), "MS", level, depth)
            return
        text = self._text(value)
        self._line(level, f"<ToString>{escape(text)}</ToString>" if text else "<ToString />")
        if isinstance(value, v.EnumValue):
            self._line(level, f"<I32>{value.value}</I32>")
            return
        shallow = d.type_of(value).name in SHALLOW
        self._members(self._properties(value), "Props", level, -1 if shallow else depth - 1)
        self._members([*_shown_extra(value, self.session), *_added(value, self.session)], "MS", level, depth)

    def _boxed(self, value: v.Boxed, level: int, depth: int) -> None:
        self._write(value.base, "", level, depth)
        self._members(_added(value, self.session), "MS", level, depth)

    def _wire(self, value: WireObject, level: int, depth: int) -> None:
        self._type_names(value.names, level)
        if value.text is not None:
            self._line(level, f"<ToString>{escape(value.text)}</ToString>")
        if value.props is not None:
            self._members(value.props, "Props", level, depth)
        if value.notes is not None:
            self._members(value.notes, "MS", level, depth)

    def _text(self, value: Any) -> str:
        if isinstance(value, c.DictionaryEntry):
            return f"[{member_text(value.key, self.session)}, {member_text(value.value, self.session)}]"
        try:
            return member_text(value, self.session, "")
        except PSError:
            return ""

    def _names_of(self, value: Any) -> list[str]:
        names = type_names(value)
        if "`" in names[0]:
            return [
                qualified(d.type_of(value), self.session.level),
                *[name for name in names[1:] if "`" not in name],
            ]
        return names

    def _type_names(self, names: list[str], level: int) -> None:
        key = tuple(names)
        known = self.names.get(key)
        if known is not None:
            self._line(level, f'<TNRef RefId="{known}" />')
            return
        number = self.names[key] = len(self.names)
        self._line(level, f'<TN RefId="{number}">')
        for name in names:
            self._line(level + 1, f"<T>{escape(name)}</T>")
        self._line(level, "</TN>")

    def _container(self, value: Any, level: int, depth: int) -> bool:
        if isinstance(value, c.DictionaryBase):
            self._dictionary(value, level, depth)
            return True
        tag = _container_tag(value)
        if tag is None:
            return False
        items = list(value)
        if not items:
            self._line(level, f"<{tag} />")
            return True
        self._line(level, f"<{tag}>")
        for item in items:
            self._write(item, "", level + 1, depth)
        self._line(level, f"</{tag}>")
        return True

    def _dictionary(self, value: c.DictionaryBase, level: int, depth: int) -> None:
        if not len(value):
            self._line(level, "<DCT />")
            return
        self._line(level, "<DCT>")
        for key, item in value.items():
            self._line(level + 1, "<En>")
            self._write(key, ' N="Key"', level + 2, depth)
            self._write(item, ' N="Value"', level + 2, depth)
            self._line(level + 1, "</En>")
        self._line(level, "</DCT>")

    def _properties(self, value: Any) -> list[tuple[str, Any]]:
        """Properties of a .NET object in order; those whose getter fails are left out."""
        out: list[tuple[str, Any]] = []
        base = value.base if isinstance(value, v.Boxed) else value
        if type(base) is v.Record:
            for kind in base.net.chain():
                out.extend(
                    (prop.name, base.values.get(prop.name))
                    for prop in kind.props.values()
                    if prop.name not in {n for n, _ in out}
                )
            return out
        hidden = HIDDEN.get(d.type_of(base).name, ())
        for info in property_infos(base, self.session):
            if info.kind != "Property" or info.name in hidden:
                continue
            try:
                out.append((info.name, get_property(base, info.name, self.session)))
            except PSError:
                continue
        return out

    def _members(self, members: list[tuple[str, Any]], tag: str, level: int, depth: int) -> None:
        if not members:
            return
        out, pad = self.out, self.pads[min(level + 1, 63)]
        self._line(level, f"<{tag}>")
        for name, value in members:
            kind = type(value)
            if kind is str:
                out.append(f'{pad}<S N="{escape(name)}">{escape(value)}</S>')
            elif kind is int:
                out.append(f'{pad}<I32 N="{escape(name)}">{value}</I32>')
            else:
                self._write(value, f' N="{escape(name)}"', level + 1, depth)
        self._line(level, f"</{tag}>")

    def _progress(self, record: Progress, attributes: str, level: int) -> None:
        self._line(level, f"<PR{attributes}>")
        self._line(level + 1, f"<AV>{escape(record.activity)}</AV>")
        self._line(level + 1, f"<AI>{record.identity}</AI>")
        self._line(level + 1, "<Nil />" if record.operation is None else f"<S>{escape(record.operation)}</S>")
        self._line(level + 1, f"<PI>{record.parent}</PI>")
        self._line(level + 1, f"<PC>{record.percent}</PC>")
        self._line(level + 1, f"<T>{record.kind}</T>")
        self._line(level + 1, f"<SR>{record.seconds}</SR>")
        self._line(level + 1, f"<SD>{escape(record.status)}</SD>")
        self._line(level, "</PR>")


HIDDEN: dict[str, tuple[str, ...]] = {
    "System.Collections.DictionaryEntry": ("Name",),
    "System.Net.IPAddress": ("IPAddressToString",),
    "System.Globalization.CultureInfo": ("TextInfo",),
    "System.IO.FileInfo": ("Mode", "VersionInfo", "BaseName"),
    "System.IO.DirectoryInfo": ("Mode", "BaseName"),
}
"""Properties that PowerShell adds to a type: they are written among the added members, not with the type's own."""
SHALLOW = frozenset({"System.Net.IPAddress", "System.Net.Mail.MailAddress", "System.Globalization.CultureInfo"})
"""Types whose properties are written as text where they are no primitives."""
_SHOWN = {
    "System.Collections.DictionaryEntry": ("Name",),
    "System.Net.IPAddress": ("IPAddressToString",),
    "System.IO.FileInfo": ("Mode",),
    "System.IO.DirectoryInfo": ("Mode",),
}


def _shown_extra(value: Any, session: Any) -> list[tuple[str, Any]]:
    names = _SHOWN.get(d.type_of(value).name, ())
    return [(name, get_property(value, name, session)) for name in names]


def _simple(value: Any) -> str | None:
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


def _container_tag(value: Any) -> str | None:
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


def _is_container(value: Any) -> bool:
    return (
        isinstance(value, (c.DictionaryBase, v.PSObject, v.Boxed, WireObject))
        or _container_tag(value) is not None
    )


def _notes(value: v.PSObject, session: Any) -> list[tuple[str, Any]]:
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


def _added(value: Any, session: Any) -> list[tuple[str, Any]]:
    table = getattr(value, "extra", None)
    return _notes(v.PSObject(table), session) if table else []


def _own_text(value: v.PSObject, session: Any) -> str | None:
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
