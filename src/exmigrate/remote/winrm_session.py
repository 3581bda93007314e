"""`ServerSession` over WinRM: one kept PowerShell process a server, opened when needed and lost without harm."""

from __future__ import annotations

import re
import secrets as randomness
from collections.abc import Mapping, Sequence
from typing import Any, Final

from . import jobs, kept, oneshot
from .errors import (
    BadCredentials,
    BadResult,
    ForeignRun,
    HostLoopSilent,
    JobRefused,
    NeverRan,
    NoAnswer,
    NotExposed,
    OutcomeUnknown,
    QuotaReached,
    Rejected,
    RunAsRefused,
    SessionLost,
    TransportError,
)
from .keyring import Keyring
from .literals import literal
from .reboot import EXCHANGE_SERVICES, Readiness, RebootPolicy, await_new_boot
from .results import CallOutcome, Failure, Result, blot, read_answer
from .session import Call, MachineIdentity
from .settings import ConnectionSettings, RemoteCredential
from .shellbook import ShellBook
from .transport import Transport, WinRMTransport

_FUNCTION: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(-[A-Za-z][A-Za-z0-9]*)?")
_RECYCLE_AFTER: Final = 2000
_Process = kept.KeptProcess | oneshot.OneShotProcess


class WinRMSessions:
    """`SessionFactory` over WinRM.

    Args:
        run_id: The run whose jobs are meant where none is named.
        book: Where open shells are noted.
        outside: Clock and pauses.
        keyring: What is known of credentials; its own by default.
    """

    def __init__(
        self,
        run_id: str = "",
        book: ShellBook | None = None,
        outside: kept.Outside | None = None,
        keyring: Keyring | None = None,
    ) -> None:
        self._run_id = run_id
        self._book = book or ShellBook()
        self._outside = outside or kept.Outside()
        self._keyring = keyring or Keyring()

    def open(self, connection: ConnectionSettings, credential: RemoteCredential) -> WinRMSession:
        return WinRMSession(connection, credential, self._run_id, self._book, self._outside, self._keyring)


class WinRMSession:
    """`ServerSession` over one kept PowerShell process. Made by `WinRMSessions`."""

    def __init__(
        self,
        settings: ConnectionSettings,
        credential: RemoteCredential,
        run_id: str,
        book: ShellBook,
        outside: kept.Outside,
        keyring: Keyring,
        transport: Transport | None = None,
    ) -> None:
        self._settings = settings
        self._credential = credential
        self._run_id = run_id
        self._book = book
        self._outside = outside
        self._keyring = keyring
        self._transport = transport
        self._process: _Process | None = None
        self._deaf = False  # standard input does not reach processes there
        self._count = 0
        self._served = 0
        self._reaped = False

    # calls

    def call(self, calls: Sequence[Call]) -> list[CallOutcome]:
        requests = [self._request(call) for call in calls]
        timeout = max((call.timeout_s for call in calls), default=0.0) or None
        replies = self._exchange(requests, timeout)
        return [
            self._outcome(call, replies[request.id]) for call, request in zip(calls, requests, strict=True)
        ]

    def _request(self, call: Call) -> kept.Request:
        if not _FUNCTION.fullmatch(call.function):
            raise BadResult(f"{call.function!r} is no name of a function.", server=self._settings.server)
        libraries = [jobs.check_script(script) for script in call.libraries]
        script = jobs.check_script((call.script_sha, call.script_text))
        self._count += 1
        request_id = f"{self._count}-{randomness.token_hex(6)}"
        text = literal(
            {
                # The id makes each literal's digest unlike any other, so that it tells nothing of a secret in it.
                "id": request_id,
                "libraries": [sha for sha, _ in libraries],
                "script": script[0],
                "function": call.function,
                "argument": {**call.argument, **call.secrets},
                "secrets": [secret for secret in call.secrets.values() if secret],
            }
        )
        blobs = tuple(blob for _, blob in (*libraries, script))
        return kept.Request(request_id, blobs, text, has_secrets=bool(call.secrets))

    def _exchange(self, requests: Sequence[kept.Request], timeout: float | None) -> dict[str, kept.Reply]:
        """Run requests; those that a lost session never began run once more in a new one."""
        replies: dict[str, kept.Reply] = {}
        waiting = list(requests)
        for last in (False, True):
            try:
                process = self._ready_process()
            except TransportError as error:
                unmet = _never(error)
                return replies | {request.id: kept.Reply(None, unmet) for request in waiting}
            replies |= process.run(waiting, timeout)
            self._served += len(waiting)
            if process.alive:
                break
            self._drop()
            waiting = [request for request in waiting if isinstance(replies[request.id].error, NeverRan)]
            if not waiting or last:
                break
        return replies

    def _outcome(self, call: Call, reply: kept.Reply) -> CallOutcome:
        hidden = tuple(call.secrets.values())
        try:
            if reply.payload is not None:
                return read_answer(reply.payload, hidden, reply.console)
            error = reply.error or SessionLost()
        except BadResult as bad:
            error = bad
        evidence = {str(name): blot(str(value), hidden) for name, value in error.details.items()}
        if reply.console:
            evidence["console"] = blot(reply.console, hidden)
        message = error.message + (f" {error.why}" if error.why else "")
        return Failure(failure_class(error), blot(message, hidden), error.code, "", evidence)

    # process

    def _ready_process(self) -> _Process:
        if self._process is not None and self._served >= _RECYCLE_AFTER:
            self._drop()
        if self._process is None:
            self._process = self._connect()
            self._served = 0
        return self._process

    def _connect(self) -> _Process:
        """Start a process. No call is at stake yet: an open outcome costs a shell at most, and is tried again.

        Raises:
            TransportError: with the server's name.
        """
        from tenacity import Retrying, retry_if_exception_type, stop_after_delay, wait_random_exponential

        # Seconds between attempts are spread at random, so that many hosts are not asked in step.
        attempts = Retrying(
            retry=retry_if_exception_type((NeverRan, OutcomeUnknown, SessionLost)),
            stop=stop_after_delay(self._settings.timeouts.connect),
            wait=wait_random_exponential(multiplier=0.2, max=8),
            sleep=self._outside.pause,
            reraise=True,
        )
        try:
            return attempts(self._log_on)
        except TransportError as error:
            error.server = self._settings.server
            raise

    def _log_on(self) -> _Process:
        with self._keyring.trying(self._settings, self._credential):
            return self._start()

    def _start(self) -> _Process:
        if self._transport is None:
            self._transport = WinRMTransport(self._settings, self._credential)
        if not self._reaped:
            self._reap()
        noted = _Noted(self._transport, self._book, self._settings.endpoint, self._credential.username)
        kind = oneshot.OneShotProcess if self._deaf else kept.KeptProcess
        process = kind(noted, randomness.token_hex(8), self._settings.timeouts, self._outside)
        try:
            process.start()
        except HostLoopSilent as error:
            # PowerShell that found its input at an end has ended well; any other end is no matter of input.
            if self._deaf or error.details.get("exit", 0) != 0:
                raise
            self._deaf = True
            return self._start()
        except QuotaReached:
            self._reaped = False
            self._transport.reset()
            raise
        except TransportError:
            self._transport.reset()
            raise
        return process

    def _reap(self) -> None:
        """Delete the shells that an earlier controller left behind here."""
        transport = self._transport
        assert transport is not None
        endpoint, user = self._settings.endpoint, self._credential.username
        for shell in self._book.left(endpoint, user):
            try:
                transport.close_shell(shell)
            except SessionLost:
                pass  # it is gone already
            except TransportError:
                transport.reset()
                raise
            self._book.closed(endpoint, user, shell)
        self._reaped = True

    def _drop(self) -> None:
        if self._process is not None:
            self._process.close()
            self._process = None

    def close(self) -> None:
        self._drop()
        if self._transport is not None:
            self._transport.reset()

    # one function of our own scripts

    def _ask(
        self, function: str, argument: Mapping[str, Any], secrets: Mapping[str, str] | None = None
    ) -> Result:
        sha, text = jobs.launcher_script()
        call = Call(sha, text, function, argument, jobs.launcher_libraries(), secrets or {})
        request = self._request(call)
        reply = self._exchange([request], None)[request.id]
        if reply.payload is None:
            raise reply.error or SessionLost(server=self._settings.server)
        outcome = read_answer(reply.payload, tuple(call.secrets.values()), reply.console)
        if isinstance(outcome, Failure):
            raise self._refused(function, outcome)
        return outcome

    def _refused(self, function: str, failure: Failure) -> Exception:
        server = self._settings.server
        if failure.message.startswith(("EXM-FOREIGN-RUN", "EXM-OLD-FENCE")):
            return ForeignRun(
                server=server,
                why=failure.message.partition(": ")[2],
                next="let that run end, or take it over by name: exmigrate apply PLAN --takeover RUN",
            )
        if failure.message.startswith("EXM-EXPOSURE"):
            return NotExposed.on(server, failure.message.partition(": ")[2])
        if failure.message.startswith("EXM-ACCOUNT"):
            return RunAsRefused(
                server=server,
                why=failure.message.partition(": ")[2],
                next="correct the password that the plan's run_as refers to, and run the same command again",
            )
        kind = JobRefused if function in ("Submit-ExmJob", "Set-ExmFence") else NoAnswer
        return kind(
            server=server, why=failure.message, details={"id": failure.fqid, "position": failure.position}
        )

    # jobs

    def claim(self, run_id: str, fence: int, token: str, takeover: str = "") -> None:
        self._ask(
            "Set-ExmFence",
            {"root": self._root, "run": run_id, "fence": fence, "token": token, "takeover": takeover},
        )

    def submit_job(self, spec: jobs.JobSpec) -> None:
        password = {"password": spec.run_as.password} if spec.run_as.account == "password" else {}
        self._ask("Submit-ExmJob", jobs.submission(spec, self._root), password)

    def look_job(self, job_id: str, run_id: str = "") -> jobs.JobState:
        state = jobs.read_state(self._ask("Get-ExmJob", self._job(job_id, run_id)).facts)
        if state.finished:
            # Setup replaces files and snap-ins under a running PowerShell.
            self._drop()
        return state

    def read_log(self, job_id: str, offset: int, limit: int, run_id: str = "") -> bytes:
        bounded = max(1, min(limit, 1024 * 1024))
        argument = self._job(job_id, run_id, offset=offset, limit=bounded)
        return jobs.decode(self._ask("Read-ExmLog", argument).facts.get("data", ""))

    def forget_job(self, job_id: str, run_id: str = "") -> None:
        self._ask("Remove-ExmTask", self._job(job_id, run_id))

    def _job(self, job_id: str, run_id: str, **more: Any) -> dict[str, Any]:
        return jobs.place(run_id or self._run_id, job_id, self._root, **more)

    @property
    def _root(self) -> str:
        return self._settings.run_root

    # the machine

    def machine(self) -> MachineIdentity:
        facts = self._ask("Get-ExmMachine", {}).facts
        identity = MachineIdentity(
            *(str(facts.get(name) or "") for name in ("machine_id", "boot_id", "ps_version"))
        )
        if not identity.machine_id or not identity.boot_id:
            raise BadResult("The server does not say who it is.", server=self._settings.server)
        return identity

    def reboot(self, boot_before: str, policy: RebootPolicy = RebootPolicy()) -> str:
        before = boot_before or self.machine().boot_id
        try:
            boot = self._restart(before)
        except (SessionLost, OutcomeUnknown):
            boot = before  # the restart may have cut off its own answer; the boot id will tell
        self._drop()
        if boot != before:
            return boot
        return await_new_boot(
            lambda: self._fresh_boot(before), before, policy, self._outside, self._settings.server
        )

    def _restart(self, before: str) -> str:
        """Ask for a restart unless the boot id differs already; the boot id. Safe to repeat."""
        comment = f"exmigrate run {self._run_id}".strip()
        result = self._ask("Request-ExmReboot", {"boot_before": before, "comment": comment})
        return str(result.facts.get("boot_id") or "")

    def _fresh_boot(self, before: str) -> str:
        self._drop()
        if self._transport is not None:
            self._transport.reset()
        try:
            self._process = self._start()
            # A look repeats the request, in case the first one was lost; under another boot it does nothing.
            return self._restart(before)
        except TransportError:
            self._drop()
            raise

    def readiness(self, services: Sequence[str] = EXCHANGE_SERVICES) -> Readiness:
        result = self._ask("Get-ExmReadiness", {"services": list(services)})
        waiting = result.facts.get("waiting")
        names = tuple(str(name) for name in waiting) if isinstance(waiting, list) else ()
        return Readiness(result.state == "ready", names)


class _Noted:
    """A transport that notes the shells it opens."""

    def __init__(self, inner: Transport, book: ShellBook, endpoint: str, user: str) -> None:
        self._inner = inner
        self._book = book
        self._key = (endpoint, user)
        self.start = inner.start
        self.send = inner.send
        self.receive = inner.receive
        self.stop = inner.stop
        self.reset = inner.reset

    def open_shell(self) -> str:
        shell = self._inner.open_shell()
        self._book.opened(*self._key, shell)
        return shell

    def close_shell(self, shell: str) -> None:
        try:
            self._inner.close_shell(shell)
        except SessionLost:
            self._book.closed(*self._key, shell)
            raise
        self._book.closed(*self._key, shell)


def failure_class(error: TransportError) -> str:
    """The class that the engine's retry policy knows an error by."""
    match error:
        case QuotaReached():
            return "throttled"
        case NeverRan():
            return "never-sent"
        case BadCredentials() | RunAsRefused():
            return "credentials"
        case Rejected():
            return "permanent"
        case BadResult():
            return "ambiguous"
    return "ambiguous"


def _never(error: TransportError) -> TransportError:
    """An error met while opening a session: whatever its own class, no call has begun."""
    if isinstance(error, (NeverRan, Rejected)):
        return error
    return NeverRan(error.message, server=error.server, why=error.why, next=error.next, details=error.details)
