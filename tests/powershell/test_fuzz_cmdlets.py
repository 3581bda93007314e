"""Cmdlets called with whatever arguments end with a result, never with a defect of the simulation or a hang."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exmigrate.twin.powershell.host import Host, Limits
from exmigrate.twin.powershell.levels import LEVELS
from exmigrate.twin.powershell.machine.memory import MemoryMachine
from exmigrate.twin.powershell.packs import Cmdlet

SMALL = Limits(steps=20_000, items=10_000, text=100_000, output=2_000)
HOSTS = {level: Host(level, MemoryMachine(), limits=SMALL) for level in LEVELS}
VALUES = st.sampled_from(
    ["1", "0", "-1", "'x'", "''", "'a*'", "$null", "@()", "@(1,2)", "@{a=1}", "{ $_ }", "$true", "'C:\\Windows'", "[int]",
     "'HKLM:\\SOFTWARE'", "(Get-Date '2010-01-01')", "(New-Object PSObject -Property @{Name='n';Value=2})", "'1,2'",
     "'<a b=\"1\"/>'", "'{\"a\":1}'", "99999999999", "'C:\\Windows\\Temp\\f.txt'", "'Variable:x'", "'name'"]
)  # fmt: skip
INPUTS = st.sampled_from(
    ["", "1..3 | ", "'a','b' | ", "$null | ", "@{a=1} | ", "(New-Object PSObject -Property @{Name='n';Size=2}) | ",
     "'C:\\Windows' | ", "(Get-Date '2010-01-01') | ", "{ 1 } | ", "@(1,@(2,3)) | "]
)  # fmt: skip
BEHIND = st.sampled_from(["", " | Out-String", " | Out-Null", " | Format-List"])


def _parameters(cmdlet: Cmdlet) -> st.SearchStrategy[list[str]]:
    if not cmdlet.parameters:
        return st.just([])
    named = st.sampled_from(list(cmdlet.parameters)).flatmap(
        lambda p: (
            st.just(f"-{p.name}") if p.type == "switch" else VALUES.map(lambda value: f"-{p.name} {value}")
        )
    )
    return st.lists(named, max_size=3, unique_by=lambda text: text.split()[0])


def calls(level: str) -> st.SearchStrategy[str]:
    """One call of one cmdlet of the level."""
    cmdlets = [infos[0].cmdlet for _, infos in sorted(HOSTS[level].registry.cmdlets.items())]
    chosen = st.sampled_from([cmdlet for cmdlet in cmdlets if cmdlet.name != "Start-Sleep"])
    call = chosen.flatmap(lambda c: st.tuples(st.just(c.name), _parameters(c), st.lists(VALUES, max_size=2)))
    return st.tuples(INPUTS, call, BEHIND).map(
        lambda t: t[0] + " ".join([t[1][0], *t[1][1], *t[1][2]]) + t[2]
    )


@pytest.mark.parametrize("level", LEVELS)
@given(data=st.data())
@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
def test_calls_end_with_a_result(level: str, data: st.DataObject) -> None:
    """Errors name what was wrong; none of them is a Python exception in disguise."""
    result = HOSTS[level].runspace().run(data.draw(calls(level)))
    for record in (*result.errors, *([result.terminated] if result.terminated else [])):
        assert "Error: " not in record.message.partition("Not simulated")[2]
