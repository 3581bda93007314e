"""The kept PowerShell process of one server: started once, fed framed calls, recovered after any transport fault."""

from __future__ import annotations

import base64
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Final

from . import framing
from .errors import HostLoopSilent, NeverRan, NothingYet, Rejected, SessionLost, TransportError
from .settings import Timeouts
from .transport import Output, Transport

LOAD_LOOP: Final = (
    "$n=[int]$ExmReader.ReadLine();"
    "$b=New-Object Text.StringBuilder;while($n -gt 0){[void]$b.Append($ExmReader.ReadLine());$n--};"
    ". ([ScriptBlock]::Create([Text.Encoding]::UTF8.GetString([Convert]::FromBase64String($b.ToString()))))"
)
"""Reads the host loop from `$ExmReader` and becomes it."""
_BOOTSTRAP: Final = f"$ProgressPreference='SilentlyContinue';$ExmReader=[Console]::In;{LOAD_LOOP}"
ARGUMENTS: Final = ("-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-InputFormat", "None")
_PIECE: Final = 6000
_MAX_TRIES: Final = 5


def package_text(name: str) -> str:
    """A script of this package, with LF line ends."""
    return resources.files(__package__).joinpath(name).read_text("utf-8").replace("\r\n", "\n")


@cache
def host_loop() -> str:
    """Text of the host loop with its JSON writer."""
    return package_text("json.ps1") + "\n" + package_text("hostloop.ps1")


def encode_command(text: str) -> str:
    """A script as `-EncodedCommand` takes it."""
    return base64.b64encode(text.encode("utf-16-le")).decode()


def loop_lines(mark: str) -> list[bytes]:
    """The lines that the bootstrap reads: how many follow, the host loop, the process's mark."""
    text = base64.b64encode(host_loop().encode()).decode()
    pieces = [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]
    return [f"{line}\n".encode() for line in (str(len(pieces)), *pieces, mark)]


@dataclass(frozen=True, slots=True)
class Request:
    """One call, ready to go.

    Attributes:
        id: Unique in the process's life, without spaces.
        blobs: Texts that the call refers to by SHA-256.
        literal: The call itself as a PowerShell literal.
        has_secrets: Whether the literal may go nowhere but through standard input.
    """

    id: str
    blobs: tuple[str, ...]
    literal: str = field(repr=False)
    has_secrets: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """What became of a request.

    Attributes:
        payload: JSON of the answer; None if there is none.
        error: Why there is none. `NeverRan` is a promise that the call did not begin.
        console: What scripts printed meanwhile.
    """

    payload: bytes | None
    error: TransportError | None = None
    console: str = ""


@dataclass(frozen=True, slots=True)
class Outside:
    """Time and chance, as the process needs them: controller seconds, a pause, a token."""

    clock: Callable[[], float] = time.monotonic
    pause: Callable[[float], None] = time.sleep
    jitter: Callable[[], float] = random.random


class KeptProcess:
    """One PowerShell process; for one thread. After `SessionLost` it is dead and a new one is needed.

    Args:
        transport: Of the server.
        mark: Unguessable text that begins each frame.
        timeouts: Waits.
        outside: Clock and pauses.

    Attributes:
        ready: What the host loop said of itself.
        alive: False once the process or its shell is known to be gone.
    """

    def __init__(
        self, transport: Transport, mark: str, timeouts: Timeouts, outside: Outside | None = None
    ) -> None:
        self._transport = transport
        self._mark = mark
        self._timeouts = timeouts
        self._outside = outside or Outside()
        self._reader = framing.FrameReader(mark)
        self._sent: set[str] = set()
        self._acknowledge: list[str] = []
        self.shell = ""
        self._command = ""
        self.ready: framing.Ready | None = None
        self.alive = False
        self.stderr = b""

    def start(self) -> framing.Ready:
        """Open a shell, start PowerShell, send the host loop and wait for READY.

        Raises:
            TransportError: of the transport; nothing that matters has run.
            HostLoopSilent: no READY in time; standard input may not arrive on this server.
        """
        encoded = encode_command(_BOOTSTRAP)
        self.shell = self._transport.open_shell()
        try:
            self._command = self._transport.start(
                self.shell, "powershell.exe", (*ARGUMENTS, "-EncodedCommand", encoded)
            )
            self._feed_loop()
            self.ready = self._await_ready()
        except TransportError:
            self.close()
            raise
        self.alive = True
        return self.ready

    def _feed_loop(self) -> None:
        for message in framing.pack(loop_lines(self._mark)):
            self._transport.send(self.shell, self._command, message)

    def _await_ready(self) -> framing.Ready:
        deadline = self._outside.clock() + self._timeouts.ready
        while self._outside.clock() < deadline:
            try:
                output = self._transport.receive(self.shell, self._command)
            except NothingYet:
                continue
            for event in self._take(output):
                if isinstance(event, framing.Ready):
                    return event
            if output.exit_code is not None:
                raise HostLoopSilent(
                    why=f"PowerShell ended with {output.exit_code}: {self._evidence()}",
                    details={"exit": output.exit_code},
                )
        raise HostLoopSilent(
            why=f"no READY within {self._timeouts.ready} s; {self._evidence() or 'it printed nothing'}",
            next="standard input may not reach processes on this server; see docs/remote.md",
        )

    def _take(self, output: Output) -> list[framing.Event]:
        self.stderr = (self.stderr + output.stderr)[-16_384:]
        return self._reader.feed(output.stdout)

    def _evidence(self) -> str:
        return (self._reader.console + self.stderr.decode("utf-8", "replace")).strip()[-2000:]

    def run(self, requests: Sequence[Request], timeout_s: float | None = None) -> dict[str, Reply]:
        """Run calls in order and wait for all answers.

        Args:
            requests: The calls; ids that were answered before must not come again.
            timeout_s: Longest wait for the next answer; the default is that of the settings.

        Returns:
            A reply for each id. Transport faults are in the replies, not raised.
        """
        exchange = _Exchange(self, requests, timeout_s or self._timeouts.call)
        return exchange.run()

    def close(self) -> None:
        """End process and shell, if they can still be reached; never raises."""
        self.alive = False
        if not self.shell:
            return
        for attempt in range(2):
            try:
                self._transport.close_shell(self.shell)
                break
            except SessionLost:
                break
            except TransportError:
                if attempt:
                    break
                self._transport.reset()
        self.shell = ""


class _Exchange:
    """One batch of calls: what is sent, what is answered, and what a fault leaves open."""

    def __init__(self, process: KeptProcess, requests: Sequence[Request], timeout_s: float) -> None:
        self._process = process
        self._outside = process._outside
        self._timeout_s = timeout_s
        self._open = {request.id: request for request in requests}
        self._delivered: set[str] = set()  # ids whose R line may have reached the server
        self._replies: dict[str, Reply] = {}
        self._tries: dict[str, int] = {}
        self._order = [request.id for request in requests]

    def run(self) -> dict[str, Reply]:
        try:
            self._with_recovery(lambda: self._send(self._order))
            self._collect()
        except TransportError as error:
            self._give_up(error)
        self._process._acknowledge += [
            request_id for request_id in self._order if self._replies[request_id].payload is not None
        ]
        return self._replies

    def _send(self, ids: Sequence[str]) -> None:
        """Send calls in messages; a request counts as delivered from the moment its message may have left."""
        process = self._process
        lines: list[tuple[bytes, str]] = [(framing.ack_line(done), "") for done in process._acknowledge]
        process._acknowledge = []
        offered: set[str] = set()
        for request_id in ids:
            request = self._open[request_id]
            for text in request.blobs:
                sha = framing.digest(text)
                if sha not in process._sent and sha not in offered:
                    lines += [(line, "") for line in framing.blob_lines(text)]
                    offered.add(sha)
            lines += [(line, "") for line in framing.blob_lines(request.literal)]
            lines.append((framing.run_line(request_id, framing.digest(request.literal)), request_id))
        for message, contained in _messages(lines):
            try:
                process._transport.send(process.shell, process._command, message)
            except (NeverRan, Rejected, SessionLost):
                raise
            except TransportError:
                self._delivered |= contained
                raise
            self._delivered |= contained
        process._sent |= offered

    def _collect(self) -> None:
        deadline = self._outside.clock() + self._timeout_s
        while self._open:
            if self._outside.clock() >= deadline:
                raise SessionLost(
                    f"No answer within {self._timeout_s:.0f} s.",
                    why="the call still runs or hangs on the server",
                )
            before = len(self._open)
            self._with_recovery(self._receive_once)
            if len(self._open) < before:
                deadline = self._outside.clock() + self._timeout_s

    def _receive_once(self) -> None:
        process = self._process
        try:
            output = process._transport.receive(process.shell, process._command)
        except NothingYet:
            # Silence is a long call or a lost message, and only the process knows which.
            self._ask_all()
            return
        for event in process._take(output):
            self._absorb(event)
        if output.exit_code is not None and self._open:
            raise SessionLost(
                "The PowerShell process on the server has ended.",
                why=f"exit code {output.exit_code}; {process._evidence()}",
            )

    def _absorb(self, event: framing.Event) -> None:
        match event:
            case framing.Answer(request_id, payload) if request_id in self._open:
                del self._open[request_id]
                self._replies[request_id] = Reply(payload, console=self._console())
            case framing.Damaged(request_id) if request_id in self._open:
                self._write(framing.get_line(request_id))
            case framing.Unseen(request_id) if request_id in self._open:
                # Never run: with all its blobs again, because what was sent before may have been lost too.
                self._again(request_id)
            case framing.Missing(request_id, _) if request_id in self._open:
                self._again(request_id)

    def _again(self, request_id: str) -> None:
        tries = self._tries[request_id] = self._tries.get(request_id, 0) + 1
        if tries > _MAX_TRIES:
            del self._open[request_id]
            why = f"the server asked {tries} times for texts that were sent; {self._process._evidence()}"
            self._replies[request_id] = Reply(None, NeverRan(why=why), self._console())
            return
        for text in self._open[request_id].blobs:
            self._process._sent.discard(framing.digest(text))
        self._send([request_id])

    def _console(self) -> str:
        text = self._process._reader.console
        self._process._reader.console = ""
        return text

    def _write(self, line: bytes) -> None:
        self._process._transport.send(self._process.shell, self._process._command, line)

    def _with_recovery(self, action: Callable[[], None]) -> None:
        """Carry out an action; after a transport fault, ask the process what it knows of the open calls.

        Raises:
            SessionLost: the process is gone.
            Rejected: the server refuses the client.
            TransportError: the server could not be reached again in time.
        """
        process = self._process
        deadline = 0.0
        wait = 0.2
        while True:
            try:
                return action()
            except (SessionLost, Rejected):
                raise
            except TransportError as error:
                now = self._outside.clock()
                deadline = deadline or now + process._timeouts.recover
                if now >= deadline:
                    raise error
            process._transport.reset()
            process._reader.forget_partial_line()
            self._outside.pause(wait * (0.5 + self._outside.jitter()))
            wait = min(wait * 2, 10.0)
            action = self._ask_all

    def _ask_all(self) -> None:
        # The empty line ends whatever part of a line a lost message may have left.
        self._write(b"\n" + b"".join(framing.get_line(request_id) for request_id in self._open))

    def _give_up(self, error: TransportError) -> None:
        if isinstance(error, SessionLost):
            self._process.alive = False
        for request_id in list(self._open):
            reason = error
            if request_id not in self._delivered and not isinstance(error, (NeverRan, Rejected)):
                reason = NeverRan(why=error.why or error.message, details=error.details)
            elif request_id in self._delivered and isinstance(error, (NeverRan, Rejected)):
                reason = SessionLost(why=error.why or error.message, details=error.details)
            self._replies[request_id] = Reply(None, reason, self._console())
            del self._open[request_id]


def _messages(lines: Sequence[tuple[bytes, str]]) -> list[tuple[bytes, set[str]]]:
    """Pack lines as `framing.pack` does, with the ids whose run lines each message holds."""
    messages: list[tuple[bytes, set[str]]] = []
    data, contained = bytearray(), set[str]()
    for line, request_id in lines:
        if data and len(data) + len(line) > framing.MAX_SEND:
            messages.append((bytes(data), contained))
            data, contained = bytearray(), set()
        data += line
        if request_id:
            contained.add(request_id)
    if data:
        messages.append((bytes(data), contained))
    return messages
