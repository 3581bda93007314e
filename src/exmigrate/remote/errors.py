"""Errors of the transport, `EXM-T0xx`.

TransportError (Failed)
├── NeverRan            EXM-T010  nothing happened on the server; trying again is safe
│   └── QuotaReached    EXM-T011  the same, because a WinRM quota is used up
├── Rejected            EXM-T020  nothing happened, and trying again would not help
│   ├── BadCredentials  EXM-T021  trying again may lock the account
│   ├── UntrustedServer EXM-T022  TLS
│   └── NotExposed      EXM-T084  a password would stand on a command line
├── OutcomeUnknown      EXM-T030  the server may or may not have done it
├── NothingYet          EXM-T040  no output within the operation time-out; ask again
├── SessionLost         EXM-T050  shell or process is gone
└── HostLoopSilent      EXM-T051  the PowerShell process did not say READY
"""

from __future__ import annotations

from typing import ClassVar

from exmigrate.model.errors import Failed, Refused


class TransportError(Failed):
    """The server could not be used over WinRM."""

    code: ClassVar[str] = "EXM-T001"


class NeverRan(TransportError):
    """The request did not reach the server; nothing has happened there."""

    code = "EXM-T010"


class QuotaReached(NeverRan):
    """A WinRM quota of the account is used up on the server."""

    code = "EXM-T011"


class Rejected(TransportError):
    """The server refused the request for good; nothing has happened there."""

    code = "EXM-T020"


class BadCredentials(Rejected):
    """The server did not accept the credentials."""

    code = "EXM-T021"


class UntrustedServer(Rejected):
    """The TLS connection to the server could not be trusted."""

    code = "EXM-T022"


class OutcomeUnknown(TransportError):
    """The connection failed in a way that leaves open whether the server did it."""

    code = "EXM-T030"


class NothingYet(TransportError):
    """There was no output within the operation time-out."""

    code = "EXM-T040"


class SessionLost(TransportError):
    """The remote shell or its process is gone."""

    code = "EXM-T050"


class HostLoopSilent(TransportError):
    """The PowerShell process on the server did not become ready."""

    code = "EXM-T051"


class BadResult(TransportError):
    """A script's result is too large or of a wrong shape."""

    code = "EXM-T060"


class BadLiteral(Refused):
    """A value cannot be written as a PowerShell literal."""

    code = "EXM-T070"


class BadEndpoints(Refused):
    """The endpoints file cannot be used."""

    code = "EXM-T071"


class RehearsalEndpoints(Refused):
    """The endpoints file belongs to a simulated organization whose clock is scaled; a live run refuses it."""

    code = "EXM-T072"
    exit_code = 4


class ForeignRun(Refused):
    """Another run holds this server."""

    code = "EXM-T080"
    exit_code = 5


class NoAnswer(TransportError):
    """The server could not tell about itself or its jobs."""

    code = "EXM-T082"


class JobRefused(TransportError):
    """The server did not take the job."""

    code = "EXM-T081"


class RunAsRefused(JobRefused):
    """The server did not take the account that the job shall run under."""

    code = "EXM-T083"


class NotExposed(Rejected):
    """A password would stand on a command line, and the plan does not allow that."""

    code = "EXM-T084"

    @classmethod
    def on(cls, server: str, user: str) -> NotExposed:
        """The refusal of a job under `user`, with what to do in the words that a run shows."""
        return cls(
            server=server,
            why=f"Windows 2003 takes the password of {user} on the command line of schtasks.exe alone. Write "
            f"'expose_run_as_password: true' for {server} in connections.servers, or 'driven: false', so that gates serve it.",
            next="make the plan again with one of the two",
        )
