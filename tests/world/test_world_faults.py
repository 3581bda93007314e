"""Faults: by occasion, by time, counted."""

from dataclasses import replace

import pytest

from exmigrate.twin.powershell.machine import MachineError
from exmigrate.twin.world.faults import Faults
from exmigrate.twin.world.spec import FaultSpec
from exmigrate.twin.world.world import World
from tests.world.specs import contoso


def test_a_fault_strikes_after_its_occasions_and_so_often() -> None:
    faults = Faults([FaultSpec("move-fails", "user-*", after=1, times=2)])
    assert [faults.strikes("move-fails", "user-a") is not None for _ in range(4)] == [
        False,
        True,
        True,
        False,
    ]
    assert faults.strikes("move-fails", "other") is None
    assert [fired.target for fired in faults.history] == ["user-a", "user-a"]


def test_a_full_disk_refuses_to_be_written(world: World) -> None:
    world.faults.arm("disk-full", "MAIL2010/D", times=-1)
    server = world.server("MAIL2010")
    assert server is not None
    server.files.write(r"C:\x.txt", b"1")
    with pytest.raises(MachineError, match="not enough space"):
        server.files.write(r"D:\x.txt", b"1")


def test_replication_sticks_for_a_while() -> None:
    fault = FaultSpec("replication-stuck", "DC02", options={"at_s": 0, "for_s": 7200})
    world = World(replace(contoso(), faults=(fault,)))
    world.clock.advance(1)
    main, branch = world.forest.all()
    dn = f"CN=Anna,CN=Users,{world.forest.root_dn}"
    main.create(dn, "user")
    world.clock.advance(3600)
    assert branch.get(dn) is None
    world.clock.advance(3700)
    assert branch.get(dn) is not None


def test_a_restart_may_hang_and_lose_the_last_write(world: World) -> None:
    server = world.server("MAIL2010")
    assert server is not None
    world.faults.arm("reboot-hangs", "MAIL2010", minutes=60)
    world.faults.arm("lost-write", "MAIL2010")
    server.files.write(r"C:\first.txt", b"1")
    server.files.write(r"C:\last.txt", b"2")
    server.restart()
    world.clock.advance(600)
    assert not server.up
    world.clock.advance(3600)
    assert server.up
    assert server.files.stat(r"C:\first.txt") is not None
    assert server.files.stat(r"C:\last.txt") is None
