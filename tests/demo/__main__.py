"""`make demo`: a whole transition of two sites on a simulated organization, killed twice and resumed.

Everything is the real thing: the installed command, WinRM over sockets, a journal on disk, SIGKILL.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from exmigrate.journal import Follower, SQLiteJournal, has_run, open_journal
from exmigrate.model import ExmigrateError
from tests.demo.actors import DemoFailed, end, environment, kill, run, start, wait_for
from tests.demo.proof import prove

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / ".demo"
PLAN = FOLDER / "plan" / "plan.yaml"
ENDPOINTS = FOLDER / "twin.json"
CHANGE = PLAN.parent / "two-site.change"
STATE = FOLDER / "run.db"
LOG = FOLDER / "log.txt"
SPEED = "6000"


class Teller:
    """Says what happens, with the seconds since the start."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def __call__(self, text: str) -> None:
        sys.stdout.write(f"[{time.monotonic() - self._start:5.1f} s] {text}\n")
        sys.stdout.flush()


def main() -> int:
    """Run the demo; 0 when everything it shows was seen."""
    tell = Teller()
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir(mode=0o700)
    shutil.copytree(ROOT / "plans" / "two-site-2007-2010", PLAN.parent)
    twin = start(
        ["twin", "serve", "--plan", str(PLAN), "--endpoints", str(ENDPOINTS), "--speed", SPEED],
        environment(Path()),
        LOG,
    )
    try:
        wait_for("the twin", lambda: ENDPOINTS.with_suffix(".door").exists(), twin)
        _transition(twin, tell)
    except (DemoFailed, AssertionError, ExmigrateError) as fault:
        tell(f"FAILED: {fault}")
        tell(f"everything that was said is in {LOG.relative_to(ROOT)}")
        return 1
    finally:
        end(twin)
    tell("done. The journal, the change and the log are in .demo/")
    return 0


def _transition(twin: subprocess.Popen[str], tell: Teller) -> None:
    env = environment(ENDPOINTS.with_suffix(".env"))
    tell("the organization of plans/two-site-2007-2010 is up, simulated, behind real WinRM endpoints")
    _preview(env, tell)
    persons = start(
        ["twin", "persons", str(PLAN), "--endpoints", str(ENDPOINTS), "--state", str(STATE), "--follow"],
        env,
        LOG,
    )
    watcher = Watcher()
    try:
        _killed(env, tell, "in the middle of a Setup", watcher.setup_running)
        _killed(env, tell, "in the middle of a mailbox batch", watcher.batch_moving)
        _to_the_end(env, tell)
    finally:
        watcher.close()
        end(persons)
    prove(ENDPOINTS, env, tell)


def _preview(env: Mapping[str, str], tell: Teller) -> None:
    asked = run(["plan", str(PLAN), "--endpoints", str(ENDPOINTS), "-o", str(CHANGE)], env, LOG)
    if asked.returncode:
        raise DemoFailed(f"plan ended with {asked.returncode}: {asked.stderr[-600:]}")
    lines = asked.stdout.splitlines()
    for line in lines[: next((n for n, text in enumerate(lines) if text.startswith("steps")), 0)]:
        tell("  " + line)
    tell("previewed: every server was asked, nothing was changed")


def _apply(env: Mapping[str, str]) -> subprocess.Popen[str]:
    return start(
        ["apply", str(CHANGE), "--endpoints", str(ENDPOINTS), "--state", str(STATE), "--wait"], env, LOG
    )


def _killed(env: Mapping[str, str], tell: Teller, where: str, seen: Callable[[], list[str]]) -> None:
    process = _apply(env)
    found: list[str] = []

    def ready() -> bool:
        found[:] = seen()
        return bool(found)

    wait_for(f"a moment {where}", ready, process, 240)
    kill(process)
    tell(f"SIGKILL {where} ({found[0]}); the same command again")


class Watcher:
    """Reads along in the journal of a run that another process drives."""

    def __init__(self) -> None:
        self._journal: SQLiteJournal | None = None
        self._follower: Follower | None = None
        self._setups: dict[str, bool] = {}
        self._moved: dict[str, int] = {}
        self._ended: set[str] = set()

    def _read(self) -> None:
        if self._follower is None:
            if not has_run(STATE):
                return
            self._journal = open_journal(STATE)
            self._follower = Follower(self._journal)
        for event in self._follower.fresh():
            self._note(event.to_json())

    def _note(self, event: dict[str, Any]) -> None:
        step = str(event.get("step") or "")
        if step.startswith("install-cas@"):
            self._setups[step] = event["type"] == "submitted"
        if step.startswith("move-mailboxes@batch:") and "pilot" not in step:
            if event["type"] == "members-settled":
                self._moved[step] = self._moved.get(step, 0) + len(event["members"])
            if event["type"] == "step-done":
                self._ended.add(step)

    def setup_running(self) -> list[str]:
        """A Setup of Exchange 2010 that was started and has not ended."""
        self._read()
        return [step for step, busy in self._setups.items() if busy]

    def batch_moving(self) -> list[str]:
        """A batch of which some mailboxes have moved and others have not."""
        self._read()
        return [f"{step}, {n} moved" for step, n in self._moved.items() if step not in self._ended]

    def close(self) -> None:
        """Let the journal go."""
        if self._journal is not None:
            self._journal.close()


def _to_the_end(env: Mapping[str, str], tell: Teller) -> None:
    process = _apply(env)
    last = 0.0
    while process.poll() is None:
        time.sleep(0.2)
        if time.monotonic() - last > 15:
            last = time.monotonic()
            status = run(
                ["status", str(CHANGE), "--state", str(STATE), "--endpoints", str(ENDPOINTS)], env, LOG
            )
            tell("  " + (status.stdout.splitlines() or ["no status"])[0])
    if process.returncode:
        status = run(["status", str(CHANGE), "--state", str(STATE), "--endpoints", str(ENDPOINTS)], env, LOG)
        raise DemoFailed(f"apply ended with {process.returncode}\n{status.stdout}")
    tell("the run has reached its end")


if __name__ == "__main__":
    raise SystemExit(main())
