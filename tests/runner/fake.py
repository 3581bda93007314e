"""Servers in memory behind the session port: the world of the engine's tests, asked in calls and jobs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import RLock
from typing import Any

from exmigrate.engine import commands as cmd
from exmigrate.model import Change
from exmigrate.remote import (
    EXCHANGE_SERVICES,
    Call,
    CallOutcome,
    ConnectionSettings,
    Failure,
    ForeignRun,
    JobSpec,
    JobState,
    MachineIdentity,
    NeverRan,
    Readiness,
    RebootPolicy,
    RemoteCredential,
    Result,
)
from tests.engine.interpreter import World
from tests.engine.make import digest


@dataclass
class Servers:
    """All servers; `SessionFactory`."""

    change: Change
    world: World
    opened: list[tuple[ConnectionSettings, RemoteCredential]] = field(default_factory=list)
    round_trips: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    specs: list[JobSpec] = field(default_factory=list)
    owners: dict[str, tuple[str, int, str]] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    fails: dict[tuple[str, str], list[CallOutcome]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    before_call: Callable[[str, Call], None] = lambda host, call: None
    lock: RLock = field(default_factory=RLock)

    def open(self, connection: ConnectionSettings, credential: RemoteCredential) -> Session:
        self.opened.append((connection, credential))
        return Session(self, connection.server)


@dataclass
class Session:
    servers: Servers
    host: str

    def call(self, calls: Sequence[Call]) -> list[CallOutcome]:
        with self.servers.lock:
            self.servers.round_trips.append((self.host, tuple(c.function for c in calls)))
            return [self._one(call) for call in calls]

    def _one(self, call: Call) -> CallOutcome:
        servers = self.servers
        servers.calls.append(call)
        servers.before_call(self.host, call)
        if self.host in servers.down:
            return Failure("never-sent", "no route to host", "EXM-T010")
        if call.function in ("Write-Piece", "Read-Piece", "Remove-Streamed"):
            return self._file(call)
        step = self._step(call)
        planned = servers.fails.get((call.function, step))
        if planned:
            return planned.pop(0)
        outcome = servers.world.carry_out(self._command(call, step))
        assert isinstance(outcome, cmd.Returned)
        return Result(outcome.data)

    def _step(self, call: Call) -> str:
        found = [
            s.id
            for s in self.servers.change.steps
            if digest(s.kind) == call.script_sha and s.host == self.host
        ]
        assert len(found) == 1, found
        return found[0]

    def _command(self, call: Call, step: str) -> cmd.StepCommand:
        members = tuple(call.argument["members"])
        match call.function:
            case "Check":
                return cmd.Check(step, self.host, "first", call.argument, members)
            case "Verify":
                return cmd.Verify(step, self.host, call.argument, members)
            case "Rollback":
                return cmd.Apply(step, self.host, 1, call.argument, "Rollback", members)
            case _:
                return cmd.Apply(step, self.host, 1, call.argument, members=members)

    def _file(self, call: Call) -> CallOutcome:
        import base64

        a = call.argument
        match call.function:
            case "Write-Piece":
                path = f"{a['folder']}\\{a['name']}"
                kept = self.servers.files.get(path, b"") if a["offset"] else b""
                self.servers.files[path] = kept + base64.b64decode(a["data"])
                return Result({"state": "there", "facts": {"path": path}} if a["last"] else {"state": "more"})
            case "Read-Piece":
                data = self.servers.files[a["path"]]
                piece = data[a["offset"] : a["offset"] + a["limit"]]
                text = base64.b64encode(piece).decode()
                return Result({"state": "read", "facts": {"size": len(data), "data": text}})
            case _:
                self.servers.files.pop(a["path"], None)
                return Result({"state": "gone"})

    def _up(self) -> None:
        if self.host in self.servers.down:
            raise NeverRan(server=self.host)

    def submit_job(self, spec: JobSpec) -> None:
        self._up()
        with self.servers.lock:
            self.servers.specs.append(spec)
            step = next(
                s for s in self.servers.change.steps if s.script == spec.script[0] and s.host == self.host
            )
            members = tuple(spec.argument["members"])
            self.servers.world.carry_out(
                cmd.SubmitJob(
                    step.id,
                    self.host,
                    1,
                    spec.job_id,
                    spec.fence,
                    spec.run_id,
                    "",
                    {},
                    "Rollback" if spec.function == "Rollback" else "Apply",
                    members,
                )
            )

    def look_job(self, job_id: str, run_id: str = "") -> JobState:
        self._up()
        with self.servers.lock:
            seen = self.servers.world.carry_out(cmd.LookJob("", self.host, 1, job_id, ""))
            assert isinstance(seen, cmd.JobView)
            receipt: CallOutcome | None = None
            if seen.receipt is not None:
                error: Mapping[str, Any] | None = seen.receipt.get("error")
                receipt = Failure("script", error["message"]) if error else Result(seen.receipt["result"])
            machine = seen.machine
            log = len(b"Setup says this") if seen.started else 0
            return JobState(
                machine.machine_id, machine.boot_id, seen.directory, seen.started, seen.alive, receipt, log
            )

    def read_log(self, job_id: str, offset: int, limit: int, run_id: str = "") -> bytes:
        return b"Setup says this"[offset : offset + limit]

    def forget_job(self, job_id: str, run_id: str = "") -> None:
        self._up()

    def claim(self, run_id: str, fence: int, token: str, takeover: str = "") -> None:
        self._up()
        held = self.servers.owners.get(self.host)
        if held and held[0] not in (run_id, takeover):
            raise ForeignRun(server=self.host, why=f"it is held by run {held[0]}")
        self.servers.owners[self.host] = (run_id, fence, token)

    def machine(self) -> MachineIdentity:
        self._up()
        who = self.servers.world.who(self.host)
        return MachineIdentity(who.machine_id, who.boot_id, "2.0")

    def reboot(self, boot_before: str, policy: RebootPolicy = RebootPolicy()) -> str:
        self._up()
        seen = self.servers.world.carry_out(cmd.Reboot("", self.host, boot_before))
        assert isinstance(seen, cmd.RebootSeen)
        return seen.boot_id

    def readiness(self, services: Sequence[str] = EXCHANGE_SERVICES) -> Readiness:
        return Readiness(True)

    def close(self) -> None:
        """There is no shell."""
