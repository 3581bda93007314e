"""WMI classes of root\\cimv2 that inventories and prerequisite checks read."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from exmigrate.twin.powershell.machine import MachineError, Service
from exmigrate.twin.powershell.values import PSObject, ScriptMethod, UInt16, UInt32, UInt64
from exmigrate.twin.world.server import Server

MODES = {"Automatic": "Auto", "Manual": "Manual", "Disabled": "Disabled"}
START_TYPES = {"automatic": "Automatic", "manual": "Manual", "disabled": "Disabled"}


def instance(
    name: str, props: dict[str, Any], methods: dict[str, Callable[..., Any]] | None = None
) -> PSObject:
    """An instance of a class."""
    made = PSObject({"__CLASS": name, **props}, (f"System.Management.ManagementObject#root\\cimv2\\{name}",))
    for method, function in (methods or {}).items():
        made.props[method] = ScriptMethod(lambda this, *arguments, f=function: f(*arguments))
    return made


def dmtf(moment: datetime) -> str:
    """A time as WMI writes it."""
    return moment.strftime("%Y%m%d%H%M%S.%f") + "+000"


def _return(value: int) -> PSObject:
    return PSObject({"ReturnValue": UInt32(value)}, ("System.Management.ManagementBaseObject",))


def _operating_system(machine: Any, server: Server) -> Iterable[PSObject]:
    windows = server.windows
    total = server.spec.memory_mb * 1024
    props: dict[str, Any] = {
        "Caption": windows.caption + " ",
        "Version": windows.version,
        "BuildNumber": windows.version.rpartition(".")[2],
        "CSName": server.name.upper(),
        "CSDVersion": f"Service Pack {server.service_pack}" if server.service_pack else None,
        "ServicePackMajorVersion": UInt16(server.service_pack),
        "ServicePackMinorVersion": UInt16(0),
        "ProductType": UInt32(2 if server.is_controller else 3),
        "OperatingSystemSKU": UInt32(
            {"Standard": 7, "Enterprise": 10, "Datacenter": 8}.get(server.spec.edition, 7)
        ),
        "LastBootUpTime": dmtf(server.booted_at),
        "LocalDateTime": dmtf(server.now()),
        "InstallDate": dmtf(server.world.clock.epoch),
        "TotalVisibleMemorySize": UInt64(total),
        "FreePhysicalMemory": UInt64(total // 2),
        "SystemDrive": "C:",
        "SystemDirectory": "C:\\Windows\\system32",
        "WindowsDirectory": "C:\\Windows",
        "CurrentTimeZone": 0,
        "Locale": "0409",
        "OSLanguage": UInt32(1033),
        "Status": "OK",
    }
    if not server.spec.before_2008:
        props["OSArchitecture"] = f"{server.spec.bits}-bit"

    def reboot(*arguments: Any) -> PSObject:
        server.world.clock.schedule(2, server.restart)
        return _return(0)

    yield instance("Win32_OperatingSystem", props, {"Reboot": reboot, "Win32Shutdown": reboot})


def _computer_system(machine: Any, server: Server) -> Iterable[PSObject]:
    domain = server.domain
    role = 5 if server.is_controller else 3 if domain else 2
    yield instance(
        "Win32_ComputerSystem",
        {
            "Name": server.name.upper(),
            "DNSHostName": server.name,
            "Domain": domain.name if domain else "WORKGROUP",
            "Workgroup": None if domain else "WORKGROUP",
            "PartOfDomain": domain is not None,
            "DomainRole": UInt16(role),
            "Manufacturer": "VMware, Inc.",
            "Model": "VMware Virtual Platform",
            "NumberOfProcessors": UInt32(1),
            "NumberOfLogicalProcessors": UInt32(server.spec.processors),
            "SystemType": "x64-based PC" if server.spec.bits == 64 else "X86-based PC",
            "TotalPhysicalMemory": UInt64(server.spec.memory_mb * 1024 * 1024),
            "UserName": None,
        },
    )


def _disks(machine: Any, server: Server) -> Iterable[PSObject]:
    for letter, (used, free) in server.files.drives().items():
        yield instance(
            "Win32_LogicalDisk",
            {
                "DeviceID": f"{letter}:",
                "Name": f"{letter}:",
                "Caption": f"{letter}:",
                "DriveType": UInt32(3),
                "FileSystem": "NTFS",
                "Size": UInt64(used + free),
                "FreeSpace": UInt64(free),
                "VolumeName": "System" if letter == "C" else f"Volume {letter}",
            },
        )


def _volumes(machine: Any, server: Server) -> Iterable[PSObject]:
    for letter, (used, free) in server.files.drives().items():
        yield instance(
            "Win32_Volume",
            {
                "Name": f"{letter}:\\",
                "DriveLetter": f"{letter}:",
                "DriveType": UInt32(3),
                "FileSystem": "NTFS",
                "Capacity": UInt64(used + free),
                "FreeSpace": UInt64(free),
                "BlockSize": UInt64(4096),
            },
        )


def _processors(machine: Any, server: Server) -> Iterable[PSObject]:
    yield instance(
        "Win32_Processor",
        {
            "Name": "Intel(R) Xeon(R) CPU           X5650  @ 2.67GHz",
            "DeviceID": "CPU0",
            "AddressWidth": UInt16(server.spec.bits),
            "DataWidth": UInt16(64),
            "Architecture": UInt16(9 if server.spec.bits == 64 else 0),
            "NumberOfCores": UInt32(server.spec.processors),
            "NumberOfLogicalProcessors": UInt32(server.spec.processors),
            "MaxClockSpeed": UInt32(2666),
        },
    )


def _memory(machine: Any, server: Server) -> Iterable[PSObject]:
    yield instance(
        "Win32_PhysicalMemory",
        {
            "Tag": "Physical Memory 0",
            "Capacity": UInt64(server.spec.memory_mb * 1024 * 1024),
            "BankLocator": "RAM slot #0",
        },
    )


def _adapters(machine: Any, server: Server) -> Iterable[PSObject]:
    yield instance(
        "Win32_NetworkAdapter",
        {
            "Name": "Intel(R) PRO/1000 MT Network Connection",
            "NetConnectionID": "Local Area Connection",
            "NetConnectionStatus": UInt16(2),
            "Speed": UInt64(1_000_000_000),
            "MACAddress": "00:50:56:" + ":".join(f"{ord(c) % 256:02X}" for c in (server.name + "ABC")[-3:]),
            "NetEnabled": True,
            "PhysicalAdapter": True,
        },
    )


def _adapter_configuration(machine: Any, server: Server) -> Iterable[PSObject]:
    resolvers = [a for dc in server.world.spec.forest.domain_controllers for a in dc.addresses]
    yield instance(
        "Win32_NetworkAdapterConfiguration",
        {
            "Description": "Intel(R) PRO/1000 MT Network Connection",
            "IPEnabled": True,
            "DHCPEnabled": False,
            "IPAddress": list(server.addresses),
            "IPSubnet": ["255.255.255.0" for _ in server.addresses],
            "DefaultIPGateway": [],
            "DNSServerSearchOrder": resolvers if server.domain else ["8.8.8.8"],
            "DNSDomain": server.spec.domain or server.spec.dns_suffix,
            "DNSHostName": server.name,
        },
    )


def _service(server: Server, service: Service) -> PSObject:
    def start(*arguments: Any) -> PSObject:
        try:
            server.services.start(service.name)
        except MachineError as error:
            return _return({1056: 10, 1058: 14}.get(error.code, 7))
        return _return(0)

    def stop(*arguments: Any) -> PSObject:
        try:
            server.services.stop(service.name)
        except MachineError as error:
            return _return({1062: 5, 1051: 3}.get(error.code, 8))
        return _return(0)

    def change(mode: Any, *arguments: Any) -> PSObject:
        wanted = START_TYPES.get(str(mode).lower())
        if wanted is None:
            return _return(21)
        server.services.set_start_type(service.name, wanted)
        return _return(0)

    return instance(
        "Win32_Service",
        {
            "Name": service.name,
            "DisplayName": service.display_name,
            "State": service.status,
            "Status": "OK",
            "Started": service.status == "Running",
            "StartMode": MODES.get(service.start_type, service.start_type),
            "StartName": service.account,
            "PathName": service.path,
            "ProcessId": UInt32(service.pid),
            "ExitCode": UInt32(0),
            "SystemName": server.name.upper(),
        },
        {"StartService": start, "StopService": stop, "ChangeStartMode": change},
    )


def _services(machine: Any, server: Server) -> Iterable[PSObject]:
    return [_service(server, service) for service in server.services.all()]


def _processes(machine: Any, server: Server) -> Iterable[PSObject]:
    for process in server.processes.all():
        yield instance(
            "Win32_Process",
            {
                "Name": f"{process.name}.exe",
                "ProcessId": UInt32(process.pid),
                "ParentProcessId": UInt32(process.parent),
                "ExecutablePath": process.path,
                "CommandLine": process.command_line,
                "WorkingSetSize": UInt64(process.working_set),
            },
        )


def _hotfixes(machine: Any, server: Server) -> Iterable[PSObject]:
    for name in sorted(server.hotfixes):
        if name.upper().startswith("KB"):
            yield instance(
                "Win32_QuickFixEngineering",
                {"HotFixID": name, "Description": "Update", "InstalledBy": "NT AUTHORITY\\SYSTEM"},
            )


def _products(machine: Any, server: Server) -> Iterable[PSObject]:
    for name in server.installed_products():
        yield instance("Win32_Product", {"Name": name, "Vendor": "Microsoft Corporation", "Version": ""})


def _system_product(machine: Any, server: Server) -> Iterable[PSObject]:
    yield instance(
        "Win32_ComputerSystemProduct",
        {"Name": "VMware Virtual Platform", "UUID": server.machine_guid.upper()},
    )


def _time_zone(machine: Any, server: Server) -> Iterable[PSObject]:
    yield instance(
        "Win32_TimeZone", {"Caption": "(UTC) Coordinated Universal Time", "Bias": 0, "StandardName": "UTC"}
    )


def available(make: Callable[[Any, Server], Iterable[PSObject]]) -> Callable[[Any], Iterable[PSObject]]:
    """A class that answers only while the WMI service runs; Exchange Setup stops it."""

    def read(machine: Any) -> Iterable[PSObject]:
        server: Server = machine.server
        if not server.services.is_running("Winmgmt"):
            raise MachineError(
                "unreachable",
                "The RPC server is unavailable. (Exception from HRESULT: 0x800706BA)",
                0x800706BA,
            )
        with server.world.access():
            return list(make(machine, server))

    return read


CLASSES: dict[str, Callable[[Any], Iterable[PSObject]]] = {
    name: available(make)
    for name, make in {
        "Win32_OperatingSystem": _operating_system,
        "Win32_ComputerSystem": _computer_system,
        "Win32_ComputerSystemProduct": _system_product,
        "Win32_LogicalDisk": _disks,
        "Win32_Volume": _volumes,
        "Win32_Processor": _processors,
        "Win32_PhysicalMemory": _memory,
        "Win32_NetworkAdapter": _adapters,
        "Win32_NetworkAdapterConfiguration": _adapter_configuration,
        "Win32_Service": _services,
        "Win32_Process": _processes,
        "Win32_QuickFixEngineering": _hotfixes,
        "Win32_Product": _products,
        "Win32_TimeZone": _time_zone,
    }.items()
}
