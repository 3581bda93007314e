"""Whatever the bytes are: never a traceback, always a place."""

from __future__ import annotations

import string

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from exmigrate.plan import LoadResult, load
from exmigrate.plan.problems import CODES
from tests.plan.broken import FOLDER, TEXT

pytestmark = pytest.mark.long

FEW = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
LINES = TEXT.splitlines()
VALUES = st.one_of(
    st.sampled_from(
        ["", "null", "yes", "no", "7", "-1", "3.5", "[]", "{}", "[1, [2]]", "{a: b}", "x", "env:X", "''", "*x", "&a b",
         "16GB", "90m", "MAIL2010", "MAIL2007", "Zurich", "0", "~", "[x, x]", "{version: 2007}", '"\\ud83d"', "0" * 400]
    ),
    st.text(string.printable, max_size=20),
)  # fmt: skip


def read(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def judged(result: LoadResult) -> None:
    assert (result.topology is None) == bool(result.errors)
    for problem in result.problems:
        assert problem.code in CODES or problem.code.startswith("EXM-R-")
        assert problem.location.line >= 1 or problem.code in ("EXM-L016", "EXM-L001")
        assert problem.message
        assert problem.remedy or problem.code == "EXM-L016"
        assert "\n" not in problem.message
        assert str(problem)


@FEW
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    result = load(data, "plan.yaml", read)
    judged(result)
    assert result.errors


@FEW
@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    judged(load(text.encode("utf-8", "replace"), "plan.yaml", read))


@FEW
@example(line=105, value="[1, [2]]")
@given(st.integers(0, len(LINES) - 1), VALUES)
def test_a_plan_with_one_value_replaced(line: int, value: str) -> None:
    key, colon, _ = LINES[line].partition(": ")
    text = "\n".join([*LINES[:line], f"{key}{colon}{value}", *LINES[line + 1 :]])
    judged(load(text.encode("utf-8", "replace"), "plan.yaml", read))


@FEW
@given(st.lists(st.integers(0, len(LINES) - 1), min_size=1, max_size=6, unique=True))
def test_a_plan_with_lines_taken_out(lines: list[int]) -> None:
    text = "\n".join(line for n, line in enumerate(LINES) if n not in lines)
    judged(load(text.encode(), "plan.yaml", read))


@FEW
@given(st.integers(0, len(LINES) - 1), st.integers(0, 8))
def test_a_plan_with_a_line_indented_otherwise(line: int, blanks: int) -> None:
    text = "\n".join([*LINES[:line], " " * blanks + LINES[line].lstrip(), *LINES[line + 1 :]])
    judged(load(text.encode(), "plan.yaml", read))


@FEW
@given(st.integers(0, len(TEXT)), st.integers(0, len(TEXT)))
def test_a_plan_cut_anywhere(start: int, length: int) -> None:
    judged(load((TEXT[:start] + TEXT[start + length :]).encode(), "plan.yaml", read))


@FEW
@given(st.integers(0, len(LINES) - 1), st.integers(0, len(LINES) - 1))
def test_a_plan_with_two_lines_exchanged(one: int, other: int) -> None:
    lines = list(LINES)
    lines[one], lines[other] = lines[other], lines[one]
    judged(load("\n".join(lines).encode(), "plan.yaml", read))


@FEW
@given(st.binary(max_size=200))
def test_any_bytes_as_a_list_of_members(data: bytes) -> None:
    judged(load(TEXT.encode(), "plan.yaml", lambda name: data if name == "everyone.csv" else read(name)))


@FEW
@given(
    st.lists(st.lists(st.text(string.printable, max_size=8), max_size=8), max_size=6), st.sampled_from(",;\t")
)
def test_any_cells_as_mailboxes(rows: list[list[str]], separator: str) -> None:
    data = "alias,name,database,size,items,kind\n" + "\n".join(separator.join(row) for row in rows)
    judged(
        load(
            TEXT.encode(), "plan.yaml", lambda name: data.encode() if name == "mailboxes.csv" else read(name)
        )
    )
