"""PowerShell scripts over the world: what a step's script will ask of a server, run as real processes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from exmigrate.twin.serve import Twin, build_world
from exmigrate.twin.world.features import add_features
from exmigrate.twin.world.processes import BufferStreams
from exmigrate.twin.world.world import World
from tests.world.specs import contoso

Script = Callable[..., str]


@pytest.fixture
def whole() -> World:
    """The small organization with Exchange and PowerShell, its clock standing still."""
    return build_world(contoso())


@pytest.fixture
def script(whole: World) -> Iterator[Script]:
    """Run a script on a server: ``script(text, server, delegated)`` gives its standard output."""

    def run(text: str, server: str = "MAIL2010", delegated: bool = True) -> str:
        found = whole.server(server)
        assert found is not None
        record = whole.accounts.find(found, "CONTOSO", "exadmin")
        assert record is not None
        token = whole.accounts.token(found, record, "network", delegated)
        streams = BufferStreams()
        process = found.processes.launch(
            "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe",
            ["-NoProfile", "-Command", text],
            token,
            streams,
        )
        assert process.ended.wait(60)
        assert not streams.stderr, streams.stderr.decode()
        return streams.stdout.decode().replace("\r\n", "\n").strip()

    yield run
    for server in whole.servers.values():
        server.processes.kill_all()


def test_the_directory_is_read_by_adsi(script: Script) -> None:
    text = script(
        "$r = [ADSI]'LDAP://RootDSE'; $s = New-Object DirectoryServices.DirectorySearcher("
        "[ADSI]\"LDAP://$($r.configurationNamingContext)\", '(objectClass=msExchExchangeServer)');"
        "foreach ($x in $s.FindAll()) { $x.Properties['cn'][0]; $x.Properties['msexchcurrentserverroles'][0] }"
    )
    assert text == "MAIL2007\n38"


def test_a_slash_within_a_name_ends_the_path_unless_it_is_escaped(script: Script) -> None:
    made = "$u = ([ADSI]'LDAP://CN=Users,DC=contoso,DC=com').Create('group', 'CN=Sales/West'); $u.SetInfo(); "
    text = script(
        made + "$u.Path; $u.Name; try { [ADSI]'LDAP://CN=Sales/West,CN=Users,DC=contoso,DC=com' | Out-Null;"
        " ([ADSI]'LDAP://CN=Sales/West,CN=Users,DC=contoso,DC=com').cn.Value } catch { $_.Exception.Message };"
        " ([ADSI]'LDAP://CN=Sales\\/West,CN=Users,DC=contoso,DC=com').cn.Value"
    ).splitlines()
    assert text[0].endswith("CN=Sales\\/West,CN=Users,DC=contoso,DC=com")
    assert text[1] == "Sales/West"
    assert "invalid dn syntax" in " ".join(text[2:-1])
    assert text[-1] == "Sales/West"


def test_every_controller_is_asked_for_itself(whole: World, script: Script) -> None:
    dc = whole.forest.controller("DC01")
    assert dc is not None
    dc.modify(f"CN=ms-Exch-Schema-Version-Pt,{whole.forest.schema_dn}", {"rangeUpper": 14734})
    text = script(
        "foreach ($dc in 'dc01.contoso.com', 'dc02.contoso.com') {"
        " $sch = ([ADSI]\"LDAP://$dc/RootDSE\").Get('schemaNamingContext');"
        " ([ADSI]\"LDAP://$dc/CN=ms-Exch-Schema-Version-Pt,$sch\").psbase.Properties['rangeUpper'].Value }"
    )
    assert text == "14734\n14625"


def test_a_logon_without_delegation_reaches_neither_directory_nor_share(script: Script) -> None:
    text = script(
        "try { ([ADSI]'LDAP://RootDSE').Get('defaultNamingContext') } catch { $_.Exception.InnerException.Message };"
        r"Test-Path '\\files\media\e14sp3\setup.com'",
        delegated=False,
    )
    assert text == "An operations error occurred.\nFalse"


def test_features_are_added_and_want_a_restart(script: Script) -> None:
    text = script(
        "Import-Module ServerManager; $r = Add-WindowsFeature -Name NET-Framework, RSAT-ADDS -WarningAction SilentlyContinue;"
        '"$($r.Success) $($r.RestartNeeded)"; (Get-WindowsFeature RSAT-ADDS-Tools).Installed;'
        "[bool](Get-ItemProperty 'HKLM:\\SYSTEM\\CurrentControlSet\\Control\\Session Manager').PendingFileRenameOperations"
    )
    assert text == "True Yes\nTrue\nTrue"


def test_setup_runs_once_as_a_scheduled_task(whole: World, script: Script) -> None:
    server = whole.server("MAIL2010")
    assert server is not None
    add_features(server, ["NET-Framework", "RSAT-ADDS"], with_parents=True)
    server.files.text(
        r"C:\run\job.ps1",
        "$p = Start-Process -FilePath 'D:\\media\\e14sp3\\setup.com' -ArgumentList '/PrepareSchema' -PassThru\n"
        "while (-not $p.HasExited) { Start-Sleep -Seconds 10 }\n"
        'Set-Content C:\\run\\out.txt "$($p.ExitCode) $env:USERDOMAIN\\$env:USERNAME"\n',
    )
    text = script(
        "$s = New-Object -ComObject Schedule.Service; $s.Connect(); $t = $s.NewTask(0); $a = $t.Actions.Create(0);"
        "$a.Path = 'powershell.exe'; $a.Arguments = '-NoProfile -File \"C:\\run\\job.ps1\"'; $f = $s.GetFolder('\\');"
        "$r = $f.RegisterTaskDefinition('job', $t, 6, 'CONTOSO\\exadmin', 'Passw0rd!', 1, $null); [void]$r.Run($null);"
        "while ($f.GetTask('job').State -eq 4) { Start-Sleep -Seconds 5 }; Get-Content C:\\run\\out.txt",
        delegated=False,
    )
    assert text == "0 CONTOSO\\exadmin"
    assert [run.arguments for run in server.setup_runs] == [("/PrepareSchema",)]


def test_ports_and_names_answer_scripts(script: Script) -> None:
    text = script(
        "$c = New-Object Net.Sockets.TcpClient; $c.Connect('MAIL2007', 25);"
        "$r = New-Object IO.StreamReader($c.GetStream()); $r.ReadLine().Substring(0, 24); $c.Close();"
        "[Net.Dns]::GetHostEntry('mail2007').HostName;"
        "try { [Net.WebRequest]::Create('http://mail2010/owa').GetResponse() } catch { $_.Exception.InnerException.Message }"
    )
    assert text == "220 mail2007.contoso.com\nmail2007.contoso.com\nUnable to connect to the remote server"


def test_a_medium_has_the_digest_of_what_it_stands_for(whole: World, script: Script) -> None:
    from exmigrate.twin.world.media import lay_media
    from exmigrate.twin.world.spec import MediaSpec

    lay_media(whole, MediaSpec(r"C:\m\e14", "2010SP3", server="MAIL2010", sha256="ab" * 32))
    text = script(
        "New-Item -ItemType Directory C:\\copy | Out-Null; Copy-Item C:\\m\\e14\\* C:\\copy -Recurse;"
        "$h = New-Object Security.Cryptography.SHA256Managed; $s = [IO.File]::OpenRead('C:\\copy\\media.sha256');"
        "[BitConverter]::ToString($h.ComputeHash($s)) -replace '-', ''; $s.Close();"
        "(Get-Item C:\\copy\\Setup\\ServerRoles\\Common\\ExSetup.exe).VersionInfo.FileVersion"
    )
    assert text == "AB" * 32 + "\n14.03.0123.004"


@pytest.mark.wire
def test_a_twin_starts_tells_where_and_stops(tmp_path: Path) -> None:
    import json

    with Twin(contoso()) as twin:
        pass_through = twin.start(speed=600)
        twin.write_endpoints(tmp_path / "twin.json")
        document = json.loads((tmp_path / "twin.json").read_text())
        assert document["servers"]["MAIL2010"]["http_port"] == pass_through["MAIL2010"].http_port
        assert document["speed"] == 600
        assert (tmp_path / "twin.json").stat().st_mode & 0o777 == 0o600
        assert twin.state()["servers"]["MAIL2007"]["exchange"]["level"] == "2007SP3"
