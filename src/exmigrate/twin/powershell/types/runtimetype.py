"""System.Type: what reflection says of a type's kind. Its members (``GetMethods()`` and the like) are not simulated."""

from __future__ import annotations

from hashlib import md5
from typing import Any
from uuid import UUID

from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.scalars import Guid
from exmigrate.twin.powershell.typeinfo import TYPES, NetType
from exmigrate.twin.powershell.types.environment import Assembly

_TYPE = TYPES["system.type"]
_B = "System.Boolean"
_DOTNET = {"2.0": "2.0.0.0", "3.0": "4.0.0.0", "5.1": "4.0.0.0"}
_TOKENS = {"mscorlib": "b77a5c561934e089", "System": "b77a5c561934e089"}
_FALSE = (
    "ContainsGenericParameters HasElementType IsAutoClass IsByRef IsCOMObject IsContextful IsExplicitLayout "
    "IsGenericParameter IsGenericTypeDefinition IsImport IsLayoutSequential IsMarshalByRef IsNestedAssembly "
    "IsNestedFamANDAssem IsNestedFamily IsNestedFamORAssem IsNestedPrivate IsNotPublic IsPointer IsSpecialName "
    "IsUnicodeClass"
)
_FALSE_7 = (
    "IsByRefLike IsCollectible IsFunctionPointer IsGenericMethodParameter IsGenericTypeParameter IsSignatureType "
    "IsUnmanagedFunctionPointer IsVariableBoundArray"
)


def _assembly(kind: NetType, ctx: Any) -> Assembly:
    name = kind.assembly
    if ctx.level == "7":
        core = "System.Private.CoreLib" if name == "mscorlib" else name
        return Assembly(f"{core}, Version=9.0.0.0, Culture=neutral, PublicKeyToken=7cec85d7bea7798e")
    token = _TOKENS.get(name, "31bf3856ad364e35" if "Automation" in name else "b03f5f7f11d50a3a")
    return Assembly(f"{name}, Version={_DOTNET[ctx.level]}, Culture=neutral, PublicKeyToken={token}")


def _nested(kind: NetType) -> bool:
    return "+" in kind.name.partition("[")[0]


def _sealed(kind: NetType) -> bool:
    return kind.is_value_type or kind.element is not None or kind.name == "System.String"


def _identity(kind: NetType, ctx: Any) -> Guid:
    return Guid(str(UUID(md5(kind.name.encode()).hexdigest())))


_TYPE.constants(dict.fromkeys(_FALSE.split(), False))
_TYPE.constants({"IsAnsiClass": True, "IsAutoLayout": True, "IsVisible": True})
_TYPE.constants(
    {"DeclaringMethod": None, "DeclaringType": None, "GenericParameterAttributes": None, "GenericParameterPosition": None,
     "ReflectedType": None, "StructLayoutAttribute": None, "TypeInitializer": None}
)  # fmt: skip
_TYPE.prop("Assembly", _assembly)
_TYPE.prop("GUID", _identity, type_name="System.Guid")
_TYPE.prop("IsNested", lambda kind, ctx: _nested(kind), type_name=_B)
_TYPE.prop("IsNestedPublic", lambda kind, ctx: _nested(kind), type_name=_B)
_TYPE.prop("IsSealed", lambda kind, ctx: _sealed(kind), type_name=_B)
_TYPE.prop("MemberType", lambda kind, ctx: "NestedType" if _nested(kind) else "TypeInfo")
_TYPE.prop("Module", lambda kind, ctx: f"{kind.assembly}.dll")
_TYPE.prop("UnderlyingSystemType", lambda kind, ctx: kind, type_name="System.Type")
_TYPE.prop("MetadataToken", lambda kind, ctx: 0x0200_0001, type_name="System.Int32")
_TYPE.prop("IsSecurityCritical", lambda kind, ctx: True, None, _B, 3.0)
_TYPE.constants({"IsSecuritySafeCritical": False, "IsSecurityTransparent": False}, since=3.0)
_TYPE.prop("GenericTypeArguments", lambda kind, ctx: v.TypedArray(_TYPE, list(kind.arguments)), since=5.1)
_TYPE.prop("IsConstructedGenericType", lambda kind, ctx: bool(kind.arguments), None, _B, 5.1)
_TYPE.constants(dict.fromkeys(_FALSE_7.split(), False), since=7)
_TYPE.prop("IsSZArray", lambda kind, ctx: kind.element is not None, None, _B, 7)
_TYPE.prop("IsTypeDefinition", lambda kind, ctx: not kind.arguments and kind.element is None, None, _B, 7)


def _attributes(kind: NetType, ctx: Any) -> str:
    flags = ["AutoLayout", "AnsiClass", "Class", "NestedPublic" if _nested(kind) else "Public"]
    flags += ["Abstract"] if kind.is_abstract or kind.is_interface else []
    return ", ".join([*flags, *(["Sealed"] if _sealed(kind) else []), "BeforeFieldInit"])


def _signatures(kind: NetType, what: str) -> list[str]:
    """The simulated members of a type as reflection writes them."""
    if what == "Properties":
        return [f"{one.type_name} {one.name}" for one in (*kind.props.values(), *kind.static_props.values())]
    if what == "Constructors":
        return [one.text.partition(" ")[2].replace("new(", "Void .ctor(", 1) for one in kind.constructors]
    if what == "Methods":
        tables = (kind.methods, kind.static_methods)
        return [one.text for table in tables for method in table.values() for one in method.overloads]
    return []


def _declared(*kinds: str) -> Any:
    def read(kind: NetType, ctx: Any) -> Any:
        return v.TypedArray(
            TYPES["system.string"], [text for what in kinds for text in _signatures(kind, what)]
        )

    return read


def _interfaces(kind: NetType, ctx: Any) -> Any:
    names = {name for one in kind.chain() for name in one.interfaces}
    return v.TypedArray(_TYPE, [TYPES[name.lower()] for name in sorted(names) if name.lower() in TYPES])


_TYPE.prop("Attributes", _attributes)
_TYPE.prop("TypeHandle", lambda kind, ctx: "System.RuntimeTypeHandle")
_TYPE.prop("ImplementedInterfaces", _interfaces, since=5.1)
for _name in ("Constructors", "Properties", "Methods", "Events", "Fields", "NestedTypes"):
    _TYPE.prop(f"Declared{_name}", _declared(_name), since=5.1)
_TYPE.prop("DeclaredMembers", _declared("Constructors", "Properties", "Methods"), since=5.1)
for _name in ("CustomAttributes", "GenericTypeParameters"):
    _TYPE.prop(_name, lambda kind, ctx: v.TypedArray(_TYPE, []), since=5.1)
