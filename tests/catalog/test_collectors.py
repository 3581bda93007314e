"""Every collector of the inventory, read in the source organization."""

from __future__ import annotations

from exmigrate.discover.collectors import collectors, queries
from tests.catalog import worlds
from tests.catalog.bench import Bench
from tests.catalog.scripts import catalog


def test_every_collector_reads_its_item() -> None:
    """Each query gives a value, and together they are every collector there is."""
    at = Bench(worlds.few_mailboxes())
    asked, refused = queries(at.topology, catalog())
    found = {}
    for query in asked:
        texts = [text for _, text in query.libraries] + [query.text]
        found[query.item] = at.call(query.host, texts, "Collect", query.arguments)["facts"]["value"]
    assert refused == ()
    assert {item.partition("@")[0] for item in found} == set(collectors())
    assert found["inv-scp@CASHUB07-1"].startswith("https://")
    assert found["inv-oa@CASHUB07-1"]["ClientAuthenticationMethod"]
    assert found["inv-org"]["msExchMixedMode"].lower() != "true"
    assert {s["cn"] for s in found["inv-servers"]} >= {"MBX07-1", "CASHUB07-1"}
    assert {level["rangeUpper"] for level in found["inv-schema"]} == {14625}
