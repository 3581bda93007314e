"""Tables: column widths, headers, wrapping, groups."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from exmigrate.twin.powershell.formatting.cells import cell_text, cut, is_right, one_line
from exmigrate.twin.powershell.values import MISSING


@dataclass(slots=True)
class TableColumn:
    """A column: header, how to read a value, fixed width (0 for none), alignment (None by the first value)."""

    header: str
    get: Callable[[Any], Any]
    width: int = 0
    right: bool | None = None
    form: str = ""


@dataclass(frozen=True, slots=True)
class TableStyle:
    """How a table is laid out."""

    width: int
    wrap: bool = False
    hide_headers: bool = False
    legacy: bool = False
    spread: bool = False
    """Columns share the width evenly, as before 5.0."""

    @property
    def mark(self) -> str:
        """What stands for text that does not fit."""
        return "..." if self.legacy else "…"


def render_rows(columns: list[TableColumn], entries: list[Any], style: TableStyle, session: Any) -> list[str]:
    """Lines of a table without the blank lines around it; entries are objects, or `str` lines between rows."""
    rows: list[list[str] | str] = []
    for entry in entries:
        rows.append(entry.text if isinstance(entry, Inserted) else _cells(columns, entry, session))
    objects = [entry for entry in entries if not isinstance(entry, Inserted)]
    aligned = [_right(column, objects) for column in columns]
    widths = _widths(columns, [row for row in rows if isinstance(row, list)], style, aligned)
    lines: list[str] = []
    last = len(columns) - 1
    if not style.hide_headers:
        lines.extend(_header(columns, widths, aligned, style, last))
    for row in rows:
        if isinstance(row, str):
            lines.extend(row.split("\n"))
        else:
            lines.extend(_row(row, widths, aligned, style, last))
    return lines


@dataclass(frozen=True, slots=True)
class Inserted:
    """Text of a primitive that came between the rows."""

    text: str


def _cells(columns: list[TableColumn], value: Any, session: Any) -> list[str]:
    out = []
    for column in columns:
        found = column.get(value)
        out.append("" if found is MISSING else cell_text(found, session, column.form))
    return out


def _right(column: TableColumn, objects: list[Any]) -> bool:
    if column.right is not None:
        return column.right
    for one in objects[:1]:
        found = column.get(one)
        return found is not MISSING and is_right(found)
    return False


def _widths(
    columns: list[TableColumn], rows: list[list[str]], style: TableStyle, aligned: list[bool]
) -> list[int]:
    if style.spread and not any(column.width for column in columns):
        return _even(len(columns), style.width)
    widths = []
    for index, column in enumerate(columns):
        longest = max([len(column.header), *[len(one_line(row[index])) for row in rows]])
        widths.append(column.width or max(longest, 1))
    return _fit(widths, style.width)


def _even(count: int, width: int) -> list[int]:
    each = max(1, (width - (count - 1)) // count)
    return [each] * count


def _fit(widths: list[int], available: int) -> list[int]:
    """Widths cut from the right until the table fits; a column that cannot be cut to 1 is left out (width 0)."""
    widths = list(widths)
    for index in range(len(widths) - 1, -1, -1):
        visible = [width for width in widths if width]
        excess = sum(visible) + len(visible) - 1 - available
        if excess <= 0:
            break
        widths[index] = widths[index] - excess if widths[index] > excess + 3 else 0
    if not any(widths):
        widths[0] = available
    return widths


def _pad(text: str, width: int, right: bool, pad: bool) -> str:
    if right:
        return text.rjust(width)
    return text.ljust(width) if pad else text


def _header(
    columns: list[TableColumn], widths: list[int], aligned: list[bool], style: TableStyle, last: int
) -> list[str]:
    heads, dashes = [], []
    for index, column in enumerate(columns):
        if not widths[index]:
            continue
        text = cut(column.header, widths[index], style.mark)
        pad = style.legacy or index != last
        heads.append(_pad(text, widths[index], aligned[index], pad))
        dashes.append(_pad("-" * len(text), widths[index], aligned[index], pad))
    first = " ".join(heads)
    return [first if style.legacy else first.rstrip(), " ".join(dashes)]


def _row(row: list[str], widths: list[int], aligned: list[bool], style: TableStyle, last: int) -> list[str]:
    pieces: list[list[str]] = []
    for index, text in enumerate(row):
        if not widths[index]:
            continue
        pieces.append(_split(text, widths[index], style))
    height = max(len(piece) for piece in pieces)
    shown = [index for index in range(len(row)) if widths[index]]
    lines = []
    for number in range(height):
        parts = []
        for place, index in enumerate(shown):
            has = number < len(pieces[place])
            text = pieces[place][number] if has else ""
            is_end = place == len(shown) - 1
            if not text and number == 0 and is_end and not style.legacy:
                parts.append(" " * widths[index])
            else:
                parts.append(_pad(text, widths[index], aligned[index], style.legacy or not is_end))
        lines.append(" ".join(parts))
    return lines


def _split(text: str, width: int, style: TableStyle) -> list[str]:
    if not style.wrap:
        return [cut(one_line(text), width, style.mark)]
    out: list[str] = []
    for line in text.replace("\r\n", "\n").split("\n"):
        while len(line) > width:
            out.append(line[:width])
            line = line[width:]
        out.append(line)
    return out or [""]
