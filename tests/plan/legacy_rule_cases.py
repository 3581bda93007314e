"""For each rule that concerns 2000 or 2003 servers or a 2007 target: changes of a correct plan that break it.

`BREAKS` are changes of the plan's text. `ALTERED` change the topology, where the language itself refuses or fills in
what the rule is about. `KEEPS` are for rules that every such plan breaks, mostly remarks: what ends that.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from exmigrate.model import Topology
from exmigrate.model.topology import Server

Change = tuple[str, str]
Alter = Callable[[Topology], Topology]

_TO_SP1 = (
    ("to: {version: 2007, service_pack: SP3}", "to: {version: 2007, service_pack: SP1}"),
    ("    service_pack: SP3\n    build: 8.3.83.6", "    service_pack: SP1\n    build: 8.1.240.6"),
)
_WITH_UM: tuple[Change, ...] = (
    ("roles: [cas, hub, mailbox]", "roles: [cas, hub, mailbox, um]"),
    ("  public_folders: {databases: [PF07]}", "  public_folders: {databases: [PF07]}\n  dial_plans:\n    - {name: DP, create: true, digits: 4, servers: [MAIL07], policies: [P], gateways: {PBX: 10.1.8.1}}\n  um_mailboxes:\n    - {name: First, dial_plan: DP, members: {carla.christen: '1000'}}"),
)  # fmt: skip

BREAKS: dict[str, tuple[str, tuple[Change, ...]]] = {
    "ORG-001": ("a", (("  organization: Contoso\n", "  organization: Contoso\n  connection_agreements: [Config CA]\n"),)),
    "ORG-002": ("a", (("  organization: Contoso\n", "  organization: Contoso\n  mixed_mode: true\n"),)),
    "ORG-008": ("b", (("- {version: 2003, service_pack: SP2}", "- {version: 2003, service_pack: SP1}"), ("    version: 2003\n    service_pack: SP2", "    version: 2003\n    service_pack: SP1"))),
    "ORG-009": ("a", (("- {version: 2003, service_pack: SP2}", "- {version: 2000, service_pack: SP2}"), ("      os: 2003\n      os_service_pack: 2\n      memory: 4GB", "      os: 2000\n      os_service_pack: 4\n      memory: 4GB"), ("      os: 2003\n      os_service_pack: 2\n      memory: 2GB", "      os: 2000\n      os_service_pack: 4\n      memory: 2GB"))),
    "ORG-016": ("a", (("DC01, os: 2003, os_service_pack: 2", "DC01, os: 2003, os_service_pack: 0"),)),
    "ORG-017": ("a", (("DC01, os: 2003, os_service_pack: 2", "DC01, os: 2003, os_service_pack: 0"), ("DC02, os: 2003, os_service_pack: 2", "DC02, os: 2003, os_service_pack: 2, global_catalog: false"))),
    "ORG-029": ("a", (*_TO_SP1, ("      os: 2008\n", "      os: 2008R2\n"))),
    "ORG-030": ("a", (*_TO_SP1, ("DC01, os: 2003, os_service_pack: 2", "DC01, os: 2008R2"), ("DC02, os: 2003, os_service_pack: 2", "DC02, os: 2008R2"))),
    "TOP-002": ("a", (("      primary: true\n", "      primary: true\n      role_order: [hub, cas, mailbox]\n"),)),
    "TOP-003": ("a", (("roles: [cas, hub, mailbox]", "roles: [cas, mailbox]"),)),
    "TOP-004": ("a", (("roles: [cas, hub, mailbox]", "roles: [hub, mailbox]"),)),
    "TOP-005": ("a", (*_WITH_UM, ("      primary: true\n", "      primary: true\n      role_order: [cas, um, hub, mailbox]\n"))),
    "TOP-006": ("a", (*_WITH_UM, ("      primary: true\n", "      primary: true\n      role_order: [cas, hub, um, mailbox]\n"))),
    "TOP-019": ("a", (("      memory: 16GB", "      memory: 2GB"),)),
    "TOP-021": ("a", (("        - name: PF07\n", "".join(f"        - {{name: MORE{n}, edb: 'D:\\M{n}\\M{n}.edb', logs: 'E:\\M{n}'}}\n" for n in range(4)) + "        - name: PF07\n"),)),
    "TOP-022": ("b", (("size: 500MB", "size: 80GB"),)),
    "TOP-025": ("b", (("      os: 2008R2\n      os_service_pack: 1\n      memory: 24GB", "      os: 2003\n      os_service_pack: 2\n      memory: 24GB"),)),
    "CA-001": ("d", (("members: [bruno.baumann]", "members: [otto.old]"), ("members: [otto.old, olga.old]", "members: [olga.old]"))),
    "CA-002": ("b", (("members: [bob, carol]", "members: [bob]"),)),
    "CA-004": ("b", (("    legacy: legacy.acme.com ", "    legacy: '' "),)),
    "CA-005": ("b", (("  client_access: {outlook_anywhere: true,", "  client_access: {exchange2003_url: 'http://legacy.acme.com/exchange', outlook_anywhere: true,"),)),
    "CA-006": ("b", (("roles: [cas, hub, mailbox]", "roles: [cas, mailbox]"),)),
    "CA-009": ("b", (("    legacy: legacy.acme.com ", "    legacy: '' "),)),
    "CA-011": ("a", (("names: [mail.contoso.com, autodiscover.contoso.com, contoso.com]", "names: [mail.contoso.com, contoso.com]"),)),
    "CA-026": ("a", (("client_access: {outlook_anywhere: true,", "client_access: {pop_imap: true, outlook_anywhere: true,"),)),
    "CA-035": ("a", (("autodiscover.contoso.com, contoso.com]", "autodiscover.contoso.com, '*.contoso.com']"),)),
    "MF-001": ("a", (("    legacy_routing_server: EX03", "    suppress_link_state: false\n    legacy_routing_server: EX03"),)),
    "MF-002": ("b", (("    outbound_probe: mx.example.net:25", "    suppress_link_state: false\n    outbound_probe: mx.example.net:25"),)),
    "MF-010": ("a", (("      - {name: From the Internet, use: internet, servers: [MAIL07]}\n", ""),)),
    "MF-012": ("a", (('    - {name: Internet Mail SMTP Connector, bridgeheads: [EX03], address_spaces: ["SMTP:*;1"]}', '    - {name: Internet Mail SMTP Connector, bridgeheads: [EX03], address_spaces: ["SMTP:*;1"]}\n    - {name: Second, bridgeheads: [EX03], address_spaces: ["SMTP:*;1"]}'), ("    legacy_routing_server: EX03", "    legacy_internet_connectors: [Second]\n    legacy_routing_server: EX03"))),
    "MF-014": ("a", (('templates: ["SMTP:%g.%s@contoso.com"]}\n      - {name: Sales', 'templates: ["SMTP:%g.%s@contoso.com"], non_authoritative: [contoso.com]}\n      - {name: Sales'),)),
    "MF-015": ("b", (('templates: ["SMTP:@acme.com"],', 'templates: ["SMTP:@acme.com"], non_authoritative: [acme.com],'),)),
    "MF-022": ("a", (('      - {name: From printers, use: relay, servers: [MAIL07], remote_ranges: [10.1.9.0/24], bindings: ["10.1.0.20:25"]}\n', ""),)),
    "MF-023": ("a", (*_TO_SP1, ("    outbound_probe: mx.example.net:25", "    dsn_mode: DoNotConvert\n    outbound_probe: mx.example.net:25"))),
    "PF-001": ("b", (("client_access: {outlook_anywhere: true,", "client_access: {outlook_2003_clients: true, outlook_anywhere: true,"), ("  public_folders: {databases: [PFDB01]}\n", ""))),
    "PF-003": ("b", (("client_access: {outlook_anywhere: true,", "client_access: {outlook_2003_clients: true, outlook_anywhere: true,"), ("  public_folders: {databases: [PFDB01]}\n", ""))),
    "PF-007": ("a", (("targets: [FE03], cost: 10}", "targets: [FE03], cost: 10, public_folder_referrals: false}"),)),
    "MV-002": ("a", (("  batch_window: evenings\n", ""),)),
    "MV-006": ("a", (("members: [bruno.baumann, carla.christen],", "members: [bruno.baumann, carla.christen], bad_item_limit: 30,"),)),
    "UM-001": ("a", (*_WITH_UM, ("members: [bruno.baumann, carla.christen]", "members: [bruno.baumann]"))),
    "DEC-001": ("a", (('    - {name: Internet Mail SMTP Connector, bridgeheads: [EX03], address_spaces: ["SMTP:*;1"]}', '    - {name: Internet Mail SMTP Connector, bridgeheads: [EX03], address_spaces: ["SMTP:*;1"]}\n    - {name: Partner, bridgeheads: [EX03], address_spaces: ["SMTP:partner.example;1"]}'),)),
    "EXE-004": ("a", (("      os: 2003\n      os_service_pack: 2\n      memory: 4GB", "      os: 2000\n      os_service_pack: 4\n      memory: 4GB"), ("    EX03: {transport: kerberos}", "    EX03: {transport: kerberos, driven: true}"))),
    "EXE-005": ("a", (("transport: credssp", "transport: ntlm"),)),
    "EXE-006": ("a", (("    EX03: {transport: kerberos}", "    EX03: {transport: credssp}"),)),
    "FEAT-001": ("a", (("  organization: Contoso\n", "  organization: Contoso\n  features:\n    - {feature: x400-connector, reason: The bank.}\n"),)),
    "FEAT-004": ("a", (("target:\n  directory_host", "products:\n  - {name: Old scanner, kind: antivirus, supports_target: false}\ntarget:\n  directory_host"),)),
    "FEAT-005": ("a", _WITH_UM),
    "ISS-003": ("a", (('templates: ["SMTP:%g.%s@contoso.com"]}\n      - {name: Sales', 'templates: ["SMTP:%g.%s@contoso.com"], non_authoritative: [contoso.com]}\n      - {name: Sales'),)),
    "ISS-010": ("b", (("size: 500MB", "size: 20GB"),)),
}  # fmt: skip


def _servers(change: Callable[[Server], Server]) -> Alter:
    return lambda t: replace(t, servers=tuple(change(s) for s in t.servers))


def _flow(**changes: object) -> Alter:
    return lambda t: replace(t, mail_flow=replace(t.mail_flow, **changes))  # type: ignore[arg-type]


def _source(**changes: object) -> Alter:
    def alter(t: Topology) -> Topology:
        assert t.source is not None
        return replace(t, source=replace(t.source, **changes))  # type: ignore[arg-type]

    return alter


def _torn_group(t: Topology) -> Topology:
    second = replace(t.server_by_name["EX03"], name="EX04", roles=("mailbox",), keep="the archive")
    return replace(t, servers=(*t.servers, second))


def _remote_bridgehead(t: Topology) -> Topology:
    assert t.source is not None
    between = t.source.routing_group_connectors[0]
    third = replace(between, name="Main to Third", target_group="Third")
    source = replace(t.source, routing_group_connectors=(*t.source.routing_group_connectors, third))
    return replace(t, source=source, mail_flow=replace(t.mail_flow, legacy_routing_server="FE03"))


def _one_way(t: Topology) -> Topology:
    pairs = tuple(replace(c, targets=()) for c in t.mail_flow.routing_group_connectors)
    return _flow(routing_group_connectors=pairs)(t)


def _two_each(t: Topology) -> Topology:
    pairs = tuple(
        replace(c, sources=("A", "B"), targets=("C", "D")) for c in t.mail_flow.routing_group_connectors
    )
    return _flow(routing_group_connectors=pairs)(t)


def _journaling(t: Topology) -> Topology:
    assert t.source is not None
    return _source(databases=tuple(replace(d, journal_recipient="board") for d in t.source.databases))(t)


def _mixed_domain(t: Topology) -> Topology:
    return replace(t, domains=tuple(replace(d, level="2000-mixed") for d in t.domains))


def _default_folders(t: Topology) -> Topology:
    old = "Public Folder Store (EXCH1)"
    return replace(
        t, databases=tuple(replace(d, public_folder_database=old) if d.target else d for d in t.databases)
    )


def _of_2000(t: Topology) -> Topology:
    return replace(t, batches=tuple(replace(b, source="2000") for b in t.batches))


def _edge(t: Topology) -> Topology:
    return replace(
        t, servers=(*t.servers, replace(t.server_by_name["MAIL07"], name="EDGE07", roles=("edge",)))
    )


def _nobody(t: Topology) -> Topology:
    assert t.source is not None
    return replace(t, source=replace(t.source, mailboxes=()), batches=())


def _grouped(s: Server) -> Server:
    return replace(s, routing_group="Exchange Routing Group (DWBGZMFD01QNBJR)") if s.legacy else s


ALTERED: dict[str, tuple[str, Alter]] = {
    "ORG-003": ("a", _servers(lambda s: replace(s, version="2003") if s.target else s)),
    "ORG-006": ("b", _servers(lambda s: replace(s, version="2000") if s.legacy else s)),
    "ORG-007": ("b", _servers(lambda s: replace(s, name="EXCH1") if s.target else s)),
    "ORG-015": ("a", _mixed_domain),
    "ORG-026": ("a", _servers(_grouped)),
    "TOP-009": ("a", _torn_group),
    "TOP-010": ("a", _flow(legacy_routing_server="")),
    "TOP-011": ("a", _remote_bridgehead),
    "MF-005": ("a", _one_way),
    "MF-025": ("a", _journaling),
    "PF-006": ("b", _default_folders),
    "MV-009": ("b", _of_2000),
    "ISS-009": ("a", _edge),
}

KEEPS: dict[str, tuple[str, Alter]] = {
    "TOP-015": ("a", _two_each),
    "TOP-020": ("a", lambda t: replace(t, routing_groups=t.routing_groups[:1], servers=tuple(replace(s, routing_group="") for s in t.servers))),
    "CA-003": ("a", _servers(lambda s: replace(s, keep="a service") if "front-end" in s.roles else s)),
    "CA-025": ("a", _nobody),
    "CA-032": ("d", _nobody),
    "MF-003": ("a", _servers(lambda s: replace(s, roles=("cas",)) if s.target else s)),
    "MF-004": ("a", _flow(suppress_link_state=False)),
    "MF-016": ("a", _servers(lambda s: replace(s, roles=("cas",)) if s.target else s)),
    "MF-017": ("d", _nobody),
    "ADM-005": ("a", lambda t: _source(address_lists=(), address_policies=())(t)),
    "ISS-004": ("a", _servers(lambda s: replace(s, roles=("cas",)) if s.target else s)),
    "MV-003": ("d", _nobody),
}  # fmt: skip
