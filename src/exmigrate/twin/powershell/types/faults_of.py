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


PYTHON_FAULTS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What the code of a member may raise besides its own exceptions when it meets a value it was not made for."""


def python_fault(fault: Exception, what: str) -> NetFault:
    """The .NET exception for a value that a member's code did not expect; ``what`` names the member."""
    if isinstance(fault, IndexError):
        return NetFault("System.IndexOutOfRangeException", "Index was outside the bounds of the array.")
    if isinstance(fault, KeyError):
        return NetFault(
            "System.Collections.Generic.KeyNotFoundException",
            "The given key was not present in the dictionary.",
        )
    if isinstance(fault, ArithmeticError):
        return NetFault("System.OverflowException", "Arithmetic operation resulted in an overflow.")
    if isinstance(fault, ValueError):
        return NetFault("System.ArgumentException", "Value does not fall within the expected range.")
    return NetFault("System.NotSupportedException", f"Not simulated: {what} with these values.")


def machine_fault(fault: MachineError) -> NetFault:
    """The exception of a refusal: its type by kind, the machine's message and code."""
    kind = _KINDS.get(fault.kind, "System.IO.IOException")
    if fault.kind == "not-found":
        folder = fault.code == 3
        kind = "System.IO.DirectoryNotFoundException" if folder else "System.IO.FileNotFoundException"
    return NetFault(kind, fault.message, ErrorCode=fault.code, NativeErrorCode=fault.code)
