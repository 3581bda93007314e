"""What `decide` asks for, and what comes back.

`Record` is for the journal and is carried out at once; the others are for workers, and each gives one outcome that
`absorb` turns into events. A command is safe to lose at any instant: the journal alone tells what to do next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from .codec import Event

CheckPurpose = Literal["first", "probe", "recheck", "gate", "undo", "undo-probe"]


@dataclass(frozen=True)
class Record:
    """Write an event; nothing else happens before it is durable."""

    event: Event


@dataclass(frozen=True)
class StepCommand:
    """A command of one step on one host."""

    step: str
    host: str


@dataclass(frozen=True)
class Check(StepCommand):
    """Run Check, and ask the server who it is. What its answer means depends on the purpose.

    `first`: before an effect; `probe`: after an answer was lost; `recheck`: after
    a look found nothing; `gate`: to close a gate; `undo`: whether a rollback took; `undo-probe`: whether it is to do.
    """

    purpose: CheckPurpose
    arguments: Mapping[str, Any]
    members: tuple[str, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Apply(StepCommand):
    """Run Apply (or Rollback) in the kept process. Its intent is durable."""

    attempt: int
    arguments: Mapping[str, Any]
    function: Literal["Apply", "Rollback"] = "Apply"
    members: tuple[str, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class SubmitJob(StepCommand):
    """Put a detached job on the server and start it. Its intent is durable."""

    attempt: int
    job_id: str
    fence: int
    run: str
    machine_id: str
    arguments: Mapping[str, Any]
    function: Literal["Apply", "Rollback"] = "Apply"
    members: tuple[str, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class LookJob(StepCommand):
    """Look what became of a job; read its log on from where reading ended."""

    attempt: int
    job_id: str
    machine_id: str
    expect: Literal["running", "anything"] = "anything"


@dataclass(frozen=True)
class Verify(StepCommand):
    """Run Verify."""

    arguments: Mapping[str, Any]
    members: tuple[str, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)
    function: Literal["Verify", "Check"] = "Verify"


@dataclass(frozen=True)
class Reboot(StepCommand):
    """Restart the server unless its boot id already differs from `boot_before`; wait until it answers again."""

    boot_before: str


@dataclass(frozen=True)
class AwaitReady(StepCommand):
    """See whether the restarted server's services are up."""


@dataclass(frozen=True)
class Wait:
    """Nothing can be done before `until`, or before something under way ends; `why` for those who watch."""

    until: datetime | None
    why: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Finish:
    """The session is at its end: `done failed refused unknown waiting rolled-back`."""

    outcome: str
    exit_code: int
    message: str
    why: Mapping[str, str] = field(default_factory=dict)


Command = Record | StepCommand | Wait | Finish


# What comes back


@dataclass(frozen=True)
class Machine:
    """Who the server says it is."""

    machine_id: str
    boot_id: str


@dataclass(frozen=True)
class Returned:
    """A function returned this object; `machine` where it was asked, `files` the digests of what was streamed."""

    data: Any
    machine: Machine | None = None
    files: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Failure:
    """A call came to nothing.

    Attributes:
        failure_class: `never-sent | ambiguous | throttled | credentials | permanent | transient`; `script` for an
            error that the script itself raised, whose class the step's known failures tell.
        message: the error, without secrets.
        error_id: the PowerShell FullyQualifiedErrorId, or empty.
    """

    failure_class: str
    message: str
    error_id: str = ""


@dataclass(frozen=True)
class JobSubmitted:
    """The job's task was started, or was already there under this id."""

    machine: Machine


@dataclass(frozen=True)
class JobView:
    """What a look at a job's directory and process showed.

    Attributes:
        machine: who the server is now.
        directory: whether the job's directory is there.
        started: whether the job's own `started` file is there.
        alive: whether the started process still runs (same pid, process start and boot).
        receipt: the function's result, an `error` mapping `{"message", "id"}`, or None where there is no receipt.
    """

    machine: Machine
    directory: bool
    started: bool
    alive: bool
    receipt: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class RebootSeen:
    """The server runs again, under this boot id."""

    boot_id: str


@dataclass(frozen=True)
class Readiness:
    """Whether the services of the restarted server are up, and what is missing."""

    ready: bool
    message: str = ""


Outcome = Returned | Failure | JobSubmitted | JobView | RebootSeen | Readiness


@dataclass(frozen=True)
class Absorbed:
    """What an outcome means: events to write, when to ask again, and progress to show."""

    events: tuple[Event, ...] = ()
    again_in: int | None = None
    progress: Mapping[str, Any] = field(default_factory=dict)
