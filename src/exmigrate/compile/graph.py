"""The graph of steps: an edge from what must be done first, each edge with its reason.

What every command asks (neighbours, order) is answered here; what few ask, such as a circle's members, is networkx's:
importing it takes longer than compiling a plan.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import compress
from typing import TYPE_CHECKING

from .errors import CycleError

if TYPE_CHECKING:
    import networkx as nx


class Graph:
    """A directed graph of step ids; nodes keep the order in which they came.

    Iterating gives the nodes. Reading a node that is not there raises `KeyError`.
    """

    def __init__(self, nodes: Iterable[str] = ()) -> None:
        self._after: dict[str, dict[str, str]] = {}
        self._before: dict[str, dict[str, None]] = {}
        for node in nodes:
            self.add(node)

    def __iter__(self) -> Iterator[str]:
        return iter(self._after)

    def __len__(self) -> int:
        return len(self._after)

    def __contains__(self, node: object) -> bool:
        return node in self._after

    def add(self, node: str) -> None:
        """Add a node; one that is there stays as it is."""
        self._after.setdefault(node, {})
        self._before.setdefault(node, {})

    def add_edge(self, first: str, then: str, why: str) -> None:
        """Add an edge, and its nodes."""
        self.add(first)
        self.add(then)
        self._after[first][then] = why
        self._before[then][first] = None

    def has_edge(self, first: str, then: str) -> bool:
        """Whether a node waits for another directly."""
        return then in self._after.get(first, ())

    def remove_edge(self, first: str, then: str) -> None:
        """Take an edge away."""
        del self._after[first][then]
        del self._before[then][first]

    def without(self, nodes: Iterable[str]) -> Graph:
        """A copy that lacks some nodes and their edges."""
        gone = frozenset(nodes)
        left = Graph(node for node in self if node not in gone)
        for first, then, why in self.edges():
            if first not in gone and then not in gone:
                left.add_edge(first, then, why)
        return left

    def successors(self, node: str) -> Iterable[str]:
        """What waits for a node directly."""
        return self._after[node].keys()

    def predecessors(self, node: str) -> Iterable[str]:
        """What a node waits for directly."""
        return self._before[node].keys()

    def why(self, first: str, then: str) -> str:
        """The reason of an edge."""
        return self._after[first][then]

    def edges(self) -> Iterator[tuple[str, str, str]]:
        """All edges with their reasons."""
        return ((first, then, why) for first, after in self._after.items() for then, why in after.items())

    def in_degree(self, node: str) -> int:
        """How many nodes a node waits for directly."""
        return len(self._before[node])

    def order(self, rank: Mapping[str, int] | None = None) -> list[str]:
        """The nodes, each after all that it waits for; of several that could come, the one of lowest rank.

        Args:
            rank: of each node; their own order when left out. Nodes of a circle are left out.
        """
        place = rank or {node: n for n, node in enumerate(self)}
        missing = {node: len(before) for node, before in self._before.items()}
        ready = [(place[node], node) for node, count in missing.items() if not count]
        heapq.heapify(ready)
        found = []
        while ready:
            _, node = heapq.heappop(ready)
            found.append(node)
            for then in self._after[node]:
                missing[then] -= 1
                if not missing[then]:
                    heapq.heappush(ready, (place[then], then))
        return found

    def to_networkx(self) -> nx.DiGraph[str]:
        """The same graph for the algorithms of networkx; each edge has its reason as `why`."""
        import networkx as nx

        out: nx.DiGraph[str] = nx.DiGraph()
        out.add_nodes_from(self)
        out.add_edges_from((first, then, {"why": why}) for first, then, why in self.edges())
        return out


def connect(graph: Graph, first: str, then: str, why: str) -> None:
    """Add an edge; the first reason given for an edge stays. Nothing waits for itself."""
    if first != then and not graph.has_edge(first, then):
        graph.add_edge(first, then, why)


def refuse_cycles(graph: Graph) -> None:
    """Refuse a graph in which steps need each other in a circle.

    Raises:
        CycleError: names the steps of one circle and the reason of each edge.
    """
    if len(graph.order()) == len(graph):
        return
    import networkx as nx

    edges = [(edge[0], edge[1]) for edge in nx.find_cycle(graph.to_networkx())]
    reasons = [f"{then} needs {first} ({graph.why(first, then)})" for first, then in edges]
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
        order = graph.order()
        neighbours: Callable[[str], Iterable[str]]
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
