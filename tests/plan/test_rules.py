"""The rules: the table, a breaking plan for each predicate, waivers, and what an inventory adds."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest

from exmigrate.model import Finding, Topology
from exmigrate.model.topology import Waiver
from exmigrate.plan import load
from exmigrate.plan.rules import ITEMS, PREDICATES, Hit, blocking, evaluate, judge, rules
from tests.plan.broken import broken, changed
from tests.plan.legacy_rule_cases import ALTERED, BREAKS, KEEPS
from tests.plan.rule_cases import SINGLE, TWO
from tests.plan.topologies import PLANS, single_site, two_site

UNWAIVABLE = "ORG-002 ORG-004 ORG-012 ORG-019 CA-001 CA-002 MF-001 MF-008 PF-002 DEC-001 DEC-004".split()


def two_site_changed(*changes: tuple[str, str]) -> Topology:
    folder = PLANS / "two-site-2007-2010"
    text = changed(*changes, text=(folder / "plan.yaml").read_text("utf-8"))
    result = load(text.encode(), "plan.yaml", lambda name: (folder / name).read_bytes())
    assert result.provisional is not None, [str(p) for p in result.problems]
    return result.provisional


def found(topology: Topology, rule: str) -> list[Finding]:
    return [f for f in evaluate(topology) if f.rule == rule and "was not asked" not in f.message]


def test_the_table_is_the_dossier() -> None:
    families = Counter(rule.partition("-")[0] for rule in rules())
    assert families == {
        "ORG": 30, "TOP": 25, "CA": 35, "MF": 29, "ADM": 7, "PF": 8, "OAB": 3, "MV": 12, "UM": 4, "DEC": 14, "EXE": 8,
        "FEAT": 5, "ISS": 10,
        # Beyond the coexistence rules: what several domains ask for.
        "DOM": 1,
    }  # fmt: skip
    assert sum(families.values()) == 191


def test_every_rule_is_complete() -> None:
    for rule in rules().values():
        assert rule.severity in ("error", "warning", "info"), rule.id
        assert rule.where in ("plan", "graph", "inventory", "build", "person"), rule.id
        assert set(rule.plans) <= set("ABCD"), rule.id
        assert rule.plans, rule.id
        assert rule.message, rule.id
        assert rule.when, rule.id


def test_what_cannot_be_waived() -> None:
    assert [r.id for r in rules().values() if not r.waivable] == sorted(UNWAIVABLE, key=list(rules()).index)


def test_every_predicate_has_a_rule_a_remedy_and_a_case() -> None:
    for rule in PREDICATES:
        assert rules()[rule].where == "plan", rule
        assert rules()[rule].remedy, rule
    assert set(PREDICATES) == {*SINGLE, *TWO, *BREAKS, *ALTERED, *KEEPS}


@pytest.mark.parametrize("rule", SINGLE)
def test_a_plan_that_breaks_the_rule(rule: str) -> None:
    result = broken(*SINGLE[rule])
    assert result.provisional is not None, [str(p) for p in result.problems]
    hits = found(result.provisional, rule)
    assert hits
    for finding in hits:
        assert finding.line > 1
        assert finding.remedy
        assert finding.severity in ("error", "warning", "info")
    if hits[0].severity == "error":
        assert f"EXM-R-{rule}" in [p.code for p in result.errors]
        assert result.topology is None


@pytest.mark.parametrize("rule", TWO)
def test_a_two_site_plan_that_breaks_the_rule(rule: str) -> None:
    hits = found(two_site_changed(*TWO[rule]), rule)
    assert hits
    assert all(f.line > 1 and f.remedy for f in hits)


@pytest.mark.parametrize("topology", [single_site, two_site])
def test_shipped_plans_break_no_rule(topology: object) -> None:
    findings = evaluate(topology())  # type: ignore[operator]
    assert not blocking(findings)
    assert {f.rule for f in findings if f.severity == "warning" and not f.waived} == {"FEAT-004"}


def test_a_waiver_carries_who_when_and_why() -> None:
    (finding,) = found(two_site(), "TOP-024")
    assert finding.waived is not None
    assert set(finding.waived) == {"who", "date", "reason"}
    assert not blocking([replace(finding, severity="error")])


def waived(rule: str, *changes: tuple[str, str]) -> Topology:
    result = broken(*changes)
    assert result.provisional is not None
    waiver = Waiver(rule, "M. Keller", "2011-03-01", "We know what we do.", "policy")
    policy = replace(result.provisional.policy, waivers=(waiver,))
    return replace(result.provisional, policy=policy)


def test_an_error_may_be_waived() -> None:
    topology = waived("CA-011", *SINGLE["CA-011"])
    assert not [f for f in blocking(evaluate(topology)) if f.rule == "CA-011"]


def test_the_unwaivable_stay() -> None:
    messages = [
        f.message for f in blocking(evaluate(waived("CA-001", *SINGLE["CA-001"]))) if f.rule == "CA-001"
    ]
    assert len(messages) == 2
    assert any("cannot be waived" in m for m in messages)


def test_a_waiver_of_nothing_is_said() -> None:
    (finding,) = [f for f in evaluate(waived("CA-014")) if f.rule == "CA-014"]
    assert finding.severity == "info"


def test_a_waiver_of_a_rule_that_is_none() -> None:
    (finding,) = [f for f in evaluate(waived("TOP-042")) if f.rule == "TOP-042"]
    assert finding.severity == "error"
    assert "Did you mean" in finding.message


def test_the_limit_of_lost_items_makes_it_an_error() -> None:
    result = broken(("    concurrency: 2", "    bad_item_limit: 51"))
    assert "EXM-R-MV-006" in [p.code for p in result.errors]


def test_compile_judges_with_the_same_table() -> None:
    topology = single_site()
    (finding,) = judge(
        topology, ["anything"], {"EXE-003": lambda graph: [Hit(f"{graph[0]} has no gate", "policy")]}
    )
    assert finding.severity == "warning"
    assert (
        finding.message
        == "anything has no gate. Insert gate (gate-backup for ad-prep and patches, gate-decommission for removal count)"
    )
    assert finding.line == topology.where("policy").line


def test_rules_of_other_transitions_are_not_judged() -> None:
    assert judge(single_site(), None, {"ORG-008": lambda _: [Hit("x")]}) == ()


def test_offline_what_was_not_asked_is_only_said() -> None:
    findings = [f for f in evaluate(single_site()) if "was not asked" in f.message]
    assert {f.rule for f in findings} >= {"ORG-001", "ORG-002", "EXE-001", "EXE-002"}
    assert {f.severity for f in findings} == {"info"}


def test_an_item_that_was_asked_and_is_missing_is_an_error() -> None:
    findings = evaluate(single_site(), {}, asked=["inv-org"])
    assert [f.rule for f in findings if f.severity == "error"] == ["ORG-002"]


@pytest.mark.parametrize(
    ("rule", "items"),
    [
        ("ORG-001", {"inv-servers": [{"cn": "OLD55", "serialNumber": "Version 5.5 (Build 2653.23)"}]}),
        ("ORG-002", {"inv-org": {"name": "Contoso", "msExchMixedMode": "TRUE"}}),
        ("ORG-013", {"inv-schema@DC01": {"rangeUpper": 14622}}),
        (
            "ORG-012",
            {"inv-schema": [{"dc": "DC01", "rangeUpper": 14734}, {"dc": "DC02", "rangeUpper": 15137}]},
        ),
        ("ORG-014", {"inv-ffl": {"forest": 0, "domains": {}}}),
        ("ORG-023", {"inv-rpol": [{"cn": "Fax", "gatewayProxy": ["smtp:@contoso.com", "FAX:@x", "FAX:@y"]}]}),
        ("EXE-001", {"inv-os@MAIL2010": {"PendingReboot": True}}),
        ("EXE-002", {"inv-watermark@MAIL2007": {"HubTransport": "{guid}"}}),
    ],
)
def test_what_was_found_is_judged(rule: str, items: dict[str, object]) -> None:
    assert found(replace(single_site()), rule) == []
    assert [f for f in evaluate(single_site(), items) if f.rule == rule and "was not asked" not in f.message]


def test_harmless_findings_of_the_inventory_say_nothing() -> None:
    items = {
        "inv-servers": [{"cn": "MAIL2007", "serialNumber": "Version 8.3 (Build 30083.6)"}],
        "inv-org": {"msExchMixedMode": "FALSE"},
        "inv-schema": [{"dc": "DC01", "rangeUpper": 14625}],
        "inv-ffl": {"forest": 2, "domains": {"contoso.local": 2}},
        "inv-rpol": [
            {"cn": "Default Policy", "gatewayProxy": ["SMTP:@contoso.com", "smtp:@contoso.ch", "X400:c=CH;"]}
        ],
        "inv-os@MAIL2010": {"PendingReboot": False},
        "inv-watermark@MAIL2007": {"HubTransport": None},
    }
    live = {"ORG-001", "ORG-002", "ORG-010", "ORG-012", "ORG-013", "ORG-014", "ORG-023", "EXE-001", "EXE-002"}
    assert not [f for f in evaluate(single_site(), items) if f.rule in live]


def test_an_old_server_that_was_found_needs_media_to_patch_it() -> None:
    items = {"inv-servers": [{"cn": "MAIL2007", "serialNumber": "Version 8.1 (Build 30240.6)"}]}
    assert not [f for f in evaluate(single_site(), items) if f.rule == "ORG-010"]
    bare = replace(single_site(), media=tuple(m for m in single_site().media if m.version != "2007"))
    assert [f for f in evaluate(bare, items) if f.rule == "ORG-010"]


def test_the_items_that_rules_read_are_named() -> None:
    assert {item for rule in rules().values() if rule.where == "inventory" for item in rule.inventory} & ITEMS
    assert "inv-org" in ITEMS
