"""What a refusal of the machine is as a .NET exception."""

from __future__ import annotations

from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.machine.ports import MachineError

_KINDS = {
    "exists": "System.IO.IOException",
    "denied": "System.UnauthorizedAccessException",
    "not-empty": "System.IO.IOException",
    "disk-full": "System.IO.IOException",
    "in-use": "System.IO.IOException",
    "timeout": "System.TimeoutException",
    "refused": "System.Net.Sockets.SocketException",
    "unreachable": "System.Net.Sockets.SocketException",
    "no-such-host": "System.Net.Sockets.SocketException",
    "invalid": "System.InvalidOperationException",
}


def machine_fault(fault: MachineError) -> NetFault:
    """The exception of a refusal: its type by kind, the machine's message and code."""
    kind = _KINDS.get(fault.kind, "System.IO.IOException")
    if fault.kind == "not-found":
        folder = fault.code == 3
        kind = "System.IO.DirectoryNotFoundException" if folder else "System.IO.FileNotFoundException"
    return NetFault(kind, fault.message, ErrorCode=fault.code, NativeErrorCode=fault.code)
