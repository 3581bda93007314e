"""W1: script text never stands on a command line; it goes through standard input and is checked by SHA-256."""

from __future__ import annotations

import pytest

from exmigrate.remote import BadResult, Call, Result
from exmigrate.remote.framing import MAX_SEND, blob_lines, digest, pack
from tests.wire.world import Organization, call

pytestmark = pytest.mark.wire


def test_a_script_of_400_kb_runs_and_the_command_line_stays_short(organization: Organization) -> None:
    long = "echo" + " " * 400_000
    organization.scripts.functions[long] = organization.scripts.functions["echo"]
    (outcome,) = organization.session().call([call(long, n=1)])
    assert isinstance(outcome, Result)
    assert max(len(line) for line in organization.powershell.lines) < 3061


def test_messages_fit_the_envelope_and_no_line_is_split() -> None:
    lines = list(blob_lines("x" * 1_000_000))
    messages = list(pack(lines))
    assert max(map(len, messages)) <= MAX_SEND
    assert all(message.endswith(b"\n") for message in messages)
    assert b"".join(messages) == b"".join(lines)


def test_text_under_a_foreign_digest_is_not_sent(organization: Organization) -> None:
    session = organization.session()
    with pytest.raises(BadResult, match="digest"):
        session.call([Call(digest("echo"), "echo ", "Check")])
    assert organization.powershell.starts == 0
