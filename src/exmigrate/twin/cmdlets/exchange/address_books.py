"""Offline address books."""

from __future__ import annotations

import uuid
from functools import partial
from typing import Any

from exmigrate.twin.cmdlets.exchange import objects
from exmigrate.twin.cmdlets.exchange.databases import one_database
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.shell import Shell, TaskError
from exmigrate.twin.cmdlets.exchange.values import date, list_of
from exmigrate.twin.powershell.values import Record
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.layout import server_of

GENERATION_S = 120.0


def _books(shell: Shell) -> str:
    return shell.org.layout.offline_address_books


def _oab_directory(shell: Shell, value: Any) -> str:
    return objects.one(shell, "OabVirtualDirectory", value, shell.org.layout.servers).dn


def _address_list(shell: Shell, value: Any) -> str:
    return objects.one(shell, "AddressList", value, shell.org.layout.address_lists).dn


RESOLVERS: dict[str, objects.Resolver] = {
    "VirtualDirectories": _oab_directory,
    "AddressLists": _address_list,
    "PublicFolderDatabase": lambda shell, value: one_database(shell, value, public=True).dn,
}


def _show(shell: Shell, entry: Entry) -> Record:
    versions = shell.store.value(entry, "OfflineAddressBook", "Versions")
    touched = shell.store.value(entry, "OfflineAddressBook", "LastTouchedTime")
    extra = {
        "Schedule": list_of(["Sun.5:00 AM-Sun.5:15 AM"]),
        "ConfiguredAttributes": list_of([]),
        "LastTouchedTime": date(touched),
        "WebDistributionEnabled": bool(shell.store.value(entry, "OfflineAddressBook", "VirtualDirectories")),
        "Versions": list_of(versions),
        "MaxBinaryPropertySize": 32768,
    }
    return objects.show(
        shell,
        "OfflineAddressBook",
        entry,
        f"\\{names.rdn_value(entry.dn)}",
        extra,
        ("Name", "Versions", "AddressLists"),
    )


@task("Get-OfflineAddressBook")
def get_offline_address_book(shell: Shell) -> None:
    """Offline address books, of one server where it is named."""
    identity = shell.text("Identity")
    found = (
        objects.find(shell, "OfflineAddressBook", identity, _books(shell))
        if identity
        else objects.all_of(shell, "OfflineAddressBook", _books(shell))
    )
    if identity and not found:
        raise shell.not_found(identity)
    if shell.text("Server"):
        server = names.key(objects.server_link(shell, shell.get("Server")))
        found = [e for e in found if names.key(e.text("offLineABServer")) == server]
    for entry in found:
        shell.call.write(_show(shell, entry))


@task("Set-OfflineAddressBook")
def set_offline_address_book(shell: Shell) -> None:
    """Versions, distribution and lists of a book."""
    entry = objects.one(shell, "OfflineAddressBook", shell.get("Identity"), _books(shell))
    objects.editable(shell, entry)
    changes = objects.changes_of(
        shell, "OfflineAddressBook", entry, resolvers=RESOLVERS, skip=("Schedule", "ConfiguredAttributes")
    )
    versions = changes.get("Versions")
    if versions is not None:
        changes["Versions"] = [f"Version{text.lower().removeprefix('version')}" for text in versions]
    public = changes.get(
        "PublicFolderDistributionEnabled",
        shell.store.value(entry, "OfflineAddressBook", "PublicFolderDistributionEnabled"),
    )
    if public and not shell.org.folders.databases():
        raise TaskError(
            "There's no public folder database in the organization: public folder distribution isn't possible.",
            "InvalidOperation",
        )
    objects.apply(shell, "OfflineAddressBook", entry, changes, f"\\{names.rdn_value(entry.dn)}")


@task("Move-OfflineAddressBook")
def move_offline_address_book(shell: Shell) -> None:
    """Let another Mailbox server generate a book."""
    entry = objects.one(shell, "OfflineAddressBook", shell.get("Identity"), _books(shell))
    objects.editable(shell, entry)
    target = objects.server_link(shell, shell.get("Server"))
    server = shell.store.get(target)
    assert server is not None
    name = names.rdn_value(target)
    if not server.number("msExchCurrentServerRoles") & 2:
        raise TaskError(f"The server '{name}' isn't a Mailbox server.", "InvalidArgument")
    if shell.version == "2007":
        objects.own_version(shell, name, names.rdn_value(entry.dn))
    if names.key(entry.text("offLineABServer")) == names.key(target):
        shell.call.warning(
            f"The offline address book '{names.rdn_value(entry.dn)}' is already generated on server '{name}'."
        )
        return
    if shell.call.should_process(f"\\{names.rdn_value(entry.dn)}", "Move-OfflineAddressBook"):
        shell.store.set(entry, "OfflineAddressBook", {"Server": target, **_folders_of(shell, entry, name)})


def _folders_of(shell: Shell, entry: Entry, server: str) -> dict[str, Any]:
    # a book that lay in the public folder store of 2003 goes on in the database that the new server uses
    link = shell.store.value(entry, "OfflineAddressBook", "PublicFolderDatabase")
    if not link or server_of(link).lower() not in shell.org.layout.legacy:
        return {}
    return {"PublicFolderDatabase": shell.org.folders.default_database(shell.store, server)}


@task("Update-OfflineAddressBook")
def update_offline_address_book(shell: Shell) -> None:
    """Generate a book now: files on the generation server, later copied by the file distribution service."""
    entry = objects.one(shell, "OfflineAddressBook", shell.get("Identity"), _books(shell))
    name = names.rdn_value(entry.dn)
    server = shell.world.server(names.rdn_value(entry.text("offLineABServer")))
    if server is None or not server.up or not server.services.is_running("MSExchangeSA"):
        raise TaskError(
            f"Failed to start generation of offline address book '\\{name}': the Microsoft Exchange System Attendant service "
            "on the generation server isn't available.",
            "ResourceUnavailable",
        )
    if not shell.call.should_process(f"\\{name}", "Update-OfflineAddressBook"):
        return
    controller, org = shell.controller, shell.org

    def generated() -> None:
        controller.modify(entry.dn, {"msExchOABLastTouchedTime": org.now()})
        folder = f"{org.install_folder(server, org.product_of(server) or '2010')}ExchangeOAB\\{entry.guid}"
        _write_files(server, folder)
        server.log_event(
            "MSExchangeSA", 9107, f"OALGen has completed generation of offline address list '\\{name}'."
        )
        fresh = controller.get(entry.dn)
        for dn in fresh.get("msExchOABVirtualDirectoriesLink") if fresh else ():
            directory = controller.get(str(dn))
            minutes = directory.number("msExchPollInterval", 480) if directory else 480
            org.world.clock.schedule(
                minutes * 60 * org.scale, partial(_distribute, shell, str(dn), entry.guid)
            )

    org.world.clock.schedule(GENERATION_S * org.scale, generated)


def _distribute(shell: Shell, directory: str, book: uuid.UUID) -> None:
    """What the file distribution service of a Client Access server does at its next poll."""
    cas = shell.world.server(server_of(directory))
    if cas is not None and cas.up and cas.services.is_running("MSExchangeFDS"):
        root = shell.org.install_folder(cas, shell.org.product_of(cas) or "2010")
        _write_files(cas, f"{root}ClientAccess\\OAB\\{book}")


def _write_files(server: Any, folder: str) -> None:
    server.files.make_directory(folder)
    server.files.write(f"{folder}\\oab.xml", b'<?xml version="1.0" encoding="utf-8"?><OAB></OAB>')
