"""W12: exit codes say nothing; a process that ends with 0 and no answer has not succeeded."""

from __future__ import annotations

import pytest

from exmigrate.remote import Failure
from tests.wire.world import Organization, call

pytestmark = pytest.mark.wire


def test_exit_0_without_an_answer_is_no_success(organization: Organization) -> None:
    (outcome,) = organization.session().call([call("die", code=0)])
    assert isinstance(outcome, Failure)
    assert outcome.class_ == "ambiguous"
    assert "exit code 0" in outcome.message
