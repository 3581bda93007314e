"""Expressions and templates of the front matter: Jinja2 in its immutable sandbox, undefined names refused.

An expression (E) gives a value, a template (T) gives text. Both are compiled once and may be evaluated for many scopes.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from functools import cache, lru_cache
from types import CodeType
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, Undefined, nodes
from jinja2.environment import TemplateExpression
from jinja2.parser import Parser
from jinja2.sandbox import ImmutableSandboxedEnvironment

from .compiled import code_cache

_DOTTED = re.compile(
    r"(?!(?:true|false|none|True|False|None|not|and|or|in|is|if|else)$)[a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*$|[0-9]+$"
)

_HOLE = re.compile(r"\{\{ ([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*) \}\}")

Evaluate = Callable[[Mapping[str, Any]], Any]


class ExpressionFault(Exception):
    """An expression or template that does not compile or cannot be evaluated; the text says why."""


@lru_cache(maxsize=1)
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True, cache_size=0
    )
    environment.filters["names"] = lambda entities: [entity.name for entity in entities]
    environment.filters["plain"] = _plain
    environment.filters["counted"] = lambda items, one, many: (
        f"{len(items)} {one if len(items) == 1 else many}"
    )
    return environment


def _plain(value: Any) -> Any:
    """Entities as the maps of names and values that a script takes; lists of them likewise."""
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: _plain(getattr(value, f.name)) for f in fields(value) if f.name != "path"}
    return value


def _template(form: str, text: str, compiler: Callable[[str], CodeType]) -> Template:
    environment = _environment()
    code = code_cache().get(form, text, lambda: compiler(text))
    return Template.from_code(environment, code, environment.make_globals(None))


def _template_code(text: str) -> CodeType:
    return _environment().compile(text)


def _expression_code(text: str) -> CodeType:
    """What `Environment.compile_expression` compiles: the value of an expression, assigned to a name."""
    environment = _environment()
    parser = Parser(environment, text, state="variable")
    try:
        value = parser.parse_expression()
        if not parser.stream.eos:
            raise TemplateSyntaxError("chunk after expression", parser.stream.current.lineno)
    except TemplateSyntaxError as fault:
        raise TemplateSyntaxError(fault.message or "", fault.lineno) from None
    value.set_environment(environment)
    body = [nodes.Assign(nodes.Name("result", "store"), value, lineno=1)]
    return environment.compile(nodes.Template(body, lineno=1))


@cache
def expression(text: str) -> Evaluate:
    """Compile an expression.

    Raises:
        ExpressionFault: the text is no expression.
    """
    if _DOTTED.match(text):
        return _dotted(text)
    try:
        compiled = TemplateExpression(_template("expression", text, _expression_code), False)
    except TemplateError as fault:
        raise ExpressionFault(f"{text!r} is no expression: {fault}") from None

    def evaluate(names: Mapping[str, Any]) -> Any:
        try:
            value = compiled(dict(names))
            if isinstance(value, Undefined):
                value._fail_with_undefined_error()
        except Exception as fault:  # the sandbox runs foreign text: whatever it raises is its author's fault
            raise ExpressionFault(f"{text!r}: {fault}") from None
        return value

    return evaluate


def _dotted(text: str) -> Evaluate:
    """`server.name` and numbers, most of what front matter holds, without the cost of a compiler."""
    first, *rest = text.split(".")
    number = int(text) if text.isdigit() else None

    def evaluate(names: Mapping[str, Any]) -> Any:
        if number is not None:
            return number
        try:
            value = names[first]
            for part in rest:
                value = value[part] if isinstance(value, Mapping) else getattr(value, part)
        except (KeyError, AttributeError) as fault:
            raise ExpressionFault(f"{text!r}: nothing is called {fault}") from None
        return value

    return evaluate


def _filled(parts: list[str]) -> Evaluate:
    """A text whose holes hold nothing but dotted names."""
    pieces = [(part, None) if n % 2 == 0 else ("", _dotted(part)) for n, part in enumerate(parts)]

    def render(names: Mapping[str, Any]) -> str:
        return "".join(text if value is None else str(value(names)) for text, value in pieces)

    return render


@cache
def template(text: str) -> Evaluate:
    """Compile a template; text without markup costs nothing.

    Raises:
        ExpressionFault: the text is no template.
    """
    if "{{" not in text and "{%" not in text:
        return lambda names: text
    parts = _HOLE.split(text)
    if not any(mark in part for part in parts[::2] for mark in ("{{", "{%", "{#")):
        return _filled(parts)
    try:
        compiled = _template("template", text, _template_code)
    except TemplateError as fault:
        raise ExpressionFault(f"{text!r} is no template: {fault}") from None

    def render(names: Mapping[str, Any]) -> str:
        try:
            return compiled.render(dict(names))
        except Exception as fault:
            raise ExpressionFault(f"{text!r}: {fault}") from None

    return render
