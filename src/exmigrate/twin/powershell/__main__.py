"""``python -m exmigrate.twin.powershell``: run a script by hand, or the snippets of a corpus."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from exmigrate.twin.powershell.host import Host
from exmigrate.twin.powershell.levels import LEVELS
from exmigrate.twin.powershell.machine.memory import MemoryMachine
from exmigrate.twin.powershell.process import TextInput, run_console
from exmigrate.twin.powershell.snippets import run_snippets


def main(arguments: list[str] | None = None) -> int:
    """Read the command line, run, and give the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m exmigrate.twin.powershell",
        description="Runs a PowerShell script on a machine held in memory.",
    )
    parser.add_argument("--level", default="5.1", choices=list(LEVELS), help="PowerShell level (default 5.1)")
    parser.add_argument(
        "--snippets", metavar="IN.jsonl", help="run each line's script, print one result a line"
    )
    parser.add_argument("file", nargs="?", help="script file, or - for standard input")
    parser.add_argument("args", nargs="*", help="arguments of the script")
    options = parser.parse_args(arguments)
    if options.snippets:
        return _snippets(options.level, options.snippets)
    if not options.file:
        parser.error("a script file, -, or --snippets is needed")
    return _script(options.level, options.file, options.args)


def _snippets(level: str, path: str) -> int:
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text("utf-8")
    except OSError as problem:
        print(
            f"{path} cannot be read: {problem.strerror}. Give the path of a file of snippets.",
            file=sys.stderr,
        )
        return 2
    lines = [json.loads(line) for line in text.splitlines() if line.strip()]
    for result in run_snippets(level, lines):
        print(json.dumps(result, ensure_ascii=False))
    return 0


def _script(level: str, name: str, args: list[str]) -> int:
    machine = MemoryMachine(platform="unix" if level == "7" else "windows")
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text("utf-8-sig")
    except OSError as problem:
        print(f"{name} cannot be read: {problem.strerror}. Give the path of a script, or - for standard input.",
              file=sys.stderr)  # fmt: skip
        return 2
    leaf = "script.ps1" if name == "-" else Path(name).name
    path = f"/tmp/{leaf}" if level == "7" else f"C:\\Windows\\Temp\\{leaf}"
    machine.files.write(path, text.encode("utf-8"))
    result = run_console(
        Host(level, machine),
        ["-NoProfile", "-NonInteractive", "-File", path, *args],
        TextInput(""),
        on_stdout=_to(sys.stdout.buffer),
        on_stderr=_to(sys.stderr.buffer),
    )
    return result.exit_code & 0xFF


def _to(stream: BinaryIO) -> Callable[[bytes], None]:
    def write(data: bytes) -> None:
        stream.write(data.replace(b"\r\n", b"\n"))
        stream.flush()

    return write


if __name__ == "__main__":
    sys.exit(main())
