"""Checks at plan time (DESIGN section 5): asked read-only, one round trip per server and round."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any

from exmigrate import remote
from exmigrate.discover import Ask
from exmigrate.engine import Program, Result, RunState, Status, StepRecord, read_result
from exmigrate.engine.arguments import resolve
from exmigrate.engine.errors import BadResult, UnresolvedArgument
from exmigrate.engine.program import DIRECTORY_PREPARATION, SETUP
from exmigrate.model import Change, ExmigrateError, Step
from exmigrate.remote import Call, CallOutcome

from .execute import without_references

THREADS = 16


@dataclass(frozen=True)
class Answer:
    """What is known of a step at plan time."""

    state: str
    because: str
    facts: Mapping[str, Any]


def probe(change: Change, ask: Ask) -> Change:
    """The change with each step's state and the reason for it.

    A step is asked as soon as everything that its question depends on is known to be there already: its server, and
    for `when-ready` kinds all of its needs. So a first answer (a role is installed already) opens further questions.

    Args:
        change: as compiled.
        ask: asks one server many things, `Questions.ask`.
    """
    program = Program(change)
    answers: dict[str, Answer] = {}
    while asked := _askable(program, answers):
        answers.update(_round(program, ask, asked, answers))
    return change.with_steps(tuple(_with_state(program, step, answers) for step in change.steps))


def _askable(program: Program, answers: Mapping[str, Answer]) -> list[Step]:
    return [
        step
        for step in program.change.steps
        if step.id not in answers and _has_question(step) and not _not_yet(program, step, answers)
    ]


def _has_question(step: Step) -> bool:
    return "Check" in step.functions and bool(step.host)


def _not_yet(program: Program, step: Step, answers: Mapping[str, Answer]) -> str:
    """Why a step cannot be asked yet; empty if it can."""
    for need in program.ancestors[step.id]:
        other = program.by_id[need]
        if _brings_into_being(other, step.host) and not _satisfied(answers, need):
            return f"after {need}"
    if step.check == "when-ready":
        for need in step.needs:
            if not _satisfied(answers, need):
                return f"after {need}"
    for source in _outputs(step.arguments):
        if not _satisfied(answers, source):
            return f"after {source}"
    return ""


def _brings_into_being(step: Step, host: str) -> bool:
    return step.host == host and SETUP in step.tags and DIRECTORY_PREPARATION not in step.tags


def _satisfied(answers: Mapping[str, Answer], step_id: str) -> bool:
    found = answers.get(step_id)
    return found is not None and found.state == "satisfied"


def _outputs(value: Any) -> list[str]:
    match value:
        case Mapping() if len(value) == 1 and "$output" in value:
            return [str(value["$output"]).rpartition(".")[0]]
        case Mapping():
            return [s for v in value.values() for s in _outputs(v)]
        case list() | tuple():
            return [s for v in value for s in _outputs(v)]
        case _:
            return []


def _round(program: Program, ask: Ask, asked: list[Step], answers: Mapping[str, Answer]) -> dict[str, Answer]:
    by_host: dict[str, list[Step]] = {}
    for step in asked:
        by_host.setdefault(step.host, []).append(step)
    state = _as_state(answers)
    out: dict[str, Answer] = {}
    with ThreadPoolExecutor(max_workers=min(THREADS, len(by_host))) as pool:
        for found in pool.map(lambda host: _ask(program, ask, state, host, by_host[host]), by_host):
            out.update(found)
    return out


def _ask(program: Program, ask: Ask, state: RunState, host: str, steps: list[Step]) -> dict[str, Answer]:
    """All Checks of one server, in one round trip."""
    out: dict[str, Answer] = {}
    calls: list[tuple[Step, Call]] = []
    for step in steps:
        try:
            calls.append((step, _call(program, state, step)))
        except UnresolvedArgument as error:
            out[step.id] = Answer("unknown", error.message, {})
    try:
        outcomes = ask(host, [call for _, call in calls]) if calls else []
    except ExmigrateError as error:
        because = f"{host}: {error.message}"
        return out | {step.id: Answer("unknown", because, {}) for step, _ in calls}
    return out | {step.id: _answer(step, found) for (step, _), found in zip(calls, outcomes, strict=True)}


def _call(program: Program, state: RunState, step: Step) -> Call:
    arguments = without_references(resolve(program, state, step))
    arguments |= {"members": list(program.members(step)), "before": {}}
    scripts = program.change.scripts
    libraries = tuple((sha, scripts[sha].text) for sha in step.libraries)
    return Call(step.script, scripts[step.script].text, "Check", arguments, libraries)


def _answer(step: Step, found: CallOutcome) -> Answer:
    if isinstance(found, remote.Failure):
        where = f"{step.host}: " if found.class_ != "script" else ""
        return Answer("unknown", where + found.message, {})
    try:
        result = read_result("Check", found.data, step.id)
    except BadResult as error:
        return Answer("unknown", error.message, {})
    return Answer(result.state, result.message or _default(result), dict(result.facts))


def _default(result: Result) -> str:
    return {"satisfied": "its Check says so", "blocked": "its Check says so"}.get(result.state, "to be done")


def _as_state(answers: Mapping[str, Answer]) -> RunState:
    """Outputs of steps that are satisfied already, where arguments look for them."""
    skipped = {
        step_id: replace(StepRecord(), status=Status.SKIPPED, facts=answer.facts)
        for step_id, answer in answers.items()
        if answer.state == "satisfied"
    }
    return RunState(steps=skipped)


def _with_state(program: Program, step: Step, answers: Mapping[str, Answer]) -> Step:
    found = answers.get(step.id)
    if found is not None:
        return step.with_state(found.state, found.because)  # type: ignore[arg-type]
    if not _has_question(step):
        because = "a person's word" if step.effect == "gate" else "its kind has no Check"
        return step.with_state("needed", because)
    return step.with_state("needed", _not_yet(program, step, answers))
