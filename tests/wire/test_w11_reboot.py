"""W11: a restart is told by the boot id, several times in a row; resets on the way are expected."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from exmigrate.remote import BadCredentials, NeverRan, OutcomeUnknown, Outside, RebootPolicy, SessionLost
from exmigrate.remote.reboot import await_new_boot
from exmigrate.twin.wsman import CommandRequest, Console
from tests.wire.world import Organization


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def outside(self) -> Outside:
        return Outside(lambda: self.now, self.pause, lambda: 0.5)

    def pause(self, seconds: float) -> None:
        self.now += seconds


def wait(looks: list[str | Exception], deadline: float = 600.0) -> tuple[str, float]:
    clock = Clock()
    remaining = iter(looks)

    def look() -> str:
        found = next(remaining)
        if isinstance(found, Exception):
            raise found
        return found

    found = await_new_boot(look, "old", RebootPolicy(deadline=deadline), clock.outside(), "EX1")
    assert not list(remaining)
    return found, clock.now


def test_the_old_boot_id_resets_and_refusals_are_waited_through() -> None:
    found, _ = wait(["old", SessionLost(), NeverRan(), OutcomeUnknown(), BadCredentials(), "new", "new"])
    assert found == "new"


def test_a_server_that_restarts_twice_must_stand_still() -> None:
    assert wait(["new", NeverRan(), "new", "newer", "newer"])[0] == "newer"


def test_refused_credentials_do_not_lock_the_account() -> None:
    with pytest.raises(BadCredentials):
        wait([BadCredentials(), BadCredentials(), BadCredentials()])


def test_a_server_that_stays_away_is_unknown_with_the_last_reason() -> None:
    with pytest.raises(OutcomeUnknown, match="restart") as caught:
        wait([NeverRan(why="refused")] * 9, deadline=60.0)
    assert caught.value.why == "refused"
    assert caught.value.server == "EX1"


@pytest.mark.wire
def test_restart_over_the_wire(organization: Organization) -> None:
    boots = ["boot-1"]
    timers: list[threading.Timer] = []

    def restart() -> None:
        organization.server.take_down("MAIL1")
        boots.append("boot-2")
        organization.server.bring_up("MAIL1")

    def request(argument: dict[str, Any], _: CommandRequest, console: Console) -> Any:
        if argument["boot_before"] != boots[-1]:
            return {"state": "restarted", "facts": {"boot_id": boots[-1]}}
        if not timers:
            timers.append(threading.Timer(0.3, restart))
            timers[0].start()
        return {"state": "requested", "facts": {"boot_id": boots[-1]}}

    def identity(argument: dict[str, Any], _: CommandRequest, console: Console) -> Any:
        return {"state": "read", "facts": {"machine_id": "m", "boot_id": boots[-1], "ps_version": "2.0"}}

    organization.scripts.functions |= {"Request-ExmReboot": request, "Get-ExmMachine": identity}
    session = organization.session()
    assert session.machine().boot_id == "boot-1"
    assert session.reboot("boot-1", RebootPolicy(first_poll=0.1, poll=0.2)) == "boot-2"
    assert session.reboot("boot-1") == "boot-2"
    assert len(boots) == 2


@pytest.mark.wire
def test_a_restart_that_cuts_off_its_own_answer(organization: Organization) -> None:
    boots = ["boot-1"]
    asked: list[str] = []

    def request(argument: dict[str, Any], _: CommandRequest, console: Console) -> Any:
        asked.append(boots[-1])
        if len(asked) == 2:
            threading.Thread(target=restart).start()
            console.cancelled.wait(10)
        return {"state": "requested", "facts": {"boot_id": boots[-1]}}

    def restart() -> None:
        organization.server.take_down("MAIL1")
        boots.append("boot-2")
        organization.server.bring_up("MAIL1")

    organization.scripts.functions |= {"Request-ExmReboot": request}
    # The first request is answered and lost on the server; the look repeats it.
    assert organization.session().reboot("boot-1", RebootPolicy(first_poll=0.05, poll=0.1)) == "boot-2"
    assert asked[:2] == ["boot-1", "boot-1"]


def test_waits_shrink_with_the_pace_of_the_server_and_stay_waits() -> None:
    assert RebootPolicy().at(1.0) == RebootPolicy()
    assert RebootPolicy().at(2000) == RebootPolicy(first_poll=0.1, poll=0.4)
