"""One TCP connection: HTTP around sealed SOAP, and the faults that are injected into it."""

from __future__ import annotations

import select
import socket
import struct
import threading
from collections.abc import Callable
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler
from typing import Final, Protocol

from . import soap
from .auth import ConnectionSecurity, Tls, Verdict
from .faults import Effect, Faults, Moment, WireFault
from .ports import Accounts, MachineStops
from .sealing import BadSeal
from .service import Service

_SOAP: Final = "application/soap+xml;charset=UTF-8"
_MAX_BODY: Final = 4 * 1024 * 1024
_HARD_CLOSE: Final = struct.pack("ii", 1, 0)


class Host(Protocol):
    """What a connection needs to know of its machine."""

    service: Service
    accounts: Accounts
    faults: Faults
    stopping: threading.Event


class ConnectionCut(Exception):
    """The connection is to end without an answer."""


def cut(connection: socket.socket) -> None:
    """End a connection with a reset, so that the other side sees it abort."""
    try:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _HARD_CLOSE)
        connection.shutdown(socket.SHUT_RD)
    except OSError:
        pass  # it is gone already


class Connection(BaseHTTPRequestHandler):
    """Handler of one connection; NTLM state lives as long as it does.

    Args:
        connection: The socket, secured already.
        address: The client's.
        host: The machine.
        tls: Of the connection; None without.
        tell_idle: Told True when nothing but a request of the client's is left to wait for, False when one has come.
    """

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1

    def __init__(
        self,
        connection: socket.socket,
        address: object,
        host: Host,
        tls: Tls | None,
        tell_idle: Callable[[bool], None],
    ) -> None:
        self._host = host
        self._tell_idle = tell_idle
        self._stopping = host.stopping
        self._tls = tls
        self._token = ""
        self._security = ConnectionSecurity(host.service.spec, host.accounts, tls)
        super().__init__(connection, address, host)  # type: ignore[arg-type]

    def handle(self) -> None:
        try:
            self._apply(self._host.faults.next(self._machine, "connect", Moment.BEFORE))
            self._tell_idle(True)
            super().handle()
        except (ConnectionCut, MachineStops, OSError):
            self.close_connection = True
            cut(self.connection)

    def parse_request(self) -> bool:
        self._tell_idle(False)
        return super().parse_request()

    def log_message(self, format: str, *args: object) -> None:
        pass  # requests are evidence of the client's, not of the twin's

    @property
    def _machine(self) -> str:
        return self._host.service.spec.name

    def do_POST(self) -> None:
        body = self._read_body()
        if body is None:
            return
        path = self.path.split("?", 1)[0].rstrip("/").lower()
        if path == "/wsman-anon/identify":
            self._reply(200, soap.identify_response("0.0.0", "0.0"), seal=False)
        elif path != "/wsman":
            self._bare(404)
        elif self._authenticated(body):
            self._serve(body)

    def _read_body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit():
            self._bare(411, close=True)
            return None
        if int(length) > _MAX_BODY:
            self._bare(413, close=True)
            return None
        body = self.rfile.read(int(length))
        # Data may still arrive on a connection that is being cut; a machine that stops does not look at it.
        if len(body) < int(length) or self._stopping.is_set():
            raise ConnectionCut
        return body

    def _authenticated(self, body: bytes) -> bool:
        header = self.headers.get("Authorization")
        self._token = ""
        if header is None:
            if self._security.logon is not None:
                return True
            if self.headers.get("WSMANIDENTIFY", "").lower() == "unauthenticated":
                self._reply(200, soap.identify_response("0.0.0", "0.0"), seal=False)
                return False
            self._challenge(self._security.offers)
            return False
        answer = self._security.authenticate(header)
        if answer.verdict is Verdict.ACCEPTED:
            self._token = answer.header
            return True
        self._challenge([answer.header] if answer.header else self._security.offers)
        return False

    def _serve(self, body: bytes) -> None:
        if not body:
            # Clients that seal send an empty message first, to have keys.
            self._write(200, b"", _SOAP)
            return
        try:
            plain, sealed = self._plain(body)
            request = soap.parse(plain)
        except (BadSeal, soap.Malformed):
            self._bare(400)
            return
        limit = self._host.service.spec.quotas.max_envelope_kb * 1024
        if not sealed and self._tls is None and request.operation != "identify":
            # AllowUnencrypted is false: a message in the clear is not looked at.
            self._bare(500)
            return
        before = self._host.faults.next(self._machine, request.operation, Moment.BEFORE)
        if self._apply(before, request, sealed):
            return
        status, reply, has_output = 200, b"", False
        try:
            if len(plain) > limit:
                raise soap.envelope_too_large(len(plain), limit)
            reply, has_output = self._operate(request)
        except soap.Fault as fault:
            status, reply = fault.status, fault.envelope(self._machine, request.message_id)
        after = self._host.faults.next(self._machine, request.operation, Moment.AFTER, has_output)
        if self._apply(after, request, sealed):
            return
        self._reply(status, reply, seal=sealed)

    def _plain(self, body: bytes) -> tuple[bytes, bool]:
        if not self.headers.get("Content-Type", "").startswith("multipart/"):
            return body, False
        if not self._security.can_seal:
            raise BadSeal("the connection has no keys")
        return self._security.unseal(body), True

    def _operate(self, request: soap.Request) -> tuple[bytes, bool]:
        account, logon = self._security.account, self._security.logon
        if account is None or logon is None or not account.may_use_remote_shell:
            raise soap.access_denied()
        reply = self._host.service.handle(request, logon, self._check_client)
        has_output = b"</rsp:Stream>" in reply or b"CommandState/Done" in reply
        return reply, request.operation != "receive" or has_output

    def _check_client(self) -> None:
        poll = select.poll()
        poll.register(self.connection.fileno(), select.POLLRDHUP)
        if self._stopping.is_set() or poll.poll(0):
            raise ConnectionCut

    def _apply(
        self, fault: WireFault | None, request: soap.Request | None = None, sealed: bool = False
    ) -> bool:
        """Let a fault happen; True if the client has been answered by it."""
        if fault is None:
            return False
        effect = fault.effect
        if effect in (Effect.STALL, Effect.STALL_DROP):
            self._stopping.wait(fault.seconds)
        if effect in (Effect.DROP, Effect.STALL_DROP):
            raise ConnectionCut
        if effect is Effect.HTTP:
            if fault.status == 401:
                self._security.forget()
                self._challenge(self._security.offers)
            else:
                self._bare(fault.status)
        elif effect is Effect.REAUTH:
            self._security.forget()
            self._challenge(self._security.offers)
        elif effect is Effect.FAULT and request is not None:
            injected = _fault(fault.code)
            self._reply(injected.status, injected.envelope(self._machine, request.message_id), seal=sealed)
        elif effect is Effect.GARBAGE:
            self._reply(200, b"<html>Service Unavailable", seal=sealed)
        elif effect is Effect.STRANGER:
            self._reply(200, b"<html><body>Welcome</body></html>", seal=sealed)
        elif effect is Effect.TRUNCATE:
            self._truncated()
        return effect is not Effect.STALL

    def _truncated(self) -> None:
        head = (
            "HTTP/1.1 200 \r\nContent-Type: " + _SOAP + "\r\nTransfer-Encoding: chunked\r\n\r\n400\r\n<s:Env"
        )
        self.wfile.write(head.encode())
        self.wfile.flush()
        self.connection.shutdown(socket.SHUT_WR)
        raise ConnectionCut

    def _challenge(self, offers: list[str]) -> None:
        self._write(401, b"", "", [("WWW-Authenticate", offer) for offer in offers])

    def _bare(self, status: int, close: bool = False) -> None:
        if close:
            self.close_connection = True
        self._write(status, b"", "", [("Connection", "close")] if close else [])

    def _reply(self, status: int, envelope: bytes, *, seal: bool) -> None:
        if seal:
            kind, body = self._security.seal(envelope)
            self._write(status, body, kind)
        else:
            self._write(status, envelope, _SOAP)

    def _write(self, status: int, body: bytes, kind: str, extra: list[tuple[str, str]] | None = None) -> None:
        headers = [("Server", "Microsoft-HTTPAPI/2.0"), ("Date", formatdate(usegmt=True))]
        headers += [("Content-Type", kind)] if kind else []
        headers += [("WWW-Authenticate", self._token)] if self._token and status != 401 else []
        headers += [*(extra or []), ("Content-Length", str(len(body)))]
        head = f"HTTP/1.1 {status} \r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers) + "\r\n"
        self._tell_idle(True)  # before the client can know, who may send its next request at once
        self.wfile.write(head.encode("latin-1") + body)
        self.wfile.flush()


def _fault(code: int) -> soap.Fault:
    known = {
        5: soap.access_denied(),
        2150858793: soap.operation_timed_out(),
        2150858843: soap.shell_not_found("00000000-0000-0000-0000-000000000000"),
        2150859173: soap.too_many_shells(5),
        2150859174: soap.too_many_operations(15),
        2150858823: soap.envelope_too_large(0, 153600),
    }
    return known.get(code) or soap.Fault(code, f"The WS-Management service reported error {code}. ")
