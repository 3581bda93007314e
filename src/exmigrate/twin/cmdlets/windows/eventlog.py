"""Event logs for scripts: Get-EventLog, Write-EventLog, New-EventLog, Clear-EventLog."""

from __future__ import annotations

import fnmatch
from dataclasses import replace
from typing import Any

from exmigrate.twin.cmdlets.windows.reach import machines_of
from exmigrate.twin.powershell.machine import LogEntry, MachineError
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.scalars import LOCAL, DateTime
from exmigrate.twin.powershell.typeinfo import NetType
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.values import EnumValue, Int64, PSObject, Record, record_type

ENTRY_KIND = NetType("System.Diagnostics.EventLogEntryType", d.ENUM, is_value_type=True, is_enum=True)
ENTRY_KIND.enum_names = {"Error": 1, "Warning": 2, "Information": 4, "SuccessAudit": 8, "FailureAudit": 16}
ENTRY = record_type(
    "System.Diagnostics.EventLogEntry",
    {
        "MachineName": "System.String", "Index": "System.Int32", "Category": "System.String", "CategoryNumber": "System.Int16",
        "EventID": "System.Int32", "EntryType": ENTRY_KIND.name, "Message": "System.String", "Source": "System.String",
        "ReplacementStrings": "System.String[]", "InstanceId": "System.Int64", "TimeGenerated": "System.DateTime",
        "TimeWritten": "System.DateTime", "UserName": "System.String", "Data": "System.Byte[]",
    },
    display=("Index", "TimeGenerated", "EntryType", "Source", "InstanceId", "Message"),
)  # fmt: skip


def _time(machine: Any, at: int) -> DateTime:
    return DateTime(at + machine.clock.offset_minutes(at) * 600_000_000, LOCAL)


def entry_object(machine: Any, entry: LogEntry) -> Record:
    """An EventLogEntry."""
    time = _time(machine, entry.time)
    return Record(
        ENTRY,
        {
            "MachineName": entry.machine or machine.name, "Index": entry.index, "Category": f"({entry.category})",
            "CategoryNumber": entry.category, "EventID": entry.event_id & 0xFFFF,
            "EntryType": EnumValue(ENTRY_KIND, ENTRY_KIND.enum_names.get(entry.entry_type, 4)), "Message": entry.message,
            "Source": entry.source, "ReplacementStrings": [], "InstanceId": Int64(entry.event_id), "TimeGenerated": time,
            "TimeWritten": time, "UserName": entry.user or None, "Data": [],
        },
    )  # fmt: skip


def _list(call: Call) -> None:
    for machine in machines_of(call):
        for name in machine.event_logs.logs():
            count = len(machine.event_logs.entries(name))
            call.write(
                PSObject(
                    {"Log": name, "LogDisplayName": name, "Entries": count, "MaximumKilobytes": 20480},
                    ("System.Diagnostics.EventLog",),
                )
            )


def _get(call: Call) -> None:
    if call.flag("List"):
        _list(call)
        return
    log = str(call.get("LogName"))
    for machine in machines_of(call):
        try:
            entries = machine.event_logs.entries(log)
        except MachineError as error:
            raise call.throw(
                error.message,
                "System.InvalidOperationException",
                "NotSpecified",
                exception="System.InvalidOperationException",
            ) from error
        kept = [entry for entry in entries if _wanted(call, machine, entry)]
        newest = call.get("Newest")
        kept = kept[: int(newest)] if newest is not None else kept
        if not kept:
            call.write_error(
                "No matches found",
                "GetEventLogNoEntriesFound",
                "ObjectNotFound",
                exception="System.ArgumentException",
            )
        for entry in kept:
            call.write(entry.message if call.flag("AsString") else entry_object(machine, entry))


def _wanted(call: Call, machine: Any, entry: LogEntry) -> bool:
    sources, kinds, ids = call.get("Source"), call.get("EntryType"), call.get("InstanceId")
    if sources and not any(_like(entry.source, str(item)) for item in sources):
        return False
    if kinds and entry.entry_type.lower() not in (str(item).lower() for item in kinds):
        return False
    if ids and entry.event_id not in (int(item) for item in ids):
        return False
    message = call.get("Message")
    if message and not _like(entry.message, str(message)):
        return False
    at = _time(machine, entry.time).ticks
    after, before = call.get("After"), call.get("Before")
    return not (after is not None and at <= after.ticks) and not (before is not None and at >= before.ticks)


def _like(text: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(text.lower(), pattern.lower())


def _write(call: Call) -> None:
    machine = call.machine
    entry = LogEntry(
        str(call.get("LogName")), str(call.get("Source")), int(call.get("EventId")),
        str(call.get("EntryType") or "Information"), str(call.get("Message")), machine.server.ticks(),
        category=int(call.get("Category") or 0), user=machine.token.name,
    )  # fmt: skip
    if entry.source not in machine.event_logs.sources(entry.log):
        raise call.throw(
            "The source name \"" + entry.source + "\" does not exist on computer \"localhost\".",
            "WriteEventLogSourceNotFound", "ObjectNotFound", entry.source, exception="System.InvalidOperationException",
        )  # fmt: skip
    machine.event_logs.write(replace(entry, machine=machine.name))


def _new(call: Call) -> None:
    for source in call.get("Source") or []:
        try:
            call.machine.event_logs.create_source(str(call.get("LogName")), str(source))
        except MachineError as error:
            call.write_error(
                error.message,
                "NewEventlogException",
                "InvalidOperation",
                source,
                exception="System.InvalidOperationException",
            )


def _clear(call: Call) -> None:
    for name in call.get("LogName") or []:
        if call.should_process(str(name), "Clear-EventLog"):
            try:
                call.machine.event_logs.clear(str(name))
            except MachineError as error:
                call.write_error(
                    error.message,
                    "ClearEventlogException",
                    "InvalidOperation",
                    name,
                    exception="System.InvalidOperationException",
                )


CMDLETS = (
    Cmdlet(
        "Get-EventLog",
        (
            Parameter("LogName", "string", position=0, mandatory=True, sets=("LogName",), aliases=("LN",)),
            Parameter("InstanceId", "long[]", position=1, sets=("LogName",)),
            Parameter("List", "switch", sets=("List",)),
            Parameter("ComputerName", "string[]", aliases=("Cn",)),
            Parameter("Newest", "int", sets=("LogName",)),
            Parameter("After", "datetime", sets=("LogName",)),
            Parameter("Before", "datetime", sets=("LogName",)),
            Parameter("UserName", "string[]", sets=("LogName",)),
            Parameter("Index", "int[]", sets=("LogName",)),
            Parameter("EntryType", "string[]", sets=("LogName",), aliases=("ET",)),
            Parameter("Source", "string[]", sets=("LogName",), aliases=("ABO",)),
            Parameter("Message", "string", sets=("LogName",), aliases=("MSG",)),
            Parameter("AsBaseObject", "switch", sets=("LogName",)),
            Parameter("AsString", "switch"),
        ),
        process=_get, default_set="LogName",
    ),
    Cmdlet(
        "Write-EventLog",
        (
            Parameter("LogName", "string", position=0, mandatory=True, aliases=("LN",)),
            Parameter("Source", "string", position=1, mandatory=True, aliases=("SRC",)),
            Parameter("EventId", "int", position=2, mandatory=True, aliases=("ID", "EID")),
            Parameter("EntryType", "string", position=3, aliases=("ET",)),
            Parameter("Message", "string", position=4, mandatory=True, aliases=("MSG",)),
            Parameter("Category", "int"),
            Parameter("RawData", "object"),
            Parameter("ComputerName", "string"),
        ),
        process=_write,
    ),
    Cmdlet(
        "New-EventLog",
        (
            Parameter("LogName", "string", position=0, mandatory=True, aliases=("LN",)),
            Parameter("Source", "string[]", position=1, mandatory=True, aliases=("SRC",)),
            Parameter("ComputerName", "string[]"),
            Parameter("MessageResourceFile", "string"),
        ),
        process=_new,
    ),
    Cmdlet(
        "Clear-EventLog",
        (Parameter("LogName", "string[]", position=0, mandatory=True, aliases=("LN",)), Parameter("ComputerName", "string[]")),
        process=_clear, should_process=True,
    ),
)  # fmt: skip

TYPES = (ENTRY, ENTRY_KIND)
