"""The storage port: what a journal must do. Both adapters pass the same tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Protocol

from exmigrate.engine import Event

CHANGE = "change"
EVENT = "event"
GENESIS = "0" * 64


@dataclass(frozen=True)
class Owner:
    """A controller process: who, where, and enough to see whether it still lives.

    Attributes:
        started: when the process started, as the machine counts; tells a reused pid from the old one.
    """

    user: str
    host: str
    pid: int
    started: str = ""

    def __str__(self) -> str:
        return f"{self.user}@{self.host} (process {self.pid})"


@dataclass(frozen=True)
class Lease:
    """The right to write: a counter, and its holder's random token; an equal counter with another token is refused."""

    fence: int
    token: str
    owner: Owner


@dataclass(frozen=True)
class JournalRecord:
    """One record of the chain.

    Attributes:
        seq: from 0; record 0 is the change.
        kind: `change` or `event`.
        body: bytes of the change, or the event's JSON.
        hash: SHA-256 over the hash before it, `seq`, `kind` and `body`.
    """

    seq: int
    kind: str
    body: bytes
    hash: str


@dataclass(frozen=True)
class InboxItem:
    """A request of another command, waiting for the holder of the lease."""

    id: int
    body: Mapping[str, Any]
    answer: str | None = None
    """None while it waits; empty when it was granted; else why it was refused."""


def chain_hash(before: str, seq: int, kind: str, body: bytes) -> str:
    """The hash of a record."""
    return sha256(f"{before}\n{seq}\n{kind}\n".encode() + body).hexdigest()


class Journal(Protocol):
    """An append-only record of one run, its lease, and beside it what no state depends on."""

    def create(self, change: bytes) -> None:
        """Begin the journal with the bytes of the change as its first record.

        Raises:
            JournalExists: it has begun already.
        """

    def change(self) -> bytes:
        """The bytes of the change.

        Raises:
            NoJournal: it has not begun.
            JournalCorrupt: the chain does not hold.
        """

    def records(self, after: JournalRecord | None = None) -> tuple[JournalRecord, ...]:
        """All records, the chain checked; with `after` those that came behind it.

        Args:
            after: a record that this journal gave before.

        Raises:
            NoJournal, JournalCorrupt: as `change`.
        """

    def events(self) -> tuple[Event, ...]:
        """All events, the chain checked.

        Raises:
            NoJournal, JournalCorrupt: as `change`.
            JournalUnreadable: an event of another version.
        """

    def take_lease(self, owner: Owner, token: str, seconds: float) -> Lease:
        """Become the only writer, for so many seconds of controller time.

        Raises:
            LeaseHeld: somebody else is, and is not known to be dead.
        """

    def renew_lease(self, lease: Lease, seconds: float) -> None:
        """Go on being it.

        Raises:
            Fenced: somebody else has taken over.
        """

    def release_lease(self, lease: Lease) -> None:
        """Let it go; harmless if somebody else has it."""

    def holder(self) -> Owner | None:
        """Who holds a lease that has not run out, or None."""

    def append(self, lease: Lease, event: Event) -> None:
        """Write one event, durably, in one transaction.

        Raises:
            Fenced: the lease is another's.
        """

    def note(self, step: str, data: Mapping[str, Any]) -> None:
        """Keep the newest progress of a step; no state depends on it."""

    def notes(self) -> Mapping[str, Mapping[str, Any]]:
        """The newest progress by step."""

    def add_log(self, step: str, job_id: str, offset: int, data: bytes) -> None:
        """Keep a piece of a job's log, at its byte offset; a piece that is there already is not kept again."""

    def log(self, step: str, job_id: str) -> bytes:
        """What was read of a job's log so far."""

    def ask(self, body: Mapping[str, Any]) -> int:
        """Put a request into the inbox; returns its number. Needs no lease."""

    def inbox(self) -> tuple[InboxItem, ...]:
        """Requests that wait for an answer, oldest first."""

    def answer(self, item: int, refusal: str) -> None:
        """Answer a request: empty for granted, else why not."""

    def answer_of(self, item: int) -> str | None:
        """The answer to a request; None while it waits."""

    def close(self) -> None:
        """Let go of the storage."""
