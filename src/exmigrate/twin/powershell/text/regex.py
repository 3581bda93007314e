"""Regular expressions with .NET syntax, translated to Python's (Regular Expression Language - Quick Reference).

Groups keep .NET's numbers: unnamed groups first, then the named ones. What has no counterpart (balancing groups,
right-to-left matching, lookbehind of varying width) is a `NetFault` that names it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from exmigrate.twin.powershell.faults import NetFault

IGNORE_CASE, MULTILINE, EXPLICIT_CAPTURE, SINGLELINE = 1, 2, 4, 16
IGNORE_WHITESPACE, RIGHT_TO_LEFT, ECMASCRIPT = 32, 64, 256
_INLINE = {"i": IGNORE_CASE, "m": MULTILINE, "n": EXPLICIT_CAPTURE, "s": SINGLELINE, "x": IGNORE_WHITESPACE}
_PYTHON_FLAGS = {IGNORE_CASE: "i", MULTILINE: "m", SINGLELINE: "s", IGNORE_WHITESPACE: "x"}
_CATEGORIES = {
    "L": r"[^\W\d_]",
    "Lu": r"A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢŁŃŅŇÓŌŐŒŔŖŘŚŜŞŠŢŤŪŮŰŹŻŽΑ-ΡΣ-ΫА-Я",
    "Ll": r"a-zß-öø-ÿāăąćĉċčďđēĕėęěĝğġģłńņňóōőœŕŗřśŝşšţťūůűźżžα-ωа-я",
    "N": r"\d",
    "Nd": r"\d",
    "P": r"!-#%-*,-/:;?@\[-\]_{}¡§«¶·»¿‐-‧‰-⁞",
    "S": r"$+<=>^`|~¢-©¬®-±´×÷€™",
    "Sc": r"$¢-¥€£",
    "Z": r"\s",
    "Zs": r" \u00a0\u2000-\u200a\u202f\u3000",
    "IsBasicLatin": r"\x00-\x7f",
    "Cc": r"\x00-\x1f\x7f-\x9f",
}


def _bad(pattern: str, offset: int, why: str) -> NetFault:
    return NetFault(
        "System.Text.RegularExpressions.RegexParseException",
        f"Invalid pattern '{pattern}' at offset {offset}. {why}",
    )


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
        translator = _Translator(pattern, options)
        text = translator.translate()
        try:
            self.compiled = re.compile(text)
        except re.error as fault:
            raise self._fault(fault) from None
        except (OverflowError, RecursionError):
            raise _bad(pattern, 0, "Pattern too large.") from None
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
        return _bad(self.pattern, len(self.pattern), messages.get(fault.msg, fault.msg.capitalize() + "."))

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
    while not name and wanted not in names and len(wanted) > 1:
        wanted, rest = wanted[:-1], wanted[-1] + rest
    if wanted not in names:
        return None
    number = names.index(wanted)
    return [lambda regex, match, n=number: regex.group_text(match, n) or "", rest]  # type: ignore[misc]


_SPECIAL: dict[str, Callable[[NetRegex, re.Match[str]], str]] = {
    "&": lambda regex, match: match.group(),
    "`": lambda regex, match: match.string[: match.start()],
    "'": lambda regex, match: match.string[match.end() :],
    "+": lambda regex, match: regex.group_text(match, len(regex.numbers) - 1) or "",
    "_": lambda regex, match: match.string,
}


class _Translator:
    """Rewrites a .NET pattern; ``groups`` lists capturing groups in order, with their names."""

    def __init__(self, pattern: str, options: int):
        self.source = pattern
        self.position = 0
        self.options = options
        self.groups: list[str | None] = []
        self.scopes: list[tuple[int, int]] = []
        self.opened = 0

    def translate(self) -> str:
        flags = "".join(letter for bit, letter in _PYTHON_FLAGS.items() if self.options & bit)
        out = [f"(?{flags})" if flags else ""]
        size = len(self.source)
        while self.position < size:
            out.append(self._next())
        if self.scopes:
            raise _bad(self.source, size, "Not enough )'s.")
        return "".join(out) + ")" * self.opened

    def _next(self) -> str:
        letter = self.source[self.position]
        if letter == "\\":
            return self._escape(False)
        if letter == "[":
            return self._set()
        if letter == "(":
            return self._open()
        if letter == ")":
            return self._close()
        if letter == "#" and self.options & IGNORE_WHITESPACE:
            end = self.source.find("\n", self.position)
            self.position = len(self.source) if end < 0 else end
            return ""
        if letter == "{" and not re.match(r"\{\d+(,\d*)?\}", self.source[self.position :]):
            self.position += 1
            return r"\{"
        if letter in "*+?}" and self.source[self.position + 1 : self.position + 2] == "+":
            raise _bad(self.source, self.position + 2, "Nested quantifier '+'.")
        self.position += 1
        return letter

    def _close(self) -> str:
        if not self.scopes:
            raise _bad(self.source, self.position, "Too many )'s.")
        self.position += 1
        closing = ")" * self.opened + ")"
        self.options, self.opened = self.scopes.pop()
        return closing

    def _open(self) -> str:
        rest = self.source[self.position :]
        found = re.match(r"\(\?#[^)]*\)", rest)
        if found:
            self.position += found.end()
            return ""
        found = re.match(r"\(\?([imnsx]*)(?:-([imnsx]*))?([:)])", rest)
        if found:
            return self._inline(found)
        self.scopes.append((self.options, self.opened))
        self.opened = 0
        found = re.match(r"\(\?(?:<(?![=!])|')([^>']*)[>']", rest)
        if found:
            return self._named(found)
        found = re.match(r"\(\?(?:[=!>]|<[=!])", rest)
        if found:
            self.position += found.end()
            return found.group()
        found = re.match(r"\(\?\((\w+)\)", rest)
        if found:
            self.position += found.end()
            name = found.group(1)
            return f"(?({name if name.isdigit() else self._alias(name)})"
        if rest.startswith("(?"):
            raise _bad(self.source, self.position + 2, "Unrecognized grouping construct.")
        self.position += 1
        if self.options & EXPLICIT_CAPTURE:
            return "(?:"
        self.groups.append(None)
        return "("

    def _named(self, found: re.Match[str]) -> str:
        name = found.group(1)
        if "-" in name:
            raise NetFault(
                "System.NotSupportedException", "Not simulated: balancing groups in regular expressions."
            )
        if not re.fullmatch(r"\w+", name):
            raise _bad(self.source, self.position + 3, "Invalid group name.")
        self.position += found.end()
        self.groups.append(name)
        return f"(?P<g{len(self.groups)}>"

    def _inline(self, found: re.Match[str]) -> str:
        on, off, end = found.group(1), found.group(2) or "", found.group(3)
        self.position += found.end()
        if end == ":":
            self.scopes.append((self.options, self.opened))
            self.opened = 0
        for letter in on:
            self.options |= _INLINE[letter]
        for letter in off:
            self.options &= ~_INLINE[letter]
        on, off = on.replace("n", ""), off.replace("n", "")
        flags = on + (f"-{off}" if off else "")
        if end == ")":
            self.opened += 1
        return f"(?{flags}:"

    def _alias(self, name: str) -> str:
        for number, known in enumerate(self.groups, 1):
            if known == name:
                return f"g{number}"
        raise _bad(self.source, self.position, f"Reference to undefined group name '{name}'.")

    def _escape(self, inside: bool) -> str:
        rest = self.source[self.position :]
        if len(rest) < 2:
            raise _bad(self.source, len(self.source), "Illegal \\ at end of pattern.")
        letter = rest[1]
        if letter in "pP":
            return self._category(rest, inside)
        found = re.match(r"\\k(?:<(\w+)>|'(\w+)')", rest)
        if found and not inside:
            self.position += found.end()
            name = found.group(1) or found.group(2)
            return f"(?P={self._alias(name)})" if not name.isdigit() else self._number(name)
        if not inside and letter in "123456789":
            found = re.match(r"\\(\d{1,2})", rest)
            assert found is not None
            self.position += found.end()
            return self._number(found.group(1))
        self.position += 2
        if letter == "e":
            return r"\x1b"
        if letter == "z":
            return r"\Z"
        if letter == "Z":
            return r"(?=\n?\Z)"
        if letter == "G" and not inside:
            raise NetFault("System.NotSupportedException", "Not simulated: \\G in regular expressions.")
        if letter == "c" and len(rest) > 2:
            self.position += 1
            return f"\\x{ord(rest[2].upper()) - 64:02x}"
        if letter in "xu0123456789AbBdDsSwWfnrtva":
            return "\\" + letter
        if letter.isalnum() or letter == "_":
            raise _bad(self.source, self.position, f"Unrecognized escape sequence \\{letter}.")
        return re.escape(letter)

    def _number(self, digits: str) -> str:
        """A back reference by .NET number: unnamed groups first."""
        number = int(digits)
        unnamed = [n for n, name in enumerate(self.groups, 1) if name is None]
        if number <= len(unnamed):
            return f"(?:\\{unnamed[number - 1]})"
        named = [n for n, name in enumerate(self.groups, 1) if name is not None]
        if number - len(unnamed) <= len(named):
            return f"(?:\\{named[number - len(unnamed) - 1]})"
        raise _bad(self.source, self.position, f"Reference to undefined group number {number}.")

    def _category(self, rest: str, inside: bool) -> str:
        found = re.match(r"\\([pP])\{(\w+)\}", rest)
        if found is None:
            raise _bad(self.source, self.position, "Malformed \\p{X} character escape.")
        body = _CATEGORIES.get(found.group(2))
        if body is None:
            raise NetFault("System.NotSupportedException", f"Not simulated: \\p{{{found.group(2)}}}.")
        self.position += found.end()
        negated = found.group(1) == "P"
        if inside:
            if negated or body.startswith("["):
                if found.group(2) == "L" and not negated:
                    return "a-zA-ZªµºÀ-ÖØ-öø-ˁͰ-ͽΆ-ϿЀ-ҁҊ-ԯ"
                raise NetFault(
                    "System.NotSupportedException", f"Not simulated: {found.group()} within a set."
                )
            return body
        if body.startswith("["):
            return body if not negated else r"(?:[\W\d_])"
        return f"[^{body}]" if negated else f"[{body}]"

    def _set(self) -> str:
        self.position += 1
        out = ["["]
        if self.source.startswith("^", self.position):
            out.append("^")
            self.position += 1
        first = True
        while True:
            if self.position >= len(self.source):
                raise _bad(self.source, len(self.source), "Unterminated [] set.")
            letter = self.source[self.position]
            if letter == "]" and not first:
                self.position += 1
                out.append("]")
                return "".join(out)
            if letter == "\\":
                out.append(self._set_escape())
            elif letter == "-" and self.source.startswith("-[", self.position) and not first:
                return self._subtraction(out)
            elif letter == "[" and self.source.startswith("[:", self.position):
                out.append(r"\[")
                self.position += 1
            else:
                out.append("\\" + letter if letter in "[]&~|" else letter)
                self.position += 1
            first = False

    def _set_escape(self) -> str:
        if self.source.startswith("\\b", self.position):
            self.position += 2
            return r"\x08"
        return self._escape(True)

    def _subtraction(self, out: list[str]) -> str:
        """``[a-z-[aeiou]]``: a negative look-ahead in front of the set."""
        self.position += 1
        inner = self._set()
        if not self.source.startswith("]", self.position):
            raise _bad(
                self.source, self.position, "A subtraction must be the last element in a character class."
            )
        self.position += 1
        return f"(?:(?!{inner}){''.join(out)}])"


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
