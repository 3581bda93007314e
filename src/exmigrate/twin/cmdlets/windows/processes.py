"""Processes for scripts: System.Diagnostics.Process, Get-Process, Start-Process, Stop-Process, Wait-Process."""

from __future__ import annotations

import fnmatch
from typing import Any

from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.machine import MachineError, Process
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.scalars import LOCAL, DateTime, TimeSpan
from exmigrate.twin.powershell.typeinfo import NetType
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.values import Int64, NetObject
from exmigrate.twin.world.tasks import split_command

EXCEPTION = "Microsoft.PowerShell.Commands.ProcessCommandException"
PROCESS = NetType(
    "System.Diagnostics.Process", d.OBJECT, display=("Id", "Handles", "CPU", "ProcessName"), assembly="System"
)


class ProcessObject(NetObject):
    """A process: its record as it was, and whether it still runs."""

    __slots__ = ("extra", "machine", "net", "record")

    def __init__(self, machine: Any, record: Process) -> None:
        self.machine = machine
        self.record = record
        self.net = PROCESS
        self.extra = None

    @property
    def exit_code(self) -> int | None:
        """Its exit code once it ended."""
        found: int | None = self.machine.processes.exit_code(self.record.pid)
        return found

    @property
    def has_exited(self) -> bool:
        """Whether it ended."""
        return self.exit_code is not None or all(
            p.pid != self.record.pid for p in self.machine.processes.all()
        )

    def wait(self, seconds: float | None) -> bool:
        """Wait for its end; False when the time ran out first."""
        clock = self.machine.world.clock
        own = self.machine.process.cancelled
        left = seconds
        while not self.has_exited:
            running = self.machine.server.processes.get(self.record.pid)
            if clock.speed <= 0 and running is not None:
                # on a standing clock it is the other process that moves time
                if not running.ended.wait(0.05) and own.is_set():
                    return False
                if left is not None:
                    left -= 1
            else:
                if not clock.sleep(1.0, own):
                    return False
                if left is not None:
                    left -= 1
            if left is not None and left <= 0:
                return self.has_exited
        return True


def _exit_code(process: ProcessObject, ctx: Any) -> int:
    code = process.exit_code
    if code is None:
        raise NetFault(
            "System.InvalidOperationException",
            "Process must exit before requested information can be determined.",
        )
    return code - (1 << 32) if code >= 1 << 31 else code


def _started(process: ProcessObject, ctx: Any) -> DateTime:
    offset = process.machine.clock.offset_minutes(process.record.started)
    return DateTime(process.record.started + offset * 600_000_000, LOCAL)


PROCESS.prop("Id", lambda p, ctx: p.record.pid, None, "System.Int32")
PROCESS.prop("ProcessName", lambda p, ctx: p.record.name, None, "System.String")
PROCESS.prop("Name", lambda p, ctx: p.record.name, None, "System.String")
PROCESS.prop("Path", lambda p, ctx: p.record.path or None, None, "System.String")
PROCESS.prop("StartTime", _started, None, "System.DateTime")
PROCESS.prop("HasExited", lambda p, ctx: p.has_exited, None, "System.Boolean")
PROCESS.prop("ExitCode", _exit_code, None, "System.Int32")
PROCESS.prop("WorkingSet64", lambda p, ctx: Int64(p.record.working_set), None, "System.Int64")
PROCESS.prop("WS", lambda p, ctx: p.record.working_set)
PROCESS.prop("CPU", lambda p, ctx: p.record.cpu_seconds)
PROCESS.prop("TotalProcessorTime", lambda p, ctx: TimeSpan(int(p.record.cpu_seconds * 10_000_000)))
PROCESS.prop("Handles", lambda p, ctx: 200, None, "System.Int32")
PROCESS.prop("Handle", lambda p, ctx: p.record.pid)
PROCESS.prop("SessionId", lambda p, ctx: p.record.session, None, "System.Int32")
PROCESS.prop("SI", lambda p, ctx: p.record.session, None, "System.Int32")
PROCESS.prop("MachineName", lambda p, ctx: ".", None, "System.String")
PROCESS.prop("Responding", lambda p, ctx: True, None, "System.Boolean")
PROCESS.to_string = lambda p, ctx: f"System.Diagnostics.Process ({p.record.name})"
PROCESS.method("void Kill()")(lambda p: p.machine.processes.kill(p.record.pid))
PROCESS.method("void Refresh()")(lambda p: None)
PROCESS.method("void Close()", "void Dispose()")(lambda p: None)


@PROCESS.method("void WaitForExit()")
def _wait(process: ProcessObject) -> None:
    process.wait(None)


@PROCESS.method("bool WaitForExit(int milliseconds)")
def _wait_for(process: ProcessObject, milliseconds: int) -> bool:
    return process.wait(milliseconds / 1000)


def of_pid(machine: Any, pid: int) -> ProcessObject | None:
    """The process of an id, None when none runs."""
    return next((ProcessObject(machine, p) for p in machine.processes.all() if p.pid == pid), None)


@PROCESS.static_method("System.Diagnostics.Process GetCurrentProcess()", ctx=True)
def _current(ctx: Any) -> ProcessObject:
    machine = ctx.machine
    found = of_pid(machine, machine.processes.own_pid)
    if found is not None:
        return found
    return ProcessObject(
        machine, Process(machine.processes.own_pid, "powershell", started=machine.process.started)
    )


@PROCESS.static_method("System.Diagnostics.Process GetProcessById(int processId)", ctx=True)
def _by_id(pid: int, ctx: Any) -> ProcessObject:
    found = of_pid(ctx.machine, pid)
    if found is None:
        raise NetFault("System.ArgumentException", f"Process with an Id of {pid} is not running.")
    return found


@PROCESS.static_method("object GetProcesses()", ctx=True)
def _all(ctx: Any) -> list[ProcessObject]:
    return [ProcessObject(ctx.machine, p) for p in ctx.machine.processes.all()]


@PROCESS.static_method(
    "object Start(string fileName)", "object Start(string fileName, string arguments)", ctx=True
)
def _start_static(name: str, arguments: str = "", ctx: Any = None) -> ProcessObject:
    try:
        return _launch(ctx.machine, name, split_command(arguments or ""), "C:\\Windows\\System32")
    except MachineError as error:
        raise NetFault("System.ComponentModel.Win32Exception", error.message) from error


def _launch(machine: Any, path: str, arguments: list[str], directory: str) -> ProcessObject:
    pid = machine.processes.start(path, arguments, directory)
    found = of_pid(machine, pid)
    if found is not None:
        return found
    return ProcessObject(machine, Process(pid, path.rpartition("\\")[2], path, started=machine.clock.now()))


# cmdlets


def _selected(call: Call) -> list[ProcessObject]:
    given = call.get("InputObject")
    if given is not None:
        return list(given if isinstance(given, list) else [given])
    found: list[ProcessObject] = []
    everything = [ProcessObject(call.machine, p) for p in call.machine.processes.all()]
    for pid in call.get("Id") or []:
        hits = [p for p in everything if p.record.pid == int(pid)]
        if not hits:
            call.write_error(
                f"Cannot find a process with the process identifier {pid}.",
                "NoProcessFoundForGivenId", "ObjectNotFound", pid, exception=EXCEPTION,
            )  # fmt: skip
        found += hits
    for pattern in call.get("Name") or ([] if call.get("Id") else ["*"]):
        hits = [p for p in everything if fnmatch.fnmatchcase(p.record.name.lower(), str(pattern).lower())]
        if not hits and not any(c in str(pattern) for c in "*?["):
            call.write_error(
                f'Cannot find a process with the name "{pattern}". Verify the process name and call the cmdlet again.',
                "NoProcessFoundForGivenName", "ObjectNotFound", pattern, exception=EXCEPTION,
            )  # fmt: skip
        found += hits
    return found


def _get(call: Call) -> None:
    for process in _selected(call):
        call.write(process)


def _stop(call: Call) -> None:
    for process in _selected(call):
        if call.should_process(f"{process.record.name} ({process.record.pid})", "Stop-Process"):
            try:
                call.machine.processes.kill(process.record.pid)
            except MachineError as error:
                call.write_error(
                    f"Cannot stop process \"{process.record.name} ({process.record.pid})\" because of the following error: {error.message}",
                    "CouldNotStopProcess", "CloseError", process, exception=EXCEPTION,
                )  # fmt: skip
            if call.flag("PassThru"):
                call.write(process)


def _wait_cmdlet(call: Call) -> None:
    limit = call.get("Timeout")
    for process in _selected(call):
        if not process.wait(float(limit) if limit is not None else None):
            call.write_error(
                f'This command stopped operation because process "{process.record.name} ({process.record.pid})" is not stopped in the specified time-out.',
                "ProcessNotTerminated", "CloseError", process, exception="System.TimeoutException",
            )  # fmt: skip


def _start(call: Call) -> None:
    machine = call.machine
    path = str(call.get("FilePath"))
    words = [str(item) for item in (call.get("ArgumentList") or [])]
    directory = str(call.get("WorkingDirectory") or call.session.current_directory())
    full = path
    if "\\" in path and path[1:2] != ":" and not path.startswith("\\\\"):
        full = call.session.full_path(path)
    elif "\\" not in path:
        near = f"{directory.rstrip(chr(92))}\\{path}"
        full = (
            near
            if machine.processes.find_program(path) is None and machine.processes.find_program(near)
            else path
        )
    try:
        process = _launch(machine, full, split_command(" ".join(words)), directory)
    except MachineError as error:
        raise call.throw(
            f"This command cannot be executed due to the error: {error.message}.",
            "InvalidOperationException", "InvalidOperation", path, exception="System.InvalidOperationException",
        ) from error  # fmt: skip
    if call.flag("Wait"):
        process.wait(None)
    if call.flag("PassThru"):
        call.write(process)


SELECT = (
    Parameter(
        "Name", "string[]", position=0, sets=("Name",), pipeline_by_name=True, aliases=("ProcessName",)
    ),
    Parameter("Id", "int[]", mandatory=True, sets=("Id",), pipeline_by_name=True, aliases=("PID",)),
    Parameter("InputObject", "object[]", mandatory=True, sets=("InputObject",), pipeline=True),
)
STOP = (
    Parameter("Id", "int[]", position=0, mandatory=True, sets=("Id",), pipeline_by_name=True),
    Parameter(
        "Name", "string[]", mandatory=True, sets=("Name",), pipeline_by_name=True, aliases=("ProcessName",)
    ),
    Parameter("InputObject", "object[]", mandatory=True, sets=("InputObject",), pipeline=True),
)

CMDLETS = (
    Cmdlet(
        "Get-Process",
        (*SELECT, Parameter("ComputerName", "string[]"), Parameter("Module", "switch"), Parameter("FileVersionInfo", "switch")),
        process=_get, default_set="Name", aliases=("gps", "ps"), output=(PROCESS.name,),
    ),
    Cmdlet("Stop-Process", (*STOP, Parameter("Force", "switch"), Parameter("PassThru", "switch")), process=_stop, default_set="Id", should_process=True, aliases=("spps", "kill")),
    Cmdlet("Wait-Process", (*SELECT, Parameter("Timeout", "int", aliases=("TimeoutSec",))), process=_wait_cmdlet, default_set="Name"),
    Cmdlet(
        "Start-Process",
        (
            Parameter("FilePath", "string", position=0, mandatory=True, aliases=("PSPath",)),
            Parameter("ArgumentList", "string[]", position=1, aliases=("Args",)),
            Parameter("Credential", "object"),
            Parameter("WorkingDirectory", "string"),
            Parameter("LoadUserProfile", "switch", aliases=("Lup",)),
            Parameter("NoNewWindow", "switch", aliases=("nnw",)),
            Parameter("PassThru", "switch"),
            Parameter("Verb", "string"),
            Parameter("WindowStyle", "string"),
            Parameter("Wait", "switch"),
            Parameter("UseNewEnvironment", "switch"),
        ),
        process=_start, aliases=("saps", "start"),
    ),
)  # fmt: skip

TYPES = (PROCESS,)
