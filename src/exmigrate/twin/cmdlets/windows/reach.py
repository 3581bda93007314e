"""Other machines from a cmdlet's ``-ComputerName``: reached only by a logon that travels, as an administrator there."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.machine import MachineError
from exmigrate.twin.powershell.packs import Call
from exmigrate.twin.world.server import Server

LOCAL = (".", "localhost", "127.0.0.1", "")


def remote_machine(machine: Any, name: str) -> Any:
    """The machine port of a computer as the calling process sees it.

    Raises:
        MachineError: no such computer, down, or the logon does not reach it.
    """
    server: Server = machine.server
    if name.lower() in (*LOCAL, server.name.lower(), server.fqdn):
        return machine
    target = machine.world.server(name)
    if target is None:
        for address in machine.network.resolve(name):
            target = target or machine.world.server_at(address)
    if target is None or not target.up:
        raise MachineError(
            "unreachable", "The RPC server is unavailable. (Exception from HRESULT: 0x800706BA)", 0x800706BA
        )
    if not machine.token.can_delegate or not _is_admin(machine, target):
        raise MachineError(
            "denied", "Access is denied. (Exception from HRESULT: 0x80070005 (E_ACCESSDENIED))", 0x80070005
        )
    return machine.world.machine(target, machine.token, machine.process)


def _is_admin(machine: Any, target: Server) -> bool:
    accounts = machine.world.accounts
    record = accounts.find(target, machine.token.domain, machine.token.account)
    return record is not None and accounts.is_administrator(target, accounts.domain_groups(record), record)


def machines_of(call: Call) -> list[Any]:
    """The machines that ``-ComputerName`` names; this one without it."""
    names = call.get("ComputerName")
    if not names:
        return [call.machine]
    return [
        remote_machine(call.machine, str(name)) for name in (names if isinstance(names, list) else [names])
    ]
