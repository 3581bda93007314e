"""Windows in which nothing would ever start are told when the plan is made, not when the operator waits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from exmigrate.catalog import load_catalog
from exmigrate.compile import compile_plan
from exmigrate.model import Finding, Topology
from exmigrate.model.topology import Window
from exmigrate.runner import window_findings
from tests.plan.topologies import two_site

NOW = datetime(2011, 2, 1, 12, tzinfo=UTC)


def told(topology: Topology) -> list[Finding]:
    change = compile_plan(topology, load_catalog()).change
    return list(window_findings(topology, change, NOW))


def with_windows(change: object) -> Topology:
    topology = two_site()
    windows = tuple(change(w) for w in topology.policy.windows)  # type: ignore[operator]
    return replace(topology, policy=replace(topology.policy, windows=windows))


def test_the_shipped_plan_has_room_for_everything() -> None:
    assert told(two_site()) == []


def test_a_window_that_is_too_short_for_its_longest_work() -> None:
    default = two_site().policy.default_window

    def short(window: Window) -> Window:
        return replace(window, length=20) if window.name == default else window

    (finding,) = told(with_windows(short))
    assert (finding.rule, finding.severity) == ("EXM-C031", "error")
    assert f"'{default}' is open for 20 min at most" in finding.message
    assert "would never start" in finding.message
    assert finding.file.endswith("plan.yaml")
    assert finding.line > 0


def test_what_is_advised_is_enough() -> None:
    default = two_site().policy.default_window

    def lasting(minutes: int) -> list[Finding]:
        return told(with_windows(lambda w: replace(w, length=minutes) if w.name == default else w))

    (finding,) = lasting(20)
    advised = int(finding.remedy.split("for ")[1].split(" min")[0])
    assert lasting(advised) == []
    assert lasting(advised - 1) != []


def test_a_window_all_of_whose_days_are_blacked_out() -> None:
    topology = two_site()
    days = tuple((date(2011, 1, 20) + timedelta(days=n)).isoformat() for n in range(500))
    policy = replace(topology.policy, blackout_dates=days)
    findings = told(replace(topology, policy=policy))
    assert {f.message.split("'")[1] for f in findings} == {w.name for w in policy.windows}
    assert all("never opens" in f.message for f in findings)
