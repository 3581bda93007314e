"""Requests to a run that nobody drives: the asking command takes the lease for a moment and writes the events itself."""

from __future__ import annotations

import json

from exmigrate.change import parse
from exmigrate.engine import Program, Request, RequestRefused, RunState, evolve, fold, grant
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
        return state, refusal(error)
    journal.append(lease, event)
    return evolve(state, event), ""


def refusal(error: Exception) -> str:
    """Why a request was refused, as the journal keeps it for whoever asked."""
    fields: dict[str, object] = {"message": str(error) or type(error).__name__}
    if isinstance(error, ExmigrateError):
        fields = {"message": error.message, "step": error.step, "why": error.why, "next": error.next}
    return json.dumps({name: text for name, text in fields.items() if text})


def refused(answer: str, *, step: str, next: str) -> RequestRefused:
    """The error that an answer other than a grant means.

    Args:
        answer: what `refusal` wrote.
        step: what was asked about, where the refusal names no step of its own.
        next: what to type, where the refusal does not say.
    """
    found = json.loads(answer)
    return RequestRefused(
        found["message"],
        step=found.get("step", step),
        why=found.get("why", ""),
        next=found.get("next", next),
    )
