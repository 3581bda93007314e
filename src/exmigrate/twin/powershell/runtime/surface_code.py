"""The types of script blocks, commands, modules, ``$PSCmdlet``, ``$Host`` and ``$ExecutionContext``."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.errors import ErrorRecord, PSError, error
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.runtime import code as k
from exmigrate.twin.powershell.runtime.common import action_of
from exmigrate.twin.powershell.runtime.modules import Module
from exmigrate.twin.powershell.runtime.scope import Computed, Variable
from exmigrate.twin.powershell.runtime.stages import FunctionStage
from exmigrate.twin.powershell.runtime.variables import Cursor
from exmigrate.twin.powershell.scalars import Version
from exmigrate.twin.powershell.typeinfo import BY_CLASS, NetType, declare_type
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types import enums
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import NOTHING, NetObject

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


def raw_method(kind: NetType, name: str, function: Any) -> None:
    """Declare a method that takes its arguments as they are."""
    from exmigrate.twin.powershell.typeinfo import Method

    kind.methods[name.lower()] = Method(name, raw=function)


def raw_static(kind: NetType, name: str, function: Any) -> None:
    """The same for a static method."""
    from exmigrate.twin.powershell.typeinfo import Method

    kind.static_methods[name.lower()] = Method(name, raw=function)


raw_method(BLOCK, "Invoke", _invoke_block)
raw_method(BLOCK, "InvokeReturnAsIs", _invoke_as_is)
raw_method(BLOCK, "GetNewClosure", lambda block, args, ctx: ctx.closure(block))
raw_method(BLOCK, "ToString", lambda block, args, ctx: block.code.text)


def _create(args: list[Any], ctx: Any) -> Any:
    try:
        return ctx.block_from_text(to_text(args[0], ctx))
    except PSError as fault:
        exception = fault.record.exception
        raise NetFault(exception.type_name, exception.message, exception.inner, **exception.props) from None


raw_static(BLOCK, "Create", _create)
BLOCK.prop("Module", lambda block, ctx: block.state.module)
BLOCK.prop("File", lambda block, ctx: block.code.source.file or None, None, "System.String")
BLOCK.prop("IsFilter", lambda block, ctx: block.code.is_filter, None, "System.Boolean")
BLOCK.prop("Ast", lambda block, ctx: block.code.text, since=3.0)
BLOCK.convert = lambda value, ctx: _to_block(value, ctx)


def _to_block(value: Any, ctx: Any) -> Any:
    from exmigrate.twin.powershell.convert import CastFault

    if isinstance(value, k.ScriptBlock) or value is None:
        return value
    if isinstance(value, k.FunctionInfo):
        return value.block
    raise CastFault()


DELEGATE = declare_type("System.Delegate", "System.Object")
for _name in ("Action", "EventHandler", "Func`1", "Func`2", "Func`3", "Func`4", "Action`1", "Action`2", "Action`3", "Predicate`1",
              "Comparison`1", "Converter`2", "EventHandler`1"):  # fmt: skip
    declare_type(f"System.{_name}", DELEGATE.name).convert = lambda value, ctx: _to_block(value, ctx)

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
COMMAND.prop("Source", lambda x, ctx: x.module, None, "System.String", 5.1)
COMMAND.prop("Version", lambda x, ctx: None, since=5.1)
COMMAND.prop("Module", lambda x, ctx: ctx.modules.loaded.get(x.module.lower()) if x.module else None)
COMMAND.prop("Visibility", lambda x, ctx: "Public")
COMMAND.prop("Parameters", lambda x, ctx: ctx.command_parameters(x))
COMMAND.to_string = lambda x, ctx: x.name
for _class in (k.FunctionInfo, k.AnonymousInfo, k.ScriptInfo):
    BY_CLASS[_class].prop("ScriptBlock", lambda x, ctx: x.block)
for _class in (k.FunctionInfo, k.AliasInfo, k.CmdletInfo):
    BY_CLASS[_class].prop(
        "Options", lambda x, ctx: ", ".join(sorted(o.capitalize() for o in x.options)) or "None"
    )
for _class in (k.FunctionInfo, k.AliasInfo):
    BY_CLASS[_class].prop(
        "Description", lambda x, ctx: x.description, lambda x, v, ctx: setattr(x, "description", to_text(v))
    )
BY_CLASS[k.FunctionInfo].prop("CmdletBinding", lambda x, ctx: x.block.code.advanced)
for _class in (k.ScriptInfo, k.ApplicationInfo):
    BY_CLASS[_class].prop("Path", lambda x, ctx: x.path, None, "System.String")
BY_CLASS[k.AliasInfo].prop("ReferencedCommand", lambda x, ctx: ctx.commands.find(x.definition))
BY_CLASS[k.AliasInfo].prop("ResolvedCommand", lambda x, ctx: ctx.commands.find(x.definition))
BY_CLASS[k.AliasInfo].prop("ResolvedCommandName", lambda x, ctx: x.definition, None, "System.String")
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
VARIABLE.prop("Module", lambda x, ctx: None)
VARIABLE.prop("ModuleName", lambda x, ctx: "", None, "System.String")


def _options(variable: Variable) -> Any:
    names = {"readonly": "ReadOnly", "constant": "Constant", "private": "Private", "allscope": "AllScope"}
    chosen = [
        names[o]
        for o in ("readonly", "constant", "private", "allscope")
        if variable.special and o in variable.special.options
    ]
    return enums.enum_value(_AUTOMATION + "ScopedItemOptions", ", ".join(chosen) or "None")


d.REFERENCE.prop("Value", lambda x, ctx: x.read(), lambda x, value, ctx: x.assign(value))
d.SWITCH.prop("IsPresent", lambda x, ctx: x.present, None, "System.Boolean")
d.SWITCH.method("bool ToBool()")(lambda x: x.present)

# Loops --------------------------------------------------------------------------------------------------------

CURSOR = declare_type("System.Collections.IEnumerator+Loop", "System.Object", Cursor)
CURSOR.prop("Current", lambda x, ctx: x.items[x.position] if 0 <= x.position < len(x.items) else None)
raw_method(CURSOR, "MoveNext", lambda x, args, ctx: x.move_next())
raw_method(CURSOR, "Reset", lambda x, args, ctx: x.reset())

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


raw_method(CMDLET, "ThrowTerminatingError", _terminate)
raw_method(CMDLET, "WriteError", _write_error)
raw_method(CMDLET, "ShouldProcess", _should_process)
raw_method(
    CMDLET,
    "ShouldContinue",
    lambda cmdlet, args, ctx: ctx.ask(to_text(args[0]), to_text(args[1]) if len(args) > 1 else ""),
)
raw_method(CMDLET, "WriteWarning", _writer("warning", "WarningPreference"))
raw_method(CMDLET, "WriteVerbose", _writer("verbose", "VerbosePreference"))
raw_method(CMDLET, "WriteDebug", _writer("debug", "DebugPreference"))
raw_method(CMDLET, "WriteObject", _write_object)
raw_method(CMDLET, "WriteProgress", lambda cmdlet, args, ctx: NOTHING)
raw_method(CMDLET, "GetVariableValue", lambda cmdlet, args, ctx: ctx.variable(to_text(args[0], ctx)))
raw_method(
    CMDLET,
    "GetUnresolvedProviderPathFromPSPath",
    lambda cmdlet, args, ctx: ctx.full_path(to_text(args[0], ctx)),
)
