"""Plays the persons of a rehearsal: does at the twin's door what open gates ask for, and gives their word."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from exmigrate.change import parse
from exmigrate.engine import ENDED, STUCK, Request, RunState, Status, evolve
from exmigrate.journal import Follower, Journal, LeaseHeld, SQLiteJournal, has_run, open_journal
from exmigrate.model import Change, ExmigrateError, Step, Topology
from exmigrate.runner import RunnerAmbient, SecretStore, ask, settle

from .acts import acts_for
from .door import Door, PersonRefused

WHO = "the rehearsal's persons"
_LOOK_EVERY_S = 0.2
_TRY_AGAIN = timedelta(minutes=10)
_GIVE_UP = timedelta(hours=2)
"""Organization time for which a tool may refuse: it works with a controller that has not heard of everything yet."""


def play(
    topology: Topology,
    journal: Path,
    endpoints: Path,
    ambient: RunnerAmbient,
    *,
    files_to: Path,
    follow: bool,
    tell: Callable[[str], None],
) -> None:
    """Do what waits for a person now; with `follow`, go on until the run has ended.

    Args:
        topology: the plan.
        journal: the run's journal; with `follow` it may come later.
        endpoints: of the twin.
        ambient: the rehearsal's clock.
        files_to: folder for files that persons bring, such as a PFX: the plan's own.
        follow: whether to go on.
        tell: says what was done, a line at a time.

    Raises:
        NoTwin: the twin does not answer.
        PersonRefused: it cannot be done in this organization, nor two hours later.
        NoJournal: there is no run, and none is waited for.
    """
    player = _Player(topology, Door(endpoints), ambient, files_to, tell)
    found = _opened(journal, wait=follow)
    try:
        while not player.look(found) and follow:
            time.sleep(_LOOK_EVERY_S)
    finally:
        found.close()


def _opened(path: Path, *, wait: bool) -> SQLiteJournal:
    """The journal of a run that has begun."""
    while wait and not has_run(path):
        time.sleep(_LOOK_EVERY_S)
    return open_journal(path)


class _Player:
    def __init__(
        self,
        topology: Topology,
        door: Door,
        ambient: RunnerAmbient,
        files_to: Path,
        tell: Callable[[str], None],
    ) -> None:
        self._topology, self._door, self._ambient = topology, door, ambient
        self._files_to, self._tell = files_to, tell
        self._resolve = SecretStore(ambient, None, files_to).resolve
        self._played: set[str] = set()
        self._done: dict[str, list[str]] = {}
        self._refused: dict[str, tuple[datetime, datetime]] = {}
        self._change: Change | None = None
        self._follower: Follower | None = None
        self._state = RunState()

    def look(self, journal: Journal) -> bool:
        """One round; whether the run has ended."""
        if self._change is None or self._follower is None:
            self._change = parse(journal.change(), "the journal's first record")
            self._follower = Follower(journal)
        for event in self._follower.fresh():
            self._state = evolve(self._state, event)
        for step in _waiting(self._change, self._state):
            if step.id not in self._played and self._play(journal, step):
                self._played.add(step.id)
        return _over(self._change, self._state, driven=journal.holder() is not None)

    def _play(self, journal: Journal, step: Step) -> bool:
        """Do a person's part; False where a tool refused, and it shall be tried again later."""
        now = self._ambient.now()
        if step.id in self._refused and now < self._refused[step.id][1] + _TRY_AGAIN:
            return False
        done = self._done.setdefault(step.id, [])
        try:
            for act in acts_for(self._topology, step, self._resolve)[len(done) :]:
                result = self._door.act(act.action, act.arguments)
                if act.keep and isinstance(result, bytes):
                    self._keep(act.keep, result)
                done.append(act.action)
        except PersonRefused as refusal:
            self._put_off(step, refusal, now)
            return False
        said = ", ".join(done) or "nothing to do but to sign"
        self._tell(f"{step.id}: {said}")
        if step.gate is None or step.gate.closes != "probe":
            word = "accept" if step.effect != "gate" else "confirm"
            ask(journal, Request(word, step.id, WHO, f"played in a rehearsal: {said}"))
            _settle(journal, self._ambient)
        return True

    def _put_off(self, step: Step, refusal: PersonRefused, now: datetime) -> None:
        """What a tool refuses may be on its way from another controller; after a while it is a fault."""
        first = self._refused.get(step.id, (now, now))[0]
        if now - first > _GIVE_UP:
            raise refusal
        if step.id not in self._refused:
            self._tell(f"{step.id}: refused, to be tried again: {refusal}")
        self._refused[step.id] = (first, now)

    def _keep(self, path: str, data: bytes) -> None:
        target = self._files_to / path
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as out:
            out.write(data)


def _settle(journal: Journal, ambient: RunnerAmbient) -> None:
    """Answered at once where nobody drives the run; else its driver does."""
    try:
        settle(journal, ambient)
    except LeaseHeld:
        return
    except ExmigrateError:
        return  # the request stays in the inbox for whoever drives next


def _waiting(change: Change, state: RunState) -> list[Step]:
    waiting = []
    for step in change.steps:
        record = state.of(step.id)
        open_gate = record.status is Status.OPEN and not record.confirmed_by
        unaccepted = record.status is Status.VERIFIED and step.acceptance and not record.accepted_by
        if open_gate or unaccepted:
            waiting.append(step)
    return waiting


def _over(change: Change, state: RunState, *, driven: bool) -> bool:
    statuses = [state.of(s.id).status for s in change.steps]
    return all(s in ENDED for s in statuses) or (not driven and any(s in STUCK for s in statuses))
