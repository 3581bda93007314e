"""Random organizations, from the bytes of their plans: a graph that keeps every rule of order, or a refusal that is true.

`dossier` reads the graph invariants anew from the rules' text; `random_plans` makes the plans. A plan without a flaw
must compile; one with a flaw must be refused for that flaw.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import HealthCheck, example, given, settings

from exmigrate.catalog import Catalog, load_catalog
from exmigrate.change import parse, to_bytes
from exmigrate.compile import compile_plan
from exmigrate.compile.coexistence import expanded
from exmigrate.model import Change, Refused, Topology
from exmigrate.plan import load
from tests.compile.dossier import wrong
from tests.compile.random_plans import plan_bytes
from tests.compile.random_shapes import FLAWS, Shape, SiteShape, shapes
from tests.plan.topologies import two_site


@cache
def catalog() -> Catalog:
    return load_catalog("")


def outcome(shape: Shape) -> tuple[Topology | None, Change | None, set[str]]:
    """Topology and change of a plan, or the codes of what refused it; every reason is told whole."""
    result = load(plan_bytes(shape), "plan.yaml")
    if result.topology is None:
        for problem in result.errors:
            assert problem.message
            assert problem.why or problem.remedy
            assert problem.location.line > 0
        return None, None, {p.code.removeprefix("EXM-R-") for p in result.errors}
    try:
        change = compile_plan(result.topology, catalog(), findings=result.findings).change
    except Refused as refusal:
        refused = refusal
    else:
        errors = {f.rule for f in change.findings if f.severity == "error" and not f.waived}
        return result.topology, change, errors
    assert refused.message
    assert refused.why or refused.next
    return result.topology, None, {refused.code}


TWO_FACING_ONE_BEHIND = Shape(
    sites=(
        SiteShape(old=4, new=3, facing=True, dag=True, edge="replaced", connectors=2, expansion=True),
        SiteShape(facing=True),
        SiteShape(old=2, new=None),
    )
)
NO_PILOT_WHERE_IT_STARTS = Shape(
    sites=(SiteShape(facing=True), SiteShape(), SiteShape(facing=True)), pilots=(2,)
)


@settings(
    max_examples=20, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)  # fmt: skip
@example(shape=TWO_FACING_ONE_BEHIND)
@example(shape=NO_PILOT_WHERE_IT_STARTS)
@given(shape=shapes())
def test_a_random_organization_keeps_the_rules_or_is_refused_for_a_true_reason(shape: Shape) -> None:
    topology, change, refused = outcome(shape)
    if refused:
        assert shape.flaw, f"a plan without a flaw is refused: {refused}"
        assert refused & set(FLAWS[shape.flaw]), f"{shape.flaw} is refused for {refused}"
        return
    assert topology is not None
    assert change is not None
    assert not shape.flaw or not _shows(shape), f"{shape.flaw} is not refused"
    assert wrong(change, topology) == []
    assert parse(to_bytes(change), "x").steps == change.steps
    _covers_what_clients_see(change, topology)


def _shows(shape: Shape) -> bool:
    """Whether a flaw has anything to show itself on in this shape."""
    inner = any(not s.facing for s in shape.sites)
    shown = {
        "external-url": inner,
        "no-pf-target": shape.folders,
        "edge-without-hub": len(shape.sites) > 1,
        "facing-closes": any(s.facing for s in shape.sites[1:]),
        "no-legacy-name": sum(s.batches for s in shape.sites) > 1,
    }
    return shown.get(shape.flaw, True)


def _covers_what_clients_see(change: Change, topology: Topology) -> None:
    """Nobody's mailbox is without a way in at any stage, and no old mailbox is told of once it is gone."""
    rows = expanded(change.coexistence)
    assert {r["site"] for r in rows if not r["after"]} == {s.name for s in topology.sites}
    web = [r for r in rows if r["protocol"] == "owa" and r["mailbox"] == "2007"]
    stranded = [r for r in web if r["behaviour"] == "not-available"]
    assert stranded == []
    stays = {s.site for s in topology.servers if s.keep}
    assert {r["site"] for r in rows if r["stage"] == "After the removal" and r["mailbox"] == "2007"} <= stays


BROKEN = {
    "install-mailbox@EX10-MB1": "g05",
    "prepare-schema": "g16",
    "cutover-client-namespace@site:Zurich": "g07",
    "sync-mailboxes@batch:pilot": "g08",
    "uninstall-2007-hub@CASHUB07-1": "g11_g27",
    "uninstall-2007-cas@CASHUB07-1": "g13",
    "edge-subscribe@edge:EDGE10-1": "g20",
    "install-hub@EX10-CH3": "g22",
    "gate-publish-namespace@site:Zurich": "g23",
    "move-public-folder-replicas@MBX07-1": "g26",
    "remove-2007-databases@database:ZRH07-PF1": "g28",
    "move-send-connector-source@connector:Fax gateway": "g29",
    "install-cas@EX10-CH3": "order_of_sites",
    "prepare-ad": "order_of_preparation",
    "configure-cas-vdirs@EX10-CH1": "hosts_live",
}


@pytest.mark.parametrize("step", BROKEN)
def test_a_reading_sees_a_step_that_waits_for_nothing(step: str) -> None:
    change = compile_plan(two_site(), catalog()).change
    loose = tuple(replace(s, needs=()) if s.id == step else s for s in change.steps)
    found = {said.partition(":")[0] for said in wrong(replace(change, steps=loose), two_site())}
    assert BROKEN[step] in found


@pytest.mark.parametrize("kind", ["gate-backup", "set-autodiscover-scp", "move-oab", "gate-outbound-path"])
def test_a_reading_misses_a_step_that_is_not_there(kind: str) -> None:
    change = compile_plan(two_site(), catalog()).change
    gone = {s.id for s in change.steps if s.kind == kind}
    rest = tuple(
        replace(s, needs=tuple(n for n in s.needs if n not in gone)) for s in change.steps if s.id not in gone
    )
    assert any(" is not in the graph" in said for said in wrong(replace(change, steps=rest), two_site()))


def test_a_pilot_that_moves_to_a_later_site_does_not_wait_for_itself() -> None:
    t = two_site()
    away = tuple(replace(b, targets=("GVA10-DB01",)) if b.pilot else b for b in t.batches)
    moved = replace(t, batches=away, policy=replace(t.policy, later_sites="after-pilot"))
    change = compile_plan(moved, catalog()).change
    assert wrong(change, moved) == []
    assert "cutover-client-namespace@site:Zurich" in change.by_id["install-cas@EX10-CH3"].needs
