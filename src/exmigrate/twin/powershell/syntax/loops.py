"""Loops and conditions: if, while, do, for, foreach, switch.

Source: Windows PowerShell Language Specification 3.0, sections 8.3 to 8.6; about_Switch.
"""

from __future__ import annotations

import re

from exmigrate.twin.powershell.syntax import ast
from exmigrate.twin.powershell.syntax.commands import WORD_END, Commands

KEYWORD = re.compile(r"[A-Za-z]+").match
_LABEL = re.compile(r":([A-Za-z_]\w*)").match
_SWITCH_FLAG = re.compile(r"-([A-Za-z]+)").match
_SWITCH_FLAGS = ("regex", "wildcard", "exact", "casesensitive", "file", "parallel")


class Loops(Commands):
    """The part of the parser that reads loops and conditions."""

    # Loops -------------------------------------------------------------------------------------------------

    def _labelled(self) -> ast.Node | None:
        match = _LABEL(self.text, self.pos)
        if match is None:
            return None
        start, self.pos = self.pos, match.end()
        self.lines()
        word = KEYWORD(self.text, self.pos)
        if word is None or word.group().lower() not in ("for", "foreach", "while", "do", "switch"):
            self.pos = start
            return None
        node = self.statement()
        node.label = match.group(1).lower()  # type: ignore[attr-defined]
        return node

    def _condition(self, keyword: str, after: int) -> ast.Node:
        if self.lines() != "(":
            self.fail("MissingOpenParenthesisInIfStatement" if keyword in ("if", "elseif")
                      else "MissingOpenParenthesisAfterKeyword",
                      f"Missing '(' after '{keyword}' in {keyword} statement.", after, after)  # fmt: skip
        self.pos += 1
        opened = self.pos
        if self.lines() in ")\0":
            self.fail("IfStatementMissingCondition" if keyword in ("if", "elseif") else "MissingExpressionAfterKeyword",
                      f"Missing condition in if statement after '{keyword} ('." if keyword in ("if", "elseif")
                      else f"Missing expression after '{keyword}' in loop.", opened, opened)  # fmt: skip
        saved, self.no_comma = self.no_comma, 0
        condition = self.pipeline_or_assignment()
        self.no_comma = saved
        if self.lines() != ")":
            self.fail("MissingEndParenthesisAfterStatement",
                      f"Missing closing ')' after expression in '{keyword}' statement.", self.pos, self.pos)  # fmt: skip
        self.pos += 1
        return condition

    def _if(self, match: re.Match[str]) -> ast.Node:
        start, self.pos = self.pos, match.end()
        condition = self._condition("if", self.pos)
        clauses = [(condition, self.block("if ( condition )", self.pos))]
        otherwise = None
        while True:
            end = self.pos
            self.lines()
            word = KEYWORD(self.text, self.pos)
            name = word.group().lower() if word is not None and self.text[word.end()] in WORD_END else ""
            if word is not None and name == "elseif":
                self.pos = word.end()
                condition = self._condition("elseif", self.pos)
                clauses.append((condition, self.block("elseif ( condition )", self.pos)))
            elif word is not None and name == "else":
                self.pos = word.end()
                otherwise = self.block("'else' keyword", self.pos)
                break
            else:
                self.pos = end
                break
        return ast.If(start, self.pos, clauses, otherwise)

    def _while(self, match: re.Match[str]) -> ast.Node:
        start, self.pos = self.pos, match.end()
        condition = self._condition("while", self.pos)
        body = self.block("while ( condition )", self.pos)
        return ast.While(start, self.pos, condition, body, "", True, False)

    def _do(self, match: re.Match[str]) -> ast.Node:
        start, self.pos = self.pos, match.end()
        body = self.block("'do' keyword", self.pos)
        self.lines()
        word = KEYWORD(self.text, self.pos)
        name = word.group().lower() if word else ""
        if word is None or name not in ("while", "until"):
            self.fail("MissingWhileOrUntilInDoWhile", "Missing 'while' or 'until' in 'do' loop.", self.pos)
        self.pos = word.end()
        condition = self._condition(name, self.pos)
        return ast.While(start, self.pos, condition, body, "", False, name == "until")

    def _for(self, match: re.Match[str]) -> ast.Node:
        start, self.pos = self.pos, match.end()
        if self.lines() != "(":
            self.fail(
                "MissingOpenParenthesisAfterKeyword", "Missing opening '(' after keyword 'for'.", self.pos
            )
        self.pos += 1
        saved, self.no_comma = self.no_comma, 0
        parts: list[ast.Node | None] = []
        for last in (False, False, True):
            c = self.lines()
            parts.append(None if c in ";)" else self.chain())
            c = self.ws()
            if not last and c in ";\r\n":
                self.pos += 1
            elif c == ")":
                continue
        self.no_comma = saved
        if self.lines() != ")":
            self.fail("MissingEndParenthesisAfterStatement", "Missing closing ')' after expression in 'for' statement.",
                      self.pos, self.pos)  # fmt: skip
        self.pos += 1
        body = self.block("for ( ... )", self.pos)
        return ast.For(start, self.pos, parts[0], parts[1], parts[2], body, "")

    def _foreach(self, match: re.Match[str]) -> ast.Node:
        start, self.pos = self.pos, match.end()
        c = self.lines()
        if c == "-":
            self.fail(
                "KeywordParameterReservedForFutureUse", "The parameter for 'foreach' is reserved.", self.pos
            )
        if c != "(":
            self.fail(
                "MissingOpenParenthesisAfterKeyword", "Missing opening '(' after keyword 'foreach'.", self.pos
            )
        self.pos += 1
        if self.lines() != "$":
            self.fail("MissingVariableNameAfterForeach", "Missing variable name after foreach.", self.pos)
        variable = self.variable()
        assert variable is not None
        self.lines()
        word = KEYWORD(self.text, self.pos)
        if word is None or word.group().lower() != "in":
            self.fail(
                "MissingInInForeach", "Missing 'in' after variable in foreach loop.", self.pos, self.pos
            )
        self.pos = word.end()
        if self.lines() in ")\0":
            self.fail("MissingForeachExpression", "Missing expression after 'in' in foreach loop.", self.pos)
        saved, self.no_comma = self.no_comma, 0
        items = self.pipeline_or_assignment()
        self.no_comma = saved
        if self.lines() != ")":
            self.fail("MissingEndParenthesisAfterForeach", "Missing closing ')' after expression in 'foreach' loop.",
                      self.pos, self.pos)  # fmt: skip
        self.pos += 1
        body = self.block("foreach ( ... )", self.pos)
        return ast.ForEach(start, self.pos, variable, items, body, "")

    def _switch(self, match: re.Match[str]) -> ast.Node:
        start, self.pos = self.pos, match.end()
        flags: set[str] = set()
        while self.lines() == "-":
            flag = _SWITCH_FLAG(self.text, self.pos)
            names = [f for f in _SWITCH_FLAGS if flag is not None and f.startswith(flag.group(1).lower())]
            if flag is None or len(names) != 1:
                self.fail(
                    "InvalidSwitchFlag", "The parameter of the switch statement is not valid.", self.pos
                )
            flags.add(names[0])
            self.pos = flag.end()
        if self.text[self.pos] == "(":
            subject = self._condition("switch", self.pos)
        elif "file" in flags:
            subject = self._argument_value(self.text[self.pos])
        else:
            self.fail("PipelineValueRequired", "Missing '(' after switch.", self.pos)
        cases, default = self._switch_body()
        return ast.Switch(start, self.pos, flags, subject, cases, default, "")

    def _switch_body(self) -> tuple[list[tuple[ast.Node, ast.Block]], ast.Block | None]:
        if self.lines() != "{":
            self.fail(
                "MissingCurlyBraceInSwitchStatement", "Missing opening '{' in switch statement.", self.pos
            )
        opened = self.pos
        self.pos += 1
        self.enter()
        saved, self.no_comma = self.no_comma, 0
        cases: list[tuple[ast.Node, ast.Block]] = []
        default: ast.Block | None = None
        while True:
            c = self.separators()
            if c == "}":
                break
            if c == "\0":
                self.missing_close("}", opened)
            word = KEYWORD(self.text, self.pos)
            is_default = (
                word is not None and word.group().lower() == "default" and self.text[word.end()] in WORD_END
            )
            condition = self._argument_value(c)
            body = self.block("switch condition", self.pos)
            if is_default:
                default = body
            else:
                cases.append((condition, body))
        self.pos += 1
        self.no_comma = saved
        self.nesting -= 1
        return cases, default
