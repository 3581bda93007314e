"""Pipelines and commands: argument mode, parameters, redirections.

Source: Windows PowerShell Language Specification 3.0, sections 2.3.1.2 (modes), 8.2 and 8.16; about_Parsing.
"""

from __future__ import annotations

import re

from exmigrate.twin.powershell.syntax import ast
from exmigrate.twin.powershell.syntax.expressions import _ASSIGN, Expressions
from exmigrate.twin.powershell.syntax.scanner import (
    BLANKS,
    DASHES,
    DOUBLE_QUOTES,
    ESCAPES,
    SINGLE_QUOTES,
    SPLAT,
    VARIABLE,
)

WORD_END = frozenset(BLANKS + "\r\n\0{}();,|&")
_ARGUMENT_END = WORD_END | frozenset("<>")
_PLAIN_WORD = re.compile(
    rf"[^{BLANKS}\r\n\0{{}}();,|&<>`$@{SINGLE_QUOTES}{DOUBLE_QUOTES}][^{BLANKS}\r\n\0{{}}();,|&<>`${SINGLE_QUOTES}{DOUBLE_QUOTES}]*"
).match
_WORD_RUN = re.compile(rf"[^{BLANKS}\r\n\0{{}}();,|&<>`${SINGLE_QUOTES}{DOUBLE_QUOTES}]+").match
_PARAMETER = re.compile(
    rf"[{DASHES}]([A-Za-z_?][^{BLANKS}\r\n\0{{}}();,|&.\[:<>{SINGLE_QUOTES}{DOUBLE_QUOTES}]*)(:?)"
).match
_REDIRECTION = re.compile(r"([1-6*])?(>>|>)(?:&([12]))?").match
_VERBATIM = re.compile(r"--%(?=[ \t\r\n\0])").match
_LINE_REST = re.compile(r"[^\r\n|&\0]*").match
_CONTINUED = re.compile(rf"(?:[{BLANKS}]|\r\n|\n|\r|<#(?s:.*?)#>|#[^\r\n\0]*+)*+\|").match
_ASSIGN_TARGETS = (ast.Variable, ast.Member, ast.Index, ast.Cast, ast.ArrayLiteral, ast.Attributed, ast.Paren)


class Commands(Expressions):
    """The part of the parser that reads pipelines."""

    def pipeline_or_assignment(self) -> ast.Node:
        """A pipeline, or an assignment used for its value."""
        return self.chain()

    def chain(self) -> ast.Node:
        """A pipeline, an assignment, or pipelines joined by && and ||."""
        left = self.pipeline()
        while True:
            c = self.ws()
            op = self.text[self.pos : self.pos + 2]
            if c not in "&|" or op not in ("&&", "||"):
                return left
            if not self.level.has("pipeline-chains"):
                self.fail("InvalidEndOfLine", f"The token '{op}' is not a valid statement separator in this version.",
                          self.pos, self.pos + 2)  # fmt: skip
            self.pos += 2
            self.lines()
            right = self.pipeline()
            left = ast.Chain(left.start, right.end, left, right, op)

    def pipeline(self) -> ast.Node:
        """One pipeline or assignment."""
        start = self.pos
        first: ast.Command | ast.CommandExpr
        if self.starts_operand():
            expr = self.expression()
            c = self.ws()
            assign = _ASSIGN(self.text, self.pos) if c in "=+-*/%?" or c in DASHES else None
            if assign is not None:
                return self._assignment(expr, assign)
            first = ast.CommandExpr(start, self.pos, expr, self._redirections())
        else:
            first = self.command()
        elements = [first]
        while self._pipe():
            self.lines()
            if self.text[self.pos] in "\0)};|":
                self.fail("EmptyPipeElement", "An empty pipe element is not allowed.", self.pos)
            if self.starts_operand():
                at = self.pos
                self.expression()
                self.fail("ExpressionsMustBeFirstInPipeline",
                          "Expressions are only allowed as the first element of a pipeline.", at, self.pos)  # fmt: skip
            elements.append(self.command())
        background = False
        if self.text[self.pos] == "&" and self.text[self.pos + 1] != "&":
            if not self.level.has("background-jobs"):
                self.fail("AmpersandNotAllowed",
                          "The ampersand (&) character is not allowed. The & operator is reserved for future use; wrap "
                          "an ampersand in double quotation marks (\"&\") to pass it as part of a string.",
                          self.pos)  # fmt: skip
            self.pos += 1
            background = True
        return ast.Pipeline(start, self._end(elements[-1]), elements, background)

    def _end(self, element: ast.Node) -> int:
        return element.end

    def _pipe(self) -> bool:
        c = self.ws()
        if c == "|" and self.text[self.pos + 1] != "|":
            self.pos += 1
            return True
        if c in "\r\n" and self.level.has("leading-pipe"):
            match = _CONTINUED(self.text, self.pos)
            if match is not None and self.text[match.end()] != "|":
                self.pos = match.end()
                return True
        return False

    def _assignment(self, target: ast.Node, match: re.Match[str]) -> ast.Node:
        if not isinstance(target, _ASSIGN_TARGETS):
            self.fail("InvalidLeftHandSide",
                      "The assignment expression is not valid. The input to an assignment operator must be an object "
                      "that is able to accept assignments, such as a variable or a property.",
                      target.start, target.end)  # fmt: skip
        op = match.group()
        if op == "??=" and not self.level.has("null-coalescing"):
            self.fail(
                "UnexpectedToken",
                "Unexpected token '??=' in expression or statement.",
                self.pos,
                self.pos + 3,
            )
        if op[0] in DASHES:
            op = "-="
        self.pos = match.end()
        self.lines()
        if self.text[self.pos] in "\0;)}":
            self.fail("ExpectedValueExpression",
                      f"You must provide a value expression following the '{op}' operator.", self.pos)  # fmt: skip
        self.enter()
        value = self.statement()
        self.nesting -= 1
        return ast.Assignment(target.start, value.end, op, target, value)

    def starts_operand(self) -> bool:
        """Whether the pipeline element here is an expression and not a command."""
        c = self.text[self.pos]
        if c in "$(['\"!," or c in SINGLE_QUOTES or c in DOUBLE_QUOTES:
            return True
        following = self.text[self.pos + 1]
        if c == "@":
            if following in "({" or following in SINGLE_QUOTES or following in DOUBLE_QUOTES:
                return True
            match = SPLAT(self.text, self.pos)
            if match is not None:
                self.primary()
            return False
        if c == "{":
            return True
        if c.isdigit() or (c == "." and following.isdigit()):
            at = self.pos
            number = self.number()
            self.pos = at
            return number is not None
        if c == "+":
            return following in "+$(" or following.isdigit() or following in BLANKS or following in "'\"["
        if c in DASHES:
            return self._dash_starts_operand(following)
        return False

    def _dash_starts_operand(self, following: str) -> bool:
        if following.isdigit() or following in "$(.'\"[@" or following in DASHES or following in BLANKS:
            return True
        word = re.match(r"[A-Za-z]+", self.text[self.pos + 1 : self.pos + 12])
        return word is not None and word.group().lower() in (
            "not",
            "bnot",
            "split",
            "isplit",
            "csplit",
            "join",
        )

    # Commands ----------------------------------------------------------------------------------------------

    def command(self) -> ast.Command:
        """One command with its arguments."""
        start = self.pos
        c = self.text[self.pos]
        operator = ""
        if c == "&" or (c == "." and self.text[self.pos + 1] in BLANKS + "$({'\"&`"):
            operator = c
            self.pos += 1
            c = self.ws()
            if c in "\r\n\0;|)}":
                self.fail("MissingExpression" if c != "\0" else "MissingExpressionAfterToken",
                          f"Missing expression after '{operator}' in pipeline element.", start, start + 1)  # fmt: skip
        name = self._command_name(operator)
        args: list[ast.Node] = []
        redirections: list[ast.Redirection] = []
        last = name.end
        while True:
            c = self.ws()
            if c in "|;)}&\r\n\0":
                break
            item = self._redirection() if c in "<>123456*" else None
            if item is not None:
                redirections.append(item)
            elif c == "-" and _VERBATIM(self.text, self.pos) and self.level.has("verbatim-arguments"):
                self._verbatim(args)
            else:
                args.append(self._argument(c))
            last = self.pos
        return ast.Command(start, last, name, args, operator, redirections)

    def _command_name(self, operator: str) -> ast.Node:
        c = self.text[self.pos]
        if operator and (c in "$({@'\"[" or c in SINGLE_QUOTES or c in DOUBLE_QUOTES):
            return (
                self.postfix(self.primary(), True)
                if c != "["
                else self.postfix(self.attribute_or_type(), True)
            )
        if c in "}),|&;<>":
            self._unexpected()
        match = _PLAIN_WORD(self.text, self.pos)
        if match is not None and self.text[match.end()] not in f"`${SINGLE_QUOTES}{DOUBLE_QUOTES}":
            self.pos = match.end()
            return ast.Text(match.start(), self.pos, match.group(), True)
        return self._word()

    def _verbatim(self, args: list[ast.Node]) -> None:
        start = self.pos
        self.pos += 3
        self.ws()
        match = _LINE_REST(self.text, self.pos)
        assert match is not None
        self.pos = match.end()
        args.append(ast.Text(start, self.pos, "--%", True))
        args.append(ast.Text(match.start(), match.end(), match.group().rstrip(), True))

    def _argument(self, c: str) -> ast.Node:
        """One argument, with the commas that make an array of it."""
        if c in DASHES:
            match = _PARAMETER(self.text, self.pos)
            if match is not None:
                return self._parameter(match)
        first = self._argument_value(c)
        if self.ws() != ",":
            return first
        items = [first]
        while self.ws() == ",":
            self.pos += 1
            c = self.lines()
            if c in "|;)}&\0":
                self.fail("MissingExpression", "Missing expression after ','.", self.pos - 1, self.pos)
            items.append(self._argument_value(c))
        return ast.ArrayLiteral(first.start, items[-1].end, items)

    def _parameter(self, match: re.Match[str]) -> ast.Node:
        start, self.pos = self.pos, match.end()
        argument: ast.Node | None = None
        if match.group(2):
            c = self.ws()
            if c in "|;)}&\r\n\0":
                self.fail("ParameterRequiresArgument", f"Parameter {match.group()} requires an argument.", start,
                          match.end())  # fmt: skip
            argument = self._argument(c)
        return ast.CommandParam(start, self.pos, match.group(1), argument, match.group().rstrip(":"))

    def _argument_value(self, c: str) -> ast.Node:
        node: ast.Node | None = None
        if c == "$":
            node = self._dollar_argument()
        elif c in SINGLE_QUOTES or c in DOUBLE_QUOTES:
            node = self.single_quoted() if c in SINGLE_QUOTES else self.double_quoted()
        elif c == "(":
            node = self.paren()
        elif c == "{":
            return self.block_expression()
        elif c == "@":
            node = self._at_argument()
        elif c.isdigit() or (c == "." and self.text[self.pos + 1].isdigit()):
            node = self.number(argument=True)
            if node is not None:
                return node
        elif c == ",":
            self.fail("MissingArgument", "Missing an argument in parameter list.", self.pos)
        if node is None:
            return self._word()
        return self.postfix(node, True)

    def _dollar_argument(self) -> ast.Node | None:
        if self.text[self.pos + 1] == "(":
            return self._sub_or_word()
        match = VARIABLE(self.text, self.pos)
        if match is None:
            return None
        follow = self.text[match.end()]
        if follow in _ARGUMENT_END or follow in ".[" or self.text.startswith("::", match.end()):
            if follow == "." and not self._after_dot(match.end() + 1):
                return None
            return self.variable()
        if follow == "?" and self.level.has("null-conditional") and self.text[match.end() + 1] in ".[":
            return self.variable()
        return None

    def _after_dot(self, at: int) -> bool:
        c = self.text[at]
        return c.isalpha() or c in "_$('\"" or c in SINGLE_QUOTES

    def _sub_or_word(self) -> ast.Node | None:
        """A subexpression, or None when text follows that makes it part of a word."""
        start = self.pos
        node = self.sub_expression()
        follow = self.text[self.pos]
        if follow in _ARGUMENT_END or (follow == "." and self._after_dot(self.pos + 1)) or follow == "[":
            return node
        self.pos = start
        return None

    def _at_argument(self) -> ast.Node | None:
        following = self.text[self.pos + 1]
        if following in "({" or following in SINGLE_QUOTES or following in DOUBLE_QUOTES:
            return self.primary()
        match = SPLAT(self.text, self.pos)
        if match is None or self.text[match.end()] not in _ARGUMENT_END:
            return None
        start, self.pos = self.pos, match.end()
        return ast.Variable(start, self.pos, match.group(1), True)

    def _word(self) -> ast.Node:
        """A word in argument mode: escapes, quoted pieces and expansions within."""
        start = self.pos
        text = self.text
        parts: list[str | ast.Node] = []
        run: list[str] = []
        while True:
            match = _WORD_RUN(text, self.pos)
            if match is not None:
                run.append(match.group())
                self.pos = match.end()
            c = text[self.pos]
            if c in _ARGUMENT_END:
                break
            if c == "`":
                run.append(self._word_escape())
            elif c == "$":
                self.piece(c, parts, run)
            else:
                self._quoted_piece(c, parts, run)
        if self.pos == start:
            self._unexpected()
        if not parts:
            return ast.Text(start, self.pos, "".join(run), True)
        if run:
            parts.append("".join(run))
        return ast.Expandable(start, self.pos, parts, True)

    def _word_escape(self) -> str:
        following = self.text[self.pos + 1]
        if following in ESCAPES or following not in "\r\n":
            return self.escape()
        self.pos += 1
        return ""

    def _quoted_piece(self, c: str, parts: list[str | ast.Node], run: list[str]) -> None:
        node = self.single_quoted() if c in SINGLE_QUOTES else self.double_quoted()
        if isinstance(node, ast.Text):
            run.append(node.value)
            return
        if run:
            parts.append("".join(run))
            run.clear()
        assert isinstance(node, ast.Expandable)
        parts.extend(node.parts)

    # Redirections ------------------------------------------------------------------------------------------

    def _redirections(self) -> list[ast.Redirection]:
        found = []
        while self.ws() in "<>123456*":
            item = self._redirection()
            if item is None:
                break
            found.append(item)
        return found

    def _redirection(self) -> ast.Redirection | None:
        if self.text[self.pos] == "<":
            self.fail("RedirectionNotSupported", "The '<' operator is reserved for future use.", self.pos)
        match = _REDIRECTION(self.text, self.pos)
        if match is None:
            return None
        stream, operator, merge = match.groups()
        start = self.pos
        number = 0 if stream == "*" else int(stream or 1)
        if (number == 0 or number > 2) and not self.level.has("stream-6" if number == 6 else "streams-3-5"):
            self.fail("UnexpectedToken", f"Unexpected token '{match.group()}' in expression or statement.", start,
                      match.end())  # fmt: skip
        self.pos = match.end()
        if merge:
            return ast.Redirection(start, self.pos, number, False, int(merge), None)
        c = self.ws()
        if c in "|;)}&\r\n\0":
            self.fail("MissingFileSpecification", "Missing file specification after redirection operator.", start,
                      self.pos)  # fmt: skip
        target = self._argument_value(c)
        return ast.Redirection(start, self.pos, number, operator == ">>", 0, target)
