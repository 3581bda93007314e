"""System.Net over HTTP: HttpWebRequest, HttpWebResponse, WebClient, over the machine's network."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.machine import HttpAnswer, MachineError
from exmigrate.twin.powershell.typeinfo import TYPES, NetType, Prop
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types import streams as stream_types
from exmigrate.twin.powershell.types.streams import Stream
from exmigrate.twin.powershell.values import MISSING, Byte, EnumValue, Int64, NetObject, TypedArray

WEB_EXCEPTION = "System.Net.WebException"
REQUEST = NetType("System.Net.HttpWebRequest", d.OBJECT)
WEB_REQUEST = NetType("System.Net.WebRequest", d.OBJECT, is_abstract=True)
RESPONSE = NetType("System.Net.HttpWebResponse", d.OBJECT)
HEADERS = NetType("System.Net.WebHeaderCollection", d.OBJECT)
CLIENT = NetType("System.Net.WebClient", d.OBJECT)
POINTS = NetType("System.Net.ServicePointManager", d.OBJECT, is_abstract=True)
STATUS = TYPES["system.net.httpstatuscode"]
CACHE = NetType("System.Net.CredentialCache", d.OBJECT)


class HeaderTable(c.DictionaryBase):
    """A WebHeaderCollection: names without case."""

    __slots__ = ("net",)

    def __init__(self, pairs: Any = ()) -> None:
        super().__init__(pairs, ignore_case=True)
        self.net = HEADERS

    def as_plain(self) -> dict[str, str]:
        """The headers as a plain mapping."""
        return {str(name): str(value) for name, value in self.items()}


class RequestObject(NetObject):
    """One HttpWebRequest and what a script set on it."""

    __slots__ = ("body", "fields", "headers", "machine", "net", "url")

    def __init__(self, machine: Any, url: str) -> None:
        self.machine = machine
        self.url = url
        self.net = REQUEST
        self.headers = HeaderTable()
        self.body: Stream | None = None
        self.fields: dict[str, Any] = {"method": "GET", "timeout": 100000, "allowautoredirect": True}

    def adapt_get(self, name: str, ctx: Any) -> Any:
        """A setting of the request."""
        return self.fields.get(name.lower(), MISSING)

    def adapt_set(self, name: str, new: Any, ctx: Any) -> bool:
        """Set one; what the request does not know is not settable."""
        if name.lower() not in SETTINGS:
            return False
        self.fields[name.lower()] = new
        return True

    def send(self) -> ResponseObject:
        """Make the request, redirects followed."""
        url, left = self.url, 50 if self.fields["allowautoredirect"] else 0
        while True:
            answer = self._once(url)
            target = {name.lower(): value for name, value in answer.headers.items()}.get("location")
            if answer.status in (301, 302, 303, 307) and target and left:
                url, left = urljoin(url, target), left - 1
                continue
            response = ResponseObject(answer, url)
            if answer.status >= 400:
                raise NetFault(
                    WEB_EXCEPTION,
                    f"The remote server returned an error: ({answer.status}) {answer.reason or _phrase(answer.status)}.",
                    Response=response, Status="ProtocolError",
                )  # fmt: skip
            return response

    def _once(self, url: str) -> HttpAnswer:
        headers = self.headers.as_plain()
        for name in ("UserAgent", "Accept", "ContentType"):
            if name.lower() in self.fields:
                headers[{"UserAgent": "User-Agent", "ContentType": "Content-Type"}.get(name, name)] = str(
                    self.fields[name.lower()]
                )
        if self.fields.get("usedefaultcredentials") or self.fields.get("credentials") is not None:
            headers["X-Twin-Account"] = self._account()
        body = bytes(self.body.data) if self.body is not None else b""
        try:
            answer: HttpAnswer = self.machine.network.http(
                str(self.fields["method"]), url, headers, body, float(self.fields["timeout"]) / 1000
            )
        except MachineError as error:
            raise _unreachable(error, url) from error
        return answer

    def _account(self) -> str:
        given = self.fields.get("credentials")
        name = getattr(given, "user_name", None) or getattr(
            getattr(given, "values", None), "get", lambda k: None
        )("UserName")
        return str(name or self.machine.token.name)


SETTINGS = frozenset(
    "method timeout allowautoredirect useragent accept contenttype contentlength credentials usedefaultcredentials "
    "preauthenticate keepalive proxy readwritetimeout protocolversion host cookiecontainer".split()
)


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


def _unreachable(error: MachineError, url: str) -> NetFault:
    if error.kind == "no-such-host":
        host = url.partition("//")[2].partition("/")[0].partition(":")[0]
        return NetFault(
            WEB_EXCEPTION, f"The remote name could not be resolved: '{host}'", Status="NameResolutionFailure"
        )
    if error.kind == "timeout":
        return NetFault(WEB_EXCEPTION, "The operation has timed out", Status="Timeout")
    return NetFault(WEB_EXCEPTION, "Unable to connect to the remote server", Status="ConnectFailure")


class ResponseObject(NetObject):
    """One HttpWebResponse."""

    __slots__ = ("answer", "net", "url")

    def __init__(self, answer: HttpAnswer, url: str) -> None:
        self.answer = answer
        self.url = url
        self.net = RESPONSE


HEADERS.indexer = lambda table, keys, ctx: table.get(str(keys[0]))
HEADERS.method("void Add(string name, string value)", "void Set(string name, string value)")(
    lambda table, name, value: table.__setitem__(name, value)
)
HEADERS.method("string Get(string name)")(lambda table, name: table.get(name))
HEADERS.method("string[] GetValues(string header)")(
    lambda table, name: [table.get(name)] if table.get(name) is not None else None
)
HEADERS.prop("AllKeys", lambda table, ctx: table.keys())
HEADERS.prop("Count", lambda table, ctx: len(table), None, "System.Int32")


@WEB_REQUEST.static_method("object Create(object requestUri)", ctx=True)
def _create(url: Any, ctx: Any) -> RequestObject:
    text = str(getattr(url, "text", url))
    if "://" not in text:
        raise NetFault(
            "System.UriFormatException", "Invalid URI: The format of the URI could not be determined."
        )
    return RequestObject(ctx.machine, text)


REQUEST.static_methods.update(WEB_REQUEST.static_methods)
REQUEST.prop("Headers", lambda r, ctx: r.headers)
REQUEST.prop("RequestUri", lambda r, ctx: r.url)
REQUEST.method("object GetResponse()")(lambda r: r.send())
REQUEST.method("void Abort()")(lambda r: None)


@REQUEST.method("object GetRequestStream()")
def _request_stream(request: RequestObject) -> Stream:
    request.body = Stream(stream_types.MEMORY)
    return request.body


RESPONSE.prop("StatusCode", lambda r, ctx: EnumValue(STATUS, r.answer.status), None, STATUS.name)
RESPONSE.prop(
    "StatusDescription", lambda r, ctx: r.answer.reason or _phrase(r.answer.status), None, "System.String"
)
RESPONSE.prop("Headers", lambda r, ctx: HeaderTable(r.answer.headers.items()))
RESPONSE.prop("ContentLength", lambda r, ctx: Int64(len(r.answer.body)), None, "System.Int64")
RESPONSE.prop("ResponseUri", lambda r, ctx: r.url)
RESPONSE.prop("Server", lambda r, ctx: HeaderTable(r.answer.headers.items()).get("Server"))
RESPONSE.method("object GetResponseStream()")(
    lambda r: Stream(stream_types.MEMORY, r.answer.body, can_write=False)
)
RESPONSE.method("string GetResponseHeader(string headerName)")(
    lambda r, name: HeaderTable(r.answer.headers.items()).get(name) or ""
)
RESPONSE.method("void Close()", "void Dispose()")(lambda r: None)


class WebClientObject(RequestObject):
    """One WebClient."""

    __slots__ = ()

    def __init__(self, machine: Any) -> None:
        super().__init__(machine, "")
        self.net = CLIENT

    def fetch(self, url: Any) -> bytes:
        """The body of an address."""
        self.url = str(getattr(url, "text", url))
        return self.send().answer.body


CLIENT.constructor("new()", ctx=True)(lambda ctx: WebClientObject(ctx.machine))
CLIENT.prop("Headers", lambda client, ctx: client.headers)
CLIENT.prop("Encoding", lambda client, ctx: None, lambda client, value, ctx: None)
CLIENT.method("string DownloadString(object address)")(
    lambda client, url: client.fetch(url).decode("utf-8", "replace")
)
CLIENT.method("byte[] DownloadData(object address)")(
    lambda client, url: TypedArray(d.BYTE, [Byte(item) for item in client.fetch(url)])
)
CLIENT.method("void DownloadFile(object address, string fileName)", ctx=True)(
    lambda client, url, path, ctx: client.machine.files.write(ctx.full_path(path), client.fetch(url))
)
CLIENT.method("void Dispose()")(lambda client: None)


def _session_setting(name: str, type_name: str = "System.Object") -> None:
    # settings of the whole process: kept with its session
    key = f"service-points:{name}"
    POINTS.static_props[name.lower()] = Prop(
        name, lambda ctx: ctx.items.get(key), lambda value, ctx: ctx.items.__setitem__(key, value), type_name
    )


for _name in (
    "ServerCertificateValidationCallback",
    "SecurityProtocol",
    "Expect100Continue",
    "DefaultConnectionLimit",
    "CertificatePolicy",
):
    _session_setting(_name)
CACHE.static("DefaultCredentials", lambda ctx: ctx.machine.token.name)
CACHE.static("DefaultNetworkCredentials", lambda ctx: ctx.machine.token.name)

TYPES_OF_PACK = (WEB_REQUEST, REQUEST, RESPONSE, HEADERS, CLIENT, POINTS, STATUS, CACHE)
