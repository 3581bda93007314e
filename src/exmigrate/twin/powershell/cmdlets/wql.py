"""WQL: the conditions of ``Get-WmiObject -Filter`` and ``-Query``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

Row = Mapping[str, Any]
Condition = Callable[[Row], bool]
_TOKEN = re.compile(
    r"""\s*(?:(?P<text>'(?:[^'\\]|\\.|'')*'|"(?:[^"\\]|\\.)*")|(?P<number>-?\d+(?:\.\d+)?)|(?P<op><=|>=|<>|!=|=|<|>|\(|\))|(?P<word>[A-Za-z_]\w*))"""
)


class BadQuery(ValueError):
    """WMI says ``Invalid query``."""


@dataclass
class _Parser:
    tokens: list[tuple[str, str]]
    at: int = 0
    names: list[str] = field(default_factory=list)

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "")

    def take(self) -> tuple[str, str]:
        found = self.peek()
        self.at += 1
        return found

    def word(self, *wanted: str) -> bool:
        kind, text = self.peek()
        if kind == "word" and text.upper() in wanted:
            self.at += 1
            return True
        return False


def _tokens(text: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    at = 0
    while at < len(text.rstrip()):
        match = _TOKEN.match(text, at)
        if match is None:
            raise BadQuery(text)
        found.append((str(match.lastgroup), match.group(str(match.lastgroup))))
        at = match.end()
    return found


def condition(text: str) -> tuple[Condition, tuple[str, ...]]:
    """Compile a WHERE clause; gives the test and the names of the properties that it looks at.

    Raises:
        BadQuery: malformed.
    """
    if not text.strip():
        return (lambda row: True), ()
    parser = _Parser(_tokens(text))
    made = _either(parser)
    if parser.peek()[0] != "end":
        raise BadQuery(text)
    return made, tuple(parser.names)


def _either(parser: _Parser) -> Condition:
    parts = [_both(parser)]
    while parser.word("OR"):
        parts.append(_both(parser))
    return parts[0] if len(parts) == 1 else lambda row: any(part(row) for part in parts)


def _both(parser: _Parser) -> Condition:
    parts = [_not(parser)]
    while parser.word("AND"):
        parts.append(_not(parser))
    return parts[0] if len(parts) == 1 else lambda row: all(part(row) for part in parts)


def _not(parser: _Parser) -> Condition:
    if parser.word("NOT"):
        inner = _not(parser)
        return lambda row: not inner(row)
    if parser.peek() == ("op", "("):
        parser.take()
        inner = _either(parser)
        if parser.take() != ("op", ")"):
            raise BadQuery("a ) is missing")
        return inner
    return _comparison(parser)


def _comparison(parser: _Parser) -> Condition:
    kind, name = parser.take()
    if kind != "word":
        raise BadQuery(name)
    parser.names.append(name)
    if parser.word("IS"):
        negated = parser.word("NOT")
        if not parser.word("NULL"):
            raise BadQuery("IS takes NULL")
        return lambda row: (_get(row, name) is None) != negated
    like = parser.word("LIKE")
    operator = "like" if like else parser.take()[1]
    value = _literal(parser)
    return lambda row: _compare(_get(row, name), operator, value)


def _literal(parser: _Parser) -> Any:
    kind, text = parser.take()
    if kind == "text":
        return re.sub(r"\\(.)", r"\1", text[1:-1]).replace("''", "'")
    if kind == "number":
        return float(text) if "." in text else int(text)
    if kind == "word" and text.upper() in ("TRUE", "FALSE"):
        return text.upper() == "TRUE"
    if kind == "word" and text.upper() == "NULL":
        return None
    raise BadQuery(text)


def _get(row: Row, name: str) -> Any:
    return next((value for key, value in row.items() if key.lower() == name.lower()), None)


def _compare(found: Any, operator: str, wanted: Any) -> bool:
    if operator == "like":
        return found is not None and bool(_pattern(str(wanted)).fullmatch(str(found)))
    if found is None or wanted is None:
        return operator in ("=",) and found is wanted
    if isinstance(wanted, str) or isinstance(found, str):
        one, other = str(found).lower(), str(wanted).lower()
        if isinstance(found, bool):
            other = "true" if other in ("true", "1") else "false"
    else:
        one, other = found, wanted
    outcomes = {"=": one == other, "<>": one != other, "!=": one != other}
    if operator in outcomes:
        return bool(outcomes[operator])
    return bool({"<": one < other, ">": one > other, "<=": one <= other, ">=": one >= other}[operator])


def _pattern(text: str) -> re.Pattern[str]:
    out = []
    for piece in re.split(r"(%|_|\[[^\]]*\])", text):
        out.append({"%": ".*", "_": "."}.get(piece) or (piece if piece[:1] == "[" else re.escape(piece)))
    return re.compile("".join(out), re.IGNORECASE | re.DOTALL)
