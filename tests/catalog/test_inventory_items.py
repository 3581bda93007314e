"""Collectors against worlds: what is there, what is not, and what cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from exmigrate.discover.collectors import queries
from exmigrate.model import Topology
from exmigrate.twin.powershell.machine import Service
from exmigrate.twin.world.server import Server
from exmigrate.twin.world.spec import DnsRecord
from tests.catalog import worlds
from tests.catalog.bench import Bench, ScriptFailed
from tests.catalog.scripts import catalog
from tests.plan.topologies import legacy_a

pytestmark = pytest.mark.long

EXEMPT = "{26491CFC-9E50-4857-861B-0CB8DF22B5D7}"
TRACKING = r"C:\Program Files\Microsoft\Exchange Server\TransportRoles\Logs\MessageTracking"
HUB, CAS, STORE = "CASHUB07-1", "CASHUB07-1", "MBX07-1"


@pytest.fixture
def seven() -> Bench:
    return Bench(worlds.few_mailboxes())


@pytest.fixture
def three() -> Bench:
    return Bench(legacy_a())


def collect(at: Bench, item: str) -> Any:
    """The value of an item, read as `discover` reads it."""
    (query,), refused = queries(at.topology, catalog(), [item])
    assert refused == ()
    texts = [text for _, text in query.libraries] + [query.text]
    return at.call(query.host, texts, "Collect", query.arguments)["facts"]["value"]


def unreadable(at: Bench, item: str) -> str:
    """Why an item cannot be read."""
    with pytest.raises(ScriptFailed) as fault:
        collect(at, item)
    return str(fault.value)


def machine(at: Bench, name: str) -> Server:
    found = at.world.server(name)
    assert found is not None
    return found


def modify(at: Bench, dn: str, **attributes: Any) -> None:
    at.world.forest.all()[0].modify(dn, attributes)


def create(at: Bench, dn: str, kind: str, **attributes: Any) -> None:
    at.world.forest.all()[0].create(dn, kind, attributes)


def by(rows: list[dict[str, Any]], key: str) -> dict[str, dict[str, Any]]:
    return {row[key]: row for row in rows}


def write(server: Server, path: str, *lines: str) -> None:
    server.files.make_directory(path.rpartition("\\")[0])
    server.files.write(path, ("\r\n".join(lines) + "\r\n").encode())


# machines


def test_hardware_is_what_windows_says(seven: Bench) -> None:
    found = collect(seven, "inv-hw@EX10-CH1")
    spec = machine(seven, "EX10-CH1").spec
    assert (found["memoryMB"], found["cores"]) == (spec.memory_mb, spec.processors)
    assert {d["drive"] for d in found["disks"]} == {d.drive for d in spec.disks}
    assert all(0 < d["freeMB"] <= d["sizeMB"] for d in found["disks"])
    assert found["addresses"] == list(spec.addresses)


def test_hardware_of_a_machine_without_wmi(seven: Bench) -> None:
    machine(seven, "EX10-CH1").services.stop("Winmgmt")
    assert "RPC server is unavailable" in unreadable(seven, "inv-hw@EX10-CH1")


def test_products_that_know_exchange(seven: Bench) -> None:
    server = machine(seven, STORE)
    assert collect(seven, f"inv-av@{STORE}")["store"]["installed"] is False
    server.set_registry(
        r"HKLM\SYSTEM\CurrentControlSet\Services\MSExchangeIS\VirusScan",
        Enabled=1, Vendor="Contoso Scan", Library=r"C:\Scan\vsapi.dll", Version="6.2",
    )  # fmt: skip
    server.set_registry(
        r"HKLM\SOFTWARE\Wow6432Node\Microsoft\Windows\CurrentVersion\Uninstall\ABC",
        DisplayName="ScanMail for Exchange", DisplayVersion="10.0", Publisher="Trend Micro",
    )  # fmt: skip
    server.services.create(
        Service("TmScan", "ScanMail", "Running", "Automatic", path=r'"D:\ScanMail\tmscan.exe" -k')
    )
    found = collect(seven, f"inv-av@{STORE}")
    assert found["store"] == {
        "installed": True, "enabled": True, "vendor": "Contoso Scan", "library": r"C:\Scan\vsapi.dll", "version": "6.2",
    }  # fmt: skip
    assert [p["name"] for p in found["programs"]] == ["ScanMail for Exchange"]
    assert [s["name"] for s in found["services"]] == ["TmScan"]


def test_programs_of_others_and_webdav(seven: Bench) -> None:
    server = machine(seven, CAS)
    nothing = collect(seven, f"inv-3rd@{CAS}")
    assert nothing["programs"] == []
    assert (nothing["webdav"]["agents"], nothing["webdav"]["complete"]) == ([], False)
    server.set_registry(
        r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\CRM",
        DisplayName="CRM connector", DisplayVersion="4.0", Publisher="Fabrikam",
    )  # fmt: skip
    write(
        server,
        r"C:\inetpub\logs\LogFiles\W3SVC1\u_ex110306.log",
        "#Software: Microsoft Internet Information Services 7.0",
        "#Fields: date time s-ip cs-method cs-uri-stem cs-uri-query s-port cs-username c-ip cs(User-Agent) sc-status",
        r"2011-03-06 08:00:00 10.1.0.11 SEARCH /exchange/crm - 443 CONTOSO\crm 10.1.4.4 CRM+Sync/4.0 207",
        r"2011-03-06 08:01:00 10.1.0.11 SEARCH /exchange/crm - 443 CONTOSO\crm 10.1.4.4 CRM+Sync/4.0 207",
        r"2011-03-06 08:02:00 10.1.0.11 GET /owa - 443 CONTOSO\anna 10.1.4.5 Mozilla/4.0 200",
    )
    found = collect(seven, f"inv-3rd@{CAS}")
    assert [p["name"] for p in found["programs"]] == ["CRM connector"]
    (agent,) = found["webdav"]["agents"]
    assert (agent["verb"], agent["agent"], agent["requests"]) == ("SEARCH", "CRM Sync/4.0", 2)


# directory


def test_sites_and_subnets(seven: Bench) -> None:
    create(seven, "CN=10.9.0.0/24,CN=Subnets,CN=Sites,CN=Configuration,DC=contoso,DC=local", "subnet")
    assert {s["cn"] for s in collect(seven, "inv-sites")} == {"Zurich", "Geneva"}
    assert {s["cn"]: s["site"] for s in collect(seven, "inv-subnets")} == {
        "10.1.0.0/16": "Zurich", "10.2.0.0/16": "Geneva", "10.9.0.0/24": "",
    }  # fmt: skip


def test_windows_of_the_controllers(seven: Bench) -> None:
    found = by(collect(seven, "inv-dcos"), "cn")
    assert set(found) == {"ZRH-DC01", "ZRH-DC02", "GVA-DC01"}
    assert found["GVA-DC01"]["operatingSystemVersion"] == "5.2 (3790)"
    assert found["GVA-DC01"]["operatingSystemServicePack"] == "Service Pack 2"


def test_administrators_through_groups_and_names_that_were_translated(seven: Bench) -> None:
    users = "CN=Users,DC=contoso,DC=local"
    create(seven, f"CN=Architects,{users}", "group", sAMAccountName="Architects")
    create(seven, f"CN=Eva,{users}", "user", sAMAccountName="eva")
    modify(seven, f"CN=Architects,{users}", member=[f"CN=Eva,{users}", f"CN=Schema Admins,{users}"])
    gone = "CN=S-1-5-21-7,CN=ForeignSecurityPrincipals,DC=contoso,DC=local"
    modify(seven, f"CN=Schema Admins,{users}", member=[f"CN=Architects,{users}", gone])
    dc = seven.world.forest.all()[0]
    dc.rename(f"CN=Schema Admins,{users}", f"CN=Schema-Admins (de),{users}")
    found = by(collect(seven, "inv-admins"), "rid")
    members = found[518]["members"]
    assert [(m["account"], m["via"]) for m in members if not m["error"]] == [("eva", "Architects")]
    assert [m["distinguishedName"] for m in members if m["error"]] == [gone]
    assert [m["account"] for m in found[519]["members"]] == ["exmigrate"]


def test_domains_that_were_prepared(seven: Bench, three: Bench) -> None:
    (pure,) = collect(seven, "inv-domprep")
    (old,) = collect(three, "inv-domprep")
    assert (pure["enterpriseServers"], pure["domainServers"], pure["systemObjects"]) == (False, False, 11221)
    assert (old["enterpriseServers"], old["domainServers"], old["systemObjects"]) == (True, True, 6936)


def test_replication_that_fails_and_a_controller_that_is_down(seven: Bench) -> None:
    whole = collect(seven, "inv-repl")
    assert (whole["failing"], whole["errors"]) == ([], [])
    assert whole["ways"] == 3 * 2 * 3  # each of three controllers, from two others, in three contexts
    forest = seven.world.forest
    forest.stick("GVA-DC01")
    found = collect(seven, "inv-repl")
    assert {(w["destination"], w["source"]) for w in found["failing"]} == {
        ("gva-dc01.contoso.local", "zrh-dc01.contoso.local"), ("gva-dc01.contoso.local", "zrh-dc02.contoso.local"),
        ("zrh-dc01.contoso.local", "gva-dc01.contoso.local"), ("zrh-dc02.contoso.local", "gva-dc01.contoso.local"),
    }  # fmt: skip
    assert {w["status"] for w in found["failing"]} == {1722}
    next(d for d in forest.all() if d.name == "GVA-DC01").up = False
    assert [e["controller"] for e in collect(seven, "inv-repl")["errors"]] == ["gva-dc01.contoso.local"]


def test_units_of_the_servers_and_policies_above_them(seven: Bench) -> None:
    unit = "OU=Exchange,OU=Servers,DC=contoso,DC=local"
    create(seven, "OU=Servers,DC=contoso,DC=local", "organizationalUnit", gPOptions=1)
    link = "[LDAP://cn={31B2F340-016D-11D2-945F-00C04FB984F9},cn=policies,cn=system,DC=contoso,DC=local;0]"
    create(seven, unit, "organizationalUnit", gPLink=link * 2)
    dc = seven.world.forest.all()[0]
    dc.rename("CN=EX10-CH1,CN=Computers,DC=contoso,DC=local", f"CN=EX10-CH1,{unit}")
    dc.delete("CN=EX10-CH2,CN=Computers,DC=contoso,DC=local")
    found = by(collect(seven, "inv-placement"), "server")
    assert found["EX10-CH1"]["units"] == [
        {"unit": unit, "policies": 2, "blocks": False},
        {"unit": "OU=Servers,DC=contoso,DC=local", "policies": 0, "blocks": True},
    ]
    assert found["EX10-CH2"]["distinguishedName"] == ""
    assert found[STORE]["units"] == []


def test_recipients_that_no_policy_touches(seven: Bench) -> None:
    assert collect(seven, "inv-policyexempt") == {"count": 0, "recipients": []}
    modify(seven, "CN=Board office,CN=Users,DC=contoso,DC=local", msExchPoliciesExcluded=[EXEMPT])
    found = collect(seven, "inv-policyexempt")
    assert (found["count"], [r["alias"] for r in found["recipients"]]) == (1, ["board"])


def test_special_mailboxes_of_the_stores(seven: Bench) -> None:
    before = collect(seven, "inv-special")
    assert {m["kind"] for m in before} == {"system"}
    board = "CN=Board office,CN=Users,DC=contoso,DC=local"
    dc = seven.world.forest.all()[0]
    entry = dc.get(board)
    assert entry is not None
    modify(
        seven, board, proxyAddresses=[*map(str, entry.get("proxyAddresses")), "smtp:postmaster@contoso.com"]
    )
    store = dc.search(dc.forest.configuration_dn, "(cn=ZRH07-DB01)")[0]
    modify(seven, store.dn, msExchMessageJournalRecipient="CN=Journal,CN=Users,DC=contoso,DC=local")
    found = by(collect(seven, "inv-special"), "alias")
    assert found["board"]["kind"] == "postmaster"
    assert found["journal"]["kind"] == "journal"
    assert found["journal"]["server"] in {"MBX07-1", "MBX07-2", "GVA07-MBX"}


def test_delegations_on_the_organization(seven: Bench) -> None:
    organization = seven.world.exchange.layout.org
    modify(seven, organization, msExchAdmins=["S-1-5-21-1-2-3-1104"])
    found = by(collect(seven, "inv-deleg"), "distinguishedName")
    assert found[organization]["msExchAdmins"] == ["S-1-5-21-1-2-3-1104"]
    assert [a["Role"] for a in collect(seven, "inv-deleg-07")] == ["OrgAdmin"]


@pytest.mark.parametrize("item", ["inv-special", "inv-deleg"])
def test_a_forest_without_exchange_is_told(seven: Bench, item: str) -> None:
    dc = seven.world.forest.all()[0]
    dc.delete(f"CN=Microsoft Exchange,CN=Services,{dc.forest.configuration_dn}", True)
    assert "no Exchange organization" in unreadable(seven, item)


@pytest.mark.parametrize("item", ["inv-sites", "inv-dcos", "inv-admins", "inv-domprep", "inv-policyexempt"])
def test_a_controller_that_does_not_answer(seven: Bench, item: str) -> None:
    seven.world.forest.all()[0].up = False
    assert "not operational" in unreadable(seven, item)


# media


def test_media_that_are_there_missing_or_another_build() -> None:
    topology = worlds.few_mailboxes()
    at = Bench(topology)
    first, second, *rest = topology.media
    lost = replace(second, source=r"\\files.contoso.local\media\nowhere\x.msp")
    at.topology = replace(topology, media=(first, lost, *rest))
    found = by(collect(at, "inv-media"), "name")
    assert (found[first.name]["there"], found[first.name]["build"]) == (True, "14.03.0123.004")
    assert found[first.name]["sha256"].lower() == first.sha256.lower()
    assert (found[second.name]["there"], found[second.name]["sha256"]) == (False, "")


# names


def with_outside(at: Bench) -> Bench:
    names = replace(at.topology.namespaces, external_dns="8.8.8.8", internal_dns="10.1.0.5")
    server = at.world.forest.all()[0].spec.addresses[0]
    at.topology = replace(at.topology, namespaces=replace(names, internal_dns=server))
    return at


def record(at: Bench, name: str, kind: str, value: str, ttl: int = 3600, view: str = "both") -> None:
    at.world.dns.add(DnsRecord(name, kind, value, ttl, view))


def test_names_inside_and_outside_with_their_time_to_live(seven: Bench) -> None:
    at = with_outside(seven)
    at.world.dns.remove("mail.contoso.com")
    record(at, "mail.contoso.com", "A", "10.1.0.50", 600, "internal")
    record(at, "mail.contoso.com", "A", "203.0.113.10", 86400, "external")
    record(at, "contoso.com", "MX", "10 mx.contoso.com")
    record(at, "mx.contoso.com", "A", "203.0.113.25", 900)
    record(at, "contoso.com", "TXT", "v=spf1 mx -all")
    record(at, "contoso.com", "TXT", "verification=1")
    record(at, "_autodiscover._tcp.contoso.com", "SRV", "0 0 443 mail.contoso.com")
    record(at, "autodiscover.contoso.com", "CNAME", "mail.contoso.com", 120, "external")
    record(at, "203.0.113.25", "PTR", "mx.contoso.com")
    found = collect(at, "inv-dns")
    assert found["unread"] == ""
    seen = {(r["view"], r["name"], r["type"], r["value"]): r["ttl"] for r in found["records"]}
    assert seen[("internal", "mail.contoso.com", "A", "10.1.0.50")] == 600
    assert seen[("external", "mail.contoso.com", "A", "203.0.113.10")] == 86400
    assert seen[("external", "contoso.com", "MX", "10 mx.contoso.com")] == 3600
    assert seen[("external", "mx.contoso.com", "A", "203.0.113.25")] == 900
    assert ("external", "contoso.com", "TXT", "v=spf1 mx -all") in seen
    assert not [key for key in seen if key[3] == "verification=1"]
    assert ("internal", "_autodiscover._tcp.contoso.com", "SRV", "mail.contoso.com") in seen
    assert ("external", "203.0.113.25", "PTR", "mx.contoso.com") in seen
    assert ("internal", "mail.contoso.com", "A", "203.0.113.10") not in seen


def test_names_that_differ_or_are_missing_in_one_view(seven: Bench) -> None:
    at = with_outside(seven)
    for name in ("mail.contoso.com", "autodiscover.contoso.com", "legacy.contoso.com"):
        at.world.dns.remove(name)
    record(at, "mail.contoso.com", "A", "10.1.0.50", view="internal")
    record(at, "mail.contoso.com", "A", "203.0.113.10", view="external")
    record(at, "autodiscover.contoso.com", "A", "10.1.0.50", view="internal")
    found = {r["name"]: r["state"] for r in collect(at, "inv-split")}
    assert found["mail.contoso.com"] == "differs"
    assert found["autodiscover.contoso.com"] == "internal-only"
    assert found["legacy.contoso.com"] == "nowhere"


def test_a_name_server_that_is_silent_proves_nothing(seven: Bench) -> None:
    at = with_outside(seven)
    at.topology = replace(at.topology, namespaces=replace(at.topology.namespaces, internal_dns="192.0.2.53"))
    assert "does not know mail.contoso.com" in unreadable(at, "inv-dns")
    assert "192.0.2.53 does not know" in unreadable(at, "inv-split")
    at = with_outside(seven)
    at.topology = replace(at.topology, namespaces=replace(at.topology.namespaces, external_dns="192.0.2.53"))
    assert "192.0.2.53 does not answer" in collect(at, "inv-dns")["unread"]


# mail


FIELDS = "#Fields: date-time,client-ip,client-hostname,server-ip,server-hostname,source-context,connector-id,source,event-id"


def received(address: str, context: str = "08CD;0", source: str = "SMTP", event: str = "RECEIVE") -> str:
    return f"2011-03-06T08:00:00.000Z,{address},scanner,10.1.0.11,{HUB},{context},{HUB}\\Default {HUB},{source},{event},1"


def test_who_sends_through_a_hub(seven: Bench) -> None:
    server = machine(seven, HUB)
    other = machine(seven, STORE).addresses[0]
    write(
        server, rf"{TRACKING}\MSGTRK20110305-2.LOG", FIELDS,
        received("10.1.9.7"), received("10.1.9.7", '"08CD,1;0"'), received(other), received("127.0.0.1"),
        received("10.1.9.8", source="STOREDRIVER"), received("10.1.9.8", event="SEND"),
    )  # fmt: skip
    write(server, rf"{TRACKING}\MSGTRKM20110305-1.LOG", FIELDS, received("10.1.9.66"))
    found = collect(seven, f"inv-relays@{HUB}")
    assert {c["address"]: c["messages"] for c in found["clients"]} == {"10.1.9.1": 3, "10.1.9.7": 2}
    assert (found["complete"], found["filesLeft"]) == (True, 0)
    assert {c["connector"] for c in found["clients"]} == {rf"{HUB}\Default {HUB}"}


def test_more_logs_than_are_read_are_told(seven: Bench) -> None:
    server = machine(seven, HUB)
    for number in range(70):
        write(server, rf"{TRACKING}\MSGTRK20110301-{number}.LOG", FIELDS, received("10.1.9.7"))
    found = collect(seven, f"inv-relays@{HUB}")
    assert (found["files"], found["filesLeft"], found["complete"]) == (60, 13, False)


def test_tracking_that_is_off_or_long_past(seven: Bench) -> None:
    seven.pass_time(int(timedelta(days=20).total_seconds()))
    assert "no tracking log of the last 14 days" in unreadable(seven, f"inv-relays@{HUB}")
    dn = seven.world.exchange.layout.server(HUB)
    modify(seven, dn, msExchTransportMessageTrackingPath=r"E:\Gone")
    assert r"'E:\Gone'" in unreadable(seven, f"inv-relays@{HUB}")
    modify(seven, dn, msExchMessageTrackingLogEnabled=False)
    assert "Message tracking is off on CASHUB07-1" in unreadable(seven, f"inv-relays@{HUB}")


def test_security_of_mail_with_partners(seven: Bench) -> None:
    seven.administer(HUB, "Set-TransportConfig -TLSSendDomainSecureList 'fabrikam.example'", "shell-e07")
    found = collect(seven, "inv-smtpvs-07")
    assert found["TLSSendDomainSecureList"] == ["fabrikam.example"]
    assert by(found["send"], "Name")["Partner Fabrikam"]["RequireTLS"] is True


# clients and backups


def set_clients(at: Bench, server: str, versions: Mapping[str, str]) -> None:
    org = at.world.exchange
    for store in org.databases.on_server(server):
        for box in org.state.mailboxes_in(store.guid):
            box.client_version = versions.get(box.name, "")


def test_clients_of_2007_by_version(seven: Bench) -> None:
    assert collect(seven, f"inv-clients@{STORE}") == []
    org = seven.world.exchange
    names = [
        b.name for s in org.databases.on_server(STORE) for b in org.state.mailboxes_in(s.guid) if not b.system
    ]
    set_clients(seven, STORE, {names[0]: "11.0.8200.0", names[1]: "12.0.6504.5000"})
    found = {c["version"]: c["users"] for c in collect(seven, f"inv-clients@{STORE}")}
    assert found == {"11.0.8200.0": 1, "12.0.6504.5000": 1}
    machine(seven, STORE).services.stop("MSExchangeIS")
    for state in org.state.databases.values():
        state.mounted = state.mounted and state.server != STORE
    assert "not available" in unreadable(seven, f"inv-clients@{STORE}")


def test_devices_and_pop_at_a_client_access_server(seven: Bench) -> None:
    server = machine(seven, CAS)
    bare = collect(seven, f"inv-clients-web@{CAS}")
    assert (bare["devices"], bare["pop"], bare["imap"], bare["complete"]) == ([], False, False, False)
    server.services.set_start_type("MSExchangePOP3", "Automatic")
    server.services.start("MSExchangePOP3")
    query = "Cmd=Sync&User=anna&DeviceId=Appl1&DeviceType=iPhone&Log=V121_Fc1_Sk1"
    write(
        server,
        r"C:\inetpub\logs\LogFiles\W3SVC1\u_ex110306.log",
        "#Fields: date time cs-method cs-uri-stem cs-uri-query cs(User-Agent) sc-status",
        f"2011-03-06 08:00:00 POST /Microsoft-Server-ActiveSync {query} Apple-iPhone/703.144 200",
        "2011-03-06 08:00:00 POST /Microsoft-Server-ActiveSync Cmd=Sync&DeviceType=PocketPC&Log=V25_F1 MSFT-PPC/5.1 200",
        "2011-03-06 08:00:00 GET /owa - Mozilla/4.0 200",
    )
    found = collect(seven, f"inv-clients-web@{CAS}")
    assert {(d["type"], d["protocol"]) for d in found["devices"]} == {("iPhone", "12.1"), ("PocketPC", "2.5")}
    assert (found["pop"], found["imap"]) == (True, False)


def test_last_backups(seven: Bench) -> None:
    org = seven.world.exchange
    for state in org.state.databases.values():
        if state.name == "ZRH07-DB02":
            state.last_full_backup = None
    found = {
        d["Identity"].rpartition("\\")[2]: d["LastFullBackup"] for d in collect(seven, f"inv-backup@{STORE}")
    }
    assert found["ZRH07-DB01"] == "2011-03-06T10:00:00Z"
    assert found["ZRH07-DB02"] == ""


# 2000 and 2003


SMTP_LOG = r"C:\Windows\system32\LogFiles\SMTPSVC1\ex110306.log"


def test_who_sends_through_a_2003_server(three: Bench) -> None:
    assert "switch it on at the SMTP virtual server" in unreadable(three, "inv-relays-03@EX03")
    write(
        machine(three, "EX03"), SMTP_LOG,
        "#Fields: date time c-ip cs-username s-ip s-port cs-method cs-uri-stem cs-uri-query sc-status",
        "2011-03-06 08:00:00 10.1.9.5 scanner 10.1.0.10 25 HELO - +scanner 250",
        "2011-03-06 08:00:00 10.1.9.5 scanner 10.1.0.10 25 MAIL - +FROM:<scanner@contoso.com> 250",
        "2011-03-06 08:00:01 10.1.0.20 EX 10.1.0.10 25 MAIL - +FROM:<a@contoso.com> 250",
    )  # fmt: skip
    (client,) = collect(three, "inv-relays-03@EX03")["clients"]
    assert (client["address"], client["messages"], client["last"]) == ("10.1.9.5", 1, "2011-03-06")


def test_backups_stand_in_the_event_log_of_2003(three: Bench) -> None:
    (backup,) = collect(three, "inv-backup-03@EX03")
    assert (backup["source"], backup["last"]) == ("ESE", "2011-03-06T10:00:00Z")
    machine(three, "EX03").event_logs.table["Application"].clear()
    assert collect(three, "inv-backup-03@EX03") == []


def test_what_each_2003_server_does(three: Bench) -> None:
    found = by(collect(three, "inv-roles-03"), "server")
    assert (found["EX03"]["frontEnd"], found["EX03"]["mailbox"], found["EX03"]["publicFolders"]) == (
        False,
        1,
        1,
    )
    assert found["FE03"]["frontEnd"] is True
    assert found["FE03"]["bridgehead"] == ["Perimeter to Main"]


def test_smtp_virtual_servers_and_smart_hosts(three: Bench) -> None:
    assert collect(three, "inv-smarthost") == []
    dc = three.world.forest.all()[0]
    server = dc.search(dc.forest.configuration_dn, "(&(objectClass=msExchExchangeServer)(cn=EX03))")[0].dn
    modify(
        three,
        f"CN=1,CN=SMTP,CN=Protocols,{server}",
        msExchSmtpSmartHost="[10.1.0.99]",
        msExchAuthenticationFlags=4,
    )
    connector = dc.search(dc.forest.configuration_dn, "(cn=Internet Mail SMTP Connector)")[0].dn
    modify(three, connector, msExchSmtpSmartHost="mx1.example.org, mx2.example.org")
    found = by(collect(three, "inv-smtpvs"), "server")
    assert (found["EX03"]["anonymous"], found["EX03"]["integrated"]) == (False, True)
    assert (found["FE03"]["anonymous"], found["FE03"]["bindings"]) == (True, [":25:"])
    hosts = {c["connector"]: c["hosts"] for c in collect(three, "inv-smarthost")}
    assert hosts == {
        "Internet Mail SMTP Connector": ["mx1.example.org", "mx2.example.org"],
        "SMTP virtual server 1 of EX03": ["10.1.0.99"],
    }


def test_global_settings_filters_and_policies(three: Bench) -> None:
    dc = three.world.forest.all()[0]
    organization = three.world.exchange.layout.org
    settings = f"CN=Message Delivery,CN=Global Settings,{organization}"
    assert collect(three, "inv-syspol") == []
    create(
        three,
        f"CN=Large,CN=System Policies,{organization}",
        "msExchMailboxStorePolicy",
        mDBStorageQuota=500000,
    )
    modify(three, settings, msExchTurfListNames=["spam@example.org"])
    found = collect(three, "inv-global")
    assert found["limits"]["msExchRecipLimit"] == "5000"
    assert found["senderFilter"] == ["spam@example.org"]
    (policy,) = collect(three, "inv-syspol")
    assert (policy["cn"], policy["mDBStorageQuota"]) == ("Large", "500000")
    assert collect(three, "inv-imf") == {"present": True, "block": "8", "store": "8", "others": []}
    dc.delete(f"CN=UCE Content Filter,{settings}")
    create(three, f"CN=Default Connection Filter,{settings}", "msExchSMTPTurfList")
    bare = collect(three, "inv-imf")
    assert (bare["present"], [o["cn"] for o in bare["others"]]) == (False, ["Default Connection Filter"])
    dc.delete(settings, True)
    assert "is not there" in unreadable(three, "inv-global")


def test_clients_of_2003_by_version(three: Bench) -> None:
    assert collect(three, "inv-clients-03@EX03") == []
    set_clients(three, "EX03", {"Anna Ammann": "11.0.8200.0"})
    assert [(c["version"], c["users"]) for c in collect(three, "inv-clients-03@EX03")] == [("11.0.8200.0", 1)]
    machine(three, "EX03").services.stop("MSExchangeMGMT")
    assert "Provider load failure" in unreadable(three, "inv-clients-03@EX03")


def undriven() -> Topology:
    topology = legacy_a()
    servers = tuple(replace(s, driven=False) if s.name == "EX03" else s for s in topology.servers)
    return replace(topology, servers=servers)


def test_what_a_collector_would_read_on_a_server_that_nobody_drives_is_a_person_s() -> None:
    _, told = queries(undriven(), catalog())
    assert all(t.by_hand for t in told)
    assert {t.item for t in told} >= {"inv-hw@EX03", "inv-os@EX03", "inv-mbx-03@EX03", "inv-av@EX03"}
    assert not {t.item for t in told} & {"inv-remoting@EX03", "inv-watermark@EX03"}
    assert "EX03 itself, which is not driven" in next(t.why for t in told if t.item == "inv-hw@EX03")


# nslookup's debug mode in the language of the server

HEAD = ["------------", "Got answer:", "    HEADER:", "        opcode = QUERY, id = 2, rcode = NOERROR"]
GERMAN = [
    "Server:  dc01.contoso.local", "Address:  10.1.0.3", "", *HEAD,
    "        Fragen = 1,  Antworten = 2,  Autoritaetseintraege = 1,  weitere = 1", "", "    FRAGEN:",
    "        contoso.com, Typ = {kind}, Klasse = IN", "    ANTWORTEN:",
    "{first}",
    "{second}",
    "    AUTORITAETSEINTRAEGE:", "    ->  contoso.com", "        Namenserver = ns.contoso.com", "        TTL = 3600 (1 Stunde)",
    "    WEITERE:", "    ->  ns.contoso.com", "        Internetadresse = 192.0.2.53", "        TTL = 3600 (1 Stunde)",
    "", "------------",
]  # fmt: skip
ANSWERS = {
    "A": (["    ->  contoso.com", "        kanonischer Name = www.contoso.com", "        TTL = 60 (1 Minute)"],
          ["    ->  www.contoso.com", "        Internetadresse = 203.0.113.9", "        TTL = 300 (5 Minuten)"],
          "contoso.com CNAME www.contoso.com 60/www.contoso.com A 203.0.113.9 300"),
    "MX": (["    ->  contoso.com", "        MX-Wert = 10, Mail-Exchanger = a.contoso.com", "        TTL = 60 (1 Minute)"],
           ["    ->  contoso.com", "        MX-Wert = 20, Mail-Exchanger = b.contoso.com", "        TTL = 60 (1 Minute)"],
           "contoso.com MX 10 a.contoso.com 60/contoso.com MX 20 b.contoso.com 60"),
    "SRV": (["    ->  contoso.com", "        SRV-Dienst:", "          Rang = 0", "          Gewicht = 5", "          Port = 443", "          Rechner = mail.contoso.com", "        TTL = 60 (1 Minute)"],
            ["    ->  contoso.com", "        SRV-Dienst:", "          Rang = 9", "          Gewicht = 5", "          Port = 443", "          Rechner = mail2.contoso.com", "        TTL = 60 (1 Minute)"],
            "contoso.com SRV mail.contoso.com 60/contoso.com SRV mail2.contoso.com 60"),
    "TXT": (["    ->  contoso.com", "        Text =", "", '        "v=spf1 ip4:203.0.113.9 "', '        "-all"', "        TTL = 60 (1 Minute)"],
            ["    ->  contoso.com", "        Text =", "", '        "x=1"', "        TTL = 60 (1 Minute)"],
            "contoso.com TXT v=spf1 ip4:203.0.113.9 -all 60/contoso.com TXT x=1 60"),
}  # fmt: skip


@pytest.mark.parametrize("kind", ANSWERS)
def test_answers_are_read_by_their_form_and_those_of_others_are_left(kind: str) -> None:
    first, second, expected = ANSWERS[kind]
    lines = [
        line
        for text in GERMAN
        for line in ({"{first}": first, "{second}": second}.get(text) or [text.format(kind=kind)])
    ]
    spoken = ", ".join("'" + line.replace("'", "''") + "'" for line in lines)
    at = Bench(worlds.single_site())
    text = f"{catalog().libraries['answers']}\nfunction nslookup {{ {spoken} }}\n"
    asked = (
        f"Write-Host (@(Get-NameAnswers -Name contoso.com -Type {kind} -Server x | "
        "ForEach-Object { \"$($_.name) $($_.type) $($_.value) $($_.ttl)\" }) -join '/')"
    )
    assert at.administer(at.topology.directory_host, text + asked).strip() == expected
