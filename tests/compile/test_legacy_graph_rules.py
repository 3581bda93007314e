"""Rules and invariants on graphs in which 2000 or 2003 servers leave: a step taken away, or one that waits for nothing."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from exmigrate.catalog import load_catalog
from exmigrate.compile import Compiled, compile_plan
from exmigrate.compile.invariants import violations
from exmigrate.compile.rules import graph_findings
from exmigrate.model import Finding, Topology
from exmigrate.model.topology import ExpansionGroup
from exmigrate.plan.rules import rules
from tests.compile.dossier import wrong
from tests.plan.topologies import legacy_a, legacy_b, legacy_d

PLANS = {"a": legacy_a, "b": legacy_b, "d": legacy_d}


@cache
def compiled(letter: str) -> Compiled:
    return compile_plan(PLANS[letter](), load_catalog(""))


def findings_without(letter: str, kind: str, topology: Topology | None = None) -> list[Finding]:
    """Findings on the graph of a plan without the steps of a kind."""
    steps = {s.id: s for s in compiled(letter).change.steps if s.kind != kind}
    graph = compiled(letter).graph
    graph = graph.without([id for id in graph if id not in steps])
    return list(graph_findings(topology or PLANS[letter](), steps, graph))


@pytest.mark.parametrize("letter", PLANS)
def test_correct_plans_keep_every_rule_of_order(letter: str) -> None:
    change = compiled(letter).change
    assert {f.rule for f in change.findings} == {"DEC-009"}
    assert wrong(change, PLANS[letter]()) == []


TAKEN_AWAY = {
    "ORG-005": ("b", "gate-keep-2007-option"),
    "ORG-019": ("a", "wait-replication-legacy-permissions"),
    "ORG-020": ("a", "wait-replication-schema"),
    "ORG-021": ("b", "prepare-legacy-permissions"),
    "TOP-013": ("b", "create-cas-array"),
    "TOP-016": ("a", "install-os-prereqs"),
    "CA-007": ("a", "cutover-client-namespace"),
    "CA-008": ("d", "gate-create-legacy-dns"),
    "CA-016": ("b", "enable-eas-iwa-2003"),
    "CA-020": ("d", "move-outlook-anywhere-endpoint"),
    "CA-023": ("a", "set-autodiscover-scp"),
    "CA-033": ("d", "install-legacy-certificate"),
    "MF-027": ("a", "gate-outbound-path"),
    "PF-002": ("a", "drain-legacy-pf-replicas"),
    "PF-005": ("b", "move-pf-hierarchy"),
    "PF-008": ("d", "move-mailboxes"),
    "OAB-001": ("a", "move-oab"),
    "MV-011": ("a", "gate-backup-target"),
    "DEC-003": ("b", "delete-rus"),
    "DEC-014": ("d", "gate-decommission"),
    "EXE-007": ("a", "preflight-remoting"),
    "EXE-008": ("b", "stage-media"),
    "FEAT-002": ("a", "gate-retained-servers"),
}


@pytest.mark.parametrize("rule", TAKEN_AWAY)
def test_a_step_that_is_missing_breaks_the_rule(rule: str) -> None:
    hits = [f for f in findings_without(*TAKEN_AWAY[rule]) if f.rule == rule]
    assert hits
    for finding in hits:
        assert finding.severity == rules()[rule].severity
        assert finding.remedy
        assert finding.message


TASKS = (
    "drain-legacy-pf-replicas", "delete-legacy-stores", "move-pf-hierarchy", "move-oab", "remove-legacy-rgc", "delete-rus",
    "move-mailboxes",
)  # fmt: skip


@pytest.mark.parametrize("kind", TASKS)
def test_the_last_old_server_does_not_leave_without(kind: str) -> None:
    assert any(kind in f.message for f in findings_without("b", kind) if f.rule == "DEC-003")


def loose(letter: str, step: str) -> tuple[list[Finding], set[str]]:
    """Findings and broken invariants when one step waits for nothing and nothing waits for it."""
    steps = dict(compiled(letter).change.by_id)
    graph = compiled(letter).graph.without((step,))
    graph.add(step)
    topology = PLANS[letter]()
    found = {v.invariant for v in violations(graph, steps, topology)}
    return list(graph_findings(topology, steps, graph)), found


LOOSE_RULES = {
    "ADM-007": ("a", "delete-rus"),
    "DEC-004": ("a", "delete-rus"),
    "DEC-011": ("b", "clean-legacy-groups@domain:acme.local"),
    "DEC-012": ("b", "remove-legacy-rgc@rgc:Interop RGC"),
    "DEC-013": ("a", "remove-legacy-routing-groups"),
}


@pytest.mark.parametrize("rule", LOOSE_RULES)
def test_a_step_that_waits_for_nothing_breaks_the_rule(rule: str) -> None:
    findings, _ = loose(*LOOSE_RULES[rule])
    assert rule in {f.rule for f in findings}


LOOSE = {
    "prepare-schema": ("a", "G-01 G-16 G-22 G-31"),
    "prepare-ad": ("b", "G-02"),
    "create-additional-rgc@rgc:Perimeter to 2007": ("a", "G-03"),
    "create-cas-array@site:Main": ("b", "G-04"),
    "install-mailbox@MAIL07": ("a", "G-05"),
    "cutover-client-namespace@site:Main": ("b", "G-07 G-08 G-18 G-24"),
    "replicate-system-folders": ("a", "G-09"),
    "move-oab": ("d", "G-10"),
    "delete-legacy-stores@EX03": ("a", "G-10"),
    "uninstall-2007-mailbox@MAIL2007": ("d", "G-11"),
    "rehome-rgc-source@rgc:Interop RGC out": ("d", "G-12"),
    "move-mailboxes@batch:old": ("d", "G-13 G-15 G-26"),
    "move-pf-hierarchy": ("a", "G-14"),
    "delete-rus": ("b", "G-14 G-15 G-28"),
    "retire-legacy-namespace": ("b", "G-13 G-18"),
    "remove-legacy-routing-groups": ("a", "G-19 G-28"),
    "uninstall-legacy-server@EX03": ("d", "G-10 G-18 G-19 G-28"),
    "preflight-remoting@MAIL07": ("a", "G-21"),
    "create-test-mailboxes@site:Zurich": ("a", "G-24"),
    "gate-backup-target@database:DB01": ("b", "G-25"),
    "gate-outbound-path": ("a", "G-29"),
}


@pytest.mark.parametrize("step", LOOSE)
def test_an_invariant_sees_a_step_that_waits_for_nothing(step: str) -> None:
    letter, expected = LOOSE[step]
    _, found = loose(letter, step)
    assert found >= set(expected.split())


def test_groups_that_an_old_server_expands() -> None:
    topology = replace(legacy_a(), expansion_groups=(ExpansionGroup("Everybody", "EX03"),))
    found = {f.rule for f in findings_without("a", "move-expansion-servers", topology)}
    assert "MF-028" in found


def test_lists_that_old_tools_still_edit() -> None:
    t = legacy_a()
    kept = tuple(replace(s, keep="the fax gateway") if s.name == "FE03" else s for s in t.servers)
    assert "ADM-006" in {f.rule for f in findings_without("a", "nothing", replace(t, servers=kept))}


def test_a_kept_old_server_takes_what_only_the_last_removal_needs_out_of_the_plan() -> None:
    t = legacy_d()
    kept = tuple(replace(s, keep="the fax gateway") if s.name == "EX03" else s for s in t.servers)
    change = compile_plan(replace(t, servers=kept), load_catalog("")).change
    gone = {"delete-rus", "move-pf-hierarchy", "remove-legacy-routing-groups", "clean-legacy-groups"}
    assert not gone & {s.kind for s in change.steps}
    assert "uninstall-legacy-server@EX03" not in change.by_id


DRAWN = {
    "prepare-schema": ("a", "g01"),
    "prepare-ad": ("b", "g02"),
    "create-additional-rgc@rgc:Perimeter to 2007": ("a", "g03"),
    "cutover-client-namespace@site:Main": ("b", "g07_of_2003"),
    "delete-legacy-stores@EX03": ("a", "g10_of_old"),
    "rehome-rgc-source@rgc:Interop RGC out": ("d", "g12_of_connectors"),
    "uninstall-2007-cas@MAIL2007": ("d", "g13_of_old"),
    "delete-rus": ("b", "g15"),
    "uninstall-legacy-server@EXCH1": ("b", "g18"),
    "remove-legacy-routing-groups": ("a", "g19"),
    "clean-legacy-groups@domain:acme.local": ("b", "order_of_old_groups"),
}


@pytest.mark.parametrize("step", DRAWN)
def test_the_independent_reading_sees_it_too(step: str) -> None:
    letter, reading = DRAWN[step]
    change = compiled(letter).change
    steps = tuple(replace(s, needs=()) if s.id == step else s for s in change.steps)
    said = {w.partition(":")[0] for w in wrong(replace(change, steps=steps), PLANS[letter]())}
    assert reading in said
