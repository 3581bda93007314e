"""Definitions: script bodies, parameters, attributes, functions, classes, enums, using.

Source: Windows PowerShell Language Specification 3.0, sections 8.10 and 12; about_Classes, about_Enum, about_Using.
"""

from __future__ import annotations

import re

from exmigrate.twin.powershell.syntax import ast
from exmigrate.twin.powershell.syntax.commands import WORD_END
from exmigrate.twin.powershell.syntax.loops import KEYWORD
from exmigrate.twin.powershell.syntax.statements import Statements

_FUNCTION_NAME = re.compile(r"[^\s(){};,|&\0]+").match
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*").match
_TYPE_TEXT = re.compile(r"\[\s*").match
_ATTRIBUTE_NAME = re.compile(r"[A-Za-z_][\w.`+/]*").match
_NAMED_ARGUMENT = re.compile(r"([A-Za-z_]\w*)\s*=(?!=)").match
_LONE_ARGUMENT = re.compile(r"([A-Za-z_]\w*)\s*(?=[,)])").match
_PARAM_AHEAD = re.compile(r"param\s*\(", re.I).match
_BLOCK_NAMES = ("begin", "process", "end", "dynamicparam", "clean")
_USING = re.compile(r"(namespace|module|assembly)[ \t]+([^\r\n;]+)", re.I).match
_REQUIRES = re.compile(r"^[ \t]*#requires[ \t]+(.*?)[ \t]*\r?$", re.I | re.M)


class Definitions(Statements):
    """The part of the parser that reads definitions."""

    # Types and attributes ----------------------------------------------------------------------------------

    def attribute_or_type(self) -> ast.Attribute | ast.TypeName:
        """What stands in brackets here: a type name, or an attribute with arguments."""
        start = self.pos
        self.pos = _TYPE_TEXT(self.text, self.pos).end()  # type: ignore[union-attr]
        name = _ATTRIBUTE_NAME(self.text, self.pos)
        if name is None:
            self.fail("MissingTypename", "Missing type name after '['.", start, start + 1)
        self.pos = name.end()
        if self.lines() == "(":
            attribute = self._attribute_arguments(start, name.group())
            if self.lines() != "]":
                self.fail(
                    "EndSquareBracketExpectedAtEndOfAttribute",
                    "Missing closing ']' at end of attribute.",
                    self.pos,
                )
            self.pos += 1
            attribute.end = self.pos
            return attribute
        return self._type_name(start, name.start())

    def _type_name(self, start: int, at: int) -> ast.TypeName:
        depth = 1
        text = self.text
        pos = at
        while depth:
            c = text[pos]
            if c == "[":
                depth += 1
            elif c == "]":
                depth -= 1
            elif c in "\0;{}()'\"$|":
                self.fail(
                    "EndSquareBracketExpectedAtEndOfType",
                    "Missing ] at end of type token.",
                    self.pos,
                    self.pos,
                )
            pos += 1
        self.pos = pos
        return ast.TypeName(
            start, pos, re.sub(r"\s+", "", text[at : pos - 1]) if " " in text[at:pos] else text[at : pos - 1]
        )

    def _attribute_arguments(self, start: int, name: str) -> ast.Attribute:
        self.enter()
        self.pos += 1
        saved, self.no_comma = self.no_comma, 1
        args: list[ast.Node] = []
        named: list[tuple[str, ast.Node | None]] = []
        while self.lines() != ")":
            if self.text[self.pos] == "\0":
                self.fail(
                    "MissingEndParenthesisInExpression",
                    "Missing closing ')' in expression.",
                    self.pos,
                    self.pos,
                )
            match = _NAMED_ARGUMENT(self.text, self.pos)
            lone = _LONE_ARGUMENT(self.text, self.pos) if match is None else None
            if match is not None:
                self.pos = match.end()
                self.lines()
                named.append((match.group(1), self.expression()))
            elif lone is not None:
                self._check_lone(lone)
                named.append((lone.group(1), None))
                self.pos = lone.end()
            else:
                args.append(self.expression())
            if self.lines() == ",":
                self.pos += 1
            elif self.text[self.pos] != ")":
                self._unexpected()
        self.pos += 1
        self.no_comma = saved
        self.nesting -= 1
        return ast.Attribute(start, self.pos, name, args, named)

    def _check_lone(self, lone: re.Match[str]) -> None:
        if not self.level.has("attribute-shorthand"):
            self.fail("UnexpectedToken", f"Missing '=' operator after named argument '{lone.group(1)}'.",
                      lone.start(), lone.end())  # fmt: skip

    # Script bodies -----------------------------------------------------------------------------------------

    def script_block_body(self) -> ast.ScriptBody:
        """The body between braces; the place is at the opening brace."""
        opened = self.pos
        self.pos += 1
        body = self.body("}", opened)
        body.inner = (opened + 1, self.pos)
        self.pos += 1
        return body

    def body(self, closing: str, opened: int) -> ast.ScriptBody:
        """A script body up to a closing character, which is not passed."""
        start = self.pos
        body = ast.ScriptBody(start, start, [], None, None, None, None, None, [], (start, start))
        self._usings(body)
        self._param_block(body)
        self.separators()
        if self._named_blocks(body, closing, opened):
            body.end = self.pos
            return body
        block = ast.Block(self.pos, self.pos, [])
        while True:
            c = self.separators()
            if c == closing:
                break
            if c == "\0":
                self.missing_close(closing, opened)
            self.next_statement(block, closing)
        block.end = body.end = self.pos
        body.finish = block
        return body

    def _usings(self, body: ast.ScriptBody) -> None:
        while self.separators() in "uU" and self.level.has("using-statement"):
            word = KEYWORD(self.text, self.pos)
            if word is None or word.group().lower() != "using":
                return
            node = self.using_statement(word)
            if node is None:
                return
            body.usings.append(node)

    def _param_block(self, body: ast.ScriptBody) -> None:
        start = self.pos
        attributes: list[ast.Attribute] = []
        while self.separators() == "[":
            before = self.pos
            name = _ATTRIBUTE_NAME(self.text, self.pos + 1)
            if name is None or self.text[name.end()] not in "( \t":
                self.pos = before
                break
            try_at = self.pos
            found = self.attribute_or_type()
            if not isinstance(found, ast.Attribute):
                self.pos = try_at
                break
            attributes.append(found)
        if self.text[self.pos] in "pP" and _PARAM_AHEAD(self.text, self.pos):
            self.pos += 5
            self.lines()
            body.attributes = attributes
            body.params = self.parameter_list()
        else:
            self.pos = start

    def _named_blocks(self, body: ast.ScriptBody, closing: str, opened: int) -> bool:
        found = False
        while True:
            c = self.separators()
            word = KEYWORD(self.text, self.pos) if c.isalpha() else None
            name = word.group().lower() if word is not None else ""
            if word is None or name not in _BLOCK_NAMES or not self._brace_after(word.end()):
                break
            if name == "clean" and not self.level.has("clean-block"):
                break
            found = True
            self.pos = word.end()
            block = self.block(f"'{name}'", self.pos)
            setattr(body, {"dynamicparam": "dynamic", "end": "finish"}.get(name, name), block)
        if found and self.separators() != closing:
            if self.text[self.pos] == "\0":
                self.missing_close(closing, opened)
            match = re.compile(r"[^\s;]+").match(self.text, self.pos)
            word_text = match.group() if match else self.text[self.pos]
            self.fail("UnexpectedToken",
                      f"unexpected token '{word_text}', expected 'begin', 'process', 'end', or 'dynamicparam'.",
                      self.pos, self.pos + len(word_text))  # fmt: skip
        return found

    def _brace_after(self, at: int) -> bool:
        saved, self.pos = self.pos, at
        c = self.lines()
        self.pos = saved
        return c == "{"

    def parameter_list(self) -> list[ast.Param]:
        """``( [type] $name = default, ... )``."""
        if self.text[self.pos] != "(":
            self.fail("MissingOpenParenthesisAfterKeyword", "Missing '(' after param.", self.pos)
        self.pos += 1
        self.enter()
        saved, self.no_comma = self.no_comma, 1
        params: list[ast.Param] = []
        while self.lines() != ")":
            params.append(self._parameter_definition())
            c = self.lines()
            if c == ",":
                self.pos += 1
                if self.lines() == ")":
                    self.fail(
                        "MissingExpressionAfterToken", "Missing expression after ','.", self.pos - 1, self.pos
                    )
            elif c != ")":
                self.fail("MissingEndParenthesisInFunctionParameterList",
                          "Missing ')' in function parameter list.", self.pos, self.pos)  # fmt: skip
        self.pos += 1
        self.no_comma = saved
        self.nesting -= 1
        return params

    def _parameter_definition(self) -> ast.Param:
        start = self.pos
        attributes: list[ast.Attribute | ast.TypeName] = []
        while self.lines() == "[":
            attributes.append(self.attribute_or_type())
        if self.text[self.pos] != "$":
            if self.text[self.pos] == "\0":
                self.fail("MissingEndParenthesisInFunctionParameterList", "Missing ')' in function parameter list.",
                          self.pos, self.pos)  # fmt: skip
            self._unexpected()
        variable = self.variable()
        if variable is None:
            self._unexpected()
            raise AssertionError
        default = None
        if self.lines() == "=":
            self.pos += 1
            self.lines()
            default = self.expression()
        return ast.Param(start, self.pos, variable.name, attributes, default)

    def function_definition(self, match: re.Match[str]) -> ast.Node:
        """function or filter."""
        start, self.pos = self.pos, match.end()
        self.lines()
        name = _FUNCTION_NAME(self.text, self.pos)
        if name is None:
            self.fail(
                "MissingNameAfterKeyword", f"Missing name after {match.group().lower()} keyword.", match.end()
            )
        self.pos = name.end()
        params = None
        if self.lines() == "(":
            params = self.parameter_list()
            self.lines()
        if self.text[self.pos] != "{":
            self.fail(
                "MissingFunctionBody", "Missing function body in function declaration.", self.pos, self.pos
            )
        self.enter()
        saved, self.no_comma = self.no_comma, 0
        body = self.script_block_body()
        self.no_comma = saved
        self.nesting -= 1
        if params is not None and body.params is None:
            body.params = params
        return ast.Function(
            start, self.pos, name.group().strip("'\""), body, match.group().lower() == "filter"
        )

    def using_statement(self, match: re.Match[str]) -> ast.Using | None:
        """using namespace, module, assembly."""
        start = self.pos
        self.pos = match.end()
        self.ws()
        found = _USING(self.text, self.pos)
        if found is None:
            self.pos = start
            return None
        self.pos = found.end()
        return ast.Using(start, self.pos, found.group(1).lower(), found.group(2).strip().strip("'\""))

    # Classes -----------------------------------------------------------------------------------------------

    def enum_definition(self, match: re.Match[str]) -> ast.Node | None:
        """enum."""
        start = self.pos
        at = match.end()
        self.pos = at
        self.ws()
        name = _IDENTIFIER(self.text, self.pos)
        if name is None:
            self.pos = start
            return None
        self.pos = name.end()
        underlying = "int"
        if self.lines() == ":":
            self.pos += 1
            self.lines()
            kind = _ATTRIBUTE_NAME(self.text, self.pos)
            assert kind is not None
            underlying, self.pos = kind.group(), kind.end()
        if self.lines() != "{":
            self.pos = start
            return None
        opened = self.pos
        self.pos += 1
        members: list[tuple[str, ast.Node | None]] = []
        while self.separators() != "}":
            member = _IDENTIFIER(self.text, self.pos)
            if member is None:
                if self.text[self.pos] == "\0":
                    self.missing_close("}", opened)
                self._unexpected()
                raise AssertionError
            self.pos = member.end()
            value = None
            if self.ws() == "=":
                self.pos += 1
                self.lines()
                value = self.expression()
            members.append((member.group(), value))
        self.pos += 1
        return ast.EnumDef(start, self.pos, name.group(), members, False, underlying)

    def class_definition(self, match: re.Match[str]) -> ast.Node | None:
        """class."""
        start, self.pos = self.pos, match.end()
        self.ws()
        name = _IDENTIFIER(self.text, self.pos)
        if name is None:
            self.pos = start
            return None
        self.pos = name.end()
        bases: list[ast.TypeName] = []
        if self.lines() == ":":
            self.pos += 1
            while True:
                self.lines()
                base = re.compile(r"[A-Za-z_][\w.]*(?:\[[\w.,\[\]]+\])?").match(self.text, self.pos)
                if base is None:
                    self._unexpected()
                    raise AssertionError
                bases.append(ast.TypeName(base.start(), base.end(), base.group()))
                self.pos = base.end()
                if self.lines() != ",":
                    break
                self.pos += 1
        if self.lines() != "{":
            self.pos = start
            return None
        opened = self.pos
        self.pos += 1
        node = ast.ClassDef(start, start, name.group(), bases, [], [])
        while self.separators() != "}":
            if self.text[self.pos] == "\0":
                self.missing_close("}", opened)
            self._class_member(node)
        self.pos += 1
        node.end = self.pos
        return node

    def _class_member(self, node: ast.ClassDef) -> None:
        start = self.pos
        static = hidden = False
        kind: ast.TypeName | None = None
        attributes: list[ast.Attribute] = []
        while True:
            c = self.separators()
            word = _IDENTIFIER(self.text, self.pos)
            if c == "[":
                found = self.attribute_or_type()
                if isinstance(found, ast.Attribute):
                    attributes.append(found)
                else:
                    kind = found
            elif (
                word is not None
                and word.group().lower() in ("static", "hidden")
                and self.text[word.end()] in WORD_END
            ):
                static = static or word.group().lower() == "static"
                hidden = hidden or word.group().lower() == "hidden"
                self.pos = word.end()
            else:
                break
        if self.text[self.pos] == "$":
            variable = self.variable()
            assert variable is not None
            initial = None
            if self.ws() == "=":
                self.pos += 1
                self.lines()
                initial = self.expression()
            prop = ast.ClassProperty(
                start, self.pos, variable.name, kind, attributes, static, hidden, initial
            )
            node.properties.append(prop)
            return
        if word is None:
            self._unexpected()
            raise AssertionError
        self.pos = word.end()
        self._class_method(node, start, word.group(), kind, static, hidden)

    def _class_method(
        self, node: ast.ClassDef, start: int, name: str, kind: ast.TypeName | None, static: bool, hidden: bool
    ) -> None:
        if self.lines() != "(":
            self._unexpected()
        params = self.parameter_list()
        base_args: list[ast.Node] | None = None
        if self.lines() == ":":
            self.pos += 1
            self.lines()
            self.pos += 4
            self.lines()
            base_args = self.arguments()
            self.lines()
        if self.text[self.pos] != "{":
            self.fail("MissingMethodBody", "Missing method body in method declaration.", self.pos, self.pos)
        saved, self.no_comma = self.no_comma, 0
        body = self.script_block_body()
        self.no_comma = saved
        node.methods.append(
            ast.ClassMethod(start, self.pos, name, kind, params, body, static, hidden, base_args)
        )


def requirements(text: str) -> list[str]:
    """The ``#requires`` lines of a script, without the word."""
    return [found.group(1) for found in _REQUIRES.finditer(text)] if "#" in text else []
