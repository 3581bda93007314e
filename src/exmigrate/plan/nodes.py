"""YAML text to nodes that know their place.

The events of PyYAML's safe parser are composed here and not by PyYAML, so that nesting and the expansion of aliases
have limits, doubled keys are seen, and every node keeps line and column. Scalars stay text: what they mean is decided
by the YAML 1.2 core rules in `plain`, so that `22:00` and `no` are what they look like.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import yaml

from .problems import HIDDEN, Problem, Source, masked, shown

DEEPEST = 32
"""Levels of nesting that are read; a plan has about ten."""

MOST_NODES = 200_000
"""Nodes of a document with every alias expanded; 2,000 mailboxes in the plan itself are about 20,000."""

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT_TAG = "tag:yaml.org,2002:str"
"""The one tag that says what a scalar here is anyway; `!!int` or `!!binary` would be read as text all the same."""


@dataclass(slots=True, eq=False)
class Node:
    """A scalar (`text`), a list (`items`) or a mapping (`pairs`); line and column count from 1."""

    kind: str
    line: int
    column: int
    text: str = ""
    plain: bool = False
    items: list[Node] = field(default_factory=list)
    pairs: list[tuple[Node, Node]] = field(default_factory=list)
    weight: int = 1
    open: bool = True
    pending: Node | None = None


class _Stop(Exception):
    """Composing cannot go on."""


class _Composer:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.problems: list[Problem] = []
        self.stack: list[Node] = []
        self.anchors: dict[str, Node] = {}
        self.root: Node | None = None
        self.documents = 0
        self.count = 0

    def stop(self, code: str, message: str, mark: Any, why: str, remedy: str) -> _Stop:
        self.problems.append(
            self.source.problem(code, message, mark.line + 1, mark.column + 1, why=why, remedy=remedy)
        )
        return _Stop()

    def named(self, event: Any, name: str) -> str:
        """The name of an alias or tag as it may be told: a password that begins with '*' or '!' is read as one."""
        line = self.source.lines[event.start_mark.line]
        return shown(name) if masked(line) == line[:200] else HIDDEN

    def take(self, event: Any) -> None:
        """Take one event of the parser."""
        match event:
            case yaml.DocumentStartEvent():
                self._document(event)
            case yaml.ScalarEvent():
                plain = event.implicit[0] and event.style in (None, "")
                self._add(event, Node("scalar", 0, 0, text=event.value, plain=plain, open=False))
            case yaml.SequenceStartEvent():
                self._open(event, Node("list", 0, 0))
            case yaml.MappingStartEvent():
                self._open(event, Node("map", 0, 0))
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                self._close(event)
            case yaml.AliasEvent():
                self._alias(event)

    def _document(self, event: Any) -> None:
        self.documents += 1
        if self.documents > 1:
            raise self.stop(
                "EXM-L012",
                "a second document starts here",
                event.start_mark,
                "one file holds one plan",
                "take out the '---' line, or put the rest into a file of its own",
            )

    def _open(self, event: Any, node: Node) -> None:
        self._add(event, node)
        self.stack.append(node)
        if len(self.stack) > DEEPEST:
            raise self.stop(
                "EXM-L010",
                f"nested deeper than {DEEPEST} levels",
                event.start_mark,
                "a plan has about ten levels",
                "look for brackets that were never closed",
            )

    def _close(self, event: Any) -> None:
        node = self.stack.pop()
        children = [*node.items, *(n for pair in node.pairs for n in pair)]
        node.weight = 1 + sum(child.weight for child in children)
        node.open = False
        if node.weight > MOST_NODES:
            raise self.stop(
                "EXM-L009",
                f"aliases expand to more than {MOST_NODES:,} values",
                event.start_mark,
                "a small file that unfolds to gigabytes is an attack or a mistake",
                "write the values out, or put lists of mailboxes into CSV",
            )

    def _alias(self, event: Any) -> None:
        target = self.anchors.get(event.anchor)
        if target is None or target.open:
            what = "is not defined above" if target is None else "contains itself"
            raise self.stop(
                "EXM-L009",
                f"alias '*{self.named(event, event.anchor)}' {what}",
                event.start_mark,
                "an alias repeats a complete value that stands above it",
                "define the anchor first, or put a text that begins with '*' in quotes",
            )
        self._attach(target)

    def _add(self, event: Any, node: Node) -> None:
        self.count += 1
        if self.count > MOST_NODES:
            raise self.stop(
                "EXM-L003",
                f"more than {MOST_NODES:,} values",
                event.start_mark,
                "no plan is that large; lists of mailboxes belong into CSV files",
                "move lists of mailboxes to CSV (batches[].members_csv)",
            )
        node.line, node.column = event.start_mark.line + 1, event.start_mark.column + 1
        if event.tag and not (event.tag == "!" or (event.tag == _TEXT_TAG and node.kind == "scalar")):
            self.problems.append(
                self.source.problem(
                    "EXM-L011",
                    f"tag '{self.named(event, event.tag)}'",
                    node.line,
                    node.column,
                    why="a plan is data: words, numbers, lists and mappings",
                    remedy="put the text in quotes if it begins with '!', or take the tag out"
                    if event.tag.startswith("!")
                    else "take the tag out",
                )
            )
        if event.anchor:
            self.anchors[event.anchor] = node
        self._attach(node)

    def _attach(self, node: Node) -> None:
        if not self.stack:
            self.root = node
            return
        parent = self.stack[-1]
        if parent.kind == "list":
            parent.items.append(node)
        elif parent.pending is None:
            parent.pending = node
        else:
            parent.pairs.append((parent.pending, node))
            parent.pending = None


def compose(source: Source, text: str) -> tuple[Node | None, list[Problem]]:
    """The root node and what is wrong; no root where nothing can be made of the text."""
    composer = _Composer(source)
    try:
        for event in yaml.parse(text, Loader=_Loader):
            composer.take(event)
    except _Stop:
        return None, composer.problems
    except yaml.YAMLError as error:
        return None, [*composer.problems, *_syntax(source, error)]
    return composer.root, composer.problems


def _syntax(source: Source, error: yaml.YAMLError) -> list[Problem]:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line = min(mark.line + 1, len(source.lines)) if mark else 1
    column = mark.column + 1 if mark else 1
    blank = _odd_blank(source, line, getattr(error, "context_mark", None))
    if blank is not None:
        return [blank]
    tabs = [n for n, text in enumerate(source.lines, 1) if "\t" in text[: len(text) - len(text.lstrip())]]
    near = [n for n in tabs if n <= line + 1]
    if near:
        return [
            source.problem(
                "EXM-L006",
                "a tab stands in the indentation",
                n,
                source.lines[n - 1].index("\t") + 1,
                why="YAML indents with blanks only: how wide a tab is, each editor sees otherwise",
                remedy="replace the tab by blanks (most editors: 'insert spaces for tabs')",
            )
            for n in near[:20]
        ]
    said = getattr(error, "problem", None) or getattr(error, "reason", None) or "the text cannot be parsed"
    context = getattr(error, "context", None)
    started = getattr(error, "context_mark", None)
    why = f"{context}, which starts in line {started.line + 1}" if context and started else str(context or "")
    raw = str(said)
    if started and ("expected ':'" in raw or ("end of stream" in raw and "quoted" in str(context))):
        line, column = started.line + 1, started.column + 1
        why = "the parser has read on and found no end"
    clear = next((words for part, words in _SAID.items() if part in raw), raw)
    advice = _advice(raw, source.lines[line - 1])
    return [source.problem("EXM-L007", clear, line, column, why=why, remedy=advice)]


_SAID = {
    "mapping values are not allowed": "a ':' stands where no key can be",
    "could not find expected ':'": "no ': ' follows the key",
    "did not find expected '-' indicator": "the line is indented as no item of its list is",
    "did not find expected key": "the line is indented as no key of its mapping is",
    "end of stream": "a quote opens here and never closes",
}
"""What the parser says in terms of the language, in words for who writes a plan."""

_ODD_BLANK = re.compile("[\u00a0\u2000-\u200b\u202f\u3000\ufeff]")


def _odd_blank(source: Source, line: int, started: Any) -> Problem | None:
    """What looks like a blank and is none, near the place where the text cannot be parsed."""
    first = min(started.line + 1 if started else line, line)
    for n in range(max(first - 1, 1, line - 20), min(line, len(source.lines)) + 1):
        found = _ODD_BLANK.search(source.lines[n - 1])
        if found:
            return source.problem(
                "EXM-L007",
                f"what looks like a blank is none (U+{ord(found[0]):04X})",
                n,
                found.start() + 1,
                why="YAML knows only the ordinary blank; others come with text copied from documents and pages",
                remedy="replace it by an ordinary blank",
            )
    return None


def _advice(said: str, line: str) -> str:
    if "mapping values are not allowed" in said and re.search(r":\s+(env|file|keyring|prompt): ", line):
        return "write a reference without a blank: env:NAME, file:PATH, keyring:SERVICE/NAME or prompt:TEXT"
    if "mapping values are not allowed" in said:
        return "put a text that contains ': ' in quotes, or look at the indentation of this line"
    if "expected <block end>" in said or "could not find expected ':'" in said:
        return "look for a missing ':', a missing blank behind it, and at the indentation of this line"
    if "expected '-' indicator" in said or "expected key" in said:
        return "indent the line as its neighbours are"
    if "end of stream" in said:
        return "close the quote"
    if "escape" in said:
        return "in double quotes write \\\\ for a backslash, or use single quotes"
    if "expected ',' or" in said or "flow" in said:
        return "look for a bracket or brace that was not closed"
    return "look at this line and the one above it"
