"""WMI classes and queries: what is real and not simulated is named, what is invented is what WMI says of it."""

from __future__ import annotations

from typing import Any

import pytest

from exmigrate.twin.powershell.host import Host
from exmigrate.twin.powershell.machine.memory import MemoryMachine
from exmigrate.twin.powershell.values import PSObject

SERVICE = "System.Management.ManagementObject#root\\cimv2\\Win32_Service"


def _run(text: str, level: str = "5.1", rows: bool = True) -> Any:
    machine = MemoryMachine()
    found = [PSObject({"Name": name, "State": "Running"}, (SERVICE,)) for name in ("W32Time", "Spooler")]
    machine.wmi["Win32_Service"] = lambda one: found if rows else []
    return Host(level, machine).runspace().run(text)


def _error(result: Any) -> Any:
    return result.errors[0] if result.errors else result.terminated


@pytest.mark.parametrize("level", ["2.0", "3.0", "5.1"])
@pytest.mark.parametrize(
    "name", ["Win32_BIOS", "Win32_Share", "win32_useraccount", "CIM_DataFile", "Win32_PageFileUsage"]
)
def test_a_real_class_is_refused_by_name(level: str, name: str) -> None:
    """By name and by query."""
    for text in (
        f"Get-WmiObject {name}",
        f'Get-WmiObject -Query "select * from {name}"',
        f"Invoke-WmiMethod {name} Create",
    ):
        record = _error(_run(text, level))
        assert (record.error_id, record.message) == ("NotSimulated", f"Not simulated: WMI class {name}.")


def test_an_invented_class_is_invalid() -> None:
    """GetWMIManagementException, HRESULT 0x80041010."""
    record = _error(_run("Get-WmiObject Win32_Nothing"))
    assert (record.error_id, record.message) == ("GetWMIManagementException", 'Invalid class "Win32_Nothing"')
    assert _error(_run("Get-CimInstance Win32_Nothing")).error_id == "HRESULT 0x80041010"


@pytest.mark.parametrize(
    "text",
    [
        "Get-WmiObject Win32_Service -Filter \"Nme = 'x'\"",
        "Get-WmiObject -Query \"select * from Win32_Service where Nme = 'x' or Name = 'y'\"",
        'Get-WmiObject -Query "select Name, Nme from Win32_Service"',
        "Get-WmiObject Win32_Service -Property Nme",
    ],
)
@pytest.mark.parametrize("rows", [True, False])
def test_a_property_that_the_class_has_not_makes_the_query_invalid(text: str, rows: bool) -> None:
    """WBEM_E_INVALID_QUERY."""
    record = _error(_run(text, rows=rows))
    assert record.error_id == "GetWMIManagementException"
    assert record.message.startswith('Invalid query "select ')


@pytest.mark.parametrize(
    "text",
    [
        "Get-WmiObject Win32_Service -Filter 'ExitCode = 0'",
        "Get-WmiObject -Query 'select ExitCode from Win32_Service'",
    ],
)
def test_a_real_property_that_is_not_there_is_named(text: str) -> None:
    """The class has it, the machine does not give it."""
    assert _error(_run(text)).message == "Not simulated: property ExitCode of [Win32_Service]."


def test_a_query_of_what_is_there_gives_it() -> None:
    """Conditions of several properties, with LIKE, NOT and parentheses."""
    query = "select Name from Win32_Service where (Name like 'W%' or Name = 'x') and not State = 'Stopped'"
    assert _run(f'(Get-WmiObject -Query "{query}").Name').output == ["W32Time"]
