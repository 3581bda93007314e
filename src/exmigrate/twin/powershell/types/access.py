"""Reading, setting and calling members of any value: the entry points that compiled scripts use.

A member is looked for in the members a script added, in what the value itself adapts (dictionary keys, XML
children, directory attributes), then in its type. From level 3.0 a collection without the member gives the
member of its elements.
"""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.errors import NetException, PSError, error, net_error
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.machine.ports import MachineError
from exmigrate.twin.powershell.typeinfo import Method, NetType, Prop
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types import overloads
from exmigrate.twin.powershell.types.faults_of import machine_fault
from exmigrate.twin.powershell.values import MISSING

_SPECIAL = v.SPECIAL_MEMBERS


class MethodReference(v.NetObject):
    """A method read without being called: ``'x'.Trim``."""

    __slots__ = ("method", "owner", "static")

    def __init__(self, owner: Any, method: Method, static: bool = False):
        self.owner = owner
        self.method = method
        self.static = static


def added_members(value: Any) -> dict[str, Any] | None:
    """The table of members that a script added to a value, or None."""
    if type(value) is v.PSObject:
        return value.props  # type: ignore[no-any-return]
    return getattr(value, "extra", None)


def get_property(value: Any, name: str, ctx: Any) -> Any:
    """A property's value, or `MISSING`; no enumeration of elements, no error for what is not there."""
    if type(value) is v.PSObject:
        props = value.props
        item = props.get(name, MISSING)
        if item is MISSING:
            key = v.find_key(props, name)
            if key is None:
                return _type_member(value, name, ctx)
            item = props[key]
        return item if type(item) not in _SPECIAL else _special(value, item, ctx)
    extra = getattr(value, "extra", None)
    if extra:
        key = v.find_key(extra, name)
        if key is not None:
            item = extra[key]
            return item if type(item) not in _SPECIAL else _special(value, item, ctx)
    if isinstance(value, c.DictionaryBase) and name in value:
        return value[name]
    if type(value) is v.Boxed:
        found = _of_view(value, name)
        return found if found is not MISSING else get_property(value.base, name, ctx)
    adapt = getattr(value, "adapt_get", None)
    if adapt is not None:
        found = adapt(name, ctx)
        if found is not MISSING:
            return found
    return _type_member(value, name, ctx)


def _of_view(value: Any, name: str) -> Any:
    """``PSObject`` and its kin of a value that carries members of its own."""
    return _universal(value, name, None) if name[:2].lower() == "ps" else MISSING


def _special(value: Any, item: Any, ctx: Any) -> Any:
    if isinstance(item, v.ScriptProperty):
        if callable(item.getter):
            return item.getter(value)
        try:
            out = ctx.invoke(item.getter, [], this=value)
        except PSError as fault:
            raise _getter_error(fault) from None
        return out[0] if len(out) == 1 else (out or None)
    if isinstance(item, v.AliasProperty):
        found = get_property(value, item.target, ctx)
        return None if found is MISSING else found
    if isinstance(item, v.PropertySet):
        return item.names
    return item


def _getter_error(fault: PSError) -> PSError:
    return fault


def _type_member(value: Any, name: str, ctx: Any) -> Any:
    member = d.type_of(value).find(name)
    if member is None:
        return _universal(value, name, ctx)
    if type(member) is Prop:
        try:
            return member.getter(value, ctx)
        except NetFault as fault:
            raise _get_failed(member.name, fault) from None
        except MachineError as fault:
            raise _get_failed(member.name, machine_fault(fault)) from None
    return MethodReference(value, member)  # type: ignore[arg-type]


def _universal(value: Any, name: str, ctx: Any) -> Any:
    key = name.lower()
    if key == "psobject":
        from exmigrate.twin.powershell.types.psobject import PSObjectView

        return PSObjectView(value)
    if key == "pstypenames":
        from exmigrate.twin.powershell.types.psobject import TypeNames

        return TypeNames(value)
    if key in ("psbase", "psadapted", "psextended"):
        return value.base if type(value) is v.Boxed else value
    if key in ("count", "length") and _has_scalar_count(value, key, ctx):
        return 1
    return MISSING


def _has_scalar_count(value: Any, key: str, ctx: Any) -> bool:
    """From 3.0 every value that is no collection has Count and Length (PSObjects only from 6.1)."""
    if (
        ctx is None
        or ctx.level == "2.0"
        or isinstance(value, (list, c.ListBase, c.DictionaryBase, v.MultiArray))
    ):
        return False
    if ctx.strict >= 2:
        return False
    return not (type(value) is v.PSObject and ctx.level != "7")


def _get_failed(name: str, fault: NetFault) -> PSError:
    return error(
        f'Exception getting "{name}": "{fault.message}"',
        "ExceptionWhenGetting",
        "NotSpecified",
        exception="System.Management.Automation.GetValueInvocationException",
        inner=NetException(fault.kind, fault.message, fault.inner, fault.properties),
    )


def get_member(value: Any, name: str, ctx: Any) -> Any:
    """``$value.name``: the property, the elements' property, or ``$null`` (an error under strict mode)."""
    if value is None:
        if ctx.level != "2.0" and ctx.strict < 2 and name.lower() in ("count", "length"):
            return 0
        return _nothing(value, name, ctx)
    found = get_property(value, name, ctx)
    if found is not MISSING:
        return found
    if (ctx.level != "2.0" and isinstance(value, (list, c.ListBase, c.Enumerator))) or _is_other_collection(
        value, ctx
    ):
        return _enumerate(value, name, ctx)
    if isinstance(value, c.DictionaryBase):
        return _nothing(value, name, ctx) if ctx.strict >= 2 and ctx.level != "2.0" else None
    return _nothing(value, name, ctx)


def _is_other_collection(value: Any, ctx: Any) -> bool:
    return (
        ctx.level != "2.0"
        and not isinstance(value, (str, c.DictionaryBase))
        and d.type_of(value).enumerate is not None
    )


def elements(value: Any, ctx: Any) -> list[Any]:
    """The elements of any collection as a list."""
    if isinstance(value, (list, c.ListBase, c.Enumerator, v.MultiArray)):
        return list(value)
    enumerate_ = d.type_of(value).enumerate
    return [value] if enumerate_ is None else list(enumerate_(value, ctx))


def _enumerate(value: Any, name: str, ctx: Any) -> Any:
    out: list[Any] = []
    any_found = False
    for item in elements(value, ctx):
        if item is None:
            continue
        found = get_property(item, name, ctx)
        if found is MISSING:
            if isinstance(item, (list, c.ListBase)):
                nested = _enumerate(item, name, ctx)
                if nested is not None:
                    any_found = True
                    out.extend(nested if isinstance(nested, list) else [nested])
            continue
        any_found = True
        if isinstance(found, (list, c.ListBase)):
            out.extend(found)
        else:
            out.append(found)
    if not any_found:
        return _nothing(value, name, ctx)
    return out[0] if len(out) == 1 else out


def _nothing(value: Any, name: str, ctx: Any) -> Any:
    if ctx is not None and ctx.strict >= 2:
        message = f"The property '{name}' cannot be found on this object. Verify that the property exists."
        if ctx.level == "2.0":
            message = f"Property '{name}' cannot be found on this object. Make sure that it exists."
        raise error(
            message,
            "PropertyNotFoundStrict",
            "NotSpecified" if ctx.level != "2.0" else "InvalidOperation",
            exception="System.Management.Automation.PropertyNotFoundException",
        )
    return None


# Setting ----------------------------------------------------------------------------------------------


def set_member(value: Any, name: str, new: Any, ctx: Any) -> None:
    """``$value.name = new``.

    Raises:
        PSError: ``PropertyNotFound`` (ids differ by level), a read-only property, a value that does not convert,
            a setter that failed.
    """
    if value is None:
        raise _not_settable(name)
    table = added_members(value)
    key = v.find_key(table, name) if table else None
    if table is not None and key is not None:
        _set_added(value, table, key, new, ctx)
        return
    if isinstance(value, c.DictionaryBase):
        _set_entry(value, name, new, ctx)
        return
    if type(value) is v.Boxed:
        set_member(value.base, name, new, ctx)
        return
    adapt = getattr(value, "adapt_set", None)
    if adapt is not None and _guarded(adapt, name, name, new, ctx):
        return
    member = d.type_of(value).find(name)
    if not isinstance(member, Prop):
        if type(value) is v.PSObject and ctx.level != "2.0":
            missing = _not_settable(name).record.exception
            raise _set_failed(name, missing.message, missing)
        raise _not_settable(name)
    if member.setter is None:
        raise _read_only(member.name)
    _guarded(member.setter, member.name, value, _typed(member, new, ctx), ctx)


def _typed(member: Prop, new: Any, ctx: Any) -> Any:
    if member.type_name in ("System.Object", ""):
        return new
    from exmigrate.twin.powershell.convert import convert
    from exmigrate.twin.powershell.types.resolve import find_type

    kind = find_type(member.type_name, "7", getattr(ctx, "types", None))
    if kind is None:
        return new
    try:
        if new is None and not kind.is_value_type and kind is not d.STRING:
            return None
        return convert(new, kind, ctx)
    except PSError as fault:
        raise _set_failed(member.name, fault.record.exception.message, fault.record.exception) from None


def _guarded(setter: Any, name: str, *args: Any) -> Any:
    try:
        return setter(*args)
    except NetFault as fault:
        raise _set_failed(name, fault.message, NetException(fault.kind, fault.message, fault.inner)) from None
    except MachineError as fault:
        made = machine_fault(fault)
        raise _set_failed(name, made.message, NetException(made.kind, made.message)) from None


def _set_failed(name: str, message: str, inner: NetException) -> PSError:
    return error(
        f'Exception setting "{name}": "{message}"',
        "ExceptionWhenSetting",
        "NotSpecified",
        exception="System.Management.Automation.SetValueInvocationException",
        inner=inner,
    )


def _set_entry(value: c.DictionaryBase, name: str, new: Any, ctx: Any) -> None:
    if isinstance(value, c.Dictionary) and value.net.arguments:
        from exmigrate.twin.powershell.convert import convert

        new = convert(new, value.net.arguments[1], ctx)
    value[name] = new


def _set_added(value: Any, table: dict[str, Any], key: str, new: Any, ctx: Any) -> None:
    item = table[key]
    if type(item) not in _SPECIAL:
        table[key] = new
        return
    if isinstance(item, v.AliasProperty):
        set_member(value, item.target, new, ctx)
        return
    if isinstance(item, v.ScriptProperty) and item.setter is not None:
        if callable(item.setter):
            item.setter(value, new)
            return
        try:
            ctx.invoke(item.setter, [new], this=value)
        except PSError as fault:
            raise _set_failed(key, fault.record.message, fault.record.exception) from None
        return
    if isinstance(item, v.ScriptProperty):
        raise error(
            f'Set accessor for property "{key}" is unavailable.',
            "SetWithoutSetterFromScriptProperty",
            "InvalidOperation",
            exception="System.Management.Automation.SetValueException",
        )
    raise _read_only(key)


def _not_settable(name: str) -> PSError:
    return error(
        f"The property '{name}' cannot be found on this object. Verify that the property exists and can be set.",
        "PropertyNotFound",
        "InvalidOperation",
    )


def _read_only(name: str) -> PSError:
    return error(f"'{name}' is a ReadOnly property.", "PropertyAssignmentException", "InvalidOperation")


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
    if isinstance(member, Method):
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
    from exmigrate.twin.powershell.types.objects import MAGIC, accessor

    key = name.lower()
    if key.startswith(("get_", "set_")):
        found = accessor(value, key, args, ctx)
        if found is not MISSING:
            return found
    if ctx.level in ("5.1", "7") and key in MAGIC:
        return MAGIC[key](value, args, ctx)
    if ctx.level != "2.0" and (isinstance(value, (list, c.ListBase)) or _is_other_collection(value, ctx)):
        return _call_each(value, name, args, ctx)
    found = get_property(value, name, ctx) if not isinstance(value, c.DictionaryBase) else MISSING
    if found is not MISSING and isinstance(found, MethodReference):
        return call(found.method, found.owner, args, ctx)
    raise method_not_found(d.type_of(value), name)


def _call_each(value: Any, name: str, args: list[Any], ctx: Any) -> Any:
    items = [item for item in elements(value, ctx) if item is not None]
    if not items or not any(_has_method(item, name) for item in items):
        raise method_not_found(d.type_of(value), name)
    out: list[Any] = []
    for item in items:
        result = invoke_method(item, name, args, ctx)
        if isinstance(result, (list, c.ListBase)):
            out.extend(result)
        elif result is not None:
            out.append(result)
    return out[0] if len(out) == 1 else (out or None)


def _has_method(item: Any, name: str) -> bool:
    table = added_members(item)
    if table and v.find_key(table, name) is not None:
        return True
    return isinstance(d.type_of(item).find(name), Method) or hasattr(item, "adapt_call")


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
        for enum_name, number in kind.enum_names.items():
            if enum_name.lower() == name.lower():
                return v.EnumValue(kind, number)
    member = kind.find_static(name)
    if isinstance(member, Prop):
        try:
            return member.getter(ctx)
        except NetFault as fault:
            raise _get_failed(member.name, fault) from None
    if isinstance(member, Method):
        return MethodReference(kind, member, True)
    return _nothing(kind, name, ctx)


def set_static(kind: NetType, name: str, new: Any, ctx: Any) -> None:
    """``[type]::name = new``."""
    member = kind.find_static(name)
    if not isinstance(member, Prop):
        raise _not_settable(name)
    if member.setter is None:
        raise _read_only(member.name)
    _guarded(member.setter, member.name, _typed(member, new, ctx), ctx)


def invoke_static(kind: NetType, name: str, args: list[Any], ctx: Any) -> Any:
    """``[type]::name(args)``; ``new`` makes an object (from 5.0)."""
    member = kind.find_static(name)
    if isinstance(member, Method):
        return call(member, kind, args, ctx, True)
    key = name.lower()
    if key == "new" and ctx.level in ("5.1", "7"):
        from exmigrate.twin.powershell.types.construct import construct

        return construct(kind, args, ctx, "new")
    if isinstance(member, Prop):
        found = get_static(kind, name, ctx)
        if hasattr(found, "invoke_value"):
            return found.invoke_value(args, ctx)
    raise method_not_found(kind, name)
