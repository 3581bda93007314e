"""The kept process over a real wire, against a host loop that is not PowerShell."""

from __future__ import annotations

import pytest

from exmigrate.remote import Failure, Result
from tests.wire.world import Organization, call

pytestmark = pytest.mark.wire


def test_calls_share_one_process_and_one_round_trip(organization: Organization) -> None:
    session = organization.session()
    outcomes = session.call([call("echo", n=n, text="ä'’\n") for n in range(20)])
    assert [o.facts["n"] for o in outcomes if isinstance(o, Result)] == list(range(20))
    assert all(isinstance(o, Result) and o.facts["text"] == "ä'’\n" for o in outcomes)
    assert isinstance(session.call([call("echo")])[0], Result)
    assert organization.powershell.starts == 1


def test_large_argument_and_answer_pass_in_pieces(organization: Organization) -> None:
    session = organization.session()
    members = [f"user{n:05d}@example.test" for n in range(8000)]
    out, large = session.call([call("echo", members=members), call("large", size=900_000)])
    assert isinstance(out, Result)
    assert out.facts["members"] == members
    assert isinstance(large, Result)
    assert len(large.facts["text"]) == 900_000


def test_script_error_is_a_failure_with_its_place(organization: Organization) -> None:
    (outcome,) = organization.session().call([call("fail", text="no such connector")])
    assert outcome == Failure("script", "no such connector", "RuntimeException", "At line:1")


def test_secret_is_blotted_out_of_everything(organization: Organization) -> None:
    session = organization.session()
    secret = {"password": "hunter2'x"}
    for script in ("echo", "print"):
        (outcome,) = session.call([call(script, secret, text="it is hunter2'x")])
        assert "hunter2" not in repr(outcome)
        assert "******" in repr(outcome)
    (outcome,) = session.call([call("fail", secret, text="bad: hunter2'x")])
    assert outcome == Failure("script", "bad: ******", "RuntimeException", "At line:1")
    assert "hunter2" not in repr(call("echo", secret))


def test_two_servers_have_sessions_of_their_own(organization: Organization) -> None:
    for name in ("mail1", "mail2"):
        assert isinstance(organization.session(name).call([call("echo")])[0], Result)


@pytest.mark.parametrize(("kind", "scheme"), [("credssp", "http"), ("credssp", "https"), ("ntlm", "https")])
def test_every_way_in_carries_calls(organization: Organization, kind: str, scheme: str, trust: str) -> None:
    session = organization.session(transport=kind, scheme=scheme, verify=trust)
    (outcome,) = session.call([call("hop", text="x" * 200_000)])
    assert isinstance(outcome, Result)
    assert outcome.state == ("reached" if kind == "credssp" else "refused")


def test_a_server_that_keeps_losing_texts_is_told_as_never_ran(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = organization.session()
    session.call([call("echo")])
    from tests.wire import fakeloop

    monkeypatch.setattr(
        fakeloop._Loop, "call", lambda self, request_id, sha: self.say(f"M {request_id} {sha}")
    )
    (outcome,) = session.call([call("echo")])
    assert isinstance(outcome, Failure)
    assert outcome.class_ == "never-sent"
    assert "asked 6 times" in outcome.message


def test_after_a_silence_a_call_that_never_arrived_is_sent_again(
    organization: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.wire import fakeloop

    session = organization.session()
    session.call([call("echo", n=0)])
    arrived, lost = fakeloop._Loop.call, []

    def swallow_one(self: fakeloop._Loop, request_id: str, sha: str) -> None:
        # The server said that it took the message; the process never read it.
        if lost:
            arrived(self, request_id, sha)
        else:
            lost.append(request_id)

    monkeypatch.setattr(fakeloop._Loop, "call", swallow_one)
    (outcome,) = session.call([call("echo", n=1)])
    assert isinstance(outcome, Result)
    assert outcome.facts["n"] == 1
    assert lost
    assert organization.scripts.ran == ["echo", "echo"]
    assert organization.powershell.starts == 1
