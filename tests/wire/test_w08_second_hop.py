"""W8: a network logon reaches no second server; CredSSP does."""

from __future__ import annotations

import pytest

from exmigrate.remote import RemoteCredential, Result
from tests.wire.world import LOCAL_PASSWORD, Organization, call

pytestmark = pytest.mark.wire


@pytest.mark.parametrize(
    ("settings", "state"),
    [
        ({"transport": "ntlm"}, "refused"),
        ({"transport": "credssp"}, "reached"),
        (
            {
                "transport": "basic",
                "scheme": "https",
                "credential": RemoteCredential("svc", LOCAL_PASSWORD),
            },
            "refused",
        ),
    ],
)
def test_second_hop(organization: Organization, trust: str, settings: dict[str, object], state: str) -> None:
    (outcome,) = organization.session(verify=trust, **settings).call([call("hop")])
    assert isinstance(outcome, Result)
    assert outcome.state == state
