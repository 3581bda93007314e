"""The transport port, and its adapter over pywinrm's `Protocol`."""

from __future__ import annotations

import os
import ssl
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from .errors import NothingYet, QuotaReached, Rejected, SessionLost, TransportError
from .outcome import Operation, classify
from .settings import ConnectionSettings, RemoteCredential

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Output:
    """Output of one Receive; `exit_code` is None while the process runs."""

    stdout: bytes
    stderr: bytes
    exit_code: int | None


class Transport(Protocol):
    """One server's remote shells. Every method raises only the classes of `errors`; not shared between threads."""

    def open_shell(self) -> str:
        """Open a shell with the UTF-8 code page; returns its id."""

    def start(self, shell: str, command: str, arguments: Sequence[str]) -> str:
        """Start a process whose standard input is a pipe; returns the command's id."""

    def send(self, shell: str, command: str, data: bytes) -> None:
        """Feed standard input."""

    def receive(self, shell: str, command: str) -> Output:
        """Wait for output.

        Raises:
            NothingYet: none came within the operation time-out.
        """

    def stop(self, shell: str, command: str) -> None:
        """End a process."""

    def close_shell(self, shell: str) -> None:
        """Delete a shell."""

    def reset(self) -> None:
        """Throw the connection away; the next request makes a new one. Cures keys of an older connection."""


class WinRMTransport:
    """`Transport` over pywinrm, one `Protocol` of its own.

    Args:
        settings: The endpoint.
        credential: Who logs on.

    Raises:
        Rejected: the settings ask for what this installation cannot do.
    """

    def __init__(self, settings: ConnectionSettings, credential: RemoteCredential) -> None:
        self._settings = settings
        self._established = False
        self._protocol = _protocol(settings, credential)

    def open_shell(self) -> str:
        return str(self._do("create", lambda: self._protocol.open_shell(codepage=65001, noprofile=True)))

    def start(self, shell: str, command: str, arguments: Sequence[str]) -> str:
        def run() -> str:
            return str(self._protocol.run_command(shell, command, tuple(arguments), console_mode_stdin=False))

        return self._do("command", run)

    def send(self, shell: str, command: str, data: bytes) -> None:
        self._do("send", lambda: self._protocol.send_command_input(shell, command, data))

    def receive(self, shell: str, command: str) -> Output:
        out, err, code, done = self._do(
            "receive", lambda: self._protocol.get_command_output_raw(shell, command)
        )
        return Output(out, err, code if done else None)

    def stop(self, shell: str, command: str) -> None:
        self._do("signal", lambda: self._protocol.cleanup_command(shell, command))

    def close_shell(self, shell: str) -> None:
        self._do("delete", lambda: self._protocol.close_shell(shell))

    def reset(self) -> None:
        self._protocol.transport.close_session()
        self._protocol.transport.encryption = None

    def _do(self, operation: Operation, call: Callable[[], T]) -> T:
        try:
            result = call()
        except TransportError:
            raise
        except Exception as error:
            found = classify(
                error,
                operation,
                established=self._established,
                sealed=self._settings.sealed,
                kind=self._settings.transport,
            )
            found.server = self._settings.server
            _close_left_open(error)
            if not isinstance(found, (NothingYet, SessionLost, QuotaReached)):
                # A library session that failed while making its keys would send the next message unsealed; and
                # whatever follows authenticates anew, so that a second refusal is about the credentials.
                self.reset()
                self._established = False
            raise found from error
        self._established = True
        return result


def _close_left_open(error: Exception) -> None:
    """Close responses that a failing authentication hook of the libraries has left open in its frames."""
    import requests

    for frame, _ in traceback.walk_tb(error.__traceback__):
        for value in frame.f_locals.values():
            if isinstance(value, requests.Response):
                value.close()


def _protocol(settings: ConnectionSettings, credential: RemoteCredential) -> Any:
    import winrm

    if settings.transport == "basic" and settings.scheme != "https":
        raise Rejected(
            "Basic authentication needs HTTPS.",
            server=settings.server,
            next="set scheme: https for this server",
        )
    if settings.transport == "kerberos":
        _require_kerberos(settings.server)
    timeout = settings.timeouts.operation
    return winrm.Protocol(
        endpoint=settings.endpoint,
        transport=settings.transport,
        username=credential.username or None,
        password=credential.password or None,
        cert_pem=credential.certificate or None,
        cert_key_pem=credential.key or None,
        server_cert_validation=_validation(settings.verify),
        ca_trust_path=_trust(settings.verify),
        kerberos_delegation=settings.delegate,
        message_encryption="always" if settings.sealed else "auto",
        operation_timeout_sec=timeout,
        read_timeout_sec=timeout + 10,
        proxy=None,
    )


def _validation(verify: str) -> str:
    if verify != "ignore":
        return "validate"
    import urllib3

    # The plan says so in its own words and lint has warned; one warning a request says nothing more.
    urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    return "ignore"


def _trust(verify: str) -> str | None:
    """CA bundle: the named one, else the system's, else (None) the one that requests ships."""
    if verify not in ("system", "ignore"):
        return verify
    system = ssl.get_default_verify_paths().cafile
    return system if system and os.path.exists(system) else None


def _require_kerberos(server: str) -> None:
    from winrm.transport import HAVE_KERBEROS

    if not HAVE_KERBEROS:
        raise Rejected(
            "Kerberos is not available in this installation.",
            server=server,
            why="the Python package for GSSAPI is missing",
            next="install exmigrate with its kerberos extra, or set another transport in the plan's connections",
        )
