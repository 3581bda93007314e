"""The computer as a whole: Restart-Computer, Test-Connection, Get-HotFix."""

from __future__ import annotations

from exmigrate.twin.cmdlets.windows.reach import machines_of, remote_machine
from exmigrate.twin.powershell.machine import MachineError
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.values import PSObject


def _restart(call: Call) -> None:
    for name in call.get("ComputerName") or ["."]:
        try:
            machine = remote_machine(call.machine, str(name))
        except MachineError as error:
            call.write_error(
                f"This command cannot be run on target computer('{name}') due to the following error: {error.message}.",
                "RestartcomputerInvalidOperationException", "OperationStopped", name, exception="System.InvalidOperationException",
            )  # fmt: skip
            continue
        if not machine.is_administrator:
            call.write_error(
                "Access is denied.", "RestartcomputerInvalidOperationException", "OperationStopped", name
            )
            continue
        if call.should_process(f"{name} ({machine.name})", "Restart-Computer"):
            machine.world.clock.schedule(2.0, machine.server.restart)


def _test(call: Call) -> None:
    count = int(call.get("Count") or 4)
    for name in call.get("ComputerName") or []:
        try:
            time = call.machine.network.ping(str(name), 4.0)
        except MachineError:
            time = None
        if call.flag("Quiet"):
            call.write(time is not None)
        elif time is None:
            call.write_error(
                f"Testing connection to computer '{name}' failed: Error due to lack of resources",
                "TestConnectionException", "ResourceUnavailable", name, exception="System.Net.NetworkInformation.PingException",
            )  # fmt: skip
        else:
            for _ in range(count):
                call.write(
                    PSObject(
                        {"Address": str(name), "ResponseTime": int(time), "StatusCode": 0},
                        ("System.Management.ManagementObject#root\\cimv2\\Win32_PingStatus",),
                    )
                )


def _hotfixes(call: Call) -> None:
    wanted = [str(item).lower() for item in (call.get("Id") or [])]
    for machine in machines_of(call):
        present = sorted(name for name in machine.server.hotfixes if name.upper().startswith("KB"))
        for name in present:
            if not wanted or name.lower() in wanted:
                call.write(
                    PSObject(
                        {
                            "Source": machine.name,
                            "Description": "Update",
                            "HotFixID": name,
                            "InstalledBy": "NT AUTHORITY\\SYSTEM",
                        },
                        ("System.Management.ManagementObject#root\\cimv2\\Win32_QuickFixEngineering",),
                    )
                )
        if wanted and not set(wanted) & {name.lower() for name in present}:
            call.write_error(
                "Cannot find the requested hotfix on the 'localhost' computer. Verify the input and run the command again.",
                "GetHotFixNoEntriesFound", "ObjectNotFound", exception="System.ArgumentException",
            )  # fmt: skip


CMDLETS = (
    Cmdlet(
        "Restart-Computer",
        (
            Parameter("ComputerName", "string[]", position=0, pipeline=True, aliases=("CN", "Server")),
            Parameter("Credential", "object"),
            Parameter("Force", "switch"),
        ),
        process=_restart, should_process=True,
    ),
    Cmdlet(
        "Test-Connection",
        (
            Parameter("ComputerName", "string[]", position=0, mandatory=True, aliases=("CN", "IPAddress", "Server", "Destination")),
            Parameter("Count", "int"),
            Parameter("Quiet", "switch"),
            Parameter("Delay", "int"),
            Parameter("BufferSize", "int"),
        ),
        process=_test,
    ),
    Cmdlet(
        "Get-HotFix",
        (
            Parameter("Id", "string[]", position=0, aliases=("HFID",)),
            Parameter("ComputerName", "string[]", aliases=("CN", "Server")),
        ),
        process=_hotfixes,
    ),
)  # fmt: skip
