"""Other machines from a cmdlet's ``-ComputerName``."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.packs import Call

LOCAL = (".", "localhost", "127.0.0.1", "")


def remote_machine(machine: Any, name: str) -> Any:
    """The machine port of a computer as the calling process sees it.

    Raises:
        MachineError: no such computer, down, or the logon does not reach it.
    """
    server = machine.server
    if name.lower() in (*LOCAL, server.name.lower(), server.fqdn):
        return machine
    return machine.computer(name)


def machines_of(call: Call) -> list[Any]:
    """The machines that ``-ComputerName`` names; this one without it."""
    names = call.get("ComputerName")
    if not names:
        return [call.machine]
    return [
        remote_machine(call.machine, str(name)) for name in (names if isinstance(names, list) else [names])
    ]
