"""Events as JSON and back: one form for every event, versioned, with unknown keys ignored.

An event is a frozen dataclass whose fields are strings, integers, booleans, tuples of strings and JSON mappings; the
JSON form is flat: `{"v": 1, "type": "intent-made", "at": "2011-03-05T20:00:00+00:00", …}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields
from datetime import UTC, datetime
from typing import Any, ClassVar, TypeVar

from .errors import JournalUnreadable

VERSION = 1

_TYPES: dict[str, type[Event]] = {}


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened; the journal is a list of these and nothing else has state.

    Attributes:
        at: organization time, UTC.
    """

    type: ClassVar[str] = ""
    at: datetime

    def to_json(self) -> dict[str, Any]:
        """The event as a JSON mapping with the keys `v`, `type`, `at` and its own fields."""
        out: dict[str, Any] = {"v": VERSION, "type": self.type}
        for field in fields(self):
            value = getattr(self, field.name)
            out[field.name] = _plain(value)
        return out


@dataclass(frozen=True, kw_only=True)
class StepEvent(Event):
    """An event of one step."""

    step: str


E = TypeVar("E", bound=type[Event])


def register(cls: E) -> E:
    """Class decorator: make an event type known to `read_event` under its `type`."""
    if cls.type in _TYPES:
        raise ValueError(f"two events of type {cls.type!r}")
    _TYPES[cls.type] = cls
    return cls


def read_event(data: Mapping[str, Any]) -> Event:
    """Read an event back; inverse of `Event.to_json`.

    Raises:
        JournalUnreadable: another version, an unknown type, or a required key is missing.
    """
    if data.get("v") != VERSION:
        raise JournalUnreadable(
            f"The journal has an event of version {data.get('v')!r}; this exmigrate reads version {VERSION}.",
            next="use the exmigrate that wrote this journal, or a newer one",
        )
    cls = _TYPES.get(str(data.get("type")))
    if cls is None:
        raise JournalUnreadable(f"The journal has an event of unknown type {data.get('type')!r}.")
    values: dict[str, Any] = {}
    for field in fields(cls):
        if field.name in data:
            values[field.name] = _rich(field.name, data[field.name])
        elif field.default is MISSING and field.default_factory is MISSING:
            raise JournalUnreadable(f"A {cls.type} event of the journal lacks {field.name!r}.")
    return cls(**values)


def _plain(value: Any) -> Any:
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="milliseconds")
        case tuple() | list():
            return [_plain(v) for v in value]
        case Mapping():
            return {str(k): _plain(v) for k, v in value.items()}
        case _:
            return value


def _rich(name: str, value: Any) -> Any:
    if name == "at" or (name.endswith("_at") and isinstance(value, str) and value):
        return datetime.fromisoformat(value)
    if isinstance(value, list):
        return tuple(value)
    return value
