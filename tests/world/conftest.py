"""Worlds and programs for the tests of the world."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from exmigrate.twin.world.processes import BufferStreams, RunningProcess
from exmigrate.twin.world.setup import run_setup
from exmigrate.twin.world.world import World
from tests.world.specs import contoso


@dataclass
class Call:
    """A native program's call, outside of any interpreter."""

    name: str
    args: list[str]
    machine: Any
    directory: str = "C:\\"
    stdin: list[str] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)
    session: Any = None
    lines: list[str] = field(default_factory=list)

    def out(self, line: str) -> None:
        self.lines.append(line)

    def err(self, line: str) -> None:
        self.lines.append(line)

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


@dataclass
class Done:
    """How a program ended."""

    code: int
    text: str


@pytest.fixture
def world() -> World:
    """The small organization, its clock standing still."""
    return World(contoso())


@pytest.fixture
def setup() -> Callable[..., Done]:
    """Run Setup on a server as an account logged on for a batch job: ``setup(world, server, *switches)``."""

    def run(
        world: World,
        server: str,
        *arguments: str,
        media: str = r"D:\media\e14sp3",
        account: str = r"CONTOSO\exadmin",
        password: str = "Passw0rd!",
    ) -> Done:
        machine_server = world.server(server)
        assert machine_server is not None
        token = world.accounts.logon(machine_server, account, password, "batch")
        process: RunningProcess = machine_server.processes.register(
            "setup", media + r"\setup.com", arguments, token
        )
        machine = world.machine(machine_server, token, process)
        call = Call(media + r"\setup.com", list(arguments), machine)
        code = run_setup(call)  # type: ignore[arg-type]
        machine_server.processes.finish(process, code)
        return Done(code, call.text)

    return run


@pytest.fixture
def streams() -> BufferStreams:
    """Streams in memory."""
    return BufferStreams()
