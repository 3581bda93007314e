"""Step kinds that the policy names must exist: a misspelt wish would be one that is silently not fulfilled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from difflib import get_close_matches

from exmigrate.catalog import Catalog
from exmigrate.model import Finding, Topology


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
