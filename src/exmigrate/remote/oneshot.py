"""The way round a server whose processes get no standard input: the same host loop, fed from files.

What the kept process would have been sent is appended to files on the server by short commands (some 2.5 KB each), and
one process a batch reads them. Slow, and nothing secret goes this way: files and command lines are no place for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from . import framing, kept
from .errors import HostLoopSilent, NeverRan, NothingYet, Rejected, SessionLost, TransportError
from .settings import Timeouts
from .transport import Output, Transport

_CHUNK: Final = 2400
_APPEND: Final = "[IO.File]::AppendAllText([IO.Path]::GetTempPath()+'{name}','{text}'.Replace('|',\"`n\"))"
_RUN: Final = (
    "$ProgressPreference='SilentlyContinue';$d=[IO.Path]::GetTempPath();"
    "$ExmReader=New-Object IO.StringReader([IO.File]::ReadAllText($d+'{base}')+[IO.File]::ReadAllText($d+'{run}'));"
    "[IO.File]::Delete($d+'{run}');"
)
_REMOVE: Final = "[IO.File]::Delete([IO.Path]::GetTempPath()+'{name}')"


class OneShotProcess:
    """What `KeptProcess` is, without standard input: for one thread; dead after `SessionLost`.

    Args:
        transport: Of the server.
        mark: Unguessable text that begins each frame; it also names the files.
        timeouts: Waits.
        outside: Clock and pauses.
    """

    def __init__(
        self, transport: Transport, mark: str, timeouts: Timeouts, outside: kept.Outside | None = None
    ) -> None:
        self._transport = transport
        self._mark = mark
        self._timeouts = timeouts
        self._outside = outside or kept.Outside()
        self._base = f"exmigrate-{mark}.txt"
        self._runs = 0
        self._sent: set[str] = set()
        self.shell = ""
        self.ready: framing.Ready | None = None
        self.alive = False

    def start(self) -> framing.Ready:
        """Open a shell, store the host loop and prove that it runs.

        Raises:
            TransportError: of the transport; nothing that matters has run.
            HostLoopSilent: PowerShell does not work on this server at all.
        """
        self.shell = self._transport.open_shell()
        try:
            self._append(self._base, kept.loop_lines(self._mark))
            self._batch([])
        except TransportError:
            self.close()
            raise
        if self.ready is None:
            self.close()
            raise HostLoopSilent(why="PowerShell answered neither on standard input nor from a file")
        self.alive = True
        return self.ready

    def run(self, requests: Sequence[kept.Request], timeout_s: float | None = None) -> dict[str, kept.Reply]:
        """Run calls in order; as `KeptProcess.run`. Calls with secrets are rejected."""
        refused = Rejected(
            "A secret cannot be sent: standard input does not reach processes on this server.",
            next="run the job under a managed service account, or mend WinRM on this server (docs/remote.md)",
        )
        replies = {request.id: kept.Reply(None, refused) for request in requests if request.has_secrets}
        wanted = [request for request in requests if not request.has_secrets]
        try:
            self._store(wanted)
        except TransportError as error:
            # The store may hold half a line now, so that this process is of no use any more.
            self.alive = False
            never = error if isinstance(error, (NeverRan, Rejected)) else NeverRan(why=error.why)
            return replies | {request.id: kept.Reply(None, never) for request in wanted}
        return replies | self._answers(wanted, timeout_s or self._timeouts.call)

    def _store(self, requests: Sequence[kept.Request]) -> None:
        blobs = {framing.digest(text): text for request in requests for text in request.blobs}
        for sha, text in blobs.items():
            if sha not in self._sent:
                self._append(self._base, list(framing.blob_lines(text)))
                self._sent.add(sha)

    def _answers(self, requests: Sequence[kept.Request], timeout_s: float) -> dict[str, kept.Reply]:
        if not requests:
            return {}
        lines: list[bytes] = []
        for request in requests:
            lines += framing.blob_lines(request.literal)
            lines.append(framing.run_line(request.id, framing.digest(request.literal)))
        failure: TransportError = SessionLost(why="the process ended without an answer")
        answers: dict[str, bytes] = {}
        console = ""
        try:
            answers, console = self._batch(lines, timeout_s)
        except TransportError as error:
            self.alive = False
            failure = SessionLost(why=error.why or error.message, details=error.details)
        return {
            request.id: kept.Reply(
                answers.get(request.id), None if request.id in answers else failure, console
            )
            for request in requests
        }

    def _batch(self, lines: Sequence[bytes], timeout_s: float = 120.0) -> tuple[dict[str, bytes], str]:
        """Run the host loop over the stored lines and these."""
        self._runs += 1
        name = f"exmigrate-{self._mark}-{self._runs}.txt"
        self._append(name, [*lines, b"\n"])
        reader = framing.FrameReader(self._mark)
        answers: dict[str, bytes] = {}
        for output in self._command(_RUN.format(base=self._base, run=name) + kept.LOAD_LOOP, timeout_s):
            for event in reader.feed(output.stdout):
                if isinstance(event, framing.Ready):
                    self.ready = event
                elif isinstance(event, framing.Answer):
                    answers[event.id] = event.payload
        return answers, reader.console

    def _append(self, name: str, lines: Sequence[bytes]) -> None:
        text = b"".join(lines).decode("ascii").replace("\n", "|")
        for start in range(0, len(text), _CHUNK):
            self._finish(_APPEND.format(name=name, text=text[start : start + _CHUNK]))

    def _finish(self, script: str) -> None:
        """Run a short script to its end.

        Raises:
            SessionLost: it failed, or nobody can tell.
        """
        try:
            *_, last = self._command(script, float(self._timeouts.ready))
        except TransportError as error:
            raise SessionLost(why=error.why or error.message, details=error.details) from error
        if last.exit_code != 0:
            raise SessionLost(why=f"a command to store a script ended with {last.exit_code}")

    def _command(self, script: str, timeout_s: float) -> list[Output]:
        encoded = kept.encode_command(script)
        command = self._transport.start(
            self.shell, "powershell.exe", (*kept.ARGUMENTS, "-EncodedCommand", encoded)
        )
        deadline = self._outside.clock() + timeout_s
        outputs: list[Output] = []
        while not outputs or outputs[-1].exit_code is None:
            if self._outside.clock() >= deadline:
                raise SessionLost(why=f"a command has not ended within {timeout_s:.0f} s")
            try:
                outputs.append(self._transport.receive(self.shell, command))
            except NothingYet:
                continue
        self._transport.stop(self.shell, command)
        return outputs

    def close(self) -> None:
        """Take the files off the server and delete the shell, if it can still be reached; never raises."""
        self.alive = False
        if not self.shell:
            return
        try:
            self._command(_REMOVE.format(name=self._base), float(self._timeouts.ready))
            self._transport.close_shell(self.shell)
        except TransportError:
            self._transport.reset()
        self.shell = ""
