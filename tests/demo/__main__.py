"""`make demo`: a whole transition of two sites on a simulated organization, killed twice and resumed.

Everything is the real thing: the installed command, WinRM over sockets, a journal on disk, SIGKILL.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from exmigrate.journal import open_journal
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
SPEED = "2000"


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
    try:
        _killed(env, tell, "in the middle of a Setup", _setup_running)
        _killed(env, tell, "in the middle of a mailbox batch", _batch_moving)
        _to_the_end(env, tell)
    finally:
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


def _killed(env: Mapping[str, str], tell: Teller, where: str, seen: object) -> None:
    assert callable(seen)
    process = _apply(env)
    found: list[str] = []

    def ready() -> bool:
        found[:] = seen()
        return bool(found)

    wait_for(f"a moment {where}", ready, process, 240)
    kill(process)
    tell(f"SIGKILL {where} ({found[0]}); the same command again")


def _events() -> list[dict[str, object]]:
    if not STATE.exists():
        return []
    try:
        journal = open_journal(STATE)
    except ExmigrateError:
        return []
    try:
        return [event.to_json() for event in journal.events()]
    except ExmigrateError:
        return []
    finally:
        journal.close()


def _setup_running() -> list[str]:
    """A Setup of Exchange 2010 that was started and has not ended."""
    running: dict[str, bool] = {}
    for event in _events():
        step = str(event.get("step") or "")
        if step.startswith("install-cas@"):
            running[step] = event["type"] == "submitted"
    return [step for step, busy in running.items() if busy]


def _batch_moving() -> list[str]:
    """A batch of which some mailboxes have moved and others have not."""
    done: dict[str, int] = {}
    ended: set[str] = set()
    for event in _events():
        step = str(event.get("step") or "")
        if step.startswith("move-mailboxes@batch:") and "pilot" not in step:
            if event["type"] == "members-settled":
                done[step] = done.get(step, 0) + len(event["members"])  # type: ignore[arg-type]
            if event["type"] == "step-done":
                ended.add(step)
    return [f"{step}, {n} moved" for step, n in done.items() if step not in ended]


def _to_the_end(env: Mapping[str, str], tell: Teller) -> None:
    process = _apply(env)
    last = 0.0
    while process.poll() is None:
        time.sleep(0.2)
        if time.monotonic() - last > 5:
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
