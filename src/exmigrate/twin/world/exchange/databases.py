"""Databases: their directory objects, their files, mounting, copies and backups."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.layout import server_of
from exmigrate.twin.world.exchange.state import CopyState, DatabaseState
from exmigrate.twin.world.exchange.store import Store

if TYPE_CHECKING:
    from datetime import datetime

    from exmigrate.twin.world.exchange.organization import ExchangeOrganization

STANDARD_LIMIT = 5
SEED_MB_PER_SECOND = 30.0


class DatabaseError(Exception):
    """An operation on a database that the store refuses; the text is Exchange's."""


def kind_of(entry: Entry) -> str:
    """``PublicFolderDatabase`` or ``MailboxDatabase``."""
    return "PublicFolderDatabase" if entry.has_class("msExchPublicMDB") else "MailboxDatabase"


class Databases:
    """All databases of the organization."""

    def __init__(self, org: ExchangeOrganization) -> None:
        self._org = org

    # finding

    def entries(self, store: Store, public: bool | None = None) -> list[Entry]:
        """Directory objects of databases, in the order they were made."""
        wanted = {None: "msExchMDB", True: "msExchPublicMDB", False: "msExchPrivateMDB"}[public]
        base = self._org.layout.administrative_groups
        return [] if store.get(base) is None else store.controller.search(base, f"(objectClass={wanted})")

    def entry(self, store: Store, guid: uuid.UUID) -> Entry | None:
        """The directory object of a database, as that controller has it."""
        return store.controller.replica.by_guid(guid)

    def state(self, entry: Entry) -> DatabaseState | None:
        """What the store knows of a directory object's database."""
        return self._org.state.databases.get(entry.guid)

    def on_server(self, server: str) -> list[DatabaseState]:
        """Databases whose active copy is on a server."""
        lowered = server.lower()
        return [db for db in self._org.state.databases.values() if db.server.lower() == lowered]

    def hosted_by(self, server: str) -> list[DatabaseState]:
        """Databases of which a server has a copy, active or passive."""
        lowered = server.lower()
        every = self._org.state.databases.values()
        return [db for db in every if db.server.lower() == lowered or lowered in db.copies]

    def product(self, store: Store, entry: Entry) -> str:
        """``2000``, ``2003``, ``2007`` or ``2010``, by where the object lies."""
        if names.is_below(names.key(entry.dn), names.key(self._org.layout.databases)):
            return "2010"
        place = self._org.layout.legacy.get(server_of(entry.dn).lower())
        return place.product if place else "2007"

    def server_name(self, store: Store, entry: Entry) -> str:
        """Name of the server that owns a database."""
        link = entry.text("msExchOwningServer")
        return names.rdn_value(link) if link else server_of(entry.dn)

    def identity(self, store: Store, entry: Entry) -> str:
        r"""``DB01`` for 2010, ``SERVER\Storage Group\Database`` for 2007."""
        name = names.rdn_value(entry.dn)
        if self.product(store, entry) == "2010":
            return name
        group = names.rdn_value(names.parent(entry.dn))
        return f"{server_of(entry.dn)}\\{group}\\{name}"

    # making

    def make_storage_group(
        self, store: Store, server: str, name: str, logs: str, system: str, circular: bool = False
    ) -> Entry:
        """A storage group of a server of 2007 or older."""
        dn = names.child("CN", name, self._org.layout.information_store(server))
        prefix = f"E{len(store.all('StorageGroup', self._org.layout.information_store(server))):02d}"
        values = {
            "LogFolderPath": logs,
            "SystemFolderPath": system,
            "CircularLoggingEnabled": circular,
            "LogFilePrefix": prefix,
        }
        return store.create("StorageGroup", dn, values, self._org.product_named(server) or "2007")

    def make(
        self,
        store: Store,
        server: str,
        name: str,
        *,
        product: str,
        storage_group: str = "",
        public: bool = False,
        edb: str = "",
        logs: str = "",
        mounted: bool = False,
        values: dict[str, Any] | None = None,
    ) -> Entry:
        """A database: its directory object, its file when it is mounted, its system mailboxes."""
        layout = self._org.layout
        kind = "PublicFolderDatabase" if public else "MailboxDatabase"
        given: dict[str, Any] = {"EdbFilePath": edb, "Server": layout.server(server), **(values or {})}
        if product == "2010":
            above = layout.databases
            given["LogFolderPath"] = logs or edb.rpartition("\\")[0]
            given.setdefault("MasterServerOrAvailabilityGroup", layout.server(server)) if not public else None
            if not public:
                array = self._org.array_fqdn(store, server)
                given.setdefault("RpcClientAccessServer", array or self._org.cas_fqdn(store, server))
        else:
            above = names.child("CN", storage_group, layout.information_store(server))
        if public:
            tree = self._org.folders.ensure_tree(store)
            given["PublicFolderHierarchy"] = tree
        elif "PublicFolderDatabase" not in given:
            default = self._org.folders.default_database(store, server)
            given["PublicFolderDatabase"] = default
        if not public and "OfflineAddressBook" not in given:
            given["OfflineAddressBook"] = None
        entry = store.create(kind, names.child("CN", name, above), given, product)
        if product == "2010":
            self._copy_object(store, entry, server, 1)
        state = DatabaseState(entry.guid, name, server, public, created=self._org.now())
        self._org.state.databases[entry.guid] = state
        if mounted:
            self._mount(state, entry)
        if not public:
            self._org.recipients.make_system_mailbox(store, entry, state)
        elif mounted:
            self._org.folders.receive_hierarchy(state)
        return entry

    def _copy_object(self, store: Store, entry: Entry, server: str, preference: int) -> None:
        dn = names.child("CN", server, entry.dn)
        values = {"HostServer": self._org.layout.server(server), "ActivationPreference": preference}
        store.create("DatabaseCopy", dn, values, "2010")

    def delete(self, store: Store, entry: Entry) -> None:
        """Remove the object; the files stay, mailboxes in it are lost to the organization."""
        state = self._org.state.databases.pop(entry.guid, None)
        if state is not None:
            for box in self._org.state.mailboxes_in(entry.guid):
                self._org.state.mailboxes.pop(box.guid, None)
                self._org.recipients.forget_system_mailbox(store, box)
            for folder in self._org.state.folders.values():
                folder.contents.pop(entry.guid, None)
                folder.replicas = [guid for guid in folder.replicas if guid != entry.guid]
        store.delete(entry.dn)

    # mounting

    def mount(self, entry: Entry) -> None:
        """Mount a database on its server.

        Raises:
            DatabaseError: the server's own controller does not know it yet, the store is down, too many databases.
        """
        state = self._org.state.databases.get(entry.guid)
        server = self._org.world.server(state.server) if state else None
        name = names.rdn_value(entry.dn)
        if state is None or server is None or not server.up:
            raise DatabaseError(
                self._failed(name, "MapiExceptionNetworkError: Unable to make connection to the server.")
            )
        if not server.services.is_running("MSExchangeIS"):
            raise DatabaseError(
                self._failed(
                    name,
                    "MapiExceptionNetworkError: Unable to make admin interface connection to server. (hr=0x80040115, ec=-2147221227)",
                )
            )
        own = self._org.store_for(server)
        if self.entry(own, entry.guid) is None:
            reason = f"MapiExceptionNotFound: Unable to mount database. (hr=0x8004010f, ec=-2147221233): the database object {entry.guid} was not found on {own.controller.fqdn}."
            raise DatabaseError(self._failed(name, reason))
        self._check_edition(server.name, name, state)
        self._mount(state, entry)
        if state.public:
            self._org.folders.receive_hierarchy(state)

    def _mount(self, state: DatabaseState, entry: Entry) -> None:
        server = self._org.world.server(state.server)
        path = entry.text("msExchEDBFile")
        if server is not None and path and server.files.stat(path) is None:
            try:
                server.files.make_directory(path.rpartition("\\")[0])
                server.files.write(path, b"")
            except Exception as error:  # a drive the server does not have
                raise DatabaseError(self._failed(state.name, f"MapiExceptionCallFailed: {error}")) from error
        state.mounted = True

    def _check_edition(self, server: str, name: str, state: DatabaseState) -> None:
        found = self._org.world.server(server)
        if found is None or found.exchange is None or found.exchange.edition == "Enterprise":
            return
        mounted = [db for db in self.on_server(server) if db.mounted and db is not state]
        if len(mounted) >= STANDARD_LIMIT:
            reason = "MapiExceptionTooManyMountedDatabases: Unable to mount database. (hr=0x8004060e, ec=-2147219954)"
            raise DatabaseError(self._failed(name, reason))

    @staticmethod
    def _failed(name: str, reason: str) -> str:
        return f"Couldn't mount the database that you specified. Specified database: {name}; Error code: {reason}"

    def dismount(self, entry: Entry) -> None:
        """Take a database off line."""
        state = self._org.state.databases.get(entry.guid)
        if state is not None:
            state.mounted = False

    # copies

    def add_copy(self, store: Store, entry: Entry, server: str, preference: int) -> CopyState:
        """A passive copy that is seeded from now on."""
        state = self._org.state.databases[entry.guid]
        seconds = 60.0 + self._org.state.size_mb(state) / SEED_MB_PER_SECOND
        now = self._org.now()
        copy = CopyState(server, preference, now, now + timedelta(seconds=seconds * self._org.scale))
        state.copies[server.lower()] = copy
        self._copy_object(store, entry, server, preference)
        dag = self._org.dag_of(store, state.server)
        store.set(entry, "MailboxDatabase", {"MasterServerOrAvailabilityGroup": dag})
        return copy

    def remove_copy(self, store: Store, entry: Entry, server: str) -> None:
        """Take a passive copy away; its files stay."""
        self._org.state.databases[entry.guid].copies.pop(server.lower(), None)
        dn = names.child("CN", server, entry.dn)
        if store.get(dn) is not None:
            store.delete(dn)

    def activate(self, store: Store, entry: Entry, server: str) -> None:
        """Move the active copy to another server of the DAG."""
        state = self._org.state.databases[entry.guid]
        now, old = self._org.now(), state.server
        target = state.copies.pop(server.lower())
        state.copies[old.lower()] = CopyState(old, target.preference, now, now)
        state.server = target.server
        store.set(entry, "MailboxDatabase", {"Server": self._org.layout.server(state.server)})

    # backups

    def back_up(self, name: str, when: datetime | None = None) -> bool:
        """A full backup by a product outside of Exchange; False when no such database is mounted."""
        state = self._org.state.database(name)
        if state is None or not state.mounted:
            return False
        state.last_full_backup = when or self._org.now()
        state.log_bytes = 0
        return True
