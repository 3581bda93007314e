"""What a plan with Exchange 2000 or 2003 cannot say: each is refused at its place, with a reason and a remedy."""

from __future__ import annotations

import pytest

from tests.plan.broken import Change, broken
from tests.plan.legacy_texts import PLANS, UM

REFUSALS: dict[str, tuple[str, tuple[Change, ...], str, str, str]] = {
    # plan, changes, code, part of the message, part of the line it stands at
    "2000 to 2010": (
        "b", (("{version: 2003, service_pack: SP2}", "{version: 2000, service_pack: SP3}"),), "EXM-L051",
        "from 2000 to 2010 is not in this version", "from:",
    ),
    "a version without a server": (
        "b", (("    - {version: 2003, service_pack: SP2}\n", "    - {version: 2003, service_pack: SP2}\n    - {version: 2007}\n"),
              ("    - name: EXCH1\n", "    - name: EXCH1\n      version: 2003\n")), "EXM-L061",
        "transition.from names 2007, which no server of source.servers has", "{version: 2007}",
    ),
    "several versions, and a server says none": (
        "d", (("    - name: EX03\n      version: 2003\n", "    - name: EX03\n"),), "EXM-L062", "'EX03' does not say its version",
        "- name: EX03",
    ),
    "a batch of two versions": (
        "d", (("members: [otto.old, olga.old]", "members: [otto.old, olga.old, bruno.baumann]"),
              ("  - {name: everyone, members: [bruno.baumann], targets: [EX2010DB01]}\n", "")), "EXM-L061",
        "batch 'old' has mailboxes of several versions: 2003, 2007", "{name: old",
    ),
    "a role of 2007 on 2003": (
        "a", (("roles: [mailbox, bridgehead]", "roles: [mailbox, hub]"),), "EXM-L061",
        "'EX03' has Exchange 2003, which has no hub role", "roles: [mailbox, hub]",
    ),
    "a role of 2003 on 2007": (
        "d", (("      roles: [cas, hub, mailbox]\n      edition: Enterprise", "      roles: [cas, hub, mailbox, bridgehead]\n      edition: Enterprise"),),
        "EXM-L061", "'MAIL2007' has Exchange 2007, which has no bridgehead role", "bridgehead]",
    ),
    "front-end with stores": (
        "a", (("roles: [mailbox, bridgehead]", "roles: [mailbox, front-end]"),), "EXM-L061",
        "'EX03' is front-end and has mailbox stores", "front-end]",
    ),
    "stores without a role": (
        "a", (("roles: [mailbox, bridgehead]", "roles: [bridgehead]"),), "EXM-L061", "'EX03' has databases but no mailbox role",
        "- name: Mailbox Store (EX03)",
    ),
    "a role without stores": (
        "a", (("roles: [front-end, bridgehead]", "roles: [mailbox]"),), "EXM-L062", "'FE03' has the mailbox role but no database",
        "- name: FE03",
    ),
    "Windows of later days": (
        "a", (("      os: 2003\n      os_service_pack: 2\n      memory: 4GB", "      os: 2008\n      memory: 4GB"),), "EXM-L061",
        "'EX03' has Exchange 2003 on Windows 2008", "os: 2008",
    ),
    "64 bits": (
        "a", (("      roles: [front-end", "      bits: 64\n      roles: [front-end"),), "EXM-L061",
        "'FE03' has Exchange 2003 on 64-bit Windows", "bits: 64",
    ),
    "PowerShell 3.0": (
        "a", (("      roles: [front-end", "      powershell: '3.0'\n      roles: [front-end"),), "EXM-L061",
        "'FE03' has PowerShell 3.0 on Windows 2003", "powershell: '3.0'",
    ),
    "no routing group said": (
        "a", (("      routing_group: Perimeter\n", ""),), "EXM-L062", "'FE03' does not say its routing group", "- name: FE03",
    ),
    "an unknown routing group": (
        "a", (("      routing_group: Perimeter\n", "      routing_group: Perimetre\n"),), "EXM-L030",
        "legacy routing group 'Perimetre' does not exist", "Perimetre",
    ),
    "an unknown administrative group": (
        "a", (("      routing_group: Perimeter\n", "      routing_group: Perimeter\n      administrative_group: Frist\n"),),
        "EXM-L030", "administrative group 'Frist' does not exist", "Frist",
    ),
    "a master of another group": (
        "a", (("- {name: First Routing Group}", "- {name: First Routing Group, master: FE03}"),), "EXM-L061",
        "'FE03' is master of 'First Routing Group' but no server of it", "master: FE03",
    ),
    "the group of 2007 as a legacy one": (
        "a", (("- {name: First Routing Group}", "- {name: First Routing Group}\n    - {name: Exchange Routing Group (DWBGZMFD01QNBJR)}"),),
        "EXM-L061", "is the routing group of 2007 and later", "DWBGZMFD01QNBJR",
    ),
    "a connector's server of another group": (
        "a", (("sources: [EX03], targets: [FE03]", "sources: [EX03], targets: [EX03]"),), "EXM-L061",
        "'EX03' is no server of 'Perimeter'", "Main to Perimeter",
    ),
    "a connector to itself": (
        "a", (("target_group: Perimeter, sources: [EX03], targets: [FE03]", "target_group: First Routing Group, sources: [EX03], targets: [EX03]"),),
        "EXM-L061", "leads from a group to itself", "Main to Perimeter",
    ),
    "nothing joins 2003 with 2007": (
        "d", (("  routing_group_connectors:\n    - name: Interop RGC out", "  smtp_connectors: []\n  x: []\n    - name: Interop"),),
        "", "", "",
    ),
    "a bridgehead of 2007": (
        "d", (("    inbound: direct\n", "    inbound: direct\n    legacy_routing_server: MAIL2007\n"),), "EXM-L061",
        "'MAIL2007' is no Exchange 2000 or 2003 server", "legacy_routing_server",
    ),
    "a bridgehead for nobody": (
        "d", (("    inbound: direct\n", "    inbound: direct\n    legacy_routing_server: EX03\n"),), "EXM-L052",
        "'legacy_routing_server' is for the first Hub of an organization without 2007 Hubs", "legacy_routing_server",
    ),
    "two connectors to one group": (
        "a", (("      - {name: Perimeter to 2007,", "      - {name: Again, routing_group: perimeter}\n      - {name: Perimeter to 2007,"),),
        "EXM-L061", "'Perimeter' has a connector already: 'Again'", "Perimeter to 2007",
    ),
    "a connector's end elsewhere": (
        "a", (("routing_group: Perimeter, targets: [FE03]", "routing_group: Perimeter, targets: [EX03]"),), "EXM-L061",
        "'EX03' is no server of 'Perimeter'", "targets: [EX03]",
    ),
    "another name for a connector that stands": (
        "d", (("    inbound: direct\n", "    inbound: direct\n    routing_group_connectors: [{name: New, routing_group: First Routing Group}]\n"),),
        "EXM-L061", "'First Routing Group' is joined with 2007 by 'Interop RGC out', not by 'New'", "name: New",
    ),
    "an unknown SMTP connector": (
        "a", (("    legacy_routing_server: EX03\n", "    legacy_internet_connectors: [Internet Mail]\n"),), "EXM-L030",
        "smtp connector 'Internet Mail' does not exist", "legacy_internet_connectors",
    ),
    "an unknown accepted domain": (
        "b", (("    inbound: direct\n", "    accepted_domains: [{name: acme.org, kind: internal-relay}]\n    inbound: direct\n"),),
        "EXM-L030", "accepted domain 'acme.org' does not exist", "acme.org",
    ),
    "a policy's own filter": (
        "a", (("  address_policies:\n    - {name: Sales, recipients: \"RecipientType -eq 'UserMailbox' -and Department -eq 'Sales'\"}\n", ""),),
        "EXM-L062", "policy 'Sales' has a filter of its own", "department=Sales",
    ),
    "a list's own filter": (
        "b", (("  address_lists:\n", "  address_lists:\n    - {name: Lyon, filter: '(l=Lyon)'}\n"),), "EXM-L062",
        "address list 'Lyon' is none that Exchange makes", "(l=Lyon)",
    ),
    "a wish for an unknown list": (
        "b", (("  public_folders: {databases: [PFDB01]}\n", "  public_folders: {databases: [PFDB01]}\n  address_lists: [{name: All Usres, recipients: MailboxUsers}]\n"),),
        "EXM-L030", "address list 'All Usres' does not exist", "All Usres",
    ),
    "2007 shall stay possible": (
        "b", (("keep_2007_option: false ", "keep_2007_option: true "),), "EXM-L061",
        "2007 shall stay possible, and this plan installs none", "keep_2007_option: true",
    ),
    "a choice that nobody has": (
        "d", (("  to: {version: 2010, service_pack: SP3}\n", "  to: {version: 2010, service_pack: SP3}\n  keep_2007_option: false\n"),),
        "EXM-L052", "'keep_2007_option' is the choice of those who go from 2003 alone to 2010", "keep_2007_option",
    ),
    "an unknown dial plan": (
        "b", (UM[0], (UM[1][0], UM[1][1].replace("      create: true\n", ""))), "EXM-L030",
        "dial plan 'Main' does not exist", "- name: Main",
    ),
    "half a dial plan": (
        "b", (UM[0], (UM[1][0], UM[1][1].replace("      digits: 4\n", ""))), "EXM-L062",
        "new dial plan 'Main' needs digits, gateways and policies", "- name: Main",
    ),
    "an extension of another length": (
        "b", (UM[0], (UM[1][0], UM[1][1].replace("'4001'", "'401'"))), "EXM-L061",
        "'401' is no extension of dial plan main", "'401'",
    ),
    "an unknown mailbox in a set": (
        "b", (UM[0], (UM[1][0], UM[1][1].replace("alice:", "alicia:"))), "EXM-L043", "mailbox 'alicia' does not exist",
        "alicia",
    ),
    "an unknown UM policy": (
        "b", (UM[0], (UM[1][0], UM[1][1].replace("dial_plan: main,", "dial_plan: main, policy: Gests,"))), "EXM-L030",
        "UM mailbox policy 'Gests' does not exist", "Gests",
    ),
    "two log folders of a storage group": (
        "a", (("          logs: E:\\MB07-01\n", "          logs: E:\\MB07-01\n          storage_group: One\n"),
              ("          logs: E:\\PF07\n", "          logs: E:\\PF07\n          storage_group: One\n")), "EXM-L061",
        "storage group 'One' of 'MAIL07' has two log folders", "E:\\PF07",
    ),
}  # fmt: skip
del REFUSALS["nothing joins 2003 with 2007"]


@pytest.mark.parametrize("name", REFUSALS)
def test_what_cannot_be_is_refused_at_its_place(name: str) -> None:
    letter, changes, code, message, line = REFUSALS[name]
    result = broken(*changes, text=PLANS[letter])
    assert result.topology is None
    found = [p for p in result.errors if p.code == code and message in p.message]
    assert len(found) == 1, "\n".join(str(p) for p in result.problems)
    assert line in found[0].source_line, str(found[0])
    assert found[0].why
    assert found[0].remedy


def test_two_versions_without_a_connector_are_refused() -> None:
    text = PLANS["d"]
    start = text.index("  routing_group_connectors:\n")
    result = broken(text=text[:start] + text[text.index("  servers:\n", start) :])
    assert [p.message for p in result.errors if p.code == "EXM-L062"] == [
        "no routing group connector joins 2003 with 2007"
    ]
