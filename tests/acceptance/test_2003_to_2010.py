"""From one Exchange 2003 server to one of 2010 on the twin, a POP server in the loop, killed in the middle of a batch."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Ran
from tests.acceptance.twin import PLANS, Rehearsal
from tests.demo.witness import Witness

# The witness is stock pywinrm, which warns where a CA bundle stands in the environment.
pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.filterwarnings("ignore:'pywinrm' will use:DeprecationWarning"),
]


PLAN, SPEED = "single-server-2003-2010", 4000


def test_one_2003_server_leaves_and_the_pop_server_stays(rehearsal: Rehearsal) -> None:
    """Mailboxes, folders, names and routing are on the new server; the shared domain leads to the third system."""
    steps = rehearsal.preview()
    assert steps["isolate-shared-smtp-namespace"]["state"] == "satisfied"
    rehearsal.persons()
    rehearsal.to_the_end("move-mailboxes@batch:everyone")
    _assert_world(rehearsal.world())
    _assert_answers(Witness(rehearsal.endpoints, "ACME\\exmigrate", rehearsal.secret("EXMIGRATE_PASSWORD")))


def test_a_shared_domain_without_its_connector_is_refused(
    exmigrate: Callable[..., Ran], tmp_path: Path
) -> None:
    """The plan without the line that says where mail for unknown recipients goes."""
    folder = tmp_path / "plan"
    shutil.copytree(PLANS / "single-server-2003-2010", folder)
    plan = folder / "plan.yaml"
    line = "      - {name: acme.com, kind: internal-relay}\n"
    assert line in plan.read_text("utf-8")
    plan.write_text(
        plan.read_text("utf-8").replace(line, "").replace("    accepted_domains:\n      # The", "      # The")
    )
    done = exmigrate("validate", plan)
    assert done.returncode == 2
    assert "EXM-R-MF-014" in done.stderr
    assert "acme.com is shared with pop.acme.com and authoritative here" in done.stderr


def _assert_world(world: dict[str, Any]) -> None:
    assert list(world["exchange"]["servers"]) == ["EXCH2"]
    assert {box["database"] for box in world["exchange"]["mailboxes"].values()} == {"DB01"}
    runs = [tuple(run["arguments"]) for run in world["servers"]["EXCH2"]["setup_runs"]]
    assert len(runs) == len(set(runs)), f"Setup ran twice: {runs}"
    assert [r[1] for r in runs if r[0] == "/mode:Install"] == [
        "/roles:ClientAccess,ManagementTools",
        "/roles:HubTransport",
        "/roles:Mailbox",
    ]


def _assert_answers(witness: Witness) -> None:
    """What Exchange itself says, asked by a plain WinRM client."""
    connectors = witness.ask(
        "EXCH2",
        "Get-SendConnector | ForEach-Object { '{0}|{1}|{2}' -f $_.Name, ($_.AddressSpaces -join ','), "
        "($_.SmartHosts -join ',') }\n"
        "Get-AcceptedDomain | ForEach-Object { '{0}|{1}|{2}' -f $_.DomainName, $_.DomainType, $_.Default }\n"
        "Get-RoutingGroupConnector | ForEach-Object { 'RGC ' + $_.Name }\n"
        "Get-EmailAddressPolicy | ForEach-Object { '{0}|{1}' -f $_.Name, $_.RecipientFilterType }\n"
        'Get-OwaVirtualDirectory | ForEach-Object { "2003 $($_.Exchange2003Url)" }\n',
    )
    assert sorted(connectors) == [
        "2003",
        "Default Policy|Precanned",
        "Shared acme.com|SMTP:acme.com;1|pop.acme.com",
        "Staff|Precanned",
        "To the Internet|SMTP:*;1|",
        "acme.com|InternalRelay|True",
        "acme.local|Authoritative|False",
    ]
