"""W6: progress and warnings on standard error are no errors; the verdict is the answer."""

from __future__ import annotations

import pytest

from exmigrate.remote import Result
from tests.wire.world import Organization, call

pytestmark = pytest.mark.wire


def test_what_scripts_print_is_evidence_and_no_verdict(organization: Organization) -> None:
    (outcome,) = organization.session().call([call("print", text="hello")])
    assert isinstance(outcome, Result)
    assert outcome.state == "ok"
    assert outcome.console == "printed hello\n"
