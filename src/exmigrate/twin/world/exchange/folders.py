"""Public folders: one tree, replica lists, and contents that follow the lists in their own time."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from exmigrate.twin.world import dn as names
from exmigrate.twin.world.exchange.spec import PublicFolderSpec
from exmigrate.twin.world.exchange.state import DatabaseState, FolderState, Message
from exmigrate.twin.world.exchange.store import Store

if TYPE_CHECKING:
    from exmigrate.twin.world.exchange.organization import ExchangeOrganization

SYSTEM_ROOT = "\\NON_IPM_SUBTREE"
REPLICATION_PERIOD_S = 900.0
HIERARCHY_S = 300.0
KB_PER_SECOND = 400.0


class FolderError(Exception):
    """An operation on a public folder that the store refuses; the text is Exchange's."""


class PublicFolders:
    """The organization's public folder tree."""

    def __init__(self, org: ExchangeOrganization) -> None:
        self._org = org
        self._hierarchy: set[uuid.UUID] = set()

    # the tree object and databases

    def ensure_tree(self, store: Store) -> str:
        """DN of the tree object, made when it is not there."""
        layout = self._org.layout
        for base in (layout.folder_hierarchies, f"CN=Administrative Groups,{layout.org}"):
            if store.get(base) is not None:
                found = store.controller.search(base, "(objectClass=msExchPFTree)")
                if found:
                    return found[0].dn
        store.container(layout.folder_hierarchies)
        dn = f"CN=Public Folders,{layout.folder_hierarchies}"
        store.controller.create(dn, "msExchPFTree", {"msExchPFTreeType": 1})
        return dn

    def databases(self) -> list[DatabaseState]:
        """All public folder databases."""
        return [db for db in self._org.state.databases.values() if db.public]

    def default_database(self, store: Store, server: str) -> str | None:
        """DN of the database that a new mailbox database on ``server`` gets as its default: own, same version, any."""
        product = self._org.product_of(self._org.world.server(server))
        ranked = sorted(
            self.databases(),
            key=lambda db: (db.server.lower() != server.lower(), self._product(db) != product),
        )
        for database in ranked:
            entry = self._org.databases.entry(store, database.guid)
            if entry is not None:
                return entry.dn
        return None

    def _product(self, database: DatabaseState) -> str:
        return self._org.product_of(self._org.world.server(database.server)) or ""

    def receive_hierarchy(self, database: DatabaseState) -> None:
        """Let the tree arrive at a new database after its first replication."""
        if self._org.booting:
            self._hierarchy.add(database.guid)
            return
        self._arrive_in(HIERARCHY_S, database)

    def _arrive_in(self, seconds: float, database: DatabaseState) -> None:
        self._org.world.clock.schedule(seconds * self._org.scale, lambda: self._arrive(database))

    def _arrive(self, database: DatabaseState) -> None:
        # the tree comes by mail from another database that has it; the first of all has nobody to wait for
        others = [db for db in self.databases() if db.guid != database.guid and self.has_hierarchy(db)]
        if not others or any(self._reaches(other, database) for other in others):
            self._hierarchy.add(database.guid)
        elif database.guid in self._org.state.databases:
            self._arrive_in(HIERARCHY_S, database)

    def update_hierarchy(self, database: DatabaseState) -> None:
        """Update-PublicFolderHierarchy: the tree arrives soon."""
        self._arrive_in(20.0, database)

    def has_hierarchy(self, database: DatabaseState) -> bool:
        """Whether the tree has arrived at a database."""
        return database.guid in self._hierarchy

    # folders

    def add(self, spec: PublicFolderSpec, replicas: list[uuid.UUID]) -> FolderState:
        """A folder whose replicas hold all its items."""
        guid = uuid.UUID(int=self._org.random.getrandbits(128), version=4)
        folder = FolderState(
            spec.path, guid, spec.items, spec.size_kb, list(replicas), mail_enabled=spec.mail_enabled
        )
        folder.contents = dict.fromkeys(replicas, spec.items)
        self._org.state.folders[spec.path.lower()] = folder
        return folder

    def ensure_system_folders(self, replicas: list[uuid.UUID]) -> None:
        """The system folders that every tree with a public folder database has."""
        below = (
            "\\EFORMS REGISTRY",
            "\\OFFLINE ADDRESS BOOK",
            f"\\OFFLINE ADDRESS BOOK\\{self._oab_folder()}",
            "\\SCHEDULE+ FREE BUSY",
            *self._free_busy(),
            "\\schema-root",
            "\\OWAScratchPad",
            "\\StoreEvents",
        )
        empty = {"\\EFORMS REGISTRY", "\\OFFLINE ADDRESS BOOK", "\\SCHEDULE+ FREE BUSY"}
        for index, path in enumerate(below):
            full = SYSTEM_ROOT + path
            if full.lower() not in self._org.state.folders:
                items = 0 if path in empty else 12 + index
                own = self._home_of(path) if path in self._free_busy() else []
                self.add(PublicFolderSpec(full, items=items, size_kb=items * 8), own or replicas)

    def _home_of(self, path: str) -> list[uuid.UUID]:
        # the free/busy folder of an administrative group lies in a database of that group, if it has one
        prefix = path.partition("EX:")[2]
        fitting = (
            db.guid for db in self.databases() if self._org.layout.legacy_prefix_of(db.server) == prefix
        )
        return list(fitting)[:1]

    def _free_busy(self) -> list[str]:
        # one folder for each administrative group that has mailboxes
        servers = [db.server for db in self._org.state.databases.values() if not db.public]
        prefixes = sorted({self._org.layout.legacy_prefix_of(name) for name in servers})
        return [
            f"\\SCHEDULE+ FREE BUSY\\EX:{prefix}" for prefix in prefixes or [self._org.layout.legacy_prefix]
        ]

    def ensure_free_busy(self) -> None:
        """The free/busy folder that the first Mailbox server of an administrative group brings; 2003 has its own."""
        existing = self.get(SYSTEM_ROOT + "\\SCHEDULE+ FREE BUSY")
        for path in self._free_busy() if existing is not None else ():
            if self.get(SYSTEM_ROOT + path) is None and existing is not None:
                self.add(PublicFolderSpec(SYSTEM_ROOT + path, items=0, size_kb=0), list(existing.replicas))

    def _oab_folder(self) -> str:
        return f"/o={self._org.layout.organization}/cn=addrlists/cn=oabs/cn=Default Offline Address List"

    def get(self, path: str) -> FolderState | None:
        """A folder by path, without regard to case."""
        return self._org.state.folders.get(("\\" + path.strip("\\")).lower())

    def below(self, path: str, recurse: bool, system: bool) -> list[FolderState]:
        """Folders under a path in tree order; the root path is ``\\``."""
        top = path.rstrip("\\").lower()
        depth = top.count("\\")
        found = []
        for key, folder in sorted(self._org.state.folders.items()):
            if not key.startswith(f"{top}\\") or (key.startswith(SYSTEM_ROOT.lower()) and not system):
                continue
            if recurse or key.count("\\") == depth + 1:
                found.append(folder)
        return found

    def set_replicas(self, folder: FolderState, replicas: list[uuid.UUID]) -> None:
        """Replace a folder's replica list; contents follow.

        Raises:
            FolderError: the list is empty.
        """
        if not replicas:
            raise FolderError(f'The public folder "{folder.path}" must have at least one replica.')
        before = set(folder.replicas)
        folder.replicas = list(dict.fromkeys(replicas))
        for guid in folder.replicas:
            if guid not in before and guid not in folder.contents:
                folder.contents[guid] = 0
                self._schedule_fill(folder, guid)
        for guid in before - set(folder.replicas):
            self._schedule_drain(folder, guid)

    def remove(self, folder: FolderState) -> None:
        """Delete a folder and those below it."""
        for child in self.below(folder.path, True, True):
            self._org.state.folders.pop(child.path.lower(), None)
        self._org.state.folders.pop(folder.path.lower(), None)

    # replication

    def _schedule_fill(self, folder: FolderState, guid: uuid.UUID) -> None:
        seconds = REPLICATION_PERIOD_S + folder.size_kb / KB_PER_SECOND
        self._org.world.clock.schedule(seconds * self._org.scale, lambda: self._fill(folder, guid))

    def _fill(self, folder: FolderState, guid: uuid.UUID) -> None:
        target = self._org.state.databases.get(guid)
        if target is None or guid not in folder.contents:
            return
        source = self._best(folder, guid, target)
        stuck = self._org.world.faults.strikes("folder-replication-stuck", folder.path)
        if source is None or not self._can_replicate(target) or not self.has_hierarchy(target) or stuck:
            self._schedule_fill(folder, guid)
            return
        folder.contents[guid] = folder.items

    def _best(self, folder: FolderState, but: uuid.UUID, target: DatabaseState) -> DatabaseState | None:
        for guid, count in folder.contents.items():
            database = self._org.state.databases.get(guid)
            if (
                guid != but
                and database is not None
                and count >= folder.items
                and self._can_replicate(database)
                and self._reaches(database, target)
            ):
                return database
        return None

    def _reaches(self, source: DatabaseState, target: DatabaseState) -> bool:
        # replication is mail: between 2003 and later versions it needs a connector between their routing groups
        routes = self._org.routes
        if not routes.concerns(source.server, target.server):
            return True
        server = self._org.world.server(target.server)
        if server is None:
            return False
        try:
            store = self._org.store_for(server)
        except LookupError:
            return False
        message = Message("replication", source.name, [target.name], "replication", self._org.now())
        return self._org.mail.passes(store, source.server, target.server, message)

    def _can_replicate(self, database: DatabaseState) -> bool:
        server = self._org.world.server(database.server)
        return database.mounted and server is not None and server.up

    def _schedule_drain(self, folder: FolderState, guid: uuid.UUID) -> None:
        self._org.world.clock.schedule(
            REPLICATION_PERIOD_S * self._org.scale, lambda: self._drain(folder, guid)
        )

    def _drain(self, folder: FolderState, guid: uuid.UUID) -> None:
        # a replica gives its contents up only when another one holds them all
        if guid in folder.replicas or guid not in folder.contents:
            return
        complete = any(folder.contents.get(other, -1) >= folder.items for other in folder.replicas)
        if not complete:
            self._schedule_drain(folder, guid)
            return
        folder.contents.pop(guid, None)

    def instances(self, server: str) -> list[tuple[FolderState, int]]:
        """Folders with contents on a server's database, with the items it holds."""
        guids = {db.guid for db in self.databases() if db.server.lower() == server.lower()}
        found = []
        for _, folder in sorted(self._org.state.folders.items()):
            for guid in guids & set(folder.contents):
                found.append((folder, folder.contents[guid]))
        return found

    def replica_names(self, store: Store, folder: FolderState) -> list[str]:
        """DNs of the replica list, as a controller knows them."""
        found = (self._org.databases.entry(store, guid) for guid in folder.replicas)
        return [entry.dn for entry in found if entry is not None]

    def rest_on(self, database: DatabaseState) -> list[FolderState]:
        """Folders that name a database as a replica or still have contents in it."""
        return [
            folder
            for folder in self._org.state.folders.values()
            if database.guid in folder.replicas or database.guid in folder.contents
        ]

    @staticmethod
    def leaf(dn: str) -> str:
        """Name of a database by DN."""
        return names.rdn_value(dn)
