"""Speed of the PowerShell interpreter: the counts and bounds that the room is held to, measured in one run."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

from exmigrate.twin.powershell.compile import compile_script
from exmigrate.twin.powershell.compile.compiler import Compiler
from exmigrate.twin.powershell.host import Host
from exmigrate.twin.powershell.levels import level
from exmigrate.twin.powershell.machine.memory import MemoryMachine
from exmigrate.twin.powershell.syntax import Source, parse

CORPUS = Path(__file__).parents[1] / "powershell/corpus/snippets.jsonl"
_OBJECTS = (
    "$objects = 1..1000 | ForEach-Object { $o = New-Object PSObject; foreach ($n in 1..20) { $o | Add-Member NoteProperty"
    ' "P$n" "value $n" }; $o }'
)
_WRITER = r"""
function Write-Json($v) {
    if ($v -eq $null) { return 'null' }
    if ($v -is [string]) { return '"' + $v.Replace('\', '\\').Replace('"', '\"') + '"' }
    if ($v -is [int]) { return [string]$v }
    if ($v -is [array]) { $parts = foreach ($i in $v) { Write-Json $i }; return '[' + ($parts -join ',') + ']' }
    $parts = foreach ($p in $v.PSObject.Properties) { '"' + $p.Name + '":' + (Write-Json $p.Value) }
    '{' + ($parts -join ',') + '}'
}
"""
# Name, script that prepares, script that is measured, bound in seconds.
RUNS: tuple[tuple[str, str, str, float], ...] = (
    ("counting loop, 100,000 turns with arithmetic", "",
     "$s = 0; for ($i = 0; $i -lt 100000; $i++) { $s += $i * 2 % 7 }", 0.3),
    ("100,000 objects through Where-Object | ForEach-Object", "",
     "1..100000 | Where-Object { $_ % 2 -eq 0 } | ForEach-Object { $_ * 2 } | Out-Null", 0.8),
    ("Sort-Object on 50,000 objects", "$o = 1..50000 | ForEach-Object { New-Object PSObject -Property @{ n = $_ * 7919 % 50021 } }",
     "$o | Sort-Object n | Out-Null", 1.0),
    ("Group-Object on 50,000 objects", "$o = 1..50000 | ForEach-Object { New-Object PSObject -Property @{ n = $_ % 100 } }",
     "$o | Group-Object n | Out-Null", 1.0),
    ("Select-Object on 50,000 objects", "$o = 1..50000 | ForEach-Object { New-Object PSObject -Property @{ n = $_; m = 1 } }",
     "$o | Select-Object n | Out-Null", 1.0),
    ("1,000 objects of 20 properties to JSON by the cmdlet", _OBJECTS, "$null = $objects | ConvertTo-Json -Depth 3", 0.1),
    ("1,000 objects of 20 properties to CLIXML by the cmdlet", _OBJECTS,
     "$objects | Export-Clixml C:\\Windows\\Temp\\o.xml", 0.1),
    ("1,000 objects of 20 properties to JSON by a writer in PowerShell", _OBJECTS + _WRITER, "$null = Write-Json $objects", 1.0),
)  # fmt: skip


def measure() -> list[tuple[str, float, float]]:
    """Name, seconds and bound of each measurement."""
    found = [(name, _script(prepare, text), bound) for name, prepare, text, bound in RUNS]
    text = _thousand_lines()
    language = level("7")
    found.append(("1,000 lines parsed and compiled", _best(lambda: _compile(text, language)), 0.15))
    compile_script(text, language)
    found.append(("the same from the cache", _best(lambda: compile_script(text, language)), 0.001))
    host = Host("5.1", MemoryMachine())
    found.append(("a fresh runspace", _best(host.runspace), 0.002))
    return found


def _script(prepare: str, text: str) -> float:
    runspace = Host("5.1", MemoryMachine()).runspace()
    if prepare:
        prepared = runspace.run(prepare)
        assert not prepared.had_errors, (prepared.terminated or prepared.errors[0]).message

    def run() -> None:
        result = runspace.run(text)
        assert result.terminated is None, result.terminated.message
        assert not result.errors, result.errors[0].message

    return _best(run)


def _best(action: Callable[[], object]) -> float:
    """Shortest of three, in seconds of this process (the machine may be busy with others)."""
    times = []
    for _ in range(3):
        start = time.process_time()
        action()
        times.append(time.process_time() - start)
    return min(times)


def _compile(text: str, language: object) -> None:
    source = Source(text)
    Compiler(source, language).script_body(parse(source, language))  # type: ignore[arg-type]


def _thousand_lines() -> str:
    lines: list[str] = []
    for line in CORPUS.read_text("utf-8").splitlines():
        lines.extend(["& {", *json.loads(line)["script"].split("\n"), "}"])
        if len(lines) >= 1000:
            break
    return "\n".join(lines)


def main() -> None:
    """Print what was measured beside what is asked."""
    for name, seconds, bound in measure():
        print(f"{name:66} {seconds:8.4f} s  bound {bound:6.3f} s  ratio {seconds / bound:5.2f}")


if __name__ == "__main__":
    main()
