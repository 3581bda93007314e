"""`exmigrate discover` of Exchange 2000 and 2003 over the wire: what is read of them, and what is told by name instead."""

from __future__ import annotations

import json

import pytest

from exmigrate.plan import load
from tests.acceptance.twin import Rehearsal

pytestmark = pytest.mark.acceptance


PLAN, SPEED = "three-routing-groups-2000-2003-2007", 600


def test_every_server_of_2000_and_2003_is_read_or_told(rehearsal: Rehearsal) -> None:
    """Windows 2000 has no WinRM and some 2003 servers are not driven: their items are a person's, not missing."""
    archive = rehearsal.folder / "inventory.json"
    done = rehearsal.run(
        "discover", str(rehearsal.plan), "--endpoints", str(rehearsal.endpoints), "-o", str(archive)
    )
    assert done.returncode == 0, done.stderr
    topology = load(rehearsal.plan).topology
    assert topology is not None
    found = json.loads(archive.read_bytes())["items"]
    legacy = [s for s in topology.servers if s.source and s.legacy]
    assert {s.driven for s in legacy} == {True, False}
    for server in legacy:
        hardware = found[f"inv-hw@{server.name}"]
        assert hardware["confidence"] == ("ok" if server.driven else "manual")
        if not server.driven:
            assert f"bring: of {server.name}, which is not driven: inv-3rd, inv-av," in done.stderr
    missing = {item: r["why"] for item, r in found.items() if r["confidence"] == "missing"}
    assert {item.partition("@")[0] for item in missing} <= {"inv-relays-03"}
    assert all("switch it on at the SMTP virtual server" in why for why in missing.values())
    assert "bring: inv-smtpvs-relay: addresses that may relay" in done.stderr
    assert {s["server"] for s in found["inv-roles-03"]["value"]} == {s.name for s in legacy}
