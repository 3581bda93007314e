"""W15: many hosts at once meet refusals and busy services; attempts are spread and none is lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from exmigrate.remote import Result
from exmigrate.twin.wsman import Effect, WireFault
from tests.wire.world import FAST, Organization, call

pytestmark = pytest.mark.wire


def test_thirty_sessions_through_refusals(organization: Organization) -> None:
    for fault in (
        WireFault("create", Effect.HTTP, status=503, times=20),
        WireFault("connect", Effect.DROP, skip=10, times=5),
        WireFault("command", Effect.HTTP, status=503, times=10),
    ):
        organization.faults.add(fault)
    patient = replace(FAST, connect=30.0)
    sessions = [organization.session("mail1" if n % 2 else "mail2", timeouts=patient) for n in range(30)]

    with ThreadPoolExecutor(30) as pool:
        outcomes = list(pool.map(lambda session: session.call([call("echo")])[0], sessions))
    assert all(isinstance(outcome, Result) for outcome in outcomes), outcomes
    assert organization.scripts.ran == ["echo"] * 30
