"""What is printed is what was said."""

from __future__ import annotations

import pytest

from exmigrate.cli.output import console


def test_places_and_brackets_are_printed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    """`:100:` is an emoji to rich, and `[site]` markup; a line number and a name are neither."""
    console().print("plan.yaml:100:7: error in [site] of [b]")
    assert capsys.readouterr().out == "plan.yaml:100:7: error in [site] of [b]\n"
