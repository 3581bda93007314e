"""The types of errors as scripts see them: exceptions, error records, categories, invocation info."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.collections_ import GenericList, Hashtable
from exmigrate.twin.powershell.convert import to_bool
from exmigrate.twin.powershell.errors import ErrorRecord, NetException, Position, PSError
from exmigrate.twin.powershell.runtime.code import AnonymousInfo
from exmigrate.twin.powershell.runtime.records import InformationRecord, TextRecord
from exmigrate.twin.powershell.runtime.scope import Frame
from exmigrate.twin.powershell.runtime.stages import Stage
from exmigrate.twin.powershell.scalars import DateTime
from exmigrate.twin.powershell.syntax import position_message
from exmigrate.twin.powershell.typeinfo import BY_CLASS, TYPES, NetType, declare_type
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types import enums
from exmigrate.twin.powershell.types.resolve import resolve_type
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import EnumValue, NetObject, PSObject, Record, UInt32, record_type

_AUTOMATION = "System.Management.Automation."


class CategoryInfo(NetObject):
    """ErrorCategoryInfo of a record."""

    __slots__ = ("record",)

    def __init__(self, record: ErrorRecord) -> None:
        self.record = record


class ErrorDetails(NetObject):
    """ErrorDetails of a record."""

    __slots__ = ("message", "recommended")

    def __init__(self, message: str, recommended: str = "") -> None:
        self.message = message
        self.recommended = recommended


class InvocationInfo(NetObject):
    """How a command was called."""

    __slots__ = ("bound", "command", "expecting", "invoked_as", "position", "unbound")

    def __init__(
        self, command: Any, position: Position | None, invoked_as: str, bound: Any, unbound: list[Any]
    ) -> None:
        self.command = command
        self.position = position
        self.invoked_as = invoked_as
        self.bound = bound
        self.unbound = unbound
        self.expecting = False


def invocation_of(source: Any, position: Position | None = None) -> InvocationInfo | None:
    """The invocation info of a frame or stage."""
    if isinstance(source, InvocationInfo):
        return source
    if isinstance(source, Frame):
        found: InvocationInfo | None = source.invocation
        if found is None:
            site = source.position
            where = site.position() if site is not None else None
            unbound = [arg.value for arg in source.rest if arg.name is None]
            source.invocation = found = InvocationInfo(
                source.command, where, source.invoked_as, source.bound, unbound
            )
            found.expecting = source.expecting_input
        return found
    if isinstance(source, Stage):
        binding = getattr(source, "binding", None)
        bound = binding.values if binding is not None else {}
        where = source.site.position() if source.site is not None else position
        return InvocationInfo(source.command, where, getattr(source, "invoked_as", ""), bound, [])
    return None


# Exceptions ---------------------------------------------------------------------------------------------------


def _data(exception: NetException) -> Any:
    if exception.data is None:
        exception.data = Hashtable()
    return exception.data


def _exception_members(kind: NetType) -> None:
    kind.prop("Message", lambda e, ctx: e.message, None, "System.String")
    kind.prop("InnerException", lambda e, ctx: e.inner, None, "System.Exception")
    kind.prop("Data", lambda e, ctx: _data(e), None, "System.Collections.IDictionary")
    kind.prop("StackTrace", lambda e, ctx: None, None, "System.String")
    kind.prop(
        "Source",
        lambda e, ctx: e.props.get("Source"),
        lambda e, v, ctx: e.props.update(Source=v),
        "System.String",
    )
    kind.prop(
        "HelpLink", lambda e, ctx: e.props.get("HelpLink"), lambda e, v, ctx: e.props.update(HelpLink=v)
    )
    kind.prop("HResult", lambda e, ctx: e.props.get("HResult", e.hresult), None, "System.Int32")
    kind.prop("TargetSite", lambda e, ctx: None)
    kind.method("System.Exception GetBaseException()")(lambda e: e.base_exception())
    kind.method("string ToString()")(lambda e: f"{e.type_name}: {e.message}")


if "message" not in d.EXCEPTION.props:
    _exception_members(d.EXCEPTION)
_SPECIFIC = {
    "System.ArgumentException": ("ParamName",),
    "System.ArgumentOutOfRangeException": ("ActualValue",),
    "System.ObjectDisposedException": ("ObjectName",),
    "System.IO.FileNotFoundException": ("FileName",),
    "System.ComponentModel.Win32Exception": ("NativeErrorCode",),
    "System.Runtime.InteropServices.ExternalException": ("ErrorCode",),
    "System.Net.WebException": ("Status", "Response"),
    _AUTOMATION + "CommandNotFoundException": ("CommandName",),
    _AUTOMATION + "ParameterBindingException": (
        "ParameterName",
        "ErrorId",
        "ParameterType",
        "CommandInvocation",
    ),
    _AUTOMATION + "SessionStateException": ("ItemName",),
}
for _type_name, _names in _SPECIFIC.items():
    for _name in _names:
        TYPES[_type_name.lower()].prop(_name, lambda e, ctx, name=_name: e.props.get(name))


def _record_of_exception(exception: NetException, ctx: Any) -> Any:
    found = exception.props.get("ErrorRecord")
    if found is None:
        found = exception.props["ErrorRecord"] = ErrorRecord(exception, "RuntimeException", "NotSpecified")
    return found


def _socket_error(exception: NetException, ctx: Any) -> Any:
    return enums.enum_number("System.Net.Sockets.SocketError", exception.props.get("NativeErrorCode") or -1)


_socket = d.exception_type("System.Net.Sockets.SocketException")
_socket.prop("SocketErrorCode", _socket_error, None, "System.Net.Sockets.SocketError")


def _state_category(exception: NetException, ctx: Any) -> str:
    words = {"Drive": "Drive", "Provider": "CmdletProvider", "Variable": "Variable", "Function": "Function"}
    return next((value for key, value in words.items() if f"{key}Not" in exception.type_name), "Drive")


_runtime = TYPES[(_AUTOMATION + "RuntimeException").lower()]
_runtime.prop("ErrorRecord", _record_of_exception)
for _name in (
    "InvalidCastException",
    "ArgumentException",
    "InvalidOperationException",
    "NotSupportedException",
):
    d.exception_type(f"{_AUTOMATION}PS{_name}").prop("ErrorRecord", _record_of_exception)
TYPES[(_AUTOMATION + "SessionStateException").lower()].prop("SessionStateCategory", _state_category)
_runtime.prop("WasThrownFromThrowStatement", lambda e, ctx: False)

# Error records ------------------------------------------------------------------------------------------------

RECORD = declare_type(_AUTOMATION + "ErrorRecord", "System.Object", ErrorRecord, display=())
CATEGORY = declare_type(_AUTOMATION + "ErrorCategoryInfo", "System.Object", CategoryInfo)
DETAILS = declare_type(_AUTOMATION + "ErrorDetails", "System.Object", ErrorDetails)
INVOCATION = declare_type(_AUTOMATION + "InvocationInfo", "System.Object", InvocationInfo)
BY_CLASS[Frame] = INVOCATION


def _set_details(record: ErrorRecord, value: Any, ctx: Any) -> None:
    if isinstance(value, ErrorDetails):
        record.details, record.recommended = value.message, value.recommended
    elif value is not None:
        record.details = to_text(value, ctx)


RECORD.prop("Exception", lambda r, ctx: r.exception, None, "System.Exception")
RECORD.prop("TargetObject", lambda r, ctx: r.target)
RECORD.prop("CategoryInfo", lambda r, ctx: CategoryInfo(r), None, CATEGORY.name)
RECORD.prop("FullyQualifiedErrorId", lambda r, ctx: r.fully_qualified_id, None, "System.String")
RECORD.prop(
    "ErrorDetails",
    lambda r, ctx: ErrorDetails(r.details, r.recommended) if r.details is not None or r.recommended else None,
    _set_details,
)
RECORD.prop("InvocationInfo", lambda r, ctx: _record_invocation(r), None, INVOCATION.name)
RECORD.prop("ScriptStackTrace", lambda r, ctx: stack_trace(r), None, "System.String", 3)
RECORD.prop("PipelineIterationInfo", lambda r, ctx: [])
RECORD.to_string = lambda r, ctx: r.message
RECORD.method("string ToString()")(lambda r: r.message)


def _record_invocation(record: ErrorRecord) -> Any:
    found = invocation_of(record.invocation, record.position)
    if found is None:
        return None
    if record.position is not None and found.position is not record.position:
        made = InvocationInfo(found.command, record.position, found.invoked_as, found.bound, found.unbound)
        return made
    return found


def stack_trace(record: ErrorRecord) -> str:
    """ScriptStackTrace: where the error happened, then the callers."""
    if record.stack:
        return record.stack
    lines = []
    position = record.position
    frame = record.invocation if isinstance(record.invocation, Frame) else None
    while position is not None:
        name = frame.command.name if frame is not None and frame.command is not None else ""
        lines.append(f"at {name or '<ScriptBlock>'}, {position.file or '<No file>'}: line {position.line}")
        if frame is None or frame.position is None:
            break
        position = frame.position.position()
        frame = frame.caller
    record.stack = "\n".join(lines)
    return record.stack


@RECORD.constructor(
    "new(System.Exception exception, string errorId, System.Management.Automation.ErrorCategory category, object target)"
)
def _new_record(exception: NetException, error_id: str, category: EnumValue, target: Any) -> ErrorRecord:
    return ErrorRecord(exception, error_id, str(category), target)


@DETAILS.constructor("new(string message)")
def _new_details(message: str) -> ErrorDetails:
    return ErrorDetails(message)


DETAILS.prop("Message", lambda x, ctx: x.message, None, "System.String")
DETAILS.prop(
    "RecommendedAction", lambda x, ctx: x.recommended, lambda x, v, ctx: setattr(x, "recommended", to_text(v))
)
DETAILS.to_string = lambda x, ctx: x.message


def category_activity(record: ErrorRecord) -> str:
    """CategoryInfo.Activity."""
    return record.activity or ""


def category_reason(record: ErrorRecord) -> str:
    """CategoryInfo.Reason: short name of the innermost telling exception's type."""
    return record.reason if record.reason is not None else record.exception.type_name.rpartition(".")[2]


def category_target(record: ErrorRecord) -> tuple[str, str]:
    """CategoryInfo.TargetName and TargetType."""
    name = record.target_name
    if name is None:
        name = to_text(record.target) if record.target is not None else ""
    kind = record.target_type
    if kind is None:
        if record.target is None:
            kind = ""
        elif isinstance(record.target, PSObject):
            kind = "PSObject"
        else:
            kind = d.type_of(record.target).short_name
    return name, kind


def category_text(record: ErrorRecord) -> str:
    """``ObjectNotFound: (./nope:String) [Get-Item], ItemNotFoundException``."""
    name, kind = category_target(record)
    shown = f"{name}:{kind}"
    return f"{record.category}: ({shown}) [{category_activity(record)}], {category_reason(record)}"


CATEGORY.prop(
    "Category", lambda x, ctx: enums.enum_value(_AUTOMATION + "ErrorCategory", x.record.category), None,
    _AUTOMATION + "ErrorCategory",
)  # fmt: skip
CATEGORY.prop(
    "Activity",
    lambda x, ctx: category_activity(x.record),
    lambda x, v, ctx: setattr(x.record, "activity", to_text(v)),
)
CATEGORY.prop(
    "Reason",
    lambda x, ctx: category_reason(x.record),
    lambda x, v, ctx: setattr(x.record, "reason", to_text(v)),
)
CATEGORY.prop(
    "TargetName",
    lambda x, ctx: category_target(x.record)[0],
    lambda x, v, ctx: setattr(x.record, "target_name", to_text(v)),
)
CATEGORY.prop(
    "TargetType",
    lambda x, ctx: category_target(x.record)[1],
    lambda x, v, ctx: setattr(x.record, "target_type", to_text(v)),
)
CATEGORY.to_string = lambda x, ctx: category_text(x.record)
CATEGORY.method("string GetMessage()")(lambda x: category_text(x.record))

# Invocation info ----------------------------------------------------------------------------------------------


def _at(read: Any, missing: Any) -> Any:
    def get(source: Any, ctx: Any) -> Any:
        info = invocation_of(source)
        return missing if info is None or info.position is None else read(info.position)

    return get


def _command(source: Any, ctx: Any) -> Any:
    if isinstance(source, Frame):
        if source.command is None or source.block is None:
            return None
        if source.command.kind == "ExternalScript" and not source.command.name:
            from exmigrate.twin.powershell.runtime.code import ScriptBlock

            return AnonymousInfo(ScriptBlock(source.block, ctx.state))
        return source.command
    return source.command


def _script_name(position: Position) -> str:
    return position.file


def _folder(path: str) -> str:
    cut = max(path.rfind("\\"), path.rfind("/"))
    return path[:cut] if cut > 0 else ""


INVOCATION.prop("MyCommand", _command)
INVOCATION.prop("BoundParameters", lambda x, ctx: ctx.bound_parameters(x))
INVOCATION.prop("UnboundArguments", lambda x, ctx: invocation_of(x).unbound)  # type: ignore[union-attr]
INVOCATION.prop("ScriptLineNumber", _at(lambda p: p.line, 0), None, "System.Int32")
INVOCATION.prop("OffsetInLine", _at(lambda p: p.column, 0), None, "System.Int32")
INVOCATION.prop("ScriptName", _at(_script_name, None), None, "System.String")
INVOCATION.prop("Line", _at(lambda p: p.line_text, ""), None, "System.String")
INVOCATION.prop("Statement", _at(lambda p: p.text, ""), None, "System.String", 7)
INVOCATION.prop("PositionMessage", _at(position_message, ""), None, "System.String")
INVOCATION.prop("PSScriptRoot", _at(lambda p: _folder(p.file), ""), None, "System.String", 3)
INVOCATION.prop("PSCommandPath", _at(lambda p: p.file or None, None), None, "System.String", 3)
INVOCATION.prop("InvocationName", lambda x, ctx: invocation_of(x).invoked_as or "", None, "System.String")  # type: ignore[union-attr]
INVOCATION.prop("PipelineLength", lambda x, ctx: 1)
INVOCATION.prop("PipelinePosition", lambda x, ctx: 1)
INVOCATION.prop("ExpectingInput", lambda x, ctx: to_bool(invocation_of(x).expecting))  # type: ignore[union-attr]
INVOCATION.prop("CommandOrigin", lambda x, ctx: "Internal")

# Records of the other streams -----------------------------------------------------------------------------------

_TEXT_TYPES = {
    stream: declare_type(f"{_AUTOMATION}{stream.capitalize()}Record", "System.Object")
    for stream in ("warning", "verbose", "debug")
}
for _kind in _TEXT_TYPES.values():
    _kind.prop("Message", lambda x, ctx: x.message, None, "System.String")
    _kind.prop("InvocationInfo", lambda x, ctx: invocation_of(x.invocation))
    _kind.to_string = lambda x, ctx: x.message
TextRecord.net = property(lambda self: _TEXT_TYPES[self.stream])  # type: ignore[attr-defined]
INFORMATION = declare_type(_AUTOMATION + "InformationRecord", "System.Object", InformationRecord)
INFORMATION.prop("MessageData", lambda x, ctx: x.data)
INFORMATION.prop("Source", lambda x, ctx: x.source, None, "System.String")
INFORMATION.prop("TimeGenerated", lambda x, ctx: DateTime(x.time, 2))
INFORMATION.prop(
    "Tags", lambda x, ctx: GenericList(resolve_type("System.Collections.Generic.List[string]"), x.tags)
)
INFORMATION.prop("User", lambda x, ctx: ctx.machine.user, None, "System.String")
INFORMATION.prop("Computer", lambda x, ctx: ctx.machine.name, None, "System.String")
INFORMATION.prop("ProcessId", lambda x, ctx: UInt32(4712), None, "System.UInt32")
INFORMATION.prop("NativeThreadId", lambda x, ctx: UInt32(1), None, "System.UInt32")
INFORMATION.prop("ManagedThreadId", lambda x, ctx: UInt32(1), None, "System.UInt32")
INFORMATION.to_string = lambda x, ctx: to_text(x.data, ctx)


_HOST_MESSAGE = record_type(
    _AUTOMATION + "HostInformationMessage",
    ("Message", "NoNewLine", "ForegroundColor", "BackgroundColor"),
    to_string="Message",
)


def host_message(text: str, no_newline: bool) -> Record:
    """What Write-Host puts on the information stream; -1 stands for no colour of its own."""
    colour = EnumValue(TYPES["system.consolecolor"], -1)
    values = {"Message": text, "NoNewLine": no_newline, "ForegroundColor": colour, "BackgroundColor": colour}
    return Record(_HOST_MESSAGE, values)


def error_of_record(record: ErrorRecord) -> PSError:
    """A record as an error to raise."""
    return PSError(record)
