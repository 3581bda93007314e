"""Persons of a rehearsal whose tool refuses: they try again for a while, and then it is a fault."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from exmigrate.compile import compile_plan
from exmigrate.rehearse.door import PersonRefused
from exmigrate.rehearse.persons import _Player
from tests.catalog.scripts import catalog
from tests.plan.topologies import legacy_d

GATE = "remove-legacy-routing-groups"


class SlowDoor:
    """Refuses until a moment: what the tool's controller has not heard of yet."""

    def __init__(self, clock: Clock, until: datetime) -> None:
        self.clock, self.until = clock, until
        self.asked: list[datetime] = []

    def act(self, action: str, arguments: Any) -> Any:
        self.asked.append(self.clock.now())
        if self.clock.now() < self.until:
            raise PersonRefused(f"{action}: the group still has servers")
        return None


class Clock:
    def __init__(self) -> None:
        self.at = datetime(2011, 3, 7, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at

    def environment(self, name: str) -> str:
        return "x"


def player(hours: float) -> tuple[_Player, SlowDoor, Clock, list[str]]:
    clock, told = Clock(), list[str]()
    door = SlowDoor(clock, clock.now() + timedelta(hours=hours))
    return _Player(legacy_d(), door, clock, Path(), told.append), door, clock, told  # type: ignore[arg-type]


def test_what_is_refused_is_tried_again_every_ten_minutes_and_told_once() -> None:
    step = compile_plan(legacy_d(), catalog()).change.by_id[GATE]
    found, door, clock, told = player(0.5)
    outcomes = []
    for _ in range(40):
        outcomes.append(found._play(None, step))  # type: ignore[arg-type]
        if outcomes[-1]:
            break
        clock.at += timedelta(minutes=1)
    assert outcomes[-1] is True
    assert [(t - door.asked[0]).seconds // 60 for t in door.asked][:4] == [0, 10, 20, 30]
    assert len([line for line in told if "refused, to be tried again" in line]) == 1


def test_what_is_still_refused_two_hours_later_is_a_fault() -> None:
    step = compile_plan(legacy_d(), catalog()).change.by_id[GATE]
    found, _, clock, _ = player(5)

    def for_hours() -> None:
        for _ in range(200):
            found._play(None, step)  # type: ignore[arg-type]
            clock.at += timedelta(minutes=1)

    with pytest.raises(PersonRefused, match="still has servers"):
        for_hours()
