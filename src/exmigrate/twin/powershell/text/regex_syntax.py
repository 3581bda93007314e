"""Regular expressions in .NET syntax rewritten to Python's."""

from __future__ import annotations

import re

from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.text.backtrack import HERE

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


def bad_pattern(pattern: str, offset: int, why: str) -> NetFault:
    """The fault of a pattern that does not parse."""
    return NetFault(
        "System.Text.RegularExpressions.RegexParseException",
        f"Invalid pattern '{pattern}' at offset {offset}. {why}",
    )


class Translator:
    """Rewrites a .NET pattern; ``groups`` lists capturing groups in order, with their names."""

    def __init__(self, pattern: str, options: int):
        self.source = pattern
        self.position = 0
        self.options = options
        self.groups: list[str | None] = []
        self.scopes: list[tuple[int, int]] = []
        self.opened = 0
        self.balances: dict[int, str] = {}
        """Balancing groups: number of the group and the name of the one whose capture it takes."""
        self.here = False
        self.silent: set[int] = set()
        """Groups that have no number in .NET."""

    def translate(self) -> str:
        flags = "".join(letter for bit, letter in _PYTHON_FLAGS.items() if self.options & bit)
        out = [f"(?{flags})" if flags else ""]
        size = len(self.source)
        while self.position < size:
            out.append(self._next())
        if self.scopes:
            raise bad_pattern(self.source, size, "Not enough )'s.")
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
            raise bad_pattern(self.source, self.position + 2, "Nested quantifier '+'.")
        self.position += 1
        return letter

    def _close(self) -> str:
        if not self.scopes:
            raise bad_pattern(self.source, self.position, "Too many )'s.")
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
            raise bad_pattern(self.source, self.position + 2, "Unrecognized grouping construct.")
        self.position += 1
        if self.options & EXPLICIT_CAPTURE:
            return "(?:"
        self.groups.append(None)
        return "("

    def _named(self, found: re.Match[str]) -> str:
        name = found.group(1)
        own, dash, other = name.partition("-")
        if dash and re.fullmatch(r"\w*", own) and re.fullmatch(r"\w+", other):
            self.position += found.end()
            self.groups.append(own or None)
            number = len(self.groups)
            self.balances[number] = other
            if not own:
                self.silent.add(number)
            return f"(?P<g{number}>"
        if not re.fullmatch(r"\w+", name):
            raise bad_pattern(self.source, self.position + 3, "Invalid group name.")
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
        raise bad_pattern(self.source, self.position, f"Reference to undefined group name '{name}'.")

    def _escape(self, inside: bool) -> str:
        rest = self.source[self.position :]
        if len(rest) < 2:
            raise bad_pattern(self.source, len(self.source), "Illegal \\ at end of pattern.")
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
            self.here = True
            return HERE
        if letter == "c" and len(rest) > 2:
            self.position += 1
            return f"\\x{ord(rest[2].upper()) - 64:02x}"
        if letter in "xu0123456789AbBdDsSwWfnrtva":
            return "\\" + letter
        if letter.isalnum() or letter == "_":
            raise bad_pattern(self.source, self.position, f"Unrecognized escape sequence \\{letter}.")
        return re.escape(letter)

    def _number(self, digits: str) -> str:
        """A back reference by .NET number: unnamed groups first."""
        number = int(digits)
        unnamed = [n for n, name in enumerate(self.groups, 1) if name is None and n not in self.silent]
        if number <= len(unnamed):
            return f"(?:\\{unnamed[number - 1]})"
        named = [n for n, name in enumerate(self.groups, 1) if name is not None]
        if number - len(unnamed) <= len(named):
            return f"(?:\\{named[number - len(unnamed) - 1]})"
        raise bad_pattern(self.source, self.position, f"Reference to undefined group number {number}.")

    def _category(self, rest: str, inside: bool) -> str:
        found = re.match(r"\\([pP])\{(\w+)\}", rest)
        if found is None:
            raise bad_pattern(self.source, self.position, "Malformed \\p{X} character escape.")
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
                raise bad_pattern(self.source, len(self.source), "Unterminated [] set.")
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
            raise bad_pattern(
                self.source, self.position, "A subtraction must be the last element in a character class."
            )
        self.position += 1
        return f"(?:(?!{inner}){''.join(out)}])"
