"""The Task Scheduler of one machine: registered tasks and their runs under accounts of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from exmigrate.twin.powershell.commandline import split_command
from exmigrate.twin.powershell.machine import MachineError
from exmigrate.twin.world.accounts import LogonRefused, Token
from exmigrate.twin.world.processes import BufferStreams, RunningProcess

if TYPE_CHECKING:
    from exmigrate.twin.world.server import Server

DISABLED, QUEUED, READY, RUNNING = 1, 2, 3, 4
NEVER_RUN = 0x41303
STILL_RUNNING = 0x41301
TERMINATED = 0x41306
NO_BATCH_RIGHT = 0x80070569


@dataclass
class ScheduledTask:
    """One registered task.

    Attributes:
        path: folder and name: ``\\exmigrate\\job-1``.
        account: run-as account, ``DOMAIN\\name`` or ``SYSTEM``.
        start_at: organization time of a time trigger.
        at_boot: whether it has a boot trigger.
        unknown_account: whether its account and password were not taken (Windows 2003 keeps such a task).
    """

    path: str
    program: str
    arguments: str = ""
    directory: str = ""
    account: str = "SYSTEM"
    password: str = ""
    highest: bool = False
    enabled: bool = True
    start_at: datetime | None = None
    at_boot: bool = False
    xml: str = ""
    description: str = ""
    last_result: int = NEVER_RUN
    last_run: datetime | None = None
    process: RunningProcess | None = None
    runs: int = 0
    settings: dict[str, object] = field(default_factory=dict)
    unknown_account: bool = False

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("\\")[2]

    @property
    def folder(self) -> str:
        """The folder part, ``\\`` for the root."""
        return self.path.rpartition("\\")[0] or "\\"

    @property
    def is_running(self) -> bool:
        """Whether an instance runs."""
        return self.process is not None and self.process.exit_code is None and not self.process.ended.is_set()

    @property
    def state(self) -> int:
        """The scheduler's state number."""
        if self.is_running:
            return RUNNING
        return READY if self.enabled else DISABLED

    @property
    def result(self) -> int:
        """LastTaskResult."""
        return STILL_RUNNING if self.is_running else self.last_result


class TaskStore:
    """All tasks of a machine; they survive its restarts."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._tasks: dict[str, ScheduledTask] = {}
        self.folders: set[str] = {"\\"}

    def all(self) -> list[ScheduledTask]:
        """Every task, by path."""
        return [self._tasks[key] for key in sorted(self._tasks)]

    def get(self, path: str) -> ScheduledTask | None:
        """A task by its path, with or without the leading backslash."""
        return self._tasks.get(normal(path).lower())

    def register(self, task: ScheduledTask, replace: bool = True) -> ScheduledTask:
        """Save a task; its account and password are proven at once.

        Raises:
            MachineError: it exists already, or the account cannot log on.
        """
        task.path = normal(task.path)
        with self._server.world.access():
            self._prove(task)
            key = task.path.lower()
            if key in self._tasks and not replace:
                raise MachineError(
                    "exists", "Cannot create a file when that file already exists.", 0x800700B7
                )
            old = self._tasks.get(key)
            if old is not None and old.is_running:
                task.process = old.process
            self._tasks[key] = task
            self.folders.add(task.folder)
            if task.start_at is not None:
                delay = (task.start_at - self._server.world.clock.now()).total_seconds()
                if delay >= 0:
                    self._server.world.clock.schedule(delay, lambda: self._fire(task))
        return task

    def proves(self, task: ScheduledTask) -> bool:
        """Whether its account can log on with its password."""
        try:
            self._prove(task)
        except MachineError:
            return False
        return True

    def _prove(self, task: ScheduledTask) -> None:
        if is_system(task.account) or task.unknown_account:
            return
        try:
            self._server.world.accounts.logon(self._server, task.account, task.password, "batch")
        except LogonRefused as error:
            raise MachineError("denied", str(error), 0x80070000 | error.code) from error

    def delete(self, path: str) -> None:
        """Remove a task; a running instance goes on.

        Raises:
            MachineError: no such task.
        """
        if self._tasks.pop(normal(path).lower(), None) is None:
            raise MachineError("not-found", "The system cannot find the file specified.", 0x80070002)

    def run(self, path: str) -> ScheduledTask:
        """Start a task now.

        Raises:
            MachineError: no such task, disabled, running already, or its account may not run.
        """
        task = self.get(path)
        if task is None:
            raise MachineError("not-found", "The system cannot find the file specified.", 0x80070002)
        if not task.enabled:
            raise MachineError("invalid", "The task is disabled.", 0x80041326)
        if task.is_running:
            raise MachineError("in-use", "An instance of this task is already running.", 0x8004131F)
        self._start(task)
        return task

    def _fire(self, task: ScheduledTask) -> None:
        if self.get(task.path) is task and self._server.up and task.enabled and not task.is_running:
            self._start(task)

    def boot(self) -> None:
        """The machine came up: start what has a boot trigger."""
        for task in self.all():
            if task.process is not None and task.process.exit_code == -1:
                task.last_result = TERMINATED
            if task.at_boot:
                self._fire(task)

    def _start(self, task: ScheduledTask) -> None:
        world = self._server.world
        with world.access():
            task.last_run = world.clock.now()
            task.runs += 1
            if world.faults.strikes("task-will-not-start", f"{self._server.name}{task.path}"):
                task.last_result = 0x80070002
                return
            token = self._token(task)
            if token is None:
                return
            self._server.log_event(
                "Microsoft-Windows-TaskScheduler",
                100,
                f'Task Scheduler started "{task.path}" for user "{token.name}".',
                log="Microsoft-Windows-TaskScheduler/Operational",
            )
            found = self._find(task, token)
            if found is None:
                task.last_result = 0x80070002
                return
            task.process = self._server.processes.launch(
                found,
                split_command(task.arguments),
                token,
                BufferStreams(),
                task.directory or "C:\\Windows\\System32",
                on_exit=lambda code: self._ended(task, code),
            )

    def _find(self, task: ScheduledTask, token: Token) -> str | None:
        probe = RunningProcess(0, "taskeng", "taskeng.exe", (), token, 0)
        machine = self._server.world.machine(self._server, token, probe)
        program = task.program.strip().strip('"')
        for name, value in machine.environment.items():
            program = program.replace(f"%{name}%", value)
        return self._server.world.runtime.find(machine, program)

    def _token(self, task: ScheduledTask) -> Token | None:
        accounts = self._server.world.accounts
        if is_system(task.account):
            return accounts.system_token(self._server)
        try:
            token = accounts.logon(self._server, task.account, task.password, "batch")
        except LogonRefused as error:
            task.last_result = 0x80070000 | error.code
            return None
        if not accounts.may_run_batch(self._server, token):
            task.last_result = NO_BATCH_RIGHT
            return None
        return token

    def _ended(self, task: ScheduledTask, code: int) -> None:
        task.last_result = TERMINATED if code == -1 else code & 0xFFFFFFFF

    def stop(self, path: str) -> None:
        """End a running instance."""
        task = self.get(path)
        if task is not None and task.process is not None and task.is_running:
            self._server.processes.kill(task.process.pid)
            task.last_result = TERMINATED


def normal(path: str) -> str:
    """A task path with one leading backslash."""
    return "\\" + path.strip("\\")


def is_system(account: str) -> bool:
    """Whether an account name means LocalSystem."""
    return account.lower().rpartition("\\")[2] in ("system", "s-1-5-18", "localsystem")
