"""What Exchange configuration objects are made of: class, properties and the attributes they live in.

One line a property: ``Name codec attribute [default]``. The attribute is where the value stands in the
directory, so that a cmdlet and an LDAP query read the same thing. Codecs give plain Python values:
``str int bool uri list link links size span time flags`` (link: a DN; size: bytes or None for unlimited;
span: seconds; flags: text such as ``Basic, Ntlm``).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache, lru_cache
from importlib import resources
from typing import Any

from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.ldapfilter import Value

VERSION_2007 = 4535486012416
VERSION_2010 = 44220983382016

CODECS = frozenset(("str", "int", "bool", "uri", "list", "link", "links", "size", "span", "time", "flags"))


@dataclass(frozen=True)
class Property:
    """One property: its codec, where it is stored, and its value when nothing is stored.

    Attributes:
        since: ``2010`` for a property that 2007 objects do not have.
    """

    name: str
    codec: str
    attribute: str
    default: Any = None
    since: str = "2007"


@dataclass(frozen=True)
class Kind:
    """A kind of object: its LDAP class, the .NET type the cmdlets give, and its properties in order."""

    name: str
    object_class: str
    net: str
    properties: Mapping[str, Property]

    def find(self, name: str) -> Property | None:
        """The property of that name, without regard to case."""
        return self._index.get(name.lower())

    @property
    def _index(self) -> dict[str, Property]:
        return _lowered(self.name)


def read(entry: Entry, item: Property) -> Any:
    """The plain value of a property of an entry.

    A list property is always a list. A scalar that is not stored has its default.
    """
    values = entry.get(item.attribute)
    if item.codec in ("list", "links"):
        return [str(v) for v in values] if values else list(item.default or [])
    if not values:
        return item.default
    return _FROM[item.codec](values[0])


def encode(item: Property, value: Any) -> Sequence[Value] | Value | None:
    """A plain value as the directory stores it; None removes the attribute."""
    if value is None:
        return None
    if item.codec in ("list", "links"):
        return [str(v) for v in value] or None
    return _TO[item.codec](value)


UNLIMITED = "unlimited"


def _size_from(value: Value) -> int | None:
    return None if value == UNLIMITED else int(str(value))


def _time_from(value: Value) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(str(value))


_FROM: dict[str, Callable[[Value], Any]] = {
    "str": str,
    "uri": str,
    "flags": str,
    "link": str,
    "int": lambda v: int(str(v)),
    "bool": lambda v: v if isinstance(v, bool) else str(v).upper() == "TRUE",
    "size": _size_from,
    "span": lambda v: int(str(v)),
    "time": _time_from,
}
_TO: dict[str, Callable[[Any], Value]] = {
    "str": str,
    "uri": str,
    "flags": str,
    "link": str,
    "int": int,
    "bool": bool,
    "size": int,
    "span": int,
    "time": lambda v: v if v.tzinfo else v.replace(tzinfo=UTC),
}


def _default(codec: str, text: str) -> Any:
    if text == "":
        return [] if codec in ("list", "links") else (None if codec != "bool" else False)
    if codec in ("int", "span"):
        return int(text)
    if codec == "size":
        return None if text == UNLIMITED else int(text)
    if codec == "bool":
        return text == "true"
    if codec in ("list", "links"):
        return [part for part in text.split("|") if part]
    return text


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, Kind]:
    """All kinds by name."""
    found: dict[str, Kind] = {}
    text = resources.files(__package__ or "").joinpath("kinds.txt").read_text(encoding="utf-8")
    blocks = [block for block in text.strip().split("\n\n") if not block.startswith("#")]
    for block in blocks:
        head, *lines = [line for line in block.splitlines() if line.strip() and not line.startswith("#")]
        name, object_class, net = head.split()
        properties: dict[str, Property] = {}
        for line in lines:
            item = _property(line)
            properties[item.name] = item
        found[name] = Kind(name, object_class, net, properties)
    return found


def _property(line: str) -> Property:
    parts = line.split(None, 3)
    since = "2007"
    if parts[0].endswith("+"):
        parts[0], since = parts[0][:-1], "2010"
    if len(parts) < 3 or parts[1] not in CODECS:
        raise ValueError(f"a property line is 'Name codec attribute [default]': {line!r}")
    default = _default(parts[1], parts[3].strip() if len(parts) > 3 else "")
    return Property(parts[0], parts[1], parts[2], default, since)


@cache
def _lowered(name: str) -> dict[str, Property]:
    return {key.lower(): item for key, item in kinds()[name].properties.items()}


def kind_of(entry: Entry) -> Kind | None:
    """The kind whose class the entry has, or None."""
    for item in kinds().values():
        if entry.has_class(item.object_class):
            return item
    return None
