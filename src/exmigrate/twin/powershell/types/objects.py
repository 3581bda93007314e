"""Members that every object has, members of ``[type]`` values, and the methods of collections from level 4."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.convert import convert, to_bool
from exmigrate.twin.powershell.errors import PSError, error
from exmigrate.twin.powershell.faults import bad_argument
from exmigrate.twin.powershell.typeinfo import NetType, Prop
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types.texts import format_value, member_text
from exmigrate.twin.powershell.values import MISSING

OBJECT = d.OBJECT


@OBJECT.method("type GetType()")
def _get_type(value: Any) -> NetType:
    return d.type_of(value)


@OBJECT.method("string ToString()", ctx=True)
def _to_string(value: Any, ctx: Any) -> str:
    return member_text(value, ctx)


@OBJECT.method("bool Equals(object obj)", ctx=True)
def _equals(value: Any, other: Any, ctx: Any) -> bool:
    from exmigrate.twin.powershell.values import NetObject

    if type(value) is not type(other):
        return False
    if isinstance(value, (list, v.PSObject, c.DictionaryBase, c.ListBase)):
        return value is other
    return (
        bool(value == other)
        if not isinstance(value, NetObject) or value.__class__.__eq__ is not object.__eq__
        else value is other
    )


@OBJECT.method("int GetHashCode()")
def _hash_code(value: Any) -> int:
    try:
        number = hash(value) if isinstance(value, (int, bool)) else sum(map(ord, str(value)))
    except TypeError:
        number = id(value)
    return (int(number) + 2**31) % 2**32 - 2**31


@OBJECT.static_method("bool ReferenceEquals(object objA, object objB)")
def _reference_equals(a: Any, b: Any) -> bool:
    return a is b


@OBJECT.static_method("bool Equals(object objA, object objB)")
def _static_equals(a: Any, b: Any) -> bool:
    return type(a) is type(b) and bool(a == b)


OBJECT.constructors.clear()
OBJECT.constructor("new()")(lambda: v.PSObject())
d.PSOBJECT.constructor("new()")(lambda: v.PSObject())
d.PSOBJECT.constructor("new(object obj)")(lambda value: value)
d.PSCUSTOM.constructor("new()")(lambda: v.PSObject())


def _custom_from(value: Any, ctx: Any) -> Any:
    if isinstance(value, c.DictionaryBase):
        return v.PSObject({str(key): item for key, item in value.items()})
    return value


d.PSCUSTOM.convert = _custom_from


def _identity(value: Any, ctx: Any) -> Any:
    return value


d.CUSTOM_OBJECT.convert = _custom_from

# [type] --------------------------------------------------------------------------------------------------

TYPE = d.TYPE
TYPE.prop("Name", lambda t, ctx: t.short_name, type_name="System.String")
TYPE.prop("FullName", lambda t, ctx: t.name, type_name="System.String")
TYPE.prop("Namespace", lambda t, ctx: t.name.partition("[")[0].rpartition(".")[0], type_name="System.String")
TYPE.prop("BaseType", lambda t, ctx: _public_base(t), type_name="System.Type")
TYPE.prop("IsValueType", lambda t, ctx: t.is_value_type, type_name="System.Boolean")
TYPE.prop("IsEnum", lambda t, ctx: t.is_enum, type_name="System.Boolean")
TYPE.prop("IsArray", lambda t, ctx: t.element is not None, type_name="System.Boolean")
TYPE.prop("IsClass", lambda t, ctx: not t.is_value_type and not t.is_interface, type_name="System.Boolean")
TYPE.prop("IsInterface", lambda t, ctx: t.is_interface, type_name="System.Boolean")
TYPE.prop("IsAbstract", lambda t, ctx: t.is_abstract or t.is_interface, type_name="System.Boolean")
TYPE.prop("IsGenericType", lambda t, ctx: bool(t.arguments) or "`" in t.name, type_name="System.Boolean")
TYPE.prop("IsPublic", lambda t, ctx: True, type_name="System.Boolean")
TYPE.prop("IsSerializable", lambda t, ctx: True, type_name="System.Boolean")
TYPE.prop(
    "IsPrimitive",
    lambda t, ctx: t.is_value_type and t.python_class in _PRIMITIVES,
    type_name="System.Boolean",
)
TYPE.prop(
    "AssemblyQualifiedName",
    lambda t, ctx: (
        f"{t.name}, {t.assembly}, Version=2.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089"
    ),
    type_name="System.String",
)
_PRIMITIVES: tuple[type, ...] = (
    bool,
    int,
    float,
    v.Int64,
    v.Int16,
    v.Byte,
    v.SByte,
    v.UInt16,
    v.UInt32,
    v.UInt64,
    v.Single,
    v.Char,
)


def _public_base(kind: NetType) -> NetType | None:
    base = kind.base
    if kind.definition is not None and base is kind.definition:
        return base.base
    return base


@TYPE.method("type GetElementType()")
def _element_type(kind: NetType) -> NetType | None:
    return kind.element


@TYPE.method("type[] GetGenericArguments()")
def _generic_arguments(kind: NetType) -> list[Any]:
    return list(kind.arguments)


@TYPE.method("bool IsAssignableFrom(type c)")
def _assignable(kind: NetType, other: NetType) -> bool:
    return other.derives_from(kind)


@TYPE.method("bool IsSubclassOf(type c)")
def _subclass(kind: NetType, other: NetType) -> bool:
    return kind is not other and other in kind.chain()


@TYPE.method("bool IsInstanceOfType(object o)")
def _instance(kind: NetType, value: Any) -> bool:
    return value is not None and d.type_of(value).derives_from(kind)


@TYPE.static_method(
    "type GetType(string typeName)", "type GetType(string typeName, bool throwOnError)", ctx=True
)
def _type_by_name(name: str, throw: bool = False, ctx: Any = None) -> NetType | None:
    from exmigrate.twin.powershell.types.resolve import check_real, find_type

    found = find_type(name, ctx.level, ctx.types)
    if found is None:
        check_real(name, ctx.level)
    if found is None and throw:
        raise bad_argument(f"Could not load type '{name}'.")
    return found


d.ENUM.method("int CompareTo(object target)")(
    lambda value, other: (value.value > other.value) - (value.value < other.value)
)
d.ENUM.prop("value__", lambda value, ctx: value.value, type_name="System.Int32")


@d.ENUM.method("string ToString(string format)")
def _enum_format(value: Any, form: str) -> str:
    return format_value(value, form)


@d.ENUM.method("bool HasFlag(object flag)", ctx=True)
def _has_flag(value: Any, flag: Any, ctx: Any) -> bool:
    other = convert(flag, value.net, ctx)
    return bool(value.value & other.value == other.value)


@d.ENUM.static_method("string[] GetNames(type enumType)", ctx=True)
def _enum_names(kind: NetType, ctx: Any = None) -> Any:
    ordered = sorted(kind.enum_at(ctx).items(), key=lambda pair: pair[1] & 0xFFFFFFFF)
    return v.TypedArray(d.STRING, [name for name, _ in ordered])


@d.ENUM.static_method("array GetValues(type enumType)", ctx=True)
def _enum_values(kind: NetType, ctx: Any = None) -> Any:
    numbers = sorted(kind.enum_at(ctx).values(), key=lambda number: number & 0xFFFFFFFF)
    return v.TypedArray(kind, [v.EnumValue(kind, number) for number in numbers])


@d.ENUM.static_method("string GetName(type enumType, object value)")
def _enum_name(kind: NetType, value: Any) -> str | None:
    number = value.value if isinstance(value, v.EnumValue) else value
    return next((name for name, known in kind.enum_names.items() if known == number), None)


@d.ENUM.static_method("bool IsDefined(type enumType, object value)", ctx=True)
def _enum_defined(kind: NetType, value: Any, ctx: Any = None) -> bool:
    number = value.value if isinstance(value, v.EnumValue) else value
    known = kind.enum_at(ctx)
    return value in known if isinstance(value, str) else number in known.values()


@d.ENUM.static_method(
    "object Parse(type enumType, string value)",
    "object Parse(type enumType, string value, bool ignoreCase)",
    ctx=True,
)
def _enum_parse(kind: NetType, text: str, ignore_case: bool = False, ctx: Any = None) -> Any:
    total = 0
    for part in text.split(","):
        name = part.strip()
        found = next(
            (
                n
                for known, n in kind.enum_at(ctx).items()
                if known == name or (ignore_case and known.lower() == name.lower())
            ),
            int(name) if name.lstrip("-").isdigit() else None,
        )
        if found is None:
            raise bad_argument(f"Requested value '{text}' was not found.")
        total |= found
    return v.EnumValue(kind, total)


@d.ENUM.static_method("object ToObject(type enumType, object value)", ctx=True)
def _enum_object(kind: NetType, value: Any, ctx: Any) -> Any:
    return v.EnumValue(kind, int(convert(value, d.INT64, ctx)))


# Accessor methods and the methods of collections -------------------------------------------------------


def accessor(value: Any, key: str, args: list[Any], ctx: Any) -> Any:
    """``get_Name()`` and ``set_Name(x)`` of a property, ``get_Item``/``set_Item`` of an indexer; `MISSING` if none."""
    kind = d.type_of(value)
    name = key[4:]
    if name == "item":
        from exmigrate.twin.powershell.types.indexing import get_index, set_index

        if key.startswith("get_"):
            return get_index(value, args, ctx)
        if not args:
            raise _overload("set_Item", 0)
        set_index(value, args[:-1], args[-1], ctx)
        return None
    member = kind.find(name)
    if not isinstance(member, Prop):
        return MISSING
    if key.startswith("get_"):
        return member.getter(value, ctx)
    if member.setter is None or len(args) != 1:
        return MISSING
    member.setter(value, args[0], ctx)
    return None


def _items(value: Any, ctx: Any) -> list[Any]:
    from exmigrate.twin.powershell.types.access import elements

    return elements(value, ctx) if not isinstance(value, (str, c.DictionaryBase)) else [value]


def _magic_where(value: Any, args: list[Any], ctx: Any) -> Any:
    if not args:
        raise _overload("Where", len(args))
    mode = str(args[1]).lower() if len(args) > 1 else "default"
    number = int(convert(args[2], d.INT32)) if len(args) > 2 else 0
    items = _items(value, ctx)
    test = [to_bool(_one(ctx.invoke(args[0], [], dollar_under=item))) for item in items]
    kept = [item for item, ok in zip(items, test, strict=True) if ok]
    first = next((index for index, ok in enumerate(test) if ok), len(items))
    if mode == "first":
        return kept[: number or 1]
    if mode == "last":
        return kept[-(number or 1) :]
    if mode == "split":
        return [kept, [item for item, ok in zip(items, test, strict=True) if not ok]]
    if mode == "until":
        return items[:first][: number or None]
    if mode == "skipuntil":
        return items[first:][: number or None]
    return kept[: number or None]


def _one(out: list[Any]) -> Any:
    return out[0] if len(out) == 1 else out


def _overload(name: str, count: int) -> PSError:
    return error(
        f'Cannot find an overload for "{name}" and the argument count: "{count}".',
        "MethodCountCouldNotFindBest",
        "NotSpecified",
    )


def _magic_foreach(value: Any, args: list[Any], ctx: Any) -> Any:
    from exmigrate.twin.powershell.types.access import get_property, set_member
    from exmigrate.twin.powershell.types.invoke import invoke_method

    if not args:
        raise _overload("ForEach", 0)
    first, rest = args[0], args[1:]
    out: list[Any] = []
    for item in _items(value, ctx):
        if isinstance(first, NetType):
            out.append(convert(item, first, ctx))
        elif isinstance(first, str):
            found = get_property(item, first, ctx)
            if found is MISSING or hasattr(found, "method"):
                result = invoke_method(item, first, list(rest), ctx)
                if result is not None:
                    out.append(result)
            elif rest:
                set_member(item, first, rest[0], ctx)
            else:
                out.append(found)
        else:
            out.extend(ctx.invoke(first, list(rest), dollar_under=item))
    return out


MAGIC = {"where": _magic_where, "foreach": _magic_foreach}
"""Methods that any value has from level 4 on (about_Arrays, Methods)."""
