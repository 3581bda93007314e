"""The graph of a change as DOT and as Mermaid; only needs that no other need implies are drawn."""

from __future__ import annotations

import re
from collections.abc import Mapping

from exmigrate.model import Change, Step

from .words import duration

_DOT_SHAPE = {"read": "ellipse", "convergent": "box", "once": "box3d", "gate": "hexagon"}


def reduced_needs(change: Change) -> Mapping[str, tuple[str, ...]]:
    """For each step the needs that are not already needs of its needs."""
    ancestors: dict[str, set[str]] = {}

    def above(id: str) -> set[str]:
        found = ancestors.get(id)
        if found is None:
            found = set()
            for need in change.by_id[id].needs:
                found |= {need} | above(need)
            ancestors[id] = found
        return found

    for step in change.steps:
        above(step.id)
    return {
        step.id: tuple(
            need
            for need in step.needs
            if not any(need in ancestors[other] for other in step.needs if other != need)
        )
        for step in change.steps
    }


def dot(change: Change) -> str:
    """The graph in the DOT language, phases as clusters."""
    lines = [
        f"digraph {_quoted(change.name)} {{",
        "  rankdir=LR;",
        '  node [fontname="sans-serif", fontsize=10];',
    ]
    for phase in change.phases:
        lines += [f"  subgraph {_quoted('cluster_' + phase.id)} {{", f"    label={_quoted(phase.title)};"]
        lines += [f"    {_dot_node(change.by_id[id])}" for id in phase.steps]
        lines.append("  }")
    for id, needs in reduced_needs(change).items():
        lines += [f"  {_quoted(need)} -> {_quoted(id)};" for need in needs]
    return "\n".join([*lines, "}", ""])


def _dot_node(step: Step) -> str:
    style = ' color="red", penwidth=2' if step.reversibility == "point-of-no-return" else ""
    label = f"{step.id}\n{duration(step.estimate.p50)}"
    return f"{_quoted(step.id)} [label={_quoted(label)}, shape={_DOT_SHAPE[step.effect]}{',' + style if style else ''}];"


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def mermaid(change: Change) -> str:
    """The graph as a Mermaid flow chart, phases as sub-graphs."""
    ids = {step.id: f"s{n}" for n, step in enumerate(change.steps)}
    lines = ["flowchart LR"]
    for phase in change.phases:
        lines.append(f"  subgraph {re.sub(r'[^A-Za-z0-9]', '_', phase.id)}[{_mermaid_text(phase.title)}]")
        lines += [f"    {_mermaid_node(change.by_id[id], ids[id])}" for id in phase.steps]
        lines.append("  end")
    for id, needs in reduced_needs(change).items():
        lines += [f"  {ids[need]} --> {ids[id]}" for need in needs]
    final = [ids[s.id] for s in change.steps if s.reversibility == "point-of-no-return"]
    if final:
        lines += ["  classDef final stroke:#c00,stroke-width:3px", f"  class {','.join(final)} final"]
    return "\n".join([*lines, ""])


def _mermaid_node(step: Step, id: str) -> str:
    text = _mermaid_text(step.id)
    return f"{id}{{{{{text}}}}}" if step.effect == "gate" else f"{id}[{text}]"


def _mermaid_text(text: str) -> str:
    return '"' + text.replace('"', "#quot;") + '"'
