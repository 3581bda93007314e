"""Resume is "look, don't run": each case of DESIGN section 7, with the world as the look finds it."""

from __future__ import annotations

import pytest

from exmigrate.engine import Failure, RequestRefused, Status
from exmigrate.engine import commands as cmd
from exmigrate.engine import events as ev
from exmigrate.engine.ids import job_id
from exmigrate.model import Change
from tests.engine.interpreter import Controller, Crash, Journal, World
from tests.engine.make import change, once, step

SETUP = change(once("setup"))
JOB = job_id("r1", "setup", 1)


def killed_at(made: Change, world: World, kind: type[cmd.StepCommand], *, after: bool) -> Journal:
    """The journal of a controller that died before, or right after, its first command of a kind was carried out."""
    journal = Journal()
    name = "crash-after" if after else "crash-before"
    controller = Controller(made, world, journal, lambda where, c: name if isinstance(c, kind) else "")
    with pytest.raises(Crash):
        controller.run()
    return journal


def resumed(made: Change, world: World, journal: Journal) -> Controller:
    controller = Controller(made, world, journal, now=journal.events[-1].at)
    world.log.clear()
    controller.run()
    return controller


def test_no_directory_same_machine_check_needed_submits_under_the_same_id() -> None:
    world = World.of(SETUP)
    journal = killed_at(SETUP, world, cmd.SubmitJob, after=False)
    controller = resumed(SETUP, world, journal)
    assert [name for name, _ in world.log][:3] == ["LookJob", "Check", "SubmitJob"]
    assert world.started == {JOB: 1}
    assert controller.state.of("setup").status is Status.DONE


def test_submitted_before_the_crash_is_adopted_not_submitted_again() -> None:
    world = World.of(SETUP)
    journal = killed_at(SETUP, world, cmd.SubmitJob, after=True)
    resumed(SETUP, world, journal)
    assert world.started == {JOB: 1}
    assert "SubmitJob" not in [name for name, _ in world.log]
    assert [e.adopted for e in journal.events if isinstance(e, ev.Submitted)] == [True]


def test_a_job_that_ended_meanwhile_is_verified() -> None:
    world = World.of(SETUP)
    journal = killed_at(SETUP, world, cmd.LookJob, after=True)
    controller = resumed(SETUP, world, journal)
    assert [name for name, _ in world.log] == ["LookJob", "Verify"]
    assert controller.state.of("setup").status is Status.DONE


def test_directory_without_started_submits_again_under_the_same_id() -> None:
    world = World.of(SETUP)
    journal = killed_at(SETUP, world, cmd.SubmitJob, after=False)
    views = [cmd.JobView(world.who("H1"), directory=True, started=False, alive=False)]
    original = world._look
    world.scripts["LookJob", "setup"] = lambda c: views.pop() if views else original(c)  # type: ignore[arg-type]
    controller = resumed(SETUP, world, journal)
    assert world.started == {JOB: 1}
    assert controller.state.of("setup").status is Status.DONE


def test_a_rebuilt_machine_is_unknown() -> None:
    world = World.of(SETUP)
    journal = killed_at(SETUP, world, cmd.SubmitJob, after=False)
    world.machine["H1"] = "another"
    controller = resumed(SETUP, world, journal)
    assert controller.state.of("setup").status is Status.UNKNOWN
    assert world.started == {}


def test_no_trace_of_the_job_but_a_watermark_is_unknown() -> None:
    world = World.of(SETUP)
    journal = killed_at(SETUP, world, cmd.SubmitJob, after=False)
    world.watermark.add("setup")
    controller = resumed(SETUP, world, journal)
    assert controller.state.of("setup").status is Status.UNKNOWN
    assert "half-done" in controller.state.of("setup").message


def test_no_trace_of_the_job_but_its_effect_there_is_unknown() -> None:
    world = World.of(SETUP)
    journal = killed_at(SETUP, world, cmd.SubmitJob, after=False)
    world.present.add("setup")
    controller = resumed(SETUP, world, journal)
    assert controller.state.of("setup").status is Status.UNKNOWN


def test_started_and_dead_is_interrupted_until_resolved() -> None:
    world = World.of(SETUP)
    journal = killed_at(SETUP, world, cmd.SubmitJob, after=True)
    world.jobs[JOB].alive = False
    controller = resumed(SETUP, world, journal)
    assert controller.state.of("setup").status is Status.INTERRUPTED
    assert controller.go().exit_code == 6
    with pytest.raises(RequestRefused, match="must be resolved"):
        controller.ask("retry", "setup")
    controller.ask("resolve", "setup", how="redo", evidence="looked at the log")
    assert controller.go().exit_code == 0
    assert world.started == {JOB: 1, job_id("r1", "setup", 2): 1}


def test_a_kind_that_resumes_from_its_watermark_begins_a_new_attempt_by_itself() -> None:
    made = change(once("setup", resumes=True))
    world = World.of(made)
    journal = killed_at(made, world, cmd.SubmitJob, after=True)
    world.jobs[JOB].alive = False
    world.watermark.add("setup")
    controller = resumed(made, world, journal)
    assert controller.state.of("setup").status is Status.DONE
    assert world.started == {JOB: 1, job_id("r1", "setup", 2): 1}


def test_resolved_as_done_is_still_verified() -> None:
    world = World.of(SETUP)
    journal = killed_at(SETUP, world, cmd.SubmitJob, after=True)
    world.jobs[JOB].alive = False
    controller = resumed(SETUP, world, journal)
    controller.ask("resolve", "setup", how="done")
    assert controller.go().exit_code == 3
    assert controller.state.of("setup").status is Status.FAILED


def test_a_half_done_setup_of_somebody_else_blocks() -> None:
    world = World.of(SETUP)
    world.watermark.add("setup")
    controller = Controller(SETUP, world, Journal())
    assert controller.run().exit_code == 3
    assert controller.state.of("setup").status is Status.BLOCKED
    assert world.started == {}


def test_an_inline_effect_that_was_carried_out_is_found_by_its_probe() -> None:
    made = change(step("a"))
    world = World.of(made)
    journal = killed_at(made, world, cmd.Apply, after=True)
    controller = resumed(made, world, journal)
    assert [name for name, _ in world.log] == ["Check", "Verify"]
    assert world.applied == {"Apply a": 1}
    assert controller.state.of("a").status is Status.DONE


def test_an_effect_whose_end_no_check_can_see_is_carried_out_again() -> None:
    made = change(step("a", ends_unseen=True))
    world = World.of(made)
    journal = killed_at(made, world, cmd.Apply, after=True)
    controller = resumed(made, world, journal)
    assert [name for name, _ in world.log] == ["Check", "Apply", "Verify"]
    assert world.applied == {"Apply a": 2}
    assert controller.state.of("a").status is Status.DONE


def test_nor_does_a_failure_at_its_end_count_as_done() -> None:
    made = change(step("a", ends_unseen=True))
    world = World.of(made)

    def half(command: cmd.StepCommand) -> cmd.Outcome:
        world.present.add("a")
        del world.scripts["Apply", "a"]
        return Failure("script", "the service did not start", "ServiceCommandException")

    world.scripts["Apply", "a"] = half
    controller = Controller(made, world, Journal())
    assert controller.run().exit_code == 3
    controller.ask("retry", "a")
    assert controller.go().exit_code == 0
    assert world.applied == {"Apply a": 1}


def test_what_was_there_before_is_left_alone_all_the_same() -> None:
    made = change(step("a", ends_unseen=True))
    world = World.of(made)
    world.present.add("a")
    controller = Controller(made, world, Journal())
    assert controller.run().exit_code == 0
    assert controller.state.of("a").status is Status.SKIPPED
    assert world.applied == {}


def test_the_before_image_is_that_of_the_first_check() -> None:
    made = change(step("a"))
    world = World.of(made)
    images = iter(("first", "second", "third"))

    def check(command: cmd.StepCommand) -> cmd.Outcome:
        state = "satisfied" if "a" in world.present else "needed"
        return cmd.Returned({"state": state, "before": {"seen": next(images)}}, world.who("H1"))

    world.scripts["Check", "a"] = check
    journal = killed_at(made, world, cmd.Apply, after=False)
    resumed(made, world, journal)
    assert {str(e.before) for e in journal.events if isinstance(e, ev.IntentMade)} == {"{'seen': 'first'}"}


def test_a_job_that_cannot_be_submitted_fails_in_the_end_and_never_began() -> None:
    world = World.of(SETUP)
    world.scripts["SubmitJob", "setup"] = lambda c: Failure("script", "the task scheduler refused")
    controller = Controller(SETUP, world, Journal())
    assert controller.run().exit_code == 3
    assert "refused" in controller.state.of("setup").message
    assert [name for name, _ in world.log].count("SubmitJob") > 1


def test_a_job_that_was_refused_before_anything_began_fails_at_once() -> None:
    world = World.of(SETUP)
    world.scripts["SubmitJob", "setup"] = lambda c: Failure("permanent", "a password would show")
    controller = Controller(SETUP, world, Journal())
    assert controller.run().exit_code == 3
    assert "a password would show" in controller.state.of("setup").message
    assert [name for name, _ in world.log] == ["Check", "SubmitJob"]


def test_a_server_that_never_answers_again_is_unknown_not_failed() -> None:
    world = World.of(SETUP)
    journal = killed_at(SETUP, world, cmd.SubmitJob, after=True)
    world.scripts["LookJob", "setup"] = lambda c: Failure("never-sent", "no route to host")
    controller = resumed(SETUP, world, journal)
    assert controller.state.of("setup").status is Status.UNKNOWN
    assert controller.go().exit_code == 6


def test_an_effect_whose_verify_cannot_be_read_is_unknown_not_failed() -> None:
    made = change(step("a"))
    world = World.of(made)
    world.scripts["Verify", "a"] = lambda c: Failure("script", "the shell did not load", "LoadFailed")
    controller = Controller(made, world, Journal())
    assert controller.run().exit_code == 6
    assert controller.state.of("a").status is Status.UNKNOWN
