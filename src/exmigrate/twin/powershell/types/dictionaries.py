"""Members of dictionaries and their entries."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.convert import convert
from exmigrate.twin.powershell.faults import (
    argument_null,
    bad_argument,
    out_of_range,
)
from exmigrate.twin.powershell.typeinfo import NetType
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.collection_members import OUT_OF_RANGE, same
from exmigrate.twin.powershell.types.texts import to_text

# Dictionaries ---------------------------------------------------------------------------------------------

_TABLES = (d.HASHTABLE, d.ORDERED, d.DICTIONARY, d.SORTED_LIST, d.SORTED_DICTIONARY)


class View(c.ListBase):
    """The keys or values of a dictionary, taken when asked for."""

    __slots__ = ("net",)

    def __init__(self, net: NetType, items: list[Any]):
        super().__init__(items)
        self.net = net


_VIEWS: dict[tuple[str, str], NetType] = {}


def _view_type(table: c.DictionaryBase, what: str) -> NetType:
    name = d.type_of(table).name.partition("[")[0]
    found = _VIEWS.get((name, what))
    if found is None:
        suffix = f"+{what}Collection"
        found = NetType(
            name + suffix,
            d.OBJECT,
            interfaces=("System.Collections.ICollection", "System.Collections.IEnumerable"),
        )
        found.prop("Count", lambda view, ctx: len(view.items), type_name="System.Int32")
        found.method("System.Collections.IEnumerator GetEnumerator()")(
            lambda view: c.Enumerator(list(view.items))
        )
        found.method("bool Contains(object value)")(
            lambda view, value: any(same(one, value) for one in view.items)
        )

        @found.method("void CopyTo(array array, int index)")
        def _copy_view(view: View, target: Any, index: int) -> None:
            target[index : index + len(view.items)] = view.items

        _VIEWS[(name, what)] = found
    return found


def _keys(table: c.DictionaryBase, ctx: Any) -> View:
    return View(_view_type(table, "Key"), table.keys())


def _values(table: c.DictionaryBase, ctx: Any) -> View:
    return View(_view_type(table, "Value"), table.values())


def _entries(table: c.DictionaryBase) -> list[Any]:
    net = None
    if isinstance(table, c.Dictionary):
        net = d.generic_type(d.KEY_VALUE, list(table.net.arguments) or [d.OBJECT, d.OBJECT])
    return [c.DictionaryEntry(key, value, net) for key, value in table.items()]


def entries(table: c.DictionaryBase) -> list[Any]:
    """The entries of a dictionary as objects with Key and Value."""
    return _entries(table)


def _typed_key(table: c.DictionaryBase, key: Any) -> Any:
    if key is None:
        raise argument_null("key")
    if isinstance(table, c.Dictionary) and table.net.arguments:
        return convert(key, table.net.arguments[0])
    return key.base if type(key) is v.Boxed else key


def _add(table: c.DictionaryBase, key: Any, value: Any) -> None:
    key = _typed_key(table, key)
    if key in table:
        shown = to_text(key)
        if isinstance(table, c.Dictionary):
            raise bad_argument(f"An item with the same key has already been added. Key: {shown}")
        found = next(known for known in table.keys() if table.normal(known) == table.normal(key))  # noqa: SIM118
        raise bad_argument(
            f"Item has already been added. Key in dictionary: '{to_text(found)}'  Key being added: '{shown}'"
        )
    if isinstance(table, c.Dictionary) and table.net.arguments:
        value = convert(value, table.net.arguments[1])
    table[key] = value


for _kind in _TABLES:
    _kind.prop("Count", lambda table, ctx: len(table), type_name="System.Int32")
    _kind.prop("Keys", _keys, type_name="System.Collections.ICollection")
    _kind.prop("Values", _values, type_name="System.Collections.ICollection")
    _kind.prop("IsReadOnly", lambda table, ctx: False, type_name="System.Boolean")
    _kind.prop("IsFixedSize", lambda table, ctx: False, type_name="System.Boolean")
    _kind.prop("IsSynchronized", lambda table, ctx: False, type_name="System.Boolean")
    _kind.prop("SyncRoot", lambda table, ctx: table)
    _kind.method("void Add(object key, object value)")(_add)
    _kind.method("bool ContainsKey(object key)", "bool Contains(object key)")(
        lambda table, key: _typed_key(table, key) in table
    )
    _kind.method("bool ContainsValue(object value)")(
        lambda table, value: any(same(one, value) for one in table.values())
    )
    _kind.method("void Clear()")(lambda table: table.clear())
    _kind.method("System.Collections.IDictionaryEnumerator GetEnumerator()")(
        lambda table: c.Enumerator(_entries(table))
    )
    _kind.method("object get_Item(object key)")(lambda table, key: table.get(key))

    @_kind.method("void set_Item(object key, object value)")
    def _set_item(table: c.DictionaryBase, key: Any, value: Any) -> None:
        table[_typed_key(table, key)] = value


for _kind in (d.HASHTABLE, d.ORDERED, d.SORTED_LIST):

    @_kind.method("void Remove(object key)")
    def _remove(table: c.DictionaryBase, key: Any) -> None:
        table.remove(_typed_key(table, key))


for _kind in (d.DICTIONARY, d.SORTED_DICTIONARY):
    _kind.method("bool Remove(TKey key)")(lambda table, key: table.remove(_typed_key(table, key)))

    @_kind.method("bool TryGetValue(TKey key, ref value)")
    def _try_get(table: c.DictionaryBase, key: Any, reference: Any) -> bool:
        found = key in table
        reference.assign(table.get(key))
        return found

    @_kind.method("bool TryAdd(TKey key, TValue value)")
    def _try_add(table: c.DictionaryBase, key: Any, value: Any) -> bool:
        if key in table:
            return False
        table[key] = value
        return True


d.HASHTABLE.method("object Clone()")(lambda table: c.Hashtable(table.items(), table.ignore_case))
d.SORTED_LIST.method("object Clone()")(lambda table: c.SortedList(table.items(), table.ignore_case))


@d.HASHTABLE.method("void CopyTo(array array, int arrayIndex)")
def _table_copy(table: c.DictionaryBase, target: Any, index: int) -> None:
    target[index : index + len(table)] = _entries(table)


d.HASHTABLE.static_method("hashtable Synchronized(hashtable table)")(lambda table: table)


@d.HASHTABLE.constructor(
    "new()",
    "new(int capacity)",
    "new(System.Collections.IDictionary d)",
    "new(System.StringComparer comparer)",
)
def _new_hashtable(source: Any = None) -> c.Hashtable:
    table = c.Hashtable(ignore_case=bool(getattr(source, "ignore_case", False)))
    if isinstance(source, c.DictionaryBase):
        table.ignore_case = False
        for key, value in source.items():
            table[key] = value
    return table


d.ORDERED.constructor("new()", "new(int capacity)", "new(System.StringComparer comparer)")(
    lambda comparer=None: c.OrderedDictionary(ignore_case=bool(getattr(comparer, "ignore_case", False)))
)


@d.ORDERED.method("void Insert(int index, object key, object value)")
def _ordered_insert(table: c.OrderedDictionary, index: int, key: Any, value: Any) -> None:
    if not 0 <= index <= len(table):
        raise out_of_range("Index was out of range.", "index")
    if key in table:
        raise bad_argument(
            f"Item has already been added. Key in dictionary: '{to_text(key)}'  Key being added: '{to_text(key)}'"
        )
    table.insert(index, key, value)


@d.ORDERED.method("void RemoveAt(int index)")
def _ordered_remove_at(table: c.OrderedDictionary, index: int) -> None:
    if not 0 <= index < len(table):
        raise out_of_range(OUT_OF_RANGE, "index")
    table.remove(table.keys()[index])


@d.SORTED_LIST.constructor("new()", "new(int capacity)", "new(System.Collections.IDictionary d)")
def _new_sorted(source: Any = None) -> c.SortedList:
    return c.SortedList(source.items() if isinstance(source, c.DictionaryBase) else (), ignore_case=False)


d.SORTED_LIST.method("object GetKey(int index)")(lambda table, index: table.keys()[index])
d.SORTED_LIST.method("object GetByIndex(int index)")(lambda table, index: table.values()[index])
d.SORTED_LIST.method("object GetValueList()")(lambda table: table.values())
d.SORTED_LIST.method("object GetKeyList()")(lambda table: table.keys())
d.SORTED_LIST.method("int IndexOfKey(object key)")(
    lambda table, key: table.keys().index(key) if key in table else -1
)


@d.SORTED_LIST.method("void RemoveAt(int index)")
def _sorted_remove_at(table: c.SortedList, index: int) -> None:
    table.remove(table.keys()[index])


def _new_dictionary(kind: NetType, args: list[Any], ctx: Any) -> c.Dictionary:
    first = args[0] if args else None
    comparer = next(
        (arg for arg in args if hasattr(arg, "ignore_case") and not isinstance(arg, c.DictionaryBase)), None
    )
    made = c.Dictionary(kind, (), bool(getattr(comparer, "ignore_case", False)))
    if isinstance(first, c.DictionaryBase):
        for key, value in first.items():
            made[convert(key, kind.arguments[0], ctx)] = convert(value, kind.arguments[1], ctx)
    return made


d.DICTIONARY.raw_constructor = _new_dictionary
d.SORTED_DICTIONARY.raw_constructor = _new_dictionary
for _kind in (d.ENTRY, d.KEY_VALUE):
    _kind.prop("Name", lambda entry, ctx: entry.key) if _kind is d.ENTRY else None
    _kind.prop(
        "Key",
        lambda entry, ctx: entry.key,
        (lambda e, new, ctx: setattr(e, "key", new)) if _kind is d.ENTRY else None,
    )
    _kind.prop(
        "Value",
        lambda entry, ctx: entry.value,
        (lambda e, new, ctx: setattr(e, "value", new)) if _kind is d.ENTRY else None,
    )


def _new_pair(kind: NetType, args: list[Any], ctx: Any) -> c.DictionaryEntry:
    if len(args) != 2:
        raise bad_argument("A KeyValuePair takes a key and a value.")
    values = [convert(value, wanted, ctx) for value, wanted in zip(args, kind.arguments, strict=True)]
    return c.DictionaryEntry(values[0], values[1], kind)


d.KEY_VALUE.raw_constructor = _new_pair
d.ENTRY.constructor("new(object key, object value)")(lambda key, value: c.DictionaryEntry(key, value))
