"""Databases: showing, making, changing."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.cmdlets.exchange import objects
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.shell import Shell, TaskError, identity_text
from exmigrate.twin.cmdlets.exchange.storage_groups import storage_group
from exmigrate.twin.cmdlets.exchange.values import ad_object_id, date, list_of, size
from exmigrate.twin.powershell.values import Record
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.databases import kind_of
from exmigrate.twin.world.exchange.layout import LEGACY, server_of
from exmigrate.twin.world.exchange.state import MB

LINKS: dict[str, objects.Resolver] = {}
PATHS = ("EdbFilePath", "LogFolderPath")


def find_databases(shell: Shell, identity: str, public: bool | None = None) -> list[Entry]:
    """Databases that an identity names: ``DB01``, ``SERVER\\DB``, ``SERVER\\SG\\DB``, DN, GUID; ``*`` matches."""
    kinds = ["MailboxDatabase", "PublicFolderDatabase"]
    if public is not None:
        kinds = kinds[1:] if public else kinds[:1]
    base = shell.org.layout.administrative_groups
    return [entry for kind in kinds for entry in objects.find(shell, kind, identity, base)]


def one_database(shell: Shell, value: Any, public: bool | None = None) -> Entry:
    """The one database that an identity names.

    Raises:
        TaskError: none or several.
    """
    text = identity_text(value)
    found = find_databases(shell, text, public)
    if not found:
        raise shell.not_found(text)
    if len(found) > 1:
        raise TaskError(
            f"The operation couldn't be performed because '{text}' matches multiple entries.",
            "InvalidArgument",
        )
    return found[0]


def need_domain_of(shell: Shell, server: str) -> None:
    """Refuse a named controller of another domain than the owning server's.

    The system mailbox of a mailbox database is made and removed in the domain of the server's computer account, on the
    controller that the call names. For 2007 that is (unverified).

    Raises:
        TaskError: a referral, before anything is written.
    """
    found = shell.world.server(server)
    if shell.pinned and found is not None and found.spec.domain:
        shell.own_controller(names.domain_dn(found.spec.domain))


def _default_book(shell: Shell, value: Any) -> str:
    return objects.one(shell, "OfflineAddressBook", value).dn


def _recipient(shell: Shell, value: Any) -> str:
    text = identity_text(value)
    found = shell.org.recipients.find(shell.reference_controller, text)
    if not found:
        raise shell.not_found(text)
    return found[0].dn


def _public(shell: Shell, value: Any) -> str:
    return one_database(shell, value, public=True).dn


LINKS.update(PublicFolderDatabase=_public, OfflineAddressBook=_default_book, JournalRecipient=_recipient)


# showing


def show_database(shell: Shell, entry: Entry, status: bool = False) -> Record:
    """A database; with ``status`` what only the running store knows."""
    kind = kind_of(entry)
    databases = shell.org.databases
    server = databases.server_name(shell.store, entry)
    state = databases.state(entry)
    is_2010 = databases.product(shell.store, entry) == "2010"
    server_link = objects.link(shell, shell.org.layout.server(server))
    extra: dict[str, Any] = {
        "Server": server_link,
        "ServerName": server,
        "AdministrativeGroup": objects.link(shell, shell.org.layout.group_of(server)),
        "MountedOnServer": None,
        "Mounted": None,
        "LastFullBackup": None,
        "LastIncrementalBackup": None,
        "SnapshotLastFullBackup": None,
        "BackupInProgress": None,
        "DatabaseCreated": state is not None and state.created is not None,
        "Description": "",
        "ExchangeLegacyDN": f"{shell.org.layout.legacy_server(server)}/cn=Microsoft {'Public' if state and state.public else 'Private'} MDB",
    }
    if is_2010:
        extra["Servers"] = list_of(_hosts(shell, entry))
        extra["MasterType"] = "Server"
        extra["ReplicationType"] = "Remote" if state and state.copies else "None"
        extra["DatabaseCopies"] = list_of(
            [f"{names.rdn_value(entry.dn)}\\{h.values['Name']}" for h in _hosts(shell, entry)]
        )
        extra["DatabaseSize"] = None
        extra["AvailableNewMailboxSpace"] = None
    else:
        group = names.parent(entry.dn)
        extra["StorageGroup"] = ad_object_id(group, f"{server}\\{names.rdn_value(group)}")
        extra["StorageGroupName"] = names.rdn_value(group)
        extra["HasLocalCopy"] = False
        extra["CopyEdbFilePath"] = None
    if status and state is not None:
        _status(shell, extra, state, is_2010)
    if kind == "PublicFolderDatabase":
        extra["PublicFolderHierarchy"] = objects.link(shell, entry.text("msExchOwningPFTree"))
    display = (
        ("Name", "Server", "StorageGroup", "Recovery")
        if not is_2010
        else ("Name", "Server", "Recovery", "ReplicationType")
    )
    return objects.show(shell, kind, entry, databases.identity(shell.store, entry), extra, display)


def _hosts(shell: Shell, entry: Entry) -> list[Record]:
    found = []
    for copy in shell.store.all("DatabaseCopy", entry.dn):
        server = names.rdn_value(copy.text("msExchHostServerLink"))
        found.append(ad_object_id(shell.org.layout.server(server), server))
    return found


def _status(shell: Shell, extra: dict[str, Any], state: Any, is_2010: bool) -> None:
    server = shell.world.server(state.server)
    alive = server is not None and server.up and server.services.is_running("MSExchangeIS")
    if not alive:
        shell.call.warning(
            f"Exchange can't connect to the Information Store service on server {state.server}."
        )
        return
    extra["Mounted"] = state.mounted
    extra["MountedOnServer"] = server.fqdn if server is not None else ""
    extra["BackupInProgress"] = False
    extra["LastFullBackup"] = date(state.last_full_backup)
    extra["SnapshotLastFullBackup"] = state.last_full_backup is not None
    if is_2010:
        extra["DatabaseSize"] = size(shell.org.state.size_mb(state) * MB)
        extra["AvailableNewMailboxSpace"] = size(8 * MB)


def _get(shell: Shell, public: bool) -> None:
    identity, server, group = shell.text("Identity"), shell.text("Server"), shell.text("StorageGroup")
    if identity:
        found = find_databases(shell, identity, public)
        if not found and "*" not in identity:
            raise shell.not_found(identity)
    else:
        found = shell.org.databases.entries(shell.store, public)
    if server:
        wanted = names.rdn_value(objects.server_link(shell, server)).lower()
        found = [e for e in found if wanted in _held_by(shell, e)]
    if group:
        parent = names.key(storage_group(shell, group).dn)
        found = [e for e in found if names.key(names.parent(e.dn)) == parent]
    found = [e for e in found if identity or _in_view(shell, e, bool(server))]
    for entry in found:
        shell.call.write(show_database(shell, entry, shell.flag("Status")))


def _held_by(shell: Shell, entry: Entry) -> set[str]:
    hosts = {record.values["Name"].lower() for record in _hosts(shell, entry)}
    return hosts | {shell.org.databases.server_name(shell.store, entry).lower()}


def _in_view(shell: Shell, entry: Entry, by_server: bool) -> bool:
    # lists show databases of the shell's own version; older ones only when asked for, newer ones never.
    # A server of 2007 or later that is named shows its own in either shell.
    product = shell.org.databases.product(shell.store, entry)
    if product == shell.version or (by_server and product not in LEGACY):
        return True
    return shell.flag(f"IncludePreExchange{shell.version}") and product < shell.version


@task("Get-MailboxDatabase")
def get_mailbox_database(shell: Shell) -> None:
    """Mailbox databases."""
    _get(shell, False)


@task("Get-PublicFolderDatabase")
def get_public_folder_database(shell: Shell) -> None:
    """Public folder databases."""
    _get(shell, True)


# making


@task("New-MailboxDatabase")
def new_mailbox_database(shell: Shell) -> None:
    """A mailbox database, not mounted."""
    _new(shell, False)


@task("New-PublicFolderDatabase")
def new_public_folder_database(shell: Shell) -> None:
    """A public folder database, not mounted; a server has at most one."""
    _new(shell, True)


def _new(shell: Shell, public: bool) -> None:
    name = shell.text("Name")
    group = ""
    if shell.version == "2007":
        group_entry = storage_group(shell, shell.get("StorageGroup"))
        server, group = server_of(group_entry.dn), names.rdn_value(group_entry.dn)
    else:
        entry = objects.one(shell, "ExchangeServer", objects.server_link(shell, shell.get("Server")))
        server = names.rdn_value(entry.dn)
        if not entry.number("msExchCurrentServerRoles") & 2:
            raise TaskError(f"The server '{server}' isn't a Mailbox server.", "InvalidArgument")
    objects.own_version(shell, server, name)
    _refuse_names(shell, name, server, group, public)
    if not shell.call.should_process(name, "New-Database"):
        return
    if not public:
        need_domain_of(shell, server)
    folder = f"{shell.org.install_folder(shell.server, shell.version)}Mailbox\\{group or name}"
    values: dict[str, Any] = {}
    if shell.given("PublicFolderDatabase"):
        values["PublicFolderDatabase"] = _public(shell, shell.get("PublicFolderDatabase"))
    if shell.given("OfflineAddressBook"):
        values["OfflineAddressBook"] = _default_book(shell, shell.get("OfflineAddressBook"))
    entry = shell.org.databases.make(
        shell.store,
        server,
        name,
        product=shell.version,
        storage_group=group,
        public=public,
        edb=shell.text("EdbFilePath") or f"{folder}\\{name}.edb",
        logs=shell.text("LogFolderPath"),
        values=values,
    )
    shell.call.write(show_database(shell, entry))


def _refuse_names(shell: Shell, name: str, server: str, group: str, public: bool) -> None:
    if shell.version == "2010":
        taken = [
            e for e in find_databases(shell, name) if shell.org.databases.product(shell.store, e) == "2010"
        ]
        if taken:
            raise TaskError(
                f'The database name "{name}" isn\'t unique in the organization. Choose a different name.',
                "InvalidArgument",
            )
    elif shell.store.get(
        names.child("CN", name, names.child("CN", group, shell.org.layout.information_store(server)))
    ):
        raise shell.exists(name)
    if public and any(db.public for db in shell.org.databases.on_server(server)):
        raise TaskError(
            f"A public folder database already exists on server '{server}'. There can be only one public folder "
            "database on a server.",
            "InvalidOperation",
        )


# changing


def _set(shell: Shell, public: bool) -> None:
    kind = "PublicFolderDatabase" if public else "MailboxDatabase"
    entry = one_database(shell, shell.get("Identity"), public)
    text = shell.org.databases.identity(shell.store, entry)
    objects.editable(shell, entry, text)
    objects.own_version(shell, shell.org.databases.server_name(shell.store, entry), text)
    changes = objects.changes_of(shell, kind, entry, resolvers=LINKS, skip=PATHS)
    target = changes.get("RpcClientAccessServer")
    if target:
        changes["RpcClientAccessServer"] = _access_point(shell, target)
    state = shell.org.databases.state(entry)
    objects.apply(shell, kind, entry, changes, text)
    if state is not None and shell.given("Name") and shell.text("Name"):
        state.name = shell.text("Name")


def _access_point(shell: Shell, value: str) -> str:
    for array in objects.all_of(shell, "ClientAccessArray"):
        if value.lower() in (
            names.rdn_value(array.dn).lower(),
            shell.store.value(array, "ClientAccessArray", "Fqdn").lower(),
        ):
            return str(shell.store.value(array, "ClientAccessArray", "Fqdn"))
    found = objects.find(shell, "ExchangeServer", value, shell.org.layout.servers)
    if not found:
        raise TaskError(
            f"The Client Access server or array '{value}' couldn't be found. Make sure you have typed it correctly.",
            "ObjectNotFound",
        )
    server = shell.world.server(names.rdn_value(found[0].dn))
    return server.fqdn if server is not None else value


@task("Set-MailboxDatabase")
def set_mailbox_database(shell: Shell) -> None:
    """Settings of a mailbox database."""
    _set(shell, False)


@task("Set-PublicFolderDatabase", "2010")
def set_public_folder_database(shell: Shell) -> None:
    """Settings of a public folder database."""
    _set(shell, True)
