"""Generated programs never hang, never pass their limits unnoticed, never raise a Python exception to the caller."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings

from exmigrate.twin.powershell.host import Host, Limits, Result
from exmigrate.twin.powershell.levels import LEVELS
from exmigrate.twin.powershell.machine.memory import MemoryMachine
from tests.powershell.programs import programs, soup

pytestmark = pytest.mark.long

SMALL = Limits(steps=20_000, depth=60, items=20_000, text=200_000, output=5_000)
HOSTS = {level: Host(level, MemoryMachine(), limits=SMALL) for level in LEVELS}
OPTIONS = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def _checked(level: str, text: str) -> Result:
    result = HOSTS[level].runspace().run(text)
    assert len(result.output) <= SMALL.output
    for record in (*result.errors, *([result.terminated] if result.terminated else [])):
        assert record.message is not None
        assert "Error: " not in record.message.partition("Not simulated")[2]
    return result


@pytest.mark.parametrize("level", LEVELS)
@given(text=programs())
@OPTIONS
def test_programs_end_with_a_result(level: str, text: str) -> None:
    """Whatever the program does, the run gives a result."""
    _checked(level, text)


@given(text=soup())
@OPTIONS
def test_any_text_ends_with_a_result(text: str) -> None:
    """Text that is no PowerShell is a parse error with its position."""
    result = _checked("7", text)
    ended = result.terminated
    assert ended is None or ended.category != "ParserError" or ended.position is not None


@pytest.mark.parametrize(
    ("script", "limit"),
    [
        ("while ($true) { }", "steps"),
        ("for (;;) { $x++ }", "steps"),
        ("do { } while (1)", "steps"),
        ("1..10000 | ForEach-Object { 1..10000 | ForEach-Object { $_ } } | Out-Null", "steps"),
        ("$s = 'x'; while ($true) { $s += $s }", "text"),
        ("$a = 1, 2; while ($true) { $a += $a }", "items"),
        ("while ($true) { 1 }", "output"),
        ("while ($true) { try { throw 'x' } catch { } }", "steps"),
        ("while ($true) { try { exit_not } catch { } finally { } }", "steps"),
    ],
)
def test_a_limit_names_itself(script: str, limit: str) -> None:
    """A run over a limit ends with an error that names the limit, and no script can catch it."""
    result = HOSTS["5.1"].runspace().run(f"try {{ {script} }} catch {{ 'caught' }}")
    assert result.terminated is not None
    assert result.terminated.error_id == f"Limit.{limit}"
    assert "caught" not in result.output


@pytest.mark.parametrize(
    "script",
    ["function f { f }; f", "$b = { & $b }; & $b", "function f { 1 | ForEach-Object { f } }; f", "iex ('('*5000)",
     "$x = '$(' * 3000; iex \"`\"$x\"", "function f($n) { if ($n) { g ($n-1) } }; function g($n) { f ($n-1) }; f 100000"],
)  # fmt: skip
def test_depth_is_an_error_of_the_script(script: str) -> None:
    """Endless recursion and endless nesting are PowerShell errors that a script may catch."""
    result = HOSTS["2.0"].runspace().run(f"try {{ {script} }} catch {{ 'caught' }}; 'after'")
    assert result.output == ["caught", "after"]


def test_depth_of_the_default_limits() -> None:
    """The default depth is reached without trouble in Python."""
    host = Host("5.1", MemoryMachine())
    deep = "function f($n) { if ($n -le 0) { return 'bottom' }; f ($n - 1) }; f "
    assert host.runspace().run(deep + "900").output == ["bottom"]
    result = host.runspace().run(
        "try { function f { 1 | ForEach-Object { f } }; f } catch { $_.FullyQualifiedErrorId }"
    )
    assert result.output == ["CallDepthOverflow"]


def test_time_limit_counts_the_machines_clock() -> None:
    """A limit of seconds is one of the machine's clock, not of the wall."""
    machine = MemoryMachine()
    start = machine.clock.now()
    ticks = iter(range(10**9))
    machine.clock.now = lambda: start + next(ticks) * 1_000_000  # type: ignore[method-assign]
    host = Host("5.1", machine, limits=replace(SMALL, steps=10**9, seconds=5))
    result = host.runspace().run("while ($true) { }")
    assert result.terminated is not None
    assert result.terminated.error_id == "Limit.seconds"


def test_stop_from_another_thread() -> None:
    """A run ends at its next step when it is stopped; the runspace can be used again."""
    import threading

    runspace = Host("5.1", MemoryMachine()).runspace()
    seen = threading.Event()
    results: list[Result] = []
    worker = threading.Thread(
        target=lambda: results.append(
            runspace.run("'go'; while ($true) { }", on_output=lambda value: seen.set())
        )
    )
    worker.start()
    assert seen.wait(10)
    runspace.stop()
    worker.join(10)
    assert results[0].terminated is not None
    assert results[0].terminated.error_id == "PipelineStopped"
    assert runspace.run("1 + 1").output == [2]
