"""Every function of every step kind, run in a simulated organization: needed, done, taken back, done again."""

from __future__ import annotations

import pytest

from tests.catalog import worlds
from tests.catalog.bench import Bench
from tests.catalog.scripts import catalog

pytestmark = pytest.mark.long

ELSEWHERE = {
    "prepare-2007-sp-schema": "test_service_pack_of_2007",
    "wait-replication-2007-sp-schema": "test_service_pack_of_2007",
    "prepare-2007-sp-ad": "test_service_pack_of_2007",
    "wait-replication-2007-sp-ad": "test_service_pack_of_2007",
    "prepare-2007-sp-domain": "test_service_pack_of_2007",
    "wait-replication-2007-sp-domains": "test_service_pack_of_2007",
    "patch-2007-servers": "test_service_pack_of_2007",
    "resubscribe-edge": "test_edge_that_stays_is_subscribed_again",
    "gate-install-wmf": "test_listener_is_seen_from_another_machine",
    "prepare-blackberry": "test_blackberry_service",
    "move-2007-cms": "tests.catalog.test_clustered_servers",
    "upgrade-2007-cms": "tests.catalog.test_clustered_servers",
    "remove-2007-cms": "tests.catalog.test_clustered_servers",
    "configure-um": "tests.catalog.test_coexistence_voice",
    "enable-um-mailboxes": "tests.catalog.test_coexistence_voice",
}
"""Kinds that the large plan does not have, and the test that runs them."""

ALREADY = {
    "prepare-domain": "/PrepareAD of the only domain does its domain as well",
    "wait-replication-domains": "what is one domain replicates with the organization",
    "read-journal-rules": "its Check is what it reads",
    "sync-transport-rules": "the first 2010 Hub copies the rules itself",
    "post-install-verification": "everything is well at the end",
}
"""Kinds whose Check says satisfied in a sound organization; their other functions are run by name below."""


def test_whole_transition_there_and_back() -> None:
    """From the first gate to the last server; no function of the plan's kinds is left out."""
    at = Bench(worlds.with_more())
    taken_back: set[str] = set()
    for step in at.order():
        kind = at.change.by_id[step].kind
        # The first of each kind there and back, the others there only: time is for everybody.
        outcome = at.carry_out(step) if kind in taken_back else at.carry_out_thoroughly(step)
        if outcome == "done":
            taken_back.add(kind)
    transition = catalog().transition(["2007"], "2010")
    wanted = {
        (kind.id, function)
        for kind in catalog().kinds.values()
        if kind.id in transition.phase_of and kind.id not in ELSEWHERE and kind.id not in ALREADY
        for function in kind.functions
    }
    assert wanted - {(kind, function) for kind, function, _ in at.calls} == set()
    for kind, function in sorted(wanted):
        if function == "Check" and catalog().kinds[kind].effect in ("convergent", "once"):
            states = {s for k, f, s in at.calls if (k, f) == (kind, "Check")}
            assert states >= {"satisfied", "needed"}, f"{kind}: {states}"


def test_what_is_done_already_is_seen_and_left_alone() -> None:
    """The remaining functions of kinds that have nothing to do in a sound organization."""
    at = Bench(worlds.few_mailboxes())
    domain = f"@domain:{at.topology.domains[0].name}"
    at.up_to("sync-journal-rules")
    for step in (f"prepare-domain{domain}", f"wait-replication-domains{domain}", "read-journal-rules"):
        assert at.run(step, "Verify")["state"] == "verified"
    assert at.run(f"prepare-domain{domain}", "Apply")["state"] == "applied"
    at.administer("EX10-CH1", "Get-TransportRule | Remove-TransportRule -Confirm:$false", "shell-e10")
    assert at.carry_out_thoroughly("sync-transport-rules") == "done"


def test_verification_names_what_is_wrong() -> None:
    """A stopped service and a server that is still there."""
    at = Bench(worlds.single_site())
    at.up_to("create-test-mailboxes@site:Zurich")
    at.administer("MAIL2010", "Stop-Service MSExchangeMailboxAssistants")
    seen = at.run("post-install-verification@site:Zurich", "Check")
    assert seen["state"] == "needed"
    assert "MSExchangeMailboxAssistants" in seen["message"]
    assert "MAIL2007 is still in the organization" in seen["message"]
    assert at.run("post-install-verification@site:Zurich", "Verify")["state"] == "failed"


def test_service_pack_of_2007() -> None:
    """Schema, organization, domains, then the server."""
    at = Bench(worlds.old_service_pack())
    steps = [s for s in at.order() if catalog().kinds[at.change.by_id[s].kind].id in ELSEWHERE]
    for step in steps:
        at.up_to(step)
        at.carry_out_thoroughly(step)
        at.done.add(step)
        kind = at.change.by_id[step].kind
        # What a slower Setup has let replicate meanwhile is satisfied at once, and has its Verify run here.
        if "Verify" in catalog().kinds[kind].functions and (kind, "Verify") not in {c[:2] for c in at.calls}:
            assert at.run(step, "Verify")["state"] == "verified"
    run = {(k, f) for k, f, _ in at.calls}
    planned = {at.change.by_id[step].kind for step in steps}
    wanted = {k for k, test in ELSEWHERE.items() if test == "test_service_pack_of_2007"}
    assert planned >= wanted - {"wait-replication-2007-sp-domains", "prepare-2007-sp-domain"}
    assert run >= {(kind, "Verify") for kind in planned if "Verify" in catalog().kinds[kind].functions}


def test_edge_that_stays_is_subscribed_again() -> None:
    """A 2007 Edge whose subscription is older than the 2010 Hubs."""
    at = Bench(worlds.edge_stays())
    for step in [s for s in at.order() if s.startswith("resubscribe-edge")]:
        at.up_to(step)
        assert at.carry_out_thoroughly(step) == "done"
        at.done.add(step)


def test_listener_is_seen_from_another_machine() -> None:
    """The gate closes by the port that answers."""
    at = Bench(worlds.single_site(), {"inv-remoting@MAIL2007": {"ready": False}})
    at.up_to("gate-install-wmf@MAIL2007")
    assert at.run("gate-install-wmf@MAIL2007", "Check")["state"] == "satisfied"
    server = at.world.server("MAIL2007")
    assert server is not None
    server.go_down()
    assert at.run("gate-install-wmf@MAIL2007", "Check")["state"] == "needed"


def test_blackberry_service() -> None:
    """Rights, role and throttling policy, and all of it away again."""
    at = Bench(worlds.blackberry())
    at.up_to("prepare-blackberry")
    assert at.carry_out_thoroughly("prepare-blackberry") == "done"
