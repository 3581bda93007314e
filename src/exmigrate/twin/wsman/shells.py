"""Shells and commands of one machine: streams, output that waits for a Receive, quotas, idle time-out."""

from __future__ import annotations

import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from . import soap
from .ports import CommandRequest, Logon, Process, ProcessFactory, Quotas

_POLL_S = 0.25  # how often a waiting Receive looks whether its client is still there
_TERMINATED = -1073741510  # 0xC000013A STATUS_CONTROL_C_EXIT


class StdinPipe:
    """Standard input of one process: Sends feed it, the process blocks on it."""

    def __init__(self) -> None:
        self._ready = threading.Condition()
        self._data = bytearray()
        self._closed = False

    def feed(self, data: bytes) -> None:
        """Append what a Send brought; ignored once closed."""
        with self._ready:
            if not self._closed:
                self._data += data
                self._ready.notify_all()

    def close(self) -> None:
        """End of stream for the reader."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()

    def readline(self) -> bytes:
        start = 0
        with self._ready:
            while True:
                end = self._data.find(b"\n", start)
                if end >= 0:
                    return self._take(end + 1)
                if self._closed:
                    return self._take(len(self._data))
                start = len(self._data)
                self._ready.wait()

    def read(self, size: int = -1) -> bytes:
        with self._ready:
            while not self._closed and (size < 0 or len(self._data) < size):
                self._ready.wait()
            return self._take(len(self._data) if size < 0 else min(size, len(self._data)))

    def _take(self, count: int) -> bytes:
        taken = bytes(self._data[:count])
        del self._data[:count]
        return taken


@dataclass(frozen=True, slots=True)
class Output:
    """What one Receive carries home. `exit_code` is None while the command runs."""

    stdout: bytes
    stderr: bytes
    exit_code: int | None

    @property
    def is_empty(self) -> bool:
        """True if there is nothing to tell yet."""
        return not self.stdout and not self.stderr and self.exit_code is None


class Command:
    """One command of a shell; it is the `Console` of its process."""

    def __init__(self, command_id: str) -> None:
        self.id = command_id
        self.stdin = StdinPipe()
        self.cancelled = threading.Event()
        self.process: Process | None = None
        self._changed = threading.Condition()
        self._stdout = bytearray()
        self._stderr = bytearray()
        self._exit_code: int | None = None
        self._receivers = 0

    def write_stdout(self, data: bytes) -> None:
        with self._changed:
            if self._exit_code is None:
                self._stdout += data
                self._changed.notify_all()

    def write_stderr(self, data: bytes) -> None:
        with self._changed:
            if self._exit_code is None:
                self._stderr += data
                self._changed.notify_all()

    def exited(self, code: int) -> None:
        with self._changed:
            if self._exit_code is None:
                self._exit_code = code
                self._changed.notify_all()

    def receive(self, timeout_s: float, limit: int, check_client: Callable[[], None]) -> Output:
        """Wait for output or the end; a later Receive takes over from an earlier one.

        Args:
            timeout_s: Longest wait in seconds of controller time.
            limit: Most bytes to hand over at once.
            check_client: Called now and then; raises when the client is gone, so that output is not swallowed.

        Raises:
            soap.Fault: the operation timed out, or another Receive took over.
        """
        deadline = time.monotonic() + timeout_s
        with self._changed:
            self._receivers += 1
            turn = self._receivers
            self._changed.notify_all()
            while True:
                check_client()
                if turn != self._receivers:
                    raise soap.operation_timed_out()
                if self._stdout or self._stderr or self._exit_code is not None:
                    return self._take(limit)
                left = deadline - time.monotonic()
                if left <= 0:
                    raise soap.operation_timed_out()
                self._changed.wait(min(left, _POLL_S))

    def _take(self, limit: int) -> Output:
        stdout = bytes(self._stdout[:limit])
        stderr = bytes(self._stderr[: max(limit - len(stdout), 0)])
        del self._stdout[: len(stdout)]
        del self._stderr[: len(stderr)]
        done = not self._stdout and not self._stderr
        return Output(stdout, stderr, self._exit_code if done else None)

    def end(self, code: int) -> None:
        """End the process from outside with this exit code."""
        self.exited(code)
        self.cancelled.set()
        self.stdin.close()
        if self.process is not None:
            self.process.terminate()


@dataclass(slots=True)
class Shell:
    """One Windows remote shell."""

    id: str
    logon: Logon
    environment: dict[str, str]
    working_directory: str
    codepage: int
    no_profile: bool
    idle_timeout_s: float
    created: float
    touched: float
    commands: dict[str, Command] = field(default_factory=dict)
    started: int = 0


@dataclass(frozen=True, slots=True)
class ShellWish:
    """What a Create asks for."""

    environment: dict[str, str]
    working_directory: str
    codepage: int
    no_profile: bool
    idle_timeout_s: float | None
    shell_id: str = ""


class ShellTable:
    """All shells of one machine.

    Args:
        machine: Its name.
        quotas: Limits of the service.
        factory: Starts the processes.
    """

    def __init__(self, machine: str, quotas: Quotas, factory: ProcessFactory) -> None:
        self.machine = machine
        self.quotas = quotas
        self._factory = factory
        self._lock = threading.RLock()
        self._shells: dict[str, Shell] = {}

    def create(self, logon: Logon, wish: ShellWish) -> Shell:
        """Open a shell.

        Raises:
            soap.Fault: the user's quota of shells is used up.
        """
        with self._lock:
            self._expire()
            mine = [shell for shell in self._shells.values() if shell.logon.name == logon.name]
            if len(mine) >= self.quotas.max_shells:
                raise soap.too_many_shells(self.quotas.max_shells)
            now = time.monotonic()
            shell = Shell(
                id=wish.shell_id or str(uuid.uuid4()).upper(),
                logon=logon,
                environment=wish.environment,
                working_directory=wish.working_directory,
                codepage=wish.codepage,
                no_profile=wish.no_profile,
                idle_timeout_s=min(
                    wish.idle_timeout_s or self.quotas.idle_timeout_s, self.quotas.idle_timeout_s
                ),
                created=now,
                touched=now,
            )
            self._shells[shell.id] = shell
            return shell

    def find(self, logon: Logon, shell_id: str) -> Shell:
        """The user's shell, touched against the idle time-out.

        Raises:
            soap.Fault: not there (any more), or another user's.
        """
        with self._lock:
            self._expire()
            shell = self._shells.get(shell_id)
            if shell is None:
                raise soap.shell_not_found(shell_id)
            if shell.logon.name != logon.name:
                raise soap.access_denied()
            shell.touched = time.monotonic()
            return shell

    def of_user(self, logon: Logon) -> list[Shell]:
        """The user's shells, oldest first."""
        with self._lock:
            self._expire()
            mine = [shell for shell in self._shells.values() if shell.logon.name == logon.name]
            return sorted(mine, key=lambda shell: shell.created)

    def run(self, shell: Shell, request: CommandRequest, command_id: str) -> Command:
        """Start a process in a shell.

        Raises:
            soap.Fault: a quota is used up.
            CommandNotFound: no such executable, with no command processor in front.
        """
        command = Command(command_id or str(uuid.uuid4()).upper())
        with self._lock:
            self._count_operation(shell)
            if shell.started >= self.quotas.max_commands:
                raise soap.too_many_commands(self.quotas.max_commands)
            shell.started += 1
            shell.commands[command.id] = command
        try:
            command.process = self._factory.start(request, command)
        except Exception:
            with self._lock:
                shell.commands.pop(command.id, None)
            raise
        return command

    def _count_operation(self, shell: Shell) -> None:
        # WinRM 2.0 gives an operation back with its shell only, not when the command is signalled.
        if self.quotas.max_operations > 100:
            return
        user = shell.logon.name
        running = sum(s.started for s in self._shells.values() if s.logon.name == user)
        if running >= self.quotas.max_operations:
            raise soap.too_many_operations(self.quotas.max_operations)

    def command(self, shell: Shell, command_id: str) -> Command:
        """A command of the shell.

        Raises:
            soap.Fault: there is none with that id.
        """
        with self._lock:
            found = shell.commands.get(command_id)
        if found is None:
            raise soap.invalid_parameter(f"CommandId {command_id}")
        return found

    def forget_command(self, shell: Shell, command_id: str) -> None:
        """Drop a command after its terminate signal."""
        with self._lock:
            shell.commands.pop(command_id, None)

    def delete(self, shell: Shell) -> None:
        """Delete a shell; its processes end with it."""
        with self._lock:
            self._shells.pop(shell.id, None)
        for command in list(shell.commands.values()):
            command.end(_TERMINATED)

    def delete_all(self) -> None:
        """The machine stops: every shell is gone."""
        with self._lock:
            shells = list(self._shells.values())
        for shell in shells:
            self.delete(shell)

    def _expire(self) -> None:
        now = time.monotonic()
        for shell in [s for s in self._shells.values() if now - s.touched > s.idle_timeout_s]:
            self.delete(shell)
