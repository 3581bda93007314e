"""Which regular expressions could take for ever in a matcher that goes back: seen from their parse tree."""

from __future__ import annotations

import re
from importlib import import_module
from typing import Any

_PARSER: Any = import_module("re._parser")


def danger(text: str) -> int:
    """How a search's time may grow: 0 with the text, n with its n-th power, 99 exponentially."""
    try:
        tree = _PARSER.parse(text)
    except (re.error, RecursionError, OverflowError):
        return 0
    loops = _loops(tree, 0)
    return 99 if loops >= 99 else max(loops - 1, 0) if loops > 1 else 0


def _loops(nodes: Any, inside: int) -> int:
    """Unbounded repetitions one after the other; 99 where one stands within another (or alternatives do)."""
    total = 0
    for kind, value in nodes:
        total += _loops_of(str(kind), value, inside)
    return min(total, 99)


def _loops_of(name: str, value: Any, inside: int) -> int:
    if name in ("MAX_REPEAT", "MIN_REPEAT"):
        low, high, body = value
        wide = high == _PARSER.MAXREPEAT or high > 15
        if inside and high > low:
            return 99
        found = _loops(body, 1 if wide else inside)
        return found + 1 if wide else found * min(int(high), 3)
    if name == "SUBPATTERN":
        return _loops(value[3], inside)
    if name in ("ATOMIC_GROUP", "POSSESSIVE_REPEAT"):
        return 0
    if name == "BRANCH":
        if inside and not _apart(value[1]):
            return 99
        return max((_loops(one, inside) for one in value[1]), default=0)
    if name in ("ASSERT", "ASSERT_NOT"):
        return _loops(value[1], inside)
    if name == "GROUPREF_EXISTS":
        return max(_loops(value[1], inside), _loops(value[2] or [], inside))
    return 0


def _apart(branches: Any) -> bool:
    """Whether alternatives begin with different letters."""
    first = []
    for branch in branches:
        kind, value = next(iter(branch), (None, None))
        if str(kind) != "LITERAL":
            return False
        first.append(value)
    return len(set(first)) == len(first)
