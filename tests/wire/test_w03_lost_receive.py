"""W3: a blip in the middle of a command loses output; answers are kept by id and replayed."""

from __future__ import annotations

import threading

import pytest

from exmigrate.remote import Result
from exmigrate.twin.wsman import Effect, Moment, WireFault
from tests.wire.world import Organization, call

pytestmark = pytest.mark.wire


@pytest.mark.parametrize("effect", [Effect.DROP, Effect.TRUNCATE, Effect.GARBAGE, Effect.REAUTH])
@pytest.mark.parametrize("kind", ["ntlm", "credssp"])
def test_an_answer_whose_receive_was_lost_is_replayed(
    organization: Organization, effect: Effect, kind: str
) -> None:
    session = organization.session(transport=kind)
    session.call([call("echo")])
    organization.faults.add(WireFault("receive", effect, Moment.AFTER, with_output=True, times=2))
    outcomes = session.call([call("echo", n=n) for n in range(5)])
    assert [o.facts["n"] for o in outcomes if isinstance(o, Result)] == [0, 1, 2, 3, 4]
    assert len(organization.faults.hits) == 2
    assert organization.scripts.ran == ["echo"] * 6
    assert organization.powershell.starts == 1


def test_connections_that_are_reset_while_a_call_runs(organization: Organization) -> None:
    session = organization.session()
    session.call([call("echo")])
    timer = threading.Timer(0.3, organization.server.drop_connections, ["MAIL1"])
    timer.start()
    threading.Timer(0.8, organization.scripts.release.set).start()
    (outcome,) = session.call([call("slow")])
    timer.join()
    assert isinstance(outcome, Result)
    assert organization.scripts.ran == ["echo", "slow"]


@pytest.mark.parametrize("moment", list(Moment))
@pytest.mark.parametrize("skip", [0, 1, 2])
def test_a_lost_send_neither_loses_nor_repeats_a_call(
    organization: Organization, moment: Moment, skip: int
) -> None:
    session = organization.session()
    session.call([call("echo")])
    organization.faults.add(WireFault("send", Effect.DROP, moment, skip=skip))
    outcomes = session.call([call("echo", n=n, text="x" * 90_000) for n in range(4)])
    assert [o.facts["n"] for o in outcomes if isinstance(o, Result)] == [0, 1, 2, 3]
    assert organization.scripts.ran == ["echo"] * 5
