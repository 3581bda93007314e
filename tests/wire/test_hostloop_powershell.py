"""The real host loop in the twin's PowerShell 2.0, over the real wire."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from exmigrate.remote import (
    Call,
    ConnectionSettings,
    Failure,
    RemoteCredential,
    Result,
    Timeouts,
    WinRMSession,
    WinRMSessions,
)
from exmigrate.remote.framing import digest
from exmigrate.twin.serve import build_world
from exmigrate.twin.wsman import Effect, Moment, Organization, ScriptedFaults, WireFault
from tests.wire.small_world import PASSWORD, spec
from tests.wire.test_literals import values

pytestmark = pytest.mark.wire

ECHO = "function Check { param($a) return @{ state = 'ok'; facts = @{ value = $a.value } } }"


class Bench:
    def __init__(self) -> None:
        self.faults = ScriptedFaults()
        self.organization = Organization(build_world(spec(), speed=600.0), self.faults)
        self.sessions: list[WinRMSession] = []

    def session(self, machine: str = "EX1", kind: Any = "ntlm") -> WinRMSession:
        endpoint = self.organization.endpoints[machine]
        connection = ConnectionSettings(
            machine,
            endpoint.address,
            kind,
            port=endpoint.http_port,
            timeouts=Timeouts(operation=2, ready=30, call=60, recover=15.0, connect=10.0),
        )
        session = WinRMSessions("run1").open(connection, RemoteCredential("EXAMPLE\\admin", PASSWORD))
        self.sessions.append(session)
        return session

    def close(self) -> None:
        for session in self.sessions:
            session.close()
        self.organization.close()


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.close()


@pytest.fixture(scope="module")
def session(bench: Bench) -> WinRMSession:
    return bench.session()


def ask(session: WinRMSession, script: str, secrets: dict[str, str] | None = None, **argument: Any) -> Any:
    (outcome,) = session.call([Call(digest(script), script, "Check", argument, secrets=secrets or {})])
    return outcome


def check(body: str) -> str:
    return f"function Check {{ param($a) {body} }}"


def test_identity(session: WinRMSession, bench: Bench) -> None:
    identity = session.machine()
    server = bench.organization.world.servers["ex1"]
    assert identity.machine_id == server.machine_guid
    assert identity.ps_version.startswith("2.0")
    assert identity.boot_id.startswith("process:")
    assert session.machine() == identity


def test_identity_on_a_later_windows(bench: Bench) -> None:
    assert bench.session("EX2").machine().machine_id


@given(values)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_values_come_back_as_they_went(session: WinRMSession, value: Any) -> None:
    outcome = ask(session, ECHO, value=value)
    assert isinstance(outcome, Result), outcome
    assert outcome.facts["value"] == value


def test_objects_become_plain_values(session: WinRMSession) -> None:
    outcome = ask(
        session,
        check(
            "$o = New-Object PSObject; $o | Add-Member NoteProperty Name 'x';"
            "@{ state = 'OK'; facts = @{ o = $o; d = [double]3; f = 2.5; n = $null; t = [datetime]'2011-01-02';"
            "  a = @(1, 'two', @(3)); e = @(); s = [switch]$true; b = [byte]7; c = [char]'c'; v = [version]'1.2' } }"
        ),
    )
    assert isinstance(outcome, Result), outcome
    assert outcome.state == "ok"
    assert outcome.facts["o"] == {"Name": "x"}
    expected = {
        "d": 3,
        "f": "2.5",
        "n": None,
        "a": [1, "two", [3]],
        "e": [],
        "s": True,
        "b": 7,
        "c": "c",
        "v": "1.2",
    }
    assert {key: outcome.facts[key] for key in expected} == expected
    assert outcome.facts["t"].startswith("2011-01-02T00:00:00")


def test_each_call_has_a_scope_of_its_own_and_libraries_are_in_it(session: WinRMSession) -> None:
    library = "$shared = 1; function Get-Shared { $script:x = 5; return $shared }"
    script = check("$shared += 1; @{ state = 'ok'; facts = @{ shared = $shared; lib = Get-Shared } }")
    call = Call(digest(script), script, "Check", {}, [(f"sha256:{digest(library)}", library)])
    for _ in range(2):
        (outcome,) = session.call([call])
        assert isinstance(outcome, Result), outcome
        # A function sees its caller's variables before those of the scope it was defined in.
        assert outcome.facts == {"shared": 2, "lib": 2}
    plain = ask(
        session,
        check("@{ state = 'ok'; facts = @{ seen = [bool](Get-Command Get-Shared -EA SilentlyContinue) } }"),
    )
    assert plain.facts == {"seen": False}


def test_an_error_has_message_id_category_and_position(session: WinRMSession) -> None:
    outcome = ask(session, check("Get-Item C:\\nowhere"))
    assert isinstance(outcome, Failure)
    assert outcome.class_ == "script"
    assert "nowhere" in outcome.message
    assert outcome.fqid == "PathNotFound,Microsoft.PowerShell.Commands.GetItemCommand"
    assert outcome.evidence["category"] == "ObjectNotFound"
    assert "Get-Item" in outcome.position


def test_secrets_are_used_and_never_echoed(session: WinRMSession) -> None:
    secret = {"password": "Geh’ei'm-7"}
    outcome = ask(session, check('Write-Host $a.password; throw "wrong: $($a.password)"'), secret)
    assert isinstance(outcome, Failure)
    assert outcome.message == "wrong: ******"
    assert "Geh" not in repr(outcome)
    outcome = ask(
        session, check("@{ state = 'ok'; facts = @{ n = $a.password.Length; p = $a.password } }"), secret
    )
    assert outcome.facts == {"n": 10, "p": "******"}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("'text'; 5", "returned no result: 2 objects"),
        ("", "returned no result: 0 objects"),
        ("break", "left its scope"),
        ("$null.Foo()", "null-valued"),
        ("syntax error here }", ""),
        ("Read-Host 'name'", ""),
    ],
)
def test_what_is_no_answer_is_a_failure_and_the_loop_lives(
    session: WinRMSession, body: str, message: str
) -> None:
    outcome = ask(session, check(body))
    assert isinstance(outcome, Failure), outcome
    assert outcome.class_ == "script"
    assert message in outcome.message
    assert isinstance(ask(session, ECHO, value=1), Result)


def test_the_last_object_with_a_state_is_the_result(session: WinRMSession) -> None:
    outcome = ask(session, check("'noise'; Write-Host 'seen'; @{ state = 'a' }; @{ state = 'b' }; 7"))
    assert isinstance(outcome, Result)
    assert outcome.state == "b"
    assert "seen" in outcome.console


def test_exit_ends_the_process_and_the_next_call_has_a_new_one(session: WinRMSession) -> None:
    outcome = ask(session, check("exit 4"))
    assert isinstance(outcome, Failure)
    assert outcome.class_ == "ambiguous"
    assert isinstance(ask(session, ECHO, value=2), Result)


@pytest.mark.parametrize("kind", ["ntlm", "credssp"])
@pytest.mark.parametrize("operation", ["send", "receive"])
def test_answers_survive_the_wire(bench: Bench, kind: str, operation: str) -> None:
    session = bench.session(kind=kind)
    counter = "$n = [int](Get-Content C:\\n.txt -EA SilentlyContinue) + 1; Set-Content C:\\n.txt $n; @{ state = 'ok'; facts = @{ n = $n } }"
    first = ask(session, check(counter)).facts["n"]
    for moment in Moment:
        fault = WireFault(operation, Effect.DROP, moment, with_output=moment is Moment.AFTER)
        bench.faults.add(fault)
        first += 1
        assert ask(session, check(counter)).facts["n"] == first
        assert fault in bench.faults.hits
    session.close()


def test_second_hop_is_refused_without_delegation(bench: Bench) -> None:
    script = check("@{ state = 'ok'; facts = @{ seen = @(Get-ChildItem \\\\EX2\\C$\\Windows).Count } }")
    outcome = ask(bench.session(kind="ntlm"), script)
    assert isinstance(outcome, Failure)
    assert "denied" in outcome.message.lower() or "does not exist" in outcome.message
    assert isinstance(ask(bench.session(kind="credssp"), script), Result)


def test_many_calls_in_one_message(session: WinRMSession) -> None:
    outcomes = session.call([Call(digest(ECHO), ECHO, "Check", {"value": n}) for n in range(200)])
    assert [outcome.facts["value"] for outcome in outcomes if isinstance(outcome, Result)] == list(range(200))
