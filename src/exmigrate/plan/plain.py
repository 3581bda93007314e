"""Nodes to plain data, with the place of every key and value."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from .nodes import Node
from .problems import Problem, Source, shown

Path = tuple[str | int, ...]

_INT = re.compile(r"[-+]?(0|[1-9][0-9]{0,17})\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?\Z")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a value stands, and where its key does (the same place for items of a list)."""

    line: int
    column: int
    key_line: int
    key_column: int


@dataclass(slots=True)
class Plain:
    """A document as dicts, lists, texts, numbers and booleans.

    Attributes:
        marks: place of every value by its path.
        empty: paths of keys that have no value; they count as left out.
    """

    data: Any
    marks: dict[Path, Mark] = field(default_factory=dict)
    empty: set[Path] = field(default_factory=set)

    def mark(self, path: Path) -> Mark:
        """The place of the value, or of the nearest thing around it."""
        while path and path not in self.marks:
            path = path[:-1]
        return self.marks.get(path, Mark(1, 1, 1, 1))


def scalar(text: str) -> str | int | float | bool | None:
    """The meaning of an unquoted scalar by the YAML 1.2 core rules; numbers with leading zeros stay text."""
    if text in _NULL:
        return None
    if text in _TRUE:
        return True
    if text in _FALSE:
        return False
    if _INT.match(text):
        return int(text)
    if _FLOAT.match(text) and not text.isdigit():
        return float(text)
    return text


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.plain = Plain(None)
        self.told: set[tuple[int, int]] = set()

    def read(self, node: Node, path: Path, key: Node | None) -> Any:
        at = key or node
        self.plain.marks[path] = Mark(node.line, node.column, at.line, at.column)
        if node.kind == "scalar":
            return scalar(node.text) if node.plain else self._printable(node)
        if node.kind == "list":
            return [self.read(item, (*path, i), None) for i, item in enumerate(node.items)]
        return self._mapping(node, path)

    def _printable(self, node: Node) -> str:
        """A text in quotes, which can hold by escapes what a file cannot."""
        found = _CONTROL.search(node.text)
        if found is None:
            return node.text
        self._tell("EXM-L024", f"the text holds the control character U+{ord(found[0]):04X}", node,
                   "shown on a terminal or in a report it would change what is read there",
                   "take it out; a backslash in double quotes is written twice")  # fmt: skip
        return _CONTROL.sub("", node.text)

    def _mapping(self, node: Node, path: Path) -> dict[str, Any]:
        out: dict[str, Any] = {}
        first: dict[str, Node] = {}
        for key, value in node.pairs:
            if key.kind != "scalar":
                self._tell("EXM-L014", "a key must be a word", key, "a list or mapping stands as a key",
                           "look for a missing ':' or a '?' or '[' at the beginning of the line")  # fmt: skip
                continue
            name = key.text
            if name == "<<" and key.plain:
                self._tell("EXM-L015", "'<<' merges mappings", key, "what a merged mapping says is hard to review",
                           "write the keys out; plain aliases (*name) are allowed")  # fmt: skip
                continue
            if name in first:
                self._tell("EXM-L008", f"key '{shown(name)}' stands twice; first in line {first[name].line}", key,
                           "only one of the two would count, and readers disagree which",
                           "take one out, or rename it")  # fmt: skip
                continue
            first[name] = key
            got = self.read(value, (*path, name), key)
            if got is None:
                self.plain.empty.add((*path, name))
            else:
                out[name] = got
        return out

    def _tell(self, code: str, message: str, node: Node, why: str, remedy: str) -> None:
        if (node.line, node.column) not in self.told:  # an aliased mapping is read more than once
            self.told.add((node.line, node.column))
            self.problems.append(
                self.source.problem(code, message, node.line, node.column, why=why, remedy=remedy)
            )


def to_plain(source: Source, root: Node) -> tuple[Plain, list[Problem]]:
    """Plain data of a document and what is wrong with its keys; of doubled keys the first counts."""
    reader = _Reader(source)
    reader.plain.data = reader.read(root, (), None)
    return reader.plain, reader.problems
