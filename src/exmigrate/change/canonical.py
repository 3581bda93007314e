"""Canonical JSON: RFC 8785 without floats, so that the same change has the same bytes on any machine.

Floats are refused rather than formatted: durations are whole seconds, sizes whole bytes, and nothing else needs one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

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
    try:
        return json.dumps(
            _ordered(value, "$"), ensure_ascii=False, separators=(",", ":"), allow_nan=False
        ).encode("utf-8")
    except UnicodeEncodeError as fault:
        raise NotCanonical("A text holds a lone surrogate.", why=str(fault)) from None


def _ordered(value: object, path: str) -> Any:
    match value:
        case None | bool() | str():
            return value
        case int():
            if abs(value) > _LIMIT:
                raise NotCanonical(f"{path}: {value} is beyond 2^53-1.")
            return int(value)
        case Mapping():
            for key in value:
                if not isinstance(key, str):
                    raise NotCanonical(f"{path}: the key {key!r} is no string.")
            # RFC 8785 sorts by UTF-16 code units, which differs from code points beyond the basic plane.
            keys = sorted(value, key=lambda k: k.encode("utf-16-be", "surrogatepass"))
            return {key: _ordered(value[key], f"{path}.{key}") for key in keys}
        case list() | tuple():
            return [_ordered(item, f"{path}[{n}]") for n, item in enumerate(value)]
        case _:
            raise NotCanonical(f"{path}: {type(value).__name__} has no canonical form.")
