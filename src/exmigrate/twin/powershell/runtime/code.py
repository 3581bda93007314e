"""Compiled script bodies and the values that scripts see of them: script blocks, functions, commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.typeinfo import NetType
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.values import NetObject

if TYPE_CHECKING:
    from exmigrate.twin.powershell.packs import Cmdlet
    from exmigrate.twin.powershell.runtime.parameters import Table
    from exmigrate.twin.powershell.runtime.scope import SessionState
    from exmigrate.twin.powershell.runtime.session import Session

Run = Callable[..., Any]


class Code:
    """A compiled script body.

    Attributes:
        source: The text it is part of; ``start`` and ``end`` the offsets of what stands between the braces.
        begin, process, finish, dynamic: Closures of the blocks, None where absent.
        make_table: Makes the parameter table, None without parameters.
        binding: Arguments of CmdletBinding, None for plain functions.
        advanced: Whether unknown arguments are errors and ``$PSCmdlet`` exists.
        defaults: ``(key, name, closure)`` of parameter defaults in order.
        is_filter: Declared with ``filter``.
        requires: #requires lines.
        usings: using statements.
        help_text: Comment-based help, '' for none.
        outputs: OutputType names.
    """

    __slots__ = (
        "advanced", "begin", "binding", "dynamic", "end", "finish", "help_text", "is_filter", "make_table", "name",
        "outputs", "prepare", "process", "requires", "source", "start", "uses_input", "usings",
    )  # fmt: skip

    def __init__(self, source: Any, start: int, end: int) -> None:
        self.source = source
        self.start = start
        self.end = end
        self.name = ""
        self.begin: Run | None = None
        self.process: Run | None = None
        self.finish: Run | None = None
        self.dynamic: Run | None = None
        self.prepare: Run | None = None
        self.make_table: Callable[[Session], Table] | None = None
        self.binding: dict[str, Any] | None = None
        self.advanced = False
        self.is_filter = False
        self.requires: list[str] = []
        self.usings: list[Any] = []
        self.help_text = ""
        self.outputs: list[str] = []
        self.uses_input = True

    @property
    def text(self) -> str:
        """The text between the braces."""
        return str(self.source.text[self.start : self.end])

    def table(self, session: Session) -> Table | None:
        """The parameter table, made once for a session (attributes may hold script blocks of it)."""
        if self.make_table is None:
            return None
        found = session.tables.get(self)
        if found is None:
            found = session.tables[self] = self.make_table(session)
        return found


class ScriptBlock(NetObject):
    """A script block: compiled code and the session state that it runs in."""

    __slots__ = ("code", "state")

    def __init__(self, code: Code, state: SessionState) -> None:
        self.code = code
        self.state = state


class CommandInfo(NetObject):
    """What Get-Command gives: base of the four kinds below.

    Attributes:
        name: Name.
        options: Of 'readonly', 'constant', 'allscope', 'private'.
        module: Name of its module or snap-in.
    """

    __slots__ = ("description", "module", "name", "options")
    kind = "Command"

    def __init__(self, name: str, module: str = "") -> None:
        self.name = name
        self.module = module
        self.options: set[str] = set()
        self.description = ""

    @property
    def command_id(self) -> str:
        """What stands behind the comma in the error ids of this command."""
        return self.name


class FunctionInfo(CommandInfo):
    """A function or filter."""

    __slots__ = ("block",)
    kind = "Function"

    def __init__(self, name: str, block: ScriptBlock, module: str = "") -> None:
        super().__init__(name, module)
        self.block = block


class AliasInfo(CommandInfo):
    """An alias and what it stands for."""

    __slots__ = ("definition",)
    kind = "Alias"

    def __init__(self, name: str, definition: str, module: str = "") -> None:
        super().__init__(name, module)
        self.definition = definition


class CmdletInfo(CommandInfo):
    """A cmdlet of a pack."""

    __slots__ = ("cmdlet",)
    kind = "Cmdlet"

    def __init__(self, cmdlet: Cmdlet) -> None:
        super().__init__(cmdlet.name, cmdlet.source)
        self.cmdlet = cmdlet

    @property
    def command_id(self) -> str:
        """The cmdlet's class name."""
        return self.cmdlet.error_class()


class ApplicationInfo(CommandInfo):
    """A native program."""

    __slots__ = ("native", "path")
    kind = "Application"

    def __init__(self, name: str, path: str, native: Any) -> None:
        super().__init__(name)
        self.path = path
        self.native = native


class ScriptInfo(CommandInfo):
    """A script file."""

    __slots__ = ("block", "path")
    kind = "ExternalScript"

    def __init__(self, name: str, path: str, block: ScriptBlock) -> None:
        super().__init__(name)
        self.path = path
        self.block = block


class AnonymousInfo(CommandInfo):
    """A script block called by itself; its name is empty."""

    __slots__ = ("block",)
    kind = "Script"

    def __init__(self, block: ScriptBlock) -> None:
        super().__init__("")
        self.block = block


def type_by_name(name: str) -> NetType:
    """A declared type by full name."""
    from exmigrate.twin.powershell.typeinfo import TYPES

    return TYPES[name.lower()]


__all__ = [
    "AliasInfo", "AnonymousInfo", "ApplicationInfo", "CmdletInfo", "Code", "CommandInfo", "FunctionInfo", "ScriptBlock",
    "ScriptInfo", "d", "type_by_name",
]  # fmt: skip
