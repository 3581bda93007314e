"""What administration scripts do with objects of the core cmdlets: all of their properties, at every level.

No property of an object that a core cmdlet writes is missing from ``Select-Object *``, ``Format-List *``,
``ConvertTo-Csv`` and ``ConvertTo-Json``.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from exmigrate.twin.powershell.cmdlets import core_pack, refused
from exmigrate.twin.powershell.host import Host
from exmigrate.twin.powershell.machine.memory import MemoryMachine
from exmigrate.twin.powershell.machine.ports import LogEntry, Process, Service, StoredCertificate
from exmigrate.twin.powershell.runtime.engine import engine_pack
from exmigrate.twin.powershell.types import published
from exmigrate.twin.powershell.values import PSObject

pytestmark = pytest.mark.long

LEVELS = ("2.0", "3.0", "5.1", "7")
TAILS = (
    "Select-Object *",
    "Format-List *",
    "Format-List * | Out-String",
    "Export-Csv C:\\out.csv -NoTypeInformation",
    "ConvertTo-Html",
    "ConvertTo-Json -Depth 1",
)
WITH_OUTPUT = {
    "Add-Member": "New-Object PSObject | Add-Member NoteProperty A 1 -PassThru",
    "Compare-Object": "Compare-Object 1, 2 2, 3",
    "Convert-Path": "Convert-Path C:\\Windows",
    "ConvertFrom-Csv": "'A,B', '1,2' | ConvertFrom-Csv",
    "ConvertFrom-Json": '\'{"a": {"b": 1}}\' | ConvertFrom-Json',
    "ConvertFrom-StringData": "ConvertFrom-StringData 'a = 1'",
    "ConvertTo-SecureString": "ConvertTo-SecureString x -AsPlainText -Force",
    "ConvertTo-Xml": "Get-Item C:\\Windows | ConvertTo-Xml -Depth 1",
    "Copy-Item": "Copy-Item C:\\d\\a.txt C:\\d\\b.txt -PassThru",
    "Get-Acl": "Get-Acl C:\\d\\a.txt, C:\\Windows, HKLM:\\SOFTWARE",
    "Get-Alias": "Get-Alias",
    "Get-ChildItem": "Get-ChildItem C:\\, C:\\d, HKLM:\\SOFTWARE, Env:, Alias:, Function:, Cert:\\LocalMachine\\My, "
    "Cert:\\LocalMachine, Cert:\\",
    "Get-CimInstance": "Get-CimInstance Win32_LogicalDisk",
    "Get-Command": "Get-Command; Get-Command ipconfig, C:\\d\\s.ps1; function Get-Own { [OutputType([int])] param($A) }; "
    "Get-Command Get-Own",
    "Get-Content": "Get-Content C:\\d\\a.txt",
    "Get-Culture": "Get-Culture",
    "Get-Date": "Get-Date",
    "Get-EventLog": "Get-EventLog System; Get-EventLog -List",
    "Get-ExecutionPolicy": "Get-ExecutionPolicy; Get-ExecutionPolicy -List",
    "Get-FileHash": "Get-FileHash C:\\d\\a.txt",
    "Get-Help": "Get-Help Get-Process",
    "Get-Host": "Get-Host; $Host.UI; $Host.UI.RawUI; $Host.Runspace; $Host.PrivateData",
    "Get-Item": "Get-Item C:\\d, C:\\d\\a.txt, HKLM:\\SOFTWARE, Cert:\\LocalMachine\\My, Env:\\TEMP, Variable:\\Host",
    "Get-ItemProperty": "Get-ItemProperty C:\\d\\a.txt; Get-ItemProperty HKLM:\\SOFTWARE",
    "Get-Job": "$null = Start-Job { 1 }; Get-Job; (Get-Job).ChildJobs",
    "Get-Location": "Get-Location",
    "Get-Member": "Get-Date | Get-Member",
    "Get-Module": "Import-Module C:\\d\\m.psm1; Get-Module",
    "Get-PSDrive": "Get-PSDrive",
    "Get-PSProvider": "Get-PSProvider",
    "Get-PSSnapin": "Get-PSSnapin; Get-PSSnapin -Registered",
    "Get-Process": "Get-Process",
    "Get-Random": "Get-Random",
    "Get-Service": "Get-Service",
    "Get-TimeZone": "Get-TimeZone",
    "Get-UICulture": "Get-UICulture",
    "Get-Unique": "1, 1, 2 | Get-Unique",
    "Get-Variable": "Get-Variable",
    "Get-Verb": "Get-Verb",
    "Get-WinEvent": "Get-WinEvent System; Get-WinEvent -ListLog *",
    "Get-WmiObject": "Get-WmiObject Win32_LogicalDisk",
    "Group-Object": "Get-Process | Group-Object Name",
    "Import-Clixml": "Get-Process | Export-Clixml C:\\p.xml; Import-Clixml C:\\p.xml",
    "Import-Csv": "Import-Csv C:\\d\\t.csv",
    "Import-Module": "Import-Module C:\\d\\m.psm1 -PassThru",
    "Invoke-Command": "Invoke-Command { Get-Process }",
    "Invoke-Expression": "Invoke-Expression 'Get-Date'",
    "Join-Path": "Join-Path C:\\ a",
    "Join-String": "'a', 'b' | Join-String -Separator ','",
    "Measure-Command": "Measure-Command { 1 }",
    "Measure-Object": "1, 2 | Measure-Object -Sum; 'a b' | Measure-Object -Word -Line -Character",
    "New-Alias": "New-Alias zz Get-Date -PassThru",
    "New-Guid": "New-Guid",
    "New-Item": "New-Item C:\\n -ItemType Directory; New-Item C:\\n\\f.txt -ItemType File; New-Item HKLM:\\SOFTWARE\\N",
    "New-ItemProperty": "New-ItemProperty HKLM:\\SOFTWARE -Name v -Value 1",
    "New-Module": "New-Module -Name m { function f {} }",
    "New-Object": "New-Object PSObject -Property @{ A = 1 }; New-Object System.Collections.ArrayList",
    "New-PSDrive": "New-PSDrive zz FileSystem C:\\d",
    "New-Service": "New-Service zz C:\\d\\s.exe",
    "New-TemporaryFile": "New-TemporaryFile",
    "New-TimeSpan": "New-TimeSpan -Hours 1",
    "New-Variable": "New-Variable zz 1 -PassThru",
    "Out-String": "Get-Date | Out-String",
    "Receive-Job": "Start-Job { Get-Process } | Wait-Job | Receive-Job",
    "Resolve-Path": "Resolve-Path C:\\d\\*",
    "Select-Object": "Get-Process | Select-Object -First 1",
    "Select-String": "Select-String -Path C:\\d\\a.txt -Pattern a; 'abc' | Select-String b",
    "Select-Xml": "[xml]'<a><b/></a>' | Select-Xml -XPath //b",
    "Set-Alias": "Set-Alias zz Get-Date -PassThru",
    "Set-Item": "Set-Item Env:\\zz 1 -PassThru",
    "Set-ItemProperty": "Set-ItemProperty HKLM:\\SOFTWARE -Name v -Value 1 -PassThru",
    "Set-Location": "Set-Location C:\\Windows -PassThru",
    "Set-Service": "Set-Service Spooler -StartupType Manual -PassThru",
    "Set-Variable": "Set-Variable zz 1 -PassThru",
    "Sort-Object": "Get-Service | Sort-Object Name",
    "Split-Path": "Split-Path C:\\a\\b",
    "Start-Job": "Start-Job { 1 }",
    "Start-Process": "Start-Process ipconfig -PassThru",
    "Start-Service": "Start-Service Spooler -PassThru",
    "Stop-Process": "Stop-Process 77 -PassThru -Force",
    "Stop-Service": "Stop-Service Spooler -PassThru",
    "Tee-Object": "Get-Date | Tee-Object -Variable t",
    "Test-Path": "Test-Path C:\\",
    "Wait-Job": "Start-Job { 1 } | Wait-Job",
    "Where-Object": "Get-Service | Where-Object { $true }",
    "Write-Output": "Write-Output 1",
    "mkdir": "mkdir C:\\made",
}
FURTHER = (
    "$PSVersionTable",
    "Get-Item C:\\nowhere -ErrorAction SilentlyContinue; $Error[0]; $Error[0].InvocationInfo; $Error[0].Exception; "
    "$Error[0].CategoryInfo",
    "try { [int]'x' } catch { $_; $_.Exception; $_.Exception.InnerException }",
    "$MyInvocation; $ExecutionContext; { 1 }; [int]; 'a' | Select-String a | ForEach-Object { $_.Matches }",
    "(Get-Process)[0].Modules; (Get-Process)[0].MainModule; (Get-Process)[0].Threads; (Get-Acl C:\\d).Access",
    "(Get-Culture).NumberFormat; (Get-Culture).DateTimeFormat; (Get-Culture).Calendar; (Get-Culture).TextInfo",
    "(Get-Command Get-Process).ParameterSets; [IO.DriveInfo]::GetDrives()",
)
QUIET = """
    Add-Content Add-PSSnapin Add-Type Clear-Content Clear-EventLog Clear-Host Clear-Item Clear-ItemProperty Clear-Variable
    ConvertFrom-SecureString ConvertTo-Csv ConvertTo-Html ConvertTo-Json Copy-ItemProperty Export-Clixml Export-Csv
    Export-ModuleMember ForEach-Object Format-Custom Format-List Format-Table Format-Wide Get-Credential Get-History
    Get-ItemPropertyValue Invoke-WmiMethod Move-Item Move-ItemProperty New-EventLog Out-Default Out-File Out-Host Out-Null
    Pop-Location Push-Location Read-Host Remove-Alias Remove-Item Remove-ItemProperty Remove-Job Remove-Module Remove-PSDrive
    Remove-PSSnapin Remove-Service Remove-Variable Rename-Item Rename-ItemProperty Restart-Service Resume-Service Set-Content
    Set-ExecutionPolicy Set-StrictMode Start-Sleep Stop-Job Suspend-Service Unblock-File Wait-Process Write-Debug Write-Error
    Write-EventLog Write-Host Write-Information Write-Progress Write-Verbose Write-Warning
""".split()
"""Cmdlets that write nothing, texts alone, or what another one made."""


def _certificate() -> StoredCertificate:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server01.contoso.com")])
    start = datetime(2009, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(77)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=900))
        .sign(key, hashes.SHA256())
    )
    return StoredCertificate(made.public_bytes(serialization.Encoding.DER))


def _machine() -> MemoryMachine:
    machine = MemoryMachine()
    machine.files.make_directory("C:\\d")
    for name, text in (
        ("a.txt", "alpha\r\nbeta\r\n"),
        ("s.ps1", "param($x) 1"),
        ("m.psm1", "function f { 1 }"),
        ("t.csv", "A,B\r\n1,2\r\n"),
    ):
        machine.files.write(f"C:\\d\\{name}", text.encode())
    machine.services.create(
        Service("RpcSs", "Remote Procedure Call", path="C:\\Windows\\System32\\svchost.exe")
    )
    machine.services.create(Service("Spooler", "Print Spooler", requires=("RpcSs",)))
    machine.processes.add(
        Process(77, "svchost", "C:\\Windows\\System32\\svchost.exe", cpu_seconds=3.5, parent=4242)
    )
    machine.processes.programs["ipconfig"] = machine.processes.programs["ipconfig.exe"] = _ipconfig
    machine.event_logs.write(LogEntry("System", "Service Control Manager", 7036, "Information", "running", 1))
    machine.registry.create("HKEY_LOCAL_MACHINE\\SOFTWARE\\Own")
    machine.registry.set_value("HKEY_LOCAL_MACHINE\\SOFTWARE", "Size", "DWord", 5)
    machine.certificates.add("LocalMachine", "My", _certificate())
    names = [
        one.name
        for one in published.entry("Win32_LogicalDisk", False, "wmi").values()
        if one.what == "properties"
    ]
    machine.wmi["Win32_LogicalDisk"] = lambda one: [
        PSObject(
            {**dict.fromkeys(names), "DeviceID": "C:"},
            ("System.Management.ManagementObject#root\\cimv2\\Win32_LogicalDisk",),
        )
    ]
    return machine


def _ipconfig(machine: MemoryMachine, words: list[str], stdin: bytes):  # type: ignore[no-untyped-def]
    from exmigrate.twin.powershell.machine.ports import ProgramResult

    return ProgramResult(0, b"Windows IP Configuration\r\n")


def _check(level: str, text: str) -> None:
    for tail in TAILS:
        if level == "2.0" and "Json" in tail:
            continue
        host = Host(level, _machine())
        result = host.runspace().run(f"$found = @({text})\n$found | {tail}" if ";" not in text else
                                     f"$found = @(& {{ {text} }})\n$found | {tail}")  # fmt: skip
        records = [*result.errors, *([result.terminated] if result.terminated else [])]
        said = [record.message for record in records if "Not simulated" in record.message]
        assert said == [], f"{level}: {text} | {tail}"


def _has(level: str, name: str) -> bool:
    return name.lower() in Host(level, MemoryMachine()).registry.cmdlets


@pytest.mark.parametrize("name", WITH_OUTPUT)
@pytest.mark.parametrize("level", LEVELS)
def test_all_properties_of_what_a_cmdlet_writes(level: str, name: str) -> None:
    """Every one has a value, or is empty as in life."""
    if _has(level, name):
        _check(level, WITH_OUTPUT[name])


@pytest.mark.parametrize("text", FURTHER)
@pytest.mark.parametrize("level", LEVELS)
def test_all_properties_of_further_objects(level: str, text: str) -> None:
    """Of automatic variables, errors and what hangs on the objects of cmdlets."""
    _check(level, text)


def test_every_core_cmdlet_is_looked_at() -> None:
    """A new one has to be put into one of the lists."""
    names = {one.name for pack in (core_pack(), engine_pack()) for one in pack.cmdlets}
    names -= {one.name for one in refused.CMDLETS}
    assert names - set(WITH_OUTPUT) - set(QUIET) == set()
