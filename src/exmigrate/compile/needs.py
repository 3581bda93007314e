"""Needs: the edges that step kinds declare, resolved to step ids. A need on a step the plan lacks is void."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from exmigrate.catalog import Need

from .bind import Bound
from .errors import CompileError
from .hosts import Placement


class NeedResolver:
    """Resolves the needs of steps against all steps of the plan.

    Args:
        steps: all steps by id, in the order of the transition.
        placements: where each runs.
        known_kinds: ids of every kind of the catalog, to tell a void need from a misspelt one.
    """

    def __init__(
        self, steps: Mapping[str, Bound], placements: Mapping[str, Placement], known_kinds: Iterable[str]
    ) -> None:
        self._placements = placements
        self._known = frozenset(known_kinds)
        self._by_kind: dict[str, list[Bound]] = {}
        for bound in steps.values():
            self._by_kind.setdefault(bound.kind.id, []).append(bound)

    def resolve(self, bound: Bound, need: Need, key: str = "needs") -> list[str]:
        """Ids of the steps that one need of a step means.

        Raises:
            CompileError: the need names a kind that does not exist.
            ExpressionError: its `at` or `when` cannot be evaluated.
        """
        if need.kind not in self._known:
            raise CompileError(
                f"The step kind {bound.kind.id} needs the unknown kind {need.kind!r}.",
                where=bound.kind.where(key),
            )
        if need.when and not bound.evaluate(key, need.when):
            return []
        candidates = self._by_kind.get(need.kind, [])
        found = self._select(bound, need, key, candidates)
        return [b.id for b in found if b.id != bound.id]

    def _select(self, bound: Bound, need: Need, key: str, candidates: list[Bound]) -> list[Bound]:
        if not candidates:
            return []
        if need.computed:
            value = bound.evaluate(key, need.at)
            wanted = {value} if isinstance(value, str) else set(value or ())
            return [c for c in candidates if c.scope.name in wanted]
        match need.at:
            case "" | "all" | "organization" | "forest":
                return candidates
            case "first":
                return candidates[:1]
            case "site":
                return [c for c in candidates if c.scope.site == bound.scope.site]
            case "server":
                return [c for c in candidates if c.scope.server == bound.scope.server]
            case "host":
                host = self._placements[bound.id].host
                return [c for c in candidates if c.scope.server == host]
            case level:
                return [c for c in candidates if c.scope.level == level and c.scope.name == bound.scope.name]
