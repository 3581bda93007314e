"""Every collector of the inventory, read in the source organization."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exmigrate.discover.collectors import collectors, queries
from exmigrate.model import Topology
from tests.catalog import worlds
from tests.catalog.bench import Bench
from tests.catalog.scripts import catalog
from tests.plan.topologies import domains, legacy_a, legacy_d

pytestmark = pytest.mark.long


SMTP_LOG = (
    "#Fields: date time c-ip cs-username s-ip s-port cs-method cs-uri-stem cs-uri-query sc-status\r\n"
    "2011-03-06 08:00:00 10.1.9.5 scanner 10.1.0.10 25 MAIL - +FROM:<scanner@contoso.com> 250\r\n"
)


def log_smtp(at: Bench) -> None:
    """Somebody has switched the protocol log of every 2003 server on some days ago."""
    for server in at.world.servers.values():
        if server.exchange is not None and server.exchange.product == "2003":
            folder = r"C:\Windows\system32\LogFiles\SMTPSVC1"
            server.files.make_directory(folder)
            server.files.write(rf"{folder}\ex110306.log", SMTP_LOG.encode())


def read(topology: Topology) -> dict[str, Any]:
    """What every collector that has something to read there gives."""
    at = Bench(topology)
    log_smtp(at)
    asked, refused = queries(at.topology, catalog())
    assert refused == ()
    found = {}
    for query in asked:
        texts = [text for _, text in query.libraries] + [query.text]
        found[query.item] = at.call(query.host, texts, "Collect", query.arguments)["facts"]["value"]
    return found


def items(found: dict[str, Any]) -> set[str]:
    return {item.partition("@")[0] for item in found}


def test_every_collector_of_2007_reads_its_item() -> None:
    """Each query gives a value."""
    found = read(worlds.few_mailboxes())
    assert items(found) >= {"inv-oa", "inv-edge", "inv-um", "inv-cert", "inv-vdir"}
    assert found["inv-scp@CASHUB07-1"].startswith("https://")
    assert found["inv-oa@CASHUB07-1"]["ClientAuthenticationMethod"]
    assert found["inv-org"]["msExchMixedMode"].lower() != "true"
    assert {s["cn"] for s in found["inv-servers"]} >= {"MBX07-1", "CASHUB07-1"}
    assert {level["rangeUpper"] for level in found["inv-schema"]} == {14625}


def test_mailboxes_of_every_domain_are_listed() -> None:
    """On one server stand mailboxes of both children; the controller of the site knows those of its own."""
    topology = domains()
    found = read(topology)
    source = topology.source
    assert source is not None
    for server in ("ZRH07", "SIN07"):
        here = {m.alias for m in source.mailboxes if m.database.startswith(server)}
        assert len({m.domain for m in source.mailboxes if m.alias in here}) == 2
        assert {m["Alias"] for m in found[f"inv-mbx@{server}"]} == here


def test_every_collector_reads_what_2003_has() -> None:
    """Together with those of 2007 they are every collector there is."""
    found = read(legacy_a())
    assert {c["cn"] for c in found["inv-conn"] if c["class"] == "msExchRoutingSMTPConnector"} == {
        "Internet Mail SMTP Connector"
    }
    out = next(c for c in found["inv-conn"] if c["cn"] == "Main to Perimeter")
    assert (out["group"], out["target"]) == ("First Routing Group", "Perimeter")
    assert (out["sources"], out["targets"]) == (["EX03"], ["FE03"])
    assert {g["cn"]: g["members"] for g in found["inv-rg"]} == {
        "First Routing Group": ["EX03"],
        "Perimeter": ["FE03"],
    }
    assert {s["server"] for s in found["inv-rus"]} == {"EX03"}
    assert [s["enterprise"] for s in found["inv-rus"]].count(True) == 1
    assert found["inv-linkstate@EX03"]["SuppressStateChanges"] == 0
    assert found["inv-httpvs@EX03"]["integrated"] is False
    assert found["inv-dfl@contoso.local"]["nTMixedDomain"] == 0
    assert {m["MailboxDisplayName"] for m in found["inv-mbx-03@EX03"]} >= {"Anna Ammann", "Carla Christen"}
    assert any(f["Path"].strip("/\\") == "Sales" for f in found["inv-pf-03@EX03"])
    assert any(x["cn"] == "All Users" for x in found["inv-al"])
    assert found["inv-adc"] == []
    assert found["inv-os@MAIL07"]["Services"] == []
    edge = read(worlds.edge_stays())
    ports = [(p["port"], p["open"]) for item in edge if item.startswith("inv-fw@") for p in edge[item]]
    assert (50636, True) in ports
    # Names as the Internet sees them are asked where the plan names a server that does.
    names = replace(worlds.few_mailboxes().namespaces, external_dns="8.8.8.8", internal_dns="10.1.0.5")
    outside = Bench(replace(worlds.few_mailboxes(), namespaces=names))
    assert "inv-split" in {q.item for q in queries(outside.topology, catalog())[0]}
    assert items(found) | items(read(legacy_d())) | items(edge) | {"inv-split"} == set(collectors())
