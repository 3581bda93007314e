"""What starts together and what does not."""

from __future__ import annotations

import pytest

from exmigrate.engine import Program, SelectionRefused, Situation, StepCommand, decide, evolve, waiting_for
from exmigrate.engine import commands as cmd
from exmigrate.engine import events as ev
from exmigrate.engine.state import RunState
from exmigrate.model import Change, Estimate
from tests.engine.interpreter import START, Controller, Journal, World
from tests.engine.make import change, once, step


def opened() -> RunState:
    state = evolve(RunState(), ev.RunStarted(at=START, run="r1", effect_digest="d"))
    return evolve(state, ev.ControllerTook(at=START, fence=1, owner="me"))


def first(made: Change) -> list[str]:
    """The steps that start at once."""
    found = decide(Program(made), opened(), START, Situation())
    return [c.step for c in found if isinstance(c, StepCommand)]


def test_one_mutating_step_a_host_and_the_longest_path_first() -> None:
    made = change(
        step("short"),
        step("long", estimate=Estimate(500, 600)),
        step("elsewhere", host="H2"),
        step("look", effect="read"),
    )
    assert first(made) == ["long", "elsewhere", "look"] or set(first(made)) == {"long", "elsewhere", "look"}


def test_a_long_tail_counts_as_the_length_of_the_path() -> None:
    made = change(step("a"), step("b"), step("c", ("b",), estimate=Estimate(900, 900), host="H2"))
    assert first(made) == ["b"]


def test_a_small_priority_comes_first() -> None:
    made = change(step("a", estimate=Estimate(500, 500)), step("b", priority=1))
    assert first(made) == ["b"]


def test_no_setup_runs_beside_directory_preparation() -> None:
    tags = ("setup", "directory-preparation")
    made = change(
        once("prepare", host="AD", tags=tags, estimate=Estimate(900, 900)),
        once("prepare-2", host="AD2", tags=tags),
        once("install", host="H1"),
        step("other", host="H2"),
    )
    assert set(first(made)) == {"prepare", "other"}


def test_setups_on_different_hosts_run_together() -> None:
    assert set(first(change(once("a", host="H1"), once("b", host="H2")))) == {"a", "b"}


def test_a_limit_holds() -> None:
    steps = [step(f"s{n}", host=f"H{n}", limits=("moves",)) for n in range(4)]
    assert len(first(change(*steps, policy={"limits": {"moves": 2}}))) == 2


def test_the_organizations_limit_is_of_all_that_changes_something() -> None:
    steps = [step(f"s{n}", host=f"H{n}") for n in range(4)]
    looks = [step(f"r{n}", host=f"H{n}", effect="read") for n in range(4)]
    assert len(first(change(*steps, *looks, policy={"limits": {"organization": 3}}))) == 7


def test_a_limit_of_each_site_holds_for_each_by_itself() -> None:
    from exmigrate.model import Scope

    steps = [
        step(f"s{n}@site:{site}", host=f"H{n}{site}", scope=Scope("site", site, site))
        for n in range(2)
        for site in ("Zurich", "Geneva")
    ]
    assert len(first(change(*steps, policy={"limits": {"site": 1}}))) == 2


def test_nothing_else_is_asked_of_a_host_in_setup() -> None:
    made = change(once("setup"), step("look", effect="read"), step("far", effect="read", host="H2"))
    world = World.of(made)
    world.present.update({"look", "far"})
    controller = Controller(made, world, Journal())
    controller.run()
    names = [n for n in world.log if n[1] in ("setup", "look")]
    submit, done = names.index(("SubmitJob", "setup")), names.index(("Verify", "setup"))
    assert not [n for n in names[submit:done] if n[1] == "look"]


def test_while_a_postcondition_is_waited_for_the_host_is_free() -> None:
    made = change(step("wait", estimate=Estimate(900, 900)), step("other"))
    world = World.of(made)
    world.pending["wait"] = 3
    controller = Controller(made, world, Journal())
    assert controller.run().exit_code == 0
    types = [(e.type, getattr(e, "step", "")) for e in controller.journal.events]
    assert types.index(("step-done", "other")) < types.index(("step-done", "wait"))
    assert types.count(("pending-seen", "wait")) == 1


def test_waiting_says_for_what() -> None:
    made = change(step("a"), step("b", ("a",)), step("c"))
    situation = Situation(running={"a": cmd.Check("a", "H1", "first", {})})
    assert waiting_for(Program(made), opened(), START, situation) == {
        "b": "after a",
        "c": "H1 is busy with a",
    }


def test_an_unknown_selection_is_refused_with_what_there_is() -> None:
    made = change(step("a"))
    state = evolve(opened(), ev.ControllerTook(at=START, fence=2, owner="me", selection={"phase": "hubb"}))
    with pytest.raises(SelectionRefused) as caught:
        decide(Program(made), state, START, Situation())
    assert "hub" in caught.value.why
