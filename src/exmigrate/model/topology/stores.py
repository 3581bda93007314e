"""Databases, batches of mailboxes and public folders."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


def database_identity(server: object, storage_group: object, name: object) -> str:
    """A database before 2010 as Exchange prints it: `SERVER\\GROUP\\NAME`."""
    return "\\".join(str(part) for part in (server, storage_group, name))


@dataclass(frozen=True, slots=True)
class Database:
    """A database: mailbox or public folder, old (`target` false) or to be created.

    Attributes:
        kind: `mailbox` or `public-folder`.
        storage_group: of a database of 2007 and earlier, old or new.
        shared_name: whether another old database has its name, as Setup of 2007 makes them.
        created_by_setup: whether Setup makes it as the server's first (`/MdbName`).
        copies: further servers that hold a copy, in order of preference.
    """

    name: str
    server: str
    site: str
    kind: str
    target: bool
    storage_group: str = ""
    edb_path: str = ""
    log_path: str = ""
    public_folder_database: str = ""
    offline_address_book: str = ""
    created_by_setup: bool = False
    copies: tuple[str, ...] = ()
    journal_recipient: str = ""
    issue_warning_quota: int = 0
    prohibit_send_quota: int = 0
    prohibit_send_receive_quota: int = 0
    shared_name: bool = False
    path: str = ""

    @property
    def identity(self) -> str:
        """How Exchange prints it: `SERVER\\GROUP\\NAME` where there are storage groups, else its name."""
        if not self.storage_group:
            return self.name
        return database_identity(self.server, self.storage_group, self.name)

    @property
    def key(self) -> str:
        """What plan, mailboxes and step ids know it by: its name, or its identity where the name is shared."""
        return self.identity if self.shared_name else self.name


@dataclass(frozen=True, slots=True)
class Dag:
    """A database availability group of one site."""

    name: str
    site: str
    members: tuple[str, ...]
    witness_server: str
    witness_directory: str
    addresses: tuple[str, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of mailboxes that move together.

    Attributes:
        members: mailbox aliases or addresses, in the order of the list.
        targets: databases the members go to, in turn; `assignments` has the choice per member.
        source: old version of the members' mailboxes.
        pilot: whether a person's acceptance ends it and later batches wait for it.
        site: site of the users' source mailboxes.
    """

    name: str
    members: tuple[str, ...]
    targets: tuple[str, ...]
    assignments: Mapping[str, str]
    site: str
    order: int = 0
    source: str = "2007"
    pilot: bool = False
    blackberry: bool = False
    outlook_2003: bool = False
    unified_messaging: bool = False
    bad_item_limit: int = 10
    max_failed: int = 0
    concurrency: int = 5
    window: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class PublicFolders:
    """Public folders: whether there are any, and where their replicas go."""

    present: bool
    target_databases: tuple[str, ...] = ()
    top_folders: tuple[str, ...] = ("\\",)
    path: str = ""
