"""A clock that a test owns, and a run over servers in memory."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from exmigrate.change import to_bytes
from exmigrate.engine import Request
from exmigrate.journal import MemoryJournal
from exmigrate.model import Change
from exmigrate.runner import Options, RunOutcome, ask, run
from tests.engine.interpreter import START, World
from tests.runner.fake import Servers


@dataclass
class FastAmbient:
    """Each look at the clock moves it by a second: nothing ever sleeps for long."""

    at: datetime = START
    environ: dict[str, str] = field(default_factory=lambda: {"PW": "s3cret-pass"})
    count: int = 0
    speed: float = 100_000.0

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def hasten(self, until: datetime) -> None:
        """Nobody moves this clock but those who look at it."""

    def monotonic(self) -> float:
        import time

        return time.monotonic() * 1000

    def token(self) -> str:
        self.count += 1
        return f"{self.count:032x}"

    def environment(self, name: str) -> str | None:
        return self.environ.get(name)


@dataclass
class Stage:
    """One organization in memory and the journal of its run."""

    change: Change
    world: World
    servers: Servers
    journal: MemoryJournal
    ambient: FastAmbient

    @property
    def bytes(self) -> bytes:
        return to_bytes(self.change)

    def run(self, **options: Any) -> RunOutcome:
        return run(
            self.journal,
            self.servers,
            Options(**options),
            change_bytes=self.bytes,
            ambient=self.ambient,
        )

    def ask(self, kind: str, step: str, **other: Any) -> int:
        return ask(self.journal, Request(kind, step, "Ann", **other))

    def types(self, step: str = "") -> list[str]:
        return [e.type for e in self.journal.events() if not step or getattr(e, "step", "") == step]


def connection(**other: Any) -> Mapping[str, Any]:
    return {
        "address": "",
        "fqdn": "",
        "transport": "ntlm",
        "scheme": "http",
        "port": 0,
        "verify": "system",
        "credential": {"name": "a", "username": "C\\adm", "password": "env:PW", "certificate": "", "key": ""},
        "run_as": None,
        "run_root": "C:\\exm",
        **other,
    }


@pytest.fixture
def stage() -> Any:
    def make(change: Change) -> Stage:
        hosts = sorted({s.host for s in change.steps if s.host})
        change = replace(change, connections={h: connection() for h in hosts})
        world = World.of(change)
        return Stage(
            change,
            world,
            Servers(change, world),
            MemoryJournal(),
            FastAmbient(datetime(2011, 3, 5, tzinfo=UTC)),
        )

    return make
