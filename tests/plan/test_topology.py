"""A plan becomes a topology: facts and wishes bound, nothing of the wishes in the facts."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import pytest

from exmigrate.model import Topology
from exmigrate.model.errors import Location
from exmigrate.model.topology import Secret, SourceOrganization
from tests.plan.broken import broken
from tests.plan.topologies import single_site, two_site


def facts(topology: Topology) -> SourceOrganization:
    assert topology.source is not None
    return topology.source


def test_the_single_site_plan() -> None:
    t = single_site()
    assert [s.name for s in t.servers] == ["MAIL2007", "MAIL2010"]
    assert t.first_site.name == "Zurich"
    new = t.server_by_name["MAIL2010"]
    assert (new.target, new.roles, new.version, new.service_pack) == (
        True,
        ("cas", "hub", "mailbox"),
        "2010",
        "SP3",
    )
    assert new.fqdn == "mail2010.contoso.local"
    assert new.product_key == Secret("env:EXCHANGE_2010_KEY")
    assert t.directory_host == "MAIL2010"
    assert [b.name for b in t.batches] == ["pilot", "everyone"]
    assert sum(len(b.members) for b in t.batches) == len(facts(t).mailboxes) == 26
    assert t.media_for("2010")[0].schema == 14734
    assert t.public_folders.target_databases == ("PF2010",)


def test_the_two_site_plan() -> None:
    t = two_site()
    assert [(s.name, s.internet_facing, s.primary) for s in t.sites] == [
        ("Zurich", True, True),
        ("Geneva", False, False),
    ]
    assert len(facts(t).mailboxes) == 400
    assert [(b.name, len(b.members), b.site) for b in t.batches] == [
        ("pilot", 10, "Zurich"), ("zurich-1", 145, "Zurich"), ("zurich-2", 145, "Zurich"), ("geneva-1", 50, "Geneva"),
        ("geneva-2", 50, "Geneva"),
    ]  # fmt: skip
    assert t.batches[0].pilot
    for role, count in {"cas": 3, "hub": 3, "mailbox": 3, "um": 1, "edge": 2}.items():
        assert len(t.servers_in(role=role, target=True)) == count
        assert len([s for s in t.servers_in(role=role) if s.source]) == count
    assert {s.cas_array.fqdn for s in t.sites if s.cas_array} == {
        "outlook.contoso.local",
        "outlook-gva.contoso.local",
    }
    assert [c.name for c in t.mail_flow.send_connectors] == [
        "Partner Fabrikam",
        "Fax gateway",
        "Geneva scanners",
    ]
    assert {g.name for g in t.expansion_groups} == {"All Staff", "Geneva Staff"}
    assert [(e.edge, e.replaces, e.existing) for e in t.edges] == [
        ("EDGE10-1", "EDGE07-1", False), ("EDGE10-2", "EDGE07-2", False),
    ]  # fmt: skip
    assert t.dial_plans[0].source_servers == ("UM07",)
    assert len(t.mail_flow.dsn_messages) == 3
    assert {w.name: w.length for w in t.policy.windows}["change-window"] == 540
    assert t.policy.soak_days == 14


def test_members_go_to_the_targets_in_turn() -> None:
    batch = two_site().batches[1]
    assert [batch.assignments[m] for m in batch.members[:4]] == ["ZRH10-DB01", "ZRH10-DB02"] * 2


def test_a_member_may_have_a_target_of_its_own() -> None:
    csv = {"everyone.csv": b"mailbox;target\ndavid.dubois;\neva.egli;EX2010DB01\n"}
    result = broken(csv=csv)
    assert result.provisional is not None
    assert result.provisional.batches[1].assignments == {
        "david.dubois": "EX2010DB01",
        "eva.egli": "EX2010DB01",
    }


def test_connections_fall_back_to_the_defaults() -> None:
    t = two_site()
    inside, edge = t.server_by_name["EX10-CH1"].connection, t.server_by_name["EDGE10-1"].connection
    assert inside is not None
    assert edge is not None
    assert (inside.transport, inside.scheme, inside.port, inside.credential) == (
        "credssp",
        "http",
        5985,
        "migration",
    )
    assert (edge.transport, edge.scheme, edge.port, edge.credential) == ("basic", "https", 5986, "perimeter")
    assert edge.run_as == "perimeter"


def test_an_edge_is_in_no_domain() -> None:
    edge = two_site().server_by_name["EDGE07-1"]
    assert (edge.domain, edge.fqdn) == ("", "edge07-1.perimeter.contoso.com")


def test_the_pinned_domain_controller() -> None:
    assert [s.dc for s in two_site().sites] == ["zrh-dc01.contoso.local", "gva-dc01.contoso.local"]


def strings(value: Any) -> set[str]:
    if isinstance(value, str):
        return {value}
    if is_dataclass(value):
        return {s for f in fields(value) for s in strings(getattr(value, f.name))}
    if isinstance(value, dict):
        return {s for k, v in value.items() for s in (*strings(k), *strings(v))}
    if isinstance(value, list | tuple):
        return {s for v in value for s in strings(v)}
    return set()


@pytest.mark.parametrize(
    "wish",
    [
        "legacy.contoso.com",
        "ZRH10-DB01",
        "CASArray-Zurich",
        "outlook.contoso.local",
        "ZRH10-PF1",
        "203.0.113.20",
        "pilot",
        "zurich-nights",
        "de\\External\\5.7.1",
    ],
)
def test_facts_hold_no_wish(wish: str) -> None:
    found = strings(facts(two_site()))
    assert wish not in found
    assert not [s for s in found if s.startswith("target.")]


@pytest.mark.parametrize(
    "fact",
    [
        "ZRH07-DB01",
        "CASHUB07-1",
        "mail.contoso.com",
        "Partner Fabrikam",
        "\\Departments\\Sales",
        "EX10-MB1",
        "journal",
    ],
)
def test_facts_hold_what_is_there(fact: str) -> None:
    assert fact in strings(facts(two_site()))


def test_bare_machines_have_no_exchange() -> None:
    machines = {m.name: m for m in facts(two_site()).machines}
    assert machines["EX10-MB1"].exchange is None
    assert machines["EX10-MB1"].disks["D:"] == 1800 << 30
    installed = machines["MBX07-1"].exchange
    assert installed is not None
    assert (installed.version, installed.service_pack, installed.roles, installed.edition) == (
        "2007",
        "SP3",
        ("mailbox",),
        "Enterprise",
    )


@pytest.mark.parametrize("topology", [single_site, two_site])
def test_every_entity_has_a_place(topology: Any) -> None:
    t = topology()
    entities = [*t.servers, *t.sites, *t.databases, *t.batches, *t.media, *t.domains, *t.domain_controllers, *t.certificates,
                *t.mail_flow.send_connectors, *t.mail_flow.receive_connectors, *t.dial_plans, *t.edges, *facts(t).mailboxes,
                *facts(t).public_folders, *facts(t).virtual_directories, *t.policy.windows, *t.policy.waivers, *t.products]  # fmt: skip
    for entity in entities:
        assert entity.path, entity
        assert t.positions[entity.path].line > 0, entity


def test_a_mailbox_of_a_csv_has_its_line() -> None:
    t = single_site()
    box = facts(t).mailboxes[1]
    assert t.where(box.path) == Location("mailboxes.csv", 3, 1)


def test_what_is_not_written_has_the_place_of_what_is_around_it() -> None:
    t = single_site()
    assert t.where("policy.start") == t.where("policy")
    assert t.where("nowhere") == t.where("")
    assert Path(t.where("policy").file).name == "plan.yaml"
