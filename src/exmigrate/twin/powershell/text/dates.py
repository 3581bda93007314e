"""Dates, spans and their texts: .NET format strings written and read, invariant culture (and en-US patterns)."""

from __future__ import annotations

import re
from datetime import datetime

from exmigrate.twin.powershell.faults import bad_format
from exmigrate.twin.powershell.scalars import (
    LOCAL,
    TICKS_PER_DAY,
    TICKS_PER_SECOND,
    UTC,
    DateTime,
    DateTimeOffset,
    TimeSpan,
)

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = "January February March April May June July August September October November December".split()
INVARIANT = {
    "d": "MM/dd/yyyy",
    "D": "dddd, dd MMMM yyyy",
    "t": "HH:mm",
    "T": "HH:mm:ss",
    "f": "dddd, dd MMMM yyyy HH:mm",
    "F": "dddd, dd MMMM yyyy HH:mm:ss",
    "g": "MM/dd/yyyy HH:mm",
    "G": "MM/dd/yyyy HH:mm:ss",
    "m": "MMMM dd",
    "M": "MMMM dd",
    "y": "yyyy MMMM",
    "Y": "yyyy MMMM",
    "r": "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
    "R": "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
    "s": "yyyy'-'MM'-'dd'T'HH':'mm':'ss",
    "u": "yyyy'-'MM'-'dd HH':'mm':'ss'Z'",
    "U": "dddd, dd MMMM yyyy HH:mm:ss",
    "o": "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
    "O": "yyyy'-'MM'-'dd'T'HH':'mm':'ss'.'fffffffK",
}
ENGLISH_US = {
    **INVARIANT,
    "d": "M/d/yyyy",
    "D": "dddd, MMMM d, yyyy",
    "t": "h:mm tt",
    "T": "h:mm:ss tt",
    "f": "dddd, MMMM d, yyyy h:mm tt",
    "F": "dddd, MMMM d, yyyy h:mm:ss tt",
    "g": "M/d/yyyy h:mm tt",
    "G": "M/d/yyyy h:mm:ss tt",
    "m": "MMMM d",
    "M": "MMMM d",
    "y": "MMMM yyyy",
    "Y": "MMMM yyyy",
    "U": "dddd, MMMM d, yyyy h:mm:ss tt",
}
CULTURES: dict[str, dict[str, str]] = {"": INVARIANT, "en-US": ENGLISH_US}


def _runs(form: str) -> list[tuple[str, str]]:
    """A custom date format as (letter, run) and ("", literal) tokens."""
    tokens: list[tuple[str, str]] = []
    position = 0
    while position < len(form):
        letter = form[position]
        if letter in "dfFghHKmMstyz:/":
            end = position + 1
            if letter not in ":/K":
                while end < len(form) and form[end] == letter:
                    end += 1
            tokens.append((letter, form[position:end]))
            position = end
        elif letter in "'\"":
            end = form.find(letter, position + 1)
            if end < 0:
                raise bad_format("Input string was not in a correct format.")
            tokens.append(("", form[position + 1 : end]))
            position = end + 1
        elif letter == "\\":
            tokens.append(("", form[position + 1 : position + 2]))
            position += 2
        elif letter == "%":
            position += 1
        else:
            tokens.append(("", letter))
            position += 1
    return tokens


def format_date(
    value: DateTime, form: str = "G", offset_minutes: int = 0, culture: str = "", offset: int | None = None
) -> str:
    """A DateTime by a standard or custom format string; raises FormatException.

    Args:
        value: The moment.
        form: Format string; empty is ``G``.
        offset_minutes: Local time minus UTC, for ``K`` and ``z`` of local moments.
        culture: Culture name.
        offset: Offset of a DateTimeOffset in minutes.
    """
    form = form or "G"
    if len(form) == 1:
        patterns = CULTURES.get(culture, INVARIANT)
        if form not in patterns:
            raise bad_format("Input string was not in a correct format.")
        form = patterns[form]
    moment = value.to_datetime()
    return "".join(
        _date_part(letter, run, value, moment, offset_minutes, offset) if letter else run
        for letter, run in _runs(form)
    )


def _offset_text(minutes: int, width: int) -> str:
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    if width == 1:
        return f"{sign}{hours}"
    return f"{sign}{hours:02d}" if width == 2 else f"{sign}{hours:02d}:{rest:02d}"


def _date_part(
    letter: str, run: str, value: DateTime, moment: datetime, offset_minutes: int, offset: int | None
) -> str:
    width = len(run)
    if letter == "d":
        if width > 2:
            name = DAYS[moment.weekday()]
            return name[:3] if width == 3 else name
        return str(moment.day).rjust(width, "0")
    if letter == "M":
        if width > 2:
            name = MONTHS[moment.month - 1]
            return name[:3] if width == 3 else name
        return str(moment.month).rjust(width, "0")
    if letter == "y":
        return str(moment.year % 100 if width < 3 else moment.year).rjust(width, "0")
    if letter == "H":
        return str(moment.hour).rjust(min(width, 2), "0")
    if letter == "h":
        return str((moment.hour + 11) % 12 + 1).rjust(min(width, 2), "0")
    if letter == "m":
        return str(moment.minute).rjust(min(width, 2), "0")
    if letter == "s":
        return str(moment.second).rjust(min(width, 2), "0")
    if letter == "t":
        half = "AM" if moment.hour < 12 else "PM"
        return half[:1] if width == 1 else half
    if letter in "fF":
        digits = f"{value.fraction:07d}"[:width]
        return digits if letter == "f" else digits.rstrip("0")
    if letter == "K":
        if offset is not None:
            return _offset_text(offset, 3)
        return "Z" if value.kind == UTC else (_offset_text(offset_minutes, 3) if value.kind == LOCAL else "")
    if letter == "z":
        minutes = offset if offset is not None else (0 if value.kind == UTC else offset_minutes)
        return _offset_text(minutes, width)
    if letter == "g":
        return "A.D."
    return run


def format_offset(value: DateTimeOffset, form: str = "", culture: str = "") -> str:
    """A DateTimeOffset by a format string; empty is the general pattern with the offset."""
    minutes = value.offset // (60 * TICKS_PER_SECOND)
    if not form:
        patterns = CULTURES.get(culture, INVARIANT)
        form = patterns["G"] + " zzz"
    return format_date(DateTime(value.ticks), form, minutes, culture, minutes)


def format_span(value: TimeSpan, form: str = "c") -> str:
    """A TimeSpan by a format string (``c g G t T`` or a custom one)."""
    sign = "-" if value.ticks < 0 else ""
    ticks = abs(value.ticks)
    days, rest = divmod(ticks, TICKS_PER_DAY)
    seconds, fraction = divmod(rest, TICKS_PER_SECOND)
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    if form in ("", "c", "t", "T"):
        text = f"{hours:02d}:{minutes:02d}:{seconds:02d}" + (f".{fraction:07d}" if fraction else "")
        return sign + (f"{days}." if days else "") + text
    if form == "g":
        text = f"{hours}:{minutes:02d}:{seconds:02d}"
        return (
            sign + (f"{days}:" if days else "") + text + (f".{fraction:07d}".rstrip("0") if fraction else "")
        )
    if form == "G":
        return f"{sign}{days}:{hours:02d}:{minutes:02d}:{seconds:02d}.{fraction:07d}"
    return _custom_span(form, days, hours, minutes, seconds, fraction)


def _custom_span(form: str, days: int, hours: int, minutes: int, seconds: int, fraction: int) -> str:
    values = {"d": days, "h": hours, "m": minutes, "s": seconds}
    out, position = [], 0
    while position < len(form):
        letter = form[position]
        end = position + 1
        if letter in "dhmsfF":
            while end < len(form) and form[end] == letter:
                end += 1
            if letter in "fF":
                digits = f"{fraction:07d}"[: end - position]
                out.append(digits if letter == "f" else digits.rstrip("0"))
            else:
                out.append(str(values[letter]).rjust(end - position, "0"))
        elif letter == "\\":
            out.append(form[end : end + 1])
            end += 1
        elif letter in "'\"":
            close = form.find(letter, end)
            if close < 0:
                raise bad_format("Input string was not in a correct format.")
            out.append(form[end:close])
            end = close + 1
        elif letter != "%":
            raise bad_format("Input string was not in a correct format.")
        position = end
    return "".join(out)


# Reading -----------------------------------------------------------------------------------------------

_SPAN = re.compile(
    r"^\s*(?P<sign>-)?(?:(?P<only>\d+)|(?:(?P<days>\d+)[.:])??(?P<hours>\d+):(?P<minutes>\d+)"
    r"(?::(?P<seconds>\d+)(?:\.(?P<fraction>\d{1,7}))?)?)\s*$"
)


def parse_span(text: str) -> TimeSpan | None:
    """A TimeSpan from text as ``TimeSpan.Parse`` reads it, or None."""
    found = _SPAN.match(text)
    if found is None:
        return None
    part = found.groupdict()
    if part["only"]:
        ticks = int(part["only"]) * TICKS_PER_DAY
    else:
        hours, minutes, seconds = (int(part[name] or 0) for name in ("hours", "minutes", "seconds"))
        if hours > 23 or minutes > 59 or seconds > 59:
            return None
        whole = int(part["days"] or 0) * 86_400 + hours * 3_600 + minutes * 60 + seconds
        ticks = whole * TICKS_PER_SECOND + int((part["fraction"] or "").ljust(7, "0"))
    return TimeSpan(-ticks if part["sign"] else ticks)


_TIME = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{1,2})(?::(?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,7})\d*)?)?"
    r"\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
)
_ZONE = r"\s*(?P<zone>Z|GMT|UTC|[+-]\d{1,2}:?\d{0,2})?"
_MONTH = r"(?P<name>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_WEEKDAY = r"(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?"
_DATES = [
    r"(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
    r"(?P<month>\d{1,2})[-/.](?P<day>\d{1,2})[-/.](?P<year>\d{4}|\d{2})",
    rf"(?P<day>\d{{1,2}})[ -]+{_MONTH}[ ,-]+(?P<year>\d{{4}}|\d{{2}})",
    rf"{_MONTH}\s+(?P<day>\d{{1,2}}),?\s+(?P<year>\d{{4}})",
    rf"{_MONTH}\s+(?P<year>\d{{4}})",
    rf"(?P<year>\d{{4}})\s+{_MONTH}",
    r"(?P<year>\d{4})[-/](?P<month>\d{1,2})",
    r"(?P<month>\d{1,2})/(?P<day>\d{1,2})",
]
_PATTERNS = [
    re.compile(rf"^\s*{_WEEKDAY}{date}(?:[T ,]\s*{_TIME}{_ZONE})?\s*$", re.IGNORECASE) for date in _DATES
] + [re.compile(rf"^\s*{_TIME}{_ZONE}\s*$", re.IGNORECASE)]


def parse_date(text: str, now: DateTime | None = None, offset_minutes: int = 0) -> DateTime | None:
    """A DateTime from text as ``DateTime.Parse`` reads it in the invariant culture, or None.

    Args:
        text: What to read.
        now: Today, for texts without a date.
        offset_minutes: Local time minus UTC; texts with a zone become local.
    """
    for pattern in _PATTERNS:
        found = pattern.match(text)
        if found is not None:
            return _from_parts(found.groupdict(), now, offset_minutes)
    return None


def _from_parts(part: dict[str, str | None], now: DateTime | None, offset_minutes: int) -> DateTime | None:
    today = (now or DateTime(0)).to_datetime()
    name = part.get("name")
    month = (
        [m[:3].lower() for m in MONTHS].index(name[:3].lower()) + 1 if name else int(part.get("month") or 0)
    )
    has_date = bool(month)
    year = int(part.get("year") or today.year)
    if part.get("year") and len(part["year"] or "") == 2:
        year += 2000 if year < 50 else 1900
    day = int(part.get("day") or (1 if has_date else today.day))
    hour = int(part.get("hour") or 0)
    half = (part.get("half") or "").lower()
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    ticks = int((part.get("fraction") or "").ljust(7, "0"))
    try:
        moment = DateTime.of(
            year,
            month or today.month,
            day,
            hour,
            int(part.get("minute") or 0),
            int(part.get("second") or 0),
            ticks,
        )
    except ValueError:
        return None
    zone = part.get("zone")
    return moment if not zone else _in_local(moment, zone, offset_minutes)


def _in_local(moment: DateTime, zone: str, offset_minutes: int) -> DateTime:
    minutes = zone_minutes(zone)
    ticks = moment.ticks + (offset_minutes - minutes) * 60 * TICKS_PER_SECOND
    return DateTime(ticks, LOCAL)


def zone_minutes(zone: str) -> int:
    """Minutes of an offset text such as ``+02:00`` or ``Z``."""
    if zone[0] not in "+-":
        return 0
    digits = zone[1:].replace(":", "")
    hours, minutes = (int(digits[:2]), int(digits[2:] or 0)) if len(digits) > 2 else (int(digits), 0)
    return (hours * 60 + minutes) * (-1 if zone[0] == "-" else 1)


_PARTS = {
    "y": ("year", r"\d{{{n}}}"),
    "M": ("month", r"\d{{{n}}}"),
    "d": ("day", r"\d{{{n}}}"),
    "H": ("hour", r"\d{{{n}}}"),
    "h": ("hour", r"\d{{{n}}}"),
    "m": ("minute", r"\d{{{n}}}"),
    "s": ("second", r"\d{{{n}}}"),
}


def parse_exact(
    text: str, form: str, offset_minutes: int = 0, now: DateTime | None = None
) -> DateTime | None:
    """A DateTime from text that has exactly a format, or None."""
    if len(form) == 1:
        form = INVARIANT.get(form, form)
    pattern = "".join(_exact_token(letter, run) for letter, run in _runs(form))
    found = re.match(f"^{pattern}$", text, re.IGNORECASE)
    if found is None:
        return None
    part = {name: value for name, value in found.groupdict().items() if value is not None}
    if "zone" in part and not part["zone"]:
        del part["zone"]
    defaults: dict[str, str | None] = {"month": "1", "day": "1", **part}
    if "year" not in part and "month" not in part and "day" not in part and "name" not in part:
        defaults.pop("month")
        defaults.pop("day")
    return _from_parts(defaults, now, offset_minutes)


def _exact_token(letter: str, run: str) -> str:
    width = len(run)
    if letter == "M" and width > 2:
        return f"(?P<name>{'|'.join(m[:3] if width == 3 else m for m in MONTHS)})"
    if letter == "d" and width > 2:
        return f"(?:{'|'.join(d[:3] if width == 3 else d for d in DAYS)})"
    if letter in _PARTS:
        name, _ = _PARTS[letter]
        if letter == "y":
            return rf"(?P<{name}>\d{{{2 if width < 3 else width}}})"
        return rf"(?P<{name}>\d{{{'1,2' if width == 1 else '2'}}})"
    if letter == "f":
        return rf"(?P<fraction>\d{{{width}}})"
    if letter == "F":
        return rf"(?P<fraction>\d{{0,{width}}})"
    if letter == "t":
        return "(?P<half>[AP]M?)" if width == 1 else "(?P<half>[AP]M)"
    if letter == "z":
        return r"(?P<zone>[+-]\d{1,2}(?::?\d{2})?)"
    if letter == "K":
        return r"(?P<zone>Z|[+-]\d{2}:\d{2}|)"
    return re.escape(run)
