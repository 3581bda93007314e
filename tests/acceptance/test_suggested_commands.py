"""What a command says to type next can be typed as it stands."""

from __future__ import annotations

import re
import shlex

import pytest

from tests.acceptance.twin import Rehearsal

pytestmark = pytest.mark.acceptance

PLAN, SPEED = "single-site-2007-2010", 6000


def suggested(text: str) -> list[list[str]]:
    """The words of each suggested command, its first word left out; what a person fills in is filled in."""
    found = re.findall(r"next: +(exmigrate .*)", text)
    return [shlex.split(line.replace("NAME", "'Eva Muster'").replace("…", "CHG-1"))[1:] for line in found]


def test_from_a_preview_to_a_gate_and_on_by_what_is_suggested(rehearsal: Rehearsal) -> None:
    planned = rehearsal.run(
        "plan", str(rehearsal.plan), "--endpoints", str(rehearsal.endpoints), "-o", str(rehearsal.change)
    )
    [apply] = suggested(planned.stderr)
    waiting = rehearsal.run(*apply, "--state", str(rehearsal.journal))
    assert waiting.returncode == 7, waiting.stderr
    [gates] = suggested(waiting.stderr)
    listed = rehearsal.run(*gates)
    words = suggested(listed.stdout)
    assert {word[:2] == ["gates", "confirm"] for word in words} == {True}
    for word in words:
        said = rehearsal.run(*word)
        assert said.returncode == 0, said.stderr
    state = rehearsal.run("status", *gates[1:])
    [again] = suggested(state.stdout)
    on = rehearsal.run(*again)
    assert on.returncode == 7, on.stderr
    confirmed = {word[2] for word in words}
    assert confirmed.isdisjoint(word[2] for word in suggested(rehearsal.run(*gates).stdout))
