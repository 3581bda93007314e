"""Steps with members: chunks, failures of some, retries of them only."""

from __future__ import annotations

from typing import Any

from exmigrate.engine import Status
from exmigrate.engine import commands as cmd
from exmigrate.engine import events as ev
from exmigrate.model import Change
from tests.engine.interpreter import Controller, Journal, World
from tests.engine.make import change, step

MEMBERS = ("ann", "bob", "cid", "dan", "eve")


def batch(max_failed: int = 0, concurrency: int = 2) -> Change:
    return change(
        step("sync", members="pilot", unit="member"),
        step("move", ("sync",), members="pilot", unit="member", arguments={"users": {"$set": "pilot"}}),
        step("retire", ("move",), host="H2"),
        sets={"pilot": MEMBERS},
        policy={"batches": {"pilot": {"concurrency": concurrency, "max_failed": max_failed}}},
    )


def controller(made: Change, **world: Any) -> Controller:
    built = World.of(made)
    for name, value in world.items():
        setattr(built, name, value)
    return Controller(made, built, Journal())


def intents(c: Controller, step_id: str) -> list[tuple[str, ...]]:
    return [e.members for e in c.journal.events if isinstance(e, ev.IntentMade) and e.step == step_id]


def test_each_chunk_has_an_intent_of_its_own() -> None:
    c = controller(batch())
    assert c.run().exit_code == 0
    assert intents(c, "sync") == [("ann", "bob"), ("cid", "dan"), ("eve",)]
    assert c.world.members["move"] == set(MEMBERS)


def test_members_that_are_there_already_are_not_asked_for() -> None:
    c = controller(batch(), members={"sync": {"ann", "cid"}})
    assert c.run().exit_code == 0
    assert intents(c, "sync") == [("bob", "dan"), ("eve",)]


def test_a_batch_that_is_there_already_is_skipped() -> None:
    c = controller(batch(), members={"sync": set(MEMBERS)})
    assert c.run().exit_code == 0
    assert c.state.of("sync").status is Status.SKIPPED
    assert intents(c, "sync") == []


def test_more_failures_than_allowed_fail_the_step() -> None:
    c = controller(batch(), failing_members={"bob"})
    assert c.run().exit_code == 3
    assert c.state.of("sync").status is Status.FAILED
    assert c.world.members["sync"] == set(MEMBERS) - {"bob"}
    assert "move" not in c.world.members


def test_a_retry_is_of_the_failed_members_only() -> None:
    c = controller(batch(), failing_members={"bob"})
    c.run()
    c.world.failing_members = set()
    c.ask("retry", "sync")
    assert c.go().exit_code == 0
    assert intents(c, "sync")[-1] == ("bob",)
    assert c.world.members["move"] == set(MEMBERS)


def test_allowed_failures_are_left_out_of_later_steps_and_hold_up_the_end() -> None:
    c = controller(batch(max_failed=1), failing_members={"bob"})
    outcome = c.run()
    assert outcome.exit_code == 3
    assert c.state.of("sync").status is Status.DONE
    assert c.world.members["move"] == set(MEMBERS) - {"bob"}
    sent = next(e for e in c.journal.events if isinstance(e, ev.IntentMade) and e.step == "move")
    assert sent.arguments["users"] == ["ann", "cid", "dan", "eve"]
    assert c.world.present == set()
    assert "sync" in outcome.message


def test_a_retried_member_comes_back_into_later_steps() -> None:
    c = controller(batch(max_failed=1), failing_members={"bob"})
    c.run()
    c.world.failing_members = set()
    c.ask("retry", "sync")
    assert c.go().exit_code == 0
    assert intents(c, "move")[-1] == ("bob",)
    assert c.world.members["move"] == set(MEMBERS)


def test_a_skipped_member_is_out_for_good() -> None:
    c = controller(batch(max_failed=1), failing_members={"bob"})
    c.run()
    c.ask("skip", "sync", members=("bob",), evidence="left the company")
    assert c.go().exit_code == 0
    assert "bob" not in c.world.members["move"]


def test_needs_on_all_stay_unmet_while_members_failed() -> None:
    made = change(
        step("move", members="pilot", unit="member"),
        step("retire", ("move",), host="H2"),
        sets={"pilot": MEMBERS},
        policy={"batches": {"pilot": {"max_failed": 1}}},
    )
    c = controller(made, failing_members={"bob"})
    assert c.run().exit_code == 3
    assert c.world.present == set()
    c.ask("skip", "move", members=("bob",))
    assert c.go().exit_code == 0
    assert c.world.present == {"retire"}


def test_no_more_moves_into_a_database_than_policy_allows() -> None:
    targets = {"ann": "DB1", "bob": "DB1", "cid": "DB1", "dan": "DB2", "eve": "DB1"}
    made = change(
        step("move", members="pilot", unit="member", limits=("moves",), arguments={"targets": targets}),
        sets={"pilot": MEMBERS},
        policy={"batches": {"pilot": {"concurrency": 4}}, "limits": {"database": 2}},
    )
    c = controller(made)
    assert c.run().exit_code == 0
    assert intents(c, "move") == [("ann", "bob", "dan"), ("cid", "eve")]


def test_apply_may_report_a_member_as_failed() -> None:
    c = controller(batch(max_failed=5))

    def apply(command: cmd.StepCommand) -> cmd.Outcome:
        assert isinstance(command, cmd.Apply)
        good = tuple(m for m in command.members if m != "ann")
        c.world._effect("sync", "Apply", good)
        members = {"ann": {"state": "failed", "message": "corrupt"}} if "ann" in command.members else {}
        return cmd.Returned({"state": "applied", "members": members})

    c.world.scripts["Apply", "sync"] = apply
    c.run()
    assert c.state.of("sync").members["ann"].message == "corrupt"
    assert c.world.members["sync"] == set(MEMBERS) - {"ann"}


def test_an_empty_set_is_skipped() -> None:
    made = change(step("move", members="none", unit="member"), sets={"none": ()})
    c = controller(made)
    assert c.run().exit_code == 0
    assert c.state.of("move").status is Status.SKIPPED
