"""Maintenance windows: when a unit of work may start, in the zone in which people keep the clock.

Pure: zones come in as `tzinfo` values. A window that spans a change to or from daylight saving time is as long as it
says in minutes really gone by; it opens at its wall-clock time, and at the same instant later where the clock skips that time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from exmigrate.model import Step

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HORIZON_DAYS = 400
"""How far ahead a window is looked for."""


@dataclass(frozen=True)
class Span:
    """An open window: UTC instants, end excluded."""

    start: datetime
    end: datetime


@dataclass(frozen=True)
class Calendar:
    """The policy's windows and blackout dates with the zones they are kept in."""

    windows: Mapping[str, Mapping[str, Any]]
    default: str
    blackout: frozenset[str]
    blackout_zone: tzinfo
    zones: Mapping[str, tzinfo]
    start: datetime | None

    @classmethod
    def of(cls, policy: Mapping[str, Any], zones: Mapping[str, tzinfo]) -> Calendar:
        """The calendar of a change's policy; `zones` holds every zone that `zone_names` lists."""
        named = dict(policy.get("windows") or {})
        begin = str(policy.get("start") or "")
        zone = zones.get(str(policy.get("timezone") or "UTC"), UTC)
        return cls(
            named,
            str(policy.get("default_window") or ""),
            frozenset(str(d) for d in policy.get("blackout_dates") or ()),
            zone,
            zones,
            _instant(begin, zone) if begin else None,
        )

    def next_start(self, window: str, now: datetime, seconds: int) -> datetime | None:
        """The first instant from `now` at which such work may start; None if no coming window is long enough."""
        if self.start and now < self.start:
            return self.next_start(window, self.start, seconds)
        name = self.resolve(window)
        if not name:
            return self._outside_blackout(now)
        for span in self.spans(name, now):
            at = max(span.start, now)
            if at + timedelta(seconds=seconds) <= span.end:
                return at
        return None

    def room(self, window: str, now: datetime) -> int | None:
        """Seconds left in the window that is open now; 0 if none is; None where there is no window to keep."""
        name = self.resolve(window)
        if not name:
            return None
        for span in self.spans(name, now):
            return int((span.end - now).total_seconds()) if span.start <= now else 0
        return 0

    def resolve(self, window: str) -> str:
        """The named window that a step's `window` means; empty for none."""
        if window.startswith("with:") or window in ("", "any"):
            return ""
        if window == "policy":
            return self.default
        return window if window in self.windows else self.default

    def spans(self, name: str, now: datetime) -> Iterator[Span]:
        """Coming and open windows of a name, in order, without those that open on a blackout date."""
        window = self.windows[name]
        zone = self.zones[str(window["timezone"])]
        days = {DAYS.index(d) for d in window["days"]}
        first = now.astimezone(zone).date() - timedelta(days=7)
        for n in range(HORIZON_DAYS):
            day = first + timedelta(days=n)
            if day.weekday() not in days or day.isoformat() in self.blackout:
                continue
            start = _wall(day, int(window["start"]), zone)
            span = self._cut(Span(start, start + timedelta(minutes=int(window["length"]))))
            if span.end > now:
                yield span

    def _cut(self, span: Span) -> Span:
        """A window that runs into a blackout date ends where that date begins."""
        day = span.start.astimezone(self.blackout_zone).date()
        while (midnight := _wall(day, 0, self.blackout_zone)) < span.end:
            if day.isoformat() in self.blackout and midnight >= span.start:
                return Span(span.start, midnight)
            day += timedelta(days=1)
        return span

    def _outside_blackout(self, now: datetime) -> datetime:
        day = now.astimezone(self.blackout_zone).date()
        if day.isoformat() not in self.blackout:
            return now
        while day.isoformat() in self.blackout:
            day += timedelta(days=1)
        return _wall(day, 0, self.blackout_zone)


def window_name(policy: Mapping[str, Any], step: Step) -> str:
    """What a step's `window` means under a policy, for `Calendar.resolve`: a batch may have one of its own."""
    own = (policy.get("batch_windows") or {}).get(step.scope.name) if step.scope.level == "batch" else ""
    return str(own) if own and step.window == "policy" else step.window


def zone_names(policy: Mapping[str, Any]) -> frozenset[str]:
    """The IANA names of all zones that a policy refers to."""
    named = {str(w["timezone"]) for w in (policy.get("windows") or {}).values()}
    return frozenset(named | {str(policy.get("timezone") or "UTC")})


def _wall(day: date, minute: int, zone: tzinfo) -> datetime:
    wall = datetime.combine(day, time(), zone) + timedelta(minutes=minute)
    return wall.replace(fold=0).astimezone(UTC)


def _instant(text: str, zone: tzinfo) -> datetime:
    found = datetime.fromisoformat(text)
    return (found if found.tzinfo else found.replace(tzinfo=zone)).astimezone(UTC)
