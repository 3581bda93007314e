"""Members of ArrayList, generic lists and sets, queues, stacks and enumerators."""

from __future__ import annotations

from functools import cmp_to_key
from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.compare import compare
from exmigrate.twin.powershell.convert import CastFault, cast, convert, to_bool
from exmigrate.twin.powershell.faults import (
    NetFault,
    argument_null,
    bad_argument,
    invalid_operation,
    out_of_range,
)
from exmigrate.twin.powershell.typeinfo import NetType
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.collection_members import same

_RANGE = "Index was out of range. Must be non-negative and less than the size of the collection."
LISTS = (d.ARRAY_LIST, d.GENERIC_LIST, d.COLLECTION, d.STRING_COLLECTION)
ALL = (
    *LISTS,
    d.READ_ONLY_COLLECTION,
    d.HASH_SET,
    d.QUEUE,
    d.GENERIC_QUEUE,
    d.STACK,
    d.GENERIC_STACK,
    d.BIT_ARRAY,
)


def items_of(value: Any) -> list[Any]:
    """The elements of a collection argument."""
    if value is None:
        raise argument_null("collection")
    if isinstance(value, c.DictionaryBase):
        from exmigrate.twin.powershell.types.dictionaries import entries

        return entries(value)
    return list(value) if isinstance(value, (list, c.ListBase, c.Enumerator, str)) else [value]


def element_type(owner: Any) -> NetType:
    """Element type of a generic list, System.Object otherwise."""
    net = getattr(owner, "net", None)
    return net.arguments[0] if net is not None and net.arguments else d.OBJECT


def typed_item(owner: Any, value: Any) -> Any:
    """An item converted to the element type."""
    kind = element_type(owner)
    return value if kind is d.OBJECT else convert(value, kind)


def _sort_items(items: list[Any], compare_two: Any = None) -> list[Any]:
    try:
        return sorted(items, key=cmp_to_key(compare_two or (lambda a, b: compare(a, b, False))))
    except NetFault:
        raise
    except Exception as fault:
        raise invalid_operation("Failed to compare two elements in the array.") from fault


def _index(owner: Any, index: int, upper: int | None = None) -> int:
    if not 0 <= index < (len(owner.items) if upper is None else upper):
        raise out_of_range(_RANGE, "index")
    return index


for _kind in ALL:
    _kind.prop("Count", lambda owner, ctx: len(owner.items), type_name="System.Int32")
    _kind.prop("IsSynchronized", lambda owner, ctx: False, type_name="System.Boolean")
    _kind.method("System.Collections.IEnumerator GetEnumerator()")(lambda owner: c.Enumerator(list(owner)))
    _kind.method("void Clear()")(lambda owner: owner.items.clear())

    @_kind.method("void CopyTo(array array)", "void CopyTo(array array, int arrayIndex)")
    def _copy_to(owner: Any, target: Any, index: int = 0) -> None:
        target[index : index + len(owner.items)] = list(owner)


def to_array(owner: Any) -> Any:
    """The elements as an array of the element type."""
    kind = element_type(owner)
    return list(owner) if kind is d.OBJECT else v.TypedArray(kind, list(owner))


for _kind in (*LISTS, d.READ_ONLY_COLLECTION, d.HASH_SET):
    _kind.method("bool Contains(T item)")(lambda owner, item: contains_item(owner, item))
for _kind in (d.QUEUE, d.STACK, d.GENERIC_QUEUE, d.GENERIC_STACK):
    _kind.method("bool Contains(T obj)")(lambda owner, item: any(same(one, item) for one in owner.items))
    _kind.method("object[] ToArray()")(to_array)


def contains_item(owner: Any, item: Any) -> bool:
    """Whether an equal item is there."""
    if isinstance(owner, c.HashSet) and owner.ignore_case and isinstance(item, str):
        return any(isinstance(one, str) and one.lower() == item.lower() for one in owner.items)
    return any(same(one, item) for one in owner.items)


for _kind in (*LISTS, d.READ_ONLY_COLLECTION):
    _kind.prop("Capacity", lambda owner, ctx: max(4, len(owner.items)), lambda owner, value, ctx: None)
    _kind.prop("IsReadOnly", lambda owner, ctx: False, type_name="System.Boolean")
    _kind.prop("IsFixedSize", lambda owner, ctx: False, type_name="System.Boolean")
    _kind.method("int IndexOf(T item)", "int IndexOf(T item, int index)")(
        lambda owner, item, start=0: next(
            (n for n in range(start, len(owner.items)) if same(owner.items[n], item)), -1
        )
    )
    _kind.method("int LastIndexOf(T item)")(
        lambda owner, item: next(
            (n for n in range(len(owner.items) - 1, -1, -1) if same(owner.items[n], item)), -1
        )
    )
    _kind.method("T[] ToArray()")(to_array)
    _kind.method("object get_Item(int index)")(lambda owner, index: owner.items[_index(owner, index)])

for _kind in LISTS:

    @_kind.method("void AddRange(object collection)")
    def _add_range(owner: Any, collection: Any) -> None:
        owner.items.extend([typed_item(owner, item) for item in items_of(collection)])

    @_kind.method("void Insert(int index, T item)")
    def _insert(owner: Any, index: int, item: Any) -> None:
        owner.items.insert(_index(owner, index, len(owner.items) + 1), item)

    @_kind.method("void InsertRange(int index, object collection)")
    def _insert_range(owner: Any, index: int, collection: Any) -> None:
        owner.items[index:index] = [typed_item(owner, item) for item in items_of(collection)]

    @_kind.method("void RemoveAt(int index)")
    def _remove_at(owner: Any, index: int) -> None:
        del owner.items[_index(owner, index)]

    @_kind.method("void RemoveRange(int index, int count)")
    def _remove_range(owner: Any, index: int, count: int) -> None:
        if index < 0 or count < 0 or index + count > len(owner.items):
            raise bad_argument(
                "Offset and length were out of bounds for the array or count is greater than the number of elements from index to the end of the source collection."
            )
        del owner.items[index : index + count]

    @_kind.method("void Reverse()", "void Reverse(int index, int count)")
    def _reverse(owner: Any, index: int = 0, count: int | None = None) -> None:
        end = len(owner.items) if count is None else index + count
        owner.items[index:end] = owner.items[index:end][::-1]

    @_kind.method("void Sort()", "void Sort(System.Collections.IComparer comparer)")
    def _sort(owner: Any, comparer: Any = None) -> None:
        owner.items[:] = _sort_items(owner.items)

    @_kind.method("object GetRange(int index, int count)")
    def _get_range(owner: Any, index: int, count: int) -> Any:
        part = owner.items[index : index + count]
        return c.GenericList(owner.net, part) if isinstance(owner, c.GenericList) else c.ArrayList(part)

    @_kind.method("void TrimToSize()", "void TrimExcess()")
    def _trim(owner: Any) -> None:
        return None

    @_kind.method("int BinarySearch(T item)")
    def _search(owner: Any, item: Any) -> int:
        low, high = 0, len(owner.items) - 1
        while low <= high:
            middle = (low + high) // 2
            order = compare(owner.items[middle], item, False)
            if order == 0:
                return middle
            low, high = (middle + 1, high) if order < 0 else (low, middle - 1)
        return ~low


@d.ARRAY_LIST.method("int Add(object value)")
def _array_list_add(owner: c.ArrayList, value: Any) -> int:
    owner.items.append(value)
    return len(owner.items) - 1


@d.ARRAY_LIST.method("void Remove(object obj)")
def _array_list_remove(owner: c.ArrayList, value: Any) -> None:
    drop_item(owner, value)


def drop_item(owner: Any, value: Any) -> bool:
    """Removes the first equal item; False when there is none."""
    for position, item in enumerate(owner.items):
        if same(item, value):
            del owner.items[position]
            return True
    return False


d.ARRAY_LIST.method("object Clone()")(lambda owner: c.ArrayList(owner.items))
d.ARRAY_LIST.method("array ToArray(type type)")(
    lambda owner, kind: v.TypedArray(kind, [convert(item, kind) for item in owner.items])
)
d.ARRAY_LIST.constructor("new()", "new(int capacity)", "new(System.Collections.ICollection c)")(
    lambda source=None: c.ArrayList(
        items_of(source) if isinstance(source, (list, c.ListBase, c.DictionaryBase)) else ()
    )
)
d.ARRAY_LIST.static_method("System.Collections.ArrayList Synchronized(System.Collections.ArrayList list)")(
    lambda owner: owner
)


def _cast_array_list(value: Any, ctx: Any) -> Any:
    if value is None or isinstance(value, c.ArrayList):
        return value
    if isinstance(value, (list, c.ListBase)):
        return c.ArrayList(value)
    if isinstance(value, c.DictionaryBase):
        raise CastFault()
    return c.ArrayList([value])


d.ARRAY_LIST.convert = _cast_array_list

for _kind in (d.GENERIC_LIST, d.COLLECTION, d.STRING_COLLECTION):

    @_kind.method("void Add(T item)")
    def _list_add(owner: Any, item: Any) -> Any:
        owner.items.append(item)

    _kind.method("bool Remove(T item)")(drop_item)


def _block_test(test: Any, ctx: Any) -> Any:
    def run(item: Any) -> bool:
        out = ctx.invoke(test, [item])
        return to_bool(out[0] if len(out) == 1 else out)

    return run


LIST = d.GENERIC_LIST
LIST.method("T Find(delegate match)", ctx=True)(
    lambda owner, test, ctx: next(filter(_block_test(test, ctx), owner.items), None)
)
LIST.method("object FindAll(delegate match)", ctx=True)(
    lambda owner, test, ctx: c.GenericList(owner.net, filter(_block_test(test, ctx), owner.items))
)
LIST.method("bool Exists(delegate match)", ctx=True)(
    lambda owner, test, ctx: any(map(_block_test(test, ctx), owner.items))
)
LIST.method("bool TrueForAll(delegate match)", ctx=True)(
    lambda owner, test, ctx: all(map(_block_test(test, ctx), owner.items))
)
LIST.method("int FindIndex(delegate match)", ctx=True)(
    lambda owner, test, ctx: next(
        (n for n, item in enumerate(owner.items) if _block_test(test, ctx)(item)), -1
    )
)


@LIST.method("int RemoveAll(delegate match)", ctx=True)
def _remove_all(owner: Any, test: Any, ctx: Any) -> int:
    keep = [item for item in owner.items if not _block_test(test, ctx)(item)]
    removed = len(owner.items) - len(keep)
    owner.items[:] = keep
    return removed


@LIST.method("void Sort(delegate comparison)", ctx=True)
def _sort_by(owner: Any, comparison: Any, ctx: Any) -> None:
    def order(a: Any, b: Any) -> int:
        out = ctx.invoke(comparison, [a, b])
        return int(cast(out[0] if out else 0, d.INT32, ctx))

    owner.items[:] = _sort_items(owner.items, order)


LIST.method("object AsReadOnly()")(
    lambda owner: c.GenericList(d.generic_type(d.READ_ONLY_COLLECTION, [element_type(owner)]), owner.items)
)


def _new_list(kind: NetType, args: list[Any], ctx: Any) -> Any:
    made = c.GenericList(kind)
    if args and isinstance(args[0], (list, c.ListBase, c.DictionaryBase)):
        made.items = [typed_item(made, item) for item in items_of(args[0])]
    elif args and isinstance(args[0], str):
        made.items = [typed_item(made, args[0])]
    return made


for _kind in (LIST, d.COLLECTION, d.READ_ONLY_COLLECTION, d.STRING_COLLECTION):
    _kind.raw_constructor = _new_list
