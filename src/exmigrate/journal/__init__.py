"""The journal: an append-only, hash-chained record of a run behind one port, with a lease; SQLite and memory adapters."""

from .errors import Fenced, JournalCorrupt, JournalExists, JournalUnusable, LeaseHeld, NoJournal
from .follower import Follower
from .memory import MemoryJournal
from .port import InboxItem, Journal, JournalRecord, Lease, Owner
from .process import this_process
from .sqlite import SQLiteJournal, has_run, open_journal

__all__ = [
    "Fenced",
    "Follower",
    "InboxItem",
    "Journal",
    "JournalCorrupt",
    "JournalExists",
    "JournalRecord",
    "JournalUnusable",
    "Lease",
    "LeaseHeld",
    "MemoryJournal",
    "NoJournal",
    "Owner",
    "SQLiteJournal",
    "has_run",
    "open_journal",
    "this_process",
]
