"""Error records and exceptions as CLIXML objects (console.jsonl, -OutputFormat XML)."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.clixml_values import WireObject
from exmigrate.twin.powershell.errors import ErrorRecord, NetException
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.access import get_property
from exmigrate.twin.powershell.types.enums import enum_value
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import MISSING

_RECORD = ["System.Management.Automation.ErrorRecord", "System.Object"]


def wire_form(value: ErrorRecord | NetException, session: Any) -> WireObject:
    """The CLIXML object of an error record or exception."""
    return _exception(value) if isinstance(value, NetException) else _record(value, session)


class _Data(c.Hashtable):
    """The Data dictionary of an exception."""

    __slots__ = ()


def _exception(value: NetException, error_record: Any = MISSING) -> WireObject:
    empty = _Data()
    empty.type_names = ("System.Collections.ListDictionaryInternal", "System.Object")
    common = [
        ("Data", empty),
        ("InnerException", value.inner),
        ("HelpLink", None),
        ("Source", None),
        ("HResult", value.hresult),
        ("StackTrace", None),
    ]
    own: list[tuple[str, Any]] = []
    if error_record is not MISSING:
        own = [
            ("ErrorRecord", error_record),
            ("WasThrownFromThrowStatement", bool(value.props.get("WasThrown", True))),
        ]
    props = [*own, ("TargetSite", None), ("Message", value.message), *common]
    return WireObject(value.kinds(), f"{value.type_name}: {value.message}", props, None)


def _parent(value: NetException) -> WireObject:
    """The exception inside of an exception's own error record, which must not contain itself."""
    name = "System.Management.Automation.ParentContainsErrorRecordException"
    made = _exception(NetException(name, value.message, base="System.SystemException"))
    assert made.props is not None
    made.props[:2] = [("Message", value.message), ("TargetSite", None)]
    return made


def _own_record(record: ErrorRecord) -> WireObject:
    notes: list[tuple[str, Any]] = [
        ("Exception", _parent(record.exception)),
        ("TargetObject", None),
        ("FullyQualifiedErrorId", "RuntimeException"),
        ("InvocationInfo", None),
        *_category(
            0,
            "",
            "ParentContainsErrorRecordException",
            "",
            "",
            "NotSpecified: (:) [], ParentContainsErrorRecordException",
        ),
        ("SerializeExtendedInfo", False),
    ]
    return WireObject(_RECORD, record.exception.message, None, notes)


def _category(
    number: int, activity: str, reason: str, name: str, kind: str, text: str
) -> list[tuple[str, Any]]:
    return [
        ("ErrorCategory_Category", number),
        ("ErrorCategory_Activity", activity),
        ("ErrorCategory_Reason", reason),
        ("ErrorCategory_TargetName", name),
        ("ErrorCategory_TargetType", kind),
        ("ErrorCategory_Message", text),
    ]


def _record(record: ErrorRecord, session: Any) -> WireObject:
    from exmigrate.twin.powershell.runtime.surface_errors import category_text

    reason = record.reason or record.exception.type_name.rpartition(".")[2]
    target = record.target
    name = to_text(target, session) if target is not None else ""
    kind = d.type_of(target).short_name if target is not None else ""
    contains = record.exception.is_a("System.Management.Automation.RuntimeException")
    exception = _exception(record.exception, _own_record(record) if contains else MISSING)
    number = enum_value("System.Management.Automation.ErrorCategory", record.category).value
    notes: list[tuple[str, Any]] = [
        ("Exception", exception),
        ("TargetObject", target),
        ("FullyQualifiedErrorId", record.fully_qualified_id),
        ("InvocationInfo", _invocation(record, session)),
        *_category(number, record.activity or "", reason, name, kind, category_text(record)),
        ("SerializeExtendedInfo", False),
        ("ErrorDetails_ScriptStackTrace", record.stack or "at <ScriptBlock>, <No file>: line 1"),
    ]
    if not contains:
        notes.append(("PSMessageDetails", None))
    return WireObject(_RECORD, record.message, None, notes)


def _invocation(record: ErrorRecord, session: Any) -> WireObject:
    info = get_property(record, "InvocationInfo", session)
    thrown = record.activity is None

    def read(name: str, default: Any) -> Any:
        if info is None or info is MISSING:
            return default
        found = get_property(info, name, session)
        return default if found is MISSING or found is None else found

    line = read("Line", "") if thrown else ""
    props: list[tuple[str, Any]] = [
        ("MyCommand", None if thrown else _script_info(record, session)),
        ("BoundParameters", _empty_dictionary()),
        ("UnboundArguments", c.GenericList(d.generic_type(d.GENERIC_LIST, [d.OBJECT]))),
        ("ScriptLineNumber", record.position.line if thrown and record.position else 0),
        ("OffsetInLine", record.position.column if thrown and record.position else 0),
        ("HistoryId", v.Int64(1)),
        ("ScriptName", record.position.file if thrown and record.position else ""),
        ("Line", line or (record.position.line_text if thrown and record.position else "")),
        ("Statement", record.position.text if thrown and record.position else ""),
        ("PositionMessage", _position(record) if thrown else ""),
        ("PSScriptRoot", ""),
        ("PSCommandPath", None),
        ("InvocationName", ""),
        ("PipelineLength", 0),
        ("PipelinePosition", 0),
        ("ExpectingInput", False),
        ("CommandOrigin", enum_value("System.Management.Automation.CommandOrigin", "Internal")),
        ("DisplayScriptPosition", None),
    ]
    return WireObject(
        ["System.Management.Automation.InvocationInfo", "System.Object"],
        "System.Management.Automation.InvocationInfo",
        props,
        None,
    )


def _position(record: ErrorRecord) -> str:
    from exmigrate.twin.powershell.syntax import position_message

    return position_message(record.position) if record.position is not None else ""


def _empty_dictionary() -> c.Dictionary:
    return c.Dictionary(d.generic_type(d.DICTIONARY, [d.STRING, d.OBJECT]))


def _script_info(record: ErrorRecord, session: Any) -> WireObject:
    source = getattr(record.invocation, "block", None)
    text = str(source.source.text) if source is not None else ""
    names = [
        "System.Management.Automation.ScriptInfo",
        "System.Management.Automation.CommandInfo",
        "System.Object",
    ]
    props: list[tuple[str, Any]] = [
        ("ScriptBlock", _Code(text)),
        ("Definition", text),
        ("OutputType", _read_only("System.Management.Automation.PSTypeName", [])),
        ("Name", ""),
        ("CommandType", "Script"),
        ("Source", ""),
        ("Version", None),
        ("Visibility", "Public"),
        ("ModuleName", ""),
        ("Module", None),
        ("RemotingCapability", "PowerShell"),
        ("ParameterSets", _read_only("System.Management.Automation.CommandParameterSetInfo", [""])),
    ]
    return WireObject(names, text, props, [("Namespace", ""), ("HelpUri", "")])


def _read_only(element: str, items: list[Any]) -> c.GenericList:
    from exmigrate.twin.powershell.typeinfo import NetType

    kind = d.generic_type(d.READ_ONLY_COLLECTION, [NetType(element, d.OBJECT)])
    return c.GenericList(kind, items)


class ScriptBlockText(v.NetObject):
    """A script block of which only the text is known."""

    __slots__ = ("text",)

    def __init__(self, text: str):
        self.text = text


ScriptBlockText.__name__ = "ScriptBlock"
_Code = ScriptBlockText
