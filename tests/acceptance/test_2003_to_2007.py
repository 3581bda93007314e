"""From an Exchange 2003 server behind a front-end to one of 2007 on the twin, the controller killed twice on the way."""

from __future__ import annotations

from typing import Any

import pytest

from tests.acceptance.twin import Rehearsal
from tests.demo.witness import Witness

pytestmark = pytest.mark.acceptance

NEW = "MAIL07"


PLAN, SPEED = "single-site-2003-2007", 4000


def test_2003_leaves_for_2007_and_each_setup_runs_once(rehearsal: Rehearsal) -> None:
    """Driven over NTLM, by hand, and by Setup; killed in a Setup and in a batch; the end is the same."""
    steps = rehearsal.preview()
    # EX03 answers over NTLM, FE03 not at all: what is done there is a gate.
    assert steps["suppress-link-state@EX03"]["identity"] == "local"
    assert steps["gate-suppress-link-state@FE03"]["effect"] == "gate"
    rehearsal.persons()
    rehearsal.to_the_end(f"install-cas@{NEW}", "move-mailboxes@batch:everyone")
    _assert_world(rehearsal.world())
    _assert_answers(
        Witness(
            rehearsal.endpoints, "CONTOSO\\exmigrate", rehearsal.secret("EXMIGRATE_PASSWORD"), version="2007"
        )
    )


def _assert_world(world: dict[str, Any]) -> None:
    exchange = world["exchange"]
    assert list(exchange["servers"]) == [NEW]
    assert {box["database"] for box in exchange["mailboxes"].values()} == {"MB07-01"}
    runs = [tuple(run["arguments"]) for run in world["servers"][NEW]["setup_runs"]]
    assert len(runs) == len(set(runs)), f"Setup ran twice: {runs}"
    installs = [r for r in runs if r[0] == "/mode:Install"]
    assert [r[1] for r in installs] == [
        "/roles:ClientAccess,ManagementTools",
        "/roles:HubTransport",
        "/roles:Mailbox",
    ]
    # Only the first Hub of the organization is told a bridgehead.
    assert [a for r in installs for a in r if "LegacyRoutingServer" in a] == [
        "/LegacyRoutingServer:ex03.contoso.local"
    ]


def _assert_answers(witness: Witness) -> None:
    """What Exchange and the directory themselves say, asked by a plain WinRM client."""
    said = witness.ask(
        NEW,
        'Get-ExchangeServer | ForEach-Object { "server $($_.Name)" }\n'
        'Get-RoutingGroupConnector | ForEach-Object { "RGC $($_.Name)" }\n'
        "Get-SendConnector | ForEach-Object { 'send {0} {1}' -f $_.Name, ($_.SourceTransportServers -join ',') }\n"
        'Get-AcceptedDomain | ForEach-Object { "domain $($_.DomainName) $($_.DomainType)" }\n'
        'Get-OfflineAddressBook | ForEach-Object { "oab $($_.Server)" }\n'
        "foreach ($o in @(Get-EmailAddressPolicy) + @(Get-AddressList) + @(Get-GlobalAddressList)) "
        "{ if ($o.RecipientFilterType -eq 'Legacy') { \"legacy $($o.Name)\" } }\n"
        'Get-ClientAccessServer | ForEach-Object { "scp $($_.AutoDiscoverServiceInternalUri)" }\n'
        "[Net.Dns]::GetHostAddresses('mail.contoso.com') | ForEach-Object { \"name $_\" }\n"
        "$config = ([ADSI]'LDAP://RootDSE').Get('configurationNamingContext')\n"
        "foreach ($class in 'msExchRoutingGroup', 'msExchAddressListService', 'msExchRoutingSMTPConnector') {\n"
        '  $s = New-Object DirectoryServices.DirectorySearcher([ADSI]"LDAP://$config", "(objectClass=$class)")\n'
        "  foreach ($r in $s.FindAll()) { \"$class $($r.Properties['cn'])\" }\n"
        "}\n",
    )
    assert sorted(said) == [
        "domain contoso.com Authoritative",
        "msExchRoutingGroup Exchange Routing Group (DWBGZMFD01QNBJR)",
        "msExchRoutingSMTPConnector Internet",
        "name 10.1.0.20",
        f"oab {NEW}",
        "scp https://autodiscover.contoso.com/Autodiscover/Autodiscover.xml",
        f"send Internet {NEW}",
        f"server {NEW}",
    ]
