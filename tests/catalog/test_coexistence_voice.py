"""Unified Messaging made new: dial plan, gateways, policies, and the mailboxes that have moved."""

from __future__ import annotations

import pytest

from tests.catalog import coexistence_worlds as worlds
from tests.catalog.bench import Bench
from tests.catalog.coexistence_worlds import HUB, SHELL, WORLD, state

pytestmark = pytest.mark.long

PLAN = "configure-um@dialplan:Offices"
USERS = "enable-um-mailboxes@mailboxset:First users"


@pytest.fixture(params=["2007", "2010"])
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_dial_plan_there_and_back(version: str) -> None:
    """Everything is made and everything taken away; what is there with other digits or another address blocks."""
    at = Bench(WORLD[version]())
    at.up_to(PLAN)
    found, message = state(at, PLAN)
    assert found == "needed"
    assert "dial plan Offices" in message
    assert "gateways Gateway 1" in message
    assert at.carry_out_thoroughly(PLAN) == "done"
    at.undo(PLAN)
    left = at.administer(
        HUB[version],
        "Write-Host @(Get-UMDialPlan).Count @(Get-UMIPGateway).Count @(Get-UMMailboxPolicy).Count",
        SHELL[version],
    )
    assert left.split() == ["0", "0", "0"]
    country = " -CountryOrRegionCode 41" if version == "2010" else ""
    at.administer(
        HUB[version],
        f"[void](New-UMDialPlan -Name Offices -NumberOfDigitsInExtension 3{country})",
        SHELL[version],
    )
    found, message = state(at, PLAN)
    assert (found, "3 digits, planned 4" in message) == ("blocked", True)


def test_gateway_with_another_address_blocks(version: str) -> None:
    at = Bench(WORLD[version]())
    at.up_to(PLAN)
    at.administer(
        HUB[version], "[void](New-UMIPGateway -Name 'Gateway 1' -Address 10.9.0.77)", SHELL[version]
    )
    found, message = state(at, PLAN)
    assert (found, "10.9.0.77, planned 10.9.0.5" in message) == ("blocked", True)


def test_2007_has_its_mailbox_role_first() -> None:
    """2007 UM serves mailboxes of its own version; 2010 UM may come before its Mailbox role."""
    assert "install-mailbox@MAIL07" in Bench(worlds.to_2007()).change.by_id["install-um@MAIL07"].needs
    assert "install-mailbox@EXCH2" not in Bench(worlds.to_2010()).change.by_id["install-um@EXCH2"].needs


def test_mailboxes_after_their_move(version: str) -> None:
    """On 2003 they block; moved, they are enabled, and disabled again."""
    at = Bench(WORLD[version]())
    at.up_to(PLAN)
    assert at.carry_out(PLAN) == "done"
    found, message = state(at, USERS)
    assert (found, "still on 2000 or 2003" in message) == ("blocked", True)
    at.done.add(PLAN)
    at.up_to(USERS)
    assert at.carry_out_thoroughly(USERS) == "done"
