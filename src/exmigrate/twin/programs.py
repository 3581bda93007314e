"""Programs on the simulated machines: PowerShell, cmd, console programs, Setup and packages.

This is the world's `Runtime`: it puts the interpreter, the packs and the native programs together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from exmigrate.twin.cmd import NOT_RECOGNIZED, CommandShell
from exmigrate.twin.cmdlets.windows import FILE_PROGRAMS, PACKAGE, SYSTEM_PROGRAMS
from exmigrate.twin.powershell.packs import Native, Pack
from exmigrate.twin.world.machine import ProcessMachine
from exmigrate.twin.world.processes import Streams
from exmigrate.twin.world.server import Server

SYSTEM32 = "C:\\Windows\\System32\\"
POWERSHELL = SYSTEM32 + "WindowsPowerShell\\v1.0\\powershell.exe"
EXTENSIONS = ("", ".com", ".exe", ".bat", ".cmd")
INSTALLERS = (".exe", ".msi")
PowerShell = Callable[[ProcessMachine, Sequence[str], Streams, str, Sequence[Pack]], int]


class ProgramCall:
    """A native program's call outside of a PowerShell pipeline."""

    session: Any = None

    def __init__(
        self, path: str, arguments: Sequence[str], machine: ProcessMachine, streams: Streams, directory: str
    ) -> None:
        self.name = path
        self.args = list(arguments)
        self.machine = machine
        self.environment: Mapping[str, str] = machine.environment
        self.directory = directory
        self.stdin: Iterable[str] = _lines(streams)
        self._streams = streams

    def out(self, line: str) -> None:
        """One line on standard output."""
        self._streams.out(f"{line}\r\n".encode())

    def err(self, line: str) -> None:
        """One line on standard error."""
        self._streams.err(f"{line}\r\n".encode())


def _lines(streams: Streams) -> Iterable[str]:
    while (line := streams.read_line()) is not None:
        yield line


class TwinRuntime:
    """Finds and runs programs.

    Args:
        powershell: runs ``powershell.exe`` with its arguments; a function of machine, arguments, streams, directory
            and packs that gives the exit code.
        packs: the packs of a server's PowerShell as it is now.
    """

    def __init__(self, powershell: PowerShell, packs: Callable[[Server], Sequence[Pack]]) -> None:
        self._powershell = powershell
        self._packs = packs

    def find(self, machine: ProcessMachine, name: str) -> str | None:
        """Full path of a program as a shell would find it, or None."""
        plain = name.strip().strip('"').replace("/", "\\")
        if "\\" in plain:
            return self._file(machine, plain)
        lowered = plain.lower()
        if lowered in ("powershell", "powershell.exe"):
            return POWERSHELL if machine.server.spec.powershell not in ("", "1.0") else None
        if lowered in ("cmd", "cmd.exe"):
            return SYSTEM32 + "cmd.exe"
        found = _system_program(machine.server, lowered)
        if found is not None:
            return SYSTEM32 + found
        for folder in machine.environment.get("Path", "").split(";"):
            path = self._file(machine, f"{folder.rstrip(chr(92))}\\{plain}") if folder else None
            if path is not None:
                return path
        return None

    @staticmethod
    def _file(machine: ProcessMachine, path: str) -> str | None:
        for extension in EXTENSIONS:
            found = machine.files.stat(path + extension)
            if found is not None and not found.is_directory:
                return path + extension
        if path.lower().startswith(SYSTEM32.lower()):
            name = _system_program(machine.server, path.rpartition("\\")[2].lower())
            return SYSTEM32 + name if name else None
        return None

    def execute(
        self, machine: ProcessMachine, path: str, arguments: Sequence[str], streams: Streams, directory: str
    ) -> int:
        """Run a program to its end and give its exit code."""
        base = path.replace("/", "\\").rpartition("\\")[2].lower()
        if base in ("powershell", "powershell.exe"):
            return self._powershell(machine, arguments, streams, directory, self._packs(machine.server))
        if base in ("cmd", "cmd.exe"):
            return self._command(machine, arguments, streams, directory)
        native = self.native(base)
        if native is None:
            streams.err(NOT_RECOGNIZED.format(base).encode())
            return 9009
        return native(ProgramCall(path, arguments, machine, streams, directory))

    @staticmethod
    def native(base: str) -> Native | None:
        """The native program of a file name."""
        for extension in EXTENSIONS:
            found = SYSTEM_PROGRAMS.get(base + extension) or FILE_PROGRAMS.get(base + extension)
            if found is not None:
                return found
        return PACKAGE if base.endswith(INSTALLERS) else None

    def _command(
        self, machine: ProcessMachine, arguments: Sequence[str], streams: Streams, directory: str
    ) -> int:
        """``cmd.exe`` with its arguments; without ``/c`` or ``/k`` it reads nothing and ends."""
        words = list(arguments)
        while words and words[0][:1] == "/" and words[0].lower() not in ("/c", "/k"):
            words.pop(0)
        if not words or words[0].lower() not in ("/c", "/k"):
            return 0
        line = words[1] if len(words) == 2 else " ".join(_requoted(word) for word in words[1:])
        return CommandShell(self, machine, directory).run(line, streams) if line.strip() else 0


def _system_program(server: Server, lowered: str) -> str | None:
    name = next((lowered + ext for ext in EXTENSIONS if lowered + ext in SYSTEM_PROGRAMS), None)
    if name == "servermanagercmd.exe" and server.spec.os not in ("2008", "2008R2"):
        return None
    if name in ("repadmin.exe", "dsacls.exe") and not (
        server.is_controller or "RSAT-ADDS-Tools" in server.features
    ):
        return None
    if name is None and lowered in ("msiexec", "msiexec.exe"):
        return "msiexec.exe"
    return name


def _requoted(word: str) -> str:
    return f'"{word}"' if " " in word and not word.startswith('"') else word
