"""System.Globalization: the calendar, the formats of numbers and of dates of a culture."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.typeinfo import TYPES
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.cultures import CULTURE, TEXT_INFO, Culture, culture_row
from exmigrate.twin.powershell.types.enums import enum_value
from exmigrate.twin.powershell.values import Record, record_type

_SPACE = "System.Globalization."
_I, _S, _B, _STRINGS = "System.Int32", "System.String", "System.Boolean", "System.String[]"
CALENDAR = record_type(
    f"{_SPACE}GregorianCalendar",
    {
        "MinSupportedDateTime": "System.DateTime", "MaxSupportedDateTime": "System.DateTime", "AlgorithmType": _S,
        "CalendarType": _S, "Eras": "System.Int32[]", "TwoDigitYearMax": _I, "IsReadOnly": _B,
    },
)  # fmt: skip
NUMBERS = record_type(
    f"{_SPACE}NumberFormatInfo",
    {
        "CurrencyDecimalDigits": _I, "CurrencyDecimalSeparator": _S, "IsReadOnly": _B, "CurrencyGroupSizes": "System.Int32[]",
        "NumberGroupSizes": "System.Int32[]", "PercentGroupSizes": "System.Int32[]", "CurrencyGroupSeparator": _S,
        "CurrencySymbol": _S, "NaNSymbol": _S, "CurrencyNegativePattern": _I, "NumberNegativePattern": _I,
        "PercentPositivePattern": _I, "PercentNegativePattern": _I, "NegativeInfinitySymbol": _S, "NegativeSign": _S,
        "NumberDecimalDigits": _I, "NumberDecimalSeparator": _S, "NumberGroupSeparator": _S, "CurrencyPositivePattern": _I,
        "PositiveInfinitySymbol": _S, "PositiveSign": _S, "PercentDecimalDigits": _I, "PercentDecimalSeparator": _S,
        "PercentGroupSeparator": _S, "PercentSymbol": _S, "PerMilleSymbol": _S, "NativeDigits": _STRINGS,
        "DigitSubstitution": _S,
    },
)  # fmt: skip
DATES = record_type(
    f"{_SPACE}DateTimeFormatInfo",
    {
        "AMDesignator": _S, "Calendar": CALENDAR.name, "DateSeparator": _S, "FirstDayOfWeek": "System.DayOfWeek",
        "CalendarWeekRule": _S, "FullDateTimePattern": _S, "LongDatePattern": _S, "LongTimePattern": _S,
        "MonthDayPattern": _S, "PMDesignator": _S, "RFC1123Pattern": _S, "ShortDatePattern": _S, "ShortTimePattern": _S,
        "SortableDateTimePattern": _S, "TimeSeparator": _S, "UniversalSortableDateTimePattern": _S,
        "YearMonthPattern": _S, "AbbreviatedDayNames": _STRINGS, "ShortestDayNames": _STRINGS, "DayNames": _STRINGS,
        "AbbreviatedMonthNames": _STRINGS, "MonthNames": _STRINGS, "IsReadOnly": _B, "NativeCalendarName": _S,
        "AbbreviatedMonthGenitiveNames": _STRINGS, "MonthGenitiveNames": _STRINGS,
    },
)  # fmt: skip
COMPARE = record_type(f"{_SPACE}CompareInfo", {"Name": _S, "LCID": _I})
COMPARE.constants({"Version": None}, since=5.1)
for _declared in (CALENDAR, NUMBERS, DATES, COMPARE):
    TYPES[_declared.name.lower()] = _declared

_ENGLISH = (
    ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"),
    ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
     "December"),
)  # fmt: skip
_PATTERNS = {
    "en-US": ("M/d/yyyy", "dddd, MMMM d, yyyy", "h:mm:ss tt", "h:mm tt", "MMMM d", "/", "$"),
    "": ("MM/dd/yyyy", "dddd, dd MMMM yyyy", "HH:mm:ss", "HH:mm", "MMMM dd", "/", "\u00a4"),
}


def _row(culture: Culture) -> tuple[str, str, str, str, str, str, str]:
    from exmigrate.twin.powershell.errors import unsupported

    found = _PATTERNS.get(culture.name)
    if found is None:
        raise unsupported(f"the formats of culture {culture.name}")
    return found


def _texts(items: Any) -> Any:
    return v.TypedArray(d.STRING, list(items))


def _calendar(culture: Culture, ctx: Any) -> Record:
    from exmigrate.twin.powershell.scalars import DateTime

    return Record(
        CALENDAR,
        {
            "MinSupportedDateTime": DateTime(0), "MaxSupportedDateTime": DateTime(3_155_378_975_999_999_999),
            "AlgorithmType": "SolarCalendar", "CalendarType": "Localized", "Eras": [1], "TwoDigitYearMax": 2029,
            "IsReadOnly": False,
        },
    )  # fmt: skip


def _numbers(culture: Culture, ctx: Any) -> Record:
    symbol = _row(culture)[6]
    infinity = "\u221e" if ctx is not None and ctx.level == "7" else "Infinity"
    return Record(
        NUMBERS,
        {
            "CurrencyDecimalDigits": 2, "CurrencyDecimalSeparator": ".", "IsReadOnly": False, "CurrencyGroupSizes": [3],
            "NumberGroupSizes": [3], "PercentGroupSizes": [3], "CurrencyGroupSeparator": ",", "CurrencySymbol": symbol,
            "NaNSymbol": "NaN", "CurrencyNegativePattern": 0, "NumberNegativePattern": 1, "PercentPositivePattern": 0,
            "PercentNegativePattern": 0, "NegativeInfinitySymbol": f"-{infinity}", "NegativeSign": "-",
            "NumberDecimalDigits": 2, "NumberDecimalSeparator": ".", "NumberGroupSeparator": ",",
            "CurrencyPositivePattern": 0, "PositiveInfinitySymbol": infinity, "PositiveSign": "+",
            "PercentDecimalDigits": 2, "PercentDecimalSeparator": ".", "PercentGroupSeparator": ",", "PercentSymbol": "%",
            "PerMilleSymbol": "\u2030", "NativeDigits": _texts("0123456789"), "DigitSubstitution": "None",
        },
    )  # fmt: skip


def _dates(culture: Culture, ctx: Any) -> Record:
    short, long, time, brief, day, mark, _ = _row(culture)
    days, months = _ENGLISH
    month_names, brief_months = _texts([*months, ""]), _texts([*(name[:3] for name in months), ""])
    return Record(
        DATES,
        {
            "AMDesignator": "AM", "Calendar": _calendar(culture, ctx), "DateSeparator": mark,
            "FirstDayOfWeek": enum_value("System.DayOfWeek", "Sunday"), "CalendarWeekRule": "FirstDay",
            "FullDateTimePattern": f"{long} {time}", "LongDatePattern": long, "LongTimePattern": time,
            "MonthDayPattern": day, "PMDesignator": "PM", "RFC1123Pattern": "ddd, dd MMM yyyy HH':'mm':'ss 'GMT'",
            "ShortDatePattern": short, "ShortTimePattern": brief,
            "SortableDateTimePattern": "yyyy'-'MM'-'dd'T'HH':'mm':'ss", "TimeSeparator": ":",
            "UniversalSortableDateTimePattern": "yyyy'-'MM'-'dd HH':'mm':'ss'Z'",
            "YearMonthPattern": "MMMM yyyy" if culture.name else "yyyy MMMM",
            "AbbreviatedDayNames": _texts(name[:3] for name in days),
            "ShortestDayNames": _texts(name[:2] for name in days), "DayNames": _texts(days),
            "AbbreviatedMonthNames": brief_months, "MonthNames": month_names, "IsReadOnly": False,
            "NativeCalendarName": "Gregorian Calendar", "AbbreviatedMonthGenitiveNames": brief_months,
            "MonthGenitiveNames": month_names,
        },
    )  # fmt: skip


def _is_neutral(culture: Culture) -> bool:
    return bool(culture.name) and "-" not in culture.name


CULTURE.prop("Parent", lambda c, ctx: Culture(c.name.rpartition("-")[0]), type_name=CULTURE.name)
CULTURE.prop("KeyboardLayoutId", lambda c, ctx: culture_row(c)[0], type_name=_I)
CULTURE.prop("NativeName", lambda c, ctx: culture_row(c)[1], type_name=_S)
CULTURE.prop("EnglishName", lambda c, ctx: culture_row(c)[1], type_name=_S)
CULTURE.prop(
    "CompareInfo",
    lambda c, ctx: Record(COMPARE, {"Name": c.name, "LCID": culture_row(c)[0]}),
    None,
    COMPARE.name,
)
CULTURE.prop("IsNeutralCulture", lambda c, ctx: _is_neutral(c), type_name=_B)
CULTURE.prop(
    "CultureTypes",
    lambda c, ctx: "NeutralCultures" if _is_neutral(c) else "SpecificCultures, InstalledWin32Cultures",
)
CULTURE.prop("NumberFormat", _numbers, type_name=NUMBERS.name)
CULTURE.prop("DateTimeFormat", _dates, type_name=DATES.name)
CULTURE.prop("Calendar", _calendar, type_name=CALENDAR.name)
CULTURE.prop("OptionalCalendars", lambda c, ctx: v.TypedArray(CALENDAR, [_calendar(c, ctx)]))
TEXT_INFO.constants(
    {
        "ANSICodePage": 1252, "OEMCodePage": 437, "MacCodePage": 10000, "EBCDICCodePage": 37, "LCID": 1033,
        "CultureName": "en-US", "IsReadOnly": False, "IsRightToLeft": False,
    }
)  # fmt: skip
CULTURE.constants({"UseUserOverride": True, "IsReadOnly": False})
