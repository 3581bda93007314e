"""One process that hosts the WinRM listeners of many simulated machines on loopback."""

from __future__ import annotations

import contextlib
import selectors
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from .auth import Tls
from .faults import Faults, NoFaults
from .http import Connection, cut
from .ports import Accounts, MachineSpec, ProcessFactory
from .service import Service
from .tls import Authority

_CUT_S: Final = 10.0  # longest wait for a cut connection to end


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a machine listens; a port is 0 where that listener is off."""

    machine: str
    address: str
    http_port: int
    https_port: int

    @property
    def http(self) -> str:
        """URL of the HTTP listener."""
        return f"http://{self.address}:{self.http_port}/wsman"

    @property
    def https(self) -> str:
        """URL of the HTTPS listener."""
        return f"https://{self.address}:{self.https_port}/wsman"


class _Listener:
    """One port of a machine. While the machine is down the port stays reserved and refuses connections."""

    def __init__(self, address: str, port: int, tls: ssl.SSLContext | None, certificate: bytes) -> None:
        self.tls = tls
        self.certificate = certificate
        self._address = address
        self.socket = self._bound(port)
        self.port: int = self.socket.getsockname()[1]

    def _bound(self, port: int) -> socket.socket:
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((self._address, port))
        return bound

    def open(self) -> None:
        self.socket.listen(128)
        self.socket.setblocking(False)

    def shut(self) -> None:
        """Stop listening, and keep the port from others by a socket that is bound only."""
        self.socket.close()
        self.socket = self._bound(self.port)


class _Machine:
    """A machine's service, listeners and live connections; the `Host` of its connections."""

    def __init__(self, service: Service, accounts: Accounts, faults: Faults) -> None:
        self.service = service
        self.accounts = accounts
        self.faults = faults
        self.stopping = threading.Event()
        self.listeners: list[_Listener] = []
        self.up = False
        self._changed = threading.Condition()
        self._idle: dict[socket.socket, bool] = {}  # live connections: whether each waits for a request

    def serve(self, connection: socket.socket, address: object, listener: _Listener) -> None:
        """Body of a connection's thread."""
        with self._tracked(connection) as tell_idle:
            if not self.up:
                return
            try:
                secured, tls = _secure(connection, listener)
            except (OSError, ssl.SSLError):
                return
            with contextlib.closing(secured):
                Connection(secured, address, self, tls, tell_idle)

    @contextlib.contextmanager
    def _tracked(self, connection: socket.socket) -> Iterator[Callable[[bool], None]]:
        def tell_idle(idle: bool) -> None:
            with self._changed:
                self._idle[connection] = idle
                self._changed.notify_all()

        tell_idle(False)
        try:
            yield tell_idle
        finally:
            connection.close()
            with self._changed:
                del self._idle[connection]
                self._changed.notify_all()

    def drop_connections(self) -> None:
        """Abort every connection; the next ones are served.

        Those that wait for a request have ended on return, so that a client which sends its next request then finds
        its connection dead beforehand, as it does once a machine has restarted. Those that are serving one end with
        it: they may need what the caller holds.
        """
        self.stopping.set()
        self.stopping = threading.Event()
        with self._changed:
            dropped = list(self._idle)
            for connection in dropped:
                cut(connection)
            self._changed.wait_for(
                lambda: not any(self._idle.get(connection) for connection in dropped), _CUT_S
            )

    def drop_all(self) -> None:
        """Abort every connection and end every shell."""
        self.drop_connections()
        self.service.shells.delete_all()


def _secure(connection: socket.socket, listener: _Listener) -> tuple[socket.socket, Tls | None]:
    connection.setblocking(True)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if listener.tls is None:
        return connection.dup(), None
    # The handshake runs on the connection's own thread, so that a silent client holds up nobody.
    secured = listener.tls.wrap_socket(connection.dup(), server_side=True)
    return secured, Tls(listener.certificate, secured.getpeercert(binary_form=True) or b"")


class WinRMServer:
    """WinRM of all machines of a simulated organization.

    Args:
        accounts: Who may log on.
        factory: Starts the processes behind the commands.
        faults: What is to go wrong on the wire.
        authority: Issues the machines' certificates; None makes one.
        address: Where to listen.
    """

    def __init__(
        self,
        accounts: Accounts,
        factory: ProcessFactory,
        faults: Faults | None = None,
        authority: Authority | None = None,
        address: str = "127.0.0.1",
    ) -> None:
        self.authority = authority or Authority()
        self._accounts = accounts
        self._factory = factory
        self._faults = faults or NoFaults()
        self._address = address
        self._machines: dict[str, _Machine] = {}
        self._lock = threading.RLock()
        self._selector = selectors.DefaultSelector()
        self._wake_read, self._wake_write = socket.socketpair()
        self._selector.register(self._wake_read, selectors.EVENT_READ, None)
        self._closing = False
        self._thread = threading.Thread(target=self._accept_loop, name="winrm-accept", daemon=True)
        self._thread.start()

    def __enter__(self) -> WinRMServer:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def add(self, spec: MachineSpec, *, up: bool = True) -> Endpoint:
        """Reserve a machine's ports and, unless it is down, listen on them."""
        machine = _Machine(Service(spec, self._factory), self._accounts, self._faults)
        http = _Listener(self._address, spec.http_port, None, b"") if spec.http else None
        https = self._https(spec) if spec.https else None
        machine.listeners = [listener for listener in (http, https) if listener]
        with self._lock:
            self._machines[spec.name.lower()] = machine
        if up:
            self.bring_up(spec.name)
        return Endpoint(spec.name, self._address, http.port if http else 0, https.port if https else 0)

    def _https(self, spec: MachineSpec) -> _Listener:
        pair = self.authority.machine(spec.dns_name)
        der = ssl.PEM_cert_to_DER_cert(pair.certificate.decode())
        return _Listener(self._address, spec.https_port, self.authority.server_context(pair), der)

    def bring_up(self, name: str) -> None:
        """Let a machine listen (again)."""
        with self._lock:
            machine = self._machines[name.lower()]
            if machine.up or self._closing:
                return
            machine.up = True
            for listener in machine.listeners:
                listener.open()
                self._selector.register(listener.socket, selectors.EVENT_READ, (machine, listener))
            self._wake_write.send(b"x")

    def take_down(self, name: str) -> None:
        """The machine stops: connections abort, shells and processes end, new connections are refused."""
        with self._lock:
            machine = self._machines[name.lower()]
            if not machine.up:
                return
            machine.up = False
            for listener in machine.listeners:
                self._selector.unregister(listener.socket)
                listener.shut()
        machine.drop_all()

    def drop_connections(self, name: str) -> None:
        """Abort a machine's connections (a network adapter was reset); shells and processes go on."""
        self._machines[name.lower()].drop_connections()

    def is_up(self, name: str) -> bool:
        """Whether the machine listens."""
        return self._machines[name.lower()].up

    def close(self) -> None:
        """Stop all machines and free their ports."""
        with self._lock:
            names = list(self._machines)
        for name in names:
            self.take_down(name)
        self._closing = True
        self._wake_write.send(b"x")
        self._thread.join()
        for machine in self._machines.values():
            for listener in machine.listeners:
                listener.socket.close()
        self._selector.close()
        self._wake_read.close()
        self._wake_write.close()

    def _accept_loop(self) -> None:
        while not self._closing:
            for key, _ in self._selector.select():
                if key.data is None:
                    self._wake_read.recv(64)
                else:
                    self._accept(*key.data)

    def _accept(self, machine: _Machine, listener: _Listener) -> None:
        try:
            connection, address = listener.socket.accept()
        except OSError:
            return  # the client has gone, or the machine went down in between
        thread = threading.Thread(
            target=machine.serve, args=(connection, address, listener), name="winrm", daemon=True
        )
        thread.start()
