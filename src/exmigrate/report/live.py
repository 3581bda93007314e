"""Live progress: a redrawn panel on a terminal, one plain line an event without one."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, TextIO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from .moments import ALARMS, TOLD, text
from .words import count, duration

if TYPE_CHECKING:
    from exmigrate.engine import Event, Finish, RunState
    from exmigrate.runner import Snapshot


class PlainProgress:
    """One line for each event that a reader cares about; for logs and pipes."""

    wants_snapshots = False

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def event(self, event: Event, state: RunState) -> None:
        """Print a line for it."""
        if event.type in TOLD:
            self._stream.write(f"{event.at:%Y-%m-%d %H:%M:%S} {text(event.to_json())}\n")
            self._stream.flush()

    def snapshot(self, snapshot: Snapshot) -> None:
        """Nothing: events tell it."""

    def finished(self, finish: Finish) -> None:
        """Nothing: whoever ran it says how it ended."""


class LiveProgress:
    """A panel that is redrawn: percent, finish, what runs where, what waits for what."""

    wants_snapshots = True

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, refresh_per_second=4, transient=True)

    def __enter__(self) -> LiveProgress:
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._live.stop()

    def event(self, event: Event, state: RunState) -> None:
        """What an operator has to see is printed above the panel, so that it stays."""
        if event.type in ALARMS:
            self._console.print(Text(f"{event.at:%a %H:%M} {text(event.to_json())}", "bold red"))

    def snapshot(self, snapshot: Snapshot) -> None:
        """Redraw."""
        self._live.update(panel(snapshot))

    def finished(self, finish: Finish) -> None:
        """The panel makes room for the last line."""
        self._live.update(Text(""))


def panel(snapshot: Snapshot) -> RenderableType:
    """One moment of a run for a terminal."""
    blocks: list[RenderableType] = [_headline(snapshot)]
    if snapshot.running:
        blocks.append(_running(snapshot))
    if snapshot.waiting:
        blocks.append(_waiting(snapshot))
    if snapshot.persons:
        blocks.append(_named("waits for a person", snapshot.persons, "magenta"))
    if snapshot.stuck:
        blocks.append(_stuck(snapshot))
    return Group(*blocks)


def _headline(snapshot: Snapshot) -> RenderableType:
    table = Table.grid(padding=(0, 1))
    done = snapshot.counts.get("done", 0) + snapshot.counts.get("skipped", 0)
    total = sum(snapshot.counts.values())
    finish = f"about {_moment(snapshot.finish, snapshot.now)}" if snapshot.finish else "nothing left"
    table.add_row(
        ProgressBar(total=100, completed=snapshot.percent, width=30),
        Text(f"{snapshot.percent} %", "bold"),
        Text(f"{done} of {count(total, 'step')}"),
        Text(f"{snapshot.now:%a %Y-%m-%d %H:%M} UTC, finish {finish}", "dim"),
    )
    return table


def _moment(finish: datetime, now: datetime) -> str:
    left = duration(max(0, int((finish - now).total_seconds())))
    return f"{finish:%a %H:%M} (in {left} of work)"


def _running(snapshot: Snapshot) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    for item in snapshot.running:
        since = duration(int((snapshot.now - item.since).total_seconds())) if item.since else ""
        table.add_row(
            Text(item.host, "cyan"), item.step, item.doing, Text(_note(item.note), "dim"), Text(since, "dim")
        )
    return table


def _note(note: object) -> str:
    if not isinstance(note, dict):
        return ""
    done, total = note.get("done"), note.get("total")
    share = f"{done}/{total} " if total else ""
    return share + str(note.get("message") or "")[:80]


def _waiting(snapshot: Snapshot) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    for step, why in list(snapshot.waiting.items())[:8]:
        table.add_row(Text("waits", "dim"), Text(step), Text(why, "dim"))
    more = len(snapshot.waiting) - 8
    if more > 0:
        table.add_row(Text("waits", "dim"), Text(f"and {more} more", "dim"), Text(""))
    return table


def _named(title: str, steps: tuple[str, ...], style: str) -> RenderableType:
    return Text.assemble((f"{title}: ", style), ", ".join(steps[:6]) + (" …" if len(steps) > 6 else ""))


def _stuck(snapshot: Snapshot) -> RenderableType:
    table = Table.grid(padding=(0, 2))
    for step, message in snapshot.stuck.items():
        table.add_row(Text("stopped", "bold red"), Text(step), Text(message[:160]))
    return table
