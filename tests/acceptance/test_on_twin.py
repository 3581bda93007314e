"""A whole transition on the twin, with the controller killed in the middle of a Setup and of a batch."""

from __future__ import annotations

import json

import pytest

from tests.acceptance.twin import Rehearsal

pytestmark = pytest.mark.acceptance


PLAN, SPEED = "single-site-2007-2010", 3000


def test_a_transition_survives_being_killed_twice(rehearsal: Rehearsal) -> None:
    states = rehearsal.preview()
    assert states["set-autodiscover-scp@MAIL2010"]["because"] == "after install-cas@MAIL2010"
    rehearsal.persons()
    rehearsal.to_the_end("install-cas@", "move-mailboxes@batch:everyone")
    _assert_transition_is_whole(rehearsal)
    again = rehearsal.run(
        "apply",
        str(rehearsal.change),
        "--endpoints",
        str(rehearsal.endpoints),
        "--state",
        str(rehearsal.journal),
    )
    assert again.returncode == 0
    assert "next: exmigrate history" in again.stderr


def _assert_transition_is_whole(rehearsal: Rehearsal) -> None:
    world = rehearsal.world()
    assert list(world["exchange"]["servers"]) == ["MAIL2010"]
    assert {box["database"] for box in world["exchange"]["mailboxes"].values()} == {"EX2010DB01"}
    for server, roles in (("MAIL2007", 3), ("MAIL2010", 3)):
        runs = [tuple(run["arguments"]) for run in world["servers"][server]["setup_runs"]]
        assert len([run for run in runs if run[0].startswith("/mode:")]) == roles
        assert len(runs) == len(set(runs)), f"Setup ran twice on {server}: {runs}"
    secrets = json.dumps(world) + rehearsal.journal.read_bytes().decode("latin-1")
    for value in rehearsal._made_up().values():
        assert value not in secrets


def test_a_run_is_taken_back_to_a_marker(rehearsal: Rehearsal) -> None:
    where = ("--endpoints", str(rehearsal.endpoints), "--state", str(rehearsal.journal))
    planned = rehearsal.run(
        "plan", str(rehearsal.plan), *where[:2], "-o", str(rehearsal.change), "--format", "json"
    )
    assert planned.returncode == 0, planned.stderr
    rehearsal.persons()
    done = rehearsal.run(
        "apply", str(rehearsal.change), *where, "--wait", "--until", "set-autodiscover-scp@MAIL2010"
    )
    assert done.returncode == 0, done.stderr
    assert sorted(rehearsal.world()["exchange"]["servers"]) == ["MAIL2007", "MAIL2010"]
    refused = rehearsal.run("rollback", "start", str(rehearsal.change), "--reason", "a drill", *where)
    assert refused.returncode == 2, refused.stderr
    assert "EXM-E001: prepare-schema is a point of no return" in refused.stderr
    assert "next:  choose a marker after it" in refused.stderr
    back = rehearsal.run("rollback", "directory", str(rehearsal.change), "--reason", "a drill", *where)
    assert back.returncode == 0, back.stderr
    world = rehearsal.world()
    assert list(world["exchange"]["servers"]) == ["MAIL2007"]
    runs = [" ".join(run["arguments"]) for run in world["servers"]["MAIL2010"]["setup_runs"]]
    roles = [run.split()[0].lower() for run in runs if run.lower().startswith("/mode:")]
    assert roles == ["/mode:install", "/mode:uninstall"]
