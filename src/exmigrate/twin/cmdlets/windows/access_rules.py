"""Access lists of directory objects: `dsacls.exe` and ``DirectoryEntry.ObjectSecurity``.

Only what DomainPrep and Setup write on a domain is kept; everything below inherits it.
"""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.machine import MachineError
from exmigrate.twin.powershell.packs import Native, NativeCall
from exmigrate.twin.powershell.scalars import Guid
from exmigrate.twin.powershell.types.directoryentry import ENTRY, EntryObject, directory_fault
from exmigrate.twin.powershell.types.security import Account
from exmigrate.twin.powershell.values import PSObject
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.adsi import AdsiNode
from exmigrate.twin.world.legacy import permissions

_RIGHTS = {"RP": "READ PROPERTY", "WP": "WRITE PROPERTY"}
_NET_RIGHTS = {"RP": "ReadProperty", "WP": "WriteProperty"}
_NONE = "00000000-0000-0000-0000-000000000000"


def dsacls(call: NativeCall) -> int:
    r"""dsacls.exe "[\\SERVER\]DN" of Windows Support Tools and 2008: shows; it grants and denies nothing here."""
    if len(call.args) != 1 and not (len(call.args) == 2 and call.args[1].lower() in ("/a", "-a")):
        call.err(f"Not simulated: dsacls {' '.join(call.args[1:])}.")
        return 1
    text = call.args[0].strip('"')
    host, dn = "", text
    if text.startswith("\\\\"):
        host, _, dn = text[2:].partition("\\")
    try:
        node = call.machine.directory.bind(f"LDAP://{host}/{dn}" if host else f"LDAP://{dn}")
    except MachineError as error:
        call.out(f"{error.message}")
        call.out("The command failed to complete successfully.")
        return 1
    with node.directory.world.access():
        found = permissions.rules(node.controller, node.dn)
        domain = node.controller.forest.domain(names.dns_name(node.dn))
        netbios = node.controller.forest.netbios(domain) if domain else ""
    own = names.key(node.dn) == names.key(names.domain_dn(names.dns_name(node.dn)))
    for line in _lines(netbios, found, own):
        call.out(line)
    return 0


def _lines(netbios: str, found: list[permissions.AccessRule], own: bool) -> list[str]:
    inherited = "" if own else "   <Inherited from parent>"
    lines = [
        "Access list:",
        "Effective Permissions on this object are:",
        f"Allow {netbios}\\Domain Admins{inherited}",
        "                                      FULL CONTROL",
        r"Allow BUILTIN\Administrators",
        "                                      FULL CONTROL",
    ]
    for rule in found:
        lines += _entry(rule, inherited)
    lines += ["", "Permissions inherited to subobjects are:", "Inherited to all subobjects"]
    for rule in found:
        lines += _entry(rule, inherited)
    return [*lines, "", "The command completed successfully"]


def _entry(rule: permissions.AccessRule, inherited: str) -> list[str]:
    label = permissions.PROPERTY_SETS.get(rule.object_type, rule.object_type)
    head = f"Allow {rule.trustee:<32} SPECIAL ACCESS for {label}{inherited}"
    return [head, *(f"                                      {_RIGHTS[right]}" for right in rule.rights)]


# System.DirectoryServices


def _security(entry: EntryObject, ctx: Any) -> PSObject:
    node = entry.node
    if not isinstance(node, AdsiNode):
        raise directory_fault(MachineError("invalid", "Not simulated: ObjectSecurity of this entry.", 0))
    with node.directory.world.access():
        found = permissions.rules(node.controller, node.dn)
    own = names.key(node.dn) == names.key(names.domain_dn(names.dns_name(node.dn)))
    rows = [_rule(rule, not own) for rule in found]
    return PSObject(
        {"Access": rows, "AreAccessRulesProtected": False},
        ("System.DirectoryServices.ActiveDirectorySecurity", "System.Object"),
    )


def _rule(rule: permissions.AccessRule, inherited: bool) -> PSObject:
    return PSObject(
        {
            "ActiveDirectoryRights": ", ".join(_NET_RIGHTS[right] for right in rule.rights),
            "InheritanceType": "All",
            "ObjectType": Guid(rule.object_type),
            "InheritedObjectType": Guid(_NONE),
            "ObjectFlags": "ObjectAceTypePresent",
            "AccessControlType": "Allow",
            "IdentityReference": Account(rule.trustee),
            "IsInherited": inherited,
            "InheritanceFlags": "ContainerInherit",
            "PropagationFlags": "None",
        },
        ("System.DirectoryServices.ActiveDirectoryAccessRule", "System.Object"),
    )


ENTRY.prop("ObjectSecurity", _security)

PROGRAMS: dict[str, Native] = {"dsacls.exe": dsacls}
