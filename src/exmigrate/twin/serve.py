"""A twin: a simulated organization behind real WinRM endpoints on loopback, and how to serve one."""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from exmigrate.twin.admin import AdminDoor
from exmigrate.twin.console import packs_of, run_powershell
from exmigrate.twin.programs import TwinRuntime
from exmigrate.twin.world.clock import parse_epoch
from exmigrate.twin.world.exchange.side import ExchangeSide
from exmigrate.twin.world.spec import WorldSpec
from exmigrate.twin.world.state import state_of
from exmigrate.twin.world.world import World
from exmigrate.twin.wsman import Endpoint, Faults, Organization

PASS_TIME = "pass-time"
"""The one action at the door that no person does: everybody waits, let it be later."""


def build_world(spec: WorldSpec, speed: float = 0.0) -> World:
    """A whole world with Exchange and PowerShell, without sockets.

    Args:
        spec: what is there at the start.
        speed: organization seconds per wall second; 0 stands still until somebody sleeps or advances it.
    """
    return World(spec, speed=speed, hooks=ExchangeSide(), runtime=TwinRuntime(run_powershell, packs_of))


class Twin:
    """A simulated organization that can be started.

    Args:
        spec: what is there at the start.

    Attributes:
        world: its state, once started.
        wire: its WinRM endpoints, once started.
    """

    def __init__(self, spec: WorldSpec) -> None:
        self.spec = spec
        self.world: World
        self.wire: Organization
        self._speed = 1.0
        self._origin = 0.0
        self._endpoints: Path | None = None

    def start(self, speed: float = 1.0, faults: Faults | None = None) -> Mapping[str, Endpoint]:
        """Build the world and listen on loopback.

        Args:
            speed: organization seconds per wall second.
            faults: what goes wrong on the wire.

        Returns:
            Where each machine listens, by its name.
        """
        self._speed, self._origin = speed, time.time()
        self.world = build_world(self.spec, speed)
        self.wire = Organization(self.world, faults)
        return self.wire.endpoints

    def write_endpoints(self, path: Path) -> None:
        """Write the endpoints file, and the authority's certificate beside it; both private to the owner."""
        self._endpoints = path
        self.wire.write_endpoints(path, epoch=self.spec.epoch, origin=self._origin, speed=self._speed)

    def state(self) -> dict[str, Any]:
        """The whole world's state as plain JSON values."""
        return state_of(self.world)

    def act(self, action: str, arguments: Mapping[str, Any]) -> Any:
        """What a person does outside of PowerShell, by its name.

        Raises:
            PersonError: no such action, or it cannot be done.
        """
        if action == PASS_TIME:
            return self._pass_time(str(arguments["until"]))
        with self.world.lock:
            return self.world.exchange.people.act(action, arguments)

    def _pass_time(self, until: str) -> str:
        """Go on to an organization time at once. Not under the world's lock: whoever wakes up needs it."""
        self.world.clock.pass_until(parse_epoch(until))
        now = self.world.clock.now()
        if self._endpoints is not None:
            self.wire.write_endpoints(
                self._endpoints, epoch=now.isoformat(), origin=time.time(), speed=self._speed
            )
        return now.isoformat()

    def stop(self) -> None:
        """Stop listening and end all processes."""
        for server in self.world.servers.values():
            server.processes.kill_all()
        self.wire.close()

    def __enter__(self) -> Twin:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def serve(
    spec: WorldSpec,
    endpoints: Path,
    speed: float = 1.0,
    ready: Callable[[Twin], None] | None = None,
    stop: threading.Event | None = None,
) -> None:
    """Serve a twin until Ctrl-C, SIGTERM or ``stop``.

    Args:
        spec: the organization.
        endpoints: the endpoints file to write; it is removed at the end.
        speed: organization seconds per wall second.
        ready: called once when everything listens.
        stop: set from elsewhere to end.
    """
    ended = stop or threading.Event()
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: ended.set())
    twin = Twin(spec)
    twin.start(speed)
    door = AdminDoor(twin.act, twin.state)
    try:
        twin.write_endpoints(endpoints)
        door.write(endpoints.with_suffix(".door"))
        if ready is not None:
            ready(twin)
        while not ended.wait(0.2):
            pass
    finally:
        door.close()
        for path in (endpoints, endpoints.with_suffix(".pem"), endpoints.with_suffix(".door")):
            with contextlib.suppress(FileNotFoundError):
                path.unlink()
        twin.stop()
