"""What inventories read beyond cmdlets: replication by .NET, an object that is not there, tracking logs, logons."""

from __future__ import annotations

import pytest

from exmigrate.twin.console import LEVELS
from exmigrate.twin.powershell.host import Host
from exmigrate.twin.world.world import World
from tests.world.test_windows_programs import machine_of

NEIGHBORS = """
foreach ($domain in [DirectoryServices.ActiveDirectory.Forest]::GetCurrentForest().Domains) {
    foreach ($dc in $domain.DomainControllers) {
        try { foreach ($way in $dc.GetAllReplicationNeighbors()) { "$($dc.Name)<$($way.SourceServer) $($way.ConsecutiveFailureCount) $($way.LastSyncResult)" } }
        catch { "$($dc.Name): $($_.Exception.InnerException.GetType().Name)" }
    }
}
"""


def type_in(world: World, text: str, delegated: bool = True) -> list[str]:
    """What a script prints, or the text of the error that ends it."""
    machine = machine_of(world, delegated=delegated)
    done = Host(LEVELS["2.0"], machine).runspace().run(text)
    errors = [done.terminated] if done.terminated is not None else done.errors
    return [str(o) for o in done.output] + [str(getattr(e, "message", e)) for e in errors]


def test_each_controller_tells_from_whom_it_gets_what(world: World) -> None:
    said = type_in(world, NEIGHBORS)
    assert len(said) == 2 * 3  # two controllers, three contexts
    assert all(line.endswith(" 0 0") for line in said)
    world.forest.stick("DC02")
    assert all(line.endswith(" 3 1722") for line in type_in(world, NEIGHBORS))
    world.forest.release("DC02")
    assert all(line.endswith(" 0 0") for line in type_in(world, NEIGHBORS))


def test_a_controller_that_is_down_throws_what_a_script_can_catch(world: World) -> None:
    world.forest.all()[1].up = False
    said = type_in(world, NEIGHBORS)
    assert said[-1] == "dc02.contoso.com: ActiveDirectoryServerDownException"
    assert len(said) == 3 + 1


def test_the_forest_is_beyond_a_logon_that_does_not_delegate(world: World) -> None:
    (said,) = type_in(world, "[DirectoryServices.ActiveDirectory.Forest]::GetCurrentForest().Name", False)
    assert "An operations error occurred." in said


@pytest.mark.parametrize("read", ["$e.psbase.Properties['cn'].Value", "$e.cn.Value"])
def test_an_object_that_is_not_there_is_an_error_that_a_script_catches(world: World, read: str) -> None:
    text = f"$e = [ADSI]'LDAP://CN=Nobody,DC=contoso,DC=com'; try {{ {read}; 'read' }} catch {{ 'caught' }}"
    assert type_in(world, text) == ["caught"]
