"""Gates and acceptances: what a person says, what a probe sees."""

from __future__ import annotations

import pytest

from exmigrate.engine import RequestRefused, Status
from tests.engine.interpreter import Controller, Journal, World
from tests.engine.make import change, gate, step


def controller(*steps: object) -> Controller:
    made = change(*steps)  # type: ignore[arg-type]
    return Controller(made, World.of(made), Journal())


def test_a_probe_closes_its_gate_by_itself() -> None:
    c = controller(gate("g", closes="probe"))
    seen = iter([False, False, True])
    original = c.world._check

    def check(command: object) -> object:
        from exmigrate.engine import commands as cmd

        if next(seen):
            c.world.present.add("g")
        return cmd.Returned(original(command))  # type: ignore[arg-type]

    c.world.scripts["Check", "g"] = check  # type: ignore[assignment]
    begun = c.now
    assert c.run().exit_code == 0
    assert (c.now - begun).total_seconds() == 120


def test_a_person_cannot_close_a_gate_of_a_probe() -> None:
    c = controller(gate("g", closes="probe"))
    c.open()
    with pytest.raises(RequestRefused):
        c.ask("confirm", "g")


def test_both_needs_both() -> None:
    c = controller(gate("g", closes="both"))
    c.world.present.add("g")
    assert c.run().exit_code == 7
    assert c.state.of("g").probe_ok
    c.ask("confirm", "g", evidence="ticket 1")
    assert c.go().exit_code == 0
    assert c.state.of("g").evidence == "ticket 1"


def test_a_confirmed_gate_stays_for_its_probe() -> None:
    from exmigrate.engine import commands as cmd

    c = controller(gate("g", closes="both"))
    answers = iter(["needed", "needed", "satisfied"])
    c.world.scripts["Check", "g"] = lambda command: cmd.Returned({"state": next(answers)})
    c.open()
    c.ask("confirm", "g")
    assert c.go().exit_code == 0


def test_without_its_person_a_gate_of_both_is_not_stayed_for() -> None:
    c = controller(gate("g", closes="both"))
    begun = c.now
    assert c.run().exit_code == 7
    assert c.now == begun


def test_an_early_confirmation_counts_once_the_needs_are_done() -> None:
    c = controller(step("a"), gate("g", ("a",)), step("b", ("g",)))
    c.open()
    c.ask("confirm", "g")
    assert c.state.of("g").status is Status.WAITING
    assert c.go().exit_code == 0
    assert c.world.present == {"a", "b"}


def test_a_confirmation_can_be_taken_back_while_the_gate_is_open() -> None:
    c = controller(step("a"), gate("g", ("a",), closes="both"))
    c.open()
    c.ask("confirm", "g")
    c.ask("reject", "g", evidence="wrong address")
    assert not c.state.of("g").confirmed_by
    with pytest.raises(RequestRefused):
        c.ask("reject", "g")


def test_an_acceptance_stands_between_verified_and_done() -> None:
    c = controller(step("pilot", acceptance="pilot users"), step("rest", ("pilot",)))
    assert c.run().exit_code == 7
    assert c.state.of("pilot").status is Status.VERIFIED
    assert c.world.present == {"pilot"}
    c.ask("accept", "pilot", evidence="minutes of 5 March")
    assert c.go().exit_code == 0
    assert c.state.of("pilot").accepted_by == "Ann"


def test_a_declined_step_has_failed() -> None:
    c = controller(step("pilot", acceptance="pilot users"), step("rest", ("pilot",)))
    c.run()
    c.ask("decline", "pilot", evidence="calendar is empty")
    assert c.go().exit_code == 3
    assert "calendar is empty" in c.state.of("pilot").message


@pytest.mark.parametrize(
    ("kind", "step_id"),
    [("confirm", "a"), ("accept", "a"), ("resolve", "a"), ("retry", "a"), ("skip", "nobody")],
)
def test_a_request_that_does_not_fit_is_refused(kind: str, step_id: str) -> None:
    c = controller(step("a"))
    c.run()
    with pytest.raises(RequestRefused):
        c.ask(kind, step_id, how="done")


def test_a_skipped_step_lets_its_dependants_go() -> None:
    c = controller(step("a"), step("b", ("a",)))
    c.world.blocked.add("a")
    assert c.run().exit_code == 3
    assert c.state.of("a").message == "cannot be"
    c.ask("skip", "a", evidence="done by hand")
    assert c.go().exit_code == 0
    assert c.world.present == {"b"}
