"""Programs for tests of the wire that need no simulated machine: Python functions on threads, by name."""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Mapping
from typing import Protocol

from exmigrate.twin.powershell.commandline import split_command
from exmigrate.twin.wsman import CommandNotFound, CommandRequest, Console, Process


class Program(Protocol):
    """An executable of the simulated machine."""

    def __call__(self, request: CommandRequest, arguments: tuple[str, ...], console: Console) -> int:
        """Run to the end and return the exit code.

        Args:
            request: The command with its logon, environment and code page.
            arguments: Its arguments, split as the C runtime splits them.
            console: Streams; `console.cancelled` says when to stop.
        """


_NOT_RECOGNIZED = (
    "'{0}' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n"
)


class ProgramTable:
    """A `ProcessFactory` over a table of programs.

    Args:
        programs: By file name without `.exe`, in lower case, such as `powershell`.
        os_version: Printed by `ver`.
    """

    def __init__(self, programs: Mapping[str, Program], os_version: str = "6.1.7601") -> None:
        self._programs = dict(programs)
        self._os_version = os_version
        self._pids = itertools.count(2000, 4)

    def start(self, request: CommandRequest, console: Console) -> Process:
        arguments = split_command(request.line)
        name = _program_name(arguments[0]) if arguments else ""
        while name == "cmd" and len(arguments) > 2 and arguments[1].lower() == "/c":
            arguments = arguments[2:]
            name = _program_name(arguments[0])
        program = self._programs.get(name)
        if program is None and request.skip_cmd:
            raise CommandNotFound(name)
        run = program or _Builtin(self._os_version)
        return ThreadProcess(
            next(self._pids), run, request, tuple(arguments[1:] if program else arguments), console
        )


class ThreadProcess:
    """A process that is a thread of this interpreter."""

    def __init__(
        self,
        pid: int,
        program: Program,
        request: CommandRequest,
        arguments: tuple[str, ...],
        console: Console,
    ) -> None:
        self._pid = pid
        self._console = console
        self._thread = threading.Thread(
            target=self._run, args=(program, request, arguments), name=f"process-{pid}", daemon=True
        )
        self._thread.start()

    @property
    def pid(self) -> int:
        return self._pid

    def terminate(self) -> None:
        self._console.cancelled.set()

    def _run(self, program: Program, request: CommandRequest, arguments: tuple[str, ...]) -> None:
        code = -1
        try:
            code = program(request, arguments, self._console)
        finally:
            self._console.exited(code)


class _Builtin:
    """What `cmd.exe` answers itself: `echo`, `ver`, `exit`, `hostname`, `whoami`, or that it knows no such name."""

    def __init__(self, os_version: str) -> None:
        self._os_version = os_version

    def __call__(self, request: CommandRequest, arguments: tuple[str, ...], console: Console) -> int:
        name = _program_name(arguments[0]) if arguments else ""
        if name == "echo":
            return _say(console, " ".join(arguments[1:]))
        if name == "ver":
            return _say(console, f"\r\nMicrosoft Windows [Version {self._os_version}]")
        if name == "hostname":
            return _say(console, request.machine)
        if name == "whoami":
            return _say(console, request.logon.name.lower())
        if name == "exit":
            code = arguments[-1] if len(arguments) > 1 else "0"
            return int(code) if code.lstrip("-").isdigit() else 0
        console.write_stderr(_NOT_RECOGNIZED.format(arguments[0] if arguments else "").encode())
        return 1


def _say(console: Console, text: str) -> int:
    console.write_stdout(f"{text}\r\n".encode())
    return 0


def _program_name(path: str) -> str:
    name = re.split(r"[\\/]", path)[-1].lower()
    return name.removesuffix(".exe")
