"""The types of attributes, dynamic parameters, ``$Host`` and ``$ExecutionContext``."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.runtime.dynamic import AttributeObject, RuntimeParameter
from exmigrate.twin.powershell.runtime.scope import Variable
from exmigrate.twin.powershell.runtime.surface_code import raw_method
from exmigrate.twin.powershell.scalars import Guid, Version
from exmigrate.twin.powershell.typeinfo import TYPES, declare_type
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import NOTHING, Record, record_type

_AUTOMATION = "System.Management.Automation."

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
TYPES[f"{_AUTOMATION}ParameterAttribute".lower()].props["dontshow"].since = 5.1
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
raw_method(
    UI,
    "WriteLine",
    lambda ui, args, ctx: ctx.write_host((to_text(args[-1], ctx) if args else "") + "\n") or NOTHING,
)
raw_method(UI, "Write", lambda ui, args, ctx: ctx.write_host(to_text(args[-1], ctx)) or NOTHING)
raw_method(
    UI,
    "WriteErrorLine",
    lambda ui, args, ctx: ctx.write_console(to_text(args[-1], ctx) + "\n", True) or NOTHING,
)
raw_method(HOST, "SetShouldExit", lambda host, args, ctx: ctx.set_should_exit(args[0]))


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


raw_method(INVOKE_COMMAND, "ExpandString", lambda x, args, ctx: ctx.expand_string(to_text(args[0], ctx)))
raw_method(
    INVOKE_COMMAND,
    "InvokeScript",
    lambda x, args, ctx: ctx.invoke(ctx.block_from_text(to_text(args[0], ctx)), []),
)
raw_method(INVOKE_COMMAND, "NewScriptBlock", lambda x, args, ctx: ctx.block_from_text(to_text(args[0], ctx)))
raw_method(INVOKE_COMMAND, "GetCommand", lambda x, args, ctx: ctx.commands.find(to_text(args[0], ctx)))
raw_method(VARIABLES, "Get", lambda x, args, ctx: ctx.scope.find(to_text(args[0], ctx).lower()))
raw_method(VARIABLES, "GetValue", lambda x, args, ctx: ctx.variable(to_text(args[0], ctx)))
raw_method(VARIABLES, "Set", _set_variable)
raw_method(
    VARIABLES,
    "Remove",
    lambda x, args, ctx: (ctx.scope.vars.pop(to_text(args[0], ctx).lower(), None) and NOTHING) or NOTHING,
)
raw_method(
    PATHS, "GetUnresolvedProviderPathFromPSPath", lambda x, args, ctx: ctx.full_path(to_text(args[0], ctx))
)


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
