"""System.Net names and TCP: Dns, IPAddress, TcpClient, NetworkStream, SslStream, over the machine's network."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.machine import Connection, MachineError
from exmigrate.twin.powershell.scalars import TimeSpan
from exmigrate.twin.powershell.typeinfo import TYPES, NetType
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types import streams as stream_types
from exmigrate.twin.powershell.types import textreaders
from exmigrate.twin.powershell.types.records import Address, parse_address
from exmigrate.twin.powershell.types.streams import Stream
from exmigrate.twin.powershell.values import Byte, NetObject, Record, TypedArray, record_type

SOCKET_EXCEPTION = "System.Net.Sockets.SocketException"
IO_EXCEPTION = "System.IO.IOException"
DEFAULT_TIMEOUT_S = 21.0


def socket_fault(error: MachineError) -> NetFault:
    """A refusal of the network as sockets throw it."""
    return NetFault(SOCKET_EXCEPTION, error.message, ErrorCode=error.code, NativeErrorCode=error.code)


HOST_ENTRY = record_type(
    "System.Net.IPHostEntry",
    {"HostName": "System.String", "Aliases": "System.String[]", "AddressList": "System.Net.IPAddress[]"},
)
DNS = NetType("System.Net.Dns", d.OBJECT, is_abstract=True)


def _resolve(name: str, ctx: Any) -> list[str]:
    try:
        found: list[str] = ctx.machine.network.resolve(name)
    except MachineError as error:
        raise socket_fault(error) from error
    return found


@DNS.static_method("object GetHostAddresses(string hostNameOrAddress)", ctx=True)
def _addresses(name: str, ctx: Any) -> list[Address]:
    return [parse_address(text) for text in _resolve(name, ctx)]


@DNS.static_method(
    "object GetHostEntry(object hostNameOrAddress)", "object GetHostByName(string hostName)", "object Resolve(string hostName)", ctx=True
)  # fmt: skip
def _entry(name: Any, ctx: Any) -> Record:
    text = str(name)
    network = ctx.machine.network
    found = _resolve(text, ctx)
    host = text
    if text.replace(".", "").isdigit():
        try:
            host = network.reverse(text)
        except MachineError as error:
            raise socket_fault(error) from error
    elif "." not in text and network.domain:
        host = f"{text}.{network.domain}"
    return Record(
        HOST_ENTRY, {"HostName": host, "Aliases": [], "AddressList": [parse_address(ip) for ip in found]}
    )


DNS.static_method("object GetHostByAddress(object address)", ctx=True)(lambda ip, ctx: _entry(ip, ctx))
DNS.static_method("string GetHostName()", ctx=True)(lambda ctx: ctx.machine.name)


# TCP


class Client(NetObject):
    """A TcpClient."""

    __slots__ = ("connection", "machine", "net", "read_timeout", "write_timeout")

    def __init__(self, machine: Any) -> None:
        self.machine = machine
        self.connection: Connection | None = None
        self.net = CLIENT
        self.read_timeout = 0
        self.write_timeout = 0

    def connect(self, host: str, port: int, timeout: float = DEFAULT_TIMEOUT_S) -> None:
        """Open the connection."""
        try:
            self.connection = self.machine.network.connect(host, port, timeout)
        except MachineError as error:
            raise socket_fault(error) from error

    def opened(self) -> Connection:
        """The open connection."""
        if self.connection is None:
            raise NetFault(
                "System.InvalidOperationException", "The operation is not allowed on non-connected sockets."
            )
        return self.connection


class SocketStream(Stream):
    """A NetworkStream: reads what the other end said, and waits for more as long as its time-out lets it."""

    __slots__ = ("certificate", "client", "read_timeout", "write_timeout")

    def __init__(self, client: Client) -> None:
        super().__init__(SOCKET_STREAM)
        self.client = client
        self.read_timeout = client.read_timeout
        self.write_timeout = 0
        self.certificate: bytes | None = None

    def write(self, data: bytes) -> None:
        """Send bytes."""
        try:
            self.client.opened().send(data)
        except MachineError as error:
            raise NetFault(
                IO_EXCEPTION, f"Unable to write data to the transport connection: {error.message}."
            ) from error

    def read(self, count: int) -> bytes:
        """At most so many bytes; nothing at the end of the stream."""
        timeout = self.read_timeout / 1000 if self.read_timeout > 0 else DEFAULT_TIMEOUT_S
        try:
            return self.client.opened().receive(count, timeout)
        except MachineError as error:
            self.client.machine.clock.sleep(timeout)
            raise NetFault(
                IO_EXCEPTION, f"Unable to read data from the transport connection: {error.message}."
            ) from error


class LineReader(textreaders.Reader):
    """A StreamReader over a socket: takes from it what a line needs, not more."""

    __slots__ = ("buffer",)

    def __init__(self, stream: SocketStream) -> None:
        super().__init__(STREAM_READER, "", stream)
        self.buffer = b""

    def line(self) -> str | None:
        """The next line, None at the end of the stream."""
        while b"\n" not in self.buffer:
            more = self.source.read(4096)
            if not more:
                break
            self.buffer += more
        if not self.buffer:
            return None
        line, _, self.buffer = self.buffer.partition(b"\n")
        return line.decode("utf-8", "replace").rstrip("\r")


class Pending(NetObject):
    """An IAsyncResult of a connection that was tried already: what is left is to tell how it went."""

    __slots__ = ("fault", "net", "seconds")

    def __init__(self, fault: NetFault | None, seconds: float) -> None:
        self.fault = fault
        self.seconds = seconds
        self.net = ASYNC_RESULT


SOCKET_STREAM = NetType("System.Net.Sockets.NetworkStream", stream_types.STREAM)
SSL_STREAM = NetType("System.Net.Security.SslStream", stream_types.STREAM)
CLIENT = NetType("System.Net.Sockets.TcpClient", d.OBJECT)
ASYNC_RESULT = NetType(
    "System.Net.Sockets.Socket+MultipleAddressConnectAsyncResult",
    d.OBJECT,
    interfaces=("System.IAsyncResult",),
)
WAIT_HANDLE = NetType("System.Threading.ManualResetEvent", d.OBJECT)
STREAM_READER = NetType("System.IO.StreamReader", TYPES["system.io.streamreader"])


@CLIENT.constructor("new()", ctx=True)
def _new_client(ctx: Any) -> Client:
    return Client(ctx.machine)


@CLIENT.constructor("new(string hostname, int port)", ctx=True)
def _new_connected(host: str, port: int, ctx: Any) -> Client:
    made = Client(ctx.machine)
    made.connect(host, port)
    return made


@CLIENT.method("void Connect(object hostname, int port)")
def _connect(client: Client, host: Any, port: int) -> None:
    client.connect(str(host), port)


@CLIENT.method("object BeginConnect(object host, int port, object requestCallback, object state)")
def _begin(client: Client, host: Any, port: int, callback: Any, state: Any) -> Pending:
    try:
        client.connect(str(host), port, 0.0)
    except NetFault as fault:
        unanswered = fault.properties.get("ErrorCode") == 10060
        return Pending(fault, DEFAULT_TIMEOUT_S if unanswered else 0.0)
    return Pending(None, 0.0)


@CLIENT.method("void EndConnect(object asyncResult)", ctx=True)
def _end(client: Client, pending: Pending, ctx: Any) -> None:
    if pending.fault is not None:
        ctx.machine.clock.sleep(pending.seconds)
        raise pending.fault


def _timeout_property(name: str, python: str, kind: NetType) -> None:
    kind.prop(
        name,
        lambda value, ctx: getattr(value, python),
        lambda value, new, ctx: setattr(value, python, int(new)),
        "System.Int32",
    )


_timeout_property("ReceiveTimeout", "read_timeout", CLIENT)
_timeout_property("SendTimeout", "write_timeout", CLIENT)
for _kind in (SOCKET_STREAM, SSL_STREAM):
    _timeout_property("ReadTimeout", "read_timeout", _kind)
    _timeout_property("WriteTimeout", "write_timeout", _kind)
    _kind.prop("CanSeek", lambda s, ctx: False, None, "System.Boolean")
    _kind.method("void Flush()")(lambda s: None)
CLIENT.prop("Connected", lambda c, ctx: c.connection is not None, None, "System.Boolean")
CLIENT.prop("Available", lambda c, ctx: c.opened().available(), None, "System.Int32")
CLIENT.prop("NoDelay", lambda c, ctx: True, lambda c, value, ctx: None, "System.Boolean")


@CLIENT.method("object GetStream()")
def _stream(client: Client) -> SocketStream:
    client.opened()
    return SocketStream(client)


@CLIENT.method("void Close()", "void Dispose()")
def _close(client: Client) -> None:
    if client.connection is not None:
        client.connection.close()
        client.connection = None


SOCKET_STREAM.prop("DataAvailable", lambda s, ctx: s.client.opened().available() > 0, None, "System.Boolean")
ASYNC_RESULT.prop("AsyncWaitHandle", lambda pending, ctx: Record(WAIT_HANDLE, {"pending": pending}))
ASYNC_RESULT.prop("IsCompleted", lambda pending, ctx: pending.seconds == 0.0, None, "System.Boolean")


@WAIT_HANDLE.method(
    "bool WaitOne(int millisecondsTimeout)",
    "bool WaitOne(int millisecondsTimeout, bool exitContext)",
    ctx=True,
)
def _wait_one(handle: Record, milliseconds: int, leave: bool = False, ctx: Any = None) -> bool:
    pending: Pending = handle.values["pending"]
    allowed = milliseconds / 1000
    if pending.seconds > allowed >= 0:
        ctx.machine.clock.sleep(allowed)
        pending.seconds -= allowed
        return False
    ctx.machine.clock.sleep(pending.seconds)
    pending.seconds = 0.0
    return True


@WAIT_HANDLE.method("bool WaitOne(System.TimeSpan timeout, bool exitContext)", ctx=True)
def _wait_span(handle: Record, span: TimeSpan, leave: bool = False, ctx: Any = None) -> bool:
    return bool(_wait_one(handle, span.ticks // 10_000, leave, ctx=ctx))


WAIT_HANDLE.method("void Close()")(lambda handle: None)


@SSL_STREAM.constructor(
    "new(object innerStream)",
    "new(object innerStream, bool leaveInnerStreamOpen)",
    "new(object innerStream, bool leaveInnerStreamOpen, object userCertificateValidationCallback)",
)
def _new_ssl(inner: SocketStream, keep: bool = False, callback: Any = None) -> SocketStream:
    made = SocketStream(inner.client)
    made.net = SSL_STREAM
    return made


@SSL_STREAM.method("void AuthenticateAsClient(string targetHost)")
def _authenticate(stream: SocketStream, name: str) -> None:
    try:
        stream.certificate = stream.client.opened().start_tls(name)
    except MachineError as error:
        raise NetFault("System.Security.Authentication.AuthenticationException", error.message) from error


def _remote_certificate(stream: SocketStream, ctx: Any) -> Any:
    kind = TYPES.get("system.security.cryptography.x509certificates.x509certificate2")
    if stream.certificate is None or kind is None:
        return None
    from exmigrate.twin.powershell.types.construct import construct_raw

    return construct_raw(kind, [TypedArray(d.BYTE, [Byte(b) for b in stream.certificate])], ctx)


SSL_STREAM.prop("RemoteCertificate", _remote_certificate)
SSL_STREAM.prop("IsAuthenticated", lambda s, ctx: s.certificate is not None, None, "System.Boolean")


def _make_reader(kind: NetType, args: list[Any], ctx: Any) -> Any:
    if args and isinstance(args[0], SocketStream):
        return LineReader(args[0])
    from exmigrate.twin.powershell.types.construct import construct_raw

    return construct_raw(TYPES["system.io.streamreader"], args, ctx)


STREAM_READER.raw_constructor = _make_reader
STREAM_READER.method("string ReadLine()")(lambda reader: reader.line())


@STREAM_READER.method("string ReadToEnd()")
def _read_to_end(reader: LineReader) -> str:
    lines = []
    while (line := reader.line()) is not None:
        lines.append(line)
    return "\r\n".join(lines)


TYPES_OF_PACK = (
    HOST_ENTRY,
    DNS,
    CLIENT,
    SOCKET_STREAM,
    SSL_STREAM,
    ASYNC_RESULT,
    WAIT_HANDLE,
    STREAM_READER,
)
