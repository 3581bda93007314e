"""Everything between the runner and a server: WinRM transport, kept PowerShell process, detached jobs, restarts.

The room knows no step kinds. Script text comes in with its digest, arguments as plain values; outcomes go out as
checked plain values. Errors are `EXM-T0xx`.
"""

from .endpoints import Endpoint, Endpoints, read_endpoints
from .errors import (
    BadCredentials,
    BadResult,
    ForeignRun,
    HostLoopSilent,
    JobRefused,
    NeverRan,
    NoAnswer,
    NotExposed,
    NothingYet,
    OutcomeUnknown,
    QuotaReached,
    Rejected,
    RunAsRefused,
    SessionLost,
    TransportError,
    UntrustedServer,
)
from .jobs import JobSpec, JobState, RunAs, Script
from .kept import Outside
from .keyring import Keyring
from .literals import Json, literal
from .reboot import EXCHANGE_SERVICES, Readiness, RebootPolicy
from .results import CallOutcome, Failure, Result
from .session import Call, MachineIdentity, ServerSession, SessionFactory
from .settings import DEFAULT_RUN_ROOT, ConnectionSettings, RemoteCredential, Timeouts
from .shellbook import ShellBook
from .winrm_session import WinRMSession, WinRMSessions, failure_class

__all__ = [
    "DEFAULT_RUN_ROOT",
    "EXCHANGE_SERVICES",
    "BadCredentials",
    "BadResult",
    "Call",
    "CallOutcome",
    "ConnectionSettings",
    "Endpoint",
    "Endpoints",
    "Failure",
    "ForeignRun",
    "HostLoopSilent",
    "JobRefused",
    "JobSpec",
    "JobState",
    "Json",
    "Keyring",
    "MachineIdentity",
    "NeverRan",
    "NoAnswer",
    "NotExposed",
    "NothingYet",
    "OutcomeUnknown",
    "Outside",
    "QuotaReached",
    "Readiness",
    "RebootPolicy",
    "Rejected",
    "RemoteCredential",
    "Result",
    "RunAs",
    "RunAsRefused",
    "Script",
    "ServerSession",
    "SessionFactory",
    "SessionLost",
    "ShellBook",
    "Timeouts",
    "TransportError",
    "UntrustedServer",
    "WinRMSession",
    "WinRMSessions",
    "failure_class",
    "literal",
    "read_endpoints",
]
