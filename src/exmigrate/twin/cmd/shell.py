"""``cmd /c`` at work: pipelines, redirections, programs, and the commands that it has built in.

Texts are those of Windows Server 2008 R2. A built-in command or an option that is not simulated is an error that names it.
"""

from __future__ import annotations

import ntpath
import re
from collections.abc import Callable

from exmigrate.twin.powershell.commandline import split_command
from exmigrate.twin.powershell.machine.ports import MachineError
from exmigrate.twin.world.machine import ProcessMachine
from exmigrate.twin.world.processes import Runtime, Streams

from .streams import Redirected
from .syntax import NotSimulated, Pipeline, Simple, Unexpected, expand, parse

NOT_RECOGNIZED = (
    "'{0}' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n"
)
NO_FILE = "The system cannot find the file specified.\r\n"
NO_PATH = "The system cannot find the path specified.\r\n"
DENIED = "Access is denied.\r\n"
BAD_LINE = 255
NOT_EMPTY = 145
ABSENT = frozenset(
    "assoc call cls color copy date dir dpath endlocal for ftype goto if mklink move path pause popd prompt pushd ren "
    "rename setlocal shift start time title verify vol".split()
)
"""Built in on Windows, and not here."""
_NAME = re.compile(r"([A-Za-z]+)(?=$|[\s.,;:=/\\+\[\]])").match


class Exited(Exception):
    """``exit`` was met."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class CommandShell:
    """One run of ``cmd /c``.

    Args:
        runtime: Finds and runs programs.
        machine: As the process sees it.
        directory: The current directory.
    """

    def __init__(self, runtime: Runtime, machine: ProcessMachine, directory: str) -> None:
        self._runtime = runtime
        self._machine = machine
        self._directory = directory
        self._code = 0

    def run(self, line: str, streams: Streams) -> int:
        """Run a command line and give its exit code; says what is wrong with it on standard error."""
        try:
            for pipeline in parse(expand(line, self._machine.environment, self._code, self._directory)):
                self._pipeline(pipeline, streams)
        except Exited as end:
            return end.code
        except NotSimulated as missing:
            return _say(streams.err, f"Not simulated: {missing} of cmd.exe.\r\n", 1)
        except Unexpected as found:
            return _say(streams.err, f"{found} was unexpected at this time.\r\n", BAD_LINE)
        return self._code

    def _pipeline(self, pipeline: Pipeline, streams: Streams) -> None:
        if (pipeline.after == "&&" and self._code) or (pipeline.after == "||" and not self._code):
            return
        text: str | None = None
        for command in pipeline.commands[:-1]:
            written: list[bytes] = []
            between = Redirected(streams, text, written.append)
            self._simple(command, between)
            text = b"".join(written).decode(between.encoding, "replace")
        self._simple(pipeline.commands[-1], Redirected(streams, text))

    def _simple(self, command: Simple, streams: Redirected) -> None:
        try:
            for redirection in command.redirections:
                streams.redirect(redirection, self._machine, self._full(redirection.target))
        except MachineError as error:
            self._code = _say(streams.err, _reason(error, NO_PATH), 1)
            return
        self._code = self._start(command.text, streams)

    def _start(self, text: str, streams: Redirected) -> int:
        named = _NAME(text)
        name = named[1].lower() if named else ""
        built_in = _BUILT_IN.get(name)
        if named and built_in is not None:
            try:
                return built_in(self, text[named.end() :], streams)
            except MachineError as error:
                return _say(streams.err, _reason(error, NO_FILE), 1)
        if name in ABSENT:
            raise NotSimulated(f"the command '{name}'")
        return self._program(split_command(text), streams)

    def _program(self, words: list[str], streams: Redirected) -> int:
        found = self._runtime.find(self._machine, words[0])
        if found is None and "\\" not in words[0]:
            found = self._runtime.find(self._machine, self._full(words[0]))
        if found is None:
            return _say(streams.err, NOT_RECOGNIZED.format(words[0]), 1)
        return self._runtime.execute(self._machine, found, words[1:], streams, self._directory)

    def _full(self, path: str) -> str:
        return ntpath.normpath(ntpath.join(self._directory, path.strip().strip('"')))

    # What is built in --------------------------------------------------------------------------------------

    def _echo(self, rest: str, streams: Redirected) -> int:
        said = rest.strip().lower()
        if said in ("on", "off"):
            return 0
        return _say(
            streams.out, ("ECHO is on." if not rest.strip() and rest[:1] != "." else rest[1:]) + "\r\n", 0
        )

    def _ver(self, rest: str, streams: Redirected) -> int:
        version = self._machine.server.windows.version
        return _say(streams.out, f"\r\nMicrosoft Windows [Version {version}]\r\n", 0)

    def _exit(self, rest: str, streams: Redirected) -> int:
        word = rest.lower().replace("/b", " ").strip()
        raise Exited(int(word) if word.lstrip("-").isdigit() else self._code)

    def _set(self, rest: str, streams: Redirected) -> int:
        text = rest.strip().strip('"')
        if text.startswith("/"):
            raise NotSimulated(f"the command 'set {text[:2]}'")
        name, equals, value = text.partition("=")
        variables = self._machine.environment
        if equals:
            variables.pop(name, None)
            if value:
                variables[name] = value
            return 0
        shown = [(n, v) for n, v in sorted(variables.items()) if n.lower().startswith(name.lower())]
        for each, value in shown:
            _say(streams.out, f"{each}={value}\r\n", 0)
        return 0 if shown else _say(streams.err, f"Environment variable {name} not defined\r\n", 1)

    def _cd(self, rest: str, streams: Redirected) -> int:
        words = _words(rest, "cd", {"/d"})
        if not words:
            return _say(streams.out, self._directory + "\r\n", 0)
        path = self._full(" ".join(words))
        found = self._machine.files.stat(path)
        if found is None or not found.is_directory:
            return _say(streams.err, NO_PATH, 1)
        self._directory = path
        return 0

    def _type(self, rest: str, streams: Redirected) -> int:
        for word in _words(rest, "type", set()):
            streams.out(self._machine.files.read(self._full(word)))
        return 0

    def _del(self, rest: str, streams: Redirected) -> int:
        for word in _words(rest, "del", {"/f", "/q"}):
            path = self._full(word)
            found = self._machine.files.stat(path)
            if found is None:
                _say(streams.err, f"Could Not Find {path}\r\n", 0)
            elif found.is_directory:
                raise NotSimulated("the command 'del' for a directory")
            else:
                self._machine.files.delete(path)
        return 0

    def _md(self, rest: str, streams: Redirected) -> int:
        for word in _words(rest, "md", set()):
            path = self._full(word)
            if self._machine.files.stat(path) is not None:
                return _say(streams.err, f"A subdirectory or file {word} already exists.\r\n", 1)
            self._machine.files.make_directory(path)
        return 0

    def _rd(self, rest: str, streams: Redirected) -> int:
        whole = "/s" in rest.lower().split()
        for word in _words(rest, "rd", {"/s", "/q"}):
            path = self._full(word)
            if self._machine.files.stat(path) is None:
                return _say(streams.err, NO_FILE, 2)
            if not whole and self._machine.files.children(path):
                return _say(streams.err, "The directory is not empty.\r\n", NOT_EMPTY)
            self._machine.files.delete(path, recurse=whole)
        return 0


def _words(rest: str, name: str, switches: set[str]) -> list[str]:
    """The arguments of a built-in command without its switches."""
    words = split_command(rest)
    for word in words:
        if (word.startswith("/") and word.lower() not in switches) or "*" in word or "?" in word:
            raise NotSimulated(f"'{name} {word}'")
    return [word for word in words if not word.startswith("/")]


def _say(sink: Callable[[bytes], None], text: str, code: int) -> int:
    sink(text.encode())
    return code


def _reason(error: MachineError, missing: str) -> str:
    return DENIED if error.kind == "denied" else missing if error.kind == "not-found" else f"{error}\r\n"


_BUILT_IN: dict[str, Callable[[CommandShell, str, Redirected], int]] = {
    "cd": CommandShell._cd,
    "chdir": CommandShell._cd,
    "del": CommandShell._del,
    "echo": CommandShell._echo,
    "erase": CommandShell._del,
    "exit": CommandShell._exit,
    "md": CommandShell._md,
    "mkdir": CommandShell._md,
    "rd": CommandShell._rd,
    "rem": lambda shell, rest, streams: 0,
    "rmdir": CommandShell._rd,
    "set": CommandShell._set,
    "type": CommandShell._type,
    "ver": CommandShell._ver,
}
