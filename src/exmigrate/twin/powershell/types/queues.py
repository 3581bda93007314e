"""Members of sets, queues, stacks, enumerators and string comparers."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.compare import compare
from exmigrate.twin.powershell.faults import (
    invalid_operation,
)
from exmigrate.twin.powershell.typeinfo import NetType, declare_type
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.lists import contains_item, drop_item, items_of, typed_item


def _new_set(kind: NetType, args: list[Any], ctx: Any) -> c.HashSet:
    made = c.HashSet(kind)
    made.ignore_case = any(bool(getattr(arg, "ignore_case", False)) for arg in args)
    for arg in args:
        if isinstance(arg, (list, c.ListBase)):
            for item in arg:
                _set_add(made, typed_item(made, item))
    return made


d.HASH_SET.raw_constructor = _new_set


@d.HASH_SET.method("bool Add(T item)")
def _set_add(owner: c.HashSet, item: Any) -> bool:
    if contains_item(owner, item):
        return False
    owner.items.append(item)
    return True


@d.HASH_SET.method("bool Remove(T item)")
def _set_remove(owner: c.HashSet, item: Any) -> bool:
    if owner.ignore_case and isinstance(item, str):
        item = next(
            (one for one in owner.items if isinstance(one, str) and one.lower() == item.lower()), item
        )
    return drop_item(owner, item)


@d.HASH_SET.method("void UnionWith(object other)")
def _union(owner: c.HashSet, other: Any) -> None:
    for item in items_of(other):
        _set_add(owner, typed_item(owner, item))


@d.HASH_SET.method("void ExceptWith(object other)")
def _except(owner: c.HashSet, other: Any) -> None:
    for item in items_of(other):
        _set_remove(owner, typed_item(owner, item))


@d.HASH_SET.method("void IntersectWith(object other)")
def _intersect(owner: c.HashSet, other: Any) -> None:
    keep = _new_set(owner.net, [items_of(other)], None)
    keep.ignore_case = owner.ignore_case
    owner.items[:] = [item for item in owner.items if contains_item(keep, item)]


@d.HASH_SET.method("bool SetEquals(object other)")
def _set_equals(owner: c.HashSet, other: Any) -> bool:
    others = [typed_item(owner, item) for item in items_of(other)]
    return all(contains_item(owner, item) for item in others) and len({str(item) for item in others}) == len(
        owner.items
    )


# Queues, stacks, enumerators -----------------------------------------------------------------------------

for _kind in (d.QUEUE, d.GENERIC_QUEUE):
    _kind.method("void Enqueue(T obj)")(lambda owner, item: owner.items.append(item))

    @_kind.method("object Dequeue()")
    def _dequeue(owner: Any) -> Any:
        if not owner.items:
            raise invalid_operation("Queue empty.")
        return owner.items.pop(0)

    @_kind.method("object Peek()")
    def _peek(owner: Any) -> Any:
        if not owner.items:
            raise invalid_operation("Queue empty.")
        return owner.items[0]


for _kind in (d.STACK, d.GENERIC_STACK):
    _kind.method("void Push(T obj)")(lambda owner, item: owner.items.append(item))

    @_kind.method("object Pop()")
    def _pop(owner: Any) -> Any:
        if not owner.items:
            raise invalid_operation("Stack empty.")
        return owner.items.pop()

    @_kind.method("object Peek()")
    def _top(owner: Any) -> Any:
        if not owner.items:
            raise invalid_operation("Stack empty.")
        return owner.items[-1]


def _maker(cls: Any) -> Any:
    def make(kind: NetType, args: list[Any], ctx: Any) -> Any:
        made = cls(net=kind if kind.arguments else None)
        if args and isinstance(args[0], (list, c.ListBase)):
            made.items = [typed_item(made, item) for item in args[0]]
        return made

    return make


for _kind, _cls in (
    (d.QUEUE, c.Queue),
    (d.GENERIC_QUEUE, c.Queue),
    (d.STACK, c.Stack),
    (d.GENERIC_STACK, c.Stack),
):
    _kind.raw_constructor = _maker(_cls)
for _kind in (d.GENERIC_LIST, d.COLLECTION):
    _kind.indexer = lambda owner, indexes, ctx: owner.items[indexes[0]]

E = d.ENUMERATOR


@E.method("bool MoveNext()")
def _move_next(cursor: c.Enumerator) -> bool:
    cursor.position += 1
    return cursor.position < len(cursor.items)


@E.method("void Reset()")
def _reset(cursor: c.Enumerator) -> None:
    cursor.position = -1


E.method("void Dispose()")(lambda cursor: None)


def _current(cursor: c.Enumerator, ctx: Any) -> Any:
    if not 0 <= cursor.position < len(cursor.items):
        return None
    return cursor.items[cursor.position]


E.prop("Current", _current)
E.prop("Key", lambda cursor, ctx: getattr(_current(cursor, ctx), "key", None))
E.prop("Value", lambda cursor, ctx: getattr(_current(cursor, ctx), "value", None))
E.prop("Entry", lambda cursor, ctx: _current(cursor, ctx))


class Comparer(v.NetObject):
    """System.StringComparer."""

    __slots__ = ("ignore_case",)

    def __init__(self, ignore_case: bool):
        self.ignore_case = ignore_case


COMPARER = declare_type(
    "System.StringComparer",
    python=Comparer,
    interfaces=("System.Collections.IComparer", "System.Collections.IEqualityComparer"),
)
for _name in ("Ordinal", "InvariantCulture", "CurrentCulture"):
    COMPARER.static(_name, lambda ctx: Comparer(False))
    COMPARER.static(f"{_name}IgnoreCase", lambda ctx: Comparer(True))
COMPARER.method("int Compare(string x, string y)")(lambda owner, a, b: compare(a, b, owner.ignore_case))
COMPARER.method("bool Equals(string x, string y)")(lambda owner, a, b: compare(a, b, owner.ignore_case) == 0)


@d.BIT_ARRAY.constructor("new(int length)", "new(int length, bool defaultValue)")
def _new_bits(length: int, value: bool = False) -> c.BitArray:
    return c.BitArray([value] * length)
