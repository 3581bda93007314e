"""Stages of a plan: the markers that change what clients see, in the order of the schedule, and what is done at each."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from exmigrate.compile.graph import Graph
from exmigrate.model import Step, Topology


@dataclass(frozen=True, slots=True)
class Stage:
    """The time from one marker to the next.

    Attributes:
        kind: an id of `stages` in `matrix.yaml`.
        site: the site whose own marker it is, empty where it is everybody's.
        moved: sites of which mailboxes have just moved.
        after: id of the step that opens it, the last one where several do; empty before the start.
        done: steps that are done then, whatever the order of the rest.
        excluded: steps that cannot be done yet.
    """

    kind: str
    site: str
    after: str
    done: frozenset[str]
    excluded: frozenset[str]
    moved: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Marker:
    kind: str
    site: str
    steps: tuple[str, ...]
    moved: frozenset[str] = frozenset()


def stages(topology: Topology, steps: Sequence[Step], graph: Graph) -> tuple[Stage, ...]:
    """The stages of a compiled plan; the first is before the start.

    Args:
        steps: in the order of the schedule.
    """
    rank = {step.id: n for n, step in enumerate(steps)}
    found = sorted(_markers(topology, steps), key=lambda m: max(rank[id] for id in m.steps))
    excluded = _excluded(graph, [max(m.steps, key=rank.__getitem__) for m in found])
    out = [Stage("before-start", "", "", frozenset(), excluded[0])]
    done: set[str] = set()
    for marker, barred in zip(found, excluded[1:], strict=True):
        done |= _spread(marker.steps, done, graph.predecessors)
        last = max(marker.steps, key=rank.__getitem__)
        out.append(Stage(marker.kind, marker.site, last, frozenset(done), barred, marker.moved))
    return tuple(out)


def _excluded(graph: Graph, last: Sequence[str]) -> list[frozenset[str]]:
    """For each stage, the first before the start, what waits for the last step of a marker that is still to come."""
    out = [frozenset[str]()]
    barred: set[str] = set()
    for id in reversed(last):
        barred |= _spread([id], barred, graph.successors)
        out.append(frozenset(barred))
    return out[::-1]


def _spread(
    from_: Iterable[str], known: Collection[str], neighbours: Callable[[str], Iterable[str]]
) -> set[str]:
    """Everything that is reached from some steps and was not known before, they included."""
    found = {id for id in from_ if id not in known}
    waiting = list(found)
    while waiting:
        for id in neighbours(waiting.pop()):
            if id not in known and id not in found:
                found.add(id)
                waiting.append(id)
    return found


def _markers(topology: Topology, steps: Sequence[Step]) -> Iterator[_Marker]:
    by_kind: dict[str, list[Step]] = {}
    for step in steps:
        by_kind.setdefault(step.kind, []).append(step)
    yield from _one("first-cas", by_kind.get("install-cas", [])[:1])
    for cutover in by_kind.get("cutover-client-namespace", []):
        yield _Marker("cutover", cutover.scope.site, (cutover.id,))
    yield from _moves(topology, by_kind)
    yield from _one("retire", by_kind.get("retire-legacy-namespace", []))
    yield from _one("removal", [s for kind in by_kind if _removes_door(kind) for s in by_kind[kind]])


def _removes_door(kind: str) -> bool:
    return kind == "uninstall-legacy-server" or (kind.startswith("uninstall-") and kind.endswith("-cas"))


def _moves(topology: Topology, by_kind: Mapping[str, Sequence[Step]]) -> Iterator[_Marker]:
    pilots = {b.name for b in topology.batches if b.pilot}
    moves = by_kind.get("move-mailboxes", ())
    first = [s for s in moves if s.scope.name in pilots]
    if first:
        yield _Marker("pilot", "", tuple(s.id for s in first), frozenset(s.scope.site for s in first))
    by_site: dict[str, list[str]] = {}
    for step in moves:
        by_site.setdefault(step.scope.site, []).append(step.id)
    for site, ids in by_site.items():
        yield _Marker("moves", site, tuple(ids), frozenset([site]))


def _one(kind: str, steps: Sequence[Step]) -> Iterator[_Marker]:
    if steps:
        yield _Marker(kind, "", tuple(s.id for s in steps))
