"""Equality and order of values as PowerShell compares them (about_Comparison_Operators)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.convert import CastFault, cast, cast_message, to_bool
from exmigrate.twin.powershell.errors import PSError, error
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.numerals import parse_number
from exmigrate.twin.powershell.operators import is_list, unbox
from exmigrate.twin.powershell.text.collation import compare_text, full_key, text_key
from exmigrate.twin.powershell.typeinfo import NetType
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.texts import to_text

_NUMBER = (int, float, Decimal)


def equals(left: Any, right: Any, ignore_case: bool = True, ctx: Any = None) -> bool:
    """Whether two values are equal; the right one is converted to the type of the left one."""
    a, b = type(left), type(right)
    if a is b:
        if a is str:
            return bool(left == right) or (ignore_case and left.lower() == right.lower())
        if a is int or a is float or a is bool:
            return bool(left == right)
    if left is None or right is None:
        return _both_nothing(left, right)
    left, right = unbox(left), unbox(right)
    if isinstance(left, str):
        return _text_equals(left, right, ignore_case, ctx)
    if isinstance(left, bool):
        return left == to_bool(right)
    if isinstance(left, _NUMBER):
        return _number_equals(left, right, ctx)
    if left is right:
        return True
    return _object_equals(left, right, ignore_case, ctx)


def _both_nothing(left: Any, right: Any) -> bool:
    def nothing(value: Any) -> bool:
        return value is None or (isinstance(value, v.NetObject) and d.type_of(value) is d.DBNULL)

    return (left is None and right is None) or (nothing(left) and nothing(right) and left is right)


def _text_equals(left: str, right: Any, ignore_case: bool, ctx: Any) -> bool:
    if type(left) is v.Char and isinstance(right, int) and not isinstance(right, bool):
        return ord(left) == right
    other = to_text(right, ctx)
    return str(left) == other or (ignore_case and str(left).lower() == other.lower())


def _number_equals(left: Any, right: Any, ctx: Any) -> bool:
    if isinstance(right, _NUMBER):
        return _same_number(left, right)
    if isinstance(right, str):
        if type(right) is v.Char:
            return bool(left == ord(right))
        number = parse_number(right)
        if number is None:
            return False
        return _same_number(left, number)
    try:
        return bool(left == cast(right, d.type_of(left), ctx))
    except (CastFault, NetFault, PSError):
        return False


def _same_number(left: Any, right: Any) -> bool:
    if isinstance(left, Decimal) != isinstance(right, Decimal):
        return Decimal(str(left)) == Decimal(str(right)) if left == left and right == right else False
    return bool(left == right)


_REFERENCES = (v.PSObject, c.DictionaryBase, c.ListBase, v.Record, v.MultiArray)


def _object_equals(left: Any, right: Any, ignore_case: bool, ctx: Any) -> bool:
    if isinstance(left, _REFERENCES):
        return _declared_equals(left, right, ctx)
    if isinstance(left, list):
        return left is right
    kind = d.type_of(left)
    if type(right) is not type(left):
        try:
            right = cast(right, kind, ctx)
        except (CastFault, NetFault, PSError):
            return False
    if isinstance(left, NetType):
        return isinstance(right, NetType) and left.name == right.name
    custom = _declared_equals(left, right, ctx)
    return custom or bool(left == right)


def _declared_equals(left: Any, right: Any, ctx: Any) -> bool:
    """``Equals`` where the type (a PowerShell class, a pack's type) declares one of its own."""
    if left is right:
        return True
    kind = d.type_of(left)
    declared = next((k for k in kind.chain() if "equals" in k.methods), None)
    if declared is None or declared is d.OBJECT:
        return False
    from exmigrate.twin.powershell.types.invoke import invoke_method

    return to_bool(invoke_method(left, "Equals", [right], ctx))


def compare(left: Any, right: Any, ignore_case: bool = True, ctx: Any = None) -> int:
    """-1, 0 or 1; raises the comparison's error when the two have no order."""
    a, b = type(left), type(right)
    if a is b and a in (int, float):
        return int(left > right) - int(left < right)
    if left is None or right is None:
        return _compare_nothing(left, right)
    left, right = unbox(left), unbox(right)
    if isinstance(left, str):
        return compare_text(str(left), to_text(right, ctx), ignore_case)
    if isinstance(left, bool):
        other = to_bool(right)
        return int(left > other) - int(left < other)
    if isinstance(left, _NUMBER):
        return _compare_numbers(left, right, ctx)
    return _compare_objects(left, right, ctx)


def _compare_nothing(left: Any, right: Any) -> int:
    if left is None and right is None:
        return 0
    other = right if left is None else left
    if isinstance(other, _NUMBER) and not isinstance(other, bool):
        first = -1 if other >= 0 else 1
    else:
        first = -1
    return first if left is None else -first


def _compare_numbers(left: Any, right: Any, ctx: Any) -> int:
    if isinstance(right, str):
        number: Any = ord(right) if type(right) is v.Char else parse_number(right)
        if number is None:
            raise _not_comparable(left, right, d.type_of(left), ctx)
        right = number
    elif not isinstance(right, _NUMBER):
        right = _converted(left, right, ctx)
    if isinstance(left, Decimal) != isinstance(right, Decimal):
        left, right = Decimal(str(left)), Decimal(str(right))
    return int(left > right) - int(left < right)


def _converted(left: Any, right: Any, ctx: Any) -> Any:
    kind = d.type_of(left)
    try:
        return cast(right, kind, ctx)
    except (CastFault, NetFault, PSError):
        raise _not_comparable(left, right, kind, ctx) from None


def _not_comparable(left: Any, right: Any, kind: NetType, ctx: Any) -> PSError:
    try:
        cast(right, kind, ctx)
        reason = ""
    except CastFault as fault:
        reason = cast_message(right, kind, fault)
    except (NetFault, PSError) as fault:
        reason = str(fault)
    return error(
        f'Could not compare "{to_text(left)}" to "{to_text(right)}". Error: "{reason}"',
        "ComparisonFailure",
        "NotSpecified",
        exception="System.Management.Automation.ExtendedTypeSystemException",
    )


def _compare_objects(left: Any, right: Any, ctx: Any) -> int:
    if isinstance(left, v.EnumValue):
        other = right if isinstance(right, v.EnumValue) else _converted(left, right, ctx)
        return (left.value > other.value) - (left.value < other.value)
    if s.is_scalar(left):
        other = right if type(right) is type(left) else _converted(left, right, ctx)
        return int(left > other) - int(left < other)
    kind = d.type_of(left)
    if kind.find("CompareTo") is not None:
        from exmigrate.twin.powershell.types.invoke import invoke_method

        return int(invoke_method(left, "CompareTo", [right], ctx))
    if equals(left, right, True, ctx):
        return 0
    raise error(
        f'Cannot compare "{to_text(left)}" because it is not IComparable.',
        "NotIcomparable",
        "NotSpecified",
        exception="System.Management.Automation.ExtendedTypeSystemException",
    )


def sort_key(value: Any) -> tuple[int, Any]:
    """A key to keep the keys of a sorted dictionary in order."""
    if isinstance(value, str):
        return (1, full_key(value))
    if isinstance(value, _NUMBER):
        return (0, value)
    return (2, value) if s.is_scalar(value) else (3, full_key(to_text(value)))


def fold_key(value: str) -> str:
    """The key by which text is sorted without regard to case."""
    return text_key(value)


Operator = Callable[[Any, Any, Any], Any]


def _filtering(test: Callable[[Any, Any, bool, Any], bool], ignore_case: bool) -> Operator:
    def run(left: Any, right: Any, ctx: Any = None) -> Any:
        if is_list(left):
            return [item for item in left if test(item, right, ignore_case, ctx)]
        return test(left, right, ignore_case, ctx)

    return run


def _contains(left: Any, right: Any, ignore_case: bool, ctx: Any) -> bool:
    items = left if is_list(left) else [left]
    return any(equals(item, right, ignore_case, ctx) for item in items)


def _simple(test: Callable[[Any, Any, bool, Any], bool], ignore_case: bool) -> Operator:
    def run(left: Any, right: Any, ctx: Any = None) -> bool:
        return test(left, right, ignore_case, ctx)

    return run


_FILTERS: dict[str, Callable[[Any, Any, bool, Any], bool]] = {
    "eq": equals,
    "ne": lambda left, right, fold, ctx: not equals(left, right, fold, ctx),
    "lt": lambda left, right, fold, ctx: compare(left, right, fold, ctx) < 0,
    "le": lambda left, right, fold, ctx: compare(left, right, fold, ctx) <= 0,
    "gt": lambda left, right, fold, ctx: compare(left, right, fold, ctx) > 0,
    "ge": lambda left, right, fold, ctx: compare(left, right, fold, ctx) >= 0,
}
_PLAIN: dict[str, Callable[[Any, Any, bool, Any], bool]] = {
    "contains": _contains,
    "notcontains": lambda left, right, fold, ctx: not _contains(left, right, fold, ctx),
    "in": lambda left, right, fold, ctx: _contains(right, left, fold, ctx),
    "notin": lambda left, right, fold, ctx: not _contains(right, left, fold, ctx),
}
COMPARISONS: dict[str, Operator] = {}
for _name, _test in _FILTERS.items():
    COMPARISONS[_name] = COMPARISONS["i" + _name] = _filtering(_test, True)
    COMPARISONS["c" + _name] = _filtering(_test, False)
for _name, _test in _PLAIN.items():
    COMPARISONS[_name] = COMPARISONS["i" + _name] = _simple(_test, True)
    COMPARISONS["c" + _name] = _simple(_test, False)
