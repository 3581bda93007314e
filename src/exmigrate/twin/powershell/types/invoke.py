"""Calling methods, and static members: what compiled scripts use beside ``access``."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.errors import NetException, PSError, error, net_error
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.machine.ports import MachineError
from exmigrate.twin.powershell.typeinfo import Method, NetType, Prop
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types import overloads, published
from exmigrate.twin.powershell.types.access import (
    MethodReference,
    added_members,
    elements,
    get_failed,
    get_property,
    guarded,
    is_other_collection,
    lacks,
    not_settable,
    nothing_there,
    read_only,
    typed,
)
from exmigrate.twin.powershell.types.faults_of import PYTHON_FAULTS, machine_fault, python_fault
from exmigrate.twin.powershell.values import MISSING

# Calling ------------------------------------------------------------------------------------------------


def invoke_method(value: Any, name: str, args: list[Any], ctx: Any) -> Any:
    """``$value.name(args)``.

    Raises:
        PSError: ``InvokeMethodOnNull``, ``MethodNotFound``, ``MethodCountCouldNotFindBest``, a conversion of an
            argument, or the exception that the method threw (``MethodInvocationException``).
    """
    if value is None:
        raise error(
            "You cannot call a method on a null-valued expression.", "InvokeMethodOnNull", "InvalidOperation"
        )
    table = added_members(value)
    if table:
        key = v.find_key(table, name)
        if key is not None and isinstance(table[key], v.ScriptMethod):
            return _call_script(table[key].body, value, name, args, ctx)
    if type(value) is v.Boxed:
        return invoke_method(value.base, name, args, ctx)
    member = d.type_of(value).find(name)
    if isinstance(member, Method) and not (member.since and lacks(member, ctx)):
        return call(member, value, args, ctx)
    adapt = getattr(value, "adapt_call", None)
    if adapt is not None:
        result = _adapted(adapt, name, args, ctx)
        if result is not MISSING:
            return result
    return _other_method(value, name, args, ctx)


def _adapted(adapt: Any, name: str, args: list[Any], ctx: Any) -> Any:
    try:
        return adapt(name, args, ctx)
    except NetFault as fault:
        raise _call_failed(name, len(args), fault) from None
    except MachineError as fault:
        raise _call_failed(name, len(args), machine_fault(fault)) from None


def _call_script(body: Any, value: Any, name: str, args: list[Any], ctx: Any) -> Any:
    if callable(body):
        try:
            return body(value, *args)
        except NetFault as fault:
            raise _call_failed(name, len(args), fault) from None
    out = ctx.invoke(body, args, this=value)
    return out[0] if len(out) == 1 else (out or None)


def _other_method(value: Any, name: str, args: list[Any], ctx: Any) -> Any:
    from exmigrate.twin.powershell.types.indexing import get_index
    from exmigrate.twin.powershell.types.objects import MAGIC, accessor

    key = name.lower()
    if key.startswith(("get_", "set_")):
        found = accessor(value, key, args, ctx)
        if found is not MISSING:
            return found
    kind = d.type_of(value)
    if (
        key == "item"
        and args
        and (kind.indexer is not None or isinstance(value, (c.ListBase, c.DictionaryBase)))
    ):
        return get_index(value, args, ctx)
    if kind.find(name) is None:
        published.check_method(value, kind, name, ctx)
    if ctx.level in ("5.1", "7") and key in MAGIC:
        return MAGIC[key](value, args, ctx)
    if ctx.level != "2.0" and (isinstance(value, (list, c.ListBase)) or is_other_collection(value, ctx)):
        return _call_each(value, name, args, ctx)
    found = get_property(value, name, ctx) if not isinstance(value, c.DictionaryBase) else MISSING
    if found is not MISSING and isinstance(found, MethodReference):
        return call(found.method, found.owner, args, ctx)
    raise method_not_found(d.type_of(value), name)


def _call_each(value: Any, name: str, args: list[Any], ctx: Any) -> Any:
    items = [item for item in elements(value, ctx) if item is not None]
    if not items or not any(_has_method(item, name, ctx) for item in items):
        raise method_not_found(d.type_of(value), name)
    out: list[Any] = []
    for item in items:
        result = invoke_method(item, name, args, ctx)
        if isinstance(result, (list, c.ListBase)):
            out.extend(result)
        elif result is not None:
            out.append(result)
    return out[0] if len(out) == 1 else (out or None)


def _has_method(item: Any, name: str, ctx: Any) -> bool:
    table = added_members(item)
    if table and v.find_key(table, name) is not None:
        return True
    kind = d.type_of(item)
    if isinstance(kind.find(name), Method) or hasattr(item, "adapt_call"):
        return True
    return published.has_method(item, kind, name, ctx)


def method_not_found(kind: NetType, name: str) -> PSError:
    """The error for a method that a type does not have."""
    return error(
        f"Method invocation failed because [{kind.name}] does not contain a method named '{name}'.",
        "MethodNotFound",
        "InvalidOperation",
        name,
    )


def call(method: Method, value: Any, args: list[Any], ctx: Any, static: bool = False) -> Any:
    """Calls a method of a type; exceptions of its code become the invocation's error."""
    try:
        return overloads.run(method, value, args, ctx, static)
    except NetFault as fault:
        raise _call_failed(method.name, len(args), fault) from None
    except MachineError as fault:
        raise _call_failed(method.name, len(args), machine_fault(fault)) from None
    except PYTHON_FAULTS as fault:
        owner = value.name if isinstance(value, NetType) and static else d.type_of(value).name
        raise _call_failed(method.name, len(args), python_fault(fault, f"[{owner}]::{method.name}")) from None
    except RecursionError:
        raise net_error(
            NetException("System.StackOverflowException", "The call depth was exceeded.")
        ) from None


def _call_failed(name: str, count: int, fault: NetFault) -> PSError:
    inner = NetException(fault.kind, fault.message, fault.inner, fault.properties)
    made = error(
        f'Exception calling "{name}" with "{count}" argument(s): "{fault.message}"',
        fault.kind.rpartition(".")[2],
        "NotSpecified",
        exception="System.Management.Automation.MethodInvocationException",
        inner=inner,
    )
    return made


# Static members -------------------------------------------------------------------------------------------


def get_static(kind: NetType, name: str, ctx: Any) -> Any:
    """``[type]::name``: a static property or field, an enumeration's value; ``$null`` when there is none."""
    if kind.is_enum:
        for enum_name, number in kind.enum_at(ctx).items():
            if enum_name.lower() == name.lower():
                return v.EnumValue(kind, number)
    member = kind.find_static(name)
    if member is not None and member.since and lacks(member, ctx):
        return nothing_there(kind, name, ctx)
    if isinstance(member, Prop):
        try:
            return member.getter(ctx)
        except NetFault as fault:
            raise get_failed(member.name, fault) from None
    if isinstance(member, Method):
        return MethodReference(kind, member, True)
    published.check_static(kind, name, ctx)
    return nothing_there(kind, name, ctx)


def set_static(kind: NetType, name: str, new: Any, ctx: Any) -> None:
    """``[type]::name = new``."""
    member = kind.find_static(name)
    if member is None:
        published.check_static(kind, name, ctx)
    if not isinstance(member, Prop):
        raise not_settable(name)
    if member.setter is None:
        raise read_only(member.name)
    guarded(member.setter, member.name, typed(member, new, ctx), ctx)


def invoke_static(kind: NetType, name: str, args: list[Any], ctx: Any) -> Any:
    """``[type]::name(args)``; ``new`` makes an object (from 5.0)."""
    member = kind.find_static(name)
    if isinstance(member, Method) and not (member.since and lacks(member, ctx)):
        return call(member, kind, args, ctx, True)
    key = name.lower()
    if key == "new" and ctx.level in ("5.1", "7"):
        from exmigrate.twin.powershell.types.construct import construct

        return construct(kind, args, ctx, "new")
    if isinstance(member, Prop):
        found = get_static(kind, name, ctx)
        if hasattr(found, "invoke_value"):
            return found.invoke_value(args, ctx)
    if member is None:
        published.check_static(kind, name, ctx)
    raise method_not_found(kind, name)
