"""Binds step kinds to scopes: the kinds of a transition times the entities of a topology, those whose `when` holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from exmigrate.catalog import Catalog, ExpressionFault, StepKind, Transition, expression, template
from exmigrate.model import Scope, Topology, step_id

from .errors import CompileError, ExpressionError
from .scopes import common_names, enumerate_scopes

_T = TypeVar("_T")


@dataclass(frozen=True)
class Bound:
    """A step kind bound to a scope; `names` is what its expressions see."""

    kind: StepKind
    phase: str
    scope: Scope
    names: Mapping[str, Any] = field(repr=False, compare=False)

    @property
    def id(self) -> str:
        """The step's id."""
        return step_id(self.kind.id, self.scope)

    def evaluate(self, key: str, text: str) -> Any:
        """The value of one of the kind's expressions for this scope.

        Raises:
            ExpressionError: it cannot be evaluated; names the kind's file and line.
        """
        return self._guarded(key, lambda: expression(text)(self.names))

    def render(self, key: str, text: str) -> str:
        """The text of one of the kind's templates for this scope.

        Raises:
            ExpressionError: as `evaluate`.
        """
        return str(self._guarded(key, lambda: template(text)(self.names)))

    def _guarded(self, key: str, run: Callable[[], _T]) -> _T:
        try:
            return run()
        except ExpressionFault as fault:
            raise ExpressionError(
                f"The step kind {self.kind.id}: {key} has no value for {self.id}.",
                where=self.kind.where(key),
                step=self.id,
                why=str(fault),
                next="correct the expression in the step kind's file",
            ) from None


def kinds_of(catalog: Catalog, transition: Transition, extra_folder: str) -> tuple[tuple[StepKind, str], ...]:
    """The kinds of a transition with their phases, in the order of display; the user's own kinds come last in theirs.

    Raises:
        CompileError: the transition names a kind that the catalog lacks.
    """
    found: list[tuple[StepKind, str]] = []
    named = transition.phase_of
    for phase in transition.phases:
        for id in phase.kinds:
            if id not in catalog.kinds:
                raise CompileError(f"The transition {transition.file} names an unknown step kind {id!r}.")
            found.append((catalog.kinds[id], phase.id))
        if extra_folder:
            found += [
                (kind, phase.id)
                for kind in catalog.kinds.values()
                if kind.phase == phase.id and kind.id not in named and kind.file.startswith(extra_folder)
            ]
    return tuple(found)


def bind(
    topology: Topology, catalog: Catalog, transition: Transition, inventory: Mapping[str, Any]
) -> dict[str, Bound]:
    """All steps of a plan before they know their hosts and needs, by id, in the order of display."""
    common = common_names(topology, inventory)
    scopes: dict[str, list[tuple[Scope, dict[str, Any]]]] = {}
    steps: dict[str, Bound] = {}
    for kind, phase in kinds_of(catalog, transition, topology.step_kinds_folder):
        if kind.scope not in scopes:
            scopes[kind.scope] = [
                (scope, {**common, **names}) for scope, names in enumerate_scopes(topology, kind.scope)
            ]
        for scope, names in scopes[kind.scope]:
            bound = Bound(kind, phase, scope, names)
            if kind.when == "true" or bound.evaluate("when", kind.when):
                steps[bound.id] = bound
    return steps
