"""Error records, and the Python exception that carries one to the handler that the script has for it.

Members, conversions and cmdlets raise the light forms of :mod:`faults`; the runtime makes records of them. Everything
that goes wrong inside a script ends as a :class:`PSError`; no other Python exception reaches the caller of a run. How
far an error travels is its :class:`Severity`:

    STATEMENT  ends the statement; outside ``try``/``trap`` it is reported and the script goes on (most engine errors)
    SCRIPT     ends the script unless caught (``throw``, parse errors, limits)
    STOP       a non-terminating error raised to terminating by ``-ErrorAction Stop`` or the preference variable

Source: about_Try_Catch_Finally, about_Throw, about_Preference_Variables, ErrorRecord class (Microsoft Learn).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from exmigrate.twin.powershell.faults import NetFault, PsFault
from exmigrate.twin.powershell.typeinfo import TYPES, NetType, declare_type
from exmigrate.twin.powershell.values import ExceptionObject, NetObject

RUNTIME_EXCEPTION = "System.Management.Automation.RuntimeException"


class Severity(Enum):
    """How far an error travels when nothing catches it."""

    STATEMENT = "statement"
    SCRIPT = "script"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Position:
    """Where in a script something stands.

    Attributes:
        file: Path of the script file, '' for text given on a command line.
        line: First line, from 1.
        column: First column, from 1.
        text: Source text of the extent itself.
        line_text: Whole text of the first line.
        end_line: Last line, from 1.
        end_column: Column behind the last character, from 1.
        start: Offset of the first character.
        end: Offset behind the last.
    """

    file: str
    line: int
    column: int
    text: str
    line_text: str
    end_line: int
    end_column: int
    start: int = 0
    end: int = 0


def exception_type(name: str) -> NetType:
    """The type of an exception by full name; one nobody declared derives from System.SystemException."""
    found = TYPES.get(name.lower())
    if found is None:
        found = declare_type(name, "System.SystemException" if "system.systemexception" in TYPES else None)
    return found


def make_exception(
    type_name: str, message: str, inner: Any = None, properties: Mapping[str, Any] | None = None
) -> ExceptionObject:
    """An exception value of the named type."""
    return ExceptionObject(exception_type(type_name), message, inner, dict(properties or {}))


class ErrorRecord(NetObject):
    """An error record.

    Attributes:
        exception: The exception value.
        error_id: First part of FullyQualifiedErrorId, as given by the one who made the record.
        command_id: Second part ('' for none): for a cmdlet its .NET class name
            (``Microsoft.PowerShell.Commands.GetItemCommand``), for a function its name.
        category: Name of an ErrorCategory value ('NotSpecified', 'ObjectNotFound' ...).
        target: TargetObject.
        activity, reason, target_name, target_type: CategoryInfo texts; None means derived.
        details: Text of ErrorDetails.Message, or None.
        recommended: Text of ErrorDetails.RecommendedAction.
        position: Where it happened; filled in by the runtime.
        invocation: The InvocationInfo value of the failing command; filled in by the runtime.
        stack: ScriptStackTrace text.
    """

    __slots__ = (
        "activity",
        "category",
        "command_id",
        "details",
        "error_id",
        "exception",
        "invocation",
        "position",
        "reason",
        "recommended",
        "stack",
        "target",
        "target_name",
        "target_type",
    )

    def __init__(
        self,
        exception: ExceptionObject,
        error_id: str = "",
        category: str = "NotSpecified",
        target: Any = None,
    ) -> None:
        self.exception = exception
        self.error_id = error_id
        self.command_id = ""
        self.category = category
        self.target = target
        self.activity: str | None = None
        self.reason: str | None = None
        self.target_name: str | None = None
        self.target_type: str | None = None
        self.details: str | None = None
        self.recommended = ""
        self.position: Position | None = None
        self.invocation: Any = None
        self.stack = ""

    @property
    def fully_qualified_id(self) -> str:
        """FullyQualifiedErrorId."""
        return f"{self.error_id},{self.command_id}" if self.command_id else self.error_id

    @property
    def message(self) -> str:
        """What ``ToString()`` of the record gives."""
        return self.details if self.details is not None else self.exception.message


class PSError(Exception):
    """Carries an error record through Python code.

    Attributes:
        record: The record.
        severity: How far it travels.
        reported: Whether it is in ``$Error`` already.
    """

    def __init__(self, record: ErrorRecord, severity: Severity = Severity.STATEMENT) -> None:
        super().__init__(record.message)
        self.record = record
        self.severity = severity
        self.reported = False


def error(
    message: str,
    error_id: str = "RuntimeException",
    category: str = "NotSpecified",
    target: Any = None,
    *,
    exception: str = RUNTIME_EXCEPTION,
    inner: Any = None,
    props: Mapping[str, Any] | None = None,
    severity: Severity = Severity.STATEMENT,
) -> PSError:
    """An error ready to raise.

    Args:
        message: Exception message.
        error_id: FullyQualifiedErrorId without the command part.
        category: ErrorCategory name.
        target: TargetObject.
        exception: Full .NET type name of the exception.
        inner: InnerException value.
        props: Further exception properties.
        severity: How far it travels.
    """
    return PSError(
        ErrorRecord(make_exception(exception, message, inner, props), error_id, category, target), severity
    )


def unsupported(what: str, target: Any = None) -> PSError:
    """The error for something a real PowerShell has and this one has not; `what` names it."""
    return error(
        f"Not simulated: {what}.",
        "NotSimulated",
        "NotImplemented",
        target,
        exception="System.NotSupportedException",
        severity=Severity.SCRIPT,
    )


def from_fault(fault: PsFault | NetFault) -> PSError:
    """The error for a light fault, as it looks when nothing wraps it further."""
    if isinstance(fault, PsFault):
        kind = fault.exception
        exception = kind if isinstance(kind, ExceptionObject) else make_exception(kind, fault.message, fault.inner)
        return PSError(ErrorRecord(exception, fault.fqid, fault.category, fault.target))
    exception = make_exception(fault.kind, fault.message, fault.inner, fault.properties)
    return PSError(ErrorRecord(exception, fault.kind.rpartition(".")[2], "NotSpecified"))
