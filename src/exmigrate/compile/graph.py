"""The graph of steps: networkx, an edge from what must be done first, each edge with its reason."""

from __future__ import annotations

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


class Closure:
    """Ancestors of every step, computed once for a finished graph."""

    def __init__(self, graph: Graph) -> None:
        self._of: dict[str, frozenset[str]] = {}
        for id in nx.topological_sort(graph):
            own: set[str] = set()
            for need in graph.predecessors(id):
                own.add(need)
                own |= self._of[need]
            self._of[id] = frozenset(own)

    def ancestors(self, id: str) -> frozenset[str]:
        """Everything that must be done before a step."""
        return self._of[id]

    def holds(self, before: str, after: str) -> bool:
        """Whether one step is always done before another."""
        return before in self._of[after]
