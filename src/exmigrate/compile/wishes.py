"""Wishes of a plan that no step kind knows: an order of roles of its own, and kinds and gates that it names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from itertools import pairwise

from exmigrate.catalog import Catalog, Transition
from exmigrate.model import Finding, Topology

from .bind import Bound, kinds_of
from .graph import Graph, connect


def unknown_kinds(topology: Topology, catalog: Catalog, transition: Transition) -> Iterator[Finding]:
    """Findings on optional kinds and gates of the policy that the transition does not have."""
    kinds = [kind for kind, _ in kinds_of(catalog, transition, topology.step_kinds_folder)]
    gates = [kind.id for kind in kinds if kind.effect == "gate"]
    optional = topology.policy.optional
    yield from _unknown(topology, catalog, "policy.optional", optional, [kind.id for kind in kinds])
    yield from _unknown(topology, catalog, "policy.gates", topology.policy.gate_notes, gates)


def _unknown(
    topology: Topology, catalog: Catalog, path: str, named: Iterable[str], known: list[str]
) -> Iterator[Finding]:
    what = "gate" if path == "policy.gates" else "step kind"
    for name in named:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            where = topology.where(f"{path}.{name}")
            yield Finding(
                rule="EXM-C030",
                severity="error",
                message=f"{path} names {name}, which is no {what} of {_whose(catalog, path, name)}: it would never run.",
                file=where.file,
                line=where.line,
                column=where.column,
                remedy=f"did you mean {near[0]}?" if near else "`exmigrate catalog` lists the kinds",
            )


def _whose(catalog: Catalog, path: str, name: str) -> str:
    """Whether the name is nothing at all, or of another transition."""
    kind = catalog.kinds.get(name)
    there = kind is not None and (path != "policy.gates" or kind.effect == "gate")
    return "this transition" if there else "the catalog"


def add_role_order(graph: Graph, topology: Topology, steps: Mapping[str, Bound]) -> None:
    """Order the installs of a site as the plan says, where it says so; rules refuse what cannot be (TOP-002)."""
    for site in topology.sites:
        for earlier, later in pairwise(site.role_order):
            for first in _installs(steps, earlier, site.name):
                for then in _installs(steps, later, site.name):
                    connect(graph, first, then, f"the plan wants {earlier} before {later} in {site.name}")


def _installs(steps: Mapping[str, Bound], role: str, site: str) -> list[str]:
    return [
        id for id, bound in steps.items() if bound.kind.id == f"install-{role}" and bound.scope.site == site
    ]
