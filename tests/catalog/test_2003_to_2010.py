"""The large plan from Exchange 2003 to 2010, every step in order in an organization in memory."""

from __future__ import annotations

import pytest

from tests.catalog import ends, worlds
from tests.catalog.bench import Bench
from tests.catalog.ends import REPLICAS, assert_batches_arrived, replicas, setups, state

pytestmark = pytest.mark.long

NEW = {"BER10-CH1", "BER10-CH2", "BER10-MB1", "BER10-MB2", "HAM10-1", "BOS10-CH1", "BOS10-MB1", "DEN10-1"}
HOST = "BER10-CH1"
SHELL = "shell-e10"


@pytest.fixture(scope="module")
def at() -> Bench:
    """The organization at the end of the plan."""
    bench = Bench(worlds.four_sites())
    bench.__dict__["blocked before the start"] = _blocked(bench)
    for step in bench.order():
        bench.carry_out(step)
        bench.done.add(step)
    return bench


def _blocked(bench: Bench) -> list[str]:
    """Steps whose question can be asked of the directory's host at once, and whose answer is no."""
    asked = [
        s
        for s in bench.change.steps
        if s.host == "ADM01"
        and s.check == "anytime"
        and "Check" in s.functions
        and "$output" not in str(s.arguments)
    ]
    answers = {s.id: bench.run(s, "Check") for s in asked}
    return [f"{id}: {seen['message']}" for id, seen in answers.items() if seen["state"] == "blocked"]


def said(at: Bench, text: str) -> set[str]:
    """What Exchange says, a line an object."""
    return ends.said(at, HOST, SHELL, text)


def test_nothing_is_blocked_before_the_start(at: Bench) -> None:
    """Groups that old servers still use do not make the plan one that is not ready."""
    assert at.__dict__["blocked before the start"] == []


def test_the_old_servers_are_gone_and_each_setup_ran_once(at: Bench) -> None:
    assert set(state(at)["servers"]) == NEW | {"EDGE10-1"}
    for name in NEW:
        setups(at, name)


def test_mailboxes_are_in_the_databases_of_their_batch(at: Bench) -> None:
    assert_batches_arrived(at)


def test_folders_have_their_replicas_in_the_new_databases_alone(at: Bench) -> None:
    found = replicas(said(at, REPLICAS))
    assert set(found) >= {"\\Departments\\Sales", "\\Departments\\Denver", "\\Contacts"}
    for folder, holders in found.items():
        assert holders <= {
            "BER-PF01",
            "HAM-PF01",
            "BOS-PF01",
            "DEN-PF01",
        }, folder


def test_mail_goes_by_sites_and_by_the_edge(at: Bench) -> None:
    """No routing group connector is left; what left by connectors of 2003 leaves by new ones."""
    assert said(at, "Get-RoutingGroupConnector | ForEach-Object { $_.Name }") == set()
    connectors = said(
        at,
        "Get-SendConnector | ForEach-Object { \"$($_.Name)|$($_.AddressSpaces -join ',')|$($_.SourceTransportServers -join ',')\" }",
    )
    assert "Partner Adventure Works 2010|SMTP:adventure-works.example;1|BER10-CH1,BER10-CH2" in connectors
    assert any("smtp:*;100|EDGE10-1" in line for line in connectors), connectors


def test_names_lead_to_the_new_servers_of_their_site(at: Bench) -> None:
    """Autodiscover is the main site's, whichever site was switched last; nothing points to 2003 any more."""
    found = {(r.name, r.view): r.value for r in at.world.dns.records if r.type == "A"}
    assert found["mail.wingtip.com", "internal"] == "10.10.0.100"
    assert found["mail.us.wingtip.com", "internal"] == "10.30.0.21"
    for name in ("autodiscover.wingtip.com", "autodiscover.us.wingtip.com"):
        assert (found[name, "internal"], found[name, "external"]) == ("10.10.0.100", "203.0.113.20")
    assert not [name for name, _ in found if name.startswith("legacy.")]
    assert said(at, 'Get-OwaVirtualDirectory | ForEach-Object { "2003 $($_.Exchange2003Url)" }') == {"2003"}


def test_databases_of_the_main_site_have_their_copies(at: Bench) -> None:
    found = said(
        at,
        "Get-MailboxDatabase | Where-Object { $_.Name -like 'BER-*' } | ForEach-Object { \"$($_.Name)|$($_.RpcClientAccessServer)|$(@($_.Servers).Count)\" }",
    )
    assert found == {f"BER-DB0{n}|outlook.wingtip.local|2" for n in (1, 2, 3)}


def test_policies_and_lists_have_filters_of_the_new_kind(at: Bench) -> None:
    text = (
        'Get-EmailAddressPolicy | ForEach-Object { "$($_.Name)|$($_.RecipientFilterType)" }\n'
        'Get-AddressList | ForEach-Object { "$($_.Name)|$($_.RecipientFilterType)" }'
    )
    found = said(at, text)
    assert {"America|Custom", "Board|Custom", "Default Policy|Precanned"} <= found
    assert not [line for line in found if line.endswith("|Legacy") or line.startswith("Deleted items")]


def test_a_regional_name_moves_after_that_of_the_first_site(at: Bench) -> None:
    """Legacy name and Autodiscover are the first site's: only its gates speak of them."""
    boston = at.change.by_id["cutover-client-namespace@site:Boston"]
    assert "cutover-client-namespace@site:Berlin" in boston.needs
    for kind in ("cutover-client-namespace", "gate-publish-namespace"):
        texts = {}
        for site in ("Berlin", "Boston"):
            gate = at.change.by_id[f"{kind}@site:{site}"].gate
            assert gate is not None
            texts[site] = " ".join(gate.instructions.split())
        assert "autodiscover.us.wingtip.com" in texts["Berlin"]
        assert "autodiscover.us.wingtip.com" not in texts["Boston"]
    assert "legacy.wingtip.com to the 2003 front-end ones" not in texts["Boston"]
