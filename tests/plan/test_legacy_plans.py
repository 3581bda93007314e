"""Plans with Exchange 2000 and 2003: what is written becomes the topology, and what cannot be is refused at its place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exmigrate.model import Topology
from exmigrate.model.topology import (
    MODERN_ROUTING_GROUP,
    Listener,
    RoutingGroup,
    SourceOrganization,
    UpdateService,
)
from tests.plan.broken import Change, broken
from tests.plan.legacy_texts import PLANS, UM
from tests.plan.topologies import legacy_a, legacy_b, legacy_d, single_site


def loaded(letter: str, *changes: Change) -> Topology:
    """What the language makes of a changed plan; what the rules say of it is their tests' business."""
    result = broken(*changes, text=PLANS[letter])
    assert not [str(p) for p in result.errors if p.code.startswith("EXM-L")]
    assert result.provisional is not None
    return result.provisional


def facts(t: Topology) -> SourceOrganization:
    assert t.source is not None
    return t.source


def test_the_plan_to_2007() -> None:
    t = legacy_a()
    assert (t.versions, t.target.version, t.has_legacy) == (("2003",), "2007", True)
    assert [(s.name, s.version, s.service_pack, s.roles, s.legacy) for s in t.servers] == [
        ("EX03", "2003", "SP2", ("mailbox", "bridgehead"), True),
        ("FE03", "2003", "SP2", ("front-end", "bridgehead"), True),
        ("MAIL07", "2007", "SP3", ("cas", "hub", "mailbox"), False),
    ]
    assert t.first_hub == t.server_by_name["MAIL07"]
    assert [s.name for s in t.servers_legacy(role="front-end")] == ["FE03"]
    assert t.client_access.exchange2003_url == ""
    assert [d.storage_group for d in t.databases if d.target] == ["SG1", "SG2"]
    assert {b.source for b in t.batches} == {"2003"}


def test_a_connector_to_each_routing_group() -> None:
    t = legacy_a()
    assert t.mail_flow.legacy_routing_server == "EX03"
    first, second = t.mail_flow.routing_group_connectors
    assert (first.name, first.routing_group, first.sources, first.targets, first.first, first.site) == (
        "Interop RGC", "First Routing Group", ("MAIL07",), ("EX03",), True, "Zurich",
    )  # fmt: skip
    assert (second.name, second.routing_group, second.targets, second.cost, second.first) == (
        "Perimeter to 2007", "Perimeter", ("FE03",), 10, False,
    )  # fmt: skip
    assert [first.existing, second.existing] == [False, False]
    assert t.mail_flow.suppress_link_state


def test_setups_own_connector_may_be_named_in_the_plan() -> None:
    mine = "      - {name: Setup's, routing_group: First Routing Group, targets: [EX03], cost: 7}\n"
    before = "    routing_group_connectors:\n      - {name: Perimeter to 2007"
    t = loaded("a", (before, f"    routing_group_connectors:\n{mine}      - {{name: Perimeter to 2007"))
    assert [(c.name, c.first, c.cost) for c in t.mail_flow.routing_group_connectors] == [
        ("Setup's", True, 7),
        ("Perimeter to 2007", False, 10),
    ]


def test_without_a_word_the_bridgehead_is_chosen_from_the_first_site() -> None:
    t = loaded("b")
    assert t.mail_flow.legacy_routing_server == "EXCH1"
    [only] = t.mail_flow.routing_group_connectors
    assert (only.first, only.sources, only.targets) == (True, ("EXCH2",), ("EXCH1",))


def test_routing_groups_and_their_servers() -> None:
    t = legacy_a()
    assert t.routing_groups == (
        RoutingGroup("First Routing Group", "First Administrative Group", "EX03", "source.routing_groups[0]"),
        RoutingGroup("Perimeter", "First Administrative Group", "FE03", "source.routing_groups[1]"),
    )
    assert facts(t).routing_groups == t.routing_groups
    fe = t.server_by_name["FE03"]
    assert (fe.routing_group, fe.administrative_group) == ("Perimeter", "First Administrative Group")
    assert [(c.name, c.source_group, c.targets) for c in facts(t).routing_group_connectors] == [
        ("Main to Perimeter", "First Routing Group", ("FE03",)),
        ("Perimeter to Main", "Perimeter", ("EX03",)),
    ]


def test_a_small_organization_has_the_groups_that_exchange_makes() -> None:
    t = legacy_b()
    [group] = t.routing_groups
    assert (group.name, group.administrative_group, group.master) == (
        "First Routing Group", "First Administrative Group", "EXCH1",
    )  # fmt: skip
    assert t.server_by_name["EXCH1"].routing_group == "First Routing Group"
    assert t.server_by_name["EXCH2"].routing_group == ""


def test_administrative_groups_of_servers_and_routing_groups() -> None:
    t = loaded(
        "a",
        ("  routing_groups:\n", "  administrative_groups: [Swiss Servers]\n  routing_groups:\n"),
        (
            "{name: Perimeter, administrative_group: First Administrative Group}",
            "{name: Perimeter, administrative_group: Edge, master: FE03}",
        ),
        (
            "      routing_group: First Routing Group\n",
            "      routing_group: First Routing Group\n      administrative_group: swiss servers\n",
        ),
    )
    assert [(s.name, s.administrative_group) for s in t.servers_legacy()] == [
        ("EX03", "Swiss Servers"),
        ("FE03", "Edge"),
    ]


def test_the_plan_from_2003_to_2010() -> None:
    t = legacy_b()
    assert (t.versions, t.target.version, t.keep_2007_option) == (("2003",), "2010", False)
    assert t.first_hub == t.server_by_name["EXCH2"]
    assert t.client_access.exchange2003_url == "https://legacy.acme.com/exchange"
    assert t.mail_flow.legacy_internet_connectors == ("Internet",)
    assert {d.storage_group for d in t.databases if d.target} == {""}


def test_the_plan_from_2003_and_2007() -> None:
    t = legacy_d()
    assert t.versions == ("2003", "2007")
    assert [(v.version, v.service_pack) for v in t.sources] == [("2003", "SP2"), ("2007", "SP3")]
    assert {s.name: s.service_pack for s in t.servers if s.source} == {"EX03": "SP2", "MAIL2007": "SP3"}
    assert (facts(t).version, facts(t).service_pack) == ("2007", "SP3")
    assert t.first_hub is None
    assert t.mail_flow.legacy_routing_server == ""
    assert [(b.name, b.source) for b in t.batches] == [
        ("pilot", "2007"),
        ("old", "2003"),
        ("everyone", "2007"),
    ]


def test_a_connector_of_2007_is_taken_over() -> None:
    [c] = legacy_d().mail_flow.routing_group_connectors
    assert (c.name, c.routing_group, c.sources, c.targets, c.existing, c.first) == (
        "Interop RGC out", "First Routing Group", ("MAIL2010",), ("EX03",), True, False,
    )  # fmt: skip
    assert facts(legacy_d()).routing_group_connectors[0].source_group == MODERN_ROUTING_GROUP


def test_windows_of_a_legacy_server() -> None:
    t = loaded(
        "a",
        ("      os: 2003\n      os_service_pack: 2\n      memory: 2GB\n", ""),
        ("    FE03: {transport: kerberos}\n", "    FE03: {transport: kerberos, driven: false}\n"),
    )
    machine = facts(t).machine("FE03")
    assert machine is not None
    assert (machine.os, machine.bits, machine.memory, machine.powershell) == ("2003", 32, 4 << 30, "2.0")
    assert machine.listeners == (Listener(auth=("ntlm", "kerberos")),)
    assert (t.server_by_name["FE03"].bits, t.server_by_name["FE03"].driven) == (32, False)


_WITH_2000 = (
    ("    - {version: 2003, service_pack: SP2}\n", "    - {version: 2000, service_pack: SP3}\n    - {version: 2003, service_pack: SP2}\n"),
    ("    - name: EX03\n      site: Zurich\n      os: 2003\n      os_service_pack: 2\n", "    - name: EX03\n      version: 2000\n      site: Zurich\n"),
    ("    - name: FE03\n", "    - name: FE03\n      version: 2003\n"),
    ("    EX03: {transport: kerberos} ", "    EX03: {port: 5985} "),
)  # fmt: skip


def test_exchange_2000_on_windows_2000_has_no_remoting() -> None:
    t = loaded("a", *_WITH_2000)
    ex, fe = t.server_by_name["EX03"], t.server_by_name["FE03"]
    assert t.versions == ("2000", "2003")
    assert (ex.version, ex.service_pack, ex.os, ex.bits, ex.driven) == ("2000", "SP3", "2000", 32, False)
    assert (fe.version, fe.service_pack, fe.driven) == ("2003", "SP2", True)
    machine = facts(t).machine("EX03")
    assert machine is not None
    assert (machine.powershell, machine.listeners) == ("", ())
    assert (facts(t).version, facts(t).service_pack) == ("2003", "SP2")


def test_what_a_legacy_server_has_today() -> None:
    t = loaded(
        "a",
        (
            "      routing_group: Perimeter\n",
            "      routing_group: Perimeter\n      link_state_suppressed: true\n      activesync_integrated: true\n      kb937031: true\n",
        ),
    )
    for found in (t.server_by_name["FE03"], facts(t).machines[1].exchange):
        assert found is not None
        assert (found.link_state_suppressed, found.activesync_integrated, found.kb937031) == (
            True,
            True,
            True,
        )
        assert found.routing_group == "Perimeter"
    installed = facts(t).machines[1].exchange
    assert installed is not None
    assert (installed.version, installed.service_pack, installed.roles) == (
        "2003", "SP2", ("front-end", "bridgehead"),
    )  # fmt: skip


def test_remnants_of_5_5() -> None:
    t = loaded(
        "a",
        (
            "  organization: Contoso\n",
            "  organization: Contoso\n  mixed_mode: false\n  connection_agreements: [Users to 5.5]\n"
            "  site_replication_services: [EX03]\n",
        ),
    )
    assert (facts(t).connection_agreements, facts(t).site_replication_services) == (
        ("Users to 5.5",),
        ("EX03",),
    )


def test_lag_of_a_domain_controller() -> None:
    assert facts(legacy_a()).replication_minutes == {"DC02": 15}
    assert facts(single_site()).replication_minutes == {}


def test_update_services_and_features() -> None:
    feature = "  features:\n    - {feature: x400-connector, server: EX03, reason: The bank}\n"
    t = loaded("a", ("  address_lists:\n", f"{feature}  address_lists:\n"))
    assert facts(t).update_services == t.update_services
    assert t.update_services[1] == UpdateService(
        "Recipient Update Service (CONTOSO)",
        "contoso.local",
        "EX03",
        "DC01",
        False,
        "source.update_services[1]",
    )
    assert t.update_services[0].enterprise
    [found] = facts(t).features
    assert (found.feature, found.server, found.reason) == ("x400-connector", "EX03", "The bank")


def test_smtp_connectors_and_those_that_leave() -> None:
    second = "    - {name: Partner, bridgeheads: [FE03], address_spaces: ['SMTP:fabrikam.com;1'], smart_hosts: [10.1.0.99]}\n"
    t = loaded("a", ("  smtp_connectors:\n", f"  smtp_connectors:\n{second}"))
    assert [(c.name, c.routing_group) for c in facts(t).smtp_connectors] == [
        ("Partner", "Perimeter"), ("Internet Mail SMTP Connector", "First Routing Group"),
    ]  # fmt: skip
    assert t.mail_flow.legacy_internet_connectors == ("Internet Mail SMTP Connector",)
    named = (
        "    legacy_routing_server: EX03\n",
        "    legacy_routing_server: EX03\n    legacy_internet_connectors: [partner]\n",
    )
    t = loaded("a", ("  smtp_connectors:\n", f"  smtp_connectors:\n{second}"), named)
    assert t.mail_flow.legacy_internet_connectors == ("Partner",)


def test_policies_and_lists_know_what_they_become_only_as_wishes() -> None:
    t = legacy_a()
    assert [(p.name, p.legacy, p.filter, p.recipients) for p in t.address_policies] == [
        ("Default Policy", True, "(mailNickname=*)", "AllRecipients"),
        ("Sales", True, "(&(mailNickname=*)(department=Sales))",
         "RecipientType -eq 'UserMailbox' -and Department -eq 'Sales'"),
    ]  # fmt: skip
    assert {p.recipients for p in facts(t).address_policies} == {"AllRecipients"}
    lists = {x.name: x for x in t.address_lists}
    assert lists["All Users"].recipients == "MailboxUsers"
    assert lists["Default Global Address List"].kind == "global-address-list"
    assert "ObjectClass -eq 'publicFolder'" in lists["Default Global Address List"].recipients
    assert {x.recipients for x in facts(t).address_lists} == {""}


def test_mailbox_manager_and_domains_that_are_not_ours() -> None:
    t = loaded(
        "b",
        (
            'filter: "(mailNickname=*)"}',
            'filter: "(mailNickname=*)", mailbox_manager: mixed, non_authoritative: [acme.com]}\n'
            '      - {name: Clean, filter: "(x=y)", mailbox_manager: only}',
        ),
    )
    assert [(p.mailbox_manager, p.non_authoritative) for p in facts(t).address_policies] == [
        ("mixed", ("acme.com",)), ("only", ()),
    ]  # fmt: skip


def test_a_policy_without_addresses_has_mailbox_manager_settings_and_nothing_else() -> None:
    result = broken(
        ('templates: ["SMTP:%g.%s@contoso.com"]}\n', "mailbox_manager: mixed}\n"), text=PLANS["a"]
    )
    [problem] = [p for p in result.errors if p.code == "EXM-L062"]
    assert "policy 'Default Policy' has no template" in str(problem)


def test_a_server_without_a_version_is_told_once_where_there_are_several() -> None:
    several = (
        "    - {version: 2003, service_pack: SP2}\n",
        "    - {version: 2000, service_pack: SP3}\n    - {version: 2003, service_pack: SP2}\n",
    )
    result = broken(several, text=PLANS["a"])
    assert [p.code for p in result.errors if "EX03" in str(p)] == ["EXM-L062"]


def test_an_accepted_domain_may_become_another_kind() -> None:
    wish = "    accepted_domains: [{name: acme.com, kind: internal-relay}]\n    inbound: direct\n"
    t = loaded(
        "b",
        ("    inbound: direct\n", wish),
        ("{name: acme.com, default: true}", "{name: acme.com, default: true, shared_with: pop.acme.com}"),
    )
    [domain] = t.mail_flow.accepted_domains
    assert (domain.kind, domain.shared_with) == ("internal-relay", "pop.acme.com")
    assert facts(t).accepted_domains[0].kind == "authoritative"


def test_an_offline_address_book_of_2003_is_in_public_folders() -> None:
    [book] = facts(legacy_b()).offline_address_books
    assert (book.versions, book.public_folder_distribution) == (("Version2", "Version3"), True)
    [book] = facts(single_site()).offline_address_books
    assert (book.versions, book.public_folder_distribution) == (("Version4",), False)


def test_a_new_dial_plan_and_its_mailboxes() -> None:
    t = loaded("b", *UM)
    [plan] = t.dial_plans
    assert (plan.name, plan.create, plan.digits, plan.policies, plan.site) == (
        "Main", True, 4, ("Main Default Policy", "Guests"), "Main",
    )  # fmt: skip
    assert (plan.gateways, plan.gateway_addresses) == (("pbx",), {"pbx": "10.2.0.50"})
    assert (plan.source_servers, plan.target_servers) == ((), ("EXCH2",))
    [found] = t.mailbox_sets
    assert (found.dialplan, found.policy, found.site) == ("Main", "Main Default Policy", "Main")
    assert found.members == {"alice": "4001", "bob": "4002"}


def test_storage_groups_of_new_2007_databases() -> None:
    t = loaded(
        "a",
        (
            "          edb: D:\\PF07\\PF07.edb\n",
            "          edb: D:\\PF07\\PF07.edb\n          storage_group: Public\n",
        ),
    )
    assert [d.storage_group for d in t.databases if d.target] == ["SG1", "Public"]


def test_a_domain_in_mixed_mode_is_said() -> None:
    result = broken(("root: true, level: 2003}", "root: true, level: 2000-mixed}"), text=PLANS["a"])
    assert result.provisional is not None
    assert result.provisional.domains[0].level == "2000-mixed"


def test_an_edge_of_2007_may_stand_before_2003() -> None:
    edge = (
        "    - {name: EDGE07, version: 2007, service_pack: SP3, site: Main, workgroup: true, os: 2008, os_service_pack: 2, "
        "addresses: [10.9.0.5], roles: [edge]}\n"
    )
    result = broken(
        ("  servers:\n    - name: EXCH1\n", f"  servers:\n{edge}    - name: EXCH1\n"), text=PLANS["b"]
    )
    assert not [p for p in result.errors if p.code.startswith("EXM-L")]
    assert result.provisional is not None
    assert result.provisional.versions == ("2003",)
    assert result.provisional.first_hub is not None


@pytest.mark.parametrize("topology", [legacy_a, legacy_b, legacy_d])
def test_every_legacy_entity_has_a_place(topology: Any) -> None:
    t = topology()
    source = facts(t)
    entities = [*source.routing_groups, *source.routing_group_connectors, *source.smtp_connectors, *source.update_services,
                *source.address_lists, *source.address_policies, *t.mail_flow.routing_group_connectors, *t.address_lists]  # fmt: skip
    for entity in entities:
        assert t.where(entity.path).line > 0, entity


def test_no_hub_is_first_where_a_connector_stands_or_nothing_is_old() -> None:
    t = legacy_a()
    standing = tuple(replace(c, existing=True) for c in t.mail_flow.routing_group_connectors)
    connected = replace(t, mail_flow=replace(t.mail_flow, routing_group_connectors=standing))
    assert connected.first_hub is None
    assert single_site().first_hub is None
    assert not single_site().has_legacy
