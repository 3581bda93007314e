"""`decide(program, state, now, situation) -> commands`: everything that can go on now, or what is waited for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from exmigrate.model import Step

from . import commands as cmd
from .events import IntentMade, UndoIntended
from .lifecycle import begin, next_command
from .outcome import finish
from .program import Program
from .rollback import rollback_commands
from .schedule import Scheduler
from .situation import Situation
from .state import ENDED, STUCK, RunState, Status, StepRecord

STARTABLE = (Status.WAITING, Status.RETRY)


def decide(program: Program, state: RunState, now: datetime, situation: Situation) -> tuple[cmd.Command, ...]:
    """What to do next. Records come first and alone; a `Wait` or `Finish` comes alone.

    Args:
        program: the change and its graph.
        state: the fold of the journal.
        now: organization time, UTC.
        situation: what is under way in this controller.
    """
    at = Scheduler(program, state, now, situation)
    found = _found(at)
    records = _records(found)
    if records:
        return records
    if at.closing:
        found = []
    if found:
        return tuple(found)
    if situation.running:
        return (cmd.Wait(_next_moment(at)),)
    until = None if at.closing else _next_moment(at)
    return (cmd.Wait(until),) if until else (finish(at),)


def waiting_for(program: Program, state: RunState, now: datetime, situation: Situation) -> Mapping[str, str]:
    """For each step that is not under way and not at its end, in words, what it waits for."""
    at = Scheduler(program, state, now, situation)
    out: dict[str, str] = {}
    for step in program.change.steps:
        reason = _reason(at, step)
        if reason:
            out[step.id] = reason
    return out


def _found(at: Scheduler) -> list[cmd.Command]:
    if at.state.rolled_back_to:
        return []
    return rollback_commands(at) if at.state.rollback else _forward(at)


def _forward(at: Scheduler) -> list[cmd.Command]:
    found = [command for step in at.program.change.steps if (command := _continue(at, step))]
    if not _records(found):
        found += _starts(at, found)
    return found


def _records(found: list[cmd.Command]) -> tuple[cmd.Command, ...]:
    """Records to write in one go: any number, but one intent at most, since each intent changes what may start."""
    out: list[cmd.Command] = []
    intents = 0
    for command in found:
        if not isinstance(command, cmd.Record):
            continue
        if isinstance(command.event, IntentMade | UndoIntended):
            intents += 1
            if intents > 1:
                continue
        out.append(command)
    return tuple(out)


def _continue(at: Scheduler, step: Step) -> cmd.Command | None:
    """What a step under way wants, unless it is busy, not due, or its host is closed for others."""
    record = at.state.of(step.id)
    if record.status in STARTABLE or step.id in at.situation.running:
        return None
    due = at.situation.due.get(step.id)
    command = next_command(at, step)
    if isinstance(command, cmd.Record) or command is None:
        return command
    if due is not None and due > at.now:
        return None
    return None if at.shut.get(step.host, step.id) != step.id else command


def _starts(at: Scheduler, going: list[cmd.Command]) -> list[cmd.Command]:
    """New steps, by rank; each start is taken into account for the next one."""
    at = at.plus(c for c in going if isinstance(c, cmd.StepCommand))
    out: list[cmd.Command] = []
    for step in sorted(_ready(at), key=at.rank):
        if at.why_not(step, at.state.of(step.id)):
            continue
        command = begin(at, step)
        out.append(command)
        if step.mutating and isinstance(command, cmd.StepCommand):
            at = at.plus([command])
    return out


def _ready(at: Scheduler) -> list[Step]:
    return [
        step
        for step in at.program.change.steps
        if at.state.of(step.id).status in STARTABLE
        and step.id not in at.situation.running
        and not at.missing_needs(step)
    ]


def _next_moment(at: Scheduler) -> datetime | None:
    """The next instant at which the passing of time alone lets something go on."""
    coming = [m for step in at.program.change.steps if (m := _moment(at, step)) and m > at.now]
    return min(coming, default=None)


def _moment(at: Scheduler, step: Step) -> datetime | None:
    record = at.state.of(step.id)
    if record.status in ENDED | STUCK:
        return None
    if record.retry_at and record.retry_at > at.now:
        return record.retry_at if step.id in at.chosen else None
    if record.status in (*STARTABLE, Status.CHECKED):
        startable = (
            step.id in at.chosen and not at.missing_needs(step) and step.mutating and not at.state.rollback
        )
        return at.opens(step) if startable else None
    due = at.situation.due.get(step.id)
    if record.status is Status.OPEN and not _probe_matters(at, step, record):
        return None
    return due


def _probe_matters(at: Scheduler, step: Step, record: StepRecord) -> bool:
    """Whether a gate's next probe alone may bring the run on; where its person is missing as well, it cannot."""
    if step.id not in at.chosen or record.probe_ok:
        return False
    return step.gate is None or step.gate.closes == "probe" or bool(record.confirmed_by)


def _gate_reason(step: Step, record: StepRecord) -> str:
    person = step.gate is None or (step.gate.closes != "probe" and not record.confirmed_by)
    if person:
        return "a person"
    return f"its probe: {record.message}" if record.message else "what its probe watches for"


def _reason(at: Scheduler, step: Step) -> str:
    record = at.state.of(step.id)
    match record.status:
        case Status.WAITING | Status.RETRY | Status.CHECKED:
            if step.id in at.situation.running:
                return ""
            missing = at.missing_needs(step)
            if missing:
                more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
                return f"after {missing[0]}{more}"
            return at.why_not(step, record)
        case Status.OPEN:
            return _gate_reason(step, record)
        case Status.VERIFIED:
            return f"acceptance by {step.acceptance}" if step.acceptance and not record.accepted_by else ""
        case Status.PENDING:
            return record.message or "its postcondition"
        case _:
            return ""
