"""What the session gives to the types of its own objects: ``$Host``, ``$PSCmdlet``, expansion, ``using``."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.collections_ import Dictionary, Hashtable
from exmigrate.twin.powershell.errors import error
from exmigrate.twin.powershell.packs import Cmdlet
from exmigrate.twin.powershell.runtime.args import Arg
from exmigrate.twin.powershell.runtime.code import CmdletInfo, CommandInfo
from exmigrate.twin.powershell.runtime.defaults import default_arguments
from exmigrate.twin.powershell.runtime.modules import Module
from exmigrate.twin.powershell.runtime.parameters import Table
from exmigrate.twin.powershell.runtime.parts import Parts
from exmigrate.twin.powershell.types.resolve import find_type
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import AliasProperty, NetObject, PSObject


class Objects(Parts):
    """The part of the session that makes its own objects."""

    registry: Any
    commands: Any
    modules: Any
    items: dict[str, Any]
    namespaces: list[str]
    level: str

    def host_object(self) -> Any:
        """``$Host``."""
        found = self.items.get("host")
        if found is None:
            from exmigrate.twin.powershell.runtime.surface_host import host_value

            found = self.items["host"] = host_value(self)
        return found

    def execution_context(self) -> Any:
        """``$ExecutionContext``."""
        found = self.items.get("context")
        if found is None:
            from exmigrate.twin.powershell.runtime.surface_host import context_value

            found = self.items["context"] = context_value(self)
        return found

    def location_info(self) -> Any:
        """``$PWD``: what the providers say, else the path of the file system."""
        reader = self.items.get("location-info")
        return reader() if reader is not None else self.current_directory()

    def set_should_exit(self, code: Any) -> Any:
        """``$Host.SetShouldExit``: the exit code of the process when the script ends."""
        self.items["exit-code"] = int(code)
        return None

    def script_cmdlet(self, stage: Any) -> Any:
        """``$PSCmdlet``."""
        from exmigrate.twin.powershell.runtime.surface_code import ScriptCmdlet

        return ScriptCmdlet(self, stage)

    def expand_string(self, text: str) -> str:
        """ExpandString: a text as if it stood between double quotes."""
        quoted = text.replace('"', '""')
        output = self.invoke(self.block_from_text(f'"{quoted}"'), [])
        return to_text(output[0] if output else "", self)

    def text_table(self, values: dict[str, Any]) -> Any:
        """A dictionary with text keys."""
        kind = find_type("System.Collections.Generic.Dictionary[string,object]")
        return Dictionary(kind, values.items(), True) if kind is not None else Hashtable(values.items())

    def bound_parameters(self, source: Any) -> Any:
        """BoundParameters of an invocation info."""
        bound = source.bound
        return bound if isinstance(bound, Dictionary) else self.text_table(bound or {})

    def command_parameters(self, info: CommandInfo) -> Any:
        """Parameters of a command: name to a small description."""
        table = self.parameter_table(info)
        if table is None:
            return None
        shown = {
            spec.name: PSObject({"Name": spec.name, "ParameterType": spec.type(self), "Aliases": list(spec.aliases),  # type: ignore[arg-type]
                                 "ParameterSets": list(spec.sets), "SwitchParameter": spec.kind == "switch"})
            for spec in table.specs
        }  # fmt: skip
        for name in table.common.values():
            shown.setdefault(name, PSObject({"Name": name}))
        return self.text_table(shown)

    def parameter_table(self, info: CommandInfo) -> Table | None:
        """The parameter table of any command, None for programs."""
        if isinstance(info, CmdletInfo):
            return self.table_of(info.cmdlet)
        block = getattr(info, "block", None)
        if block is not None:
            return block.code.table(self) or Table([], "", block.code.advanced, {})
        target = getattr(info, "definition", None)
        found = self.commands.find(target) if target else None
        return self.parameter_table(found) if found is not None else None

    def table_of(self, cmdlet: Cmdlet) -> Table:
        """The parameter table of a cmdlet."""
        table: Table = self.registry.table(cmdlet)
        return table

    def with_default_parameters(self, name: str, table: Table, args: list[Arg]) -> list[Arg]:
        """Arguments with ``$PSDefaultParameterValues`` added."""
        value = self.variable("PSDefaultParameterValues")
        if not isinstance(value, Hashtable) or not len(value):
            return args
        return default_arguments(self, value, name, table, args)  # type: ignore[arg-type]

    def with_type_name(self, made: PSObject) -> PSObject:
        """``[pscustomobject]@{ PSTypeName = 'x' }`` names the type (from 3.0)."""
        for key in made.props:
            if key.lower() == "pstypename":
                made.type_names = (to_text(made.props.pop(key), self),)
                break
        return made

    def is_module(self, value: Any) -> bool:
        """Whether a value is a module."""
        return isinstance(value, Module)

    def use(self, kind: str, name: str) -> None:
        """``using namespace``, ``using module``."""
        if kind == "namespace":
            self.namespaces.append(name)
            self._type_cache: dict[str, Any] = {}
        elif kind == "module":
            self.modules.import_name(name)

    def name_position(self, site: Any, name: str) -> Any:
        """The position of a command's name within the command."""
        start = site.start
        text = site.source.text[site.start : site.end]
        at = text.lower().find(name.lower())
        if at > 0:
            start += at
        return site.source.position(start, start + len(name))

    def refuse(self, what: str) -> Any:
        """The error for something not simulated."""
        raise error(f"Not simulated: {what}.", "NotSimulated", "NotImplemented")


def alias_of(target: str) -> AliasProperty:
    """An alias property."""
    return AliasProperty(target)


ObjectBase = NetObject
