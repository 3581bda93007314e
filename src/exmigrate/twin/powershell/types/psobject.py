"""``.PSObject`` and ``.PSTypeNames``: an object's members and type names as objects themselves."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.errors import PSError, error
from exmigrate.twin.powershell.text.wildcard import like
from exmigrate.twin.powershell.typeinfo import Method, NetType, declare_type
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.typenames import TypeNames
from exmigrate.twin.powershell.values import MISSING

VIEW = declare_type("System.Management.Automation.PSObjectView")
VIEW.name = "System.Management.Automation.PSObject"


class MemberInfo(v.NetObject):
    """One member of an object: PSNoteProperty, PSProperty, PSMethod and so on."""

    __slots__ = ("kind", "name", "net", "owner")

    def __init__(self, owner: Any, name: str, kind: str):
        self.owner = owner
        self.name = name
        self.kind = kind
        self.net = _INFO_TYPES[kind]


_MEMBER = declare_type("System.Management.Automation.PSMemberInfo", is_abstract=True)
_PROPERTY = declare_type(
    "System.Management.Automation.PSPropertyInfo", "System.Management.Automation.PSMemberInfo"
)
_CLASSES = {
    "NoteProperty": "PSNoteProperty",
    "ScriptProperty": "PSScriptProperty",
    "AliasProperty": "PSAliasProperty",
    "Property": "PSProperty",
    "ScriptMethod": "PSScriptMethod",
    "Method": "PSMethod",
    "PropertySet": "PSPropertySet",
    "MemberSet": "PSMemberSet",
    "ParameterizedProperty": "PSParameterizedProperty",
}
_INFO_TYPES: dict[str, NetType] = {
    kind: declare_type(
        f"System.Management.Automation.{name}",
        "System.Management.Automation.PSPropertyInfo"
        if "Property" in kind and kind != "PropertySet"
        else "System.Management.Automation.PSMemberInfo",
    )
    for kind, name in _CLASSES.items()
}
_KIND_OF = {
    v.ScriptProperty: "ScriptProperty",
    v.AliasProperty: "AliasProperty",
    v.ScriptMethod: "ScriptMethod",
    v.PropertySet: "PropertySet",
    v.MemberSet: "MemberSet",
}
PROPERTY_KINDS = ("NoteProperty", "ScriptProperty", "AliasProperty", "Property")


def added_kind(item: Any) -> str:
    """Member type of an entry of a member table."""
    return _KIND_OF.get(type(item), "NoteProperty")


def _member_type(info: MemberInfo, ctx: Any) -> Any:
    from exmigrate.twin.powershell.types.enums import enum_value

    return enum_value("System.Management.Automation.PSMemberTypes", info.kind)


def _value(info: MemberInfo, ctx: Any) -> Any:
    from exmigrate.twin.powershell.types.access import get_property

    found = get_property(info.owner, info.name, ctx)
    return None if found is MISSING else found


def _assign(info: MemberInfo, new: Any, ctx: Any) -> None:
    from exmigrate.twin.powershell.types.access import set_member

    set_member(info.owner, info.name, new, ctx)


def _type_of_value(info: MemberInfo, ctx: Any) -> str:
    declared = d.type_of(info.owner).find(info.name)
    if (
        info.kind == "Property"
        and declared is not None
        and getattr(declared, "type_name", "") not in ("", "System.Object")
    ):
        return str(declared.type_name)  # type: ignore[union-attr]
    if info.kind == "ScriptProperty":
        return "System.Object"
    value = _value(info, ctx)
    return "System.Object" if value is None else d.type_of(value).name


def _settable(info: MemberInfo, ctx: Any) -> bool:
    if info.kind == "NoteProperty":
        return True
    from exmigrate.twin.powershell.types.access import added_members

    table = added_members(info.owner) or {}
    key = v.find_key(table, info.name)
    if key is not None:
        item = table[key]
        return isinstance(item, v.AliasProperty) or getattr(item, "setter", None) is not None
    return getattr(d.type_of(info.owner).find(info.name), "setter", None) is not None


_MEMBER.prop("Name", lambda info, ctx: info.name, type_name="System.String")
_MEMBER.prop("MemberType", _member_type)
_MEMBER.prop("Value", _value, _assign)
_MEMBER.prop("TypeNameOfValue", _type_of_value, type_name="System.String")
_MEMBER.prop("IsSettable", _settable, type_name="System.Boolean")
_MEMBER.prop("IsGettable", lambda info, ctx: True, type_name="System.Boolean")
_MEMBER.prop(
    "IsInstance", lambda info, ctx: info.kind not in ("Property", "Method"), type_name="System.Boolean"
)


def _info_text(info: Any, ctx: Any) -> str:
    from exmigrate.twin.powershell.types.texts import to_text

    if info.kind == "NoteProperty":
        return f"{_type_of_value(info, ctx)} {info.name}={to_text(_value(info, ctx), ctx)}"
    return f"{_type_of_value(info, ctx)} {info.name} {{get;set;}}"


_MEMBER.to_string = _info_text
for _name in ("Script", "GetterScript"):
    _INFO_TYPES["ScriptProperty"].prop(_name, lambda info, ctx: _entry(info).getter)
_INFO_TYPES["ScriptProperty"].prop("SetterScript", lambda info, ctx: _entry(info).setter)
_INFO_TYPES["ScriptMethod"].prop("Script", lambda info, ctx: _entry(info).body)
_INFO_TYPES["AliasProperty"].prop("ReferencedMemberName", lambda info, ctx: _entry(info).target)


def _entry(info: MemberInfo) -> Any:
    from exmigrate.twin.powershell.types.access import added_members

    table = added_members(info.owner) or {}
    return table[v.find_key(table, info.name) or info.name]


def property_infos(value: Any, ctx: Any) -> list[MemberInfo]:
    """Properties of an object in order: those of its type, then those added."""
    infos: list[MemberInfo] = []
    seen: set[str] = set()
    for name in type_property_names(value, ctx):
        infos.append(MemberInfo(value, name, "Property"))
        seen.add(name.lower())
    for name in _not_simulated(value, ctx):
        infos.append(MemberInfo(value, name, "Property"))
        seen.add(name.lower())
    from exmigrate.twin.powershell.types.access import added_members

    for name, item in (added_members(value) or {}).items():
        kind = added_kind(item)
        if kind in PROPERTY_KINDS:
            if name.lower() in seen:
                infos = [info for info in infos if info.name.lower() != name.lower()]
            infos.append(MemberInfo(value, name, kind))
    return infos


def _not_simulated(value: Any, ctx: Any) -> list[str]:
    """Properties that the real type has and its table has not: they are seen, and reading one is an error."""
    if ctx is None:
        return []
    base = value.base if type(value) is v.Boxed else value
    if getattr(base, "adapt_names", None) is not None:
        return []
    from exmigrate.twin.powershell.types.published import entry, missing_members

    names = missing_members(base, d.type_of(base), "properties", ctx.level)
    if type(base) is v.PSObject:
        plumbing = entry("System.Management.ManagementObject", False)
        return [name for name in names if name.lower() not in plumbing]
    return names


def type_property_names(value: Any, ctx: Any = None) -> list[str]:
    """Names of the properties that an object's type (or its adapter) gives it, in order of declaration.

    With a session, without those that came after its level.
    """
    level = float(ctx.level) if ctx is not None else 99.0
    base = value.base if type(value) is v.Boxed else value
    adapt = getattr(base, "adapt_names", None)
    if adapt is not None:
        return list(adapt())
    if type(base) is v.PSObject:
        return []
    names: dict[str, str] = {}
    for kind in d.type_of(base).chain():
        hidden = {one.name.lower() for one in kind.ps_class.properties if one.hidden} if kind.ps_class else ()
        for key, prop in kind.props.items():
            if key not in hidden and prop.since <= level:
                names.setdefault(key, prop.name)
    return list(names.values())


def property_names(value: Any, ctx: Any) -> list[str]:
    """Names of all properties of an object in order."""
    if type(value) is v.PSObject:
        names = [name for name, item in value.props.items() if added_kind(item) in PROPERTY_KINDS]
        return [*_not_simulated(value, ctx), *names] if value.type_names else names
    return [info.name for info in property_infos(value, ctx)]


def method_names(value: Any) -> list[str]:
    """Names of the methods of an object's type."""
    names: dict[str, str] = {}
    base = value.base if type(value) is v.Boxed else value
    for kind in d.type_of(base).chain():
        for key, method in kind.methods.items():
            names.setdefault(key, method.name)
    return list(names.values())


class MemberCollection(c.ListBase):
    """``.PSObject.Properties``, ``Members`` or ``Methods``: a list by position and by name."""

    __slots__ = ("ctx", "owner", "what")

    def __init__(self, owner: Any, what: str, items: list[Any]):
        super().__init__(items)
        self.owner = owner
        self.what = what


COLLECTION = declare_type("System.Management.Automation.PSMemberInfoCollection`1", python=MemberCollection)
COLLECTION.name = "System.Management.Automation.PSMemberInfoIntegratingCollection`1[[System.Management.Automation.PSPropertyInfo]]"


def _by_name(collection: MemberCollection, indexes: list[Any], ctx: Any) -> Any:
    name = indexes[0]
    if isinstance(name, str):
        return next((info for info in collection.items if info.name.lower() == name.lower()), None)
    return collection.items[name] if -len(collection.items) <= name < len(collection.items) else None


COLLECTION.indexer = _by_name


@COLLECTION.method("void Remove(string name)")
def _remove(collection: MemberCollection, name: str) -> None:
    from exmigrate.twin.powershell.types.access import added_members

    table = added_members(collection.owner)
    key = v.find_key(table, name) if table else None
    if table is not None and key is not None:
        del table[key]
        return
    if any(info.name.lower() == name.lower() for info in collection.items):
        raise _cannot_remove(name)


def _cannot_remove(name: str) -> PSError:
    return error(
        f'Cannot remove property "{name}" because it belongs to the type.',
        "CannotRemoveMember",
        "InvalidOperation",
    )


@COLLECTION.method("void Add(object member)", "void Add(object member, bool preValidated)")
def _add_member(collection: MemberCollection, member: Any, validated: bool = False) -> None:
    add_to(collection.owner, member.name, _entry_of(member))


def _entry_of(member: Any) -> Any:
    if isinstance(member, NewMember):
        return member.entry
    return _value(member, None)


def add_to(value: Any, name: str, entry: Any) -> None:
    """Gives a value a member; the value must be able to carry one."""
    if isinstance(value, v.PSObject):
        value.props[name] = entry
        return
    if isinstance(value, (v.NetObject, v.TypedArray)):
        table = getattr(value, "extra", None)
        if table is None:
            table = value.extra = {}
        table[name] = entry


@COLLECTION.method("object[] Match(string name)")
def _match(collection: MemberCollection, pattern: str) -> list[Any]:
    return [info for info in collection.items if like(info.name, pattern)]


class NewMember(v.NetObject):
    """A member made by ``New-Object PSNoteProperty name, value`` that belongs to no object yet."""

    __slots__ = ("entry", "name", "net")

    def __init__(self, net: NetType, name: str, entry: Any):
        self.net = net
        self.name = name
        self.entry = entry


_NOTE = _INFO_TYPES["NoteProperty"]
_NOTE.constructor("new(string name, object value)")(lambda name, value: NewMember(_NOTE, name, value))
_ALIAS = _INFO_TYPES["AliasProperty"]
_ALIAS.constructor("new(string name, string referenced)")(
    lambda name, target: NewMember(_ALIAS, name, v.AliasProperty(target))
)
_SCRIPT = _INFO_TYPES["ScriptProperty"]
_SCRIPT.constructor(
    "new(string name, delegate getter)", "new(string name, delegate getter, delegate setter)"
)(lambda name, getter, setter=None: NewMember(_SCRIPT, name, v.ScriptProperty(getter, setter)))
_METHOD = _INFO_TYPES["ScriptMethod"]
_METHOD.constructor("new(string name, delegate script)")(
    lambda name, body: NewMember(_METHOD, name, v.ScriptMethod(body))
)


class PSObjectView(v.NetObject):
    """``$value.PSObject``."""

    __slots__ = ("owner",)

    def __init__(self, owner: Any):
        self.owner = owner


from exmigrate.twin.powershell.typeinfo import BY_CLASS  # noqa: E402

BY_CLASS[PSObjectView] = VIEW


def _properties(view: PSObjectView, ctx: Any) -> MemberCollection:
    return MemberCollection(view.owner, "Properties", list(property_infos(view.owner, ctx)))


def _methods(view: PSObjectView, ctx: Any) -> MemberCollection:
    names = [MemberInfo(view.owner, name, "Method") for name in method_names(view.owner)]
    return MemberCollection(view.owner, "Methods", [*names, *_script_methods(view.owner)])


def _script_methods(value: Any) -> list[MemberInfo]:
    from exmigrate.twin.powershell.types.access import added_members

    table = added_members(value) or {}
    return [
        MemberInfo(value, name, "ScriptMethod")
        for name, item in table.items()
        if type(item) is v.ScriptMethod
    ]


def _members(view: PSObjectView, ctx: Any) -> MemberCollection:
    items = [*property_infos(view.owner, ctx), *_methods(view, ctx).items]
    return MemberCollection(view.owner, "Members", items)


VIEW.prop("Properties", _properties)
VIEW.prop("Methods", _methods)
VIEW.prop("Members", _members)
VIEW.prop("TypeNames", lambda view, ctx: TypeNames(view.owner))
VIEW.prop("BaseObject", lambda view, ctx: view.owner.base if isinstance(view.owner, v.Boxed) else view.owner)
VIEW.prop("ImmediateBaseObject", lambda view, ctx: view.owner)


@VIEW.method("psobject Copy()")
def _copy(view: PSObjectView) -> Any:
    return copy_object(view.owner)


def copy_object(value: Any) -> Any:
    """A shallow copy of an object with its members."""
    if isinstance(value, v.PSObject):
        return v.PSObject(dict(value.props), value.type_names)
    if isinstance(value, v.Record):
        made = v.Record(value.net, dict(value.values))
        if value.added:
            made.extra = dict(value.added)
        return made
    if isinstance(value, v.TypedArray):
        return v.TypedArray(value.element, value)
    if isinstance(value, list):
        return list(value)
    if isinstance(value, v.Boxed):
        made_box = v.Boxed(value.base)
        made_box.extra = dict(value.added or {})
        return made_box
    return value


def is_method(value: Any, name: str) -> bool:
    """Whether a value's type has a method of a name."""
    return isinstance(d.type_of(value).find(name), Method)
