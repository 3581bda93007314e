"""A run from its change's bytes to the end of a session: begin or go on, drive, leave the journal in order."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from exmigrate.change import basis_digest, effect_digest, parse
from exmigrate.engine import Finish, Program, Request, RunState, events, fold, selected, zone_names
from exmigrate.journal import Fenced, Journal, JournalExists, Lease, NoJournal, this_process
from exmigrate.model import Change, ExmigrateError
from exmigrate.remote import Endpoints, SessionFactory

from .ambient import RunnerAmbient, SystemAmbient
from .drive import Drive
from .errors import OtherChange, OtherMode
from .execute import Claim, Executor
from .hosts import Directory
from .lease import SECONDS, LeaseKeeper
from .progress import Listener, Silent
from .secretstore import SecretStore, references
from .signals import stop_on_signals
from .zones import zones_of


@dataclass(frozen=True)
class Options:
    """How a session is driven.

    Attributes:
        mode: `live` or `rehearsed`.
        selection: `phase`, `site`, `until`, `only`.
        endpoints: where servers listen when that is not where the plan says.
        takeover: id of a run that may be taken over on servers that it holds.
        files_from: folder that relative paths of `$file` start from: that of the change or plan.
        prompt: asks a person for a secret; None where nobody can be asked.
        stay: stay when only persons are missing, instead of ending with exit code 7.
        grace_s: controller seconds that what is under way is given after Ctrl-C.
    """

    mode: str = "live"
    selection: Mapping[str, str] = field(default_factory=dict)
    endpoints: Endpoints = field(default_factory=Endpoints)
    takeover: str = ""
    files_from: Path = field(default_factory=Path)
    prompt: Callable[[str], str] | None = None
    stay: bool = False
    grace_s: float = 20.0


@dataclass(frozen=True)
class RunOutcome:
    """How a session ended; `exit_code` as in DESIGN section 10."""

    outcome: str
    exit_code: int
    message: str
    why: Mapping[str, str]
    run: str
    state: RunState


def begin(journal: Journal, change_bytes: bytes) -> Change:
    """Make the change the journal's first record, or see that it is that already.

    Returns:
        The change that the journal holds, which is the one that runs.

    Raises:
        OtherChange: the journal belongs to a change of another effect.
    """
    wanted = parse(change_bytes, "the change")
    try:
        journal.create(change_bytes)
        return wanted
    except JournalExists:
        pass
    held = parse(journal.change(), "the journal's first record")
    if effect_digest(held) != effect_digest(wanted):
        raise OtherChange(
            "The journal belongs to a change of another effect.",
            why=f"it runs {effect_digest(held)}, and this is {effect_digest(wanted)}",
            next="finish or roll back the old run, or give the new one a journal of its own with --state",
        )
    return held


def run(
    journal: Journal,
    sessions: SessionFactory,
    options: Options | None = None,
    *,
    change_bytes: bytes | None = None,
    ambient: RunnerAmbient | None = None,
    listener: Listener | None = None,
    stop: threading.Event | None = None,
) -> RunOutcome:
    """Begin a run, or go on with the one that the journal holds, until nothing can go on by itself.

    Args:
        journal: where everything is written first.
        sessions: opens sessions to servers.
        options: how.
        change_bytes: the change; None to go on with the journal's own.
        ambient: clock and chance; that of the machine by default.
        listener: hears of progress.
        stop: set by another thread to end the session as Ctrl-C does.

    Raises:
        OtherChange, OtherMode: exit 4.
        LeaseHeld, Fenced, ForeignRun: exit 5.
        SelectionRefused, NoSecret, NoZone: exit 2.
        NoJournal: no change is given, and the journal holds none.
    """
    options, ambient = options or Options(), ambient or SystemAmbient()
    change = (
        begin(journal, change_bytes) if change_bytes is not None else parse(journal.change(), "the journal")
    )
    program = Program(change)
    selected(program, options.selection)
    zones = zones_of(zone_names(change.policy))
    store = SecretStore(ambient, options.prompt, options.files_from)
    store.ask_ahead(references(change.connections) | references([s.arguments for s in change.steps]))
    lease = journal.take_lease(this_process(), ambient.token(), SECONDS)
    keeper = LeaseKeeper(journal, lease)
    keeper.start()
    try:
        state = _opened(journal, lease, change, options, ambient)
        claim = Claim(state.run, lease.fence, lease.token, options.takeover)
        directory = Directory(change, sessions, store, options.endpoints)
        executor = _executor(program, directory, claim, journal, options, ambient)
        drive = Drive(
            program,
            state,
            journal,
            lease,
            ambient,
            executor.carry_out,
            listener or Silent(),
            zones,
            keeper.lost,
            stop or threading.Event(),
            options.grace_s,
            options.stay,
        )
        executor.outputs = lambda step, key: drive.state.of(step).facts.get(key, "")
        with stop_on_signals(drive.stop):
            return _driven(drive, executor)
    finally:
        keeper.stop()
        journal.release_lease(lease)


def ask(journal: Journal, request: Request) -> int:
    """Put a request into the journal's inbox; the number by which its answer is known."""
    return journal.ask(request.to_json())


def settle(journal: Journal, ambient: RunnerAmbient | None = None) -> int:
    """Answer what is in the inbox although nobody drives the run; how many were answered.

    Raises:
        LeaseHeld: somebody drives it, who will answer.
    """
    from .settle import settle_inbox

    return settle_inbox(journal, ambient or SystemAmbient())


def _opened(
    journal: Journal, lease: Lease, change: Change, options: Options, ambient: RunnerAmbient
) -> RunState:
    """The state with this controller at the wheel."""
    state = fold(journal.events())
    now = ambient.now()
    if not state.run:
        started = events.RunStarted(
            at=now,
            run=f"run-{ambient.token()[:16]}",
            effect_digest=effect_digest(change),
            basis_digest=basis_digest(change),
            mode=options.mode,
            plan=change.name,
        )
        journal.append(lease, started)
    elif state.mode != options.mode:
        raise OtherMode(
            f"This run is {state.mode}, and goes on only as such.",
            next="give the other one a journal of its own with --state",
        )
    journal.append(
        lease,
        events.ControllerTook(
            at=now, fence=lease.fence, owner=str(lease.owner), selection=dict(options.selection)
        ),
    )
    return fold(journal.events())


def _executor(
    program: Program,
    directory: Directory,
    claim: Claim,
    journal: Journal,
    options: Options,
    ambient: RunnerAmbient,
) -> Executor:
    return Executor(
        program,
        directory,
        claim,
        journal.add_log,
        lambda step, job: len(journal.log(step, job)),
        options.files_from,
        ambient.speed,
    )


def _driven(drive: Drive, executor: Executor) -> RunOutcome:
    outcome = "stopped"
    try:
        finish = drive.run()
        outcome = finish.outcome
    except KeyboardInterrupt:
        finish = Finish("interrupted", 130, "interrupted; `exmigrate apply` goes on where it was")
        outcome = finish.outcome
    finally:
        busy = bool(drive.situation().running)
        drive.crew.dismiss(0.0 if busy else 5.0)
        if not busy:
            executor.close()
        _leave(drive, outcome)
    drive.listener.finished(finish)
    return RunOutcome(
        finish.outcome, finish.exit_code, finish.message, finish.why, drive.state.run, drive.state
    )


def _leave(drive: Drive, outcome: str) -> None:
    """The last event of a session; a journal that is another's by now gets none."""
    left = events.ControllerLeft(at=drive.ambient.now(), fence=drive.lease.fence, outcome=outcome)
    try:
        drive.write(left)
    except (Fenced, NoJournal):
        return
    except ExmigrateError:
        if outcome != "stopped":
            raise
