"""XPath 1.0 as administration scripts use it: location paths, predicates, unions, the core functions."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.types.xmlnodes import Node
from exmigrate.twin.powershell.types.xpath_axes import AXES, descendant_or_self, unique

_TOKEN = re.compile(
    r"\s*(?:(?P<op>\.\.|::|//|!=|<=|>=|[/\[\]()@,.|=<>+*-])|(?P<number>\d+(?:\.\d+)?)|(?P<text>\"[^\"]*\"|'[^']*')"
    r"|(?P<name>[\w][\w.-]*(?::(?!:)(?:[\w][\w.-]*|\*))?)|(?P<var>\$\w+))"
)
Value = Any


def _invalid(path: str) -> NetFault:
    return NetFault("System.Xml.XPath.XPathException", f"'{path}' has an invalid token.")


class _Parser:
    """Parses an expression to a function of (node, position, size)."""

    def __init__(self, path: str, namespaces: dict[str, str]):
        self.path = path
        self.namespaces = namespaces
        self.tokens: list[tuple[str, str]] = []
        position = 0
        while path[position:].strip():
            found = _TOKEN.match(path, position)
            if found is None or found.lastgroup is None:
                raise _invalid(path)
            self.tokens.append((found.lastgroup, found.group(found.lastgroup)))
            position = found.end()
        self.at = 0

    def peek(self) -> str:
        return self.tokens[self.at][1] if self.at < len(self.tokens) else ""

    def kind(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def take(self, expected: str | None = None) -> str:
        if self.at >= len(self.tokens) or (expected is not None and self.peek() != expected):
            raise _invalid(self.path)
        self.at += 1
        return self.tokens[self.at - 1][1]

    def expression(self) -> Any:
        """The expression from here on, as a function of node, position and size."""
        return self._chain(
            ("or",),
            lambda: self._chain(
                ("and",),
                lambda: self._chain(
                    ("=", "!="),
                    lambda: self._chain(
                        ("<", ">", "<=", ">="),
                        lambda: self._chain(
                            ("+", "-"), lambda: self._chain(("*", "div", "mod"), self._union)
                        ),
                    ),
                ),
            ),
        )

    def _chain(self, operators: tuple[str, ...], operand: Callable[[], Any]) -> Any:
        left = operand()
        while self.peek() in operators and self.kind() in ("op", "name"):
            operator = self.take()
            right = operand()
            left = _binary(operator, left, right)
        return left

    def _union(self) -> Any:
        left = self._path()
        while self.peek() == "|":
            self.take()
            right = self._path()
            left = lambda n, p, s, a=left, b=right: _merge(a(n, p, s), b(n, p, s))  # noqa: E731
        return left

    def _path(self) -> Any:
        kind, text = self.kind(), self.peek()
        if kind == "number":
            self.take()
            return lambda n, p, s: float(text)
        if kind == "text":
            self.take()
            return lambda n, p, s: text[1:-1]
        if text == "-":
            self.take()
            inner = self._path()
            return lambda n, p, s: -_number(inner(n, p, s))
        if text == "(":
            self.take()
            inner = self.expression()
            self.take(")")
            return self._filtered(inner)
        if kind == "name" and self._is_function():
            return self._filtered(self._function())
        return self._location()

    def _is_function(self) -> bool:
        following = self.tokens[self.at + 1][1] if self.at + 1 < len(self.tokens) else ""
        return following == "(" and self.peek() not in ("text", "node", "comment", "processing-instruction")

    def _filtered(self, base: Any) -> Any:
        while self.peek() == "[":
            predicate = self._predicate()
            base = lambda n, p, s, b=base, q=predicate: _apply_predicate(b(n, p, s), q)  # noqa: E731
        if self.peek() in ("/", "//"):
            steps = self._steps(self.take() == "//")
            return lambda n, p, s, b=base: _walk(b(n, p, s), steps)
        return base

    def _location(self) -> Any:
        if self.peek() in ("/", "//"):
            deep = self.take() == "//"
            if not deep and self.kind() not in ("name", "op"):
                return lambda n, p, s: [n.document()]
            if not deep and self.peek() in ("", "|", ")", "]"):
                return lambda n, p, s: [n.document()]
            steps = self._steps(deep)
            return lambda n, p, s: _walk([n.document()], steps)
        steps = self._steps(False)
        return lambda n, p, s: _walk([n], steps)

    def _steps(self, deep: bool) -> list[Any]:
        steps = []
        while True:
            if deep:
                steps.append(descendant_or_self)
            steps.append(self._step())
            if self.peek() not in ("/", "//"):
                return steps
            deep = self.take() == "//"

    def _step(self) -> Any:
        text = self.peek()
        if text == ".":
            self.take()
            return lambda nodes: nodes
        if text == "..":
            self.take()
            return lambda nodes: unique([node.parent for node in nodes if node.parent is not None])
        axis = "child"
        if text == "@":
            self.take()
            axis = "attribute"
        elif self.at + 1 < len(self.tokens) and self.tokens[self.at + 1][1] == "::":
            axis = self.take()
            self.take("::")
        test = self._test(axis)
        predicates = []
        while self.peek() == "[":
            predicates.append(self._predicate())
        collect = AXES.get(axis)
        if collect is None:
            raise NetFault("System.NotSupportedException", f"Not simulated: XPath axis {axis}.")

        def run(nodes: list[Node]) -> list[Node]:
            out: list[Node] = []
            for node in nodes:
                found = [one for one in collect(node) if test(one)]
                for predicate in predicates:
                    found = _apply_predicate(found, predicate)
                out.extend(found)
            return unique(out)

        return run

    def _test(self, axis: str) -> Callable[[Node], bool]:
        if self.peek() == "*":
            self.take()
            return lambda node: node.kind in ("element", "attribute")
        name = self.take()
        if self.peek() == "(":
            self.take()
            if self.kind() == "text":
                self.take()
            self.take(")")
            kinds = {
                "text": ("text", "cdata", "space"),
                "comment": ("comment",),
                "processing-instruction": ("instruction",),
            }.get(name)
            return lambda node: kinds is None or node.kind in kinds
        prefix, colon, local = name.rpartition(":")
        if colon:
            if prefix not in self.namespaces:
                raise NetFault(
                    "System.Xml.XPath.XPathException",
                    "Namespace Manager or XsltContext needed. This query has a prefix, variable, or user-defined function.",
                )
            uri = self.namespaces[prefix]
            return lambda node: (
                node.namespace_uri() == uri and (local == "*" or node.name.rpartition(":")[2] == local)
            )
        return lambda node: node.name == name and (node.kind == "attribute" or not node.namespace_uri())

    def _predicate(self) -> Any:
        self.take("[")
        inner = self.expression()
        self.take("]")
        return inner

    def _function(self) -> Any:
        name = self.take()
        self.take("(")
        arguments = []
        while self.peek() != ")":
            arguments.append(self.expression())
            if self.peek() == ",":
                self.take()
        self.take(")")
        function = _FUNCTIONS.get(name)
        if function is None:
            raise NetFault("System.NotSupportedException", f"Not simulated: XPath function {name}().")
        return lambda n, p, s: function(n, p, s, [argument(n, p, s) for argument in arguments])


def _merge(a: Value, b: Value) -> list[Node]:
    return unique([*a, *b])


def _walk(nodes: list[Node], steps: list[Any]) -> list[Node]:
    for step in steps:
        nodes = step(nodes)
    return nodes


def _apply_predicate(nodes: list[Node], predicate: Any) -> list[Node]:
    out = []
    for position, node in enumerate(nodes, 1):
        value = predicate(node, position, len(nodes))
        if value == position if isinstance(value, float) else _truth(value):
            out.append(node)
    return out


def _text(value: Value) -> str:
    if isinstance(value, list):
        return value[0].text() if value else ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value == int(value) else repr(value)
    return str(value)


def _number(value: Value) -> float:
    if isinstance(value, bool):
        return float(value)
    try:
        return float(value if isinstance(value, float) else _text(value).strip())
    except ValueError:
        return float("nan")


def _truth(value: Value) -> bool:
    if isinstance(value, float):
        return value != 0 and value == value
    return bool(value)


def _compare(operator: str, a: Value, b: Value) -> bool:
    if isinstance(a, list) and isinstance(b, list):
        return any(_compare(operator, x.text(), y.text()) for x in a for y in b)
    if isinstance(a, list):
        return (
            _truth(a) == b
            if isinstance(b, bool) and operator == "="
            else any(_compare(operator, x.text(), b) for x in a)
        )
    if isinstance(b, list):
        return any(_compare(operator, a, y.text()) for y in b)
    if operator in ("=", "!="):
        if isinstance(a, bool) or isinstance(b, bool):
            same = _truth(a) == _truth(b)
        elif isinstance(a, float) or isinstance(b, float):
            same = _number(a) == _number(b)
        else:
            same = _text(a) == _text(b)
        return same == (operator == "=")
    x, y = _number(a), _number(b)
    return {"<": x < y, ">": x > y, "<=": x <= y, ">=": x >= y}[operator]


def _binary(operator: str, left: Any, right: Any) -> Any:
    if operator == "or":
        return lambda n, p, s: _truth(left(n, p, s)) or _truth(right(n, p, s))
    if operator == "and":
        return lambda n, p, s: _truth(left(n, p, s)) and _truth(right(n, p, s))
    if operator in ("=", "!=", "<", ">", "<=", ">="):
        return lambda n, p, s: _compare(operator, left(n, p, s), right(n, p, s))
    arithmetic: dict[str, Callable[[float, float], float]] = {
        "+": lambda a, b: a + b,
        "-": lambda a, b: a - b,
        "*": lambda a, b: a * b,
        "div": lambda a, b: a / b if b else float("nan"),
        "mod": lambda a, b: a % b if b else float("nan"),
    }
    apply = arithmetic[operator]
    return lambda n, p, s: apply(_number(left(n, p, s)), _number(right(n, p, s)))


_FUNCTIONS: dict[str, Callable[[Node, int, int, list[Any]], Value]] = {
    "last": lambda n, p, s, a: float(s),
    "position": lambda n, p, s, a: float(p),
    "count": lambda n, p, s, a: float(len(a[0])),
    "name": lambda n, p, s, a: (a[0][0] if a and a[0] else n).name,
    "local-name": lambda n, p, s, a: (a[0][0] if a and a[0] else n).name.rpartition(":")[2],
    "namespace-uri": lambda n, p, s, a: (a[0][0] if a and a[0] else n).namespace_uri(),
    "string": lambda n, p, s, a: _text(a[0]) if a else n.text(),
    "concat": lambda n, p, s, a: "".join(map(_text, a)),
    "contains": lambda n, p, s, a: _text(a[1]) in _text(a[0]),
    "starts-with": lambda n, p, s, a: _text(a[0]).startswith(_text(a[1])),
    "substring-before": lambda n, p, s, a: (
        _text(a[0]).partition(_text(a[1]))[0] if _text(a[1]) in _text(a[0]) else ""
    ),
    "substring-after": lambda n, p, s, a: _text(a[0]).partition(_text(a[1]))[2],
    "substring": lambda n, p, s, a: _text(a[0])[int(_number(a[1])) - 1 :][
        : int(_number(a[2])) if len(a) > 2 else None
    ],
    "string-length": lambda n, p, s, a: float(len(_text(a[0]) if a else n.text())),
    "normalize-space": lambda n, p, s, a: " ".join((_text(a[0]) if a else n.text()).split()),
    "translate": lambda n, p, s, a: _translate(_text(a[0]), _text(a[1]), _text(a[2])),
    "not": lambda n, p, s, a: not _truth(a[0]),
    "true": lambda n, p, s, a: True,
    "false": lambda n, p, s, a: False,
    "boolean": lambda n, p, s, a: _truth(a[0]),
    "number": lambda n, p, s, a: _number(a[0]) if a else _number(n.text()),
    "sum": lambda n, p, s, a: float(sum(_number(one.text()) for one in a[0])),
    "floor": lambda n, p, s, a: float(_number(a[0]) // 1),
    "ceiling": lambda n, p, s, a: float(-(-_number(a[0]) // 1)),
    "round": lambda n, p, s, a: float((_number(a[0]) + 0.5) // 1),
}


def _translate(text: str, old: str, new: str) -> str:
    table = {
        ord(letter): (new[index] if index < len(new) else None)
        for index, letter in reversed(list(enumerate(old)))
    }
    return text.translate(table)


def evaluate(node: Node, path: str, namespaces: dict[str, str] | None = None) -> Value:
    """An expression's value at a node: a list of nodes, text, a number or a boolean."""
    parser = _Parser(path, namespaces or {})
    compiled = parser.expression()
    if parser.at != len(parser.tokens):
        raise _invalid(path)
    return compiled(node, 1, 1)


def select(node: Node, path: str, namespaces: dict[str, str] | None = None) -> list[Node]:
    """The nodes that a path selects; XPathException when it gives no nodes."""
    found = evaluate(node, path, namespaces)
    if not isinstance(found, list):
        raise NetFault("System.Xml.XPath.XPathException", "Expression must evaluate to a node-set.")
    return found
