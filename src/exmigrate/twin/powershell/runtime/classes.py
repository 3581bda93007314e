"""Classes and enumerations that scripts declare (about_Classes, about_Enum)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.convert import convert
from exmigrate.twin.powershell.errors import NetException, error
from exmigrate.twin.powershell.runtime.code import Code, ScriptBlock
from exmigrate.twin.powershell.runtime.flow import NOTHING
from exmigrate.twin.powershell.runtime.parts import Parts
from exmigrate.twin.powershell.runtime.scope import Variable
from exmigrate.twin.powershell.typeinfo import Method, NetType
from exmigrate.twin.powershell.types import declared as d
from exmigrate.twin.powershell.types import overloads
from exmigrate.twin.powershell.types.construct import construct_raw, default_of
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import NetObject

if TYPE_CHECKING:
    from exmigrate.twin.powershell.runtime.session import Session


@dataclass
class PropertyShape:
    """A property of a class as written."""

    name: str
    type_text: str
    static: bool
    hidden: bool
    initial: Any
    checks: list[Any]


@dataclass
class MethodShape:
    """A method or constructor of a class as written."""

    name: str
    type_text: str
    params: list[tuple[str, str]]
    code: Code
    static: bool
    hidden: bool
    base_args: Any


@dataclass
class ClassShape:
    """A class as written."""

    name: str
    bases: list[str]
    properties: list[PropertyShape] = field(default_factory=list)
    methods: list[MethodShape] = field(default_factory=list)


class Instance(NetObject):
    """An object of a class: its type and the values of its properties by lower-case name."""

    __slots__ = ("net", "values")

    def __init__(self, net: NetType) -> None:
        self.net = net
        self.values: dict[str, Any] = {}


def define_enum(
    session: Session, name: str, members: list[tuple[str, int]], underlying: str, flags: bool
) -> None:
    """Declare an enumeration in the session."""
    kind = NetType(name, d.ENUM, is_value_type=True, is_enum=True)
    kind.enum_names = dict(members)
    kind.enum_flags = flags
    session.types[name.lower()] = kind
    session._type_cache.clear()


def define_class(session: Session, shape: ClassShape) -> None:
    """Declare a class in the session."""
    base = session.type_named(shape.bases[0]) if shape.bases else d.OBJECT
    interfaces = [session.type_named(name) for name in shape.bases[1:]]
    if base.is_interface:
        interfaces.insert(0, base)
        base = d.OBJECT
    kind = NetType(shape.name, base, interfaces=tuple(i.name for i in interfaces))
    kind.ps_class = shape
    session.types[shape.name.lower()] = kind
    session._type_cache.clear()
    for prop in shape.properties:
        _add_property(session, kind, prop)
    constructors: list[MethodShape] = []
    for method in shape.methods:
        if method.name.lower() == shape.name.lower() and not method.static:
            constructors.append(method)
        else:
            _add_method(kind, method)
    kind.raw_constructor = lambda net, args, ctx: _construct(ctx, kind, constructors, args)
    if kind.find("ToString") is not None and "tostring" in kind.methods:
        kind.to_string = lambda value, ctx: to_text(_call_own(kind, value, "tostring", ctx), ctx)


def _call_own(kind: NetType, value: Any, name: str, ctx: Any) -> Any:
    method = kind.methods[name]
    assert method.raw is not None
    return method.raw(value, [], ctx)


def _add_property(session: Session, kind: NetType, prop: PropertyShape) -> None:
    key = prop.name.lower()

    def checked(ctx: Any, value: Any) -> Any:
        if prop.type_text:
            found = ctx.type_named(prop.type_text)
            if value is not None or found.is_value_type or found is d.STRING:
                value = convert(value, found, ctx)
        for check in prop.checks:
            value = check(ctx, value)
        return value

    if prop.static:
        box = [prop.initial(session) if prop.initial is not None else _default(session, prop)]
        kind.static(prop.name, lambda ctx: box[0])
        kind.static_props[key].setter = lambda value, ctx: box.__setitem__(0, checked(ctx, value))
        return
    kind.prop(
        prop.name,
        lambda self, ctx: _values(self).get(key),
        lambda self, value, ctx: _values(self).__setitem__(key, checked(ctx, value)),
    )


def _values(value: Any) -> dict[str, Any]:
    """The property values of an object of a class, which may be an exception."""
    found: dict[str, Any] = value.values if isinstance(value, Instance) else value.props["script values"]
    return found


def _default(session: Session, prop: PropertyShape) -> Any:
    return default_of(session.type_named(prop.type_text)) if prop.type_text else None


def _add_method(kind: NetType, shape: MethodShape) -> None:
    table = kind.static_methods if shape.static else kind.methods
    key = shape.name.lower()
    found = table.get(key)
    if found is None:
        found = table[key] = Method(shape.name)
        found.cache["shapes"] = []
        shapes = found.cache["shapes"]
        if shape.static:
            found.raw = lambda args, ctx: _dispatch(ctx, kind, None, shapes, args, shape.name)
        else:
            found.raw = lambda value, args, ctx: _dispatch(ctx, kind, value, shapes, args, shape.name)
    found.cache["shapes"].append(shape)


def _dispatch(
    session: Session, kind: NetType, value: Any, shapes: list[MethodShape], args: list[Any], name: str
) -> Any:
    chosen = _choose(session, shapes, args)
    if chosen is None:
        base = kind.base
        inherited = base.find(name) if base is not None and value is not None else None
        if isinstance(inherited, Method):
            return overloads.run(inherited, value, args, session, False)
        raise overloads.no_overload(name, len(args))
    return _run(session, chosen, value, args)


def _choose(session: Session, shapes: list[MethodShape], args: list[Any]) -> MethodShape | None:
    fitting = [shape for shape in shapes if len(shape.params) == len(args)]
    if len(fitting) < 2:
        return fitting[0] if fitting else None
    best: tuple[int, MethodShape] | None = None
    for shape in fitting:
        costs = [
            overloads._cost(arg, session.type_named(kind) if kind else d.OBJECT)
            for arg, (_, kind) in zip(args, shape.params, strict=True)
        ]
        if any(cost is None for cost in costs):
            continue
        total = sum(cost for cost in costs if cost is not None)
        if best is None or total < best[0]:
            best = (total, shape)
    return best[1] if best is not None else fitting[0]


def _run(session: Session, shape: MethodShape, this: Any, args: list[Any]) -> Any:
    """Run a method's body; only what ``return`` gives is its value."""
    block = ScriptBlock(shape.code, session.global_state)
    returned, session.returned = session.returned, NOTHING
    try:
        session.invoke_method_body(block, args, this)
        value = session.returned
    finally:
        session.returned = returned
    if not shape.type_text or shape.type_text.lower() == "void":
        return NOTHING
    if value is NOTHING:
        value = None
    found = session.type_named(shape.type_text)
    if value is None and not found.is_value_type and found is not d.STRING:
        return None
    return convert(value, found, session)


def _construct(session: Session, kind: NetType, constructors: list[MethodShape], args: list[Any]) -> Any:
    root = kind.base
    while root is not None and root.ps_class is not None:
        root = root.base
    made: Any = Instance(kind)
    if root is not None and root.derives_from(d.EXCEPTION):
        made = NetException(kind.name, f"Exception of type '{kind.name}' was thrown.", None, {}, root.name)
        made.props.update({"script values": {}, "script type": kind})
    _initialize(session, made, kind, constructors, args)
    return made


def _initialize(
    session: Session, made: Any, kind: NetType, constructors: list[MethodShape], args: list[Any]
) -> None:
    """Run the constructors of the base classes, the initial values, then the constructor that the arguments fit."""
    shape: ClassShape = kind.ps_class
    chosen = _choose(session, constructors, args) if constructors else None
    if (constructors and chosen is None) or (not constructors and args):
        raise overloads.no_overload("new", len(args))
    base_args: list[Any] = []
    if chosen is not None and chosen.base_args is not None:
        base_args = session.constructor_arguments(chosen, args)
    base = kind.base
    if base is not None and base.ps_class is not None:
        theirs = [m for m in base.ps_class.methods if m.name.lower() == base.name.lower() and not m.static]
        _initialize(session, made, base, theirs, base_args)
    elif isinstance(made, NetException) and base_args:
        made.message = to_text(base_args[0], session)
        made.inner = base_args[1] if len(base_args) > 1 and isinstance(base_args[1], NetException) else None
    values = _values(made)
    for prop in shape.properties:
        if not prop.static:
            value = prop.initial(session) if prop.initial is not None else _default(session, prop)
            if prop.initial is not None and prop.type_text:
                value = convert(value, session.type_named(prop.type_text), session)
            values[prop.name.lower()] = value
    if chosen is not None:
        _run(session, chosen, made, args)


class ClassSupport(Parts):
    """The part of the session that runs the bodies of methods."""

    scope: Any
    global_state: Any

    returned: Any = NOTHING
    """What ``return`` gave in the method body that runs."""

    def invoke_method_body(self, block: ScriptBlock, args: list[Any], this: Any) -> None:
        """Run a method body with ``$this``; what it puts out is dropped."""
        self.invoke_to(block, args, lambda value: None, this)

    def constructor_arguments(self, shape: MethodShape, args: list[Any]) -> list[Any]:
        """The arguments of ``: base(...)`` with the constructor's parameters set."""
        from exmigrate.twin.powershell.runtime.scope import Scope

        outer = self.scope
        inner = Scope(outer)
        for (name, _), value in zip(shape.params, args, strict=False):
            inner.vars[name.lower()] = Variable(name, value)
        self.scope = inner
        try:
            return [read(self) for read in shape.base_args]
        finally:
            self.scope = outer


__all__ = [
    "ClassShape", "ClassSupport", "Instance", "MethodShape", "PropertyShape", "construct_raw", "define_class",
    "define_enum", "error",
]  # fmt: skip
