"""Steps with members whose work is a detached job: chunks, failures, a controller that dies, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from exmigrate.engine import Status, check_invariants
from exmigrate.engine import commands as cmd
from exmigrate.engine import events as ev
from exmigrate.model import Change, Estimate, Step
from tests.engine.interpreter import Controller, Crash, Job, Journal, World, faults
from tests.engine.make import change, step

MEMBERS = ("ann", "bob", "cid", "dan", "eve")


def moves(**other: Any) -> Step:
    return step("move", **{"run": "job", "members": "pilot", "unit": "member", **other})


def batch(max_failed: int = 0, **other: Any) -> Change:
    return change(
        moves(**other),
        step("retire", ("move",), host="H2"),
        sets={"pilot": MEMBERS},
        policy={"batches": {"pilot": {"concurrency": 2, "max_failed": max_failed}}},
    )


def controller(made: Change, **world: Any) -> Controller:
    built = World.of(made)
    for name, value in world.items():
        setattr(built, name, value)
    return Controller(made, built, Journal())


def jobs(c: Controller, function: str = "Apply") -> list[tuple[str, ...]]:
    """Members of the jobs that ran, in order."""
    return [job.members for job in c.world.jobs.values() if job.function == function]


def test_each_chunk_is_a_job_of_its_own() -> None:
    c = controller(batch())
    assert c.run().exit_code == 0
    assert jobs(c) == [("ann", "bob"), ("cid", "dan"), ("eve",)]
    assert c.world.members["move"] == set(MEMBERS)
    assert set(c.world.started.values()) == {1}
    check_invariants(c.program.change, c.journal.events)


def test_what_a_jobs_receipt_says_of_a_member_counts() -> None:
    c = controller(batch(max_failed=1))

    def look(command: cmd.StepCommand) -> cmd.Outcome:
        assert isinstance(command, cmd.LookJob)
        job = c.world.jobs.get(command.job_id)
        if job is None:
            return cmd.JobView(c.world.who("H1"), directory=False, started=False, alive=False)
        good = tuple(m for m in job.members if m != "bob")
        c.world._effect("move", "Apply", good)
        said = {m: {"state": "applied"} for m in good}
        if "bob" in job.members:
            said["bob"] = {"state": "failed", "message": "corrupt items"}
        receipt = {"result": {"state": "applied", "members": said}}
        return cmd.JobView(c.world.who("H1"), directory=True, started=True, alive=False, receipt=receipt)

    c.world.scripts["LookJob", "move"] = look
    c.run()
    assert c.state.of("move").members["bob"].message == "corrupt items"
    assert c.world.members["move"] == set(MEMBERS) - {"bob"}
    assert c.state.of("move").status is Status.DONE


def test_a_retry_is_a_job_for_the_failed_members_only() -> None:
    c = controller(batch(), failing_members={"bob"})
    assert c.run().exit_code == 3
    assert c.world.members["move"] == set(MEMBERS) - {"bob"}
    c.world.failing_members = set()
    c.ask("retry", "move")
    assert c.go().exit_code == 0
    assert jobs(c)[-1] == ("bob",)
    assert c.world.members["move"] == set(MEMBERS)


def test_a_job_that_dies_half_way_is_followed_by_one_for_what_is_left() -> None:
    """The server restarts when ann is over and bob is not: the next attempt has bob, and ann no more."""
    c = controller(batch())
    died: list[str] = []

    def look(command: cmd.StepCommand) -> cmd.Outcome:
        assert isinstance(command, cmd.LookJob)
        job = c.world.jobs.get(command.job_id)
        if job is not None and not died:
            died.append(command.job_id)
            c.world.members["move"] = {"ann"}
            job.alive = False
            c.world.boots["H1"] += 1
        return c.world._look(command)

    c.world.scripts["LookJob", "move"] = look
    assert c.run().exit_code == 0
    assert jobs(c)[:2] == [("ann", "bob"), ("bob", "cid")]
    assert set(c.world.started.values()) == {1}
    assert c.world.members["move"] == set(MEMBERS)


@pytest.mark.parametrize("fault", ["crash-before", "crash-after", "lost-before", "lost-after", "never-sent"])
@pytest.mark.parametrize("moment", range(16))
def test_a_controller_that_dies_anywhere_changes_nothing(fault: str, moment: int) -> None:
    """Whatever is lost at whatever command, each member is moved, and no job runs twice."""
    made = batch()
    world, journal = World.of(made), Journal()
    chaos = faults([*[""] * moment, fault])
    for _ in range(3):
        try:
            c = Controller(made, world, journal, chaos)
            assert c.run().exit_code == 0
            break
        except Crash:
            continue
    assert world.members["move"] == set(MEMBERS)
    assert world.present == {"retire"}
    assert set(world.started.values()) == {1}
    assert sorted(m for job in world.jobs.values() for m in job.members) == sorted(MEMBERS)
    check_invariants(made, journal.events)


def rolled_back(c: Controller) -> Controller:
    assert c.run().exit_code == 0
    c.ask("rollback", "start")
    return c


@pytest.mark.parametrize("run", ["job", "inline"])
def test_rollback_gets_all_members_and_what_was_before(run: str) -> None:
    c = controller(batch(run=run))
    seen: list[cmd.StepCommand] = []
    original: Callable[[cmd.StepCommand], Any] = c.world.carry_out

    def carry_out(command: cmd.StepCommand) -> Any:
        if getattr(command, "function", "") == "Rollback":
            seen.append(command)
        return original(command)

    c.world.carry_out = carry_out  # type: ignore[method-assign]
    rolled_back(c)
    assert c.go().outcome == "rolled-back"
    mine = [s for s in seen if s.step == "move"]
    assert [getattr(s, "members", None) for s in mine] == [MEMBERS]
    assert c.world.members.get("move") is None
    assert c.world.applied["Rollback move"] == 1


@pytest.mark.parametrize("run", ["job", "inline"])
def test_members_on_their_way_back_are_waited_for(run: str) -> None:
    """A request to move back is not the move: the step is undone when its Check finds none of its members there."""
    c = rolled_back(controller(batch(run=run)))
    looks = [0]
    asked = c.world._check

    def check(command: cmd.StepCommand) -> cmd.Outcome:
        assert isinstance(command, cmd.Check)
        found = asked(command)
        if command.purpose == "undo":
            looks[0] += 1
            if looks[0] < 4:
                found["members"]["dan"] = {"state": "satisfied"}
        return cmd.Returned(found, c.world.who("H1"))

    c.world.scripts["Check", "move"] = check
    assert c.go().outcome == "rolled-back"
    assert looks[0] == 4
    assert c.world.applied["Rollback move"] == 1


def test_members_that_never_come_back_are_told() -> None:
    c = rolled_back(controller(batch(estimate=Estimate(60, 120))))

    def check(command: cmd.StepCommand) -> cmd.Outcome:
        assert isinstance(command, cmd.Check)
        members = {m: {"state": "satisfied" if m == "dan" else "needed"} for m in command.members}
        return cmd.Returned({"state": "needed", "members": members}, c.world.who("H1"))

    c.world.scripts["Check", "move"] = check
    assert c.go().exit_code == 3
    assert "1 members are not back: dan" in c.state.of("move").message
    assert c.state.of("move").undo_failed


@pytest.mark.parametrize("run", ["job", "inline"])
def test_a_member_that_cannot_be_taken_back_fails_the_rollback_until_it_is_asked_again(run: str) -> None:
    c = rolled_back(controller(batch(run=run)))
    bad = {"state": "applied", "members": {"bob": {"state": "failed", "message": "the old store is full"}}}

    def look(command: cmd.StepCommand) -> cmd.Outcome:
        assert isinstance(command, cmd.LookJob)
        job = c.world.jobs.get(command.job_id)
        there = job is not None
        receipt = {"result": bad} if there else None
        return cmd.JobView(c.world.who("H1"), directory=there, started=there, alive=False, receipt=receipt)

    c.world.scripts["LookJob", "move"] = look
    c.world.scripts["Apply", "move"] = lambda command: cmd.Returned(bad)
    assert c.go().exit_code == 3
    assert "bob: the old store is full" in c.state.of("move").message
    assert not [e for e in c.journal.events if isinstance(e, ev.Undone) and e.step == "move"]
    c.world.scripts.clear()
    c.ask("retry", "move")
    c.ask("rollback", "start")
    assert c.go().outcome == "rolled-back"
    assert c.world.members.get("move") is None


def test_members_that_were_there_before_are_not_waited_for() -> None:
    """ann was in her new database already: going back leaves her there, and is over without her."""
    c = controller(batch(), members={"move": {"ann"}})
    assert c.run().exit_code == 0
    c.ask("rollback", "start")

    def check(command: cmd.StepCommand) -> cmd.Outcome:
        assert isinstance(command, cmd.Check)
        members = {m: {"state": "satisfied" if m == "ann" else "needed"} for m in command.members}
        return cmd.Returned({"state": "needed", "members": members}, c.world.who("H1"))

    c.world.scripts["Check", "move"] = check
    assert c.go().outcome == "rolled-back"


@pytest.mark.parametrize("moment", range(8))
@pytest.mark.parametrize("fault", ["crash-before", "crash-after", "lost-after"])
def test_a_controller_that_dies_while_going_back_changes_nothing(fault: str, moment: int) -> None:
    made = batch()
    world, journal = World.of(made), Journal()
    first = Controller(made, world, journal)
    assert first.run().exit_code == 0
    first.ask("rollback", "start")
    chaos = faults([*[""] * moment, fault])
    for _ in range(3):
        try:
            assert Controller(made, world, journal, chaos).run().outcome in ("rolled-back", "done")
            break
        except Crash:
            continue
    assert world.members.get("move") is None or world.applied["Apply move"] > 3
    assert world.applied["Rollback move"] == 1
    back: list[Job] = [job for job in world.jobs.values() if job.function == "Rollback"]
    assert [job.members for job in back] == [MEMBERS]
    assert set(world.started.values()) == {1}
