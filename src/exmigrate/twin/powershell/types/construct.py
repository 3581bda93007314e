"""Making objects: constructors, and the conversions that a type offers (Parse, constructor, properties)."""

from __future__ import annotations

import math
from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.convert import CastFault, cast
from exmigrate.twin.powershell.errors import NetException, PSError, error
from exmigrate.twin.powershell.faults import NetFault, check_size
from exmigrate.twin.powershell.machine.ports import MachineError
from exmigrate.twin.powershell.typeinfo import Method, NetType
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types import overloads
from exmigrate.twin.powershell.types.faults_of import PYTHON_FAULTS, machine_fault, python_fault


def default_of(kind: NetType) -> Any:
    """The default value of a type: zero for numbers, ``$null`` for classes."""
    if not kind.is_value_type:
        return None
    try:
        return cast(None, kind, None)
    except CastFault:
        return v.EnumValue(kind, 0) if kind.is_enum else construct_raw(kind, [], None)


def construct_raw(kind: NetType, args: list[Any], ctx: Any) -> Any:
    """Makes an object; raises NetFault for what a constructor throws, PSError for arguments that fit none."""
    if kind.element is not None:
        return _make_array(kind, args, ctx)
    definition = kind.definition or kind
    if definition.raw_constructor is not None:
        return definition.raw_constructor(kind, args, ctx)
    if _is_exception(kind):
        return make_exception(kind, args)
    method = Method(".ctor", definition.constructors)
    overload = overloads.choose(method, None, args)
    if overload is None:
        if not args and kind.is_value_type and not kind.constructors:
            return default_of(kind)
        raise overloads.no_overload(kind.short_name, len(args))
    prepared = overloads.prepare(overload, kind.short_name, None, args, ctx)
    return overload.function(*prepared, ctx=ctx) if overload.ctx else overload.function(*prepared)


def _make_array(kind: NetType, args: list[Any], ctx: Any) -> Any:
    lengths = [int(cast(arg, d.INT32, ctx)) for arg in args]
    assert kind.element is not None
    if any(length < 0 for length in lengths):
        raise NetFault("System.OverflowException", "Arithmetic operation resulted in an overflow.")
    check_size(math.prod(lengths))
    filler = default_of(kind.element)
    if kind.name.endswith(",]"):
        return v.MultiArray(kind.element, tuple(lengths), filler)
    items = [filler] * (lengths[0] if lengths else 0)
    return items if kind.element is d.OBJECT else v.TypedArray(kind.element, items)


def _is_exception(kind: NetType) -> bool:
    return kind.derives_from(d.EXCEPTION)


_PARAM_NAME = (
    "System.ArgumentException",
    "System.ArgumentNullException",
    "System.ArgumentOutOfRangeException",
)


def make_exception(kind: NetType, args: list[Any]) -> NetException:
    """An exception of a type from the arguments of its usual constructors (message, inner or parameter name)."""
    texts = [arg for arg in args if isinstance(arg, str)]
    inner = next((_exception_in(arg) for arg in args if _exception_in(arg) is not None), None)
    message = texts[0] if texts else f"Exception of type '{kind.name}' was thrown."
    props: dict[str, Any] = {}
    if kind.name in _PARAM_NAME:
        message, props = _argument_exception(kind, texts, message)
    made = NetException(kind.name, message, inner, props, kind.base.name if kind.base else "")
    return made


def _argument_exception(kind: NetType, texts: list[str], message: str) -> tuple[str, dict[str, Any]]:
    if kind.name == "System.ArgumentException":
        parameter = texts[1] if len(texts) > 1 else None
        if not texts:
            message = "Value does not fall within the expected range."
    else:
        parameter = texts[0] if texts else None
        default = "Value cannot be null."
        if kind.name.endswith("OutOfRangeException"):
            default = "Specified argument was out of the range of valid values."
        message = texts[1] if len(texts) > 1 else default
    if parameter:
        message = f"{message} (Parameter '{parameter}')"
    return message, {"ParamName": parameter}


def _exception_in(value: Any) -> NetException | None:
    return value if isinstance(value, NetException) else None


def construct(kind: NetType, args: list[Any], ctx: Any, name: str = ".ctor") -> Any:
    """Makes an object as ``[type]::new(args)`` does, with PowerShell's errors."""
    if kind.is_abstract or kind.is_interface:
        raise overloads.no_overload(name, len(args))
    try:
        return construct_raw(kind, args, ctx)
    except NetFault as fault:
        raise _threw(len(args), fault) from None
    except MachineError as fault:
        raise _threw(len(args), machine_fault(fault)) from None
    except PYTHON_FAULTS as fault:
        raise _threw(len(args), python_fault(fault, f"[{kind.name}]::new")) from None
    except CastFault as fault:
        raise error(str(fault), "MethodException", "NotSpecified") from None
    except PSError as fault:
        if fault.record.error_id == "MethodCountCouldNotFindBest" and name == "new":
            raise overloads.no_overload("new", len(args)) from None
        raise


def _threw(count: int, fault: NetFault) -> PSError:
    return error(
        f'Exception calling ".ctor" with "{count}" argument(s): "{fault.message}"',
        fault.kind.rpartition(".")[2],
        "NotSpecified",
        exception="System.Management.Automation.MethodInvocationException",
        inner=NetException(fault.kind, fault.message, fault.inner, fault.properties),
    )


def convert_by_type(value: Any, target: NetType, ctx: Any) -> Any:
    """A value as a type that has no conversion of its own: Parse, constructor of one argument, properties.

    Raises:
        CastFault: There is no way from the value to the type.
    """
    if target.is_enum:
        return to_enum(value, target, ctx)
    if value is None:
        if target.is_value_type:
            raise CastFault()
        return None
    if target.is_interface or target.is_abstract:
        raise CastFault()
    if target is d.CUSTOM_OBJECT:
        raise CastFault()
    if isinstance(value, (c.Hashtable, c.OrderedDictionary, v.PSObject)) and _has_default(target, ctx):
        return _from_properties(value, target, ctx)
    if isinstance(value, str):
        parse = target.find_static("Parse")
        if isinstance(parse, Method):
            return _parse(parse, value, ctx)
    return _by_constructor(value, target, ctx)


def _parse(parse: Method, value: str, ctx: Any) -> Any:
    try:
        return overloads.run(parse, None, [value], ctx, True)
    except NetFault as fault:
        raise CastFault("InvalidCastParseTargetInvocation", fault.message, fault.kind) from None


def _by_constructor(value: Any, target: NetType, ctx: Any) -> Any:
    definition = target.definition or target
    if definition.raw_constructor is None and not definition.constructors and not _is_exception(target):
        raise CastFault()
    try:
        return construct_raw(target, [value], ctx)
    except NetFault as fault:
        raise CastFault("InvalidCastConstructorException", fault.message, fault.kind) from None
    except PSError:
        raise CastFault() from None


def _has_default(target: NetType, ctx: Any) -> bool:
    if ctx is None or ctx.level == "2.0":
        return False
    definition = target.definition or target
    return definition.raw_constructor is not None or any(not o.types for o in definition.constructors)


def _from_properties(value: Any, target: NetType, ctx: Any) -> Any:
    from exmigrate.twin.powershell.types.access import set_member

    made = construct_raw(target, [], ctx)
    pairs = value.props.items() if isinstance(value, v.PSObject) else value.items()
    for name, item in pairs:
        try:
            set_member(made, str(name), item, ctx)
        except PSError as fault:
            reason = fault.record.message
            raise CastFault(
                "ObjectCreationError",
                message=f'Cannot create object of type "{target.name}". {reason}',
                kind="System.Management.Automation.SetValueException",
            ) from None
    return made


def to_enum(value: Any, target: NetType, ctx: Any = None) -> Any:
    """A value of an enumeration from its names (parts of names where unambiguous), a number, or another enum."""
    if isinstance(value, v.EnumValue):
        if value.net is target:
            return value
        return v.EnumValue(target, value.value)
    if isinstance(value, str):
        return v.EnumValue(target, _enum_number(value, target, ctx))
    if isinstance(value, (list, c.ListBase)):
        total = 0
        for item in value:
            total |= to_enum(item, target, ctx).value
        return v.EnumValue(target, total)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        number = round(value)
        if not target.enum_flags and number not in target.enum_names.values():
            raise CastFault(
                "InvalidCast",
                message=f'Cannot convert value "{number}" to type "{target.name}" due to enumeration values that are '
                f"not valid. Specify one of the following enumeration values and try again. The possible enumeration "
                f'values are "{",".join(target.enum_names)}".',
                kind="System.InvalidCastException",
            )
        return v.EnumValue(target, number)
    raise CastFault()


def _enum_number(text: str, target: NetType, ctx: Any) -> int:
    total = 0
    for part in text.split(","):
        total |= _enum_part(part.strip(), target.enum_at(ctx))
    return total


def _enum_part(name: str, members: dict[str, int]) -> int:
    if name.lstrip("+-").isdigit():
        return int(name)
    for known, number in members.items():
        if known.lower() == name.lower():
            return number
    close = [known for known in members if name and known.lower().startswith(name.lower())]
    if len(close) == 1:
        return members[close[0]]
    names = ", ".join(members)
    if close:
        reason = (
            f"The identifier name {name} cannot be processed due to the identifier matching multiple enumerator "
            f"names: {', '.join(close)}. Specify a more specific identifier name."
        )
    else:
        reason = (
            f"Unable to match the identifier name {name} to a valid enumerator name. Specify one of the following "
            f"enumerator names and try again:\n{names}"
        )
    raise CastFault("SubstringDisambiguationEnumParseThrow", reason)
