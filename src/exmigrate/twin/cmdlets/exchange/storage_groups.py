"""Storage groups of 2007."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.cmdlets.exchange import objects
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.shell import Shell, TaskError
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.layout import server_of

LIMITS = {"Standard": 5, "Enterprise": 50}
"""Storage groups of a server, by its edition."""


def storage_group(shell: Shell, value: Any) -> Entry:
    """The storage group that an identity names.

    Raises:
        TaskError: none or several.
    """
    return objects.one(shell, "StorageGroup", value, shell.org.layout.administrative_groups)


@task("Get-StorageGroup", "2007")
def getstorage_group(shell: Shell) -> None:
    """Storage groups of 2007 servers."""
    identity, server = shell.text("Identity"), shell.text("Server")
    base = shell.org.layout.servers
    if server:
        base = objects.one(shell, "ExchangeServer", server, base).dn
    found = (
        objects.find(shell, "StorageGroup", identity, base)
        if identity
        else objects.all_of(shell, "StorageGroup", base)
    )
    if identity and not found:
        raise shell.not_found(identity)
    for entry in found:
        owner = server_of(entry.dn)
        extra = {"Server": objects.link(shell, shell.org.layout.server(owner)), "ServerName": owner}
        shell.call.write(
            objects.show(shell, "StorageGroup", entry, f"{owner}\\{names.rdn_value(entry.dn)}", extra)
        )


@task("New-StorageGroup", "2007")
def newstorage_group(shell: Shell) -> None:
    """A storage group."""
    server = names.rdn_value(objects.server_link(shell, shell.text("Server") or shell.server.name))
    name = shell.text("Name")
    objects.own_version(shell, server, name)
    if shell.store.get(names.child("CN", name, shell.org.layout.information_store(server))) is not None:
        raise shell.exists(name)
    _check_limit(shell, server)
    root = f"{shell.org.install_folder(shell.server, '2007')}Mailbox\\{name}"
    if shell.call.should_process(name, "New-StorageGroup"):
        made = shell.org.databases.make_storage_group(
            shell.store,
            server,
            name,
            shell.text("LogFolderPath") or root,
            shell.text("SystemFolderPath") or root,
            bool(shell.get("CircularLoggingEnabled", False)),
        )
        shell.call.write(objects.show(shell, "StorageGroup", made, f"{server}\\{name}"))


@task("Set-StorageGroup", "2007")
def set_storage_group(shell: Shell) -> None:
    """Name and circular logging of a storage group."""
    entry = storage_group(shell, shell.get("Identity") if shell.given("Identity") else shell.get("Instance"))
    objects.editable(shell, entry)
    text = f"{server_of(entry.dn)}\\{names.rdn_value(entry.dn)}"
    objects.apply(shell, "StorageGroup", entry, objects.changes_of(shell, "StorageGroup", entry), text)


def _check_limit(shell: Shell, server: str) -> None:
    found = shell.world.server(server)
    if found is None or found.exchange is None or "Mailbox" not in found.exchange.roles:
        raise TaskError(f"The server '{server}' isn't a Mailbox server.", "InvalidArgument")
    limit = LIMITS.get(found.exchange.edition, LIMITS["Standard"])
    present = shell.store.all("StorageGroup", shell.org.layout.information_store(server))
    if len(present) >= limit:
        raise TaskError(
            f"Cannot create the storage group: server '{server}' already has the maximum number of storage groups "
            f"({limit}) that its edition allows.",
            "InvalidOperation",
        )


@task("Remove-StorageGroup", "2007")
def removestorage_group(shell: Shell) -> None:
    """Remove an empty storage group."""
    entry = storage_group(shell, shell.get("Identity"))
    objects.editable(shell, entry)
    if shell.controller.children(entry.dn):
        raise TaskError(
            f"Storage group '{names.rdn_value(entry.dn)}' contains one or more databases. Remove the databases first.",
            "InvalidOperation",
        )
    objects.remove(shell, entry)


# continuous replication of 2007


@task("Disable-StorageGroupCopy", "2007")
def disable_storage_group_copy(shell: Shell) -> None:
    """Switch local continuous replication off."""
    entry = storage_group(shell, shell.get("Identity"))
    name = names.rdn_value(entry.dn)
    if shell.store.value(entry, "StorageGroup", "Replicated") == "NonReplicated":
        raise TaskError(f"Storage group '{name}' doesn't have a copy.", "InvalidOperation")
    objects.apply(shell, "StorageGroup", entry, {"Replicated": "NonReplicated"}, name)
