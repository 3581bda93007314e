"""Console programs, WMI classes, the task scheduler's COM objects and packages, without an interpreter."""

from typing import Any

import pytest

from exmigrate.twin.cmdlets.windows import FILE_PROGRAMS, SYSTEM_PROGRAMS, windows_pack
from exmigrate.twin.cmdlets.windows.schedule import schedule_service
from exmigrate.twin.cmdlets.windows.wmi import CLASSES
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.machine import MachineError
from exmigrate.twin.powershell.values import PSObject
from exmigrate.twin.programs import TwinRuntime
from exmigrate.twin.world.machine import ProcessMachine
from exmigrate.twin.world.media import lay_media
from exmigrate.twin.world.processes import BufferStreams, RunningProcess
from exmigrate.twin.world.spec import DnsRecord, MediaSpec
from exmigrate.twin.world.world import World
from tests.world.conftest import Call, Done


def machine_of(world: World, name: str = "MAIL2010", delegated: bool = True) -> ProcessMachine:
    server = world.server(name)
    assert server is not None
    record = world.accounts.find(server, "CONTOSO", "exadmin")
    assert record is not None
    token = world.accounts.token(server, record, "network", delegated)
    return world.machine(server, token, RunningProcess(77, "x", "x.exe", (), token, 0))


def run(world: World, program: str, *arguments: str, server: str = "MAIL2010") -> Done:
    call = Call(program, list(arguments), machine_of(world, server))
    native = SYSTEM_PROGRAMS.get(program) or FILE_PROGRAMS[program]
    return Done(native(call), call.text)  # type: ignore[arg-type]


def test_whoami_names_the_groups_with_their_sids(world: World) -> None:
    text = run(world, "whoami.exe", "/groups").text
    assert "S-1-5-32-544" in text
    assert any(
        line.split()[-8].endswith("-518") or "-518 " in line for line in text.splitlines() if "Schema" in line
    )
    assert "CONTOSO\\Exchange Organization Administrators" in text


def test_winrm_quota_is_read_and_set(world: World) -> None:
    assert "MaxMemoryPerShellMB = 150" in run(world, "winrm.cmd", "get", "winrm/config/winrs").text
    assert run(world, "winrm.cmd", "set", "winrm/config/winrs", '@{MaxMemoryPerShellMB="1024"}').code == 0
    assert "MaxMemoryPerShellMB = 1024" in run(world, "winrm.cmd", "get", "winrm/config/winrs").text
    assert "Transport = HTTP" in run(world, "winrm.cmd", "enumerate", "winrm/config/listener").text


def test_secedit_writes_who_may_run_in_the_background(world: World) -> None:
    assert (
        run(world, "secedit.exe", "/export", "/areas", "USER_RIGHTS", "/cfg", r"C:\Windows\Temp\r.inf").code
        == 0
    )
    text = world.server("MAIL2010").files.read(r"C:\Windows\Temp\r.inf").decode("utf-16")  # type: ignore[union-attr]
    assert "SeBatchLogonRight = *S-1-5-32-544,*S-1-5-32-551" in text


def test_nslookup_gives_the_view_of_the_server_asked(world: World) -> None:
    assert "10.0.0.20" in run(world, "nslookup.exe", "-type=A", "mail.contoso.com.").text
    outside = run(world, "nslookup.exe", "-type=A", "mail.contoso.com.", "8.8.8.8")
    assert (outside.code, "Non-existent domain" in outside.text) == (1, True)
    silent = run(world, "nslookup.exe", "-type=A", "mail.contoso.com.", "192.0.2.53")
    assert (silent.code, "timed-out" in silent.text, "10.0.0.20" in silent.text) == (1, True, False)


def test_nslookup_tells_the_time_to_live_of_each_record(world: World) -> None:
    """What it prints in its debug mode, packet by packet: the name server's own name first."""
    world.dns.add(DnsRecord("contoso.com", "MX", "10 mx.contoso.com", 5400))
    world.dns.add(DnsRecord("www.contoso.com", "CNAME", "mail.contoso.com", 60))
    lines = run(world, "nslookup.exe", "-debug", "-type=MX", "contoso.com.").text.splitlines()
    assert lines.count("Got answer:") == 2
    at = lines.index("    ->  contoso.com")
    assert lines[at - 1] == "    ANSWERS:"
    assert lines[at + 1] == "        MX preference = 10, mail exchanger = mx.contoso.com"
    assert lines[at + 2] == "        ttl = 5400 (1 hour 30 mins)"
    alias = run(world, "nslookup.exe", "-debug", "-type=A", "www.contoso.com.").text
    assert "        canonical name = mail.contoso.com\n        ttl = 60 (1 min)" in alias
    assert "    ->  mail.contoso.com\n        internet address = 10.0.0.20" in alias
    gone = run(world, "nslookup.exe", "-debug", "-type=A", "mail.contoso.com.", "8.8.8.8")
    assert (gone.code, "rcode = NXDOMAIN" in gone.text, "ANSWERS:" in gone.text) == (1, True, False)
    pointer = run(world, "nslookup.exe", "-debug", "-type=PTR", "20.0.0.10.in-addr.arpa.").text
    assert "    ->  20.0.0.10.in-addr.arpa\n        name = mail.contoso.com" in pointer


def test_shutdown_restarts_after_its_delay(world: World) -> None:
    server = world.server("MAIL2010")
    assert server is not None
    assert run(world, "shutdown.exe", "/r", "/t", "5", "/d", "p:4:1").code == 0
    assert run(world, "shutdown.exe", "/r", "/t", "5").code == 1190
    world.clock.advance(6)
    assert not server.up
    world.clock.advance(600)
    assert (server.up, server.boots) == (True, 1)


def test_services_are_configured_by_name(world: World) -> None:
    server = world.server("MAIL2010")
    assert server is not None
    assert run(world, "sc.exe", "config", "RemoteRegistry", "start=", "disabled").code == 0
    assert server.services.get("RemoteRegistry").start_type == "Disabled"  # type: ignore[union-attr]
    assert server.registry_value(r"HKLM\SYSTEM\CurrentControlSet\Services\RemoteRegistry", "Start") == 4
    assert run(world, "sc.exe", "query", "nothing").code == 1060


def test_wmi_answers_until_setup_stops_it(world: World) -> None:
    machine = machine_of(world)
    (system,) = CLASSES["Win32_OperatingSystem"](machine)
    assert isinstance(system, PSObject)
    assert system.props["Version"] == "6.1.7601"
    assert {disk.props["DeviceID"] for disk in CLASSES["Win32_LogicalDisk"](machine)} == {"C:", "D:"}
    machine.services.stop("Winmgmt")
    with pytest.raises(MachineError, match="RPC server is unavailable"):
        CLASSES["Win32_OperatingSystem"](machine)


def method(target: Any, name: str, *arguments: Any) -> Any:
    return target.props[name].body(target, *arguments)


def test_the_scheduler_takes_a_definition_and_runs_it(world: World) -> None:
    world.runtime = TwinRuntime(lambda *args: 0, lambda server: ())
    machine = machine_of(world)
    service = schedule_service(machine)
    with pytest.raises(NetFault, match="before connecting"):
        method(service, "GetFolder", "\\")
    method(service, "Connect")
    task = method(service, "NewTask", 0)
    action = method(task.props["Actions"], "Create", 0)
    action.props["Path"], action.props["Arguments"] = "hostname.exe", ""
    folder = method(service, "GetFolder", "\\")
    with pytest.raises(NetFault, match=r"bad password.*0x8007052E"):
        method(folder, "RegisterTaskDefinition", "job", task, 6, r"CONTOSO\exadmin", "wrong", 1, None)
    registered = method(
        folder, "RegisterTaskDefinition", "job", task, 6, r"CONTOSO\exadmin", "Passw0rd!", 1, None
    )
    method(registered, "Run", None)
    found = machine.server.tasks.get("job")
    assert found is not None
    assert found.process is not None
    assert found.process.ended.wait(10)
    assert (found.result, found.account) == (0, r"CONTOSO\exadmin")
    method(folder, "DeleteTask", "job", 0)
    with pytest.raises(NetFault, match="cannot find the file"):
        method(folder, "GetTask", "job")


def test_a_rollup_raises_the_version_of_exsetup(world: World) -> None:
    lay_media(world, MediaSpec(r"C:\ru\Exchange2007-KB2.msp", "2007SP3", "8.3.264.0", server="MAIL2007"))
    done = run(
        world,
        "msiexec.exe",
        "/update",
        r"C:\ru\Exchange2007-KB2.msp",
        "/quiet",
        "/lxv*",
        r"C:\ru\x.log",
        server="MAIL2007",
    )
    assert done.code == 0
    server = world.server("MAIL2007")
    assert server is not None
    assert server.exchange is not None
    assert server.exchange.build == "8.3.264.0"
    found = server.files.stat(server.exchange.folder + r"Bin\ExSetup.exe")
    assert found is not None
    assert found.version["FileVersion"] == "08.03.0264.000"
    assert server.services.is_running("MSExchangeTransport")
    again = run(world, "msiexec.exe", "/update", r"C:\ru\Exchange2007-KB2.msp", "/quiet", server="MAIL2007")
    assert again.code == 1642


def test_a_package_shows_in_the_list_of_programs(world: World) -> None:
    lay_media(world, MediaSpec(r"C:\p\FilterPack64bit.exe", "package", "14.0.4763.1000", server="MAIL2010"))
    runtime = TwinRuntime(lambda *args: 0, lambda server: ())
    machine = machine_of(world)
    found = runtime.find(machine, r"C:\p\FilterPack64bit")
    assert found == r"C:\p\FilterPack64bit.exe"
    assert runtime.execute(machine, found, ["/quiet"], BufferStreams(), "C:\\") == 0
    assert "Microsoft Filter Pack 2.0" in machine.server.installed_products()


def test_programs_are_where_their_windows_has_them(world: World) -> None:
    runtime = TwinRuntime(lambda *args: 0, lambda server: ())
    machine = machine_of(world)
    assert runtime.find(machine, "whoami") == r"C:\Windows\System32\whoami.exe"
    assert runtime.find(machine, "repadmin") is None
    assert runtime.find(machine, "nothing") is None
    streams = BufferStreams()
    assert runtime.execute(machine, "cmd.exe", ["/c", "nothing", "/x"], streams, "C:\\") == 1
    assert b"not recognized" in streams.stderr


def test_the_pack_has_no_program_twice() -> None:
    assert set(SYSTEM_PROGRAMS) & set(FILE_PROGRAMS) == set()
    assert set(windows_pack.natives) == {*SYSTEM_PROGRAMS, *FILE_PROGRAMS, "*.exe"}


def test_a_certificate_request_is_made_from_its_inf(world: World) -> None:
    from cryptography import x509

    server = world.server("MAIL2010")
    assert server is not None
    server.files.text(
        r"C:\req\r.inf",
        '[NewRequest]\nSubject = "CN=mail.contoso.com, O=Contoso"\nKeyLength = 2048\nExportable = TRUE\n'
        '[Extensions]\n2.5.29.17 = "{text}"\n_continue_ = "dns=mail.contoso.com&dns=legacy.contoso.com"\n',
    )
    assert run(world, "certreq.exe", "-new", r"C:\req\r.inf", r"C:\req\r.req").code == 0
    request = x509.load_pem_x509_csr(server.files.read(r"C:\req\r.req"))
    names = request.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["mail.contoso.com", "legacy.contoso.com"]
    assert server.certificates.all("LocalMachine", "REQUEST")[0].exportable
