"""CLIXML read back: primitives as they were, known types as themselves, everything else as ``Deserialized.`` objects."""

from __future__ import annotations

import base64
import re
import xml.parsers.expat
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.convert import convert
from exmigrate.twin.powershell.errors import PSError, error
from exmigrate.twin.powershell.text.dates import parse_date
from exmigrate.twin.powershell.text.numbers import round_single
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.resolve import find_type

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class Element:
    """An element: tag, attributes, children, text."""

    __slots__ = ("attributes", "children", "tag", "text")

    def __init__(self, tag: str, attributes: dict[str, str]):
        self.tag = tag
        self.attributes = attributes
        self.children: list[Element] = []
        self.text = ""


def unescape(text: str) -> str:
    """Text with ``_xHHHH_`` put back; pairs of surrogates become one character."""
    if "_x" not in text:
        return text
    plain = _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)
    return (
        plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        if any("\ud800" <= x <= "\udfff" for x in plain)
        else plain
    )


def parse_elements(text: str) -> Element:
    """The root element; raises XmlException's error for text that is not well-formed."""
    parser = xml.parsers.expat.ParserCreate()
    parser.buffer_text = True
    root = Element("", {})
    stack = [root]

    def start(tag: str, attributes: dict[str, str]) -> None:
        element = Element(tag, attributes)
        stack[-1].children.append(element)
        stack.append(element)

    def data(value: str) -> None:
        stack[-1].text += value

    def refuse(*args: Any) -> None:
        raise _not_xml("DTD is prohibited.")

    parser.StartElementHandler = start
    parser.EndElementHandler = lambda tag: stack.pop()
    parser.CharacterDataHandler = data
    parser.EntityDeclHandler = refuse
    try:
        parser.Parse(re.sub(r"^\s*#< CLIXML\s*", "", text.lstrip("\ufeff")), True)
    except xml.parsers.expat.ExpatError as fault:
        raise _not_xml(str(fault)) from None
    return root.children[0] if root.children else root


def _not_xml(reason: str) -> PSError:
    return error(
        reason.capitalize(), "System.Xml.XmlException", "NotSpecified", exception="System.Xml.XmlException"
    )


_INTEGERS: dict[str, type] = {
    "I32": int,
    "I64": v.Int64,
    "I16": v.Int16,
    "By": v.Byte,
    "SB": v.SByte,
    "U16": v.UInt16,
    "U32": v.UInt32,
    "U64": v.UInt64,
}


def _real(text: str) -> float:
    return {"INF": float("inf"), "-INF": float("-inf"), "NaN": float("nan")}.get(text) or float(text)


def _moment(text: str) -> s.DateTime:
    found = parse_date(text.rstrip("Z"), None, 0)
    if found is None:
        raise _not_xml(f"'{text}' is not a date.")
    return s.DateTime(found.ticks, s.UTC if text.endswith("Z") else found.kind)


_DURATION = re.compile(r"^(-)?P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d+))?S)?)?$")


def _span(text: str) -> s.TimeSpan:
    found = _DURATION.match(text)
    if found is None:
        raise _not_xml(f"'{text}' is not a duration.")
    sign, days, hours, minutes, seconds, fraction = found.groups()
    whole = int(days or 0) * 86400 + int(hours or 0) * 3600 + int(minutes or 0) * 60 + int(seconds or 0)
    ticks = whole * s.TICKS_PER_SECOND + int((fraction or "").ljust(7, "0")[:7])
    return s.TimeSpan(-ticks if sign else ticks)


def _by_type(name: str) -> Callable[[str], Any]:
    def make(text: str) -> Any:
        kind = find_type(name)
        assert kind is not None
        return convert(text, kind)

    return make


_SIMPLE: dict[str, Callable[[str], Any]] = {
    "S": unescape,
    "SBK": unescape,
    "Nil": lambda text: None,
    "B": lambda text: text == "true",
    "C": lambda text: v.Char(chr(int(text))),
    "Db": _real,
    "Sg": lambda text: v.Single(round_single(_real(text))),
    "D": Decimal,
    "DT": _moment,
    "TS": _span,
    "G": s.Guid,
    "URI": lambda text: _by_type("System.Uri")(unescape(text)),
    "Version": _by_type("System.Version"),
    "XD": lambda text: _by_type("System.Xml.XmlDocument")(unescape(text)),
    "BA": lambda text: v.TypedArray(d.BYTE, map(v.Byte, base64.b64decode(text))),
}
for _tag, _kind in _INTEGERS.items():
    _SIMPLE[_tag] = lambda text, kind=_kind: kind(text)  # type: ignore[misc]
_REHYDRATED = {
    "System.Net.IPAddress": "System.Net.IPAddress",
    "System.Net.Mail.MailAddress": "System.Net.Mail.MailAddress",
    "System.Globalization.CultureInfo": "System.Globalization.CultureInfo",
}


class Deserializer:
    """Reads the objects of one document."""

    def __init__(self) -> None:
        self.names: dict[str, list[str]] = {}
        self.objects: dict[str, Any] = {}

    def document(self, text: str) -> list[Any]:
        """The objects of a document."""
        return [self.value(child) for child in parse_elements(text).children]

    def value(self, element: Element) -> Any:
        """The value of an element."""
        simple = _SIMPLE.get(element.tag)
        if simple is not None:
            return simple(element.text)
        if element.tag == "Ref":
            return self.objects.get(element.attributes.get("RefId", ""))
        if element.tag == "PR":
            return self._progress(element)
        if element.tag == "Obj":
            return self._object(element)
        if element.tag == "SS":
            raise error(
                "Not simulated: a SecureString in CLIXML.",
                "NotSimulated",
                "NotImplemented",
                exception="System.NotSupportedException",
            )
        raise _not_xml(f"element {element.tag} was not expected.")

    def _object(self, element: Element) -> Any:
        parts = {child.tag: child for child in element.children}
        names = self._type_names(parts)
        made = self._made(element, parts, names)
        self.objects[element.attributes.get("RefId", "")] = made
        if "MS" in parts and not isinstance(made, v.PSObject):
            made = self._with_members(made, parts["MS"])
            self.objects[element.attributes.get("RefId", "")] = made
        return made

    def _type_names(self, parts: dict[str, Element]) -> list[str]:
        if "TN" in parts:
            names = [child.text for child in parts["TN"].children]
            self.names[parts["TN"].attributes.get("RefId", "")] = names
            return names
        if "TNRef" in parts:
            return self.names.get(parts["TNRef"].attributes.get("RefId", ""), [])
        return []

    def _made(self, element: Element, parts: dict[str, Element], names: list[str]) -> Any:
        shown = tuple(f"Deserialized.{unescape(name)}" for name in names)
        for tag, maker in _CONTAINERS.items():
            if tag in parts:
                return maker(self, parts[tag], shown)
        if names and names[0] in _REHYDRATED and "ToString" in parts:
            return _by_type(_REHYDRATED[names[0]])(unescape(parts["ToString"].text))
        if names and names[0] == "System.Management.Automation.SwitchParameter":
            return s.Switch(unescape(parts["ToString"].text) == "True" if "ToString" in parts else False)
        base = next(
            (child for child in element.children if child.tag in _SIMPLE and child.tag != "ToString"), None
        )
        if base is not None and "Props" not in parts:
            return self._primitive(base, parts, shown)
        return self._custom(parts, shown, element)

    def _primitive(self, base: Element, parts: dict[str, Element], shown: tuple[str, ...]) -> Any:
        value = self.value(base)
        if not shown:
            return value
        made = v.Boxed(value)
        made.type_names = shown
        if "ToString" in parts and made.extra is not None:
            text = unescape(parts["ToString"].text)
            made.extra["ToString"] = v.ScriptMethod(lambda owner: text)
        return made

    def _custom(self, parts: dict[str, Element], shown: tuple[str, ...], element: Element) -> v.PSObject:
        made = v.PSObject({}, shown)
        self.objects[element.attributes.get("RefId", "")] = made
        for tag in ("Props", "MS"):
            for child in parts[tag].children if tag in parts else []:
                made.props[unescape(child.attributes.get("N", ""))] = self.value(child)
        if "ToString" in parts and "System.Management.Automation.PSCustomObject" not in shown[0]:
            text = unescape(parts["ToString"].text)
            made.props["ToString"] = v.ScriptMethod(lambda owner: text)
        return made

    def _with_members(self, made: Any, members: Element) -> Any:
        if isinstance(made, (str, int, float, bool, Decimal)):
            made = v.Boxed(made)
        if isinstance(made, v.NetObject):
            table = dict(made.added or {})
            for child in members.children:
                table[unescape(child.attributes.get("N", ""))] = self.value(child)
            made.extra = table
        return made

    def _progress(self, element: Element) -> Any:
        from exmigrate.twin.powershell.types.records import ProgressObject

        parts = {child.tag: unescape(child.text) for child in element.children}
        return ProgressObject(
            parts.get("AV", ""),
            int(parts.get("AI", 0)),
            parts.get("SD", ""),
            int(parts.get("PC", -1)),
            parts.get("T", "Processing"),
        )

    def items(self, element: Element) -> list[Any]:
        """The values of the children."""
        return [self.value(child) for child in element.children]

    def entries(self, element: Element) -> list[tuple[Any, Any]]:
        """Keys and values of a dictionary's entries."""
        out = []
        for entry in element.children:
            parts = {child.attributes.get("N", ""): child for child in entry.children}
            out.append((self.value(parts["Key"]), self.value(parts["Value"]) if "Value" in parts else None))
        return out


def _named(made: Any, shown: tuple[str, ...]) -> Any:
    made.type_names = shown
    return made


def _dictionary(reader: Deserializer, element: Element, shown: tuple[str, ...]) -> Any:
    ordered = bool(shown) and "OrderedDictionary" in shown[0]
    cls = c.OrderedDictionary if ordered else c.Hashtable
    return _named(cls(reader.entries(element)), shown)


_CONTAINERS: dict[str, Callable[[Deserializer, Element, tuple[str, ...]], Any]] = {
    "LST": lambda reader, element, shown: _named(c.ArrayList(reader.items(element)), shown),
    "IE": lambda reader, element, shown: _named(c.ArrayList(reader.items(element)), shown),
    "DCT": _dictionary,
    "QUE": lambda reader, element, shown: _named(c.Queue(reader.items(element)), shown),
    "STK": lambda reader, element, shown: _named(c.Stack(reader.items(element)[::-1]), shown),
}
