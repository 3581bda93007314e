"""Guid, Version, Uri, Environment, Console, Activator, SecureString, credentials, cultures and other System types."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.convert import CastFault, cast
from exmigrate.twin.powershell.faults import NetFault, argument_null, bad_argument, bad_format
from exmigrate.twin.powershell.typeinfo import NetType, declare_type
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.texts import format_guid

# Guid ------------------------------------------------------------------------------------------------------

GUID = d.GUID


def _guid(text: str) -> s.Guid:
    try:
        return cast(text, GUID, None)  # type: ignore[no-any-return]
    except CastFault as fault:
        raise bad_format(fault.reason) from None


GUID.static("Empty", lambda ctx: s.Guid("00000000-0000-0000-0000-000000000000"))
GUID.static_method("guid NewGuid()", ctx=True)(lambda ctx: s.Guid(ctx.machine.random.guid()))
GUID.static_method("guid Parse(string input)")(_guid)
GUID.constructor("new(string g)")(_guid)
GUID.constructor("new()")(lambda: s.Guid("00000000-0000-0000-0000-000000000000"))
GUID.constructor("new(byte[] b)")(lambda data: cast(data, GUID, None))
GUID.method("string ToString(string format)")(format_guid)
GUID.method("int CompareTo(guid value)")(lambda a, b: (a > b) - (a < b))
GUID.method("bool Equals(guid g)")(lambda a, b: a == b)


@GUID.method("byte[] ToByteArray()")
def _guid_bytes(value: s.Guid) -> Any:
    import uuid

    from exmigrate.twin.powershell.types.numbers import bytes_value

    return bytes_value(uuid.UUID(value.text).bytes_le)


@GUID.static_method("bool TryParse(string input, ref result)")
def _try_guid(text: str, result: Any) -> bool:
    try:
        result.assign(_guid(text))
    except NetFault:
        result.assign(s.Guid("00000000-0000-0000-0000-000000000000"))
        return False
    return True


# Version ---------------------------------------------------------------------------------------------------

VERSION = d.VERSION
for _index, _name in enumerate(("Major", "Minor", "Build", "Revision")):
    VERSION.prop(_name, lambda value, ctx, i=_index: value.parts[i], type_name="System.Int32")
for _name in ("MajorRevision", "MinorRevision"):
    VERSION.prop(_name, lambda value, ctx: v.Int16(-1), type_name="System.Int16")


def _version(text: str) -> s.Version:
    if text is None:
        raise argument_null("version")
    try:
        return cast(text, VERSION, None)  # type: ignore[no-any-return]
    except CastFault as fault:
        raise NetFault(fault.kind, fault.reason) from None


VERSION.constructor("new(string version)")(_version)
VERSION.constructor("new()")(lambda: s.Version(0, 0))
VERSION.constructor(
    "new(int major, int minor)",
    "new(int major, int minor, int build)",
    "new(int major, int minor, int build, int revision)",
)(s.Version)
VERSION.static_method("version Parse(string input)")(_version)
VERSION.method("int CompareTo(version value)")(lambda a, b: 1 if b is None else (a > b) - (a < b))
VERSION.method("bool Equals(version obj)")(lambda a, b: a == b)


@VERSION.method("string ToString(int fieldCount)")
def _version_text(value: s.Version, count: int) -> str:
    parts = [part for part in value.parts if part >= 0]
    if count > len(parts):
        raise bad_argument(f"Argument must be between 0 and {len(parts)}.", "fieldCount")
    return ".".join(map(str, parts[:count]))


@VERSION.static_method("bool TryParse(string input, ref result)")
def _try_version(text: str, result: Any) -> bool:
    try:
        result.assign(_version(text))
    except NetFault:
        result.assign(None)
        return False
    return True


SWITCH = d.SWITCH
SWITCH.prop("IsPresent", lambda switch, ctx: switch.present, type_name="System.Boolean")
SWITCH.method("bool ToBool()")(lambda switch: switch.present)
SWITCH.static("Present", lambda ctx: s.Switch(True))
SWITCH.constructor("new(bool isPresent)")(s.Switch)


def _assign_reference(reference: v.Reference, value: Any, ctx: Any) -> None:
    reference.assign(value)


d.REFERENCE.prop("Value", lambda reference, ctx: reference.read(), _assign_reference)

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
    path = unquote(parts.path or "/")
    if parts.scheme != "file":
        return path
    if parts.netloc:
        return "\\\\" + parts.netloc + path.replace("/", "\\")
    return path.lstrip("/").replace("/", "\\") if re.match(r"^/[A-Za-z]:", path) else path


def _authority(uri: UriObject) -> str:
    parts = _need_absolute(uri)
    port = f":{parts.port}" if parts.port is not None and parts.port != _PORTS.get(parts.scheme) else ""
    return f"{(parts.hostname or '').lower()}{port}"


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


# Activator, GC, DBNull -------------------------------------------------------------------------------------------

ACTIVATOR = declare_type("System.Activator", is_abstract=True)


@ACTIVATOR.static_method(
    "object CreateInstance(type type)", "object CreateInstance(type type, params object[] args)", ctx=True
)
def _create(kind: NetType, args: Any = None, ctx: Any = None) -> Any:
    from exmigrate.twin.powershell.types.construct import construct_raw

    return construct_raw(kind, list(args or []), ctx)


COLLECTOR = declare_type("System.GC", is_abstract=True)
COLLECTOR.static_method("void Collect()", "void WaitForPendingFinalizers()")(lambda: None)
COLLECTOR.static_method("long GetTotalMemory(bool forceFullCollection)")(lambda full: v.Int64(50_000_000))


class Nothing(v.NetObject):
    """System.DBNull."""

    __slots__ = ()


NOTHING = Nothing()
d.DBNULL.python_class = Nothing
d.BY_CLASS[Nothing] = d.DBNULL
d.DBNULL.static("Value", lambda ctx: NOTHING)
d.DBNULL.to_string = lambda value, ctx: ""

# Cultures ----------------------------------------------------------------------------------------------------------


class Culture(v.NetObject):
    """System.Globalization.CultureInfo."""

    __slots__ = ("name",)

    def __init__(self, name: str):
        self.name = name


CULTURE = declare_type("System.Globalization.CultureInfo", python=Culture)
_CULTURES = {
    "": (127, "Invariant Language (Invariant Country)", "ivl", "IVL"),
    "en-US": (1033, "English (United States)", "eng", "ENU"),
    "en-GB": (2057, "English (United Kingdom)", "eng", "ENG"),
    "de-DE": (1031, "German (Germany)", "deu", "DEU"),
    "de-CH": (2055, "German (Switzerland)", "deu", "DES"),
    "fr-FR": (1036, "French (France)", "fra", "FRA"),
    "fr-CH": (4108, "French (Switzerland)", "fra", "FRS"),
    "it-IT": (1040, "Italian (Italy)", "ita", "ITA"),
}


def _culture(index: int) -> Any:
    return lambda c, ctx: _CULTURES.get(c.name, (4096, c.name, c.name[:2], "ZZZ"))[index]


CULTURE.prop("LCID", _culture(0), type_name="System.Int32")
CULTURE.prop("Name", lambda c, ctx: c.name, type_name=_T)
CULTURE.prop("DisplayName", _culture(1), type_name=_T)
CULTURE.prop("IetfLanguageTag", lambda c, ctx: c.name, type_name=_T)
CULTURE.prop("ThreeLetterISOLanguageName", _culture(2), type_name=_T)
CULTURE.prop("ThreeLetterWindowsLanguageName", _culture(3), type_name=_T)
CULTURE.prop("TwoLetterISOLanguageName", lambda c, ctx: c.name[:2] or "iv", type_name=_T)
CULTURE.to_string = lambda c, ctx: c.name
CULTURE.static("InvariantCulture", lambda ctx: Culture(""))
for _name in ("CurrentCulture", "CurrentUICulture", "InstalledUICulture"):
    CULTURE.static(_name, lambda ctx: Culture(getattr(ctx.machine, "culture", "") or "en-US"))
CULTURE.static_method(
    "System.Globalization.CultureInfo GetCultureInfo(string name)",
    "System.Globalization.CultureInfo CreateSpecificCulture(string name)",
)(Culture)
CULTURE.constructor("new(string name)")(Culture)


class TextInfo(v.NetObject):
    """System.Globalization.TextInfo."""

    __slots__ = ()


TEXT_INFO = declare_type("System.Globalization.TextInfo", python=TextInfo)
TEXT_INFO.method("string ToTitleCase(string str)")(
    lambda info, text: re.sub(
        r"[A-Za-zÀ-ÿ']+", lambda m: m.group() if m.group().isupper() else m.group().capitalize(), text
    )
)
TEXT_INFO.method("string ToUpper(string str)")(lambda info, text: text.upper())
TEXT_INFO.method("string ToLower(string str)")(lambda info, text: text.lower())
TEXT_INFO.prop("ListSeparator", lambda info, ctx: ",", type_name=_T)
CULTURE.prop("TextInfo", lambda c, ctx: TextInfo())

# Secrets -------------------------------------------------------------------------------------------------------------

SECURE = d.SECURE_STRING
SECURE.prop("Length", lambda secret, ctx: len(secret), type_name="System.Int32")
SECURE.constructor("new()")(lambda: s.SecureString())
SECURE.method("void AppendChar(char c)")(lambda secret, letter: secret.append(letter))
SECURE.method("void MakeReadOnly()", "void Dispose()", "void Clear()")(lambda secret: None)
SECURE.method("System.Security.SecureString Copy()")(lambda secret: s.SecureString(secret.reveal()))

CREDENTIAL = d.PSCREDENTIAL
CREDENTIAL.prop("UserName", lambda c, ctx: c.user_name, type_name=_T)
CREDENTIAL.prop("Password", lambda c, ctx: c.password, type_name="System.Security.SecureString")
CREDENTIAL.display = ("UserName", "Password")


@CREDENTIAL.constructor("new(string userName, System.Security.SecureString password)")
def _new_credential(user: str, password: s.SecureString) -> s.Credential:
    if not user:
        raise bad_argument(
            'Cannot process argument because the value of argument "userName" is not valid.', "userName"
        )
    if password is None:
        raise argument_null("password")
    return s.Credential(user, password)


NETWORK_CREDENTIAL = v.record_type(
    "System.Net.NetworkCredential",
    {"UserName": _T, "Password": _T, "SecurePassword": "System.Security.SecureString", "Domain": _T},
    settable=True,
)
from exmigrate.twin.powershell.typeinfo import TYPES  # noqa: E402

TYPES["system.net.networkcredential"] = NETWORK_CREDENTIAL


@CREDENTIAL.method("System.Net.NetworkCredential GetNetworkCredential()")
def _network_credential(credential: s.Credential) -> v.Record:
    domain, _, user = credential.user_name.rpartition("\\")
    if not domain and "@" in user:
        user, _, domain = user.partition("@")
    return _make_network(user, credential.password.reveal(), domain)


@NETWORK_CREDENTIAL.constructor(
    "new()", "new(string userName, string password)", "new(string userName, string password, string domain)"
)
def _make_network(user: str = "", password: str = "", domain: str = "") -> v.Record:
    return v.Record(
        NETWORK_CREDENTIAL,
        {
            "UserName": user,
            "Password": password,
            "SecurePassword": s.SecureString(password),
            "Domain": domain,
        },
    )


class Pointer(v.IntPtr):
    """Memory that SecureStringToBSTR gave out; it holds the text until it is freed."""

    text: str


d.BY_CLASS[Pointer] = d.INTPTR
MARSHAL = declare_type("System.Runtime.InteropServices.Marshal", is_abstract=True)


@MARSHAL.static_method(
    "System.IntPtr SecureStringToBSTR(System.Security.SecureString s)",
    "System.IntPtr SecureStringToGlobalAllocUnicode(System.Security.SecureString s)",
    "System.IntPtr SecureStringToCoTaskMemUnicode(System.Security.SecureString s)",
)
def _to_bstr(secret: s.SecureString) -> Pointer:
    made = Pointer(4096 + len(secret))
    made.text = secret.reveal()
    return made


@MARSHAL.static_method(
    "string PtrToStringBSTR(object ptr)",
    "string PtrToStringAuto(object ptr)",
    "string PtrToStringUni(object ptr)",
)
def _from_bstr(pointer: Any) -> str:
    return getattr(pointer, "text", "")


@MARSHAL.static_method(
    "void ZeroFreeBSTR(object s)",
    "void ZeroFreeGlobalAllocUnicode(object s)",
    "void FreeBSTR(object ptr)",
    "void ZeroFreeCoTaskMemUnicode(object s)",
)
def _free(pointer: Any) -> None:
    if isinstance(pointer, Pointer):
        pointer.text = ""


MARSHAL.static_method("int ReleaseComObject(object o)", "int FinalReleaseComObject(object o)")(
    lambda value: 0
)
MARSHAL.static_method("int GetLastWin32Error()")(lambda: 0)


def expand_variables(text: str, environment: Any) -> str:
    """``%NAME%`` replaced by environment variables; unknown ones stay."""
    return re.sub(r"%([^%]+)%", lambda m: environment.get(m.group(1)) or m.group(0), text)


# Principals ------------------------------------------------------------------------------------------------------


class Sid(v.NetObject):
    """System.Security.Principal.SecurityIdentifier."""

    __slots__ = ("text",)

    def __init__(self, text: str):
        if not re.fullmatch(r"S-1-\d+(-\d+)*", text or ""):
            raise bad_argument("Value was invalid.", "sddlForm")
        self.text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sid) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)


class Account(v.NetObject):
    """System.Security.Principal.NTAccount."""

    __slots__ = ("text",)

    def __init__(self, name: str, account: str = ""):
        self.text = f"{name}\\{account}" if account else name


class Identity(v.NetObject):
    """System.Security.Principal.WindowsIdentity of the machine's user."""

    __slots__ = ("machine",)

    def __init__(self, machine: Any):
        self.machine = machine


SID = declare_type("System.Security.Principal.SecurityIdentifier", python=Sid)
ACCOUNT = declare_type("System.Security.Principal.NTAccount", python=Account)
IDENTITY = declare_type("System.Security.Principal.WindowsIdentity", python=Identity)
PRINCIPAL = declare_type("System.Security.Principal.WindowsPrincipal")


class Principal(v.NetObject):
    """System.Security.Principal.WindowsPrincipal."""

    __slots__ = ("identity",)

    def __init__(self, identity: Identity):
        self.identity = identity


d.BY_CLASS[Principal] = PRINCIPAL
SID.prop("Value", lambda sid, ctx: sid.text, type_name=_T)
SID.prop("BinaryLength", lambda sid, ctx: 8 + 4 * (sid.text.count("-") - 2), type_name="System.Int32")
SID.prop(
    "AccountDomainSid",
    lambda sid, ctx: Sid(sid.text.rpartition("-")[0]) if sid.text.startswith("S-1-5-21-") else None,
)
SID.to_string = lambda sid, ctx: sid.text
ACCOUNT.prop("Value", lambda account, ctx: account.text, type_name=_T)
ACCOUNT.to_string = lambda account, ctx: account.text
ACCOUNT.constructor("new(string name)", "new(string domainName, string accountName)")(Account)


@SID.constructor("new(string sddlForm)")
def _new_sid(text: str) -> Sid:
    return Sid(text)


@SID.constructor("new(byte[] binaryForm, int offset)")
def _sid_of_bytes(data: Any, offset: int) -> Sid:
    raw = bytes(data[offset:])
    count = raw[1]
    parts = [int.from_bytes(raw[8 + 4 * i : 12 + 4 * i], "little") for i in range(count)]
    return Sid("-".join(["S", str(raw[0]), str(int.from_bytes(raw[2:8], "big")), *map(str, parts)]))


def _translate(value: Any, kind: NetType, ctx: Any) -> Any:
    if (kind is SID and isinstance(value, Sid)) or (kind is ACCOUNT and isinstance(value, Account)):
        return value
    translator = getattr(ctx.machine, "translate_account", None)
    found = translator(value.text) if translator is not None else None
    if found is None:
        raise NetFault(
            "System.Security.Principal.IdentityNotMappedException",
            "Some or all identity references could not be translated.",
        )
    return Sid(found) if kind is SID else Account(found)


for _kind in (SID, ACCOUNT):
    _kind.method("object Translate(type targetType)", ctx=True)(_translate)
IDENTITY.static_method("System.Security.Principal.WindowsIdentity GetCurrent()", ctx=True)(
    lambda ctx: Identity(ctx.machine)
)
IDENTITY.prop("Name", lambda i, ctx: i.machine.user, type_name=_T)
IDENTITY.prop(
    "IsSystem", lambda i, ctx: i.machine.user.lower().endswith("\\system"), type_name="System.Boolean"
)
IDENTITY.prop("User", lambda i, ctx: _translate(Account(i.machine.user), SID, ctx))
IDENTITY.prop("AuthenticationType", lambda i, ctx: "Kerberos", type_name=_T)
PRINCIPAL.prop("Identity", lambda p, ctx: p.identity)
PRINCIPAL.constructor("new(System.Security.Principal.WindowsIdentity ntIdentity)")(Principal)
PRINCIPAL.method(
    "bool IsInRole(System.Security.Principal.WindowsBuiltInRole role)", "bool IsInRole(string role)", ctx=True
)(
    lambda p, role, ctx: (
        bool(ctx.machine.is_administrator)
        if str(role).lower().endswith(("administrator", "administrators"))
        else True
    )
)
