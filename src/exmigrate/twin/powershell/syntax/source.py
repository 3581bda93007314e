"""Script text with its lines, and the error that a parser raises."""

from __future__ import annotations

from bisect import bisect_right

from exmigrate.twin.powershell.errors import ErrorRecord, NetException, Position, PSError, Severity


class Source:
    """The text of one script.

    Attributes:
        text: The text; offsets count from its start.
        file: Path of the script file, or ''.
    """

    __slots__ = ("_lines", "file", "text")

    def __init__(self, text: str, file: str = "") -> None:
        self.text = text
        self.file = file
        self._lines: list[int] | None = None

    def line_column(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset, both from 1."""
        lines = self._lines
        if lines is None:
            lines = [0]
            find = self.text.find
            at = find("\n")
            while at >= 0:
                lines.append(at + 1)
                at = find("\n", at + 1)
            self._lines = lines
        line = bisect_right(lines, offset)
        return line, offset - lines[line - 1] + 1

    def line_text(self, line: int) -> str:
        """Text of a line without its end."""
        assert self._lines is not None
        start = self._lines[line - 1]
        end = self.text.find("\n", start)
        return self.text[start : len(self.text) if end < 0 else end].rstrip("\r")

    def position(self, start: int, end: int) -> Position:
        """The position of an extent."""
        line, column = self.line_column(start)
        end_line, end_column = self.line_column(end)
        return Position(
            self.file,
            line,
            column,
            self.text[start:end],
            self.line_text(line),
            end_line,
            end_column,
            start,
            end,
        )


def position_message(position: Position) -> str:
    """``At line:1 char:5`` with the source line and the marked extent, as InvocationInfo.PositionMessage has it."""
    where = f"At {position.file}:{position.line}" if position.file else f"At line:{position.line}"
    line = position.line_text
    start = position.column - 1
    stop = position.end_column - 1 if position.end_line == position.line else len(line)
    length = max(1, stop - start)
    if len(line) > 69:
        line, start, length = _cut(line, start, length)
    return f"{where} char:{position.column}\n+ {line}\n+ {' ' * start}{'~' * length}"


def _cut(line: str, start: int, length: int) -> tuple[str, int, int]:
    """A window of a long line around the extent: most of the room before it, a fifth behind."""
    maximum = 69
    length = min(length, maximum)
    spare = maximum - length
    behind = min(len(line) - start - length, spare // 5)
    before = spare - behind
    if before > start:
        before, behind = start, spare - start
    from_at, to_at = start - before, min(len(line), start + length + behind)
    head = "\u2026 " if from_at > 0 else ""
    tail = " \u2026" if to_at < len(line) else ""
    return f"{head}{line[from_at:to_at]}{tail}", before + len(head), length


SHOWN = 10
"""Errors that the message of a ParseException tells (its ``Errors`` has all)."""


class ParseFailure(Exception):
    """Text that is not PowerShell at this level.

    Attributes:
        others: Further errors of the same text, in the order in which the parser met them.
        incomplete: Whether the text ends before what it began.
    """

    def __init__(self, error_id: str, message: str, position: Position) -> None:
        super().__init__(message)
        self.error_id = error_id
        self.message = message
        self.position = position
        self.others: list[ParseFailure] = []
        self.incomplete = False

    def text(self) -> str:
        """The place and the message, as a console shows them."""
        return f"{position_message(self.position)}\n{self.message}"

    def to_error(self) -> PSError:
        """The error that running such text gives."""
        errors = [self, *self.others]
        texts = [one.text() for one in errors[:SHOWN]]
        if len(errors) > SHOWN:
            texts.append("Not all parse errors were reported.  Correct the reported errors and try again.")
        exception = NetException("System.Management.Automation.ParseException", "\n\n".join(texts))
        exception.props["Errors"] = errors
        record = ErrorRecord(exception, self.error_id, "ParserError")
        record.position = self.position
        return PSError(record, Severity.SCRIPT)
