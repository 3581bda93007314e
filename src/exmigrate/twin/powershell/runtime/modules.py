"""Modules and snap-ins: loading, exporting, running code inside.

Source: about_Modules, about_PSSnapins, Import-Module, New-Module, Export-ModuleMember.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.compile import compile_script
from exmigrate.twin.powershell.errors import PSError, error
from exmigrate.twin.powershell.packs import ModuleInfo, SnapIn
from exmigrate.twin.powershell.runtime.args import Arg
from exmigrate.twin.powershell.runtime.code import CommandInfo, FunctionInfo, ScriptBlock
from exmigrate.twin.powershell.runtime.scope import Scope, SessionState, Variable
from exmigrate.twin.powershell.syntax import ParseFailure
from exmigrate.twin.powershell.text.wildcard import like
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import NetObject

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session


class Module(NetObject):
    """A loaded module.

    Attributes:
        name, path, version, description: As PSModuleInfo shows them.
        kind: 'Script', 'Binary' or 'Manifest'.
        state: Its session state; None for modules of native cmdlets.
        exports: Names (wildcards) that Export-ModuleMember named, by kind; None before it is called.
        functions, aliases, variables: What it exported, by lower-case name.
    """

    __slots__ = (
        "aliases", "cmdlets", "description", "exports", "functions", "kind", "name", "on_remove", "path", "private",
        "state", "variables", "version",
    )  # fmt: skip

    def __init__(self, name: str, path: str = "", kind: str = "Script") -> None:
        self.name = name
        self.path = path
        self.kind = kind
        self.version = "0.0"
        self.description = ""
        self.state: SessionState | None = None
        self.exports: dict[str, list[str]] | None = None
        self.functions: dict[str, FunctionInfo] = {}
        self.aliases: dict[str, Any] = {}
        self.variables: dict[str, Variable] = {}
        self.cmdlets: list[str] = []
        self.on_remove: Any = None
        self.private: Any = None


class Modules:
    """The modules of one session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.registry = session.registry
        self.loaded: dict[str, Module] = {}
        self.snapins: dict[str, SnapIn] = {
            key: snapin for key, snapin in self.registry.snapins.items() if key in self.registry.loaded
        }

    # Snap-ins ----------------------------------------------------------------------------------------------

    def add_snapin(self, name: str) -> SnapIn:
        """Add-PSSnapin.

        Raises:
            PSError: AddPSSnapInRead (not registered here), or it is added already.
        """
        key = name.lower()
        snapin: SnapIn | None = self.registry.snapins.get(key)
        if snapin is None:
            version = self.session.number
            text = f"No snap-ins have been registered for Windows PowerShell version {int(version)}."
            if self.registry.snapins:
                text = (
                    f"The Windows PowerShell snap-in '{name}' is not installed on this computer."
                    if version >= 3
                    else f"The Windows PowerShell snap-in '{name}' is not installed on this machine."
                )
            raise error(text, "AddPSSnapInRead", "InvalidArgument", name,
                        exception="System.Management.Automation.PSArgumentException")  # fmt: skip
        if key in self.snapins:
            raise error(
                f"Cannot add Windows PowerShell snap-in {snapin.name} because it is already added. Verify the name of the "
                "snap-in and try again.",
                "AddPSSnapInRead",
                "InvalidArgument",
                name,
                exception="System.Management.Automation.PSArgumentException",
            )
        self.snapins[key] = snapin
        self.session.commands.loaded.add(key)
        if snapin.on_load is not None:
            snapin.on_load(self.session)
        return snapin

    # Modules of native cmdlets -----------------------------------------------------------------------------

    def load_native(self, info: ModuleInfo) -> Module:
        """Import a module of native cmdlets."""
        key = info.name.lower()
        found = self.loaded.get(key)
        if found is not None:
            return found
        module = Module(info.name, "", "Binary")
        module.version, module.description = info.version, info.description
        module.cmdlets = [
            infos[0].name for infos in self.registry.cmdlets.values() if infos[0].cmdlet.source.lower() == key
        ]
        self.loaded[key] = module
        self.session.commands.loaded.add(key)
        if info.on_load is not None:
            info.on_load(self.session)
        return module

    def available(self, name: str) -> bool:
        """Whether a module of that name is loaded or can be."""
        key = name.lower()
        return key in self.loaded or key in self.registry.modules or self.find_file(name) is not None

    # Script modules ----------------------------------------------------------------------------------------

    def find_file(self, name: str) -> str | None:
        """Path of a script module by path or by name on ``$env:PSModulePath``."""
        session = self.session
        candidates = []
        if any(mark in name for mark in "\\/") or name.lower().endswith((".psm1", ".psd1", ".ps1")):
            path = session.full_path(name)
            leaf = path.replace("/", "\\").rpartition("\\")[2]
            candidates = [path, f"{path}\\{leaf}.psm1", path + ".psm1"]
        else:
            for folder in (session.environment().get("PSModulePath") or "").split(";"):
                if folder:
                    candidates += [f"{folder}\\{name}\\{name}.psd1", f"{folder}\\{name}\\{name}.psm1"]
        for candidate in candidates:
            if (
                candidate.lower().endswith((".psm1", ".psd1", ".ps1"))
                and session.read_text_file(candidate) is not None
            ):
                return candidate
        return None

    def autoload(self, key: str) -> CommandInfo | None:
        """A function of a script module on the module path that has the command's name; none are searched yet loaded."""
        return None

    def import_file(self, path: str, name: str = "", args: list[Any] | None = None) -> Module:
        """Run a script module's file and keep what it exports."""
        leaf = path.replace("/", "\\").rpartition("\\")[2]
        name = name or leaf.rpartition(".")[0]
        text = self.session.read_text_file(path)
        assert text is not None
        if leaf.lower().endswith(".psd1"):
            return self._import_manifest(path, text, name, args)
        try:
            code = compile_script(text, self.session.language, path)
        except ParseFailure as failure:
            raise failure.to_error() from None
        module = Module(name, path)
        self.run_in(module, ScriptBlock(code, self.session.state), args or [], lambda value: None)
        return module

    def import_name(self, name: str) -> None:
        """``using module``."""
        from exmigrate.twin.powershell.runtime.engine.modules import import_name

        module = import_name(self.session, name)
        if module is None:
            raise error(f"The specified module '{name}' was not loaded because no valid module file was found.",
                        "Modules_ModuleNotFound", "ResourceUnavailable", name)  # fmt: skip
        if module.state is not None:
            self.publish(module)

    def _import_manifest(self, path: str, text: str, name: str, args: list[Any] | None) -> Module:
        session = self.session
        output = session.invoke(session.block_from_text(text, path), [])
        table = output[0]
        root = to_text(table.get("RootModule") or table.get("ModuleToProcess") or "")
        folder = path[: max(path.rfind("\\"), path.rfind("/")) + 1]
        module = Module(name, path, "Manifest")
        if root:
            module = self.import_file(session.full_path(folder + root), name, args)
            module.path = path
        module.version = to_text(table.get("ModuleVersion") or "0.0")
        module.description = to_text(table.get("Description") or "")
        names = table.get("FunctionsToExport")
        if names is not None and module.state is not None:
            module.exports = dict(module.exports or {}, function=[to_text(n) for n in session.as_list(names)])
            self._collect(module)
        return module

    def run_in(self, module: Module, block: ScriptBlock, args: list[Any], emit: Any) -> None:
        """Run the body of a module in a new session state, then collect its exports."""
        session = self.session
        top = Scope(session.global_state.top, "module")
        state = SessionState(top, module)
        top.state = state
        top.functions = {}
        module.state = state
        inner = ScriptBlock(block.code, state)
        from exmigrate.twin.powershell.runtime.code import AnonymousInfo
        from exmigrate.twin.powershell.runtime.stages import FunctionStage

        stage = FunctionStage(
            session, AnonymousInfo(inner), inner, [Arg(None, a, None) for a in args], None, False, dot=True
        )
        top.frame = stage.frame
        stage.set_emit(emit)
        stage.run_alone()
        self._collect(module)

    def _collect(self, module: Module) -> None:
        """What a module exports: what it said, or all its functions and aliases."""
        assert module.state is not None
        top = module.state.top
        named = module.exports
        functions = top.functions or {}
        patterns = ["*"] if named is None else named.get("function", [])
        module.functions = {key: info for key, info in functions.items() if _matches(info.name, patterns)}
        for info in module.functions.values():
            info.module = module.name
        alias_patterns = [] if named is None else named.get("alias", [])
        module.aliases = {k: a for k, a in (top.aliases or {}).items() if _matches(a.name, alias_patterns)}
        variable_patterns = [] if named is None else named.get("variable", [])
        module.variables = {k: v for k, v in top.vars.items() if _matches(v.name, variable_patterns)}

    def export(self, module: Module, kinds: dict[str, list[str]]) -> None:
        """Export-ModuleMember within a module's code."""
        if module.exports is None:
            module.exports = {}
        for kind, names in kinds.items():
            module.exports.setdefault(kind, []).extend(names)

    def publish(self, module: Module, prefix: str = "", scope: Scope | None = None) -> None:
        """Make a module's exports visible (in the global scope, or the importing module's)."""
        target = scope or self.session.state.top
        if target.functions is None:
            target.functions = {}
        for key, info in module.functions.items():
            name = _with_prefix(info.name, prefix)
            target.functions[name.lower() if prefix else key] = info
        if module.aliases:
            target.aliases = {**(target.aliases or {}), **module.aliases}
        target.vars.update(module.variables)
        self.loaded[module.name.lower()] = module

    def remove(self, module: Module) -> None:
        """Remove-Module."""
        self.loaded.pop(module.name.lower(), None)
        top = self.session.global_state.top
        for key, info in module.functions.items():
            if top.functions is not None and top.functions.get(key) is info:
                del top.functions[key]
        for key, alias in module.aliases.items():
            if top.aliases is not None and top.aliases.get(key) is alias:
                del top.aliases[key]
        for key, variable in module.variables.items():
            if top.vars.get(key) is variable:
                del top.vars[key]
        if module.state is None:
            self.session.commands.loaded.discard(module.name.lower())

    def stage_in(self, module: Module, args: list[Arg], site: Any, piped: bool, dot: bool) -> Any:
        """``& $module { ... } args``: a block within the module's session state."""
        if not args or module.state is None:
            raise not_a_module_block(module.name)
        target = args[0].value
        if isinstance(target, ScriptBlock):
            block = ScriptBlock(target.code, module.state)
            return self.session.commands.stage_of(block, args[1:], site, piped)
        found = (module.state.top.functions or {}).get(to_text(target).lower())
        if found is None:
            raise not_a_module_block(module.name)
        return self.session.commands.stage_for(found, found.name, args[1:], site, piped, dot)


def not_a_module_block(name: str) -> PSError:
    """The error for ``& $module`` without something to run in it."""
    return error(
        f"Module '{name}' needs a script block or command to run.", "BadExpression", "InvalidOperation", name
    )


def _matches(name: str, patterns: list[str]) -> bool:
    return any(pattern == "*" or like(name, pattern) for pattern in patterns)


def _with_prefix(name: str, prefix: str) -> str:
    verb, dash, noun = name.partition("-")
    return f"{verb}-{prefix}{noun}" if prefix and dash else name
