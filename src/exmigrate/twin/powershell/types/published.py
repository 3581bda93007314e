"""The members that a real type has and its table here has not: asking for one is an error that names it.

``published.json`` lists the public members of the declared types (and the properties of the WMI classes that
administration scripts ask for). A name that stands there for the session's level, but that no table declares, is
not simulated; a name that does not stand there does not exist, and is treated as PowerShell treats it.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.errors import PSError, Severity, unsupported
from exmigrate.twin.powershell.typeinfo import NetType

INSTANCE = ("properties", "methods", "events")
STATIC = ("statics", "static_methods")
_WMI = "System.Management.ManagementObject"


class NotSimulated(PSError):
    """A real member that is not there.

    Attributes:
        is_property: Whether the member is a property or field (and not a method).
    """

    def __init__(self, what: str, is_property: bool) -> None:
        made = unsupported(what)
        super().__init__(made.record, Severity.SCRIPT)
        self.is_property = is_property


class Member:
    """One published member: its name, what it is (a key of the data file) and the levels that have it."""

    __slots__ = ("first", "last", "name", "what")

    def __init__(self, text: str, what: str) -> None:
        self.name, _, levels = text.partition("@")
        first, _, last = levels.partition("-")
        self.first = float(first or 0)
        self.last = float(last or 99)
        self.what = what

    def at(self, level: str) -> bool:
        """Whether a level has the member."""
        return self.first <= float(level) <= self.last


Table = dict[str, Member]


@cache
def _data() -> dict[str, dict[str, dict[str, str]]]:
    data: dict[str, dict[str, dict[str, str]]] = json.loads(
        (files(__package__) / "published.json").read_text("utf-8")
    )
    return data


@cache
def entry(name: str, static: bool, section: str = "types") -> Table:
    """The published members of one type by name in lower case, without those of its bases."""
    found = _data()[section].get(name)
    table: Table = {}
    if found is None:
        return table
    for other in found.get("like", "").split():
        table.update(entry(other, static, section))
    for what in STATIC if static else INSTANCE:
        for text in found.get(what, "").split():
            member = Member(text, what)
            table[member.name.lower()] = member
    return table


def listed(name: str) -> bool:
    """Whether the data file knows a type."""
    return name in _data()["types"]


@cache
def _of_names(names: tuple[str, ...], static: bool) -> Table:
    table: Table = {}
    for name in reversed(names):
        table.update(entry(name, static))
        if not static and name.startswith(_WMI + "#"):
            table.update(entry(_WMI, False))
            table.update(entry(name.rpartition("\\")[2], False, "wmi"))
    return table


def type_table(kind: NetType, static: bool = False) -> Table:
    """The published members of a type and its bases by name in lower case."""
    names = tuple((one.definition or one).name for one in kind.chain() if one.ps_class is None)
    return _of_names(names, static)


def value_table(value: Any, kind: NetType) -> Table:
    """The published members of an object: of its type, or of the type names of a custom one."""
    if type(value) is v.PSObject:
        return {} if value.partial else _of_names(tuple(value.type_names), False)
    return type_table(kind)


def _missing(table: Table, key: str, level: str) -> Member | None:
    member = table.get(key)
    return member if member is not None and member.at(level) else None


def check_property(value: Any, kind: NetType, name: str, ctx: Any) -> None:
    """Raises `NotSimulated` when the real type has an instance member of this name; it is not declared here."""
    if ctx is None:
        return
    member = _missing(value_table(value, kind), name.lower(), ctx.level)
    if member is not None and member.what != "events":
        what = "property" if member.what == "properties" else "method"
        raise NotSimulated(f"{what} {member.name} of [{_shown(value, kind)}]", what == "property")


def check_method(value: Any, kind: NetType, name: str, ctx: Any) -> None:
    """Raises `NotSimulated` when the real type has an instance method (or accessor) of this name."""
    if ctx is None:
        return
    table, key = value_table(value, kind), name.lower()
    member = _missing(table, key, ctx.level)
    if member is not None and member.what != "methods":
        member = None
    head, _, rest = key.partition("_")
    if member is None and rest and head in ("get", "set", "add", "remove"):
        wanted = "properties" if head in ("get", "set") else "events"
        member = _missing(table, rest, ctx.level)
        if member is not None and member.what != wanted:
            member = None
    if member is not None:
        raise NotSimulated(f"method {name} of [{_shown(value, kind)}]", False)


def has_method(value: Any, kind: NetType, name: str, ctx: Any) -> bool:
    """Whether the real type has an instance method of this name."""
    member = _missing(value_table(value, kind), name.lower(), ctx.level)
    return member is not None and member.what == "methods"


def check_static(kind: NetType, name: str, ctx: Any) -> None:
    """Raises `NotSimulated` when the real type has a static member of this name."""
    member = _missing(type_table(kind, True), name.lower(), ctx.level)
    if member is not None:
        what = "static property" if member.what == "statics" else "static method"
        raise NotSimulated(f"{what} [{kind.name}]::{member.name}", member.what == "statics")


def missing_members(value: Any, kind: NetType, what: str, level: str) -> list[str]:
    """Names of the published members of a kind that the object's table does not declare, at a level."""
    if type(value) is v.PSObject:
        declared = {name.lower() for name in value.props}
    else:
        declared = {key for one in kind.chain() for key in (*one.props, *one.methods)}
    table = value_table(value, kind)
    return [
        one.name for key, one in table.items() if one.what == what and one.at(level) and key not in declared
    ]


def _shown(value: Any, kind: NetType) -> str:
    if type(value) is v.PSObject and value.type_names:
        return value.type_names[0]
    return kind.name
