"""W9: long work runs apart from every session, once, under an account of its own, and is found again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from exmigrate.remote import Failure, ForeignRun, JobRefused, JobSpec, JobState, Result, RunAs, WinRMSession
from exmigrate.remote.framing import digest
from tests.wire.small_world import PASSWORD
from tests.wire.test_hostloop_powershell import Bench

pytestmark = pytest.mark.wire

RUN_AS = RunAs("password", "EXAMPLE\\setup", PASSWORD + "2")
ROOT = "C:\\ProgramData\\exmigrate"


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.close()


def job(body: str, job_id: str = "job1", **more: Any) -> JobSpec:
    script = f"function Apply {{ param($a) {body} }}"
    values: dict[str, Any] = {"fence": 3, "token": "t3", "run_id": "run1", "run_as": RUN_AS} | more
    return JobSpec(
        job_id,
        script=(digest(script), script),
        function="Apply",
        argument={"name": "it's", "list": [1]},
        **values,
    )


def until(session: WinRMSession, wanted: Any, job_id: str = "job1") -> JobState:
    for _ in range(400):
        state = session.look_job(job_id)
        if wanted(state):
            return state
    raise AssertionError(state)


def finished(session: WinRMSession, job_id: str = "job1") -> Any:
    return until(session, lambda state: state.finished, job_id).receipt


WORK = (
    "Write-Host \"working as $([Environment]::UserName)\"; 'a line';"
    " @{ state = 'applied'; facts = @{ name = $a.name; list = $a.list } }"
)


def test_a_job_runs_under_its_account_and_leaves_log_and_receipt(bench: Bench) -> None:
    session = bench.session()
    empty = session.look_job("job1")
    assert (empty.directory, empty.started, empty.finished) == (False, False, False)
    session.submit_job(job(WORK))
    receipt = finished(session)
    assert isinstance(receipt, Result), receipt
    assert (receipt.state, receipt.facts) == ("applied", {"name": "it's", "list": [1]})
    state = session.look_job("job1")
    assert (state.directory, state.started, state.alive) == (True, True, False)
    assert state.boot_id == state.started_boot == session.machine().boot_id
    log = session.read_log("job1", 0, 10_000)
    assert log.decode().splitlines() == ["working as setup", "a line"]
    assert len(log) == state.log_size
    assert session.read_log("job1", 11, 5) == log[11:16]
    assert session.read_log("job1", len(log), 10) == b""


def test_submitting_twice_runs_once(bench: Bench) -> None:
    session = bench.session()
    count = "Add-Content C:\\runs.txt 'x'; @{ state = 'applied' }"
    session.submit_job(job(count))
    finished(session)
    session.submit_job(job(count))
    task = bench.organization.world.servers["ex1"].tasks.get("exmigrate-run1-job1")
    assert task is not None
    # Even a task that is started again by hand makes nothing run twice.
    with bench.organization.world.access():
        bench.organization.world.servers["ex1"].tasks.run("exmigrate-run1-job1")
    until(session, lambda state: not task.is_running)
    files = bench.organization.world.servers["ex1"].files
    assert files.read("C:\\runs.txt").split() == [b"x"]


def test_an_error_is_in_the_receipt(bench: Bench) -> None:
    session = bench.session()
    session.submit_job(job("throw 'Setup was not amused'"))
    receipt = finished(session)
    assert isinstance(receipt, Failure)
    assert receipt.message == "Setup was not amused"
    assert b"error: Setup was not amused" in session.read_log("job1", 0, 1000)


def test_another_run_and_an_old_lease_are_refused(bench: Bench) -> None:
    session = bench.session()
    session.claim("run1", 3, "t3")
    session.claim("run1", 3, "t3")
    for other in (
        job(WORK, run_id="run2"),
        job(WORK, fence=2, token="t2"),
        job(WORK, fence=3, token="another"),
    ):
        with pytest.raises(ForeignRun) as caught:
            session.submit_job(other)
        assert caught.value.server == "EX1"
    assert not session.look_job("job1").directory
    session.claim("run1", 4, "t4")
    with pytest.raises(ForeignRun):
        session.claim("run1", 3, "t3")
    session.claim("run2", 1, "u1", takeover="run1")
    with pytest.raises(ForeignRun):
        session.claim("run1", 4, "t4")


def test_a_task_of_an_old_lease_starts_nothing(bench: Bench) -> None:
    session = bench.session()
    world = bench.organization.world
    session.submit_job(job(WORK, "first"))
    finished(session, "first")
    files = world.servers["ex1"].files
    folder = f"{ROOT}\\run1\\first\\"
    for name in ("started", "receipt"):
        files.delete(folder + name)
    session.claim("run1", 4, "t4")
    with world.access():
        task = world.servers["ex1"].tasks.run("exmigrate-run1-first")
    until(session, lambda state: not task.is_running, "first")
    assert not session.look_job("first").started
    assert task.result == 5


def test_a_job_is_adopted_while_it_runs_and_outlives_sessions(bench: Bench) -> None:
    session = bench.session()
    session.submit_job(
        job("while (-not (Test-Path C:\\go)) { Start-Sleep -Seconds 5 }; @{ state = 'applied' }")
    )
    running = until(session, lambda state: state.started and state.pid)
    assert (running.alive, running.finished) == (True, False)
    session.close()
    other = bench.session()
    assert other.look_job("job1", "run1").alive
    bench.organization.world.servers["ex1"].files.write("C:\\go", b"")
    assert isinstance(finished(other), Result)


@pytest.mark.parametrize("written", [b"", b"pid=812\nstart=2011-03-12T20:17:58.0000000Z\n"])
def test_a_job_whose_beginning_is_half_written_has_not_begun(bench: Bench, written: bytes) -> None:
    """The file is made, then written: whoever looks in between must not take the job for dead."""
    session = bench.session()
    session.submit_job(job(WORK))
    finished(session)
    files = bench.organization.world.servers["ex1"].files
    folder = f"{ROOT}\\run1\\job1\\"
    whole = files.read(folder + "started")
    files.delete(folder + "receipt")
    files.write(folder + "started", written)
    state = session.look_job("job1")
    assert (state.directory, state.started, state.finished) == (True, False, False)
    files.write(folder + "started", whole)
    state = session.look_job("job1")
    assert (state.started, state.alive) == (True, False)


def test_a_restart_leaves_a_job_that_is_started_and_dead(bench: Bench) -> None:
    session = bench.session()
    session.submit_job(job("while ($true) { Start-Sleep -Seconds 5 }"))
    before = until(session, lambda state: state.started and state.pid)
    boot = session.reboot(before.boot_id)
    assert boot != before.boot_id
    after = session.look_job("job1")
    assert (after.started, after.alive, after.finished) == (True, False, False)
    assert after.machine_id == before.machine_id
    assert after.boot_id == boot
    assert session.reboot(before.boot_id) == boot
    assert bench.organization.world.servers["ex1"].boots == 1


def test_a_wrong_run_as_password_starts_nothing(bench: Bench) -> None:
    session = bench.session()
    with pytest.raises(JobRefused) as caught:
        session.submit_job(job(WORK, run_as=replace(RUN_AS, password="wrong-secret")))
    assert "wrong-secret" not in str(caught.value)
    assert not session.look_job("job1").started
    session.submit_job(job(WORK))
    assert isinstance(finished(session), Result)


def test_the_password_is_in_no_file_and_leaves_with_the_task(bench: Bench) -> None:
    session = bench.session()
    session.submit_job(job(WORK))
    finished(session)
    server = bench.organization.world.servers["ex1"]
    for name in server.files.children(f"{ROOT}\\run1\\job1"):
        assert PASSWORD.encode() not in server.files.read(f"{ROOT}\\run1\\job1\\{name}")
    session.forget_job("job1")
    session.forget_job("job1")
    assert server.tasks.get("exmigrate-run1-job1") is None


def test_a_script_altered_on_the_server_does_not_run(bench: Bench) -> None:
    session = bench.session()
    world = bench.organization.world
    session.submit_job(job(WORK))
    finished(session)
    files = world.servers["ex1"].files
    folder = f"{ROOT}\\run1\\job1\\"
    script = next(name for name in files.children(folder) if len(name) == 68)
    files.write(folder + script, b"function Apply { @{ state = 'applied' } }")
    for name in ("started", "receipt"):
        files.delete(folder + name)
    with world.access():
        world.servers["ex1"].tasks.run("exmigrate-run1-job1")
    receipt = finished(session)
    assert isinstance(receipt, Failure)
    assert "altered" in receipt.message


def test_readiness_waits_for_automatic_services(bench: Bench) -> None:
    from exmigrate.twin.powershell.machine import Service

    session = bench.session()
    server = bench.organization.world.servers["ex1"]
    with bench.organization.world.access():
        server.services.create(Service("MSExchangeIS", "Store", "Stopped", "Automatic"))
        server.services.create(Service("MSExchangeImap4", "IMAP", "Stopped", "Manual"))
    assert session.readiness().waiting == ("MSExchangeIS",)
    with bench.organization.world.access():
        server.services.start("MSExchangeIS")
    assert session.readiness().ready
