"""Conversions as PowerShell makes them: casts, ``-as``, arguments of methods and parameters, truth.

Source: about_Type_Conversion, LanguagePrimitives.ConvertTo. A conversion that fails inside is a `CastFault`;
`convert` makes the PowerShell error of it, `try_convert` leaves it to the caller.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.castfault import RANGES, CastFault
from exmigrate.twin.powershell.casts import CASTS, parse_decimal, parse_double, to_bool
from exmigrate.twin.powershell.errors import ErrorRecord, NetException, PSError
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.typeinfo import NetType
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.texts import to_text

__all__ = [
    "RANGES",
    "CastFault",
    "cast",
    "cast_error",
    "cast_message",
    "convert",
    "parse_decimal",
    "parse_double",
    "to_bool",
    "try_convert",
]
_EXACT: dict[NetType, type] = {
    d.INT32: int,
    d.STRING: str,
    d.BOOLEAN: bool,
    d.DOUBLE: float,
    d.INT64: v.Int64,
    d.DECIMAL: Decimal,
}


def cast(value: Any, target: NetType, ctx: Any) -> Any:
    """A value as another type; raises `CastFault` when it cannot be."""
    exact = _EXACT.get(target)
    if exact is not None and type(value) is exact:
        return value
    if isinstance(value, v.Boxed) and target is not d.OBJECT and target is not d.PSOBJECT:
        value = value.base
    if target.definition is d.NULLABLE:
        return None if value is None else cast(value, target.arguments[0], ctx)
    caster = CASTS.get(target)
    if caster is not None:
        return _unwrapped_cast(caster, value, target, ctx)
    if target.element is not None:
        return _to_array(value, target, ctx)
    if target.convert is not None:
        return target.convert(value, ctx)
    if value is not None and d.type_of(value).derives_from(target):
        return value
    if isinstance(value, NetException) and value.is_a(target.name):
        return value
    from exmigrate.twin.powershell.types.construct import convert_by_type

    return convert_by_type(value, target, ctx)


def _unwrapped_cast(caster: Callable[[Any, Any], Any], value: Any, target: NetType, ctx: Any) -> Any:
    try:
        return caster(value, ctx)
    except CastFault:
        if isinstance(value, list) and len(value) == 1 and target is not d.ARRAY:
            return cast(value[0], target, ctx)
        raise


def _to_array(value: Any, target: NetType, ctx: Any) -> Any:
    element = target.element
    assert element is not None
    if value is None:
        return None
    if isinstance(value, v.TypedArray) and value.element is element:
        return value
    if element is d.OBJECT:
        if type(value) is list:
            return value
        return list(value) if isinstance(value, (list, c.ListBase)) else [value]
    if element is d.CHAR and isinstance(value, str):
        return v.TypedArray(element, [v.Char(letter) for letter in value])
    items = list(value) if isinstance(value, (list, c.ListBase, v.MultiArray)) else [value]
    return v.TypedArray(element, [cast(item, element, ctx) for item in items])


def try_convert(value: Any, target: NetType, ctx: Any = None) -> tuple[bool, Any]:
    """Whether a value converts, and the result; nothing is raised for what ``-as`` would give ``$null``."""
    try:
        return True, cast(value, target, ctx)
    except PSError as fault:
        if fault.record.error_id == "NotSimulated":
            raise
        return False, None
    except (CastFault, NetFault):
        return False, None


def convert(value: Any, target: NetType, ctx: Any = None) -> Any:
    """A value as another type, as ``[type]value`` makes it.

    Raises:
        PSError: The conversion PowerShell reports, with its id (``InvalidCastFromStringToInteger`` ...).
    """
    try:
        return cast(value, target, ctx)
    except CastFault as fault:
        raise cast_error(value, target, fault) from None
    except NetFault as fault:
        wrapped = CastFault("InvalidCastConstructorException", fault.message, fault.kind)
        raise cast_error(value, target, wrapped) from None


def cast_message(value: Any, target: NetType, fault: CastFault) -> str:
    """The sentence PowerShell says about a conversion that failed."""
    if fault.message:
        return fault.message
    if fault.reason:
        return f'Cannot convert value "{to_text(value)}" to type "{target.name}". Error: "{fault.reason}"'
    if value is None:
        return f'Cannot convert null to type "{target.name}".'
    return f'Cannot convert the "{to_text(value)}" value of type "{d.type_of(value).name}" to type "{target.name}".'


def cast_error(value: Any, target: NetType, fault: CastFault) -> PSError:
    """The error of a cast that failed."""
    message = cast_message(value, target, fault)
    inner = NetException(fault.kind, fault.reason) if fault.reason else None
    invalid = NetException("System.Management.Automation.PSInvalidCastException", message, inner)
    outer = NetException("System.Management.Automation.RuntimeException", message, invalid)
    return PSError(ErrorRecord(outer, fault.error_id, "InvalidArgument"))
