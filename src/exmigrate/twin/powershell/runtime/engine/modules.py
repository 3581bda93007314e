"""The Module and PSSnapin cmdlets."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.packs import Cmdlet, Parameter, SnapIn
from exmigrate.twin.powershell.runtime.modules import Module
from exmigrate.twin.powershell.scalars import Version
from exmigrate.twin.powershell.text.wildcard import has_wildcard, like
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import Record, record_type

SNAPIN = record_type(
    "System.Management.Automation.PSSnapInInfo",
    ("Name", "PSVersion", "Description", "Version", "IsDefault"),
    display=("Name", "PSVersion", "Description"),
    to_string="Name",
)


def _shown(session: Any, snapin: SnapIn) -> Record:
    parts = [int(part) for part in snapin.version.split(".") if part.isdigit()][:4]
    return Record(
        SNAPIN,
        {
            "Name": snapin.name,
            "PSVersion": Version(1, 0) if session.number < 3 else Version(int(session.number), 0),
            "Description": snapin.description,
            "Version": Version(*parts) if len(parts) > 1 else None,
            "IsDefault": False,
        },
    )


def _add(call: Any) -> None:
    session = call.session
    for name in call.get("Name"):
        patterns = [name]
        if has_wildcard(name):
            patterns = [s.name for s in session.registry.snapins.values() if like(s.name, name)]
        for one in patterns:
            try:
                snapin = session.modules.add_snapin(one)
            except PSError as fault:
                call.write_error_record(fault.record)
                continue
            if call.flag("PassThru"):
                call.write(_shown(session, snapin))


def _get_snapin(call: Any) -> None:
    session = call.session
    table = session.registry.snapins if call.flag("Registered") else session.modules.snapins
    for name in call.get("Name") or ["*"]:
        found = [s for s in table.values() if like(s.name, name)]
        for snapin in sorted(found, key=lambda s: s.name):
            call.write(_shown(session, snapin))
        if not found and not has_wildcard(name):
            call.write_error(
                f"No Windows PowerShell snap-ins matching the pattern '{name}' were found. Check the pattern and then try the "
                "command again.",
                "NoPSSnapInsFound",
                "ObjectNotFound" if session.number < 3 else "InvalidArgument",
                name,
                exception="System.Management.Automation.PSArgumentException",
            )


def _remove_snapin(call: Any) -> None:
    for name in call.get("Name"):
        call.session.modules.snapins.pop(name.lower(), None)
        call.session.commands.loaded.discard(name.lower())


def import_name(session: Any, name: str, args: list[Any] | None = None) -> Module | None:
    """Import a module by name or path; None when there is none."""
    modules = session.modules
    loaded: Module | None = modules.loaded.get(name.lower())
    if loaded is not None:
        return loaded
    native = session.registry.modules.get(name.lower())
    if native is not None:
        found: Module = modules.load_native(native)
        return found
    path = modules.find_file(name)
    if path is None:
        return None
    made: Module = modules.import_file(path, args=args)
    return made


def _import(call: Any) -> None:
    session = call.session
    given = call.get("Name")
    items = given if given is not None else call.get("ModuleInfo")
    for item in items or []:
        if isinstance(item, Module):
            module: Module | None = item
        else:
            name = to_text(item, session)
            if call.flag("Force"):
                session.modules.loaded.pop(name.lower(), None)
            module = import_name(session, name, call.get("ArgumentList"))
            if module is None:
                call.write_error(
                    f"The specified module '{name}' was not loaded because no valid module file was found in any module "
                    "directory.",
                    "Modules_ModuleNotFound",
                    "ResourceUnavailable",
                    name,
                    exception="System.IO.FileNotFoundException",
                )
                continue
        assert module is not None
        _restrict(call, module)
        if module.state is not None:
            session.modules.publish(module, to_text(call.get("Prefix") or ""))
        if call.flag("PassThru"):
            call.write(module)


def _restrict(call: Any, module: Module) -> None:
    """-Function, -Variable, -Alias of Import-Module."""
    for option, table in (
        ("Function", module.functions),
        ("Variable", module.variables),
        ("Alias", module.aliases),
    ):
        patterns = call.get(option)
        if patterns is not None:
            keep: Any = {k: v for k, v in table.items() if any(like(v.name, p) for p in patterns)}
            table.clear()
            table.update(keep)


def _new(call: Any) -> None:
    session = call.session
    name = to_text(call.get("Name") or "") or f"__DynamicModule_{len(session.modules.loaded)}"
    module = Module(name)
    output: list[Any] = []
    exports = {
        kind: call.get(kind.capitalize()) for kind in ("function",) if call.get(kind.capitalize()) is not None
    }
    if exports:
        module.exports = {kind: [to_text(n) for n in names] for kind, names in exports.items()}
    session.modules.run_in(
        module, call.get("ScriptBlock"), list(call.get("ArgumentList") or []), output.append
    )
    if call.flag("AsCustomObject"):
        call.write(_as_object(session, module))
        return
    session.modules.publish(module)
    if not call.get("Name"):
        session.modules.loaded.pop(name.lower(), None)
    if call.flag("ReturnResult"):
        for item in output:
            call.write(item)
        return
    call.write(module)


def _as_object(session: Any, module: Module) -> Any:
    from exmigrate.twin.powershell.runtime.scope import Variable
    from exmigrate.twin.powershell.values import PSObject, ScriptMethod, ScriptProperty

    made = PSObject({})
    for info in module.functions.values():
        block = info.block

        def run(this: Any, *args: Any, block: Any = block) -> Any:
            output = session.invoke(block, list(args))
            return output[0] if len(output) == 1 else (output or None)

        made.props[info.name] = ScriptMethod(run)
    for variable in module.variables.values():

        def read(this: Any, variable: Variable = variable) -> Any:
            return variable.value

        def write(this: Any, value: Any, variable: Variable = variable) -> None:
            variable.assign(session, value)

        made.props[variable.name] = ScriptProperty(read, write)
    return made


def _export(call: Any) -> None:
    session = call.session
    module = session.state.module
    if module is None:
        raise call.throw(
            "The Export-ModuleMember cmdlet can only be called from inside a module.",
            "Modules_CanOnlyExecuteExportModuleMemberInsideAModule", "PermissionDenied",
            exception="System.InvalidOperationException",
        )  # fmt: skip
    kinds = {}
    for kind in ("Function", "Variable", "Alias", "Cmdlet"):
        names = call.get(kind)
        if names is not None:
            kinds[kind.lower()] = [to_text(name) for name in names]
    session.modules.export(module, kinds)


def _get(call: Any) -> None:
    session = call.session
    names = call.get("Name") or ["*"]
    modules = list(session.modules.loaded.values())
    if call.flag("ListAvailable"):
        modules = []
        for info in session.registry.modules.values():
            shown = Module(info.name, "", "Manifest")
            shown.version, shown.description = info.version, info.description
            modules.append(shown)
    for module in sorted(modules, key=lambda m: m.name.lower()):
        if any(like(module.name, name) for name in names):
            call.write(module)


def _remove(call: Any) -> None:
    session = call.session
    for item in call.get("Name") or call.get("ModuleInfo") or []:
        found = [item] if isinstance(item, Module) else [
            m for m in session.modules.loaded.values() if like(m.name, to_text(item))
        ]  # fmt: skip
        if not found:
            call.write_error(
                "No modules were removed. Verify that the specification of modules to remove is correct and those modules "
                "exist in the runspace.",
                "Modules_NoModulesRemoved", "ResourceUnavailable", item, exception="System.InvalidOperationException",
            )  # fmt: skip
        for module in list(found):
            if module.on_remove is not None:
                session.invoke(module.on_remove, [])
            session.modules.remove(module)


_LIST = "string[]"
_IMPORTING = [
    Parameter("Function", _LIST), Parameter("Cmdlet", _LIST), Parameter("Variable", _LIST), Parameter("Alias", _LIST),
]  # fmt: skip
CMDLETS = [
    Cmdlet("Add-PSSnapin", [Parameter("Name", _LIST, position=0, mandatory=True, pipeline_by_name=True),
           Parameter("PassThru", "switch")], _add, until="5.1", aliases=("asnp",)),
    Cmdlet("Get-PSSnapin", [Parameter("Name", _LIST, position=0), Parameter("Registered", "switch")], _get_snapin,
           until="5.1", aliases=("gsnp",)),
    Cmdlet("Remove-PSSnapin", [Parameter("Name", _LIST, position=0, mandatory=True, pipeline_by_name=True),
           Parameter("PassThru", "switch")], _remove_snapin, until="5.1", aliases=("rsnp",)),
    Cmdlet("Import-Module", [
        Parameter("Name", "object[]", position=0, mandatory=True, pipeline=True, sets=("Name",)),
        Parameter("ModuleInfo", "object[]", position=0, mandatory=True, sets=("ModuleInfo",)),
        Parameter("Global", "switch"), Parameter("Prefix", "string"), *_IMPORTING, Parameter("Force", "switch"),
        Parameter("PassThru", "switch"), Parameter("AsCustomObject", "switch"), Parameter("Version", "version"),
        Parameter("MinimumVersion", "version", since="3.0"), Parameter("RequiredVersion", "version", since="3.0"),
        Parameter("ArgumentList", "object[]", aliases=("Args",)), Parameter("DisableNameChecking", "switch"),
        Parameter("NoClobber", "switch", since="3.0"), Parameter("Scope", "string", since="3.0"),
    ], _import, default_set="Name", aliases=("ipmo",)),
    Cmdlet("New-Module", [
        Parameter("Name", "string", position=0, sets=("Name",), pipeline=True),
        Parameter("ScriptBlock", "scriptblock", position={"Name": 1, "ScriptBlock": 0}, mandatory=True,
                  sets=("Name", "ScriptBlock")),
        Parameter("Function", _LIST), Parameter("Cmdlet", _LIST), Parameter("ReturnResult", "switch"),
        Parameter("AsCustomObject", "switch"), Parameter("ArgumentList", "object[]", remaining=True, aliases=("Args",)),
    ], _new, default_set="ScriptBlock", aliases=("nmo",)),
    Cmdlet("Export-ModuleMember", [
        Parameter("Function", _LIST, position=0, pipeline=True, pipeline_by_name=True), Parameter("Cmdlet", _LIST),
        Parameter("Variable", _LIST), Parameter("Alias", _LIST),
    ], _export),
    Cmdlet("Get-Module", [Parameter("Name", _LIST, position=0, pipeline=True), Parameter("All", "switch"),
           Parameter("ListAvailable", "switch"), Parameter("Refresh", "switch", since="3.0")], _get, aliases=("gmo",)),
    Cmdlet("Remove-Module", [
        Parameter("Name", _LIST, position=0, mandatory=True, pipeline=True, sets=("name",)),
        Parameter("ModuleInfo", "object[]", position=0, mandatory=True, pipeline=True, sets=("ModuleInfo",)),
        Parameter("Force", "switch"),
    ], _remove, default_set="name", should_process=True, aliases=("rmo",)),
]  # fmt: skip
