"""Error records as a console shows them.

NormalView is what Windows PowerShell writes: the message, the position, category and id. ConciseView is the default from
7.0. Source: about_Preference_Variables ($ErrorView); the layout of 2.0 (``<<<<`` in the line) as its console printed it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exmigrate.twin.powershell.errors import ErrorRecord, Position
from exmigrate.twin.powershell.runtime.code import CommandInfo
from exmigrate.twin.powershell.runtime.scope import Frame
from exmigrate.twin.powershell.runtime.stages import Stage
from exmigrate.twin.powershell.syntax import position_message
from exmigrate.twin.powershell.types.texts import to_text

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session


def error_lines(record: ErrorRecord, session: Session) -> list[str]:
    """The lines a console shows for an error record, without line ends."""
    view = to_text(session.variable("ErrorView") or "", session).lower()
    if session.number >= 6 and view not in ("normalview", "categoryview"):
        return _concise(record, session)
    if view == "categoryview":
        return [_category(record)]
    return _normal(record, session)


def _invoked(record: ErrorRecord) -> str:
    """Name in front of the message: of the command, or of the script that wrote the error."""
    source = record.invocation
    if isinstance(source, Frame):
        command = source.command
        if command is None or (record.error_id and record.activity is None):
            return ""
        if command.name:
            path = getattr(command, "path", "")
            return path or command.name
        return (
            str(source.block.source.text)
            if source.block is not None and record.activity == "Write-Error"
            else ""
        )
    if isinstance(source, Stage):
        return getattr(source, "invoked_as", "") or source.command.name
    return ""


def _category(record: ErrorRecord) -> str:
    from exmigrate.twin.powershell.runtime.surface_errors import category_text

    return category_text(record)


def _normal(record: ErrorRecord, session: Session) -> list[str]:
    if record.category == "ParserError" and record.position is not None:
        return _parser_lines(record, session)
    name = _invoked(record)
    if not name and record.error_id == "CommandNotFoundException":
        name = to_text(record.target)
    shown = f"{name} : {record.message}" if name else record.message
    lines = shown.split("\n")
    if record.position is not None and record.activity != "Write-Error":
        lines += _position_lines(record.position, session)
    details = [f"+ CategoryInfo          : {_category(record)}"]
    details += [f"+ FullyQualifiedErrorId : {record.fully_qualified_id}"]
    if record.recommended:
        details.append(f"+ Recommended action    : {record.recommended}")
    return lines + details if session.number >= 6 else _wrapped(session, lines, details)


def _wrapped(session: Session, lines: list[str], details: list[str]) -> list[str]:
    """Lines cut as Windows PowerShell cuts them to the console's width, and the blank line behind.

    Its view puts four blanks in front of each piece of a detail that is as long as the width less six, all on one line;
    the console then wraps that line at blanks. Source: the ErrorInstance view of PowerShellCore.format.ps1xml.
    """
    width = 80
    piece = width - 6
    for detail in details:
        lines.append("".join("    " + detail[at : at + piece] for at in range(0, len(detail), piece)))
    return [part for line in lines for part in _word_wrapped(line, width - 1)] + [" "]


def _word_wrapped(line: str, width: int) -> list[str]:
    if len(line) <= width:
        return [line]
    made: list[str] = []
    while len(line) > width:
        at = line.rfind(" ", 1, width) + 1
        if at <= 0 or not line[:at].strip():
            at = width
        made.append(line[:at])
        line = line[at:]
    return [*made, line]


def _parser_lines(record: ErrorRecord, session: Session) -> list[str]:
    lines = record.message.split("\n")
    details = ["+ CategoryInfo          : ParserError: (:) [], ParentContainsErrorRecordException"]
    details.append(f"+ FullyQualifiedErrorId : {record.fully_qualified_id}")
    return lines + details if session.number >= 6 else _wrapped(session, lines, details)


def _position_lines(position: Position, session: Session) -> list[str]:
    if session.number >= 3:
        return position_message(position).split("\n")
    where = f"At {position.file}:{position.line}" if position.file else f"At line:{position.line}"
    line = position.line_text
    word_end = position.column - 1
    while word_end < len(line) and not line[word_end].isspace():
        word_end += 1
    return [f"{where} char:{word_end + 1}", f"+ {line[:word_end]} <<<< {line[word_end:]}"]


def _concise(record: ErrorRecord, session: Session) -> list[str]:
    name = _concise_name(record)
    position = record.position
    if position is None or not _shows_line(record, position):
        return f"{name}: {record.message}".split("\n")
    message = record.message
    if record.category == "ParserError":
        message = message.rpartition("\n")[2]
    number = str(position.line)
    pad = max(4, len(number))
    start = position.column - 1
    length = (
        position.end_column if position.end_line == position.line else len(position.line_text) + 1
    ) - position.column
    lines = [f"{name}: {position.file}:{position.line}" if position.file else f"{name}: ", "Line |"]
    if not position.file:
        lines[0] = f"{name}: "
    lines.append(f"{number:>{pad}} |  {position.line_text}")
    lines.append(f"{'':{pad}} |  {' ' * start}{'~' * max(1, length)}")
    lines += [f"{'':{pad}} | {part}" for part in message.split("\n")]
    return lines


def _shows_line(record: ErrorRecord, position: Position) -> bool:
    if record.activity == "Write-Error":
        return False
    return bool(position.file) or position.line > 1


def _concise_name(record: ErrorRecord) -> str:
    if record.category == "ParserError":
        return "ParserError"
    source = record.invocation
    command: CommandInfo | None = source.command if isinstance(source, (Frame, Stage)) else None
    if record.activity == "Write-Error":
        return (
            command.name
            if command is not None and command.name and isinstance(source, Frame)
            else "Write-Error"
        )
    if record.error_id == "CommandNotFoundException":
        return to_text(record.target)
    if record.activity and command is not None and command.name:
        return command.name
    short = record.exception.type_name.rpartition(".")[2]
    return "Exception" if short in ("RuntimeException", "Exception") else short
