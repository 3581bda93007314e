"""Mailboxes made, changed and removed."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.cmdlets.exchange import convert, databases, objects
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.mailboxes import (
    find_recipients,
    find_references,
    one_mailbox,
    show_mailbox,
    writer_of,
)
from exmigrate.twin.cmdlets.exchange.shell import RECIPIENT_ADMINISTRATORS, RECIPIENT_TASKS, Shell, TaskError
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.layout import LEGACY
from exmigrate.twin.world.exchange.recipients import TYPE_DETAILS


@task("New-Mailbox", allowed=RECIPIENT_ADMINISTRATORS, namespace=RECIPIENT_TASKS, default_set="User")
def new_mailbox(shell: Shell) -> None:
    """A user with a mailbox."""
    name = shell.text("Name")
    alias = shell.text("Alias") or name.replace(" ", "")
    unit = shell.text("OrganizationalUnit")
    base = _container(shell, unit) if unit else f"CN=Users,{shell.controller.domain_dn}"
    principal = shell.text("UserPrincipalName") or f"{alias}@{names.dns_name(base)}"
    controller = shell.own_controller(base)
    database = _target_database(shell)
    if find_references(shell, alias):
        raise TaskError(
            f"The alias '{alias}' is already used by another recipient in the organization.", "InvalidData"
        )
    if not shell.call.should_process(name, "New-Mailbox"):
        return
    kind = next((k for k in ("Room", "Equipment", "Shared") if shell.flag(k)), "User")
    entry = controller.create(
        names.child("CN", name, base),
        "user",
        {
            "sAMAccountName": shell.text("SamAccountName") or alias[:20],
            "userPrincipalName": principal,
            "displayName": shell.text("DisplayName") or name,
            "userAccountControl": 512 if kind == "User" else 514,
        },
    )
    shell.org.recipients.enable(
        controller, entry, database, alias=alias, type_details=f"{kind}Mailbox", product=shell.version
    )
    fresh = controller.get(entry.dn)
    assert fresh is not None
    shell.call.write(show_mailbox(shell, fresh))


def _container(shell: Shell, text: str) -> str:
    if "=" in text:
        if shell.own_controller(text).get(text) is None:
            raise shell.not_found(text)
        return text
    wanted = text.strip("/").lower()
    found = [e.dn for e in _units(shell) if names.canonical_name(e.dn).lower() == wanted]
    found = found or [e.dn for e in _units(shell) if names.rdn_value(e.dn).lower() == wanted]
    if not found:
        raise TaskError(
            f'Organizational unit "{text}" was not found. Please make sure you have typed it correctly.',
            "ObjectNotFound",
        )
    if len({names.dns_name(dn) for dn in found}) > 1:
        # Every domain has its Users: a bare name is one of several where the forest is in view.
        raise TaskError(
            f'The operation couldn\'t be performed because "{text}" matches multiple organizational units.',
            "InvalidArgument",
        )
    return found[0]


def _units(shell: Shell) -> list[Entry]:
    controller = shell.recipient_controller
    domains = shell.world.forest.domain_dns() if shell.whole_forest else [controller.domain_dn]
    return [
        entry
        for domain in domains
        if controller.get(domain) is not None
        for kind in ("organizationalUnit", "container")
        for entry in controller.search(domain, f"(objectClass={kind})")
    ]


def _target_database(shell: Shell) -> Entry:
    if shell.given("Database"):
        entry = databases.one_database(shell, shell.get("Database"), public=False)
    else:
        own = [
            e
            for e in shell.org.databases.entries(shell.store, public=False)
            if shell.org.databases.product(shell.store, e) == shell.version
        ]
        if not own:
            raise TaskError(
                "There is no available mailbox database in the current scope.", "InvalidOperation"
            )
        entry = own[0]
    text = shell.org.databases.identity(shell.store, entry)
    objects.own_version(shell, shell.org.databases.server_name(shell.store, entry), text)
    state = shell.org.databases.state(entry)
    if state is None or not state.mounted:
        raise TaskError(f"The mailbox database '{text}' isn't mounted.", "InvalidOperation")
    return entry


@task("Enable-Mailbox", allowed=RECIPIENT_ADMINISTRATORS, namespace=RECIPIENT_TASKS, default_set="User")
def enable_mailbox(shell: Shell) -> None:
    """Give an existing user a mailbox."""
    text = shell.text("Identity")
    entry = _user(shell, text)
    if shell.org.recipients.is_mailbox(entry):
        raise TaskError(f'The user "{names.rdn_value(entry.dn)}" already has a mailbox.', "InvalidOperation")
    alias = shell.text("Alias") or entry.text("sAMAccountName")
    database = _target_database(shell)
    if shell.call.should_process(text, "Enable-Mailbox"):
        controller = writer_of(shell, entry)
        shell.org.recipients.enable(controller, entry, database, alias=alias, product=shell.version)
        fresh = controller.get(entry.dn)
        assert fresh is not None
        shell.call.write(show_mailbox(shell, fresh))


def _user(shell: Shell, text: str) -> Entry:
    known = find_recipients(shell, text)
    if known:
        return known[0]
    escaped = text.rpartition("\\")[2].replace("(", "\\28").replace(")", "\\29")
    query = f"(&(objectClass=user)(|(sAMAccountName={escaped})(cn={escaped})(userPrincipalName={escaped})(distinguishedName={escaped})))"
    controller = shell.recipient_controller
    domains = shell.world.forest.domain_dns() if shell.whole_forest else [controller.domain_dn]
    found = [e for dn in domains if controller.get(dn) for e in controller.search(dn, query)]
    if not found:
        raise shell.not_found(text)
    return found[0]


@task("Disable-Mailbox", allowed=RECIPIENT_ADMINISTRATORS, namespace=RECIPIENT_TASKS)
def disable_mailbox(shell: Shell) -> None:
    """Take the mailbox off a user."""
    entry = one_mailbox(shell, shell.get("Identity"))
    if shell.call.should_process(names.canonical_name(entry.dn), "Disable-Mailbox"):
        shell.org.recipients.disable(writer_of(shell, entry), entry)


@task("Remove-Mailbox", allowed=RECIPIENT_ADMINISTRATORS, namespace=RECIPIENT_TASKS)
def remove_mailbox(shell: Shell) -> None:
    """Delete a user with its mailbox."""
    entry = one_mailbox(shell, shell.get("Identity"))
    if shell.org.recipients.details(entry) == "ArbitrationMailbox" and not shell.flag("Arbitration"):
        raise shell.not_found(shell.text("Identity"))
    if shell.call.should_process(names.canonical_name(entry.dn), "Remove-Mailbox"):
        shell.org.recipients.remove(writer_of(shell, entry), entry)


def _reference(shell: Shell, text: str) -> str:
    found = find_references(shell, text)
    if not found:
        raise shell.not_found(text)
    return found[0].dn


_SETTABLE = {
    "DisplayName": "displayName",
    "HiddenFromAddressListsEnabled": "msExchHideFromAddressLists",
    "CustomAttribute1": "extensionAttribute1",
    "DeliverToMailboxAndForward": "deliverAndRedirect",
}


@task("Set-Mailbox", allowed=RECIPIENT_ADMINISTRATORS, namespace=RECIPIENT_TASKS)
def set_mailbox(shell: Shell) -> None:
    """Settings of a mailbox that other steps look at."""
    entry = one_mailbox(shell, shell.get("Identity"))
    server = shell.org.recipients.server_of_mailbox(shell.recipient_controller, entry)
    if shell.org.product_named(server) not in LEGACY:  # those of 2003 either shell may edit, but not make
        objects.own_version(shell, server, names.canonical_name(entry.dn))
    changes: dict[str, Any] = {
        attribute: shell.get(name) for name, attribute in _SETTABLE.items() if shell.given(name)
    }
    if shell.given("ForwardingAddress"):
        text = shell.text("ForwardingAddress")
        changes["altRecipient"] = _reference(shell, text) if text else None
    if shell.given("EmailAddresses"):
        changes["proxyAddresses"] = convert.texts(
            shell.get("EmailAddresses"), [str(v) for v in entry.get("proxyAddresses")]
        )
    if shell.given("Type"):
        changes["msExchRecipientTypeDetails"] = TYPE_DETAILS.get(
            f"{shell.text('Type').replace('Regular', 'User')}Mailbox", 1
        )
    if changes and shell.call.should_process(names.canonical_name(entry.dn), "Set-Mailbox"):
        writer_of(shell, entry).modify(entry.dn, changes)
