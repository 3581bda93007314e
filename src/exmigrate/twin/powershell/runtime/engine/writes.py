"""The Write cmdlets (about_Output_Streams)."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.clixml_values import Progress
from exmigrate.twin.powershell.errors import ErrorRecord, NetException
from exmigrate.twin.powershell.operators import is_list
from exmigrate.twin.powershell.packs import Cmdlet, Parameter
from exmigrate.twin.powershell.runtime.surface_errors import host_message
from exmigrate.twin.powershell.types.texts import to_text

_WRITE_ERROR = "Microsoft.PowerShell.Commands.WriteErrorException"


def _output(call: Any) -> None:
    value = call.get("InputObject")
    if call.flag("NoEnumerate") or not is_list(value):
        call.write(
            value[0]
            if call.flag("NoEnumerate") and is_list(value) and len(value) == 1 and not call.has_input
            else value
        )
        return
    for item in list(value):
        call.write_all(item) if call.has_input else call.write(item)


def _error(call: Any) -> None:
    session = call.session
    record = call.get("ErrorRecord")
    if record is not None:
        made = ErrorRecord(record.exception, record.error_id, record.category, record.target)
        made.command_id, made.details = record.command_id, record.details
        made.position, made.invocation = record.position, record.invocation
    else:
        exception = call.get("Exception")
        message = call.get("Message")
        default_id = _WRITE_ERROR
        if exception is None:
            exception = NetException(_WRITE_ERROR, to_text(message or "", session))
        else:
            default_id = exception.type_name
        category = to_text(call.get("Category") or "NotSpecified", session)
        made = ErrorRecord(exception, call.get("ErrorId") or default_id, category, call.get("TargetObject"))
        if call.get("Exception") is not None and message:
            made.details = to_text(message, session)
    if call.get("RecommendedAction"):
        made.recommended = call.get("RecommendedAction")
        made.details = made.details if made.details is not None else made.exception.message
    for key, attribute in (("CategoryActivity", "activity"), ("CategoryReason", "reason"),
                           ("CategoryTargetName", "target_name"), ("CategoryTargetType", "target_type")):  # fmt: skip
        if call.get(key):
            setattr(made, attribute, to_text(call.get(key)))
    _as_caller(call, made)
    call._report(made)


def _as_caller(call: Any, record: ErrorRecord) -> None:
    """The record names the function or script that called Write-Error, and its place."""
    frame = call.session.frame
    command = frame.command
    record.activity = record.activity or "Write-Error"
    if command is not None and command.name and not record.command_id:
        record.command_id = command.name
    if command is not None:
        record.invocation = frame
        if frame.position is not None:
            record.position = frame.position.position()


def _text_stream(method: str) -> Any:
    return lambda call: getattr(call, method)(to_text(call.get("Message"), call.session))


def _host(call: Any) -> None:
    value = call.get("Object")
    separator = to_text(call.get("Separator") if call.get("Separator") is not None else " ", call.session)
    text = _joined(call, value, separator)
    newline = not call.flag("NoNewline")
    session = call.session
    if session.number >= 5:
        session.write_information(
            host_message(text, not newline), ("PSHOST",), "Write-Host", "SilentlyContinue"
        )
        if session.sinks.information is not session.plain_sinks.information:
            return
    call.host(text, newline)


def _joined(call: Any, value: Any, separator: str) -> str:
    if is_list(value):
        return separator.join(_joined(call, item, separator) for item in value)
    return to_text(value, call.session)


def _information(call: Any) -> None:
    call.information(call.get("MessageData"), [to_text(tag) for tag in call.get("Tags") or []], "")


def _progress(call: Any) -> None:
    percent = call.get("PercentComplete")
    record = Progress(
        to_text(call.get("Activity")),
        call.get("Id") or 0,
        to_text(call.get("Status") or "Processing"),
        -1 if percent is None else percent,
        "Completed" if call.flag("Completed") else "Processing",
    )
    record.operation = call.get("CurrentOperation")
    record.parent = -1 if call.get("ParentId") is None else call.get("ParentId")
    record.seconds = -1 if call.get("SecondsRemaining") is None else call.get("SecondsRemaining")
    if call.session.preference("ProgressPreference") == "Continue":
        call.session.sinks.progress(record)


_MESSAGE = Parameter(
    "Message", "string", position=0, mandatory=True, pipeline=True, allow_empty=True, aliases=("Msg",)
)
_WRITTEN = [
    Parameter("Message", "string", position=0, sets=("NoException", "WithException"), mandatory=("NoException",),
              pipeline=("NoException",), allow_null=True, allow_empty=True, aliases=("Msg",)),
    Parameter("Exception", "System.Exception", sets=("WithException",), mandatory=True),
    Parameter("ErrorRecord", "System.Management.Automation.ErrorRecord", sets=("ErrorRecord",), mandatory=True),
    Parameter("Category", "System.Management.Automation.ErrorCategory", sets=("NoException", "WithException")),
    Parameter("ErrorId", "string", sets=("NoException", "WithException")),
    Parameter("TargetObject", "object", sets=("NoException", "WithException")),
    Parameter("RecommendedAction", "string"), Parameter("CategoryActivity", "string", aliases=("Activity",)),
    Parameter("CategoryReason", "string", aliases=("Reason",)),
    Parameter("CategoryTargetName", "string", aliases=("TargetName",)),
    Parameter("CategoryTargetType", "string", aliases=("TargetType",)),
]  # fmt: skip
CMDLETS = [
    Cmdlet("Write-Output", [
        Parameter("InputObject", "object", position=0, mandatory=True, pipeline=True, remaining=True, allow_null=True,
                  allow_empty=True),
        Parameter("NoEnumerate", "switch", since="3.0"),
    ], _output, aliases=("write", "echo")),
    Cmdlet("Write-Error", _WRITTEN, _error, default_set="NoException"),
    Cmdlet("Write-Warning", [_MESSAGE], _text_stream("warning")),
    Cmdlet("Write-Verbose", [_MESSAGE], _text_stream("verbose")),
    Cmdlet("Write-Debug", [_MESSAGE], _text_stream("debug")),
    Cmdlet("Write-Host", [
        Parameter("Object", "object", position=0, pipeline=True, remaining=True, aliases=("Msg", "Message")),
        Parameter("NoNewline", "switch"), Parameter("Separator", "object"), Parameter("ForegroundColor", "object"),
        Parameter("BackgroundColor", "object"),
    ], _host),
    Cmdlet("Write-Information", [
        Parameter("MessageData", "object", position=0, mandatory=True, pipeline=True, aliases=("Msg", "Message")),
        Parameter("Tags", "string[]", position=1),
    ], _information, since="5.1"),
    Cmdlet("Write-Progress", [
        Parameter("Activity", "string", position=0, mandatory=True), Parameter("Status", "string", position=1),
        Parameter("Id", "int", position=2), Parameter("PercentComplete", "int"), Parameter("SecondsRemaining", "int"),
        Parameter("CurrentOperation", "string"), Parameter("ParentId", "int"), Parameter("Completed", "switch"),
        Parameter("SourceId", "int"),
    ], _progress),
]  # fmt: skip
