"""Further properties of commands, modules, script blocks, invocations and ``$Host``: what ``Select-Object *`` shows."""

from __future__ import annotations

from hashlib import md5
from typing import Any
from uuid import UUID

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.runtime import code as k
from exmigrate.twin.powershell.runtime.surface_code import BLOCK, COMMAND, MODULE
from exmigrate.twin.powershell.runtime.surface_errors import INVOCATION, RECORD
from exmigrate.twin.powershell.runtime.surface_host import (
    CONTEXT,
    HOST,
    INVOKE_COMMAND,
    PATHS,
    RAW_UI,
    SESSION_STATE,
    SIZE,
    UI,
)
from exmigrate.twin.powershell.scalars import Guid
from exmigrate.twin.powershell.typeinfo import BY_CLASS, TYPES
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.resolve import find_type
from exmigrate.twin.powershell.values import Record, record_type

_AUTOMATION = "System.Management.Automation."
_S, _I, _B = "System.String", "System.Int32", "System.Boolean"


def _texts(items: Any) -> Any:
    return v.TypedArray(d.STRING, list(items))


# Commands -------------------------------------------------------------------------------------------------------

SET_INFO = record_type(
    f"{_AUTOMATION}CommandParameterSetInfo",
    {"Name": _S, "IsDefault": _B, "Parameters": "System.Object"},
    to_string=lambda record, ctx: record.values["Syntax"],
)
TYPE_NAME = record_type(f"{_AUTOMATION}PSTypeName", {"Name": _S, "Type": "System.Type"}, to_string="Name")
for _declared in (SET_INFO, TYPE_NAME):
    TYPES[_declared.name.lower()] = _declared
_ALL_SETS = "__AllParameterSets"


def _resolved(info: Any, ctx: Any) -> Any:
    """The command that an alias stands for, else the command itself."""
    if isinstance(info, k.AliasInfo):
        return ctx.commands.find(info.definition)
    return info


def _sets(info: Any, ctx: Any) -> Any:
    from exmigrate.twin.powershell.runtime.engine.commands import set_syntax

    target = _resolved(info, ctx)
    table = ctx.parameter_table(target) if target is not None else None
    if table is None:
        return None
    shown = ctx.command_parameters(target)
    found = []
    for name in table.set_names or ["*"]:
        inside = [shown[spec.name] for spec in table.specs if spec.info(name) is not None]
        found.append(
            Record(
                SET_INFO,
                {
                    "Name": _ALL_SETS if name == "*" else name,
                    "IsDefault": name != "*" and name.lower() == (table.default_set or "").lower(),
                    "Parameters": inside,
                    "Syntax": set_syntax(ctx, table, name),
                },
            )
        )
    return v.TypedArray(SET_INFO, found)


def _outputs(info: Any, ctx: Any) -> Any:
    target = _resolved(info, ctx)
    block = getattr(target, "block", None)
    names = block.code.outputs if block is not None else []
    return v.TypedArray(
        TYPE_NAME, [Record(TYPE_NAME, {"Name": name, "Type": find_type(name, ctx.level)}) for name in names]
    )


def _default_set(info: Any, ctx: Any) -> Any:
    table = ctx.parameter_table(info)
    return (table.default_set or None) if table is not None else None


COMMAND.prop("OutputType", _outputs)
COMMAND.prop("ParameterSets", _sets)
COMMAND.prop(
    "RemotingCapability",
    lambda info, ctx: "SupportedByCommand" if _remote(info, ctx) else "PowerShell",
    since=3.0,
)
for _class in (k.FunctionInfo, k.CmdletInfo):
    BY_CLASS[_class].prop("DefaultParameterSet", _default_set, type_name=_S)
    BY_CLASS[_class].constants({"HelpUri": ""})
CMDLET, FUNCTION = BY_CLASS[k.CmdletInfo], BY_CLASS[k.FunctionInfo]


def _remote(info: Any, ctx: Any) -> bool:
    table = ctx.parameter_table(info)
    return table is not None and any(spec.key == "computername" for spec in table.specs)


def _assembly(info: Any) -> str:
    source: str = info.module
    return {"Microsoft.PowerShell.Core": "System.Management.Automation"}.get(
        source,
        source.replace("PowerShell.", "PowerShell.Commands.", 1)
        if source.startswith("Microsoft.P")
        else source,
    )


CMDLET.prop(
    "DLL", lambda info, ctx: f"{_home(ctx)}\\{_assembly(info)}.dll" if info.module else None, type_name=_S
)
CMDLET.prop("HelpFile", lambda info, ctx: f"{_assembly(info)}.dll-Help.xml", type_name=_S)
CMDLET.prop("ImplementingType", lambda info, ctx: _class_name(info), type_name="System.Type")
FUNCTION.prop("Verb", lambda info, ctx: info.name.partition("-")[0] if "-" in info.name else "", type_name=_S)
FUNCTION.prop("Noun", lambda info, ctx: info.name.partition("-")[2], type_name=_S)
FUNCTION.constants({"HelpFile": None})


def _class_name(info: Any) -> str:
    name = str(info.cmdlet.error_class())
    return name if "." in name else f"Microsoft.PowerShell.Commands.{name}"


def _home(ctx: Any) -> str:
    root = ctx.machine.environment.get("SystemRoot", "C:\\Windows")
    return f"{root}\\System32\\WindowsPowerShell\\v1.0"


SCRIPT, APPLICATION = BY_CLASS[k.ScriptInfo], BY_CLASS[k.ApplicationInfo]
SCRIPT.prop("ScriptContents", lambda info, ctx: info.block.code.source.text, type_name=_S)
SCRIPT.prop("OriginalEncoding", lambda info, ctx: "System.Text.UTF8Encoding")
APPLICATION.prop(
    "Extension",
    lambda info, ctx: "." + info.path.rpartition(".")[2] if "." in info.path else "",
    type_name=_S,
)


def _file_version(info: Any, ctx: Any) -> Any:
    from exmigrate.twin.powershell.providers.fileinfo import VersionInfo, file_item

    item = file_item(ctx.machine.files, info.path)
    return VersionInfo(item) if item is not None else None


APPLICATION.prop("FileVersionInfo", _file_version)

# Modules --------------------------------------------------------------------------------------------------------


def _folder(module: Any) -> Any:
    return (
        module.path.replace("/", "\\").rpartition("\\")[0] if "\\" in module.path else (module.path or None)
    )


MODULE.prop("AccessMode", lambda module, ctx: "ReadWrite")
MODULE.prop("ModuleBase", lambda module, ctx: _folder(module), type_name=_S)
MODULE.prop("Guid", lambda module, ctx: Guid("00000000-0000-0000-0000-000000000000"), type_name="System.Guid")
MODULE.prop("ExportedCmdlets", lambda module, ctx: ctx.text_table(dict.fromkeys(module.cmdlets)))
MODULE.prop("SessionState", lambda module, ctx: ctx.execution_context().values["SessionState"])
MODULE.prop(
    "LogPipelineExecutionDetails", lambda module, ctx: False, lambda module, value, ctx: None, type_name=_B
)
MODULE.prop("Definition", lambda module, ctx: _source(module), None, _S, 3.0)
MODULE.prop(
    "RootModule", lambda module, ctx: module.path if module.kind == "Manifest" else None, None, _S, 3.0
)
for _name, _level in (("NestedModules", 0.0), ("RequiredModules", 0.0), ("RequiredAssemblies", 3.0), ("FileList", 3.0),
                      ("ModuleList", 3.0), ("Scripts", 3.0), ("ExportedFormatFiles", 3.0), ("ExportedTypeFiles", 3.0),
                      ("ExportedDscResources", 5.1), ("Tags", 5.1), ("CompatiblePSEditions", 5.1),
                      ("ExperimentalFeatures", 7.0)):  # fmt: skip
    MODULE.prop(_name, lambda module, ctx: _texts([]), since=_level)
MODULE.prop("ExportedWorkflows", lambda module, ctx: ctx.text_table({}), since=3.0)
MODULE.constants({"Author": "", "CompanyName": "", "Copyright": "", "PowerShellHostName": ""}, since=3.0)
MODULE.constants(
    {
        "ClrVersion": None, "DotNetFrameworkVersion": None, "HelpInfoUri": None, "PowerShellHostVersion": None,
        "PowerShellVersion": None, "Prefix": None,
    },
    since=3.0,
)  # fmt: skip
MODULE.prop("ProcessorArchitecture", lambda module, ctx: "None", since=3.0)
MODULE.constants(
    {
        "IconUri": None, "ImplementingAssembly": None, "LicenseUri": None, "ProjectUri": None, "ReleaseNotes": "",
        "RepositorySourceLocation": None,
    },
    since=5.1,
)  # fmt: skip


def _source(module: Any) -> str:
    block = getattr(module, "block", None)
    return block.code.text if block is not None else ""


# Script blocks, invocations, errors -----------------------------------------------------------------------------

BLOCK.prop("StartPosition", lambda block, ctx: None)
BLOCK.prop("Attributes", lambda block, ctx: c.ArrayList([]), since=3.0)
BLOCK.constants({"DebuggerHidden": False, "IsConfiguration": False}, since=3.0)
BLOCK.prop("Id", lambda block, ctx: Guid(str(UUID(md5(block.code.text.encode()).hexdigest()))), since=5.1)
INVOCATION.prop("HistoryId", lambda invocation, ctx: v.Int64(1), type_name="System.Int64")
INVOCATION.constants({"DisplayScriptPosition": None}, since=3.0)
RECORD.constants({"PSMessageDetails": None})

# Host -----------------------------------------------------------------------------------------------------------

COORDINATES = record_type(f"{_AUTOMATION}Host.Coordinates", {"X": _I, "Y": _I}, settable=True)
RUNSPACE = record_type(
    f"{_AUTOMATION}Runspaces.LocalRunspace",
    {"InstanceId": "System.Guid", "RunspaceAvailability": _S, "RunspaceStateInfo": _S, "ThreadOptions": _S,
     "ApartmentState": _S, "Version": "System.Version"},
)  # fmt: skip
RUNSPACE.constants(
    {"ConnectionInfo": None, "Events": None, "InitialSessionState": None, "SessionStateProxy": None}
)
RUNSPACE.constants(
    {"Id": 1, "Name": "Runspace1", "Debugger": None, "DisconnectedOn": None, "ExpiresOn": None, "JobManager": None,
     "LanguageMode": "FullLanguage", "OriginalConnectionInfo": None, "RunspaceIsRemote": False},
    since=3.0,
)  # fmt: skip
RUNSPACE.constants({"ComputerName": "localhost", "Type": "Local"}, since=5.1)
for _declared in (COORDINATES, RUNSPACE):
    TYPES[_declared.name.lower()] = _declared


def _runspace(host: Any, ctx: Any) -> Record:
    return Record(
        RUNSPACE,
        {
            "InstanceId": Guid("2c3a6f0e-7d55-4a0b-9f3b-6a1f0c7e4d21"), "RunspaceAvailability": "Busy", "RunspaceStateInfo": "Opened",
            "ThreadOptions": "Default", "ApartmentState": "STA", "Version": host.values["Version"],
        },
    )  # fmt: skip


HOST.prop("Runspace", _runspace, type_name=RUNSPACE.name)
HOST.prop("DebuggerEnabled", lambda host, ctx: True, lambda host, value, ctx: None, _B, 5.1)
_origin = Record(COORDINATES, {"X": 0, "Y": 0})
RAW_UI.prop("CursorPosition", lambda ui, ctx: _origin, type_name=COORDINATES.name)
RAW_UI.prop("WindowPosition", lambda ui, ctx: _origin, type_name=COORDINATES.name)
RAW_UI.prop("CursorSize", lambda ui, ctx: 25, lambda ui, value, ctx: None, _I)
RAW_UI.constants({"KeyAvailable": False})
RAW_UI.prop(
    "MaxPhysicalWindowSize", lambda ui, ctx: Record(SIZE, {"Width": 240, "Height": 84}), type_name=SIZE.name
)
UI.constants({"SupportsVirtualTerminal": False}, since=5.1)
CONTEXT.constants({"InvokeProvider": None})
SESSION_STATE.constants(
    {"Applications": None, "Drive": None, "InvokeProvider": None, "Provider": None, "Scripts": None}
)
SESSION_STATE.prop("InvokeCommand", lambda state, ctx: ctx.execution_context().values["InvokeCommand"])
SESSION_STATE.constants({"UseFullLanguageModeInDebugger": False}, since=5.1)
INVOKE_COMMAND.constants(
    {
        "HasErrors": False,
        "CommandNotFoundAction": None,
        "PreCommandLookupAction": None,
        "PostCommandLookupAction": None,
    },
    since=3.0,
)
INVOKE_COMMAND.constants({"LocationChangedAction": None}, since=7)
PATHS.prop("CurrentLocation", lambda paths, ctx: ctx.location_info())
PATHS.prop("CurrentFileSystemLocation", lambda paths, ctx: ctx.location_info())
