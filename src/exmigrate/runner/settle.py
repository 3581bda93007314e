"""Requests to a run that nobody drives: the asking command takes the lease for a moment and writes the events itself."""

from __future__ import annotations

from exmigrate.change import parse
from exmigrate.engine import Program, Request, RunState, evolve, fold, grant
from exmigrate.journal import Journal, Lease, this_process
from exmigrate.model import ExmigrateError

from .ambient import RunnerAmbient
from .lease import SECONDS


def settle_inbox(journal: Journal, ambient: RunnerAmbient) -> int:
    """Turn waiting requests into events, or refuse them; how many were answered.

    The lease's fence rises without a `controller-took`: intents stay those of the last controller, so the next one
    looks at them as after any other end of a session.

    Raises:
        LeaseHeld: somebody drives the run.
    """
    program = Program(parse(journal.change(), "the journal"))
    lease = journal.take_lease(this_process(), ambient.token(), SECONDS)
    try:
        state = fold(journal.events())
        count = 0
        for item in journal.inbox():
            state, refusal = _answered(journal, lease, program, state, Request.from_json(item.body), ambient)
            journal.answer(item.id, refusal)
            count += 1
        return count
    finally:
        journal.release_lease(lease)


def _answered(
    journal: Journal,
    lease: Lease,
    program: Program,
    state: RunState,
    request: Request,
    ambient: RunnerAmbient,
) -> tuple[RunState, str]:
    try:
        event = grant(program, state, request, ambient.now())
    except ExmigrateError as error:
        return state, str(error)
    journal.append(lease, event)
    return evolve(state, event), ""
