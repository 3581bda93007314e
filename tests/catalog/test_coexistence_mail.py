"""Mail between legacy routing groups and new Hubs, its domains and its ways out, in organizations with Exchange 2003."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.catalog import coexistence_worlds as worlds
from tests.catalog.bench import Bench
from tests.catalog.coexistence_worlds import HUB, SHELL, WORLD, reached, state

pytestmark = pytest.mark.long

PAIRS = "Get-RoutingGroupConnector | ForEach-Object { Write-Host $_.Name }"


@pytest.mark.parametrize("version", ["2007", "2010"])
def test_first_hub_comes_with_a_connector_pair(version: str) -> None:
    """Setup makes it with the bridgehead that the plan names; what the role's removal leaves is nothing."""
    step = f"install-hub@{HUB[version]}"
    at = reached(WORLD[version](), step)
    assert at.carry_out_thoroughly(step) == "done"
    assert "The connector pair with First Routing Group stands." in at.log[-1]
    assert len(at.administer(HUB[version], PAIRS, SHELL[version]).split()) >= 2
    at.undo(step)
    left = (
        "$c = ([ADSI]'LDAP://RootDSE').Get('configurationNamingContext');"
        '$s = New-Object DirectoryServices.DirectorySearcher([ADSI]"LDAP://CN=Services,$c", '
        "'(objectClass=msExchRoutingGroupConnector)'); foreach ($r in $s.FindAll()) { Write-Host $r.Path }"
    )
    assert "DWBGZMFD01QNBJR" not in at.administer(HUB[version], left)


def test_every_bridgehead_gets_into_the_first_pair() -> None:
    step = "harden-first-rgc@rgc:Interop RGC"
    at = reached(worlds.two_bridgeheads(), step)
    found, message = state(at, step)
    assert found == "needed"
    assert "it sends to EX03-1, planned EX03-1, EX03-2" in message
    assert "the way back sends from EX03-1" in message
    assert at.carry_out_thoroughly(step) == "done"


def test_first_pair_that_is_gone_blocks() -> None:
    step = "harden-first-rgc@rgc:Interop RGC"
    at = reached(worlds.two_bridgeheads(), step)
    at.administer(
        "MAIL2010", "Get-RoutingGroupConnector | Remove-RoutingGroupConnector -Confirm:$false", "shell-e10"
    )
    assert state(at, step)[0] == "blocked"
    assert at.carry_out("install-hub@MAIL2010") == "satisfied"
    assert at.run("install-hub@MAIL2010", "Verify")["state"] == "failed"


def test_further_pair_there_and_back() -> None:
    """Needed, made both ways, removed, made again; with only one way, or other ends, a person decides."""
    step = "create-additional-rgc@rgc:Perimeter to 2007"
    at = reached(worlds.to_2007(), step)
    assert {"suppress-link-state@EX03", "suppress-link-state@FE03"} <= at.done
    assert at.carry_out_thoroughly(step) == "done"
    other = at.change.by_id[step]
    seen = at.run(replace(other, arguments={**other.arguments, "targets": ["EX03"]}), "Check")
    assert (seen["state"], "sends to FE03, planned EX03" in seen["message"]) == ("blocked", True)
    at.administer(
        "MAIL07",
        "Get-RoutingGroupConnector | Where-Object { $_.DistinguishedName -like '*CN=Perimeter,*' -and "
        "\"$($_.TargetRoutingGroup)\" -like '*DWBGZMFD01QNBJR*' } | Remove-RoutingGroupConnector -Confirm:$false",
        "shell-e07",
    )
    found, message = state(at, step)
    assert found == "blocked"
    assert "one way only" in message


def test_pair_of_2007_gets_2010_hubs() -> None:
    """The old Hub is in no list any more; the other shell's objects do not matter to the way back."""
    (step,) = [s for s in Bench(worlds.mixed()).change.by_id if s.startswith("rehome-rgc-source")]
    at = reached(worlds.mixed(), step)
    found, message = state(at, step)
    assert found == "needed"
    assert "MAIL2007, planned MAIL2010" in message
    assert at.carry_out_thoroughly(step) == "done"
    assert "uninstall-2007-hub@MAIL2007" in at.change.by_id
    assert step in at.change.by_id["uninstall-2007-hub@MAIL2007"].needs
    at.administer(
        "MAIL2010", "Get-RoutingGroupConnector | Remove-RoutingGroupConnector -Confirm:$false", "shell-e10"
    )
    assert state(at, step)[0] == "blocked"


@pytest.mark.parametrize("version", ["2007", "2010"])
def test_accepted_domains_and_their_connectors(version: str) -> None:
    """One is made, one becomes a relay domain, one the default; all of it goes back."""
    at = reached(WORLD[version](), "configure-accepted-domains")
    at.administer(
        HUB[version],
        "[void](New-AcceptedDomain -Name shared.example -DomainName shared.example -DomainType Authoritative)",
        SHELL[version],
    )
    found, message = state(at, "configure-accepted-domains")
    assert found == "needed"
    assert "missing: new.example" in message
    assert "shared.example is Authoritative" in message
    assert "the default domain is" in message
    assert at.carry_out_thoroughly("configure-accepted-domains") == "done"
    assert at.carry_out_thoroughly("create-shared-domain-connector") == "done"
    at.administer(
        HUB[version],
        "Set-SendConnector 'Shared shared.example' -SmartHosts 10.1.9.50 -Confirm:$false",
        SHELL[version],
    )
    found, message = state(at, "create-shared-domain-connector")
    assert (found, "planned 10.1.9.99" in message) == ("blocked", True)


@pytest.mark.parametrize("version", ["2007", "2010"])
@pytest.mark.parametrize(
    "step",
    ["allow-anonymous-receive@{hub}", "customize-dsn", "set-site-routing", "create-internet-send-connector@connector:To the Internet"],
)  # fmt: skip
def test_kinds_of_both_targets(version: str, step: str) -> None:
    """What 2007 and 2010 have alike is set in either shell, and taken back."""
    step = step.format(hub=HUB[version])
    at = reached(WORLD[version](), step)
    assert at.carry_out_thoroughly(step) == "done"


def test_smtp_connector_of_2003_goes_by_a_person() -> None:
    """Those named and those for everything count; a partner's stays, a send connector is none of them."""
    step = "remove-legacy-internet-connector"
    at = reached(worlds.partner_connector(), "create-internet-send-connector@connector:To the Internet")
    at.carry_out("create-internet-send-connector@connector:To the Internet")
    found, message = state(at, step)
    assert found == "needed"
    assert "'Internet Mail SMTP Connector'" in message
    assert "Partner" not in message
    assert "To the Internet" not in message
    unnamed = at.change.by_id[step]
    seen = at.run(replace(unnamed, arguments={**unnamed.arguments, "names": []}), "Check")
    assert (seen["state"], "not named in the plan" in seen["message"]) == ("needed", True)
    at.world.exchange.people.act("remove-smtp-connector", {"name": "Internet Mail SMTP Connector"})
    at.pass_time(3600)
    assert state(at, step)[0] == "satisfied"
