"""The graph: edges the compiler adds, circles, invariants, schedule, markers."""

import networkx as nx
import pytest

from exmigrate.compile import CycleError, InvariantError, violations
from exmigrate.compile.graph import Graph
from tests.compile.small import compiled
from tests.plan.topologies import single_site

ON_TARGETS = 'scope: server\nwhen: "server.target"\neffect: convergent\nidentity: local\n'
ON_ALL = "scope: server\neffect: convergent\nidentity: local\n"


def test_nothing_runs_before_the_preflight_of_its_host() -> None:
    change = compiled(single_site(), readiness__preflight_remoting=ON_ALL, cas__other=ON_ALL).change
    assert change.by_id["other@MAIL2007"].needs == ("preflight-remoting@MAIL2007",)


def test_a_shell_lives_between_its_host_s_install_and_uninstall() -> None:
    change = compiled(
        single_site(),
        cas__install_cas=ON_TARGETS,
        hub__with_new="scope: organization\neffect: convergent\nvantage: E10",
        hub__with_old="scope: organization\neffect: convergent\nvantage: E07",
        decommission__uninstall_2007_cas='scope: server\nwhen: "not server.target"\neffect: once\nidentity: local',
    ).change
    assert "install-cas@MAIL2010" in change.by_id["with-new"].needs
    assert "with-old" in change.by_id["uninstall-2007-cas@MAIL2007"].needs


def test_the_scp_comes_before_anything_elsewhere() -> None:
    change = compiled(
        single_site(),
        cas__install_cas=ON_TARGETS,
        cas__set_autodiscover_scp=ON_TARGETS + "needs: [install-cas@server]",
        cas__same_host=ON_TARGETS + "needs: [install-cas@server]",
        hub__elsewhere='scope: server\nwhen: "not server.target"\neffect: convergent\nidentity: local\nneeds: [same-host@all]',
    ).change
    assert "set-autodiscover-scp@MAIL2010" in change.by_id["elsewhere@MAIL2007"].needs
    assert "set-autodiscover-scp@MAIL2010" not in change.by_id["same-host@MAIL2010"].needs


def test_a_circle_names_its_steps_and_reasons() -> None:
    with pytest.raises(CycleError) as caught:
        compiled(
            single_site(),
            cas__hen=ON_TARGETS + "needs: [egg@server]",
            cas__egg=ON_TARGETS + "needs: [hen@server]",
        )
    assert "hen needs egg" in caught.value.why
    assert set(caught.value.details["cycle"]) == {"hen@MAIL2010", "egg@MAIL2010"}


def test_a_graph_that_breaks_an_invariant_is_refused() -> None:
    gate = "scope: organization\neffect: gate\ngate: {closes: person, instructions: Do it}"
    with pytest.raises(InvariantError, match="breaks G-16: gate-backup must be done before prepare-schema"):
        compiled(
            single_site(),
            readiness__gate_backup=gate,
            directory__prepare_schema="scope: organization\neffect: once\nvantage: AD",
        )


def test_an_invariant_holds_through_other_steps_too() -> None:
    gate = "scope: organization\neffect: gate\ngate: {closes: person, instructions: Do it}"
    built = compiled(
        single_site(),
        readiness__gate_backup=gate,
        directory__between="scope: organization\neffect: read\nvantage: AD\nneeds: [gate-backup]",
        directory__prepare_schema="scope: organization\neffect: once\nvantage: AD\nneeds: [between]",
    )
    assert violations(built.graph, built.change.by_id, single_site()) == []
    built.graph.remove_edge("gate-backup", "between")
    assert [v.invariant for v in violations(built.graph, built.change.by_id, single_site())] == ["G-16"]


def test_steps_stand_in_the_order_of_a_schedule() -> None:
    change = compiled(
        single_site(),
        cas__short=ON_TARGETS + "estimate: {p50: 10, p90: 20}",
        cas__long=ON_TARGETS + "estimate: {p50: 100, p90: 200}",
        hub__last=ON_TARGETS + "needs: [short@server, long@server]\nestimate: {p50: 5, p90: 6}",
    ).change
    assert [s.id for s in change.steps] == ["long@MAIL2010", "short@MAIL2010", "last@MAIL2010"]
    # One mutating step a host: the makespan is the sum, the bound the longest chain.
    assert change.makespan_s == {"p50": 115, "p90": 226, "bound": 105}
    assert change.critical_path == ("long@MAIL2010", "last@MAIL2010")


def test_a_marker_keeps_its_phases_and_what_they_need() -> None:
    change = compiled(
        single_site(),
        cas__first=ON_TARGETS,
        hub__second=ON_TARGETS + "needs: [first@server, third@server]",
        mailbox__third=ON_TARGETS,
        mailbox__fourth=ON_TARGETS + "needs: [second@server]",
    ).change
    markers = {m.id: set(m.steps) for m in change.markers}
    assert markers["start"] == set()
    assert markers["cas"] == {"first@MAIL2010"}
    assert markers["hub@site:Zurich"] == {"first@MAIL2010", "second@MAIL2010", "third@MAIL2010"}
    assert change.by_id["fourth@MAIL2010"].marker == "mailbox@site:Zurich"


def test_every_edge_has_a_reason() -> None:
    built = compiled(single_site(), cas__first=ON_TARGETS, hub__second=ON_TARGETS + "needs: [first@server]")
    assert [why for _, _, why in built.graph.edges()] == ["second needs first"]


def test_the_graph_orders_as_networkx_does() -> None:
    graph = Graph("dcba")
    for first, then in ("ab", "cb", "da"):
        graph.add_edge(first, then, "a test")
    rank = {node: n for n, node in enumerate("abcd")}
    known = nx.lexicographical_topological_sort(graph.to_networkx(), key=rank.__getitem__)
    assert graph.order(rank) == list(known) == ["c", "d", "a", "b"]
    assert graph.to_networkx().edges["d", "a"]["why"] == "a test"


def test_instructions_have_no_holes_where_a_paragraph_is_for_other_plans() -> None:
    gate = (
        "scope: organization\neffect: gate\ngate:\n  closes: person\n  instructions: |\n    First.\n\n"
        "    {% if false %}Never.{% endif %}\n\n    {% if false %}Nor this.{% endif %}\n    Last.\n"
    )
    found = compiled(single_site(), readiness__look=gate).change.by_id["look"]
    assert found.gate is not None
    assert found.gate.instructions == "First.\n\nLast."
