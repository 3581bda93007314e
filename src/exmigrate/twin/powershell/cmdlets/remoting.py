"""``-ComputerName`` of cmdlets that talk to other machines by themselves (RPC and DCOM)."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.packs import Call
from exmigrate.twin.powershell.types.texts import to_text

_SELF = ("", ".", "localhost", "127.0.0.1", "::1")


def is_this_machine(machine: Any, name: str) -> bool:
    """Whether a computer name means the machine itself."""
    known = [*_SELF, machine.name.lower()]
    if machine.network.domain:
        known.append(f"{machine.name}.{machine.network.domain}".lower())
    return name.lower() in known


def machines(call: Call, parameter: str = "ComputerName") -> list[Any]:
    """The machines that a call is about.

    A machine port that reaches others has a method ``computer(name)`` that gives their port; MachineError when it
    cannot. Without that method any other name is an error that says so.
    """
    names = call.bound.get(parameter)
    if names is None:
        return [call.machine]
    found = []
    for name in [names] if isinstance(names, str) else [to_text(one) for one in names]:
        if is_this_machine(call.machine, name):
            found.append(call.machine)
            continue
        reach = getattr(call.machine, "computer", None)
        if reach is None:
            raise call.throw(
                f"Not simulated: {call.name} -{parameter} {name} (another computer).",
                "NotSimulated",
                "NotImplemented",
                name,
                exception="System.NotSupportedException",
            )
        found.append(reach(name))
    return found


def on_this_machine(call: Call, parameter: str = "ComputerName") -> None:
    """Refuse, by name, a computer other than the machine itself."""
    for machine in machines(call, parameter):
        if machine is not call.machine:
            raise call.throw(
                f"Not simulated: {call.name} -{parameter} for another computer.",
                "NotSimulated",
                "NotImplemented",
                exception="System.NotSupportedException",
            )
