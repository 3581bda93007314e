"""The axes of XPath."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exmigrate.twin.powershell.types.xmlnodes import Node


def descendant_or_self(nodes: list[Node]) -> list[Node]:
    """The nodes and all below them, each once."""
    out: list[Node] = []
    for node in nodes:
        out.append(node)
        out.extend(_below(node))
    return unique(out)


def _below(node: Node) -> list[Node]:
    out: list[Node] = []
    for child in node.nodes:
        out.append(child)
        out.extend(_below(child))
    return out


def _ancestors(node: Node) -> list[Node]:
    out = []
    while node.parent is not None:
        node = node.parent
        out.append(node)
    return out


def _siblings(node: Node, after: bool) -> list[Node]:
    if node.parent is None:
        return []
    position = next(i for i, one in enumerate(node.parent.nodes) if one is node)
    return node.parent.nodes[position + 1 :] if after else node.parent.nodes[:position][::-1]


AXES: dict[str, Callable[[Node], list[Node]]] = {
    "child": lambda node: node.nodes,
    "attribute": lambda node: [one for one in node.attributes if not one.name.startswith("xmlns")],
    "descendant": _below,
    "descendant-or-self": lambda node: [node, *_below(node)],
    "self": lambda node: [node],
    "parent": lambda node: [node.parent] if node.parent is not None else [],
    "ancestor": _ancestors,
    "ancestor-or-self": lambda node: [node, *_ancestors(node)],
    "following-sibling": lambda node: _siblings(node, True),
    "preceding-sibling": lambda node: _siblings(node, False),
}


def unique(nodes: list[Any]) -> list[Node]:
    """The nodes, each once."""
    seen: set[int] = set()
    out = []
    for node in nodes:
        if id(node) not in seen:
            seen.add(id(node))
            out.append(node)
    return out
