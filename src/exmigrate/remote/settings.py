"""How one server is reached, and as whom."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final, Literal

Kind = Literal["kerberos", "ntlm", "credssp", "certificate", "basic"]

DEFAULT_RUN_ROOT: Final = "C:\\ProgramData\\exmigrate"


@dataclass(frozen=True, slots=True)
class RemoteCredential:
    """An account. The password never shows in a repr.

    Attributes:
        username: `DOMAIN\\user`, `user@domain`, or a local user.
        password: Empty for a certificate or a Kerberos ticket that is there already.
        certificate: Path of the client certificate (PEM); `key` of its key.
    """

    username: str
    password: str = field(default="", repr=False)
    certificate: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds of controller time.

    Attributes:
        operation: One WS-Management operation; a Receive without output ends after it and is repeated.
        ready: Until the host loop must have said READY.
        call: Longest wait for one call's answer, unless the call says otherwise.
        recover: How long a broken connection is tried again before the outcome is called unknown.
        connect: How long opening a session is tried.
    """

    operation: int = 20
    ready: int = 60
    call: int = 1800
    recover: float = 90.0
    connect: float = 60.0


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """One server's WinRM endpoint.

    Attributes:
        server: The server's name in the plan.
        address: Host name or IP address; the name if empty.
        transport: How the client authenticates.
        scheme: `http` or `https`.
        port: 0 for the scheme's usual one.
        verify: TLS trust: `system`, `ignore`, or the path of a CA bundle.
        delegate: With Kerberos, forward the ticket (unconstrained delegation).
        run_root: Folder on the server for run directories.
        timeouts: Waits.
    """

    server: str
    address: str = ""
    transport: Kind = "kerberos"
    scheme: Literal["http", "https"] = "http"
    port: int = 0
    verify: str = "system"
    delegate: bool = False
    run_root: str = DEFAULT_RUN_ROOT
    timeouts: Timeouts = field(default_factory=Timeouts)

    @property
    def endpoint(self) -> str:
        """The URL."""
        port = self.port or (5986 if self.scheme == "https" else 5985)
        return f"{self.scheme}://{self.address or self.server}:{port}/wsman"

    @property
    def sealed(self) -> bool:
        """Whether messages are sealed: over HTTP always, over TLS not needed."""
        return self.scheme == "http"
