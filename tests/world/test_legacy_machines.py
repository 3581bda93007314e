"""Servers of Exchange 2000 and 2003 themselves: services, registry, WMI, tasks, service packs and hotfixes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exmigrate.twin.serve import Twin
from exmigrate.twin.world.spec import AccountSpec, MediaSpec
from exmigrate.twin.world.world import World
from tests.world.legacy import build, installed, script, windows_2003, world_spec

SP2 = r"C:\media\e2003sp2"
HOTFIX = r"C:\media\Exchange2003-KB937031-x86-ENU.exe"


@pytest.fixture
def world() -> World:
    """The organization, EX03 still at SP1, with service pack and hotfix on its disk."""
    spec = world_spec()
    servers = tuple(
        windows_2003("EX03", "10.0.0.22", installed("Zurich Admins", "RG-Zurich", "Mailbox", level="2003SP1"))
        if item.name == "EX03"
        else item
        for item in spec.servers
    )
    media = (
        *spec.media,
        MediaSpec(SP2, "2003SP2", server="EX03"),
        MediaSpec(r"C:\media", "package", "6.5.7653.1", server="EX03", package=HOTFIX.rpartition("\\")[2]),
    )
    return build(servers=servers, media=media)


def test_windows_2003_is_a_32_bit_machine_without_the_later_scheduler(world: World) -> None:
    text = script(
        world,
        "(Get-WmiObject Win32_Processor).AddressWidth; (Get-WmiObject Win32_OperatingSystem).Version;"
        "try { New-Object -ComObject Schedule.Service | Out-Null; 'there' } catch { 'none' };"
        "'{0}.{1}' -f $PSVersionTable.PSVersion.Major, $PSVersionTable.PSVersion.Minor",
        "EX03",
    )
    assert text.splitlines() == ["32", "5.2.3790", "none", "2.0"]


def test_services_stop_with_those_that_need_them(world: World) -> None:
    text = script(
        world,
        "Stop-Service MSExchangeSA -Force; Get-Service MSExchangeSA, MSExchangeIS, MSExchangeMTA, RESvc | ForEach-Object {"
        ' "$($_.Name) $($_.Status)" }; Start-Service MSExchangeIS; (Get-Service MSExchangeSA).Status;'
        "try { Stop-Service IISADMIN -ErrorAction Stop } catch { 'refused' };"
        "foreach ($n in 'SMTPSVC', 'RESvc', 'MSExchangeMTA') { Restart-Service $n }; (Get-Service RESvc).Status",
        "EX03",
    )
    assert text.splitlines() == [
        "MSExchangeIS Stopped",
        "MSExchangeMTA Stopped",
        "MSExchangeSA Stopped",
        "RESvc Running",
        "Running",
        "refused",
        "Running",
    ]


def test_link_state_suppression_is_a_registry_value_that_another_host_reads(world: World) -> None:
    read = (
        "$k = [Microsoft.Win32.RegistryKey]::OpenRemoteBaseKey('LocalMachine', 'EX03.contoso.com').OpenSubKey("
        "'SYSTEM\\CurrentControlSet\\Services\\RESvc\\Parameters'); 'v=' + $k.GetValue('SuppressStateChanges')"
    )
    assert script(world, read) == "v="
    script(
        world,
        "reg add HKLM\\SYSTEM\\CurrentControlSet\\Services\\RESvc\\Parameters /v SuppressStateChanges /t REG_DWORD /d 1 /f",
        "EX03",
    )
    assert script(world, read) == "v=1"
    assert "perform an unauthorized operation" in script(world, read, account="setup").replace("\n", "")
    world.servers["ex03"].services.stop("RemoteRegistry")
    assert "The network path was not found" in script(world, read).replace(" \n", " ")


def test_wmi_of_2003_shows_mailboxes_and_folder_instances_to_other_hosts(world: World) -> None:
    ask = "Get-WmiObject -ComputerName {0} -Namespace root\\MicrosoftExchangeV2 -Class {1}"
    text = script(
        world,
        ask.format("EX03", "Exchange_Mailbox")
        + " | Where-Object { $_.MailboxDisplayName -eq 'Anna Ammann' } | ForEach-Object {"
        ' "$($_.StoreName);$($_.Size);$($_.TotalItems)" };'
        + ask.format("EX03", "Exchange_PublicFolder")
        + " | Where-Object { $_.Path -like '/Sales*' } | ForEach-Object { \"$($_.Path);$($_.MessageCount)\" };"
        + ask.format("FE03", "Exchange_Server")
        + ' | ForEach-Object { "$($_.Name) $($_.RoutingGroup) $($_.IsFrontEndServer)" }',
    )
    assert text.splitlines() == [
        "MS EX03;655360;5200",
        "/Sales/;40",
        "FE03 RG-Zurich True",
        "BH03 RG-Zurich False",
        "EX03 RG-Zurich False",
        "NO03 RG-Oslo False",
    ]
    assert "Invalid namespace" in script(world, ask.format("NEW1", "Exchange_Mailbox"))
    assert "RPC server is unavailable" in script(world, ask.format("NOBODY", "Exchange_Mailbox"))


def test_a_service_pack_raises_the_build_and_wants_a_restart(world: World) -> None:
    hotfix = f"(Start-Process '{HOTFIX}' -ArgumentList '/quiet /norestart' -PassThru -Wait).ExitCode"
    assert script(world, hotfix, "EX03") == "61681"
    text = script(
        world,
        f"$p = Start-Process '{SP2}\\setup\\i386\\update.exe' -ArgumentList '/quiet' -PassThru -Wait; $p.ExitCode;"
        "(Get-Service MSExchangeIS).Status;"
        "$o = (Get-ItemProperty 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Session Manager').PendingFileRenameOperations;"
        "@($o).Count -gt 0",
        "EX03",
    )
    assert text.splitlines() == ["3010", "Running", "True"]
    world.clock.advance(7200)
    seen = script(
        world,
        "$c = ([ADSI]'LDAP://RootDSE').Get('configurationNamingContext'); $s = New-Object "
        "DirectoryServices.DirectorySearcher([ADSI]\"LDAP://$c\", '(&(objectClass=msExchExchangeServer)(cn=EX03))');"
        "$s.FindOne().Properties['serialnumber'][0]",
        "DC02",
    )
    assert seen == "Version 6.5 (Build 7638.2: Service Pack 2)"
    update = (
        f"(Start-Process '{SP2}\\setup\\i386\\update.exe' -ArgumentList '/quiet' -PassThru -Wait).ExitCode"
    )
    assert script(world, update, "EX03") == "1603"  # a restart is pending
    world.servers["ex03"].restart()
    world.clock.advance(600)
    assert script(world, update, "EX03") == "61681"  # nothing to do
    assert script(world, hotfix, "EX03") == "0"
    shown = script(
        world,
        "(Get-ItemProperty 'HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\KB937031').DisplayName",
        "EX03",
    )
    assert shown == "Hotfix for Exchange Server 2003 (KB937031)"


def test_a_program_called_by_its_path_knows_what_lies_beside_it(world: World) -> None:
    """`& 'C:\\…\\update.exe'`, a path without its extension, any installer; what is not there is no command."""
    there = rf"{SP2}\setup\i386\update"
    missing = script(world, f"& '{SP2}\\nowhere\\update.exe' /quiet", "EX03")
    assert "is not recognized" in missing
    assert "CommandNotFoundException" in missing
    assert script(world, f"$p = '{there}.exe'; & $p /quiet; $LASTEXITCODE", "EX03") == "3010"
    world.servers["ex03"].restart()
    world.clock.advance(600)
    text = script(world, f"& '{there}' /quiet; $LASTEXITCODE", "EX03")
    assert text.splitlines() == [
        "61681",
        "A version of the service pack that is the same or later is installed already.",
    ]
    assert script(world, f"& '{HOTFIX}' /quiet /norestart; $LASTEXITCODE", "EX03") == "0"
    assert (
        script(
            world,
            "Test-Path HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Uninstall\\KB937031",
            "EX03",
        )
        == "True"
    )


def test_tasks_of_windows_2003(world: World) -> None:
    text = script(
        world,
        r"schtasks /create /tn exmigrate1 /tr 'cmd.exe /c exit 7' /sc once /st 23:59:00 /ru CONTOSO\admin /rp Secret-1;"
        "schtasks /run /tn exmigrate1;"
        "foreach ($i in 1..50) { Start-Sleep -Milliseconds 100; $row = @(schtasks /query /fo csv /v | ConvertFrom-Csv |"
        " Where-Object { $_.TaskName -eq 'exmigrate1' })[0]; if ($row.Status -ne 'Running') { break } };"
        "$row.'Last Result'; $row.'Run As User'; $row.'Scheduled Type';"
        "schtasks /delete /tn exmigrate1 /f; schtasks /query /fo csv",
        "EX03",
    )
    assert text.splitlines() == [
        'SUCCESS: The scheduled task "exmigrate1" has successfully been created.',
        'SUCCESS: Attempted to run the scheduled task "exmigrate1".',
        "7",
        r"CONTOSO\admin",
        "One Time Only",
        'SUCCESS: The scheduled task "exmigrate1" was successfully deleted.',
        "INFO: There are no scheduled tasks present in the system.",
    ]


@pytest.mark.parametrize(
    ("switches", "said"),
    [
        ("/sc once /st 23:00 /rl highest", "Invalid argument/option - '/rl'"),
        ("/sc once", "Mandatory option 'st' is missing"),
        ("/st 23:00", "Mandatory option 'sc' is missing"),
        ("/sc once /st 25:00", "Invalid Starttime"),
    ],
)
def test_tasks_that_are_not_made(world: World, switches: str, said: str) -> None:
    text = script(world, f"schtasks /create /tn t1 /tr cmd.exe {switches}; $LASTEXITCODE", "EX03")
    assert said in text
    assert world.servers["ex03"].tasks.get("t1") is None


def test_a_task_with_a_wrong_password_is_made_and_does_not_start(world: World) -> None:
    """The old scheduler warns, and shows no account for it."""
    text = script(
        world,
        r"schtasks /create /tn t1 /tr cmd.exe /sc once /st 23:00 /ru CONTOSO\admin /rp wrong; $LASTEXITCODE;"
        "schtasks /run /tn t1; @(schtasks /query /fo csv /v | ConvertFrom-Csv)[0].'Run As User'",
        "EX03",
    )
    assert "account information could not be set" in text
    assert text.splitlines()[1] == "0"
    assert text.splitlines()[-1] == "Could not be retrieved from the task scheduler database"
    task = world.servers["ex03"].tasks.get("t1")
    assert task is not None
    assert task.process is None


def test_a_task_starts_at_its_time(world: World) -> None:
    script(
        world,
        r"schtasks /create /tn later /tr 'cmd.exe /c exit 3' /sc once /st 09:00 /ru CONTOSO\admin /rp Secret-1",
        "EX03",
    )
    task = world.servers["ex03"].tasks.get("later")
    assert task is not None
    world.clock.advance(2 * 3600)
    assert task.runs == 0
    world.clock.advance(2 * 3600)
    assert task.runs == 1


def test_a_host_of_windows_2000_answers_no_remoting_but_its_registry() -> None:
    spec = world_spec()
    old = replace(
        windows_2003("NO03", "10.1.0.22", installed("Oslo Admins", "RG-Oslo", "Mailbox", level="2000SP3")),
        domain="no.contoso.com",
        os="2000",
        service_pack=4,
        powershell="",
        listeners=(),
    )
    spec = replace(
        spec,
        servers=tuple(old if item.name == "NO03" else item for item in spec.servers),
        accounts=(*spec.accounts, AccountSpec("admin", "Secret-1", "no.contoso.com", ("Domain Admins",))),
    )
    with Twin(spec) as twin:
        endpoints = twin.start(0)
        ports = {name.upper(): (found.http_port, found.https_port) for name, found in endpoints.items()}
        assert ports["NO03"] == (0, 0)
        assert ports["EX03"][0] != 0
        assert not twin.world.servers["no03"].spec.powershell
        text = script(
            twin.world,
            "$k = [Microsoft.Win32.RegistryKey]::OpenRemoteBaseKey('LocalMachine', 'NO03').OpenSubKey("
            "'SYSTEM\\CurrentControlSet\\Services\\RESvc\\Parameters'); 'v=' + $k.GetValue('SuppressStateChanges');"
            "Get-WmiObject -ComputerName NO03 -Namespace root\\MicrosoftExchangeV2 -Class Exchange_Mailbox",
        )
        assert text.splitlines()[0] == "v="
        assert "Invalid namespace" in text
