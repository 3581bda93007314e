"""Wiring of everything that talks to servers: sessions, clocks, secrets, endpoints."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from exmigrate.model import Refused, Topology

from . import output, stays
from .inputs import compile_topology, load_inventory

if TYPE_CHECKING:
    from exmigrate.compile import Compiled
    from exmigrate.discover import Inventory
    from exmigrate.model import Change
    from exmigrate.plan import LoadResult
    from exmigrate.remote import Endpoints, Keyring
    from exmigrate.runner import Asking, Questions, RunnerAmbient
    from exmigrate.runner.hosts import Directory


@dataclass(frozen=True)
class Surroundings:
    """Where servers are reached, how fast time runs there, whether it is the real thing, and what is known of passwords."""

    endpoints: Endpoints
    ambient: RunnerAmbient
    mode: str
    keyring: Keyring


def surroundings(endpoints: Path | None) -> Surroundings:
    """What an endpoints file means: one with a speed belongs to a twin and makes the run a rehearsed one."""
    from exmigrate.remote import Endpoints, Keyring, read_endpoints
    from exmigrate.runner import SystemAmbient

    stays()
    found = read_endpoints(endpoints, live=False) if endpoints else Endpoints()
    if endpoints is None or found.speed is None:
        return Surroundings(found, SystemAmbient(), "live", Keyring())
    from exmigrate.rehearse.clock import TwinAmbient

    return Surroundings(found, TwinAmbient(endpoints), "rehearsed", Keyring())


def prompt() -> Callable[[str], str] | None:
    """Asks a person for a secret at the terminal; None without one."""
    if not sys.stdin.isatty():
        return None
    from getpass import getpass

    return lambda text: getpass(f"{text}: ", stream=sys.stderr)


def directory(change: Change, around: Surroundings, files_from: Path) -> Directory:
    """Sessions to the servers of a change."""
    from exmigrate.remote import WinRMSessions
    from exmigrate.runner import SecretStore
    from exmigrate.runner.hosts import Directory
    from exmigrate.runner.secretstore import references

    store = SecretStore(around.ambient, prompt(), files_from)
    # Asked before threads start: two of them cannot share a terminal.
    store.ask_ahead(references(change.connections))
    return Directory(change, WinRMSessions(keyring=around.keyring), store, around.endpoints)


@contextmanager
def questions(change: Change, around: Surroundings, files_from: Path) -> Iterator[Questions]:
    """Questions to the servers of a change; on a terminal a line tells who is asked."""
    from exmigrate.runner import Questions

    with Questions(directory(change, around, files_from).open, _asking()) as made:
        yield made


def _asking() -> Asking:
    from exmigrate.runner import Unheard

    if not sys.stderr.isatty():
        return Unheard()
    from exmigrate.report.asking import AskingLine

    return AskingLine(output.console(stderr=True))


def discovered(
    topology: Topology, around: Surroundings, asker: Questions, wanted: Iterable[str] | None
) -> Inventory:
    """Read inventory items from the servers of a plan; without `wanted` all, and what a person brings is named."""
    from exmigrate.catalog import load_catalog
    from exmigrate.discover import Inventory, awaited, collect, queries

    asked, refused = queries(topology, load_catalog(topology.step_kinds_folder), wanted)
    at = around.ambient.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    persons = awaited(topology, at) if wanted is None else ()
    return Inventory(topology.organization, (*collect(asked, refused, asker.ask, at), *persons))


def judged_items(topology: Topology) -> tuple[str, ...]:
    """The inventory items that rules are judged on, `item@scope`, as far as a server of the plan can be asked."""
    from exmigrate.catalog import load_catalog
    from exmigrate.discover import queries
    from exmigrate.plan.rules import ITEMS

    asked, _ = queries(topology, load_catalog(topology.step_kinds_folder))
    return tuple(q.item for q in asked if q.item.partition("@")[0] in ITEMS)


def probed(
    topology: Topology,
    result: LoadResult,
    *,
    plan: Path,
    inventory: Path | None,
    endpoints: Path | None,
) -> Compiled:
    """Compile a plan with what the servers say: facts first, then every step's Check."""
    from exmigrate.catalog import load_catalog
    from exmigrate.discover import queries, to_bytes, with_queries
    from exmigrate.runner import probe

    around = surroundings(endpoints)
    values, digest = load_inventory(inventory)
    compiled = compile_topology(topology, result, values, digest)
    judged = judged_items(topology)
    unread = [item for item in dict.fromkeys([*compiled.change.facts, *judged]) if item not in values]
    with questions(compiled.change, around, plan.resolve().parent) as asker:
        if unread:
            found = discovered(topology, around, asker, unread)
            for record in found.missing:
                output.note(f"not read: {record.item}: {record.why}")
            digest = digest or "sha256:" + hashlib.sha256(to_bytes(found)).hexdigest()
            asked_for = {item.partition("@")[0] for item in judged}
            compiled = compile_topology(topology, result, {**values, **found.values}, digest, asked_for)
        output.note(f"asking {len(compiled.change.connections)} servers")
        change = probe(compiled.change, asker.ask)
    asked, _ = queries(topology, load_catalog(topology.step_kinds_folder), compiled.change.facts)
    return type(compiled)(with_queries(change, asked), compiled.graph)


def refuse_moved_basis(change: Change, journal: Path, around: Surroundings, files_from: Path) -> None:
    """Read the facts that a change rests on again, as far as no step has run that may have changed them.

    Raises:
        BasisMoved: one is not what it was, and the policy does not allow that.
    """
    from exmigrate.discover import collect, queries_of
    from exmigrate.engine import RunState, fold
    from exmigrate.journal import has_run, open_journal
    from exmigrate.runner import facts_to_compare, moved, refuse_moved

    state = RunState()
    if has_run(journal):
        held = open_journal(journal)
        try:
            state = fold(held.events())
        finally:
            held.close()
    asked = queries_of(change, facts_to_compare(change, state))
    if not asked:
        return
    with questions(change, around, files_from) as asker:
        records = collect(asked, (), asker.ask, "")
    now = {r.item: r.value for r in records if r.confidence != "missing"}
    refuse_moved(change, moved(change, state, now))


def refuse_unread(change: Change) -> None:
    """A change whose facts were not read cannot be applied.

    Raises:
        Refused: names the items.
    """
    unread = [item for item, value in change.facts.items() if value is None]
    if unread:
        raise Refused(
            f"{len(unread)} facts that arguments rest on were not read: {', '.join(unread[:5])}.",
            why="a change with unknown arguments cannot be approved",
            next="make the servers reachable and plan again: exmigrate plan PLAN -o FILE.change",
        )
