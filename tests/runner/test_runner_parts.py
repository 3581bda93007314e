"""Secrets, clocks, the lease, zones, progress: the runner's parts by themselves."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from exmigrate.engine import Event, Finish, InvariantBroken, RunState
from exmigrate.journal import Fenced, MemoryJournal, Owner
from exmigrate.model import Change, Estimate
from exmigrate.remote import NotExposed, RunAs, WinRMSessions
from exmigrate.runner import NoSecret, NoZone, Options, SecretStore, Snapshot, SystemAmbient, run
from exmigrate.runner.hosts import Directory, settings
from exmigrate.runner.lease import LeaseKeeper
from exmigrate.runner.secretstore import references
from exmigrate.runner.zones import zones_of
from tests.engine.make import change, gate, step
from tests.runner.conftest import FastAmbient, Stage, connection

Make = Callable[[Change], Stage]


def test_secrets_come_from_where_they_are_said_to_be(tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("from-file\n", "utf-8")
    asked: list[str] = []
    store = SecretStore(FastAmbient(), lambda text: asked.append(text) or "typed", tmp_path)
    assert store.resolve("env:PW") == "s3cret-pass"
    assert store.resolve("file:pw") == "from-file"
    assert [store.resolve("prompt:PFX password"), store.resolve("prompt:PFX password")] == ["typed", "typed"]
    assert asked == ["PFX password"]


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        ("env:NOPE", "environment variable NOPE"),
        ("file:nope", "No such file"),
        ("prompt:x", "no terminal"),
        ("keyring:exchange/admin", "keyring"),
        ("hunter2", "env:NAME, file:PATH"),
    ],
)
def test_a_missing_secret_says_why_and_what_to_do(reference: str, why: str) -> None:
    with pytest.raises(NoSecret) as caught:
        SecretStore(FastAmbient()).resolve(reference)
    assert why in caught.value.why
    assert caught.value.next


def test_all_references_are_found() -> None:
    found = references(
        [{"a": {"$secret": "env:A"}}, {"credential": {"username": "u", "password": "prompt:B"}}]
    )
    assert found == {"env:A", "prompt:B"}


@pytest.mark.parametrize(
    ("given", "local", "expected"),
    [
        ({}, False, RunAs("password", "C\\run", "s3cret-pass")),
        ({}, True, RunAs("password", "C\\run", "s3cret-pass")),
        (
            {"tasks": "schtasks", "expose_run_as_password": True},
            False,
            RunAs("password", "C\\run", "s3cret-pass", True),
        ),
        ({"tasks": "schtasks", "expose_run_as_password": True}, True, RunAs("system")),
        ({"tasks": "schtasks", "expose_run_as_password": False}, True, RunAs("system")),
        ({"run_as": {"username": "C\\gmsa$", "password": ""}}, False, RunAs("managed", "C\\gmsa$")),
    ],
)
def test_the_account_of_a_job(given: dict[str, Any], local: bool, expected: RunAs) -> None:
    """On Windows 2003 the system does what stays on the server, and a password shows only where the plan says so."""
    run_as = {"username": "C\\run", "password": "env:PW"}
    made = replace(change(step("a")), connections={"H1": connection(**{"run_as": run_as, **given})})
    assert directory(made).run_as("H1", local=local) == expected


def test_a_job_that_would_show_a_password_is_refused_without_asking_for_it() -> None:
    run_as = {"username": "C\\run", "password": "env:NOPE"}
    given = connection(run_as=run_as, tasks="schtasks", expose_run_as_password=False)
    made = replace(change(step("a")), connections={"H1": given})
    with pytest.raises(NotExposed, match=r"C\\run") as caught:
        directory(made).run_as("H1", local=False)
    assert "expose_run_as_password: true' for H1" in caught.value.why


@pytest.mark.parametrize(("transport", "forwards"), [("kerberos", True), ("ntlm", False), ("credssp", False)])
def test_a_kerberos_ticket_is_forwarded(transport: str, forwards: bool) -> None:
    assert settings("H1", connection(transport=transport)).delegate is forwards


def directory(made: Change) -> Directory:
    return Directory(made, WinRMSessions(), SecretStore(FastAmbient()))


def test_organization_time_runs_faster_and_controller_time_does_not() -> None:
    wall = [1000.0]
    ambient = SystemAmbient(datetime(2011, 3, 5, tzinfo=UTC), 1000.0, 600.0, lambda: wall[0])
    wall[0] += 2
    assert ambient.now() == datetime(2011, 3, 5, 0, 20, tzinfo=UTC)


def test_the_clocks_of_an_endpoints_file() -> None:
    assert SystemAmbient.of_endpoints("", 0.0, None) == SystemAmbient()
    made = SystemAmbient.of_endpoints("2011-03-05T20:00:00", 5.0, 60.0)
    assert (made.epoch, made.origin, made.speed) == (datetime(2011, 3, 5, 20, tzinfo=UTC), 5.0, 60.0)


def test_an_unknown_zone_is_refused_by_name() -> None:
    with pytest.raises(NoZone, match="Europe/Zürich"):
        zones_of(["UTC", "Europe/Zürich"])


def test_the_keeper_notices_that_the_lease_is_lost() -> None:
    now = [0.0]
    journal = MemoryJournal(lambda: now[0], lambda owner: False)
    lease = journal.take_lease(Owner("ann", "pc", 1), "t", 30)
    now[0] = 31
    journal.take_lease(Owner("ben", "pc2", 1), "u", 30)
    keeper = LeaseKeeper(journal, lease, every=0.001)
    keeper.start()
    assert keeper.lost.wait(10)
    keeper.stop()


class Watcher:
    def __init__(self) -> None:
        self.types: list[str] = []
        self.snapshots: list[Snapshot] = []
        self.end: Finish | None = None

    def event(self, event: Event, state: RunState) -> None:
        self.types.append(event.type)

    wants_snapshots = True

    def snapshot(self, snapshot: Snapshot) -> None:
        self.snapshots.append(snapshot)

    def finished(self, finish: Finish) -> None:
        self.end = finish


def test_a_listener_sees_what_runs_and_how_far_it_is(stage: Make) -> None:
    made = change(
        step("a", estimate=Estimate(300, 600)),
        gate("g", ("a",)),
        step("b", ("g",), estimate=Estimate(100, 100)),
    )
    s, watcher = stage(made), Watcher()
    run(s.journal, s.servers, Options(), change_bytes=s.bytes, ambient=s.ambient, listener=watcher)
    last = watcher.snapshots[-1]
    assert watcher.types[:3] == ["checked", "intent-made", "applied"]
    assert watcher.end is not None
    assert (watcher.end.exit_code, last.persons, last.waiting["g"]) == (7, ("g",), "a person")
    assert last.finish is not None
    assert (last.finish - last.now).total_seconds() == 100
    assert last.percent == 75
    assert any(r.step == "a" for p in watcher.snapshots for r in p.running)


def test_stopping_ends_in_order_with_exit_130_and_goes_on_later(stage: Make) -> None:
    s = stage(change(step("a"), step("b", ("a",))))
    stop = threading.Event()
    original = s.world._effect

    def effect(step_id: str, function: str, members: tuple[str, ...]) -> None:
        original(step_id, function, members)
        stop.set()

    s.world._effect = effect  # type: ignore[method-assign]
    outcome = run(s.journal, s.servers, Options(), change_bytes=s.bytes, ambient=s.ambient, stop=stop)
    assert (outcome.outcome, outcome.exit_code) == ("interrupted", 130)
    assert s.types("a")[-1] == "applied"
    assert s.types()[-1] == "controller-left"
    assert s.journal.holder() is None
    assert s.run().exit_code == 0
    assert s.world.applied == {"Apply a": 1, "Apply b": 1}


def test_a_request_reaches_the_run_while_it_holds_the_lease(stage: Make) -> None:
    s = stage(change(gate("word", closes="both"), step("b", ("word",))))
    s.world.present.add("word")
    s.world.scripts["Check", "word"] = lambda c: _confirm_while_running(s)
    assert s.run().exit_code == 0
    assert s.world.present == {"word", "b"}


def _confirm_while_running(s: Stage) -> object:
    from exmigrate.engine import commands as cmd

    if not s.journal.inbox():
        s.ask("confirm", "word", evidence="seen")
    return cmd.Returned({"state": "needed" if s.types("word")[-1] == "gate-opened" else "satisfied"})


def test_a_controller_that_was_overtaken_writes_nothing_more(stage: Make) -> None:
    s = stage(change(step("a"), step("b", ("a",))))
    events: list[int] = []

    def overtaken(command: object) -> object:
        s.journal.release_lease(s.journal._lease[0])  # type: ignore[index]
        s.journal.take_lease(Owner("ben", "elsewhere", 1), "u", 3600)
        events.append(len(s.journal.events()))
        from exmigrate.engine import commands as cmd

        return cmd.Returned({"state": "applied"})

    s.world.scripts["Apply", "a"] = overtaken
    with pytest.raises(Fenced) as caught:
        s.run()
    assert caught.value.exit_code == 5
    assert len(s.journal.events()) == events[0]
    assert s.journal.holder() == Owner("ben", "elsewhere", 1)


def test_a_defect_in_a_worker_ends_the_session_and_the_run_goes_on_later(stage: Make) -> None:
    s = stage(change(step("a")))

    def broken(command: object) -> object:
        raise ZeroDivisionError

    s.world.scripts["Apply", "a"] = broken
    with pytest.raises(InvariantBroken, match="ZeroDivisionError"):
        s.run()
    assert s.types()[-1] == "controller-left"
    s.world.scripts.clear()
    assert s.run().exit_code == 0
    assert s.world.applied == {"Apply a": 1}


def test_the_next_points_of_no_return_are_announced(stage: Make) -> None:
    made = change(
        step("a"),
        gate("word", ("a",)),
        step("schema", ("word",), reversibility="point-of-no-return", reason="x"),
    )
    s, watcher = stage(made), Watcher()
    run(s.journal, s.servers, Options(), change_bytes=s.bytes, ambient=s.ambient, listener=watcher)
    assert watcher.snapshots[-1].no_return == ("schema",)
