"""A graph as the rules on its order see it: steps by kind, and what is done before what."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from exmigrate.model import Step, Topology

from .graph import Closure


@dataclass(frozen=True)
class Order:
    """A graph with what every step has before it."""

    topology: Topology
    steps: Mapping[str, Step]
    closure: Closure

    @cached_property
    def _by_kind(self) -> Mapping[str, list[Step]]:
        out: dict[str, list[Step]] = {}
        for step in self.steps.values():
            out.setdefault(step.kind, []).append(step)
        return out

    def of(self, *kinds: str) -> Iterator[Step]:
        """Steps of some kinds, kind by kind in the order of the graph."""
        return (s for kind in kinds for s in self._by_kind.get(kind, ()))

    def has(self, kind: str) -> bool:
        """Whether any step is of a kind."""
        return any(True for _ in self.of(kind))

    def before(self, step: Step, kind: str) -> Iterator[Step]:
        """Every step of a kind that is done before another step."""
        return (s for s in self.of(kind) if self.closure.holds(s.id, step.id))

    def missing(self, needed: Iterable[Step], step: Step) -> Iterator[Step]:
        """Those of some steps that are not done before another step."""
        return (s for s in needed if not self.closure.holds(s.id, step.id))

    def place(self, step: Step) -> str:
        """The key of the place in the plan that a step comes from."""
        t = self.topology
        by_level: Mapping[str, Mapping[str, Any]] = {
            "server": t.server_by_name,
            "site": t.site_by_name,
            "database": t.database_by_key,
            "batch": {b.name: b for b in t.batches},
            "domain": {d.name: d for d in t.domains},
            "rgc": {c.name: c for c in t.mail_flow.routing_group_connectors},
            "dialplan": {d.name: d for d in t.dial_plans},
            "mailboxset": {m.name: m for m in t.mailbox_sets},
            "routing-group": {g.name: g for g in t.routing_groups},
        }
        entity = by_level.get(step.scope.level, {}).get(step.scope.name)
        return entity.path if entity is not None else ""
