"""Rules on what was found of machines, directory, names, media, clients and mail: the case, its place, and no false alarm."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exmigrate.model import Finding, Topology
from exmigrate.plan.rules import ARCHIVED, ITEMS, evaluate
from tests.plan.topologies import legacy_a, legacy_b, legacy_d, two_site

Items = dict[str, Any]
PLANS = {"a": legacy_a, "b": legacy_b, "c": two_site, "d": legacy_d}
ADMINS = [{"rid": 518, "cn": "Schema Admins", "members": [{"account": "exmigrate", "error": ""}]}]
DC = {"dNSHostName": "dc01.contoso.local", "operatingSystem": "Windows Server 2003"}
OLD = {**DC, "operatingSystemVersion": "5.2 (3790)", "operatingSystemServicePack": ""}
PATCHED = {**OLD, "operatingSystemServicePack": "Service Pack 2"}
YOUNG = {**DC, "operatingSystemVersion": "6.1 (7601)"}
WAY = {"destination": "gva-dc01", "source": "zrh-dc01", "lastSuccess": "2011-01-02T00:00:00Z", "status": 1722}


def hardware(**more: Any) -> Items:
    return {
        "memoryMB": 16384,
        "disks": [{"drive": "C:", "freeMB": 900000}, {"drive": "D:", "freeMB": 900000}],
        **more,
    }


def relays(address: str, connector: str = r"CASHUB07-1\Default CASHUB07-1") -> Items:
    return {
        "inv-relays@CASHUB07-1": {"clients": [{"address": address, "connector": connector, "messages": 312}]}
    }


def controllers(**more: Any) -> Items:
    sites = (
        {"dNSHostName": f"{s}-dc", "site": s, "globalCatalog": True, "readOnly": False}
        for s in ("Zurich", "Geneva")
    )
    return {"inv-dcs": [{**s, **(more if s["site"] == "Geneva" else {})} for s in sites]}


def secured(**more: Any) -> Items:
    return {"inv-smtpvs-07": {"send": [{"Name": "Fax gateway", "RequireTLS": False, **more}]}}


def product(name: str, publisher: str) -> Items:
    return {"inv-3rd@MBX07-1": {"programs": [{"name": name, "version": "9", "publisher": publisher}]}}


CASES: dict[str, tuple[str, str, Items, Items]] = {
    "memory": ("TOP-019", "c", {"inv-hw@EX10-CH1": hardware(memoryMB=4096)}, {"inv-hw@EX10-CH1": hardware(memoryMB=8188)}),
    "memory of an old server": ("TOP-019", "c", {"inv-hw@EX10-MB1": hardware(memoryMB=2048)}, {"inv-hw@MBX07-1": hardware(memoryMB=2048)}),
    "subnet": ("ORG-018", "c", {"inv-subnets": [{"cn": "10.1.0.0/16", "site": "Zurich"}], "inv-hw@EX10-CH1": hardware(addresses=["172.16.0.9"])},
               {"inv-subnets": [{"cn": "10.1.0.0/16", "site": "Zurich"}], "inv-hw@EX10-CH1": hardware(addresses=["10.1.0.9", "fe80::1%11"])}),
    "smaller subnet": ("ORG-018", "c", {"inv-subnets": [{"cn": "10.1.0.0/16", "site": "Zurich"}, {"cn": "10.1.7.0/24", "site": "Geneva"}], "inv-hw@EX10-CH1": hardware(addresses=["10.1.7.9"])},
                       {"inv-subnets": [{"cn": "10.0.0.0/8", "site": "Geneva"}, {"cn": "10.1.7.0/24", "site": "Zurich"}], "inv-hw@EX10-CH1": hardware(addresses=["10.1.7.9"])}),
    "schema master": ("ORG-016", "c", {"inv-fsmo": {"dNSHostName": "DC01.contoso.local"}, "inv-dcos": [OLD]}, {"inv-fsmo": {"dNSHostName": "dc01.contoso.local"}, "inv-dcos": [PATCHED]}),
    "catalog": ("ORG-017", "c", controllers(globalCatalog=False), controllers()),
    "read-only catalog": ("ORG-017", "c", controllers(readOnly=True), controllers()),
    "old catalog": ("ORG-017", "c", {**controllers(), "inv-dcos": [{**OLD, "dNSHostName": "Geneva-dc"}]}, {**controllers(), "inv-dcos": [{**PATCHED, "dNSHostName": "Geneva-dc"}]}),
    "replication": ("ORG-020", "c", {"inv-repl": {"failing": [WAY], "errors": []}}, {"inv-repl": {"failing": [], "errors": []}}),
    "silent controller": ("ORG-020", "c", {"inv-repl": {"failing": [], "errors": [{"controller": "gva-dc01", "error": "down"}]}}, {"inv-repl": {"failing": [], "errors": []}}),
    "prepared domain": ("ORG-021", "a", {"inv-domprep": [{"domain": "child.contoso.local", "enterpriseServers": True}]}, {"inv-domprep": [{"domain": "contoso.local", "enterpriseServers": True}, {"domain": "other.local", "enterpriseServers": False}]}),
    "rights": ("ORG-024", "c", {"inv-admins": [{**ADMINS[0], "members": []}]}, {"inv-admins": ADMINS}),
    "rights unread": ("ORG-024", "c", {"inv-admins": [{**ADMINS[0], "members": [{"account": "eva", "error": ""}]}]}, {"inv-admins": [{**ADMINS[0], "members": [{"account": "", "error": "no answer"}]}]}),
    "free space": ("MV-008", "c", {"inv-hw@EX10-MB1": hardware(disks=[{"drive": d, "freeMB": 1} for d in ("C:", "D:", "E:", "F:")])}, {"inv-hw@EX10-MB1": hardware()}),
    "POP": ("CA-026", "c", {"inv-clients-web@CASHUB07-1": {"pop": True, "imap": False}}, {"inv-clients-web@CASHUB07-1": {"pop": False, "imap": False}}),
    "name of one view": ("CA-027", "c", {"inv-split": [{"name": "mail.contoso.com", "state": "internal-only"}]}, {"inv-split": [{"name": "mail.contoso.com", "state": "differs"}, {"name": "x.contoso.com", "state": "internal-only"}]}),
    "time to live": ("CA-029", "c", {"inv-dns": {"records": [{"name": "mail.contoso.com", "type": "A", "ttl": 86400, "view": "external"}]}}, {"inv-dns": {"records": [{"name": "mail.contoso.com", "type": "A", "ttl": 300}, {"name": "contoso.com", "type": "MX", "ttl": 86400}]}}),
    "device": ("MF-022", "c", relays("10.1.200.7"), relays("10.1.9.44")),
    "device and a stranger": ("MF-022", "c", relays("192.168.3.3"), relays("203.0.113.4")),
    "device and a person": ("MF-022", "c", relays("10.2.200.7"), relays("10.2.200.7", r"CASHUB07-1\Client CASHUB07-1")),
    "partner": ("MF-029", "c", secured(DomainSecureEnabled=True), secured()),
    "told partner": ("MF-029", "c", secured(RequireTLS=True), {"inv-smtpvs-07": {"send": [{"Name": "Partner Fabrikam", "RequireTLS": True}]}}),
    "product": ("FEAT-004", "c", product("NetBackup Client", "Veritas"), product("7-Zip", "Igor Pavlov")),
    "WebDAV": ("FEAT-003", "c", {"inv-3rd@CASHUB07-1": {"programs": [], "webdav": {"agents": [{"agent": "CRM Sync/4.0"}]}}}, {"inv-3rd@CASHUB07-1": {"programs": [], "webdav": {"agents": [{"agent": "Mozilla/4.0"}]}}}),
    "postmaster": ("DEC-001", "c", {"inv-special": [{"server": "MBX07-1", "alias": "pm", "kind": "postmaster", "store": "DB"}]}, {"inv-special": [{"server": "MBX07-1", "alias": "journal", "kind": "journal"}, {"server": "MBX07-1", "alias": "SystemMailbox{1}", "kind": "system"}]}),
    "outside address": ("CA-019", "c", {"inv-vdir@GVA07-CASHUB": [{"kind": "owa", "ExternalUrl": "https://gva.contoso.com/owa"}]},
                        {"inv-vdir@GVA07-CASHUB": [{"kind": "owa", "ExternalUrl": ""}], "inv-vdir@CASHUB07-1": [{"kind": "owa", "ExternalUrl": "https://mail.contoso.com/owa"}]}),
    "method": ("CA-034", "c", {"inv-oa@CASHUB07-1": {"enabled": True, "ClientAuthenticationMethod": "Basic"}}, {"inv-oa@CASHUB07-1": {"enabled": True, "ClientAuthenticationMethod": "Ntlm"}, "inv-oa@CASHUB07-2": {"enabled": False, "ClientAuthenticationMethod": "Basic"}}),
    "link state": ("MF-002", "d", {"inv-linkstate@EX03": {"SuppressStateChanges": 0}}, {"inv-linkstate@EX03": {"SuppressStateChanges": 1}}),
    "subscription": ("MF-019", "c", {"inv-edge": [{"Name": "EDGE07-9", "Site": "ZURICH"}]}, {"inv-edge": [{"Name": "EDGE07-9", "Site": "ELSEWHERE"}]}),
    "young controllers": ("ORG-030", "a", {"inv-dcos": [YOUNG]}, {"inv-dcos": [YOUNG, PATCHED]}),
}  # fmt: skip


def with_old_media(topology: Topology) -> Topology:
    media = tuple(replace(m, service_pack="SP1") if m.version == "2007" else m for m in topology.media)
    return replace(topology, media=media)


def suppressed(topology: Topology) -> Topology:
    servers = (replace(s, link_state_suppressed=True) if s.legacy else s for s in topology.servers)
    return replace(topology, servers=tuple(servers))


def found(topology: Topology, rule: str, items: Items) -> list[Finding]:
    plain = evaluate(topology)
    return [
        f
        for f in evaluate(topology, items)
        if f.rule == rule and f not in plain and "not asked" not in f.message
    ]


@pytest.mark.parametrize("case", CASES)
def test_what_was_found_is_judged(case: str) -> None:
    rule, plan, broken, kept = CASES[case]
    topology = PLANS[plan]()
    topology = with_old_media(topology) if rule == "ORG-030" else topology
    topology = suppressed(topology) if rule == "MF-002" else topology
    hits = found(topology, rule, broken)
    assert hits
    assert all(f.file and f.line >= 1 and f.remedy for f in hits)
    assert not found(topology, rule, kept)


def media(**more: Any) -> Items:
    first = two_site().media[0]
    seen = {"name": first.name, "there": True, "build": first.build, "sha256": first.sha256.upper(), **more}
    return {"inv-media": [seen]}


def test_media_of_another_build_or_digest_are_refused_and_absent_ones_only_told() -> None:
    topology = two_site()
    assert found(topology, "EXE-008", media(build="14.03.0123.004")) == []
    severities = [
        [f.severity for f in found(topology, "EXE-008", seen)]
        for seen in (
            media(build="14.02.0247.005"),
            media(sha256="00" * 32),
            media(there=False),
            media(build="", sha256=""),
        )
    ]
    assert severities == [["error"], ["error"], ["warning"], []]
    (hit,) = found(topology, "EXE-008", media(there=False))
    assert hit.line == topology.where(topology.media[0].path).line


def outlook(version: str) -> Items:
    return {"inv-clients@MBX07-1": [{"version": version, "logons": 9, "users": 7}]}


def test_outlook_2003_that_the_plan_does_not_know() -> None:
    """It cannot log on without public folders, and not with encrypted RPC where it does not encrypt."""
    topology = two_site()
    access = replace(topology.client_access, rpc_encryption_required=True, outlook_2003_clients=False)
    folders = replace(topology.public_folders, target_databases=())
    bare = replace(topology, client_access=access, public_folders=folders)
    batches = tuple(replace(b, outlook_2003=False) for b in bare.batches)
    bare = replace(bare, batches=batches)
    assert [f.severity for f in found(bare, "PF-001", outlook("11.0.8200.0"))] == ["error"]
    (hit,) = found(bare, "CA-022", outlook("11.0.8200.0"))
    assert hit.message.startswith("7 users of MBX07-1 have Outlook 2003")
    for rule in ("PF-001", "CA-022"):
        assert not found(bare, rule, outlook("12.0.6504.5000"))
        told = replace(bare, client_access=replace(access, outlook_2003_clients=True))
        assert not found(told, rule, outlook("11.0.8200.0"))


def test_a_finding_on_a_server_has_its_line() -> None:
    topology = two_site()
    (hit,) = found(topology, "TOP-019", {"inv-hw@EX10-CH1": hardware(memoryMB=4096)})
    assert hit.line == topology.where(topology.server_by_name["EX10-CH1"].path).line
    assert hit.severity == "warning"


def test_hardware_that_was_asked_and_could_not_be_read_is_a_warning() -> None:
    said = [f for f in evaluate(two_site(), {}, asked=["inv-hw"]) if f.rule == "TOP-019"]
    assert [(f.severity, f.message.startswith("inv-hw could not be read")) for f in said] == [
        ("warning", True)
    ]


def test_relay_clients_are_no_matter_where_no_2007_hub_is() -> None:
    assert not [f for f in evaluate(legacy_b()) if f.rule == "MF-022" and "inv-relays" in f.message]
    assert [f for f in evaluate(two_site()) if f.rule == "MF-022" and "inv-relays was not asked" in f.message]


def test_items_of_logs_come_from_an_inventory_only() -> None:
    """`plan` does not have busy servers read their logs each time."""
    named = {key.partition("@")[0] for _, _, broken, _ in CASES.values() for key in broken}
    assert named <= ITEMS | ARCHIVED
    assert not ITEMS & ARCHIVED
    (said,) = [f for f in evaluate(two_site()) if "inv-relays was not asked" in f.message]
    assert "--inventory" in said.remedy


KEYS = [
    "disks", "addresses", "failing", "errors", "members", "records", "clients", "send", "receive", "programs", "webdav",
    "agents", "sources", "delegates", "gatewayProxy", "Services", "name", "server", "site", "cn", "serialNumber",
]  # fmt: skip
HANDWRITTEN = [
    "8 GB", 7, True, ["text", 3], [[]], {"note": "see the form"}, dict.fromkeys(KEYS, "text"), {key: ["x"] for key in KEYS},
    {key: [{"a": 1}] for key in KEYS}, {key: {"b": ["c"]} for key in KEYS}, dict.fromkeys(KEYS),
]  # fmt: skip


@pytest.mark.parametrize("written", HANDWRITTEN, ids=range(len(HANDWRITTEN)))
@pytest.mark.parametrize("plan", PLANS)
def test_what_a_person_wrote_in_another_form_is_passed_over(plan: str, written: object) -> None:
    """A value by hand may have any shape: rules pass over what they cannot read."""
    topology = PLANS[plan]()
    for item in ITEMS | ARCHIVED:
        for scope in ("", "@MBX07-1", "@EX10-CH1", "@EX03", "@nobody"):
            evaluate(topology, {f"{item}{scope}": written})
    evaluate(topology, dict.fromkeys((f"{item}@EX10-CH1" for item in ITEMS | ARCHIVED), written))
