"""Instants, time zones and windows of the policy."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from exmigrate.plan.plain import Path
from exmigrate.plan.problems import did_you_mean

from .context import Context

_SHORTEST = 60
_WEEK = 7 * 86400


def times(ctx: Context) -> None:
    """Tell what is no instant, no time zone and no window."""
    policy = ctx.document.policy
    if policy.start:
        try:
            zoned = datetime.fromisoformat(policy.start).tzinfo is not None
        except ValueError:
            zoned = False
        if not zoned:
            ctx.tell(
                "EXM-L024", f"'{policy.start}' is no instant", ("policy", "start"),
                why="without a zone it could be meant in any", remedy="write it as 2011-05-06T18:00:00+02:00",
            )  # fmt: skip
    zones: list[tuple[str, Path]] = [(policy.timezone, ("policy", "timezone"))]
    zones += [(w.timezone, ("policy", "windows", i, "timezone")) for i, w in enumerate(policy.windows)]
    for zone, path in zones:
        if (zone or path == ("policy", "timezone")) and not _zone(zone):
            ctx.tell(
                "EXM-L024", f"'{zone}' is no time zone", path, why="windows open by the clock of a place",
                remedy=f"{did_you_mean(zone, _places(zone))}Write a name of the IANA database, such as Europe/Zurich",
            )  # fmt: skip
    for i, window in enumerate(policy.windows):
        if not _SHORTEST <= window.length <= _WEEK:
            ctx.tell(
                "EXM-L026", f"window '{window.name}' must be open for 1m at least and 7d at most",
                ("policy", "windows", i, "length"), why="it opens on each day that it names: one of no length never does",
                remedy="write how long it is open, such as 8h",
            )  # fmt: skip


def _places(zone: str) -> list[str]:
    """Time zones with the same beginning, among which a near one is looked for."""
    return [known for known in sorted(available_timezones()) if known[:2].casefold() == zone[:2].casefold()]


def _zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return not _zones_known()  # a machine without the database cannot judge
    return True


def _zones_known() -> bool:
    try:
        ZoneInfo("Europe/Berlin")
    except (ZoneInfoNotFoundError, OSError):
        return False
    return True
