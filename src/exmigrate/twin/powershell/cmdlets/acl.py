"""Get-Acl: the rights that a fresh Windows gives its files, folders and keys.

The machine keeps no access control lists, so nothing can change them (Set-Acl is refused by name): what is read here is
what the setup of Windows grants, inherited from the root.
"""

from __future__ import annotations

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.cmdlets.items import FILTERS, decorate, is_selected, places
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.typeinfo import TYPES, NetType
from exmigrate.twin.powershell.types.enums import declare_enum, enum_number, enum_value
from exmigrate.twin.powershell.types.security import Account
from exmigrate.twin.powershell.values import Record, record_type

_CONTROL = "System.Security.AccessControl."
_S, _B = "System.String", "System.Boolean"
declare_enum(
    f"{_CONTROL}RegistryRights",
    {
        "QueryValues": 1, "SetValue": 2, "CreateSubKey": 4, "EnumerateSubKeys": 8, "Notify": 16, "CreateLink": 32,
        "Delete": 65536, "ReadPermissions": 131072, "WriteKey": 131078, "ReadKey": 131097, "ExecuteKey": 131097,
        "ChangePermissions": 262144, "TakeOwnership": 524288, "FullControl": 983103,
    },
    True,
)  # fmt: skip
_RULE = {
    "AccessControlType": f"{_CONTROL}AccessControlType", "IdentityReference": "System.Security.Principal.NTAccount",
    "IsInherited": _B, "InheritanceFlags": f"{_CONTROL}InheritanceFlags",
    "PropagationFlags": f"{_CONTROL}PropagationFlags",
}  # fmt: skip
FILE_RULE = record_type(
    f"{_CONTROL}FileSystemAccessRule", {"FileSystemRights": f"{_CONTROL}FileSystemRights", **_RULE}
)
KEY_RULE = record_type(
    f"{_CONTROL}RegistryAccessRule", {"RegistryRights": f"{_CONTROL}RegistryRights", **_RULE}
)
_SECURITY = {
    "Path": _S, "Owner": _S, "Group": _S, "Access": "System.Object", "Sddl": _S, "AccessToString": _S, "AuditToString": _S,
    "AccessRightType": "System.Type", "AccessRuleType": "System.Type", "AuditRuleType": "System.Type",
    "AreAccessRulesProtected": _B, "AreAuditRulesProtected": _B, "AreAccessRulesCanonical": _B,
    "AreAuditRulesCanonical": _B,
}  # fmt: skip


def _security(name: str) -> NetType:
    kind = record_type(
        f"{_CONTROL}{name}",
        _SECURITY,
        display=("Path", "Owner", "Group", "AccessToString", "AuditToString", "Sddl"),
    )
    kind.constants({"CentralAccessPolicyId": None, "CentralAccessPolicyName": None}, since=3.0)
    TYPES[kind.name.lower()] = kind
    return kind


FILE, FOLDER, KEY = _security("FileSecurity"), _security("DirectorySecurity"), _security("RegistrySecurity")
for _declared in (FILE_RULE, KEY_RULE):
    TYPES[_declared.name.lower()] = _declared

_SYSTEM, _ADMINISTRATORS, _USERS = "NT AUTHORITY\\SYSTEM", "BUILTIN\\Administrators", "BUILTIN\\Users"
_SDDL_NAMES = {_SYSTEM: "SY", _ADMINISTRATORS: "BA", _USERS: "BU"}
_FULL, _READ, _KEY_FULL, _KEY_READ = 2_032_127, 1_179_817, 983_103, 131_097
_INHERIT = 3


def _rule(kind: NetType, who: str, rights: int, container: bool) -> Record:
    name = "FileSystemRights" if kind is FILE_RULE else "RegistryRights"
    flags = (_INHERIT if kind is FILE_RULE else 1) if container else 0
    return Record(
        kind,
        {
            name: enum_number(f"{_CONTROL}{name}", rights),
            "AccessControlType": enum_value(f"{_CONTROL}AccessControlType", "Allow"), "IdentityReference": Account(who),
            "IsInherited": True, "InheritanceFlags": enum_number(f"{_CONTROL}InheritanceFlags", flags),
            "PropagationFlags": enum_value(f"{_CONTROL}PropagationFlags", "None"),
        },
    )  # fmt: skip


def _descriptor(kind: NetType, shown: str) -> Record:
    container, of_key = kind is not FILE, kind is KEY
    full, read = (_KEY_FULL, _KEY_READ) if of_key else (_FULL, _READ)
    rule = KEY_RULE if of_key else FILE_RULE
    granted = ((_SYSTEM, full), (_ADMINISTRATORS, full), (_USERS, read))
    rules = [_rule(rule, who, rights, container) for who, rights in granted]
    names = [str(one.values[_rights_name(rule)]) for one in rules]
    flags = "CIID" if of_key else "OICIID" if container else "ID"
    letters = {_KEY_FULL: "KA", _KEY_READ: "KR", _FULL: "FA", _READ: "0x1200a9"}
    aces = "".join(f"(A;{flags};{letters[rights]};;;{_SDDL_NAMES[who]})" for who, rights in granted)
    return Record(
        kind,
        {
            "Path": shown, "Owner": _ADMINISTRATORS, "Group": _SYSTEM, "Access": v.TypedArray(rule, rules),
            "Sddl": f"O:BAG:SYD:AI{aces}",
            "AccessToString": "\n".join(f"{who} Allow  {text}" for (who, _), text in zip(granted, names, strict=True)),
            "AuditToString": "", "AccessRightType": TYPES[f"{_CONTROL}{_rights_name(rule)}".lower()],
            "AccessRuleType": rule, "AuditRuleType": None, "AreAccessRulesProtected": False,
            "AreAuditRulesProtected": False, "AreAccessRulesCanonical": True, "AreAuditRulesCanonical": True,
        },
    )  # fmt: skip


def _rights_name(rule: NetType) -> str:
    return "FileSystemRights" if rule is FILE_RULE else "RegistryRights"


def _get(call: Call) -> None:
    for _, place in places(call):
        provider = place.provider
        if not is_selected(call, provider.leaf(place.path)):
            continue
        kind: NetType | None = None
        if provider.name == "FileSystem":
            kind = FOLDER if provider.is_container(call.session, place.path) else FILE
        elif provider.name == "Registry":
            kind = KEY
        if kind is None:
            raise call.throw(
                "Cannot use interface. The ISecurityDescriptorCmdletProvider interface is not supported by this provider.",
                "NotSupported",
                "NotImplemented",
                exception="System.Management.Automation.PSNotSupportedException",
            )
        call.write(decorate(call, place, _descriptor(kind, provider.full_name(place.path))))


_PATH = Parameter(
    "Path", "string[]", sets=("ByPath",), position=0, pipeline=True, pipeline_by_name=True, default=["."]
)
_LITERAL = Parameter(
    "LiteralPath",
    "string[]",
    sets=("ByLiteralPath",),
    mandatory=True,
    pipeline_by_name=True,
    aliases=("PSPath",),
    since="3.0",
)
CMDLETS = [
    Cmdlet(
        "Get-Acl",
        [
            _PATH,
            _LITERAL,
            *FILTERS,
            Parameter("Audit", "switch"),
            Parameter("AllCentralAccessPolicies", "switch", since="3.0"),
        ],
        _get,
        default_set="ByPath",
    )
]
