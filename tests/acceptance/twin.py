"""A twin, a controller and the persons as processes, for acceptance tests; each can be killed."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from exmigrate.journal import open_journal
from exmigrate.model import ExmigrateError
from exmigrate.rehearse.door import Door

PLANS = Path(__file__).resolve().parents[2] / "plans"
COMMAND = (sys.executable, "-m", "exmigrate")


class Rehearsal:
    """A plan in a folder of its own, its organization simulated, its run in a journal there."""

    def __init__(self, folder: Path, plan: str, speed: int) -> None:
        self.folder = folder / "plan"
        shutil.copytree(PLANS / plan, self.folder)
        self.plan = self.folder / "plan.yaml"
        self.change = self.folder / "x.change"
        self.endpoints = folder / "twin.json"
        self.journal = folder / "run.db"
        self._processes: list[subprocess.Popen[str]] = []
        clean = {k: v for k, v in os.environ.items() if not k.startswith("EXMIGRATE")}
        self._env = clean
        serve = [
            "twin",
            "serve",
            "--plan",
            str(self.plan),
            "--endpoints",
            str(self.endpoints),
            "--speed",
            str(speed),
        ]
        twin = self.start(*serve)
        self.wait(lambda: self.endpoints.with_suffix(".door").exists(), twin)
        self._env = clean | self._made_up()

    def _made_up(self) -> dict[str, str]:
        lines = self.endpoints.with_suffix(".env").read_text().splitlines()
        pairs = (line.removeprefix("export ").partition("=") for line in lines)
        return {name: value.strip("'") for name, _, value in pairs}

    def secret(self, variable: str) -> str:
        """A password or key that the twin made up, by the environment variable that the plan names."""
        return self._made_up()[variable]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the command; what it says is thrown away."""
        process = subprocess.Popen(
            [*COMMAND, *arguments],
            env=self._env,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            text=True,
            start_new_session=True,
        )
        self._processes.append(process)
        return process

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the command to its end."""
        return subprocess.run(
            [*COMMAND, *arguments], env=self._env, capture_output=True, text=True, check=False, timeout=300
        )

    def preview(self) -> dict[str, Any]:
        """The steps by id after `plan` has asked the servers and written the change; none unknown, none blocked."""
        planned = self.run("plan", str(self.plan), "--endpoints", str(self.endpoints), "-o", str(self.change))
        assert planned.returncode == 0, planned.stderr
        steps = {s["id"]: s for s in json.loads(self.change.read_bytes())["steps"]}
        assert [s["id"] for s in steps.values() if s["state"] in ("unknown", "blocked")] == []
        return steps

    def to_the_end(self, *killed_in: str) -> None:
        """`apply` to the end of the run, killed once while a step that begins so is under way, for each of them."""
        for step in killed_in:
            controller = self.apply()
            self.wait(lambda step=step: self.under_way(step), controller)  # type: ignore[misc]
            self.kill(controller)
        controller = self.apply()
        controller.wait(300)
        assert controller.returncode == 0, self.status()

    def apply(self) -> subprocess.Popen[str]:
        """Start `apply`, which stays at gates."""
        return self.start("apply", str(self.change), *self._where(), "--wait")

    def persons(self) -> subprocess.Popen[str]:
        """Start the persons, who go on until the run has ended."""
        return self.start("twin", "persons", str(self.plan), *self._where(), "--follow")

    def status(self) -> dict[str, Any]:
        """What `status` says."""
        found: dict[str, Any] = json.loads(
            self.run("status", str(self.change), *self._where(), "--json").stdout
        )
        return found

    def _where(self) -> tuple[str, ...]:
        return ("--endpoints", str(self.endpoints), "--state", str(self.journal))

    def under_way(self, step: str) -> bool:
        """Whether the newest of the steps that begin so was submitted, or has moved members, and has not ended."""
        last = [e["type"] for e in self.events() if str(e.get("step", "")).startswith(step)]
        return bool(last) and last[-1] in ("submitted", "members-settled", "pending-seen")

    def events(self) -> list[dict[str, Any]]:
        """The journal's events so far; none before it has begun."""
        if not self.journal.exists():
            return []
        try:
            journal = open_journal(self.journal)
        except ExmigrateError:
            return []
        try:
            return [event.to_json() for event in journal.events()]
        except ExmigrateError:
            return []
        finally:
            journal.close()

    def world(self) -> dict[str, Any]:
        """The simulated organization's own state."""
        return dict(Door(self.endpoints).state())

    def wait(self, ready: Callable[[], bool], process: subprocess.Popen[str], seconds: float = 240) -> None:
        """Wait until something is seen; fails when the process ended before, or time is up."""
        deadline = time.monotonic() + seconds
        while not ready():
            assert process.poll() is None, f"{process.args} ended with {process.returncode}"
            assert time.monotonic() < deadline, "it was not seen in time"
            time.sleep(0.05)

    def kill(self, process: subprocess.Popen[str]) -> None:
        """SIGKILL."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def close(self) -> None:
        """End everything."""
        for process in reversed(self._processes):
            if process.poll() is None:
                self.kill(process)
