"""The graph of steps: networkx, an edge from what must be done first, each edge with its reason."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import compress
from typing import TYPE_CHECKING

import networkx as nx

from .errors import CycleError

if TYPE_CHECKING:
    Graph = nx.DiGraph[str]
else:
    Graph = nx.DiGraph


def connect(graph: Graph, first: str, then: str, why: str) -> None:
    """Add an edge; the first reason given for an edge stays."""
    if first != then and not graph.has_edge(first, then):
        graph.add_edge(first, then, why=why)


def refuse_cycles(graph: Graph) -> None:
    """Refuse a graph in which steps need each other in a circle.

    Raises:
        CycleError: names the steps of one circle and the reason of each edge.
    """
    if nx.is_directed_acyclic_graph(graph):
        return
    cycle = nx.find_cycle(graph)
    edges = [(edge[0], edge[1]) for edge in cycle]
    reasons = [f"{then} needs {first} ({graph.edges[first, then]['why']})" for first, then in edges]
    raise CycleError(
        f"{len(edges)} steps need each other in a circle.",
        step=edges[0][0],
        why="; ".join(reasons),
        next="change the plan or the step kind so that one of these needs falls away",
        details={"cycle": [first for first, _ in edges]},
    )


class Reach:
    """What can be reached from every step of a finished graph, one way: sets of steps as bits of whole numbers.

    Ten thousand steps have fifty million pairs in an order; as bits they fit into a dozen megabytes.

    Args:
        graph: without circles.
        forward: true for everything that waits for a step, false for everything that it waits for.
    """

    def __init__(self, graph: Graph, *, forward: bool) -> None:
        self._names = tuple(graph)
        self._bit = {id: 1 << n for n, id in enumerate(self._names)}
        self._of: dict[str, int] = {}
        order = list(nx.topological_sort(graph))
        neighbours = graph.successors if forward else graph.predecessors
        for id in reversed(order) if forward else order:
            own = 0
            for next in neighbours(id):
                own |= self._bit[next] | self._of[next]
            self._of[id] = own

    def of(self, id: str) -> int:
        """The steps reached from one, as bits."""
        return self._of[id]

    def bits(self, ids: Iterable[str]) -> int:
        """Some steps as bits."""
        out = 0
        for id in ids:
            out |= self._bit[id]
        return out

    def ids(self, bits: int) -> tuple[str, ...]:
        """The steps that some bits stand for, in the order of the graph's nodes."""
        return tuple(compress(self._names, format(bits, "b")[::-1].encode().translate(_ZERO_AND_ONE)))

    def holds(self, target: str, id: str) -> bool:
        """Whether a step is reached from another."""
        return bool(self._of[id] & self._bit[target])


_ZERO_AND_ONE = bytes.maketrans(b"01", b"\x00\x01")


class Closure:
    """Ancestors of every step, computed once for a finished graph."""

    def __init__(self, graph: Graph) -> None:
        self._reach = Reach(graph, forward=False)

    def ancestors(self, id: str) -> frozenset[str]:
        """Everything that must be done before a step."""
        return frozenset(self._reach.ids(self._reach.of(id)))

    def down(self, ids: Iterable[str]) -> tuple[str, ...]:
        """Some steps with everything that must be done before them, in the order of the graph's nodes."""
        reach = self._reach
        kept = 0
        for id in ids:
            kept |= reach.bits((id,)) | reach.of(id)
        return reach.ids(kept)

    def holds(self, before: str, after: str) -> bool:
        """Whether one step is always done before another."""
        return self._reach.holds(before, after)
