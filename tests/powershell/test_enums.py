"""Enumerations: every member that the documentation lists, at the levels whose .NET has it."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any

import pytest

from exmigrate.twin.powershell.host import Host
from exmigrate.twin.powershell.machine.memory import MemoryMachine

LEVELS = ("2.0", "3.0", "5.1", "7")
_REFUSED = ("InvalidCast", "InvalidCastConstructorException", "SubstringDisambiguationEnumParseThrow")
HOSTS = {level: Host(level, MemoryMachine()) for level in LEVELS}
DECLARED = json.loads((files("exmigrate.twin.powershell.types") / "enums.json").read_text("utf-8"))
COUNTS = {
    # learn.microsoft.com/dotnet/api: the number of fields of each enumeration at level 7
    "System.DayOfWeek": 7, "System.StringComparison": 6, "System.StringSplitOptions": 3, "System.TypeCode": 18,
    "System.PlatformID": 8, "System.ConsoleColor": 16, "System.MidpointRounding": 5, "System.AttributeTargets": 16,
    "System.IO.FileAttributes": 16, "System.IO.FileMode": 6, "System.IO.FileShare": 6, "System.IO.FileOptions": 7,
    "System.Environment+SpecialFolder": 47, "System.Globalization.NumberStyles": 19, "System.Net.HttpStatusCode": 67,
    "System.Globalization.DateTimeStyles": 10, "System.Text.RegularExpressions.RegexOptions": 11,
    "System.Net.Sockets.AddressFamily": 33, "System.Net.Sockets.SocketType": 6, "System.Net.Sockets.ProtocolType": 25,
    "System.Net.Sockets.SocketError": 47, "System.Net.WebExceptionStatus": 21,
    "System.Net.NetworkInformation.IPStatus": 24, "System.Net.SecurityProtocolType": 6,
    "System.Security.Principal.WindowsBuiltInRole": 9, "System.Security.Principal.WellKnownSidType": 96,
    "System.Security.AccessControl.FileSystemRights": 23, "System.DirectoryServices.ActiveDirectoryRights": 19,
    "System.DirectoryServices.AuthenticationTypes": 11, "System.ServiceProcess.ServiceType": 7,
    "System.ServiceProcess.ServiceControllerStatus": 7, "System.Diagnostics.ProcessPriorityClass": 6,
    "System.Diagnostics.EventLogEntryType": 5, "Microsoft.Win32.RegistryHive": 7, "Microsoft.Win32.RegistryValueKind": 8,
    "System.Reflection.BindingFlags": 21, "System.Xml.XmlNodeType": 18,
    "System.Security.Cryptography.X509Certificates.X509FindType": 15,
    "System.Security.Cryptography.X509Certificates.StoreName": 8,
    "System.Management.Automation.ErrorCategory": 32, "System.Management.Automation.JobState": 11,
}  # fmt: skip


def _members(name: str) -> dict[str, int]:
    members = DECLARED[name]["members"]
    return members if isinstance(members, dict) else {one: number for number, one in enumerate(members)}


def _run(level: str, text: str) -> Any:
    return HOSTS[level].runspace().run(text)


@pytest.mark.parametrize("name", COUNTS)
def test_an_enumeration_has_as_many_members_as_documented(name: str) -> None:
    """Names, two of one number counted twice."""
    assert len(_members(name)) == COUNTS[name]


@pytest.mark.parametrize("name", DECLARED)
def test_every_member_is_there_by_name_in_text_and_among_the_names(name: str) -> None:
    """As a static member, as a cast and from GetNames; before its level none of them."""
    since = DECLARED[name].get("since", {})
    for level in LEVELS:
        there = [one for one in _members(name) if float(since.get(one, 0)) <= float(level)]
        gone = [one for one in _members(name) if one not in there]
        listed = _run(level, f"[Enum]::GetNames([{name}])").output
        assert sorted(listed) == sorted(there)
        text = ";".join(f"[int][{name}]::{one}; [int][{name}]'{one}'" for one in there)
        assert _run(level, text).output == [n for one in there for n in (_members(name)[one],) * 2]
        for one in gone:
            assert _run(level, f"$null -eq [{name}]::{one}").output == [True]
            assert _run(level, f"[{name}]'{one}'").errors[0].error_id in _REFUSED


def test_tls_1_2_has_no_name_on_the_net_of_2_0() -> None:
    """Scripts that set it there fail, or name its number (support.microsoft.com/kb/3154518)."""
    assert _run("5.1", "[string][Net.SecurityProtocolType]::Tls12").output == ["Tls12"]
    assert _run("2.0", "$null -eq [Net.SecurityProtocolType]::Tls12").output == [True]


def test_a_refused_connection_has_its_socket_error() -> None:
    """SocketException.SocketErrorCode is a value of the enumeration."""
    text = (
        "try { (New-Object Net.Sockets.TcpClient).Connect('localhost', 25) } "
        "catch { $_.Exception.InnerException.SocketErrorCode; $_.Exception.GetBaseException().NativeErrorCode }"
    )
    assert [str(one) for one in _run("5.1", text).output] == ["ConnectionRefused", "10061"]
