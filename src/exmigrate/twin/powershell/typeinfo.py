"""Descriptions of .NET types: what members a type has, as data that the entry points in ``types`` read.

A `NetType` is also what ``[int]`` is worth in a script. Types are declared once, when the modules of
``types`` (or a pack) are imported; generic and array types are made when first named and kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

Getter = Callable[..., Any]


class Prop:
    """A property of a type: getter ``(self, ctx)``, setter ``(self, value, ctx)`` or None when read-only."""

    __slots__ = ("getter", "name", "setter", "since", "type_name")

    def __init__(
        self, name: str, getter: Getter, setter: Getter | None = None, type_name: str = "System.Object"
    ):
        self.name = name
        self.getter = getter
        self.setter = setter
        self.type_name = type_name
        self.since = 0.0


class Overload:
    """One signature of a method: parameter types and names, and the function that does the work."""

    __slots__ = (
        "converters",
        "ctx",
        "function",
        "names",
        "params_array",
        "result",
        "since",
        "text",
        "types",
    )

    def __init__(self, text: str, function: Callable[..., Any], ctx: bool = False):
        self.text = text
        self.function = function
        self.ctx = ctx
        self.since = 0.0
        result, _, rest = text.partition(" ")
        self.result = result
        inside = rest[rest.index("(") + 1 : rest.rindex(")")].strip()
        types: list[str] = []
        names: list[str] = []
        self.params_array = False
        for part in _split_parameters(inside) if inside else []:
            words = part.split()
            if words[0] == "params":
                self.params_array = True
                words = words[1:]
            types.append(words[0])
            names.append(words[1] if len(words) > 1 else "value")
        self.types = types
        self.names = names
        self.converters: list[Any] | None = None


def _split_parameters(inside: str) -> list[str]:
    """Splits at the commas that stand outside brackets."""
    parts, depth, start = [], 0, 0
    for position, letter in enumerate(inside):
        if letter in "[<":
            depth += 1
        elif letter in "]>":
            depth -= 1
        elif letter == "," and not depth:
            parts.append(inside[start:position].strip())
            start = position + 1
    parts.append(inside[start:].strip())
    return parts


class Method:
    """A method by name with its overloads; ``raw`` methods take ``(self, args, ctx)`` unconverted."""

    __slots__ = ("cache", "name", "overloads", "raw", "since")

    def __init__(
        self, name: str, overloads: list[Overload] | None = None, raw: Callable[..., Any] | None = None
    ):
        self.name = name
        self.overloads = overloads if overloads is not None else []
        self.raw = raw
        self.since = 0.0
        self.cache: dict[Any, Any] = {}


def _with_inherited(method: Method, base: NetType | None, key: str) -> Method:
    """A method with the overloads that base types add to it (a derived type's own come first)."""
    inherited: list[Overload] = []
    counts = {len(overload.types) for overload in method.overloads}
    while base is not None and method.raw is None:
        found = base.methods.get(key)
        if found is not None:
            inherited.extend(overload for overload in found.overloads if len(overload.types) not in counts)
        base = base.base
    return Method(method.name, [*method.overloads, *inherited]) if inherited else method


class NetType:
    """A .NET type: the value of ``[name]`` and the table of its members.

    Args:
        name: Full name as ``GetType().FullName`` gives it.
        base: The type it derives from; None for System.Object and interfaces.
        interfaces: Full names of interfaces that ``-is`` shall accept.
        display: Properties of the default list or table view (``PSStandardMembers``), in order.
        display_property: Property that stands for the object in nested output.
    """

    def __init__(
        self,
        name: str,
        base: NetType | None = None,
        *,
        interfaces: Iterable[str] = (),
        is_value_type: bool = False,
        is_enum: bool = False,
        is_interface: bool = False,
        is_abstract: bool = False,
        since: float = 2.0,
        display: tuple[str, ...] = (),
        assembly: str = "mscorlib",
    ):
        self.name = name
        self.base = base
        self.interfaces = tuple(interfaces)
        self.is_value_type = is_value_type
        self.is_enum = is_enum
        self.is_interface = is_interface
        self.is_abstract = is_abstract
        self.since = since
        self.display = display
        self.assembly = assembly
        self.props: dict[str, Prop] = {}
        self.methods: dict[str, Method] = {}
        self.static_props: dict[str, Prop] = {}
        self.static_methods: dict[str, Method] = {}
        self.constructors: list[Overload] = []
        self.raw_constructor: Callable[..., Any] | None = None
        self.to_string: Callable[[Any, Any], str] | None = None
        self.indexer: Callable[[Any, list[Any], Any], Any] | None = None
        self.index_setter: Callable[[Any, list[Any], Any, Any], None] | None = None
        self.enumerate: Callable[[Any, Any], Iterable[Any]] | None = None
        self.convert: Callable[[Any, Any], Any] | None = None
        self.element: NetType | None = None
        self.arguments: tuple[NetType, ...] = ()
        self.definition: NetType | None = None
        self.enum_names: dict[str, int] = {}
        self.enum_flags = False
        self.enum_since: dict[str, float] = {}
        self.python_class: type | None = None
        self._found: dict[str, Prop | Method | None] = {}
        self._found_static: dict[str, Prop | Method | None] = {}
        self.ps_class: Any = None
        self.made_of: dict[Any, NetType] = {}

    def __repr__(self) -> str:
        return f"[{self.name}]"

    @property
    def short_name(self) -> str:
        """``Name`` of the type: what follows the last dot (or plus) outside of type arguments."""
        head, bracket, tail = self.name.partition("[")
        if self.arguments:
            return head.rpartition(".")[2]
        return head.rpartition(".")[2].rpartition("+")[2] + bracket + tail

    def find(self, name: str) -> Prop | Method | None:
        """The instance member of this name here or in a base type, or None; names compare without case."""
        try:
            return self._found[name]
        except KeyError:
            pass
        key = name.lower()
        kind: NetType | None = self
        member: Prop | Method | None = None
        while kind is not None and member is None:
            member = kind.props.get(key) or kind.methods.get(key)
            kind = kind.base
        if isinstance(member, Method):
            member = _with_inherited(member, kind, key)
        self._found[name] = member
        return member

    def find_static(self, name: str) -> Prop | Method | None:
        """The static member of this name here or in a base type, or None."""
        try:
            return self._found_static[name]
        except KeyError:
            pass
        key = name.lower()
        kind: NetType | None = self
        member: Prop | Method | None = None
        while kind is not None and member is None:
            member = kind.static_props.get(key) or kind.static_methods.get(key)
            kind = kind.base
        self._found_static[name] = member
        return member

    def chain(self) -> list[NetType]:
        """This type and its bases, most derived first."""
        kinds: list[NetType] = []
        kind: NetType | None = self
        while kind is not None:
            kinds.append(kind)
            kind = kind.base
        return kinds

    def derives_from(self, other: NetType) -> bool:
        """True when a value of this type is one of ``other``, by class or interface."""
        if other is self or other.name == "System.Object":
            return True
        for kind in self.chain():
            if kind is other or kind.name == other.name or other.name in kind.interfaces:
                return True
        return False

    def enum_at(self, ctx: Any) -> dict[str, int]:
        """The names of an enumeration at the session's level, with their numbers."""
        if not self.enum_since or ctx is None:
            return self.enum_names
        level = float(ctx.level)
        return {name: n for name, n in self.enum_names.items() if self.enum_since.get(name, 0.0) <= level}

    # Declaring members -----------------------------------------------------------------------------

    def prop(
        self,
        name: str,
        getter: Getter,
        setter: Getter | None = None,
        type_name: str = "System.Object",
        since: float = 0.0,
    ) -> None:
        """Declares an instance property, from a level on."""
        made = self.props[name.lower()] = Prop(name, getter, setter, type_name)
        made.since = since

    def constants(self, values: dict[str, Any], since: float = 0.0) -> None:
        """Declares read-only properties that are the same for every object of the simulated machine."""
        for name, value in values.items():
            kind = {bool: "System.Boolean", int: "System.Int32", str: "System.String"}.get(type(value))
            self.prop(name, lambda one, ctx, kept=value: kept, None, kind or "System.Object", since)

    def static(self, name: str, getter: Getter, type_name: str = "System.Object") -> None:
        """Declares a static property or field: getter ``(ctx)``."""
        self.static_props[name.lower()] = Prop(name, getter, None, type_name)

    def method(
        self, *signatures: str, ctx: bool = False
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declares one function as the body of one or more overloads: ``string Substring(int startIndex)``.

        The function takes the value, then the converted arguments, then ``ctx=`` when asked for.
        """
        return self._declare(self.methods, signatures, ctx)

    def static_method(
        self, *signatures: str, ctx: bool = False
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declares one function as the body of one or more static overloads."""
        return self._declare(self.static_methods, signatures, ctx)

    def constructor(
        self, *signatures: str, ctx: bool = False
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        """Declares one function as the body of one or more constructors: ``new(int year, int month)``."""

        def declare(function: Callable[..., Any]) -> Callable[..., Any]:
            for signature in signatures:
                self.constructors.append(Overload(f"{self.name} {signature}", function, ctx))
            return function

        return declare

    def _declare(
        self, table: dict[str, Method], signatures: tuple[str, ...], ctx: bool
    ) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
        def declare(function: Callable[..., Any]) -> Callable[..., Any]:
            for signature in signatures:
                name = signature.partition("(")[0].split()[-1]
                found = table.get(name.lower())
                if found is None:
                    found = table[name.lower()] = Method(name)
                found.overloads.append(Overload(signature, function, ctx))
            return function

        return declare


TYPES: dict[str, NetType] = {}
"""Every declared type by its full name in lower case."""

BY_CLASS: dict[type, NetType] = {}
"""The type of a value by its Python class."""

ACCELERATORS: dict[str, tuple[str, float]] = {}
"""Short names of types (``[xml]``): full name and the PowerShell level that brought the short name."""


def declare_type(
    name: str, base: str | None = "System.Object", python: type | None = None, **options: Any
) -> NetType:
    """Declares a type once and registers it by name and, where given, by the Python class of its values."""
    parent = TYPES[base.lower()] if base else None
    kind = NetType(name, parent, **options)
    TYPES[name.lower()] = kind
    if python is not None:
        BY_CLASS[python] = kind
        kind.python_class = python
    return kind
