"""The engine: a pure state machine. Events fold to a state, a state decides on commands, outcomes become events.

    state  = fold(events)
    wanted = decide(Program(change), state, now, situation)
    events = absorb(program, state, command, outcome, now).events

It does no I/O and knows no clock; `runner` carries the commands out and `journal` keeps the events.
"""

from .absorb import absorb
from .codec import Event, read_event
from .commands import Command, Failure, Finish, Outcome, Record, StepCommand, Wait
from .decide import decide, waiting_for
from .errors import InvariantBroken, JournalUnreadable, RequestRefused, RollbackRefused, SelectionRefused
from .evolve import evolve, fold
from .foresight import NeverOpens, never_opens
from .ids import job_id
from .invariants import check_invariants
from .program import Program
from .requests import Request, grant
from .results import Result, read_result
from .rollback import RollbackPlan, plan_rollback
from .selection import selected
from .situation import Situation
from .state import ENDED, STUCK, Member, RunState, Status, StepRecord
from .windows import Calendar, zone_names

__all__ = [
    "ENDED",
    "STUCK",
    "Calendar",
    "Command",
    "Event",
    "Failure",
    "Finish",
    "InvariantBroken",
    "JournalUnreadable",
    "Member",
    "NeverOpens",
    "Outcome",
    "Program",
    "Record",
    "Request",
    "RequestRefused",
    "Result",
    "RollbackPlan",
    "RollbackRefused",
    "RunState",
    "SelectionRefused",
    "Situation",
    "Status",
    "StepCommand",
    "StepRecord",
    "Wait",
    "absorb",
    "check_invariants",
    "decide",
    "evolve",
    "fold",
    "grant",
    "job_id",
    "never_opens",
    "plan_rollback",
    "read_event",
    "read_result",
    "selected",
    "waiting_for",
    "zone_names",
]
