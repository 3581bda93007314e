"""Whole processes give the exit code and the bytes that a real PowerShell 7 gave."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest

from exmigrate.twin.powershell.host import Host
from exmigrate.twin.powershell.machine.memory import MemoryMachine
from exmigrate.twin.powershell.packs import Pack
from exmigrate.twin.powershell.process import run_console

LINES = [
    json.loads(line)
    for line in (Path(__file__).parent / "corpus/console.jsonl").read_text("utf-8").splitlines()
    if line
]
# What differs from run to run of one real PowerShell.
_PASSING = re.compile(
    r'<(DT|S|U32) N="(TimeGenerated|User|Computer|ProcessId|NativeThreadId|ManagedThreadId)">[^<]*<'
)


def _shell(call: Any) -> int:
    found = re.search(r"exit (\d+)", " ".join(call.args))
    return int(found.group(1)) if found else 0


def _arguments(line: dict[str, Any], machine: MemoryMachine) -> list[str]:
    options = ["-NoProfile", "-NonInteractive", *line.get("options", [])]
    if line["mode"] == "command":
        return [*options, "-Command", line["script"]]
    if line["mode"] == "encoded":
        return [*options, "-EncodedCommand", base64.b64encode(line["script"].encode("utf-16-le")).decode()]
    if line["mode"] == "file":
        machine.files.write("/scripts/script.ps1", line["script"].encode())
        return [*options, "-File", "/scripts/script.ps1", *line.get("args", [])]
    return [*options, "-Command", "-"]


def _plain(text: str) -> str:
    return _PASSING.sub(r'<\1 N="\2">*<', text.replace("/scripts", "$Dir"))


@pytest.mark.parametrize("line", LINES, ids=[line["id"] for line in LINES])
def test_process_gives_what_powershell_gave(line: dict[str, Any]) -> None:
    """Exit code, standard output and standard error are equal."""
    machine = MemoryMachine(platform="unix")
    machine.files.make_directory("/scripts")
    host = Host("7", machine, [Pack("shell", natives={"sh": _shell})])
    result = run_console(host, _arguments(line, machine), line.get("stdin", ""))
    expected = line["result"]
    assert (result.exit_code, _plain(result.stdout.decode()), _plain(result.stderr.decode())) == (
        expected["exit"],
        _plain(expected["stdout"]),
        _plain(expected["stderr"]),
    )
