"""Directory permissions, role groups, administrators of 2007."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.cmdlets.exchange import databases, mailboxes, objects
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.shell import (
    RECIPIENT_TASKS,
    Shell,
    TaskError,
    identity_text,
)
from exmigrate.twin.cmdlets.exchange.values import list_of, make
from exmigrate.twin.powershell.values import Record
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.layout import server_of
from exmigrate.twin.world.forest import DomainController

# directory permissions


def _target(shell: Shell, value: Any) -> str:
    """DN of what a permission is on: a database, a connector, a server, a recipient, a DN."""
    text = identity_text(value)
    if "=" in text and "," in text:
        if shell.own_controller(text).get(text) is None:
            raise shell.not_found(text)
        return text
    for kind in ("ReceiveConnector", "SendConnector", "ExchangeServer"):
        found = objects.find(shell, kind, text)
        if found:
            return found[0].dn
    known = databases.find_databases(shell, text)
    if known:
        return known[0].dn
    recipients = mailboxes.find_recipients(shell, text)
    if recipients:
        return recipients[0].dn
    raise shell.not_found(text)


def _user(shell: Shell, value: Any) -> str:
    text = identity_text(value)
    if text.upper().startswith("NT AUTHORITY\\"):
        return text
    entry = _principal(shell, text)
    domain = shell.world.forest.domain(names.dns_name(entry.dn))
    netbios = shell.world.forest.netbios(domain) if domain else ""
    return f"{netbios}\\{entry.text('sAMAccountName')}"


def _principal(shell: Shell, text: str) -> Entry:
    account = text.rpartition("\\")[2].partition("@")[0]
    if "=" in text and "," in text:
        found = shell.reference_controller.get(text)
        if found is not None:
            return found
    known = mailboxes.find_references(shell, text)
    if known:
        return known[0]
    controller = shell.reference_controller
    escaped = account.replace("(", "\\28").replace(")", "\\29")
    result = (
        controller.search("", f"(|(sAMAccountName={escaped})(cn={escaped}))", across=True)
        if controller.is_global_catalog
        else []
    )
    if not result:
        raise TaskError(
            f"User or group \"{text}\" wasn't found. Please make sure you've typed it correctly.",
            "ObjectNotFound",
            "Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException",
        )
    return result[0]


def _rights(shell: Shell) -> tuple[list[str], list[str]]:
    extended = [text.strip() for one in shell.texts("ExtendedRights") for text in one.split(",")]
    rights = [text.strip() for one in shell.texts("AccessRights") for text in one.split(",")]
    if extended and "ExtendedRight" not in rights:
        rights.append("ExtendedRight")
    return rights, extended


def _show_ace(shell: Shell, dn: str, ace: dict[str, Any]) -> Record:
    values = {
        "Identity": objects.text_of_link(shell, dn, shell.controller.get(dn)),
        "User": ace["user"],
        "AccessRights": list_of(ace["rights"]),
        "ExtendedRights": list_of(ace["extended"]) if ace["extended"] else None,
        "Deny": bool(ace.get("deny")),
        "IsInherited": False,
        "InheritanceType": "All",
        "Properties": None,
        "ChildObjectTypes": None,
        "InheritedObjectType": None,
        "IsValid": True,
    }
    return make(
        "Microsoft.Exchange.Management.RecipientTasks.ADAcePresentationObject",
        values,
        ("Identity", "User", "Deny", "Inherited"),
    )


@task("Get-ADPermission", namespace=RECIPIENT_TASKS)
def get_ad_permission(shell: Shell) -> None:
    """Permissions on an object."""
    dn = _target(shell, shell.get("Identity"))
    user = _user(shell, shell.get("User")).lower() if shell.given("User") else ""
    for ace in shell.org.state.permissions.get(dn.lower(), []):
        if not user or ace["user"].lower() == user:
            shell.call.write(_show_ace(shell, dn, ace))


@task("Add-ADPermission", namespace=RECIPIENT_TASKS)
def add_ad_permission(shell: Shell) -> None:
    """Grant rights on an object."""
    dn, user = _target(shell, shell.get("Identity")), _user(shell, shell.get("User"))
    rights, extended = _rights(shell)
    entry = shell.store.get(dn)
    if entry is not None and server_of(dn):
        objects.own_version(shell, server_of(dn), names.rdn_value(dn))
    if not shell.call.should_process(names.rdn_value(dn), "Add-ADPermission"):
        return
    held = shell.org.state.permissions.setdefault(dn.lower(), [])
    same = [
        a
        for a in held
        if a["user"].lower() == user.lower()
        and {x.lower() for x in a["extended"]} == {x.lower() for x in extended}
        and a["rights"] == rights
    ]
    if same:
        shell.call.warning("The appropriate access control entry is already present on the object.")
        shell.call.write(_show_ace(shell, dn, same[0]))
        return
    ace = {"user": user, "rights": rights, "extended": extended, "deny": shell.flag("Deny")}
    held.append(ace)
    shell.call.write(_show_ace(shell, dn, ace))


@task("Remove-ADPermission", namespace=RECIPIENT_TASKS)
def remove_ad_permission(shell: Shell) -> None:
    """Take rights on an object back."""
    dn, user = _target(shell, shell.get("Identity")), _user(shell, shell.get("User")).lower()
    _, extended = _rights(shell)
    wanted = {text.lower() for text in extended}
    if not shell.call.should_process(names.rdn_value(dn), "Remove-ADPermission"):
        return
    held = shell.org.state.permissions.get(dn.lower(), [])
    kept: list[dict[str, Any]] = []
    touched = False
    for ace in held:
        left = [x for x in ace["extended"] if x.lower() not in wanted]
        if ace["user"].lower() != user or (wanted and len(left) == len(ace["extended"])):
            kept.append(ace)
            continue
        touched = True
        if left and wanted:
            kept.append({**ace, "extended": left})
    shell.org.state.permissions[dn.lower()] = kept
    if not touched:
        shell.call.warning(
            "Can't remove the access control entry on the object because the ACE isn't present."
        )


# role groups


def _group(shell: Shell, value: Any) -> tuple[Entry, DomainController]:
    text = identity_text(value)
    root = _root(shell, text)
    dn = names.child("CN", text, shell.org.layout.security_groups)
    entry = root.get(dn)
    if entry is None:
        raise shell.not_found(text)
    return entry, root


def _root(shell: Shell, wanted: str) -> DomainController:
    """The controller that role groups are read and written on: they lie in the forest root domain."""
    if shell.controller.owns(shell.world.forest.root_dn):
        return shell.controller
    root = shell.world.forest.find(
        site=shell.server.site, domain=shell.world.spec.forest.domains[0].name, writable=True
    )
    if shell.pinned or root is None:
        # Whether a controller of another domain is asked for a role group in spite of its name is (unverified).
        raise shell.not_found(wanted or "Microsoft Exchange Security Groups")
    return root


@task("Get-RoleGroup", "2010", namespace="Microsoft.Exchange.Management.RbacTasks")
def get_role_group(shell: Shell) -> None:
    """Role groups."""
    identity = shell.text("Identity")
    root = _root(shell, identity)
    groups = (
        [_group(shell, identity)[0]]
        if identity
        else [e for e in root.children(shell.org.layout.security_groups) if e.has_class("group")]
    )
    for entry in groups:
        members = list_of([objects.link(shell, str(dn)) for dn in entry.get("member")])
        values = {
            "Name": names.rdn_value(entry.dn),
            "Identity": names.rdn_value(entry.dn),
            "Members": members,
            "Description": "",
        }
        shell.call.write(make("Microsoft.Exchange.Data.Directory.Management.RoleGroup", values))


@task("Get-RoleGroupMember", "2010", namespace="Microsoft.Exchange.Management.RbacTasks")
def get_role_group_member(shell: Shell) -> None:
    """Members of a role group."""
    entry, root = _group(shell, shell.get("Identity"))
    for dn in entry.get("member"):
        member = root.get(str(dn))
        values = {
            "Name": names.rdn_value(str(dn)),
            "DisplayName": member.text("displayName") if member else "",
            "Alias": member.text("mailNickname") if member else "",
            "SamAccountName": member.text("sAMAccountName") if member else "",
            "DistinguishedName": str(dn),
            "Identity": names.canonical_name(str(dn)),
            "RecipientType": "Group" if member is not None and member.has_class("group") else "User",
        }
        shell.call.write(
            make(
                "Microsoft.Exchange.Data.Directory.Management.ReducedRecipient",
                values,
                ("Name", "RecipientType"),
            )
        )


@task("Add-RoleGroupMember", "2010", namespace="Microsoft.Exchange.Management.RbacTasks")
def add_role_group_member(shell: Shell) -> None:
    """Put an account into a role group."""
    entry, root = _group(shell, shell.get("Identity"))
    member = _principal(shell, shell.text("Member"))
    present = {names.key(str(dn)) for dn in entry.get("member")}
    if names.key(member.dn) in present:
        raise TaskError(
            f'The recipient "{names.canonical_name(member.dn)}" is already a member of the group "{names.rdn_value(entry.dn)}".',
            "InvalidOperation",
            "Microsoft.Exchange.Configuration.Tasks.MemberAlreadyExistsException",
        )
    if shell.call.should_process(names.rdn_value(entry.dn), "Add-RoleGroupMember"):
        root.add_values(entry.dn, "member", [member.dn])


@task("Remove-RoleGroupMember", "2010", namespace="Microsoft.Exchange.Management.RbacTasks")
def remove_role_group_member(shell: Shell) -> None:
    """Take an account out of a role group."""
    entry, root = _group(shell, shell.get("Identity"))
    member = _principal(shell, shell.text("Member"))
    present = {names.key(str(dn)) for dn in entry.get("member")}
    if names.key(member.dn) not in present:
        raise TaskError(
            f'The recipient "{names.canonical_name(member.dn)}" isn\'t a member of the group "{names.rdn_value(entry.dn)}".',
            "InvalidOperation",
            "Microsoft.Exchange.Configuration.Tasks.MemberNotFoundException",
        )
    if shell.call.should_process(names.rdn_value(entry.dn), "Remove-RoleGroupMember"):
        root.remove_values(entry.dn, "member", [member.dn])


@task("Get-ExchangeAdministrator", "2007")
def get_exchange_administrator(shell: Shell) -> None:
    """Delegated administrators of 2007."""
    roles = {
        "Exchange Organization Administrators": "OrgAdmin",
        "Exchange Recipient Administrators": "RecipientAdmin",
        "Exchange View-Only Administrators": "ViewOnlyAdmin",
        "Exchange Public Folder Administrators": "PublicFolderAdmin",
    }
    root = _root(shell, "")
    for group, role in roles.items():
        entry = root.get(names.child("CN", group, shell.org.layout.security_groups))
        for dn in entry.get("member") if entry else ():
            values = {"Identity": names.canonical_name(str(dn)), "Scope": "Organization wide", "Role": role}
            shell.call.write(
                make("Microsoft.Exchange.Management.SystemConfigurationTasks.ExchangeAdministrator", values)
            )
