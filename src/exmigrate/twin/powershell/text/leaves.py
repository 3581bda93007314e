"""The parts of an expression that look at one place of the text, as tests."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

Test = Callable[[str, int], bool]


def leaf(name: str, value: Any) -> str:
    """One character's part of an expression as text again."""
    if name == "ANY":
        return "."
    if name == "LITERAL":
        return re.escape(chr(value))
    if name == "NOT_LITERAL":
        return f"[^{_in_set(value)}]"
    parts = []
    for kind, given in value:
        what = str(kind)
        if what == "NEGATE":
            parts.append("^")
        elif what == "LITERAL":
            parts.append(_in_set(given))
        elif what == "RANGE":
            parts.append(f"{_in_set(given[0])}-{_in_set(given[1])}")
        else:
            parts.append(_CLASSES[str(given)])
    return f"[{''.join(parts)}]"


def _in_set(code: int) -> str:
    return f"\\U{code:08x}"


_CLASSES = {
    "CATEGORY_DIGIT": r"\d", "CATEGORY_NOT_DIGIT": r"\D", "CATEGORY_SPACE": r"\s", "CATEGORY_NOT_SPACE": r"\S",
    "CATEGORY_WORD": r"\w", "CATEGORY_NOT_WORD": r"\W",
}  # fmt: skip


def tester(text: str, flags: int) -> Test:
    """A test of one place of a text against a part of an expression."""
    match = re.compile(text, flags & (re.IGNORECASE | re.MULTILINE | re.DOTALL)).match
    return lambda string, place: match(string, place) is not None
