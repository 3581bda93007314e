"""What can be said of a change's windows before any of it runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import cache

from exmigrate.model import Step

from .program import Program
from .windows import Calendar, window_name


@dataclass(frozen=True)
class NeverOpens:
    """A step for whose smallest unit no coming window has room.

    Attributes:
        window: name of the policy's window that it keeps.
        seconds: ninetieth percentile of the unit, companions included.
        longest: seconds of the longest coming window of that name; 0 if none comes.
    """

    step: Step
    window: str
    seconds: int
    longest: int


def never_opens(program: Program, zones: Mapping[str, tzinfo], now: datetime) -> Iterator[NeverOpens]:
    """Steps that would wait for ever, in the order of the change.

    Args:
        zones: by IANA name, every zone that `zone_names` lists.
        now: organization time from which windows count; the policy's own start is kept besides.
    """
    policy = program.change.policy
    calendar = Calendar.of(policy, zones)

    @cache
    def room(window: str, seconds: int) -> bool:
        return calendar.next_start(window, now, seconds) is not None

    @cache
    def longest(name: str) -> int:
        begin = max(now, calendar.start or now)
        spans = (int((s.end - max(s.start, begin)).total_seconds()) for s in calendar.spans(name, begin))
        return max(spans, default=0)

    for step in program.change.steps:
        window = window_name(policy, step)
        name = calendar.resolve(window)
        if not name or not step.mutating:
            continue
        seconds = program.unit_p90(step)
        if not room(window, seconds):
            yield NeverOpens(step, name, seconds, longest(name))
