"""The engine over random graphs and a hostile world: nothing is lost, nothing happens twice."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exmigrate.engine import ENDED, Program, Situation, Status, check_invariants, decide, fold, read_event
from exmigrate.model import Change, Step
from tests.engine.interpreter import Controller, Crash, Journal, World, faults, quiet
from tests.engine.make import change, gate, once, step

pytestmark = pytest.mark.long

FAULTS = ("", "", "crash-before", "crash-after", "never-sent", "lost-before", "lost-after", "throttled")


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """A graph of one to seven steps of all sorts on two hosts."""
    steps: list[Step] = []
    for n in range(draw(st.integers(1, 7))):
        needs = tuple(s.id for s in steps if draw(st.booleans()))
        sort = draw(
            st.sampled_from(("inline", "job", "once", "read", "gate", "batch", "batch-job", "reboot"))
        )
        steps.append(_step(sort, f"s{n}", needs, draw(st.sampled_from(("H1", "H2")))))
    return change(
        *steps, sets={"batch": ("ann", "bob", "cid")}, policy={"batches": {"batch": {"concurrency": 2}}}
    )


def _step(sort: str, id: str, needs: tuple[str, ...], host: str) -> Step:
    match sort:
        case "job":
            return step(id, needs, host=host, run="job")
        case "once":
            return once(id, needs, host=host)
        case "read":
            return step(id, needs, host=host, effect="read", functions=("Check", "Verify"))
        case "gate":
            return gate(id, needs, "probe", host=host)
        case "batch":
            return step(id, needs, host=host, members="batch", unit="member")
        case "batch-job":
            return step(id, needs, host=host, run="job", members="batch", unit="member")
        case "reboot":
            return once(id, needs, host=host, reboot="maybe")
        case _:
            return step(id, needs, host=host)


def _world(made: Change) -> World:
    """Gates are satisfied from the beginning, pollable steps pend once, reads become true by waiting."""
    world = World.of(made)
    for s in made.steps:
        if s.effect in ("gate", "read"):
            world.present.add(s.id)
        world.pending[s.id] = 1
    return world


def _to_the_end(made: Change, world: World, journal: Journal, names: list[str]) -> Controller:
    """Sessions until one finishes; each crash begins another."""
    chaos = faults(names)
    while True:
        controller = Controller(made, world, journal, chaos)
        if journal.events:
            controller.now = journal.events[-1].at
        try:
            controller.run()
        except Crash:
            continue
        return controller


@settings(max_examples=150, deadline=None)
@given(changes(), st.lists(st.sampled_from(FAULTS), max_size=14))
def test_the_end_state_is_that_of_the_undisturbed_run(made: Change, names: list[str]) -> None:
    calm_world, calm = _world(made), Journal()
    _to_the_end(made, calm_world, calm, [])
    world, journal = _world(made), Journal()
    controller = _to_the_end(made, world, journal, names)
    assert {i: r.status for i, r in controller.state.steps.items()} == {
        i: r.status for i, r in calm.state.steps.items()
    }
    assert (world.present, world.members) == (calm_world.present, calm_world.members)


@settings(max_examples=150, deadline=None)
@given(changes(), st.lists(st.sampled_from(FAULTS), max_size=14))
def test_a_once_effect_happens_once(made: Change, names: list[str]) -> None:
    world, journal = _world(made), Journal()
    _to_the_end(made, world, journal, names)
    assert all(count == 1 for count in world.started.values())
    assert not world.sent.total()
    for s in made.steps:
        if s.effect == "once":
            assert world.applied[f"Apply {s.id}"] == 1


@settings(max_examples=100, deadline=None)
@given(changes(), st.lists(st.sampled_from(FAULTS), max_size=10))
def test_every_prefix_holds_the_invariants_and_has_a_next_action(made: Change, names: list[str]) -> None:
    world, journal = _world(made), Journal()
    controller = _to_the_end(made, world, journal, names)
    program = Program(made)
    check_invariants(program, journal.events)
    for n in range(1, len(journal.events) + 1):
        state = fold(read_event(e.to_json()) for e in journal.events[:n])
        assert decide(program, state, controller.now, Situation())


HARD = (*FAULTS, "permanent", "transient", "credentials", "script", "rebuilt", "killed")


@settings(max_examples=200, deadline=None)
@given(changes(), st.lists(st.sampled_from(HARD), max_size=20), st.booleans())
def test_whatever_happens_nothing_is_done_twice_or_called_what_it_is_not(
    made: Change, names: list[str], blocked: bool
) -> None:
    world, journal = _world(made), Journal()
    if blocked and made.steps[-1].effect != "gate":
        world.blocked.add(made.steps[-1].id)
    controller = _to_the_end(made, world, journal, names)
    check_invariants(made, journal.events)
    assert all(count == 1 for count in world.started.values())
    assert not world.sent.total()
    statuses = {s.id: controller.state.of(s.id).status for s in made.steps}
    for s in made.steps:
        if statuses[s.id] in ENDED and s.effect != "gate" and not s.members:
            assert s.id in world.present
        if statuses[s.id] not in (Status.WAITING, Status.OPEN):
            assert all(statuses[n] in ENDED for n in s.needs)


@settings(max_examples=60, deadline=None)
@given(changes(), st.data())
def test_any_prefix_resumed_twice_is_as_resumed_once(made: Change, data: st.DataObject) -> None:
    world, journal = _world(made), Journal()
    _to_the_end(made, world, journal, [])
    cut = data.draw(st.integers(0, len(journal.events)))
    once_, twice = Journal(), Journal()
    once_.events, twice.events = journal.events[:cut], journal.events[:cut]
    first = _to_the_end(made, world, once_, [])
    Controller(made, world, twice, quiet, now=first.now).open()
    second = _to_the_end(made, world, twice, [])
    assert {i: r.status for i, r in first.state.steps.items()} == {
        i: r.status for i, r in second.state.steps.items()
    }
    assert Status.UNKNOWN not in {r.status for r in second.state.steps.values()}
    assert all(count == 1 for count in world.started.values())
