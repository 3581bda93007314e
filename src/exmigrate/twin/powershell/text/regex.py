"""Regular expressions with .NET syntax, translated to Python's (Regular Expression Language - Quick Reference).

Groups keep .NET's numbers: unnamed groups first, then the named ones. What has no counterpart (balancing groups,
right-to-left matching, lookbehind of varying width) is a `NetFault` that names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.text.regex_syntax import RIGHT_TO_LEFT, Translator, bad_pattern


class NetRegex:
    """A compiled expression: Python's pattern and the way from .NET groups to Python's.

    ``numbers`` gives the Python group of each .NET group number, ``names`` the .NET name of each number.
    """

    __slots__ = ("by_name", "compiled", "names", "numbers", "options", "pattern")

    def __init__(self, pattern: str, options: int):
        if options & RIGHT_TO_LEFT:
            raise NetFault("System.NotSupportedException", "Not simulated: RegexOptions.RightToLeft.")
        self.pattern = pattern
        self.options = options
        translator = Translator(pattern, options)
        text = translator.translate()
        try:
            self.compiled = re.compile(text)
        except re.error as fault:
            raise self._fault(fault) from None
        except (OverflowError, RecursionError):
            raise bad_pattern(pattern, 0, "Pattern too large.") from None
        unnamed = [n for n, name in enumerate(translator.groups, 1) if name is None]
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

    def _fault(self, fault: re.error) -> NetFault:
        if "look-behind requires fixed-width" in fault.msg:
            return NetFault("System.NotSupportedException", "Not simulated: lookbehind of varying width.")
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

    def group_span(self, found: re.Match[str], number: int) -> tuple[int, int]:
        """Start and end of a .NET group in a match, (-1, -1) when it took no part."""
        for python in self.numbers[number]:
            span = found.span(python)
            if span[0] >= 0:
                return span
        return (-1, -1)

    def group_text(self, found: re.Match[str], number: int) -> str | None:
        """Text of a .NET group, None when it took no part."""
        start, end = self.group_span(found, number)
        return None if start < 0 else found.string[start:end]

    def expand(self, found: re.Match[str], template: str) -> str:
        """A replacement pattern (``$1 ${name} $$ $& $_ $+ $` $'``) filled from a match."""
        if "$" not in template:
            return template
        return "".join(
            part if isinstance(part, str) else part(self, found)
            for part in _replacement(template, tuple(self.names))
        )

    def replace(
        self, text: str, template: str | Callable[[re.Match[str]], str], count: int = -1, start: int = 0
    ) -> str:
        """Replaces matches (``count`` of them, all when negative) from a position on."""
        if count == 0:
            return text
        make = (lambda found: self.expand(found, template)) if isinstance(template, str) else template
        out, position = [text[:start]], start
        for index, found in enumerate(self.compiled.finditer(text, start)):
            if 0 <= count <= index:
                break
            out.append(text[position : found.start()])
            out.append(make(found))
            position = found.end()
        out.append(text[position:])
        return "".join(out)

    def split(self, text: str, count: int = 0, start: int = 0) -> list[str]:
        """Splits as Regex.Split does: captured groups are put between the pieces; ``count`` 0 is no limit."""
        if count == 1:
            return [text]
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


_Part = str | Callable[[NetRegex, "re.Match[str]"], str]
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


def _reference(found: re.Match[str], names: tuple[str, ...]) -> list[_Part] | None:
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


_SPECIAL: dict[str, Callable[[NetRegex, re.Match[str]], str]] = {
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
