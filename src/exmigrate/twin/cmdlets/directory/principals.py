"""System.Security.Principal: accounts, SIDs and who the process is."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.typeinfo import NetType
from exmigrate.twin.powershell.types import declared
from exmigrate.twin.powershell.values import EnumValue, Record
from exmigrate.twin.world.sids import WELL_KNOWN, sid_of, token_groups

NAMESPACE = "System.Security.Principal"
NOT_MAPPED = "Some or all identity references could not be translated."
ROLES = {"Administrator": 544, "User": 545, "Guest": 546, "PowerUser": 547, "BackupOperator": 551}


def _kind(name: str) -> NetType:
    return NetType(f"{NAMESPACE}.{name}", declared.OBJECT)


IDENTITY_REFERENCE = _kind("IdentityReference")
NT_ACCOUNT = NetType(f"{NAMESPACE}.NTAccount", IDENTITY_REFERENCE)
SID = NetType(f"{NAMESPACE}.SecurityIdentifier", IDENTITY_REFERENCE)
IDENTITY = _kind("WindowsIdentity")
PRINCIPAL = _kind("WindowsPrincipal")
BUILTIN_ROLE = NetType(f"{NAMESPACE}.WindowsBuiltInRole", declared.ENUM, is_value_type=True, is_enum=True)
BUILTIN_ROLE.enum_names = dict(ROLES)


def _sid(text: str) -> Record:
    return Record(SID, {"Value": text})


def _account(text: str) -> Record:
    return Record(NT_ACCOUNT, {"Value": text})


def _value_of(record: Any, ctx: Any) -> str:
    return str(record.values["Value"])


for _type in (NT_ACCOUNT, SID):
    _type.prop("Value", _value_of, None, "System.String")
    _type.to_string = _value_of

NT_ACCOUNT.constructor("new(string name)")(_account)
NT_ACCOUNT.constructor("new(string domainName, string accountName)")(
    lambda domain, name: _account(f"{domain}\\{name}")
)


@SID.constructor("new(string sddlForm)")
def _new_sid(text: str) -> Record:
    if not text.upper().startswith("S-1-"):
        raise NetFault("System.ArgumentException", "Value was invalid. Parameter name: sddlForm")
    return _sid(text.upper())


@NT_ACCOUNT.method("object Translate(type targetType)", ctx=True)
def _to_sid(record: Record, target: Any, ctx: Any) -> Record:
    if target is NT_ACCOUNT or target.name == NT_ACCOUNT.name:
        return record
    machine = ctx.machine
    with machine.world.access():
        found = sid_of(machine.world, machine.server, str(record.values["Value"]))
    if found is None:
        raise NetFault(f"{NAMESPACE}.IdentityNotMappedException", NOT_MAPPED)
    return _sid(found)


@SID.method("object Translate(type targetType)", ctx=True)
def _to_account(record: Record, target: Any, ctx: Any) -> Record:
    if target is SID or target.name == SID.name:
        return record
    wanted = str(record.values["Value"])
    for name, text in WELL_KNOWN.items():
        if text == wanted:
            authority, _, account = name.rpartition("\\")
            return _account(f"{authority.upper()}\\{account.title()}" if authority else account.title())
    machine = ctx.machine
    with machine.world.access():
        for record_of in machine.world.accounts.domain_accounts():
            name = f"{record_of.domain}\\{record_of.name}"
            if sid_of(machine.world, machine.server, name) == wanted:
                return _account(name)
    raise NetFault(f"{NAMESPACE}.IdentityNotMappedException", NOT_MAPPED)


@IDENTITY.static_method("object GetCurrent()", ctx=True)
def _current(ctx: Any) -> Record:
    token = ctx.machine.token
    return Record(IDENTITY, {"Name": token.name, "IsSystem": token.is_system, "machine": ctx.machine})


IDENTITY.prop("Name", lambda record, ctx: record.values["Name"], None, "System.String")
IDENTITY.prop("IsSystem", lambda record, ctx: record.values["IsSystem"], None, "System.Boolean")
IDENTITY.prop("IsAuthenticated", lambda record, ctx: True, None, "System.Boolean")
IDENTITY.prop("AuthenticationType", lambda record, ctx: "Negotiate", None, "System.String")
IDENTITY.prop(
    "ImpersonationLevel",
    lambda record, ctx: "Delegation" if record.values["machine"].token.can_delegate else "Impersonation",
)


@IDENTITY.method("object get_User()", ctx=True)
def _user_method(record: Record, ctx: Any) -> Any:
    return _user(record, ctx)


def _user(record: Record, ctx: Any) -> Record:
    machine = record.values["machine"]
    return _sid(sid_of(machine.world, machine.server, machine.token.name) or "S-1-5-18")


def _groups(record: Record, ctx: Any) -> list[Record]:
    return [_sid(sid) for _, _, sid in token_groups(record.values["machine"])]


IDENTITY.prop("User", _user, None, SID.name)
IDENTITY.prop("Groups", _groups)
PRINCIPAL.constructor("new(object ntIdentity)")(lambda identity: Record(PRINCIPAL, {"Identity": identity}))
PRINCIPAL.prop("Identity", lambda record, ctx: record.values["Identity"])


@PRINCIPAL.method("bool IsInRole(object role)")
def _is_in_role(record: Record, role: Any) -> bool:
    machine = record.values["Identity"].values["machine"]
    if isinstance(role, EnumValue):
        wanted = f"S-1-5-32-{role.value}"
    elif isinstance(role, int):
        wanted = f"S-1-5-32-{role}"
    elif isinstance(role, Record):
        wanted = str(role.values["Value"])
    else:
        text = str(role).lower().replace("builtin\\", "")
        if text in ("administrator", "administrators"):
            return bool(machine.is_administrator)
        return any(
            str(role).lower() in (name.lower(), name.lower().rpartition("\\")[2])
            for name, _, _ in token_groups(machine)
        )
    return any(sid == wanted for _, _, sid in token_groups(machine))


TYPES_OF_PACK = (IDENTITY_REFERENCE, NT_ACCOUNT, SID, IDENTITY, PRINCIPAL, BUILTIN_ROLE)
