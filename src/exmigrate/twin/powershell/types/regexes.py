"""System.Text.RegularExpressions: Regex, Match, Group, Capture and their collections."""

from __future__ import annotations

import re
from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.faults import NetFault, argument_null
from exmigrate.twin.powershell.text import regex as rx
from exmigrate.twin.powershell.text.regex_syntax import RIGHT_TO_LEFT
from exmigrate.twin.powershell.typeinfo import BY_CLASS, declare_type
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.enums import enum_number, number_of
from exmigrate.twin.powershell.types.texts import to_text

_NS = "System.Text.RegularExpressions."


class RegexObject(v.NetObject):
    """A [regex]."""

    __slots__ = ("regex", "timeout")

    def __init__(self, pattern: str, options: int = 0, timeout: s.TimeSpan | None = None):
        if pattern is None:
            raise argument_null("pattern")
        self.regex = rx.compile_regex(pattern, options & ~8)
        self.timeout = timeout if timeout is not None else s.TimeSpan(-10_000)


class GroupObject(v.NetObject):
    """A Group (or Capture) of a match."""

    __slots__ = ("end", "match", "name", "number", "start", "text")

    def __init__(self, text: str, start: int, end: int, name: str = "", match: Any = None, number: int = 0):
        self.match = match
        self.number = number
        self.text = text
        self.start = start
        self.end = end
        self.name = name


class MatchObject(v.NetObject):
    """A Match; ``found`` is None for Match.Empty."""

    __slots__ = ("found", "regex")

    def __init__(self, regex: rx.NetRegex, found: Any):
        self.regex = regex
        self.found = found

    @property
    def text(self) -> str:
        """The matched text."""
        return "" if self.found is None else self.found.group()


REGEX = declare_type(_NS + "Regex", python=RegexObject)
CAPTURE = declare_type(_NS + "Capture")
GROUP = declare_type(_NS + "Group", _NS + "Capture", GroupObject)
MATCH = declare_type(_NS + "Match", _NS + "Group", MatchObject)


class GroupList(c.ListBase):
    """GroupCollection: by number or name."""

    __slots__ = ("names",)

    def __init__(self, items: list[Any], names: list[str]):
        super().__init__(items)
        self.names = names


class MatchList(c.ListBase):
    """MatchCollection."""

    __slots__ = ()


_SEQUENCE = ("System.Collections.ICollection", "System.Collections.IEnumerable")
GROUPS = declare_type(_NS + "GroupCollection", python=GroupList, interfaces=_SEQUENCE)
MATCHES = declare_type(_NS + "MatchCollection", python=MatchList, interfaces=_SEQUENCE)
for _kind in (GROUPS, MATCHES):
    _kind.prop("Count", lambda items, ctx: len(items.items), type_name="System.Int32")
MATCHES.indexer = lambda items, indexes, ctx: (
    items.items[indexes[0]] if indexes[0] < len(items.items) else None
)


def _group_at(groups: GroupList, indexes: list[Any], ctx: Any) -> GroupObject:
    key = indexes[0]
    if isinstance(key, str):
        if key in groups.names:
            return groups.items[groups.names.index(key)]  # type: ignore[no-any-return]
    elif 0 <= key < len(groups.items):
        return groups.items[key]  # type: ignore[no-any-return]
    return GroupObject("", -1, -1)


GROUPS.indexer = _group_at
GROUPS.method("System.Text.RegularExpressions.Group get_Item(object key)")(
    lambda g, key: _group_at(g, [key], None)
)


def _bounds(capture: Any) -> tuple[int, int]:
    if isinstance(capture, MatchObject):
        return capture.found.span() if capture.found is not None else (0, 0)
    return (capture.start, capture.end) if capture.start >= 0 else (0, 0)


CAPTURE.prop("Index", lambda m, ctx: _bounds(m)[0], type_name="System.Int32")
CAPTURE.prop("Length", lambda m, ctx: len(m.text), type_name="System.Int32")
CAPTURE.prop("Value", lambda m, ctx: m.text, type_name="System.String")
CAPTURE.to_string = lambda m, ctx: m.text
GROUP.prop(
    "Success",
    lambda g, ctx: g.found is not None if isinstance(g, MatchObject) else g.start >= 0,
    type_name="System.Boolean",
)
GROUP.prop("Name", lambda g, ctx: "0" if isinstance(g, MatchObject) else g.name, type_name="System.String")


class CaptureObject(GroupObject):
    """One capture of a group that captured several."""

    __slots__ = ()


def _captures(group: Any, ctx: Any) -> Any:
    """All captures of a group in order: those of a repeated group are more than the last."""
    if isinstance(group, MatchObject) or group.match is None or group.start < 0:
        one = isinstance(group, MatchObject) and group.found is not None
        return CaptureList([group] if one or getattr(group, "start", -1) >= 0 else [])
    match = group.match
    text = match.found.string
    return CaptureList(
        [
            CaptureObject(text[start:end], start, end)
            for start, end in match.regex.captures(match.found, group.number)
        ]
    )


class CaptureList(c.ListBase):
    """CaptureCollection."""

    __slots__ = ()


CAPTURES = declare_type(_NS + "CaptureCollection", python=CaptureList, interfaces=_SEQUENCE)
CAPTURES.prop("Count", lambda items, ctx: len(items.items), type_name="System.Int32")
BY_CLASS[CaptureObject] = CAPTURE
GROUP.prop("Captures", _captures)


def _groups(match: MatchObject, ctx: Any) -> GroupList:
    if match.found is None:
        return GroupList([match], ["0"])
    items: list[Any] = [match]
    for number in range(1, len(match.regex.numbers)):
        start, end = match.regex.group_span(match.found, number)
        text = match.found.string[start:end] if start >= 0 else ""
        items.append(GroupObject(text, start, end, match.regex.names[number], match, number))
    return GroupList(items, match.regex.names)


MATCH.prop("Groups", _groups)


@MATCH.method("System.Text.RegularExpressions.Match NextMatch()")
def _next_match(match: MatchObject) -> MatchObject:
    if match.found is None:
        return match
    left, right = match.found.span()
    empty = int(left == right)
    start = left - empty if match.regex.options & RIGHT_TO_LEFT else right + empty
    if start < 0 or start > len(match.found.string):
        return MatchObject(match.regex, None)
    return MatchObject(match.regex, match.regex.compiled.search(match.found.string, start))


@MATCH.method("string Result(string replacement)")
def _result(match: MatchObject, template: str) -> str:
    assert match.found is not None
    return match.regex.expand(match.found, template)


REGEX.prop(
    "Options",
    lambda r, ctx: enum_number(_NS + "RegexOptions", r.regex.options),
    type_name=_NS + "RegexOptions",
)
REGEX.prop("RightToLeft", lambda r, ctx: bool(r.regex.options & RIGHT_TO_LEFT), type_name="System.Boolean")
REGEX.prop("MatchTimeout", lambda r, ctx: r.timeout, type_name="System.TimeSpan")
REGEX.to_string = lambda r, ctx: r.regex.pattern


@REGEX.constructor(
    "new(string pattern)",
    f"new(string pattern, {_NS}RegexOptions options)",
    f"new(string pattern, {_NS}RegexOptions options, timespan matchTimeout)",
)
def _new(pattern: str, options: Any = None, timeout: s.TimeSpan | None = None) -> RegexObject:
    """The time is kept and not counted: a search has its limit of steps, and takes no time of the machine's clock."""
    if timeout is not None and timeout.ticks <= 0 and timeout.ticks != -10_000:
        raise NetFault(
            "System.ArgumentOutOfRangeException",
            "Specified argument was out of the range of valid values.\nParameter name: matchTimeout",
        )
    return RegexObject(pattern, number_of(options), timeout)


REGEX.constructors[-1].since = 3.0


def _cast(value: Any, ctx: Any) -> Any:
    from exmigrate.twin.powershell.convert import CastFault

    if value is None or isinstance(value, RegexObject):
        return value
    if isinstance(value, (list, c.ListBase, c.DictionaryBase)):
        raise CastFault()
    return RegexObject(to_text(value, ctx))


REGEX.convert = _cast


def _need(text: Any) -> str:
    if text is None:
        raise argument_null("input")
    return str(text)


def _match(regex: rx.NetRegex, text: str, start: int | None = None) -> MatchObject:
    return MatchObject(regex, _search(regex, _need(text), start))


def _matches(regex: rx.NetRegex, text: str, start: int | None = None) -> MatchList:
    given = () if start is None else (start,)
    return MatchList([MatchObject(regex, found) for found in regex.compiled.finditer(_need(text), *given)])


def _search(regex: rx.NetRegex, text: str, start: int | None) -> Any:
    return regex.compiled.search(text) if start is None else regex.compiled.search(text, start)


def _evaluator(regex: rx.NetRegex, replacement: Any, ctx: Any) -> Any:
    if isinstance(replacement, str):
        return replacement

    def evaluate(found: re.Match[str]) -> str:
        out = ctx.invoke(replacement, [MatchObject(regex, found)])
        return to_text(out[0] if len(out) == 1 else out, ctx)

    return evaluate


REGEX.method("bool IsMatch(string input)", "bool IsMatch(string input, int startat)")(
    lambda r, text, start=None: _match(r.regex, text, start).found is not None
)
REGEX.method(f"{_NS}Match Match(string input)", f"{_NS}Match Match(string input, int startat)")(
    lambda r, text, start=None: _match(r.regex, text, start)
)
REGEX.method(
    f"{_NS}MatchCollection Matches(string input)", f"{_NS}MatchCollection Matches(string input, int startat)"
)(lambda r, text, start=None: _matches(r.regex, text, start))


@REGEX.method(
    "string Replace(string input, string replacement)",
    "string Replace(string input, string replacement, int count)",
    "string Replace(string input, string replacement, int count, int startat)",
    "string Replace(string input, delegate evaluator)",
    "string Replace(string input, delegate evaluator, int count)",
    ctx=True,
)
def _replace(
    r: RegexObject, text: str, replacement: Any, count: int = -1, start: int = 0, ctx: Any = None
) -> str:
    return r.regex.replace(_need(text), _evaluator(r.regex, replacement, ctx), count, start)


@REGEX.method("string[] Split(string input)", "string[] Split(string input, int count)")
def _split(r: RegexObject, text: str, count: int = 0) -> Any:
    return v.TypedArray(d.STRING, r.regex.split(_need(text), count))


REGEX.method("string[] GetGroupNames()")(lambda r: v.TypedArray(d.STRING, r.regex.names))
REGEX.method("int[] GetGroupNumbers()")(lambda r: v.TypedArray(d.INT32, range(len(r.regex.names))))
REGEX.method("int GroupNumberFromName(string name)")(lambda r, name: r.regex.by_name.get(name, -1))
REGEX.method("string GroupNameFromNumber(int i)")(
    lambda r, i: r.regex.names[i] if i < len(r.regex.names) else ""
)

_OPTIONS = f"{_NS}RegexOptions options"
_TIME = "timespan matchTimeout"


def _compiled(pattern: str, options: Any) -> rx.NetRegex:
    if pattern is None:
        raise argument_null("pattern")
    return rx.compile_regex(pattern, number_of(options) & ~8)


REGEX.static_method(
    "bool IsMatch(string input, string pattern)",
    f"bool IsMatch(string input, string pattern, {_OPTIONS})",
    f"bool IsMatch(string input, string pattern, {_OPTIONS}, {_TIME})",
)(
    lambda text, pattern, options=None, timeout=None: (
        _compiled(pattern, options).compiled.search(_need(text)) is not None
    )
)
REGEX.static_method(
    f"{_NS}Match Match(string input, string pattern)",
    f"{_NS}Match Match(string input, string pattern, {_OPTIONS})",
    f"{_NS}Match Match(string input, string pattern, {_OPTIONS}, {_TIME})",
)(lambda text, pattern, options=None, timeout=None: _match(_compiled(pattern, options), text))
REGEX.static_method(
    f"{_NS}MatchCollection Matches(string input, string pattern)",
    f"{_NS}MatchCollection Matches(string input, string pattern, {_OPTIONS})",
    f"{_NS}MatchCollection Matches(string input, string pattern, {_OPTIONS}, {_TIME})",
)(lambda text, pattern, options=None, timeout=None: _matches(_compiled(pattern, options), text))


@REGEX.static_method(
    "string Replace(string input, string pattern, string replacement)",
    f"string Replace(string input, string pattern, string replacement, {_OPTIONS})",
    f"string Replace(string input, string pattern, string replacement, {_OPTIONS}, {_TIME})",
    "string Replace(string input, string pattern, delegate evaluator)",
    f"string Replace(string input, string pattern, delegate evaluator, {_OPTIONS})",
    ctx=True,
)
def _static_replace(
    text: str, pattern: str, replacement: Any, options: Any = None, timeout: Any = None, ctx: Any = None
) -> str:
    regex = _compiled(pattern, options)
    return regex.replace(_need(text), _evaluator(regex, replacement, ctx))


@REGEX.static_method(
    "string[] Split(string input, string pattern)",
    f"string[] Split(string input, string pattern, {_OPTIONS})",
    f"string[] Split(string input, string pattern, {_OPTIONS}, {_TIME})",
)
def _static_split(text: str, pattern: str, options: Any = None, timeout: Any = None) -> Any:
    return v.TypedArray(d.STRING, _compiled(pattern, options).split(_need(text)))


REGEX.static_method("string Escape(string str)")(rx.escape_regex)
REGEX.static_method("string Unescape(string str)")(lambda text: re.sub(r"\\(.)", r"\1", text))
for _method in REGEX.static_methods.values():
    for _overload in _method.overloads:
        _overload.since = 3.0 if _TIME in _overload.text else 0.0
