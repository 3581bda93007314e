"""Regular expressions with .NET syntax, translated to Python's (Regular Expression Language - Quick Reference).

Groups keep .NET's numbers: unnamed groups first, then the named ones. What Python's matcher cannot do (balancing
groups, right-to-left matching, ``\\G``, lookbehind of varying width) and what could run for ever in it goes to the
matcher of `backtrack`, which counts its steps.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.text.backtrack import Bounded, BoundedMatch, TooManySteps
from exmigrate.twin.powershell.text.danger import danger
from exmigrate.twin.powershell.text.regex_syntax import RIGHT_TO_LEFT, Translator, bad_pattern


class NetRegex:
    """A compiled expression: Python's pattern and the way from .NET groups to Python's.

    ``numbers`` gives the Python group of each .NET group number, ``names`` the .NET name of each number.
    """

    __slots__ = ("_bounded", "by_name", "compiled", "names", "numbers", "options", "pattern", "translator")

    def __init__(self, pattern: str, options: int):
        self.pattern = pattern
        self.options = options
        translator = Translator(pattern, options)
        text = translator.translate()
        self.translator = translator
        self._bounded: Bounded | None = None
        self.compiled: Any = self._compile(text)
        silent = translator.silent
        unnamed = [n for n, name in enumerate(translator.groups, 1) if name is None and n not in silent]
        named: dict[str, list[int]] = {}
        for position, name in enumerate(translator.groups, 1):
            if name is not None:
                named.setdefault(name, []).append(position)
        self.numbers: list[list[int]] = [[0], *[[n] for n in unnamed]]
        self.names: list[str] = [str(n) for n in range(len(unnamed) + 1)]
        for name, positions in named.items():
            if name.isdigit() and int(name) < len(self.numbers):
                self.numbers[int(name)].extend(positions)
                continue
            self.numbers.append(positions)
            self.names.append(name)
        self.by_name = {name: number for number, name in enumerate(self.names)}

    def _compile(self, text: str) -> Any:
        special = self.translator.balances or self.translator.here or self.options & RIGHT_TO_LEFT
        try:
            if special:
                return Guarded(self, text, None, 0)
            compiled = re.compile(text)
        except re.error as fault:
            if "look-behind requires fixed-width" in fault.msg:
                return Guarded(self, text, None, 0)
            raise self._fault(fault) from None
        except (OverflowError, RecursionError):
            raise bad_pattern(self.pattern, 0, "Pattern too large.") from None
        growth = danger(text) if len(_CHOICE.findall(text)) > 1 else 0
        return Guarded(self, text, compiled, growth) if growth else compiled

    def bounded(self, text: str = "") -> Bounded:
        """The expression for the matcher that counts its steps."""
        if self._bounded is None:
            first: dict[str, int] = {}
            same: dict[int, int] = {}
            for number, name in enumerate(self.translator.groups, 1):
                if number in self.translator.silent:
                    same[number] = -1
                elif name is not None and first.setdefault(name, number) != number:
                    same[number] = first[name]
            balances = {}
            for number, other in self.translator.balances.items():
                taken = first.get(other) or (int(other) if other.isdigit() else 0)
                if not 0 < taken <= len(self.translator.groups):
                    raise bad_pattern(self.pattern, 0, f"Reference to undefined group name '{other}'.")
                balances[number] = taken
            text = text or self.compiled.pattern
            self._bounded = Bounded(text, balances, same, bool(self.options & RIGHT_TO_LEFT))
        return self._bounded

    def captures(self, found: Any, number: int) -> list[tuple[int, int]]:
        """All spans that a .NET group captured in a match, in order."""
        if isinstance(found, BoundedMatch):
            spans = found.captures
        else:
            again = self.bounded().search(found.string, found.start())
            spans = again.captures if again is not None and again.span() == found.span() else []
        for python in self.numbers[number]:
            if python < len(spans) and spans[python]:
                return list(spans[python])
        return [] if spans else [self.group_span(found, number)]

    def _fault(self, fault: re.error) -> NetFault:
        messages = {
            "missing ), unterminated subpattern": "Not enough )'s.",
            "unbalanced parenthesis": "Too many )'s.",
            "unterminated character set": "Unterminated [] set.",
            "nothing to repeat": "Quantifier '*' following nothing.",
            "multiple repeat": "Nested quantifier '*'.",
            "bad escape (end of pattern)": "Illegal \\ at end of pattern.",
        }
        return bad_pattern(
            self.pattern, len(self.pattern), messages.get(fault.msg, fault.msg.capitalize() + ".")
        )

    def group_span(self, found: Any, number: int) -> tuple[int, int]:
        """Start and end of a .NET group in a match, (-1, -1) when it took no part."""
        for python in self.numbers[number]:
            span: tuple[int, int] = found.span(python)
            if span[0] >= 0:
                return span
        return (-1, -1)

    def group_text(self, found: Any, number: int) -> str | None:
        """Text of a .NET group, None when it took no part."""
        start, end = self.group_span(found, number)
        return None if start < 0 else found.string[start:end]

    def expand(self, found: Any, template: str) -> str:
        """A replacement pattern (``$1 ${name} $$ $& $_ $+ $` $'``) filled from a match."""
        if "$" not in template:
            return template
        return "".join(
            part if isinstance(part, str) else part(self, found)
            for part in _replacement(template, tuple(self.names))
        )

    def replace(
        self, text: str, template: str | Callable[[Any], str], count: int = -1, start: int = 0
    ) -> str:
        """Replaces matches (``count`` of them, all when negative) from a position on."""
        if count == 0:
            return text
        make: Callable[[Any], str] = (
            template if not isinstance(template, str) else lambda found: self.expand(found, template)
        )
        out, position = [text[:start]], start
        if self.options & RIGHT_TO_LEFT:
            return self._replace_backwards(text, make, count)
        for index, found in enumerate(self.compiled.finditer(text, start)):
            if 0 <= count <= index:
                break
            out.append(text[position : found.start()])
            out.append(make(found))
            position = found.end()
        out.append(text[position:])
        return "".join(out)

    def _replace_backwards(self, text: str, make: Callable[[Any], str], count: int) -> str:
        pieces, position = [], len(text)
        for index, found in enumerate(self.compiled.finditer(text)):
            if 0 <= count <= index:
                break
            pieces += [text[found.end() : position], make(found)]
            position = found.start()
        return text[:position] + "".join(reversed(pieces))

    def split(self, text: str, count: int = 0, start: int = 0) -> list[str]:
        """Splits as Regex.Split does: captured groups are put between the pieces; ``count`` 0 is no limit."""
        if count == 1:
            return [text]
        if self.options & RIGHT_TO_LEFT:
            return self._split_backwards(text, count)
        out, position = [], 0
        for index, found in enumerate(self.compiled.finditer(text, start)):
            if count and index >= count - 1:
                break
            out.append(text[position : found.start()])
            for number in range(1, len(self.numbers)):
                piece = self.group_text(found, number)
                if piece is not None:
                    out.append(piece)
            position = found.end()
        return [*out, text[position:]]

    def _split_backwards(self, text: str, count: int) -> list[str]:
        out: list[str] = []
        position = len(text)
        for index, found in enumerate(self.compiled.finditer(text)):
            if count and index >= count - 1:
                break
            out.append(text[found.end() : position])
            for number in range(1, len(self.numbers)):
                piece = self.group_text(found, number)
                if piece is not None:
                    out.append(piece)
            position = found.start()
        return [text[:position], *reversed(out)]


_CHOICE = re.compile(r"[*+{|]")
_WORK = 10**10
"""Turns of Python's matcher that a search may come to at worst (some minutes)."""


class Guarded:
    """An expression that is matched by the matcher that counts its steps, always or where the text is long.

    Args:
        regex: The expression it belongs to.
        text: It in Python's syntax.
        compiled: Python's pattern, None where Python has none for it.
        growth: How a search may grow with the text (see `danger`).
    """

    __slots__ = ("compiled", "growth", "pattern", "regex")

    def __init__(self, regex: NetRegex, text: str, compiled: re.Pattern[str] | None, growth: int) -> None:
        self.regex = regex
        self.pattern = text
        self.compiled = compiled
        self.growth = growth
        if compiled is None:
            regex.bounded(text)

    def _pattern(self, text: str) -> re.Pattern[str] | Bounded:
        size = len(text)
        if self.compiled is not None and (
            size <= 22 if self.growth >= 99 else size ** (self.growth + 1) < _WORK
        ):
            return self.compiled
        return self.regex.bounded(self.pattern)

    def search(self, text: str, start: int | None = None) -> Any:
        """The first match, None for none."""
        pattern = self._pattern(text)
        try:
            return (
                pattern.search(text, start or 0)
                if isinstance(pattern, re.Pattern)
                else pattern.search(text, start)
            )
        except TooManySteps:
            raise _too_long(self.regex) from None

    def finditer(self, text: str, start: int | None = None) -> Iterator[Any]:
        """All matches in the direction of matching."""
        pattern = self._pattern(text)
        try:
            if isinstance(pattern, re.Pattern):
                yield from pattern.finditer(text, start or 0)
            else:
                yield from pattern.finditer(text, start)
        except TooManySteps:
            raise _too_long(self.regex) from None


def _too_long(regex: NetRegex) -> Exception:
    """What ends the run: a real one would go on matching."""
    from exmigrate.twin.powershell.runtime.flow import Halt

    return Halt("regex", f"The regular expression '{regex.pattern}' takes more steps than a run may take.")


_Part = str | Callable[["NetRegex", Any], str]
_REFERENCE = re.compile(r"\$(?:(\d+)|\{(\w+)\}|([$&`'+_]))")


@lru_cache(maxsize=1024)
def _replacement(template: str, names: tuple[str, ...]) -> list[_Part]:
    parts: list[_Part] = []
    position = 0
    for found in _REFERENCE.finditer(template):
        part = _reference(found, names)
        if part is None:
            continue
        parts.append(template[position : found.start()])
        parts.extend(part)
        position = found.end()
    parts.append(template[position:])
    return parts


def _reference(found: Any, names: tuple[str, ...]) -> list[_Part] | None:
    digits, name, special = found.groups()
    if special == "$":
        return ["$"]
    if special:
        return [_SPECIAL[special]]
    wanted, rest = name or digits, ""
    number = _group_number(wanted, names)
    while number is None and not name and len(wanted) > 1:
        wanted, rest = wanted[:-1], wanted[-1] + rest
        number = _group_number(wanted, names)
    if number is None:
        return None
    return [lambda regex, match, n=number: regex.group_text(match, n) or "", rest]  # type: ignore[misc]


def _group_number(wanted: str, names: tuple[str, ...]) -> int | None:
    """The number of a group by name, or by its number: named groups are counted behind the others."""
    if wanted in names:
        return names.index(wanted)
    return int(wanted) if wanted.isdigit() and int(wanted) < len(names) else None


_SPECIAL: dict[str, Callable[[NetRegex, Any], str]] = {
    "&": lambda regex, match: match.group(),
    "`": lambda regex, match: match.string[: match.start()],
    "'": lambda regex, match: match.string[match.end() :],
    "+": lambda regex, match: regex.group_text(match, len(regex.numbers) - 1) or "",
    "_": lambda regex, match: match.string,
}


@lru_cache(maxsize=1024)
def compile_regex(pattern: str, options: int = 0) -> NetRegex:
    """The compiled expression of a pattern; raises `NetFault` for one that is not valid."""
    return NetRegex(pattern, options)


def escape_regex(text: str) -> str:
    """``[regex]::Escape``."""
    names = {"\n": r"\n", "\r": r"\r", "\t": r"\t", "\f": r"\f"}
    return "".join(
        names.get(letter) or ("\\" + letter if letter in "\\*+?|{[()^$.# " else letter) for letter in text
    )
