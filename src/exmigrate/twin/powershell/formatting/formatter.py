"""The formatter behind Out-Default, Out-String and Out-File: objects in, lines of text out."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.errors import ErrorRecord, NetException
from exmigrate.twin.powershell.formatting.cells import cell_text
from exmigrate.twin.powershell.formatting.listing import render_item
from exmigrate.twin.powershell.formatting.table import Inserted, TableColumn, TableStyle, render_rows
from exmigrate.twin.powershell.formatting.views import VIEWS, View
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.access import elements, get_property, shown_property
from exmigrate.twin.powershell.types.dictionaries import entries
from exmigrate.twin.powershell.types.psobject import property_names
from exmigrate.twin.powershell.types.typenames import type_names
from exmigrate.twin.powershell.values import MISSING

_PLAIN = (str, int, float, Decimal, s.Switch, v.EnumValue)


class FormatDocument(v.NetObject):
    """What a Format-* cmdlet puts out: lines for a width that is known only where they are written."""

    __slots__ = ("render",)

    def __init__(self, render: Callable[[int], list[str]]):
        self.render = render


class Formatter:
    """Takes objects, writes lines.

    Args:
        session: The session.
        width: Columns that fit.
        write: Takes text that ends with LF.
    """

    def __init__(self, session: Any, width: int, write: Callable[[str], None]):
        self.session = session
        self.width = width
        self.write = write
        self.key: str | None = None
        self.pending: list[Any] = []
        self.shape: View | None = None
        self.legacy = session.level != "7"

    def push(self, value: Any) -> None:
        """Takes one object of the pipeline."""
        if value is None:
            return
        if isinstance(value, FormatDocument):
            self.flush()
            self._lines(value.render(self.width))
            return
        if isinstance(value, ErrorRecord):
            from exmigrate.twin.powershell.runtime.errorview import error_lines

            self._text("\n".join(error_lines(value, self.session)))
            return
        if self._is_plain(value):
            self._text(self._plain_text(value))
            return
        if isinstance(value, c.DictionaryBase):
            for entry in entries(value):
                self._object(entry)
            return
        if isinstance(value, (list, c.ListBase)):
            for item in elements(value, self.session):
                self.push(item)
            return
        self._object(value)

    def _is_plain(self, value: Any) -> bool:
        if isinstance(value, v.Boxed):
            return isinstance(value.base, _PLAIN)
        if isinstance(value, _PLAIN):
            return True
        return type_names(value)[0] in _TEXT_TYPES

    def _plain_text(self, value: Any) -> str:
        return cell_text(value.base if isinstance(value, v.Boxed) else value, self.session)

    def _text(self, text: str) -> None:
        if self.pending and self.shape is not None and self.shape.columns:
            self.pending.append(Inserted(text))
        else:
            self.flush()
            self.write(text + "\n")

    def _object(self, value: Any) -> None:
        names = type_names(value)
        view = view_of(value, names, self.session)
        key = names[0] if not view.group else view.label
        if view.text:
            self.flush()
            found = get_property(value, view.text, self.session)
            self._lines(["", cell_text(found, self.session), ""])
            return
        if not view.columns:
            if self.key != key or self.shape is None or self.shape.columns:
                self.flush()
            self.key, self.shape = key, view
            self._list_item(value, view)
            return
        if self.key != key or self.shape is None or not self.shape.columns:
            self.flush()
            self.key, self.shape = key, view
        self.pending.append(value)

    def _list_item(self, value: Any, view: View) -> None:
        pairs = [(name, _safe(value, name, self.session), "") for name in view.names]
        lines = render_item(pairs, self.width, self.session)
        if not lines:
            self._lines([""])
            return
        first = not self.pending
        self.pending.append(value)
        opening = [""] * (2 if self.legacy else 1) if first else []
        self._lines([*opening, *lines, ""])

    def flush(self) -> None:
        """Writes what is kept for a table."""
        shape, pending = self.shape, self.pending
        self.key, self.shape, self.pending = None, None, []
        if shape is None or not pending:
            return
        if not shape.columns:
            self._lines([""] * (2 if self.legacy else 0))
            return
        columns = [
            TableColumn(header, _getter(name, self.session), width, right)
            for header, name, width, right in shape.columns
        ]
        lines = table_lines(columns, pending, self._style(shape), self.session, shape.group, shape.label)
        self._lines(lines)

    def _style(self, shape: View) -> TableStyle:
        fixed = any(width for _, _, width, _ in shape.columns)
        return TableStyle(
            self.width, legacy=self.legacy, spread=self.session.level in ("2.0", "3.0") and not fixed
        )

    def _lines(self, lines: list[str]) -> None:
        if lines:
            self.write("\n".join(lines) + "\n")

    def finish(self) -> None:
        """All objects have come."""
        self.flush()


_TEXT_TYPES = frozenset(
    {"Microsoft.PowerShell.Commands.MatchInfo", "System.Management.Automation.ScriptBlock"}
)


def table_lines(
    columns: list[TableColumn],
    items: list[Any],
    style: TableStyle,
    session: Any,
    group: str = "",
    label: str = "",
) -> list[str]:
    """A table with its blank lines, one part for each run of equal group values."""
    if not group:
        return ["", *render_rows(columns, items, style, session), "", *([""] if style.legacy else [])]
    lines: list[str] = []
    for shown, members in _groups(items, group, session):
        lines += [
            "",
            *([""] if style.legacy and not lines else []),
            f"{label}: {shown}",
            "",
            *([""] if style.legacy and group == "PSParentPath" else []),
        ]
        lines += render_rows(columns, members, style, session)
    return [*lines, "", *([""] if style.legacy else [])]


def _groups(items: list[Any], group: str, session: Any) -> list[tuple[str, list[Any]]]:
    out: list[tuple[str, list[Any]]] = []
    for item in items:
        if isinstance(item, Inserted) and out:
            out[-1][1].append(item)
            continue
        shown = cell_text(_safe(item, group, session), session)
        if group == "PSParentPath":
            shown = shown.partition("::")[2]
        if not out or out[-1][0] != shown:
            out.append((shown, []))
        out[-1][1].append(item)
    return out


def _safe(value: Any, name: str, session: Any) -> Any:
    head, dot, rest = name.partition(".")
    if dot:
        return _safe(_safe(value, head, session), rest, session)
    if (
        name in ("Length", "Count")
        and d.type_of(value).find(name) is None
        and not isinstance(value, v.PSObject)
    ):
        return None  # not the Length of 1 that every value has
    found = shown_property(value, name, session)
    return None if found is MISSING else found


def _getter(name: str, session: Any) -> Callable[[Any], Any]:
    return lambda value: _safe(value, name, session)


def view_of(value: Any, names: list[str], session: Any) -> View:
    """The view of an object: of its type, of its default display properties, or of all it has (a table up to four)."""
    for name in names:
        found = VIEWS.get(name.partition("[[")[0])
        if found is not None and not (name == "System.DateTime" and isinstance(value, v.Boxed)):
            return found
    shown = display_names(value, session)
    if shown is None:
        shown = property_names(value, session)
        if isinstance(value, NetException):
            shown = [name for name in shown if name not in ("TargetSite", "HelpLink")]
    if 0 < len(shown) <= 4:
        return View(tuple((name, name, 0, None) for name in shown))
    return View(names=tuple(shown))


def display_names(value: Any, session: Any) -> list[str] | None:
    """Default display properties: of the object's PSStandardMembers, or of its type; None for neither."""
    from exmigrate.twin.powershell.types.access import added_members

    table = added_members(value) or {}
    key = v.find_key(table, "PSStandardMembers")
    if key is not None and isinstance(table[key], v.MemberSet):
        chosen = table[key].members.get("DefaultDisplayPropertySet")
        if isinstance(chosen, v.PropertySet):
            return list(chosen.names)
    for kind in d.type_of(value).chain():
        if kind.display:
            return list(kind.display)
    return None


def text_of(values: list[Any], session: Any, width: int) -> str:
    """Objects as text."""
    parts: list[str] = []
    formatter = Formatter(session, width, parts.append)
    for value in values:
        formatter.push(value)
    formatter.finish()
    return "".join(parts)
