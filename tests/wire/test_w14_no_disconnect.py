"""W14: durability does not rest on disconnected sessions; only the plain operations of a shell are used."""

from __future__ import annotations

import pytest

from exmigrate.twin.wsman import Moment
from tests.wire.world import Organization, call

pytestmark = pytest.mark.wire


def test_only_plain_shell_operations(organization: Organization, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[str] = set()

    def spy(machine: str, operation: str, moment: Moment, has_output: bool = False) -> None:
        seen.add(operation)

    monkeypatch.setattr(organization.faults, "next", spy)
    session = organization.session()
    session.call([call("echo")])
    session.close()
    assert seen == {"connect", "create", "command", "send", "receive", "delete"}
