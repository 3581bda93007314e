"""What the WinRM server needs from the simulated world: accounts, machines, processes.

The wire knows no Exchange and no Active Directory. It asks an `Accounts` port who may log on, hands command
lines to a `ProcessFactory` together with the `Logon` that started them, and asks a `Faults` port whether an
operation is to go wrong.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol


class LogonKind(StrEnum):
    """How the client proved who it is."""

    NTLM = "ntlm"
    CREDSSP = "credssp"
    BASIC = "basic"
    CERTIFICATE = "certificate"
    KERBEROS = "kerberos"


@dataclass(frozen=True, slots=True)
class Logon:
    """A logon session on one machine.

    Attributes:
        account: User name without its domain.
        domain: NetBIOS name of the domain, or of the machine for a local account.
        kind: The authentication that made it.
        can_delegate: True if the session holds credentials that reach a second machine. A network logon
            (NTLM, Basic, certificate) holds none; CredSSP hands them over.
        is_local: True for an account of the machine itself.
    """

    account: str
    domain: str
    kind: LogonKind
    can_delegate: bool
    is_local: bool = False

    @property
    def name(self) -> str:
        """`DOMAIN\\account`, as `whoami` prints it."""
        return f"{self.domain}\\{self.account}"


@dataclass(frozen=True, slots=True)
class Account:
    """An account as a machine's security authority sees it.

    Attributes:
        name: sAMAccountName or local user name, in its stored spelling.
        domain: NetBIOS domain, or the machine's name for a local account.
        nt_hash: 16 bytes, MD4 of the UTF-16-LE password.
        is_local: True for an account of the machine itself.
        enabled: False for a disabled account.
        locked: True while it is locked out.
        may_use_remote_shell: Whether the WinRM service's access list lets it in (administrators).
    """

    name: str
    domain: str
    nt_hash: bytes
    is_local: bool = False
    enabled: bool = True
    locked: bool = False
    may_use_remote_shell: bool = True


class Accounts(Protocol):
    """Who may log on where."""

    def find(self, machine: str, domain: str, user: str) -> Account | None:
        """Look an account up as `machine` would.

        Args:
            machine: Name of the machine that is logged on to.
            domain: What the client gave: NetBIOS or DNS domain, the machine's name, `.` or nothing. With a
                UPN the domain is empty and `user` holds the `@`.
            user: User name or UPN, in any case.
        """

    def by_certificate(self, machine: str, upn: str) -> Account | None:
        """The local account that a client certificate with this subject alternative name is mapped to."""

    def failed(self, machine: str, account: Account) -> None:
        """A wrong password was given: count it against the lock-out threshold."""

    def succeeded(self, machine: str, account: Account, kind: LogonKind) -> None:
        """A logon succeeded: reset the count."""


@dataclass(frozen=True, slots=True)
class CommandRequest:
    """One WS-Management Command, ready to become a process.

    Attributes:
        machine: Name of the machine.
        command: The `rsp:Command` text.
        arguments: Each `rsp:Arguments` text.
        logon: Who runs it.
        environment: Variables set on the shell.
        working_directory: Of the shell; empty for the user's profile.
        codepage: Of the console, such as 437 or 65001.
        no_profile: WINRS_NOPROFILE of the shell.
        console_stdin: WINRS_CONSOLEMODE_STDIN of the command.
        skip_cmd: WINRS_SKIP_CMD_SHELL: no `cmd.exe /c` in front.
    """

    machine: str
    command: str
    arguments: tuple[str, ...]
    logon: Logon
    environment: Mapping[str, str] = field(default_factory=dict)
    working_directory: str = ""
    codepage: int = 437
    no_profile: bool = False
    console_stdin: bool = True
    skip_cmd: bool = False

    @property
    def line(self) -> str:
        """The command line as one text, the way WinRM joins command and arguments."""
        return " ".join((self.command, *self.arguments)).strip()


class StandardInput(Protocol):
    """A process's end of its standard input."""

    def readline(self) -> bytes:
        """Block for one line with its end; what is left, or nothing, once the stream is closed."""

    def read(self, size: int = -1) -> bytes:
        """Block for `size` bytes, or for the end of the stream with -1."""


class Console(Protocol):
    """What a process is started with: its three streams, and the wish that it ends."""

    @property
    def stdin(self) -> StandardInput:
        """Standard input."""

    @property
    def cancelled(self) -> threading.Event:
        """Set when the process is to die (signal, shell deleted, machine rebooted)."""

    def write_stdout(self, data: bytes) -> None:
        """Hand bytes to standard output; they are visible to the next Receive."""

    def write_stderr(self, data: bytes) -> None:
        """Hand bytes to standard error."""

    def exited(self, code: int) -> None:
        """Tell, once, that the process is gone. Later writes are dropped."""


class Process(Protocol):
    """A running process of a simulated machine."""

    @property
    def pid(self) -> int:
        """Its process id on that machine."""

    def terminate(self) -> None:
        """End it from outside; `Console.exited` follows, at once or soon."""


class CommandNotFound(Exception):
    """The executable does not exist; with no `cmd` in front the Command itself fails with a fault."""


class MachineStops(Exception):
    """The machine goes down while it is asked for a process; nobody answers any more."""


class ProcessFactory(Protocol):
    """Starts processes on simulated machines."""

    def start(self, request: CommandRequest, console: Console) -> Process:
        """Start one process and return at once.

        Raises:
            CommandNotFound: no such executable and `request.skip_cmd` is set.
            MachineStops: the machine goes down.
        """


@dataclass(frozen=True, slots=True)
class Quotas:
    """Limits of one machine's WinRM service. The defaults are those of WinRM 3.0 (Windows 2012).

    Attributes:
        max_shells: Concurrent shells a user.
        max_operations: Concurrent operations a user.
        max_commands: Commands that one shell takes in its life.
        max_envelope_kb: Largest SOAP envelope.
        max_timeout_s: Longest operation time-out that is honoured.
        idle_timeout_s: A shell without any request for so long is deleted.
        max_memory_mb: Per shell; shown by configuration only.
    """

    max_shells: int = 30
    max_operations: int = 1500
    max_commands: int = 1000
    max_envelope_kb: int = 500
    max_timeout_s: float = 60.0
    idle_timeout_s: float = 7200.0
    max_memory_mb: int = 1024


WINRM_2 = Quotas(
    max_shells=5, max_operations=15, max_envelope_kb=150, idle_timeout_s=180.0, max_memory_mb=150
)
"""Limits of WinRM 2.0 (Windows Server 2003 to 2008 R2)."""


@dataclass(frozen=True, slots=True)
class MachineSpec:
    """One machine that listens.

    Attributes:
        name: NetBIOS computer name.
        dns_name: Fully qualified name.
        domain: NetBIOS domain; the machine's own name in a workgroup.
        dns_domain: DNS name of the domain; empty in a workgroup.
        http: Listen on HTTP.
        https: Listen on HTTPS.
        http_port: 0 picks a free one.
        https_port: 0 picks a free one.
        basic: Offer Basic authentication (over HTTPS only).
        certificate: Offer certificate authentication (over HTTPS only).
        credssp: Offer CredSSP.
        os_version: Windows version for the Identify answer, such as `6.1.7601`.
        service_pack: Service pack for the Identify answer, such as `1.0`.
        quotas: Limits of the service.
    """

    name: str
    dns_name: str
    domain: str
    dns_domain: str = ""
    http: bool = True
    https: bool = True
    http_port: int = 0
    https_port: int = 0
    basic: bool = True
    certificate: bool = True
    credssp: bool = True
    os_version: str = "6.1.7601"
    service_pack: str = "1.0"
    quotas: Quotas = field(default_factory=Quotas)
