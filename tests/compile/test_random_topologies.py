"""Random organizations, from the bytes of their plans: a graph that keeps every rule of order, or a refusal that is true.

`dossier` reads the graph invariants anew from the rules' text; `random_plans` makes the plans. A plan without a flaw
must compile; one with a flaw must be refused for that flaw.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings

from exmigrate.catalog import Catalog, load_catalog
from exmigrate.change import parse, to_bytes
from exmigrate.compile import compile_plan
from exmigrate.compile.coexistence import expanded
from exmigrate.model import Change, Refused, Topology
from exmigrate.plan import load
from tests.compile.dossier import wrong
from tests.compile.random_plans import plan_bytes
from tests.compile.random_shapes import (
    FLAWS,
    LEGACY_FLAWS,
    NEW_LAYOUTS,
    OLD_LAYOUTS,
    Shape,
    SiteShape,
    legacy_shapes,
    shapes,
)
from tests.plan.topologies import two_site

pytestmark = pytest.mark.long


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
    max_examples=10, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)  # fmt: skip
@example(shape=TWO_FACING_ONE_BEHIND)
@example(shape=NO_PILOT_WHERE_IT_STARTS)
@given(shape=shapes())
def test_a_random_organization_keeps_the_rules_or_is_refused_for_a_true_reason(shape: Shape) -> None:
    _keeps_the_rules_or_is_refused(shape)


A_FRONT_END_IS_THE_MASTER = Shape(
    sites=(
        SiteShape(old=-1, new=1, facing=True, array=False, legacy=2),
        SiteShape(old=-1, new=5, array=False, legacy=3, group=1, version="2000"),
    ),
    pilots=(),
    transition="A",
    um_users=True,
)
A_BRIDGEHEAD_IN_A_LATER_SITE = Shape(
    sites=(
        SiteShape(old=-1, facing=True, legacy=3, group=2),
        SiteShape(old=-1, new=1, legacy=3, group=1, driven=False),
        SiteShape(old=-1, new=None, legacy=1, group=1),
    ),
    domains=2,
    transition="B",
    manager=True,
    um_users=True,
)
BOTH_OLD_VERSIONS_IN_THREE_SITES = Shape(
    sites=(
        SiteShape(old=2, new=1, facing=True, edge="replaced", connectors=1, expansion=True),
        SiteShape(old=1, new=5, facing=True, legacy=3, group=1),
        SiteShape(old=-1, new=0, legacy=2, group=2, expansion=True),
    ),
    domains=3,
    transition="D",
    suppressed=True,
)


@pytest.mark.parametrize("transition", ["A", "B", "D"])
def test_a_random_organization_with_old_servers_keeps_the_rules_or_is_refused_for_a_true_reason(
    transition: str,
) -> None:
    @settings(
        max_examples=6, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck), database=None,
        phases=(Phase.generate,),
    )  # fmt: skip
    @given(shape=legacy_shapes(transition))
    def every(shape: Shape) -> None:
        _keeps_the_rules_or_is_refused(shape)

    every()


@pytest.mark.parametrize(
    "shape", [A_FRONT_END_IS_THE_MASTER, A_BRIDGEHEAD_IN_A_LATER_SITE, BOTH_OLD_VERSIONS_IN_THREE_SITES]
)
def test_an_organization_that_was_hard_once(shape: Shape) -> None:
    assert not shape.flaw
    _keeps_the_rules_or_is_refused(shape)


@pytest.mark.parametrize("flaw", sorted(LEGACY_FLAWS))
def test_what_is_wrong_on_purpose_with_old_servers_is_refused_for_it(flaw: str) -> None:
    transition = {"plain-url": "B", "no-pair": "D", "um-first": "A", "old-windows": "A"}.get(flaw, "A")
    sites = (
        SiteShape(old=-1, new=5, facing=True, array=False, legacy=2, pair=True),
        SiteShape(old=-1, new=1, array=False, legacy=0, group=1),
    )
    with_2007 = tuple(replace(s, old=0) for s in sites) if transition == "D" else sites
    shape = Shape(sites=with_2007, transition=transition, flaw=flaw)
    topology, change, refused = outcome(shape)
    assert refused & set(LEGACY_FLAWS[flaw]), refused
    assert topology is None or change is None or refused


def _keeps_the_rules_or_is_refused(shape: Shape) -> None:
    flaws = FLAWS if shape.transition == "C" else LEGACY_FLAWS
    topology, change, refused = outcome(shape)
    if refused:
        assert shape.flaw, f"a plan without a flaw is refused: {refused}"
        assert refused & set(flaws[shape.flaw]), f"{shape.flaw} is refused for {refused}"
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
        "shared-legacy-name": sum(s.facing and _has_2007_cas(s) for s in shape.sites) > 1,
        "no-legacy-name": sum(s.batches for s in shape.sites) > 1,
        **_shows_on_old(shape),
    }
    return shown.get(shape.flaw, True)


def _has_2007_cas(site: SiteShape) -> bool:
    return site.old >= 0 and "cas" in sum(OLD_LAYOUTS[site.old], ())


def _shows_on_old(shape: Shape) -> dict[str, bool]:
    if shape.transition == "C":
        return {}
    having = [s for s in shape.sites if s.legacy >= 0]
    groups = {s.group for s in having}
    um = any(s.new is not None and "um" in sum(NEW_LAYOUTS[s.new], ()) for s in shape.sites)
    return {
        "unpatched": any(s.version == "2003" for s in having),
        "link-state": len(groups) > 1 and any(s.pair for s in having if s.group != min(groups)),
        "plain-url": shape.transition != "A",
        "no-pair": shape.transition == "D",
        "old-windows": shape.transition == "A",
        "um-first": shape.transition == "A",
        "um-stays": shape.transition != "D" and um,
        "no-pf-target": True,
    }


def _covers_what_clients_see(change: Change, topology: Topology) -> None:
    """Nobody's mailbox is without a way in at any stage, and no old mailbox is told of once it is gone."""
    rows = expanded(change.coexistence)
    assert {r["site"] for r in rows if not r["after"]} == {s.name for s in topology.sites}
    web = [r for r in rows if r["protocol"] == "owa" and r["mailbox"] in topology.versions]
    stranded = [r for r in web if r["behaviour"] == "not-available"]
    assert stranded == []
    stays = {s.site for s in topology.servers if s.keep}
    removed = [r for r in rows if r["stage"] == "After the removal" and r["mailbox"] in topology.versions]
    assert {r["site"] for r in removed} <= stays


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
