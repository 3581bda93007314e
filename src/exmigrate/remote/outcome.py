"""What an exception of the WinRM client means for the one question that counts: did it run?

The table is that of `winrm.md`, "Exceptions"; every row has a test with the fault injected on a real wire.
"""

from __future__ import annotations

import re
from typing import Final, Literal
from xml.etree import ElementTree

from .errors import (
    BadCredentials,
    NeverRan,
    NothingYet,
    OutcomeUnknown,
    QuotaReached,
    Rejected,
    SessionLost,
    TransportError,
    UntrustedServer,
)
from .settings import Kind

Operation = Literal["create", "command", "send", "receive", "signal", "delete", "enumerate"]

_QUOTAS: Final = (2150859173, 2150859174, 2150859175)
_TOO_LARGE: Final = 2150858823
_SHELL_GONE: Final = 2150858843
_BAD_PARAMETER: Final = 2150858811
_FINAL: Final = (5, 2150858817, 2147942402)
_EVIDENCE: Final = 4000


def classify(
    error: Exception, operation: Operation, *, established: bool, sealed: bool, kind: Kind
) -> TransportError:
    """Give an exception its class.

    Args:
        error: Whatever pywinrm or a library under it raised.
        operation: What was being done.
        established: Whether this connection had worked before; then an authentication failure tells of the
            connection (keys of another session), not of the credentials.
        sealed: Whether messages are sealed.
        kind: How the client authenticates.

    Returns:
        An error of this room, the original text in `details["evidence"]`.
    """
    import requests
    import requests_credssp.exceptions as credssp
    from winrm import exceptions as winrm

    match error:
        case winrm.WSManFaultError():
            return _fault(error, operation)
        case winrm.WinRMOperationTimeoutError() if operation == "receive":
            return _made(NothingYet, error)
        case winrm.WinRMOperationTimeoutError():
            return _made(OutcomeUnknown, error, why="the server ended the operation at its time-out")
        case winrm.WinRMTransportError():
            return _status(error, established=established, sealed=sealed)
        case requests.exceptions.SSLError():
            return _made(UntrustedServer, error, why=_inner(error), next=_TRUST)
        case requests.exceptions.ConnectTimeout():
            return _made(NeverRan, error, why="the connection was not accepted in time")
        case requests.exceptions.ConnectionError() if _never_connected(error):
            return _made(NeverRan, error, why=_inner(error))
        case winrm.InvalidCredentialsError():
            # The library has tried the credentials by then; only a Kerberos ticket may just have run out.
            return _unauthorized(error, again=established and kind == "kerberos")
        case credssp.NTStatusException():
            return _unauthorized(error, again=False)
        case credssp.AuthenticationException():
            # Refused behind the last step of the handshake: the credentials were good, the message's keys were old.
            return _unauthorized(error, again=established and "Credential exchange" in str(error))
        case PermissionError():
            return _unauthorized(error, again=established)
        case ElementTree.ParseError():
            return _made(OutcomeUnknown, error, why=f"the answer is no XML: {error}", next=_STRANGER)
        case requests.exceptions.RequestException():
            return _made(OutcomeUnknown, error, why=_inner(error))
        case StopIteration() | AttributeError() | LookupError() | ValueError():
            # The library looks for what every answer of WS-Management has, and has not found it.
            why = f"the answer to '{operation}' is not one of WS-Management"
            return _made(OutcomeUnknown, error, why=why, next=_STRANGER)
    return _made(OutcomeUnknown, error, why=f"{type(error).__name__}: {error}")


_STRANGER = "see what listens at this address; a proxy or another web server may answer in place of WinRM"
_TRUST = "check the server's certificate, or name the CA bundle in the plan (connections … verify)"


def _fault(error: Exception, operation: Operation) -> TransportError:
    code = getattr(error, "wsman_fault_code", None)
    reason = str(getattr(error, "reason", error)).strip()
    details: dict[str, object] = {"fault": code, "evidence": str(getattr(error, "response", ""))[:_EVIDENCE]}
    if code in _QUOTAS:
        return QuotaReached(why=reason, next="close other sessions of this account", details=details)
    if code == _TOO_LARGE:
        return NeverRan(why=reason, details=details)
    if code == _SHELL_GONE or (code == _BAD_PARAMETER and operation in ("send", "receive", "signal")):
        return SessionLost(why=reason, details=details)
    if code in _FINAL:
        return Rejected(why=reason, next=_RIGHTS if code == 5 else "", details=details)
    return OutcomeUnknown(why=f"WS-Management fault {code}: {reason}", details=details)


_RIGHTS = "the account must be in the server's Administrators group"


def _status(error: Exception, *, established: bool, sealed: bool) -> TransportError:
    status = int(getattr(error, "code", 0))
    if status == 503:
        return _made(NeverRan, error, why="HTTP 503: the WinRM service is not ready")
    if status == 400 and sealed and established:
        return _made(NeverRan, error, why="HTTP 400: the message was sealed for an older connection")
    if status == 401:
        return _unauthorized(error, again=established)
    if 400 <= status < 500:
        return _made(Rejected, error, why=f"HTTP {status}")
    return _made(OutcomeUnknown, error, why=f"HTTP {status}")


def _unauthorized(error: Exception, *, again: bool) -> TransportError:
    if again:
        return _made(NeverRan, error, why="the server asked for authentication again")
    return _made(
        BadCredentials,
        error,
        why=str(error),
        next="check user name and password; trying on may lock the account",
    )


def _never_connected(error: Exception) -> bool:
    from urllib3.exceptions import MaxRetryError, NewConnectionError

    cause = error.args[0] if error.args else None
    reason = cause.reason if isinstance(cause, MaxRetryError) else cause
    # Name resolution errors are new-connection errors as well.
    return isinstance(reason, NewConnectionError)


def _inner(error: Exception) -> str:
    text = str(error)
    found = re.search(
        r"(\[Errno -?\d+\][^')\"]*|Connection aborted|Read timed out|certificate verify failed[^')]*)", text
    )
    return found[1].strip() if found else text[:300]


def _made(kind: type[TransportError], error: Exception, *, why: str = "", next: str = "") -> TransportError:
    return kind(why=why, next=next, details={"evidence": f"{type(error).__name__}: {error}"[:_EVIDENCE]})
