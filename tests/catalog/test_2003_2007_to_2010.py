"""The large plan from Exchange 2003 and 2007 to 2010, every step in order in an organization in memory."""

from __future__ import annotations

from typing import Any

import pytest

from exmigrate.twin.world.legacy import snapshot
from tests.catalog import ends, worlds
from tests.catalog.bench import Bench
from tests.catalog.ends import REPLICAS, assert_batches_arrived, replicas, setups, state

pytestmark = pytest.mark.long

NEW = {"ZRH10-CH1", "ZRH10-CH2", "ZRH10-MB1", "ZRH10-UM1", "BSL10-EX1", "GVA10-CH1", "GVA10-MB1"}
FOLDERS = {"ZRH10-PF1", "BSL10-PF1", "GVA10-PF1"}
HOST = "ZRH10-CH1"
SHELL = "shell-e10"


@pytest.fixture(scope="module")
def at() -> Bench:
    """The organization at the end of the plan; what stood between is kept beside it."""
    bench = Bench(worlds.three_sites())
    seen: dict[str, Any] = {}
    for step in bench.order():
        bench.carry_out(step)
        bench.done.add(step)
        if step == "gate-decommission@site:Zurich":
            seen["connectors"] = _hubs(bench)
    bench.__dict__["seen"] = seen
    return bench


def _hubs(bench: Bench) -> dict[str, set[str]]:
    """Servers at the newer end of each connector, by its name."""
    text = (
        "Get-RoutingGroupConnector | Where-Object { $_.Name -match '2007' } | ForEach-Object { "
        "\"$($_.Name)|$(@($_.SourceTransportServers + $_.TargetTransportServers | Where-Object { $_ -notmatch '03-' }) -join ',')\" }"
    )
    return {line.split("|")[0]: set(line.split("|")[1].split(",")) for line in said(bench, text)}


def said(at: Bench, text: str) -> set[str]:
    """What Exchange says, a line an object."""
    return ends.said(at, HOST, SHELL, text)


def test_servers_of_both_old_versions_are_gone_and_each_setup_ran_once(at: Bench) -> None:
    assert set(state(at)["servers"]) == NEW
    for name in NEW:
        runs = setups(at, name)
        assert not [run for run in runs if any("LegacyRoutingServer" in word for word in run)]


def test_mailboxes_of_both_versions_are_in_the_databases_of_their_batch(at: Bench) -> None:
    assert_batches_arrived(at)


def test_folders_of_all_three_versions_have_their_replicas_in_the_new_databases_alone(at: Bench) -> None:
    found = replicas(said(at, REPLICAS))
    assert set(found) >= {"\\Departments\\Basel", "\\Departments\\Geneva", "\\Archive", "\\Contacts"}
    for folder, holders in found.items():
        assert holders <= FOLDERS, folder


def test_connectors_of_2007_were_given_to_new_hubs_before_the_first_2007_hub_left(at: Bench) -> None:
    """Both directions of both; at the end they are gone, with the routing groups of 2003."""
    assert at.__dict__["seen"]["connectors"] == {
        "2007 to Zurich": {"ZRH10-CH1", "ZRH10-CH2"},
        "Zurich to 2007": {"ZRH10-CH1", "ZRH10-CH2"},
        "2007 to Basel": {"BSL10-EX1"},
        "Basel to 2007": {"BSL10-EX1"},
    }
    rehomed = {s.id for s in at.change.steps if s.kind == "rehome-rgc-source"}
    for hub in ("ZRH07-CH1", "ZRH07-CH2", "GVA07-CH1"):
        assert rehomed <= set(at.change.by_id[f"uninstall-2007-hub@{hub}"].needs)
    assert said(at, "Get-RoutingGroupConnector | ForEach-Object { $_.Name }") == set()
    legacy = snapshot.take(at.world)
    assert (legacy["routing_groups"], legacy["update_services"], legacy["smtp_connectors"]) == ([], [], [])


def test_mail_leaves_by_the_new_servers(at: Bench) -> None:
    """What the SMTP connector of Basel did is done by a send connector."""
    found = said(
        at,
        "Get-SendConnector | ForEach-Object { \"$($_.Name)|$($_.AddressSpaces -join ',')|$($_.SourceTransportServers -join ',')\" }",
    )
    assert found == {
        "Internet by gateway|SMTP:*;1|ZRH10-CH1,ZRH10-CH2",
        "Geneva scanners|SMTP:archive.contoso.local;5|GVA10-CH1",
        "Fax Basel 2010|SMTP:fax.contoso.local;1|BSL10-EX1",
    }
    rules = said(
        at, "Get-TransportRule | ForEach-Object { $_.Name }\nGet-JournalRule | ForEach-Object { $_.Name }"
    )
    assert rules == {"Disclaimer", "Board correspondence"}


def test_names_lead_to_the_new_servers_and_nothing_to_old_ones(at: Bench) -> None:
    found = {(r.name, r.view): r.value for r in at.world.dns.records if r.type == "A"}
    for name in ("mail.contoso.com", "autodiscover.contoso.com"):
        assert (found[name, "internal"], found[name, "external"]) == ("10.1.0.100", "203.0.113.20")
    assert not [name for name, _ in found if name.startswith("legacy.")]
    assert said(at, 'Get-OwaVirtualDirectory | ForEach-Object { "2003 $($_.Exchange2003Url)" }') == {"2003"}


def test_policies_and_lists_have_filters_of_the_new_kind(at: Bench) -> None:
    text = (
        'Get-EmailAddressPolicy | ForEach-Object { "$($_.Name)|$($_.RecipientFilterType)" }\n'
        'Get-AddressList | ForEach-Object { "$($_.Name)|$($_.RecipientFilterType)" }'
    )
    found = said(at, text)
    assert {"Basel|Custom", "Basel Staff|Custom", "Default Policy|Precanned"} <= found
    assert not [line for line in found if line.endswith("|Legacy")]


def test_address_books_of_both_versions_are_made_by_the_new_servers(at: Bench) -> None:
    found = said(at, 'Get-OfflineAddressBook | ForEach-Object { "$($_.Name)|$($_.Server)" }')
    assert {line.split("|")[0] for line in found} == {
        "Default Offline Address List",
        "Basel Offline Address List",
    }
    assert {line.split("|")[1] for line in found} <= NEW


def test_calls_are_answered_by_2010(at: Bench) -> None:
    found = said(at, "Get-UMServer | ForEach-Object { \"$($_.Name)|$($_.DialPlans -join ',')\" }")
    assert found == {"ZRH10-UM1|Contoso Dial Plan"}


def test_what_is_done_where_on_2003(at: Bench) -> None:
    """Two servers by NTLM, one by gates alone; nothing of 2007 or 2010 is a Hub of an old routing group."""
    driven = {s.kind for s in at.change.steps if s.host in ("ZRH03-BE1", "BSL03-BE1")}
    assert driven == {"preflight-remoting", "suppress-link-state"}
    assert not [s.id for s in at.change.steps if s.host == "ZRH03-BE2"]
    assert "gate-suppress-link-state@ZRH03-BE2" in at.change.by_id
