"""``$PSDefaultParameterValues`` (about_Parameters_Default_Values), from level 3.0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.collections_ import Hashtable
from exmigrate.twin.powershell.convert import to_bool
from exmigrate.twin.powershell.runtime.args import Arg
from exmigrate.twin.powershell.runtime.code import ScriptBlock
from exmigrate.twin.powershell.runtime.parameters import Table
from exmigrate.twin.powershell.text.wildcard import like
from exmigrate.twin.powershell.types.texts import to_text

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session


class DefaultParameters(Hashtable):
    """The dictionary; its first entry tells the session to look at it for each cmdlet."""

    __slots__ = ("session",)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value)
        self.session.has_defaults = True


def default_arguments(
    session: Session, table_value: Any, name: str, table: Table, args: list[Arg]
) -> list[Arg]:
    """The arguments of a cmdlet with the defaults added for parameters that are not given by name."""
    given = {arg.name.lower() for arg in args if arg.name}
    added: list[Arg] = []
    if to_bool(table_value.get("Disabled")):
        return args
    for key, value in table_value.items():
        command, colon, parameter = to_text(key).partition(":")
        if not colon or not like(name, command):
            continue
        spec = table.by_key.get(parameter.lower())
        common = table.common.get(parameter.lower())
        if (spec is None and common is None) or parameter.lower() in given:
            continue
        if isinstance(value, ScriptBlock):
            output = session.invoke(value, [])
            value = output[0] if len(output) == 1 else output
        added.append(Arg(parameter, value, f"-{parameter}:"))
    return [*args, *added]
