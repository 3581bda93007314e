"""The .NET collections that are not arrays: dictionaries, lists, queues and stacks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from exmigrate.twin.powershell.typeinfo import NetType
from exmigrate.twin.powershell.values import NetObject


class DictionaryBase(NetObject):
    """What all dictionaries share: entries in order of insertion, keys by .NET equality.

    ``entries`` maps the normal form of a key to the pair of key and value. Iterating gives keys.
    """

    __slots__ = ("entries", "ignore_case", "synchronized")

    def __init__(self, pairs: Any = (), ignore_case: bool = True):
        self.ignore_case = ignore_case
        self.entries: dict[Any, tuple[Any, Any]] = {}
        for key, value in pairs:
            self[key] = value

    def normal(self, key: Any) -> Any:
        """The form under which a key is kept: equal keys have equal forms."""
        kind = type(key)
        if kind is str:
            return key.lower() if self.ignore_case else key
        if kind is int:
            return key
        try:
            hash(key)
        except TypeError:
            return (kind, id(key))
        return (kind, key)

    def __getitem__(self, key: Any) -> Any:
        return self.entries[self.normal(key)][1]

    def __setitem__(self, key: Any, value: Any) -> None:
        normal = self.normal(key)
        found = self.entries.get(normal)
        self.entries[normal] = (key if found is None else found[0], value)

    def __contains__(self, key: Any) -> bool:
        return self.normal(key) in self.entries

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Any]:
        return iter([key for key, _ in self.entries.values()])

    def get(self, key: Any, default: Any = None) -> Any:
        """The value of a key, or the default."""
        found = self.entries.get(self.normal(key))
        return default if found is None else found[1]

    def remove(self, key: Any) -> bool:
        """Removes a key; False when it was not there."""
        return self.entries.pop(self.normal(key), None) is not None

    def clear(self) -> None:
        """Removes every entry."""
        self.entries.clear()

    def keys(self) -> list[Any]:
        """Keys in order."""
        return [key for key, _ in self.entries.values()]

    def values(self) -> list[Any]:
        """Values in order."""
        return [value for _, value in self.entries.values()]

    def items(self) -> list[tuple[Any, Any]]:
        """Pairs of key and value in order."""
        return list(self.entries.values())


class Hashtable(DictionaryBase):
    """System.Collections.Hashtable; ``@{}`` compares string keys without case, ``New-Object`` with it."""

    __slots__ = ()


class OrderedDictionary(DictionaryBase):
    """System.Collections.Specialized.OrderedDictionary, as ``[ordered]@{}`` makes it."""

    __slots__ = ()

    def at(self, index: int) -> Any:
        """The value at a position; IndexError outside of the bounds."""
        return self.values()[index]

    def set_at(self, index: int, value: Any) -> None:
        """Sets the value at a position."""
        key = self.keys()[index]
        self[key] = value

    def insert(self, index: int, key: Any, value: Any) -> None:
        """Puts an entry at a position."""
        pairs = self.items()
        pairs.insert(index, (key, value))
        self.entries = {self.normal(k): (k, v) for k, v in pairs}


class Dictionary(DictionaryBase):
    """System.Collections.Generic.Dictionary of given key and value types (and other generic dictionaries)."""

    __slots__ = ("net",)

    def __init__(self, net: NetType, pairs: Any = (), ignore_case: bool = False):
        self.net = net
        super().__init__(pairs, ignore_case)


class SortedList(DictionaryBase):
    """System.Collections.SortedList: entries in the order of their keys."""

    __slots__ = ()

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value)
        from exmigrate.twin.powershell.compare import sort_key

        pairs = sorted(self.entries.items(), key=lambda entry: sort_key(entry[1][0]))
        self.entries = dict(pairs)


class DictionaryEntry(NetObject):
    """System.Collections.DictionaryEntry, or a KeyValuePair where ``net`` says so."""

    __slots__ = ("key", "net", "value")

    def __init__(self, key: Any, value: Any, net: NetType | None = None):
        self.key = key
        self.value = value
        self.net = net


class ListBase(NetObject):
    """What all list-like collections share: ``items``, a Python list."""

    __slots__ = ("items",)

    def __init__(self, items: Any = ()):
        self.items: list[Any] = list(items)

    def __len__(self) -> int:
        return len(self.items)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items)


class ArrayList(ListBase):
    """System.Collections.ArrayList."""

    __slots__ = ("fixed",)


class GenericList(ListBase):
    """System.Collections.Generic.List and the other generic lists and sets; ``net`` is the closed type."""

    __slots__ = ("net",)

    def __init__(self, net: NetType, items: Any = ()):
        super().__init__(items)
        self.net = net


class HashSet(GenericList):
    """System.Collections.Generic.HashSet: elements in order of insertion, each once."""

    __slots__ = ("ignore_case",)

    ignore_case: bool


class Queue(ListBase):
    """System.Collections.Queue, or the generic one where ``net`` says so."""

    __slots__ = ("net",)

    def __init__(self, items: Any = (), net: NetType | None = None):
        super().__init__(items)
        self.net = net


class Stack(ListBase):
    """System.Collections.Stack, or the generic one; the top is the last of ``items``."""

    __slots__ = ("net",)

    def __init__(self, items: Any = (), net: NetType | None = None):
        super().__init__(items)
        self.net = net

    def __iter__(self) -> Iterator[Any]:
        return iter(self.items[::-1])


class BitArray(ListBase):
    """System.Collections.BitArray."""

    __slots__ = ()


class Enumerator(NetObject):
    """What ``GetEnumerator()`` gives: a cursor over a list that was taken when it was made."""

    __slots__ = ("items", "net", "position")

    def __init__(self, items: list[Any], net: NetType | None = None):
        self.items = items
        self.position = -1
        self.net = net

    def __iter__(self) -> Iterator[Any]:
        remaining = self.items[self.position + 1 :]
        self.position = len(self.items)
        return iter(remaining)
