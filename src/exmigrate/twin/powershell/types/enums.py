"""Enumerations, from the data file beside this module."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from exmigrate.twin.powershell.typeinfo import TYPES, NetType
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.values import EnumValue


def declare_enum(name: str, names: dict[str, int], flags: bool = False) -> NetType:
    """Declares an enumeration."""
    kind = NetType(name, d.ENUM, is_value_type=True, is_enum=True)
    kind.enum_names = names
    kind.enum_flags = flags
    kind.python_class = EnumValue
    TYPES[name.lower()] = kind
    return kind


def _load() -> None:
    text = (files(__package__) / "enums.json").read_text("utf-8")
    for name, data in json.loads(text).items():
        members = data["members"]
        names = members if isinstance(members, dict) else {one: number for number, one in enumerate(members)}
        kind = declare_enum(name, names, data.get("flags", False))
        kind.enum_since = {one: float(level) for one, level in data.get("since", {}).items()}


_load()


def enum_value(type_name: str, name: str) -> EnumValue:
    """A value of a declared enumeration by name (any case; several separated by commas)."""
    kind = TYPES[type_name.lower()]
    total = 0
    for part in name.split(","):
        wanted = part.strip().lower()
        total |= next(number for known, number in kind.enum_names.items() if known.lower() == wanted)
    return EnumValue(kind, total)


def enum_number(type_name: str, number: int) -> EnumValue:
    """A value of a declared enumeration by number."""
    return EnumValue(TYPES[type_name.lower()], number)


def number_of(value: Any) -> int:
    """The number of an enumeration's value, 0 for ``$null``."""
    return value.value if isinstance(value, EnumValue) else int(value or 0)
