"""Members of TimeSpan and DateTimeOffset."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.faults import bad_argument, bad_format
from exmigrate.twin.powershell.scalars import (
    TICKS_PER_DAY,
    TICKS_PER_SECOND,
    DateTime,
    DateTimeOffset,
    TimeSpan,
)
from exmigrate.twin.powershell.text.dates import format_span, parse_span
from exmigrate.twin.powershell.types.moments import DTO, TS, day_of_week, local_now, offset_ticks, to_local
from exmigrate.twin.powershell.types.texts import format_value

# TimeSpan ----------------------------------------------------------------------------------------------


def _part(span: TimeSpan, unit: int, modulus: int) -> int:
    whole = abs(span.ticks) // unit % modulus
    return -whole if span.ticks < 0 else whole


for _name, _unit, _modulus in (
    ("Days", TICKS_PER_DAY, 1 << 40),
    ("Hours", 3600 * TICKS_PER_SECOND, 24),
    ("Minutes", 60 * TICKS_PER_SECOND, 60),
    ("Seconds", TICKS_PER_SECOND, 60),
    ("Milliseconds", 10_000, 1000),
):
    TS.prop(
        _name, lambda t, ctx, unit=_unit, modulus=_modulus: _part(t, unit, modulus), type_name="System.Int32"
    )
TS.prop("Ticks", lambda t, ctx: v.Int64(t.ticks), type_name="System.Int64")
for _name, _unit in (
    ("TotalDays", TICKS_PER_DAY),
    ("TotalHours", 3600 * TICKS_PER_SECOND),
    ("TotalMinutes", 60 * TICKS_PER_SECOND),
    ("TotalSeconds", TICKS_PER_SECOND),
    ("TotalMilliseconds", 10_000),
):
    TS.prop(_name, lambda t, ctx, unit=_unit: t.ticks / unit, type_name="System.Double")
    TS.static_method(f"timespan From{_name[5:]}(double value)")(
        lambda value, unit=_unit: TimeSpan(round(value * unit))
    )
TS.static_method("timespan FromTicks(long value)")(lambda value: TimeSpan(int(value)))
TS.static("Zero", lambda ctx: TimeSpan(0))
TS.static("MaxValue", lambda ctx: TimeSpan(2**63 - 1))
TS.static("MinValue", lambda ctx: TimeSpan(-(2**63)))
for _name, _ticks in (
    ("Day", TICKS_PER_DAY),
    ("Hour", 36_000_000_000),
    ("Minute", 600_000_000),
    ("Second", TICKS_PER_SECOND),
    ("Millisecond", 10_000),
):
    TS.static(f"TicksPer{_name}", lambda ctx, ticks=_ticks: v.Int64(ticks))
TS.method("timespan Add(timespan ts)")(lambda t, other: TimeSpan(t.ticks + other.ticks))
TS.method("timespan Subtract(timespan ts)")(lambda t, other: TimeSpan(t.ticks - other.ticks))
TS.method("timespan Negate()")(lambda t: TimeSpan(-t.ticks))
TS.method("timespan Duration()")(lambda t: TimeSpan(abs(t.ticks)))
TS.method("int CompareTo(timespan value)")(lambda t, other: (t > other) - (t < other))
TS.method("bool Equals(timespan obj)")(lambda t, other: t == other)
TS.method("string ToString(string format)", "string ToString(string format, object provider)")(
    lambda t, form, provider=None: format_span(t, form)
)


@TS.static_method("timespan Parse(string s)")
def _parse_span(text: str) -> TimeSpan:
    found = parse_span(text)
    if found is None:
        raise bad_format(f"String '{text}' was not recognized as a valid TimeSpan.")
    return found


@TS.static_method("bool TryParse(string s, ref result)")
def _try_span(text: str, result: Any) -> bool:
    found = parse_span(text)
    result.assign(found or TimeSpan(0))
    return found is not None


TS.constructor("new()")(lambda: TimeSpan(0))
TS.constructor("new(long ticks)")(lambda ticks: TimeSpan(int(ticks)))
TS.constructor("new(int hours, int minutes, int seconds)")(
    lambda hours, minutes, seconds: TimeSpan(s.as_ticks(0, hours, minutes, seconds))
)
TS.constructor(
    "new(int days, int hours, int minutes, int seconds)",
    "new(int days, int hours, int minutes, int seconds, int milliseconds)",
)(
    lambda days, hours, minutes, seconds, ms=0: TimeSpan(
        s.as_ticks(days, hours, minutes, seconds) + ms * 10_000
    )
)

# DateTimeOffset -----------------------------------------------------------------------------------------


def _of_parts(name: str) -> Any:
    return lambda m, ctx: getattr(DateTime(m.ticks).to_datetime(), name)


_I = "System.Int32"
DTO.prop("DateTime", lambda m, ctx: DateTime(m.ticks), type_name="System.DateTime")
DTO.prop("UtcDateTime", lambda m, ctx: DateTime(m.ticks - m.offset, s.UTC), type_name="System.DateTime")
DTO.prop(
    "LocalDateTime",
    lambda m, ctx: to_local(DateTime(m.ticks - m.offset, s.UTC), ctx),
    type_name="System.DateTime",
)
DTO.prop("Date", lambda m, ctx: DateTime(m.ticks - m.ticks % TICKS_PER_DAY), type_name="System.DateTime")
DTO.prop("Day", _of_parts("day"), type_name=_I)
DTO.prop("DayOfWeek", day_of_week, type_name="System.DayOfWeek")
DTO.prop("DayOfYear", lambda m, ctx: DateTime(m.ticks).to_datetime().timetuple().tm_yday, type_name=_I)
DTO.prop("Hour", _of_parts("hour"), type_name=_I)
DTO.prop("Millisecond", lambda m, ctx: m.ticks % TICKS_PER_SECOND // 10_000, type_name=_I)
DTO.prop("Microsecond", lambda m, ctx: m.ticks % 10_000 // 10, type_name=_I)
DTO.prop("Nanosecond", lambda m, ctx: m.ticks % 10 * 100, type_name=_I)
DTO.prop("Minute", _of_parts("minute"), type_name=_I)
DTO.prop("Month", _of_parts("month"), type_name=_I)
DTO.prop("Offset", lambda m, ctx: TimeSpan(m.offset), type_name="System.TimeSpan")
DTO.prop("TotalOffsetMinutes", lambda m, ctx: m.offset // (60 * TICKS_PER_SECOND), type_name=_I)
DTO.prop("Second", _of_parts("second"), type_name=_I)
DTO.prop("Ticks", lambda m, ctx: v.Int64(m.ticks), type_name="System.Int64")
DTO.prop("UtcTicks", lambda m, ctx: v.Int64(m.ticks - m.offset), type_name="System.Int64")
DTO.prop("TimeOfDay", lambda m, ctx: TimeSpan(m.ticks % TICKS_PER_DAY), type_name="System.TimeSpan")
DTO.prop("Year", _of_parts("year"), type_name=_I)
DTO.method("string ToString(string format)", ctx=True)(lambda m, form, ctx: format_value(m, form, ctx))
DTO.method("long ToUnixTimeSeconds()")(
    lambda m: v.Int64((m.ticks - m.offset - DateTime.of(1970, 1, 1).ticks) // TICKS_PER_SECOND)
)
DTO.static("Now", lambda ctx: _offset_now(ctx))
DTO.static("UtcNow", lambda ctx: DateTimeOffset(ctx.machine.clock.now(), 0))
DTO.static_method("System.DateTimeOffset FromUnixTimeSeconds(long seconds)")(
    lambda seconds: DateTimeOffset(DateTime.of(1970, 1, 1).ticks + int(seconds) * TICKS_PER_SECOND)
)


def _offset_now(ctx: Any) -> DateTimeOffset:
    now = local_now(ctx)
    return DateTimeOffset(now.ticks, offset_ticks(now.ticks, ctx))


@DTO.constructor("new(datetime dateTime)", "new(datetime dateTime, timespan offset)", ctx=True)
def _new_offset(moment: DateTime, offset: TimeSpan | None = None, ctx: Any = None) -> DateTimeOffset:
    if offset is None:
        offset = TimeSpan(0 if moment.kind == s.UTC else offset_ticks(moment.ticks, ctx))
    return DateTimeOffset(moment.ticks, offset.ticks)


@DTO.constructor("new(int year, int month, int day, int hour, int minute, int second, timespan offset)")
def _new_offset_parts(
    y: int, mo: int, day: int, h: int, mi: int, sec: int, offset: TimeSpan
) -> DateTimeOffset:
    try:
        return DateTimeOffset(DateTime.of(y, mo, day, h, mi, sec).ticks, offset.ticks)
    except ValueError:
        raise bad_argument("Year, Month, and Day parameters describe an un-representable DateTime.") from None
