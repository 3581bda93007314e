"""The change document: its JSON shape, its bytes, and reading it back (DESIGN section 6)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from exmigrate.model import FORMAT, Change, Finding, Marker, PhaseView, Refused, ScriptText, Step

from .canonical import canonical

_UNAPPROVED = (
    "tool",
    "findings",
    "coexistence",
    "inventory",
    "facts",
    "queries",
    "connections",
    "critical_path",
    "makespan_s",
    "phases",
)
"""Top-level keys outside the effect: a board approves what runs, not when it was looked at or how it is shown."""

_UNAPPROVED_STEP = ("state", "because", "estimate_s")


class NotAChange(Refused):
    """The file is no change that this program can run."""

    code = "EXM-C021"


class DigestMismatch(Refused):
    """The change's bytes are not those its digests were taken from."""

    code = "EXM-C022"
    exit_code = 4


def to_json(change: Change) -> dict[str, Any]:
    """The change in its JSON shape, digests included."""
    body = _body(change)
    return {
        "format": FORMAT,
        "effect_digest": _effect(body),
        "basis_digest": _basis(body),
        **body,
    }


def to_bytes(change: Change) -> bytes:
    """The canonical bytes of a change; one line feed ends them."""
    return canonical(to_json(change)) + b"\n"


def effect_digest(change: Change) -> str:
    """Digest of what will be done: scripts, arguments, targets by name, order, windows, policy."""
    return _effect(_body(change))


def basis_digest(change: Change) -> str:
    """Digest of what the change rests on: facts and the states that Checks found."""
    return _basis(_body(change))


def parse(data: bytes, name: str = "change") -> Change:
    """Read a change from its bytes.

    Raises:
        NotAChange: it is no change of this format.
        DigestMismatch: a digest in it is not the digest of what it says, or a script is not what its digest says.
    """
    try:
        document = json.loads(data.decode("utf-8"), parse_float=_no_float)
    except (UnicodeDecodeError, ValueError, RecursionError) as fault:
        raise NotAChange(
            f"{name} is no change.", why=str(fault), next="exmigrate plan PLAN -o FILE.change"
        ) from None
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        found = document.get("format") if isinstance(document, dict) else type(document).__name__
        raise NotAChange(
            f"{name} is no change of the format {FORMAT}.",
            why=f"its format is {found!r}",
            next="compile it again: exmigrate plan PLAN -o FILE.change",
        )
    try:
        change = _from_json(document)
        body = _body(change)
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise NotAChange(f"{name} is not whole.", why=f"{type(fault).__name__}: {fault}") from None
    _verify(document, body, change, name)
    return change


def _verify(document: Mapping[str, Any], body: Mapping[str, Any], change: Change, name: str) -> None:
    for key, digest in (("effect_digest", _effect(body)), ("basis_digest", _basis(body))):
        if document.get(key) != digest:
            raise DigestMismatch(
                f"{name} was altered: its {key.replace('_', ' ')} is not that of its content.",
                why=f"it says {document.get(key)}, its content gives {digest}",
                next="compile it again and have it approved again",
            )
    for sha, script in change.scripts.items():
        if "sha256:" + hashlib.sha256(script.text.encode("utf-8")).hexdigest() != sha:
            raise DigestMismatch(
                f"{name} was altered: the script of {script.kind} is not what its digest says."
            )


def _no_float(text: str) -> float:
    raise ValueError(f"a change holds no fractions, found {text}")


def _digest(value: object) -> str:
    return "sha256:" + hashlib.sha256(canonical(value)).hexdigest()


def _effect(body: Mapping[str, Any]) -> str:
    effect = {key: value for key, value in body.items() if key not in _UNAPPROVED}
    # Order of display is not effect: needs are. Steps count by id.
    effect["steps"] = {
        step["id"]: {k: v for k, v in step.items() if k not in _UNAPPROVED_STEP} for step in body["steps"]
    }
    effect["markers"] = {m["id"]: sorted(m["steps"]) for m in body["markers"]}
    # Scripts that only read facts are no effect.
    used = {sha for step in body["steps"] for sha in _scripts_of(step)}
    effect["scripts"] = {sha: script for sha, script in body["scripts"].items() if sha in used}
    # Facts that arguments name are frozen: they are part of what runs.
    effect["frozen"] = body["facts"]
    return _digest(effect)


def _scripts_of(step: Mapping[str, Any]) -> list[str]:
    return [*step["libraries"], *([step["script"]] if step["script"] else [])]


def _basis(body: Mapping[str, Any]) -> str:
    return _digest(
        {
            "facts": body["facts"],
            "inventory": body["inventory"],
            "states": {step["id"]: step["state"] for step in body["steps"]},
        }
    )


def _body(change: Change) -> dict[str, Any]:
    return {
        "name": change.name,
        "reference": change.reference,
        "organization": change.organization,
        "tool": dict(change.tool),
        "transition": dict(change.transition),
        "policy": dict(change.policy),
        "inventory": change.inventory,
        "facts": dict(change.facts),
        "queries": [dict(q) for q in change.queries],
        "connections": dict(change.connections),
        "phases": [{"id": p.id, "title": p.title, "steps": list(p.steps)} for p in change.phases],
        "steps": [step.to_json() for step in change.steps],
        "scripts": {sha: {"kind": s.kind, "text": s.text} for sha, s in change.scripts.items()},
        "sets": {name: list(members) for name, members in change.sets.items()},
        "markers": [
            {"id": m.id, "phase": m.phase, "site": m.site, "steps": list(m.steps)} for m in change.markers
        ],
        "findings": [finding_json(f) for f in change.findings],
        "critical_path": list(change.critical_path),
        "makespan_s": dict(change.makespan_s),
        "coexistence": [dict(c) for c in change.coexistence],
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    """A finding in the change's JSON shape."""
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "file": finding.file,
        "line": finding.line,
        "column": finding.column,
        "remedy": finding.remedy,
        "waived": dict(finding.waived) if finding.waived else None,
    }


def _from_json(data: Mapping[str, Any]) -> Change:
    return Change(
        name=data["name"],
        reference=data["reference"],
        organization=data["organization"],
        tool=data["tool"],
        transition=data["transition"],
        policy=data["policy"],
        inventory=data["inventory"],
        facts=data["facts"],
        queries=tuple(data.get("queries", ())),
        connections=data["connections"],
        phases=tuple(PhaseView(p["id"], p["title"], tuple(p["steps"])) for p in data["phases"]),
        steps=tuple(Step.from_json(s) for s in data["steps"]),
        scripts={sha: ScriptText(s["kind"], s["text"]) for sha, s in data["scripts"].items()},
        sets={name: tuple(members) for name, members in data["sets"].items()},
        markers=tuple(Marker(m["id"], m["phase"], m["site"], tuple(m["steps"])) for m in data["markers"]),
        findings=tuple(Finding(**f) for f in data["findings"]),
        critical_path=tuple(data["critical_path"]),
        makespan_s=data["makespan_s"],
        coexistence=tuple(data["coexistence"]),
    )
