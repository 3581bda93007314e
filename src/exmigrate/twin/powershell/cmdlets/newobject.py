"""New-Object."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.typeinfo import NetType
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.access import set_member
from exmigrate.twin.powershell.types.construct import construct
from exmigrate.twin.powershell.types.resolve import check_real, find_type
from exmigrate.twin.powershell.types.texts import to_text

# New-Object ------------------------------------------------------------------------------------------------------


def _new_object(call: Call) -> None:
    if call.set_name == "Com":
        _new_com(call)
        return
    name = to_text(call.bound.get("TypeName"))
    kind = find_type(name, call.level, call.session.types)
    if kind is None:
        check_real(name, call.level)
        raise _type_not_found(call, name)
    given = call.bound.get("ArgumentList")
    args = list(given) if isinstance(given, (list, c.ListBase)) else ([] if given is None else [given])
    made = _construct(call, kind, args, name)
    properties = call.bound.get("Property")
    if properties is not None:
        _set_properties(call, made, properties)
    call.write(made)


def _type_not_found(call: Call, name: str) -> PSError:
    message = f"Cannot find type [{name}]: verify that the assembly containing this type is loaded."
    if call.level == "2.0":
        message = f"Cannot find type [{name}]: make sure the assembly containing this type is loaded."
    return call.throw(
        message, "TypeNotFound", "InvalidType", exception="System.Management.Automation.PSArgumentException"
    )


def _construct(call: Call, kind: NetType, args: list[Any], name: str) -> Any:
    if kind.is_abstract or kind.is_interface:
        raise _no_constructor(call, kind)
    try:
        return construct(kind, args, call.session)
    except PSError as fault:
        if fault.record.error_id == "MethodCountCouldNotFindBest":
            raise _no_constructor(call, kind) from None
        record = fault.record
        raised = call.throw(
            record.exception.message,
            "ConstructorInvokedThrowException",
            "InvalidOperation",
            exception=record.exception.type_name,
            inner=record.exception.inner,
        )
        raise raised from None


def _no_constructor(call: Call, kind: NetType) -> PSError:
    return call.throw(
        f"A constructor was not found. Cannot find an appropriate constructor for type {kind.name}.",
        "CannotFindAppropriateCtor",
        "ObjectNotFound",
        exception="System.Management.Automation.PSArgumentException",
    )


def _set_properties(call: Call, made: Any, properties: Any) -> None:
    for name, value in properties.items():
        if type(made) is v.PSObject:
            made.props[to_text(name)] = value
            continue
        try:
            set_member(made, to_text(name), value, call.session)
        except PSError as fault:
            raise call.throw(
                f'The member "{to_text(name)}" was not found for the specified {d.type_of(made).name} object.'
                if fault.record.error_id == "PropertyNotFound"
                else fault.record.message,
                "InvalidOperationException"
                if fault.record.error_id == "PropertyNotFound"
                else fault.record.error_id,
                "InvalidOperation",
                exception="System.InvalidOperationException",
            ) from None


def _new_com(call: Call) -> None:
    name = to_text(call.bound.get("ComObject"))
    factory = call.session.host.registry.com.get(name.lower())
    if factory is not None:
        call.write(factory(call.session))
        return
    made = call.machine.com.get(name.lower())
    if made is None:
        raise call.throw(
            f"Retrieving the COM class factory for component with CLSID {{00000000-0000-0000-0000-000000000000}} failed "
            f"due to the following error: 80040154 Class not registered: {name}.",
            "NoCOMClassIdentified",
            "ResourceUnavailable",
            exception="System.Runtime.InteropServices.COMException",
        )
    call.write(made(call.machine))


CMDLETS = [
    Cmdlet(
        "New-Object",
        parameters=[
            Parameter("TypeName", "string", sets=("Net",), mandatory=True, position=0),
            Parameter("ComObject", "string", sets=("Com",), mandatory=True, position=0),
            Parameter("ArgumentList", "object[]", sets=("Net",), position=1, aliases=("Args",)),
            Parameter("Strict", "switch", sets=("Com",)),
            Parameter("Property", "System.Collections.IDictionary"),
        ],
        process=_new_object,
        default_set="Net",
    ),
]
