"""The journal in memory: for rehearsals that leave nothing behind, and for tests."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from threading import RLock
from typing import Any

from exmigrate.engine import Event

from .chain import checked, decoded, encode
from .errors import Fenced, JournalExists, LeaseHeld, NoJournal
from .port import CHANGE, EVENT, GENESIS, InboxItem, JournalRecord, Lease, Owner, chain_hash
from .process import known_dead

NAME = "in memory"


class MemoryJournal:
    """`Journal` without a file.

    Args:
        clock: controller seconds, comparable between processes.
        dead: whether an owner is known to be gone.
    """

    def __init__(
        self, clock: Callable[[], float] = time.time, dead: Callable[[Owner], bool] = known_dead
    ) -> None:
        self._clock, self._dead = clock, dead
        self._lock = RLock()
        self._records: list[JournalRecord] = []
        self._lease: tuple[Lease, float] | None = None
        self._fence = 0
        self._notes: dict[str, Mapping[str, Any]] = {}
        self._logs: dict[tuple[str, str], dict[int, bytes]] = {}
        self._inbox: list[InboxItem] = []

    def create(self, change: bytes) -> None:
        with self._lock:
            if self._records:
                raise JournalExists()
            self._put(CHANGE, change)

    def change(self) -> bytes:
        return self.records()[0].body

    def records(self, after: JournalRecord | None = None) -> tuple[JournalRecord, ...]:
        with self._lock:
            if not self._records:
                raise NoJournal()
            last = self._records[-1]
            found = self._records[after.seq + 1 :] if after else self._records
            return checked(found, (last.seq, last.hash), NAME, after)

    def events(self) -> tuple[Event, ...]:
        return decoded(self.records(), NAME)

    def take_lease(self, owner: Owner, token: str, seconds: float) -> Lease:
        with self._lock:
            holder = self.holder()
            if holder is not None and not self._dead(holder):
                raise LeaseHeld(why=f"it is {holder}")
            self._fence += 1
            lease = Lease(self._fence, token, owner)
            self._lease = (lease, self._clock() + seconds)
            return lease

    def renew_lease(self, lease: Lease, seconds: float) -> None:
        with self._lock:
            self._hold(lease)
            self._lease = (lease, self._clock() + seconds)

    def release_lease(self, lease: Lease) -> None:
        with self._lock:
            if self._lease is not None and self._lease[0] == lease:
                self._lease = (lease, 0.0)

    def holder(self) -> Owner | None:
        with self._lock:
            if self._lease is None or self._lease[1] <= self._clock():
                return None
            return self._lease[0].owner

    def append(self, lease: Lease, event: Event) -> None:
        with self._lock:
            self._hold(lease)
            self._put(EVENT, encode(event))

    def note(self, step: str, data: Mapping[str, Any]) -> None:
        with self._lock:
            self._notes[step] = dict(data)

    def notes(self) -> Mapping[str, Mapping[str, Any]]:
        with self._lock:
            return dict(self._notes)

    def add_log(self, step: str, job_id: str, offset: int, data: bytes) -> None:
        with self._lock:
            self._logs.setdefault((step, job_id), {}).setdefault(offset, data)

    def log(self, step: str, job_id: str) -> bytes:
        with self._lock:
            pieces = self._logs.get((step, job_id), {})
            return b"".join(pieces[offset] for offset in sorted(pieces))

    def ask(self, body: Mapping[str, Any]) -> int:
        with self._lock:
            self._inbox.append(InboxItem(len(self._inbox) + 1, dict(body)))
            return len(self._inbox)

    def inbox(self) -> tuple[InboxItem, ...]:
        with self._lock:
            return tuple(item for item in self._inbox if item.answer is None)

    def answer(self, item: int, refusal: str) -> None:
        with self._lock:
            asked = self._inbox[item - 1]
            self._inbox[item - 1] = InboxItem(asked.id, asked.body, refusal)

    def answer_of(self, item: int) -> str | None:
        with self._lock:
            return self._inbox[item - 1].answer

    def close(self) -> None:
        """Nothing to let go of."""

    def _hold(self, lease: Lease) -> None:
        if self._lease is None or self._lease[0] != lease:
            raise Fenced(why=f"it is {self._lease[0].owner}" if self._lease else "")

    def _put(self, kind: str, body: bytes) -> None:
        before = self._records[-1].hash if self._records else GENESIS
        seq = len(self._records)
        self._records.append(JournalRecord(seq, kind, body, chain_hash(before, seq, kind, body)))
