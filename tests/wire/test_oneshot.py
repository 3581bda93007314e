"""A server whose processes get no standard input: calls go through files, secrets do not go at all."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exmigrate.remote import Failure, Result
from exmigrate.twin.wsman import Effect, Moment, WireFault
from tests.wire.world import FAST, Organization, call

pytestmark = pytest.mark.wire


@pytest.fixture
def deaf(organization: Organization) -> Organization:
    organization.powershell.deaf = True
    return organization


def test_calls_go_through_files_and_these_are_removed(deaf: Organization) -> None:
    session = deaf.session(timeouts=replace(FAST, ready=1, operation=1))
    first, second = session.call([call("echo", n=1, text="ä'"), call("fail", text="no")])
    assert isinstance(first, Result)
    assert first.facts == {"n": 1, "text": "ä'"}
    assert second == Failure("script", "no", "RuntimeException", "At line:1")
    assert isinstance(session.call([call("echo", n=2)])[0], Result)
    assert deaf.scripts.ran == ["echo", "fail", "echo"]
    assert max(len(line) for line in deaf.powershell.lines) < 8191
    session.close()
    assert deaf.powershell.files == {}


def test_secrets_are_refused(deaf: Organization) -> None:
    session = deaf.session(timeouts=replace(FAST, ready=1, operation=1))
    secret, plain = session.call([call("echo", {"password": "hunter2"}), call("echo", n=1)])
    assert isinstance(secret, Failure)
    assert secret.class_ == "permanent"
    assert isinstance(plain, Result)
    assert deaf.scripts.ran == ["echo"]


def test_a_lost_run_is_unknown_and_a_lost_store_never_ran(deaf: Organization) -> None:
    session = deaf.session(timeouts=replace(FAST, ready=1, operation=1))
    session.call([call("echo")])
    stored = len(deaf.powershell.lines)
    session.call([call("echo")])
    commands = len(deaf.powershell.lines) - stored
    deaf.faults.add(WireFault("command", Effect.DROP, Moment.AFTER, skip=commands - 1))
    (outcome,) = session.call([call("echo")])
    assert isinstance(outcome, Failure)
    assert outcome.class_ == "ambiguous"
    assert isinstance(session.call([call("echo")])[0], Result)
