"""Lists of mailboxes in CSV files beside the plan, with the place of every entry."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from .problems import Problem, Source, did_you_mean, listed, nearest, shown
from .text import CSV, decode

Reader = Callable[[str], bytes]
"""Gives the bytes of a file beside the plan; raises OSError."""

MAILBOX_COLUMNS = (
    "alias", "name", "database", "size", "items", "kind", "um_policy", "um_extension", "corrupt_items", "addresses", "domain",
)  # fmt: skip
MEMBER_COLUMNS = ("mailbox", "target")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a CSV: values by column, and the place of each."""

    values: dict[str, str]
    line: int
    columns: dict[str, int]

    def column(self, name: str) -> int:
        """Where the value of a column begins, 1 where it is not there."""
        return self.columns.get(name, 1)


@dataclass(slots=True)
class Sheet:
    """A CSV that was read: its rows and what is wrong with it."""

    name: str
    source: Source
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def tell(self, code: str, message: str, row: Row, column: str, *, why: str, remedy: str) -> None:
        """Add a problem at a value of a row."""
        self.problems.append(
            self.source.problem(code, message, row.line, row.column(column), why=why, remedy=remedy)
        )


def read_sheet(name: str, data: bytes, known: tuple[str, ...], required: tuple[str, ...]) -> Sheet:
    """Read a CSV with a header line; separators are commas or semicolons."""
    text = decode(data, name, CSV)
    if isinstance(text, Problem):
        return Sheet(name, Source(name, ""), problems=[text])
    sheet = Sheet(name, Source(name, text))
    first = next((line for line in sheet.source.lines if line.strip()), "")
    delimiter = ";" if first.count(";") > first.count(",") else ","
    records = _records(sheet, text, delimiter)
    header = next(records, None)
    if header is None:
        return sheet
    columns = _header(sheet, header, known, required)
    if columns is None:
        return sheet
    for record in records:
        _row(sheet, record, columns)
    if not sheet.rows and not sheet.problems:
        sheet.problems.append(
            sheet.source.problem(
                "EXM-L046",
                "the CSV has a header but no line",
                1,
                1,
                why="a list of nobody moves nobody",
                remedy="add the mailboxes, or take the file out of the plan",
            )
        )
    return sheet


@dataclass(frozen=True, slots=True)
class _Record:
    line: int
    cells: list[str]
    starts: list[int]


def _records(sheet: Sheet, text: str, delimiter: str) -> Iterator[_Record]:
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    line = 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            sheet.problems.append(
                sheet.source.problem(
                    "EXM-L045",
                    "a quote opens in this line and never closes"
                    if "end of data" in str(error)
                    else f"the line cannot be read: {error}",
                    line,
                    sheet.source.lines[line - 1].find('"') + 1,
                    why="a quote that is opened must be closed before the next separator",
                    remedy="look at the quotes of this line",
                )
            )
            return
        if any(cell.strip() for cell in cells):
            yield _Record(
                line, [cell.strip() for cell in cells], _starts(sheet.source.lines[line - 1], delimiter)
            )
        line = reader.line_num + 1


def _starts(line: str, delimiter: str) -> list[int]:
    """Columns at which the cells of a line begin, counted from 1."""
    starts, quoted = [1], False
    for i, char in enumerate(line):
        if char == '"':
            quoted = not quoted
        elif char == delimiter and not quoted:
            starts.append(i + 2)
    return starts


def _header(
    sheet: Sheet, record: _Record, known: tuple[str, ...], required: tuple[str, ...]
) -> list[str] | None:
    names = [cell.casefold() for cell in record.cells]
    before = len(sheet.problems)
    where = dict(zip(names, record.starts, strict=False))
    tabs = len(names) == 1 and "\t" in sheet.source.lines[record.line - 1]
    if tabs or not any(name in known or nearest(name, known) for name in names):
        _no_header(sheet, record.line, required)
        return None
    meant = {nearest(name, known) for name in names if name not in known}
    for name in names:
        if name not in known:
            _header_problem(sheet, record.line, where.get(name, 1), f"unknown column '{shown(name)}'",
                            f"{did_you_mean(name, known)}Known: {listed(known)}")  # fmt: skip
        if names.count(name) > 1 and name in known:
            _header_problem(
                sheet, record.line, where.get(name, 1), f"column '{name}' stands twice", "take one out"
            )
    for name in required:
        if name not in names and name not in meant:
            _header_problem(sheet, record.line, 1, f"column '{name}' is missing",
                            f"add '{name}' to this line, and its value to the lines below")  # fmt: skip
    return names if len(sheet.problems) == before else None


def _no_header(sheet: Sheet, line: int, required: tuple[str, ...]) -> None:
    if "\t" in sheet.source.lines[line - 1]:
        _header_problem(sheet, line, 1, "the columns are separated by tabs",
                        "save the list with commas or semicolons between the columns")  # fmt: skip
        return
    _header_problem(sheet, line, 1, "the first line does not name the columns",
                    f"put a line above it that names them, such as '{','.join(required)}'")  # fmt: skip


def _header_problem(sheet: Sheet, line: int, column: int, message: str, remedy: str) -> None:
    why = "the first line says what the columns are"
    sheet.problems.append(sheet.source.problem("EXM-L042", message, line, column, why=why, remedy=remedy))


def _row(sheet: Sheet, record: _Record, columns: list[str]) -> None:
    starts = record.starts + [1] * (len(columns) - len(record.starts))
    if len(record.cells) != len(columns):
        sheet.problems.append(
            sheet.source.problem(
                "EXM-L045",
                f"{len(record.cells)} values for {len(columns)} columns",
                record.line,
                1,
                why=f"the header names {listed(columns)}",
                remedy="write one value a column, empty ones too; quote values that hold the separator",
            )
        )
        return
    values = dict(zip(columns, record.cells, strict=True))
    sheet.rows.append(Row(values, record.line, dict(zip(columns, starts, strict=False))))
