"""The installed command as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.acceptance.twin import Rehearsal

Ran = subprocess.CompletedProcess[str]


@pytest.fixture
def exmigrate(tmp_path: Path) -> Callable[..., Ran]:
    """Runs the command in an empty folder; standard input is closed."""

    def run(*arguments: object, env: dict[str, str] | None = None, cwd: Path | None = None) -> Ran:
        surroundings = {k: v for k, v in os.environ.items() if not k.startswith("EXMIGRATE")} | {
            "NO_COLOR": "1"
        }
        return subprocess.run(
            [sys.executable, "-W", "error", "-m", "exmigrate", *(str(a) for a in arguments)],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            cwd=cwd or tmp_path,
            env=surroundings | (env or {}),
            check=False,
            timeout=120,
        )

    return run


@pytest.fixture
def rehearsal(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Rehearsal]:
    """The module's `PLAN` with its organization simulated at the module's `SPEED`."""
    found = Rehearsal(tmp_path, request.module.PLAN, request.module.SPEED)
    yield found
    found.close()
