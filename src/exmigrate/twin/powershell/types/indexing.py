"""``$value[index]``: arrays, slices, text, dictionaries and the indexers of types."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.convert import convert, try_convert
from exmigrate.twin.powershell.errors import NetException, PSError, error
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.types import declared as d


def _null_array(ctx: Any) -> PSError:
    return error("Cannot index into a null array.", "NullArray", "InvalidOperation")


def get_index(value: Any, indexes: list[Any], ctx: Any) -> Any:
    """The element at one index (or at several, for rectangular arrays); a list of indexes gives a slice.

    Outside of the bounds is ``$null`` (an error under strict mode 3).
    """
    if type(value) is list and len(indexes) == 1 and type(indexes[0]) is int:
        number = indexes[0]
        if -len(value) <= number < len(value):
            return value[number]
        return _outside(number, ctx)
    if value is None:
        raise _null_array(ctx)
    if type(value) is v.Boxed:
        value = value.base
    if isinstance(value, c.DictionaryBase):
        return _from_dictionary(value, indexes[0] if len(indexes) == 1 else indexes, ctx)
    if isinstance(value, v.MultiArray):
        return _from_cells(value, indexes)
    kind = d.type_of(value)
    index = indexes[0] if len(indexes) == 1 else indexes
    if isinstance(value, (list, c.ArrayList, c.GenericList, str)):
        return _from_list(value, index, ctx)
    indexer = next((k.indexer for k in kind.chain() if k.indexer is not None), None)
    if indexer is not None:
        return _by_indexer(indexer, value, index, indexes, ctx)
    if isinstance(value, c.ListBase):
        return _from_list(value, index, ctx)
    if ctx.level != "2.0" and _is_zero(index):
        return value if index in (0, -1) else None
    raise error(
        f"Unable to index into an object of type {kind.name}.", "CannotIndex", "InvalidOperation", value
    )


def _is_zero(index: Any) -> bool:
    return type(index) is int


def _by_indexer(indexer: Any, value: Any, index: Any, indexes: list[Any], ctx: Any) -> Any:
    if isinstance(index, list) and len(indexes) == 1:
        return [indexer(value, [one], ctx) for one in index]
    try:
        return indexer(value, indexes, ctx)
    except NetFault as fault:
        raise error(
            fault.message,
            fault.kind.rpartition(".")[2],
            "OperationStopped",
            exception="System.Management.Automation.GetValueInvocationException",
            inner=NetException(fault.kind, fault.message),
        ) from None


def _from_list(value: Any, index: Any, ctx: Any) -> Any:
    items = value.items if isinstance(value, c.ListBase) else value
    if isinstance(index, (list, c.ListBase)):
        return _slice(items, index, ctx, isinstance(value, str))
    number = _position(index)
    if not -len(items) <= number < len(items):
        return _outside(number, ctx)
    return v.Char(items[number]) if isinstance(value, str) else items[number]


def _position(index: Any) -> int:
    return int(convert(index, d.INT32))


def _slice(items: Any, indexes: Any, ctx: Any, text: bool) -> list[Any]:
    out = []
    size = len(items)
    for index in indexes:
        number = index if type(index) is int else _position(index)
        if -size <= number < size:
            out.append(v.Char(items[number]) if text else items[number])
        elif ctx.strict >= 3:
            _outside(number, ctx)
    return out


def _outside(index: int, ctx: Any) -> None:
    if ctx.strict >= 3:
        raise error(
            "Index was outside the bounds of the array.",
            "System.IndexOutOfRangeException",
            "OperationStopped",
            exception="System.IndexOutOfRangeException",
        )


def _from_dictionary(value: c.DictionaryBase, key: Any, ctx: Any) -> Any:
    if key is None:
        if isinstance(value, c.Hashtable) and ctx.level != "2.0":
            return None
        raise error(
            "Index operation failed; the array index evaluated to null.", "NullArrayIndex", "InvalidOperation"
        )
    if isinstance(key, (list, c.ListBase)) and not isinstance(value, c.Dictionary):
        return [_one_entry(value, one, ctx) for one in key]
    return _one_entry(value, key, ctx)


def _one_entry(value: c.DictionaryBase, key: Any, ctx: Any) -> Any:
    if isinstance(value, c.OrderedDictionary) and type(key) is int:
        size = len(value)
        if not -size <= key < size:
            return None
        return value.at(key)
    if isinstance(value, c.Dictionary) and value.net.arguments:
        converted, typed = try_convert(key, value.net.arguments[0], ctx)
        key = typed if converted else key
    if type(key) is v.Boxed:
        key = key.base
    return value.get(key)


def _from_cells(value: v.MultiArray, indexes: list[Any]) -> Any:
    if len(indexes) == 1 and isinstance(indexes[0], list):
        indexes = indexes[0]
    numbers = [_position(index) for index in indexes]
    if len(numbers) != len(value.lengths):
        raise error(
            f"The number of dimensions of the array ({len(value.lengths)}) does not match the number of indexes.",
            "NeedMultidimensionalIndex",
            "InvalidOperation",
        )
    try:
        return value.cells[value.offset(numbers)]
    except IndexError:
        return None


def set_index(value: Any, indexes: list[Any], new: Any, ctx: Any) -> None:
    """``$value[index] = new``; outside of the bounds is an error."""
    if type(value) is list and len(indexes) == 1 and type(indexes[0]) is int:
        number = indexes[0]
        if -len(value) <= number < len(value):
            value[number] = new
            return
    if value is None:
        raise _null_array(ctx)
    if type(value) is v.Boxed:
        value = value.base
    index = indexes[0] if len(indexes) == 1 else indexes
    if isinstance(value, c.DictionaryBase):
        _into_dictionary(value, index, new, ctx)
        return
    if isinstance(value, v.MultiArray):
        _into_cells(value, indexes, new, ctx)
        return
    if isinstance(value, (list, c.ArrayList, c.GenericList, c.BitArray)):
        _into_list(value, index, new, ctx)
        return
    kind = d.type_of(value)
    setter = next((k.index_setter for k in kind.chain() if k.index_setter is not None), None)
    if setter is None:
        raise error(
            f"Unable to index into an object of type {kind.name}.", "CannotIndex", "InvalidOperation", value
        )
    setter(value, indexes, new, ctx)


def _into_list(value: Any, index: Any, new: Any, ctx: Any) -> None:
    if isinstance(index, list):
        raise error(
            "Assignment to a slice is not supported.",
            "ArraySliceAssignmentFailed",
            "InvalidOperation",
        )
    number = _position(index)
    items = value.items if isinstance(value, c.ListBase) else value
    if not -len(items) <= number < len(items):
        raise error(
            "Index was outside the bounds of the array."
            if isinstance(value, list)
            else "Index was out of range. Must be non-negative and less than the size of the collection. "
            "(Parameter 'index')",
            "System.IndexOutOfRangeException"
            if isinstance(value, list)
            else "System.ArgumentOutOfRangeException",
            "OperationStopped",
            exception="System.IndexOutOfRangeException"
            if isinstance(value, list)
            else "System.ArgumentOutOfRangeException",
        )
    items[number] = _element(value, new, ctx)


def _element(value: Any, new: Any, ctx: Any) -> Any:
    if isinstance(value, v.TypedArray):
        return convert(new, value.element, ctx)
    if isinstance(value, c.GenericList) and value.net.arguments:
        return convert(new, value.net.arguments[0], ctx)
    return new


def _into_dictionary(value: c.DictionaryBase, key: Any, new: Any, ctx: Any) -> None:
    if key is None:
        raise error(
            "Index operation failed; the array index evaluated to null.", "NullArrayIndex", "InvalidOperation"
        )
    if isinstance(value, c.OrderedDictionary) and type(key) is int:
        if not 0 <= key < len(value):
            raise error(
                "Index was out of range. Must be non-negative and less than the size of the collection. "
                "(Parameter 'index')",
                "System.ArgumentOutOfRangeException",
                "OperationStopped",
                exception="System.ArgumentOutOfRangeException",
            )
        value.set_at(key, new)
        return
    if isinstance(value, c.Dictionary) and value.net.arguments:
        key = convert(key, value.net.arguments[0], ctx)
        new = convert(new, value.net.arguments[1], ctx)
    value[key.base if type(key) is v.Boxed else key] = new


def _into_cells(value: v.MultiArray, indexes: list[Any], new: Any, ctx: Any) -> None:
    if len(indexes) == 1 and isinstance(indexes[0], list):
        indexes = indexes[0]
    try:
        value.cells[value.offset([_position(index) for index in indexes])] = convert(new, value.element, ctx)
    except (IndexError, ValueError):
        raise error(
            "Index was outside the bounds of the array.",
            "System.IndexOutOfRangeException",
            "OperationStopped",
            exception="System.IndexOutOfRangeException",
        ) from None
