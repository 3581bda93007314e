"""Detached jobs: what is sent to start one, and what a look at one shows."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from .errors import BadResult
from .framing import digest
from .kept import package_text
from .literals import Json, literal
from .results import CallOutcome, read_receipt

Script = tuple[str, str]
"""SHA-256 (with or without `sha256:` in front) and text."""


@dataclass(frozen=True, slots=True)
class RunAs:
    """The account that a job's task runs under.

    Attributes:
        account: `password` (a user with a password), `managed` (a group managed service account, or a logon that
            the server stores already), `system` (LocalSystem: no rights in the organization).
        user: `DOMAIN\\user`; empty for `system`.
        password: Sent on standard input only; the Task Scheduler keeps it until the job's task is removed.
        exposed: Whether the plan lets the password stand on a command line for an instant, as Windows 2003 needs it.
    """

    account: Literal["password", "managed", "system"]
    user: str = ""
    password: str = field(default="", repr=False)
    exposed: bool = False


@dataclass(frozen=True, slots=True)
class JobSpec:
    """A job to submit.

    Attributes:
        job_id: Hash of run, step and attempt; the name of its folder.
        run_id: The run.
        fence: Counter of the lease; `token` its holder's random text.
        libraries: Scripts loaded before `script`, in order.
        script: The script that defines `function`.
        function: What to call.
        argument: Its one argument. It is stored on the server's disk: never a secret.
        run_as: The task's account.
        takeover: Run id that may be taken over on this server, by name.
    """

    job_id: str
    run_id: str
    fence: int
    script: Script
    function: str
    argument: Mapping[str, Any]
    run_as: RunAs
    libraries: Sequence[Script] = ()
    token: str = ""
    takeover: str = ""


@dataclass(frozen=True, slots=True)
class JobState:
    """What a look at a job showed.

    Attributes:
        machine_id: Who the server is now; `boot_id` since which start.
        directory: Whether the job's folder is there.
        started: Whether its `started` file is there; then `pid`, `process_start` and `started_boot` are from it
            (0 and empty if the file was torn).
        alive: Whether that process still runs.
        receipt: The function's outcome, None while there is none.
        log_size: Bytes of its log.
    """

    machine_id: str
    boot_id: str
    directory: bool
    started: bool
    alive: bool
    receipt: CallOutcome | None
    log_size: int
    pid: int = 0
    process_start: str = ""
    started_boot: str = ""

    @property
    def finished(self) -> bool:
        """Whether there is a receipt."""
        return self.receipt is not None


@cache
def job_text() -> str:
    """Text of job.ps1 as it lies in a job's folder."""
    return "\n".join(package_text(name) for name in ("json.ps1", "machine.ps1", "job.ps1"))


@cache
def launcher_libraries() -> tuple[Script, ...]:
    """Scripts that the launcher's functions need."""
    names = ("json.ps1", "machine.ps1", "tasks-2003.ps1")
    return tuple((digest(text), text) for text in map(package_text, names))


@cache
def launcher_script() -> Script:
    """The launcher."""
    text = package_text("launcher.ps1")
    return digest(text), text


def check_script(script: Script) -> Script:
    """The script with its bare digest.

    Raises:
        BadResult: the text does not have the digest it was given under.
    """
    sha, text = script
    bare = sha.removeprefix("sha256:")
    if digest(text) != bare:
        raise BadResult("A script's text does not have its digest; it is not sent.", details={"sha256": sha})
    return bare, text


def submission(spec: JobSpec, root: str) -> dict[str, Any]:
    """The launcher's argument for `Submit-ExmJob`, without the password."""
    libraries = [check_script(script) for script in spec.libraries]
    script = check_script(spec.script)
    manifest: dict[str, Json] = {
        "run": spec.run_id,
        "job": spec.job_id,
        "fence": spec.fence,
        "token": spec.token,
        "libraries": [sha for sha, _ in libraries],
        "script": script[0],
        "function": spec.function,
        "argument": spec.argument,
    }
    texts = {f"{sha}.ps1": text for sha, text in (*libraries, script)}
    texts |= {"job.ps1": job_text(), "manifest.ps1": literal(manifest)}
    return _place(spec.run_id, spec.job_id, root) | {
        "fence": spec.fence,
        "token": spec.token,
        "takeover": spec.takeover,
        "account": spec.run_as.account,
        "user": spec.run_as.user,
        "exposed": spec.run_as.exposed,
        "files": [{"name": name, "sha256": digest(text), "text": text} for name, text in texts.items()],
    }


def _place(run_id: str, job_id: str, root: str) -> dict[str, Any]:
    return {"root": root, "run": run_id, "job": job_id}


def place(run_id: str, job_id: str, root: str, **more: Any) -> dict[str, Any]:
    """The launcher's argument that names a job."""
    return _place(run_id, job_id, root) | more


def read_state(facts: Mapping[str, Any]) -> JobState:
    """Read what `Get-ExmJob` answered.

    Raises:
        BadResult: another shape.
    """
    receipt: CallOutcome | None = None
    if facts.get("receipt"):
        receipt = read_receipt(decode(facts["receipt"]))
    return JobState(
        machine_id=str(facts.get("machine_id") or ""),
        boot_id=str(facts.get("boot_id") or ""),
        directory=facts.get("directory") is True,
        started=facts.get("started") is True,
        alive=facts.get("alive") is True,
        receipt=receipt,
        log_size=_number(facts.get("log_size")),
        pid=_number(facts.get("pid")),
        process_start=str(facts.get("process_start") or ""),
        started_boot=str(facts.get("started_boot") or ""),
    )


def decode(text: object) -> bytes:
    """Bytes of a base64 text from a server.

    Raises:
        BadResult: it is none.
    """
    try:
        return base64.b64decode(str(text), validate=True)
    except binascii.Error as error:
        raise BadResult("A server sent bytes that are no base64.") from error


def _number(value: object) -> int:
    return value if type(value) is int else 0
