"""Processes of the demo: the twin, the controller, the persons; each the installed command, each really killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

COMMAND = (sys.executable, "-m", "exmigrate")


class DemoFailed(Exception):
    """The demo did not reach what it shows."""


def environment(file: Path) -> dict[str, str]:
    """The environment with the variables that the twin made up."""
    found = dict(os.environ)
    for line in file.read_text(encoding="utf-8").splitlines() if file.is_file() else []:
        name, _, value = line.removeprefix("export ").partition("=")
        found[name] = value.strip("'")
    return found


def wait_for(
    what: str, ready: Callable[[], bool], process: subprocess.Popen[str], seconds: float = 120
) -> None:
    """Wait until something is there; fails when the process ended or time is up."""
    deadline = time.monotonic() + seconds
    while not ready():
        if process.poll() is not None:
            raise DemoFailed(f"{what}: the process ended with exit code {process.returncode}")
        if time.monotonic() > deadline:
            raise DemoFailed(f"{what}: not there after {seconds:.0f} s")
        time.sleep(0.25)


def run(arguments: list[str], env: Mapping[str, str], log: Path) -> subprocess.CompletedProcess[str]:
    """Run the command to its end; what it says goes to a log as well."""
    done = subprocess.run([*COMMAND, *arguments], env=dict(env), capture_output=True, text=True, check=False)
    with log.open("a", encoding="utf-8") as out:
        out.write(f"$ exmigrate {' '.join(arguments)}\n{done.stdout}{done.stderr}")
    return done


def start(arguments: list[str], env: Mapping[str, str], log: Path) -> subprocess.Popen[str]:
    """Start the command in a process group of its own; what it says goes to a log."""
    with log.open("a", encoding="utf-8") as out:
        out.write(f"$ exmigrate {' '.join(arguments)}\n")
        out.flush()
        return subprocess.Popen(
            [*COMMAND, *arguments], env=dict(env), stdout=out, stderr=out, text=True, start_new_session=True
        )


def kill(process: subprocess.Popen[str]) -> None:
    """SIGKILL: no handler runs, nothing is flushed."""
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def end(process: subprocess.Popen[str]) -> None:
    """Ask a process to end, and see that it does."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            kill(process)
