"""The type names of objects, and the list that changes them."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.errors import NetException
from exmigrate.twin.powershell.typeinfo import (
    declare_type,
)
from exmigrate.twin.powershell.types import declared as d


def type_names(value: Any) -> list[str]:
    """Type names of an object, most derived first, as ``PSTypeNames`` lists them."""
    if isinstance(value, v.PSObject):
        if value.type_names and value.type_names[-1].startswith("Deserialized."):
            return list(value.type_names)
        base = ["System.Management.Automation.PSCustomObject", "System.Object"]
        return (
            [*value.type_names, *base] if "System.Object" not in value.type_names else list(value.type_names)
        )
    if isinstance(value, NetException):
        return value.kinds()
    given = getattr(value, "type_names", None)
    if given:
        return list(given)
    if isinstance(value, v.Boxed):
        return type_names(value.base)
    names: list[str] = []
    for kind in d.type_of(value).chain():
        if not names or kind.definition is not None or "`" not in kind.name:
            names.append(kind.name)
    return names


class TypeNames(c.ListBase):
    """The list of type names of an object; changes go to the object."""

    __slots__ = ("owner",)

    def __init__(self, owner: Any):
        super().__init__(type_names(owner))
        self.owner = owner

    def write_back(self) -> None:
        """Gives the names to the object."""
        names = tuple(self.items)
        if isinstance(self.owner, v.PSObject):
            base = ("System.Management.Automation.PSCustomObject", "System.Object")
            self.owner.type_names = names[: -len(base)] if names[-len(base) :] == base else names
        elif isinstance(self.owner, v.NetObject):
            self.owner.type_names = names


TYPE_NAMES = declare_type(
    "System.Collections.ObjectModel.TypeNameCollection",
    "System.Object",
    TypeNames,
    interfaces=("System.Collections.IList",),
)
TYPE_NAMES.name = "System.Collections.ObjectModel.Collection`1[[System.String]]"
TYPE_NAMES.prop("Count", lambda names, ctx: len(names.items))


@TYPE_NAMES.method("void Insert(int index, string item)")
def _insert(names: TypeNames, index: int, item: str) -> None:
    names.items.insert(index, item)
    names.write_back()


@TYPE_NAMES.method("void Add(string item)")
def _add(names: TypeNames, item: str) -> None:
    names.items.append(item)
    names.write_back()


@TYPE_NAMES.method("bool Contains(string item)")
def _contains(names: TypeNames, item: str) -> bool:
    return item in names.items


@TYPE_NAMES.method("void Clear()")
def _clear(names: TypeNames) -> None:
    names.items.clear()
    names.write_back()


@TYPE_NAMES.method("bool Remove(string item)")
def _remove_name(names: TypeNames, item: str) -> bool:
    if item not in names.items:
        return False
    names.items.remove(item)
    names.write_back()
    return True


TYPE_NAMES.indexer = lambda names, indexes, ctx: names.items[indexes[0]]
