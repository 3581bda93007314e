"""What one run of Setup works with, and how it speaks: screen and ExchangeSetup.log."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from exmigrate import facts
from exmigrate.twin.powershell.packs import NativeCall
from exmigrate.twin.world.accounts import Token
from exmigrate.twin.world.setup.switches import SetupOptions

if TYPE_CHECKING:
    from exmigrate.twin.world.forest import DomainController
    from exmigrate.twin.world.machine import ProcessMachine
    from exmigrate.twin.world.server import Server
    from exmigrate.twin.world.world import World

LOG = r"C:\ExchangeSetupLogs\ExchangeSetup.log"


class SetupDied(Exception):
    """The process ends in the middle: killed, or by a fault."""


class SetupFailed(Exception):
    """Setup gives up with a message; exit code 1."""


@dataclass
class SetupContext:
    """One run of Setup.

    Attributes:
        level: level of the media it was started from.
        folder: folder of setup.com.
        controller: the domain controller it works with, None on an Edge server.
    """

    call: NativeCall
    machine: ProcessMachine
    level: facts.ExchangeLevel
    folder: str
    options: SetupOptions = field(default_factory=SetupOptions)
    controller: DomainController | None = None
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def world(self) -> World:
        """The organization."""
        return self.machine.world

    @property
    def server(self) -> Server:
        """The machine Setup runs on."""
        return self.machine.server

    @property
    def token(self) -> Token:
        """Who runs it."""
        return self.machine.token

    def log(self, text: str, level: int = 0) -> None:
        """A line of ExchangeSetup.log."""
        stamp = self.server.now().strftime("%m/%d/%Y %H:%M:%S.%f")[:-2]
        self.server.files.text(LOG, f"[{stamp}] [{level}] {text}\n", append=True)

    def say(self, text: str) -> None:
        """A line on the screen."""
        self.call.out(text)

    def item(self, title: str, result: str) -> None:
        """A line of the progress table."""
        self.say(f"    {title.ljust(60)} ......................... {result}")

    def work(self, minutes: float, what: str) -> None:
        """Let a stage take its time.

        Raises:
            SetupDied: the process was ended meanwhile.
        """
        self.log(f"Executing: {what}", 1)
        seconds = self.world.duration(minutes)
        # in slices, so that whoever looks meanwhile sees the log grow
        for _ in range(4):
            if not self.world.clock.sleep(seconds / 4, self.machine.process.cancelled):
                raise SetupDied(what)
            self.world.clock.tick()
            if self.machine.process.cancelled.is_set():
                raise SetupDied(what)

    def occasion(self, stage: str) -> None:
        """A point at which a fault may strike.

        Raises:
            SetupDied: fault ``setup-dies`` or ``server-dies-in-setup``.
            SetupFailed: fault ``setup-fails``.
        """
        target = f"{self.server.name}/{stage}"
        if self.world.faults.strikes("setup-dies", target):
            raise SetupDied(stage)
        if self.world.faults.strikes("server-dies-in-setup", target):
            self.server.restart()
            raise SetupDied(stage)
        failed = self.world.faults.strikes("setup-fails", target)
        if failed is not None:
            raise SetupFailed(str(failed.options.get("message", "The operation failed unexpectedly.")))
