"""The surface the runner uses: one session a server, calls in, outcomes out, jobs, restarts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from . import jobs
from .reboot import EXCHANGE_SERVICES, Readiness, RebootPolicy
from .results import CallOutcome
from .settings import ConnectionSettings, RemoteCredential


@dataclass(frozen=True, slots=True)
class Call:
    """One function of one script, to run in a fresh scope of the kept process.

    Attributes:
        script_sha: SHA-256 of `script_text`, with or without `sha256:` in front.
        function: Defined by the script.
        argument: Its one argument: text, bool, 64-bit integer, list, map.
        libraries: Scripts loaded before, in order: digest and text.
        secrets: Merged into the argument by name. They travel on standard input and are blotted out of whatever
            comes back.
        timeout_s: Longest wait for the answer; 0 for the settings' own.
    """

    script_sha: str
    script_text: str
    function: str
    argument: Mapping[str, Any] = field(default_factory=dict)
    libraries: Sequence[jobs.Script] = ()
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    timeout_s: float = 0.0


@dataclass(frozen=True, slots=True)
class MachineIdentity:
    """Who a server says it is: its installation, its current start, its PowerShell."""

    machine_id: str
    boot_id: str
    ps_version: str


class ServerSession(Protocol):
    """One server, for one thread. Everything that matters survives the session's loss."""

    def call(self, calls: Sequence[Call]) -> list[CallOutcome]:
        """Run calls in order, one round trip for all; one outcome each, never an exception of the transport."""

    def submit_job(self, spec: jobs.JobSpec) -> None:
        """Store a job on the server and start its task.

        Raises:
            ForeignRun: the server is held by another run or a newer lease.
            TransportError: `NeverRan` promises that nothing was started; otherwise look.
        """

    def look_job(self, job_id: str, run_id: str = "") -> jobs.JobState:
        """What is there of a job."""

    def read_log(self, job_id: str, offset: int, limit: int, run_id: str = "") -> bytes:
        """Bytes of a job's log from an offset; empty at its end."""

    def forget_job(self, job_id: str, run_id: str = "") -> None:
        """Take a finished job's task, with its stored password, off the server."""

    def claim(self, run_id: str, fence: int, token: str, takeover: str = "") -> None:
        """Record run and fence in the server's run root.

        Raises:
            ForeignRun: it is held by another run or a newer lease.
        """

    def machine(self) -> MachineIdentity:
        """Who the server is now."""

    def reboot(self, boot_before: str, policy: RebootPolicy = RebootPolicy()) -> str:
        """Restart the server unless its boot id differs already; wait; returns the new boot id."""

    def readiness(self, services: Sequence[str] = EXCHANGE_SERVICES) -> Readiness:
        """Whether services that start by themselves run."""

    def close(self) -> None:
        """End process and shell; never raises."""


class SessionFactory(Protocol):
    """Opens sessions."""

    def open(self, connection: ConnectionSettings, credential: RemoteCredential) -> ServerSession:
        """A session; nothing is connected before its first use."""
