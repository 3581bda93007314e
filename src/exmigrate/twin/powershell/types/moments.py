"""Members of DateTime, DateTimeOffset and TimeSpan."""

from __future__ import annotations

import calendar
from typing import Any

from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.faults import NetFault, bad_format, out_of_range
from exmigrate.twin.powershell.scalars import (
    TICKS_PER_DAY,
    TICKS_PER_SECOND,
    DateTime,
    DateTimeOffset,
    TimeSpan,
)
from exmigrate.twin.powershell.text.dates import format_date, parse_date, parse_exact
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.texts import format_value, member_text, session_culture

DT, TS, DTO = d.DATETIME, d.TIMESPAN, d.DATETIMEOFFSET


def local_now(ctx: Any) -> DateTime:
    """The machine's local time."""
    ticks = ctx.machine.clock.now()
    return DateTime(ticks + ctx.machine.clock.offset_minutes(ticks) * 60 * TICKS_PER_SECOND, s.LOCAL)


def offset_ticks(ticks: int, ctx: Any) -> int:
    """Local time minus UTC at a moment, in ticks."""
    return 0 if ctx is None else int(ctx.machine.clock.offset_minutes(ticks)) * 60 * TICKS_PER_SECOND


def to_utc(value: DateTime, ctx: Any) -> DateTime:
    """A moment as UTC; unspecified ones are taken as local."""
    if value.kind == s.UTC:
        return value
    return DateTime(value.ticks - offset_ticks(value.ticks, ctx), s.UTC)


def to_local(value: DateTime, ctx: Any) -> DateTime:
    """A moment as local time; unspecified ones are taken as UTC."""
    if value.kind == s.LOCAL:
        return value
    return DateTime(value.ticks + offset_ticks(value.ticks, ctx), s.LOCAL)


def datetime_from(value: Any, ctx: Any) -> DateTime:
    """The cast to DateTime: text in the invariant culture, ticks, an offset moment."""
    from exmigrate.twin.powershell.convert import CastFault

    if isinstance(value, DateTime):
        return value
    if isinstance(value, str):
        found = _parse(value, ctx)
        if found is None:
            raise CastFault(
                "InvalidCastParseTargetInvocationWithFormatProvider",
                f"String '{value}' was not recognized as a valid DateTime.",
            )
        return found
    if isinstance(value, int) and not isinstance(value, bool):
        return DateTime(int(value))
    if isinstance(value, DateTimeOffset):
        return DateTime(value.ticks)
    raise CastFault()


def _parse(text: str, ctx: Any) -> DateTime | None:
    offset = 0 if ctx is None else ctx.machine.clock.offset_minutes(0)
    today = local_now(ctx) if ctx is not None else None
    return parse_date(text, today, offset)


def _checked(ticks: int, kind: int) -> DateTime:
    if not 0 <= ticks <= s.MAX_TICKS:
        raise out_of_range("The added or subtracted value results in an un-representable DateTime.", "value")
    return DateTime(ticks, kind)


for _name in ("Year", "Month", "Day", "Hour", "Minute", "Second"):
    DT.prop(
        _name, lambda m, ctx, part=_name.lower(): getattr(m.to_datetime(), part), type_name="System.Int32"
    )
DT.prop("Millisecond", lambda m, ctx: m.fraction // 10_000, type_name="System.Int32")
DT.prop("Ticks", lambda m, ctx: v.Int64(m.ticks), type_name="System.Int64")
DT.prop(
    "Date", lambda m, ctx: DateTime(m.ticks - m.ticks % TICKS_PER_DAY, m.kind), type_name="System.DateTime"
)
DT.prop("TimeOfDay", lambda m, ctx: TimeSpan(m.ticks % TICKS_PER_DAY), type_name="System.TimeSpan")
DT.prop("DayOfYear", lambda m, ctx: m.to_datetime().timetuple().tm_yday, type_name="System.Int32")


def day_of_week(moment: DateTime, ctx: Any) -> Any:
    """The value of System.DayOfWeek."""
    from exmigrate.twin.powershell.types.enums import enum_number

    return enum_number("System.DayOfWeek", (moment.ticks // TICKS_PER_DAY + 1) % 7)


def _kind(moment: DateTime, ctx: Any) -> Any:
    from exmigrate.twin.powershell.types.enums import enum_number

    return enum_number("System.DateTimeKind", moment.kind)


DT.prop("DayOfWeek", day_of_week, type_name="System.DayOfWeek")
DT.prop("Kind", _kind, type_name="System.DateTimeKind")
DT.prop(
    "DateTime", lambda m, ctx: format_date(m, "F", culture=session_culture(ctx)), type_name="System.Object"
)

for _name, _ticks in (
    ("AddDays", TICKS_PER_DAY),
    ("AddHours", 3600 * TICKS_PER_SECOND),
    ("AddMinutes", 60 * TICKS_PER_SECOND),
    ("AddSeconds", TICKS_PER_SECOND),
    ("AddMilliseconds", 10_000),
):
    DT.method(f"datetime {_name}(double value)")(
        lambda m, value, unit=_ticks: _checked(m.ticks + round(value * unit), m.kind)
    )
    DTO.method(f"System.DateTimeOffset {_name}(double value)")(
        lambda m, value, unit=_ticks: DateTimeOffset(m.ticks + round(value * unit), m.offset)
    )


@DT.method("datetime AddTicks(long value)")
def _add_ticks(m: DateTime, value: int) -> DateTime:
    return _checked(m.ticks + int(value), m.kind)


@DT.method("datetime AddMonths(int months)")
def _add_months(m: DateTime, months: int) -> DateTime:
    moment = m.to_datetime()
    total = moment.year * 12 + moment.month - 1 + months
    year, month = divmod(total, 12)
    if not 1 <= year <= 9999:
        raise out_of_range("The added or subtracted value results in an un-representable DateTime.", "months")
    day = min(moment.day, calendar.monthrange(year, month + 1)[1])
    return DateTime(DateTime.of(year, month + 1, day).ticks + m.ticks % TICKS_PER_DAY, m.kind)


@DT.method("datetime AddYears(int value)")
def _add_years(m: DateTime, years: int) -> DateTime:
    moved: DateTime = _add_months(m, years * 12)
    return moved


@DT.method("datetime Add(timespan value)")
def _add(m: DateTime, span: TimeSpan) -> DateTime:
    return _checked(m.ticks + span.ticks, m.kind)


@DT.method("timespan Subtract(datetime value)", "datetime Subtract(timespan value)")
def _subtract(m: DateTime, other: Any) -> Any:
    return (
        TimeSpan(m.ticks - other.ticks)
        if isinstance(other, DateTime)
        else _checked(m.ticks - other.ticks, m.kind)
    )


@DT.method("string ToString(string format)", "string ToString(string format, object provider)", ctx=True)
def _format(m: DateTime, form: str, provider: Any = None, ctx: Any = None) -> str:
    if provider is not None:
        return format_date(m, form or "G", offset_ticks(m.ticks, ctx) // (60 * TICKS_PER_SECOND))
    return format_value(m, form, ctx)


@DT.method("string ToString(System.Globalization.CultureInfo provider)", ctx=True)
def _format_culture(m: DateTime, provider: Any, ctx: Any) -> str:
    return member_text(m, ctx, provider.name if provider is not None else "")


for _name, _form in (
    ("ToShortDateString", "d"),
    ("ToLongDateString", "D"),
    ("ToShortTimeString", "t"),
    ("ToLongTimeString", "T"),
):
    DT.method(f"string {_name}()", ctx=True)(lambda m, form=_form, ctx=None: format_value(m, form, ctx))


DT.method("datetime ToUniversalTime()", ctx=True)(lambda m, ctx: to_utc(m, ctx))
DT.method("datetime ToLocalTime()", ctx=True)(lambda m, ctx: to_local(m, ctx))
DT.method("double ToOADate()")(lambda m: (m.ticks - DateTime.of(1899, 12, 30).ticks) / TICKS_PER_DAY)
DT.method("bool IsDaylightSavingTime()")(lambda m: False)
_FILETIME = DateTime.of(1601, 1, 1).ticks
DT.method("long ToFileTime()", "long ToFileTimeUtc()", ctx=True)(
    lambda m, ctx: v.Int64(to_utc(m, ctx).ticks - _FILETIME)
)
DT.method("long ToBinary()")(lambda m: v.Int64(m.ticks | (m.kind << 62)))


@DT.method("int CompareTo(datetime value)")
def _compare(m: DateTime, other: DateTime) -> int:
    return (m > other) - (m < other)


@DT.method("bool Equals(datetime value)")
def _equals(m: DateTime, other: DateTime) -> bool:
    return m == other


DT.static("Now", lambda ctx: local_now(ctx))
DT.static("UtcNow", lambda ctx: DateTime(ctx.machine.clock.now(), s.UTC))
DT.static("Today", lambda ctx: DateTime(local_now(ctx).ticks // TICKS_PER_DAY * TICKS_PER_DAY, s.LOCAL))
DT.static("MinValue", lambda ctx: DateTime(0))
DT.static("MaxValue", lambda ctx: DateTime(s.MAX_TICKS))


@DT.static_method(
    "datetime Parse(string s)",
    "datetime Parse(string s, object provider)",
    "datetime Parse(string s, object provider, object styles)",
    ctx=True,
)
def _static_parse(text: str, provider: Any = None, styles: Any = None, ctx: Any = None) -> DateTime:
    found = _parse(text, ctx)
    if found is None:
        raise bad_format(f"String '{text}' was not recognized as a valid DateTime.")
    return _styled(found, styles, ctx)


_ADJUST_TO_UTC, _ASSUME_UTC, _ASSUME_LOCAL = 16, 64, 32


def _styled(moment: DateTime, styles: Any, ctx: Any) -> DateTime:
    flags = styles.value if isinstance(styles, v.EnumValue) else 0
    if isinstance(styles, str):
        from exmigrate.twin.powershell.types.enums import enum_value

        flags = enum_value("System.Globalization.DateTimeStyles", styles).value
    if moment.kind == s.UNSPECIFIED and flags & _ASSUME_UTC:
        moment = DateTime(moment.ticks, s.UTC)
        if not flags & _ADJUST_TO_UTC:
            moment = to_local(moment, ctx)
    elif moment.kind == s.UNSPECIFIED and flags & _ASSUME_LOCAL:
        moment = DateTime(moment.ticks, s.LOCAL)
    return to_utc(moment, ctx) if flags & _ADJUST_TO_UTC and moment.kind == s.LOCAL else moment


@DT.static_method(
    "datetime ParseExact(string s, string format, object provider)",
    "datetime ParseExact(string s, string format, object provider, object style)",
    "datetime ParseExact(string s, string[] formats, object provider, object style)",
    ctx=True,
)
def _parse_exact(text: str, form: Any, provider: Any, style: Any = None, ctx: Any = None) -> DateTime:
    forms = [form] if isinstance(form, str) else form
    for one in forms:
        found = parse_exact(text, one, ctx.machine.clock.offset_minutes(0), local_now(ctx))
        if found is not None:
            return _styled(found, style, ctx)
    raise bad_format(f"String '{text}' was not recognized as a valid DateTime.")


@DT.static_method("bool TryParse(string s, ref result)", ctx=True)
def _try_parse(text: str, result: Any, ctx: Any) -> bool:
    found = _parse(text, ctx) if text else None
    result.assign(found or DateTime(0))
    return found is not None


@DT.static_method(
    "bool TryParseExact(string s, string format, object provider, object style, ref result)", ctx=True
)
def _try_parse_exact(text: str, form: str, provider: Any, style: Any, result: Any, ctx: Any) -> bool:
    found = parse_exact(text, form, ctx.machine.clock.offset_minutes(0), local_now(ctx)) if text else None
    result.assign(_styled(found, style, ctx) if found else DateTime(0))
    return found is not None


DT.static_method("bool IsLeapYear(int year)")(calendar.isleap)
DT.static_method("int DaysInMonth(int year, int month)")(
    lambda year, month: calendar.monthrange(year, month)[1]
)
DT.static_method("int Compare(datetime t1, datetime t2)")(lambda a, b: (a > b) - (a < b))
DT.static_method("datetime SpecifyKind(datetime value, System.DateTimeKind kind)")(
    lambda value, kind: DateTime(value.ticks, kind.value)
)
DT.static_method("datetime FromFileTime(long fileTime)", ctx=True)(
    lambda ticks, ctx: to_local(DateTime(int(ticks) + _FILETIME, s.UTC), ctx)
)
DT.static_method("datetime FromFileTimeUtc(long fileTime)")(
    lambda ticks: DateTime(int(ticks) + _FILETIME, s.UTC)
)
DT.static_method("datetime FromOADate(double d)")(
    lambda days: DateTime(DateTime.of(1899, 12, 30).ticks + round(days * TICKS_PER_DAY))
)
DT.static_method("datetime FromBinary(long dateData)")(
    lambda data: DateTime(int(data) & (2**62 - 1), (int(data) >> 62) & 3)
)


@DT.constructor(
    "new()",
    "new(int year, int month, int day)",
    "new(int year, int month, int day, int hour, int minute, int second)",
    "new(int year, int month, int day, int hour, int minute, int second, System.DateTimeKind kind)",
)
def _new(
    year: int = 1,
    month: int = 1,
    day: int = 1,
    hour: int = 0,
    minute: int = 0,
    second: int = 0,
    kind: Any = None,
) -> DateTime:
    made: DateTime = _new_millisecond(year, month, day, hour, minute, second, 0, kind)
    return made


@DT.constructor(
    "new(int year, int month, int day, int hour, int minute, int second, int millisecond)",
    "new(int year, int month, int day, int hour, int minute, int second, int millisecond, System.DateTimeKind kind)",
)
def _new_millisecond(
    year: int, month: int, day: int, hour: int, minute: int, second: int, millisecond: int, kind: Any = None
) -> DateTime:
    try:
        return DateTime.of(
            year,
            month,
            day,
            hour,
            minute,
            second,
            millisecond * 10_000,
            kind.value if kind is not None else 0,
        )
    except ValueError:
        raise NetFault(
            "System.ArgumentOutOfRangeException",
            "Year, Month, and Day parameters describe an un-representable DateTime.",
        ) from None


@DT.constructor("new(long ticks)", "new(long ticks, System.DateTimeKind kind)")
def _of_ticks(ticks: int, kind: Any = None) -> DateTime:
    if not 0 <= ticks <= s.MAX_TICKS:
        raise out_of_range(
            "Ticks must be between DateTime.MinValue.Ticks and DateTime.MaxValue.Ticks.", "ticks"
        )
    return DateTime(int(ticks), kind.value if kind is not None else 0)
