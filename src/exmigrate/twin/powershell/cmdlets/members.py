"""Add-Member and Get-Member."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.packs import Call, Cmdlet, Parameter
from exmigrate.twin.powershell.text.wildcard import like
from exmigrate.twin.powershell.typeinfo import NetType, Prop
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.access import added_members
from exmigrate.twin.powershell.types.enums import enum_value
from exmigrate.twin.powershell.types.psobject import added_kind, property_infos
from exmigrate.twin.powershell.types.published import missing_members, type_table
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

NOT_SIMULATED = "Not simulated"
"""Definition of a member that the real type has and that is an error here."""
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
    "Event": 2,
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
        members = _static_members(value if isinstance(value, NetType) else d.type_of(value), call.level)
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
    for name in missing_members(base, d.type_of(base), "methods", call.level):
        out.append((name, "Method", NOT_SIMULATED))
    for name in missing_members(base, d.type_of(base), "events", call.level):
        out.append((name, "Event", NOT_SIMULATED))
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
        return f"object {info.name} {{get;set;}}" if hasattr(value, "adapt_names") else NOT_SIMULATED
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


def _static_members(kind: NetType, level: str) -> list[tuple[str, str, str]]:
    out: list[tuple[str, str, str]] = []
    for one in kind.chain():
        for prop in one.static_props.values():
            out.append((prop.name, "Property", f"static {_short(prop.type_name)} {prop.name} {{get;}}"))
        for method in one.static_methods.values():
            out.append((method.name, "Method", ", ".join("static " + o.text for o in method.overloads)))
    if kind.is_enum:
        out.extend((name, "Property", f"static {kind.name} {name} {{get;}}") for name in kind.enum_names)
    known = {name.lower() for name, _, _ in out}
    for key, member in type_table(kind, True).items():
        if key not in known and member.at(level):
            out.append((member.name, "Property" if member.what == "statics" else "Method", NOT_SIMULATED))
    return out


def _get_member_end(call: Call) -> None:
    if not call.state.get("any"):
        call.write_error(
            "You must specify an object for the Get-Member cmdlet.",
            "NoObjectInGetMember",
            "CloseError",
            exception="System.InvalidOperationException",
        )


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
            ),
            Parameter(
                "NotePropertyMembers",
                "System.Collections.IDictionary",
                sets=("NotePropertyMultiMemberSet",),
                mandatory=True,
                position=0,
                since="3.0",
            ),
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
]
