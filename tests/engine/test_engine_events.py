"""Events as JSON, and a journal that breaks an invariant."""

from __future__ import annotations

import json
from dataclasses import MISSING, fields
from typing import Any

import pytest

from exmigrate.engine import InvariantBroken, JournalUnreadable, check_invariants, read_event
from exmigrate.engine import events as ev
from exmigrate.engine.codec import _TYPES, Event
from exmigrate.engine.evolve import _RUN, _STEP
from tests.engine.interpreter import START, Controller, Journal, World
from tests.engine.make import change, once, step


def sample(kind: type[Event]) -> Event:
    made: dict[str, Any] = {}
    for field in fields(kind):
        if field.name == "at" or field.name.endswith("_at"):
            made[field.name] = START
        elif field.default is MISSING and field.default_factory is MISSING:
            made[field.name] = {"int": 3, "bool": True, "str": "größer", "tuple[str, ...]": ("a", "b")}.get(
                str(field.type), {"a": {"state": "done"}}
            )
    return kind(**made)


@pytest.mark.parametrize("kind", list(_TYPES.values()), ids=list(_TYPES))
def test_every_event_comes_back_from_its_json(kind: type[Event]) -> None:
    event = sample(kind)
    assert read_event(json.loads(json.dumps(event.to_json()))) == event


def test_every_event_has_a_meaning() -> None:
    assert set(_TYPES.values()) == set(_RUN) | set(_STEP)


def test_an_event_of_another_version_is_said_so() -> None:
    with pytest.raises(JournalUnreadable, match="version 2"):
        read_event({"v": 2, "type": "step-done"})


def test_unknown_keys_are_ignored_and_unknown_types_are_not() -> None:
    data = ev.GateOpened(at=START, step="g").to_json()
    assert read_event({**data, "later": 1}) == ev.GateOpened(at=START, step="g")
    with pytest.raises(JournalUnreadable, match="gate-melted"):
        read_event({**data, "type": "gate-melted"})


MADE = change(once("a"), step("b", ("a",)))


def events() -> list[Event]:
    controller = Controller(MADE, World.of(MADE), Journal())
    controller.run()
    return controller.journal.events


def without(kind: type[Event], step_id: str) -> list[Event]:
    return [e for e in events() if not (isinstance(e, kind) and getattr(e, "step", "") == step_id)]


@pytest.mark.parametrize(
    ("broken", "number"),
    [
        (without(ev.IntentMade, "a"), "I1"),
        (without(ev.Verified, "a"), "I2"),
        (without(ev.StepDone, "a"), "I6"),
        ([e for x in events() for e in ([x, x] if isinstance(x, ev.Submitted) else [x])], "I3"),
        ([e for x in events() for e in ([x, x] if isinstance(x, ev.ControllerTook) else [x])], "I4"),
    ],
)
def test_a_journal_that_breaks_an_invariant_is_found(broken: list[Event], number: str) -> None:
    with pytest.raises(InvariantBroken, match=number):
        check_invariants(MADE, broken)
