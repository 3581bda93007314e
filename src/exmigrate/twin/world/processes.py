"""The processes of one machine: who runs what, since when, and how a process dies with its machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from exmigrate.twin.powershell.machine import MachineError, Process
from exmigrate.twin.world.accounts import Token
from exmigrate.twin.world.profiles import make_profile

if TYPE_CHECKING:
    from exmigrate.twin.world.machine import ProcessMachine
    from exmigrate.twin.world.server import Server

KILLED = -1


class Streams(Protocol):
    """Standard streams of a process."""

    def read_line(self) -> str | None:
        """One line of standard input without its end; None at the end."""

    def read_all(self) -> str:
        """All that is left of standard input."""

    def out(self, data: bytes) -> None:
        """Write to standard output."""

    def err(self, data: bytes) -> None:
        """Write to standard error."""


class Runtime(Protocol):
    """Runs programs: brought by whoever puts the interpreter and the native programs together."""

    def find(self, machine: ProcessMachine, name: str) -> str | None:
        """Full path of a program as a shell would find it, or None."""

    def execute(
        self, machine: ProcessMachine, path: str, arguments: Sequence[str], streams: Streams, directory: str
    ) -> int:
        """Run a program to its end in the calling thread and give its exit code."""


@dataclass
class RunningProcess:
    """One process. ``cancelled`` is set when it has to die."""

    pid: int
    name: str
    path: str
    arguments: tuple[str, ...]
    token: Token
    started: int
    parent: int = 0
    cancelled: threading.Event = field(default_factory=threading.Event)
    ended: threading.Event = field(default_factory=threading.Event)
    exit_code: int | None = None
    stoppers: list[Callable[[], None]] = field(default_factory=list)

    def stop(self) -> None:
        """Make it die: its sleep ends, its interpreter stops at the next step."""
        self.cancelled.set()
        for stopper in list(self.stoppers):
            stopper()


class BufferStreams:
    """Streams held in memory, for programs run to their end."""

    def __init__(self, stdin: bytes = b"") -> None:
        self._lines = stdin.decode(errors="replace").splitlines()
        self.stdout = bytearray()
        self.stderr = bytearray()

    def read_line(self) -> str | None:
        return self._lines.pop(0) if self._lines else None

    def read_all(self) -> str:
        left, self._lines = self._lines, []
        return "\r\n".join(left)

    def out(self, data: bytes) -> None:
        self.stdout += data

    def err(self, data: bytes) -> None:
        self.stderr += data


class ProcessTable:
    """All processes of a server."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._running: dict[int, RunningProcess] = {}
        self._ended: dict[int, int] = {}
        self.threads: list[threading.Thread] = []

    def register(
        self, name: str, path: str, arguments: Sequence[str], token: Token, parent: int = 0
    ) -> RunningProcess:
        """Add a process that the caller is about to run.

        Raises:
            MachineError: the machine is down.
        """
        if not self._server.up:
            raise MachineError("unreachable", "The system is shutting down.", 1115)
        process = RunningProcess(
            self._server.world.new_pid(), name, path, tuple(arguments), token, self._server.ticks(), parent
        )
        with self._server.lock:
            self._running[process.pid] = process
        return process

    def finish(self, process: RunningProcess, exit_code: int) -> None:
        """A process ended by itself."""
        with self._server.lock:
            if process.pid in self._running:
                # Its exit code first: who sees without the lock that it runs no more may ask for it at once.
                self._ended[process.pid] = exit_code
                process.exit_code = exit_code
                del self._running[process.pid]
        process.ended.set()

    def launch(
        self,
        path: str,
        arguments: Sequence[str],
        token: Token,
        streams: Streams,
        directory: str = "C:\\Windows\\System32",
        environment: Mapping[str, str] | None = None,
        parent: int = 0,
        on_exit: Callable[[int], None] | None = None,
        cancelled: threading.Event | None = None,
    ) -> RunningProcess:
        """Start a program on a thread of its own and return at once."""
        process = self.register(program_name(path), path, arguments, token, parent)
        process.cancelled = cancelled or process.cancelled
        machine = self._server.world.machine(self._server, token, process, environment)
        make_profile(self._server, token)

        def body() -> None:
            code = KILLED
            try:
                code = self._server.world.runtime.execute(machine, path, arguments, streams, directory)
            finally:
                self.finish(process, KILLED if process.cancelled.is_set() else code)
                if on_exit is not None:
                    on_exit(KILLED if process.cancelled.is_set() else code)

        thread = threading.Thread(
            target=body, name=f"{self._server.name}:{process.name}:{process.pid}", daemon=True
        )
        self.threads = [other for other in self.threads if other.is_alive()] + [thread]
        thread.start()
        return process

    def get(self, pid: int) -> RunningProcess | None:
        """A running process, or None."""
        return self._running.get(pid)

    def exit_code(self, pid: int) -> int | None:
        """Exit code of a process that has ended, else None."""
        return self._ended.get(pid)

    def running(self) -> list[RunningProcess]:
        """Processes that somebody started."""
        return list(self._running.values())

    def all(self) -> list[Process]:
        """Everything a process list shows: started processes and those of running services."""
        from exmigrate.twin.world.server import ticks

        started = [_describe(process) for process in self.running()]
        services = [
            Process(
                service.pid,
                program_name(service.path) or service.name,
                service.path,
                user="NT AUTHORITY\\SYSTEM",
            )
            for service in self._server.services.all()
            if service.status == "Running" and service.pid
        ]
        first = _first_processes(self._server.spec.before_2008, ticks(self._server.booted_at))
        return sorted([*first, *started, *services], key=lambda item: (item.name.lower(), item.pid))

    def kill(self, pid: int) -> None:
        """End a process.

        Raises:
            MachineError: no such process.
        """
        process = self._running.get(pid)
        if process is None:
            raise MachineError("not-found", f"Process with an Id of {pid} is not running.", 87)
        process.stop()
        self.finish(process, KILLED)

    def kill_all(self) -> None:
        """End every process, as a restart does."""
        for process in self.running():
            process.stop()
            self.finish(process, KILLED)


_1601 = 504_911_232_000_000_000
"""The file time 0 in ticks."""


def _first_processes(before_2008: bool, booted: int) -> list[Process]:
    """System, which starts with Windows: before 2008 its start is not kept, that of the session manager is."""
    user = "NT AUTHORITY\\SYSTEM"
    if before_2008:
        path = "C:\\Windows\\System32\\smss.exe"
        return [
            Process(4, "System", started=_1601, user=user),
            Process(312, "smss", path, started=booted, user=user),
        ]
    return [Process(4, "System", started=booted, user=user)]


def _describe(process: RunningProcess) -> Process:
    return Process(
        process.pid,
        process.name,
        process.path,
        " ".join((process.path, *process.arguments)),
        process.started,
        user=process.token.name,
        parent=process.parent,
    )


def program_name(path: str) -> str:
    """``C:\\Windows\\x.exe`` gives ``x``."""
    base = path.replace("/", "\\").rpartition("\\")[2]
    stem, dot, extension = base.rpartition(".")
    return stem if dot and extension.lower() in ("exe", "com", "cmd", "bat") else base
