"""Primary expressions: variables, literals, parentheses, hash tables, members, indexes, calls.

Source: Windows PowerShell Language Specification 3.0, sections 7.1 and appendix B.2.3.
"""

from __future__ import annotations

import re

from exmigrate.twin.powershell.syntax import ast
from exmigrate.twin.powershell.syntax.scanner import BLANKS, DOUBLE_QUOTES, SINGLE_QUOTES, SPLAT, Scanner

_MEMBER_NAME = re.compile(r"[^\W\d]\w*|\d+").match
_HASH_KEY = re.compile(r"[\w?-][\w?.*:/\\-]*").match
_WORD = re.compile(r"[^\s(){};,|&]+|.", re.S).match


class Primaries(Scanner):
    """The part of the parser that reads primary expressions."""

    no_comma = 0

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
        match = _WORD(self.text, self.pos)
        word = match.group().rstrip("\0") if match else ""
        if not word:
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
            pairs.append((key, self._quoted_statement() or self.statement()))
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

    def _quoted_statement(self) -> ast.Node | None:
        """A statement that is a quoted string and nothing else, which most values of data are."""
        at = self.pos
        if self.text[at] not in SINGLE_QUOTES:
            return None
        node = self.single_quoted()
        if self.text[self.pos] not in ";}":
            self.pos = at
            return None
        return ast.Pipeline(at, self.pos, [ast.CommandExpr(at, self.pos, node, [])], False)

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
