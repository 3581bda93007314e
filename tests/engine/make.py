"""Small changes made by hand, for tests of the engine and the runner."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from exmigrate.model import Change, Estimate, Gate, Marker, Scope, ScriptText, Step

FUNCTIONS = ("Check", "Apply", "Verify", "Rollback")


def digest(kind: str) -> str:
    """The digest of a kind's script."""
    return "sha256:" + sha256(f"# {kind}".encode()).hexdigest()


def step(id: str, needs: tuple[str, ...] = (), **other: Any) -> Step:
    """A convergent inline step on host H1 unless told otherwise."""
    kind, _, at = id.partition("@")
    gate = other.get("gate")
    values: dict[str, Any] = {
        "kind": kind,
        "title": kind,
        "phase": "hub",
        "scope": Scope("server", at) if at else Scope("organization"),
        "host": "H1",
        "effect": "gate" if gate else "convergent",
        "reversibility": "reversible",
        "reason": "",
        "vantage": "target",
        "identity": "local",
        "run": "inline",
        "acceptance": "",
        "estimate": Estimate(10, 60),
        "script": digest(kind),
        "libraries": (),
        "functions": FUNCTIONS,
        "arguments": {},
        "window": "any",
        "limits": (),
        "unit": "step",
        "resumes": False,
        "reboot": "never",
        "rights": (),
        "impact": "",
        "failures": (),
        "gate": None,
    }
    values.update(other)
    return Step(id=id, needs=needs, **values)


def once(id: str, needs: tuple[str, ...] = (), **other: Any) -> Step:
    """A Setup: a detached job that must not be submitted twice."""
    return step(id, needs, **{"effect": "once", "run": "job", "tags": ("setup",), **other})


def gate(id: str, needs: tuple[str, ...] = (), closes: str = "person", **other: Any) -> Step:
    """A gate."""
    functions = () if closes == "person" else ("Check",)
    made = Gate(closes, 60, f"do {id}", other.pop("undo", ""))  # type: ignore[arg-type]
    return step(id, needs, **{"gate": made, "functions": functions, **other})


def change(
    *steps: Step,
    policy: Mapping[str, Any] | None = None,
    sets: Mapping[str, tuple[str, ...]] | None = None,
    facts: Mapping[str, Any] | None = None,
    markers: tuple[Marker, ...] = (),
) -> Change:
    """A change of these steps."""
    return Change(
        name="test",
        reference="",
        transition={"from": ["2007"], "to": "2010"},
        policy=policy or {},
        connections={},
        inventory="",
        facts=facts or {},
        phases=(),
        steps=steps,
        scripts={s.script: ScriptText(s.kind, f"# {s.kind}") for s in steps},
        sets=sets or {},
        markers=markers,
        findings=(),
        critical_path=(),
        makespan_s={},
    )
