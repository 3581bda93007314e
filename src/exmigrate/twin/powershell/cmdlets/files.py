"""Get-FileHash, Get-Acl and Set-Acl."""

from __future__ import annotations

import hashlib
from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.cmdlets.items import LITERAL, PATH, places, report
from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter, Validation
from exmigrate.twin.powershell.providers.base import Place
from exmigrate.twin.powershell.types.texts import to_text

FILE_HASH = v.record_type(
    "Microsoft.Powershell.Utility.FileHash",
    {"Algorithm": "System.String", "Hash": "System.String", "Path": "System.String"},
    display=("Algorithm", "Hash", "Path"),
)
_ALGORITHMS = ("SHA1", "SHA256", "SHA384", "SHA512", "MD5")


def _hash(call: Call) -> None:
    algorithm = to_text(call.bound.get("Algorithm") or "SHA256").upper()
    stream = call.bound.get("InputStream")
    if stream is not None:
        call.write(_result(algorithm, bytes(stream.data[stream.position :]), ""))
        return
    for _, place in places(call):
        if place.provider.is_container(call.session, place.path):
            continue
        try:
            data = place.provider.read(call.session, place.path)
        except PSError as fault:
            report(call, fault)
            continue
        call.write(_result(algorithm, data, place.path))


def _result(algorithm: str, data: bytes, path: str) -> v.Record:
    digest = hashlib.new(algorithm.lower(), data, usedforsecurity=False).hexdigest().upper()
    return v.Record(FILE_HASH, {"Algorithm": algorithm, "Hash": digest, "Path": path})


# Access control -------------------------------------------------------------------------------------------

_SECURITY = "System.Security.AccessControl."
RULE = v.record_type(
    _SECURITY + "FileSystemAccessRule",
    {
        "FileSystemRights": _SECURITY + "FileSystemRights",
        "AccessControlType": _SECURITY + "AccessControlType",
        "IdentityReference": "System.Security.Principal.IdentityReference",
        "IsInherited": "System.Boolean",
        "InheritanceFlags": _SECURITY + "InheritanceFlags",
        "PropagationFlags": _SECURITY + "PropagationFlags",
    },
)
SECURITY = v.record_type(
    _SECURITY + "FileSecurity",
    {
        "Path": "System.String",
        "Owner": "System.String",
        "Group": "System.String",
        "Access": "System.Object",
        "Sddl": "System.String",
    },
    display=("Path", "Owner", "Access"),
)
_DEFAULT = (
    ("NT AUTHORITY\\SYSTEM", "FullControl"),
    ("BUILTIN\\Administrators", "FullControl"),
    ("BUILTIN\\Users", "ReadAndExecute, Synchronize"),
)


def _rule(account: str, rights: str, kind: str = "Allow", inherited: bool = True) -> v.Record:
    from exmigrate.twin.powershell.types.enums import enum_value
    from exmigrate.twin.powershell.types.security import Account

    values: dict[str, Any] = {
        "FileSystemRights": enum_value(_SECURITY + "FileSystemRights", rights),
        "AccessControlType": enum_value(_SECURITY + "AccessControlType", kind),
        "IdentityReference": Account(account),
        "IsInherited": inherited,
        "InheritanceFlags": enum_value(_SECURITY + "InheritanceFlags", "None"),
        "PropagationFlags": enum_value(_SECURITY + "PropagationFlags", "None"),
    }
    return v.Record(RULE, values)


@RULE.constructor(
    f"new(string identity, {_SECURITY}FileSystemRights fileSystemRights, {_SECURITY}AccessControlType type)",
)
def _new_rule(identity: str, rights: Any, kind: Any) -> v.Record:
    return _rule(identity, str(rights), str(kind), False)


def _acls(call: Call) -> dict[str, v.Record]:
    """Lists that scripts set, by path: kept with the session's machine."""
    kept: dict[str, v.Record] = call.session.items.setdefault("acls", {})
    return kept


def _of(call: Call, place: Place) -> v.Record:
    found = _acls(call).get(place.path.lower())
    rules = list(found.values["Access"]) if found is not None else [_rule(*one) for one in _DEFAULT]
    owner = found.values["Owner"] if found is not None else "BUILTIN\\Administrators"
    values = {
        "Path": place.provider.full_name(place.path),
        "Owner": owner,
        "Group": owner,
        "Access": rules,
        "Sddl": "",
    }
    return v.Record(SECURITY, values)


@SECURITY.method(
    f"void AddAccessRule({_SECURITY}FileSystemAccessRule rule)",
    f"void SetAccessRule({_SECURITY}FileSystemAccessRule rule)",
)
def _add_rule(acl: v.Record, rule: v.Record) -> None:
    acl.values["Access"].append(rule)


@SECURITY.method(f"bool RemoveAccessRule({_SECURITY}FileSystemAccessRule rule)")
def _remove_rule(acl: v.Record, rule: v.Record) -> bool:
    wanted = to_text(rule.values["IdentityReference"]).lower()
    before = acl.values["Access"]
    acl.values["Access"] = [
        one for one in before if to_text(one.values["IdentityReference"]).lower() != wanted
    ]
    return len(before) != len(acl.values["Access"])


SECURITY.method("void SetAccessRuleProtection(bool isProtected, bool preserveInheritance)")(
    lambda acl, on, keep: None
)


@SECURITY.method("void SetOwner(System.Security.Principal.NTAccount identity)")
def _set_owner(acl: v.Record, identity: Any) -> None:
    acl.values["Owner"] = to_text(identity)


def _get_acl(call: Call) -> None:
    for _, place in places(call):
        if place.provider.name != "FileSystem":
            raise place.provider.refuse("Get-Acl")
        call.write(_of(call, place))


def _set_acl(call: Call) -> None:
    acl = call.bound.get("AclObject")
    if not isinstance(acl, v.Record):
        raise call.throw(
            "AclObject", "SetAcl_AclObject", "InvalidArgument", acl, exception="System.ArgumentException"
        )
    for _, place in places(call):
        if call.should_process(place.path, "Set-Acl"):
            _acls(call)[place.path.lower()] = acl


def _declare() -> None:
    from exmigrate.twin.powershell.typeinfo import TYPES

    for kind in (RULE, SECURITY):
        TYPES[kind.name.lower()] = kind


_declare()
CMDLETS = [
    Cmdlet(
        "Get-FileHash",
        parameters=[
            PATH,
            LITERAL,
            Parameter(
                "InputStream", "System.IO.Stream", sets=("StreamParameterSet",), position=0, mandatory=True
            ),
            Parameter("Algorithm", "string", position=1, validations=(Validation("Set", _ALGORITHMS),)),
        ],
        process=_hash,
        default_set="Path",
        since="5.1",
    ),
    Cmdlet(
        "Get-Acl",
        parameters=[PATH, LITERAL, Parameter("Audit", "switch")],
        process=_get_acl,
        default_set="Path",
    ),
    Cmdlet(
        "Set-Acl",
        parameters=[
            PATH,
            LITERAL,
            Parameter("AclObject", "object", position=1, mandatory=True, pipeline=True),
        ],
        process=_set_acl,
        default_set="Path",
        should_process=True,
    ),
]
