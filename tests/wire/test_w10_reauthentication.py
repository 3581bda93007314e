"""W10: a 401 in mid-stream is met by authenticating once more; refused credentials are never tried twice."""

from __future__ import annotations

import pytest

from exmigrate.remote import Failure, RemoteCredential, Result
from exmigrate.twin.wsman import Effect, WireFault
from tests.wire.world import PASSWORD, Organization, call

pytestmark = pytest.mark.wire


@pytest.mark.parametrize("operation", ["send", "receive"])
@pytest.mark.parametrize("kind", ["ntlm", "credssp"])
def test_a_401_in_mid_stream_costs_no_call(organization: Organization, kind: str, operation: str) -> None:
    session = organization.session(transport=kind)
    session.call([call("echo")])
    organization.faults.add(WireFault(operation, Effect.REAUTH))
    assert isinstance(session.call([call("echo", n=2)])[0], Result)
    assert organization.scripts.ran == ["echo", "echo"]


@pytest.mark.parametrize("kind", ["ntlm", "credssp"])
def test_a_wrong_password_is_tried_once(organization: Organization, kind: str) -> None:
    wrong = RemoteCredential("EXAMPLE\\admin", PASSWORD + "x")
    (outcome,) = organization.session(transport=kind, credential=wrong).call([call("echo")])
    assert isinstance(outcome, Failure)
    assert (outcome.class_, outcome.fqid) == ("credentials", "EXM-T021")
    assert organization.accounts.failures["admin"] == 1
    assert PASSWORD not in repr(outcome)


def test_a_password_that_changed_in_between_is_tried_once(organization: Organization) -> None:
    from dataclasses import replace

    from exmigrate.twin.wsman import nt_hash

    session = organization.session()
    session.call([call("echo")])
    accounts = organization.accounts.accounts
    accounts["admin"] = replace(accounts["admin"], nt_hash=nt_hash("another"))
    organization.server.drop_connections("MAIL1")
    (outcome,) = session.call([call("echo")])
    assert isinstance(outcome, Failure)
    assert organization.accounts.failures["admin"] == 1
