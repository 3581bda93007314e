"""Members of arrays, dictionaries, lists, queues, stacks and sets."""

from __future__ import annotations

from functools import cmp_to_key
from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.compare import compare
from exmigrate.twin.powershell.convert import convert, to_bool
from exmigrate.twin.powershell.faults import (
    NetFault,
    bad_argument,
    invalid_operation,
)
from exmigrate.twin.powershell.typeinfo import NetType
from exmigrate.twin.powershell.types import declared as d

_FIXED = "Collection was of a fixed size."
OUT_OF_RANGE = "Index was out of range. Must be non-negative and less than the size of the collection."


def _not_supported(message: str) -> NetFault:
    return NetFault("System.NotSupportedException", message)


def same(a: Any, b: Any) -> bool:
    """Equality as .NET's ``Equals`` has it: type and value, text with case."""
    if type(a) is type(b):
        if isinstance(a, (list, v.PSObject, c.DictionaryBase, c.ListBase)):
            return a is b
        return bool(a == b)
    return a is b


def _sorted(items: list[Any]) -> list[Any]:
    try:
        return sorted(items, key=cmp_to_key(lambda a, b: compare(a, b, False)))
    except Exception as fault:
        raise invalid_operation("Failed to compare two elements in the array.") from fault


def _generic(kind: NetType, default: Any = None) -> NetType:
    return kind.arguments[0] if kind.arguments else d.OBJECT


# Arrays ---------------------------------------------------------------------------------------------------

A = d.ARRAY
A.prop(
    "Length", lambda a, ctx: len(a.cells) if isinstance(a, v.MultiArray) else len(a), type_name="System.Int32"
)
A.prop("LongLength", lambda a, ctx: v.Int64(len(a)), type_name="System.Int64")
A.prop(
    "Count", lambda a, ctx: len(a.cells) if isinstance(a, v.MultiArray) else len(a), type_name="System.Int32"
)
A.prop("Rank", lambda a, ctx: len(a.lengths) if isinstance(a, v.MultiArray) else 1, type_name="System.Int32")
A.prop("IsFixedSize", lambda a, ctx: True, type_name="System.Boolean")
A.prop("IsReadOnly", lambda a, ctx: False, type_name="System.Boolean")
A.prop("IsSynchronized", lambda a, ctx: False, type_name="System.Boolean")
A.prop("SyncRoot", lambda a, ctx: a)


def copy_array(a: Any, items: Any = None) -> Any:
    """A new array of the same element type with the same (or given) elements."""
    items = a if items is None else items
    return v.TypedArray(a.element, items) if isinstance(a, v.TypedArray) else list(items)


A.method("object Clone()")(copy_array)
A.method("int GetLength(int dimension)")(lambda a, n: a.lengths[n] if isinstance(a, v.MultiArray) else len(a))
A.method("int GetUpperBound(int dimension)")(
    lambda a, n: (a.lengths[n] if isinstance(a, v.MultiArray) else len(a)) - 1
)
A.method("int GetLowerBound(int dimension)")(lambda a, n: 0)
A.method("System.Collections.IEnumerator GetEnumerator()")(lambda a: c.Enumerator(list(a)))


@A.method("object GetValue(int index)")
def _get_value(a: Any, index: int) -> Any:
    if not 0 <= index < len(a):
        raise NetFault("System.IndexOutOfRangeException", "Index was outside the bounds of the array.")
    return a[index]


@A.method("void SetValue(object value, int index)")
def _set_value(a: Any, value: Any, index: int) -> None:
    a[index] = convert(value, a.element) if isinstance(a, v.TypedArray) else value


@A.method("void CopyTo(array array, int index)")
def _copy_to(a: Any, target: Any, index: int) -> None:
    if index + len(a) > len(target):
        raise bad_argument(
            "Destination array was not long enough. Check the destination index, length, and the array's lower bounds.",
            "destinationArray",
        )
    target[index : index + len(a)] = list(a)


A.method("bool Contains(object value)")(lambda a, value: any(same(item, value) for item in a))
A.method("int IndexOf(object value)")(
    lambda a, value: next((n for n, item in enumerate(a) if same(item, value)), -1)
)


def _refuse(*signatures: str) -> None:
    @A.method(*signatures)
    def _fixed(a: Any, *args: Any) -> None:
        raise _not_supported(_FIXED)


_refuse(
    "int Add(object value)",
    "void Insert(int index, object value)",
    "void Remove(object value)",
    "void RemoveAt(int index)",
)


@A.method("void Clear()")
def _clear_array(a: Any) -> None:
    from exmigrate.twin.powershell.types.construct import default_of

    filler = default_of(a.element) if isinstance(a, v.TypedArray) else None
    a[:] = [filler] * len(a)


@A.static_method("void Sort(array array)", "void Sort(array array, object comparer)")
def _sort(a: Any, comparer: Any = None) -> None:
    a[:] = _sorted(list(a))


@A.static_method("void Reverse(array array)", "void Reverse(array array, int index, int length)")
def _reverse(a: Any, index: int = 0, length: int | None = None) -> None:
    end = len(a) if length is None else index + length
    a[index:end] = a[index:end][::-1]


@A.static_method(
    "int IndexOf(array array, object value)", "int IndexOf(array array, object value, int startIndex)"
)
def _index_of(a: Any, value: Any, start: int = 0) -> int:
    if isinstance(a, v.TypedArray):
        value = convert(value, a.element)
    return next((n for n in range(start, len(a)) if same(a[n], value)), -1)


A.static_method("int LastIndexOf(array array, object value)")(
    lambda a, value: next((n for n in range(len(a) - 1, -1, -1) if same(a[n], value)), -1)
)


@A.static_method("void Copy(array sourceArray, array destinationArray, int length)")
def _copy(source: Any, target: Any, length: int) -> None:
    _copy_range(source, 0, target, 0, length)


@A.static_method(
    "void Copy(array sourceArray, int sourceIndex, array destinationArray, int destinationIndex, int length)"
)
def _copy_range(source: Any, start: int, target: Any, at: int, length: int) -> None:
    if start + length > len(source) or at + length > len(target):
        raise bad_argument(
            "Source array was not long enough. Check the source index, length, and the array's lower bounds.",
            "sourceArray",
        )
    target[at : at + length] = list(source[start : start + length])


@A.static_method("void Clear(array array, int index, int length)")
def _clear_range(a: Any, index: int, length: int) -> None:
    from exmigrate.twin.powershell.types.construct import default_of

    filler = default_of(a.element) if isinstance(a, v.TypedArray) else None
    a[index : index + length] = [filler] * length


@A.static_method("void Resize(ref array, int newSize)")
def _resize(reference: Any, size: int) -> None:
    old = reference.read() or []
    reference.assign(copy_array(old, [*old[:size], *[None] * (size - len(old))]))


@A.static_method("array CreateInstance(type elementType, int length)", ctx=True)
def _create(kind: NetType, length: int, ctx: Any) -> Any:
    from exmigrate.twin.powershell.types.construct import construct_raw

    return construct_raw(d.array_type(kind), [length], ctx)


def _true(block: Any, item: Any, ctx: Any) -> bool:
    out = ctx.invoke(block, [item])
    return to_bool(out[0] if len(out) == 1 else out)


A.static_method("object[] FindAll(array array, delegate match)", ctx=True)(
    lambda a, test, ctx: [item for item in a if _true(test, item, ctx)]
)
A.static_method("object Find(array array, delegate match)", ctx=True)(
    lambda a, test, ctx: next((item for item in a if _true(test, item, ctx)), None)
)
A.static_method("bool Exists(array array, delegate match)", ctx=True)(
    lambda a, test, ctx: any(_true(test, item, ctx) for item in a)
)
