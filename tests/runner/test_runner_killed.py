"""SIGKILL before and after any call to a server, then the same command again: the end is that of the calm run."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from multiprocessing.connection import Listener
from pathlib import Path

import pytest

from exmigrate.engine import Status, check_invariants, fold
from exmigrate.journal import open_journal
from exmigrate.model import Change
from tests.engine.make import change, gate, once, step
from tests.runner.conftest import Stage
from tests.runner.fake import Session

pytestmark = pytest.mark.long

Make = Callable[[Change], Stage]


def plan() -> Change:
    return change(
        once("install", reboot="maybe"),
        step("scp", ("install",)),
        gate("dns", ("scp",), closes="probe"),
        step("move", ("dns",), members="pilot", unit="member"),
        once("uninstall", ("move",), host="OLD"),
        sets={"pilot": ("ann", "bob", "cid")},
        policy={"batches": {"pilot": {"concurrency": 2}}},
    )


class Life:
    """One organization and the controllers that come and go."""

    def __init__(self, stage: Stage, folder: Path) -> None:
        self.stage, self.folder, self.lives = stage, folder, 0
        (folder / "c.change").write_bytes(stage.bytes)
        stage.world.present.add("dns")

    def controller(self, kill_at: int | None = None, *, after: bool = False) -> tuple[int, int]:
        """One controller's life; its exit code and how many calls it made."""
        self.lives += 1
        address = str(self.folder / f"pipe-{self.lives}")
        with Listener(address) as listener:
            child = subprocess.Popen(
                [sys.executable, "-m", "tests.runner.killed", address, str(self.folder / "run.db"),
                 str(self.folder / "c.change"), str(self.lives)]
            )  # fmt: skip
            calls = 0
            with listener.accept() as pipe:
                while True:
                    try:
                        host, method, arguments = pipe.recv()
                    except EOFError:
                        break
                    calls += 1
                    if calls == kill_at and not after:
                        child.kill()
                        break
                    try:
                        answer = (True, getattr(Session(self.stage.servers, host), method)(*arguments))
                    except Exception as error:
                        answer = (False, error)
                    if calls == kill_at:
                        child.kill()
                        break
                    pipe.send(answer)
            return child.wait(), calls

    def check(self) -> None:
        journal = open_journal(self.folder / "run.db")
        state = fold(journal.events())
        assert {i: state.of(i).status for i in self.stage.change.by_id} == dict.fromkeys(
            self.stage.change.by_id, Status.DONE
        )
        check_invariants(self.stage.change, journal.events())
        journal.close()
        world = self.stage.world
        assert world.present == {"install", "scp", "dns", "uninstall"}
        assert world.members == {"move": {"ann", "bob", "cid"}}
        assert set(world.started.values()) == {1}
        assert (world.applied["Apply install"], world.applied["Apply uninstall"]) == (1, 1)


@pytest.fixture
def life(stage: Make, tmp_path: Path) -> Callable[[str], Life]:
    def make(name: str) -> Life:
        folder = tmp_path / name
        folder.mkdir()
        return Life(stage(plan()), folder)

    return make


@pytest.mark.parametrize("after", [False, True])
def test_killed_in_the_middle_and_started_again(life: Callable[[str], Life], after: bool) -> None:
    one = life("one")
    assert one.controller(5, after=after)[0] == -9
    assert one.controller(9, after=after)[0] == -9
    assert one.controller()[0] == 0
    one.check()


@pytest.mark.crash
@pytest.mark.parametrize("after", [False, True])
def test_killed_at_every_call(life: Callable[[str], Life], after: bool) -> None:
    calm = life("calm")
    code, calls = calm.controller()
    assert code == 0
    calm.check()
    for place in range(1, calls + 1):
        one = life(f"killed-{place}")
        assert one.controller(place, after=after)[0] == -9
        assert one.controller()[0] == 0
        one.check()
