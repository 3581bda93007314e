"""Get-Command."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.packs import Cmdlet, Parameter
from exmigrate.twin.powershell.runtime.code import CommandInfo
from exmigrate.twin.powershell.runtime.engine.variables import aliases
from exmigrate.twin.powershell.runtime.parameters import Table
from exmigrate.twin.powershell.text.wildcard import has_wildcard, like
from exmigrate.twin.powershell.types.texts import to_text

_KINDS = {"alias": "Alias", "function": "Function", "cmdlet": "Cmdlet", "application": "Application",
          "externalscript": "ExternalScript", "filter": "Function"}  # fmt: skip


def _functions(session: Any) -> list[CommandInfo]:
    found: dict[str, CommandInfo] = {}
    scope = session.scope
    while scope is not None:
        for key, info in (scope.functions or {}).items():
            found.setdefault(key, info)
        scope = scope.parent
    return list(found.values())


def everything(session: Any) -> list[CommandInfo]:
    """All commands that are loaded, by name."""
    found: list[CommandInfo] = [*aliases(session).values(), *_functions(session)]
    for key in session.registry.cmdlets:
        info = session.commands.find_cmdlet(key)
        if info is not None:
            found.append(info)
    return sorted(found, key=lambda info: info.name.lower())


def _wanted(call: Any) -> set[str] | None:
    kinds = call.get("CommandType")
    if kinds is None:
        return None
    words = [part.strip().lower() for item in kinds for part in to_text(item, call.session).split(",")]
    return None if "all" in words else {_KINDS[word] for word in words if word in _KINDS}


def _fits(info: CommandInfo, call: Any, kinds: set[str] | None) -> bool:
    if kinds is not None and info.kind not in kinds:
        return False
    modules = call.get("Module")
    if modules is not None and not any(like(info.module, pattern) for pattern in modules):
        return False
    verb, _, noun = info.name.partition("-")
    for option, text in (("Verb", verb), ("Noun", noun)):
        patterns = call.get(option)
        if patterns is not None and not any(like(text, pattern) for pattern in patterns):
            return False
    return True


def _get(call: Any) -> None:
    kinds = _wanted(call)
    session = call.session
    names = call.get("Name")
    if names is None:
        default = (
            {"Cmdlet", "Function", "Alias"} if call.get("Verb") is None and call.get("Noun") is None else None
        )
        for found in everything(session):
            if _fits(found, call, kinds if kinds is not None else default):
                call.write(found)
        return
    for name in names:
        if has_wildcard(name):
            for found in everything(session):
                if like(found.name, name) and _fits(found, call, kinds):
                    call.write(found)
            continue
        info: CommandInfo | None = session.commands.find(name, resolve_alias=False)
        if info is not None and info.name.lower() == ("get-" + name).lower():
            info = None
        if info is None or not _fits(info, call, kinds):
            call.write_error_record(_not_found(call, name))
        elif call.flag("Syntax"):
            call.write(syntax_text(session, info))
        else:
            call.write(info)


def _not_found(call: Any, name: str) -> Any:
    fault = call.session.commands.not_found(name, None)
    fault.record.command_id = call.cmdlet.error_class()
    return fault.record


def syntax_text(session: Any, info: CommandInfo) -> str:
    """Syntax lines of a command, one for each parameter set."""
    table = session.parameter_table(info)
    if table is None:
        return info.name
    names = table.set_names or ["*"]
    return "\n".join(f"{info.name} {set_syntax(session, table, name)}".rstrip() for name in names)


def set_syntax(session: Any, table: Table, set_name: str) -> str:
    """The parameters of one set as a syntax line shows them."""
    parts = []
    for spec in table.specs:
        found = spec.info(set_name)
        if found is None:
            continue
        short = spec.type(session).short_name
        name = f"[-{spec.name}]" if found.position is not None else f"-{spec.name}"
        text = f"-{spec.name}" if spec.kind == "switch" else f"{name} <{short}>"
        parts.append(text if found.mandatory else f"[{text}]")
    if table.common:
        parts.append("[<CommonParameters>]")
    return " ".join(parts)


CMDLETS = [
    Cmdlet(
        "Get-Command",
        [
            Parameter(
                "Name", "string[]", position=0, pipeline=True, pipeline_by_name=True, sets=("AllCommandSet",)
            ),
            Parameter("Verb", "string[]", sets=("CmdletSet",), pipeline_by_name=True),
            Parameter("Noun", "string[]", sets=("CmdletSet",), pipeline_by_name=True),
            Parameter(
                "CommandType", "object[]", sets=("AllCommandSet",), aliases=("Type",), pipeline_by_name=True
            ),
            Parameter("Module", "string[]", aliases=("PSSnapin",), pipeline_by_name=True),
            Parameter("ArgumentList", "object[]", position=1, aliases=("Args",)),
            Parameter("TotalCount", "int"),
            Parameter("Syntax", "switch"),
            Parameter("All", "switch", since="3.0"),
            Parameter("ListImported", "switch", since="3.0"),
            Parameter("ShowCommandInfo", "switch", since="5.1"),
        ],
        _get,
        default_set="CmdletSet",
        aliases=("gcm",),
    ),
]
