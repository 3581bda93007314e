"""What Exchange keeps outside the directory: databases' contents, mailboxes, moves, queues, mail."""

import uuid
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

MB = 1024 * 1024


@dataclass
class DatabaseState:
    """A database as the store runs it.

    Attributes:
        guid: objectGUID of its directory object.
        server: name of the server it is mounted on.
        overhead_mb: size of the file beyond its mailboxes.
    """

    guid: uuid.UUID
    name: str
    server: str
    public: bool = False
    mounted: bool = False
    created: datetime | None = None
    last_full_backup: datetime | None = None
    overhead_mb: int = 36
    log_bytes: int = 0
    copies: dict[str, "CopyState"] = field(default_factory=dict)


@dataclass
class CopyState:
    """A passive copy of a database: seeded from ``started`` on, complete at ``ready``."""

    server: str
    preference: int
    started: datetime
    ready: datetime
    suspended: bool = False


@dataclass
class MailboxState:
    """The contents of a mailbox.

    Attributes:
        guid: ``msExchMailboxGuid``.
        owner: objectGUID of the user, None once the user was deleted.
        database: GUID of the database it lies in.
        corrupt_items: items that cannot be read.
        disconnected: when the user was disabled or deleted; the database keeps the mailbox for its retention.
        client_version: build of the client that is logged on, such as ``12.0.6504.5000``; empty for none.
    """

    guid: uuid.UUID
    name: str
    legacy_dn: str
    database: uuid.UUID
    owner: uuid.UUID | None = None
    size_mb: int = 0
    items: int = 0
    corrupt_items: int = 0
    language: str = "en-US"
    last_logon: datetime | None = None
    disconnected: datetime | None = None
    client_version: str = ""
    system: bool = False
    locked: bool = False
    history: list[dict[str, Any]] = field(default_factory=list)


@dataclass
class FolderState:
    """A public folder.

    Attributes:
        path: from the root, ``\\Sales\\2010``; system folders below ``\\NON_IPM_SUBTREE``.
        replicas: GUIDs of databases in its replica list.
        contents: items that each database holds, by GUID; a drained replica vanishes from it.
    """

    path: str
    guid: uuid.UUID
    items: int
    size_kb: int
    replicas: list[uuid.UUID] = field(default_factory=list)
    contents: dict[uuid.UUID, int] = field(default_factory=dict)
    mail_enabled: bool = False

    @property
    def name(self) -> str:
        """Last part of the path."""
        return self.path.rpartition("\\")[2]

    @property
    def parent(self) -> str:
        """Path of the folder above; ``\\`` for a top-level folder."""
        return self.path.rpartition("\\")[0] or "\\"


@dataclass
class Message:
    """A mail on its way or arrived, with the servers that handled it."""

    identity: str
    sender: str
    recipients: list[str]
    subject: str
    sent: datetime
    hops: list[str] = field(default_factory=list)
    delivered: bool = False
    status: str = ""


@dataclass
class QueueState:
    """A queue of a transport server."""

    server: str
    name: str
    delivery_type: str
    next_hop: str
    messages: list[Message] = field(default_factory=list)
    status: str = "Ready"
    last_error: str = ""


@dataclass
class ExchangeState:
    """All of it."""

    databases: dict[uuid.UUID, DatabaseState] = field(default_factory=dict)
    mailboxes: dict[uuid.UUID, MailboxState] = field(default_factory=dict)
    folders: dict[str, FolderState] = field(default_factory=dict)
    queues: dict[str, list[QueueState]] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    permissions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    services: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    """Exchange services a certificate is enabled for: server name, thumbprint, services."""
    edge_recipients: dict[str, datetime] = field(default_factory=dict)
    """When each Edge was last synchronized."""
    events: list[dict[str, Any]] = field(default_factory=list)

    def database(self, name: str) -> DatabaseState | None:
        """A database by name, without regard to case."""
        lowered = name.lower()
        return next((db for db in self.databases.values() if db.name.lower() == lowered), None)

    def mailboxes_in(self, database: uuid.UUID, connected: bool | None = None) -> list[MailboxState]:
        """Mailboxes that lie in a database; ``connected`` filters by whether they have a user."""
        return [
            box
            for box in self.mailboxes.values()
            if box.database == database and (connected is None or (box.disconnected is None) == connected)
        ]

    def size_mb(self, database: DatabaseState) -> int:
        """Size of a database's file."""
        if database.public:
            held = sum(
                folder.size_kb // 1024
                for folder in self.folders.values()
                if folder.contents.get(database.guid)
            )
            return database.overhead_mb + held
        return database.overhead_mb + sum(box.size_mb for box in self.mailboxes_in(database.guid))
