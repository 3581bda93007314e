"""Real parameters and cmdlets that are not simulated are errors that name them; invented ones are not found."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from exmigrate.twin.powershell.host import Host
from exmigrate.twin.powershell.machine.memory import MemoryMachine
from exmigrate.twin.powershell.types.published import Member

pytestmark = pytest.mark.long

LEVELS = ("2.0", "3.0", "5.1", "7")
HOSTS = {level: Host(level, MemoryMachine()) for level in LEVELS}
DATA = json.loads((files("exmigrate.twin.powershell.runtime") / "lacking.json").read_text("utf-8"))


@pytest.mark.parametrize("cmdlet", DATA["parameters"])
@pytest.mark.parametrize("level", LEVELS)
def test_a_real_parameter_is_named(level: str, cmdlet: str) -> None:
    """Cmdlet and parameter; one of another level is not found there."""
    infos = HOSTS[level].registry.cmdlets.get(cmdlet.lower())
    if not infos:
        return
    declared = {one.name for info in infos for one in info.cmdlet.parameters}
    for text in DATA["parameters"][cmdlet].split():
        member = Member(text, "parameter")
        assert member.name not in declared
        result = HOSTS[level].runspace().run(f"{cmdlet} -{member.name} x")
        record = result.errors[0] if result.errors else result.terminated
        assert record is not None
        if member.at(level):
            assert record.message == f"Not simulated: parameter {member.name} of {cmdlet}."
        else:
            assert record.error_id == "NamedParameterNotFound"


@pytest.mark.parametrize("text", DATA["cmdlets"])
def test_a_real_cmdlet_is_named(text: str) -> None:
    """At its levels; at others, and for an invented one, the command is not found."""
    member = Member(text, "cmdlet")
    for level in LEVELS:
        assert member.name.lower() not in HOSTS[level].registry.cmdlets
        record = HOSTS[level].runspace().run(member.name).errors
        terminated = (
            HOSTS[level].runspace().run(f"try {{ {member.name} }} catch {{ $_.FullyQualifiedErrorId }}")
        )
        wanted = "NotSimulated" if member.at(level) else "CommandNotFoundException"
        assert terminated.output == [wanted] or [one.error_id for one in record] == [wanted]


@pytest.mark.parametrize("level", LEVELS)
def test_an_invented_parameter_is_not_found(level: str) -> None:
    """NamedParameterNotFound, as in life."""
    for cmdlet in ("Get-Item", "Get-ChildItem", "Invoke-Command", "Get-Job"):
        record = HOSTS[level].runspace().run(f"{cmdlet} -Invented x")
        found = record.errors[0] if record.errors else record.terminated
        assert found is not None
        assert found.error_id == "NamedParameterNotFound"
