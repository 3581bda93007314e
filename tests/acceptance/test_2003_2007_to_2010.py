"""From 2003 and 2007 side by side to 2010 on the twin, killed in the middle of a Setup and of a batch."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.twin import Rehearsal
from tests.demo.witness import Witness

# The witness is stock pywinrm, which warns where a CA bundle stands in the environment.
pytestmark = [
    pytest.mark.acceptance,
    pytest.mark.filterwarnings("ignore:'pywinrm' will use:DeprecationWarning"),
]


PLAN, SPEED = "single-site-2003-2007-2010", 4000


def test_both_old_servers_leave_and_the_controller_may_die_twice(rehearsal: Rehearsal) -> None:
    """2003 and 2007 empty themselves into 2010; the connector of 2007 goes by the new Hub to its end."""
    steps = rehearsal.preview()
    assert {s["kind"] for s in steps.values() if s["host"] == "EX03"} == {
        "preflight-remoting",
        "suppress-link-state",
    }
    rehearsal.persons()
    rehearsal.to_the_end("install-cas@", "move-mailboxes@batch:users-2003")
    _assert_world(rehearsal.world())
    _assert_order([str(e["step"]) for e in rehearsal.events() if e["type"] == "step-done"])
    _assert_answers(
        Witness(rehearsal.endpoints, "CONTOSO\\exmigrate", rehearsal.secret("EXMIGRATE_PASSWORD"))
    )


def _assert_world(world: dict[str, Any]) -> None:
    assert list(world["exchange"]["servers"]) == ["MAIL2010"]
    assert {box["database"] for box in world["exchange"]["mailboxes"].values()} == {"EX2010DB01"}
    for server, roles in (("MAIL2007", 3), ("MAIL2010", 3)):
        runs = [tuple(run["arguments"]) for run in world["servers"][server]["setup_runs"]]
        assert len([run for run in runs if run[0].startswith("/mode:")]) == roles
        assert len(runs) == len(set(runs)), f"Setup ran twice on {server}: {runs}"


def _assert_order(done: list[str]) -> None:
    """The connector has the new Hub before the old one goes; names are switched before anything moves."""
    at = {step: n for n, step in enumerate(done)}
    assert at["rehome-rgc-source@rgc:Interop RGC 2007-2003"] < at["uninstall-2007-hub@MAIL2007"]
    assert at["cutover-client-namespace@site:Zurich"] < at["move-mailboxes@batch:pilot-2003"]
    assert at["move-mailboxes@batch:users-2003"] < at["delete-rus"] < at["uninstall-legacy-server@EX03"]


def _assert_answers(witness: Witness) -> None:
    """What Exchange itself says, asked by a plain WinRM client."""
    found = witness.ask(
        "MAIL2010",
        "Get-ExchangeServer | ForEach-Object { $_.Name }\n"
        "Get-SendConnector | ForEach-Object { '{0}|{1}' -f $_.Name, ($_.SourceTransportServers -join ',') }\n"
        "Get-RoutingGroupConnector | ForEach-Object { 'RGC ' + $_.Name }\n"
        "Get-EmailAddressPolicy | ForEach-Object { '{0}|{1}' -f $_.Name, $_.RecipientFilterType }\n"
        "Get-OfflineAddressBook | ForEach-Object { 'OAB {0}' -f $_.Server }\n"
        'Get-OwaVirtualDirectory | ForEach-Object { "$($_.ExternalUrl) 2003 $($_.Exchange2003Url)" }\n'
        "[Net.Dns]::GetHostAddresses('mail.contoso.com') | ForEach-Object { \"$_\" }\n",
    )
    assert found == [
        "MAIL2010",
        "Internet|MAIL2010",
        "Default Policy|Precanned",
        "OAB MAIL2010",
        "https://mail.contoso.com/owa 2003",
        "10.1.0.20",
    ]
