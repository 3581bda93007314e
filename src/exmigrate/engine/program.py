"""What the engine needs to know of a change's graph, computed once: order, remaining paths, units, exclusives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from heapq import heapify, heappop, heappush

from exmigrate.model import Change, Step

DIRECTORY_PREPARATION = "directory-preparation"
SETUP = "setup"


@dataclass(frozen=True)
class Program:
    """A change and what follows from its edges alone."""

    change: Change

    @property
    def by_id(self) -> Mapping[str, Step]:
        """Steps by id."""
        return self.change.by_id

    @cached_property
    def order(self) -> tuple[str, ...]:
        """All steps, needs before dependants; ties in the order of the change."""
        place = {step.id: n for n, step in enumerate(self.change.steps)}
        missing = {step.id: len(set(step.needs)) for step in self.change.steps}
        ready = [place[i] for i, n in missing.items() if n == 0]
        heapify(ready)
        out: list[str] = []
        while ready:
            step_id = self.change.steps[heappop(ready)].id
            out.append(step_id)
            for after in dict.fromkeys(self.change.dependants[step_id]):
                missing[after] -= 1
                if missing[after] == 0:
                    heappush(ready, place[after])
        return tuple(out)

    @cached_property
    def remaining(self) -> Mapping[str, int]:
        """Seconds (median) from the start of a step to the end of the longest path through it."""
        out: dict[str, int] = {}
        for step_id in reversed(self.order):
            after = (out[d] for d in self.change.dependants[step_id])
            out[step_id] = self.by_id[step_id].estimate.p50 + max(after, default=0)
        return out

    @cached_property
    def ancestors(self) -> Mapping[str, frozenset[str]]:
        """For each step everything that must be done before it."""
        out: dict[str, frozenset[str]] = {}
        for step_id in self.order:
            needs = self.by_id[step_id].needs
            out[step_id] = frozenset(needs).union(*(out[n] for n in needs))
        return out

    @cached_property
    def with_members_up_to(self) -> Mapping[str, tuple[str, ...]]:
        """For each step those that work on members, among itself and everything that must be done before it."""
        working = {step.id for step in self.change.steps if step.members}
        return {id: tuple(working.intersection((id, *before))) for id, before in self.ancestors.items()}

    @cached_property
    def by_kind(self) -> Mapping[str, tuple[str, ...]]:
        """Ids of the steps of each kind."""
        out: dict[str, list[str]] = {}
        for step in self.change.steps:
            out.setdefault(step.kind, []).append(step.id)
        return {kind: tuple(ids) for kind, ids in out.items()}

    @cached_property
    def companions(self) -> Mapping[str, tuple[str, ...]]:
        """For a step the steps whose `window: with:<kind>` makes them part of its unit."""
        out: dict[str, list[str]] = {}
        for step in self.change.steps:
            anchor = self._anchor(step)
            if anchor:
                out.setdefault(anchor, []).append(step.id)
        return {k: tuple(v) for k, v in out.items()}

    @cached_property
    def places(self) -> Mapping[str, int]:
        """The place of each step in `order`."""
        return {step_id: n for n, step_id in enumerate(self.order)}

    def unit_p90(self, step: Step) -> int:
        """Seconds (ninetieth percentile) of the smallest startable unit that begins with this step."""
        own = step.estimate.p90
        if step.unit == "member":
            own = self.member_p90(step)
        return own + sum(self.by_id[c].estimate.p90 for c in self.companions.get(step.id, ()))

    def member_p90(self, step: Step) -> int:
        """Seconds (ninetieth percentile) of one member's share of a step."""
        return -(-step.estimate.p90 // max(1, len(self.members(step))))

    def members(self, step: Step) -> tuple[str, ...]:
        """The members of a step as the change lists them; empty for a step without."""
        return tuple(self.change.sets.get(step.members, ())) if step.members else ()

    def _anchor(self, step: Step) -> str:
        kind = step.window.removeprefix("with:")
        if kind == step.window:
            return ""
        found = [i for i in self.by_kind.get(kind, ()) if i in self.ancestors[step.id]]
        own = [i for i in found if self.by_id[i].scope == step.scope or self.by_id[i].host == step.host]
        near = own or found
        return max(near, key=lambda i: self.places[i], default="")
