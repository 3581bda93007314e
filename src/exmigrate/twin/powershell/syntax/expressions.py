"""Expressions: precedence, primary expressions, members, literals.

Source: Windows PowerShell Language Specification 3.0, chapter 7, and its grammar in appendix B.2.3.
"""

from __future__ import annotations

import re

from exmigrate.twin.powershell.syntax import ast
from exmigrate.twin.powershell.syntax.primaries import Primaries
from exmigrate.twin.powershell.syntax.scanner import (
    _NUMBER,
    DASHES,
    DOUBLE_QUOTES,
    SINGLE_QUOTES,
)

# Word operators and their binding strength; 'i' and 'c' forms are made below.
_WORDS = {
    "and": 1, "or": 1, "xor": 1,
    "band": 2, "bor": 2, "bxor": 2,
    "as": 5, "is": 5, "isnot": 5, "shl": 5, "shr": 5, "join": 5,
    "f": 12,
}  # fmt: skip
_CASED = (
    "eq", "ne", "gt", "ge", "lt", "le", "like", "notlike", "match", "notmatch", "replace", "split",
    "contains", "notcontains", "in", "notin",
)  # fmt: skip
BINARY: dict[str, tuple[str, int]] = {word: (word, strength) for word, strength in _WORDS.items()}
for _word in _CASED:
    BINARY[_word] = BINARY["i" + _word] = (_word, 5)
    BINARY["c" + _word] = ("c" + _word, 5)
UNARY_WORDS = {
    "not": "not",
    "bnot": "bnot",
    "split": "split",
    "isplit": "split",
    "csplit": "csplit",
    "join": "join",
}
FEATURE_OF = {
    "in": "operator-in", "cin": "operator-in", "notin": "operator-in", "cnotin": "operator-in",
    "shl": "operator-shift", "shr": "operator-shift",
}  # fmt: skip
COALESCE, ADD, MULTIPLY, RANGE = 7, 9, 10, 13

_WORD_OPERATOR = re.compile(rf"[{DASHES}]([A-Za-z]+)(?![\w])").match
_TYPE_START = re.compile(r"\[\s*([A-Za-z_][\w.`+/-]*)").match
_ASSIGN = re.compile(r"\?\?=|[-+*/%\u2013\u2014]?=").match
_CAST_OPERAND = frozenset("$(@{['\"0123456789!" + SINGLE_QUOTES + DOUBLE_QUOTES)


class Expressions(Primaries):
    """The part of the parser that reads expressions."""

    def expression(self, strength: int = 0) -> ast.Node:
        """A whole expression of at least that binding strength."""
        self.enter()
        left = self._array_literal()
        while True:
            found = self._binary_operator(strength)
            if found is None:
                break
            op, power, length = found
            operator_at = self.pos
            self.pos += length
            self.lines()
            if not self.starts_expression():
                word = self.text[operator_at : operator_at + length]
                self.fail(
                    "ExpectedValueExpression",
                    f"You must provide a value expression following the '{word}' operator.",
                    operator_at + length,
                )
            right = self.expression(power + 1)
            left = ast.Binary(left.start, right.end, op, left, right)
        self.nesting -= 1
        if strength == 0 and self.text[self.pos] == "?" and self.level.has("ternary"):
            return self._ternary(left)
        return left

    def _ternary(self, condition: ast.Node) -> ast.Node:
        if self.text[self.pos + 1] in "?.[":
            return condition
        self.pos += 1
        self.lines()
        yes = self.expression()
        if self.lines() != ":":
            self.fail("MissingColonInTernaryExpression", "Missing ':' in the ternary expression.", self.pos)
        self.pos += 1
        self.lines()
        no = self.expression()
        return ast.Ternary(condition.start, no.end, condition, yes, no)

    def _binary_operator(self, strength: int) -> tuple[str, int, int] | None:
        """Operator name, strength and length at this place, when it binds strongly enough."""
        c = self.ws()
        text, pos = self.text, self.pos
        if c in DASHES:
            match = _WORD_OPERATOR(text, pos)
            if match is not None:
                return self._word_operator(match, strength)
            if text[pos + 1] in DASHES + "=":
                return None
            return ("sub", ADD, 1) if strength <= ADD else None
        if c == "+":
            return ("add", ADD, 1) if strength <= ADD and text[pos + 1] not in "+=" else None
        if c in "*/%":
            if text[pos + 1] == "=" or strength > MULTIPLY:
                return None
            return {"*": "mul", "/": "div", "%": "mod"}[c], MULTIPLY, 1
        if c == "." and text[pos + 1] == ".":
            return ("range", RANGE, 2) if strength <= RANGE else None
        if (
            c == "?"
            and text.startswith("??", pos)
            and text[pos + 2] != "="
            and self.level.has("null-coalescing")
        ):
            return ("coalesce", COALESCE, 2) if strength <= COALESCE else None
        return None

    def _word_operator(self, match: re.Match[str], strength: int) -> tuple[str, int, int] | None:
        word = match.group(1).lower()
        found = BINARY.get(word)
        if found is None or not self.level.has(FEATURE_OF.get(found[0], "")):
            if strength:
                return None
            self.fail(
                "UnexpectedToken",
                f"Unexpected token '{match.group()}' in expression or statement.",
                match.start(),
                match.end(),
            )
        op, power = found
        return (op, power, match.end() - match.start()) if strength <= power else None

    def _array_literal(self) -> ast.Node:
        first = self.unary()
        if self.no_comma or self.ws() != ",":
            return first
        items = [first]
        while self.ws() == ",":
            self.pos += 1
            self.lines()
            if not self.starts_expression():
                self.fail("MissingExpression", "Missing expression after ','.", self.pos - 1, self.pos)
            items.append(self.unary())
        return ast.ArrayLiteral(first.start, items[-1].end, items)

    def starts_expression(self) -> bool:
        """Whether an expression can start here."""
        c = self.text[self.pos]
        if c in "$(@{['\"0123456789!,+" or c in SINGLE_QUOTES or c in DOUBLE_QUOTES or c in DASHES:
            return True
        return c == "." and self.text[self.pos + 1].isdigit()

    # Unary -------------------------------------------------------------------------------------------------

    def unary(self) -> ast.Node:
        """A unary expression."""
        c = self.text[self.pos]
        if c == "!":
            return self._prefix("not", 1)
        if c == "+":
            return self._step(1) if self.text[self.pos + 1] == "+" else self._prefix("plus", 1)
        if c in DASHES:
            return self._dash()
        if c == ",":
            return self._unary_comma()
        if c == "[":
            return self._bracket()
        if c == "'":
            # most of what data consists of, and nothing that could follow it follows
            text = self.single_quoted()
            return text if self.text[self.pos] in ",;)}=" else self.postfix(text)
        return self.postfix(self.primary())

    def _prefix(self, op: str, length: int) -> ast.Node:
        start = self.pos
        self.pos += length
        self.lines()
        if not self.starts_expression():
            self.fail("MissingExpressionAfterOperator",
                      f"Missing expression after unary operator '{self.text[start:start + length]}'.",
                      start, start + length)  # fmt: skip
        self.enter()
        operand = self.unary()
        self.nesting -= 1
        return ast.Unary(start, operand.end, op, operand)

    def _unary_comma(self) -> ast.Node:
        start = self.pos
        self.pos += 1
        self.lines()
        self.enter()
        operand = self.unary()
        self.nesting -= 1
        return ast.Unary(start, operand.end, "comma", operand)

    def _dash(self) -> ast.Node:
        match = _WORD_OPERATOR(self.text, self.pos)
        if match is not None:
            op = UNARY_WORDS.get(match.group(1).lower())
            if op is None:
                self.fail("UnexpectedToken", f"Unexpected token '{match.group()}' in expression or statement.",
                          match.start(), match.end())  # fmt: skip
            return self._prefix(op, match.end() - match.start())
        if self.text[self.pos + 1] in DASHES:
            return self._step(-1)
        following = self.text[self.pos + 1]
        if following.isdigit() or following == ".":
            return self._negative_number()
        return self._prefix("minus", 1)

    def _negative_number(self) -> ast.Node:
        start = self.pos
        self.pos += 1
        number = self.number()
        if number is None:
            self.pos = start
            return self._prefix("minus", 1)
        if self.text[self.pos] == ".":
            return ast.Unary(start, self.pos, "minus", self.postfix(number))
        match = _NUMBER(number.text)
        assert match is not None
        value = self.number_value(match, -1)
        return ast.Const(start, self.pos, value, "-" + number.text)

    def _step(self, by: int) -> ast.Node:
        start = self.pos
        self.pos += 2
        self.ws()
        operand = self.unary()
        return ast.Step(start, operand.end, by, True, operand)

    def _bracket(self) -> ast.Node:
        """A type literal, a cast, or an attribute on a variable."""
        start = self.pos
        attribute = self.attribute_or_type()
        if isinstance(attribute, ast.Attribute):
            self.lines()
            operand = self.unary()
            return ast.Attributed(start, operand.end, attribute, operand)
        c = self.text[self.pos]
        if c == ":" or c == "." or (c == "[" and not self._type_follows()):
            return self.postfix(attribute)
        before = self.pos
        c = self.ws()
        if self._cast_follows(c):
            self.enter()
            operand = self.unary()
            self.nesting -= 1
            return ast.Cast(start, operand.end, attribute, operand)
        if c == ":" and self.text.startswith("::", self.pos):
            return self.postfix(attribute)
        self.pos = before
        return attribute

    def _type_follows(self) -> bool:
        return _TYPE_START(self.text, self.pos) is not None

    def _cast_follows(self, c: str) -> bool:
        if c in _CAST_OPERAND:
            return True
        following = self.text[self.pos + 1]
        if c in DASHES:
            match = _WORD_OPERATOR(self.text, self.pos)
            if match is not None:
                return match.group(1).lower() in ("not", "bnot")
            return following.isdigit() or following in "$(.-"
        if c == "+":
            return following.isdigit() or following in "$("
        return c == "." and following.isdigit()
