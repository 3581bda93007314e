"""`status`, `gates` and `history` as text: where a run stands, what it waits for, what to type next."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from shlex import quote
from typing import TYPE_CHECKING, Any

from exmigrate.engine import Status
from exmigrate.model import Step

from .moments import text
from .words import count, duration

if TYPE_CHECKING:
    from exmigrate.engine import RunState
    from exmigrate.runner import Moment, RunStatus, Snapshot

_STUCK_NEXT = {
    "failed": "exmigrate retry {step} {subject}",
    "blocked": "cure what the message says, then: exmigrate retry {step} {subject}",
    "interrupted": "exmigrate resolve {step} {subject} --redo, or --done or --failed, after a look at the server",
    "unknown": "exmigrate resolve {step} {subject} --done, --redo or --failed, after a look at the server",
}


def status_text(found: RunStatus, subject: str) -> str:
    """Where a run stands, with the next command for everything that is stuck.

    Args:
        found: the run.
        subject: how it is named on a command line, options included.
    """
    return "\n".join(_status(found, subject)) + "\n"


def _status(found: RunStatus, subject: str) -> Iterator[str]:
    snapshot = found.snapshot
    change = found.change
    yield f"{change.name}: {found.state.mode or 'not begun'}, {snapshot.percent} % of the expected work"
    yield f"  run        {found.state.run or '-'}, {count(found.events, 'event')}"
    yield f"  driven by  {found.driven_by or 'nobody now'}"
    yield f"  steps      {', '.join(f'{n} {name}' for name, n in sorted(snapshot.counts.items()))}"
    if snapshot.finish:
        left = int((snapshot.finish - snapshot.now).total_seconds())
        yield f"  finish     about {snapshot.finish:%a %Y-%m-%d %H:%M} UTC, after {duration(left)} of work"
    yield from _running(snapshot)
    yield from _waiting(snapshot, found.notes)
    yield from _stuck(found, subject)
    yield from _persons(found, subject)
    if found.finish and not found.driven_by:
        yield ""
        yield f"{found.finish.outcome}: {found.finish.message}"
    if not found.driven_by and snapshot.percent < 100:
        yield f"next: exmigrate apply {subject}"


def _running(snapshot: Snapshot) -> Iterator[str]:
    if snapshot.running:
        yield ""
        yield "under way"
    for item in snapshot.running:
        since = f", since {item.since:%a %H:%M}" if item.since else ""
        note = item.note.get("message") or ""
        yield f"  {item.host or '-':<16}{item.step}: {item.doing}{since}{' ' + str(note) if note else ''}"


def _waiting(snapshot: Snapshot, notes: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    if snapshot.waiting:
        yield ""
        yield "waits"
    for step, why in snapshot.waiting.items():
        said = notes.get(step, {}).get("message")
        yield f"  {step}: {why}{': ' + str(said) if said and str(said) not in why else ''}"


def _stuck(found: RunStatus, subject: str) -> Iterator[str]:
    if found.snapshot.stuck:
        yield ""
        yield "stopped"
    for step, message in found.snapshot.stuck.items():
        status = str(found.state.of(step).status)
        yield f"  {step}: {status.upper()}: {message}"
        for known in _known_failures(found.change.by_id[step], message):
            yield f"    {known}"
        yield f"    next: {_STUCK_NEXT[status].format(step=quote(step), subject=subject)}"


def _known_failures(step: Step, message: str) -> Iterator[str]:
    import re

    for failure in step.failures:
        if re.search(failure.match, message, re.IGNORECASE):
            yield f"means: {failure.means}"
            yield f"do:    {failure.do}"


def _persons(found: RunStatus, subject: str) -> Iterator[str]:
    if found.snapshot.persons:
        yield ""
        yield f"waits for a person (exmigrate gates {subject} tells what to do)"
        yield from (f"  {step}: {found.change.by_id[step].title}" for step in found.snapshot.persons)


def status_json(found: RunStatus) -> dict[str, Any]:
    """Where a run stands, for programs."""
    snapshot = found.snapshot
    return {
        "format": "exmigrate.status/1",
        "plan": found.change.name,
        "run": found.state.run,
        "mode": found.state.mode,
        "driven_by": found.driven_by or None,
        "percent": snapshot.percent,
        "finish": snapshot.finish.isoformat() if snapshot.finish else None,
        "counts": dict(snapshot.counts),
        "running": [
            {"step": r.step, "host": r.host, "doing": r.doing, "note": dict(r.note)} for r in snapshot.running
        ],
        "waiting": dict(snapshot.waiting),
        "persons": list(snapshot.persons),
        "stuck": dict(snapshot.stuck),
        "steps": {s.id: str(found.state.of(s.id).status) for s in found.change.steps},
        "outcome": found.finish.outcome if found.finish else None,
    }


def gate_steps(found: RunStatus, *, every: bool = False) -> tuple[Step, ...]:
    """Gates and acceptances: those that wait now, or all of them."""
    steps = [s for s in found.change.steps if s.effect == "gate" or s.acceptance]
    if every:
        return tuple(steps)
    return tuple(s for s in steps if _waits(s, found.state))


def _waits(step: Step, state: RunState) -> bool:
    record = state.of(step.id)
    return record.status is Status.OPEN or (record.status is Status.VERIFIED and bool(step.acceptance))


def gates_text(found: RunStatus, steps: Iterable[Step], subject: str) -> str:
    """What persons are asked to do, and how to say that it is done."""
    blocks = ["\n".join(_gate(found, step, subject)) for step in steps]
    if not blocks:
        return "No gate waits for a person now.\n"
    return "\n\n".join(blocks) + "\n"


def _gate(found: RunStatus, step: Step, subject: str) -> Iterator[str]:
    record = found.state.of(step.id)
    yield f"{step.id}: {step.title} [{record.status}]"
    if step.gate:
        yield from (f"  {line}" for line in step.gate.instructions.splitlines())
        yield f"  closed by: {_closed_by(step.gate.closes)}"
        said = record.message or found.notes.get(step.id, {}).get("message")
        if said:
            yield f"  probe says: {said}"
    if record.confirmed_by:
        yield f"  confirmed by {record.confirmed_by}"
    waits = _waits(step, found.state)
    if step.acceptance:
        yield f"  waits for the word of: {step.acceptance}"
        if waits:
            yield f'  next: exmigrate gates accept {quote(step.id)} {subject} --who NAME --evidence "…"'
    elif waits and step.gate and step.gate.closes != "probe" and not record.confirmed_by:
        yield f'  next: exmigrate gates confirm {quote(step.id)} {subject} --who NAME --evidence "…"'


def _closed_by(closes: str) -> str:
    return {
        "probe": "a probe, which looks again and again",
        "person": "a person's word",
        "both": "a probe and a person's word, in any order",
    }[closes]


def gates_json(found: RunStatus, steps: Iterable[Step]) -> list[Mapping[str, Any]]:
    """Gates for programs."""
    return [
        {
            "step": s.id,
            "title": s.title,
            "status": str(found.state.of(s.id).status),
            "closes": s.gate.closes if s.gate else None,
            "acceptance": s.acceptance or None,
            "instructions": s.gate.instructions if s.gate else "",
            "waits": _waits(s, found.state),
            "message": found.state.of(s.id).message,
            "confirmed_by": found.state.of(s.id).confirmed_by or None,
        }
        for s in steps
    ]


def history_text(moments: Iterable[Moment]) -> str:
    """Every event, one a line, oldest first."""
    return "".join(f"{m.at:%Y-%m-%d %H:%M:%S} {text(m.data)}\n" for m in moments)
