"""Statements.

Source: Windows PowerShell Language Specification 3.0, chapter 8; about_Switch, about_Trap, about_Data_Sections.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from exmigrate.twin.powershell.syntax import ast
from exmigrate.twin.powershell.syntax.commands import WORD_END
from exmigrate.twin.powershell.syntax.loops import KEYWORD, Loops
from exmigrate.twin.powershell.syntax.source import ParseFailure

_FLOW_LABEL = re.compile(r":?([\w.]+)").match
_ATTRIBUTED_TYPE = re.compile(r"(?:\[[\w.]+\([^\])]*\)\]\s*)+(?:enum|class)\s+[A-Za-z_]", re.I).match
MAX_FAILURES = 100
_TO_THE_END = {"TerminatorExpectedAtEndOfString", "MissingTerminatorMultiLineComment"}
_RESERVED = {"workflow", "parallel", "sequence", "inlinescript", "from", "define", "var"}


class Statements(Loops):
    """The part of the parser that reads statements."""

    def statement(self) -> ast.Node:
        """One statement; the place is at its first character."""
        c = self.text[self.pos]
        if c.isalpha():
            match = KEYWORD(self.text, self.pos)
            if match is not None and (self.text[match.end()] in WORD_END):
                method = _METHODS.get(match.group().lower())
                if method is not None:
                    found = method(self, match)
                    if found is not None:
                        return found
        elif c == "[" and self.level.has("classes") and _ATTRIBUTED_TYPE(self.text, self.pos):
            return self._attributed_type()
        elif c == ":":
            labelled = self._labelled()
            if labelled is not None:
                return labelled
        return self.chain()

    def _attributed_type(self) -> ast.Node:
        """``[Flags()] enum Name { ... }``."""
        flags = False
        while self.lines() == "[":
            attribute = self.attribute_or_type()
            flags = flags or (isinstance(attribute, ast.Attribute) and attribute.name.lower() == "flags")
        node = self.statement()
        if isinstance(node, ast.EnumDef):
            node.flags = flags
        return node

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
                self.missing_close(closing, opened_at)
            self.next_statement(block, closing)
        self.pos += 1
        block.end = self.pos
        self.no_comma = saved
        self.nesting -= 1
        return block

    def missing_close(self, closing: str, opened_at: int) -> None:
        """The error for a closing character that does not come."""
        if closing == "}":
            self.fail(
                "MissingEndCurlyBrace",
                "Missing closing '}' in statement block or type definition.",
                opened_at,
            )
        self.fail(
            "MissingEndParenthesisInExpression", "Missing closing ')' in expression.", self.pos, self.pos
        )

    def next_statement(self, block: ast.Block, closing: str) -> None:
        """Read one statement into a block; past one that is wrong, reading goes on to find what else is.

        Windows PowerShell 2.0 stops at the first error. From 3.0 a token that does not belong where it stands begins
        the next statement (or is passed, when nothing begins with it), as the parser's own comments on recovery say.
        """
        start, nesting, no_comma = self.pos, self.nesting, self.no_comma
        try:
            self.one_statement(block, closing)
        except ParseFailure as failure:
            if not self.level.has("parse-recovery") or failure.error_id == "ScriptTooComplicated":
                raise
            self.nesting, self.no_comma = nesting, no_comma
            known = self.failures
            if len(known) >= MAX_FAILURES:
                raise
            place = (failure.position.start, failure.error_id)
            if all((one.position.start, one.error_id) != place for one in known):
                known.append(failure)
            self.pos = self._resume(failure, start)
            self._left_over(failure)

    def _resume(self, failure: ParseFailure, start: int) -> int:
        """Where reading goes on behind an error of the statement that began at a place."""
        size = len(self.source.text)
        if failure.error_id in _TO_THE_END:
            return size
        begin, end = failure.position.start, failure.position.end
        if failure.error_id == "UnexpectedToken":
            return begin if begin > start else max(end, start + 1)
        if failure.error_id.startswith("MissingEnd") and start < begin:
            return begin
        return max(end, start + 1) if self.pos < size else size

    def _left_over(self, failure: ParseFailure) -> None:
        """Behind an operator without its value, what follows on the line does not belong there either."""
        if failure.error_id != "ExpectedValueExpression" or self.ws() in "\r\n;)}|\0":
            return
        try:
            self._unexpected()
        except ParseFailure as further:
            self.failures.append(further)

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

    # Errors and flow ---------------------------------------------------------------------------------------

    def _try(self, match: re.Match[str]) -> ast.Node:
        start, self.pos = self.pos, match.end()
        body = self.block("'try' keyword", self.pos)
        catches: list[ast.Catch] = []
        final = None
        while True:
            end = self.pos
            self.lines()
            word = KEYWORD(self.text, self.pos)
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
    "if": Loops._if,
    "while": Loops._while,
    "do": Loops._do,
    "for": Loops._for,
    "foreach": Loops._foreach,
    "switch": Loops._switch,
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
