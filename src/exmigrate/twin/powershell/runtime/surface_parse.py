"""ParseException.Errors: each error of a text with its extent (System.Management.Automation.Language.ParseError)."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.errors import Position
from exmigrate.twin.powershell.syntax.source import ParseFailure
from exmigrate.twin.powershell.typeinfo import TYPES
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.values import Record, TypedArray, record_type

_LANGUAGE = "System.Management.Automation.Language."
_INT = "System.Int32"
EXTENT = record_type(
    _LANGUAGE + "InternalScriptExtent",
    {
        "File": "System.String",
        "StartLineNumber": _INT,
        "StartColumnNumber": _INT,
        "EndLineNumber": _INT,
        "EndColumnNumber": _INT,
        "Text": "System.String",
        "StartOffset": _INT,
        "EndOffset": _INT,
    },
    to_string="Text",
)
PARSE_ERROR = record_type(
    _LANGUAGE + "ParseError",
    {
        "Extent": "System.Management.Automation.Language.IScriptExtent",
        "ErrorId": "System.String",
        "Message": "System.String",
        "IncompleteInput": "System.Boolean",
    },
    to_string=lambda record, ctx: str(record.values["text"]),
)


def extent(position: Position) -> Record:
    """The extent of a position."""
    return Record(
        EXTENT,
        {
            "File": position.file or None,
            "StartLineNumber": position.line,
            "StartColumnNumber": position.column,
            "EndLineNumber": position.end_line,
            "EndColumnNumber": position.end_column,
            "Text": position.text,
            "StartOffset": position.start,
            "EndOffset": position.end,
        },
    )


def _errors(exception: Any, ctx: Any) -> Any:
    failures: list[ParseFailure] = exception.props.get("Errors") or []
    return TypedArray(PARSE_ERROR, [_error(one) for one in failures])


def _error(failure: ParseFailure) -> Record:
    values = {
        "Extent": extent(failure.position),
        "ErrorId": failure.error_id,
        "Message": failure.message,
        "IncompleteInput": failure.incomplete,
        "text": failure.text(),
    }
    return Record(PARSE_ERROR, values)


_PARSE = d.exception_type("System.Management.Automation.ParseException")
_PARSE.prop("Errors", _errors)
_PARSE.props["errors"].since = 3.0
for _kind in (EXTENT, PARSE_ERROR):
    TYPES[_kind.name.lower()] = _kind
