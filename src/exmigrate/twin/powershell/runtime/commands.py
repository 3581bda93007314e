"""Finding commands and making stages of them: alias, function, cmdlet, program, script file.

Source: about_Command_Precedence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.errors import ErrorRecord, NetException, PSError, error, unsupported
from exmigrate.twin.powershell.runtime import lacking
from exmigrate.twin.powershell.runtime.args import Arg
from exmigrate.twin.powershell.runtime.call import CmdletStage
from exmigrate.twin.powershell.runtime.code import (
    AliasInfo,
    AnonymousInfo,
    ApplicationInfo,
    CmdletInfo,
    CommandInfo,
    FunctionInfo,
    ScriptBlock,
    ScriptInfo,
)
from exmigrate.twin.powershell.runtime.common import with_variables
from exmigrate.twin.powershell.runtime.native import NativeStage
from exmigrate.twin.powershell.runtime.stages import FunctionStage, Stage
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import Boxed

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session

_VARIABLES = ("ErrorVariable", "WarningVariable", "InformationVariable", "OutVariable", "PipelineVariable")


class Commands:
    """The commands of one session.

    Attributes:
        loaded: Lower-case names of loaded snap-ins and modules of native cmdlets.
        hidden: Cmdlets that a scripted module replaced or removed, by lower-case name.
    """

    def __init__(self, session: Session) -> None:
        self.session = session
        self.registry = session.registry
        self.loaded: set[str] = set(self.registry.loaded)

    # Looking up --------------------------------------------------------------------------------------------

    def find(self, name: str, resolve_alias: bool = True) -> CommandInfo | None:
        """The command of that name as the current scope sees it, or None."""
        key = name.lower()
        scope: Any = self.session.scope
        while scope is not None:
            if scope.aliases is not None and key in scope.aliases:
                found: CommandInfo = scope.aliases[key]
                return self._resolved(found) if resolve_alias else found
            scope = scope.parent
        found_function = self.find_function(key)
        if found_function is not None:
            return found_function
        cmdlet = self.find_cmdlet(key)
        if cmdlet is not None:
            return cmdlet
        return self._find_other(name, key)

    def _resolved(self, alias: Any) -> CommandInfo | None:
        seen = {alias.name.lower()}
        while isinstance(alias, AliasInfo):
            target = alias.definition
            if target.lower() in seen:
                return self.find_function(target.lower()) or self.find_cmdlet(target.lower())
            seen.add(target.lower())
            alias = self.find(target, resolve_alias=False)
        return alias  # type: ignore[no-any-return]

    def find_function(self, key: str) -> FunctionInfo | None:
        """A function by lower-case name."""
        scope: Any = self.session.scope
        while scope is not None:
            if scope.functions is not None:
                found: FunctionInfo | None = scope.functions.get(key)
                if found is not None:
                    return found
            scope = scope.parent
        return None

    def find_cmdlet(self, key: str) -> CmdletInfo | None:
        """A cmdlet by lower-case name (or ``source\\name``) of what is loaded; from 3.0 its module loads itself."""
        source, slash, short = key.rpartition("\\")
        infos: list[CmdletInfo] | None = self.registry.cmdlets.get(short)
        if not infos:
            return None
        for info in infos:
            owner = info.cmdlet.source.lower()
            if slash and owner != source:
                continue
            if not owner or owner in self.loaded:
                return info
        if self.session.language.has("module-autoload"):
            for info in infos:
                module = self.registry.modules.get(info.cmdlet.source.lower())
                if module is not None and module.autoload:
                    self.session.modules.load_native(module)
                    return info
        return None

    def _find_other(self, name: str, key: str) -> CommandInfo | None:
        if key.endswith(".ps1"):
            return self.session.script_command(name)
        scripted: CommandInfo | None = self.session.modules.autoload(key)
        if scripted is not None:
            return scripted
        native = self.registry.native(name)
        if native is not None and self._is_there(name):
            return ApplicationInfo(native[0], name, native[1])
        if "-" not in key and not key.startswith("get-"):
            return self.find("Get-" + name) if self._implied_get(key) else None
        return None

    def _is_there(self, name: str) -> bool:
        """Whether a program that is named with its folder lies there; those of Windows itself need no file here."""
        path = name.replace("/", "\\")
        if "\\" not in path or self.session.machine.platform != "windows":
            return True
        full = str(self.session.full_path(path))
        if full.lower().startswith("c:\\windows\\"):
            return True
        stats = (self.session.machine.files.stat(full + end) for end in ("", ".exe", ".com", ".cmd", ".bat"))
        return any(found is not None and not found.is_directory for found in stats)

    def _implied_get(self, key: str) -> bool:
        """A name without verb means ``Get-`` of it, when there is such a command."""
        return bool(self.registry.cmdlets.get("get-" + key)) or self.find_function("get-" + key) is not None

    # Stages ------------------------------------------------------------------------------------------------

    def stage(self, name: str, args: list[Arg], site: Any, piped: bool) -> Stage:
        """The stage of a command by name.

        Raises:
            PSError: CommandNotFoundException, or what binding says.
        """
        session = self.session
        session.fuel -= 1
        if session.fuel < 0:
            session.refuel()
        info = self.find(name)
        if info is None:
            raise self.not_found(name, site)
        return self.stage_for(info, name, args, site, piped, site is not None and site.operator == ".")

    def not_found(self, name: str, site: Any) -> PSError:
        """The error for an unknown command; for a real cmdlet of the level that is not simulated, one that says so."""
        real = lacking.cmdlet(name, self.session.level)
        if real:
            fault = unsupported(f"cmdlet {real}", name)
            if site is not None:
                fault.record.position = self.session.name_position(site, name)
            return fault
        if self.session.number >= 6:
            text = f"The term '{name}' is not recognized as a name of a cmdlet, function, script file, or executable program.\n"
            text += "Check the spelling of the name, or if a path was included, verify that the path is correct and try again."
        else:
            text = f"The term '{name}' is not recognized as the name of a cmdlet, function, script file, or operable program. "
            text += "Check the spelling of the name, or if a path was included, verify that the path is correct and try again."
        exception = NetException(
            "System.Management.Automation.CommandNotFoundException", text, None, {"CommandName": name}
        )
        record = ErrorRecord(exception, "CommandNotFoundException", "ObjectNotFound", name)
        if site is not None:
            record.position = self.session.name_position(site, name)
        return PSError(record)

    def stage_of(self, target: Any, args: list[Arg], site: Any, piped: bool) -> Stage:
        """The stage of what ``&`` or ``.`` was given: a script block, a command info, or a name."""
        if type(target) is Boxed:
            target = target.base
        dot = site.operator == "."
        if isinstance(target, ScriptBlock):
            session = self.session
            session.fuel -= 1
            if session.fuel < 0:
                session.refuel()
            return self._with(
                FunctionStage(session, AnonymousInfo(target), target, args, site, piped, dot), args
            )
        if isinstance(target, CommandInfo):
            return self.stage_for(target, target.name, args, site, piped, dot)
        if self.session.is_module(target):
            made: Stage = self.session.modules.stage_in(target, args, site, piped, dot)
            return made
        text = to_text(target, self.session)
        if target is None or not text:
            raise error(
                f"The expression after '{site.operator}' in a pipeline element produced an object that was not valid. It must "
                "result in a command name, a script block, or a CommandInfo object.",
                "BadExpression",
                "InvalidOperation",
                target,
            )
        return self.stage(text, args, site, piped)

    def stage_for(
        self, info: CommandInfo, name: str, args: list[Arg], site: Any, piped: bool, dot: bool
    ) -> Stage:
        """The stage of a command that has been found."""
        session = self.session
        if type(info) is FunctionInfo:
            stage = FunctionStage(session, info, info.block, args, site, piped, dot)
            stage.frame.invoked_as = name
            return self._with(stage, args) if stage.common is not None else stage
        if type(info) is CmdletInfo:
            made = CmdletStage(session, info, args, site, piped, name)
            if made.call.common:
                face = self._variables(made, made.call.common)
                made.face = face
                return face
            return made
        if isinstance(info, AliasInfo):
            found = self._resolved(info)
            if found is None:
                raise self.not_found(info.definition, site)
            return self.stage_for(found, name, args, site, piped, dot)
        if isinstance(info, ApplicationInfo):
            return NativeStage(session, info, args, site, piped)
        if isinstance(info, ScriptInfo):
            script = FunctionStage(session, info, info.block, args, site, piped, dot, kind="script")
            script.frame.invoked_as = name
            from exmigrate.twin.powershell.runtime.scripts import ScriptStage

            return ScriptStage(script)
        if isinstance(info, AnonymousInfo):
            return FunctionStage(session, info, info.block, args, site, piped, dot)
        raise self.not_found(name, site)

    def _with(self, stage: FunctionStage, args: list[Arg]) -> Stage:
        return self._variables(stage, stage.common) if stage.common else stage

    def _variables(self, stage: Stage, common: dict[str, Any]) -> Stage:
        if any(name in common for name in _VARIABLES):
            return with_variables(stage, common, self.session)
        return stage
