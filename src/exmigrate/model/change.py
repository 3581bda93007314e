"""The change as a value: what `plan -o` writes, a board approves and `apply` runs (DESIGN section 6).

Canonical bytes and digests are the business of `exmigrate.change`; here is only the shape.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from .step import Step

FORMAT = "exmigrate.change/1"


@dataclass(frozen=True)
class PhaseView:
    """A phase as it is shown: its steps in the order of the schedule."""

    id: str
    title: str
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Marker:
    """A named rollback marker; `steps` are all steps that rolling back to it keeps done."""

    id: str
    phase: str
    site: str
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Finding:
    """What a rule found in plan, inventory or graph."""

    rule: str
    severity: str
    message: str
    file: str = ""
    line: int = 0
    column: int = 0
    remedy: str = ""
    waived: Mapping[str, str] | None = None


@dataclass(frozen=True)
class ScriptText:
    """One script of a change: the step kind or library it belongs to, and its text."""

    kind: str
    text: str


@dataclass(frozen=True)
class Change:
    """A compiled plan. Mappings hold JSON values only; no floats, no secrets.

    Attributes:
        name: the plan's name.
        reference: the organization's own change number.
        transition: `{"from": ["2007"], "to": "2010"}`.
        policy: windows, blackout dates, limits, retries, pins: everything the engine obeys.
        connections: per server `{"transport", "scheme", "port", "credential", …}`; credentials by reference. A server
            of Windows 2003 has besides `{"tasks": "schtasks", "expose_run_as_password"}`.
        inventory: digest of the inventory the change rests on, or empty.
        facts: `{"item@scope": value}` that arguments refer to.
        queries: how `facts` were read, `{"item", "host", "libraries", "script", "arguments"}`, to read them again.
        sets: `{"name": [member, …]}` of `{$set: name}`.
    """

    name: str
    reference: str
    transition: Mapping[str, Any]
    policy: Mapping[str, Any]
    connections: Mapping[str, Any]
    inventory: str
    facts: Mapping[str, Any]
    phases: tuple[PhaseView, ...]
    steps: tuple[Step, ...]
    scripts: Mapping[str, ScriptText]
    sets: Mapping[str, tuple[str, ...]]
    markers: tuple[Marker, ...]
    findings: tuple[Finding, ...]
    critical_path: tuple[str, ...]
    makespan_s: Mapping[str, int]
    coexistence: tuple[Mapping[str, Any], ...] = ()
    tool: Mapping[str, str] = field(default_factory=dict)
    organization: str = ""
    queries: tuple[Mapping[str, Any], ...] = ()

    @cached_property
    def by_id(self) -> Mapping[str, Step]:
        """Steps by id."""
        return {step.id: step for step in self.steps}

    @cached_property
    def dependants(self) -> Mapping[str, tuple[str, ...]]:
        """For each step the ids of those that need it, in the order of `steps`."""
        out: dict[str, list[str]] = {step.id: [] for step in self.steps}
        for step in self.steps:
            for need in step.needs:
                out[need].append(step.id)
        return {k: tuple(v) for k, v in out.items()}

    def with_steps(self, steps: tuple[Step, ...], facts: Mapping[str, Any] | None = None) -> Change:
        """The same change with other step states or facts, as a probing plan makes it."""
        return replace(self, steps=steps, facts=self.facts if facts is None else facts)
