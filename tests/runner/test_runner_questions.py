"""Rounds of questions: one session a server, and nobody is asked twice who did not answer."""

from __future__ import annotations

import pytest

from exmigrate.remote import Call, CallOutcome, Failure, Result
from exmigrate.runner import NoSecret, Questions

CALLS = [Call("a" * 64, "", "Check", {}), Call("b" * 64, "", "Check", {})]
YES = Result("satisfied", {"state": "satisfied"})


class Session:
    """Answers each call with the next prepared outcome."""

    def __init__(self, outcomes: list[CallOutcome]) -> None:
        self.outcomes = outcomes
        self.calls = 0
        self.closed = 0

    def call(self, calls: list[Call]) -> list[CallOutcome]:
        self.calls += 1
        return [self.outcomes.pop(0) for _ in calls]

    def close(self) -> None:
        self.closed += 1


class Told:
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, int]] = []

    def begins(self, host: str, questions: int) -> None:
        self.heard.append((host, questions))

    def ended(self, host: str) -> None:
        self.heard.append((host, 0))


def test_one_session_serves_all_rounds_and_ends() -> None:
    session, told = Session([YES] * 4), Told()
    with Questions(lambda host: session, told) as asker:  # type: ignore[arg-type, return-value]
        assert asker.ask("EX1", CALLS) == asker.ask("EX1", CALLS) == [YES, YES]
        assert session.closed == 0
    assert (session.calls, session.closed) == (2, 1)
    assert told.heard == [("EX1", 2), ("EX1", 0)] * 2


@pytest.mark.parametrize("kind", ["never-sent", "credentials", "permanent"])
def test_who_cannot_be_asked_is_tried_once(kind: str) -> None:
    refused = Failure(kind, "no", "EXM-T021")
    session = Session([refused, refused, YES, YES])
    with Questions(lambda host: session) as asker:  # type: ignore[arg-type, return-value]
        assert asker.ask("EX1", CALLS) == asker.ask("EX1", CALLS) == [refused, refused]
    assert session.calls == 1


@pytest.mark.parametrize("kind", ["ambiguous", "script", "throttled"])
def test_what_may_pass_is_asked_again(kind: str) -> None:
    failed = Failure(kind, "not now")
    session = Session([failed, failed, YES, YES])
    with Questions(lambda host: session) as asker:  # type: ignore[arg-type, return-value]
        assert asker.ask("EX1", CALLS) == [failed, failed]
        assert asker.ask("EX1", CALLS) == [YES, YES]


def test_a_session_that_cannot_be_made_ends_the_question() -> None:
    def open_session(host: str) -> Session:
        raise NoSecret("There is no password.", next="set it")

    told = Told()
    with Questions(open_session, told) as asker, pytest.raises(NoSecret):  # type: ignore[arg-type]
        asker.ask("EX1", CALLS)
    assert told.heard == [("EX1", 2), ("EX1", 0)]
