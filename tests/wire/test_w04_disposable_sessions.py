"""W4: a session that idled out, or whose server was restarted, is replaced; nothing important lived in it."""

from __future__ import annotations

import pytest

from exmigrate.remote import Failure, Result
from exmigrate.twin.wsman import Effect, WireFault
from tests.wire.world import Organization, call

pytestmark = pytest.mark.wire


def restart(organization: Organization) -> None:
    organization.server.take_down("MAIL1")
    organization.server.bring_up("MAIL1")


def test_calls_after_the_shell_is_gone_run_in_a_new_one(organization: Organization) -> None:
    session = organization.session()
    session.call([call("echo")])
    restart(organization)
    assert isinstance(session.call([call("echo", n=2)])[0], Result)
    assert organization.powershell.starts == 2
    assert organization.scripts.ran == ["echo", "echo"]


def test_a_server_that_stays_away_is_told_as_never_sent(organization: Organization) -> None:
    organization.server.take_down("MAIL1")
    (outcome,) = organization.session().call([call("echo")])
    assert isinstance(outcome, Failure)
    assert (outcome.class_, outcome.fqid) == ("never-sent", "EXM-T010")
    assert "refused" in outcome.message


def test_a_call_that_had_begun_when_the_shell_died_is_unknown(organization: Organization) -> None:
    session = organization.session()
    session.call([call("echo")])
    organization.faults.add(WireFault("receive", Effect.FAULT, code=2150858843))
    (outcome,) = session.call([call("echo")])
    assert isinstance(outcome, Failure)
    assert outcome.class_ == "ambiguous"
    assert isinstance(session.call([call("echo")])[0], Result)
