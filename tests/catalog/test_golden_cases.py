"""One case file a kind and situation: a reviewer reads those instead of code."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml

from tests.catalog import golden
from tests.catalog.scripts import catalog


@pytest.mark.parametrize("path", golden.files(), ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_step_is_compiled_as_the_case_says(path: Path) -> None:
    """Host, needs and arguments of a step are what was reviewed."""
    case = golden.read(path)
    found = golden.expected(case)
    if os.environ.get("UPDATE_GOLDEN"):
        head = {k: v for k, v in case.items() if k in ("plan", "alter", "step")}
        text = yaml.safe_dump({**head, "expect": found}, sort_keys=False, allow_unicode=True, width=110)
        path.write_text(text, "utf-8")
        return
    assert found == case["expect"]


def test_every_kind_has_a_case() -> None:
    """A new kind comes with its golden cases."""
    assert {p.parent.name for p in golden.files()} == set(catalog().kinds)


@pytest.mark.parametrize("path", golden.files(), ids=lambda p: f"{p.parent.name}/{p.stem}")
def test_case_is_in_the_folder_of_its_kind(path: Path) -> None:
    """A case file is found where its kind's name says."""
    case = golden.read(path)
    assert str(case["step"]).partition("@")[0] == path.parent.name
