"""Distribution groups and their expansion servers."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.cmdlets.exchange import mailboxes, objects
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.shell import (
    RECIPIENT_ADMINISTRATORS,
    RECIPIENT_TASKS,
    Shell,
    TaskError,
    identity_text,
    items_of,
)
from exmigrate.twin.powershell.values import Record
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry


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
        _check_owner(shell, entry)
        _check_version(shell, entry)
        if changes and shell.call.should_process(names.canonical_name(entry.dn), f"Set-{kind}"):
            if shell.version == "2010":
                changes["msExchVersion"] = 44220983382016
            mailboxes.writer_of(shell, entry).modify(entry.dn, changes)

    task(f"Get-{kind}", namespace=RECIPIENT_TASKS)(get)
    task(f"Set-{kind}", namespace=RECIPIENT_TASKS, allowed=RECIPIENT_ADMINISTRATORS)(change)


def _check_owner(shell: Shell, entry: Entry) -> None:
    # 2010 lets owners change a group, and administrators who say that they are none; dynamic groups have no such switch
    if (
        shell.version != "2010"
        or not entry.has_class("group")
        or shell.flag("BypassSecurityGroupManagerCheck")
    ):
        return
    account = shell.machine.user.rpartition("\\")[2].lower()
    owners = [shell.reference_controller.get(str(dn)) for dn in entry.get("managedBy")]
    if account not in {owner.text("sAMAccountName").lower() for owner in owners if owner is not None}:
        raise TaskError(
            "You don't have sufficient permissions. This operation can only be performed by a manager of the group.",
            "PermissionDenied",
            "Microsoft.Exchange.Management.RecipientTasks.OperationRequiresGroupManagerException",
        )


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
        # What a named controller says of members of other domains is (unverified): nothing here.
        if member is not None and (shell.whole_forest or shell.recipient_controller.owns(str(dn))):
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
