"""Steps with members: chunks, per-member results, and what is left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from exmigrate.model import Step

from . import events as ev
from .arguments import active_members
from .codec import Event
from .commands import Absorbed
from .program import Program
from .results import Result
from .state import RunState, Status, StepRecord

MOVES = "moves"
"""The entry in a kind's `limits` that makes its members count as moves into their target databases."""

CHUNK = 20
"""Members of a chunk where the policy of its batch does not say otherwise."""


def open_members(program: Program, state: RunState, step: Step) -> tuple[str, ...]:
    """Members that are neither done, failed, skipped nor left out, in the order of the set."""
    settled = state.of(step.id).members
    return tuple(m for m in active_members(program, state, step) if m not in settled)


def failed_before(program: Program, state: RunState, step: Step) -> tuple[str, ...]:
    """Members that this step or one before it failed on, and that nobody has retried or skipped since."""
    results = [state.of(i).members for i in program.with_members_up_to[step.id]]
    failed = {name for members in results for name, m in members.items() if m.state == "failed"}
    if not failed:
        return ()
    gone = {name for members in results for name, m in members.items() if m.state == "skipped"}
    return tuple(m for m in program.members(step) if m in failed - gone)


def whole_chunk(program: Program, state: RunState, step: Step) -> int:
    """How many members one intent may hold."""
    return max(1, int(_batch_policy(program, step).get("concurrency") or CHUNK))


def chunk_that_fits(
    program: Program, state: RunState, step: Step, room_s: int | None, others: Iterable[Step]
) -> tuple[str, ...]:
    """The next members to work on.

    Args:
        room_s: seconds left in the window; None without one.
        others: steps under way, whose members count against the limit of moves into a database.
    """
    most = whole_chunk(program, state, step)
    if room_s is not None:
        most = min(most, room_s // max(1, program.member_p90(step)))
    return _spread(program, state, step, others)[: max(0, most)]


def _spread(program: Program, state: RunState, step: Step, others: Iterable[Step]) -> tuple[str, ...]:
    """Open members in order, without those whose target database has as many moves as policy allows."""
    waiting = open_members(program, state, step)
    limit = (program.change.policy.get("limits") or {}).get("database")
    targets = _targets(step)
    if limit is None or not targets:
        return waiting
    busy = Counter(
        database
        for other in others
        if other.id != step.id
        for member in state.of(other.id).chunk
        if (database := _targets(other).get(member))
    )
    out: list[str] = []
    for member in waiting:
        database = targets.get(member)
        if database is None or busy[database] < int(limit):
            busy[database or ""] += 1
            out.append(member)
    return tuple(out)


def _targets(step: Step) -> Mapping[str, str]:
    """Target database by member, of a step that counts its members as moves (`limits: [moves]`)."""
    targets = step.arguments.get("targets") if MOVES in step.limits else None
    return targets if isinstance(targets, Mapping) else {}


def max_failed(program: Program, step: Step) -> int:
    """How many members may fail with the step still done."""
    return int(_batch_policy(program, step).get("max_failed") or 0)


def _batch_policy(program: Program, step: Step) -> Mapping[str, Any]:
    """What the policy says of the batch that the step's members come from: `concurrency`, `max_failed`."""
    batches: Mapping[str, Mapping[str, Any]] = program.change.policy.get("batches") or {}
    return batches.get(step.members) or {}


def settled_event(program: Program, state: RunState, step: Step, now: datetime) -> Event:
    """What becomes of a step all of whose members have come to an end."""
    record = state.of(step.id)
    failed = record.failed_members
    if len(failed) > max_failed(program, step):
        message = f"{len(failed)} of {len(program.members(step))} members failed: {', '.join(failed[:5])}"
        return ev.StepFailed(at=now, step=step.id, failure_class="members", message=message)
    done = sum(1 for m in record.members.values() if m.state == "done")
    message = f"{done} done" + (f", {len(failed)} failed" if failed else "")
    if not record.intended and not failed:
        return ev.StepSkipped(at=now, step=step.id, by="check", message=message or "no members")
    return ev.Verified(at=now, step=step.id, facts=record.facts, message=message)


def chunk_events(step_id: str, record: StepRecord, result: Result, now: datetime) -> Absorbed:
    """What a Verify of a chunk says: members that came to an end, and when to ask for the others."""
    ended = {
        name: {"state": "done" if found["state"] == "verified" else "failed", "message": found["message"]}
        for name in record.chunk
        if (found := _of(result, name))["state"] != "pending"
    }
    events: list[Event] = []
    if ended:
        events.append(ev.MembersSettled(at=now, step=step_id, members=ended))
    left = [name for name in record.chunk if name not in ended]
    if left and record.status is not Status.PENDING:
        events.append(ev.PendingSeen(at=now, step=step_id, message=result.message))
    return Absorbed(
        tuple(events), again_in=_pause(result) if left else None, progress=_progress(record, ended, left)
    )


def _of(result: Result, name: str) -> Any:
    """A member's own state, else the state of the whole; what is verified as a whole is verified for each."""
    own = result.members.get(name)
    if own is not None:
        return own
    return {"state": result.state, "message": result.message}


def _pause(result: Result) -> int:
    return max(1, result.pending.next_s) if result.pending else 60


def _progress(record: StepRecord, ended: Any, left: list[str]) -> dict[str, Any]:
    done = sum(1 for m in record.members.values() if m.state == "done")
    done += sum(1 for m in ended.values() if m["state"] == "done")
    return {"done": done, "open": len(left)}
