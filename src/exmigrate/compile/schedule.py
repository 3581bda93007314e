"""Scheduling on paper: expected start and end of each step, critical path, makespan.

Windows are left out: the figures are working time, to which waiting for windows and persons comes.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass

from exmigrate.model import Step

from .graph import Graph


@dataclass(frozen=True, slots=True)
class Schedule:
    """Expected seconds from the start of the run.

    Attributes:
        order: step ids by start, ties by the order of display.
        start: of each step, at median durations.
        critical_path: the longest chain of needs at median durations.
        makespan: `{"p50", "p90", "bound"}`: with one mutating step per host; bound is the critical path alone.
    """

    order: tuple[str, ...]
    start: Mapping[str, int]
    critical_path: tuple[str, ...]
    makespan: Mapping[str, int]


def schedule(graph: Graph, steps: Mapping[str, Step]) -> Schedule:
    """List scheduling by longest remaining path, one mutating step per host at a time."""
    median = {id: step.estimate.p50 for id, step in steps.items()}
    tail = {id: step.estimate.p90 for id, step in steps.items()}
    path = critical_path(graph, median)
    start, end = _simulate(graph, steps, median)
    _, end90 = _simulate(graph, steps, tail)
    rank = {id: n for n, id in enumerate(steps)}
    topological = {id: n for n, id in enumerate(graph.order(rank))}
    order = sorted(steps, key=lambda id: (start[id], topological[id]))
    return Schedule(
        tuple(order),
        start,
        path,
        {
            "p50": max(end.values(), default=0),
            "p90": max(end90.values(), default=0),
            "bound": sum(median[id] for id in path),
        },
    )


def remaining(graph: Graph, duration: Mapping[str, int]) -> dict[str, int]:
    """For each step the length of the longest path from its start to the end."""
    out: dict[str, int] = {}
    for id in reversed(graph.order()):
        out[id] = duration[id] + max((out[n] for n in graph.successors(id)), default=0)
    return out


def critical_path(graph: Graph, duration: Mapping[str, int]) -> tuple[str, ...]:
    """The longest chain of needs; ties go to the step that sorts first."""
    left = remaining(graph, duration)
    roots = [n for n in graph if graph.in_degree(n) == 0]
    path: list[str] = []
    step = min(roots, key=lambda n: (-left[n], n), default=None)
    while step is not None:
        path.append(step)
        step = min(graph.successors(step), key=lambda n: (-left[n], n), default=None)
    return tuple(path)


def _simulate(
    graph: Graph, steps: Mapping[str, Step], duration: Mapping[str, int]
) -> tuple[dict[str, int], dict[str, int]]:
    left = remaining(graph, duration)
    missing = {id: graph.in_degree(id) for id in steps}
    ready = [(steps[id].priority, -left[id], id) for id, n in missing.items() if n == 0]
    heapq.heapify(ready)
    busy: dict[str, str] = {}
    running: list[tuple[int, str]] = []
    start: dict[str, int] = {}
    end: dict[str, int] = {}
    now = 0
    while ready or running:
        now = _start_what_can(steps, duration, ready, busy, running, start, now)
        if not running:
            break
        now, id = heapq.heappop(running)
        end[id] = now
        if busy.get(steps[id].host) == id:
            del busy[steps[id].host]
        for then in graph.successors(id):
            missing[then] -= 1
            if missing[then] == 0:
                heapq.heappush(ready, (steps[then].priority, -left[then], then))
    return start, end


def _start_what_can(
    steps: Mapping[str, Step],
    duration: Mapping[str, int],
    ready: list[tuple[int, int, str]],
    busy: dict[str, str],
    running: list[tuple[int, str]],
    start: dict[str, int],
    now: int,
) -> int:
    waiting = []
    while ready:
        item = heapq.heappop(ready)
        step = steps[item[2]]
        if step.mutating and step.host and step.host in busy:
            waiting.append(item)
            continue
        if step.mutating and step.host:
            busy[step.host] = step.id
        start[step.id] = now
        heapq.heappush(running, (now + duration[step.id], step.id))
    for item in waiting:
        heapq.heappush(ready, item)
    return now
