"""Standard streams that lead to files, to each other, or to nowhere."""

from __future__ import annotations

from collections.abc import Callable

from exmigrate.twin.world.machine import ProcessMachine
from exmigrate.twin.world.processes import Streams

from .syntax import NotSimulated, Redirection

Sink = Callable[[bytes], None]


class Redirected:
    """The streams of one command: where they lead, on those of the process.

    Args:
        base: The process's own.
        text: Standard input, or None for the process's.
        out: Takes standard output instead.
    """

    def __init__(self, base: Streams, text: str | None = None, out: Sink | None = None) -> None:
        self.encoding = getattr(base, "encoding", "utf-8")
        self._base = base
        self._sinks: dict[int, Sink] = {1: out or base.out, 2: base.err}
        self._lines: list[str] | None = None
        if text is not None:
            self._feed(text)

    def _feed(self, text: str) -> None:
        self._lines = text.splitlines(keepends=True)[::-1]

    def read_line(self) -> str | None:
        """One line of standard input without its end; None at the end."""
        if self._lines is None:
            return self._base.read_line()
        return self._lines.pop().rstrip("\r\n") if self._lines else None

    def read_all(self) -> str:
        """All that is left of standard input."""
        if self._lines is None:
            return self._base.read_all()
        text = "".join(reversed(self._lines))
        self._lines.clear()
        return text

    def out(self, data: bytes) -> None:
        """Write to standard output."""
        self._sinks[1](data)

    def err(self, data: bytes) -> None:
        """Write to standard error."""
        self._sinks[2](data)

    def redirect(self, redirection: Redirection, machine: ProcessMachine, path: str) -> None:
        """Lead one stream elsewhere.

        Args:
            redirection: As the line has it.
            machine: Whose files.
            path: The target's full path.

        Raises:
            MachineError: the file cannot be read or written.
            NotSimulated: a stream of another number.
        """
        stream, target = redirection.stream, redirection.target
        if stream not in (0, 1, 2) or (target.startswith("&") and target not in ("&1", "&2")):
            raise NotSimulated(f"the redirection {stream}{redirection.operator}{target}")
        if redirection.operator == "<":
            self._feed(
                "" if _is_nowhere(target) else machine.files.read(path).decode(self.encoding, "replace")
            )
        elif target.startswith("&"):
            self._sinks[stream] = self._sinks[int(target[1])]
        elif _is_nowhere(target):
            self._sinks[stream] = lambda data: None
        else:
            if redirection.operator == ">":
                machine.files.write(path, b"")
            else:
                machine.files.append(path, b"")
            self._sinks[stream] = lambda data: machine.files.append(path, data)


def _is_nowhere(target: str) -> bool:
    return target.lower() in ("nul", "nul:")
