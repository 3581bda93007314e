"""Get-Random and New-Guid."""

from __future__ import annotations

from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter


def _random(call: Call) -> None:
    bound = call.bound
    source = call.machine.random
    if "SetSeed" in bound:
        from exmigrate.twin.powershell.machine.memory import MemoryRandom

        source = MemoryRandom(int(bound["SetSeed"]))
    if call.set_name == "RandomListItemParameterSet":
        call.state.setdefault("items", []).extend(bound.get("InputObject") or [])
        call.state["source"] = source
        return
    low, high = bound.get("Minimum"), bound.get("Maximum")
    if isinstance(low, float) or isinstance(high, float):
        start, end = float(low or 0), float(2**31 - 1 if high is None else high)
        call.write(start + source.real() * (end - start))
        return
    start, end = int(low or 0), int(2**31 - 1 if high is None else high)
    if start >= end:
        raise call.throw(
            f"The Minimum value ({start}) cannot be greater than or equal to the Maximum value ({end}).",
            "MinGreaterThanOrEqualMax",
            "InvalidArgument",
            exception="System.ArgumentException",
        )
    made = source.integer(start, end)
    call.write(made if -(2**31) <= made < 2**31 else v.Int64(made))


def _random_end(call: Call) -> None:
    items = call.state.get("items")
    if items is None:
        return
    source, remaining = call.state["source"], list(items)
    count = int(call.bound.get("Count") or 1)
    while remaining and count > 0:
        call.write(remaining.pop(source.integer(0, len(remaining))))
        count -= 1


def _guid(call: Call) -> None:
    call.write(s.Guid(call.machine.random.guid()))


CMDLETS = [
    Cmdlet(
        "Get-Random",
        parameters=[
            Parameter("SetSeed", "int"),
            Parameter("Maximum", "object", sets=("RandomNumberParameterSet",), position=0),
            Parameter("Minimum", "object", sets=("RandomNumberParameterSet",)),
            Parameter(
                "InputObject",
                "object[]",
                sets=("RandomListItemParameterSet",),
                position=0,
                mandatory=True,
                pipeline=True,
            ),
            Parameter("Count", "int", sets=("RandomListItemParameterSet",)),
        ],
        process=_random,
        end=_random_end,
        default_set="RandomNumberParameterSet",
    ),
    Cmdlet("New-Guid", process=_guid, since="5.1"),
]
