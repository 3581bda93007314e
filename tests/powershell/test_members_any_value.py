"""Whatever values a script hands to a member, what comes out is a value or an error of PowerShell's own."""

from __future__ import annotations

import random
from typing import Any

import pytest

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import members
from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.host import Host
from exmigrate.twin.powershell.machine import MemoryMachine
from exmigrate.twin.powershell.typeinfo import TYPES, NetType

pytestmark = pytest.mark.long

ENDS_THE_PROCESS = {("System.Environment", "Exit")}


@pytest.fixture(scope="module")
def session() -> Any:
    runspace = Host("7", MemoryMachine()).runspace()
    runspace.run("1")
    return runspace.session


def values() -> list[Any]:
    return [
        None, 0, 1, -1, 5, "", "a", "abc,def", "2010-01-01", True, 1.5, [1, 2], [], ["a", "b"], v.Char("x"), v.Int64(7),
        s.DateTime.of(2010, 1, 1), s.TimeSpan(10**9), s.Guid("00000000-0000-0000-0000-000000000000"),
        c.Hashtable([("a", 1)]), v.PSObject({"a": 1}), v.TypedArray(TYPES["system.byte"], [v.Byte(1), v.Byte(2)]),
        TYPES["system.int32"], s.Version(1, 2), "C:\\Windows\\Temp\\f.txt", v.Reference(lambda: None, lambda value: None),
    ]  # fmt: skip


def instances(kind: NetType, chosen: random.Random, session: Any) -> list[Any]:
    """Objects of a type: of those at hand, and what its constructors make of them."""
    found = [value for value in values() if members.type_name(value) == kind.name]
    for count in (0, 1, 1, 2, 2, 3):
        try:
            found.append(members.construct(kind, [chosen.choice(values()) for _ in range(count)], session))
        except PSError:
            continue
    return found


@pytest.mark.parametrize("name", sorted(TYPES))
def test_only_errors_of_powershell_come_out(name: str, session: Any) -> None:
    """Every method and property of a type takes whatever comes."""
    kind = TYPES[name]
    chosen = random.Random(name)
    made = instances(kind, chosen, session)
    for method in kind.static_methods.values():
        if (kind.name, method.name) in ENDS_THE_PROCESS:
            continue
        for count in (0, 1, 2, 3):
            arguments = [chosen.choice(values()) for _ in range(count)]
            _try(members.invoke_static, kind, method.name, arguments, session)
    for value in made:
        for method in kind.methods.values():
            for count in (0, 1, 2):
                arguments = [chosen.choice(values()) for _ in range(count)]
                _try(members.invoke_method, value, method.name, arguments, session)
        for prop in kind.props.values():
            _try(members.get_member, value, prop.name, session)


def _try(call: Any, *arguments: Any) -> None:
    """An error of PowerShell is an answer, and it has an id; anything else fails the test."""
    error_id = ""
    try:
        call(*arguments)
    except PSError as fault:
        error_id = fault.record.error_id
    else:
        return
    assert error_id
