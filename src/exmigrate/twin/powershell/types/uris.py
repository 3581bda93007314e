"""System.Uri and System.UriBuilder."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.convert import CastFault
from exmigrate.twin.powershell.faults import NetFault, argument_null
from exmigrate.twin.powershell.typeinfo import (
    declare_type,
)
from exmigrate.twin.powershell.types import declared as d

# Uri ---------------------------------------------------------------------------------------------------------


class UriObject(v.NetObject):
    """System.Uri: the text as given, split when it is absolute."""

    __slots__ = ("absolute", "parts", "text")

    def __init__(self, text: str, kind: int = 1):
        if text is None:
            raise argument_null("uriString")
        self.text = text
        found = re.match(r"^([A-Za-z][A-Za-z0-9+.-]*):(.*)$", text.strip(), re.DOTALL)
        unc = re.match(r"^(\\\\[^\\]+|[A-Za-z]:\\)", text)
        self.absolute = bool(found) and not unc and not (found and len(found.group(1)) == 1)
        source = text.strip()
        if unc:
            self.absolute = True
            source = "file:" + ("///" if text[1] == ":" else "") + text.replace("\\", "/")
        if not self.absolute and kind == 1:
            raise NetFault(
                "System.UriFormatException", "Invalid URI: The format of the URI could not be determined."
            )
        if (
            self.absolute
            and source.startswith(("http:", "https:", "ftp:"))
            and not re.match(r"^\w+://[^/?#]", source)
        ):
            raise NetFault("System.UriFormatException", "Invalid URI: The hostname could not be parsed.")
        self.parts = urlsplit(source if self.absolute else "")
        try:
            _ = self.parts.port
        except ValueError:
            raise NetFault("System.UriFormatException", "Invalid URI: Invalid port specified.") from None

    def __eq__(self, other: object) -> bool:
        return isinstance(other, UriObject) and other.full() == self.full()

    def __hash__(self) -> int:
        return hash(self.full())

    def full(self) -> str:
        """AbsoluteUri."""
        if not self.absolute:
            return self.text
        parts = self.parts
        if not parts.netloc and parts.scheme != "file":
            return f"{parts.scheme}:{parts.path}{'?' + parts.query if parts.query else ''}"
        host = (parts.hostname or "").lower()
        host = f"[{host}]" if ":" in host else host
        port = f":{parts.port}" if parts.port is not None and parts.port != _PORTS.get(parts.scheme) else ""
        user = f"{parts.username}@" if parts.username else ""
        query = f"?{quote(parts.query, safe=_SAFE)}" if parts.query else ""
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        return f"{parts.scheme.lower()}://{user}{host}{port}{quote(parts.path or '/', safe=_SAFE)}{query}{fragment}"


_SAFE = "/%:=&?~#+!$,;'@()*[]-._"
_PORTS = {"http": 80, "https": 443, "ftp": 21, "ldap": 389, "smtp": 25}
URI = declare_type("System.Uri", python=UriObject)


def _need_absolute(uri: UriObject) -> Any:
    if not uri.absolute:
        raise NetFault(
            "System.InvalidOperationException", "This operation is not supported for a relative URI."
        )
    return uri.parts


def _segments(uri: UriObject, ctx: Any) -> Any:
    path = _need_absolute(uri).path or "/"
    return v.TypedArray(d.STRING, re.findall(r"[^/]*/|[^/]+", path))


_T = "System.String"
URI.prop("AbsoluteUri", lambda u, ctx: (_need_absolute(u), u.full())[1], type_name=_T)
URI.prop("Host", lambda u, ctx: (_need_absolute(u).hostname or "").lower(), type_name=_T)
URI.prop("DnsSafeHost", lambda u, ctx: (_need_absolute(u).hostname or "").lower(), type_name=_T)
URI.prop("Scheme", lambda u, ctx: _need_absolute(u).scheme, type_name=_T)
URI.prop(
    "Port", lambda u, ctx: _need_absolute(u).port or _PORTS.get(u.parts.scheme, -1), type_name="System.Int32"
)
URI.prop("AbsolutePath", lambda u, ctx: quote(_need_absolute(u).path or "/", safe=_SAFE), type_name=_T)
URI.prop("LocalPath", lambda u, ctx: _local_path(u), type_name=_T)
URI.prop("Query", lambda u, ctx: f"?{_need_absolute(u).query}" if u.parts.query else "", type_name=_T)
URI.prop(
    "PathAndQuery",
    lambda u, ctx: (_need_absolute(u).path or "/") + (f"?{u.parts.query}" if u.parts.query else ""),
    type_name=_T,
)
URI.prop(
    "Fragment", lambda u, ctx: f"#{_need_absolute(u).fragment}" if u.parts.fragment else "", type_name=_T
)
URI.prop("Authority", lambda u, ctx: _authority(u), type_name=_T)
URI.prop("UserInfo", lambda u, ctx: _need_absolute(u).username or "", type_name=_T)
URI.prop("Segments", _segments)
URI.prop("OriginalString", lambda u, ctx: u.text, type_name=_T)
URI.prop("IsAbsoluteUri", lambda u, ctx: u.absolute, type_name="System.Boolean")
URI.prop(
    "IsDefaultPort",
    lambda u, ctx: _need_absolute(u).port in (None, _PORTS.get(u.parts.scheme)),
    type_name="System.Boolean",
)
URI.prop("IsFile", lambda u, ctx: _need_absolute(u).scheme == "file", type_name="System.Boolean")
URI.prop("IsUnc", lambda u, ctx: u.text.startswith("\\\\"), type_name="System.Boolean")
URI.to_string = lambda u, ctx: u.full() if u.absolute else u.text


def _local_path(uri: UriObject) -> str:
    parts = _need_absolute(uri)
    path: str = unquote(parts.path or "/")
    if parts.scheme != "file":
        return path
    if parts.netloc:
        share: str = "\\\\" + parts.netloc + path.replace("/", "\\")
        return share
    return path.lstrip("/").replace("/", "\\") if re.match(r"^/[A-Za-z]:", path) else path


def _authority(uri: UriObject) -> str:
    parts = _need_absolute(uri)
    port = f":{parts.port}" if parts.port is not None and parts.port != _PORTS.get(parts.scheme) else ""
    host: str = (parts.hostname or "").lower()
    return host + port


@URI.constructor("new(string uriString)", "new(string uriString, System.UriKind uriKind)")
def _new_uri(text: str, kind: Any = None) -> UriObject:
    return UriObject(text, 1 if kind is None else kind.value)


@URI.constructor("new(uri baseUri, string relativeUri)")
def _join_uri(base: UriObject, relative: str) -> UriObject:
    from urllib.parse import urljoin

    return UriObject(urljoin(base.full(), relative))


def _cast_uri(value: Any, ctx: Any) -> Any:
    if value is None or isinstance(value, UriObject):
        return value
    if isinstance(value, str):
        return UriObject(value, 0)
    raise CastFault()


URI.convert = _cast_uri


@URI.static_method("bool TryCreate(string uriString, System.UriKind uriKind, ref result)")
def _try_uri(text: str, kind: Any, result: Any) -> bool:
    try:
        result.assign(UriObject(text, kind.value))
    except NetFault:
        result.assign(None)
        return False
    return True


URI.static_method("string EscapeDataString(string stringToEscape)")(lambda text: quote(text, safe="-._~"))
URI.static_method("string EscapeUriString(string stringToEscape)")(
    lambda text: quote(text, safe=_SAFE.replace("%", ""))
)
URI.static_method("string UnescapeDataString(string stringToUnescape)")(unquote)
URI.static_method("bool IsWellFormedUriString(string uriString, System.UriKind uriKind)")(
    lambda text, kind: bool(re.match(r"^[A-Za-z][\w+.-]*://[^\s]+$", text or ""))
)


class UriBuilder(v.NetObject):
    """System.UriBuilder."""

    __slots__ = ("fields",)

    def __init__(
        self, scheme: str = "http", host: str = "localhost", port: int = -1, path: str = "/", query: str = ""
    ):
        self.fields = {
            "Scheme": scheme,
            "Host": host,
            "Port": port,
            "Path": path,
            "Query": query,
            "Fragment": "",
            "UserName": "",
            "Password": "",
        }


BUILDER = declare_type("System.UriBuilder", python=UriBuilder)


def _build(builder: UriBuilder) -> str:
    fields = builder.fields
    port = fields["Port"]
    path = str(fields["Path"])
    text = f"{fields['Scheme']}://{fields['Host']}"
    text += f":{port}" if isinstance(port, int) and port > 0 else ""
    text += path if path.startswith("/") else "/" + path
    query = str(fields["Query"])
    return text + (("" if query.startswith("?") else "?") + query if query else "")


def _set_field(name: str) -> Any:
    def assign(builder: UriBuilder, value: Any, ctx: Any) -> None:
        builder.fields[name] = value

    return assign


for _name in ("Scheme", "Host", "Port", "Path", "Query", "Fragment", "UserName", "Password"):
    BUILDER.prop(
        _name, lambda b, ctx, key=_name: b.fields[key], _set_field(_name),
        "System.Int32" if _name == "Port" else _T,
    )  # fmt: skip
BUILDER.prop("Uri", lambda b, ctx: UriObject(_build(b)), type_name="System.Uri")
BUILDER.to_string = lambda b, ctx: _build(b)
BUILDER.constructor("new()")(lambda: UriBuilder())
BUILDER.constructor(
    "new(string schemeName, string hostName)",
    "new(string scheme, string host, int portNumber)",
    "new(string scheme, string host, int port, string pathValue)",
)(UriBuilder)


@BUILDER.constructor("new(string uri)", "new(uri uri)")
def _builder_of(uri: Any) -> UriBuilder:
    made = uri if isinstance(uri, UriObject) else UriObject(uri if "://" in uri else "http://" + uri)
    parts = made.parts
    return UriBuilder(
        parts.scheme,
        parts.hostname or "",
        parts.port or _PORTS.get(parts.scheme, -1),
        parts.path or "/",
        parts.query,
    )
