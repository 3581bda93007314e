"""Jobs on Windows 2003, which has no task service interface: schtasks.exe, and what must be declared for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exmigrate.remote import (
    Call,
    ConnectionSettings,
    Failure,
    JobRefused,
    NotExposed,
    RemoteCredential,
    Result,
    RunAs,
    RunAsRefused,
    Timeouts,
    WinRMSession,
    WinRMSessions,
    failure_class,
    literal,
)
from exmigrate.remote.framing import digest
from exmigrate.remote.kept import package_text
from exmigrate.twin.powershell.commandline import split_command
from exmigrate.twin.powershell.host import Host
from exmigrate.twin.powershell.machine.memory import MemoryMachine
from exmigrate.twin.serve import build_world
from exmigrate.twin.world.spec import AccountSpec, ListenerSpec, ServerSpec
from exmigrate.twin.wsman import Effect, Moment, Organization, ScriptedFaults, WireFault
from tests.wire.small_world import PASSWORD, spec
from tests.wire.test_w09_detached_jobs import ROOT, WORK, finished, job, until

pytestmark = pytest.mark.wire

AWKWARD = 'p w"&|<>^%PATH%\\" ends in \\'
"""A password with what a shell and a program's start code give a meaning to."""
SETUP = RunAs("password", "EXAMPLE\\setup", PASSWORD + "2", exposed=True)
SYSTEM = RunAs("system")
COUNT = "Add-Content C:\\runs.txt 'x'; @{ state = 'applied' }"


class Old:
    """EX1 with Windows 2003, reached by NTLM over HTTP."""

    def __init__(self) -> None:
        made = spec()
        old = ServerSpec(
            "EX1", "example.test", addresses=("10.0.0.11",), os="2003", service_pack=2, bits=32,
            listeners=(ListenerSpec("http", 5985, ("ntlm",)),),
        )  # fmt: skip
        awkward = AccountSpec("awkward", AWKWARD, groups=("Domain Admins",))
        made = replace(made, servers=(old, *made.servers[1:]), accounts=(*made.accounts, awkward))
        self.faults = ScriptedFaults()
        self.organization = Organization(build_world(made, speed=600.0), self.faults)
        self.server = self.organization.world.servers["ex1"]
        self.sessions: list[WinRMSession] = []

    def session(self, run_root: str = ROOT) -> WinRMSession:
        endpoint = self.organization.endpoints["EX1"]
        connection = ConnectionSettings(
            "EX1", endpoint.address, "ntlm", port=endpoint.http_port, run_root=run_root,
            timeouts=Timeouts(operation=2, ready=30, call=60, recover=15.0, connect=10.0),
        )  # fmt: skip
        session = WinRMSessions("run1").open(connection, RemoteCredential("EXAMPLE\\admin", PASSWORD))
        self.sessions.append(session)
        return session

    def everything_on_disk(self) -> bytes:
        """All files below the run root."""
        found = bytearray()
        folders = [ROOT]
        while folders:
            folder = folders.pop()
            for name in self.server.files.children(folder):
                path = f"{folder}\\{name}"
                stat = self.server.files.stat(path)
                if stat is not None and stat.is_directory:
                    folders.append(path)
                else:
                    found += self.server.files.read(path)
        return bytes(found)

    def close(self) -> None:
        for session in self.sessions:
            session.close()
        self.organization.close()


@pytest.fixture
def old() -> Iterator[Old]:
    made = Old()
    yield made
    made.close()


@pytest.mark.parametrize(
    ("account", "user"),
    [(SETUP, "setup"), (RunAs("password", "EXAMPLE\\awkward", AWKWARD, exposed=True), "awkward"),
     (RunAs("password", "setup@example.test", PASSWORD + "2", exposed=True), "setup"), (SYSTEM, "SYSTEM")],
    ids=["account", "awkward-password", "by-principal-name", "system"],
)  # fmt: skip
def test_a_job_runs_under_its_account_and_its_task_goes(old: Old, account: RunAs, user: str) -> None:
    session = old.session()
    session.submit_job(job(WORK, run_as=account))
    receipt = finished(session)
    assert isinstance(receipt, Result), receipt
    assert receipt.facts == {"name": "it's", "list": [1]}
    assert session.read_log("job1", 0, 1000).decode().splitlines() == [f"working as {user}", "a line"]
    task = old.server.tasks.get("exmigrate-run1-job1")
    assert task is not None
    assert task.runs == 1
    if account.password:
        assert account.password.encode() not in old.everything_on_disk()
    session.forget_job("job1")
    session.forget_job("job1")
    assert old.server.tasks.get("exmigrate-run1-job1") is None


def test_the_job_of_an_account_reaches_other_machines_and_the_logon_does_not(old: Old) -> None:
    ask = "try { $n = ([ADSI]'LDAP://dc1.example.test/RootDSE').Get('currentTime'); $r = 'yes' } catch { $r = 'no' };"
    session = old.session()
    session.submit_job(job(f"{ask} @{{ state = 'applied'; facts = @{{ reached = $r }} }}", run_as=SETUP))
    receipt = finished(session)
    assert isinstance(receipt, Result)
    assert receipt.facts == {"reached": "yes"}


def test_a_client_that_dies_finds_its_job_again(old: Old) -> None:
    """The answer to the submission is lost and the client is gone; another one adopts, reads on and takes the receipt."""
    first = old.session()
    first.machine()
    first.submit_job(
        job("while (-not (Test-Path C:\\go)) { Start-Sleep -Seconds 5 }; " + COUNT, run_as=SETUP)
    )
    first.close()
    second = old.session()
    running = until(second, lambda state: state.started and state.pid)
    assert (running.alive, running.finished) == (True, False)
    assert running.started_boot == running.boot_id
    second.submit_job(job("throw 'never'", run_as=SETUP))  # the same id: it is there already
    old.server.files.write("C:\\go", b"")
    assert isinstance(finished(second), Result)
    assert old.server.files.read("C:\\runs.txt").split() == [b"x"]
    second.forget_job("job1")
    assert old.server.tasks.all() == []


@pytest.mark.parametrize("moment", list(Moment))
def test_a_lost_answer_does_not_run_a_job_twice(old: Old, moment: Moment) -> None:
    session = old.session()
    session.machine()
    old.faults.add(WireFault("send", Effect.DROP, moment))
    old.faults.add(WireFault("receive", Effect.DROP, moment, skip=1))
    session.submit_job(job(COUNT, run_as=SETUP))
    assert isinstance(finished(session), Result)
    session.submit_job(job(COUNT, run_as=SETUP))
    task = old.server.tasks.get("exmigrate-run1-job1")
    assert task is not None
    with old.organization.world.access():
        old.server.tasks.run("exmigrate-run1-job1")
    until(session, lambda state: not task.is_running)
    assert old.server.files.read("C:\\runs.txt").split() == [b"x"]
    assert old.faults.hits


def test_a_restart_is_told_although_the_system_process_has_no_start(old: Old) -> None:
    session = old.session()
    session.submit_job(job("while ($true) { Start-Sleep -Seconds 5 }", run_as=SETUP))
    before = until(session, lambda state: state.started and state.pid)
    assert before.boot_id.startswith("session-manager:")
    boot = session.reboot(before.boot_id)
    after = session.look_job("job1")
    assert after.boot_id == boot != before.boot_id
    assert (after.started, after.alive, after.finished) == (True, False, False)
    assert after.machine_id == before.machine_id
    assert old.server.boots == 1


def test_a_password_that_the_plan_does_not_expose_starts_and_leaves_nothing(old: Old) -> None:
    session = old.session()
    with pytest.raises(NotExposed) as caught:
        session.submit_job(job(WORK, run_as=replace(SETUP, exposed=False)))
    assert caught.value.server == "EX1"
    assert "EXAMPLE\\setup" in caught.value.why
    assert "'expose_run_as_password: true' for EX1" in caught.value.why
    assert "driven: false" in caught.value.why
    assert SETUP.password not in str(caught.value)
    assert failure_class(caught.value) == "permanent"
    assert not session.look_job("job1").directory
    assert old.server.tasks.all() == []


def test_a_wrong_password_stops_at_once_and_leaves_no_task(old: Old) -> None:
    """Windows 2003 makes the task with a warning; a second attempt could lock the account."""
    session = old.session()
    with pytest.raises(RunAsRefused) as caught:
        session.submit_job(job(WORK, run_as=replace(SETUP, password="wrong-secret")))
    assert "wrong-secret" not in str(caught.value)
    assert "EXAMPLE\\setup" in caught.value.why
    assert failure_class(caught.value) == "credentials"
    assert old.server.tasks.all() == []
    assert not session.look_job("job1").started


@pytest.mark.parametrize("password", ["", "*", "/rp", "-x", "two\nlines"])
def test_a_password_that_cannot_be_handed_over_is_refused(old: Old, password: str) -> None:
    session = old.session()
    with pytest.raises(RunAsRefused) as caught:
        session.submit_job(job(WORK, run_as=replace(SETUP, password=password)))
    assert "schtasks.exe cannot take the password" in caught.value.why
    assert old.server.tasks.all() == []


def test_a_managed_account_and_a_run_root_with_blanks_are_refused(old: Old) -> None:
    with pytest.raises(JobRefused, match="no managed accounts"):
        old.session().submit_job(job(WORK, run_as=RunAs("managed", "EXAMPLE\\gmsa$")))
    for root, why in (("C:\\Run root", "letters, digits"), ("C:\\" + "r" * 200, "too long")):
        with pytest.raises(JobRefused, match=why):
            old.session(root).submit_job(job(WORK, run_as=SETUP))
    assert old.server.tasks.all() == []


def test_an_error_is_in_the_receipt(old: Old) -> None:
    session = old.session()
    session.submit_job(job("throw 'Setup was not amused'", run_as=SYSTEM))
    receipt = finished(session)
    assert isinstance(receipt, Failure)
    assert receipt.message == "Setup was not amused"


@given(
    st.lists(
        st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12), max_size=4
    )
)
@settings(max_examples=80, deadline=None)
def test_words_arrive_as_they_were_sent(sent: list[str]) -> None:
    """The quoting of a command line is undone by the rules that programs read theirs by."""
    body = f"{package_text('tasks-2003.ps1')}\n"
    body += "\n".join(f"ConvertTo-ExmWord {literal(word)}" for word in sent)
    found = Host("2.0", MemoryMachine()).runspace().run(body)
    line = " ".join(str(word) for word in found.output)
    assert split_command(line) == sent


def test_windows_2003_takes_neither_the_rights_of_icacls_nor_a_bad_text_of_them(old: Old) -> None:
    session = old.session()
    text = "function Check { param($a) $o = @(& icacls.exe 'C:\\' /inheritance:r 2>&1) -join ' ';"
    text += " $s = New-Object System.Security.AccessControl.DirectorySecurity;"
    text += " try { $s.SetSecurityDescriptorSddlForm('D:(A;OICI)'); $e = '' } catch { $e = $_.Exception.Message };"
    text += " @{ state = 'ok'; facts = @{ out = $o; code = $LASTEXITCODE; error = $e } } }"
    (outcome,) = session.call([Call(digest(text), text, "Check")])
    assert isinstance(outcome, Result), outcome
    assert outcome.facts["code"] == 87
    assert "/inheritance" in str(outcome.facts["out"])
    assert "SDDL form" in str(outcome.facts["error"])
