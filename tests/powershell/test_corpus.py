"""Every snippet of the reference corpus gives, at every level it is tagged for, what a real PowerShell gave."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from exmigrate.twin.powershell.snippets import run_snippet

FOLDER = Path(__file__).parent
LEVELS = {"2.0": 2, "3.0": 3, "5.1": 5, "7": 7}
COMPARED = ("output", "errors", "warnings", "verbose", "terminated")


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / name).read_text("utf-8").splitlines() if line]


SNIPPETS = _lines("corpus/snippets.jsonl")
RESULTS = {line["id"]: line for line in _lines("corpus/results.jsonl")}
DIFFERENCES = {(line["id"], level): line for line in _lines("differences.jsonl") for level in line["levels"]}
CASES = [
    pytest.param(level, snippet, id=f"{snippet['id']}-{level}")
    for snippet in SNIPPETS
    for level, number in LEVELS.items()
    if snippet["level"] <= number
]


@pytest.mark.parametrize(("level", "snippet"), CASES)
def test_snippet_gives_what_powershell_gave(level: str, snippet: dict[str, Any]) -> None:
    """Output values and types, errors, warnings, verbose texts and termination are equal."""
    expected = {**RESULTS[snippet["id"]], **DIFFERENCES.get((snippet["id"], level), {}).get("expect", {})}
    result = run_snippet(level, snippet["script"])
    assert {key: result[key] for key in COMPARED} == {key: expected[key] for key in COMPARED}


def test_each_difference_names_its_source() -> None:
    """A listed difference is one of an older version, names what it changes and where that is documented."""
    for line in _lines("differences.jsonl"):
        assert line["source"]
        assert "7" not in line["levels"]
        assert set(line["expect"]) <= set(COMPARED)
        assert line["id"] in RESULTS
