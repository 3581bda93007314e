"""The Variable and Alias cmdlets (about_Variables, about_Aliases, about_Scopes)."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.compile.variables import FRAME_NAMES
from exmigrate.twin.powershell.convert import convert
from exmigrate.twin.powershell.errors import PSError, error
from exmigrate.twin.powershell.packs import Cmdlet, Parameter
from exmigrate.twin.powershell.runtime.code import AliasInfo
from exmigrate.twin.powershell.runtime.scope import Scope, Variable
from exmigrate.twin.powershell.text.wildcard import has_wildcard, like
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import NOTHING

_SCOPE = Parameter("Scope", "string")
_NAMES = Parameter("Name", "string[]", position=0, mandatory=True, pipeline_by_name=True)


def scope_of(call: Any) -> Scope | None:
    """The scope that -Scope names: a word, or a number of levels up; None when it is not given."""
    text = call.get("Scope")
    if text is None:
        return None
    session = call.session
    name = to_text(text).lower()
    if name in ("global", "script", "local", "private"):
        found: Scope = session.scope_named(name)
        return found
    if not name.isdigit():
        raise call.throw(
            f"The scope '{text}' is not valid.", "ParameterBindingFailed", "InvalidArgument", text,
            exception="System.Management.Automation.PSArgumentException",
        )  # fmt: skip
    scope: Scope | None = session.scope
    for _ in range(int(name)):
        if scope is None:
            break
        scope = scope.parent
    if scope is None:
        raise call.throw(
            f"The scope number '{name}' exceeds the number of active scopes.",
            "ScopeIDExceedsAvailableScopes",
            "InvalidArgument",
            int(name),
            exception="System.Management.Automation.PSArgumentOutOfRangeException",
        )
    return scope


def visible(session: Any, scope: Scope | None) -> dict[str, Variable]:
    """Variables that a scope sees, or has when one is named."""
    if scope is not None:
        return dict(scope.vars)
    found: dict[str, Variable] = {}
    walk: Scope | None = session.scope
    while walk is not None:
        for key, variable in walk.vars.items():
            found.setdefault(key, variable)
        walk = walk.parent
    return found


def _select(call: Any, names: list[str], scope: Scope | None) -> list[Variable]:
    chosen: list[Variable] = []
    for name in names:
        plain = name.rpartition(":")[2]
        if has_wildcard(plain):
            chosen.extend(v for _, v in sorted(visible(call.session, scope).items()) if like(v.name, plain))
            continue
        found = scope.vars.get(plain.lower()) if scope is not None else call.session.scope.find(plain.lower())
        if found is None and scope is None and plain.lower() in FRAME_NAMES:
            chosen.append(Variable(plain, call.session.frame_variable(plain.lower())))
        elif found is None:
            call.write_error(
                f"Cannot find a variable with the name '{plain}'.", "VariableNotFound", "ObjectNotFound", plain,
                exception="System.Management.Automation.ItemNotFoundException",
            )  # fmt: skip
        else:
            chosen.append(found)
    return chosen


def _get(call: Any) -> None:
    scope = scope_of(call)
    for variable in _select(call, call.get("Name") or ["*"], scope):
        call.write(
            (None if variable.value is NOTHING else variable.value) if call.flag("ValueOnly") else variable
        )


def _options(call: Any) -> set[str]:
    value = call.get("Option")
    if value is None:
        return set()
    names = {part.strip().lower() for part in to_text(value, call.session).split(",")}
    return names - {"none", ""}


def _set_one(call: Any, name: str, value: Any, must_be_new: bool) -> None:
    session = call.session
    prefix, colon, rest = name.partition(":")
    scope = scope_of(call)
    if colon and prefix.lower() in ("global", "script", "local", "private"):
        scope, name = session.scope_named(prefix.lower()), rest
    key = name.lower()
    if scope is None:
        scope = session.scope
    found = scope.vars.get(key)
    if must_be_new and found is not None and not call.flag("Force"):
        call.write_error(
            f"A variable with name '{name}' already exists.", "VariableAlreadyExists", "ResourceExists", name,
            exception="System.Management.Automation.SessionStateException",
        )  # fmt: skip
        return
    if found is None:
        found = scope.vars[key] = Variable(name, value)
    else:
        _overwrite(call, found, value)
    options = _options(call)
    if options:
        found.need_special().options = options
    if call.get("Description") is not None:
        found.need_special().description = to_text(call.get("Description"))
    if call.flag("PassThru"):
        call.write(found)


def _overwrite(call: Any, found: Variable, value: Any) -> None:
    special = found.special
    if special is not None and "readonly" in special.options and call.flag("Force"):
        special.options.discard("readonly")
        found.assign(call.session, value)
        special.options.add("readonly")
        return
    found.assign(call.session, value)


def _set(call: Any) -> None:
    if call.has_input and "Value" not in call.given:
        return
    if call.has_input and "Value" in call.given and call.input is not None:
        call.state.setdefault("values", []).append(call.input)
        call.state["names"] = call.get("Name")
        return
    for name in call.get("Name"):
        _apply(call, name, call.get("Value"))


def _apply(call: Any, name: str, value: Any) -> None:
    if not call.should_process(f"Name: {name} Value: {to_text(value, call.session)}", "Set variable"):
        return
    try:
        _set_one(call, name, value, False)
    except PSError as fault:
        if fault.record.error_id != "VariableNotWritable":
            raise
        call.write_error_record(fault.record)


def _set_end(call: Any) -> None:
    values = call.state.get("values")
    if values is None:
        return
    for name in call.state["names"] or []:
        _apply(call, name, values[0] if len(values) == 1 else values)


def _new(call: Any) -> None:
    name = to_text(call.get("Name"))
    if call.should_process(f"Name: {name} Value: {to_text(call.get('Value'), call.session)}", "New variable"):
        _set_one(call, name, call.get("Value"), True)


def _remove(call: Any) -> None:
    session = call.session
    scope = scope_of(call)
    for variable in _select(call, call.get("Name"), scope):
        options = variable.special.options if variable.special is not None else set()
        if "constant" in options or ("readonly" in options and not call.flag("Force")):
            call.write_error(
                f"Cannot remove variable {variable.name} because it is constant or read-only. If the variable is read-only, "
                "try the operation again specifying the Force option.",
                "VariableNotRemovable",
                "WriteError",
                variable.name,
                exception="System.Management.Automation.SessionStateUnauthorizedAccessException",
            )
            continue
        key = variable.name.lower()
        walk: Scope | None = scope or session.scope
        while walk is not None:
            if walk.vars.get(key) is variable:
                if call.should_process(f"Name: {variable.name}", "Remove variable"):
                    del walk.vars[key]
                break
            walk = walk.parent


def _clear(call: Any) -> None:
    for variable in _select(call, call.get("Name"), scope_of(call)):
        special = variable.special
        if special is not None and special.checks:
            variable.value = convert(None, call.session.type_named(special.type_name), call.session)
        else:
            variable.assign(call.session, None)


# Aliases ------------------------------------------------------------------------------------------------------


def _alias_set(call: Any) -> None:
    session = call.session
    scope = scope_of(call) or session.scope
    name, value = to_text(call.get("Name")), to_text(call.get("Value"))
    table = scope.aliases if scope.aliases is not None else {}
    scope.aliases = table
    old = table.get(name.lower())
    if call.name == "New-Alias" and old is not None and not call.flag("Force"):
        call.write_error(
            f"The alias is not allowed, because an alias with the name '{name}' already exists.",
            "AliasAlreadyExists",
            "ResourceExists",
            name,
            exception="System.Management.Automation.SessionStateException",
        )
        return
    if old is not None and old.options & {"readonly", "constant"} and not call.flag("Force"):
        call.write_error(
            f"Alias is not writeable because alias {name} is read-only or constant and cannot be written to.",
            "AliasNotWritable", "WriteError", name,
            exception="System.Management.Automation.SessionStateUnauthorizedAccessException",
        )  # fmt: skip
        return
    made = AliasInfo(name, value)
    made.options = _options(call)
    made.description = to_text(call.get("Description") or "")
    table[name.lower()] = made
    if call.flag("PassThru"):
        call.write(made)


def aliases(session: Any) -> dict[str, AliasInfo]:
    """Aliases that the current scope sees."""
    found: dict[str, AliasInfo] = {}
    walk: Scope | None = session.scope
    while walk is not None:
        for key, info in (walk.aliases or {}).items():
            found.setdefault(key, info)
        walk = walk.parent
    return found


def _alias_get(call: Any) -> None:
    table = aliases(call.session)
    wanted = call.get("Definition")
    if wanted is not None:
        for key in sorted(table):
            if any(like(table[key].definition, pattern) for pattern in wanted):
                call.write(table[key])
        return
    for name in call.get("Name") or ["*"]:
        if has_wildcard(name):
            for key in sorted(table):
                if like(table[key].name, name):
                    call.write(table[key])
        elif name.lower() in table:
            call.write(table[name.lower()])
        else:
            call.write_error(
                f"This command cannot find a matching alias because an alias with the name '{name}' does not exist.",
                "ItemNotFoundException", "ObjectNotFound", name,
                exception="System.Management.Automation.ItemNotFoundException",
            )  # fmt: skip


def _alias_remove(call: Any) -> None:
    walk: Scope | None
    for name in call.get("Name"):
        walk = scope_of(call) or call.session.scope
        while walk is not None and name.lower() not in (walk.aliases or {}):
            walk = walk.parent
        if walk is None:
            call.write_error(
                f"This command cannot find a matching alias because an alias with the name '{name}' does not exist.",
                "ItemNotFoundException", "ObjectNotFound", name,
                exception="System.Management.Automation.ItemNotFoundException",
            )  # fmt: skip
        else:
            assert walk.aliases is not None
            del walk.aliases[name.lower()]


_FILTERS = [Parameter("Include", "string[]"), Parameter("Exclude", "string[]")]
_MAKING = [
    Parameter("Option", "object"),
    Parameter("Description", "string"),
    Parameter("Force", "switch"),
    Parameter("PassThru", "switch"),
    Parameter("Visibility", "object"),
    _SCOPE,
]
_ALIAS = [
    Parameter("Name", "string", position=0, mandatory=True, pipeline_by_name=True),
    Parameter("Value", "string", position=1, mandatory=True, pipeline_by_name=True),
    *_MAKING,
]
CMDLETS = [
    Cmdlet("Get-Variable", [Parameter("Name", "string[]", position=0, pipeline=True, pipeline_by_name=True),
           Parameter("ValueOnly", "switch"), _SCOPE, *_FILTERS], _get, aliases=("gv",)),
    Cmdlet("Set-Variable", [_NAMES, Parameter("Value", "object", position=1, pipeline=True, pipeline_by_name=True),
           *_FILTERS, *_MAKING], _set, end=_set_end, should_process=True, aliases=("sv", "set")),
    Cmdlet("New-Variable", [Parameter("Name", "string", position=0, mandatory=True, pipeline_by_name=True),
           Parameter("Value", "object", position=1, pipeline=True, pipeline_by_name=True), *_MAKING], _new,
           should_process=True, aliases=("nv",)),
    Cmdlet("Remove-Variable", [_NAMES, Parameter("Force", "switch"), _SCOPE, *_FILTERS], _remove, should_process=True,
           aliases=("rv",)),
    Cmdlet("Clear-Variable", [_NAMES, Parameter("Force", "switch"), Parameter("PassThru", "switch"), _SCOPE, *_FILTERS],
           _clear, should_process=True, aliases=("clv",)),
    Cmdlet("Set-Alias", _ALIAS, _alias_set, should_process=True, aliases=("sal",)),
    Cmdlet("New-Alias", _ALIAS, _alias_set, should_process=True, aliases=("nal",)),
    Cmdlet("Get-Alias", [Parameter("Name", "string[]", position=0, pipeline=True, pipeline_by_name=True, sets=("Default",)),
           Parameter("Definition", "string[]", sets=("Definition",)), Parameter("Exclude", "string[]"), _SCOPE],
           _alias_get, default_set="Default", aliases=("gal",)),
    Cmdlet("Remove-Alias", [Parameter("Name", "string[]", position=0, mandatory=True, pipeline_by_name=True), _SCOPE,
           Parameter("Force", "switch")], _alias_remove, since="7"),
]  # fmt: skip
__all__ = ["CMDLETS", "aliases", "error", "scope_of", "visible"]
