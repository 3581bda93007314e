"""The line that tells which servers are being asked."""

from __future__ import annotations

import io

from rich.console import Console

from exmigrate.report.asking import AskingLine, asking_line


def test_it_names_who_has_not_answered() -> None:
    assert asking_line(0, []) == "0 questions answered"
    assert asking_line(1, ["EX1"]) == "1 question answered, waits for EX1"
    assert asking_line(9, ["A", "B", "C", "D", "E", "F"]) == (
        "9 questions answered, waits for A, B, C, D and 2 more"
    )


def test_answers_are_counted_as_they_come_and_the_line_leaves() -> None:
    screen = io.StringIO()
    line = AskingLine(Console(file=screen, force_terminal=True, width=100))
    for answered in (7, 9):
        line.begins("EX1", answered - 4 if answered == 7 else 0)
        line.begins("EX2", 4 if answered == 7 else 2)
        line.ended("EX1")
        line._live.refresh()
        assert (
            f"{answered - (4 if answered == 7 else 2)} questions answered, waits for EX2" in screen.getvalue()
        )
        line.ended("EX2")
        assert f"{answered} questions answered" in screen.getvalue()
        assert screen.getvalue().rstrip().endswith("\x1b[2K")
