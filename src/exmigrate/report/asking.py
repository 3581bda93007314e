"""Servers that are being asked, on one line of a terminal."""

from __future__ import annotations

from threading import Lock

from rich.console import Console
from rich.live import Live
from rich.text import Text

from .words import count

_NAMED = 4


class AskingLine:
    """A line that is redrawn while servers are asked: how many questions are answered, and who has not answered yet."""

    def __init__(self, console: Console) -> None:
        self._live = Live(console=console, refresh_per_second=4, transient=True)
        self._lock = Lock()
        self._open: dict[str, int] = {}
        self._answered = 0

    def begins(self, host: str, questions: int) -> None:
        """A server is asked."""
        with self._lock:
            self._open[host] = questions
            self._live.update(self._line())
            self._live.start()

    def ended(self, host: str) -> None:
        """It has answered, or has not."""
        with self._lock:
            self._answered += self._open.pop(host, 0)
            self._live.update(self._line())
            if not self._open:
                self._live.stop()

    def _line(self) -> Text:
        return Text(asking_line(self._answered, list(self._open)), "dim")


def asking_line(answered: int, waits_for: list[str]) -> str:
    """What the line says; the servers that were asked first stand first."""
    done = f"{count(answered, 'question')} answered"
    if not waits_for:
        return done
    more = f" and {len(waits_for) - _NAMED} more" if len(waits_for) > _NAMED else ""
    return f"{done}, waits for {', '.join(waits_for[:_NAMED])}{more}"
