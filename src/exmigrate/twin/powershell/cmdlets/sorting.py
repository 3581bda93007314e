"""Sort-Object, Group-Object, Get-Unique and Compare-Object."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.cmdlets.properties import Column, columns, expand
from exmigrate.twin.powershell.compare import compare, equals
from exmigrate.twin.powershell.convert import to_bool
from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.text.collation import full_key, text_key
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.psobject import add_to, property_names
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.types.typenames import type_names
from exmigrate.twin.powershell.values import MISSING

_NUMBER = (int, float, Decimal)
Key = Callable[[Any], Any]


def collect(call: Call) -> None:
    """``process`` of cmdlets that need all of their input: keeps it in ``state['items']``."""
    items = call.state.setdefault("items", [])
    if "InputObject" in call.bound:
        value = call.bound["InputObject"]
        if value is not None:
            items.append(value)


def sort_values(values: list[Any], case_sensitive: bool, ctx: Any) -> list[Any]:
    """Keys by which values sort as PowerShell orders them: native ones where all are of one kind."""
    kinds = {type(value) for value in values}
    if kinds <= {int, float, bool} or kinds <= {int, v.Int64, float, v.UInt32, v.UInt64, v.Byte, v.Int16}:
        return values
    if kinds == {str}:
        return [full_key(value) if case_sensitive else (text_key(value), value.lower()) for value in values]
    if len(kinds) == 1 and next(iter(kinds)) in (s.DateTime, s.TimeSpan, s.Version, s.Guid):
        return values
    make = cmp_to_key(lambda a, b: order(a, b, case_sensitive, ctx))
    return [make(value) for value in values]


def order(a: Any, b: Any, case_sensitive: bool, ctx: Any) -> int:
    """The order of two values; what has none of its own is ordered by its text."""
    if a is MISSING:
        a = None
    if b is MISSING:
        b = None
    try:
        return compare(a, b, not case_sensitive, ctx)
    except PSError:
        x, y = to_text(a, ctx), to_text(b, ctx)
        return compare(x, y, not case_sensitive)


def sort_items(
    items: list[Any], wanted: list[Column], descending: bool, case_sensitive: bool, ctx: Any
) -> list[Any]:
    """Objects sorted by columns, stable; the last column first, each pass keeping the order of equals."""
    result = list(items)
    if not wanted:
        return _one_pass(result, result, descending, case_sensitive, ctx)
    for column in reversed(wanted):
        options = column.options
        down = descending
        if "descending" in options:
            down = to_bool(options["descending"])
        elif "ascending" in options:
            down = not to_bool(options["ascending"])
        values = [None if (found := column.get(item)) is MISSING else found for item in result]
        result = _one_pass(result, values, down, case_sensitive, ctx)
    return result


def _one_pass(items: list[Any], values: list[Any], down: bool, case_sensitive: bool, ctx: Any) -> list[Any]:
    keys = sort_values(values, case_sensitive, ctx)
    positions = sorted(range(len(items)), key=keys.__getitem__, reverse=down)
    return [items[position] for position in positions]


def _spread(wanted: list[Column], items: list[Any], call: Call) -> list[Column]:
    """Columns with wildcards replaced by one column for each name that the first object has."""
    out: list[Column] = []
    for column in wanted:
        if column.pattern is None:
            out.append(column)
        elif items:
            out.extend(columns(call, [name for name, _ in expand(column, items[0], call.session)]))
    return out


def _sort_end(call: Call) -> None:
    items = call.state.get("items", [])
    given = call.bound.get("Property")
    wanted = _spread(columns(call, given), items, call) if given is not None else _defaults(items, call)
    case_sensitive = call.flag("CaseSensitive")
    down = call.flag("Descending")
    result = sort_items(items, wanted, down, case_sensitive, call.session)
    for column in wanted:
        if column.failed is not None:
            call.write_error_record(column.failed.record)
    if call.flag("Unique"):
        result = _unique(result, wanted, case_sensitive, call.session)
    top, bottom = call.bound.get("Top"), call.bound.get("Bottom")
    if top is not None:
        result = result[: int(top)]
    elif bottom is not None:
        result = result[-int(bottom) :] if bottom else []
    for item in result:
        call.write(item)


def _defaults(items: list[Any], call: Call) -> list[Column]:
    """The default sort columns of a type (its default display properties, in life), none for plain values."""
    if items and isinstance(items[0], v.NetObject):
        display = next((kind.display for kind in d.type_of(items[0]).chain() if kind.display), ())
        if display:
            return columns(call, [display[0]])
    return []


def _unique(items: list[Any], wanted: list[Column], case_sensitive: bool, ctx: Any) -> list[Any]:
    out: list[Any] = []
    last: list[Any] | None = None
    for item in items:
        key = [column.get(item) for column in wanted] if wanted else [item]
        if last is None or not all(_tied(a, b, case_sensitive, ctx) for a, b in zip(key, last, strict=True)):
            out.append(item)
        last = key
    return out


def _tied(a: Any, b: Any, case_sensitive: bool, ctx: Any) -> bool:
    return order(a, b, case_sensitive, ctx) == 0


# Group-Object --------------------------------------------------------------------------------------------

GROUP_INFO = v.record_type(
    "Microsoft.PowerShell.Commands.GroupInfo",
    {
        "Values": "System.Collections.ArrayList",
        "Count": "System.Int32",
        "Group": "System.Collections.ObjectModel.Collection`1",
        "Name": "System.String",
    },
)
GROUP_INFO_NO_ELEMENT = v.record_type(
    "Microsoft.PowerShell.Commands.GroupInfoNoElement",
    {"Values": "System.Collections.ArrayList", "Count": "System.Int32", "Name": "System.String"},
    base=GROUP_INFO,
)


def _group_key(value: Any, case_sensitive: bool) -> Any:
    if type(value) is str:
        return value if case_sensitive else value.lower()
    if isinstance(value, bool) or value is None:
        return (type(value), value)
    if isinstance(value, _NUMBER):
        return float(value) if -(2**53) < value < 2**53 else value
    if s.is_scalar(value) or isinstance(value, v.EnumValue):
        return value
    return (str, to_text(value).lower())


def _group_end(call: Call) -> None:
    items = call.state.get("items", [])
    given = call.bound.get("Property")
    wanted = _spread(columns(call, given), items, call) if given is not None else []
    case_sensitive = call.flag("CaseSensitive")
    groups: dict[Any, tuple[list[Any], list[Any]]] = {}
    for item in items:
        values = (
            [None if (found := one.get(item)) is MISSING else found for one in wanted] if wanted else [item]
        )
        key = tuple([_group_key(value, case_sensitive) for value in values])
        found_group = groups.get(key)
        if found_group is None:
            groups[key] = (values, [item])
        else:
            found_group[1].append(item)
    ordered = list(groups.values())
    if call.level == "7":
        for position in range((len(ordered[0][0]) if ordered else 0) - 1, -1, -1):
            keys = [values[position] for values, _ in ordered]
            ordered = _one_pass(ordered, keys, False, case_sensitive, call.session)
    if call.flag("AsHashTable"):
        _write_table(call, ordered)
        return
    for values, members in ordered:
        call.write(_group(call, values, members))


def _group(call: Call, values: list[Any], members: list[Any]) -> v.Record:
    name = ", ".join(to_text(value, call.session) for value in values)
    record = {"Values": c.ArrayList(values), "Count": len(members), "Name": name}
    if call.flag("NoElement"):
        return v.Record(GROUP_INFO_NO_ELEMENT, record)
    collection = c.GenericList(d.generic_type(d.COLLECTION, [d.PSOBJECT]), members)
    return v.Record(GROUP_INFO, {**record, "Group": collection})


def _write_table(call: Call, groups: list[tuple[list[Any], list[Any]]]) -> None:
    table = c.Hashtable(ignore_case=not call.flag("CaseSensitive"))
    for values, members in groups:
        key = (
            ", ".join(to_text(value, call.session) for value in values)
            if call.flag("AsString")
            else values[0]
        )
        if key is None:
            key = ""
        collection = c.GenericList(d.generic_type(d.COLLECTION, [d.PSOBJECT]), members)
        table[key] = collection
    call.write(table)


# Get-Unique --------------------------------------------------------------------------------------------------


def _unique_process(call: Call) -> None:
    value = call.bound.get("InputObject")
    state = call.state
    if "last" in state:
        if call.flag("OnType"):
            same = type_names(value) == type_names(state["last"])
        else:
            text, last = to_text(value, call.session), to_text(state["last"], call.session)
            same = text.lower() == last.lower() if call.flag("CaseInsensitive") else text == last
        if same:
            return
    state["last"] = value
    call.write(value)


# Compare-Object ----------------------------------------------------------------------------------------------


def _compare_process(call: Call) -> None:
    items = call.bound.get("DifferenceObject")
    if call.input is not None and "DifferenceObject" in call.bound:
        call.state.setdefault("difference", []).extend(items or [])
    else:
        call.state["difference"] = list(items or [])


def _compare_end(call: Call) -> None:
    reference = list(call.bound.get("ReferenceObject") or [])
    difference = call.state.get("difference", [])
    names = columns(call, call.bound["Property"]) if call.bound.get("Property") is not None else []
    window = int(call.bound.get("SyncWindow", 2**31 - 1))
    equal: list[tuple[Any, Any]] = []
    pending = list(enumerate(reference))
    extra: list[Any] = []
    keys = {position: _compare_key(item, names) for position, item in pending}
    for position, item in enumerate(difference):
        key = _compare_key(item, names)
        match = next(
            (
                entry
                for entry in pending
                if abs(entry[0] - position) <= window and _keys_equal(keys[entry[0]], key, call)
            ),
            None,
        )
        if match is None:
            extra.append(item)
        else:
            pending.remove(match)
            equal.append((match[1], item))
    include = call.flag("IncludeEqual") or (call.flag("ExcludeDifferent") and call.level == "7")
    if include:
        for item, _ in equal:
            _write_side(call, item, "==", names)
    if not call.flag("ExcludeDifferent"):
        for item in extra:
            _write_side(call, item, "=>", names)
        for _, item in pending:
            _write_side(call, item, "<=", names)


def _compare_key(item: Any, names: list[Column]) -> list[Any]:
    return [None if (found := one.get(item)) is MISSING else found for one in names] if names else [item]


def _keys_equal(a: list[Any], b: list[Any], call: Call) -> bool:
    fold = not call.flag("CaseSensitive")
    for x, y in zip(a, b, strict=True):
        if isinstance(x, v.PSObject) and isinstance(y, v.PSObject):
            if to_text(x, call.session).lower() != to_text(y, call.session).lower():
                return False
        elif isinstance(x, (v.Record, c.DictionaryBase)):
            if to_text(x, call.session) != to_text(y, call.session):
                return False
        elif not equals(x, y, fold, call.session):
            return False
    return True


def _write_side(call: Call, item: Any, side: str, names: list[Column]) -> None:
    if call.flag("PassThru"):
        made = v.Boxed(item) if isinstance(item, (str, int, float, bool, Decimal)) else item
        add_to(made, "SideIndicator", side)
        call.write(made)
        return
    if names:
        props = {one.name: None if (found := one.get(item)) is MISSING else found for one in names}
    else:
        props = {"InputObject": item}
    call.write(v.PSObject({**props, "SideIndicator": side}))


def all_names(items: list[Any], ctx: Any) -> list[str]:
    """Property names over several objects, in order of appearance."""
    names: dict[str, str] = {}
    for item in items:
        for name in property_names(item, ctx):
            names.setdefault(name.lower(), name)
    return list(names.values())


_INPUT = Parameter("InputObject", "psobject", pipeline=True)
CMDLETS = [
    Cmdlet(
        "Sort-Object",
        parameters=[
            _INPUT,
            Parameter("Property", "object[]", position=0),
            Parameter("Descending", "switch"),
            Parameter("CaseSensitive", "switch"),
            Parameter("Culture", "string"),
            Parameter("Unique", "switch"),
            Parameter("Top", "int", since="7"),
            Parameter("Bottom", "int", since="7"),
            Parameter("Stable", "switch", since="7"),
        ],
        process=collect,
        end=_sort_end,
        aliases=("sort",),
    ),
    Cmdlet(
        "Group-Object",
        parameters=[
            _INPUT,
            Parameter("Property", "object[]", position=0),
            Parameter("NoElement", "switch"),
            Parameter("AsHashTable", "switch", aliases=("AHT",)),
            Parameter("AsString", "switch"),
            Parameter("CaseSensitive", "switch"),
            Parameter("Culture", "string"),
        ],
        process=collect,
        end=_group_end,
        aliases=("group",),
    ),
    Cmdlet(
        "Get-Unique",
        parameters=[
            _INPUT,
            Parameter("AsString", "switch"),
            Parameter("OnType", "switch"),
            Parameter("CaseInsensitive", "switch", since="7"),
        ],
        process=_unique_process,
        aliases=("gu",),
    ),
    Cmdlet(
        "Compare-Object",
        parameters=[
            Parameter("ReferenceObject", "psobject[]", position=0, mandatory=True, allow_empty=True),
            Parameter(
                "DifferenceObject", "psobject[]", position=1, mandatory=True, pipeline=True, allow_empty=True
            ),
            Parameter("SyncWindow", "int"),
            Parameter("Property", "object[]"),
            Parameter("ExcludeDifferent", "switch"),
            Parameter("IncludeEqual", "switch"),
            Parameter("PassThru", "switch"),
            Parameter("Culture", "string"),
            Parameter("CaseSensitive", "switch"),
        ],
        process=_compare_process,
        end=_compare_end,
        aliases=("compare", "diff"),
    ),
]
