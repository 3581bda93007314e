"""Databases of 2007 that are all called as Setup calls them, on several servers and in several groups of one."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from exmigrate.model import Topology
from exmigrate.plan import load
from tests.catalog import worlds
from tests.catalog.bench import Bench
from tests.catalog.ends import assert_batches_arrived, said, state
from tests.plan.topologies import PLANS

pytestmark = pytest.mark.long

FOLDER = PLANS / "two-site-2007-2010"
PLACES = {
    "ZRH07-DB01": r"MBX07-1\SG1",
    "ZRH07-DB02": r"MBX07-1\SG2",
    "ZRH07-PF1": r"MBX07-1\SG3",
    "ZRH07-DB03": r"MBX07-2\SG1",
    "ZRH07-DB04": r"MBX07-2\SG2",
    "ZRH07-PF2": r"MBX07-2\SG3",
    "GVA07-DB01": r"GVA07-MBX\SG1",
    "GVA07-DB02": r"GVA07-MBX\SG2",
    "GVA07-PF1": r"GVA07-MBX\SG3",
}
THERE_AND_BACK = ("rehome-default-pf-database", "move-public-folder-replicas", "move-special-mailboxes")


def _shared(text: str) -> str:
    for name, place in PLACES.items():
        shared = "Public Folder Database" if "-PF" in name else "Mailbox Database"
        text = text.replace(f"{{name: {name},", f"{{name: {shared},").replace(name, f"{place}\\{shared}")
    return text


@cache
def topology() -> Topology:
    """The plan of two sites, cut down, with a room of no batch and the names that Setup gives."""

    def read(name: str) -> bytes:
        return _shared((FOLDER / name).read_text("utf-8")).encode()

    result = load(read("plan.yaml"), "plan.yaml", read)
    assert result.topology is not None, "\n".join(str(p) for p in result.problems)
    found = worlds.cut(result.topology, 1)
    return replace(found, source=worlds.source_with_more(found))


def test_each_database_is_meant_by_server_group_and_name() -> None:
    at = Bench(topology())
    for step in at.order():
        if at.change.by_id[step].kind in THERE_AND_BACK:
            at.carry_out_thoroughly(step)
        else:
            at.carry_out(step)
        if step == "move-public-folder-replicas@MBX07-1":
            _drained_of_its_own_replicas_alone(at)
    assert_batches_arrived(at)
    assert not {n for n in state(at)["mounted"] if n in ("Mailbox Database", "Public Folder Database")}


def _drained_of_its_own_replicas_alone(at: Bench) -> None:
    """`Public Folder Database` is the name of three; replicas of the other two are neither waited for nor touched."""
    replicas = "(Get-PublicFolder -Identity '\\Departments\\Sales').Replicas | ForEach-Object { $_.DistinguishedName }"
    servers = {
        dn.split(",")[3] for dn in said(at, "EX10-MB1", "shell-e10", replicas) if "InformationStore" in dn
    }
    assert servers == {"CN=MBX07-2"}
