"""The journal in one SQLite file: write-ahead log, `synchronous=FULL`, one transaction an event."""

from __future__ import annotations

import json
import os
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import RLock
from typing import Any

from exmigrate.engine import Event

from .chain import checked, decoded, encode
from .errors import Fenced, JournalCorrupt, JournalExists, JournalUnusable, LeaseHeld, NoJournal
from .port import CHANGE, EVENT, GENESIS, InboxItem, JournalRecord, Lease, Owner, chain_hash
from .process import known_dead

FORMAT = 1
BUSY_MS = 10_000

_SCHEMA = """
CREATE TABLE IF NOT EXISTS record (
  seq INTEGER PRIMARY KEY, kind TEXT NOT NULL, body BLOB NOT NULL, hash TEXT NOT NULL,
  fence INTEGER NOT NULL, wall REAL NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS head (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL, hash TEXT NOT NULL)
  STRICT;
CREATE TABLE IF NOT EXISTS lease (
  one INTEGER PRIMARY KEY CHECK (one = 1), fence INTEGER NOT NULL, token TEXT NOT NULL, user TEXT NOT NULL,
  host TEXT NOT NULL, pid INTEGER NOT NULL, started TEXT NOT NULL, until REAL NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS note (step TEXT PRIMARY KEY, data TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS log (
  step TEXT NOT NULL, job TEXT NOT NULL, offset INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (step, job, offset))
  STRICT;
CREATE TABLE IF NOT EXISTS inbox (id INTEGER PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL, answer TEXT) STRICT;
"""


class SQLiteJournal:
    """`Journal` in a file of mode 0600 in a directory of mode 0700.

    Args:
        path: the file; made by `create` of `open_journal`.
        clock: controller seconds, comparable between processes.
        dead: whether an owner is known to be gone.

    Raises:
        JournalUnusable: the file cannot be opened.
        JournalCorrupt: it is no journal.
    """

    def __init__(
        self,
        path: Path,
        clock: Callable[[], float] = time.time,
        dead: Callable[[Owner], bool] = known_dead,
    ) -> None:
        self._path, self._clock, self._dead = path, clock, dead
        self._lock = RLock()
        _make_private(path)
        try:
            self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        except sqlite3.OperationalError as error:
            raise self._unusable(error) from None
        try:
            self._prepare()
        except BaseException:
            self._db.close()
            raise

    def _prepare(self) -> None:
        with self._guard():
            self._db.execute(f"PRAGMA busy_timeout={BUSY_MS}")
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            (version,) = self._db.execute("PRAGMA user_version").fetchone()
            if version not in (0, FORMAT):
                raise self._corrupt(f"its format is {version}; this exmigrate writes format {FORMAT}")
            if version == 0:
                with self._transaction():
                    for statement in _SCHEMA.split(";"):
                        self._db.execute(statement)
                    self._db.execute(f"PRAGMA user_version={FORMAT}")

    def create(self, change: bytes) -> None:
        with self._guard(), self._transaction():
            if self._head() is not None:
                raise JournalExists(
                    f"The journal {self._path} has begun already.",
                    next="exmigrate status PLAN, or another --state",
                )
            self._put(CHANGE, change, 0)

    def begun(self) -> bool:
        """Whether there is a first record."""
        with self._guard():
            return self._head() is not None

    def change(self) -> bytes:
        return self.records()[0].body

    def records(self, after: JournalRecord | None = None) -> tuple[JournalRecord, ...]:
        with self._guard(), self._transaction(write=False):
            head = self._head()
            if head is None:
                raise NoJournal(f"The journal {self._path} holds no run.", next="exmigrate apply PLAN")
            rows = self._db.execute(
                "SELECT seq, kind, body, hash FROM record WHERE seq > ? ORDER BY seq",
                (after.seq if after else -1,),
            ).fetchall()
        return checked((JournalRecord(*row) for row in rows), head, str(self._path), after)

    def events(self) -> tuple[Event, ...]:
        return decoded(self.records(), str(self._path))

    def take_lease(self, owner: Owner, token: str, seconds: float) -> Lease:
        with self._guard(), self._transaction():
            row = self._db.execute("SELECT fence, user, host, pid, started, until FROM lease").fetchone()
            fence = row[0] if row else 0
            if row and row[5] > self._clock() and not self._dead(Owner(*row[1:5])):
                left = int(row[5] - self._clock()) + 1
                raise LeaseHeld(
                    why=f"it is {Owner(*row[1:5])}, heard of within the last seconds",
                    next=f"wait for it, or, if it hangs, end it; its lease runs out in {left} s",
                )
            lease = Lease(fence + 1, token, owner)
            self._db.execute(
                "INSERT OR REPLACE INTO lease VALUES (1, ?, ?, ?, ?, ?, ?, ?)",
                (
                    lease.fence,
                    token,
                    owner.user,
                    owner.host,
                    owner.pid,
                    owner.started,
                    self._clock() + seconds,
                ),
            )
            return lease

    def renew_lease(self, lease: Lease, seconds: float) -> None:
        with self._guard(), self._transaction():
            self._hold(lease)
            self._db.execute("UPDATE lease SET until = ?", (self._clock() + seconds,))

    def release_lease(self, lease: Lease) -> None:
        with self._guard(), self._transaction():
            self._db.execute(
                "UPDATE lease SET until = 0 WHERE fence = ? AND token = ?", (lease.fence, lease.token)
            )

    def holder(self) -> Owner | None:
        with self._guard():
            row = self._db.execute("SELECT user, host, pid, started, until FROM lease").fetchone()
        return Owner(*row[:4]) if row and row[4] > self._clock() else None

    def append(self, lease: Lease, event: Event) -> None:
        body = encode(event)
        with self._guard(), self._transaction():
            self._hold(lease)
            self._put(EVENT, body, lease.fence)

    def note(self, step: str, data: Mapping[str, Any]) -> None:
        with self._guard(), self._transaction():
            self._db.execute("INSERT OR REPLACE INTO note VALUES (?, ?)", (step, json.dumps(dict(data))))

    def notes(self) -> Mapping[str, Mapping[str, Any]]:
        with self._guard():
            rows = self._db.execute("SELECT step, data FROM note").fetchall()
        return {step: json.loads(data) for step, data in rows}

    def add_log(self, step: str, job_id: str, offset: int, data: bytes) -> None:
        with self._guard(), self._transaction():
            self._db.execute("INSERT OR IGNORE INTO log VALUES (?, ?, ?, ?)", (step, job_id, offset, data))

    def log(self, step: str, job_id: str) -> bytes:
        with self._guard():
            rows = self._db.execute(
                "SELECT data FROM log WHERE step = ? AND job = ? ORDER BY offset", (step, job_id)
            ).fetchall()
        return b"".join(row[0] for row in rows)

    def ask(self, body: Mapping[str, Any]) -> int:
        with self._guard(), self._transaction():
            made = self._db.execute("INSERT INTO inbox (body) VALUES (?)", (json.dumps(dict(body)),))
            return int(made.lastrowid or 0)

    def inbox(self) -> tuple[InboxItem, ...]:
        with self._guard():
            rows = self._db.execute("SELECT id, body FROM inbox WHERE answer IS NULL ORDER BY id").fetchall()
        return tuple(InboxItem(number, json.loads(body)) for number, body in rows)

    def answer(self, item: int, refusal: str) -> None:
        with self._guard(), self._transaction():
            self._db.execute("UPDATE inbox SET answer = ? WHERE id = ?", (refusal, item))

    def answer_of(self, item: int) -> str | None:
        with self._guard():
            row = self._db.execute("SELECT answer FROM inbox WHERE id = ?", (item,)).fetchone()
        return row[0] if row else None

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def _guard(self) -> Iterator[None]:
        """One thread at a time, and the database's errors in the journal's own words."""
        with self._lock:
            try:
                yield
            except sqlite3.OperationalError as error:
                raise self._unusable(error) from None
            except sqlite3.DatabaseError as error:
                raise self._corrupt(str(error)) from None

    @contextmanager
    def _transaction(self, *, write: bool = True) -> Iterator[None]:
        self._db.execute("BEGIN IMMEDIATE" if write else "BEGIN")
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")

    def _head(self) -> tuple[int, str] | None:
        row = self._db.execute("SELECT seq, hash FROM head").fetchone()
        return (row[0], row[1]) if row else None

    def _put(self, kind: str, body: bytes, fence: int) -> None:
        seq, before = self._head() or (-1, GENESIS)
        seq += 1
        made = chain_hash(before, seq, kind, body)
        self._db.execute(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?)", (seq, kind, body, made, fence, self._clock())
        )
        self._db.execute("INSERT OR REPLACE INTO head VALUES (1, ?, ?)", (seq, made))

    def _hold(self, lease: Lease) -> None:
        row = self._db.execute("SELECT fence, token, user, host, pid FROM lease").fetchone()
        if row is None or (row[0], row[1]) != (lease.fence, lease.token):
            raise Fenced(
                why=f"it is {Owner(*row[2:5])}" if row else "its lease is gone", next="exmigrate status PLAN"
            )

    def _unusable(self, error: Exception) -> JournalUnusable:
        return JournalUnusable(
            f"The journal {self._path} cannot be used.",
            why=str(error),
            next="see that its directory is writable and its disk has room, then run the same command again",
        )

    def _corrupt(self, why: str) -> JournalCorrupt:
        return JournalCorrupt(
            f"The journal {self._path} is not what exmigrate wrote.", why=why, next="restore it from a backup"
        )


def open_journal(path: Path) -> SQLiteJournal:
    """Open a journal that is there.

    Raises:
        NoJournal: there is no such file.
    """
    if not path.exists():
        raise NoJournal(f"There is no journal {path}.", next="exmigrate apply PLAN begins one")
    return SQLiteJournal(path)


def has_run(path: Path) -> bool:
    """Whether a journal is there and holds a run; a controller killed at its very start leaves an empty file.

    Raises:
        JournalCorrupt: the file is no journal.
    """
    if not path.exists():
        return False
    journal = SQLiteJournal(path)
    try:
        return journal.begun()
    finally:
        journal.close()


def _make_private(path: Path) -> None:
    """Make the file with mode 0600 (SQLite gives its side files the same), in a directory of mode 0700."""
    try:
        if not path.parent.exists():
            path.parent.mkdir(parents=True, mode=0o700)
        if path.exists():
            if os.name == "posix" and path.stat().st_mode & 0o077:
                path.chmod(0o600)
            return
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise JournalUnusable(f"The journal {path} cannot be made.", why=str(error)) from None
