"""System.Diagnostics.Process and ProcessStartInfo over the machine's processes."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.cmdlets.servicecontroller import session_step
from exmigrate.twin.powershell.commandline import split_command
from exmigrate.twin.powershell.errors import unsupported
from exmigrate.twin.powershell.faults import NetFault, invalid_operation
from exmigrate.twin.powershell.machine.ports import MachineError, Process
from exmigrate.twin.powershell.typeinfo import TYPES, declare_type
from exmigrate.twin.powershell.types.textreaders import Reader, Writer
from exmigrate.twin.powershell.values import Int64

_POLL = 1.0


class FixedEnvironment(c.Hashtable):
    """The variables that a process starts with: those of the machine; a process cannot be given others."""

    __slots__ = ("fixed",)

    def __init__(self, pairs: Any) -> None:
        self.fixed = False
        super().__init__(pairs)
        self.fixed = True

    def __setitem__(self, key: Any, value: Any) -> None:
        if self.fixed:
            raise unsupported("a change of the environment of a process that is to be started")
        super().__setitem__(key, value)


class StartInfo(v.NetObject):
    """System.Diagnostics.ProcessStartInfo."""

    __slots__ = ("fields", "words")

    def __init__(self, name: str = "", arguments: str = "") -> None:
        self.words = c.ArrayList([])
        self.fields: dict[str, Any] = {
            "FileName": name, "Arguments": arguments, "WorkingDirectory": "", "UseShellExecute": True,
            "CreateNoWindow": False, "RedirectStandardOutput": False, "RedirectStandardError": False,
            "RedirectStandardInput": False, "UserName": "", "Domain": "", "Password": None, "Verb": "",
            "LoadUserProfile": False, "ErrorDialog": False, "WindowStyle": None, "StandardOutputEncoding": None,
            "StandardErrorEncoding": None,
        }  # fmt: skip


START_INFO = declare_type("System.Diagnostics.ProcessStartInfo", python=StartInfo, assembly="System")
for _name, _default in StartInfo().fields.items():
    START_INFO.prop(
        _name,
        lambda info, ctx, key=_name: info.fields[key],
        lambda info, value, ctx, key=_name: info.fields.__setitem__(key, value),
        {bool: "System.Boolean", str: "System.String"}.get(type(_default), "System.Object"),
    )
START_INFO.prop("EnvironmentVariables", lambda info, ctx: FixedEnvironment(ctx.machine.environment.items()))
START_INFO.prop("Environment", lambda info, ctx: FixedEnvironment(ctx.machine.environment.items()), since=5.1)
START_INFO.prop("Verbs", lambda info, ctx: v.TypedArray(TYPES["system.string"], []))
START_INFO.constants({"ErrorDialogParentHandle": v.IntPtr(0)})
START_INFO.constants({"PasswordInClearText": None}, since=5.1)
START_INFO.prop("ArgumentList", lambda info, ctx: info.words, since=7)
START_INFO.constants(
    {"CreateNewProcessGroup": False, "StandardInputEncoding": None, "UseCredentialsForNetworkingOnly": False},
    since=7,
)
START_INFO.constructor("new()", "new(string fileName)", "new(string fileName, string arguments)")(StartInfo)


class ProcessObject(v.NetObject):
    """A process: its record as it was when looked at, or one that is not started yet."""

    __slots__ = ("code", "info", "machine", "record", "stderr", "stdin", "stdout")

    def __init__(self, machine: Any = None, record: Process | None = None) -> None:
        self.machine = machine
        self.record = record
        self.info = StartInfo(record.path if record is not None else "")
        self.code: int | None = None
        self.stdin: Any = None
        self.stdout: Any = None
        self.stderr: Any = None

    def known(self) -> Process:
        """The record; an exception for a process that was never started."""
        if self.record is None:
            raise invalid_operation("No process is associated with this object.")
        return self.record

    def adapt_get(self, name: str, ctx: Any) -> Any:
        """What the default table view computes (its column WS(K)), which is no property of the type."""
        return Int64(self.known().working_set // 1024) if name == "WSK" else v.MISSING

    @property
    def exit_code(self) -> int | None:
        """Its exit code once it ended, None before."""
        pid = self.known().pid
        if self.code is None:
            self.code = self.machine.processes.exit_code(pid)
        return self.code

    @property
    def has_exited(self) -> bool:
        """Whether it ended."""
        if self.exit_code is not None:
            return True
        pid = self.known().pid
        return all(one.pid != pid for one in self.machine.processes.all())

    def wait(self, seconds: float | None, ctx: Any = None) -> bool:
        """Wait for its end; False when the time ran out first.

        A machine whose processes end by themselves while nothing here moves the clock has a method
        ``processes.wait(pid, seconds)`` of its own.
        """
        own = getattr(self.machine.processes, "wait", None)
        if own is not None:
            return self.has_exited or bool(own(self.known().pid, seconds))
        clock = self.machine.clock
        end = None if seconds is None else clock.now() + round(seconds * 10_000_000)
        while not self.has_exited:
            if end is not None and clock.now() >= end:
                return False
            session_step(ctx)
            clock.sleep(_POLL if seconds is None else min(_POLL, max(seconds, 0.01)))
        return True


PROCESS = declare_type(
    "System.Diagnostics.Process",
    python=ProcessObject,
    display=("Id", "Handles", "CPU", "ProcessName"),
    assembly="System",
)
PROCESS.to_string = lambda p, ctx: f"System.Diagnostics.Process ({p.record.name if p.record else ''})"
PROCESS.constructor("new()", ctx=True)(lambda ctx: ProcessObject(ctx.machine))
PROCESS.method("void Kill()")(lambda p: p.machine.processes.kill(p.known().pid))
PROCESS.method("void Refresh()", "void Close()", "void Dispose()")(lambda p: None)
PROCESS.method("bool CloseMainWindow()", "bool WaitForInputIdle()")(lambda p: False)


@PROCESS.method("void WaitForExit()", ctx=True)
def _wait(one: ProcessObject, ctx: Any) -> None:
    one.wait(None, ctx)


@PROCESS.method("bool WaitForExit(int milliseconds)", ctx=True)
def _wait_for(one: ProcessObject, milliseconds: int, ctx: Any) -> bool:
    return one.wait(None if milliseconds < 0 else milliseconds / 1000, ctx)


@PROCESS.method("bool Start()", ctx=True)
def _start(one: ProcessObject, ctx: Any) -> bool:
    info = one.info.fields
    if not info["FileName"]:
        raise invalid_operation("Cannot start process because a file name has not been provided.")
    redirected = any(info[f"RedirectStandard{name}"] for name in ("Input", "Output", "Error"))
    if redirected and info["UseShellExecute"]:
        raise invalid_operation(
            "The Process object must have the UseShellExecute property set to false in order to redirect IO streams."
        )
    directory = str(info["WorkingDirectory"] or ctx.current_directory())
    words = [*split_command(str(info["Arguments"] or "")), *map(str, one.info.words)]
    try:
        if redirected:
            _run_captured(one, str(info["FileName"]), words, directory)
        else:
            one.record = launch(one.machine, str(info["FileName"]), words, directory).record
    except MachineError as fault:
        raise NetFault("System.ComponentModel.Win32Exception", fault.message) from None
    return True


def _run_captured(one: ProcessObject, path: str, words: list[str], directory: str) -> None:
    """Run a program whose streams are read: it has ended by the time they can be."""
    machine = one.machine
    started = machine.clock.now()
    result = machine.processes.run(path, words, b"", directory)
    one.record = Process(0, program_name(path), path, started=started)
    one.code = result.exit_code
    reader = TYPES["system.io.streamreader"]
    info = one.info.fields
    if info["RedirectStandardInput"]:
        one.stdin = Writer(TYPES["system.io.streamwriter"], _too_late)
    if info["RedirectStandardOutput"]:
        one.stdout = Reader(reader, result.stdout.decode("utf-8", "replace"))
    if info["RedirectStandardError"]:
        one.stderr = Reader(reader, result.stderr.decode("utf-8", "replace"))


def _too_late(text: str) -> None:
    """Its input was empty: it ran to its end when it was started."""
    raise NetFault(
        "System.NotSupportedException", "Not simulated: writing to the standard input of a started process."
    )


def program_name(path: str) -> str:
    """``C:\\Windows\\x.exe`` gives ``x``."""
    base = path.replace("/", "\\").rpartition("\\")[2]
    stem, dot, extension = base.rpartition(".")
    return stem if dot and extension.lower() in ("exe", "com", "cmd", "bat") else base


def of_pid(machine: Any, pid: int) -> ProcessObject | None:
    """The running process of an id, None when there is none."""
    return next((ProcessObject(machine, one) for one in machine.processes.all() if one.pid == pid), None)


def launch(machine: Any, path: str, words: list[str], directory: str, user: str = "") -> ProcessObject:
    """Start a program that goes on by itself.

    Raises:
        MachineError: There is no such program, or it may not be run.
    """
    pid = machine.processes.start(path, words, directory, user)
    found = of_pid(machine, pid)
    if found is not None:
        return found
    return ProcessObject(machine, Process(pid, program_name(path), path, started=machine.clock.now()))


@PROCESS.static_method("System.Diagnostics.Process GetCurrentProcess()", ctx=True)
def _current(ctx: Any) -> ProcessObject:
    machine = ctx.machine
    own = machine.processes.own_pid
    return of_pid(machine, own) or ProcessObject(machine, Process(own, "powershell"))


@PROCESS.static_method("System.Diagnostics.Process GetProcessById(int processId)", ctx=True)
def _by_id(pid: int, ctx: Any) -> ProcessObject:
    found = of_pid(ctx.machine, pid)
    if found is None:
        raise NetFault("System.ArgumentException", f"Process with an Id of {pid} is not running.")
    return found


@PROCESS.static_method("System.Diagnostics.Process[] GetProcesses()", ctx=True)
def _all(ctx: Any) -> list[Any]:
    return v.TypedArray(PROCESS, [ProcessObject(ctx.machine, one) for one in ctx.machine.processes.all()])


@PROCESS.static_method("System.Diagnostics.Process[] GetProcessesByName(string processName)", ctx=True)
def _by_name(name: str, ctx: Any) -> list[Any]:
    hits = [one for one in ctx.machine.processes.all() if one.name.lower() == name.lower()]
    return v.TypedArray(PROCESS, [ProcessObject(ctx.machine, one) for one in hits])


@PROCESS.static_method(
    "System.Diagnostics.Process Start(string fileName)",
    "System.Diagnostics.Process Start(string fileName, string arguments)",
    ctx=True,
)
def _start_name(name: str, arguments: str = "", ctx: Any = None) -> ProcessObject:
    made = ProcessObject(ctx.machine)
    made.info = StartInfo(name, arguments)
    _start(made, ctx)
    return made


@PROCESS.static_method(
    "System.Diagnostics.Process Start(System.Diagnostics.ProcessStartInfo startInfo)", ctx=True
)
def _start_info(info: StartInfo, ctx: Any) -> ProcessObject:
    made = ProcessObject(ctx.machine)
    made.info = info
    _start(made, ctx)
    return made
