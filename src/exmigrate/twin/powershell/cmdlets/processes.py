"""Processes: Get-, Start-, Stop- and Wait-Process over the machine's processes and programs."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.cmdlets import processdetail  # noqa: F401  (declares the properties)
from exmigrate.twin.powershell.cmdlets.processobject import ProcessObject, launch, program_name
from exmigrate.twin.powershell.cmdlets.remoting import machines
from exmigrate.twin.powershell.commandline import split_command
from exmigrate.twin.powershell.machine.ports import MachineError, Process
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.text.wildcard import has_wildcard, like
from exmigrate.twin.powershell.types.texts import to_text

FAULT = "Microsoft.PowerShell.Commands.ProcessCommandException"


def _label(one: ProcessObject) -> str:
    return f"{one.known().name} ({one.known().pid})"


def _chosen(call: Call) -> list[ProcessObject]:
    given = call.bound.get("InputObject")
    if given is not None:
        return [one for one in given if isinstance(one, ProcessObject)]
    found: list[ProcessObject] = []
    for machine in machines(call):
        everything = [ProcessObject(machine, one) for one in machine.processes.all()]
        if call.bound.get("Id") is not None:
            found += _by_id(call, everything)
        else:
            found += _by_name(call, everything)
    return found


def _by_id(call: Call, everything: list[ProcessObject]) -> list[ProcessObject]:
    found = []
    for pid in call.bound["Id"]:
        hits = [one for one in everything if one.known().pid == int(pid)]
        if not hits:
            call.write_error(
                f"Cannot find a process with the process identifier {int(pid)}.",
                "NoProcessFoundForGivenId",
                "ObjectNotFound",
                pid,
                exception=FAULT,
            )
        found += hits
    return found


def _by_name(call: Call, everything: list[ProcessObject]) -> list[ProcessObject]:
    names = call.bound.get("Name")
    if names is None:
        return everything
    found = []
    for pattern in [to_text(one) for one in names]:
        hits = [one for one in everything if like(one.known().name, pattern)]
        if not hits and not has_wildcard(pattern):
            call.write_error(
                f'Cannot find a process with the name "{pattern}". Verify the process name and call the cmdlet again.',
                "NoProcessFoundForGivenName",
                "ObjectNotFound",
                pattern,
                exception=FAULT,
            )
        found += hits
    return found


def _get(call: Call) -> None:
    for name in ("Module", "FileVersionInfo", "IncludeUserName"):
        if call.flag(name):
            raise _not_simulated(call, name)
    for one in _chosen(call):
        call.write(one)


def _not_simulated(call: Call, parameter: str) -> Exception:
    return call.throw(
        f"Not simulated: {call.name} -{parameter}.",
        "NotSimulated",
        "NotImplemented",
        exception="System.NotSupportedException",
    )


def _stop(call: Call) -> None:
    for one in _chosen(call):
        if not call.should_process(_label(one)):
            continue
        try:
            if not one.has_exited:
                one.machine.processes.kill(one.known().pid)
        except MachineError as fault:
            call.write_error(
                f'Cannot stop process "{_label(one)}" because of the following error: {fault.message}',
                "CouldNotStopProcess",
                "CloseError",
                one,
                exception=FAULT,
            )
            continue
        if call.flag("PassThru"):
            call.write(one)


def _wait(call: Call) -> None:
    limit = call.bound.get("Timeout")
    for one in _chosen(call):
        if not one.wait(None if limit is None else float(limit), call.session):
            call.write_error(
                f'This command stopped operation because process "{_label(one)}" is not stopped in the specified '
                "time-out.",
                "ProcessNotTerminated",
                "CloseError",
                one,
                exception="System.TimeoutException",
            )
        elif call.flag("PassThru"):
            call.write(one)


# Start-Process --------------------------------------------------------------------------------------------


def _start(call: Call) -> None:
    path = to_text(call.bound.get("FilePath"))
    session = call.session
    given = call.bound.get("WorkingDirectory")
    directory = session.full_path(to_text(given)) if given is not None else session.current_directory()
    line = " ".join(to_text(one, session) for one in call.bound.get("ArgumentList") or [])
    if not call.should_process(path):
        return
    user = call.bound.get("Credential")
    try:
        full = _program(call, path, directory)
        if any(call.bound.get(name) for name in _REDIRECTED):
            made = _captured(call, full, split_command(line), directory)
        else:
            name = "" if user is None else user.user_name
            made = launch(call.machine, full, split_command(line), directory, name)
    except MachineError as fault:
        raise _failed(call, path, fault) from None
    if call.flag("Wait"):
        made.wait(None, session)
    if call.flag("PassThru"):
        call.write(made)


def _failed(call: Call, path: str, fault: MachineError) -> Exception:
    return call.throw(
        f"This command cannot be run due to the error: {fault.message.rstrip('.')}."
        if call.level != "2.0"
        else f"This command cannot be executed due to the error: {fault.message.rstrip('.')}.",
        "InvalidOperationException",
        "InvalidOperation",
        exception="System.InvalidOperationException",
    )


def _program(call: Call, path: str, directory: str) -> str:
    """A program as the shell finds it: by path, in the working directory, on the search path."""
    if "\\" in path or "/" in path:
        return str(call.session.full_path(path))
    processes = call.machine.processes
    if processes.find_program(path) is None:
        near = f"{directory.rstrip(chr(92))}\\{path}"
        if processes.find_program(near) is not None:
            return near
    return path


_REDIRECTED = ("RedirectStandardOutput", "RedirectStandardError", "RedirectStandardInput")


def _captured(call: Call, path: str, words: list[str], directory: str) -> ProcessObject:
    """Run a program with its streams in files; it has ended when the files are there."""
    machine, session = call.machine, call.session
    source = call.bound.get("RedirectStandardInput")
    data = machine.files.read(session.full_path(to_text(source))) if source is not None else b""
    started = machine.clock.now()
    result = machine.processes.run(path, words, data, directory)
    for name, content in (
        ("RedirectStandardOutput", result.stdout),
        ("RedirectStandardError", result.stderr),
    ):
        target: Any = call.bound.get(name)
        if target is not None:
            machine.files.write(session.full_path(to_text(target)), content)
    made = ProcessObject(machine, Process(0, program_name(path), path, started=started))
    made.code = result.exit_code
    return made


_NAMED, _IDS, _INPUT = ("Name",), ("Id",), ("InputObject",)
_OBJECTS = Parameter("InputObject", "object[]", sets=_INPUT, mandatory=True, pipeline=_INPUT)
CMDLETS = [
    Cmdlet("Get-Process", [
        Parameter("Name", "string[]", sets=_NAMED, position=0, pipeline_by_name=_NAMED, aliases=("ProcessName",)),
        Parameter("Id", "int[]", sets=_IDS, mandatory=True, pipeline_by_name=_IDS, aliases=("PID",)),
        _OBJECTS,
        Parameter("ComputerName", "string[]", aliases=("Cn",), until="5.1"),
        Parameter("Module", "switch"), Parameter("FileVersionInfo", "switch", aliases=("FV", "FVI")),
        Parameter("IncludeUserName", "switch", since="5.1"),
    ], _get, default_set="Name", aliases=("gps", "ps")),
    Cmdlet("Stop-Process", [
        Parameter("Id", "int[]", sets=_IDS, mandatory=True, position=0, pipeline_by_name=_IDS),
        Parameter("Name", "string[]", sets=_NAMED, mandatory=True, pipeline_by_name=_NAMED, aliases=("ProcessName",)),
        _OBJECTS, Parameter("PassThru", "switch"), Parameter("Force", "switch"),
    ], _stop, default_set="Id", should_process=True, aliases=("spps", "kill")),
    Cmdlet("Wait-Process", [
        Parameter("Name", "string[]", sets=_NAMED, mandatory=True, position=0, pipeline_by_name=_NAMED,
                  aliases=("ProcessName",)),
        Parameter("Id", "int[]", sets=_IDS, mandatory=True, pipeline_by_name=_IDS, aliases=("PID", "ProcessId")),
        _OBJECTS, Parameter("Timeout", "int", position=1, aliases=("TimeoutSec",)),
        Parameter("PassThru", "switch", since="7"),
    ], _wait, default_set="Name"),
    Cmdlet("Start-Process", [
        Parameter("FilePath", "string", mandatory=True, position=0, aliases=("PSPath",)),
        Parameter("ArgumentList", "string[]", position=1, aliases=("Args",)),
        Parameter("Credential", "System.Management.Automation.PSCredential", aliases=("RunAs",)),
        Parameter("WorkingDirectory", "string"), Parameter("LoadUserProfile", "switch", aliases=("Lup",)),
        Parameter("NoNewWindow", "switch", aliases=("nnw",)), Parameter("PassThru", "switch"),
        Parameter("RedirectStandardError", "string", aliases=("RSE",)),
        Parameter("RedirectStandardInput", "string", aliases=("RSI",)),
        Parameter("RedirectStandardOutput", "string", aliases=("RSO",)),
        Parameter("Verb", "string"), Parameter("Wait", "switch"),
        Parameter("WindowStyle", "System.Diagnostics.ProcessWindowStyle"),
        Parameter("UseNewEnvironment", "switch"),
    ], _start, default_set="Default", should_process=True, aliases=("saps", "start")),
]  # fmt: skip
