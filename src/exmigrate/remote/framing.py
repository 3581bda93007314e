"""The framed protocol between controller and host loop, without I/O: lines in, lines out.

To the host loop, one ASCII line each, at most some 8,000 characters:

    D <sha256> <index> <count> <base64>   a piece of a blob (script text, or the literal of a call)
    R <id> <sha256>                       run the call in that blob; an id is never run twice
    G <id>                                give the answer to id again, or say that it was never seen
    A <id>                                the answer has arrived; it need not be kept

From the host loop, each behind the process's own mark, so that nothing a script prints can pass for one:

    <mark> READY <version> <pid> <PowerShell version>
    <mark> F <id> <sequence> <base64>     a piece of an answer
    <mark> E <id> <pieces> <bytes>        its end mark
    <mark> M <id> <sha256>                not run: this blob is missing
    <mark> U <id>                         never seen

Every other line is console output of the scripts.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

MAX_SEND: Final = 96_000
_PIECE: Final = 6_000
_MAX_ANSWER: Final = 16 * 1024 * 1024
_MAX_CONSOLE: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Ready:
    """The host loop runs."""

    version: str
    pid: int
    ps_version: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer: the JSON text of one call."""

    id: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Damaged:
    """An answer whose pieces did not all arrive; it can be asked for again."""

    id: str


@dataclass(frozen=True, slots=True)
class Missing:
    """The call did not run, because a blob is not there."""

    id: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Unseen:
    """The host loop never saw this id."""

    id: str


Event = Ready | Answer | Damaged | Missing | Unseen


def digest(text: str) -> str:
    """SHA-256 of a script text in UTF-8, lower-case hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def blob_lines(text: str) -> Iterator[bytes]:
    """The lines that carry a blob."""
    encoded = base64.b64encode(text.encode())
    pieces = [encoded[start : start + _PIECE] for start in range(0, len(encoded), _PIECE)] or [b""]
    sha = digest(text)
    for index, piece in enumerate(pieces):
        yield f"D {sha} {index} {len(pieces)} ".encode() + piece + b"\n"


def run_line(request_id: str, sha256: str) -> bytes:
    """The line that runs a call."""
    return f"R {request_id} {sha256}\n".encode()


def get_line(request_id: str) -> bytes:
    """The line that asks for an answer again."""
    return f"G {request_id}\n".encode()


def ack_line(request_id: str) -> bytes:
    """The line that lets go of an answer."""
    return f"A {request_id}\n".encode()


def pack(lines: Iterable[bytes]) -> Iterator[bytes]:
    """Join lines to messages of at most `MAX_SEND` bytes; no line is split."""
    message = bytearray()
    for line in lines:
        if message and len(message) + len(line) > MAX_SEND:
            yield bytes(message)
            message.clear()
        message += line
    if message:
        yield bytes(message)


class FrameReader:
    """Turns the host loop's standard output into events.

    Args:
        mark: The process's mark.

    Attributes:
        console: What scripts printed, the last 64 KiB of it.
    """

    def __init__(self, mark: str) -> None:
        self._mark = mark.encode()
        self._rest = bytearray()
        self._pieces: dict[str, dict[int, bytes]] = {}
        self.console = ""

    def forget_partial_line(self) -> None:
        """A reply was lost: what is left of a line belongs to nothing any more."""
        self._rest.clear()

    def feed(self, data: bytes) -> list[Event]:
        """Take output, give the events in it."""
        self._rest += data
        events: list[Event] = []
        *lines, rest = self._rest.split(b"\n")
        self._rest = bytearray(rest[-_MAX_ANSWER:])
        for line in lines:
            at = line.find(self._mark)
            if at > 0:
                self._print(line[:at])
            if at < 0:
                self._print(line)
                continue
            words = line[at + len(self._mark) :].decode("ascii", "replace").split()
            event = self._event(words)
            if event is not None:
                events.append(event)
        return events

    def _print(self, line: bytes | bytearray) -> None:
        text = line.decode("utf-8", "replace").rstrip("\r").lstrip("\ufeff")
        if text.strip():
            self.console = (self.console + text + "\n")[-_MAX_CONSOLE:]

    def _event(self, words: list[str]) -> Event | None:
        match words:
            case ["READY", version, pid, ps_version] if pid.isdigit():
                return Ready(version, int(pid), ps_version)
            case ["F", request_id, sequence, text] if sequence.isdigit():
                self._keep(request_id, int(sequence), text)
            case ["E", request_id, pieces, size] if pieces.isdigit() and size.isdigit():
                return self._end(request_id, int(pieces), int(size))
            case ["M", request_id, sha256]:
                return Missing(request_id, sha256)
            case ["U", request_id]:
                return Unseen(request_id)
        return None

    def _keep(self, request_id: str, sequence: int, text: str) -> None:
        pieces = self._pieces.setdefault(request_id, {})
        try:
            pieces[sequence] = base64.b64decode(text, validate=True)
        except binascii.Error:
            pieces.pop(sequence, None)
        if sum(map(len, pieces.values())) > _MAX_ANSWER:
            self._pieces[request_id] = {}

    def _end(self, request_id: str, count: int, size: int) -> Event:
        pieces = self._pieces.pop(request_id, {})
        payload = b"".join(pieces.get(index, b"") for index in range(count)) if count <= len(pieces) else b""
        if len(pieces) != count or len(payload) != size:
            return Damaged(request_id)
        return Answer(request_id, payload)
