"""Broken plans: a plan of one site (a copy, so that golden texts outlive the shipped one) with pieces replaced."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from exmigrate.plan import LoadResult, load

FOLDER = Path(__file__).parent / "sample"
TEXT = (FOLDER / "plan.yaml").read_text("utf-8")

Change = tuple[str, str]


def changed(*changes: Change, text: str = TEXT) -> str:
    """The plan with each first occurrence replaced; what is not there is a mistake of the test."""
    for old, new in changes:
        assert old in text, f"not in the plan: {old!r}"
        text = text.replace(old, new, 1)
    return text


def broken(*changes: Change, csv: Mapping[str, bytes] | None = None, text: str = TEXT) -> LoadResult:
    """Load the changed plan; `csv` replaces files beside it."""
    files = csv or {}

    def read(name: str) -> bytes:
        return files[name] if name in files else (FOLDER / name).read_bytes()

    return load(changed(*changes, text=text).encode(), "plan.yaml", read)


def codes(result: LoadResult) -> list[str]:
    """Codes of the errors, in order."""
    return [p.code for p in result.errors]
