"""A clustered mailbox server of 2007 and its nodes: every function of its kinds, where they go on and where they must not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from exmigrate.discover.collectors import queries
from exmigrate.model import Topology
from tests.catalog import worlds
from tests.catalog.bench import Bench, ScriptFailed
from tests.catalog.scripts import catalog
from tests.plan.topologies import clustered, clustered_beside_2003

pytestmark = pytest.mark.long

OWN = ("move-2007-cms", "upgrade-2007-cms", "remove-2007-cms")


def ccr() -> Bench:
    """MBX07 of SP1 on NODE-A, with NODE-B beside it."""
    return Bench(clustered())


def scc(**policy: Any) -> Bench:
    """MBX07 of SP3 on NODE-B, with NODE-A and NODE-C beside it."""
    topology = worlds.shared_cluster()
    return Bench(replace(topology, policy=replace(topology.policy, **policy)))


def owner(at: Bench) -> tuple[str, bool]:
    cluster = at.world.clusters["mbx07"]
    return cluster.owner, cluster.online


def setups(at: Bench, node: str) -> list[str]:
    return [" ".join(run.arguments) for run in at.world.servers[node.lower()].setup_runs]


def move(at: Bench, node: str) -> None:
    """An administrator moves the clustered server."""
    at.administer(
        node,
        f"Move-ClusteredMailboxServer MBX07 -TargetMachine {node} -MoveComment 'test' -Confirm:$false",
        "shell-e07",
    )


def failed(at: Bench, step: str, word: str) -> None:
    """The step's Apply ends with an error that has a word of the reason."""
    with pytest.raises(ScriptFailed, match=word):
        at.run(step, "Apply")


def test_the_whole_way_of_a_ccr() -> None:
    """SP1 to SP3 on both nodes, mailboxes to 2010, the clustered server gone and its nodes uninstalled; each step twice."""
    at = ccr()
    thorough = {*OWN, "patch-2007-servers", "uninstall-2007-mailbox", "remove-2007-databases", "stage-media"}
    for step in at.order():
        kind = at.change.by_id[step].kind
        done = at.carry_out_thoroughly(step) if kind in thorough else at.carry_out(step)
        if kind in OWN:
            assert done == "done"
        if kind == "move-2007-cms":
            assert owner(at) == ("NODE-B", False)
        if kind == "upgrade-2007-cms":
            assert owner(at) == ("NODE-B", True)
    assert {(k, f) for k, f, _ in at.calls} >= {(k, f) for k in OWN for f in catalog().kinds[k].functions}
    assert at.world.server("MBX07") is None
    assert setups(at, "NODE-A") == ["/mode:Upgrade", "/mode:Uninstall /roles:Mailbox"]
    assert setups(at, "NODE-B") == [
        "/mode:Upgrade",
        "/UpgradeCms",
        "/RemoveCms /CMSName:MBX07",
        "/mode:Uninstall /roles:Mailbox",
    ]
    left = at.administer(
        "MAIL2010", "Get-ExchangeServer | ForEach-Object { Write-Host $_.Name }", "shell-e10"
    )
    assert left.split() == ["MAIL2010"]
    homes = at.administer(
        "MAIL2010",
        "Get-Mailbox -ResultSize Unlimited | ForEach-Object { $_.Database.Name } | Sort-Object -Unique | ForEach-Object { Write-Host $_ }",
        "shell-e10",
    )
    assert homes.split() == ["EX2010DB01"]


def test_the_whole_way_beside_exchange_2003() -> None:
    """Nodes on Windows 2003, shared disks: nothing of 2003 or 2007 is left in the organization."""
    at = Bench(clustered_beside_2003())
    for step in at.order():
        at.carry_out(step)
    assert at.world.server("MBX07") is None
    assert setups(at, "NODE-B")[:2] == ["/mode:Upgrade", "/UpgradeCms"]
    assert at.world.servers["node-a"].services.get("MSExchangeIS") is None
    left = at.administer(
        "MAIL2010", "Get-ExchangeServer | ForEach-Object { Write-Host $_.Name }", "shell-e10"
    )
    assert left.split() == ["MAIL2010"]


def test_an_scc_of_three_nodes_gets_its_service_pack_round() -> None:
    at = Bench(_at_sp1(worlds.shared_cluster()))
    at.up_to("prepare-schema")
    assert owner(at) == ("NODE-A", True)
    assert {setups(at, n)[0] for n in ("NODE-A", "NODE-B", "NODE-C")} == {"/mode:Upgrade"}
    assert setups(at, "NODE-A")[1:] == ["/UpgradeCms"]
    assert at.world.clusters["mbx07"].level == "2007SP3"


def _at_sp1(topology: Topology) -> Topology:
    source = topology.source
    assert source is not None
    machines = tuple(
        replace(m, exchange=replace(m.exchange, service_pack="SP1")) if m.exchange else m
        for m in source.machines
    )
    servers = tuple(replace(s, service_pack="SP1") if s.version == "2007" else s for s in topology.servers)
    return replace(topology, servers=servers, source=replace(source, service_pack="SP1", machines=machines))


def test_a_service_pack_that_is_there_moves_nothing() -> None:
    """Planned, and found done: no node is touched, and nobody's mailbox goes off line."""
    at = scc(optional=("patch-2007-servers",))
    steps = [s for s in at.order() if at.change.by_id[s].kind in ("patch-2007-servers", *OWN[:2])]
    at.up_to("prepare-schema")
    assert {at.run(s, "Check")["state"] for s in steps} == {"satisfied"}
    assert at.run("move-2007-cms@MBX07", "Apply")["state"] == "applied"
    assert at.run("move-2007-cms@MBX07", "Verify")["state"] == "verified"
    assert owner(at) == ("NODE-B", True)
    assert setups(at, "NODE-A") == []


def test_a_clustered_server_that_has_failed_over_is_removed_all_the_same() -> None:
    at = scc()
    at.up_to("remove-2007-cms@MBX07")
    move(at, "NODE-C")
    assert owner(at) == ("NODE-C", True)
    assert at.carry_out("remove-2007-cms@MBX07") == "done"
    assert setups(at, "NODE-B") == ["/RemoveCms /CMSName:MBX07"]
    assert at.run("remove-2007-cms@MBX07", "Check")["state"] == "satisfied"
    for node in ("NODE-A", "NODE-B", "NODE-C"):
        at.up_to(f"uninstall-2007-mailbox@{node}")
        assert at.carry_out(f"uninstall-2007-mailbox@{node}") == "done"


def test_the_active_node_is_left_alone() -> None:
    """It failed over to the node whose turn it is: Setup is not even started."""
    at = ccr()
    at.up_to("patch-2007-servers@NODE-B")
    move(at, "NODE-B")
    seen = at.run("patch-2007-servers@NODE-B", "Check")
    assert (seen["state"], "NODE-B, which the plan has as passive" in seen["message"]) == ("blocked", True), (
        seen
    )
    failed(at, "patch-2007-servers@NODE-B", "MBX07 runs on this node, NODE-B: it is the active node")
    assert setups(at, "NODE-B") == []
    means = [f for f in at.change.by_id["patch-2007-servers@NODE-B"].failures if "active node" in f.match]
    assert means[0].failure_class == "permanent"


def test_the_node_that_is_active_today_is_no_obstacle() -> None:
    """It has its turn when the clustered server has left it, and is left alone as long as that has not happened."""
    at = ccr()
    at.up_to("patch-2007-servers@NODE-B")
    assert at.run("patch-2007-servers@NODE-A", "Check")["state"] == "needed"
    failed(at, "patch-2007-servers@NODE-A", "it is the active node")
    assert setups(at, "NODE-A") == []


def test_nothing_is_moved_while_a_copy_is_not_healthy() -> None:
    at = ccr()
    at.up_to("move-2007-cms@MBX07")
    at.administer("NODE-B", "Stop-Service MSExchangeRepl")
    assert at.run("move-2007-cms@MBX07", "Check")["state"] == "needed"
    failed(at, "move-2007-cms@MBX07", r"copies are not healthy: First Storage Group: ServiceDown")
    assert owner(at) == ("NODE-A", True)
    at.administer("NODE-B", "Start-Service MSExchangeRepl")
    assert at.carry_out("move-2007-cms@MBX07") == "done"


def test_a_move_that_exchange_refuses_leaves_nobody_off_line() -> None:
    """A copy fails between the stop and the move: the clustered server runs again where it was."""
    at = ccr()
    at.up_to("move-2007-cms@MBX07")
    at.world.faults.arm("storage-group-copy", "MBX07/First Storage Group", after=1, status="Failed")
    failed(at, "move-2007-cms@MBX07", "was not moved: the storage group copies on 'NODE-B' are not healthy")
    assert owner(at) == ("NODE-A", True)
    assert at.world.servers["node-a"].services.is_running("MSExchangeIS")
    assert at.carry_out("move-2007-cms@MBX07") == "done"


@pytest.mark.parametrize("status", ["Failed", "Suspended"])
def test_a_copy_that_does_not_mend_is_for_a_person(status: str) -> None:
    at = ccr()
    at.up_to("move-2007-cms@MBX07")
    at.world.faults.arm("storage-group-copy", "MBX07/First Storage Group", times=99, status=status)
    seen = at.run("move-2007-cms@MBX07", "Check")
    assert (seen["state"], f"First Storage Group: {status}" in seen["message"]) == ("blocked", True), seen


def test_a_node_that_the_cluster_does_not_have_or_that_is_down() -> None:
    at = ccr()
    at.up_to("move-2007-cms@MBX07")
    step = at.change.by_id["move-2007-cms@MBX07"]
    other = replace(step, arguments={**step.arguments, "node": "NODE-X"})
    seen = at.run(other, "Check")
    assert (
        seen["state"],
        "NODE-X cannot run MBX07 now; those that can: NODE-A, NODE-B" in seen["message"],
    ) == ("blocked", True)
    absent = replace(step, arguments={**step.arguments, "cluster": "MBX99"})
    seen = at.run(absent, "Check")
    assert (seen["state"], "no clustered mailbox server MBX99" in seen["message"]) == ("blocked", True)


def test_the_upgrade_belongs_to_the_node_that_owns_it() -> None:
    at = ccr()
    at.up_to("move-2007-cms@MBX07")
    assert at.run("upgrade-2007-cms@MBX07", "Check")["state"] == "needed"
    failed(at, "upgrade-2007-cms@MBX07", "its owning node is 'NODE-A'")
    assert at.run("upgrade-2007-cms@MBX07", "Verify")["state"] == "failed"
    step = at.change.by_id["upgrade-2007-cms@MBX07"]
    seen = at.run(replace(step, arguments={**step.arguments, "cluster": "MBX99"}), "Check")
    assert (seen["state"], "no clustered mailbox server MBX99" in seen["message"]) == ("blocked", True)


def test_the_upgrade_ends_when_the_store_runs() -> None:
    at = ccr()
    at.up_to("patch-2007-servers@NODE-A")
    at.administer("NODE-B", "Stop-ClusteredMailboxServer MBX07 -StopReason test -Confirm:$false", "shell-e07")
    seen = at.run("upgrade-2007-cms@MBX07", "Verify")
    assert (seen["state"], "does not run on NODE-B yet" in seen["message"]) == ("pending", True)
    at.administer("NODE-B", "Start-ClusteredMailboxServer MBX07 -Confirm:$false", "shell-e07")
    assert at.run("upgrade-2007-cms@MBX07", "Verify")["state"] == "verified"


def test_a_clustered_server_with_mailboxes_is_not_removed() -> None:
    at = scc()
    for step in ("preflight-remoting@NODE-B", "stage-media@NODE-B"):
        at.carry_out(step)
    assert at.run("remove-2007-cms@MBX07", "Check")["state"] == "needed"
    failed(at, "remove-2007-cms@MBX07", "contains one or more mailboxes")
    assert at.run("remove-2007-cms@MBX07", "Verify")["state"] == "pending"
    assert owner(at) == ("NODE-B", True)


def test_no_node_is_uninstalled_from_under_the_clustered_server() -> None:
    at = scc()
    for step in ("preflight-remoting@NODE-B", "stage-media@NODE-B"):
        at.carry_out(step)
    assert at.run("uninstall-2007-mailbox@NODE-B", "Check")["state"] == "needed"
    failed(at, "uninstall-2007-mailbox@NODE-B", "active node of the clustered mailbox server 'MBX07'")
    assert owner(at) == ("NODE-B", True)


def read(at: Bench, item: str) -> dict[str, Any]:
    asked, refused = queries(at.topology, catalog(), [item])
    assert refused == ()
    [query] = asked
    texts = [text for _, text in query.libraries] + [query.text]
    found: dict[str, Any] = at.call(query.host, texts, "Collect", query.arguments)["facts"]["value"]
    return found


def test_the_inventory_says_what_kind_of_cluster_it_is_and_where_it_runs() -> None:
    at = ccr()
    found = read(at, "inv-cluster@MBX07")
    assert (found["kind"], found["owner"], found["state"]) == ("CCR", "NODE-A", "Online")
    assert list(found["machines"]) == ["NODE-A", "NODE-B"]
    assert {c["StorageGroupName"]: c["SummaryCopyStatus"] for c in found["copies"]} == {
        "First Storage Group": "Healthy",
        "Second Storage Group": "Healthy",
    }
    shared = read(scc(), "inv-cluster@MBX07")
    assert (shared["kind"], shared["owner"], list(shared["copies"])) == ("SCC", "NODE-B", [])
    alone = read(Bench(worlds.single_site()), "inv-cluster@MAIL2007")
    assert (alone["kind"], alone["owner"], list(alone["machines"])) == ("", "", [])


def test_the_inventory_asks_nodes_as_machines_and_the_clustered_server_as_a_server() -> None:
    asked, refused = queries(clustered(), catalog())
    assert refused == ()
    hosts = {q.item: q.host for q in asked}
    assert {
        hosts[f"inv-{kind}@{n}"]
        for kind in ("os", "hw", "av", "3rd", "watermark", "remoting")
        for n in ("NODE-A", "NODE-B")
    } == {"NODE-A", "NODE-B"}
    assert not [
        i
        for i in hosts
        if i in ("inv-os@MBX07", "inv-watermark@MBX07", "inv-edition@NODE-A", "inv-sg@NODE-A")
    ]
    assert hosts["inv-sg@MBX07"] == "CASHUB07"
