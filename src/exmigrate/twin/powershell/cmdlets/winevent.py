"""Get-WinEvent over the machine's event logs: by log, by source, by a filter table."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.cmdlets.remoting import machines
from exmigrate.twin.powershell.convert import convert
from exmigrate.twin.powershell.errors import unsupported
from exmigrate.twin.powershell.machine.ports import LogEntry
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.scalars import LOCAL, DateTime
from exmigrate.twin.powershell.text.wildcard import like
from exmigrate.twin.powershell.typeinfo import TYPES
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import Byte, Int64, Record, record_type

_LEVELS = {"Error": (2, "Error"), "Warning": (3, "Warning"), "Information": (4, "Information")}
EVENT = record_type(
    "System.Diagnostics.Eventing.Reader.EventLogRecord",
    {
        "Id": "System.Int32", "Version": "System.Byte", "Level": "System.Byte", "ProviderName": "System.String",
        "LogName": "System.String", "MachineName": "System.String", "UserId": "System.Object",
        "TimeCreated": "System.DateTime", "RecordId": "System.Int64", "LevelDisplayName": "System.String",
        "Message": "System.String", "Qualifiers": "System.Int32", "Task": "System.Int32", "Opcode": "System.Int16",
        "Keywords": "System.Int64", "ProviderId": "System.Guid", "ProcessId": "System.Int32", "ThreadId": "System.Int32",
        "ActivityId": "System.Guid", "RelatedActivityId": "System.Guid", "ContainerLog": "System.String",
        "MatchedQueryIds": "System.Object", "Bookmark": "System.Object", "OpcodeDisplayName": "System.String",
        "TaskDisplayName": "System.String", "KeywordsDisplayNames": "System.Object", "Properties": "System.Object",
    },
    display=("TimeCreated", "Id", "LevelDisplayName", "Message"),
)  # fmt: skip
CONFIGURATION = record_type(
    "System.Diagnostics.Eventing.Reader.EventLogConfiguration",
    {
        "FileSize": "System.Int64", "IsLogFull": "System.Boolean", "LastAccessTime": "System.DateTime",
        "LastWriteTime": "System.DateTime", "OldestRecordNumber": "System.Int64", "RecordCount": "System.Int64",
        "LogName": "System.String", "LogType": "System.String", "LogIsolation": "System.String",
        "IsEnabled": "System.Boolean", "IsClassicLog": "System.Boolean", "SecurityDescriptor": "System.String",
        "LogFilePath": "System.String", "MaximumSizeInBytes": "System.Int64", "LogMode": "System.String",
        "OwningProviderName": "System.String", "ProviderNames": "System.Object", "ProviderLevel": "System.Int32",
        "ProviderKeywords": "System.Int64", "ProviderBufferSize": "System.Int32",
        "ProviderMinimumNumberOfBuffers": "System.Int32", "ProviderMaximumNumberOfBuffers": "System.Int32",
        "ProviderLatency": "System.Int32", "ProviderControlGuid": "System.Guid",
    },
    display=("LogMode", "MaximumSizeInBytes", "RecordCount", "LogName"),
)  # fmt: skip
PROPERTY = record_type("System.Diagnostics.Eventing.Reader.EventProperty", {"Value": "System.Object"})
for _declared in (EVENT, CONFIGURATION, PROPERTY):
    TYPES[_declared.name.lower()] = _declared


def _event(machine: Any, entry: LogEntry) -> Record:
    level, shown = _LEVELS.get(entry.entry_type, (0, "Information"))
    time = entry.time + machine.clock.offset_minutes(entry.time) * 600_000_000
    return Record(
        EVENT,
        {
            "Id": entry.event_id & 0xFFFF, "Version": Byte(0), "Level": Byte(level), "ProviderName": entry.source,
            "LogName": entry.log, "MachineName": entry.machine or machine.name, "UserId": None,
            "TimeCreated": DateTime(time, LOCAL), "RecordId": Int64(entry.index), "LevelDisplayName": shown,
            "Message": entry.message, "Qualifiers": entry.event_id >> 16 & 0xFFFF, "Task": entry.category,
            "Keywords": Int64(0x80_0000_0000_0000), "ContainerLog": entry.log,
            "MatchedQueryIds": v.TypedArray(TYPES["system.uint32"], []),
            "KeywordsDisplayNames": v.TypedArray(TYPES["system.string"], ["Classic"]),
            "Properties": [Record(PROPERTY, {"Value": entry.message})],
        },
    )  # fmt: skip


def _texts(value: Any) -> list[str]:
    if value is None:
        return []
    return [to_text(one) for one in (value if isinstance(value, list) else [value])]


def _filter(call: Call) -> dict[str, Any]:
    """What is asked for, by the keys of a filter table."""
    bound = call.bound
    table = bound.get("FilterHashtable")
    if table is None:
        return {"logname": bound.get("LogName"), "providername": bound.get("ProviderName")}
    asked = {to_text(key).lower(): value for key, value in table.items()}
    unknown = set(asked) - {"logname", "providername", "id", "level", "starttime", "endtime"}
    if unknown:
        raise unsupported(f"Get-WinEvent -FilterHashtable with the key {sorted(unknown)[0]}", call.name)
    return asked


def _get(call: Call) -> None:
    if call.bound.get("FilterXPath") is not None or call.bound.get("FilterXml") is not None:
        raise unsupported("Get-WinEvent -FilterXPath and -FilterXml", call.name)
    if call.set_name == "ListLogSet":
        _list(call)
        return
    asked = _filter(call)
    limit = call.bound.get("MaxEvents")
    for machine in machines(call):
        found = _matching(call, machine, asked)
        if not found:
            call.write_error(
                "No events were found that match the specified selection criteria.",
                "NoMatchingEventsFound",
                "ObjectNotFound",
                exception="System.Exception",
            )
        for entry in found[: len(found) if limit is None else int(limit)]:
            call.write(_event(machine, entry))


def _matching(call: Call, machine: Any, asked: dict[str, Any]) -> list[LogEntry]:
    names = machine.event_logs.logs()
    wanted = _texts(asked.get("logname"))
    if wanted:
        for pattern in wanted:
            if not any(like(name, pattern) for name in names):
                call.write_error(
                    f'There is not an event log on the {machine.name} computer that matches "{pattern}".',
                    "NoMatchingLogsFound",
                    "ObjectNotFound",
                    exception="System.Exception",
                )
        names = [name for name in names if any(like(name, pattern) for pattern in wanted)]
    entries = [entry for name in names for entry in machine.event_logs.entries(name)]
    kept = [entry for entry in entries if _wanted(call, machine, entry, asked)]
    kept.sort(key=lambda entry: (entry.time, entry.index), reverse=not call.flag("Oldest"))
    return kept


def _wanted(call: Call, machine: Any, entry: LogEntry, asked: dict[str, Any]) -> bool:
    providers, ids, levels = (_texts(asked.get(key)) for key in ("providername", "id", "level"))
    if providers and not any(like(entry.source, pattern) for pattern in providers):
        return False
    if ids and str(entry.event_id & 0xFFFF) not in ids:
        return False
    if levels and str(_LEVELS.get(entry.entry_type, (0, ""))[0]) not in levels:
        return False
    at = entry.time + machine.clock.offset_minutes(entry.time) * 600_000_000
    kind = TYPES["system.datetime"]
    start, end = asked.get("starttime"), asked.get("endtime")
    if start is not None and at < convert(start, kind, call.session).ticks:
        return False
    return end is None or at <= convert(end, kind, call.session).ticks


def _list(call: Call) -> None:
    for machine in machines(call):
        for name in machine.event_logs.logs():
            if any(like(name, pattern) for pattern in _texts(call.bound["ListLog"])):
                call.write(_configuration(machine, name))


def _configuration(machine: Any, name: str) -> Record:
    entries = machine.event_logs.entries(name)
    offset = machine.clock.offset_minutes
    written = DateTime(entries[0].time + offset(entries[0].time) * 600_000_000, LOCAL) if entries else None
    return Record(
        CONFIGURATION,
        {
            "FileSize": Int64(69_632 + 1024 * len(entries)), "IsLogFull": False, "LastAccessTime": written,
            "LastWriteTime": written, "OldestRecordNumber": Int64(entries[-1].index) if entries else None,
            "RecordCount": Int64(len(entries)), "LogName": name, "LogType": "Administrative",
            "LogIsolation": name if name in ("Application", "System") else "Custom", "IsEnabled": True,
            "IsClassicLog": True, "SecurityDescriptor": "O:BAG:SYD:(A;;0x7;;;BA)(A;;0x1;;;S-1-5-32-573)",
            "LogFilePath": f"%SystemRoot%\\System32\\Winevt\\Logs\\{name}.evtx",
            "MaximumSizeInBytes": Int64(20_971_520), "LogMode": "Circular", "OwningProviderName": "",
            "ProviderNames": v.TypedArray(TYPES["system.string"], [name, *machine.event_logs.sources(name)]),
            "ProviderBufferSize": 64, "ProviderMinimumNumberOfBuffers": 0, "ProviderMaximumNumberOfBuffers": 64,
            "ProviderLatency": 1000, "ProviderControlGuid": None,
        },
    )  # fmt: skip


_LOG, _PROVIDER, _TABLE = ("GetLogSet",), ("GetProviderSet",), ("HashQuerySet",)
CMDLETS = [
    Cmdlet("Get-WinEvent", [
        Parameter("LogName", "string[]", sets=_LOG, position=0, pipeline=True),
        Parameter("ProviderName", "string[]", sets=_PROVIDER, mandatory=True, position=0),
        Parameter("FilterHashtable", "hashtable", sets=_TABLE, mandatory=True, position=0),
        Parameter("ListLog", "string[]", sets=("ListLogSet",), mandatory=True, position=0),
        Parameter("FilterXPath", "string", sets=(*_LOG, *_PROVIDER)),
        Parameter("FilterXml", "xml", sets=("XmlQuerySet",), mandatory=True, position=0),
        Parameter("MaxEvents", "long"), Parameter("ComputerName", "string", aliases=("Cn",)),
        Parameter("Credential", "object"), Parameter("Oldest", "switch"), Parameter("Force", "switch"),
    ], _get, default_set="GetLogSet"),
]  # fmt: skip
