"""SARIF: the shape that the published schema requires, and what stands in it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from exmigrate.model import Finding, Location, Refused
from exmigrate.plan import Problem, load
from exmigrate.report.sarif import sarif, uri
from tests.plan.topologies import PLANS

LEVELS = {"none", "note", "warning", "error"}

# Required properties, types and enumerations of sarif-schema-2.1.0.json for the objects that we write. A `?` marks an
# optional key; no other key may stand in an object.
MESSAGE = {"text": str}
REGION = {"startLine": int, "startColumn?": int, "snippet?": {"text": str}}
LOCATION = {"physicalLocation": {"artifactLocation": {"uri": str}, "region?": REGION}}
DESCRIPTOR = {
    "id": str,
    "shortDescription": MESSAGE,
    "help": MESSAGE,
    "defaultConfiguration": {"level": LEVELS},
}
SUPPRESSION = {
    "kind": {"inSource", "external"},
    "status": {"accepted", "underReview", "rejected"},
    "justification": str,
}
RESULT = {
    "ruleId": str,
    "ruleIndex": int,
    "level": LEVELS,
    "message": MESSAGE,
    "locations": [LOCATION],
    "suppressions?": [SUPPRESSION],
}
RUN = {
    "tool": {"driver": {"name": str, "version": str, "rules": [DESCRIPTOR]}},
    "columnKind": {"utf16CodeUnits", "unicodeCodePoints"},
    "results": [RESULT],
}
LOG = {"$schema": str, "version": {"2.1.0"}, "runs": [RUN]}


def check(value: Any, shape: Any, at: str = "$") -> None:
    match shape:
        case dict():
            keys = {k.rstrip("?"): v for k, v in shape.items()}
            assert isinstance(value, dict), at
            assert set(value) <= set(keys), f"{at}: {set(value) - set(keys)}"
            assert {k for k in shape if not k.endswith("?")} <= set(value), at
            for key, inner in value.items():
                check(inner, keys[key], f"{at}.{key}")
        case list():
            assert isinstance(value, list), at
            for n, inner in enumerate(value):
                check(inner, shape[0], f"{at}[{n}]")
        case set():
            assert value in shape, f"{at}: {value}"
        case _:
            assert type(value) is shape, f"{at}: {value!r}"


def checked(log: dict[str, Any]) -> dict[str, Any]:
    """The run of a log that has the published shape, and whose indices and positions are in range."""
    check(json.loads(json.dumps(log)), LOG)
    [run] = log["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len({r["id"] for r in rules}) == len(rules)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        for place in result["locations"]:
            region = place["physicalLocation"].get("region", {})
            assert all(region.get(k, 1) >= 1 for k in ("startLine", "startColumn"))
    found: dict[str, Any] = run
    return found


def test_a_clean_plan_is_a_log_without_results() -> None:
    assert checked(sarif("1"))["results"] == []


@pytest.mark.parametrize("plan", ["single-site-2007-2010", "two-site-2007-2010"])
def test_findings_of_a_shipped_plan_have_rule_level_and_place(plan: str) -> None:
    loaded = load(PLANS / plan / "plan.yaml")
    run = checked(sarif("1", problems=loaded.problems, findings=loaded.findings))
    assert len(run["results"]) == len(loaded.problems) + len(loaded.findings)
    for result, finding in zip(run["results"][len(loaded.problems) :], loaded.findings, strict=True):
        assert result["ruleId"] == finding.rule
        assert ("suppressions" in result) == bool(finding.waived)
        assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].endswith("/plan.yaml")


def test_problems_of_a_broken_plan_are_errors_at_their_line() -> None:
    loaded = load(b"format: exmigrate.plan/1\nname: x\nnmae: y\n", "broken plan.yaml")
    run = checked(sarif("1", problems=loaded.problems))
    unknown = next(r for r in run["results"] if r["ruleId"] == "EXM-L021")
    assert unknown["level"] == "error"
    place = unknown["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "broken%20plan.yaml"
    assert place["region"]["startLine"] == 3
    assert place["region"]["snippet"]["text"] == "nmae: y"
    rule = run["tool"]["driver"]["rules"][unknown["ruleIndex"]]
    assert rule["shortDescription"]["text"] == "Unknown key"


def test_a_rule_brings_its_condition_remedy_and_source() -> None:
    finding = Finding("TOP-024", "warning", "Two Mailbox servers and no DAG", "plan.yaml", 4, 2)
    [rule] = checked(sarif("1", findings=[finding]))["tool"]["driver"]["rules"]
    assert "create-dag" in rule["help"]["text"]
    assert "Source: T12,X" in rule["help"]["text"]
    assert rule["defaultConfiguration"] == {"level": "warning"}


def test_information_is_a_note_and_a_waiver_a_suppression() -> None:
    waived = {"who": "M. Keller", "date": "2011-03-02", "reason": "replicated storage"}
    findings = [Finding("MV-003", "info", "Online"), Finding("TOP-024", "warning", "No DAG", waived=waived)]
    note, suppressed = checked(sarif("1", findings=findings))["results"]
    assert note["level"] == "note"
    assert note["locations"] == []
    assert suppressed["suppressions"][0]["justification"] == "M. Keller, 2011-03-02: replicated storage"


def test_a_problem_without_line_has_no_region() -> None:
    problem = Problem("EXM-L002", "error", "the file is empty", Location("plan.yaml"))
    [result] = checked(sarif("1", problems=[problem]))["results"]
    assert "region" not in result["locations"][0]["physicalLocation"]


def test_what_refuses_to_compile_is_a_result_too() -> None:
    error = Refused("Two steps need each other.", why="a circle", next="change the plan")
    [result] = checked(sarif("1", errors=[error], file="plan.yaml"))["results"]
    assert result["message"]["text"] == "Two steps need each other. Why: a circle. Remedy: change the plan."
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "plan.yaml"


def test_file_names_are_uris() -> None:
    assert uri("plans/größe 1/plan.yaml") == "plans/gr%C3%B6%C3%9Fe%201/plan.yaml"
    assert uri(str(Path("/srv/a b/plan.yaml"))) == "file:///srv/a%20b/plan.yaml"
