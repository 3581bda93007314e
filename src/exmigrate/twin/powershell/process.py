"""A whole ``powershell.exe`` process: command line in, bytes of standard output and error out.

Source: about_PowerShell_exe, about_Pwsh; what goes to which stream as CLIXML when output is redirected was recorded from
a real one (tests/powershell/corpus/console.jsonl).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from exmigrate.twin.powershell.compile import compile_script
from exmigrate.twin.powershell.errors import ErrorRecord
from exmigrate.twin.powershell.host import Host, Result, Runspace, StandardInput
from exmigrate.twin.powershell.runtime.args import ABSENT, Arg
from exmigrate.twin.powershell.runtime.errorview import error_lines
from exmigrate.twin.powershell.syntax import ParseFailure
from exmigrate.twin.powershell.wire import ErrorStream, OutputStream

_OPTIONS = {
    "command": 1, "encodedcommand": 1, "file": 1, "inputformat": 1, "outputformat": 1, "executionpolicy": 1, "version": 1,
    "psconsolefile": 1, "windowstyle": 1, "configurationname": 1, "encodedarguments": 1, "workingdirectory": 1,
    "settingsfile": 1,
    "noprofile": 0, "noninteractive": 0, "nologo": 0, "noexit": 0, "sta": 0, "mta": 0, "help": 0, "login": 0,
}  # fmt: skip
_SHORT = {"c": "command", "e": "encodedcommand", "ec": "encodedcommand", "enc": "encodedcommand", "f": "file",
          "i": "inputformat", "if": "inputformat", "o": "outputformat", "of": "outputformat", "ex": "executionpolicy",
          "ep": "executionpolicy", "v": "version", "w": "windowstyle", "wd": "workingdirectory"}  # fmt: skip
_PARAMETER = re.compile(r"-([A-Za-z_]\w*)(:(.*))?$", re.S)


class TextInput:
    """Standard input from a text that is there already."""

    def __init__(self, text: str) -> None:
        self._text = text.replace("\r\n", "\n")
        self._at = 0

    def read_line(self) -> str | None:
        """The next line without its end, None at the end."""
        if self._at >= len(self._text):
            return None
        end = self._text.find("\n", self._at)
        stop = len(self._text) if end < 0 else end
        line = self._text[self._at : stop]
        self._at = stop + 1
        return line

    def read_all(self) -> str:
        """All that is left."""
        rest = self._text[self._at :]
        self._at = len(self._text)
        return rest


@dataclass
class CommandLine:
    """What a command line asks for.

    Attributes:
        mode: 'command', 'encoded', 'file', 'stdin' or 'help'.
        text: Script text, or path of the file.
        args: Arguments of the file.
        output_format: 'Text' or 'XML'.
        error_format: The same for standard error.
        problem: Message when the command line is not one, with the exit code that goes with it.
    """

    mode: str = "stdin"
    text: str = ""
    args: list[str] = field(default_factory=list)
    output_format: str = "Text"
    error_format: str = "Text"
    interactive: bool = True
    problem: str = ""
    version: str = ""


@dataclass(frozen=True)
class ProcessResult:
    """What a process left behind: exit code as the operating system holds it, and its two streams."""

    exit_code: int
    stdout: bytes
    stderr: bytes


def parse_command_line(args: Sequence[str]) -> CommandLine:
    """Read the arguments of ``powershell.exe`` (without its own name)."""
    line = CommandLine()
    waiting = list(args)
    while waiting:
        word = waiting.pop(0)
        if not word.startswith(("-", "/")):
            line.mode, line.text = "command", " ".join([word, *waiting])
            return line
        name = _option_name(word[1:].lower())
        if name is None:
            line.problem = f"Invalid argument '{word}', did you mean:"
            return line
        value = waiting.pop(0) if _OPTIONS[name] and waiting else ""
        if name == "command":
            line.mode = "stdin" if value == "-" else "command"
            line.text = " ".join([value, *waiting])
            return line
        if name == "file":
            line.mode, line.text, line.args = ("stdin" if value == "-" else "file"), value, waiting
            return line
        _apply_option(line, name, value)
    return line


def _option_name(word: str) -> str | None:
    if word in _SHORT:
        return _SHORT[word]
    matches = [name for name in _OPTIONS if name.startswith(word)]
    return matches[0] if word and matches else None


def _apply_option(line: CommandLine, name: str, value: str) -> None:
    if name == "encodedcommand":
        line.mode = "encoded"
        try:
            line.text = base64.b64decode(value, validate=True).decode("utf-16-le")
        except (binascii.Error, UnicodeDecodeError, ValueError):
            line.problem = "Cannot process the command because the value specified with -EncodedCommand is not properly encoded."
        if line.error_format == "Text" and "outputformat" not in line.version:
            line.error_format = "Pieces"
    elif name == "outputformat":
        line.output_format = line.error_format = "XML" if value.lower() == "xml" else "Text"
    elif name == "noninteractive":
        line.interactive = False


def run_console(
    host: Host,
    args: Sequence[str],
    stdin: StandardInput | bytes | str | None = None,
    *,
    encoding: str = "utf-8",
    on_stdout: Callable[[bytes], None] | None = None,
    on_stderr: Callable[[bytes], None] | None = None,
    started: Callable[[Runspace], None] | None = None,
) -> ProcessResult:
    """Run a PowerShell process to its end.

    Args:
        host: The PowerShell and its machine.
        args: Arguments behind ``powershell.exe``.
        stdin: Standard input: a port that may block, or all of it.
        encoding: Code page of the console (WinRM shells are asked for 65001).
        on_stdout, on_stderr: Called with bytes as they are written, instead of keeping them.
        started: Called with the runspace before anything runs, so that another thread can stop it.

    Returns:
        Exit code (32 bits unsigned under Windows, 8 bits under Unix) and the bytes that nobody took.
    """
    process = _Process(host, parse_command_line(args), _as_input(stdin), encoding, on_stdout, on_stderr)
    if started is not None:
        started(process.runspace)
    return process.run()


def _as_input(stdin: StandardInput | bytes | str | None) -> StandardInput:
    if stdin is None:
        return TextInput("")
    if isinstance(stdin, bytes):
        return TextInput(stdin.decode("utf-8", "replace"))
    return TextInput(stdin) if isinstance(stdin, str) else stdin


class _Process:
    """One process at work."""

    def __init__(
        self, host: Host, line: CommandLine, stdin: StandardInput, encoding: str, on_stdout: Any, on_stderr: Any
    ) -> None:  # fmt: skip
        self.line = line
        self.stdin = stdin
        self.runspace = host.runspace()
        self.session = self.runspace.session
        newline = "\r\n" if host.machine.platform == "windows" else "\n"
        self.stdout = OutputStream(encoding, newline, on_stdout)
        self.stderr = OutputStream(encoding, newline, on_stderr)
        self.errors = ErrorStream(self.session, self.stderr, line.error_format)
        self.windows = host.machine.platform == "windows"
        self.session.items["interactive"] = line.interactive
        self.session.on_error_text = self.errors.text
        self.session.on_console_record = self._record_text

    def run(self) -> ProcessResult:
        """Run and give what is left."""
        if self.line.problem:
            self.stderr.write(self.line.problem + "\n")
            return self._result(-196608 if self.windows else 64)
        if self.line.mode == "stdin":
            code = self._from_stdin()
        elif self.line.mode == "file":
            code = self._file()
        else:
            code = self._command()
        self.errors.close()
        return self._result(code)

    def _result(self, code: int) -> ProcessResult:
        masked = code & (0xFFFFFFFF if self.windows else 0xFF)
        return ProcessResult(masked, self.stdout.taken(), self.stderr.taken())

    def _record_text(self, text: str) -> None:
        """Warnings and kin stand on standard output, unless standard error is CLIXML and takes them."""
        if self.line.error_format == "Text":
            self.stdout.write(text)

    # Running -----------------------------------------------------------------------------------------------

    def _run(self, text: str, **options: Any) -> Result:
        writer = self.stdout.writer(self.session, self.line.output_format)
        result = self.runspace.run(
            text,
            stdin=self.stdin,
            on_output=writer.push,
            on_host=self.stdout.write,
            on_record=self._record,
            **options,
        )
        writer.finish()
        return result

    def _record(self, stream: str, record: Any) -> None:
        if stream == "error":
            self.errors.error(record)
        else:
            self.errors.record(stream, record)

    def _command(self) -> int:
        if "$input" in self.line.text.lower():
            self.session.set_global("input", self._input_lines())
        result = self._run(self.line.text)
        return self._code(result, self.session.ok)

    def _input_lines(self) -> list[str]:
        lines = []
        while (line := self.stdin.read_line()) is not None:
            lines.append(line)
        return lines

    def _code(self, result: Result, ok: bool) -> int:
        if result.exit_code is not None:
            return result.exit_code
        if result.terminated is not None:
            self._report(result.terminated)
            return 1
        if "exit-code" in self.session.items:
            return int(self.session.items["exit-code"])
        return 0 if ok else 1

    def _report(self, record: ErrorRecord) -> None:
        """The error that ended the script; a parse error of -Command is swallowed when output is redirected."""
        if (
            record.category == "ParserError"
            and self.line.mode in ("command", "encoded")
            and self.session.number >= 6
        ):
            return
        self.errors.error(record)

    def _file(self) -> int:
        path = self.session.full_path(self.line.text)
        text = self.session.read_text_file(path)
        if text is None:
            name = self.line.text
            self.stderr.write(
                f"The argument '{name}' to the -File parameter does not exist. Provide the path to an existing '.ps1' file as "
                "an argument to the -File parameter.\n"
            )
            return -196608 if self.windows else 64
        result = self._run(text, file=path, named=file_arguments(self.line.args))
        return self._code(result, True)

    def _from_stdin(self) -> int:
        """``-Command -``: statements as they are complete; a block is complete when an empty line follows it."""
        waiting: list[str] = []
        while (line := self.stdin.read_line()) is not None:
            if waiting:
                waiting.append(line)
                if line.strip():
                    continue
                text, waiting = "\n".join(waiting), []
            elif not line.strip():
                continue
            elif self._incomplete(line):
                waiting = [line]
                continue
            else:
                text = line
            result = self._run(text)
            if result.exit_code is not None:
                return result.exit_code
            if result.terminated is not None:
                self._report(result.terminated)
        return 0

    def _incomplete(self, text: str) -> bool:
        try:
            compile_script(text, self.session.language)
        except ParseFailure as failure:
            return failure.position.end >= len(text.rstrip()) - 1 or failure.error_id.startswith(
                ("Missing", "Terminator")
            )
        return False


def file_arguments(words: Sequence[str]) -> list[Arg]:
    """Arguments behind ``-File script``: ``-Name value`` and values, all as text."""
    made: list[Arg] = []
    for word in words:
        match = _PARAMETER.match(word)
        if match is None:
            made.append(Arg(None, word, None))
        elif match.group(2):
            value = match.group(3)
            shown: Any = {"$true": True, "$false": False}.get(value.lower(), value)
            made.append(Arg(match.group(1), shown, f"-{match.group(1)}:"))
        else:
            made.append(Arg(match.group(1), ABSENT, word))
    return made


def rendered_error(runspace: Runspace, record: ErrorRecord) -> str:
    """An error record as the console of its session shows it, lines ended with LF."""
    return "\n".join(error_lines(record, runspace.session)) + "\n"
