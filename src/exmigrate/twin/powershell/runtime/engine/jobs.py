"""Jobs: each runs at once in a fresh runspace of the same host and keeps what it gave (about_Jobs).

A job here is complete when ``Start-Job`` returns; its state is Completed or Failed, never Running.
"""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.errors import ErrorRecord, NetException
from exmigrate.twin.powershell.operators import is_list
from exmigrate.twin.powershell.packs import Cmdlet, Parameter
from exmigrate.twin.powershell.runtime.records import TextRecord
from exmigrate.twin.powershell.scalars import DateTime
from exmigrate.twin.powershell.text.wildcard import like
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import Record, record_type

JOB = record_type(
    "System.Management.Automation.PSRemotingJob",
    ("Id", "Name", "PSJobTypeName", "State", "HasMoreData", "Location", "Command", "JobStateInfo", "Output", "Error",
     "ChildJobs", "PSBeginTime", "PSEndTime", "InstanceId"),
    display=("Id", "Name", "PSJobTypeName", "State", "HasMoreData", "Location", "Command"),
)  # fmt: skip
_LIMIT = 5


def _jobs(session: Any) -> dict[int, Record]:
    found: dict[int, Record] = session.items.setdefault("jobs", {})
    return found


def _start(call: Any) -> None:
    session = call.session
    depth = session.items.get("job-depth", 0)
    if depth >= _LIMIT:
        raise call.throw("Jobs are nested too deeply.", "JobTooDeep", "LimitsExceeded")
    jobs = _jobs(session)
    number = session.items["job-number"] = (
        session.items.get("job-number", 0) + (1 if session.number >= 3 else 2) if jobs else 1
    )
    number = max(jobs, default=-1) + 2 if jobs else 1
    text = call.get("ScriptBlock").code.text if call.get("ScriptBlock") is not None else None
    if text is None:
        text = session.read_text_file(session.full_path(to_text(call.get("FilePath")))) or ""
    runspace = session.host.runspace()
    runspace.session.items["job-depth"] = depth + 1
    begin = session.machine.clock.now()
    init = call.get("InitializationScript")
    if init is not None:
        runspace.run(init.code.text)
    runspace.session.set_global("input", list(call.state.get("input", [])))
    result = runspace.run(text, args=list(call.get("ArgumentList") or []))
    failed = result.terminated is not None
    name = to_text(call.get("Name") or f"Job{number}")
    job = Record(
        JOB,
        {
            "Id": number, "Name": name, "PSJobTypeName": "BackgroundJob", "State": "Failed" if failed else "Completed",
            "HasMoreData": bool(result.output or result.errors or failed), "Location": "localhost", "Command": text,
            "Output": result.output, "Error": result.errors, "ChildJobs": [],
            "PSBeginTime": DateTime(begin, 2), "PSEndTime": DateTime(session.machine.clock.now(), 2),
        },
    )  # fmt: skip
    job.values["JobStateInfo"] = job.values["State"]
    job.values["result"] = result
    jobs[number] = job
    call.write(job)


def _chosen(call: Any) -> list[Record]:
    jobs = _jobs(call.session)
    found: list[Record] = []
    given = call.get("Job")
    if given is not None:
        return [job for job in given if isinstance(job, Record)]
    ids, names, state = call.get("Id"), call.get("Name"), call.get("State")
    for number in ids or []:
        if number in jobs:
            found.append(jobs[number])
        else:
            call.write_error(
                f"The command cannot find a job with the job ID {number}. Verify the value of the Id parameter and then try the "
                "command again.",
                "JobWithSpecifiedSessionIdNotFound", "ObjectNotFound", number,
                exception="System.Management.Automation.PSArgumentException",
            )  # fmt: skip
    for name in names or []:
        matched = [job for job in jobs.values() if like(job.values["Name"], name)]
        if not matched:
            call.write_error(
                f"The command cannot find the job because the job name {name} was not found. Verify the value of the Name "
                "parameter, and then try the command again.",
                "JobWithSpecifiedNameNotFound", "ObjectNotFound", name,
                exception="System.Management.Automation.PSArgumentException",
            )  # fmt: skip
        found.extend(matched)
    if ids is None and names is None:
        found = list(jobs.values())
    if state is not None:
        found = [job for job in found if job.values["State"].lower() == to_text(state).lower()]
    return found


def _receive(call: Any) -> None:
    for job in _chosen(call):
        result = job.values["result"]
        for item in result.output:
            call.write(item)
        for text in result.warnings:
            call.session.sinks.warning(TextRecord("warning", text))
        for record in result.errors:
            call.session.report(record, call.error_action)
        terminated = result.terminated
        if not call.flag("Keep"):
            result.output, result.errors, result.warnings = [], [], []
            job.values["HasMoreData"] = False
            result.terminated = None
        if call.flag("AutoRemoveJob"):
            _jobs(call.session).pop(job.values["Id"], None)
        if terminated is not None:
            exception = NetException("System.Management.Automation.RemoteException", terminated.message)
            record = ErrorRecord(
                exception, terminated.fully_qualified_id, terminated.category, terminated.target
            )
            call.session.report(record, call.error_action)


def _drop(call: Any) -> None:
    for job in _chosen(call):
        _jobs(call.session).pop(job.values["Id"], None)


def _pass(call: Any) -> None:
    for job in _chosen(call):
        call.write(job)


def _collect(call: Any) -> None:
    if call.has_input and is_list(call.input):
        call.state.setdefault("input", []).extend(call.input)
    elif call.has_input:
        call.state.setdefault("input", []).append(call.input)
    else:
        call.state["alone"] = True


_SELECT = [
    Parameter("Job", "object[]", position=0, mandatory=("Job",), sets=("Job",), pipeline=True),
    Parameter("Id", "int[]", position=0, sets=("Id",)),
    Parameter("Name", "string[]", sets=("Name",)),
    Parameter("State", "object", sets=("Id", "Name")),
]
_PLAIN = [
    Parameter("Id", "int[]", position=0, sets=("Id",)),
    Parameter("Name", "string[]", sets=("Name",)),
    Parameter("State", "object", sets=("Id", "Name", "State")),
]
CMDLETS = [
    Cmdlet("Start-Job", [
        Parameter("ScriptBlock", "scriptblock", position=0, sets=("Block",), mandatory=True, aliases=("Command",)),
        Parameter("FilePath", "string", position=0, sets=("File",), mandatory=True),
        Parameter("InitializationScript", "scriptblock", position=1), Parameter("Name", "string"),
        Parameter("ArgumentList", "object[]", aliases=("Args",)), Parameter("InputObject", "object", pipeline=True),
        Parameter("Credential", "object"), Parameter("RunAs32", "switch"),
    ], _collect, end=_start, default_set="Block", aliases=("sajb",)),
    Cmdlet("Get-Job", _PLAIN, _pass, default_set="Id", aliases=("gjb",)),
    Cmdlet("Wait-Job", [*_SELECT, Parameter("Timeout", "int"), Parameter("Any", "switch")], _pass, default_set="Id",
           aliases=("wjb",)),
    Cmdlet("Receive-Job", [*_SELECT, Parameter("Keep", "switch"), Parameter("Wait", "switch", since="3.0"),
           Parameter("AutoRemoveJob", "switch", since="3.0")], _receive, default_set="Job", aliases=("rcjb",)),
    Cmdlet("Remove-Job", [*_SELECT, Parameter("Force", "switch")], _drop, default_set="Id", should_process=True,
           aliases=("rjb",)),
    Cmdlet("Stop-Job", [*_SELECT, Parameter("PassThru", "switch")], lambda call: None, default_set="Id",
           should_process=True, aliases=("spjb",)),
]  # fmt: skip
