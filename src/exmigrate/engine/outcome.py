"""How a session ends when nothing can go on: the outcome and the exit code of DESIGN section 10."""

from __future__ import annotations

from exmigrate.model import Step

from .commands import Finish
from .schedule import Scheduler
from .state import ENDED, Status

UNKNOWN = frozenset({Status.UNKNOWN, Status.INTERRUPTED})
FAILED = frozenset({Status.FAILED, Status.BLOCKED})


def finish(at: Scheduler) -> Finish:
    """The outcome of a run in which nothing more can happen by itself."""
    if at.situation.stopping:
        return Finish("interrupted", 130, "interrupted; `exmigrate apply` goes on where it was")
    if at.state.rolled_back_to:
        message = f"rolled back to {at.state.rolled_back_to}; `exmigrate apply` goes forward from there"
        return Finish("rolled-back", 0, message, at.state.rollback_kept)
    unknown = _in(at, UNKNOWN)
    if unknown:
        return _finish(at, "unknown", 6, unknown, "a person must resolve")
    if at.state.stopped:
        return Finish("failed", 3, f"stopped at once: {at.state.stopped}")
    failed = _in(at, FAILED, at.chosen)
    undo = tuple(i for i in at.state.rollback_order if at.state.of(i).undo_failed)
    if failed or undo:
        return _finish(at, "failed", 3, (*failed, *undo), "failed")
    if at.state.rollback:
        return _finish(at, "waiting", 7, _undo_gates(at), "waiting for a person to take back")
    return _by_progress(at)


def _by_progress(at: Scheduler) -> Finish:
    steps = at.program.change.steps
    open_steps = [s for s in steps if at.state.of(s.id).status not in ENDED]
    left = [s for s in open_steps if s.id in at.chosen]
    if not open_steps:
        return Finish("done", 0, f"all {len(steps)} steps are done")
    if not left:
        return Finish(
            "done", 0, f"everything selected is done; {len(open_steps)} steps are outside the selection"
        )
    shut_out = tuple(s.id for s in left if _never_fits(at, s))
    if shut_out:
        return _finish(at, "refused", 4, shut_out, "no coming window is long enough for")
    persons = tuple(s.id for s in left if _waits_for_person(at, s))
    if persons:
        return _finish(at, "waiting", 7, persons, "waiting for a person")
    members = tuple(s.id for s in steps if at.state.of(s.id).failed_members)
    if members:
        return _finish(at, "failed", 3, members, "members failed; `retry` or `skip --member`")
    return _finish(at, "refused", 4, tuple(s.id for s in left[:5]), "needs steps outside the selection")


def _in(at: Scheduler, statuses: frozenset[Status], chosen: frozenset[str] | None = None) -> tuple[str, ...]:
    steps = [s for s in at.program.change.steps if chosen is None or s.id in chosen]
    return tuple(s.id for s in steps if at.state.of(s.id).status in statuses)


def _never_fits(at: Scheduler, step: Step) -> bool:
    if not step.mutating or at.missing_needs(step) or at.state.of(step.id).status is Status.VERIFIED:
        return False
    return at.opens(step) is None


def _waits_for_person(at: Scheduler, step: Step) -> bool:
    record = at.state.of(step.id)
    return record.status is Status.OPEN or (record.status is Status.VERIFIED and bool(step.acceptance))


def _undo_gates(at: Scheduler) -> tuple[str, ...]:
    return tuple(i for i in at.state.rollback_order if at.state.of(i).status is not Status.WAITING)


def _finish(at: Scheduler, outcome: str, code: int, steps: tuple[str, ...], what: str) -> Finish:
    more = f" and {len(steps) - 3} more" if len(steps) > 3 else ""
    why = {i: at.state.of(i).message or str(at.state.of(i).status) for i in steps}
    return Finish(outcome, code, f"{what}: {', '.join(steps[:3])}{more}", why)
