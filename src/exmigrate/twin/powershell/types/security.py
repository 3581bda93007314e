"""SecureString, credentials, Marshal, accounts and principals."""

from __future__ import annotations

import re
from typing import Any

from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.faults import NetFault, argument_null, bad_argument
from exmigrate.twin.powershell.typeinfo import BY_CLASS, TYPES, NetType, declare_type
from exmigrate.twin.powershell.types import declared as d

_T = "System.String"

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

TYPES["system.net.networkcredential"] = NETWORK_CREDENTIAL


@CREDENTIAL.method("System.Net.NetworkCredential GetNetworkCredential()")
def _network_credential(credential: s.Credential) -> v.Record:
    domain, _, user = credential.user_name.rpartition("\\")
    if not domain and "@" in user:
        user, _, domain = user.partition("@")
    made: v.Record = _make_network(user, credential.password.reveal(), domain)
    return made


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


BY_CLASS[Pointer] = d.INTPTR
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


BY_CLASS[Principal] = PRINCIPAL
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
