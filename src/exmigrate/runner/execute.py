"""Carries one command of the engine out on one server and says what came of it. Runs on the server's own thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from exmigrate import remote
from exmigrate.engine import Failure, Outcome, Program, StepCommand
from exmigrate.engine import commands as cmd
from exmigrate.model import ExmigrateError, Step
from exmigrate.remote import (
    Call,
    CallOutcome,
    ForeignRun,
    JobSpec,
    JobState,
    RebootPolicy,
    Result,
    ServerSession,
    TransportError,
)

from . import stream
from .errors import NoSecret
from .hosts import Directory, NotDriven

LOG_PIECE = 256 * 1024
LONGEST_CALL_S = 1800


@dataclass(frozen=True)
class Claim:
    """What servers are told of who drives them."""

    run: str
    fence: int
    token: str
    takeover: str = ""


@dataclass
class Host:
    """A server in use; only its own thread touches it."""

    name: str
    session: ServerSession | None = None
    machine: cmd.Machine | None = None
    claimed: bool = False


@dataclass
class Executor:
    """Turns commands into calls.

    Attributes:
        program: the change.
        directory: how servers are reached.
        claim: run, fence and token.
        keep_log: keeps a piece of a job's log: step, job id, offset, bytes.
        log_size: how much of a job's log was kept already.
        files_from: folder that relative paths of `$file` start from.
        speed: organization seconds per controller second.
    """

    program: Program
    directory: Directory
    claim: Claim
    keep_log: Callable[[str, str, int, bytes], None]
    log_size: Callable[[str, str], int]
    files_from: Path = Path()
    speed: float = 1.0
    hosts: dict[str, Host] = field(default_factory=dict)
    outputs: Callable[[str, str], Any] = lambda step, key: None

    def carry_out(self, command: StepCommand) -> Outcome:
        """Do it; every fault is a `Failure`.

        Raises:
            ForeignRun: the server is held by another run, or by a newer holder of this run's lease.
        """
        host = self.hosts.setdefault(command.host, Host(command.host))
        try:
            return self._do(host, self._session(host), command)
        except ForeignRun:
            raise
        except TransportError as error:
            host.machine = None
            return Failure(remote.failure_class(error), _text(error), error.code)
        except stream.NotStreamed as error:
            return Failure(error.failure_class, _text(error), error.code)
        except (NoSecret, NotDriven) as error:
            return Failure("permanent", _text(error), error.code)

    def close(self) -> None:
        """End all sessions."""
        for host in self.hosts.values():
            if host.session is not None:
                host.session.close()

    def _session(self, host: Host) -> ServerSession:
        if host.session is None:
            host.session = self.directory.open(host.name)
        return host.session

    def _do(self, host: Host, session: ServerSession, command: StepCommand) -> Outcome:
        match command:
            case cmd.Check():
                return self._check(host, session, command)
            case cmd.Apply():
                return self._apply(host, session, command)
            case cmd.Verify():
                extra = {"members": list(command.members), "before": dict(command.before)}
                return self._read(
                    host, session, command.step, command.function, {**command.arguments, **extra}
                )
            case cmd.SubmitJob():
                return self._submit(host, session, command)
            case cmd.LookJob():
                return self._look(session, command)
            case cmd.Reboot():
                host.machine = None
                return cmd.RebootSeen(session.reboot(command.boot_before, RebootPolicy().at(self.speed)))
            case cmd.AwaitReady():
                seen = session.readiness()
                return cmd.Readiness(
                    seen.ready, f"waiting for {', '.join(seen.waiting)}" if seen.waiting else ""
                )
            case _:
                raise TypeError(type(command).__name__)

    # reads

    def _check(self, host: Host, session: ServerSession, command: cmd.Check) -> Outcome:
        step = self.program.by_id[command.step]
        machine = self._machine(host, session) if step.effect != "gate" else None
        if "Check" not in step.functions:
            return cmd.Returned({"state": "needed"}, machine)
        extra = {"members": list(command.members), "before": dict(command.before)}
        arguments = {**command.arguments, **extra}
        return self._read(host, session, command.step, "Check", arguments, machine)

    def _read(
        self,
        host: Host,
        session: ServerSession,
        step_id: str,
        function: str,
        arguments: Mapping[str, Any],
        machine: cmd.Machine | None = None,
    ) -> Outcome:
        """Check and Verify get neither secrets nor files: they only look."""
        step = self.program.by_id[step_id]
        (found,) = session.call([self._call(step, function, without_references(arguments))])
        return _outcome(host, found, machine)

    def _machine(self, host: Host, session: ServerSession) -> cmd.Machine:
        if host.machine is None:
            seen = session.machine()
            host.machine = cmd.Machine(seen.machine_id, seen.boot_id)
        return host.machine

    # effects

    def _apply(self, host: Host, session: ServerSession, command: cmd.Apply) -> Outcome:
        self._claim(host, session)
        step = self.program.by_id[command.step]
        arguments, secrets, files = self._prepared(session, step, command.arguments)
        extra = {"members": list(command.members), "before": dict(command.before)}
        call = self._call(step, command.function, {**arguments, **extra}, secrets)
        (found,) = session.call([call])
        for path, _ in files.values():
            self._remove(session, path)
        outcome = _outcome(host, found, None)
        if isinstance(outcome, cmd.Returned):
            return cmd.Returned(outcome.data, None, {name: digest for name, (_, digest) in files.items()})
        return outcome

    def _remove(self, session: ServerSession, path: str) -> None:
        """A streamed file has served; a server that does not answer now keeps it in its protected run folder."""
        try:
            stream.remove(session, path)
        except stream.NotStreamed:
            return

    def _submit(self, host: Host, session: ServerSession, command: cmd.SubmitJob) -> Outcome:
        self._claim(host, session)
        step = self.program.by_id[command.step]
        arguments, secrets, _ = self._prepared(session, step, command.arguments)
        if secrets:
            return Failure("permanent", "a job cannot take secrets: its arguments lie on the server's disk")
        session.submit_job(
            JobSpec(
                job_id=command.job_id,
                run_id=command.run,
                fence=command.fence,
                script=(step.script, self.program.change.scripts[step.script].text),
                function=command.function,
                argument={
                    **arguments,
                    "members": list(command.members),
                    "before": dict(command.before),
                },
                run_as=self.directory.run_as(command.host, local=step.identity == "local"),
                libraries=self._libraries(step),
                token=self.claim.token,
                takeover=self.claim.takeover,
            )
        )
        return cmd.JobSubmitted(self._machine(host, session))

    def _claim(self, host: Host, session: ServerSession) -> None:
        if not host.claimed:
            session.claim(self.claim.run, self.claim.fence, self.claim.token, self.claim.takeover)
            host.claimed = True

    def _look(self, session: ServerSession, command: cmd.LookJob) -> Outcome:
        state = session.look_job(command.job_id, self.claim.run)
        self._tail(session, command, state)
        if state.finished:
            self._forget(session, command.job_id)
        return cmd.JobView(
            cmd.Machine(state.machine_id, state.boot_id),
            state.directory,
            state.started,
            state.alive,
            _receipt(state.receipt),
        )

    def _tail(self, session: ServerSession, command: cmd.LookJob, state: JobState) -> None:
        """Read the log on; losing a piece of it now costs nothing, the next look reads it."""
        offset = self.log_size(command.step, command.job_id)
        while offset < state.log_size:
            try:
                data = session.read_log(command.job_id, offset, LOG_PIECE, self.claim.run)
            except TransportError:
                return
            if not data:
                return
            self.keep_log(command.step, command.job_id, offset, data)
            offset += len(data)

    def _forget(self, session: ServerSession, job_id: str) -> None:
        """Take the task with its stored password off the server; it can be done again at any time."""
        try:
            session.forget_job(job_id, self.claim.run)
        except TransportError:
            return

    # calls

    def _call(
        self,
        step: Step,
        function: str,
        argument: Mapping[str, Any],
        secrets: Mapping[str, str] | None = None,
    ) -> Call:
        return Call(
            step.script,
            self.program.change.scripts[step.script].text,
            function,
            argument,
            self._libraries(step),
            secrets or {},
            max(LONGEST_CALL_S, 2 * step.estimate.p90 / self.speed),
        )

    def _libraries(self, step: Step) -> tuple[tuple[str, str], ...]:
        return tuple((sha, self.program.change.scripts[sha].text) for sha in step.libraries)

    def _prepared(
        self, session: ServerSession, step: Step, arguments: Mapping[str, Any]
    ) -> tuple[dict[str, Any], dict[str, str], dict[str, tuple[str, str]]]:
        """Arguments ready to send: secrets apart, files on the server with their paths and digests."""
        plain: dict[str, Any] = {}
        secrets: dict[str, str] = {}
        files: dict[str, tuple[str, str]] = {}
        for name, value in arguments.items():
            if _is(value, "$secret"):
                secrets[name] = self.directory.store.resolve(str(value["$secret"]))
            elif _is(value, "$file"):
                files[name] = self._stream(session, step, str(value["$file"]))
                plain[name] = files[name][0]
            else:
                plain[name] = value
        return plain, secrets, files

    def _stream(self, session: ServerSession, step: Step, target: str) -> tuple[str, str]:
        source, _, key = target.rpartition(".")
        if source in self.program.by_id:
            host = self.program.by_id[source].host
            origin = self.directory.open(host)
            try:
                data = stream.fetch(origin, str(self.outputs(source, key)))
            finally:
                origin.close()
        else:
            data = stream.read_local(self.files_from / target)
        folder = f"{self.directory.run_root(step.host)}\\{self.claim.run}\\files"
        path = stream.put(session, folder, target, data)
        return path, f"sha256:{sha256(data).hexdigest()}"


def without_references(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments for a function that only looks: secrets and files are empty text."""
    return {n: "" if _is(v, "$secret") or _is(v, "$file") else v for n, v in arguments.items()}


def _is(value: object, form: str) -> bool:
    return isinstance(value, Mapping) and set(value) == {form}


def _outcome(host: Host, found: CallOutcome, machine: cmd.Machine | None) -> Outcome:
    if isinstance(found, Result):
        return cmd.Returned(found.data, machine)
    if found.class_ != "script":
        host.machine = None
    return Failure(found.class_, found.message, found.fqid)


def _receipt(found: CallOutcome | None) -> Mapping[str, Any] | None:
    match found:
        case None:
            return None
        case Result():
            return {"result": dict(found.data)}
        case _:
            return {"error": {"message": found.message, "id": found.fqid}}


def _text(error: ExmigrateError) -> str:
    return error.message + (f" {error.why}" if error.why else "")
