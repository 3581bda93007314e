"""Going back to a marker: only what the journal proves, in reverse, never across a point of no return."""

from __future__ import annotations

import pytest

from exmigrate.engine import Program, RollbackRefused, Status, check_invariants, plan_rollback
from exmigrate.model import Change, Marker, Scope
from tests.engine.interpreter import Controller, Crash, Journal, World, faults
from tests.engine.make import change, gate, once, step

ZURICH, GENEVA = Scope("site", "Zurich", "Zurich"), Scope("site", "Geneva", "Geneva")


def two_sites() -> Change:
    return change(
        step("schema"),
        step("hub@site:Zurich", ("schema",), scope=ZURICH),
        step("hub@site:Geneva", ("schema",), scope=GENEVA, host="H2"),
        step("moves", ("hub@site:Zurich",)),
        markers=(
            Marker("directory", "directory", "", ("schema",)),
            Marker("directory@site:Zurich", "directory", "Zurich", ("schema",)),
        ),
    )


def done(made: Change) -> Controller:
    c = Controller(made, World.of(made), Journal())
    assert c.run().exit_code == 0
    return c


def test_a_marker_keeps_its_steps() -> None:
    c = done(two_sites())
    c.ask("rollback", "directory")
    assert c.go().outcome == "rolled-back"
    assert c.world.present == {"schema"}


def test_a_sites_marker_undoes_that_site_and_what_descends_from_it() -> None:
    c = done(two_sites())
    plan = plan_rollback(c.program, c.state, "directory@site:Zurich")
    assert plan.order == ("moves", "hub@site:Zurich")


def test_only_what_has_an_intent_is_undone() -> None:
    made = change(step("a"), step("b", ("a",)))
    c = Controller(made, World.of(made), Journal())
    c.world.present.add("a")
    c.run()
    c.ask("rollback", "start")
    assert c.go().outcome == "rolled-back"
    assert c.world.applied == {"Apply b": 1, "Rollback b": 1}
    assert c.world.present == {"a"}


def test_a_point_of_no_return_is_not_crossed() -> None:
    made = change(step("a"), step("b", ("a",), reversibility="point-of-no-return", reason="the schema stays"))
    c = done(made)
    with pytest.raises(RollbackRefused) as caught:
        plan_rollback(c.program, c.state, "start")
    assert caught.value.step == "b"
    assert caught.value.why == "the schema stays"


def test_forward_only_steps_stay_with_their_reason() -> None:
    made = change(
        step("key", reversibility="forward-only", reason="a key is never taken back"), step("b", ("key",))
    )
    c = done(made)
    c.ask("rollback", "start")
    assert c.go().why == {"key": "a key is never taken back"}
    assert c.world.present == {"key"}


def test_what_is_unknown_is_resolved_first() -> None:
    made = change(once("a"))
    world, journal = World.of(made), Journal()
    c = Controller(
        made, world, journal, lambda w, cmd_: "crash-after" if type(cmd_).__name__ == "SubmitJob" else ""
    )
    with pytest.raises(Crash):
        c.run()
    next(iter(world.jobs.values())).alive = False
    c = Controller(made, world, journal, now=c.now)
    c.run()
    with pytest.raises(RollbackRefused, match="interrupted"):
        plan_rollback(Program(made), c.state, "start")


def test_an_unknown_marker_is_refused_with_those_there_are() -> None:
    c = done(two_sites())
    with pytest.raises(RollbackRefused) as caught:
        plan_rollback(c.program, c.state, "hubs")
    assert "directory@site:Zurich" in caught.value.why


def test_a_gate_with_an_undo_waits_for_its_person() -> None:
    made = change(gate("dns", undo="point the name back"), step("b", ("dns",)))
    c = Controller(made, World.of(made), Journal())
    c.open()
    c.ask("confirm", "dns")
    assert c.go().exit_code == 0
    c.ask("rollback", "start")
    assert c.go().exit_code == 7
    assert c.world.present == set()
    c.ask("confirm", "dns", evidence="done")
    assert c.go().outcome == "rolled-back"
    assert c.state.of("dns").status is Status.WAITING


def test_a_rollback_that_does_not_take_fails_and_can_be_tried_again() -> None:
    c = done(change(step("a")))
    from exmigrate.engine import commands as cmd

    c.world.scripts["Apply", "a"] = lambda x: cmd.Returned({"state": "applied"})
    c.ask("rollback", "start")
    assert c.go().exit_code == 3
    c.world.scripts.clear()
    c.ask("retry", "a")
    assert c.go().outcome == "rolled-back"
    assert c.world.present == set()


@pytest.mark.parametrize("sort", ["inline", "job"])
@pytest.mark.parametrize("fault", ["crash-before", "crash-after", "lost-after", "lost-before", "never-sent"])
@pytest.mark.parametrize("place", range(4))
def test_a_rollback_survives_what_going_forward_survives(sort: str, fault: str, place: int) -> None:
    made = change(step("a"), once("b", ("a",)) if sort == "job" else step("b", ("a",)))
    c = done(made)
    c.ask("rollback", "start")
    chaos = faults([""] * place + [fault])
    while True:
        again = Controller(made, c.world, c.journal, chaos, now=c.now)
        try:
            outcome = again.run()
        except Crash:
            continue
        break
    if outcome.outcome != "rolled-back":
        assert outcome.exit_code == 3
        again.ask("retry", next(i for i in ("a", "b") if again.state.of(i).undo_failed))
        outcome = again.go()
    assert outcome.outcome == "rolled-back"
    assert c.world.present == set()
    assert all(n == 1 for n in c.world.started.values())
    check_invariants(made, c.journal.events)
