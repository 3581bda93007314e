"""W7: over the shell's memory quota the process is ended by the server; the call's outcome is unknown."""

from __future__ import annotations

import pytest

from exmigrate.remote import Failure, Result
from tests.wire.world import Organization, call

pytestmark = pytest.mark.wire


def test_the_call_is_unknown_and_those_behind_it_never_ran(organization: Organization) -> None:
    session = organization.session()
    first, killed, behind = session.call([call("echo"), call("die"), call("echo", n=3)])
    assert isinstance(first, Result)
    assert isinstance(killed, Failure)
    assert killed.class_ == "ambiguous"
    # What stood behind it in the same message cannot be told apart from it by the wire alone.
    assert isinstance(behind, Failure)
    assert behind.class_ == "ambiguous"
    assert isinstance(session.call([call("echo")])[0], Result)
