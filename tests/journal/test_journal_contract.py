"""What every journal must do, asked of both adapters."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from exmigrate.engine import events as ev
from exmigrate.journal import (
    Fenced,
    Follower,
    Journal,
    JournalExists,
    LeaseHeld,
    MemoryJournal,
    NoJournal,
    Owner,
    SQLiteJournal,
)

AT = datetime(2011, 3, 5, 20, tzinfo=UTC)
ANN = Owner("ann", "pc1", 1)
BEN = Owner("ben", "pc2", 2)


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def dead() -> set[Owner]:
    return set()


@pytest.fixture(params=["sqlite", "memory"])
def journal(
    request: pytest.FixtureRequest, tmp_path: Path, clock: Clock, dead: set[Owner]
) -> Iterator[Journal]:
    is_dead: Callable[[Owner], bool] = dead.__contains__
    made: Journal
    if request.param == "sqlite":
        made = SQLiteJournal(tmp_path / "state" / "run.db", clock, is_dead)
    else:
        made = MemoryJournal(clock, is_dead)
    yield made
    made.close()


def opened(n: int = 0) -> ev.GateOpened:
    return ev.GateOpened(at=AT, step=f"gate-{n}")


def test_the_first_record_is_the_change(journal: Journal) -> None:
    journal.create(b"bytes of a change")
    assert journal.change() == b"bytes of a change"
    assert [r.kind for r in journal.records()] == ["change"]


def test_a_journal_begins_once(journal: Journal) -> None:
    journal.create(b"one")
    with pytest.raises(JournalExists):
        journal.create(b"two")
    assert journal.change() == b"one"


def test_a_journal_that_has_not_begun_has_no_change(journal: Journal) -> None:
    with pytest.raises(NoJournal):
        journal.change()


def test_events_come_back_as_they_were(journal: Journal) -> None:
    journal.create(b"c")
    lease = journal.take_lease(ANN, "t", 30)
    written = [opened(1), ev.PendingSeen(at=AT, step="s", message="größer"), opened(2)]
    for event in written:
        journal.append(lease, event)
    assert list(journal.events()) == written


def test_a_second_controller_is_refused(journal: Journal) -> None:
    journal.create(b"c")
    journal.take_lease(ANN, "t1", 30)
    with pytest.raises(LeaseHeld) as caught:
        journal.take_lease(BEN, "t2", 30)
    assert caught.value.exit_code == 5
    assert "ann@pc1" in caught.value.why


def test_a_lease_that_ran_out_is_taken_over_and_the_old_writer_is_fenced(
    journal: Journal, clock: Clock
) -> None:
    journal.create(b"c")
    old = journal.take_lease(ANN, "t1", 30)
    clock.now += 31
    new = journal.take_lease(BEN, "t2", 30)
    assert new.fence == old.fence + 1
    with pytest.raises(Fenced):
        journal.append(old, opened())
    with pytest.raises(Fenced):
        journal.renew_lease(old, 30)
    journal.append(new, opened())
    assert len(journal.events()) == 1


def test_an_equal_fence_with_another_token_is_refused(journal: Journal) -> None:
    journal.create(b"c")
    lease = journal.take_lease(ANN, "t1", 30)
    copied = type(lease)(lease.fence, "guessed", ANN)
    with pytest.raises(Fenced):
        journal.append(copied, opened())


def test_renewing_keeps_the_lease(journal: Journal, clock: Clock) -> None:
    journal.create(b"c")
    lease = journal.take_lease(ANN, "t1", 30)
    clock.now += 20
    journal.renew_lease(lease, 30)
    clock.now += 20
    assert journal.holder() == ANN
    with pytest.raises(LeaseHeld):
        journal.take_lease(BEN, "t2", 30)


def test_the_lease_of_a_dead_process_is_free_at_once(journal: Journal, dead: set[Owner]) -> None:
    journal.create(b"c")
    journal.take_lease(ANN, "t1", 30)
    dead.add(ANN)
    assert journal.take_lease(BEN, "t2", 30).fence == 2


def test_a_released_lease_is_free(journal: Journal) -> None:
    journal.create(b"c")
    lease = journal.take_lease(ANN, "t1", 30)
    journal.release_lease(lease)
    assert journal.holder() is None
    assert journal.take_lease(BEN, "t2", 30).fence == 2


def test_releasing_an_old_lease_takes_nothing_from_the_new_holder(journal: Journal, clock: Clock) -> None:
    journal.create(b"c")
    old = journal.take_lease(ANN, "t1", 30)
    clock.now += 31
    journal.take_lease(BEN, "t2", 30)
    journal.release_lease(old)
    assert journal.holder() == BEN


def test_requests_wait_for_the_holder_of_the_lease(journal: Journal) -> None:
    journal.create(b"c")
    first = journal.ask({"kind": "confirm", "step": "gate-1"})
    second = journal.ask({"kind": "skip", "step": "s"})
    assert [i.body["kind"] for i in journal.inbox()] == ["confirm", "skip"]
    assert journal.answer_of(first) is None
    journal.answer(first, "")
    journal.answer(second, "it is running")
    assert (journal.answer_of(first), journal.answer_of(second)) == ("", "it is running")
    assert journal.inbox() == ()


def test_progress_and_logs_lie_beside_the_chain(journal: Journal) -> None:
    journal.create(b"c")
    journal.note("s", {"done": 1})
    journal.note("s", {"done": 2})
    journal.add_log("s", "j", 0, b"one ")
    journal.add_log("s", "j", 4, b"two")
    journal.add_log("s", "j", 4, b"two")
    assert journal.notes() == {"s": {"done": 2}}
    assert journal.log("s", "j") == b"one two"
    assert len(journal.records()) == 1


def test_who_reads_along_gets_each_event_once(journal: Journal) -> None:
    follower = Follower(journal)
    with pytest.raises(NoJournal):
        follower.fresh()
    journal.create(b"c")
    lease = journal.take_lease(ANN, "t", 30)
    assert follower.fresh() == ()
    journal.append(lease, opened(1))
    journal.append(lease, opened(2))
    assert follower.fresh() == (opened(1), opened(2))
    assert follower.fresh() == ()
    journal.append(lease, opened(3))
    assert follower.fresh() == (opened(3),)
