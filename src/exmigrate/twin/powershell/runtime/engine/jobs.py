"""Jobs: scripts in fresh runspaces beside the session, with streams of their own (about_Jobs, about_Job_Details)."""

from __future__ import annotations

import re
from hashlib import md5
from typing import Any
from uuid import UUID

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell.clixml import Serializer
from exmigrate.twin.powershell.clixml_reader import Deserializer
from exmigrate.twin.powershell.errors import ErrorRecord, NetException
from exmigrate.twin.powershell.operators import is_list
from exmigrate.twin.powershell.packs import Cmdlet, Parameter
from exmigrate.twin.powershell.runtime.background import DONE, BackgroundRun, scheduler
from exmigrate.twin.powershell.scalars import DateTime, Guid
from exmigrate.twin.powershell.text.wildcard import like
from exmigrate.twin.powershell.typeinfo import declare_type
from exmigrate.twin.powershell.types.enums import enum_value
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import NOTHING, NetObject, PSObject, Record, record_type

_AUTOMATION = "System.Management.Automation."
_SIMPLE = (str, int, float, bool, type(None))
_USING = re.compile(r"\$(?:\{using:([^}]+)\}|using:(\w+))", re.I)
_LIMIT = 5
_PATIENCE = 50


class Job(NetObject):
    """A job with its one child, which holds the streams.

    Attributes:
        identity: Number of the job; its child has the next one.
        run: What runs.
    """

    __slots__ = ("command", "identity", "name", "run", "scheduler")

    def __init__(self, identity: int, name: str, command: str, run: BackgroundRun, scheduler_: Any) -> None:
        self.identity = identity
        self.name = name
        self.command = command
        self.run = run
        self.scheduler = scheduler_

    @property
    def instance(self) -> Guid:
        """Its InstanceId, which follows from its number."""
        return Guid(str(UUID(md5(f"{type(self).__name__} {self.identity}".encode()).hexdigest())))

    def look(self) -> str:
        """The state. A second look at a running job lets run what is due; many looks let time pass."""
        run = self.run
        if run.state not in DONE:
            if run.seen:
                until = None if run.seen > _PATIENCE else self.scheduler.clock.now()
                if self.scheduler.step(until):
                    run.seen = 0
            run.seen += 1
        return run.state

    @property
    def more(self) -> bool:
        """Whether there is, or may come, something to receive."""
        run = self.run
        return run.state not in DONE or bool(run.output or run.records or run.failure)


class ChildJob(Job):
    """The child of a job: the same run, with its streams and its reason."""

    __slots__ = ()


JOB = declare_type(
    _AUTOMATION + "PSRemotingJob", python=Job,
    display=("Id", "Name", "PSJobTypeName", "State", "HasMoreData", "Location", "Command"),
)  # fmt: skip
CHILD = declare_type(_AUTOMATION + "PSRemotingChildJob", python=ChildJob, display=JOB.display)
STATE_INFO = record_type(
    _AUTOMATION + "JobStateInfo",
    {"State": _AUTOMATION + "JobState", "Reason": "System.Exception"},
    to_string="State",
)


def _state(job: Job, ctx: Any) -> Any:
    return enum_value(_AUTOMATION + "JobState", job.look())


def _state_info(job: Job, ctx: Any) -> Record:
    failure = job.run.failure if isinstance(job, ChildJob) else None
    return Record(
        STATE_INFO, {"State": _state(job, ctx), "Reason": None if failure is None else failure.exception}
    )


def _moment(ticks: int | None) -> Any:
    return None if ticks is None else DateTime(ticks, 2)


def _stream(name: str) -> Any:
    def read(job: Job, ctx: Any) -> Any:
        held = isinstance(job, ChildJob)
        return c.ArrayList([record for stream, record in job.run.records if stream == name] if held else [])

    return read


for _kind in (JOB, CHILD):
    _kind.prop("State", _state)
    _kind.prop("HasMoreData", lambda job, ctx: job.more, type_name="System.Boolean")
    _kind.prop("StatusMessage", lambda job, ctx: "", type_name="System.String")
    _kind.prop("Location", lambda job, ctx: "localhost", type_name="System.String")
    _kind.prop("Command", lambda job, ctx: job.command, type_name="System.String")
    _kind.prop("JobStateInfo", _state_info)
    _kind.prop("Id", lambda job, ctx: job.identity, type_name="System.Int32")
    _kind.prop("Name", lambda job, ctx: job.name, type_name="System.String")
    _kind.prop("PSJobTypeName", lambda job, ctx: "BackgroundJob", type_name="System.String")
    _kind.prop("PSBeginTime", lambda job, ctx: _moment(job.run.begin))
    _kind.prop("PSEndTime", lambda job, ctx: _moment(job.run.end))
    for _name in ("psjobtypename", "psbegintime", "psendtime"):
        _kind.props[_name].since = 3.0
    for _name in ("Error", "Progress", "Verbose", "Debug", "Warning", "Information"):
        _kind.prop(_name, _stream(_name.lower()))
    _kind.props["information"].since = 5.1
    _kind.prop(
        "Output", lambda job, ctx: c.ArrayList(list(job.run.output) if isinstance(job, ChildJob) else [])
    )
    _kind.prop("InstanceId", lambda job, ctx: job.instance, type_name="System.Guid")
    _kind.constants({"Finished": None})
    _kind.method("void StopJob()")(lambda job: job.run.stop())
    _kind.method("void Dispose()")(lambda job: None)
JOB.prop(
    "ChildJobs",
    lambda job, ctx: c.ArrayList(
        [ChildJob(job.identity + 1, f"Job{job.identity + 1}", job.command, job.run, job.scheduler)]
    ),
)
CHILD.constants({"Runspace": None})
CHILD.prop("ChildJobs", lambda job, ctx: c.ArrayList([]))


def _jobs(session: Any) -> dict[int, Job]:
    found: dict[int, Job] = session.items.setdefault("jobs", {})
    return found


# Starting ---------------------------------------------------------------------------------------------------------


def _collect(call: Any) -> None:
    if call.has_input and is_list(call.input):
        call.state.setdefault("input", []).extend(call.input)
    elif call.has_input:
        call.state.setdefault("input", []).append(call.input)


def _start(call: Any) -> None:
    session = call.session
    depth = session.items.get("job-depth", 0)
    if depth >= _LIMIT:
        raise call.throw("Jobs are nested too deeply.", "JobTooDeep", "LimitsExceeded")
    block = call.get("ScriptBlock")
    text = block.code.text if block is not None else None
    if text is None:
        text = session.read_text_file(session.full_path(to_text(call.get("FilePath")))) or ""
    init = call.get("InitializationScript")
    piped = call.state.get("input")
    if piped is None and call.get("InputObject") is not None:
        piped = [call.get("InputObject")]
    given = [_sent(value, session) for value in piped or []]
    args = [_sent(value, session) for value in call.get("ArgumentList") or []]
    using = _using_values(call, text)

    def work(runspace: Any, run: BackgroundRun) -> Any:
        inner = runspace.session
        inner.items["job-depth"] = depth + 1
        for name, value in using.items():
            inner.set_global("using:" + name, value)
        inner.set_global("input", given)
        streams = {"on_output": lambda value: run.output.append(_sent(value, inner)),
                   "on_record": lambda name, record: run.records.append((name, record))}  # fmt: skip
        if init is not None:
            runspace.run(init.code.text, **streams)
        return runspace.run(text, args=args, **streams)

    plan = scheduler(session)
    identity = session.items["job-number"] = session.items.get("job-number", -1) + 2
    job = Job(identity, to_text(call.get("Name") or f"Job{identity}"), text, plan.start(work), plan)
    _jobs(session)[identity] = job
    call.write(job)


def _using_values(call: Any, text: str) -> dict[str, Any]:
    """Values of the caller's variables that the script names with ``$using:`` (from 3.0)."""
    if call.level == "2.0":
        return {}
    found: dict[str, Any] = {}
    for match in _USING.finditer(text):
        name = (match.group(1) or match.group(2)).lower()
        variable = call.session.scope.find(name)
        if variable is None:
            raise call.throw(
                f"The value of the using variable '$using:{name}' cannot be retrieved because it has not been set in "
                "the local session.",
                "UsingVariableIsUndefined", "InvalidOperation",
            )  # fmt: skip
        found[name] = None if variable.value is NOTHING else _sent(variable.value, call.session)
    return found


def _sent(value: Any, session: Any) -> Any:
    """A value as it arrives on the other side: through CLIXML, simple ones as they are."""
    if type(value) in _SIMPLE:
        return value
    made = Deserializer().document(Serializer(session, 1).document([value]))
    return made[0] if made else None


# Choosing and receiving ---------------------------------------------------------------------------------------------


def _chosen(call: Any) -> list[Job]:
    jobs = _jobs(call.session)
    given = call.get("Job")
    if given is not None:
        return [job for job in given if isinstance(job, Job)]
    found: list[Job] = []
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
        matched = [job for job in jobs.values() if like(job.name, name)]
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
        found = [job for job in found if job.look().lower() == to_text(state).lower()]
    return found


def _get(call: Any) -> None:
    more = call.get("HasMoreData")
    for job in _chosen(call):
        job.look()
        if more is None or bool(more) == job.more:
            call.write(job)


def _wait(call: Any) -> None:
    jobs = call.state.setdefault("jobs", [])
    jobs.extend(job for job in _chosen(call) if job not in jobs)


def _wait_end(call: Any) -> None:
    jobs: list[Job] = call.state.get("jobs", [])
    if not jobs:
        return
    need = any if call.flag("Any") else all
    seconds = call.get("Timeout")
    done = scheduler(call.session).wait(
        lambda: need(job.run.state in DONE for job in jobs),
        None if seconds is None or seconds < 0 else float(seconds),
    )
    if not done and not call.flag("Any") and all(job.run.state not in DONE for job in jobs):
        return
    finished = [job for job in jobs if job.run.state in DONE]
    for job in finished[:1] if call.flag("Any") else finished:
        call.write(job)


def _receive(call: Any) -> None:
    if call.flag("AutoRemoveJob") and not call.flag("Wait"):
        raise call.throw(
            "The AutoRemoveJob parameter cannot be used without the Wait parameter.",
            "AutoRemoveCannotBeUsedWithoutWait", "InvalidOperation", exception="System.InvalidOperationException",
        )  # fmt: skip
    for job in _chosen(call):
        if call.flag("Wait"):
            _finished(call, job)
        _receive_one(call, job, call.flag("Keep"))
        if call.flag("AutoRemoveJob"):
            _jobs(call.session).pop(job.identity, None)


def _finished(call: Any, job: Job) -> None:
    scheduler(call.session).wait(lambda: job.run.state in DONE)


def _receive_one(call: Any, job: Job, keep: bool) -> None:
    run = job.run
    output, records, failure = list(run.output), list(run.records), run.failure
    if not keep:
        run.output.clear()
        run.records.clear()
        run.failure = None
    child = ChildJob(job.identity + 1, "", "", job.run, None).instance
    for item in output:
        call.write(_marked(item, child))
    for name, record in records:
        if name == "error":
            call.session.report(_remote(record), call.error_action)
        elif name in ("warning", "verbose", "debug", "information"):
            getattr(call.session.sinks, name)(record)
    if failure is not None:
        call.session.report(_remote(failure), call.error_action)


def _marked(item: Any, child: Guid) -> Any:
    """An object of a job with the runspace that it came from."""
    if type(item) is PSObject:
        item.props.setdefault("RunspaceId", child)
    return item


def _remote(record: ErrorRecord) -> ErrorRecord:
    """An error of a job as the session sees it."""
    exception = NetException(_AUTOMATION + "RemoteException", record.exception.message)
    made = ErrorRecord(exception, record.fully_qualified_id, record.category, record.target)
    made.activity, made.reason = (
        record.activity,
        record.reason or record.exception.type_name.rpartition(".")[2],
    )
    made.target_name, made.target_type = record.target_name, record.target_type
    made.details = record.details
    return made


# Ending -----------------------------------------------------------------------------------------------------------


def _stop(call: Any) -> None:
    for job in _chosen(call):
        if job.run.state not in DONE and call.should_process(
            f"Command: {job.command.strip()} Name: {job.name}"
        ):
            job.run.stop()
        if call.flag("PassThru"):
            call.write(job)


def _drop(call: Any) -> None:
    for job in _chosen(call):
        if job.run.state not in DONE and not call.flag("Force"):
            call.write_error(
                f"The command cannot remove the job with the job ID {job.identity} because the job is not finished. To remove "
                "the job, first stop the job, or use the Force parameter.",
                "JobObjectNotFinishedCannotBeRemoved", "InvalidOperation", job,
                exception="System.ArgumentException",
            )  # fmt: skip
            continue
        if job.run.state not in DONE:
            job.run.stop()
        _jobs(call.session).pop(job.identity, None)


_SELECT = [
    Parameter(
        "Job", _AUTOMATION + "PSRemotingJob[]", position=0, mandatory=("Job",), sets=("Job",), pipeline=True
    ),
    Parameter("Id", "int[]", position=0, sets=("Id",)),
    Parameter("Name", "string[]", position=0, sets=("Name",), mandatory=True),
    Parameter("State", "object", mandatory=True, sets=("State",)),
]
_PLAIN = [
    Parameter("Id", "int[]", position=0, sets=("Id",)),
    Parameter("Name", "string[]", position=0, sets=("Name",), mandatory=True),
    Parameter("State", "object", mandatory=True, sets=("State",)),
]
CMDLETS = [
    Cmdlet("Start-Job", [
        Parameter("ScriptBlock", "scriptblock", position=0, sets=("Block",), mandatory=True, aliases=("Command",)),
        Parameter("FilePath", "string", position=0, sets=("File",), mandatory=True),
        Parameter("InitializationScript", "scriptblock", position=1), Parameter("Name", "string"),
        Parameter("ArgumentList", "object[]", aliases=("Args",)), Parameter("InputObject", "object", pipeline=True),
        Parameter("Credential", "object"), Parameter("RunAs32", "switch"),
    ], _collect, end=_start, default_set="Block", aliases=("sajb",)),
    Cmdlet("Get-Job", [*_PLAIN, Parameter("HasMoreData", "bool", since="3.0")], _get, default_set="Id",
           aliases=("gjb",)),
    Cmdlet("Wait-Job", [*_SELECT, Parameter("Timeout", "int"), Parameter("Any", "switch")], _wait, end=_wait_end,
           default_set="Id", aliases=("wjb",)),
    Cmdlet("Receive-Job", [*_SELECT, Parameter("Keep", "switch"), Parameter("Wait", "switch", since="3.0"),
           Parameter("AutoRemoveJob", "switch", since="3.0")], _receive, default_set="Job", aliases=("rcjb",)),
    Cmdlet("Remove-Job", [*_SELECT, Parameter("Force", "switch")], _drop, default_set="Id", should_process=True,
           aliases=("rjb",)),
    Cmdlet("Stop-Job", [*_SELECT, Parameter("PassThru", "switch")], _stop, default_set="Id",
           should_process=True, aliases=("spjb",)),
]  # fmt: skip
