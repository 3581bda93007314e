"""Cases of the language beyond the corpus, each with the specification or page it follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from exmigrate.twin.powershell.levels import LEVELS
from exmigrate.twin.powershell.snippets import snippet_host
from exmigrate.twin.powershell.types.texts import to_text

FOLDER = Path(__file__).parent / "cases"


def _cases() -> list[Any]:
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text("utf-8")):
            low, high = LEVELS[case.get("since", "2.0")], LEVELS[case.get("until", "7")]
            found.extend(
                pytest.param(level, case, id=f"{path.stem}-{case['id']}-{level}")
                for level, number in LEVELS.items()
                if low <= number <= high
            )
    return found


@pytest.mark.parametrize(("level", "case"), _cases())
def test_case(level: str, case: dict[str, Any]) -> None:
    """Output, error ids and the end of the script are what the cited text says."""
    runspace = snippet_host(level).runspace()
    runspace.set_variable("TestDrive", "/tmp/testdrive")
    result = runspace.run(case["script"])
    ended = result.terminated.fully_qualified_id if result.terminated is not None else None
    assert (
        [to_text(item, runspace.session) for item in result.output],
        [record.fully_qualified_id for record in result.errors],
        ended,
    ) == (case.get("gives", []), case.get("errors", []), case.get("ends"))
    assert case["source"]
