"""A step kind: what one `.ps1` file of the catalog says (DESIGN section 5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from exmigrate.model import Location
from exmigrate.model.step import KnownFailure

FUNCTIONS = ("Check", "Apply", "Verify", "Rollback", "Collect")
"""Functions a step kind may have, in the order of a step's life; `Collect` is a collector's only one."""


@dataclass(frozen=True, slots=True)
class Need:
    """One entry of `needs` or `before`.

    Attributes:
        kind: id of the needed kind.
        at: how it is bound: empty, a level, `all`, `first`, `host`, or an expression if `computed`.
        when: expression that must hold for the need to count; empty means always.
    """

    kind: str
    at: str = ""
    computed: bool = False
    when: str = ""


@dataclass(frozen=True, slots=True)
class GateText:
    """The `gate` block before its templates are filled."""

    closes: str
    every: int
    instructions: str
    undo: str


@dataclass(frozen=True, slots=True)
class StepKind:
    """One step kind. Text fields marked E in DESIGN section 5 hold expressions, those marked T templates.

    `point_of_no_return` is an expression: where it holds, the step is one, whatever `reversibility` says; empty for never.
    """

    id: str
    phase: str
    title: str
    scope: str
    when: str
    effect: str
    reversibility: str
    point_of_no_return: str
    reason: str
    needs: tuple[Need, ...]
    before: tuple[Need, ...]
    vantage: str
    host: str
    identity: str
    run: str
    check: str
    acceptance: str
    window: str
    priority: int
    limits: tuple[str, ...]
    arguments: Mapping[str, Any]
    unit: str
    members: str
    estimate: tuple[str, str]
    resumes: bool
    ends_unseen: bool
    reboot: str
    rights: tuple[str, ...]
    impact: str
    failures: tuple[KnownFailure, ...]
    gate: GateText | None
    tags: tuple[str, ...]
    libraries: tuple[str, ...]
    order: int
    text: str
    functions: tuple[str, ...]
    file: str
    lines: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def where(self, key: str = "") -> Location:
        """The place of a front matter key in the kind's file."""
        return Location(self.file, self.lines.get(key, 1))
