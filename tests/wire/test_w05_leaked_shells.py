"""W5: shells and operations run into quotas; they are closed, noted, and given back by the next controller."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from exmigrate.remote import Failure, Result, ShellBook
from exmigrate.twin.wsman import WINRM_2, Effect, WireFault
from tests.wire.world import ADMIN, Organization, call, machine

pytestmark = pytest.mark.wire


@pytest.fixture
def organization() -> Iterator[Organization]:
    made = Organization(machine("MAIL1", quotas=WINRM_2))
    yield made
    made.close()


def test_a_closed_session_leaves_no_shell(organization: Organization) -> None:
    for _ in range(12):
        session = organization.session()
        assert isinstance(session.call([call("echo")])[0], Result)
        session.close()


def test_a_start_that_fails_leaves_no_shell(organization: Organization) -> None:
    for _ in range(12):
        organization.faults.add(WireFault("command", Effect.FAULT, code=5))
        (outcome,) = organization.session().call([call("echo")])
        assert isinstance(outcome, Failure)
        assert outcome.class_ == "permanent"
    assert isinstance(organization.session().call([call("echo")])[0], Result)


def test_shells_of_a_controller_that_was_killed_are_given_back(
    organization: Organization, tmp_path: Path
) -> None:
    path = tmp_path / "state" / "shells.json"
    for _ in range(12):
        # Never closed: each turn is a controller that died.
        assert isinstance(organization.session(book=ShellBook(path)).call([call("echo")])[0], Result)
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(ShellBook(path).left(organization.settings().endpoint, ADMIN.username)) == 1


def test_a_full_quota_is_told_as_throttled(organization: Organization) -> None:
    others = [organization.session() for _ in range(5)]
    for other in others:
        other.call([call("echo")])
    session = organization.session()
    (outcome,) = session.call([call("echo")])
    assert isinstance(outcome, Failure)
    assert (outcome.class_, outcome.fqid) == ("throttled", "EXM-T011")
    others[0].close()
    assert isinstance(session.call([call("echo")])[0], Result)


def test_one_process_uses_one_operation_however_many_calls(organization: Organization) -> None:
    session = organization.session()
    for _ in range(40):
        assert isinstance(session.call([call("echo")])[0], Result)
