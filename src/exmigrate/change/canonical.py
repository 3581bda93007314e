"""Canonical JSON: RFC 8785 without floats, so that the same change has the same bytes on any machine.

Floats are refused rather than formatted: durations are whole seconds, sizes whole bytes, and nothing else needs one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from exmigrate.model import Refused

_LIMIT = 2**53 - 1


class NotCanonical(Refused):
    """A value has no canonical form."""

    code = "EXM-C020"


def canonical(value: object) -> bytes:
    """The canonical bytes of a JSON value, UTF-8.

    Raises:
        NotCanonical: the value holds a float, an integer beyond 2^53-1, a key that is no string, or a lone surrogate.
    """
    astral = _check(value, "$")
    try:
        if astral:
            value = _by_utf16(value)
        return json.dumps(
            value,
            ensure_ascii=False,
            separators=(",", ":"),
            allow_nan=False,
            sort_keys=not astral,
            default=dict,
        ).encode("utf-8")
    except UnicodeEncodeError as fault:
        raise NotCanonical("A text holds a lone surrogate.", why=str(fault)) from None


def _check(value: object, path: str) -> bool:
    """Refuse what has no canonical form; whether a key lies beyond the basic plane."""
    astral = False
    match value:
        case None | bool() | str():
            pass
        case int():
            if abs(value) > _LIMIT:
                raise NotCanonical(f"{path}: {value} is beyond 2^53-1.")
        case Mapping():
            for key, item in value.items():
                if not isinstance(key, str):
                    raise NotCanonical(f"{path}: the key {key!r} is no string.")
                astral |= not key.isascii() and max(key) > "\ud7ff"
                astral |= type(item) is not str and _check(item, f"{path}.{key}")
        case list() | tuple():
            for n, item in enumerate(value):
                astral |= type(item) is not str and _check(item, f"{path}[{n}]")
        case _:
            raise NotCanonical(f"{path}: {type(value).__name__} has no canonical form.")
    return astral


def _by_utf16(value: object) -> object:
    """Maps sorted as RFC 8785 does: by UTF-16 code units, which differs from code points beyond the basic plane."""
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda k: k.encode("utf-16-be", "surrogatepass"))
        return {key: _by_utf16(value[key]) for key in keys}
    if isinstance(value, list | tuple):
        return [_by_utf16(item) for item in value]
    return value
