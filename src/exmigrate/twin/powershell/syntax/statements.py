"""Statements.

Source: Windows PowerShell Language Specification 3.0, chapter 8; about_Switch, about_Trap, about_Data_Sections.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from exmigrate.twin.powershell.syntax import ast
from exmigrate.twin.powershell.syntax.commands import WORD_END, Commands

_KEYWORD = re.compile(r"[A-Za-z]+").match
_LABEL = re.compile(r":([A-Za-z_]\w*)").match
_FLOW_LABEL = re.compile(r":?([\w.]+)").match
_SWITCH_FLAG = re.compile(r"-([A-Za-z]+)").match
_SWITCH_FLAGS = ("regex", "wildcard", "exact", "casesensitive", "file", "parallel")
_RESERVED = {"workflow", "parallel", "sequence", "inlinescript", "from", "define", "var"}


class Statements(Commands):
    """The part of the parser that reads statements."""

    def statement(self) -> ast.Node:
        """One statement; the place is at its first character."""
        c = self.text[self.pos]
        if c.isalpha():
            match = _KEYWORD(self.text, self.pos)
            if match is not None and (self.text[match.end()] in WORD_END):
                method = _METHODS.get(match.group().lower())
                if method is not None:
                    found = method(self, match)
                    if found is not None:
                        return found
        elif c == ":":
            labelled = self._labelled()
            if labelled is not None:
                return labelled
        return self.chain()

    def statements_until(self, closing: str, opened_at: int) -> ast.Block:
        """Statements up to a closing character, which is passed."""
        self.enter()
        saved, self.no_comma = self.no_comma, 0
        start = self.pos
        block = ast.Block(start, start, [])
        while True:
            c = self.separators()
            if c == closing:
                break
            if c == "\0":
                self._missing_close(closing, opened_at)
            self.one_statement(block, closing)
        self.pos += 1
        block.end = self.pos
        self.no_comma = saved
        self.nesting -= 1
        return block

    def _missing_close(self, closing: str, opened_at: int) -> None:
        if closing == "}":
            self.fail(
                "MissingEndCurlyBrace",
                "Missing closing '}' in statement block or type definition.",
                opened_at,
            )
        self.fail(
            "MissingEndParenthesisInExpression", "Missing closing ')' in expression.", self.pos, self.pos
        )

    def one_statement(self, block: ast.Block, closing: str) -> None:
        """Read one statement into a block and look at what ends it."""
        start = self.pos
        node = self.statement()
        if isinstance(node, ast.Trap):
            block.traps.append(node)
        else:
            block.statements.append(node)
        c = self.ws()
        if c in "\r\n;\0" or c == closing or self.text[self.pos - 1] in "}\n\r;":
            return
        if self.pos == start:
            self._unexpected()
        if c in ")}":
            self.fail("UnexpectedToken", f"Unexpected token '{c}' in expression or statement.", self.pos)
        if not isinstance(node, (ast.Pipeline, ast.Assignment, ast.Flow, ast.Chain)):
            return
        self._unexpected()

    def block(self, what: str, after: int) -> ast.Block:
        """A statement block in braces."""
        if self.lines() != "{":
            self.fail(
                "MissingStatementBlock" if what else "MissingNamedBlockBody",
                f"Missing statement block after {what}.",
                after,
                after,
            )
        start = self.pos
        self.pos += 1
        body = self.statements_until("}", start)
        body.start = start
        return body

    # Loops -------------------------------------------------------------------------------------------------

    def _labelled(self) -> ast.Node | None:
        match = _LABEL(self.text, self.pos)
        if match is None:
            return None
        start, self.pos = self.pos, match.end()
        self.lines()
        word = _KEYWORD(self.text, self.pos)
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
            word = _KEYWORD(self.text, self.pos)
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
        word = _KEYWORD(self.text, self.pos)
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
        word = _KEYWORD(self.text, self.pos)
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
                self._missing_close("}", opened)
            word = _KEYWORD(self.text, self.pos)
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

    # Errors and flow ---------------------------------------------------------------------------------------

    def _try(self, match: re.Match[str]) -> ast.Node:
        start, self.pos = self.pos, match.end()
        body = self.block("'try' keyword", self.pos)
        catches: list[ast.Catch] = []
        final = None
        while True:
            end = self.pos
            self.lines()
            word = _KEYWORD(self.text, self.pos)
            name = (
                word.group().lower() if word is not None and self.text[word.end()] in "{[ \t\r\n#<\0" else ""
            )
            if word is not None and name == "catch" and final is None:
                catches.append(self._catch(word))
            elif word is not None and name == "finally" and final is None:
                self.pos = word.end()
                final = self.block("'finally' keyword", self.pos)
            else:
                self.pos = end
                break
        if not catches and final is None:
            self.fail("MissingCatchOrFinally", "The Try statement is missing its Catch or Finally block.", self.pos - 1,
                      self.pos)  # fmt: skip
        return ast.Try(start, self.pos, body, catches, final)

    def _catch(self, word: re.Match[str]) -> ast.Catch:
        start, self.pos = self.pos, word.end()
        types: list[ast.TypeName] = []
        while self.lines() == "[":
            found = self.attribute_or_type()
            assert isinstance(found, ast.TypeName)
            types.append(found)
            if self.lines() == ",":
                self.pos += 1
        body = self.block("'catch' keyword", self.pos)
        return ast.Catch(start, self.pos, types, body)

    def _trap(self, match: re.Match[str]) -> ast.Node:
        start, self.pos = self.pos, match.end()
        kind = None
        if self.lines() == "[":
            found = self.attribute_or_type()
            assert isinstance(found, ast.TypeName)
            kind = found
        body = self.block("'trap' keyword", self.pos)
        return ast.Trap(start, self.pos, kind, body)

    def _flow_value(self, match: re.Match[str]) -> ast.Node:
        start, self.pos = self.pos, match.end()
        value = None
        if self.ws() not in "\r\n;})\0|":
            value = self.chain()
        return ast.Flow(start, value.end if value else match.end(), match.group().lower(), value)

    def _flow_label(self, match: re.Match[str]) -> ast.Node:
        start, self.pos = self.pos, match.end()
        value: ast.Node | None = None
        c = self.ws()
        if c in "$'\"(":
            value = self.postfix(self.primary())
        else:
            label = _FLOW_LABEL(self.text, self.pos)
            if label is not None:
                value = ast.Text(self.pos, label.end(), label.group(1), True)
                self.pos = label.end()
        return ast.Flow(start, value.end if value else match.end(), match.group().lower(), value)

    def _data(self, match: re.Match[str]) -> ast.Node | None:
        start, self.pos = self.pos, match.end()
        self.lines()
        name = re.compile(r"[A-Za-z_]\w*").match(self.text, self.pos)
        if self.text[self.pos] != "{" and (name is None):
            self.pos = start
            return None
        if name is not None:
            self.pos = name.end()
        self.lines()
        if self.text.startswith("-", self.pos):
            self.pos = re.compile(r"-\w+[^{]*").match(self.text, self.pos).end()  # type: ignore[union-attr]
        body = self.block("'data' keyword", self.pos)
        return ast.Data(start, self.pos, name.group() if name else "", body)

    def _workflow(self, match: re.Match[str]) -> ast.Node | None:
        self.fail("WorkflowNotSupported", "Not simulated: workflow.", match.start(), match.end())

    def _reserved(self, match: re.Match[str]) -> ast.Node:
        word = match.group()
        self.fail("ReservedKeywordNotAllowed", f"The '{word}' keyword is not supported in this version of the language.",
                  match.start(), match.end())  # fmt: skip

    def _function_word(self, match: re.Match[str]) -> ast.Node | None:
        return self.function_definition(match)

    def _class_word(self, match: re.Match[str]) -> ast.Node | None:
        return self.class_definition(match) if self.level.has("classes") else None

    def _enum_word(self, match: re.Match[str]) -> ast.Node | None:
        return self.enum_definition(match) if self.level.has("classes") else None

    def _using_word(self, match: re.Match[str]) -> ast.Node | None:
        return self.using_statement(match) if self.level.has("using-statement") else None

    def _param_word(self, match: re.Match[str]) -> ast.Node | None:
        self.fail(
            "UnexpectedToken",
            "Unexpected token 'param' in expression or statement.",
            match.start(),
            match.end(),
        )

    def function_definition(self, match: re.Match[str]) -> ast.Node:
        """function or filter; given in definitions."""
        raise AssertionError

    def class_definition(self, match: re.Match[str]) -> ast.Node | None:
        """class; given in definitions."""
        raise AssertionError

    def enum_definition(self, match: re.Match[str]) -> ast.Node | None:
        """enum; given in definitions."""
        raise AssertionError

    def using_statement(self, match: re.Match[str]) -> ast.Node | None:
        """using; given in definitions."""
        raise AssertionError


_METHODS: dict[str, Callable[[Statements, re.Match[str]], ast.Node | None]] = {
    "if": Statements._if,
    "while": Statements._while,
    "do": Statements._do,
    "for": Statements._for,
    "foreach": Statements._foreach,
    "switch": Statements._switch,
    "try": Statements._try,
    "trap": Statements._trap,
    "return": Statements._flow_value,
    "throw": Statements._flow_value,
    "exit": Statements._flow_value,
    "break": Statements._flow_label,
    "continue": Statements._flow_label,
    "data": Statements._data,
    "function": Statements._function_word,
    "filter": Statements._function_word,
    "class": Statements._class_word,
    "enum": Statements._enum_word,
    "using": Statements._using_word,
    "workflow": Statements._workflow,
    "from": Statements._reserved,
    "define": Statements._reserved,
    "var": Statements._reserved,
}
