"""Rules on the order of the graph: silent on the shipped plans, loud when a step is taken away."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from exmigrate.catalog import load_catalog
from exmigrate.compile import Compiled, compile_plan
from exmigrate.compile.graph import Closure
from exmigrate.compile.order import Order
from exmigrate.compile.rules import graph_findings, predicates
from exmigrate.model import Finding, Topology
from exmigrate.plan.rules import rules
from tests.compile import test_legacy_graph_rules
from tests.plan.topologies import single_site, two_site

TAKEN_AWAY = {
    "ORG-020": "wait-replication-schema",
    "TOP-016": "install-os-prereqs",
    "CA-007": "cutover-client-namespace",
    "CA-008": "gate-publish-namespace",
    "CA-018": "copy-owa-2007-version-folder",
    "CA-020": "move-outlook-anywhere-endpoint",
    "CA-023": "set-autodiscover-scp",
    "CA-033": "install-legacy-certificate",
    "MF-027": "gate-outbound-path",
    "MF-028": "move-expansion-servers",
    "PF-002": "move-public-folder-replicas",
    "PF-008": "move-mailboxes",
    "OAB-001": "move-oab",
    "UM-002": "gate-redirect-um-gateways",
    "MV-011": "gate-backup-target",
    "DEC-002": "uninstall-2007-hub",
    "DEC-014": "gate-decommission",
    "EXE-007": "preflight-remoting",
    "EXE-008": "stage-media",
}


@cache
def compiled() -> Compiled:
    return compile_plan(two_site(), load_catalog(""))


def findings_without(kind: str, topology: Topology | None = None) -> list[Finding]:
    """Findings on the graph of the two-site plan without the steps of a kind."""
    steps = {s.id: s for s in compiled().change.steps if s.kind != kind}
    graph = compiled().graph
    graph = graph.without([id for id in graph if id not in steps])
    return list(graph_findings(topology or two_site(), steps, graph))


@pytest.mark.parametrize("topology", [single_site, two_site])
def test_the_shipped_plans_keep_every_rule(topology: object) -> None:
    change = compile_plan(topology(), load_catalog("")).change  # type: ignore[operator]
    assert {f.rule for f in change.findings} == {"DEC-009"}


@pytest.mark.parametrize("rule", TAKEN_AWAY)
def test_a_step_that_is_missing_breaks_the_rule(rule: str) -> None:
    hits = [f for f in findings_without(TAKEN_AWAY[rule]) if f.rule == rule]
    assert hits
    for finding in hits:
        assert finding.severity == rules()[rule].severity
        assert finding.remedy
        assert finding.message


def test_a_door_without_any_gate_before_it() -> None:
    steps = {s.id: s for s in compiled().change.steps if s.effect != "gate"}
    graph = compiled().graph
    graph = graph.without([id for id in graph if id not in steps])
    found = [f.message for f in graph_findings(two_site(), steps, graph) if f.rule == "EXE-003"]
    assert any(m.startswith("prepare-schema ") for m in found)


def test_blackberry_users_need_their_preparation() -> None:
    topology = two_site()
    batches = (replace(topology.batches[0], blackberry=True), *topology.batches[1:])
    found = [
        f
        for f in findings_without("prepare-blackberry", replace(topology, batches=batches))
        if f.rule == "MV-012"
    ]
    assert [f.message.partition(" ")[0] for f in found] == ["move-mailboxes@batch:pilot"]
    assert found[0].line == topology.where(topology.batches[0].path).line


def test_legacy_permissions_are_not_for_a_pure_2007_organization() -> None:
    steps = dict(compiled().change.by_id)
    graph = compiled().graph.without(())
    step = replace(
        steps["prepare-schema"], id="prepare-legacy-permissions", kind="prepare-legacy-permissions"
    )
    graph.add(step.id)
    found = graph_findings(two_site(), {**steps, step.id: step}, graph)
    assert "ORG-022" in {f.rule for f in found}


def test_every_predicate_has_a_rule_and_a_case() -> None:
    of_old = {*test_legacy_graph_rules.TAKEN_AWAY, *test_legacy_graph_rules.LOOSE_RULES, "ADM-006"}
    assert set(predicates()) == {*TAKEN_AWAY, *of_old, "EXE-003", "MV-012", "ORG-022", "DEC-009"}
    assert all(id in rules() for id in predicates())


def test_a_removed_kind_is_not_before_anything() -> None:
    steps = dict(compiled().change.by_id)
    order = Order(two_site(), steps, Closure(compiled().graph))
    assert list(order.before(steps["prepare-schema"], "nothing")) == []
    assert [s.id for s in order.before(steps["prepare-schema"], "gate-backup")] == ["gate-backup"]
    assert not order.has("nothing")
