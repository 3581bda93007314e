"""The world of a rehearsal for plans with 2000 and 2003: made of the plan's source facts, with a person for each gate."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exmigrate.compile import compile_plan
from exmigrate.model import Step
from exmigrate.model.topology import Topology
from exmigrate.rehearse import world_spec
from exmigrate.rehearse.acts import acts_for
from exmigrate.twin.serve import build_world
from exmigrate.twin.world.legacy.snapshot import take
from exmigrate.twin.world.spec import WorldSpec
from tests.catalog.scripts import catalog
from tests.plan import topologies

PLANS = {"a": topologies.legacy_a, "b": topologies.legacy_b, "d": topologies.legacy_d}


@pytest.fixture(params=sorted(PLANS))
def topology(request: pytest.FixtureRequest) -> Topology:
    """A small plan of each legacy transition."""
    return PLANS[request.param]()


def test_every_old_server_and_group_of_the_facts_is_in_the_directory(topology: Topology) -> None:
    source = topology.source
    assert source is not None
    spec = world_spec(topology, {})
    assert WorldSpec.from_json(spec.to_json()) == spec
    found = take(build_world(spec))
    old = {
        m.name for m in source.machines if m.exchange is not None and m.exchange.version in ("2000", "2003")
    }
    assert set(found["servers"]) == old
    assert set(found["routing_groups"]) == {g.name for g in source.routing_groups}
    assert len(found["routing_group_connectors"]) == len(source.routing_group_connectors)
    assert set(found["smtp_connectors"]) == {c.name for c in source.smtp_connectors}
    assert {p.name for p in source.address_policies} <= set(found["policies"])
    assert found["mixed_mode"] == source.mixed_mode
    assert found["permissions"] == {d.name: source.version not in ("2000", "2003") for d in source.domains}


def test_wishes_do_not_show(topology: Topology) -> None:
    bare = replace(topology, mail_flow=replace(topology.mail_flow, routing_group_connectors=()), batches=())
    assert world_spec(bare, {}) == world_spec(topology, {})


def test_lag_of_a_controller_and_levels_are_facts(topology: Topology) -> None:
    source = topology.source
    assert source is not None
    name = source.domain_controllers[0].name
    slow = replace(topology, source=replace(source, replication_minutes={name: 45}, mixed_mode=True))
    spec = world_spec(slow, {})
    assert next(dc.lag_min for dc in spec.forest.domain_controllers if dc.name == name) == 45
    assert spec.forest.mixed_mode


def test_persons_know_what_to_do_at_the_gates_of_old_servers(topology: Topology) -> None:
    compiled = compile_plan(topology, catalog())
    known = build_world(world_spec(topology, {})).exchange.people.actions()
    done: dict[str, list[str]] = {}

    def acts(step: Step) -> list[str]:
        return [act.action for act in acts_for(topology, step, lambda ref: ref)]

    for step in compiled.change.steps:
        done.setdefault(step.kind, []).extend(acts(step))
    assert {action for actions in done.values() for action in actions} <= set(known)
    for kind, action in {
        "clear-mailbox-manager-policies": "clear-mailbox-manager",
        "move-pf-hierarchy": "move-folder-tree",
        "delete-rus": "delete-update-services",
        "uninstall-legacy-server": "uninstall-legacy",
        "remove-legacy-routing-groups": "delete-routing-groups",
    }.items():
        assert action in done[kind], kind
