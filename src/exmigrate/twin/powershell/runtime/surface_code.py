"""The types of script blocks, commands, modules, ``$PSCmdlet``, ``$Host`` and ``$ExecutionContext``."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.errors import ErrorRecord, PSError, error
from exmigrate.twin.powershell.runtime import code as k
from exmigrate.twin.powershell.runtime.common import action_of
from exmigrate.twin.powershell.runtime.dynamic import AttributeObject, RuntimeParameter
from exmigrate.twin.powershell.runtime.modules import Module
from exmigrate.twin.powershell.runtime.scope import Computed, Variable
from exmigrate.twin.powershell.runtime.stages import FunctionStage
from exmigrate.twin.powershell.runtime.variables import Cursor
from exmigrate.twin.powershell.scalars import Guid, Version
from exmigrate.twin.powershell.typeinfo import BY_CLASS, NetType, declare_type
from exmigrate.twin.powershell.types import enums
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import NOTHING, NetObject, Record, record_type

_AUTOMATION = "System.Management.Automation."

# Script blocks ------------------------------------------------------------------------------------------------

BLOCK = declare_type(_AUTOMATION + "ScriptBlock", "System.Object", k.ScriptBlock)
BLOCK.to_string = lambda block, ctx: block.code.text


def _invoke_block(block: Any, args: list[Any], ctx: Any) -> Any:
    output = ctx.invoke(block, args)
    from exmigrate.twin.powershell.collections_ import GenericList
    from exmigrate.twin.powershell.types.resolve import find_type

    kind = find_type("System.Collections.ObjectModel.Collection[psobject]")
    return GenericList(kind, output) if kind is not None else output


def _invoke_as_is(block: Any, args: list[Any], ctx: Any) -> Any:
    output = ctx.invoke(block, args)
    return output[0] if len(output) == 1 else (output or NOTHING)


def _raw(kind: NetType, name: str, function: Any) -> None:
    from exmigrate.twin.powershell.typeinfo import Method

    kind.methods[name.lower()] = Method(name, raw=function)


def _raw_static(kind: NetType, name: str, function: Any) -> None:
    from exmigrate.twin.powershell.typeinfo import Method

    kind.static_methods[name.lower()] = Method(name, raw=function)


_raw(BLOCK, "Invoke", _invoke_block)
_raw(BLOCK, "InvokeReturnAsIs", _invoke_as_is)
_raw(BLOCK, "GetNewClosure", lambda block, args, ctx: ctx.closure(block))
_raw(BLOCK, "ToString", lambda block, args, ctx: block.code.text)
_raw_static(BLOCK, "Create", lambda args, ctx: ctx.block_from_text(to_text(args[0], ctx)))
BLOCK.prop("Module", lambda block, ctx: block.state.module)
BLOCK.prop("File", lambda block, ctx: block.code.source.file or None, None, "System.String")
BLOCK.prop("IsFilter", lambda block, ctx: block.code.is_filter, None, "System.Boolean")
BLOCK.prop("Ast", lambda block, ctx: block.code.text)
BLOCK.convert = lambda value, ctx: _to_block(value, ctx)


def _to_block(value: Any, ctx: Any) -> Any:
    from exmigrate.twin.powershell.convert import CastFault

    if isinstance(value, k.ScriptBlock) or value is None:
        return value
    if isinstance(value, k.FunctionInfo):
        return value.block
    if isinstance(value, str):
        return ctx.block_from_text(value)
    raise CastFault()


# Commands -----------------------------------------------------------------------------------------------------

COMMAND = declare_type(
    _AUTOMATION + "CommandInfo",
    "System.Object",
    k.CommandInfo,
    display=("CommandType", "Name", "Version", "Source"),
)
_INFOS = {
    k.FunctionInfo: "FunctionInfo",
    k.AliasInfo: "AliasInfo",
    k.CmdletInfo: "CmdletInfo",
    k.ApplicationInfo: "ApplicationInfo",
    k.ScriptInfo: "ExternalScriptInfo",
    k.AnonymousInfo: "ScriptInfo",
}
for _class, _short in _INFOS.items():
    declare_type(_AUTOMATION + _short, COMMAND.name, _class)


def _definition(info: Any, ctx: Any) -> Any:
    if isinstance(info, k.AliasInfo):
        return info.definition
    if isinstance(info, (k.FunctionInfo, k.AnonymousInfo)):
        return info.block.code.text
    if isinstance(info, (k.ScriptInfo, k.ApplicationInfo)):
        return info.path
    return info.name


def _command_type(info: Any, ctx: Any) -> Any:
    kind = info.kind
    if isinstance(info, k.FunctionInfo) and info.block.code.is_filter:
        kind = "Filter"
    return enums.enum_value(_AUTOMATION + "CommandTypes", kind)


COMMAND.prop("CommandType", _command_type)
COMMAND.prop("Name", lambda x, ctx: x.name, None, "System.String")
COMMAND.prop("Definition", _definition, None, "System.String")
COMMAND.prop("ModuleName", lambda x, ctx: x.module, None, "System.String")
COMMAND.prop("Source", lambda x, ctx: x.module, None, "System.String")
COMMAND.prop("Version", lambda x, ctx: None)
COMMAND.prop("Module", lambda x, ctx: ctx.modules.loaded.get(x.module.lower()) if x.module else None)
COMMAND.prop("Visibility", lambda x, ctx: "Public")
COMMAND.prop("Parameters", lambda x, ctx: ctx.command_parameters(x))
COMMAND.prop("Options", lambda x, ctx: ", ".join(sorted(o.capitalize() for o in x.options)) or "None")
COMMAND.prop(
    "Description", lambda x, ctx: x.description, lambda x, v, ctx: setattr(x, "description", to_text(v))
)
COMMAND.to_string = lambda x, ctx: x.name
for _class in (k.FunctionInfo, k.AnonymousInfo, k.ScriptInfo):
    BY_CLASS[_class].prop("ScriptBlock", lambda x, ctx: x.block)
BY_CLASS[k.FunctionInfo].prop("CmdletBinding", lambda x, ctx: x.block.code.advanced)
for _class in (k.ScriptInfo, k.ApplicationInfo):
    BY_CLASS[_class].prop("Path", lambda x, ctx: x.path, None, "System.String")
BY_CLASS[k.AliasInfo].prop("ReferencedCommand", lambda x, ctx: ctx.commands.find(x.definition))
BY_CLASS[k.AliasInfo].prop("ResolvedCommand", lambda x, ctx: ctx.commands.find(x.definition))
BY_CLASS[k.AliasInfo].prop("DisplayName", lambda x, ctx: f"{x.name} -> {x.definition}")
BY_CLASS[k.CmdletInfo].prop("Verb", lambda x, ctx: x.name.partition("-")[0])
BY_CLASS[k.CmdletInfo].prop("Noun", lambda x, ctx: x.name.partition("-")[2])
BY_CLASS[k.CmdletInfo].prop("PSSnapIn", lambda x, ctx: ctx.modules.snapins.get(x.module.lower()))

# Modules ------------------------------------------------------------------------------------------------------

MODULE = declare_type(
    _AUTOMATION + "PSModuleInfo",
    "System.Object",
    Module,
    display=("ModuleType", "Version", "Name", "ExportedCommands"),
)
MODULE.prop("Name", lambda x, ctx: x.name, None, "System.String")
MODULE.prop("Path", lambda x, ctx: x.path, None, "System.String")
MODULE.prop("ModuleType", lambda x, ctx: x.kind)
MODULE.prop("Version", lambda x, ctx: _version(x.version))
MODULE.prop("Description", lambda x, ctx: x.description, None, "System.String")
MODULE.prop("ExportedFunctions", lambda x, ctx: ctx.text_table({i.name: i for i in x.functions.values()}))
MODULE.prop(
    "ExportedCommands",
    lambda x, ctx: ctx.text_table({**{i.name: i for i in x.functions.values()}, **dict.fromkeys(x.cmdlets)}),
)
MODULE.prop("ExportedVariables", lambda x, ctx: ctx.text_table({v.name: v for v in x.variables.values()}))
MODULE.prop("ExportedAliases", lambda x, ctx: ctx.text_table({a.name: a for a in x.aliases.values()}))
MODULE.prop("OnRemove", lambda x, ctx: x.on_remove, lambda x, v, ctx: setattr(x, "on_remove", v))
MODULE.prop("PrivateData", lambda x, ctx: x.private, lambda x, v, ctx: setattr(x, "private", v))
MODULE.to_string = lambda x, ctx: x.name


def _version(text: str) -> Any:
    parts = [int(part) for part in text.split(".") if part.isdigit()]
    return Version(*parts[:4]) if len(parts) > 1 else Version(0, 0)


# Variables ----------------------------------------------------------------------------------------------------

VARIABLE = declare_type(_AUTOMATION + "PSVariable", "System.Object", Variable, display=("Name", "Value"))
BY_CLASS[Computed] = VARIABLE


def _variable_value(variable: Variable, ctx: Any) -> Any:
    return None if variable.value is NOTHING else variable.value


VARIABLE.prop("Name", lambda x, ctx: x.name, None, "System.String")
VARIABLE.prop("Value", _variable_value, lambda x, v, ctx: x.assign(ctx, v))
VARIABLE.prop(
    "Description",
    lambda x, ctx: x.special.description if x.special else "",
    lambda x, v, ctx: setattr(x.need_special(), "description", to_text(v)),
)
VARIABLE.prop("Options", lambda x, ctx: _options(x))
VARIABLE.prop("Visibility", lambda x, ctx: "Public")
VARIABLE.prop("Attributes", lambda x, ctx: [])


def _options(variable: Variable) -> Any:
    names = {"readonly": "ReadOnly", "constant": "Constant", "private": "Private", "allscope": "AllScope"}
    chosen = [
        names[o]
        for o in ("readonly", "constant", "private", "allscope")
        if variable.special and o in variable.special.options
    ]
    return enums.enum_value(_AUTOMATION + "ScopedItemOptions", ", ".join(chosen) or "None")


# Loops --------------------------------------------------------------------------------------------------------

CURSOR = declare_type("System.Collections.IEnumerator+Loop", "System.Object", Cursor)
CURSOR.prop("Current", lambda x, ctx: x.items[x.position] if 0 <= x.position < len(x.items) else None)
_raw(CURSOR, "MoveNext", lambda x, args, ctx: x.move_next())
_raw(CURSOR, "Reset", lambda x, args, ctx: setattr(x, "position", -1) or NOTHING)

# $PSCmdlet ----------------------------------------------------------------------------------------------------


class ScriptCmdlet(NetObject):
    """``$PSCmdlet`` of an advanced function."""

    __slots__ = ("session", "stage")

    def __init__(self, session: Any, stage: FunctionStage) -> None:
        self.session = session
        self.stage = stage


CMDLET = declare_type(_AUTOMATION + "PSScriptCmdlet", "System.Object", ScriptCmdlet)
CMDLET.prop("ParameterSetName", lambda x, ctx: _set_name(x), None, "System.String")
CMDLET.prop("MyInvocation", lambda x, ctx: x.stage.frame)
CMDLET.prop("SessionState", lambda x, ctx: ctx.execution_context().values["SessionState"])
CMDLET.prop("Host", lambda x, ctx: ctx.host_object())
CMDLET.prop("CommandRuntime", lambda x, ctx: x)


def _set_name(cmdlet: ScriptCmdlet) -> str:
    binding = cmdlet.stage.binding
    return binding.set_name if binding is not None else "__AllParameterSets"


def _terminate(cmdlet: Any, args: list[Any], ctx: Any) -> Any:
    record = args[0]
    if not isinstance(record, ErrorRecord):
        raise error("ThrowTerminatingError needs an ErrorRecord.", "ArgumentException", "InvalidArgument")
    _own(cmdlet, record)
    raise PSError(record)


def _own(cmdlet: ScriptCmdlet, record: ErrorRecord) -> None:
    stage = cmdlet.stage
    if not record.command_id:
        record.command_id = stage.command.name
    record.activity = record.activity or stage.command.name
    if record.position is None and stage.site is not None:
        record.position = stage.site.position()
    record.invocation = record.invocation or stage.frame


def _write_error(cmdlet: Any, args: list[Any], ctx: Any) -> Any:
    record = args[0]
    _own(cmdlet, record)
    cmdlet.stage.failed = True
    common = cmdlet.stage.common or {}
    action = action_of(common["ErrorAction"], ctx) if "ErrorAction" in common else None
    ctx.report(record, action)
    return NOTHING


def _should_process(cmdlet: Any, args: list[Any], ctx: Any) -> Any:
    stage = cmdlet.stage
    binding = stage.code.binding or {}
    target = to_text(args[0], ctx)
    action = to_text(args[1], ctx) if len(args) > 1 else stage.command.name
    common = stage.common or {}
    return ctx.should_process(
        target, action, to_text(binding.get("confirmimpact") or "Medium"), None, common.get("Confirm")
    )


def _writer(stream: str, preference: str) -> Any:
    def write(cmdlet: Any, args: list[Any], ctx: Any) -> Any:
        ctx.write_record(stream, to_text(args[0], ctx), ctx.preference(preference))
        return NOTHING

    return write


def _write_object(cmdlet: Any, args: list[Any], ctx: Any) -> Any:
    if len(args) > 1 and args[1] is True:
        from exmigrate.twin.powershell.compile.base import emit_value

        emit_value(ctx, args[0], cmdlet.stage.emit)
    else:
        cmdlet.stage.emit(args[0])
    return NOTHING


_raw(CMDLET, "ThrowTerminatingError", _terminate)
_raw(CMDLET, "WriteError", _write_error)
_raw(CMDLET, "ShouldProcess", _should_process)
_raw(
    CMDLET,
    "ShouldContinue",
    lambda cmdlet, args, ctx: ctx.ask(to_text(args[0]), to_text(args[1]) if len(args) > 1 else ""),
)
_raw(CMDLET, "WriteWarning", _writer("warning", "WarningPreference"))
_raw(CMDLET, "WriteVerbose", _writer("verbose", "VerbosePreference"))
_raw(CMDLET, "WriteDebug", _writer("debug", "DebugPreference"))
_raw(CMDLET, "WriteObject", _write_object)
_raw(CMDLET, "WriteProgress", lambda cmdlet, args, ctx: NOTHING)
_raw(CMDLET, "GetVariableValue", lambda cmdlet, args, ctx: ctx.variable(to_text(args[0], ctx)))
_raw(
    CMDLET,
    "GetUnresolvedProviderPathFromPSPath",
    lambda cmdlet, args, ctx: ctx.full_path(to_text(args[0], ctx)),
)

# Attributes and dynamic parameters ----------------------------------------------------------------------------

ATTRIBUTE = declare_type("System.Attribute")
_ATTRIBUTE_SETTINGS = {
    "ParameterAttribute": (
        "Mandatory", "ParameterSetName", "Position", "ValueFromPipeline", "ValueFromPipelineByPropertyName",
        "ValueFromRemainingArguments", "HelpMessage", "DontShow",
    ),
    "AliasAttribute": (), "ValidateSetAttribute": ("IgnoreCase",), "ValidateRangeAttribute": (),
    "ValidatePatternAttribute": ("Options",), "ValidateLengthAttribute": (), "ValidateCountAttribute": (),
    "ValidateNotNullAttribute": (), "ValidateNotNullOrEmptyAttribute": (), "ValidateScriptAttribute": (),
    "CmdletBindingAttribute": (), "AllowNullAttribute": (), "AllowEmptyStringAttribute": (),
    "AllowEmptyCollectionAttribute": (),
}  # fmt: skip


def _declare_attribute(name: str, settings: tuple[str, ...]) -> None:
    kind = declare_type(_AUTOMATION + name, ATTRIBUTE.name)
    kind.raw_constructor = lambda net, args, ctx: AttributeObject(net, args)
    for setting in settings:
        kind.prop(
            setting,
            lambda x, ctx, s=setting: x.settings.get(s),
            lambda x, v, ctx, s=setting: x.settings.update({s: v}),
        )


for _name, _settings in _ATTRIBUTE_SETTINGS.items():
    _declare_attribute(_name, _settings)
RUNTIME_PARAMETER = declare_type(_AUTOMATION + "RuntimeDefinedParameter", "System.Object", RuntimeParameter)
RUNTIME_PARAMETER.raw_constructor = lambda net, args, ctx: RuntimeParameter(
    to_text(args[0]) if args else "", args[1] if len(args) > 1 else None, args[2] if len(args) > 2 else []
)
RUNTIME_PARAMETER.prop("Name", lambda x, ctx: x.name, lambda x, v, ctx: setattr(x, "name", v))
RUNTIME_PARAMETER.prop("Value", lambda x, ctx: x.value, lambda x, v, ctx: setattr(x, "value", v))
RUNTIME_PARAMETER.prop("ParameterType", lambda x, ctx: x.kind, lambda x, v, ctx: setattr(x, "kind", v))
RUNTIME_PARAMETER.prop("Attributes", lambda x, ctx: x.attributes)
RUNTIME_PARAMETER.prop("IsSet", lambda x, ctx: x.is_set)


def _new_parameters(net: Any, args: list[Any], ctx: Any) -> Any:
    from exmigrate.twin.powershell.collections_ import Dictionary

    return Dictionary(net, (), True)


RUNTIME_PARAMETERS = declare_type(
    _AUTOMATION + "RuntimeDefinedParameterDictionary", "System.Collections.Generic.Dictionary`2"
)
RUNTIME_PARAMETERS.raw_constructor = _new_parameters

# $Host, $ExecutionContext ---------------------------------------------------------------------------------------

SIZE = record_type(_AUTOMATION + "Host.Size", ("Width", "Height"), settable=True)
RAW_UI = record_type(
    _AUTOMATION + "Internal.Host.InternalHostRawUserInterface",
    ("BufferSize", "WindowSize", "WindowTitle", "ForegroundColor", "BackgroundColor", "MaxWindowSize"),
    settable=True,
)
UI = record_type(_AUTOMATION + "Internal.Host.InternalHostUserInterface", ("RawUI",))
HOST = record_type(
    _AUTOMATION + "Internal.Host.InternalHost",
    (
        "Name",
        "Version",
        "InstanceId",
        "UI",
        "CurrentCulture",
        "CurrentUICulture",
        "PrivateData",
        "IsRunspacePushed",
    ),
)
_raw(
    UI,
    "WriteLine",
    lambda ui, args, ctx: ctx.write_host((to_text(args[-1], ctx) if args else "") + "\n") or NOTHING,
)
_raw(UI, "Write", lambda ui, args, ctx: ctx.write_host(to_text(args[-1], ctx)) or NOTHING)
_raw(
    UI,
    "WriteErrorLine",
    lambda ui, args, ctx: ctx.write_console(to_text(args[-1], ctx) + "\n", True) or NOTHING,
)
_raw(HOST, "SetShouldExit", lambda host, args, ctx: ctx.set_should_exit(args[0]))


def host_value(session: Any) -> Record:
    """``$Host``."""
    size = Record(SIZE, {"Width": 80, "Height": 50})
    raw = Record(RAW_UI, {"BufferSize": size, "WindowSize": size, "WindowTitle": "", "MaxWindowSize": size})
    version = Version(int(session.number), round(session.number * 10) % 10)
    return Record(
        HOST,
        {
            "Name": "ConsoleHost",
            "Version": version,
            "InstanceId": Guid("7f2e6c4e-0b6f-4a53-9a73-5b1f0f0f2a10"),
            "UI": Record(UI, {"RawUI": raw}),
            "CurrentCulture": "en-US",
            "CurrentUICulture": "en-US",
        },
    )


CONTEXT = record_type(_AUTOMATION + "EngineIntrinsics", ("SessionState", "InvokeCommand", "Host", "Events"))
INVOKE_COMMAND = record_type(_AUTOMATION + "CommandInvocationIntrinsics", ())
SESSION_STATE = record_type(_AUTOMATION + "SessionState", ("PSVariable", "Path", "LanguageMode", "Module"))
PATHS = record_type(_AUTOMATION + "PathIntrinsics", ())
VARIABLES = record_type(_AUTOMATION + "PSVariableIntrinsics", ())


def _set_variable(target: Any, args: list[Any], ctx: Any) -> Any:
    if isinstance(args[0], Variable):
        ctx.scope.vars[args[0].name.lower()] = args[0]
    else:
        ctx.scope.set(to_text(args[0], ctx), args[1] if len(args) > 1 else None)
    return NOTHING


_raw(INVOKE_COMMAND, "ExpandString", lambda x, args, ctx: ctx.expand_string(to_text(args[0], ctx)))
_raw(
    INVOKE_COMMAND,
    "InvokeScript",
    lambda x, args, ctx: ctx.invoke(ctx.block_from_text(to_text(args[0], ctx)), []),
)
_raw(INVOKE_COMMAND, "NewScriptBlock", lambda x, args, ctx: ctx.block_from_text(to_text(args[0], ctx)))
_raw(INVOKE_COMMAND, "GetCommand", lambda x, args, ctx: ctx.commands.find(to_text(args[0], ctx)))
_raw(VARIABLES, "Get", lambda x, args, ctx: ctx.scope.find(to_text(args[0], ctx).lower()))
_raw(VARIABLES, "GetValue", lambda x, args, ctx: ctx.variable(to_text(args[0], ctx)))
_raw(VARIABLES, "Set", _set_variable)
_raw(
    VARIABLES,
    "Remove",
    lambda x, args, ctx: (ctx.scope.vars.pop(to_text(args[0], ctx).lower(), None) and NOTHING) or NOTHING,
)
_raw(PATHS, "GetUnresolvedProviderPathFromPSPath", lambda x, args, ctx: ctx.full_path(to_text(args[0], ctx)))


def context_value(session: Any) -> Record:
    """``$ExecutionContext``."""
    state = Record(
        SESSION_STATE,
        {
            "PSVariable": Record(VARIABLES, {}),
            "Path": Record(PATHS, {}),
            "LanguageMode": "FullLanguage",
            "Module": None,
        },
    )
    return Record(
        CONTEXT,
        {"SessionState": state, "InvokeCommand": Record(INVOKE_COMMAND, {}), "Host": host_value(session)},
    )
