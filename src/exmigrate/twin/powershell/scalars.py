"""The .NET values that stand for one thing: points in time, spans, identifiers, versions, addresses."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import total_ordering
from typing import Any

from exmigrate.twin.powershell.values import NetObject

TICKS_PER_SECOND = 10_000_000
TICKS_PER_DAY = 86_400 * TICKS_PER_SECOND
MAX_TICKS = 3_155_378_975_999_999_999
UNSPECIFIED, UTC, LOCAL = 0, 1, 2
_EPOCH = datetime(1, 1, 1)


@total_ordering
class DateTime(NetObject):
    """System.DateTime: ticks of 100 ns since 0001-01-01 and a kind (0 unspecified, 1 UTC, 2 local)."""

    __slots__ = ("kind", "ticks")

    def __init__(self, ticks: int, kind: int = UNSPECIFIED):
        self.ticks = ticks
        self.kind = kind

    @classmethod
    def of(
        cls,
        year: int,
        month: int,
        day: int,
        hour: int = 0,
        minute: int = 0,
        second: int = 0,
        ticks: int = 0,
        kind: int = UNSPECIFIED,
    ) -> DateTime:
        """A moment by its parts; ValueError when a part is out of range."""
        delta = datetime(year, month, day, hour, minute, second) - _EPOCH
        return cls((delta.days * 86_400 + delta.seconds) * TICKS_PER_SECOND + ticks, kind)

    @classmethod
    def from_datetime(cls, moment: datetime, kind: int = UNSPECIFIED) -> DateTime:
        """A moment from Python's; a zone of ``moment`` is ignored."""
        delta = moment.replace(tzinfo=None) - _EPOCH
        seconds = delta.days * 86_400 + delta.seconds
        return cls(seconds * TICKS_PER_SECOND + delta.microseconds * 10, kind)

    def to_datetime(self) -> datetime:
        """Python's moment, without zone, microseconds cut."""
        return _EPOCH + timedelta(microseconds=self.ticks // 10)

    @property
    def fraction(self) -> int:
        """Ticks within the second."""
        return self.ticks % TICKS_PER_SECOND

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DateTime) and other.ticks == self.ticks

    def __lt__(self, other: DateTime) -> bool:
        return self.ticks < other.ticks

    def __hash__(self) -> int:
        return hash(self.ticks)


@total_ordering
class TimeSpan(NetObject):
    """System.TimeSpan: ticks of 100 ns."""

    __slots__ = ("ticks",)

    def __init__(self, ticks: int):
        self.ticks = ticks

    @classmethod
    def from_seconds(cls, seconds: float) -> TimeSpan:
        """A span of so many seconds, to the nearest tick."""
        return cls(round(seconds * TICKS_PER_SECOND))

    @property
    def seconds(self) -> float:
        """Whole length in seconds."""
        return self.ticks / TICKS_PER_SECOND

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TimeSpan) and other.ticks == self.ticks

    def __lt__(self, other: TimeSpan) -> bool:
        return self.ticks < other.ticks

    def __hash__(self) -> int:
        return hash(self.ticks)


@total_ordering
class DateTimeOffset(NetObject):
    """System.DateTimeOffset: local ticks and the offset from UTC in ticks."""

    __slots__ = ("offset", "ticks")

    def __init__(self, ticks: int, offset: int = 0):
        self.ticks = ticks
        self.offset = offset

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DateTimeOffset) and other.ticks - other.offset == self.ticks - self.offset

    def __lt__(self, other: DateTimeOffset) -> bool:
        return self.ticks - self.offset < other.ticks - other.offset

    def __hash__(self) -> int:
        return hash(self.ticks - self.offset)


@total_ordering
class Guid(NetObject):
    """System.Guid: lower-case text with hyphens."""

    __slots__ = ("text",)

    def __init__(self, text: str):
        self.text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Guid) and other.text == self.text

    def __lt__(self, other: Guid) -> bool:
        return self.text < other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __str__(self) -> str:
        return self.text


@total_ordering
class Version(NetObject):
    """System.Version: two to four numbers; absent ones are -1."""

    __slots__ = ("parts",)

    def __init__(self, major: int, minor: int, build: int = -1, revision: int = -1):
        self.parts = (major, minor, build, revision)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Version) and other.parts == self.parts

    def __lt__(self, other: Version) -> bool:
        return self.parts < other.parts

    def __hash__(self) -> int:
        return hash(self.parts)

    def __str__(self) -> str:
        return ".".join(str(part) for part in self.parts if part >= 0)


class SecureString(NetObject):
    """System.Security.SecureString: the text is never shown by a property or a wire form."""

    __slots__ = ("_text",)

    def __init__(self, text: str = ""):
        self._text = text

    def reveal(self) -> str:
        """The text, for what needs it (a credential check, PtrToStringBSTR)."""
        return self._text

    def append(self, letter: str) -> None:
        """Adds a character."""
        self._text += letter

    def __len__(self) -> int:
        return len(self._text)

    def __repr__(self) -> str:
        return "SecureString(***)"


class Credential(NetObject):
    """System.Management.Automation.PSCredential."""

    __slots__ = ("password", "user_name")

    def __init__(self, user_name: str, password: SecureString):
        self.user_name = user_name
        self.password = password


class Switch(NetObject):
    """System.Management.Automation.SwitchParameter."""

    __slots__ = ("present",)

    def __init__(self, present: bool):
        self.present = present

    def __bool__(self) -> bool:
        return self.present

    def __eq__(self, other: object) -> bool:
        return bool(other) == self.present if isinstance(other, (Switch, bool)) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.present)


def as_ticks(days: float = 0, hours: float = 0, minutes: float = 0, seconds: float = 0) -> int:
    """Ticks of a span given in parts."""
    return round((days * 86_400 + hours * 3_600 + minutes * 60 + seconds) * TICKS_PER_SECOND)


def is_scalar(value: Any) -> bool:
    """True for the classes of this module that compare and hash by value."""
    return isinstance(value, (DateTime, TimeSpan, DateTimeOffset, Guid, Version, Switch))
