"""What only the file has: modes, tampering, corruption, another process."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from exmigrate.engine import events as ev
from exmigrate.journal import (
    Follower,
    JournalCorrupt,
    LeaseHeld,
    NoJournal,
    Owner,
    SQLiteJournal,
    has_run,
    open_journal,
    this_process,
)

AT = datetime(2011, 3, 5, 20, tzinfo=UTC)


def written(path: Path) -> None:
    journal = SQLiteJournal(path)
    journal.create(b"change")
    lease = journal.take_lease(this_process(), "t", 30)
    for n in range(3):
        journal.append(lease, ev.GateOpened(at=AT, step=f"g{n}"))
    journal.close()


def tampered(path: Path, statement: str) -> SQLiteJournal:
    written(path)
    with sqlite3.connect(path) as db:
        db.execute(statement)
    db.close()
    return SQLiteJournal(path)


def test_file_and_directory_are_for_their_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "state" / "run.db"
    written(path)
    journal = SQLiteJournal(path)
    journal.ask({"kind": "x"})
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert {f.stat().st_mode & 0o777 for f in path.parent.iterdir()} == {0o600}
    journal.close()


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (
            "UPDATE record SET body = replace(body, 'g1', 'g9') WHERE seq = 2",
            "record 2 is not what was written",
        ),
        ("UPDATE record SET body = 'other' WHERE seq = 0", "record 0 is not what was written"),
        ("DELETE FROM record WHERE seq = 2", "record 2 is missing"),
        ("DELETE FROM record WHERE seq = 3", "4 records were written, 3 are there"),
    ],
)
def test_a_changed_record_is_found(tmp_path: Path, statement: str, why: str) -> None:
    journal = tampered(
        tmp_path / "run.db",
        statement.replace("replace(body", "CAST(replace(CAST(body AS TEXT)")
        .replace("'g9')", "'g9') AS BLOB)")
        .replace("'other'", "CAST('other' AS BLOB)"),
    )
    with pytest.raises(JournalCorrupt) as caught:
        journal.events()
    assert caught.value.why == why
    journal.close()


def test_a_file_that_is_no_journal_is_said_so(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    path.write_bytes(b"this is no database, and long enough for SQLite to see it" * 20)
    with pytest.raises(JournalCorrupt):
        SQLiteJournal(path)


def test_a_missing_journal_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(NoJournal):
        open_journal(tmp_path / "run.db")
    assert not (tmp_path / "run.db").exists()


def test_a_file_without_a_run_is_no_run(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    assert not has_run(path)
    SQLiteJournal(path).close()
    assert not has_run(path)
    path.unlink()
    written(path)
    assert has_run(path)


def test_two_processes_share_one_journal(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    journal = SQLiteJournal(path)
    journal.create(b"change")
    journal.take_lease(this_process(), "t", 60)
    code = (
        "import sys; from pathlib import Path\n"
        "from exmigrate.journal import *\n"
        "j = SQLiteJournal(Path(sys.argv[1]))\n"
        "j.ask({'kind': 'confirm'})\n"
        "try:\n    j.take_lease(this_process(), 'u', 60)\n"
        "except LeaseHeld as error:\n    print(error.exit_code)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "5"
    assert [i.body for i in journal.inbox()] == [{"kind": "confirm"}]
    journal.close()


def test_a_killed_controller_is_seen_to_be_dead(tmp_path: Path) -> None:
    path = tmp_path / "run.db"
    code = (
        "import sys, os, signal; from pathlib import Path\n"
        "from exmigrate.journal import *\n"
        "j = SQLiteJournal(Path(sys.argv[1])); j.create(b'c'); j.take_lease(this_process(), 'u', 3600)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], capture_output=True, check=False)
    journal = open_journal(path)
    assert journal.take_lease(this_process(), "t", 30).fence == 2
    journal.close()


def test_a_controller_on_another_machine_is_not_presumed_dead(tmp_path: Path) -> None:
    journal = SQLiteJournal(tmp_path / "run.db")
    journal.create(b"c")
    journal.take_lease(Owner("ann", "another-machine", 1), "t", 3600)
    with pytest.raises(LeaseHeld):
        journal.take_lease(this_process(), "u", 30)
    journal.close()


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("UPDATE record SET body = CAST('other' AS BLOB) WHERE seq = 3", "record 3 is not what was written"),
        ("DELETE FROM record WHERE seq = 3", "4 records were written, 3 are there"),
        ("UPDATE head SET seq = 1", "2 records were written, 4 are there"),
    ],
)
def test_who_reads_along_finds_a_change_behind_what_was_read(
    tmp_path: Path, statement: str, why: str
) -> None:
    path = tmp_path / "run.db"
    journal = SQLiteJournal(path)
    journal.create(b"change")
    lease = journal.take_lease(this_process(), "t", 30)
    follower = Follower(journal)
    for n in range(2):
        journal.append(lease, ev.GateOpened(at=AT, step=f"g{n}"))
    assert len(follower.fresh()) == 2
    journal.append(lease, ev.GateOpened(at=AT, step="g2"))
    with sqlite3.connect(path) as db:
        db.execute(statement)
    db.close()
    with pytest.raises(JournalCorrupt) as caught:
        follower.fresh()
    assert why in caught.value.why
    journal.close()
