"""Values to PowerShell literals: the one place where data becomes script text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, TypeAlias

from .errors import BadLiteral

Json: TypeAlias = "bool | int | str | Sequence[Json] | Mapping[str, Json] | None"

MAX_DEPTH: Final = 32
_QUOTES: Final = "'\u2018\u2019\u201a\u201b"
_DOUBLED: Final = str.maketrans({quote: quote * 2 for quote in _QUOTES})
# Line ends and tabs mean themselves in a quoted string; other control characters may end or change a script.
_SPELLED: Final = frozenset(chr(n) for n in range(32)) - set("\t\r\n") | {
    "\x7f",
    "\u2028",
    "\u2029",
    "\ufeff",
}
_MIN, _MAX = -(2**63) + 1, 2**63 - 1


def literal(value: Json) -> str:
    """Write a value as a PowerShell literal that evaluates to it and to nothing else.

    PowerShell takes each of U+0027 and U+2018 to U+201B for a single quote, also to end a string that another of
    them began; each is doubled. Maps become hashtables, lists arrays (nested and single-element ones included).

    Args:
        value: str, bool, int (64 bits), list or tuple, map with str keys, None.

    Raises:
        BadLiteral: another type, an integer out of range, keys that differ in case only, a lone surrogate, or
            more than 32 levels.
    """
    return _literal(value, 0)


def _literal(value: object, depth: int) -> str:
    if depth > MAX_DEPTH:
        raise BadLiteral(f"A value is nested more than {MAX_DEPTH} deep.")
    if value is None:
        return "$null"
    if value is True or value is False:
        return "$true" if value else "$false"
    if isinstance(value, str):
        return _string(value)
    if isinstance(value, int):
        return _integer(value)
    if isinstance(value, Mapping):
        return _map(value, depth)
    if isinstance(value, (list, tuple)):
        return _list(value, depth)
    raise BadLiteral(f"A value of type {type(value).__name__} has no PowerShell literal here.")


def _integer(value: int) -> str:
    if not _MIN <= value <= _MAX:
        raise BadLiteral("An integer does not fit into 64 bits.")
    return str(value)


def _string(value: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise BadLiteral("A text holds half of a surrogate pair.") from error
    if not _SPELLED.intersection(value):
        return f"'{value.translate(_DOUBLED)}'"
    pieces: list[str] = ["''"]
    plain: list[str] = []
    for char in value:
        if char not in _SPELLED:
            plain.append(char)
            continue
        if plain:
            pieces.append(f"'{''.join(plain).translate(_DOUBLED)}'")
            plain = []
        pieces.append(f"[char]{ord(char)}")
    if plain:
        pieces.append(f"'{''.join(plain).translate(_DOUBLED)}'")
    return f"({'+'.join(pieces)})"


def _map(value: Mapping[object, object], depth: int) -> str:
    seen: set[str] = set()
    parts = []
    for key, item in value.items():
        if not isinstance(key, str):
            raise BadLiteral("A map has a key that is no text.")
        # A hashtable's keys ignore case.
        folded = key.upper()
        if folded in seen:
            raise BadLiteral(f"A map has two keys that differ in case only: {key}.")
        seen.add(folded)
        parts.append(f"{_string(key)}={_literal(item, depth + 1)}")
    return "@{" + ";".join(parts) + "}"


def _list(value: Sequence[object], depth: int) -> str:
    items = [_literal(item, depth + 1) for item in value]
    # The unary comma keeps an array of one array, or of one $null, from being unrolled.
    return f"@(,{items[0]})" if len(items) == 1 else f"@({','.join(items)})"
