"""A step: one step kind bound to one scope, with everything that decides how it runs.

The JSON form is the `steps` entry of `exmigrate.change/1` (DESIGN section 6); `Step.to_json` and `Step.from_json` are
its only writer and reader.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, Literal, cast

from .identity import Scope

EffectClass = Literal["read", "convergent", "once", "gate"]
Reversibility = Literal["reversible", "forward-only", "point-of-no-return"]
StepState = Literal["needed", "satisfied", "unknown", "blocked"]
RunMode = Literal["inline", "job"]
Identity = Literal["local", "delegated"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """Expected duration in seconds: median and ninetieth percentile."""

    p50: int
    p90: int


@dataclass(frozen=True, slots=True)
class KnownFailure:
    """A failure that the kind's author knows.

    Attributes:
        match: regular expression over error message and id.
        failure_class: `never-sent | ambiguous | throttled | credentials | permanent | transient`.
        means: what it means, for the operator.
        do: what to do about it.
    """

    match: str
    failure_class: str
    means: str
    do: str


@dataclass(frozen=True, slots=True)
class Gate:
    """What a gate step asks of a person, and what closes it.

    Attributes:
        closes: `probe`, `person` or `both`.
        every: seconds between two probes.
        instructions: what the person does, in the plan's own names.
        undo: what a person does to take it back.
    """

    closes: Literal["probe", "person", "both"]
    every: int
    instructions: str
    undo: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a change. Arguments are JSON values; `{"$fact": …}` and its kin are references."""

    id: str
    kind: str
    title: str
    phase: str
    scope: Scope
    host: str
    needs: tuple[str, ...]
    effect: EffectClass
    reversibility: Reversibility
    reason: str
    vantage: str
    identity: Identity
    run: RunMode
    acceptance: str
    estimate: Estimate
    script: str
    libraries: tuple[str, ...]
    functions: tuple[str, ...]
    arguments: Mapping[str, Any]
    window: str
    limits: tuple[str, ...]
    unit: Literal["step", "member"]
    resumes: bool
    reboot: Literal["never", "maybe", "always"]
    rights: tuple[str, ...]
    impact: str
    failures: tuple[KnownFailure, ...]
    gate: Gate | None
    check: Literal["anytime", "when-ready"] = "anytime"
    priority: int = 100
    marker: str = ""
    state: StepState = "unknown"
    because: str = "not asked"
    members: str = ""
    """Name of the set (`Change.sets`) whose members this step works on one by one; empty for other steps."""
    tags: tuple[str, ...] = field(default=())
    """Words the scheduler's exclusives and policies refer to, such as `directory-preparation` or `setup`."""
    ends_unseen: bool = False
    """Whether Apply ends with what no Check can see, such as a service's restart: an attempt whose end is unknown, or that
    failed, is made again even though Check is satisfied."""

    @property
    def mutating(self) -> bool:
        """Whether running it can change anything on a server."""
        return self.effect in ("convergent", "once")

    def to_json(self) -> dict[str, Any]:
        """The step in the change's JSON shape."""
        out: dict[str, Any] = {}
        for f in fields(self):
            out[_JSON_NAMES.get(f.name, f.name)] = _plain(getattr(self, f.name))
        return out

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Step:
        """Read a step back; inverse of `to_json`. Unknown keys are ignored.

        Raises:
            KeyError: a required key is missing.
        """
        names = {f.name: _JSON_NAMES.get(f.name, f.name) for f in fields(cls)}
        values = {name: data[key] for name, key in names.items() if key in data}
        for name in ("needs", "libraries", "functions", "limits", "rights", "tags"):
            values[name] = tuple(values.get(name, ()))
        values["scope"] = Scope(**{k: v or "" for k, v in values["scope"].items()})
        values["estimate"] = Estimate(**values["estimate"])
        values["failures"] = tuple(
            KnownFailure(f["match"], f["class"], f["means"], f["do"]) for f in values["failures"]
        )
        values["gate"] = Gate(**values["gate"]) if values["gate"] else None
        values["marker"] = values.get("marker") or ""
        return cls(**values)

    def with_state(self, state: StepState, because: str) -> Step:
        """The same step with what a Check found at plan time."""
        return replace(self, state=state, because=because)


_JSON_NAMES = {"estimate": "estimate_s"}


def _plain(value: object) -> Any:
    match value:
        case Scope():
            return {"level": value.level, "name": value.name, "site": value.site, "server": value.server}
        case Estimate():
            return {"p50": value.p50, "p90": value.p90}
        case Gate():
            return {
                "closes": value.closes,
                "every": value.every,
                "instructions": value.instructions,
                "undo": value.undo,
            }
        case KnownFailure():
            return {
                "match": value.match,
                "class": value.failure_class,
                "means": value.means,
                "do": value.do,
            }
        case tuple() | list():
            return [_plain(v) for v in cast("tuple[object, ...]", value)]
        case Mapping():
            return {k: _plain(v) for k, v in value.items()}
        case _:
            return value
