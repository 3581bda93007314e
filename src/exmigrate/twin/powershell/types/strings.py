"""Members of String."""

from __future__ import annotations

import unicodedata
from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.faults import argument_null, bad_argument, check_size, out_of_range
from exmigrate.twin.powershell.text.collation import compare_text
from exmigrate.twin.powershell.text.composite import format_composite
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.texts import to_text

S = d.STRING
_FOLDING = (1, 3, 5)
WHITE_SPACE = " \t\n\r\v\f\x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"

S.prop("Length", lambda s, ctx: len(s), type_name="System.Int32")
S.static("Empty", lambda ctx: "", "System.String")


def _fold(comparison: Any) -> bool:
    if comparison is None:
        return False
    return comparison.value in _FOLDING if isinstance(comparison, v.EnumValue) else bool(comparison)


@S.method("string Substring(int startIndex)", "string Substring(int startIndex, int length)")
def _substring(s: str, start: int, length: int | None = None) -> str:
    if start < 0:
        raise out_of_range("StartIndex cannot be less than zero.", "startIndex")
    if start > len(s):
        raise out_of_range("startIndex cannot be larger than length of string.", "startIndex")
    if length is None:
        return s[start:]
    if length < 0:
        raise out_of_range("Length cannot be less than zero.", "length")
    if start + length > len(s):
        raise out_of_range("Index and length must refer to a location within the string.", "length")
    return s[start : start + length]


@S.method(
    "int IndexOf(string value)",
    "int IndexOf(char value)",
    "int IndexOf(string value, int startIndex)",
    "int IndexOf(char value, int startIndex)",
    "int IndexOf(string value, int startIndex, int count)",
)
def _index_of(s: str, value: str, start: int = 0, count: int | None = None) -> int:
    _check_start(s, start)
    return s.find(value, start, len(s) if count is None else start + count)


@S.method(
    "int IndexOf(string value, System.StringComparison comparisonType)",
    "int IndexOf(string value, int startIndex, System.StringComparison comparisonType)",
)
def _index_of_by(s: str, value: str, a: Any, b: Any = None) -> int:
    start, comparison = (0, a) if b is None else (a, b)
    _check_start(s, start)
    return s.lower().find(value.lower(), start) if _fold(comparison) else s.find(value, start)


def _check_start(s: str, start: int) -> None:
    if not 0 <= start <= len(s):
        raise out_of_range(
            "Index was out of range. Must be non-negative and less than or equal to the size of the collection.",
            "startIndex",
        )


@S.method(
    "int LastIndexOf(string value)",
    "int LastIndexOf(char value)",
    "int LastIndexOf(string value, int startIndex)",
    "int LastIndexOf(char value, int startIndex)",
)
def _last_index_of(s: str, value: str, start: int | None = None) -> int:
    return s.rfind(value) if start is None else s.rfind(value, 0, start + 1)


@S.method("int LastIndexOf(string value, System.StringComparison comparisonType)")
def _last_index_by(s: str, value: str, comparison: Any) -> int:
    return s.lower().rfind(value.lower()) if _fold(comparison) else s.rfind(value)


@S.method("int IndexOfAny(char[] anyOf)", "int IndexOfAny(char[] anyOf, int startIndex)")
def _index_of_any(s: str, letters: Any, start: int = 0) -> int:
    return next((n for n in range(start, len(s)) if s[n] in letters), -1)


@S.method("int LastIndexOfAny(char[] anyOf)")
def _last_index_of_any(s: str, letters: Any) -> int:
    return next((n for n in range(len(s) - 1, -1, -1) if s[n] in letters), -1)


@S.method("bool Contains(string value)", "bool Contains(char value)")
def _contains(s: str, value: str) -> bool:
    return value in s


@S.method("bool Contains(string value, System.StringComparison comparisonType)")
def _contains_by(s: str, value: str, comparison: Any) -> bool:
    return value.lower() in s.lower() if _fold(comparison) else value in s


@S.method(
    "bool StartsWith(string value)",
    "bool StartsWith(char value)",
    "bool StartsWith(string value, System.StringComparison comparisonType)",
    "bool StartsWith(string value, bool ignoreCase, object culture)",
)
def _starts_with(s: str, value: str, comparison: Any = None, culture: Any = None) -> bool:
    return s.lower().startswith(value.lower()) if _fold(comparison) else s.startswith(value)


@S.method(
    "bool EndsWith(string value)",
    "bool EndsWith(char value)",
    "bool EndsWith(string value, System.StringComparison comparisonType)",
    "bool EndsWith(string value, bool ignoreCase, object culture)",
)
def _ends_with(s: str, value: str, comparison: Any = None, culture: Any = None) -> bool:
    return s.lower().endswith(value.lower()) if _fold(comparison) else s.endswith(value)


@S.method("bool Equals(object obj)")
def _equals(s: str, other: Any) -> bool:
    return isinstance(other, str) and str(s) == str(other) and not isinstance(other, v.Char)


@S.method("bool Equals(string value, System.StringComparison comparisonType)")
def _equals_by(s: str, other: str, comparison: Any) -> bool:
    return s.lower() == other.lower() if _fold(comparison) else s == other


@S.method("int CompareTo(object value)", "int CompareTo(string strB)")
def _compare_to(s: str, other: Any) -> int:
    return 1 if other is None else compare_text(s, to_text(other), False)


S.method("string ToUpper()", "string ToUpperInvariant()", "string ToUpper(object culture)")(
    lambda s, culture=None: _simple_case(s, str.upper)
)
S.method("string ToLower()", "string ToLowerInvariant()", "string ToLower(object culture)")(
    lambda s, culture=None: _simple_case(s, str.lower)
)


def _simple_case(text: str, change: Any) -> str:
    """Changes case letter by letter where one letter stays one letter, as .NET does (ß stays ß)."""
    if text.isascii():
        return str(change(text))
    return "".join(changed if len(changed := change(letter)) == 1 else letter for letter in text)


@S.method("string Trim()", "string Trim(char trimChar)", "string Trim(params char[] trimChars)")
def _trim(s: str, letters: Any = None) -> str:
    return s.strip(_trim_set(letters))


@S.method(
    "string TrimStart()", "string TrimStart(char trimChar)", "string TrimStart(params char[] trimChars)"
)
def _trim_start(s: str, letters: Any = None) -> str:
    return s.lstrip(_trim_set(letters))


@S.method("string TrimEnd()", "string TrimEnd(char trimChar)", "string TrimEnd(params char[] trimChars)")
def _trim_end(s: str, letters: Any = None) -> str:
    return s.rstrip(_trim_set(letters))


def _trim_set(letters: Any) -> str:
    return "".join(letters) if letters else WHITE_SPACE


@S.method("string PadLeft(int totalWidth)", "string PadLeft(int totalWidth, char paddingChar)")
def _pad_left(s: str, width: int, letter: str = " ") -> str:
    return s.rjust(_width(width), letter)


@S.method("string PadRight(int totalWidth)", "string PadRight(int totalWidth, char paddingChar)")
def _pad_right(s: str, width: int, letter: str = " ") -> str:
    return s.ljust(_width(width), letter)


def _width(width: int) -> int:
    if width < 0:
        raise out_of_range("Non-negative number required.", "totalWidth")
    check_size(width)
    return width


@S.method("string Replace(string oldValue, string newValue)", "string Replace(char oldChar, char newChar)")
def _replace(s: str, old: str, new: str) -> str:
    if not old:
        raise bad_argument("String cannot be of zero length.", "oldValue")
    return s.replace(old, new or "")


@S.method("string Replace(string oldValue, string newValue, System.StringComparison comparisonType)")
def _replace_by(s: str, old: str, new: str, comparison: Any) -> str:
    import re

    if not old:
        raise bad_argument("String cannot be of zero length.", "oldValue")
    flags = re.IGNORECASE if _fold(comparison) else 0
    return re.sub(re.escape(old), lambda found: new or "", s, flags=flags)


@S.method("string Insert(int startIndex, string value)")
def _insert(s: str, start: int, value: str) -> str:
    _check_start(s, start)
    return s[:start] + value + s[start:]


@S.method("string Remove(int startIndex)", "string Remove(int startIndex, int count)")
def _remove(s: str, start: int, count: int | None = None) -> str:
    if not 0 <= start <= len(s):
        raise out_of_range("startIndex must be less than length of string.", "startIndex")
    if count is not None and (count < 0 or start + count > len(s)):
        raise out_of_range("Index and count must refer to a location within the string.", "count")
    return s[:start] if count is None else s[:start] + s[start + count :]


@S.method("char[] ToCharArray()", "char[] ToCharArray(int startIndex, int length)")
def _to_chars(s: str, start: int = 0, length: int | None = None) -> Any:
    part = s if length is None else s[start : start + length]
    return v.TypedArray(d.CHAR, [v.Char(letter) for letter in part])


S.method("System.Collections.IEnumerator GetEnumerator()")(
    lambda s: _enumerator([v.Char(letter) for letter in s])
)
S.method("object Clone()")(lambda s: s)
S.method("System.TypeCode GetTypeCode()")(lambda s: _type_code("String"))
S.method("string ToString()", "string ToString(object provider)")(lambda s, provider=None: str(s))
S.method("char get_Chars(int index)")(lambda s, index: _char_at(s, index))
S.method("char Chars(int index)")(lambda s, index: _char_at(s, index))
S.method("string Normalize()")(lambda s: unicodedata.normalize("NFC", s))
S.method("bool IsNormalized()")(lambda s: unicodedata.normalize("NFC", s) == s)


def _type_code(name: str) -> Any:
    from exmigrate.twin.powershell.types.enums import enum_value

    return enum_value("System.TypeCode", name)


def _enumerator(items: list[Any]) -> Any:
    from exmigrate.twin.powershell.collections_ import Enumerator

    return Enumerator(items)


def _char_at(s: str, index: int) -> Any:
    if not 0 <= index < len(s):
        raise out_of_range("Index was outside the bounds of the array.", "index")
    return v.Char(s[index])


def _pieces(s: str, separators: list[str], count: int | None, options: Any) -> Any:
    remove = bool(options is not None and getattr(options, "value", 0) & 1)
    trim = bool(options is not None and getattr(options, "value", 0) & 2)
    pieces = _cut(s, separators, count, remove)
    if trim:
        pieces = [piece.strip() for piece in pieces]
    return v.TypedArray(d.STRING, [piece for piece in pieces if piece] if remove else pieces)


def _cut(s: str, separators: list[str], count: int | None, remove: bool) -> list[str]:
    if count is not None and count <= 1:
        return [s] if count else []
    given = [one for one in separators if one]
    if count is None and not remove and len(given) == 1:
        return s.split(given[0])
    pieces, start, position = [], 0, 0
    while position < len(s):
        found = next((one for one in separators if one and s.startswith(one, position)), None)
        if found is None:
            position += 1
            continue
        if not (remove and position == start):
            pieces.append(s[start:position])
        position += len(found)
        start = position
        if count is not None and len(pieces) == count - 1:
            if remove:
                while any(one and s.startswith(one, start) for one in separators):
                    start += 1
            break
    return [*pieces, s[start:]]


@S.method("string[] Split(string separator)")
def _split_text(s: str, separator: str) -> Any:
    return _pieces(s, [separator] if separator else list(WHITE_SPACE), None, None)


@S.method("string[] Split(params char[] separator)", "string[] Split(char[] separator, int count)")
def _split_chars(s: str, letters: Any, count: int | None = None) -> Any:
    return _pieces(s, list(letters) if letters else list(WHITE_SPACE), count, None)


@S.method("string[] Split(char[] separator, System.StringSplitOptions options)")
def _split_chars_by(s: str, letters: Any, options: Any) -> Any:
    return _pieces(s, list(letters) if letters else list(WHITE_SPACE), None, options)


@S.method("string[] Split(char[] separator, int count, System.StringSplitOptions options)")
def _split_chars_count(s: str, letters: Any, count: int, options: Any) -> Any:
    return _pieces(s, list(letters) if letters else list(WHITE_SPACE), count, options)


@S.method("string[] Split(string[] separator, System.StringSplitOptions options)")
def _split_strings(s: str, separators: Any, options: Any) -> Any:
    return _pieces(s, list(separators) if separators else list(WHITE_SPACE), None, options)


@S.method("string[] Split(string[] separator, int count, System.StringSplitOptions options)")
def _split_strings_count(s: str, separators: Any, count: int, options: Any) -> Any:
    return _pieces(s, list(separators) if separators else list(WHITE_SPACE), count, options)


# Static ------------------------------------------------------------------------------------------------

S.static_method("bool IsNullOrEmpty(string value)")(lambda value: not value)
S.static_method("bool IsNullOrWhiteSpace(string value)")(lambda value: not (value or "").strip())


@S.static_method(
    "string Join(string separator, params object[] values)",
    "string Join(char separator, params object[] values)",
    ctx=True,
)
def _join(separator: str, values: Any, ctx: Any) -> str:
    return (separator or "").join(to_text(value, ctx) for value in values or [])


@S.static_method("string Join(string separator, string[] value, int startIndex, int count)")
def _join_part(separator: str, values: Any, start: int, count: int) -> str:
    return separator.join(values[start : start + count])


@S.static_method("string Concat(params object[] args)", ctx=True)
def _concat(values: Any, ctx: Any) -> str:
    return "".join(to_text(value, ctx) for value in values or [])


@S.static_method("string Format(string format, params object[] args)", ctx=True)
def _format(template: str, values: Any, ctx: Any) -> str:
    if template is None:
        raise argument_null("format")
    return format_composite(template, list(values or []), ctx)


@S.static_method(
    "string Format(System.Globalization.CultureInfo provider, string format, params object[] args)", ctx=True
)
def _format_culture(provider: Any, template: str, values: Any, ctx: Any) -> str:
    return format_composite(template, list(values or []), ctx)


@S.static_method(
    "int Compare(string strA, string strB)",
    "int Compare(string strA, string strB, bool ignoreCase)",
    "int Compare(string strA, string strB, bool ignoreCase, object culture)",
)
def _compare(a: str, b: str, ignore_case: bool = False, culture: Any = None) -> int:
    return compare_text(a or "", b or "", ignore_case)


@S.static_method("int Compare(string strA, string strB, System.StringComparison comparisonType)")
def _compare_by(a: str, b: str, comparison: Any) -> int:
    if comparison.value in (4, 5):
        x, y = (a.upper(), b.upper()) if comparison.value == 5 else (a, b)
        return (x > y) - (x < y)
    return compare_text(a, b, _fold(comparison))


@S.static_method("int CompareOrdinal(string strA, string strB)")
def _compare_ordinal(a: str, b: str) -> int:
    return (a > b) - (a < b)


S.static_method("bool Equals(string a, string b)")(lambda a, b: a == b)
S.static_method("bool Equals(string a, string b, System.StringComparison comparisonType)")(
    lambda a, b, comparison: (a or "").lower() == (b or "").lower() if _fold(comparison) else a == b
)
S.static_method("string Copy(string str)", "string Intern(string str)")(lambda s: s)

S.constructor("new(char[] value)")(lambda letters: "".join(letters or []))


@S.constructor("new(char c, int count)")
def _repeated(letter: str, count: int) -> str:
    if count < 0:
        raise out_of_range("'count' must be non-negative.", "count")
    check_size(count)
    return str(letter) * count


S.constructor("new(char[] value, int startIndex, int length)")(
    lambda letters, start, length: "".join(letters[start : start + length])
)
