"""``cmd /c``: what stock clients of WinRM send through it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exmigrate.twin.cmd import CommandShell, is_plain
from exmigrate.twin.cmd.syntax import NotSimulated, Unexpected, expand, parse
from exmigrate.twin.console import packs_of, run_powershell
from exmigrate.twin.programs import TwinRuntime
from exmigrate.twin.world.processes import BufferStreams
from exmigrate.twin.world.world import World
from tests.world.test_windows_programs import machine_of

TEMP = "C:\\Windows\\Temp"


class Shell:
    """``cmd /c`` on one server, each line a process of its own."""

    def __init__(self, world: World) -> None:
        self.machine = machine_of(world)
        self.runtime = TwinRuntime(run_powershell, packs_of)

    def __call__(self, line: str) -> tuple[int, str, str]:
        streams = BufferStreams()
        code = CommandShell(self.runtime, self.machine, TEMP).run(line, streams)
        return code, streams.stdout.decode(), streams.stderr.decode()


@pytest.fixture
def cmd(world: World) -> Shell:
    return Shell(world)


@pytest.mark.parametrize(
    ("line", "code", "out"),
    [
        # the blanks before an operator belong to what echo says
        ("echo out && echo err>&2 && exit 1", 1, "out \r\n"),
        ("echo.&echo a", 0, "\r\na\r\n"),
        ("echo", 0, "ECHO is on.\r\n"),
        ('echo "a & b" ^& c', 0, '"a & b" & c\r\n'),
        ("nosuch || echo second", 0, "second\r\n"),
        ("nosuch && echo second", 1, ""),
        ("echo %COMPUTERNAME% %NOT_SET%", 0, "MAIL2010 %NOT_SET%\r\n"),
        ("set ZED=b& set zed", 0, "ZED=b\r\n"),
        ("cd C:\\Windows & cd", 0, "C:\\Windows\r\n"),
        ("echo gone>nul & exit /b 5", 5, ""),
        ("hostname|powershell -NoProfile -Command $input", 0, "MAIL2010\r\n"),
        ("echo 'x'.Length + 41 | powershell -NoProfile -Command -", 0, "42\r\n"),
    ],
)
def test_lines_and_what_they_say(cmd: Shell, line: str, code: int, out: str) -> None:
    found, said, _ = cmd(line)
    assert (found, said) == (code, out)


def test_output_goes_to_files_and_files_to_input(cmd: Shell) -> None:
    assert cmd("echo one>a.txt&echo two>>a.txt&type a.txt")[:2] == (0, "one\r\ntwo\r\n")
    assert cmd.machine.files.read(TEMP + "\\a.txt") == b"one\r\ntwo\r\n"
    assert cmd('nosuch 2> "e f.txt" & type "e f.txt"')[1].startswith("'nosuch' is not recognized")
    assert cmd("nosuch >b.txt 2>&1 || type b.txt")[1].startswith("'nosuch' is not recognized")
    cmd("echo 6 * 7 >s.ps1")
    assert cmd("powershell -NoProfile -Command - < s.ps1")[:2] == (0, "42\r\n")
    assert cmd("del a.txt & type a.txt") == (1, "", "The system cannot find the file specified.\r\n")
    assert cmd("echo x> C:\\nowhere\\x.txt")[0] == 1


def test_folders(cmd: Shell) -> None:
    assert cmd("md d & cd d & echo x>y & cd ..")[0] == 0
    assert cmd("rd d") == (145, "", "The directory is not empty.\r\n")
    assert cmd("rd /s /q d & md d & rd d")[0] == 0
    assert cmd("cd C:\\nowhere") == (1, "", "The system cannot find the path specified.\r\n")


@pytest.mark.parametrize(
    ("line", "named"),
    [
        ("for %i in (1 2) do echo %i", "the command 'for'"),
        ("start notepad", "the command 'start'"),
        ("(echo a)", "parentheses"),
        ("set /a 1+1", "the command 'set /a'"),
        ("del *.tmp", "'del *.tmp'"),
        ("echo %TIME%", "%TIME%"),
        ("echo %Path:;=,%", "%Path:;=,%"),
    ],
)
def test_what_is_not_simulated_is_named(cmd: Shell, line: str, named: str) -> None:
    assert cmd(line) == (1, "", f"Not simulated: {named} of cmd.exe.\r\n")


@pytest.mark.parametrize("line", ["& echo", "echo a | | b", "echo >", "a && && b"])
def test_lines_that_windows_does_not_take(cmd: Shell, line: str) -> None:
    code, out, err = cmd(line)
    assert (code, out) == (255, "")
    assert "was unexpected at this time." in err


@given(st.text(alphabet="ab \"'^&|<>()%=2\r\n\tü", max_size=40))
def test_every_line_is_read_or_refused(line: str) -> None:
    try:
        pipelines = parse(expand(line, {"A": "x"}, 0, TEMP))
    except (NotSimulated, Unexpected):
        return
    assert all(command.text.strip() for pipeline in pipelines for command in pipeline.commands)
    if is_plain(line):
        assert len(pipelines) == len(pipelines[0].commands) == 1
        assert pipelines[0].commands[0].text == line.lstrip()
