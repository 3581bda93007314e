"""Keeps the lease alive beside the work, and says so when it is lost."""

from __future__ import annotations

from threading import Event, Thread

from exmigrate.journal import Fenced, Journal, Lease
from exmigrate.model import ExmigrateError

SECONDS = 30.0
EVERY = 5.0


class LeaseKeeper:
    """Renews a lease from a thread of its own, in controller time.

    Attributes:
        lost: set when another controller has taken over, or the journal can no longer be written.
    """

    def __init__(
        self, journal: Journal, lease: Lease, seconds: float = SECONDS, every: float = EVERY
    ) -> None:
        self._journal, self._lease, self._seconds, self._every = journal, lease, seconds, every
        self._done = Event()
        self.lost = Event()
        self.why: ExmigrateError | None = None
        self._thread = Thread(target=self._run, name="lease", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for the thread."""
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._done.wait(self._every):
            try:
                self._journal.renew_lease(self._lease, self._seconds)
            except Fenced as error:
                self._lose(error)
                return
            except ExmigrateError as error:
                self.why = error  # a full disk may pass; the lease has time left

    def _lose(self, error: ExmigrateError) -> None:
        self.why = error
        self.lost.set()
