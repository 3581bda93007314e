"""Wishes of a plan that no step kind knows: an order of roles of its own, and kinds and gates that it names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches
from itertools import pairwise

from exmigrate.catalog import Catalog
from exmigrate.model import Finding, Topology

from .bind import Bound
from .graph import Graph, connect


def unknown_kinds(topology: Topology, catalog: Catalog) -> Iterator[Finding]:
    """Findings on optional kinds and gates of the policy that the catalog does not have."""
    gates = [id for id, kind in catalog.kinds.items() if kind.effect == "gate"]
    yield from _unknown(topology, "policy.optional", topology.policy.optional, list(catalog.kinds))
    yield from _unknown(topology, "policy.gates", topology.policy.gate_notes, gates)


def _unknown(topology: Topology, path: str, named: Iterable[str], known: list[str]) -> Iterator[Finding]:
    what = "gate" if path == "policy.gates" else "step kind"
    for name in named:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            where = topology.where(f"{path}.{name}")
            yield Finding(
                rule="EXM-C020",
                severity="error",
                message=f"{path} names {name}, which is no {what} of the catalog: it would never run.",
                file=where.file,
                line=where.line,
                column=where.column,
                remedy=f"did you mean {near[0]}?" if near else "`exmigrate catalog` lists the kinds",
            )


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
