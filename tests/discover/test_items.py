"""The items of the inventory: none of the dossier is nobody's, and what a person wrote is not lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from exmigrate.discover import (
    Inventory,
    NotAsked,
    Query,
    Record,
    awaited,
    by_hand,
    collect,
    collectors,
    items,
    parse,
    to_bytes,
    with_brought,
)
from exmigrate.discover.reference import PAGE, page
from exmigrate.model import Topology
from exmigrate.plan.rules import ARCHIVED, ITEMS, rules
from exmigrate.remote import Call, CallOutcome
from tests.plan.topologies import legacy_a, legacy_d, single_site, two_site

DOSSIER = """org hw os servers edition media remoting roles-03 ag deleg sg backup rg conn sendrecv rpol syspol policyexempt
smtpns global imf smtpvs smarthost httpvs vdir oa scp cert oab al rus pftree pf mbx special um edge journal dsn av 3rd linkstate
cluster watermark sites subnets dcs dcos sitelinks ffl dfl fsmo schema expansion secgroups admins placement adc repl domprep
net dns split fw perimeter relays clients""".split()
"""Every item that the readiness assessment must collect."""

AT = "2011-03-07T06:00:00Z"


def told(topology: Topology) -> set[str]:
    return {task.id for task in by_hand(topology)}


def test_no_item_is_nobodys() -> None:
    """Each is read by a collector that there is, or a person brings it."""
    table = items()
    assert {f"inv-{name}" for name in DOSSIER} <= set(table)
    for item in table.values():
        assert set(item.collectors) & set(collectors()) or item.by_hand, item.id


def test_every_collector_belongs_to_an_item() -> None:
    assert set(collectors()) <= {name for item in items().values() for name in item.collectors}


def test_what_a_person_brings_says_what_and_where() -> None:
    tasks = [task for item in items().values() for task in item.by_hand]
    assert len({task.id for task in tasks}) == len(tasks)
    # A record of a person's never hides behind one that a collector writes.
    assert not {task.id for task in tasks} & set(collectors())
    assert all(task.what and task.where for task in tasks)


def test_a_person_is_asked_for_what_the_organization_has() -> None:
    pure, old = told(two_site()), told(legacy_a())
    assert {"inv-net", "inv-perimeter", "inv-backup-plan", "inv-av-gateways", "inv-dns-outside"} <= pure & old
    assert not {"inv-smtpvs-relay", "inv-edition-03", "inv-journal-03"} & pure
    assert {"inv-smtpvs-relay", "inv-edition-03", "inv-journal-03"} <= old & told(legacy_d())
    assert "inv-mbx-00" not in old
    assert "inv-um-prompts" in pure
    assert "inv-um-prompts" not in told(single_site())


def test_names_outside_are_a_persons_only_where_no_name_server_is_known() -> None:
    names = replace(two_site().namespaces, external_dns="8.8.8.8")
    assert "inv-dns-outside" not in told(replace(two_site(), namespaces=names))


def test_what_is_awaited_is_no_value_and_is_not_missing() -> None:
    found = Inventory(
        "Contoso", (Record("inv-org", {"name": "Contoso"}, "ADM01", AT), *awaited(two_site(), AT))
    )
    again = parse(to_bytes(found), "inventory.json")
    assert set(again.values) == {"inv-org"}
    assert again.missing == ()
    net = next(r for r in again.awaited if r.item == "inv-net")
    assert (net.confidence, net.value) == ("manual", None)
    assert "found at: the network team" in net.why


def test_what_a_person_wrote_is_a_value_and_stays() -> None:
    """A later collection replaces what it reads itself and keeps the rest."""
    lines = {"Zurich-Geneva": "20 Mbit/s"}
    older = Inventory(
        "Contoso",
        (
            Record("inv-net", lines, "", AT, "manual", "bandwidth"),
            Record("inv-hw@EX03", {"memoryMB": 4096}, "", AT, "manual", "not driven"),
            Record("inv-org", {"name": "Old"}, "ADM01", AT),
            Record("inv-oa-publishing", "TMG, NTLM", "", AT, "manual", "proxy"),
        ),
    )
    assert older.values["inv-net"] == lines
    found = Inventory(
        "Contoso",
        (
            Record("inv-org", {"name": "Contoso"}, "ADM01", AT),
            Record("inv-hw@EX03", {"memoryMB": 8192}, "EX03", AT),
            Record("inv-net", None, "", AT, "manual", "bandwidth"),
        ),
    )
    merged = with_brought(found, older)
    assert merged.values == {
        "inv-org": {"name": "Contoso"}, "inv-hw@EX03": {"memoryMB": 8192}, "inv-net": lines,
        "inv-oa-publishing": "TMG, NTLM",
    }  # fmt: skip
    assert merged.awaited == ()


def test_an_item_that_could_not_be_read_keeps_what_a_person_wrote() -> None:
    older = Inventory("Contoso", (Record("inv-hw@EX03", {"memoryMB": 4096}, "", AT, "manual", "x"),))
    found = Inventory("Contoso", (Record("inv-hw@EX03", None, "EX03", AT, "missing", "no answer"),))
    assert with_brought(found, older).values == {"inv-hw@EX03": {"memoryMB": 4096}}


def test_an_item_of_a_server_that_nobody_drives_is_a_persons() -> None:
    def ask(host: str, calls: Sequence[Call]) -> Sequence[CallOutcome]:
        raise AssertionError("nobody is asked")

    nobody: tuple[Query, ...] = ()
    records = collect(
        nobody,
        [NotAsked("inv-hw@EX2K", "not driven", by_hand=True), NotAsked("inv-oa@X", "no server")],
        ask,
        AT,
    )
    assert {r.item: r.confidence for r in records} == {"inv-hw@EX2K": "manual", "inv-oa@X": "missing"}


def test_items_that_rules_read_are_items() -> None:
    known = {name for item in items().values() for name in item.collectors}
    assert known >= ITEMS | ARCHIVED
    assert {i for rule in rules().values() for i in rule.inventory} <= ITEMS | ARCHIVED


def test_the_page_is_up_to_date() -> None:
    file = Path(__file__).resolve().parents[2] / "docs" / PAGE
    text = file.read_text("utf-8")
    assert text == page(text), "write it again: python -m exmigrate.discover.reference docs"
