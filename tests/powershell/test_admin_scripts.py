"""Scripts in the manner of those that administrators publish, run whole at every level that has their cmdlets."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from exmigrate.twin.powershell.host import Host
from exmigrate.twin.powershell.machine.memory import MemoryMachine
from exmigrate.twin.powershell.machine.ports import LogEntry, Process, Service, StoredCertificate
from exmigrate.twin.powershell.packs import Pack
from exmigrate.twin.powershell.values import Int64, PSObject, UInt64

SCRIPTS = Path(__file__).parent / "scripts"
DAY = 864_000_000_000
NETSTAT = """
Active Connections

  Proto  Local Address          Foreign Address        State           PID
  TCP    0.0.0.0:25             0.0.0.0:0              LISTENING       80
  TCP    0.0.0.0:443            0.0.0.0:0              LISTENING       4
  TCP    10.0.0.1:443           10.0.0.9:51123         ESTABLISHED     4
  UDP    0.0.0.0:123            *:*                                    80
"""
IPCONFIG = """
Windows IP Configuration

   Host Name . . . . . . . . . . . . : SERVER01
   IP Routing Enabled. . . . . . . . : No

Ethernet adapter Local Area Connection:

   DHCP Enabled. . . . . . . . . . . : No
   IPv4 Address. . . . . . . . . . . : 10.0.0.1(Preferred)
   IPv4 Address. . . . . . . . . . . : 10.0.0.2(Preferred)
"""
SCHTASKS = (
    '"HostName","TaskName","Last Run Time","Last Result","Run As User","Scheduled Task State"\n'
    '"SERVER01","\\Backup","1/24/2010 1:00:00 AM","2147942402","SYSTEM","Enabled"\n'
    '"SERVER01","\\Clean","1/24/2010 2:00:00 AM","0","SYSTEM","Enabled"\n'
    '"HostName","TaskName","Last Run Time","Last Result","Run As User","Scheduled Task State"\n'
    '"SERVER01","\\Old","N/A","1","CONTOSO\\svc","Disabled"\n'
)
ROBOCOPY = "   Dirs :         4         1         3\n  Files :        12         5         7\n  Bytes :    204800    102400    102400\n"
CONFIG = (
    "<configuration><appSettings><add key='Timeout' value='30'/></appSettings><connectionStrings>"
    "<add name='Main' connectionString='a'/><add name='OldOne' connectionString='b'/></connectionStrings></configuration>"
)


def _said(text: str) -> Any:
    def program(call: Any) -> int:
        for line in text.strip("\n").split("\n"):
            call.out(line)
        return 0

    return program


def _robocopy(call: Any) -> int:
    log = next(word for word in call.args if word.startswith("/LOG+:"))
    call.machine.files.write(log.partition(":")[2], ROBOCOPY.replace("\n", "\r\n").encode())
    return 1


PROGRAMS = Pack(
    "programs",
    natives={
        "netstat.exe": _said(NETSTAT), "ipconfig.exe": _said(IPCONFIG), "schtasks.exe": _said(SCHTASKS),
        "robocopy.exe": _robocopy,
    },
)  # fmt: skip


def _row(name: str, **props: Any) -> PSObject:
    return PSObject(props, (f"System.Management.ManagementObject#root\\cimv2\\{name}",))


def _certificate(name: str, days: int, now: datetime) -> StoredCertificate:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(days + 1000)
        .not_valid_before(now - timedelta(days=700))
        .not_valid_after(now + timedelta(days=days, hours=1))
        .sign(key, hashes.SHA256())
    )
    return StoredCertificate(made.public_bytes(serialization.Encoding.DER))


def _machine() -> MemoryMachine:
    machine = MemoryMachine()
    files, now = machine.files, machine.clock.ticks
    for folder in ("C:\\Reports", "C:\\Data", "C:\\Logs\\IIS", "C:\\Archive"):
        files.make_directory(folder)
    files.write(
        "C:\\Data\\users.csv",
        b"FirstName;LastName;Start\r\nAnna;Muster;01.02.2010\r\nAda;Muster;15.03.2010\r\nZoe;;01.01.2010\r\n"
        b"Max;O'Hara-Brown;31.12.2010\r\n",
    )
    files.write("C:\\Data\\web.config", CONFIG.encode())
    for name, days in (("old.log", 90), ("IIS\\u_ex.log", 60), ("new.log", 2), ("note.md", 99)):
        files.write(f"C:\\Logs\\{name}", b"x" * 1024)
        files.set_times(f"C:\\Logs\\{name}", None, now - days * DAY, None)
    machine.services.create(Service("W32Time", "Windows Time"))
    machine.services.create(Service("Spooler", "Print Spooler", status="Stopped"))
    machine.services.create(Service("Fax", "Fax", status="Stopped", start_type="Disabled"))
    for pid, name in ((4, "System"), (80, "svchost")):
        machine.processes.add(Process(pid, name))
    for source, kind, text in (
        ("Disk", "Error", "The device has a bad block.\r\nMore."),
        ("Disk", "Warning", "Retried"),
        ("W32Time", "Information", "fine"),
        ("NETLOGON", "Error", "No logon servers are there for the domain"),
    ):
        machine.event_logs.write(LogEntry("System", source, 7, kind, text, now - 36_000_000_000))
    today = datetime(1, 1, 1, tzinfo=UTC) + timedelta(microseconds=now // 10)
    for name, days in (
        ("mail.contoso.com", 10),
        ("old.contoso.com", -3),
        ("far.contoso.com", 300),
        ("web", 40),
    ):
        machine.certificates.add("LocalMachine", "My", _certificate(name, days, today))
    uninstall = "HKEY_LOCAL_MACHINE\\SOFTWARE\\{}Microsoft\\Windows\\CurrentVersion\\Uninstall\\{}"
    for below, name, version, date in (
        ("", "Agent", "9.1", "20090301"),
        ("Wow6432Node\\", "Tools", "12.0.1", None),
    ):
        key = uninstall.format(below, name)
        machine.registry.create(key)
        machine.registry.set_value(key, "DisplayName", "String", name)
        machine.registry.set_value(key, "DisplayVersion", "String", version)
        if date is not None:
            machine.registry.set_value(key, "InstallDate", "String", date)
    machine.wmi["Win32_LogicalDisk"] = lambda one: [
        _row("Win32_LogicalDisk", DeviceID=drive, DriveType=kind, Size=UInt64(size), FreeSpace=UInt64(free))
        for drive, kind, size, free in (
            ("C:", 3, 100 * 2**30, 10 * 2**30), ("D:", 3, 500 * 2**30, 250 * 2**30), ("E:", 5, 2**30, 0),
        )
    ]  # fmt: skip
    machine.wmi["Win32_OperatingSystem"] = lambda one: [
        _row("Win32_OperatingSystem", Caption="Microsoft Windows Server 2008 R2 Enterprise ", Version="6.1.7601",
             LastBootUpTime="20100101120000.000000+000", TotalVisibleMemorySize=Int64(8 * 2**20))
    ]  # fmt: skip
    modes = {"Automatic": "Auto", "Disabled": "Disabled", "Manual": "Manual"}
    machine.wmi["Win32_Service"] = lambda one: [
        _row("Win32_Service", Name=service.name, State=service.status, StartMode=modes[service.start_type])
        for service in one.services.all()
    ]
    return machine


CASES: dict[str, tuple[str, tuple[str, ...], list[str]]] = {
    "disk-report": ("", ("2.0", "3.0", "5.1"), ["2 disks, 1 low", "1"]),
    "event-collector": (
        "", ("2.0", "3.0", "5.1"),
        ["Disk                      2", "NETLOGON                  1", "Error=2", "Warning=1"],
    ),
    "service-restarter": (
        "W32Time, Spooler, Fax, Nothing", ("2.0", "3.0", "5.1"),
        ["Fax=Stopped", "Spooler=Running", "W32Time=Running", "[INFO ] W32Time runs", "[INFO ] Spooler started at attempt 1",
         "[WARN ] Fax is disabled", "[ERROR] There is no service Nothing"],
    ),
    "user-import": (
        "", ("2.0", "3.0", "5.1", "7"),
        ["amuster|anna.muster@contoso.com|MUSTER, Anna|12|2010-02-01",
         "amuster2|ada.muster@contoso.com|MUSTER, Ada|12|2010-03-15",
         "moharabr|max.o'hara-brown@contoso.com|O'HARA-BROWN, Max|12|2010-12-31",
         '"Alias","Mail"', '"amuster","anna.muster@contoso.com"'],
    ),
    "log-cleaner": (
        "", ("2.0", "3.0", "5.1", "7"),
        ["2 files, 2.0 KB", "new.log", "note.md", "2009-10: 1", "2009-11: 1"],
    ),
    "certificate-expiry": (
        "", ("2.0", "3.0", "5.1", "7"),
        ["EXPIRED   old.contoso.com -2", "CRITICAL  mail.contoso.com 10", "WARNING   web 40"],
    ),
    "xml-config": ("", ("2.0", "3.0", "5.1", "7"), ["Timeout=90", "Mode=Strict", "1", "True"]),
    "netstat-parser": (
        "", ("2.0", "3.0", "5.1", "7"),
        ["TCP/25 svchost", "TCP/443 System", "2", "10.0.0.1", "10.0.0.2", "SERVER01", "No"],
    ),
    "robocopy-wrapper": (
        "", ("2.0", "3.0", "5.1", "7"),
        ["robocopy: copied (7 arguments)", "Dirs: 1 of 4", "Files: 5 of 12", "Bytes: 102400 of 204800"],
    ),
    "function-library": (
        "", ("2.0", "3.0", "5.1"),
        ["SERVER01|Microsoft Windows Server 2008 R2 Enterprise|8.00 GB|Spooler|6",
         "ParameterArgumentValidationError,Get-Inventory", "3", "What a server is.",
         "512 B", "2.00 KB", "5.00 MB", "3.00 GB", "2.00 TB"],
    ),
    "task-audit": (
        "", ("2.0", "3.0", "5.1", "7"),
        ["Backup ran 1/24/2010 1:00:00 AM: 0x80070002", "CONTOSO\\svc: 1", "SYSTEM: 2"],
    ),
    "registry-inventory": (
        "", ("2.0", "3.0", "5.1", "7"),
        ["Agent 9.1 1.3.2009 True", "Tools 12.0.1  False", "1", "2"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    ("name", "level"), [(name, level) for name, case in CASES.items() for level in case[1]]
)
def test_a_script_of_an_administrator(name: str, level: str) -> None:
    """What it writes; nothing of it is missing."""
    arguments, _, wanted = CASES[name]
    machine = _machine()
    machine.files.write("C:\\Windows\\Temp\\s.ps1", (SCRIPTS / f"{name}.ps1").read_bytes())
    result = (
        Host(level, machine, [PROGRAMS])
        .runspace()
        .run(f"& C:\\Windows\\Temp\\s.ps1 {arguments} | ForEach-Object {{ [string]$_ }}")
    )
    assert result.terminated is None, result.terminated.message
    assert [one.message for one in result.errors if "Nothing" not in one.message] == []
    assert result.output == wanted
