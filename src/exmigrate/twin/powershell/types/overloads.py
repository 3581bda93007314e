"""Choosing the overload of a method for given arguments, and making the arguments fit it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.convert import CastFault, cast, cast_message
from exmigrate.twin.powershell.errors import PSError, error
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.typeinfo import Method, NetType, Overload
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.resolve import find_type

_DELEGATES = ("delegate", "scriptblock")
_RANK = {
    v.SByte: 1,
    v.Byte: 1,
    v.Int16: 2,
    v.UInt16: 2,
    int: 3,
    v.UInt32: 4,
    v.Int64: 5,
    v.UInt64: 6,
    v.Single: 8,
    float: 9,
    Decimal: 7,
}
_GENERIC = {"T": 0, "TKey": 0, "TValue": 1}
Target = NetType | str | None


def _targets(overload: Overload) -> list[Target]:
    """Parameter types of an overload, resolved once: a type, a generic parameter's name, or None for a delegate."""
    if overload.converters is None:
        overload.converters = [_target(name) for name in overload.types]
    return overload.converters


def _target(name: str) -> Target:
    if name in _DELEGATES:
        return None
    if name in _GENERIC or name in ("T[]",):
        return name
    found = find_type(name)
    if found is None:
        raise LookupError(f"signature names an unknown type: {name}")
    return found


def _closed(target: Target, value: Any) -> NetType | None:
    """A generic parameter as the type it has in the object that is called."""
    if not isinstance(target, str):
        return target
    arguments = getattr(d.type_of(value), "arguments", ()) if value is not None else ()
    name = target.removesuffix("[]")
    closed = arguments[min(_GENERIC[name], len(arguments) - 1)] if arguments else d.OBJECT
    return d.array_type(closed) if target.endswith("[]") else closed


def _cost(value: Any, target: NetType | None) -> int | None:
    """How far an argument is from a parameter's type; None when it cannot be one."""
    if target is None:
        return 0 if callable(value) or d.type_of(value).short_name == "ScriptBlock" or value is None else None
    if value is None:
        return 9 if target.is_value_type else 1
    kind = d.type_of(value)
    if kind is target:
        return 0
    if target is d.OBJECT:
        return 30 if isinstance(value, (list, c.ListBase)) else 12
    if kind.derives_from(target):
        return 4
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool):
        return _number_cost(value, target)
    if target.element is not None:
        return _array_cost(value, target)
    if isinstance(value, str) and target is d.CHAR:
        return 6 if len(value) == 1 else None
    if type(value) is v.Char and target is d.STRING:
        return 5
    if target is d.STRING:
        return 25 if not isinstance(value, (list, c.ListBase)) else 40
    if target is d.BOOLEAN:
        return 35
    try:
        cast(value, target, None)
    except (CastFault, NetFault, PSError):
        return None
    except AttributeError:
        return 22
    return 20


def _number_cost(value: Any, target: NetType) -> int | None:
    python = target.python_class
    if python in _RANK:
        have, want = _RANK.get(type(value), 3), _RANK[python]
        if want >= have:
            return 1 + want - have
        try:
            cast(value, target, None)
        except CastFault:
            return None
        return 14 + have - want
    if target is d.STRING:
        return 25
    if target is d.CHAR:
        return 21
    if target.element is not None:
        return 28
    if target is d.BOOLEAN:
        return 36
    if target.is_enum:
        return 20
    try:
        cast(value, target, None)
    except (CastFault, NetFault, PSError):
        return None
    return 24


def _array_cost(value: Any, target: NetType) -> int | None:
    if isinstance(value, (list, c.ListBase)):
        if isinstance(value, v.TypedArray):
            return 3 if target.element is d.OBJECT else 10
        try:
            cast(value, target, None)
        except (CastFault, NetFault, PSError):
            return None
        return 2 if target.element is d.OBJECT else 8
    if isinstance(value, str) and target.element is d.CHAR:
        return 9
    try:
        cast(value, target, None)
    except (CastFault, NetFault, PSError):
        return None
    return 28


def _fits(overload: Overload, count: int) -> bool:
    size = len(overload.types)
    return count == size or (overload.params_array and count >= size - 1)


def _as_array(overload: Overload, args: list[Any]) -> bool:
    """Whether the last argument is the array of a `params` itself, not one of its elements; text is one of characters."""
    targets = _targets(overload)
    if len(args) != len(targets):
        return False
    last = targets[-1]
    of_characters = isinstance(last, NetType) and last.element is d.CHAR
    return isinstance(args[-1], (list, type(None), c.ListBase)) or (
        of_characters and isinstance(args[-1], str)
    )


def _score(overload: Overload, value: Any, args: list[Any]) -> int | None:
    targets = _targets(overload)
    plain = not overload.params_array or _as_array(overload, args)
    total = 0 if plain else 50
    for index, arg in enumerate(args):
        target = _closed(targets[min(index, len(targets) - 1)], value)
        if not plain and index >= len(targets) - 1 and target is not None:
            target = target.element
        cost = _cost(arg, target)
        if cost is None:
            return None
        total += cost
    return total


_EXACT = frozenset({str, int, bool, float})


def choose(method: Method, value: Any, args: list[Any], level: float = 7.0) -> Overload | None:
    """The best overload that a level has for the arguments, or None when no overload takes so many."""
    count = len(args)
    candidates = [one for one in method.overloads if one.since <= level and _fits(one, count)]
    if len(candidates) < 2:
        return candidates[0] if candidates else None
    best, best_score = None, None
    for overload in candidates:
        score = _score(overload, value, args)
        if score is not None and (best_score is None or score < best_score):
            best, best_score = overload, score
    if best is not None and best_score == 0 and _by_types_alone(candidates, best, args):
        method.cache[(level, *[type(arg) for arg in args])] = best
    return best or candidates[0]


def _by_types_alone(candidates: list[Overload], best: Overload, args: list[Any]) -> bool:
    """Whether the same overload is exact for all arguments of these types, whatever object is called."""
    return (
        not best.params_array
        and _EXACT.issuperset(map(type, args))
        and not any(isinstance(target, str) for one in candidates for target in _targets(one))
    )


def prepare(overload: Overload, name: str, value: Any, args: list[Any], ctx: Any) -> list[Any]:
    """The arguments converted to an overload's parameter types; raises the argument's conversion error."""
    targets = _targets(overload)
    count = len(targets)
    if overload.params_array and not _as_array(overload, args):
        args = [*args[: count - 1], list(args[count - 1 :])]
    prepared = []
    for index, arg in enumerate(args):
        target = targets[index]
        if target is None or target is d.OBJECT:
            prepared.append(arg.base if type(arg) is v.Boxed else arg)
            continue
        closed = _closed(target, value)
        assert closed is not None
        try:
            prepared.append(_convert_argument(arg, closed, ctx))
        except (CastFault, NetFault, PSError) as fault:
            raise _bad_argument(overload, name, index, arg, closed, fault) from None
    return prepared


def _convert_argument(arg: Any, target: NetType, ctx: Any) -> Any:
    if arg is None and not target.is_value_type and target is not d.STRING:
        return None
    if arg is None and target is d.STRING:
        return None if getattr(target, "null_string", False) else ""
    return cast(arg, target, ctx)


def _bad_argument(
    overload: Overload, name: str, index: int, arg: Any, target: NetType, fault: Exception
) -> PSError:
    from exmigrate.twin.powershell.types.texts import to_text

    reason = cast_message(arg, target, fault) if isinstance(fault, CastFault) else str(fault)
    return error(
        f'Cannot convert argument "{overload.names[index]}", with value: "{to_text(arg)}", for "{name}" '
        f'to type "{target.name}": "{reason}"',
        "MethodArgumentConversionInvalidCastArgument",
        "NotSpecified",
        exception="System.Management.Automation.MethodException",
    )


def no_overload(name: str, count: int) -> PSError:
    """The error when no overload takes so many arguments."""
    return error(
        f'Cannot find an overload for "{name}" and the argument count: "{count}".',
        "MethodCountCouldNotFindBest",
        "NotSpecified",
        exception="System.Management.Automation.MethodException",
    )


LEVELS = {"2.0": 2.0, "3.0": 3.0, "5.1": 5.1, "7": 7.0}
"""Levels as numbers."""


def run(method: Method, value: Any, args: list[Any], ctx: Any, static: bool) -> Any:
    """Calls a method's function with the arguments made to fit."""
    if method.raw is not None:
        return method.raw(args, ctx) if static else method.raw(value, args, ctx)
    level = 7.0 if ctx is None else LEVELS[ctx.level]
    exact: Overload | None = method.cache.get((level, *[type(arg) for arg in args])) if args else None
    overload = exact or choose(method, value, args, level)
    if overload is None:
        raise no_overload(method.name, len(args))
    prepared = args if exact else prepare(overload, method.name, value, args, ctx)
    function = overload.function
    first = () if static else (value,)
    result = function(*first, *prepared, ctx=ctx) if overload.ctx else function(*first, *prepared)
    return v.NOTHING if overload.result == "void" else result
