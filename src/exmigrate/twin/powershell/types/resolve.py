"""From the name in ``[name]`` to a type: short names, namespaces, arrays and type arguments."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from exmigrate.twin.powershell.errors import EXCEPTION_BASES, PSError, error, unsupported
from exmigrate.twin.powershell.typeinfo import ACCELERATORS, TYPES, NetType
from exmigrate.twin.powershell.types import declared as d

_ARITY = re.compile(r"`\d+")


def find_type(name: str, level: str = "7", extra: Mapping[str, NetType] | None = None) -> NetType | None:
    """The type of a name as a script writes it between brackets, or None.

    Args:
        name: ``int``, ``System.Int32``, ``string[]``, ``Collections.Generic.List[string]``.
        level: The PowerShell level, for short names that came later.
        extra: Types of the session (classes, packs) by full name in lower case; they win.
    """
    name = name.strip()
    if name.endswith("]"):
        return _bracketed(name, level, extra)
    key = name.lower()
    if extra and key in extra:
        return extra[key]
    short = ACCELERATORS.get(key)
    if short is not None and short[1] <= float(level):
        if key == "pscustomobject" and level != "2.0":
            return d.PSCUSTOM
        key = short[0].lower()
    found = (extra or {}).get(key) or (extra or {}).get("system." + key)
    found = found or TYPES.get(key) or TYPES.get("system." + key)
    if found is None and (key in _EXCEPTIONS or "system." + key in _EXCEPTIONS):
        found = d.exception_type(_EXCEPTIONS.get(key) or _EXCEPTIONS["system." + key])
    return found if found is None or found.since <= float(level) else None


_EXCEPTIONS = {name.lower(): name for name in EXCEPTION_BASES}


def _bracketed(name: str, level: str, extra: Mapping[str, NetType] | None) -> NetType | None:
    start = _matching(name)
    head, inside = name[:start], name[start + 1 : -1].strip()
    if not inside.strip(","):
        element = find_type(head, level, extra)
        return None if element is None else d.array_type(element, inside.count(",") + 1)
    arguments = []
    for part in _split_arguments(inside):
        if part.startswith("[") and part.endswith("]"):
            part = part[1:-1].partition(",")[0] if "`" not in part else part[1:-1]
        found = find_type(part, level, extra)
        if found is None:
            return None
        arguments.append(found)
    base = _ARITY.sub("", head)
    definition = find_type(f"{base}`{len(arguments)}", level, extra)
    return None if definition is None else d.generic_type(definition, arguments)


def _matching(name: str) -> int:
    """Position of the bracket that the last one closes."""
    depth = 0
    for position in range(len(name) - 1, -1, -1):
        if name[position] == "]":
            depth += 1
        elif name[position] == "[":
            depth -= 1
            if not depth:
                return position
    return 0


def _split_arguments(inside: str) -> list[str]:
    parts, depth, start = [], 0, 0
    for position, letter in enumerate(inside):
        if letter == "[":
            depth += 1
        elif letter == "]":
            depth -= 1
        elif letter == "," and not depth:
            parts.append(inside[start:position].strip())
            start = position + 1
    return [*parts, inside[start:].strip()]


@cache
def _real_types() -> dict[str, tuple[str, float]]:
    """Real types that no table declares: name and first level, by name in lower case."""
    text = (files(__package__) / "realtypes.txt").read_text("utf-8")
    words = [word for line in text.splitlines() if not line.startswith("#") for word in line.split()]
    return {
        word.partition("@")[0].lower(): (word.partition("@")[0], float(word.partition("@")[2] or 0))
        for word in words
    }


def check_real(name: str, level: str) -> None:
    """Raises the error that names it for the name of a real type that is not simulated, at a level that has it."""
    key = name.strip().lower()
    if key.endswith("[]"):
        key = key[:-2]
    if "[" in key:
        key = f"{_ARITY.sub('', key.partition('[')[0])}`{len(_split_arguments(key.partition('[')[2][:-1]))}"
    short = ACCELERATORS.get(key)
    if short is not None and short[1] <= float(level):
        key = short[0].lower()
    found = _real_types().get(key) or _real_types().get("system." + key)
    if found is not None and found[1] <= float(level):
        raise unsupported(f"type [{found[0]}]", name)


def type_not_found(name: str, level: str = "7") -> PSError:
    """The error for a type literal that names no type; a real one that is not simulated raises its own."""
    check_real(name, level)
    message = f"Unable to find type [{name}]."
    if level == "2.0":
        message = f"Unable to find type [{name}]: make sure that the assembly containing this type is loaded."
    return error(message, "TypeNotFound", "InvalidOperation", name)


def resolve_type(name: str, level: str = "7", extra: Mapping[str, NetType] | None = None) -> NetType:
    """The type of a name; raises TypeNotFound."""
    found = find_type(name, level, extra)
    if found is None:
        raise type_not_found(name, level)
    return found
