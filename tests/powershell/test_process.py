"""Processes of the Windows levels: what goes over the wire, and a process that is kept."""

from __future__ import annotations

import base64
import queue
import threading

import pytest

from exmigrate.twin.powershell.host import Host
from exmigrate.twin.powershell.machine.memory import MemoryMachine
from exmigrate.twin.powershell.process import parse_command_line, run_console


def _encoded(script: str) -> list[str]:
    return ["-NoProfile", "-EncodedCommand", base64.b64encode(script.encode("utf-16-le")).decode()]


class Feed:
    """Standard input that another thread feeds."""

    def __init__(self) -> None:
        self.lines: queue.Queue[str | None] = queue.Queue()

    def read_line(self) -> str | None:
        return self.lines.get(timeout=20)

    def read_all(self) -> str:
        return ""


@pytest.mark.parametrize("level", ["2.0", "3.0", "5.1"])
def test_a_kept_process_answers_each_line(level: str) -> None:
    """A loop over [Console]::In answers a line before the next one is there."""
    loop = (
        'while (($line = [Console]::In.ReadLine()) -ne $null) { [Console]::Out.WriteLine("got $line");'
        " [Console]::Out.Flush(); if ($line -eq 'end') { exit 5 } }"
    )
    feed, answers = Feed(), queue.Queue()  # type: ignore[var-annotated]
    codes: list[int] = []
    host = Host(level, MemoryMachine())
    worker = threading.Thread(
        target=lambda: codes.append(run_console(host, _encoded(loop), feed, on_stdout=answers.put).exit_code)
    )
    worker.start()
    for word in ("one", "two", "end"):
        feed.lines.put(word)
        assert answers.get(timeout=20) == f"got {word}\r\n".encode()
    worker.join(20)
    assert codes == [5]


def test_exit_codes_are_32_bits_unsigned() -> None:
    """exit -1 is 4294967295 under Windows."""
    assert run_console(Host("5.1", MemoryMachine()), ["-Command", "exit -1"]).exit_code == 4294967295


def test_a_terminating_error_is_exit_code_1() -> None:
    """An uncaught throw: code 1, the error on standard error in the view of the level."""
    result = run_console(Host("2.0", MemoryMachine()), ["-Command", "'out'; throw 'boom'"])
    assert (result.exit_code, result.stdout) == (1, b"out\r\n")
    assert result.stderr.decode().split("\r\n")[:3] == [
        "boom",
        "At line:1 char:13",
        "+ 'out'; throw <<<<  'boom'",
    ]


def test_errors_on_the_wire_are_pieces_of_clixml() -> None:
    """-EncodedCommand with redirected output: strings of S="Error", cut at the console's width."""
    result = run_console(Host("5.1", MemoryMachine()), _encoded("Write-Error 'bad'; 'on'"))
    text = result.stderr.decode()
    assert result.stdout == b"on\r\n"
    assert text.startswith("#< CLIXML\r\n<Objs ")
    assert (
        '<S S="Error">    + FullyQualifiedErrorId : Microsoft.PowerShell.Commands.WriteErrorExceptio _x000D__x000A_</S>'
        in text
    )
    assert '<S S="Error">   n_x000D__x000A_</S>' in text


def test_options_may_be_short() -> None:
    """Options by prefix, slash or dash; the rest is the command."""
    line = parse_command_line(["/nop", "-NonI", "-ex", "Bypass", "-c", "Get-Date", "-Format", "o"])
    assert (line.mode, line.text, line.interactive) == ("command", "Get-Date -Format o", False)


def test_an_unknown_option_is_refused() -> None:
    """What is no option ends the process before anything runs."""
    result = run_console(Host("5.1", MemoryMachine()), ["-Bogus"])
    assert result.exit_code != 0
    assert b"-Bogus" in result.stderr


def test_a_missing_file_is_named() -> None:
    """-File with a path that is not there: the code Windows PowerShell ends with."""
    result = run_console(Host("5.1", MemoryMachine()), ["-File", "C:\\nope.ps1"])
    assert result.exit_code == 4294770688
    assert b"C:\\nope.ps1" in result.stderr
