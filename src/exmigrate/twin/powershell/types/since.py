"""Members and types that came with a later .NET than a level runs on; the table is the data file beside this module."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

from exmigrate.twin.powershell.typeinfo import TYPES, NetType


def _tables(kind: NetType) -> list[dict[str, Any]]:
    return [kind.props, kind.methods, kind.static_props, kind.static_methods]


def mark_levels() -> None:
    """Puts the levels of the data file on the declared types, members and overloads.

    Kinds of collections share their declarations: what one of them has not in life is taken off again.
    """
    data = json.loads((files(__package__) / "since.json").read_text("utf-8"))
    for name, level in data["types"].items():
        if name.lower() in TYPES:
            TYPES[name.lower()].since = float(level)
    for name, members in data["members"].items():
        for member, level in members.items():
            for table in _tables(TYPES[name.lower()]):
                if member.lower() in table:
                    table[member.lower()].since = float(level)
    for name, absent in data["absent"].items():
        for table in _tables(TYPES[name.lower()]):
            for member in absent:
                table.pop(member.lower(), None)
    string = TYPES["system.string"]
    for table in (string.methods, string.static_methods):
        for method in table.values():
            for overload in method.overloads:
                overload.since = float(data["overloads"].get(overload.text, 0.0))
