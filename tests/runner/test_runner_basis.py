"""A basis that moved is shown and refused, until the run itself may have moved it."""

from __future__ import annotations

import pytest

from exmigrate.engine.state import RunState, Status, StepRecord
from exmigrate.model import Change
from exmigrate.runner import BasisMoved
from exmigrate.runner.basis import facts_to_compare, moved, refuse_moved
from tests.engine.make import change, step

URL = {"$fact": "inv-oa@CAS07"}


def made(policy: str = "refuse") -> Change:
    return change(
        step("a"),
        step("b", ("a",), arguments={"settings": [{"url": URL}]}),
        facts={"inv-oa@CAS07": "https://old"},
        policy={"basis": policy},
    )


def test_a_fact_that_moved_is_refused_with_the_difference() -> None:
    found = moved(made(), RunState(), {"inv-oa@CAS07": "https://new"})
    assert [(m.then, m.now, m.steps) for m in found] == [("https://old", "https://new", ("b",))]
    with pytest.raises(BasisMoved) as caught:
        refuse_moved(made(), found)
    assert caught.value.exit_code == 4
    assert caught.value.details["inv-oa@CAS07"] == {
        "then": "https://old",
        "now": "https://new",
        "steps": ["b"],
    }


def test_policy_may_allow_it() -> None:
    refuse_moved(made("allow"), moved(made("allow"), RunState(), {"inv-oa@CAS07": "https://new"}))


def test_a_fact_that_is_the_same_or_unread_has_not_moved() -> None:
    assert moved(made(), RunState(), {"inv-oa@CAS07": "https://old"}) == ()
    assert moved(made(), RunState(), {}) == ()


def test_after_a_need_has_run_the_fact_is_not_compared() -> None:
    state = RunState(steps={"a": StepRecord(status=Status.DONE, intended=True)})
    assert facts_to_compare(made(), state) == frozenset()
    assert moved(made(), state, {"inv-oa@CAS07": "https://new"}) == ()
