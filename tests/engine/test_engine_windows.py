"""Windows in the zone in which people keep the clock, across daylight saving time, blackout dates and policy.start."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from exmigrate.engine import Calendar, InvariantBroken, Status, check_invariants
from exmigrate.engine import events as ev
from exmigrate.model import Estimate
from tests.engine.interpreter import Controller, Journal, World
from tests.engine.make import change, gate, once, step

ZONES = {"Europe/Zurich": ZoneInfo("Europe/Zurich"), "UTC": UTC}
SATURDAY = {"days": ["sat"], "start": 22 * 60, "length": 360, "timezone": "Europe/Zurich"}


def policy(**other: Any) -> dict[str, Any]:
    return {
        "windows": {"weekend": SATURDAY}, "default_window": "weekend", "timezone": "Europe/Zurich", **other
    }  # fmt: skip


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("now", "seconds", "start"),
    [
        ("2011-03-05T20:00", 3600, "2011-03-05T21:00"),  # Saturday 22:00 in Zurich, winter
        ("2011-03-06T02:30", 3600, "2011-03-12T21:00"),  # 03:30, half an hour left: not today
        ("2011-03-06T02:00", 3600, "2011-03-06T02:00"),  # just fits
        ("2011-07-02T12:00", 3600, "2011-07-02T20:00"),  # summer: 22:00 is 20:00 UTC
        ("2011-03-05T21:00", 7 * 3600, None),  # longer than any window
        (
            "2011-03-26T21:00",
            6 * 3600,
            "2011-03-26T21:00",
        ),  # the night of the change: six hours are six hours
    ],
)
def test_the_next_start(now: str, seconds: int, start: str | None) -> None:
    calendar = Calendar.of(policy(), ZONES)
    assert calendar.next_start("policy", utc(now), seconds) == (utc(start) if start else None)


def test_a_window_that_opens_on_a_blackout_date_stays_shut() -> None:
    calendar = Calendar.of(policy(blackout_dates=["2011-03-05"]), ZONES)
    assert calendar.next_start("policy", utc("2011-03-05T20:00"), 60) == utc("2011-03-12T21:00")


def test_a_window_ends_where_a_blackout_date_begins() -> None:
    calendar = Calendar.of(policy(blackout_dates=["2011-03-06"]), ZONES)
    assert calendar.next_start("policy", utc("2011-03-05T20:00"), 2 * 3600) == utc("2011-03-05T21:00")
    assert calendar.next_start("policy", utc("2011-03-05T20:00"), 3 * 3600) == utc("2011-03-12T21:00")


def test_work_without_a_window_keeps_off_blackout_dates() -> None:
    calendar = Calendar.of(policy(blackout_dates=["2011-03-07"]), ZONES)
    assert calendar.next_start("any", utc("2011-03-07T10:00"), 60) == utc("2011-03-07T23:00")


def test_nothing_runs_before_policy_start() -> None:
    calendar = Calendar.of(policy(start="2011-03-07T08:00:00"), ZONES)
    assert calendar.next_start("any", utc("2011-03-05T20:00"), 60) == utc("2011-03-07T07:00")
    assert calendar.next_start("policy", utc("2011-03-05T20:00"), 60) == utc("2011-03-12T21:00")


def test_a_step_waits_for_its_window() -> None:
    made = change(step("a", window="policy", estimate=Estimate(600, 3600)), policy=policy())
    controller = Controller(made, World.of(made), Journal(), now=utc("2011-03-05T20:00"), zones=ZONES)
    assert controller.run().exit_code == 0
    (intent,) = [e for e in controller.journal.events if isinstance(e, ev.IntentMade)]
    assert intent.at == utc("2011-03-05T21:00")
    check_invariants(made, controller.journal.events, ZONES)
    early = [replace(e, at=utc("2011-03-05T20:30")) if e is intent else e for e in controller.journal.events]
    with pytest.raises(InvariantBroken, match="I11"):
        check_invariants(made, early, ZONES)


def test_a_step_that_fits_no_window_is_refused_with_exit_4() -> None:
    made = change(step("a", window="policy", estimate=Estimate(3600, 7 * 3600)), policy=policy())
    controller = Controller(made, World.of(made), Journal(), now=utc("2011-03-05T20:00"), zones=ZONES)
    assert controller.run().exit_code == 4


def test_a_unit_is_as_long_as_its_companions_make_it() -> None:
    setup = once("install@H1", window="policy", estimate=Estimate(3600, 5 * 3600))
    scp = step("scp@H1", ("install@H1",), window="with:install", estimate=Estimate(60, 2 * 3600))
    made = change(setup, scp, policy=policy())
    controller = Controller(made, World.of(made), Journal(), now=utc("2011-03-05T20:00"), zones=ZONES)
    assert controller.run().exit_code == 4


def test_a_companion_goes_on_when_the_window_has_closed() -> None:
    setup = once("install@H1", window="policy", estimate=Estimate(3600, 5 * 3600))
    scp = step("scp@H1", ("install@H1", "word"), window="with:install", estimate=Estimate(60, 600))
    made = change(setup, gate("word"), scp, policy=policy())
    controller = Controller(made, World.of(made), Journal(), now=utc("2011-03-05T20:00"), zones=ZONES)
    assert controller.run().exit_code == 7
    controller.now = utc("2011-03-07T12:00")
    controller.ask("confirm", "word")
    assert controller.go().exit_code == 0
    assert controller.now == utc("2011-03-07T12:00")


def test_a_batch_pauses_between_windows() -> None:
    members = tuple(f"user{n}" for n in range(8))
    batch = step("move", window="policy", unit="member", members="pilot", estimate=Estimate(3600, 8 * 7200))
    made = change(batch, sets={"pilot": members}, policy=policy(batches={"pilot": {"concurrency": 5}}))
    world = World.of(made)
    controller = Controller(made, world, Journal(), now=utc("2011-03-05T20:00"), zones=ZONES)
    world.scripts["Verify", "move"] = lambda c: _hours_later(controller, world, c)
    assert controller.run().exit_code == 0
    intents = [(e.at, len(e.members)) for e in controller.journal.events if isinstance(e, ev.IntentMade)]
    assert intents == [
        (utc("2011-03-05T21:00"), 3),
        (utc("2011-03-12T21:00"), 3),
        (utc("2011-03-19T21:00"), 2),
    ]
    assert controller.state.of("move").status is Status.DONE
    check_invariants(made, controller.journal.events, ZONES)


def _hours_later(controller: Controller, world: World, command: Any) -> Any:
    from datetime import timedelta

    from exmigrate.engine import commands as cmd

    controller.now += timedelta(hours=5)
    return cmd.Returned(world._verify(command))
