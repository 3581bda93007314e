"""Time zones by their IANA names, from the machine's data."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from .errors import NoZone


def zones_of(names: Iterable[str]) -> Mapping[str, tzinfo]:
    """The zones.

    Raises:
        NoZone: one is not known here.
    """
    return {name: _zone(name) for name in names}


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise NoZone(
            f"The time zone {name!r} is not known here.",
            next="correct the name in the plan's policy, or install the package tzdata",
        ) from None
