"""What a person reads when a plan is wrong, word for word."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from exmigrate.plan import LoadResult
from tests.plan.broken import broken
from tests.plan.cases import CSV, PLAN

GOLDEN = Path(__file__).parent / "golden"


def compare(name: str, result: LoadResult) -> None:
    text = "\n\n".join(str(p) for p in result.problems) + "\n"
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")


@pytest.mark.parametrize("name", PLAN)
def test_error_text_of_a_broken_plan(name: str) -> None:
    result = broken(*PLAN[name])
    compare(name, result)
    assert name == "unwaivable" or result.topology is None


@pytest.mark.parametrize("name", CSV)
def test_error_text_of_a_broken_csv(name: str) -> None:
    file, data = CSV[name]
    result = broken(csv={file: data})
    compare(name, result)
    assert result.topology is None


def test_every_golden_text_has_a_case() -> None:
    assert {p.stem for p in GOLDEN.glob("*.txt")} == {*PLAN, *CSV}
