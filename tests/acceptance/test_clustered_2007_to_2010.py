"""A clustered mailbox server of 2007 SP1 to 2010 on the twin: service pack by node, moves, removal; the controller killed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.twin import Rehearsal

pytestmark = [pytest.mark.acceptance, pytest.mark.crash]

PLAN, SPEED = "clustered-2007-2010", 4000


def test_a_clustered_mailbox_server_leaves_with_its_nodes(rehearsal: Rehearsal) -> None:
    """Killed while a node gets its service pack, while the clustered server is upgraded and while it is removed; each Setup ran once."""
    steps = rehearsal.preview()
    assert steps["patch-2007-servers@NODE-A"]["state"] == "needed"
    assert steps["remove-2007-cms@MBX07"]["host"] == "NODE-B"
    rehearsal.persons()
    rehearsal.to_the_end("patch-2007-servers@NODE-B", "upgrade-2007-cms", "remove-2007-cms")
    world = rehearsal.world()
    assert world["clusters"] == {}
    assert list(world["exchange"]["servers"]) == ["MAIL2010"]
    assert {box["database"] for box in world["exchange"]["mailboxes"].values()} == {"EX2010DB01"}
    assert setup_runs(world, "NODE-A") == [("/mode:Upgrade",), ("/mode:Uninstall", "/roles:Mailbox")]
    assert setup_runs(world, "NODE-B") == [
        ("/mode:Upgrade",),
        ("/UpgradeCms",),
        ("/RemoveCms", "/CMSName:MBX07"),
        ("/mode:Uninstall", "/roles:Mailbox"),
    ]


def setup_runs(world: dict[str, Any], server: str) -> list[tuple[str, ...]]:
    """What Setup was started with on a machine, in order."""
    return [tuple(run["arguments"]) for run in world["servers"][server]["setup_runs"]]
