"""Errors as values: .NET exceptions, error records, and the Python exception that carries a record to its handler.

Everything that goes wrong inside a script is a :class:`PSError` that carries an :class:`ErrorRecord`; no other Python
exception may leave a cmdlet, a type method or an operator. The runtime decides by :class:`Severity` how far it travels:

    STATEMENT  ends the statement; outside ``try``/``trap`` it is reported and the script goes on (most engine errors)
    SCRIPT     ends the script unless caught (``throw``, parse errors)
    STOP       a non-terminating error raised to terminating by ``-ErrorAction Stop`` or the preference variable

Source: about_Try_Catch_Finally, about_Throw, about_Preference_Variables, ErrorRecord class (Microsoft Learn).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.values import NetObject

RUNTIME_EXCEPTION = "System.Management.Automation.RuntimeException"

# Base type of each exception type that does not derive straight from System.SystemException.
EXCEPTION_BASES: dict[str, str] = {
    "System.Exception": "System.Object",
    "System.SystemException": "System.Exception",
    "System.ApplicationException": "System.Exception",
    "System.ArgumentNullException": "System.ArgumentException",
    "System.ArgumentOutOfRangeException": "System.ArgumentException",
    "System.DivideByZeroException": "System.ArithmeticException",
    "System.OverflowException": "System.ArithmeticException",
    "System.UriFormatException": "System.FormatException",
    "System.ObjectDisposedException": "System.InvalidOperationException",
    "System.PlatformNotSupportedException": "System.NotSupportedException",
    "System.OperationCanceledException": "System.SystemException",
    "System.TimeoutException": "System.SystemException",
    "System.IO.IOException": "System.SystemException",
    "System.IO.FileNotFoundException": "System.IO.IOException",
    "System.IO.DirectoryNotFoundException": "System.IO.IOException",
    "System.IO.PathTooLongException": "System.IO.IOException",
    "System.IO.EndOfStreamException": "System.IO.IOException",
    "System.Net.WebException": "System.InvalidOperationException",
    "System.Net.Sockets.SocketException": "System.ComponentModel.Win32Exception",
    "System.ComponentModel.Win32Exception": "System.Runtime.InteropServices.ExternalException",
    "System.Runtime.InteropServices.COMException": "System.Runtime.InteropServices.ExternalException",
    "System.Runtime.InteropServices.ExternalException": "System.SystemException",
    "System.ComponentModel.InvalidEnumArgumentException": "System.ArgumentException",
    "System.DirectoryServices.DirectoryServicesCOMException": "System.Runtime.InteropServices.COMException",
    "System.ServiceProcess.TimeoutException": "System.SystemException",
    "System.Security.Cryptography.CryptographicException": "System.SystemException",
    "System.Management.ManagementException": "System.SystemException",
    "System.Text.RegularExpressions.RegexParseException": "System.ArgumentException",
    RUNTIME_EXCEPTION: "System.SystemException",
    "System.Management.Automation.CommandNotFoundException": RUNTIME_EXCEPTION,
    "System.Management.Automation.CmdletInvocationException": RUNTIME_EXCEPTION,
    "System.Management.Automation.CmdletProviderInvocationException": (
        "System.Management.Automation.CmdletInvocationException"
    ),
    "System.Management.Automation.ActionPreferenceStopException": RUNTIME_EXCEPTION,
    "System.Management.Automation.ExtendedTypeSystemException": RUNTIME_EXCEPTION,
    "System.Management.Automation.MethodException": "System.Management.Automation.ExtendedTypeSystemException",
    "System.Management.Automation.MethodInvocationException": "System.Management.Automation.MethodException",
    "System.Management.Automation.GetValueException": "System.Management.Automation.ExtendedTypeSystemException",
    "System.Management.Automation.GetValueInvocationException": "System.Management.Automation.GetValueException",
    "System.Management.Automation.PropertyNotFoundException": "System.Management.Automation.ExtendedTypeSystemException",
    "System.Management.Automation.SetValueException": "System.Management.Automation.ExtendedTypeSystemException",
    "System.Management.Automation.SetValueInvocationException": "System.Management.Automation.SetValueException",
    "System.Management.Automation.ParameterBindingException": RUNTIME_EXCEPTION,
    "System.Management.Automation.ParameterBindingValidationException": (
        "System.Management.Automation.ParameterBindingArgumentTransformationException"
    ),
    "System.Management.Automation.ParameterBindingArgumentTransformationException": (
        "System.Management.Automation.ParameterBindingException"
    ),
    "System.Management.Automation.MetadataException": RUNTIME_EXCEPTION,
    "System.Management.Automation.ArgumentTransformationMetadataException": (
        "System.Management.Automation.MetadataException"
    ),
    "System.Management.Automation.ValidationMetadataException": "System.Management.Automation.MetadataException",
    "System.Management.Automation.ParseException": RUNTIME_EXCEPTION,
    "System.Management.Automation.IncompleteParseException": "System.Management.Automation.ParseException",
    "System.Management.Automation.PSInvalidCastException": "System.InvalidCastException",
    "System.Management.Automation.PSArgumentException": "System.ArgumentException",
    "System.Management.Automation.PSArgumentNullException": "System.ArgumentNullException",
    "System.Management.Automation.PSArgumentOutOfRangeException": "System.ArgumentOutOfRangeException",
    "System.Management.Automation.PSInvalidOperationException": "System.InvalidOperationException",
    "System.Management.Automation.PSNotSupportedException": "System.NotSupportedException",
    "System.Management.Automation.PSSnapInException": RUNTIME_EXCEPTION,
    "System.Management.Automation.PipelineStoppedException": RUNTIME_EXCEPTION,
    "System.Management.Automation.ScriptCallDepthException": "System.SystemException",
    "System.Management.Automation.ScriptRequiresException": RUNTIME_EXCEPTION,
    "System.Management.Automation.SessionStateException": RUNTIME_EXCEPTION,
    "System.Management.Automation.ItemNotFoundException": "System.Management.Automation.SessionStateException",
    "System.Management.Automation.DriveNotFoundException": "System.Management.Automation.SessionStateException",
    "System.Management.Automation.ProviderNotFoundException": "System.Management.Automation.SessionStateException",
    "System.Management.Automation.SessionStateUnauthorizedAccessException": (
        "System.Management.Automation.SessionStateException"
    ),
    "Microsoft.PowerShell.Commands.WriteErrorException": "System.SystemException",
    "Microsoft.PowerShell.Commands.ServiceCommandException": "System.SystemException",
    "Microsoft.PowerShell.Commands.ProcessCommandException": "System.SystemException",
}


# HResult of common exceptions (CoreCLR, src/System.Private.CoreLib: HResults).
_HRESULTS = {
    "System.Exception": -2146233088,
    "System.ApplicationException": -2146232832,
    "System.ArgumentException": -2147024809,
    "System.ArgumentNullException": -2147467261,
    "System.ArgumentOutOfRangeException": -2146233086,
    "System.DivideByZeroException": -2147352558,
    "System.FormatException": -2146233033,
    "System.IndexOutOfRangeException": -2146233080,
    "System.InvalidCastException": -2147467262,
    "System.InvalidOperationException": -2146233079,
    "System.NotImplementedException": -2147467263,
    "System.NotSupportedException": -2146233067,
    "System.NullReferenceException": -2147467261,
    "System.OverflowException": -2146233066,
    "System.TimeoutException": -2146233083,
    "System.UnauthorizedAccessException": -2147024891,
    "System.IO.IOException": -2146232800,
    "System.IO.FileNotFoundException": -2147024894,
    "System.IO.DirectoryNotFoundException": -2147024893,
    "System.Collections.Generic.KeyNotFoundException": -2146232969,
}


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


class NetException(NetObject):
    """A .NET exception as a script sees it in ``$_.Exception``.

    Attributes:
        type_name: Full .NET type name; bases come from ``EXCEPTION_BASES`` (else System.SystemException), or from
            ``base`` for types a pack adds.
        message: Message text.
        inner: InnerException or None.
        props: Further properties (``ParamName``, ``CommandName``, ``ErrorRecord`` ...), by their .NET name.
        base: Base type name for a type not in ``EXCEPTION_BASES``.
    """

    __slots__ = ("base", "data", "hresult", "inner", "message", "props", "type_name")

    def __init__(
        self,
        type_name: str,
        message: str,
        inner: NetException | None = None,
        props: Mapping[str, Any] | None = None,
        base: str = "",
    ) -> None:
        self.type_name = type_name
        self.message = message
        self.inner = inner
        self.props: dict[str, Any] = dict(props or {})
        self.base = base
        self.data: Any = None
        self.hresult = _HRESULTS.get(type_name, -2146233087)

    def kinds(self) -> list[str]:
        """Full names of the type and its bases, most derived first, ending with System.Object."""
        names = [self.type_name]
        if self.base and self.type_name not in EXCEPTION_BASES:
            names.append(self.base)
        while names[-1] != "System.Object":
            names.append(EXCEPTION_BASES.get(names[-1], "System.SystemException"))
        return names

    def is_a(self, type_name: str) -> bool:
        """Whether the exception is of that type or derives from it (names compared without case)."""
        wanted = type_name.lower()
        return any(name.lower() == wanted for name in self.kinds())

    def base_exception(self) -> NetException:
        """The innermost exception."""
        found = self
        while found.inner is not None:
            found = found.inner
        return found


class ErrorRecord(NetObject):
    """An error record.

    Attributes:
        exception: The exception.
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
        exception: NetException,
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
    """Carries an error record through Python code to the handler that the script has for it."""

    def __init__(self, record: ErrorRecord, severity: Severity = Severity.STATEMENT) -> None:
        super().__init__(record.message)
        self.record = record
        self.severity = severity
        self.reported = False  # already in $Error


def error(
    message: str,
    error_id: str = "RuntimeException",
    category: str = "NotSpecified",
    target: Any = None,
    *,
    exception: str = RUNTIME_EXCEPTION,
    inner: NetException | None = None,
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
        inner: InnerException.
        props: Further exception properties.
        severity: How far it travels.
    """
    return PSError(
        ErrorRecord(NetException(exception, message, inner, props), error_id, category, target), severity
    )


def net_error(
    exception: NetException, error_id: str | None = None, category: str = "NotSpecified"
) -> PSError:
    """An error for a plain .NET exception thrown by a method or property; the id is the exception's short name."""
    short = exception.type_name.rpartition(".")[2]
    return PSError(ErrorRecord(exception, short if error_id is None else error_id, category))


def from_fault(fault: NetFault) -> PSError:
    """The error for an exception out of a .NET member that nothing wrapped."""
    return net_error(NetException(fault.kind, fault.message, fault.inner, fault.properties))


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
