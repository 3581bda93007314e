"""Runs collectors: all of a server's questions in one round trip."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from exmigrate.model import ExmigrateError
from exmigrate.remote import Call, CallOutcome, Failure

from .collectors import NotAsked, Query
from .inventory import Record

THREADS = 16
Ask = Callable[[str, Sequence[Call]], Sequence[CallOutcome]]
_LONGEST_WHY = 400


def collect(
    asked: Iterable[Query],
    refused: Iterable[NotAsked],
    ask: Ask,
    at: str,
) -> tuple[Record, ...]:
    """Read items from servers; a server that does not answer makes its items missing, not an error.

    Args:
        asked: what to read where.
        refused: items that cannot be asked for; they become records of a person's or missing ones.
        ask: asks one server many things in one round trip.
        at: time of the collection, ISO 8601.
    """
    by_host: dict[str, list[Query]] = {}
    for query in asked:
        by_host.setdefault(query.host, []).append(query)
    records = [Record(r.item, None, "", at, "manual" if r.by_hand else "missing", r.why) for r in refused]
    with ThreadPoolExecutor(max_workers=max(1, min(THREADS, len(by_host)))) as pool:
        for found in pool.map(lambda host: _ask(host, by_host[host], ask, at), by_host):
            records += found
    return tuple(sorted(records, key=lambda r: r.item))


def _ask(host: str, queries: list[Query], ask: Ask, at: str) -> list[Record]:
    calls = [Call(q.script, q.text, "Collect", q.arguments, q.libraries) for q in queries]
    try:
        outcomes = ask(host, calls)
    except ExmigrateError as error:
        return [Record(q.item, None, host, at, "missing", error.message) for q in queries]
    return [_record(q, outcome, host, at) for q, outcome in zip(queries, outcomes, strict=True)]


def _record(query: Query, outcome: CallOutcome, host: str, at: str) -> Record:
    if isinstance(outcome, Failure):
        return Record(query.item, None, host, at, "missing", outcome.message[:_LONGEST_WHY])
    if "value" not in outcome.facts:
        return Record(query.item, None, host, at, "missing", "the collector returned no value")
    return Record(query.item, outcome.facts["value"], host, at)
