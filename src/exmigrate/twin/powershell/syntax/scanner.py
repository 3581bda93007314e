"""Scanning: white space, numbers, variables and strings, from a position the parser is at.

PowerShell has no token stream that does not depend on the parser (expression and argument mode cut text differently),
so the parser asks for what it expects, and each question is answered by one compiled regular expression.
Source: Windows PowerShell Language Specification 3.0, chapter 2 (lexical structure).
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NoReturn

from exmigrate.twin.powershell.syntax import ast
from exmigrate.twin.powershell.syntax.source import ParseFailure, Source
from exmigrate.twin.powershell.values import BigInteger, Byte, Int16, Int64, SByte, UInt16, UInt32, UInt64

if TYPE_CHECKING:
    from exmigrate.twin.powershell.levels import Level

BLANKS = " \t\f\v\x85\xa0\u200b\ufeff\u3000"
_BLANK_SET = frozenset(BLANKS + "`#<")
_LINE_SET = frozenset(BLANKS + "`#<\r\n")
_STATEMENT_SET = frozenset(BLANKS + "`#<\r\n;")
_SPACE = rf"[{BLANKS}]++|`(?:\r\n|\n|\r)|<#(?s:.*?)#>|#[^\r\n\0]*+"
_WS = re.compile(f"(?:{_SPACE})*+").match
_LINES = re.compile(f"(?:{_SPACE}|\r\n|\n|\r)*+").match
_STATEMENTS = re.compile(f"(?:{_SPACE}|\r\n|\n|\r|;)*+").match

SINGLE_QUOTES = "'\u2018\u2019\u201a\u201b"
DOUBLE_QUOTES = '"\u201c\u201d\u201e'
DASHES = "-\u2013\u2014\u2015"

VARIABLE = re.compile(r"\$(?:\{((?:[^`}\0]|`.)*)\}|((?:\w+:(?=[\w?]))?(?:[\w?]+)|(?::(?=:))?[$^]))").match
SPLAT = re.compile(r"@((?:\w+:)?\w+)").match
_NUMBER = re.compile(
    r"(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|((?:\d+\.(?!\.)\d*|\.\d+|\d+)(?:[eE][+-]?\d+)?))"
    r"([uU]?[yYsSlL]|[uUnNdD])?([kKmMgGtTpP][bB])?"
).match
NUMBER_END = frozenset(BLANKS + "\r\n\0{}();,|&+-*/%=<>.!]\u2013\u2014\u2015")
_DOUBLE_RUN = re.compile(f"[^`$\0{DOUBLE_QUOTES}]+").match
_HERE_OPEN = re.compile(rf"@([{SINGLE_QUOTES}{DOUBLE_QUOTES}])[ \t]*(\r\n|\n|\r)").match
_HERE_SINGLE = re.compile(rf"(\r\n|\n|\r)[{SINGLE_QUOTES}]@").search
_HERE_DOUBLE_RUN = re.compile("[^`$\r\n\0]+").match
_HERE_DOUBLE_END = re.compile(rf"(\r\n|\n|\r)[{DOUBLE_QUOTES}]@").match
_SINGLE = re.compile(
    rf"[{SINGLE_QUOTES}]([^{SINGLE_QUOTES}\0]*+)((?:[{SINGLE_QUOTES}]{{2}}[^{SINGLE_QUOTES}\0]*+)*+)[{SINGLE_QUOTES}]"
).match
_DOUBLED_SINGLE = re.compile(rf"[{SINGLE_QUOTES}]([{SINGLE_QUOTES}])").sub
_UNICODE = re.compile(r"u\{([0-9a-fA-F]{1,6})\}").match

ESCAPES = {"0": "\0", "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
MULTIPLIERS = {"kb": 1 << 10, "mb": 1 << 20, "gb": 1 << 30, "tb": 1 << 40, "pb": 1 << 50}
_SUFFIX_TYPES: dict[str, tuple[type[int], int, int]] = {
    "l": (Int64, -(1 << 63), (1 << 63) - 1),
    "ul": (UInt64, 0, (1 << 64) - 1),
    "u": (UInt32, 0, (1 << 32) - 1),
    "s": (Int16, -(1 << 15), (1 << 15) - 1),
    "us": (UInt16, 0, (1 << 16) - 1),
    "y": (SByte, -(1 << 7), (1 << 7) - 1),
    "uy": (Byte, 0, (1 << 8) - 1),
}
MAX_NESTING = 200


class Scanner:
    """The text, the place in it, and what can be scanned there."""

    def __init__(self, source: Source, level: Level) -> None:
        self.source = source
        self.text = source.text.replace("\0", "\ufffd") + "\0\0\0\0"
        self.pos = 0
        self.level = level
        self.nesting = 0
        self.failures: list[ParseFailure] = []
        """Errors so far, in the order in which they were met."""

    # Errors ------------------------------------------------------------------------------------------------

    def fail(self, error_id: str, message: str, start: int, end: int | None = None) -> NoReturn:
        """Stop with a parse error over an extent."""
        last = len(self.source.text)
        begin = min(start, last)
        stop = min(begin + 1 if end is None else end, last)
        failure = ParseFailure(error_id, message, self.source.position(begin, stop))
        failure.incomplete = self.pos >= last
        raise failure

    def enter(self) -> None:
        """One level deeper; too deep is an error and not a crash."""
        self.nesting += 1
        if self.nesting > MAX_NESTING:
            self.fail("ScriptTooComplicated", "The script is too complicated to parse.", self.pos)

    # White space -------------------------------------------------------------------------------------------

    def ws(self) -> str:
        """Skip blanks and comments within the line; gives the character that follows."""
        c = self.text[self.pos]
        if c in _BLANK_SET:
            self.pos = _WS(self.text, self.pos).end()  # type: ignore[union-attr]
            c = self.text[self.pos]
            if c == "<" and self.text.startswith("<#", self.pos):
                self._open_comment()
        return c

    def lines(self) -> str:
        """Skip blanks, comments and line ends; gives the character that follows."""
        c = self.text[self.pos]
        if c in _LINE_SET:
            self.pos = _LINES(self.text, self.pos).end()  # type: ignore[union-attr]
            c = self.text[self.pos]
            if c == "<" and self.text.startswith("<#", self.pos):
                self._open_comment()
        return c

    def separators(self) -> str:
        """Skip blanks, comments, line ends and semicolons; gives the character that follows."""
        c = self.text[self.pos]
        if c in _STATEMENT_SET:
            self.pos = _STATEMENTS(self.text, self.pos).end()  # type: ignore[union-attr]
            c = self.text[self.pos]
            if c == "<" and self.text.startswith("<#", self.pos):
                self._open_comment()
        return c

    def _open_comment(self) -> NoReturn:
        self.fail(
            "MissingTerminatorMultiLineComment",
            "The terminator '#>' is missing from the multiline comment.",
            self.pos,
        )

    # Numbers -----------------------------------------------------------------------------------------------

    def number(self, argument: bool = False) -> ast.Const | None:
        """The number here, or None when there is none (or, as an argument, when it is part of a word)."""
        match = _NUMBER(self.text, self.pos)
        if match is None:
            return None
        follow = self.text[match.end()]
        if follow not in NUMBER_END or (
            argument and follow in "+-*/%=.!]<>" and not self._argument_end(follow)
        ):
            return None
        value = self.number_value(match)
        if value is None:
            return None
        start, self.pos = self.pos, match.end()
        return ast.Const(start, self.pos, value, match.group())

    def _argument_end(self, follow: str) -> bool:
        return follow in "<>"

    def number_value(self, match: re.Match[str], sign: int = 1) -> Any:
        """The value of a number literal with its narrowest type; None when it is no number at this level."""
        hexadecimal, binary, decimal, suffix, multiplier = match.groups()
        suffix = (suffix or "").lower()
        factor = MULTIPLIERS[multiplier.lower()] if multiplier else 1
        if ((suffix and suffix not in ("l", "d")) or binary) and not self.level.has("number-suffixes"):
            return None
        if hexadecimal or binary:
            return self._integer(_bits(hexadecimal, binary, suffix) * factor * sign, suffix)
        if suffix == "d":
            return Decimal(decimal) * factor * sign
        if "." in decimal or "e" in decimal or "E" in decimal:
            real = float(decimal) * factor * sign
            return self._integer(round(real), suffix) if suffix else real
        return self._integer(int(decimal) * factor * sign, suffix)

    def _integer(self, value: int, suffix: str) -> Any:
        if suffix == "n":
            return BigInteger(value)
        if suffix:
            kind, low, high = _SUFFIX_TYPES[suffix]
            if low <= value <= high:
                return kind(value)
            if suffix == "u" and 0 <= value < 1 << 64:
                return UInt64(value)
            self.fail("BadNumericConstant", f"The numeric constant {value}{suffix} is not valid.", self.pos)
        if -(1 << 31) <= value < 1 << 31:
            return value
        if -(1 << 63) <= value < 1 << 63:
            return Int64(value)
        return Decimal(value) if abs(value) < 1 << 96 else float(value)

    # Variables ---------------------------------------------------------------------------------------------

    def variable(self) -> ast.Variable | None:
        """The variable here (at a dollar sign), or None."""
        match = VARIABLE(self.text, self.pos)
        if match is None:
            return None
        start, self.pos = self.pos, match.end()
        braced = match.group(1)
        name = match.group(2) if braced is None else _unescape(braced)
        if braced is not None and not name:
            self.fail(
                "InvalidBracedVariableReference", "Braced variable name cannot be empty.", start, self.pos
            )
        if braced is None and self.text[self.pos] == "$" and name == "$":
            pass
        return ast.Variable(start, self.pos, name)

    # Strings -----------------------------------------------------------------------------------------------

    def single_quoted(self) -> ast.Text:
        """The single-quoted string here."""
        match = _SINGLE(self.text, self.pos)
        if match is None:
            self.fail(
                "TerminatorExpectedAtEndOfString", "The string is missing the terminator: '.", self.pos,
                len(self.source.text),
            )  # fmt: skip
        start, self.pos = self.pos, match.end()
        value, quoting = match.groups()
        if quoting:
            value += _DOUBLED_SINGLE(r"\1", quoting)
        return ast.Text(start, self.pos, value)

    def double_quoted(self) -> ast.Node:
        """The double-quoted string here: Text when nothing is expanded, else Expandable."""
        start = self.pos
        self.pos += 1
        text = self.text
        parts: list[str | ast.Node] = []
        run: list[str] = []
        while True:
            match = _DOUBLE_RUN(text, self.pos)
            if match is not None:
                run.append(match.group())
                self.pos = match.end()
            c = text[self.pos]
            if c in DOUBLE_QUOTES:
                self.pos += 1
                if text[self.pos] not in DOUBLE_QUOTES:
                    return self._expandable(start, parts, run)
                run.append(text[self.pos])
                self.pos += 1
            elif c == "\0":
                self.fail(
                    "TerminatorExpectedAtEndOfString", 'The string is missing the terminator: ".', start,
                    len(self.source.text),
                )  # fmt: skip
            else:
                self.piece(c, parts, run)

    def piece(self, c: str, parts: list[str | ast.Node], run: list[str]) -> None:
        """One escape or expansion within a string: at a backtick or a dollar sign."""
        if c == "`":
            run.append(self.escape())
            return
        node = self.expansion()
        if node is None:
            run.append("$")
            self.pos += 1
            return
        if run:
            parts.append("".join(run))
            run.clear()
        parts.append(node)

    def _expandable(self, start: int, parts: list[str | ast.Node], run: list[str]) -> ast.Node:
        if not parts:
            return ast.Text(start, self.pos, "".join(run))
        if run:
            parts.append("".join(run))
        return ast.Expandable(start, self.pos, parts)

    def escape(self) -> str:
        """The character that a backtick sequence stands for."""
        self.pos += 1
        c = self.text[self.pos]
        if c == "\0":
            return ""
        self.pos += 1
        if c in ESCAPES:
            return ESCAPES[c]
        if c == "e" and self.level.has("escape-e"):
            return "\x1b"
        if c == "u" and self.level.has("escape-e"):
            match = _UNICODE(self.text, self.pos - 1)
            if match is not None:
                self.pos = match.end()
                return chr(min(int(match.group(1), 16), 0x10FFFF))
        if c == "\r" and self.text[self.pos] == "\n":
            self.pos += 1
            return "\r\n"
        return c

    def expansion(self) -> ast.Node | None:
        """The variable or subexpression at a dollar sign within a string, or None for a plain dollar sign."""
        if self.text[self.pos + 1] == "(":
            return self.sub_expression()
        node = self.variable()
        if node is not None and self.text[self.pos] == ":" and self.text[node.start + 1] != "{":
            if self.text[self.pos + 1] == ":":
                return node
            self.fail(
                "InvalidVariableReferenceWithDrive",
                "Variable reference is not valid. ':' was not followed by a valid variable name character. "
                "Consider using ${} to delimit the name.",
                node.start,
                self.pos + 1,
            )
        return node

    # The parts of the parser give these; they stand here for one another's sake.

    def sub_expression(self) -> ast.Node:
        """``$( ... )``."""
        raise AssertionError

    def attribute_or_type(self) -> ast.Attribute | ast.TypeName:
        """What stands in brackets."""
        raise AssertionError

    def statements_until(self, closing: str, opened_at: int) -> ast.Block:
        """Statements up to a closing character."""
        raise AssertionError

    def pipeline_or_assignment(self) -> ast.Node:
        """A pipeline, or an assignment used for its value."""
        raise AssertionError

    def script_block_body(self) -> ast.ScriptBody:
        """The body between braces."""
        raise AssertionError

    def statement(self) -> ast.Node:
        """One statement."""
        raise AssertionError

    def block(self, what: str, after: int) -> ast.Block:
        """A statement block in braces."""
        raise AssertionError

    def missing_close(self, closing: str, opened_at: int) -> None:
        """The error for a closing character that does not come."""
        raise AssertionError

    def expression(self, strength: int = 0) -> ast.Node:
        """A whole expression."""
        raise AssertionError

    def unary(self) -> ast.Node:
        """A unary expression."""
        raise AssertionError

    def starts_expression(self) -> bool:
        """Whether an expression can start here."""
        raise AssertionError

    def here_string(self) -> ast.Node | None:
        """The here-string at an at sign, or None when there is none."""
        match = _HERE_OPEN(self.text, self.pos)
        if match is None:
            return None
        start = self.pos
        if match.group(1) in SINGLE_QUOTES:
            end = _HERE_SINGLE(self.text, match.end() - len(match.group(2)))
            if end is None:
                self._open_here(start, "'")
            value = self.text[match.end() : end.start()] if end.start() >= match.end() else ""
            self.pos = end.end()
            return ast.Text(start, self.pos, value)
        self.pos = match.end() - len(match.group(2))
        return self._here_double(start, match.end())

    def _here_double(self, start: int, inside: int) -> ast.Node:
        parts: list[str | ast.Node] = []
        run: list[str] = []
        text = self.text
        end = _HERE_DOUBLE_END(text, self.pos)
        if end is None:
            self.pos = inside
        while end is None:
            match = _HERE_DOUBLE_RUN(text, self.pos)
            if match is not None:
                run.append(match.group())
                self.pos = match.end()
            c = text[self.pos]
            if c in "\r\n":
                end = _HERE_DOUBLE_END(text, self.pos)
                if end is None:
                    run.append(c)
                    self.pos += 1
            elif c == "\0":
                self._open_here(start, '"')
            else:
                self.piece(c, parts, run)
        self.pos = end.end()
        return self._expandable(start, parts, run)

    def _open_here(self, start: int, quote: str) -> NoReturn:
        self.fail(
            "TerminatorExpectedAtEndOfString", f"The string is missing the terminator: {quote}@.", start,
            len(self.source.text),
        )  # fmt: skip


def _bits(hexadecimal: str | None, binary: str | None, suffix: str) -> int:
    """The value of a hexadecimal or binary literal: two's complement of the width that holds it."""
    digits, base, per_digit = (hexadecimal, 16, 4) if hexadecimal else (binary or "0", 2, 1)
    value = int(digits, base)
    if suffix in ("u", "ul", "us", "uy", "n"):
        return value
    width = len(digits.lstrip("0")) * per_digit
    if width <= 32 and suffix != "l":
        return value - (1 << 32) if value >= 1 << 31 else value
    if width <= 64:
        return value - (1 << 64) if value >= 1 << 63 else value
    return value


def _unescape(name: str) -> str:
    """A braced variable name without its backticks."""
    return re.sub(r"`(.)", r"\1", name) if "`" in name else name
