"""W13: what the server really said is kept as evidence beside the rendered message."""

from __future__ import annotations

import pytest

from exmigrate.remote import Failure
from exmigrate.twin.wsman import Effect, WireFault
from tests.wire.world import Organization, call

pytestmark = pytest.mark.wire


def test_an_unknown_fault_is_kept_whole(organization: Organization) -> None:
    organization.faults.add(WireFault("create", Effect.FAULT, code=2150859999, times=-1))
    (outcome,) = organization.session().call([call("echo")])
    assert isinstance(outcome, Failure)
    assert outcome.class_ == "never-sent"
    assert "2150859999" in outcome.message
    assert "<f:WSManFault xmlns:f=" in outcome.evidence["evidence"]
