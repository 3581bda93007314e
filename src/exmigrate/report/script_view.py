"""`exmigrate show`: one step with its scripts and arguments exactly as they would be sent."""

from __future__ import annotations

import json
from collections.abc import Iterator

from exmigrate.model import Change, Step

from .words import duration, flags


def show_step(change: Change, step: Step) -> str:
    """Everything about a step as text; scripts are printed byte for byte, between marked lines."""
    return "\n".join(_lines(change, step)) + "\n"


def _lines(change: Change, step: Step) -> Iterator[str]:
    yield f"{step.id}: {step.title}"
    yield ""
    for name, value in _facts(step):
        yield f"  {name:<15}{value}"
    yield ""
    yield f"needs ({len(step.needs)})"
    yield from (f"  {need}" for need in step.needs)
    dependants = change.dependants[step.id]
    yield f"needed by ({len(dependants)})"
    yield from (f"  {id}" for id in dependants)
    if step.gate:
        yield from ("", "instructions", *_indented(step.gate.instructions))
        yield from ("", "to take it back", *_indented(step.gate.undo)) if step.gate.undo else ()
    if step.failures:
        yield from ("", "known failures")
        for failure in step.failures:
            yield f"  {failure.match}"
            yield f"    means {failure.means}"
            yield f"    do    {failure.do}"
    if step.script:
        yield from _scripts(change, step)


def _facts(step: Step) -> Iterator[tuple[str, str]]:
    yield "phase", step.phase
    yield "runs on", f"{step.host} ({step.vantage})" if step.host else "nothing: a person does it"
    yield "effect", f"{step.effect}, {step.reversibility}"
    if step.reason:
        yield "because", step.reason
    yield "state", f"{step.state}: {step.because}" if step.because else step.state
    yield "expected", f"{duration(step.estimate.p50)} to {duration(step.estimate.p90)}"
    yield "how", f"{step.run}, {step.identity} identity, window {step.window}"
    if step.rights:
        yield "rights", ", ".join(step.rights)
    if flags(step):
        yield "mind", ", ".join(flags(step))
    yield "users notice", step.impact


def _scripts(change: Change, step: Step) -> Iterator[str]:
    yield ""
    yield "argument (JSON; sent as one PowerShell literal, references are resolved when the step runs)"
    yield from _indented(json.dumps(step.arguments, indent=2, ensure_ascii=False, default=dict))
    yield ""
    yield f"functions called: {', '.join(step.functions)}"
    for sha in (*step.libraries, step.script):
        script = change.scripts[sha]
        yield f"---- {script.kind} {sha} ----"
        yield script.text.rstrip("\n")
    yield "---- end ----"


def _indented(text: str) -> Iterator[str]:
    return (f"  {line}" for line in text.splitlines())
