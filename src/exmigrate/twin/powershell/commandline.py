"""Command lines of Windows programs, as text and as words."""

from __future__ import annotations

import re

_PIECE = re.compile(
    r'(?P<slashes>\\+)(?P<mark>"?)|(?P<quote>")|(?P<blank>[ \t]+)|(?P<text>[^\\" \t]+)'
).finditer


def split_command(text: str) -> list[str]:
    """Split a command line as the C runtime does: quotes group; before a quote backslashes escape, else they are themselves."""
    words: list[str] = []
    current: list[str] | None = None
    quoted = False
    for piece in _PIECE(text):
        if piece["blank"] and not quoted:
            if current is not None:
                words.append("".join(current))
            current = None
            continue
        current = [] if current is None else current
        if piece["slashes"] and piece["mark"]:
            pairs, odd = divmod(len(piece["slashes"]), 2)
            current.append("\\" * pairs + '"' * odd)
            quoted ^= not odd
        elif piece["quote"]:
            quoted = not quoted
        else:
            current.append(piece[0])
    if current is not None:
        words.append("".join(current))
    return words
