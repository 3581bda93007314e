"""The large plan from Exchange 2000 and 2003 to 2007, every step in order in an organization in memory."""

from __future__ import annotations

import pytest

from tests.catalog import ends, worlds
from tests.catalog.bench import Bench
from tests.catalog.ends import REPLICAS, replicas, setups, state

pytestmark = pytest.mark.long

NEW = {"CH07-1", "CH07-2", "MBX07-1", "UM07", "SIN07-CH", "SIN07-MB"}
HOST = "CH07-1"
SHELL = "shell-e07"


@pytest.fixture(scope="module")
def at() -> Bench:
    """The organization at the end of the plan; what some steps said before it is kept."""
    bench = Bench(worlds.three_routing_groups())
    before = (
        "wait-replication-legacy-permissions@domain:asia.northwind.local",
        "uninstall-legacy-server@EX03-ZRH1",
    )
    bench.__dict__["said before"] = {id: bench.run(id, "Check")["message"] for id in before}
    for step in bench.order():
        bench.carry_out(step)
        bench.done.add(step)
    return bench


def said(at: Bench, text: str) -> set[str]:
    """What Exchange says, a line an object."""
    return ends.said(at, HOST, SHELL, text)


def found_in_directory(at: Bench, classes: str) -> set[str]:
    """Names of the configuration's objects of some classes, as the first site's controller has them."""
    controller = at.world.forest.controller("DC01")
    assert controller is not None
    wanted = set(classes.split())
    return {
        entry.dn.partition(",")[0].partition("=")[2]
        for entry in controller.replica.entries()
        if any(entry.has_class(name) for name in wanted)
    }


def test_the_old_servers_are_gone_and_each_setup_ran_once(at: Bench) -> None:
    assert set(state(at)["servers"]) == NEW | {"EDGE07"}
    for name in NEW | {"EDGE07"}:
        runs = setups(at, name)
        told = [a for run in runs for a in run if a.startswith("/LegacyRoutingServer")]
        assert told == (["/LegacyRoutingServer:ex03-zrh1.northwind.local"] if name == "CH07-1" else [])


def test_mailboxes_of_both_versions_are_in_the_databases_of_their_batch(at: Bench) -> None:
    databases = {alias: box["database"] for alias, box in state(at)["mailboxes"].items()}
    for batch in at.topology.batches:
        assert len(batch.members) >= 3
        for alias in batch.members:
            assert databases[alias] == batch.assignments[alias], (batch.name, alias)
    assert {b.source for b in at.topology.batches} == {"2000", "2003"}


def test_folders_have_their_replicas_in_the_new_databases_alone(at: Bench) -> None:
    found = replicas(said(at, REPLICAS))
    assert set(found) >= {"\\Company\\Sales", "\\Company\\Singapore", "\\Plants", "\\Calendars"}
    for folder, holders in found.items():
        names = {h.rpartition("\\")[2] for h in holders}
        assert names <= {"ZRH07-PF1", "SIN07-PF1"}, folder


def test_mail_goes_by_sites_and_by_the_edge(at: Bench) -> None:
    assert said(at, "Get-RoutingGroupConnector | ForEach-Object { $_.Name }") == set()
    connectors = said(
        at,
        "Get-SendConnector | ForEach-Object { \"$($_.Name)|$($_.AddressSpaces -join ',')|$($_.SourceTransportServers -join ',')\" }",
    )
    assert "To Fabrikam|SMTP:fabrikam.example;1|CH07-1,CH07-2" in connectors
    assert "To the fax gateway|SMTP:fax.northwind.local;1|CH07-1,CH07-2" in connectors
    assert any("smtp:*;100|EDGE07" in line for line in connectors), connectors
    groups = said(at, 'Get-DistributionGroup | ForEach-Object { "$($_.Name)|$($_.ExpansionServer)" }')
    assert not [line for line in groups if "EX03" in line or "EX00" in line], groups


def test_nothing_of_routing_groups_and_update_services_is_left(at: Bench) -> None:
    """The administrative groups stay: the old distinguished names of mailboxes name them."""
    assert found_in_directory(at, "msExchRoutingGroup") == {"Exchange Routing Group (DWBGZMFD01QNBJR)"}
    assert found_in_directory(at, "msExchAddressListService") == set()
    assert found_in_directory(at, "msExchAdminGroup") == {
        "First Administrative Group", "Asia", "Exchange Administrative Group (FYDIBOHF23SPDLT)",
    }  # fmt: skip


def test_policies_and_lists_have_filters_of_the_new_kind(at: Bench) -> None:
    text = (
        'Get-EmailAddressPolicy | ForEach-Object { "$($_.Name)|$($_.RecipientFilterType)" }\n'
        'Get-AddressList | ForEach-Object { "$($_.Name)|$($_.RecipientFilterType)" }\n'
        'Get-GlobalAddressList | ForEach-Object { "$($_.Name)|$($_.RecipientFilterType)" }'
    )
    found = said(at, text)
    assert {"Default Policy|Precanned", "Plants|Custom", "Rooms|Custom", "All Users|Precanned"} <= found
    assert not [line for line in found if line.endswith("|Legacy") or line.startswith("Clean-up")]


def test_names_lead_to_the_new_servers(at: Bench) -> None:
    """There is no legacy name: the new servers took the main one over at once."""
    found = {(r.name, r.view): r.value for r in at.world.dns.records if r.type == "A"}
    for name in ("mail", "autodiscover", "autodiscover.plants"):
        assert found[f"{name}.northwind.example", "internal"] == "10.1.0.100"
        assert found[f"{name}.northwind.example", "external"] == "203.0.113.20"
    uris = said(at, 'Get-ClientAccessServer | ForEach-Object { "$($_.AutoDiscoverServiceInternalUri)" }')
    assert uris == {"https://autodiscover.northwind.example/Autodiscover/Autodiscover.xml"}


def test_voice_messages_and_own_bounces(at: Bench) -> None:
    assert said(at, "Get-UMMailbox | ForEach-Object { $_.Name }") == {"Anna Ammann", "Bruno Baumann"}
    assert said(at, 'Get-SystemMessage | ForEach-Object { "$($_.Identity)" }') == {
        "en\\External\\5.7.1", "de\\Internal\\5.2.2",
    }  # fmt: skip
    assert said(at, '"$((Get-TransportConfig).DSNConversionMode)"') == {"DoNotConvert"}


def test_quotas_and_journal_of_2007_databases(at: Bench) -> None:
    """2007 prints a size as 921600KB; set once, it is as planned."""
    assert at.run("configure-databases@database:ZRH07-DB01", "Check")["state"] == "satisfied"
    found = said(at, '(Get-MailboxDatabase "ZRH07-DB01").IssueWarningQuota.Value.ToMB()')
    assert found == {"900"}


def test_what_an_operator_reads_before_the_start(at: Bench) -> None:
    before = at.__dict__["said before"]
    behind = before["wait-replication-legacy-permissions@domain:asia.northwind.local"]
    assert behind.startswith("Not on: sindc1.asia.northwind.local, sindc2.asia.northwind.local")
    assert "no answer" not in behind
    assert "mailboxes are on it, such as those of" in before["uninstall-legacy-server@EX03-ZRH1"]


def test_only_a_store_that_is_deleted_is_a_point_of_no_return(at: Bench) -> None:
    steps = at.change.by_id
    empty, full = steps["delete-legacy-stores@EX00-ZRH"], steps["delete-legacy-stores@EX03-PLT"]
    assert (empty.reversibility, full.reversibility) == ("forward-only", "point-of-no-return")
    assert empty.title == "Nobody and nothing left in the stores of EX00-ZRH"
    assert full.title == "Public folder store of EX03-PLT deleted"


def test_where_setup_put_its_public_folder_database_is_told(at: Bench) -> None:
    """The plan's path is for a database that a step makes; what is other than planned is said, not passed over."""
    [told] = [x for x in at.log if x.startswith("create-public-folder-database@database:ZRH07-PF1: verified")]
    assert r"and not D:\ZRH07-PF1\ZRH07-PF1.edb, because Setup made it" in told
