"""A run over servers in memory, from change bytes to its end."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from exmigrate.engine import Request, check_invariants
from exmigrate.journal import LeaseHeld, Owner
from exmigrate.model import Change
from exmigrate.remote import Failure, ForeignRun
from exmigrate.runner import OtherChange, OtherMode, history, settle, status
from tests.engine.make import change, gate, once, step
from tests.runner.conftest import Stage

Make = Callable[[Change], Stage]


def test_a_run_ends_with_everything_done(stage: Make) -> None:
    s = stage(change(once("install-cas@H1"), step("scp@H1", ("install-cas@H1",)), step("other", host="H2")))
    outcome = s.run()
    assert (outcome.outcome, outcome.exit_code) == ("done", 0)
    assert s.world.present == {"install-cas@H1", "scp@H1", "other"}
    assert s.journal.change() == s.bytes
    check_invariants(s.change, s.journal.events())


def test_the_same_command_again_does_nothing(stage: Make) -> None:
    s = stage(change(once("a"), step("b", ("a",))))
    s.run()
    before = dict(s.world.applied)
    assert s.run().exit_code == 0
    assert dict(s.world.applied) == before


def test_a_failed_step_leaves_independent_branches_alone(stage: Make) -> None:
    s = stage(change(step("a"), step("b", ("a",)), step("c", host="H2")))
    s.servers.fails["Apply", "a"] = [Failure("script", "Access denied", "Denied")]
    outcome = s.run()
    assert outcome.exit_code == 3
    assert s.world.present == {"c"}
    assert outcome.why["a"] == "Access denied"
    s.ask("retry", "a")
    assert s.run().exit_code == 0
    assert s.world.present == {"a", "b", "c"}


def test_bad_credentials_stop_the_run_at_once(stage: Make) -> None:
    s = stage(change(step("a"), step("b", ("a",)), step("c", ("a",))))
    s.servers.fails["Check", "a"] = [Failure("credentials", "the server did not accept the credentials")]
    outcome = s.run()
    assert outcome.exit_code == 3
    assert "did not accept" in outcome.message
    assert [f for _, (f, *_) in s.servers.round_trips] == ["Check"]
    assert s.run().exit_code == 0


def test_a_lost_answer_is_probed_before_anything_is_sent_again(stage: Make) -> None:
    s = stage(change(step("a")))
    s.servers.fails["Apply", "a"] = [Failure("ambiguous", "connection reset")]
    assert s.run().exit_code == 0
    assert [f for _, (f, *_) in s.servers.round_trips] == ["Check", "Apply", "Check", "Apply", "Verify"]


def test_the_journal_and_its_logs_hold_no_secret(stage: Make) -> None:
    s = stage(change(step("a", arguments={"password": {"$secret": "env:PW"}}), once("b")))
    s.run()
    applied = next(c for c in s.servers.calls if c.function == "Apply")
    assert applied.secrets == {"password": "s3cret-pass"}
    assert all(not c.secrets for c in s.servers.calls if c.function != "Apply")
    assert all(b"s3cret-pass" not in r.body for r in s.journal.records())


def test_a_missing_secret_fails_the_step_with_its_name(stage: Make) -> None:
    s = stage(change(step("a", arguments={"password": {"$secret": "env:NOT_SET"}})))
    outcome = s.run()
    assert outcome.exit_code == 3
    assert "NOT_SET" in outcome.why["a"]


def test_jobs_run_under_the_run_as_account_and_keep_their_log(stage: Make) -> None:
    s = stage(change(once("install")))
    s.run()
    (spec,) = s.servers.specs
    assert (spec.run_as.account, spec.run_as.user) == ("password", "C\\adm")
    assert s.journal.log("install", spec.job_id) == b"Setup says this"
    assert spec.run_id == s.servers.owners["H1"][0]


def test_a_reboot_is_made_and_journaled(stage: Make) -> None:
    s = stage(change(once("install", reboot="maybe")))
    s.run()
    assert s.types("install") == [
        "checked", "intent-made", "submitted", "applied", "reboot-intended", "rebooted", "host-ready",
        "verified", "step-done",
    ]  # fmt: skip
    assert s.world.boots["H1"] == 1


def test_a_gate_waits_for_its_person_with_exit_7(stage: Make) -> None:
    s = stage(change(gate("g"), step("a", ("g",))))
    outcome = s.run()
    assert (outcome.exit_code, s.world.present) == (7, set())
    item = s.ask("confirm", "g", evidence="ticket 4711")
    assert s.run().exit_code == 0
    assert s.journal.answer_of(item) == ""
    assert s.world.present == {"a"}


def test_requests_are_settled_although_nobody_drives(stage: Make) -> None:
    s = stage(change(gate("g"), step("a", ("g",))))
    s.run()
    good, bad = s.ask("confirm", "g"), s.ask("confirm", "a")
    assert settle(s.journal, s.ambient) == 2
    assert s.journal.answer_of(good) == ""
    assert "not a gate" in str(s.journal.answer_of(bad))
    assert s.run().exit_code == 0


def test_another_change_is_refused_with_exit_4(stage: Make) -> None:
    s, other = stage(change(step("a"))), stage(change(step("b")))
    s.run()
    other.journal = s.journal
    with pytest.raises(OtherChange) as caught:
        other.run()
    assert caught.value.exit_code == 4


def test_a_rehearsed_run_does_not_go_on_live(stage: Make) -> None:
    s = stage(change(gate("g")))
    s.run(mode="rehearsed")
    with pytest.raises(OtherMode):
        s.run(mode="live")
    assert s.journal.holder() is None


def test_a_second_controller_is_refused_with_exit_5(stage: Make) -> None:
    s = stage(change(gate("g")))
    s.run()
    s.journal.take_lease(Owner("ben", "elsewhere", 1), "t", 3600)
    with pytest.raises(LeaseHeld):
        s.run()


def test_a_server_of_another_run_is_left_alone(stage: Make) -> None:
    s = stage(change(step("a")))
    s.servers.owners["H1"] = ("run-of-others", 3, "t")
    with pytest.raises(ForeignRun) as caught:
        s.run()
    assert caught.value.exit_code == 5
    assert s.world.present == set()
    assert s.run(takeover="run-of-others").exit_code == 0


def test_only_what_is_selected_starts(stage: Make) -> None:
    s = stage(
        change(step("a", phase="cas"), step("b", phase="hub", host="H2"), step("c", ("b",), phase="um"))
    )
    assert s.run(selection={"phase": "hub"}).exit_code == 0
    assert s.world.present == {"b"}
    assert s.run(selection={"until": "um"}).exit_code == 0
    assert s.world.present == {"b", "c"}
    assert s.run(selection={"only": "a"}).exit_code == 0


def test_a_selection_never_pulls_in_what_it_needs(stage: Make) -> None:
    s = stage(change(step("a", phase="cas"), step("b", ("a",), phase="hub")))
    outcome = s.run(selection={"phase": "hub"})
    assert outcome.exit_code == 4
    assert s.world.present == set()


def test_files_are_streamed_and_taken_away_again(stage: Make, tmp_path: Path) -> None:
    (tmp_path / "mail.pfx").write_bytes(b"x" * 70_000)
    s = stage(change(step("a", arguments={"pfx": {"$file": "mail.pfx"}})))
    seen: list[bytes] = []
    s.world.scripts["Apply", "a"] = lambda c: _look(s, c, seen)
    assert s.run(files_from=tmp_path).exit_code == 0
    assert seen == [b"x" * 70_000]
    assert s.servers.files == {}
    applied = next(e for e in s.journal.events() if e.type == "applied")
    assert applied.to_json()["files"]["pfx"].startswith("sha256:")


def _look(s: Stage, command: object, seen: list[bytes]) -> object:
    from exmigrate.engine import commands as cmd

    assert isinstance(command, cmd.Apply)
    seen.append(s.servers.files[command.arguments["pfx"]])
    s.world.present.add("a")
    return cmd.Returned({"state": "applied"})


def test_a_file_comes_from_another_steps_server(stage: Make) -> None:
    s = stage(
        change(
            step("make", host="EDGE"),
            step("use", ("make",), host="HUB", arguments={"file": {"$file": "make.out"}}),
        )
    )
    s.servers.files["make-out"] = b"subscription"
    seen: list[bytes] = []
    s.world.scripts["Apply", "use"] = lambda c: _use(s, c, seen)
    s.run()
    assert seen == [b"subscription"]


def _use(s: Stage, command: object, seen: list[bytes]) -> object:
    from exmigrate.engine import commands as cmd

    assert isinstance(command, cmd.Apply)
    seen.append(s.servers.files[command.arguments["file"]])
    s.world.present.add("use")
    return cmd.Returned({"state": "applied"})


def test_outputs_and_facts_reach_their_arguments(stage: Make) -> None:
    s = stage(
        change(
            step("a"),
            step("b", ("a",), arguments={"thumb": {"$output": "a.out"}, "url": {"$fact": "inv@X"}}),
            facts={"inv@X": "https://x"},
        )
    )
    s.run()
    sent = next(c.argument for c in s.servers.calls if c.function == "Apply" and "thumb" in c.argument)
    assert (sent["thumb"], sent["url"]) == ("a-out", "https://x")


def test_a_rollback_undoes_in_reverse(stage: Make) -> None:
    s = stage(change(step("a"), once("b", ("a",)), step("c", ("b",))))
    s.run()
    s.ask("rollback", "start")
    outcome = s.run()
    assert (outcome.outcome, outcome.exit_code) == ("rolled-back", 0)
    assert s.world.present == set()
    undone = [e.to_json()["step"] for e in s.journal.events() if e.type == "undone"]
    assert undone == ["c", "b", "a"]
    assert s.run().exit_code == 0
    assert s.world.present == {"a", "b", "c"}
    check_invariants(s.change, s.journal.events())


def test_status_and_history_read_without_driving(stage: Make) -> None:
    s = stage(change(step("a"), gate("g", ("a",)), step("b", ("g",))))
    s.run()
    seen = status(s.journal, s.ambient.now())
    assert seen.snapshot.persons == ("g",)
    assert seen.finish is not None
    assert seen.finish.exit_code == 7
    assert 0 < seen.snapshot.percent < 100
    texts = history(s.journal)
    assert [m.type for m in texts if m.step == "g"] == ["gate-opened"]
    assert texts[-1].type == "controller-left"


def test_a_request_is_read_back_as_it_was() -> None:
    asked = Request("skip", "s", "Ann", "why", ("ann", "bob"), "")
    assert Request.from_json(asked.to_json()) == asked
