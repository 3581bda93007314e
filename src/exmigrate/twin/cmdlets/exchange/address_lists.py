"""Address lists and e-mail address policies, and how those of 2000 and 2003 are upgraded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exmigrate.twin.cmdlets.exchange import objects, opath
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.shell import INVALID, Shell, TaskError, items_of
from exmigrate.twin.powershell.values import Record
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.kinds import VERSION_2007
from exmigrate.twin.world.legacy.organization import ADDRESSES, MAILBOX_MANAGER

GLOBAL, ORDINARY = "All Global Address Lists", "All Address Lists"
FILTER_ERROR = "Microsoft.Exchange.Data.Directory.ParsingInvalidFilterException"
CONDITIONS = {
    "ConditionalCompany": "Company",
    "ConditionalDepartment": "Department",
    "ConditionalStateOrProvince": "StateOrProvince",
    **{f"ConditionalCustomAttribute{n}": f"CustomAttribute{n}" for n in range(1, 16)},
}


# showing


def _filters(shell: Shell, kind: str, entry: Entry) -> dict[str, Any]:
    # what 2000 and 2003 made has an LDAP filter and nothing else
    if shell.store.version(entry):
        return {}
    return {
        "RecipientFilter": "",
        "LdapRecipientFilter": shell.store.value(entry, kind, "LdapRecipientFilter"),
        "RecipientFilterType": "Legacy",
        "IncludedRecipients": None,
        "RecipientFilterApplied": False,
    }


def _show_list(shell: Shell, entry: Entry) -> Record:
    name = names.rdn_value(entry.dn)
    above = names.rdn_value(names.parent(entry.dn))
    path = _path(entry)
    extra = {"Path": path, "Container": f"\\{above}" if above not in (GLOBAL, ORDINARY) else "\\"}
    extra |= _filters(shell, "AddressList", entry)
    extra.pop("RecipientFilterApplied", None)
    return objects.show(
        shell, "AddressList", entry, path, {"Name": name, **extra}, ("Name", "DisplayName", "RecipientFilter")
    )


def _path(entry: Entry) -> str:
    parts = []
    dn = entry.dn
    while dn and names.rdn_value(dn) not in (GLOBAL, ORDINARY):
        parts.append(names.rdn_value(dn))
        dn = names.parent(dn)
    return "\\" + "\\".join(reversed(parts))


def _lists(shell: Shell, is_global: bool) -> list[Entry]:
    container = names.key(f"CN={GLOBAL if is_global else ORDINARY},{shell.org.layout.address_lists}")
    every = objects.all_of(shell, "AddressList", shell.org.layout.address_lists)
    return [e for e in every if names.is_below(names.key(e.dn), container) and names.key(e.dn) != container]


def _named(shell: Shell, is_global: bool, identity: str) -> list[Entry]:
    wanted = identity.strip().lower()
    found = _lists(shell, is_global)
    return [e for e in found if wanted in objects.names_of(shell, e) or wanted == _path(e).lower()]


def _get_lists(shell: Shell, is_global: bool) -> None:
    identity = shell.text("Identity")
    found = _named(shell, is_global, identity) if identity else _lists(shell, is_global)
    if identity and not found:
        raise shell.not_found(identity)
    if shell.given("DefaultOnly") and shell.flag("DefaultOnly"):
        found = [e for e in found if shell.store.value(e, "AddressList", "IsDefaultGlobalAddressList")]
    for entry in found:
        shell.call.write(_show_list(shell, entry))


@task("Get-AddressList")
def get_address_list(shell: Shell) -> None:
    """Address lists."""
    _get_lists(shell, False)


@task("Get-GlobalAddressList")
def get_global_address_list(shell: Shell) -> None:
    """Global address lists."""
    _get_lists(shell, True)


# filters


def _wanted(shell: Shell) -> dict[str, Any]:
    """The filter that the parameters ask for, as properties; nothing when they name none.

    Raises:
        TaskError: both kinds of filter, or one that is none.
    """
    conditions = [name for name in CONDITIONS if shell.given(name)]
    custom, words = shell.given("RecipientFilter"), shell.given("IncludedRecipients")
    if custom and (words or conditions):
        raise TaskError(
            "You can't use the RecipientFilter parameter together with the IncludedRecipients parameter or any of the "
            "Conditional parameters.",
            "InvalidArgument",
        )
    if conditions and not words:
        raise TaskError(
            f"You must specify the IncludedRecipients parameter when you use {conditions[0]}.",
            "InvalidArgument",
        )
    try:
        if custom:
            text = shell.text("RecipientFilter").strip().removeprefix("{").removesuffix("}").strip()
            ldap = opath.to_ldap(text)
            return {
                "RecipientFilter": text,
                "LdapRecipientFilter": ldap if "(mailNickname=*)" in ldap else f"(&(mailNickname=*){ldap})",
                "RecipientFilterType": "Custom",
                "IncludedRecipients": None,
            }
        if words:
            given = [w.strip() for text in shell.texts("IncludedRecipients") for w in text.split(",")]
            text, ldap = opath.included(given)
            for name in conditions:
                values = [str(item) for item in items_of(shell.get(name))]
                clause = " -or ".join(f"({CONDITIONS[name]} -eq '{value}')" for value in values)
                text, ldap = f"({text} -and ({clause}))", f"(&{ldap}{opath.to_ldap(clause)})"
            return {
                "RecipientFilter": text,
                "LdapRecipientFilter": ldap,
                "RecipientFilterType": "Precanned",
                "IncludedRecipients": ", ".join(given),
            }
    except opath.FilterError as error:
        raise TaskError(
            f"Invalid filter syntax. For a description of the filter parameter syntax see the command help: {error}.",
            "InvalidArgument",
            FILTER_ERROR,
        ) from error
    return {}


def _upgrade(shell: Shell, entry: Entry, changes: dict[str, Any]) -> bool:
    """Whether an object may be written: one of 2000 or 2003 has to be upgraded for it, which asks.

    Raises:
        TaskError: the upgrade has no filter, or nobody agrees.
    """
    name = names.rdn_value(entry.dn)
    if "RecipientFilterType" not in changes:
        raise TaskError(
            f"The recipient filter of '{name}' is of the type 'Legacy'. Specify the IncludedRecipients parameter or the "
            "RecipientFilter parameter to upgrade it.",
            "InvalidOperation",
            INVALID,
        )
    text = (
        f'To save changes on object "{name}", the object must be upgraded to the current Exchange version. After the '
        "upgrade, this object cannot be managed by an earlier version of Exchange System Management Tools. Do you want to "
        "continue to upgrade and save the object?"
    )
    return shell.flag("ForceUpgrade") or bool(shell.call.should_continue(text))


def _save(shell: Shell, kind: str, entry: Entry, changes: dict[str, Any], text: str) -> None:
    if shell.store.version(entry):
        objects.apply(shell, kind, entry, changes, text)
        return
    if not _upgrade(shell, entry, changes) or not shell.call.should_process(text, f"Set-{kind}"):
        return
    shell.store.set(entry, kind, changes)
    shell.controller.modify(entry.dn, {"msExchVersion": VERSION_2007})
    if shell.given("Name") and shell.text("Name") not in ("", names.rdn_value(entry.dn)):
        shell.controller.rename(entry.dn, names.child("CN", shell.text("Name"), names.parent(entry.dn)))


# changing lists


def _set_list(shell: Shell, is_global: bool) -> None:
    text = shell.text("Identity") or shell.text("Instance")
    found = _named(shell, is_global, text)
    if not found:
        raise shell.not_found(text)
    entry = found[0]
    objects.editable(shell, entry)
    changes = objects.changes_of(shell, "AddressList", entry, skip=("RecipientFilter", "IncludedRecipients"))
    changes |= _wanted(shell)
    _save(shell, "AddressList", entry, changes, _path(entry))


@task("Set-AddressList")
def set_address_list(shell: Shell) -> None:
    """Filter and name of an address list."""
    _set_list(shell, False)


@task("Set-GlobalAddressList")
def set_global_address_list(shell: Shell) -> None:
    """Filter and name of a global address list."""
    _set_list(shell, True)


def _update(is_global: bool) -> Callable[[Shell], None]:
    def update(shell: Shell) -> None:
        found = _named(shell, is_global, shell.text("Identity"))
        if not found:
            raise shell.not_found(shell.text("Identity"))
        if not shell.store.version(found[0]):
            raise TaskError(
                f"The address list '{_path(found[0])}' was made by an earlier version of Exchange. Upgrade it before you "
                "update it.",
                "InvalidOperation",
                INVALID,
            )
        shell.call.should_process(_path(found[0]), "Update")

    return update


task("Update-AddressList", "2010")(_update(False))
task("Update-GlobalAddressList", "2010")(_update(True))


# policies


def _pages(entry: Entry) -> tuple[bool, bool]:
    """Whether a policy has addresses, and whether it has settings of the Mailbox Manager."""
    options = entry.get("msExchPolicyOptionList")
    return (not options or ADDRESSES in options), MAILBOX_MANAGER in options


def _show_policy(shell: Shell, entry: Entry) -> Record:
    templates = shell.store.value(entry, "EmailAddressPolicy", "EnabledEmailAddressTemplates")
    addresses, manager = _pages(entry)
    extra: dict[str, Any] = {
        "EnabledPrimarySMTPAddressTemplate": next((t[5:] for t in templates if t.startswith("SMTP:")), ""),
        "HasEmailAddressSetting": addresses,
        "HasMailboxManagerSetting": manager,
        **_filters(shell, "EmailAddressPolicy", entry),
    }
    return objects.show(
        shell,
        "EmailAddressPolicy",
        entry,
        names.rdn_value(entry.dn),
        extra,
        ("Name", "Priority", "RecipientFilter"),
    )


def _policy(shell: Shell) -> Entry:
    value = shell.get("Identity") if shell.given("Identity") else shell.get("Instance")
    return objects.one(shell, "EmailAddressPolicy", value, shell.org.layout.recipient_policies)


@task("Get-EmailAddressPolicy")
def get_email_address_policy(shell: Shell) -> None:
    """E-mail address policies; those with nothing but Mailbox Manager settings only when asked for."""
    identity, base = shell.text("Identity"), shell.org.layout.recipient_policies
    found = (
        objects.find(shell, "EmailAddressPolicy", identity, base)
        if identity
        else objects.all_of(shell, "EmailAddressPolicy", base)
    )
    if identity and not found:
        raise shell.not_found(identity)
    if not identity and not shell.flag("IncludeMailboxSettingOnlyPolicy"):
        found = [entry for entry in found if _pages(entry)[0]]
    for entry in found:
        shell.call.write(_show_policy(shell, entry))


@task("Set-EmailAddressPolicy")
def set_email_address_policy(shell: Shell) -> None:
    """Templates and filters of a policy."""
    entry = _policy(shell)
    name = names.rdn_value(entry.dn)
    objects.editable(shell, entry)
    if _pages(entry)[1]:
        raise TaskError(
            f'The recipient policy "{name}" with mailbox manager settings cannot be managed by the current version of '
            "Exchange Management Console. Please use a management console with the same version as the object.",
            "InvalidOperation",
            INVALID,
        )
    changes = objects.changes_of(
        shell, "EmailAddressPolicy", entry, skip=("RecipientFilter", "IncludedRecipients")
    )
    changes |= _wanted(shell)
    if shell.given("EnabledPrimarySMTPAddressTemplate"):
        primary = shell.text("EnabledPrimarySMTPAddressTemplate").removeprefix("SMTP:")
        present = shell.store.value(entry, "EmailAddressPolicy", "EnabledEmailAddressTemplates")
        kept = [t.replace("SMTP:", "smtp:", 1) for t in present if t.partition(":")[2] != primary]
        changes["EnabledEmailAddressTemplates"] = [f"SMTP:{primary}", *kept]
    if not shell.store.version(entry) and "RecipientFilterType" in changes:
        changes["RecipientFilterApplied"] = False
    _save(shell, "EmailAddressPolicy", entry, changes, name)


@task("Update-EmailAddressPolicy")
def update_email_address_policy(shell: Shell) -> None:
    """Apply a policy to its recipients."""
    entry = _policy(shell)
    if not shell.store.version(entry):
        raise TaskError(
            f"The e-mail address policy '{names.rdn_value(entry.dn)}' was made by an earlier version of Exchange. Upgrade it "
            "before you apply it.",
            "InvalidOperation",
            INVALID,
        )
    if shell.call.should_process(names.rdn_value(entry.dn), "Update-EmailAddressPolicy"):
        shell.store.set(entry, "EmailAddressPolicy", {"RecipientFilterApplied": True})
