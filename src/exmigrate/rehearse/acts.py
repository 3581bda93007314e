"""What a person does at a gate in a rehearsal, from data: `persons.yaml`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

import yaml

from exmigrate.catalog import expression
from exmigrate.compile import common_names, enumerate_scopes
from exmigrate.model import Step, Topology
from exmigrate.model.topology import Secret


@dataclass(frozen=True)
class Act:
    """One action at the twin's door.

    Attributes:
        action: its name.
        arguments: by name; secrets among them, so they do not show in a repr.
        keep: the file that the bytes it gives are written to; '' where it gives none.
    """

    action: str
    arguments: Mapping[str, Any] = field(repr=False)
    keep: str = ""


def acts_for(topology: Topology, step: Step, resolve: Callable[[str], str]) -> tuple[Act, ...]:
    """The actions that a gate asks for; none for a gate that is only confirmed.

    Args:
        topology: the plan.
        step: the gate.
        resolve: resolves a secret reference.
    """
    rows = _table().get(step.kind, ())
    names = _names(topology, step, resolve)
    return tuple(act for row in rows for act in _acts(row, names))


@cache
def _table() -> Mapping[str, tuple[Mapping[str, Any], ...]]:
    text = resources.files(__package__).joinpath("persons.yaml").read_text(encoding="utf-8")
    found = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return {kind: tuple(rows) for kind, rows in found.items()}


def _names(topology: Topology, step: Step, resolve: Callable[[str], str]) -> dict[str, Any]:
    def secret(reference: Secret | None) -> str:
        return resolve(reference.ref) if reference else ""

    entities = next(
        (
            found
            for scope, found in enumerate_scopes(topology, step.scope.level)
            if scope.name == step.scope.name
        ),
        {},
    )
    return {**common_names(topology, {}), **entities, "secret": secret}


def _acts(row: Mapping[str, Any], names: Mapping[str, Any]) -> list[Act]:
    items = expression(str(row["each"]))(names) if "each" in row else [None]
    found = []
    for item in items:
        own = {**names, "item": item}
        if "when" in row and not expression(str(row["when"]))(own):
            continue
        arguments = {name: expression(str(text))(own) for name, text in row["arguments"].items()}
        found.append(
            Act(str(row["action"]), arguments, str(expression(row["keep"])(own)) if "keep" in row else "")
        )
    return found
