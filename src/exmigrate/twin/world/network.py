"""Names and connections as one machine sees them: DNS views, open ports, virtual directories, SMTP."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from exmigrate.twin.powershell.machine import HttpAnswer, MachineError
from exmigrate.twin.world.accounts import Token

if TYPE_CHECKING:
    from exmigrate.twin.world.server import Server
    from exmigrate.twin.world.spec import ExternalHostSpec, PortSpec
    from exmigrate.twin.world.world import World

DIRECTORY_PORTS = {88, 389, 445, 3268, 53}
WINDOWS_PORTS = {135, 445, 139}
DNS_PORT = 53


def is_address(text: str) -> bool:
    """Whether a text is an IP address."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


class TextConnection:
    """A TCP connection to something that speaks lines: a greeting, then answers.

    Args:
        greeting: what is said on connecting.
        answer: gives the answer to one line, or None for silence; ends with ``221`` close the connection.
        certificate: DER shown when TLS begins.
    """

    def __init__(
        self,
        greeting: bytes,
        answer: Callable[[str], str] | None = None,
        certificate: bytes | None = None,
    ) -> None:
        self._out = bytearray(greeting)
        self._in = bytearray()
        self._answer = answer
        self._certificate = certificate
        self._closed = False

    def send(self, data: bytes) -> None:
        """Take what the client says; whole lines are answered."""
        if self._closed:
            raise MachineError(
                "refused", "An established connection was aborted by the software in your host machine", 10053
            )
        self._in += data
        while b"\n" in self._in and self._answer is not None:
            line, _, rest = bytes(self._in).partition(b"\n")
            self._in = bytearray(rest)
            reply = self._answer(line.decode(errors="replace").rstrip("\r"))
            if reply:
                self._out += reply.encode() + b"\r\n"
            if reply.startswith("221"):
                self._closed = True

    def receive(self, size: int, timeout: float) -> bytes:
        """What there is to read; the end of the stream when it was closed."""
        if self._out:
            data, self._out = bytes(self._out[:size]), self._out[size:]
            return data
        if self._closed:
            return b""
        raise MachineError(
            "timeout",
            "A connection attempt failed because the connected party did not properly respond after a period of time",
            10060,
        )

    def available(self) -> int:
        """Bytes that can be read at once."""
        return len(self._out)

    def close(self) -> None:
        """Hang up."""
        self._closed = True

    def start_tls(self, name: str) -> bytes:
        """Begin TLS and give the server's certificate."""
        if self._certificate is None:
            raise MachineError("invalid", "The handshake failed due to an unexpected packet format.", 0)
        return self._certificate


class ServerNetwork:
    """The network port of one process on one server."""

    def __init__(self, world: World, server: Server, token: Token) -> None:
        self._world = world
        self._server = server
        self._token = token
        self.host_name = server.name
        self.domain = server.domain.name if server.domain else server.spec.dns_suffix
        self.netbios_domain = server.netbios_domain if server.domain else ""

    def addresses(self) -> list[str]:
        """Addresses of this machine."""
        return list(self._server.addresses)

    @property
    def _view(self) -> str:
        return "external" if self._server.domain is None else "internal"

    def resolve(self, name: str) -> list[str]:
        """Addresses of a name."""
        if is_address(name):
            return [name]
        lowered = name.lower().rstrip(".")
        if lowered in ("localhost", ".", ""):
            return ["127.0.0.1"]
        candidates = [lowered] if "." in lowered else [f"{lowered}.{self.domain}".rstrip("."), lowered]
        for candidate in candidates:
            found = self._hosts_file(candidate) or self._world.dns.addresses(candidate, self._view)
            if found:
                return found
        raise MachineError("no-such-host", "No such host is known", 11001)

    def _hosts_file(self, name: str) -> list[str]:
        path = r"C:\Windows\System32\drivers\etc\hosts"
        if self._server.files.stat(path) is None:
            return []
        found = []
        for line in self._server.files.read(path).decode(errors="replace").splitlines():
            words = line.partition("#")[0].split()
            if len(words) > 1 and name in (word.lower() for word in words[1:]):
                found.append(words[0])
        return found

    def reverse(self, address: str) -> str:
        """Name of an address."""
        found = self._world.dns.reverse(address, self._view)
        if found is None:
            raise MachineError("no-such-host", "No such host is known", 11001)
        return found

    def query(self, name: str, record: str, server: str = "") -> list[dict[str, Any]]:
        """DNS records of a type, as this machine's own name server or another one (``server``) gives them."""
        found = self._world.dns.query(name, record, self._view_of(server))
        if not found:
            raise MachineError("no-such-host", f"{name} : DNS name does not exist", 9003)
        return found

    def _view_of(self, name_server: str) -> str:
        """What a name server shows: controllers the inside, known resolvers and hosts with port 53 the Internet.

        Raises:
            MachineError: nothing answers there.
        """
        world = self._world
        if not name_server:
            return self._view
        if name_server in world.dns.external_servers:
            return "external"
        machine = world.server(name_server) or world.server_at(name_server)
        if machine is not None and machine.is_controller and machine.up:
            return "internal"
        host = world.host_at(name_server)
        if host is not None and any(port.port == DNS_PORT for port in host.ports):
            return "external"
        raise MachineError("timeout", "DNS request timed out.", 1460)

    def ping(self, address: str, timeout: float) -> float | None:
        """Round trip in milliseconds, None without an answer."""
        for ip in self.resolve(address):
            server = self._world.server_at(ip)
            if server is not None:
                return 1.0 if server.up else None
            if self._world.host_at(ip) is not None:
                return 2.0
        return None

    def connect(self, host: str, port: int, timeout: float) -> TextConnection:
        """Open a TCP connection."""
        for address in self.resolve(host):
            if address.startswith("127."):
                return self._connect_server(self._server, port)
            server = self._world.server_at(address)
            if server is not None:
                return self._connect_server(server, port)
            outside = self._world.host_at(address)
            if outside is not None:
                return _connect_host(outside, port)
        self._world.clock.sleep(min(timeout, 21.0))
        raise MachineError(
            "timeout",
            f"A connection attempt failed because the connected party did not properly respond after a period of time, or established connection failed because connected host has failed to respond {host}:{port}",
            10060,
        )

    def _connect_server(self, server: Server, port: int) -> TextConnection:
        world = self._world
        client = self._server.addresses[0] if self._server.addresses else "127.0.0.1"
        if not server.up:
            raise _timed_out(server.fqdn, port)
        if server.is_controller and port in DIRECTORY_PORTS | WINDOWS_PORTS:
            return TextConnection(b"")
        if port in WINDOWS_PORTS or port in (listener.port for listener in server.spec.listeners):
            return TextConnection(b"")
        with world.access():
            certificate = world.hooks.certificate(world, server)
            if port in (80, 443) and server.services.is_running("W3SVC"):
                return TextConnection(b"", certificate=certificate if port == 443 else None)
            greeting = world.hooks.banner(world, server, port, client)
        if greeting is None:
            raise _refused(server.addresses[0] if server.addresses else server.name, port)
        talk: dict[str, str] = {"port": str(port)}

        def answer(line: str) -> str:
            with world.access():
                return world.hooks.smtp(world, server, client, line, talk)

        return TextConnection(greeting, answer, certificate)

    def http(self, method: str, url: str, headers: dict[str, str], body: bytes, timeout: float) -> HttpAnswer:
        """Make an HTTP request to a server's virtual directories.

        Raises:
            MachineError: nothing listens there.
        """
        parts = urlsplit(url)
        secure = parts.scheme.lower() == "https"
        port = parts.port or (443 if secure else 80)
        host = parts.hostname or ""
        for address in self.resolve(host):
            server = self._server if address.startswith("127.") else self._world.server_at(address)
            if server is None or not server.up:
                continue
            if not server.services.is_running("W3SVC"):
                raise _refused(address, port)
            with self._world.access():
                answer = self._world.hooks.http(
                    self._world, server, method, parts.path or "/", _lowered(headers), secure
                )
            return answer or HttpAnswer(404, "Not Found", {"Server": "Microsoft-IIS/7.5"})
        raise MachineError("unreachable", "Unable to connect to the remote server", 10061)


def _lowered(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def _refused(host: str, port: int) -> MachineError:
    return MachineError(
        "refused",
        f"No connection could be made because the target machine actively refused it {host}:{port}",
        10061,
    )


def _timed_out(host: str, port: int) -> MachineError:
    return MachineError(
        "timeout",
        "A connection attempt failed because the connected party did not properly respond after a period of "
        f"time, or established connection failed because connected host has failed to respond {host}:{port}",
        10060,
    )


def _connect_host(host: ExternalHostSpec, port: int) -> TextConnection:
    found: PortSpec | None = next((item for item in host.ports if item.port == port), None)
    if found is None:
        raise _refused(host.addresses[0] if host.addresses else host.name, port)
    banner = f"{found.banner}\r\n".encode() if found.banner else b""
    return TextConnection(banner, lambda line: "221 2.0.0 Bye" if line.upper() == "QUIT" else "250 2.0.0 OK")
