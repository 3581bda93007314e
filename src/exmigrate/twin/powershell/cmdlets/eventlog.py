"""Get-EventLog, Write-EventLog, New-EventLog and Clear-EventLog over the machine's event logs."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.cmdlets.remoting import machines, on_this_machine
from exmigrate.twin.powershell.machine.ports import LogEntry, MachineError
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter, Validation
from exmigrate.twin.powershell.scalars import LOCAL, DateTime
from exmigrate.twin.powershell.text.wildcard import like
from exmigrate.twin.powershell.typeinfo import TYPES
from exmigrate.twin.powershell.types.enums import enum_value
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import Int16, Int64, Record, record_type

_KIND = "System.Diagnostics.EventLogEntryType"
_INVALID = "System.InvalidOperationException"
ENTRY = record_type(
    "System.Diagnostics.EventLogEntry",
    {
        "EventID": "System.Int32", "MachineName": "System.String", "Data": "System.Byte[]", "Index": "System.Int32",
        "Category": "System.String", "CategoryNumber": "System.Int16", "EntryType": _KIND, "Message": "System.String",
        "Source": "System.String", "ReplacementStrings": "System.String[]", "InstanceId": "System.Int64",
        "TimeGenerated": "System.DateTime", "TimeWritten": "System.DateTime", "UserName": "System.String",
    },
    display=("Index", "TimeGenerated", "EntryType", "Source", "InstanceId", "Message"),
)  # fmt: skip
LOG = record_type(
    "System.Diagnostics.EventLog",
    {
        "Entries": "System.Object", "LogDisplayName": "System.String", "Log": "System.String",
        "MachineName": "System.String", "MaximumKilobytes": "System.Int64", "OverflowAction": "System.String",
        "MinimumRetentionDays": "System.Int32", "Source": "System.String",
    },
    display=("MaximumKilobytes", "MinimumRetentionDays", "OverflowAction", "Entries", "Log"),
)  # fmt: skip
for _declared in (ENTRY, LOG):
    _declared.constants({"Site": None, "Container": None})
    TYPES[_declared.name.lower()] = _declared


LOG.constants({"EnableRaisingEvents": False, "SynchronizingObject": None})


def _time(machine: Any, at: int) -> DateTime:
    return DateTime(at + machine.clock.offset_minutes(at) * 600_000_000, LOCAL)


def entry_object(machine: Any, entry: LogEntry) -> Record:
    """An EventLogEntry of an entry: the event's id is the low part of its InstanceId."""
    time = _time(machine, entry.time)
    kind = entry.entry_type or "Information"
    return Record(
        ENTRY,
        {
            "EventID": entry.event_id & 0xFFFF, "MachineName": entry.machine or machine.name, "Data": [],
            "Index": entry.index, "Category": f"({entry.category})", "CategoryNumber": Int16(entry.category),
            "EntryType": enum_value(_KIND, kind), "Message": entry.message, "Source": entry.source,
            "ReplacementStrings": v.TypedArray(TYPES["system.string"], [entry.message]),
            "InstanceId": Int64(entry.event_id), "TimeGenerated": time, "TimeWritten": time,
            "UserName": entry.user or None,
        },
    )  # fmt: skip


def _log_object(machine: Any, name: str) -> Record:
    entries = [entry_object(machine, entry) for entry in reversed(machine.event_logs.entries(name))]
    return Record(
        LOG,
        {
            "Entries": entries, "LogDisplayName": name, "Log": name, "MachineName": ".",
            "MaximumKilobytes": Int64(20480), "OverflowAction": "OverwriteAsNeeded", "MinimumRetentionDays": 0,
            "Source": "",
        },
    )  # fmt: skip


def _get(call: Call) -> None:
    found = machines(call)
    if call.set_name == "List":
        for machine in found:
            for name in machine.event_logs.logs():
                call.write(name if call.flag("AsString") else _log_object(machine, name))
        return
    for machine in found:
        _get_entries(call, machine, to_text(call.bound["LogName"]))


def _get_entries(call: Call, machine: Any, log: str) -> None:
    try:
        entries = machine.event_logs.entries(log)
    except MachineError as fault:
        raise call.throw(fault.message, _INVALID, "NotSpecified", exception=_INVALID) from None
    kept = [entry for entry in entries if _wanted(call, machine, entry)]
    newest = call.bound.get("Newest")
    if newest is not None:
        kept = kept[: int(newest)]
    if not kept:
        call.write_error(
            "No matches found", "GetEventLogNoEntriesFound", "ObjectNotFound", exception="System.ArgumentException"
        )  # fmt: skip
    for entry in kept:
        call.write(entry.message if call.flag("AsString") else entry_object(machine, entry))


def _any_like(text: str, patterns: Any) -> bool:
    return patterns is None or any(like(text, to_text(one)) for one in patterns)


def _wanted(call: Call, machine: Any, entry: LogEntry) -> bool:
    bound = call.bound
    if not _any_like(entry.source, bound.get("Source")) or not _any_like(entry.user, bound.get("UserName")):
        return False
    kinds, ids, indexes = bound.get("EntryType"), bound.get("InstanceId"), bound.get("Index")
    if kinds is not None and entry.entry_type.lower() not in [to_text(one).lower() for one in kinds]:
        return False
    if ids is not None and entry.event_id not in [int(one) for one in ids]:
        return False
    if indexes is not None and entry.index not in [int(one) for one in indexes]:
        return False
    message = bound.get("Message")
    if message is not None and not like(entry.message, to_text(message)):
        return False
    at = _time(machine, entry.time).ticks
    after, before = bound.get("After"), bound.get("Before")
    return not (after is not None and at <= after.ticks) and not (before is not None and at >= before.ticks)


def _write(call: Call) -> None:
    on_this_machine(call)
    bound, machine = call.bound, call.machine
    log, source = to_text(bound["LogName"]), to_text(bound["Source"])
    try:
        known = [one.lower() for one in machine.event_logs.sources(log)]
    except MachineError:
        known = []
    if source.lower() not in known:
        raise call.throw(
            f'The source name "{source}" does not exist on computer "localhost".',
            "SourceDoesNotExist",
            "InvalidOperation",
            exception=_INVALID,
        )
    kind = to_text(bound.get("EntryType") or "Information")
    machine.event_logs.write(
        LogEntry(
            log, source, int(bound["EventId"]), kind, to_text(bound["Message"]), machine.clock.now(),
            category=int(bound.get("Category") or 0), machine=machine.name, user=machine.user,
        )
    )  # fmt: skip


def _new(call: Call) -> None:
    on_this_machine(call)
    for source in call.bound.get("Source") or []:
        try:
            call.machine.event_logs.create_source(to_text(call.bound["LogName"]), to_text(source))
        except MachineError as fault:
            call.write_error(
                fault.message, "NewEventlogException", "InvalidArgument", source, exception=_INVALID
            )


def _clear(call: Call) -> None:
    on_this_machine(call)
    for name in call.bound["LogName"]:
        if not call.should_process(to_text(name)):
            continue
        try:
            call.machine.event_logs.clear(to_text(name))
        except MachineError:
            call.write_error(
                f"The Log name \"{to_text(name)}\" does not exist in the computer \"localhost\".",
                "LogDoesNotExist",
                "InvalidOperation",
                exception=_INVALID,
            )  # fmt: skip


_ENTRIES = ("LogName",)
_LOG = Parameter("LogName", "string", position=0, mandatory=True, aliases=("LN",))
_KINDS = ("Error", "Warning", "Information", "SuccessAudit", "FailureAudit")
_COMPUTER = Parameter("ComputerName", "string[]", aliases=("CN",))
CMDLETS = [
    Cmdlet("Get-EventLog", [
        Parameter("LogName", "string", position=0, mandatory=True, sets=_ENTRIES, aliases=("LN",)),
        Parameter("InstanceId", "long[]", position=1, sets=_ENTRIES), Parameter("List", "switch", sets=("List",)),
        _COMPUTER, Parameter("Newest", "int", sets=_ENTRIES), Parameter("After", "datetime", sets=_ENTRIES),
        Parameter("Before", "datetime", sets=_ENTRIES), Parameter("UserName", "string[]", sets=_ENTRIES),
        Parameter("Index", "int[]", sets=_ENTRIES), Parameter("Source", "string[]", sets=_ENTRIES, aliases=("ABO",)),
        Parameter("EntryType", "string[]", sets=_ENTRIES, aliases=("ET",), validations=(Validation("Set", _KINDS),)),
        Parameter("Message", "string", sets=_ENTRIES, aliases=("MSG",)),
        Parameter("AsBaseObject", "switch", sets=_ENTRIES), Parameter("AsString", "switch"),
    ], _get, default_set="LogName", until="5.1"),
    Cmdlet("Write-EventLog", [
        _LOG, Parameter("Source", "string", position=1, mandatory=True, aliases=("SRC",)),
        Parameter("EventId", "int", position=2, mandatory=True, aliases=("ID", "EID"),
                  validations=(Validation("Range", (0, 65535)),)),
        Parameter("EntryType", _KIND, position=3, aliases=("ET",)),
        Parameter("Message", "string", position=4, mandatory=True, aliases=("MSG",)),
        Parameter("Category", "int16"), Parameter("RawData", "byte[]", aliases=("RD",)),
        Parameter("ComputerName", "string", aliases=("CN",)),
    ], _write, until="5.1"),
    Cmdlet("New-EventLog", [
        _LOG, Parameter("Source", "string[]", position=1, mandatory=True, aliases=("SRC",)), _COMPUTER,
        Parameter("CategoryResourceFile", "string", aliases=("CRF",)),
        Parameter("MessageResourceFile", "string", aliases=("MRF",)),
        Parameter("ParameterResourceFile", "string", aliases=("PRF",)),
    ], _new, until="5.1"),
    Cmdlet("Clear-EventLog", [
        Parameter("LogName", "string[]", position=0, mandatory=True, aliases=("LN",)), _COMPUTER,
    ], _clear, should_process=True, until="5.1"),
]  # fmt: skip
