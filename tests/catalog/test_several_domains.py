"""Forests of several domains: each recipient is found and written in its own, and nobody is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from exmigrate.model import Topology
from exmigrate.twin.world import dn as names
from tests.catalog import coexistence_worlds, worlds
from tests.catalog.bench import Bench, ScriptFailed
from tests.catalog.ends import assert_batches_arrived, said, setups, state
from tests.plan.topologies import domains, legacy_a, legacy_b, legacy_d, single_site

pytestmark = pytest.mark.long

BETWEEN = 1200
"""Seconds between steps: persons take longer than replication does."""


def to_the_end(at: Bench, *, back: bool) -> None:
    """All steps; the first of each kind there, back and there again where `back` says so."""
    seen: set[str] = set()
    for step in at.order():
        kind = at.change.by_id[step].kind
        there_and_back = back and kind not in seen
        outcome = at.carry_out_thoroughly(step) if there_and_back else at.carry_out(step)
        if outcome == "done":
            seen.add(kind)
        at.pass_time(BETWEEN)


@pytest.mark.parametrize("back", [False, True], ids=["there", "there-and-back"])
def test_an_empty_root_and_two_children_go_to_2010(back: bool) -> None:
    """Mailboxes of both children on servers of both; the first server that Setup removes takes nobody with it."""
    at = Bench(domains())
    to_the_end(at, back=back)
    assert_batches_arrived(at)
    boxes = state(at)["mailboxes"]
    rooms = {"room.alps", "room.merlion"}
    assert {boxes[r]["database"] for r in rooms} <= {"ZRH10-DB01", "ZRH10-DB02", "SIN10-DB01"}
    arbitration = {a for a, box in boxes.items() if box["type"] in ("ArbitrationMailbox", "DiscoveryMailbox")}
    assert len(arbitration) >= 3
    assert all(boxes[a]["database"].endswith(("10-DB01", "10-DB02")) for a in arbitration)
    assert said(at, "ZRH10", "shell-e10", "Get-ExchangeServer | ForEach-Object { $_.Name }") == {
        "ZRH10",
        "SIN10",
    }
    for name in ("ZRH10", "SIN10") if not back else ():
        setups(at, name)
    groups = 'Get-DistributionGroup | ForEach-Object { "$($_.Name)=$($_.ExpansionServer)" }'
    assert all(line.endswith("/cn=ZRH10") for line in said(at, "ZRH10", "shell-e10", groups))
    journal = "(Get-MailboxDatabase ZRH10-DB01).JournalRecipient.DistinguishedName"
    assert said(at, "ZRH10", "shell-e10", journal) == {"CN=Journal,CN=Users,DC=asia,DC=corp,DC=local"}
    assert domain_of_users(at) == {m.alias: m.domain for m in at.topology.source.mailboxes}  # type: ignore[union-attr]


def domain_of_users(at: Bench) -> dict[str, str]:
    """Domains of the people's mailboxes, by alias."""
    source = at.topology.source
    assert source is not None
    known = {m.alias for m in source.mailboxes}
    catalog = at.world.forest.find(global_catalog=True)
    found = at.world.exchange.recipients.all(catalog)
    return {e.text("mailNickname"): names.dns_name(e.dn) for e in found if e.text("mailNickname") in known}


def with_a_root_controller_only(topology: Topology) -> Topology:
    """Zurich without a controller of its servers' domain: the nearest is in Singapore."""
    sites = tuple(replace(s, dc="root-dc01.corp.local") if s.name == "Zurich" else s for s in topology.sites)

    def moved(controllers: tuple) -> tuple:  # type: ignore[type-arg]
        return tuple(replace(c, site="Singapore") if c.name.startswith("ZRH") else c for c in controllers)

    source = topology.source
    assert source is not None
    return replace(
        topology,
        sites=sites,
        domain_controllers=moved(topology.domain_controllers),
        source=replace(source, domain_controllers=moved(source.domain_controllers)),
    )


def test_servers_whose_own_domain_answers_from_another_site_only() -> None:
    """The site's controller is of the empty root, the servers are members of the child."""
    at = Bench(with_a_root_controller_only(domains()))
    assert at.change.by_id["move-mailboxes@batch:pilot"].arguments["dc"] == "root-dc01.corp.local"
    to_the_end(at, back=False)
    assert_batches_arrived(at)


@pytest.mark.parametrize("plan", [legacy_a, legacy_b, legacy_d, single_site], ids=["A", "B", "D", "C"])
def test_every_second_mailbox_in_a_child_domain(plan: Callable[[], Topology]) -> None:
    """The small plans of each transition, with a child domain that has no server: people and groups only."""
    at = Bench(worlds.divided(plan()))
    to_the_end(at, back=False)
    assert_batches_arrived(at)
    assert domain_of_users(at) == {m.alias: m.domain for m in at.topology.source.mailboxes}  # type: ignore[union-attr]
    assert len(set(domain_of_users(at).values())) == 2


@pytest.mark.parametrize(
    "plan", [coexistence_worlds.to_2007, coexistence_worlds.to_2010], ids=["2007", "2010"]
)
def test_unified_messaging_for_users_of_two_domains(plan: Callable[[], Topology]) -> None:
    topology = plan()
    (users,) = topology.mailbox_sets
    (one,) = users.members
    other = next(m for b in topology.batches for m in b.members if m != one)
    both = replace(users, members={**users.members, other: "4102"})
    at = Bench(worlds.divided(replace(topology, mailbox_sets=(both,)), one))
    step = next(s for s in at.change.by_id if s.startswith("enable-um-mailboxes"))
    at.up_to(step)
    at.pass_time(BETWEEN)
    assert at.carry_out_thoroughly(step) == "done"
    at.pass_time(BETWEEN)  # a global catalog has heard of both
    where = domain_of_users(at)
    assert where[one] != where[other]
    shown = 'Get-UMMailbox | ForEach-Object { "$($_.Extensions)" }'
    host, shell = at.change.by_id[step].host, at.change.by_id[step].vantage
    assert said(at, host, f"shell-{shell.lower()}", shown) == {"4101", "4102"}


def test_blackberry_account_of_the_child_domain() -> None:
    """Its rights, its role in the root domain's group, its policy in its own; and all of it away again."""
    at = Bench(worlds.divided(worlds.blackberry(), "BESAdmin"))
    at.up_to("prepare-blackberry")
    at.pass_time(BETWEEN)
    assert at.carry_out_thoroughly("prepare-blackberry") == "done"
    rights = "Get-ADPermission EX2010DB01 | Where-Object { $_.User -like '*BESAdmin' } | ForEach-Object { \"$($_.User)\" }"
    assert said(at, "MAIL2010", "shell-e10", rights) == {"CHILD\\BESAdmin"}


def test_a_name_of_two_mailboxes_is_told_and_not_guessed() -> None:
    """Each domain may have its Anna; the list has to say which."""
    topology = domains()
    source = topology.source
    assert source is not None
    anna = next(m for m in source.mailboxes if m.alias == "anna")
    other = replace(
        anna, name="Anna Lim", domain="asia.corp.local", addresses=("SMTP:anna.lim@corp.example",)
    )
    at = Bench(replace(topology, source=replace(source, mailboxes=(*source.mailboxes, other))))
    step = "sync-mailboxes@batch:pilot"
    at.up_to(step)
    seen = at.run(step, "Check")
    message = seen["members"]["anna"]["message"]
    assert seen["members"]["anna"]["state"] == "blocked"
    assert "DC=asia,DC=corp,DC=local" in message
    assert "DC=emea,DC=corp,DC=local" in message
    assert "Name the one by its address" in message
    assert seen["members"]["chen"]["state"] == "needed"


def test_a_recipient_of_a_domain_that_the_plan_does_not_know_is_told_by_name() -> None:
    at = Bench(domains())
    step = at.change.by_id["move-special-mailboxes"]
    at.up_to(step.id)
    known = {k: v for k, v in step.arguments["dcs"].items() if k != "corp.local"}
    less = replace(step, arguments={**step.arguments, "dcs": known})
    at.before[step.id] = {"databases": {"CN=Alps,CN=Users,DC=corp,DC=local": "ZRH07\\SG1\\ZRH07-DB01"}}
    with pytest.raises(ScriptFailed, match=r"no writable domain controller of the domain 'corp\.local'"):
        at.run(less, "Rollback")
