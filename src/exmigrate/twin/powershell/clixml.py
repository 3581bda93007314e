"""CLIXML written as PowerShell writes it (MS-PSRP section 2.2.5, "Serialization"; reference corpus clixml.jsonl)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.clixml_values import (
    SHALLOW,
    Progress,
    WireObject,
    added_of,
    container_tag,
    escape,
    is_container,
    notes_of,
    own_text,
    qualified,
    shown_extra,
    simple_element,
)
from exmigrate.twin.powershell.errors import ErrorRecord, NetException, PSError
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.access import get_property
from exmigrate.twin.powershell.types.psobject import property_infos
from exmigrate.twin.powershell.types.published import NotSimulated
from exmigrate.twin.powershell.types.texts import member_text
from exmigrate.twin.powershell.types.typenames import type_names
from exmigrate.twin.powershell.types.xmlnodes import Node, outer

NAMESPACE = "http://schemas.microsoft.com/powershell/2004/04"


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
        simple = simple_element(value)
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
        if depth < 0 and not is_container(value):
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
            text = own_text(value, self.session)
            if text is not None:
                self._line(level, f"<ToString>{escape(text)}</ToString>")
            self._members(notes_of(value, self.session), "MS", level, depth)
            return
        if self._container(value, level, depth):
            self._members(added_of(value, self.session), "MS", level, depth)
            return
        text = self._text(value)
        self._line(level, f"<ToString>{escape(text)}</ToString>" if text else "<ToString />")
        if isinstance(value, v.EnumValue):
            self._line(level, f"<I32>{value.value}</I32>")
            return
        shallow = d.type_of(value).name in SHALLOW
        self._members(self._properties(value), "Props", level, -1 if shallow else depth - 1)
        self._members([*shown_extra(value, self.session), *added_of(value, self.session)], "MS", level, depth)

    def _boxed(self, value: v.Boxed, level: int, depth: int) -> None:
        self._write(value.base, "", level, depth)
        self._members(added_of(value, self.session), "MS", level, depth)

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
        tag = container_tag(value)
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
            except NotSimulated:
                raise
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
            elif kind is bool:
                out.append(f'{pad}<B N="{escape(name)}">{"true" if value else "false"}</B>')
            elif value is None:
                out.append(f'{pad}<Nil N="{escape(name)}" />')
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
    "System.Globalization.CultureInfo": (
        "TextInfo",
        "Calendar",
        "CompareInfo",
        "CultureTypes",
        "DateTimeFormat",
        "EnglishName",
        "IsNeutralCulture",
        "IsReadOnly",
        "KeyboardLayoutId",
        "NativeName",
        "NumberFormat",
        "OptionalCalendars",
        "Parent",
        "UseUserOverride",
    ),  # types.ps1xml names what is written of a culture
    "System.IO.FileInfo": ("Mode", "VersionInfo", "BaseName"),
    "System.IO.DirectoryInfo": ("Mode", "BaseName"),
}
"""Properties that PowerShell adds to a type: they are written among the added members, not with the type's own."""
