"""Reading along while a run is driven elsewhere."""

from __future__ import annotations

from exmigrate.engine import Event

from .chain import decoded
from .port import Journal, JournalRecord


class Follower:
    """The events of a journal that grows: each record is read and checked once.

    Args:
        journal: stays the caller's to close.
        name: of the journal, for errors.
    """

    def __init__(self, journal: Journal, name: str = "") -> None:
        self._journal, self._name = journal, name
        self._last: JournalRecord | None = None

    def fresh(self) -> tuple[Event, ...]:
        """The events since the last call, at the first call all.

        Raises:
            NoJournal: it has not begun.
            JournalCorrupt: the chain does not hold, or what was read before is gone.
            JournalUnreadable: an event of another version.
        """
        records = self._journal.records(self._last)
        if records:
            self._last = records[-1]
        return decoded(records, self._name)
