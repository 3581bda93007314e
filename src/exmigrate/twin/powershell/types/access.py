"""Reading, setting and calling members of any value: the entry points that compiled scripts use.

A member is looked for in the members a script added, in what the value itself adapts (dictionary keys, XML
children, directory attributes), then in its type. From level 3.0 a collection without the member gives the
member of its elements.
"""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.errors import NetException, PSError, error
from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.machine.ports import MachineError
from exmigrate.twin.powershell.typeinfo import Method, Prop
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types import published
from exmigrate.twin.powershell.types.faults_of import PYTHON_FAULTS, machine_fault, python_fault
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
        return value.props
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
    kind = d.type_of(value)
    member = kind.find(name)
    if member is None or (member.since and lacks(member, ctx)):
        found = _universal(value, name, ctx)
        if found is MISSING and member is None:
            published.check_property(value, kind, name, ctx)
        return found
    if type(member) is Prop:
        try:
            return member.getter(value, ctx)
        except NetFault as fault:
            raise get_failed(member.name, fault) from None
        except MachineError as fault:
            raise get_failed(member.name, machine_fault(fault)) from None
        except PYTHON_FAULTS as fault:
            what = f"[{d.type_of(value).name}].{member.name}"
            raise get_failed(member.name, python_fault(fault, what)) from None
    return MethodReference(value, member)  # type: ignore[arg-type]


def shown_property(value: Any, name: str, ctx: Any) -> Any:
    """A property as cmdlets show it: ``$null`` when its getter fails, `MISSING` for a method or none."""
    try:
        return get_property(value, name, ctx)
    except published.NotSimulated as fault:
        if fault.is_property:
            raise
        return MISSING
    except PSError:
        return None


def lacks(member: Prop | Method, ctx: Any) -> bool:
    """Whether the session's level is older than a member."""
    return ctx is not None and float(ctx.level) < member.since


def _universal(value: Any, name: str, ctx: Any) -> Any:
    key = name.lower()
    if key == "psobject":
        from exmigrate.twin.powershell.types.psobject import PSObjectView

        return PSObjectView(value)
    if key == "pstypenames":
        from exmigrate.twin.powershell.types.typenames import TypeNames

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


def get_failed(name: str, fault: NetFault) -> PSError:
    """The error of a getter that failed."""
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
        return nothing_there(value, name, ctx)
    found = get_property(value, name, ctx)
    if found is not MISSING:
        return found
    if (ctx.level != "2.0" and isinstance(value, (list, c.ListBase, c.Enumerator))) or is_other_collection(
        value, ctx
    ):
        return _enumerate(value, name, ctx)
    if isinstance(value, c.DictionaryBase):
        return nothing_there(value, name, ctx) if ctx.strict >= 2 and ctx.level != "2.0" else None
    return nothing_there(value, name, ctx)


def is_other_collection(value: Any, ctx: Any) -> bool:
    """Whether member enumeration looks into a value of a type of its own (from 3.0)."""
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
        return nothing_there(value, name, ctx)
    return out[0] if len(out) == 1 else out


def nothing_there(value: Any, name: str, ctx: Any) -> Any:
    """What a property that is not there gives: ``$null``, or the error of strict mode."""
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
        raise not_settable(name)
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
    if adapt is not None and guarded(adapt, name, name, new, ctx):
        return
    member = d.type_of(value).find(name)
    if not isinstance(member, Prop):
        if member is None:
            published.check_property(value, d.type_of(value), name, ctx)
        if type(value) is v.PSObject and ctx.level != "2.0":
            missing = not_settable(name).record.exception
            raise _set_failed(name, missing.message, missing)
        raise not_settable(name)
    if member.setter is None:
        raise read_only(member.name)
    guarded(member.setter, member.name, value, typed(member, new, ctx), ctx)


def typed(member: Prop, new: Any, ctx: Any) -> Any:
    """A new value converted to a property's type."""
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


def guarded(setter: Any, name: str, *args: Any) -> Any:
    """Runs a setter; what it throws becomes the error of the assignment."""
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
    raise read_only(key)


def not_settable(name: str) -> PSError:
    """The error for a property that is not there to be set."""
    return error(
        f"The property '{name}' cannot be found on this object. Verify that the property exists and can be set.",
        "PropertyNotFound",
        "InvalidOperation",
    )


def read_only(name: str) -> PSError:
    """The error for a property without a setter."""
    return error(f"'{name}' is a ReadOnly property.", "PropertyAssignmentException", "InvalidOperation")
