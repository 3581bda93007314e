"""The hash chain, checked."""

from __future__ import annotations

import json
from collections.abc import Iterable

from exmigrate.engine import Event, JournalUnreadable, read_event

from .errors import JournalCorrupt
from .port import EVENT, GENESIS, JournalRecord, chain_hash


def checked(
    records: Iterable[JournalRecord], head: tuple[int, str], name: str, after: JournalRecord | None = None
) -> tuple[JournalRecord, ...]:
    """The records, if they are the unbroken chain from the start to `head` (sequence number and hash).

    Args:
        records: all, or those behind `after`.
        head: the end of the chain.
        name: of the journal, for errors.
        after: a record that was checked before; None for the start.

    Raises:
        JournalCorrupt: names the first record that is not what was written.
    """
    out: list[JournalRecord] = []
    last = (after.seq, after.hash) if after else (-1, GENESIS)
    before = last[1]
    for expected, record in enumerate(records, last[0] + 1):
        if record.seq != expected:
            raise _corrupt(name, expected, f"record {expected} is missing")
        if chain_hash(before, record.seq, record.kind, record.body) != record.hash:
            raise _corrupt(name, record.seq, f"record {record.seq} is not what was written")
        before = record.hash
        last = (record.seq, before)
        out.append(record)
    if last != head:
        raise _corrupt(name, last[0] + 1, f"{head[0] + 1} records were written, {last[0] + 1} are there")
    return tuple(out)


def decoded(records: Iterable[JournalRecord], name: str) -> tuple[Event, ...]:
    """The events among the records.

    Raises:
        JournalCorrupt: a body is no JSON.
        JournalUnreadable: an event of another version.
    """
    return tuple(_event(record, name) for record in records if record.kind == EVENT)


def _event(record: JournalRecord, name: str) -> Event:
    try:
        return read_event(json.loads(record.body))
    except (ValueError, TypeError) as error:
        if isinstance(error, JournalUnreadable):
            raise
        raise _corrupt(name, record.seq, f"record {record.seq} cannot be read") from None


def encode(event: Event) -> bytes:
    """An event as bytes: JSON with sorted keys."""
    return json.dumps(event.to_json(), sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _corrupt(name: str, seq: int, why: str) -> JournalCorrupt:
    return JournalCorrupt(
        f"The journal {name} is not what exmigrate wrote.",
        why=why,
        next="restore it from a backup; do not start a new run for this organization before the old one is clear",
        details={"record": seq},
    )
