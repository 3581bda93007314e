"""W2: operation time-outs are swallowed for ever by the client library; here a call has a deadline of its own."""

from __future__ import annotations

from dataclasses import replace

import pytest

from exmigrate.remote import Failure, Result
from exmigrate.twin.wsman import Effect, Moment, WireFault
from tests.wire.world import FAST, Organization, call

pytestmark = pytest.mark.wire


def test_a_call_that_hangs_ends_as_unknown_and_its_process_is_ended(organization: Organization) -> None:
    session = organization.session(timeouts=replace(FAST, operation=1))
    outcome, after = session.call([replace(call("slow"), timeout_s=1.0), call("echo")])
    assert isinstance(outcome, Failure)
    assert (outcome.class_, outcome.fqid) == ("ambiguous", "EXM-T050")
    assert isinstance(after, Failure)
    assert isinstance(session.call([call("echo")])[0], Result)
    assert organization.powershell.starts == 2


def test_no_progress_is_no_failure(organization: Organization) -> None:
    organization.faults.add(
        WireFault("receive", Effect.FAULT, Moment.BEFORE, skip=1, times=3, code=2150858793)
    )
    assert isinstance(organization.session().call([call("echo")])[0], Result)
    assert organization.scripts.ran == ["echo"]
