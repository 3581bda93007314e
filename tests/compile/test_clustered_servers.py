"""Clustered mailbox servers in the graph: nodes one after the other, the clustered server between them, all of it last."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from itertools import pairwise

import pytest

from exmigrate.catalog import load_catalog
from exmigrate.compile import Compiled, VantageError, compile_plan, violations
from exmigrate.compile.graph import Closure, Graph
from tests.catalog.worlds import shared_cluster
from tests.compile.small import compiled as small
from tests.plan.topologies import clustered


@cache
def ccr() -> Compiled:
    return compile_plan(clustered(), load_catalog(""))


def scc(**changes: object) -> Compiled:
    topology = shared_cluster()
    policy = replace(topology.policy, optional=("patch-2007-servers",))
    return compile_plan(replace(topology, policy=policy, **changes), load_catalog(""))  # type: ignore[arg-type]


def in_order(compiled: Compiled, *steps: str) -> bool:
    """Whether each step is done before the next one begins, in every run."""
    after = Closure(compiled.graph)
    return all(after.holds(first, then) for first, then in pairwise(steps))


def test_the_service_pack_goes_round_the_cluster() -> None:
    assert in_order(
        ccr(),
        "patch-2007-servers@CASHUB07",
        "patch-2007-servers@NODE-B",
        "move-2007-cms@MBX07",
        "upgrade-2007-cms@MBX07",
        "patch-2007-servers@NODE-A",
        "prepare-schema",
    )


def test_three_nodes_are_restarted_one_after_the_other() -> None:
    assert in_order(
        scc(),
        "patch-2007-servers@NODE-A",
        "move-2007-cms@MBX07",
        "upgrade-2007-cms@MBX07",
        "patch-2007-servers@NODE-C",
        "patch-2007-servers@NODE-B",
    )


def test_the_clustered_server_leaves_before_its_nodes_and_after_what_it_holds() -> None:
    for node in ("NODE-A", "NODE-B"):
        assert in_order(
            ccr(),
            "gate-decommission@site:Zurich",
            "remove-2007-databases@database:Mailbox Database",
            "remove-2007-cms@MBX07",
            f"uninstall-2007-mailbox@{node}",
            "uninstall-2007-hub@CASHUB07",
            "uninstall-2007-cas@CASHUB07",
        )


def test_nothing_runs_on_the_name_of_the_clustered_server() -> None:
    for compiled in (ccr(), scc()):
        hosts = {s.host for s in compiled.change.steps}
        assert "MBX07" not in hosts | set(compiled.change.connections)
        assert {"NODE-A", "NODE-B"} <= hosts


def test_what_addresses_the_clustered_server_names_it() -> None:
    steps = ccr().change.by_id
    removed = steps["remove-2007-databases@database:Mailbox Database"]
    assert (removed.host, removed.arguments["database"]) == (
        "CASHUB07",
        r"MBX07\First Storage Group\Mailbox Database",
    )
    assert steps["move-public-folder-replicas@MBX07"].arguments["server"] == "MBX07"
    assert steps["remove-2007-cms@MBX07"].arguments["cluster"] == "MBX07"
    assert "MBX07" in steps["gate-decommission@site:Zurich"].arguments["servers"]
    assert not {"NODE-A", "NODE-B"} & {*steps["gate-decommission@site:Zurich"].arguments["servers"]}


def test_a_step_for_every_kind_of_work_stands_once_on_each_machine() -> None:
    steps = set(ccr().change.by_id)
    for kind in ("preflight-remoting", "stage-media", "patch-2007-servers", "uninstall-2007-mailbox"):
        assert {f"{kind}@NODE-A", f"{kind}@NODE-B"} <= steps
        assert f"{kind}@MBX07" not in steps
    for kind in ("move-2007-cms", "upgrade-2007-cms", "remove-2007-cms"):
        assert [s for s in steps if s.startswith(f"{kind}@")] == [f"{kind}@MBX07"]


def test_the_move_and_the_upgrade_are_one_unit_of_a_window() -> None:
    """Between the two the mailboxes are off line: the first does not begin where the second would not end."""
    assert ccr().change.by_id["upgrade-2007-cms@MBX07"].window == "with:move-2007-cms"


def test_what_stays_is_not_taken_apart() -> None:
    topology = clustered()
    servers = tuple(replace(s, keep="an application") if s.clustered else s for s in topology.servers)
    steps = set(compile_plan(replace(topology, servers=servers), load_catalog("")).change.by_id)
    assert not {"remove-2007-cms@MBX07", "uninstall-2007-mailbox@NODE-A"} & steps
    assert "upgrade-2007-cms@MBX07" in steps


def test_without_a_service_pack_it_is_removed_where_it_runs() -> None:
    steps = compile_plan(shared_cluster(), load_catalog("")).change.by_id
    assert not {"patch-2007-servers", "move-2007-cms", "upgrade-2007-cms"} & {s.kind for s in steps.values()}
    assert steps["remove-2007-cms@MBX07"].host == "NODE-B"


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        ("patch-2007-servers@NODE-B", "move-2007-cms@MBX07", "G-17"),
        ("move-2007-cms@MBX07", "upgrade-2007-cms@MBX07", "G-17"),
        ("upgrade-2007-cms@MBX07", "patch-2007-servers@NODE-A", "G-17"),
        ("upgrade-2007-cms@MBX07", "install-cas@MAIL2010", "G-17"),
        ("remove-2007-databases@database:Mailbox Database", "remove-2007-cms@MBX07", "G-10"),
        ("move-oab", "remove-2007-cms@MBX07", "G-10"),
        ("remove-2007-cms@MBX07", "uninstall-2007-mailbox@NODE-A", "G-10"),
        ("remove-2007-cms@MBX07", "uninstall-2007-mailbox@NODE-B", "G-10"),
        ("gate-decommission@site:Zurich", "remove-2007-cms@MBX07", "G-28"),
        ("stage-media@NODE-B", "remove-2007-cms@MBX07", "G-22"),
        ("stage-media@NODE-B", "upgrade-2007-cms@MBX07", "G-22"),
    ],
)
def test_a_graph_without_one_of_these_orders_is_refused(before: str, after: str, rule: str) -> None:
    """Every path from the one to the other is cut; the invariants see it, whatever the kinds say."""
    steps = ccr().change.by_id
    found = violations(_apart(ccr().graph, before, after), steps, clustered())
    assert rule in {v.invariant for v in found if (v.before, v.after) == (before, after)}


def _apart(graph: Graph, before: str, after: str) -> Graph:
    """The graph without any edge into a step from what has another behind it."""
    behind = Closure(graph)
    out = Graph(graph)
    for first in graph:
        for then in graph.successors(first):
            if then != after or not (first == before or behind.holds(before, first)):
                out.add_edge(first, then, "kept")
    return out


def test_a_kind_that_means_the_clustered_server_itself_is_refused_by_name() -> None:
    with pytest.raises(VantageError, match="shall run on MBX07, which is a clustered server and no machine"):
        small(
            clustered(),
            cas__wrong="scope: server\nwhen: \"server.name == 'MBX07'\"\neffect: convergent\nidentity: local",
        )


def test_kinds_of_old_servers_do_not_see_nodes() -> None:
    """A node is no server in Exchange's eyes: what is done for each old server is not done for it."""
    done = small(
        clustered(),
        cas__each='scope: server\nwhen: "server.source"\neffect: gate\ngate: {closes: person, instructions: x}',
    )
    assert set(done.change.by_id) == {"each@CASHUB07", "each@MBX07"}
