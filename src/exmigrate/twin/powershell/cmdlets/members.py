"""Add-Member, Get-Member, New-Object."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.text.wildcard import like
from exmigrate.twin.powershell.typeinfo import NetType, Prop
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.access import added_members, set_member
from exmigrate.twin.powershell.types.construct import construct
from exmigrate.twin.powershell.types.enums import enum_value
from exmigrate.twin.powershell.types.psobject import added_kind, property_infos
from exmigrate.twin.powershell.types.resolve import find_type
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.types.typenames import type_names

_KINDS = (
    "AliasProperty",
    "NoteProperty",
    "ScriptProperty",
    "ScriptMethod",
    "PropertySet",
    "MemberSet",
    "CodeProperty",
    "CodeMethod",
)


def _add_member(call: Call) -> None:
    value = call.bound.get("InputObject")
    made = (
        v.Boxed(value)
        if isinstance(value, (str, int, float, bool, Decimal)) or type(value) is list
        else value
    )
    bound = call.bound
    if call.set_name == "NotePropertyMultiMemberSet":
        for name, item in bound["NotePropertyMembers"].items():
            _put(call, made, to_text(name), item)
    elif call.set_name == "NotePropertySingleMemberSet":
        _put(call, made, to_text(bound["NotePropertyName"]), bound.get("NotePropertyValue"))
    elif call.set_name == "TypeNameSet":
        pass
    else:
        _put(call, made, to_text(bound.get("Name")), _entry(call))
    if "TypeName" in bound:
        _add_type_name(made, to_text(bound["TypeName"]))
    if call.flag("PassThru"):
        call.write(made)


def _add_type_name(value: Any, name: str) -> None:
    if isinstance(value, (v.PSObject, v.NetObject)):
        value.type_names = (name, *(getattr(value, "type_names", None) or ()))


def _entry(call: Call) -> Any:
    kind = _member_kind(call)
    first, second = call.bound.get("Value"), call.bound.get("SecondValue")
    if kind == "NoteProperty":
        return first
    if kind == "AliasProperty":
        return v.AliasProperty(to_text(first))
    if kind == "ScriptProperty":
        return v.ScriptProperty(first, second)
    if kind == "ScriptMethod":
        return v.ScriptMethod(first)
    if kind == "PropertySet":
        return v.PropertySet([to_text(one) for one in (first if isinstance(first, list) else [first])])
    if kind == "MemberSet":
        items = first if isinstance(first, list) else list(first or [])
        return v.MemberSet({getattr(one, "name", ""): getattr(one, "entry", one) for one in items})
    raise call.throw(
        f"Not simulated: Add-Member -MemberType {kind}.",
        "NotSimulated",
        "NotImplemented",
        exception="System.NotSupportedException",
    )


def _member_kind(call: Call) -> str:
    text = to_text(call.bound.get("MemberType"))
    exact = [kind for kind in _KINDS if kind.lower() == text.lower()]
    close = exact or [kind for kind in _KINDS if text and kind.lower().startswith(text.lower())]
    if len(close) != 1:
        raise call.throw(
            f"Cannot bind parameter 'MemberType'. Cannot convert value \"{text}\" to type "
            f'"System.Management.Automation.PSMemberTypes".',
            "CannotConvertArgumentNoMessage",
            "InvalidArgument",
        )
    return close[0]


def _put(call: Call, value: Any, name: str, entry: Any) -> None:
    if value is None:
        raise call.throw(
            "Cannot bind argument to parameter 'InputObject' because it is null.",
            "ParameterArgumentValidationErrorNullNotAllowed",
            "InvalidData",
        )
    table = added_members(value)
    key = v.find_key(table, name) if table else None
    own = (
        isinstance(d.type_of(value).find(name), Prop)
        and type(value) is not v.PSObject
        and type(entry) not in v.SPECIAL_MEMBERS
    )
    if (key is not None or own) and not call.flag("Force"):
        call.write_error(
            f'Cannot add a member with the name "{name}" because a member with that name already exists. To overwrite '
            f"the member anyway, add the Force parameter to your command.",
            "MemberAlreadyExists",
            "InvalidOperation",
            value,
            exception="System.InvalidOperationException",
        )
        return
    if isinstance(entry, v.MemberSet) and name.lower() == "psstandardmembers":
        _standard_members(value, entry)
    from exmigrate.twin.powershell.types.psobject import add_to

    if key is not None and key != name and table is not None:
        del table[key]
    add_to(value, name, entry)


def _standard_members(value: Any, entry: v.MemberSet) -> None:
    """DefaultDisplayPropertySet is read by the formatters straight from the member set."""
    for name, item in list(entry.members.items()):
        if not isinstance(item, v.PropertySet) and hasattr(item, "names"):
            entry.members[name] = v.PropertySet(list(item.names))


# Get-Member --------------------------------------------------------------------------------------------------

MEMBER_DEFINITION = v.record_type(
    "Microsoft.PowerShell.Commands.MemberDefinition",
    {
        "TypeName": "System.String",
        "Name": "System.String",
        "MemberType": "System.Management.Automation.PSMemberTypes",
        "Definition": "System.String",
    },
    to_string="Definition",
)
_ORDER = {
    "AliasProperty": 0,
    "CodeProperty": 1,
    "Method": 3,
    "NoteProperty": 6,
    "Property": 7,
    "ScriptMethod": 9,
    "ScriptProperty": 10,
}


def _get_member(call: Call) -> None:
    if "InputObject" not in call.bound or call.bound["InputObject"] is None:
        return
    call.state["any"] = True
    value = call.bound["InputObject"]
    seen: set[str] = call.state.setdefault("seen", set())
    name = type_names(value)[0]
    if name in seen:
        return
    seen.add(name)
    if call.flag("Static"):
        members = _static_members(value if isinstance(value, NetType) else d.type_of(value))
    else:
        members = _members(value, call)
    wanted = [to_text(one) for one in call.bound.get("Name") or ["*"]]
    mask = _mask(call)
    shown = [
        one
        for one in members
        if any(like(one[0], pattern) for pattern in wanted) and (mask is None or _bit(one[1]) & mask)
    ]
    for member, kind, definition in sorted(shown, key=lambda one: (_ORDER.get(one[1], 8), one[0].lower())):
        call.write(
            v.Record(
                MEMBER_DEFINITION,
                {
                    "TypeName": name,
                    "Name": member,
                    "MemberType": enum_value(_TYPES, kind),
                    "Definition": definition,
                },
            )
        )


_TYPES = "System.Management.Automation.PSMemberTypes"


def _bit(kind: str) -> int:
    return enum_value(_TYPES, kind).value


def _mask(call: Call) -> int | None:
    given = call.bound.get("MemberType")
    return None if given is None else int(given.value)


def _members(value: Any, call: Call) -> list[tuple[str, str, str]]:
    out: list[tuple[str, str, str]] = []
    for info in property_infos(value, call.session):
        out.append((info.name, info.kind, _property_definition(value, info, call)))
    base = value.base if isinstance(value, v.Boxed) else value
    names: set[str] = set()
    for kind in d.type_of(base).chain():
        for key, method in kind.methods.items():
            if key not in names and not key.startswith(("get_", "set_")):
                names.add(key)
                out.append((method.name, "Method", ", ".join(o.text for o in method.overloads)))
    for name, item in (added_members(value) or {}).items():
        if added_kind(item) in ("ScriptMethod", "PropertySet", "MemberSet") and name != "PSStandardMembers":
            out.append((name, added_kind(item), f"System.Object {name}();"))
    return out


def _property_definition(value: Any, info: Any, call: Call) -> str:
    from exmigrate.twin.powershell.types.access import get_property

    if info.kind == "Property":
        member = d.type_of(value).find(info.name)
        if isinstance(member, Prop):
            return f"{_short(member.type_name)} {member.name} {{get;{'set;' if member.setter else ''}}}"
        return f"object {info.name} {{get;set;}}"
    if info.kind == "NoteProperty":
        found = get_property(value, info.name, call.session)
        kind = "object" if found is None else _short(d.type_of(found).name)
        return f"{kind} {info.name}={to_text(found, call.session) if found is not None else 'null'}"
    if info.kind == "AliasProperty":
        table = added_members(value) or {}
        return f"{info.name} = {table[v.find_key(table, info.name) or info.name].target}"
    return f"System.Object {info.name} {{get=...}}"


_SHORT = {
    "System.String": "string", "System.Int32": "int", "System.Int64": "long", "System.Boolean": "bool",
    "System.DateTime": "datetime", "System.Object": "object", "System.Double": "double", "System.Guid": "guid",
    "System.Version": "version", "System.TimeSpan": "timespan",
}  # fmt: skip


def _short(name: str) -> str:
    return _SHORT.get(name, name)


def _static_members(kind: NetType) -> list[tuple[str, str, str]]:
    out: list[tuple[str, str, str]] = []
    for one in kind.chain():
        for prop in one.static_props.values():
            out.append((prop.name, "Property", f"static {_short(prop.type_name)} {prop.name} {{get;}}"))
        for method in one.static_methods.values():
            out.append((method.name, "Method", ", ".join("static " + o.text for o in method.overloads)))
    if kind.is_enum:
        out.extend((name, "Property", f"static {kind.name} {name} {{get;}}") for name in kind.enum_names)
    return out


def _get_member_end(call: Call) -> None:
    if not call.state.get("any"):
        call.write_error(
            "You must specify an object for the Get-Member cmdlet.",
            "NoObjectInGetMember",
            "CloseError",
            exception="System.InvalidOperationException",
        )


# New-Object ------------------------------------------------------------------------------------------------------


def _new_object(call: Call) -> None:
    if call.set_name == "Com":
        _new_com(call)
        return
    name = to_text(call.bound.get("TypeName"))
    kind = find_type(name, call.level, call.session.types)
    if kind is None:
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
        if fault.record.error_id in (
            "MethodCountCouldNotFindBest",
            "MethodArgumentConversionInvalidCastArgument",
        ):
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


_ADD_SETS = ("MemberSet", "NotePropertySingleMemberSet", "NotePropertyMultiMemberSet", "TypeNameSet")
CMDLETS = [
    Cmdlet(
        "Add-Member",
        parameters=[
            Parameter("InputObject", "psobject", mandatory=True, pipeline=True),
            Parameter(
                "MemberType", "string", sets=("MemberSet",), mandatory=True, position=0, aliases=("Type",)
            ),
            Parameter("Name", "string", sets=("MemberSet",), mandatory=True, position=1),
            Parameter("Value", "object", sets=("MemberSet",), position=2),
            Parameter("SecondValue", "object", sets=("MemberSet",), position=3),
            Parameter(
                "NotePropertyName",
                "string",
                sets=("NotePropertySingleMemberSet",),
                mandatory=True,
                position=0,
                since="3.0",
            ),
            Parameter(
                "NotePropertyValue",
                "object",
                sets=("NotePropertySingleMemberSet",),
                mandatory=True,
                position=1,
                allow_null=True,
                since="3.0",
            ),  # fmt: skip
            Parameter(
                "NotePropertyMembers",
                "System.Collections.IDictionary",
                sets=("NotePropertyMultiMemberSet",),
                mandatory=True,
                position=0,
                since="3.0",
            ),  # fmt: skip
            Parameter("TypeName", "string", mandatory=("TypeNameSet",), since="3.0"),
            Parameter("PassThru", "switch"),
            Parameter("Force", "switch", sets=_ADD_SETS[:3]),
        ],
        process=_add_member,
        default_set="MemberSet",
    ),
    Cmdlet(
        "Get-Member",
        parameters=[
            Parameter("InputObject", "psobject", pipeline=True),
            Parameter("Name", "string[]", position=0),
            Parameter("MemberType", "System.Management.Automation.PSMemberTypes", aliases=("Type",)),
            Parameter("View", "string"),
            Parameter("Static", "switch"),
            Parameter("Force", "switch"),
        ],
        process=_get_member,
        end=_get_member_end,
        aliases=("gm",),
    ),
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
