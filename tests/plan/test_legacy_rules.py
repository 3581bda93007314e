"""Rules on organizations with 2000 and 2003 servers: each by a plan that breaks it and by one that does not."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

import pytest

from exmigrate.model import Finding, Topology
from exmigrate.plan import load
from exmigrate.plan.rules import PREDICATES, blocking, evaluate, rules
from exmigrate.plan.rules import inventory as live
from tests.plan.broken import changed
from tests.plan.legacy_rule_cases import ALTERED, BREAKS, KEEPS, Change
from tests.plan.topologies import DATA, legacy_a, legacy_b, legacy_d

PLANS = {"a": legacy_a, "b": legacy_b, "d": legacy_d}


@cache
def text(letter: str) -> str:
    return (DATA / f"legacy-{letter}.yaml").read_text("utf-8")


def found(topology: Topology, rule: str) -> list[Finding]:
    return [f for f in evaluate(topology) if f.rule == rule and "was not asked" not in f.message]


def with_changes(letter: str, changes: tuple[Change, ...]) -> Topology:
    result = load(changed(*changes, text=text(letter)).encode(), "plan.yaml")
    assert result.provisional is not None, [str(p) for p in result.problems]
    return result.provisional


@pytest.mark.parametrize("letter", PLANS)
def test_a_correct_plan_is_not_refused(letter: str) -> None:
    findings = evaluate(PLANS[letter]())
    assert not blocking(findings)
    # One bridgehead at each end: the organization has no more.
    assert {f.rule for f in findings if f.severity == "warning"} == {"TOP-015"}


@pytest.mark.parametrize("rule", BREAKS)
def test_a_change_that_breaks_the_rule(rule: str) -> None:
    letter, changes = BREAKS[rule]
    assert not found(PLANS[letter](), rule)
    hits = found(with_changes(letter, changes), rule)
    assert hits
    for finding in hits:
        assert finding.line > 1
        assert finding.remedy
        assert finding.message


@pytest.mark.parametrize("rule", [r for r in BREAKS if rules()[r].severity == "error"])
def test_an_error_refuses_the_plan_in_its_place(rule: str) -> None:
    letter, changes = BREAKS[rule]
    result = load(changed(*changes, text=text(letter)).encode(), "plan.yaml")
    assert result.topology is None
    codes = [p.code for p in result.errors]
    told = f"EXM-R-{rule}" in codes
    # Where the language refuses the same mistake, its own code stands instead.
    assert told or any(c in ("EXM-L061", "EXM-L062") for c in codes), codes


@pytest.mark.parametrize("rule", ALTERED)
def test_a_topology_that_breaks_the_rule(rule: str) -> None:
    letter, alter = ALTERED[rule]
    assert not found(PLANS[letter](), rule)
    hits = found(alter(PLANS[letter]()), rule)
    assert hits
    assert all(f.remedy for f in hits)


@pytest.mark.parametrize("rule", KEEPS)
def test_a_remark_that_ends_with_its_cause(rule: str) -> None:
    letter, alter = KEEPS[rule]
    assert found(PLANS[letter](), rule)
    assert not found(alter(PLANS[letter]()), rule)


def test_every_rule_has_a_predicate_or_says_what_covers_it() -> None:
    from exmigrate.compile.rules import predicates

    judged = {*PREDICATES, *live.PREDICATES, *predicates()}
    for rule in rules().values():
        assert (rule.id in judged) != bool(rule.covered), rule.id
        if rule.covered:
            assert rule.where in ("build", "person"), rule.id
        else:
            assert rule.where in ("plan", "graph", "inventory"), rule.id
            assert rule.remedy, rule.id


def inv(letter: str, **items: Any) -> list[Finding]:
    values = {k.replace("__", "@").replace("_", "-"): v for k, v in items.items()}
    said = [f for f in evaluate(PLANS[letter](), values) if "was not asked" not in f.message]
    plain = evaluate(PLANS[letter]())
    return [f for f in said if f not in plain]


FOUND: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "ORG-001": ("a", {"inv-adc": [{"distinguishedName": "CN=Config CA"}]}, {"inv-adc": []}),
    "ORG-002": ("b", {"inv-org": {"msExchMixedMode": "True"}}, {"inv-org": {"msExchMixedMode": "False"}}),
    "ORG-004": ("a", {"inv-org": {"objectVersion": 12640}, "inv-servers": []}, {"inv-org": {"objectVersion": 12640}, "inv-servers": [{"serialNumber": "Version 8.3 (Build 83.6)"}]}),
    "ORG-015": ("a", {"inv-dfl@contoso.local": {"nTMixedDomain": 1}}, {"inv-dfl@contoso.local": {"nTMixedDomain": 0}}),
    "TOP-018": ("a", {"inv-os@MAIL07": {"Services": ["SMTPSVC"]}}, {"inv-os@EX03": {"Services": ["SMTPSVC"]}}),
    "MF-005": ("d", {"inv-conn": [{"class": "msExchRoutingGroupConnector", "group": "Exchange Routing Group (DWBGZMFD01QNBJR)", "target": "First Routing Group"}]},
               {"inv-conn": [{"class": "msExchRoutingGroupConnector", "group": a, "target": b} for a, b in (("Exchange Routing Group (DWBGZMFD01QNBJR)", "First Routing Group"), ("First Routing Group", "Exchange Routing Group (DWBGZMFD01QNBJR)"))]}),
    "MF-006": ("d", {"inv-secgroups": [{"cn": "ExchangeLegacyInterop", "members": []}], "inv-conn": [{"cn": "In", "class": "msExchRoutingGroupConnector", "group": "First Routing Group", "target": "Exchange Routing Group (DWBGZMFD01QNBJR)", "sources": ["EX03"]}]},
               {"inv-secgroups": [{"cn": "ExchangeLegacyInterop", "members": ["EX03"]}], "inv-conn": [{"cn": "In", "class": "msExchRoutingGroupConnector", "group": "First Routing Group", "target": "Exchange Routing Group (DWBGZMFD01QNBJR)", "sources": ["EX03"]}]}),
    "MF-011": ("d", {"inv-sendrecv": {"receive": [{"Identity": "MAIL2007\\Default MAIL2007", "PermissionGroups": "AnonymousUsers, ExchangeUsers, ExchangeServers"}]}},
               {"inv-sendrecv": {"receive": [{"Identity": "MAIL2007\\Default MAIL2007", "PermissionGroups": "ExchangeUsers, ExchangeServers, ExchangeLegacyServers"}]}}),
    "MF-021": ("d", {"inv-fw@MAIL2010": [{"host": "EDGE07", "port": 50636, "open": False, "error": "timed out"}]}, {"inv-fw@MAIL2010": [{"host": "EDGE07", "port": 50636, "open": True}]}),
    "MV-010": ("b", {"inv-delegates": [{"alias": "alice", "delegates": ["bob"]}]}, {"inv-delegates": [{"alias": "bob", "delegates": ["carol"]}]}),
    "FEAT-001": ("a", {"inv-conn": [{"cn": "To the bank", "class": "mTA"}]}, {"inv-conn": [{"cn": "Internet", "class": "msExchRoutingSMTPConnector"}]}),
}  # fmt: skip


@pytest.mark.parametrize("rule", FOUND)
def test_what_is_found_in_the_organization(rule: str) -> None:
    letter, broken, kept = FOUND[rule]
    topology = PLANS[letter]()

    def hits(items: dict[str, Any]) -> list[Finding]:
        said = [f for f in evaluate(topology, items) if f.rule == rule and "was not asked" not in f.message]
        return [f for f in said if f not in evaluate(topology)]

    assert hits(broken)
    assert not hits(kept)


def test_old_builds_are_refused_where_no_media_is_there() -> None:
    bare = replace(legacy_a(), media=tuple(m for m in legacy_a().media if m.version == "2007"))

    def said(rule: str, serial: str) -> list[str]:
        items = {"inv-servers": [{"cn": "EX03", "serialNumber": serial}]}
        return [
            f.severity for f in evaluate(bare, items) if f.rule == rule and "was not asked" not in f.message
        ]

    assert said("ORG-008", "Version 6.5 (Build 7226.6: Service Pack 1)") == ["error"]
    assert said("ORG-008", "Version 6.5 (Build 7638.2: Service Pack 2)") == []
    assert said("ORG-009", "Version 6.0 (Build 5762.4: Service Pack 2)") == ["error"]
    # The build of the rollup after SP3 is not confirmed, so below it is no error.
    assert said("ORG-009", "Version 6.0 (Build 6249.4: Service Pack 3)") == ["warning"]
    assert said("ORG-009", "Version 6.0 (Build 6603.1: Service Pack 3)") == []


def test_batches_of_one_routing_group_with_another_between() -> None:
    t = legacy_d()
    assert t.source is not None
    second = replace(t.server_by_name["EX03"], name="EX04", routing_group="Second")
    store = replace(t.database_by_key["Mailbox Store (EX03)"], name="Store4", server="EX04")
    boxes = tuple(replace(b, database="Store4") if b.alias == "olga.old" else b for b in t.source.mailboxes)
    one, two, three = (
        replace(t.batches[1], name=n, order=i, members=m, pilot=False)
        for i, (n, m) in enumerate((("b1", ("otto.old",)), ("b2", ("olga.old",)), ("b3", ("third",))))
    )
    more = (*boxes, replace(boxes[0], alias="third", database="Mailbox Store (EX03)"))
    a = replace(
        t,
        sources=t.sources[:1],
        target=replace(t.target, version="2007"),
        servers=(*t.servers, second),
        databases=(*t.databases, store),
        source=replace(t.source, mailboxes=more),
        batches=(one, two, three),
    )
    (hit,) = [f for f in evaluate(a) if f.rule == "TOP-009"]
    assert "b3" in hit.message
