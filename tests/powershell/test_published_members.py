"""Every member that a real type has is there, or is an error that names it: property, method, static, in every way."""

from __future__ import annotations

import gc
from typing import Any

import pytest

from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.host import Host
from exmigrate.twin.powershell.machine.memory import MemoryMachine
from exmigrate.twin.powershell.typeinfo import NetType, Prop
from exmigrate.twin.powershell.types import access, invoke, published
from exmigrate.twin.powershell.values import Record

pytestmark = pytest.mark.long

LEVELS = ("2.0", "3.0", "5.1", "7")
HOSTS = {level: Host(level, MemoryMachine()) for level in LEVELS}


def _types() -> dict[str, NetType]:
    """Every type that the interpreter declares, by name."""
    HOSTS["7"].runspace()
    home = {
        one.name: one
        for one in gc.get_objects()
        if isinstance(one, NetType)
        and one.name.startswith(("System.", "Microsoft.Win32.", "Microsoft.PowerShell.Commands."))
    }
    return {
        name: one
        for name, one in sorted(home.items())
        if not one.is_enum and one.element is None and one.definition is None and one.ps_class is None
    }


TYPES = _types()


@pytest.mark.parametrize("name", TYPES)
def test_a_declared_member_is_published(name: str) -> None:
    """No table has a member that the real type has not."""
    kind = TYPES[name]
    if not (kind.props or kind.methods or kind.static_props or kind.static_methods):
        return
    assert published.listed(name)
    instance, static = published.type_table(kind), published.type_table(kind, True)
    extra = [key for table in (kind.props, kind.methods) for key in table if key not in instance]
    extra += [key for table in (kind.static_props, kind.static_methods) for key in table if key not in static]
    assert [key for key in extra if not key.startswith(("get_", "set_"))] == []


def _refusal(action: Any, *args: Any) -> str:
    with pytest.raises(PSError) as caught:
        action(*args)
    record = caught.value.record
    assert record.error_id == "NotSimulated"
    assert record.exception.type_name == "System.NotSupportedException"
    return str(record.message)


@pytest.mark.parametrize("name", published._data()["types"])
def test_a_published_member_is_declared_or_refused_by_name(name: str) -> None:
    """Read, set and called, at every level that has it; where a level has it not, it does not exist."""
    kind = TYPES.get(name)
    if kind is None:
        return  # a part of others, or a type without an object of its own
    value = Record(kind, {})
    for level in LEVELS:
        session = HOSTS[level].runspace().session
        for key, member in published.type_table(kind).items():
            if kind.find(key) is not None or member.what == "events" or not member.at(level):
                continue
            if key.startswith(("get_", "set_")) or key == "item":
                continue  # of an indexer
            if access._universal(value, key, session) is not access.MISSING:
                continue
            assert f"{member.name} of [{name}]" in _refusal(access.get_member, value, member.name, session)
            if member.what == "methods":
                assert f"{member.name} of [{name}]" in _refusal(
                    invoke.invoke_method, value, member.name, [], session
                )
            else:
                assert f"{member.name} of [{name}]" in _refusal(
                    access.set_member, value, member.name, 1, session
                )
        for key, member in published.type_table(kind, True).items():
            found = kind.find_static(key)
            if found is not None or not member.at(level):
                continue
            assert f"[{name}]::{member.name}" in _refusal(invoke.get_static, kind, member.name, session)
            assert f"[{name}]::{member.name}" in _refusal(
                invoke.invoke_static, kind, member.name, [], session
            )


WAYS = {
    "property": "$p.{0}",
    "assignment": "$p.{0} = 1",
    "enumeration": "(@($p) + @($p)).{0}",
    "select": "$p | Select-Object -Property {0}",
    "expand": "$p | Select-Object -ExpandProperty {0}",
    "calculated": "$p | Select-Object @{{n='x';e='{0}'}}",
    "where": "$p | Where-Object {{ $_.{0} }}",
    "simple where": "$p | Where-Object {0} -eq 1",
    "foreach": "$p | ForEach-Object {0}",
    "sort": "$p | Sort-Object {0}",
    "group": "$p | Group-Object {0}",
    "measure": "$p | Measure-Object -Property {0} -Sum",
    "table": "$p | Format-Table {0} | Out-String",
    "list": "$p | Format-List {0} | Out-String",
    "whole list": "$p | Format-List * | Out-String",
    "whole selection": "$p | Select-Object *",
    "csv": "$p | ConvertTo-Csv",
    "json": "$p | ConvertTo-Json",
    "members": "$p.PSObject.Properties['{0}'].Value",
    "in text": '"$($p.{0})"',
    "accessor": "$p.get_{0}()",
    "compare": "Compare-Object $p $p -Property {0}",
    "unique": "$p, $p | Select-Object {0} -Unique",
}


def _run(level: str, text: str) -> Any:
    return HOSTS[level].runspace().run(text)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_a_missing_property_names_it(way: str) -> None:
    """None of them takes it for a property that does not exist."""
    text = "$p = [System.Threading.Thread]::CurrentThread\n" + WAYS[way].format("ExecutionContext")
    result = _run("5.1", text)
    records = [*result.errors, *([result.terminated] if result.terminated else [])]
    said = " ".join(record.message for record in records)
    assert "Not simulated" in said
    assert "[System.Threading.Thread]" in said
    if way not in ("whole list", "whole selection", "csv", "json"):
        assert "ExecutionContext" in said
    assert any(record.position is not None and record.position.line == 2 for record in records)


@pytest.mark.parametrize(
    "way", [way for way in WAYS if way not in ("assignment", "expand", "accessor", "members")]
)
def test_an_invented_property_is_nothing(way: str) -> None:
    """It reads as ``$null``, as PowerShell has it."""
    if way in ("whole list", "whole selection", "csv", "json", "measure"):
        return
    text = "$p = [version]'1.2'\n" + WAYS[way].format("NoSuchThing")
    result = _run("5.1", text)
    assert result.terminated is None
    assert all("Not simulated" not in record.message for record in result.errors)


def test_get_member_lists_what_is_not_simulated() -> None:
    """By name, and says so in the definition."""
    result = _run(
        "5.1",
        "$(([System.Threading.Thread]::CurrentThread | Get-Member -Name ExecutionContext, Interrupt); "
        "([System.Diagnostics.Process]::GetCurrentProcess() | Get-Member -Name Exited)) | "
        'ForEach-Object { "$($_.Name)=$($_.MemberType)=$($_.Definition)" }',
    )
    assert result.output == [
        "Interrupt=Method=Not simulated",
        "ExecutionContext=Property=Not simulated",
        "Exited=Event=Not simulated",
    ]


@pytest.mark.parametrize("name", TYPES)
def test_a_property_comes_with_its_level(name: str) -> None:
    """What is declared is there from the level on that is published."""
    kind = TYPES[name]
    table = published.type_table(kind)
    wrong = {
        prop.name: (prop.since, table[key].first)
        for key, prop in kind.props.items()
        if key in table
        and [prop.since <= float(level) for level in LEVELS] != [table[key].at(level) for level in LEVELS]
    }
    assert wrong == {}


def test_a_wmi_property_of_its_class_is_refused_by_name() -> None:
    """A property of the class that the machine does not give; one that the class has not is nothing."""
    from exmigrate.twin.powershell.values import PSObject

    machine = MemoryMachine()
    machine.wmi["Win32_Service"] = lambda one: [
        PSObject({"Name": "W32Time"}, ("System.Management.ManagementObject#root\\cimv2\\Win32_Service",))
    ]
    runspace = Host("2.0", machine).runspace()
    assert runspace.run("(Get-WmiObject Win32_Service).Name").output == ["W32Time"]
    assert runspace.run("(Get-WmiObject Win32_Service).NoSuchThing").output in ([], [None])
    for text in (
        "(Get-WmiObject Win32_Service).WaitHint",
        "(Get-WmiObject Win32_Service).Change()",
        "Get-WmiObject Win32_Service -Property WaitHint",
    ):
        result = runspace.run(text)
        assert result.terminated is not None, text
        assert "Not simulated" in result.terminated.message, text
    assert runspace.run("(Get-WmiObject Win32_Service -Property Name).WaitHint").terminated is None


def test_members_of_a_type_are_Prop_or_Method() -> None:
    """The lookup that the checks rely on."""
    assert isinstance(TYPES["System.Version"].find("Major"), Prop)


@pytest.mark.parametrize(
    "text",
    [
        "[System.Data.DataTable]",
        "[wmiclass]'Win32_Process'",
        "New-Object System.Net.Mail.SmtpClient",
        "'System.Drawing.Bitmap' -as [type]",
        "[type]::GetType('System.Threading.Monitor')",
        "[System.Collections.Generic.SortedList[string,int]]",
        "New-Object 'System.Collections.Generic.LinkedList[int]'",
    ],
)
def test_a_real_type_that_is_not_there_is_refused_by_name(text: str) -> None:
    """In every way to name a type; an invented one is not found, a later one does not exist yet."""
    result = _run("5.1", text)
    records = [*result.errors, *([result.terminated] if result.terminated else [])]
    assert records[0].error_id == "NotSimulated"
    assert records[0].message.startswith("Not simulated: type [System.")


def test_an_invented_type_is_not_found() -> None:
    """TypeNotFound, ``$null`` from ``-as``."""
    assert _run("5.1", "[No.Such.Thing]").errors[0].error_id == "TypeNotFound"
    assert _run("5.1", "$null -eq ('No.Such.Thing' -as [type])").output == [True]
    assert _run("2.0", "[System.Threading.Tasks.Task]").errors[0].error_id == "TypeNotFound"


def test_no_declared_type_is_listed_as_missing() -> None:
    """The two lists are apart."""
    from exmigrate.twin.powershell.typeinfo import TYPES as DECLARED
    from exmigrate.twin.powershell.types.resolve import _real_types

    assert sorted(set(DECLARED) & set(_real_types())) == []
