"""CLIXML as a real PowerShell wrote it, and what a real one read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from exmigrate.twin.powershell.host import Host
from exmigrate.twin.powershell.machine import MemoryMachine

FOLDER = Path(__file__).parent
CASES = [
    json.loads(line) for line in (FOLDER / "corpus" / "clixml.jsonl").read_text("utf-8").splitlines() if line
]


def run(script: str) -> tuple[Any, MemoryMachine]:
    machine = MemoryMachine(platform="unix", name="vm", user="root")
    return Host("7", machine).runspace().run(script), machine


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_what_export_clixml_writes(case: dict[str, Any]) -> None:
    """The file is equal, character for character."""
    result, machine = run(f"& {{ {case['script']} }} | Export-Clixml /tmp/x.xml")
    assert result.terminated is None
    assert machine.files.read("/tmp/x.xml").decode("utf-8") == case["clixml"]


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_what_import_clixml_reads(case: dict[str, Any]) -> None:
    """The objects read back have the type names that a real PowerShell gave them."""
    machine = MemoryMachine(platform="unix", name="vm", user="root")
    machine.files.write("/tmp/x.xml", case["clixml"].encode("utf-8"))
    script = (
        "Import-Clixml /tmp/x.xml | ForEach-Object "
        "{ if ($null -eq $_) { 'null' } else { $_.PSObject.TypeNames -join ' < ' } }"
    )
    result = Host("7", machine).runspace().run(script)
    assert result.terminated is None
    assert result.output == case["back"]
