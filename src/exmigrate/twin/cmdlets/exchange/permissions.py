"""Permissions, role groups, throttling, distribution groups, administrators."""

from __future__ import annotations

import json
from typing import Any

from exmigrate.twin.cmdlets.exchange import databases, mailboxes, objects
from exmigrate.twin.cmdlets.exchange.shell import (
    RECIPIENT_ADMINISTRATORS,
    RECIPIENT_TASKS,
    Shell,
    TaskError,
    identity_text,
    items_of,
    task,
)
from exmigrate.twin.cmdlets.exchange.values import list_of, make
from exmigrate.twin.powershell.values import Record
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry

# directory permissions


def _target(shell: Shell, value: Any) -> str:
    """DN of what a permission is on: a database, a connector, a server, a recipient, a DN."""
    text = identity_text(value)
    if "=" in text and "," in text:
        if shell.controller.get(text) is None:
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
        found = shell.controller.get(text)
        if found is not None:
            return found
    known = mailboxes.find_recipients(shell, text)
    if known:
        return known[0]
    controller = shell.world.forest.find(site=shell.server.site, global_catalog=True) or shell.controller
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
    if entry is not None and objects.server_of(dn):
        objects.own_version(shell, objects.server_of(dn), names.rdn_value(dn))
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


def _group(shell: Shell, value: Any) -> tuple[Entry, Any]:
    text = identity_text(value)
    root = shell.world.forest.find(
        site=shell.server.site, domain=shell.world.spec.forest.domains[0].name, writable=True
    )
    assert root is not None
    dn = names.child("CN", text, shell.org.layout.security_groups)
    entry = root.get(dn)
    if entry is None:
        raise shell.not_found(text)
    return entry, root


@task("Get-RoleGroup", "2010", namespace="Microsoft.Exchange.Management.RbacTasks")
def get_role_group(shell: Shell) -> None:
    """Role groups."""
    identity = shell.text("Identity")
    root = shell.world.forest.find(site=shell.server.site, domain=shell.world.spec.forest.domains[0].name)
    assert root is not None
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
    for group, role in roles.items():
        entry = shell.controller.get(names.child("CN", group, shell.org.layout.security_groups))
        for dn in entry.get("member") if entry else ():
            values = {"Identity": names.canonical_name(str(dn)), "Scope": "Organization wide", "Role": role}
            shell.call.write(
                make("Microsoft.Exchange.Management.SystemConfigurationTasks.ExchangeAdministrator", values)
            )


# throttling


def _policies(shell: Shell) -> str:
    return f"CN=Throttling Policies,{shell.org.layout.org}"


def _show_policy(shell: Shell, entry: Entry) -> Record:
    settings = json.loads(shell.store.value(entry, "ThrottlingPolicy", "Settings") or "{}")
    return objects.show(
        shell,
        "ThrottlingPolicy",
        entry,
        names.rdn_value(entry.dn),
        settings,
        ("Name", "IsDefault"),
        ("Settings",),
    )


def _policy_settings(shell: Shell, present: dict[str, Any]) -> dict[str, Any]:
    skip = {"Name", "Identity", "DomainController", "Confirm", "WhatIf", "IsDefault"}
    return {**present, **{n: shell.get(n) for n in sorted(shell.call.given) if n not in skip}}


@task("Get-ThrottlingPolicy", "2010")
def get_throttling_policy(shell: Shell) -> None:
    """Throttling policies."""
    identity = shell.text("Identity")
    found = (
        objects.find(shell, "ThrottlingPolicy", identity)
        if identity
        else objects.all_of(shell, "ThrottlingPolicy")
    )
    if identity and not found:
        raise shell.not_found(identity)
    for entry in found:
        shell.call.write(_show_policy(shell, entry))


@task("New-ThrottlingPolicy", "2010")
def new_throttling_policy(shell: Shell) -> None:
    """A throttling policy."""
    name = shell.text("Name")
    dn = names.child("CN", name, _policies(shell))
    if shell.store.get(dn) is not None:
        raise shell.exists(name)
    if shell.call.should_process(name, "New-ThrottlingPolicy"):
        settings = json.dumps(_policy_settings(shell, {}), sort_keys=True)
        shell.call.write(
            _show_policy(shell, shell.store.create("ThrottlingPolicy", dn, {"Settings": settings}, "2010"))
        )


@task("Set-ThrottlingPolicy", "2010")
def set_throttling_policy(shell: Shell) -> None:
    """Limits of a throttling policy."""
    entry = objects.one(shell, "ThrottlingPolicy", shell.get("Identity"))
    present = json.loads(shell.store.value(entry, "ThrottlingPolicy", "Settings") or "{}")
    settings = json.dumps(_policy_settings(shell, present), sort_keys=True)
    objects.apply(shell, "ThrottlingPolicy", entry, {"Settings": settings})


@task("Remove-ThrottlingPolicy", "2010")
def remove_throttling_policy(shell: Shell) -> None:
    """Remove a policy that nobody has."""
    entry = objects.one(shell, "ThrottlingPolicy", shell.get("Identity"))
    users = [
        e
        for e in shell.org.recipients.all(shell.recipient_controller)
        if names.key(e.text("msExchThrottlingPolicyDN")) == names.key(entry.dn)
    ]
    if users:
        raise TaskError(
            f"Policy \"{names.rdn_value(entry.dn)}\" can't be removed because it's associated with one or more mailboxes.",
            "InvalidOperation",
        )
    objects.remove(shell, entry)


@task("Get-ThrottlingPolicyAssociation", "2010")
def get_throttling_policy_association(shell: Shell) -> None:
    """Which policy a mailbox has."""
    every = shell.org.recipients.all(shell.recipient_controller, shell.whole_forest)
    found = (
        [mailboxes.one_mailbox(shell, shell.get("Identity"))]
        if shell.given("Identity")
        else [e for e in every if shell.org.recipients.is_mailbox(e)]
    )
    if shell.given("ThrottlingPolicy"):
        key = names.key(objects.one(shell, "ThrottlingPolicy", shell.get("ThrottlingPolicy")).dn)
        found = [e for e in found if names.key(e.text("msExchThrottlingPolicyDN")) == key]
    for entry in objects.limited(shell, found):
        values = {
            "Name": names.rdn_value(entry.dn),
            "Identity": names.canonical_name(entry.dn),
            "ThrottlingPolicyId": objects.link(shell, entry.text("msExchThrottlingPolicyDN")),
            "IsValid": True,
        }
        shell.call.write(
            make("Microsoft.Exchange.Data.Directory.Management.ThrottlingPolicyAssociation", values)
        )


@task("Set-ThrottlingPolicyAssociation", "2010")
def set_throttling_policy_association(shell: Shell) -> None:
    """Give a mailbox a policy, or the default one back."""
    entry = mailboxes.one_mailbox(shell, shell.get("Identity"))
    given = shell.text("ThrottlingPolicy")
    policy = objects.one(shell, "ThrottlingPolicy", given).dn if given else None
    server = shell.org.recipients.server_of_mailbox(shell.recipient_controller, entry)
    objects.own_version(shell, server, names.canonical_name(entry.dn))
    if shell.call.should_process(names.canonical_name(entry.dn), "Set-ThrottlingPolicyAssociation"):
        mailboxes.writer_of(shell, entry).modify(entry.dn, {"msExchThrottlingPolicyDN": policy})


# distribution groups


def _show_group(shell: Shell, entry: Entry, kind: str) -> Record:
    legacy = entry.text("msExchExpansionServerName")
    values = {
        "DisplayName": entry.text("displayName"),
        "Alias": entry.text("mailNickname"),
        "PrimarySmtpAddress": entry.text("mail"),
        "ExpansionServer": legacy,
        "GroupType": "Universal" if entry.number("groupType") & 8 else "Global",
        "RecipientTypeDetails": "DynamicDistributionGroup"
        if kind.startswith("Dynamic")
        else "MailUniversalDistributionGroup",
        "ManagedBy": objects.link(shell, entry.text("managedBy")),
        "HiddenFromAddressListsEnabled": bool(entry.first("msExchHideFromAddressLists")),
    }
    return mailboxes.recipient_record(
        shell,
        entry,
        kind,
        values,
        entry.number("msExchVersion"),
        ("Name", "DisplayName", "GroupType", "PrimarySmtpAddress"),
    )


def _is_group(entry: Entry, kind: str) -> bool:
    return (
        entry.has_class("msExchDynamicDistributionList")
        if kind.startswith("Dynamic")
        else entry.has_class("group")
    )


def _group_cmdlets(kind: str) -> None:
    def get(shell: Shell) -> None:
        identity = shell.text("Identity")
        every = (
            mailboxes.find_recipients(shell, identity)
            if identity
            else list(shell.org.recipients.all(shell.recipient_controller, shell.whole_forest))
        )
        found = [e for e in every if _is_group(e, kind)]
        if identity and not found:
            raise shell.not_found(identity)
        for entry in objects.limited(shell, found):
            shell.call.write(_show_group(shell, entry, kind))

    def change(shell: Shell) -> None:
        found = [e for e in mailboxes.find_recipients(shell, shell.text("Identity")) if _is_group(e, kind)]
        if not found:
            raise shell.not_found(shell.text("Identity"))
        entry = found[0]
        changes: dict[str, Any] = {}
        if shell.given("ExpansionServer"):
            changes["msExchExpansionServerName"] = _expansion(shell, shell.get("ExpansionServer"))
        if shell.given("DisplayName"):
            changes["displayName"] = shell.text("DisplayName")
        _check_version(shell, entry)
        if changes and shell.call.should_process(names.canonical_name(entry.dn), f"Set-{kind}"):
            if shell.version == "2010":
                changes["msExchVersion"] = 44220983382016
            mailboxes.writer_of(shell, entry).modify(entry.dn, changes)

    task(f"Get-{kind}", namespace=RECIPIENT_TASKS)(get)
    task(f"Set-{kind}", namespace=RECIPIENT_TASKS, allowed=RECIPIENT_ADMINISTRATORS)(change)


def _check_version(shell: Shell, entry: Entry) -> None:
    version = entry.number("msExchVersion")
    if shell.version == "2007":
        objects.editable(shell, entry)
    elif version < 44220983382016 and not shell.flag("ForceUpgrade"):
        text = (
            f'To save changes on object "{names.rdn_value(entry.dn)}", the object must be upgraded to the current Exchange '
            "version. After the upgrade, this object can't be managed by an earlier version of the Exchange Management Tools. "
            "Do you want to continue to upgrade and save the object?"
        )
        if not shell.call.should_continue(text):
            raise TaskError("The object wasn't upgraded and not saved.", "OperationStopped")


def _expansion(shell: Shell, value: Any) -> str | None:
    text = identity_text(value)
    if value is None or not text:
        return None
    for entry in objects.all_of(shell, "ExchangeServer", shell.org.layout.servers):
        if text.lower() in objects.names_of(shell, entry):
            if not entry.number("msExchCurrentServerRoles") & 32:
                raise TaskError(
                    f"The expansion server '{text}' isn't a Hub Transport server.", "InvalidArgument"
                )
            return entry.text("legacyExchangeDN")
    raise shell.not_found(text)


_group_cmdlets("DistributionGroup")
_group_cmdlets("DynamicDistributionGroup")


@task("Get-DistributionGroupMember", namespace=RECIPIENT_TASKS)
def get_distribution_group_member(shell: Shell) -> None:
    """Members of a distribution group."""
    found = [e for e in mailboxes.find_recipients(shell, shell.text("Identity")) if e.has_class("group")]
    if not found:
        raise shell.not_found(shell.text("Identity"))
    for dn in objects.limited(shell, items_of(list(found[0].get("member")))):
        member = shell.recipient_controller.get(str(dn))
        if member is not None:
            values = {
                "Alias": member.text("mailNickname"),
                "DisplayName": member.text("displayName"),
                "PrimarySmtpAddress": member.text("mail"),
                "RecipientType": "UserMailbox",
            }
            shell.call.write(
                mailboxes.recipient_record(
                    shell,
                    member,
                    "ReducedRecipient",
                    values,
                    member.number("msExchVersion"),
                    ("Name", "RecipientType"),
                )
            )
