"""Default views of types: columns by property, fixed widths, groups (from the format files of Windows PowerShell)."""

from __future__ import annotations

from dataclasses import dataclass

Column = tuple[str, str, int, bool | None]
"""Header, property, width (0 for none), aligned to the right (None by value)."""


@dataclass(frozen=True, slots=True)
class View:
    """A view: columns of a table, or names of a list; grouped by a property under a label."""

    columns: tuple[Column, ...] = ()
    names: tuple[str, ...] = ()
    group: str = ""
    label: str = ""
    text: str = ""
    """Property whose value alone is printed."""


_FILES = View(
    (
        ("Mode", "Mode", 7, False),
        ("LastWriteTime", "LastWriteTime", 25, True),
        ("Length", "Length", 10, True),
        ("Name", "Name", 0, False),
    ),
    group="PSParentPath",
    label="    Directory",
)
VIEWS: dict[str, View] = {
    "System.Collections.DictionaryEntry": View((("Name", "Key", 30, False), ("Value", "Value", 0, False))),
    "System.Collections.Generic.KeyValuePair`2": View((("Key", "Key", 0, None), ("Value", "Value", 0, None))),
    "System.IO.FileInfo": _FILES,
    "System.IO.DirectoryInfo": _FILES,
    "System.ServiceProcess.ServiceController": View(
        (
            ("Status", "Status", 8, False),
            ("Name", "Name", 18, False),
            ("DisplayName", "DisplayName", 38, False),
        )
    ),
    "System.Diagnostics.Process": View(
        (
            ("Handles", "HandleCount", 7, True),
            ("WS(K)", "WSK", 10, True),
            ("CPU(s)", "CPU", 8, True),
            ("Id", "Id", 6, True),
            ("ProcessName", "ProcessName", 0, False),
        )
    ),
    "System.Diagnostics.EventLogEntry": View(
        (
            ("Index", "Index", 8, True),
            ("Time", "TimeGenerated", 13, False),
            ("EntryType", "EntryType", 11, False),
            ("Source", "Source", 20, False),
            ("InstanceID", "InstanceId", 12, True),
            ("Message", "Message", 0, False),
        )
    ),
    "Microsoft.PowerShell.Commands.GroupInfo": View(
        (("Count", "Count", 5, True), ("Name", "Name", 25, False), ("Group", "Group", 0, False))
    ),
    "Microsoft.PowerShell.Commands.GroupInfoNoElement": View(
        (("Count", "Count", 5, True), ("Name", "Name", 0, False))
    ),
    "Microsoft.PowerShell.Commands.GenericMeasureInfo": View(
        names=("Count", "Average", "Sum", "Maximum", "Minimum", "Property")
    ),
    "Microsoft.PowerShell.Commands.TextMeasureInfo": View(
        (
            ("Lines", "Lines", 0, None),
            ("Words", "Words", 0, None),
            ("Characters", "Characters", 0, None),
            ("Property", "Property", 0, None),
        )
    ),
    "Microsoft.PowerShell.Commands.MemberDefinition": View(
        (
            ("Name", "Name", 0, False),
            ("MemberType", "MemberType", 0, False),
            ("Definition", "Definition", 0, False),
        ),
        group="TypeName",
        label="   TypeName",
    ),
    "System.Management.Automation.PSDriveInfo": View(
        (
            ("Name", "Name", 10, False),
            ("Used (GB)", "Used", 13, True),
            ("Free (GB)", "Free", 13, True),
            ("Provider", "Provider.Name", 13, False),
            ("Root", "Root", 0, False),
        )
    ),
    "System.Management.Automation.PathInfo": View((("Path", "Path", 0, False),)),
    "System.Management.Automation.PSVariable": View(
        (("Name", "Name", 30, False), ("Value", "Value", 0, False))
    ),
    "System.Management.Automation.CommandInfo": View(
        (
            ("CommandType", "CommandType", 15, False),
            ("Name", "Name", 47, False),
            ("Definition", "Definition", 0, False),
        )
    ),
    "System.Management.Automation.FunctionInfo": View(
        (("CommandType", "CommandType", 15, False), ("Name", "Name", 47, False))
    ),
    "System.Guid": View((("Guid", "Guid", 0, False),)),
    "System.Version": View(
        (
            ("Major", "Major", 5, None),
            ("Minor", "Minor", 5, None),
            ("Build", "Build", 5, None),
            ("Revision", "Revision", 8, None),
        )
    ),
    "System.TimeSpan": View(
        names=(
            "Days",
            "Hours",
            "Minutes",
            "Seconds",
            "Milliseconds",
            "Ticks",
            "TotalDays",
            "TotalHours",
            "TotalMinutes",
            "TotalSeconds",
            "TotalMilliseconds",
        )
    ),
    "System.Security.Cryptography.X509Certificates.X509Certificate2": View(
        (("Thumbprint", "Thumbprint", 41, False), ("Subject", "Subject", 0, False)),
        group="PSParentPath",
        label="   Directory",
    ),
    "Microsoft.Win32.RegistryKey": View(
        (
            ("SKC", "SubKeyCount", 3, True),
            ("VC", "ValueCount", 3, True),
            ("Name", "PSChildName", 30, False),
            ("Property", "Property", 0, False),
        ),
        group="PSParentPath",
        label="    Hive",
    ),
    "System.RuntimeType": View(
        (
            ("IsPublic", "IsPublic", 8, False),
            ("IsSerial", "IsSerializable", 8, False),
            ("Name", "Name", 40, False),
            ("BaseType", "BaseType", 0, False),
        )
    ),
    "System.DateTime": View(text="DateTime"),
}
