"""A controller in a process of its own, over servers that live in the test's process; it can be killed at any call."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.connection import Client, Connection
from pathlib import Path
from threading import RLock
from typing import Any

from exmigrate.journal import SQLiteJournal
from exmigrate.remote import ConnectionSettings, RebootPolicy, RemoteCredential
from exmigrate.runner import Options, run
from tests.engine.interpreter import START
from tests.runner.conftest import FastAmbient


@dataclass
class FarSessions:
    pipe: Connection
    lock: RLock

    def open(self, connection: ConnectionSettings, credential: RemoteCredential) -> Any:
        return FarSession(self, connection.server)

    def ask(self, host: str, method: str, arguments: Sequence[Any]) -> Any:
        with self.lock:
            self.pipe.send((host, method, tuple(arguments)))
            good, value = self.pipe.recv()
        if good:
            return value
        raise value


@dataclass
class FarSession:
    sessions: FarSessions
    host: str

    def __getattr__(self, method: str) -> Any:
        return lambda *arguments: self.sessions.ask(self.host, method, arguments)

    def reboot(self, boot_before: str, policy: RebootPolicy = RebootPolicy()) -> Any:
        return self.sessions.ask(self.host, "reboot", (boot_before,))


def main(address: str, journal: str, change: str, life: str) -> int:
    ambient = FastAmbient(START + timedelta(days=int(life)))
    with Client(address) as pipe:
        outcome = run(
            SQLiteJournal(Path(journal)),
            FarSessions(pipe, RLock()),
            Options(),
            change_bytes=Path(change).read_bytes(),
            ambient=ambient,
        )
    return outcome.exit_code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
