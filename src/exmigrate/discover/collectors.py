"""Collectors: one read-only `.ps1` file an inventory item, in the form of a step kind with one function `Collect`.

`Collect` returns `New-Satisfied` with the item's value in `facts.value`; an item that cannot be read there is an
error of the script, never an empty value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

from exmigrate.catalog import INVENTORY, Catalog, StepKind, parse_kind
from exmigrate.compile import (
    Bound,
    Placement,
    VantageError,
    arguments,
    common_names,
    digest,
    enumerate_scopes,
    libraries_of,
    place,
)
from exmigrate.model import Change, ScriptText, Topology

_OF_DRIVEN = frozenset({"inv-remoting", "inv-watermark"})
"""What only a server that is driven has: nobody drives or sets up the others."""

ROOT = Path(__file__).parent / "collectors"


@dataclass(frozen=True, slots=True)
class Query:
    """One item to read: what, where, with which script.

    Attributes:
        item: `inv-oa@CAS07`: the collector's name and the scope's.
        host: server on which the script runs.
        libraries: digest and text of what is loaded before it.
    """

    item: str
    title: str
    host: str
    libraries: tuple[tuple[str, str], ...]
    script: str
    text: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class NotAsked:
    """An item that no server of the plan can be asked for, and why; `by_hand`: a person brings it."""

    item: str
    why: str
    by_hand: bool = False


@lru_cache(maxsize=1)
def collectors() -> Mapping[str, StepKind]:
    """The package's collectors by item id."""
    found = {}
    for file in sorted(ROOT.glob("*.ps1")):
        text = file.read_text(encoding="utf-8").replace("\r\n", "\n")
        found[file.stem] = parse_kind(text, id=file.stem, phase=INVENTORY, file=f"collectors/{file.name}")
    return found


def queries(
    topology: Topology, catalog: Catalog, wanted: Iterable[str] | None = None
) -> tuple[tuple[Query, ...], tuple[NotAsked, ...]]:
    """What to ask which server.

    Args:
        topology: the plan.
        catalog: for the libraries that scripts share.
        wanted: `item@scope` names; None for everything there is a collector for.

    Returns:
        queries, and items that cannot be asked for.
    """
    names = common_names(topology, {})
    limit = None if wanted is None else set(wanted)
    asked: list[Query] = []
    refused: list[NotAsked] = []
    for kind in collectors().values():
        for scope, entities in enumerate_scopes(topology, kind.scope):
            bound = Bound(kind, INVENTORY, scope, {**names, **entities})
            item = f"{kind.id}@{scope.name}" if scope.name else kind.id
            if limit is not None and item not in limit:
                continue
            if kind.when != "true" and not bound.evaluate("when", kind.when):
                refused += _left_to_a_person(bound, item)
                continue
            try:
                placement = place(topology, bound)
            except VantageError as fault:
                refused.append(NotAsked(item, fault.message))
                continue
            asked.append(_query(item, bound, placement, catalog))
    known = {q.item for q in asked} | {r.item for r in refused}
    refused += [NotAsked(item, "no collector reads it") for item in sorted(limit or ()) if item not in known]
    return tuple(asked), tuple(refused)


def _left_to_a_person(bound: Bound, item: str) -> tuple[NotAsked, ...]:
    """What a collector would read on a server that nobody drives, so that it is somebody's task to bring it."""
    server = bound.names.get("server")
    if bound.kind.scope != "server" or server is None or server.driven or bound.kind.id in _OF_DRIVEN:
        return ()
    if server.virtual:
        return ()  # no machine: its nodes are asked
    driven = replace(bound, names={**bound.names, "server": replace(server, driven=True)})
    if not driven.evaluate("when", bound.kind.when):
        return ()
    title = bound.render("title", bound.kind.title)
    where = f"{title}; found at: {server.name} itself, which is not driven (WMI or remote registry from another machine)"
    return (NotAsked(item, where, by_hand=True),)


def _query(item: str, bound: Bound, placement: Placement, catalog: Catalog) -> Query:
    libraries = tuple(
        (digest(catalog.libraries[n]), catalog.libraries[n]) for n in libraries_of(bound, placement)
    )
    return Query(
        item=item,
        title=bound.render("title", bound.kind.title),
        host=placement.host,
        libraries=libraries,
        script=digest(bound.kind.text),
        text=bound.kind.text,
        arguments=arguments(bound, placement.dc, placement.dcs),
    )


def with_queries(change: Change, asked: Iterable[Query]) -> Change:
    """The change with what it takes to read its facts again: `apply` has no plan to make the questions from."""
    relevant = [q for q in asked if q.item in change.facts]
    scripts = dict(change.scripts)
    for query in relevant:
        scripts[query.script] = ScriptText(f"collector:{query.item.partition('@')[0]}", query.text)
        for sha, text in query.libraries:
            scripts.setdefault(sha, ScriptText("library", text))
    written = tuple(
        {
            "item": q.item,
            "host": q.host,
            "libraries": [sha for sha, _ in q.libraries],
            "script": q.script,
            "arguments": dict(q.arguments),
        }
        for q in relevant
    )
    return replace(change, queries=written, scripts=dict(sorted(scripts.items())))


def queries_of(change: Change, items: Iterable[str]) -> tuple[Query, ...]:
    """The questions that a change carries for these facts."""
    wanted = set(items)
    return tuple(
        Query(
            item=q["item"],
            title=q["item"],
            host=q["host"],
            libraries=tuple((sha, change.scripts[sha].text) for sha in q["libraries"]),
            script=q["script"],
            text=change.scripts[q["script"]].text,
            arguments=q["arguments"],
        )
        for q in change.queries
        if q["item"] in wanted
    )
