"""Expressions: precedence, primary expressions, members, literals.

Source: Windows PowerShell Language Specification 3.0, chapter 7, and its grammar in appendix B.2.3.
"""

from __future__ import annotations

import re

from exmigrate.twin.powershell.syntax import ast
from exmigrate.twin.powershell.syntax.scanner import (
    BLANKS,
    DASHES,
    DOUBLE_QUOTES,
    SINGLE_QUOTES,
    SPLAT,
    Scanner,
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
_SIMPLE_NAME = re.compile(r"[\w?]+").match
_MEMBER_NAME = re.compile(r"[^\W\d]\w*|\d+").match
_HASH_KEY = re.compile(r"[\w?-][\w?.*:/\\-]*").match
_TYPE_START = re.compile(r"\[\s*([A-Za-z_][\w.`+/-]*)").match
_ASSIGN = re.compile(r"\?\?=|[-+*/%\u2013\u2014]?=").match
_CAST_OPERAND = frozenset("$(@{['\"0123456789!" + SINGLE_QUOTES + DOUBLE_QUOTES)


class Expressions(Scanner):
    """The part of the parser that reads expressions."""

    no_comma = 0

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
        from exmigrate.twin.powershell.syntax.scanner import _NUMBER

        value = self.number_value(_NUMBER(number.text), -1)  # type: ignore[arg-type]
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

    # Primary -----------------------------------------------------------------------------------------------

    def primary(self) -> ast.Node:
        """A primary expression without what follows it."""
        c = self.text[self.pos]
        if c == "$":
            return self._dollar()
        if c in SINGLE_QUOTES:
            return self.single_quoted()
        if c in DOUBLE_QUOTES:
            return self.double_quoted()
        if c == "(":
            return self.paren()
        if c == "@":
            return self._at()
        if c == "{":
            return self.block_expression()
        if c.isdigit() or c == ".":
            number = self.number()
            if number is not None:
                return number
        self._unexpected()
        raise AssertionError

    def _unexpected(self) -> None:
        match = re.compile(r"[^\s(){};,|&]+|.", re.S).match(self.text, self.pos)
        word = match.group() if match else ""
        if word == "\0" or not word:
            self.fail("ExpectedExpression", "An expression was expected after '('.", max(0, self.pos - 1))
        self.fail("UnexpectedToken", f"Unexpected token '{word}' in expression or statement.", self.pos,
                  self.pos + len(word))  # fmt: skip

    def _dollar(self) -> ast.Node:
        if self.text[self.pos + 1] == "(":
            return self.sub_expression()
        variable = self.variable()
        if variable is None:
            self.fail("UnexpectedToken", "Unexpected token '$' in expression or statement.", self.pos)
        return variable

    def _at(self) -> ast.Node:
        following = self.text[self.pos + 1]
        if following == "(":
            start = self.pos
            self.pos += 2
            body = self.statements_until(")", start + 1)
            return ast.ArraySub(start, self.pos, body)
        if following == "{":
            return self.hash_literal()
        here = self.here_string()
        if here is not None:
            return here
        match = SPLAT(self.text, self.pos)
        if match is not None:
            self.fail(
                "SplattingNotPermitted",
                f"The splatting operator '@' cannot be used to reference variables in an expression. '{match.group()}' "
                f"can be used only as an argument to a command. To reference variables in an expression use "
                f"'${match.group(1)}'.",
                match.start(),
                match.end(),
            )
        self.fail("UnrecognizedToken", "Unrecognized token in source text.", self.pos)

    def sub_expression(self) -> ast.Node:
        """``$( ... )``."""
        start = self.pos
        self.pos += 2
        saved, self.no_comma = self.no_comma, 0
        body = self.statements_until(")", start + 1)
        self.no_comma = saved
        return ast.SubExpr(start, self.pos, body)

    def paren(self) -> ast.Node:
        """``( pipeline )``."""
        start = self.pos
        self.enter()
        self.pos += 1
        saved, self.no_comma = self.no_comma, 0
        if self.lines() in ")\0":
            self.fail("ExpectedExpression", "An expression was expected after '('.", start, start + 1)
        inner = self.pipeline_or_assignment()
        if self.lines() != ")":
            self.fail(
                "MissingEndParenthesisInExpression", "Missing closing ')' in expression.", self.pos, self.pos
            )
        self.pos += 1
        self.no_comma = saved
        self.nesting -= 1
        return ast.Paren(start, self.pos, inner)

    def block_expression(self) -> ast.Node:
        """``{ ... }`` as a value."""
        start = self.pos
        self.enter()
        saved, self.no_comma = self.no_comma, 0
        body = self.script_block_body()
        self.no_comma = saved
        self.nesting -= 1
        return ast.BlockExpr(start, self.pos, body)

    def hash_literal(self) -> ast.Node:
        """``@{ key = value ... }``."""
        start = self.pos
        self.enter()
        self.pos += 2
        saved, self.no_comma = self.no_comma, 0
        pairs: list[tuple[ast.Node, ast.Node]] = []
        while self.separators() != "}":
            key = self._hash_key(start)
            if self.lines() != "=":
                self.fail(
                    "MissingEqualsInHashLiteral", "Missing '=' operator after key in hash literal.", self.pos
                )
            self.pos += 1
            self.lines()
            if self.text[self.pos] in "};\0":
                self.fail(
                    "MissingStatementInHashLiteral", "Missing statement after '=' in hash literal.", self.pos
                )
            value = self.statement()
            pairs.append((key, value))
            c = self.ws()
            if c not in "\r\n;}":
                self.fail("MissingEndCurlyBrace" if c == "\0" else "UnexpectedToken",
                          "Missing closing '}' in statement block or type definition."
                          if c == "\0" else f"Unexpected token '{c}' in expression or statement.",
                          start if c == "\0" else self.pos)  # fmt: skip
        self.pos += 1
        self.no_comma = saved
        self.nesting -= 1
        return ast.Hash(start, self.pos, pairs)

    def _hash_key(self, start: int) -> ast.Node:
        c = self.text[self.pos]
        if c == "\0":
            self.fail(
                "IncompleteHashLiteral", "The hash literal was incomplete.", start, len(self.source.text)
            )
        if c.isdigit():
            number = self.number()
            if number is not None:
                return number
        match = _HASH_KEY(self.text, self.pos)
        if match is not None and c != "$":
            at, self.pos = self.pos, match.end()
            return ast.Text(at, self.pos, match.group(), True)
        return self.unary()

    # Postfix -----------------------------------------------------------------------------------------------

    def postfix(self, node: ast.Node, argument: bool = False) -> ast.Node:
        """Members, indexes, calls and steps that follow directly."""
        text = self.text
        while True:
            c = text[self.pos]
            if c == ".":
                if text[self.pos + 1] == "." or (argument and not self._member_follows(1)):
                    return node
                node = self._member(node, 1, False)
            elif c == ":" and text[self.pos + 1] == ":":
                node = self._member(node, 2, True)
            elif c == "[":
                node = self._index(node)
            elif c == "?" and text[self.pos + 1] in ".[" and self.level.has("null-conditional"):
                self.pos += 1
                node = self._member(node, 1, False) if text[self.pos] == "." else self._index(node)
                node.conditional = True  # type: ignore[attr-defined]
            elif c in "+-" and text[self.pos + 1] == c and not argument:
                self.pos += 2
                return ast.Step(node.start, self.pos, 1 if c == "+" else -1, False, node)
            elif c in BLANKS and not argument and isinstance(node, ast.TypeName):
                return node
            else:
                return node

    def _member_follows(self, offset: int) -> bool:
        c = self.text[self.pos + offset]
        return c.isalpha() or c in "_$('\"" or c in SINGLE_QUOTES

    def _member(self, target: ast.Node, length: int, static: bool) -> ast.Node:
        self.pos += length
        c = self.lines()
        name: ast.Node
        if c == "$":
            name = self._dollar()
        elif c in SINGLE_QUOTES:
            name = self.single_quoted()
        elif c in DOUBLE_QUOTES:
            name = self.double_quoted()
        elif c == "(":
            name = self.paren()
        else:
            match = _MEMBER_NAME(self.text, self.pos)
            if match is None:
                self.fail("MissingPropertyName", "Missing property name after reference operator.", self.pos - 1,
                          self.pos)  # fmt: skip
            name = ast.Text(self.pos, match.end(), match.group(), True)
            self.pos = match.end()
        if self.text[self.pos] == "(":
            args = self.arguments()
            return ast.Invoke(target.start, self.pos, target, name, args, static)
        return ast.Member(target.start, self.pos, target, name, static)

    def arguments(self) -> list[ast.Node]:
        """``(a, b)`` behind a method name or an attribute."""
        self.enter()
        start = self.pos
        self.pos += 1
        self.no_comma += 1
        args: list[ast.Node] = []
        if self.lines() != ")":
            while True:
                self.lines()
                if not self.starts_expression():
                    self._unexpected_argument(start)
                args.append(self.expression())
                if self.lines() != ",":
                    break
                self.pos += 1
        if self.lines() != ")":
            self.fail("MissingEndParenthesisInMethodCall", "Missing ')' in method call.", self.pos, self.pos)
        self.pos += 1
        self.no_comma -= 1
        self.nesting -= 1
        return args

    def _unexpected_argument(self, start: int) -> None:
        if self.text[self.pos] == "\0":
            self.fail(
                "MissingEndParenthesisInMethodCall", "Missing ')' in method call.", start + 1, start + 1
            )
        self._unexpected()

    def _index(self, target: ast.Node) -> ast.Node:
        start = self.pos
        self.enter()
        self.pos += 1
        saved, self.no_comma = self.no_comma, 0
        if self.lines() == "]" or not self.starts_expression():
            self.fail("MissingArrayIndexExpression", "Array index expression is missing or not valid.", start,
                      start + 1)  # fmt: skip
        index = self.expression()
        if self.lines() != "]":
            self.fail("MissingEndSquareBracket", "Missing ] after array index expression.", self.pos)
        self.pos += 1
        self.no_comma = saved
        self.nesting -= 1
        return ast.Index(target.start, self.pos, target, index)
