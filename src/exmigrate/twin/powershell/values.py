"""How PowerShell values are held in Python.

=======================  ==========================================================================
PowerShell               Python
=======================  ==========================================================================
``$null``                ``None``
Boolean, Int32, Double   ``bool``, ``int``, ``float``
other number widths      subclasses of ``int`` and ``float`` (`Int64`, `Byte`, `Single` ...)
Decimal                  ``decimal.Decimal`` (its exponent is the scale)
BigInteger               `BigInteger`
String, Char             ``str``, `Char` (a subclass of ``str`` of length one)
object[]                 plain ``list``; a typed array is a `TypedArray`
Hashtable and kin        `Hashtable`, `OrderedDictionary`, `Dictionary` (in ``collections_``)
custom objects           `PSObject`
anything else            `NetObject` with a `NetType`; `Record` where a table of values is all there is
``[type]``               `NetType`
=======================  ==========================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol

from exmigrate.twin.powershell.typeinfo import NetType


class Context(Protocol):
    """What members and cmdlets may ask of the session that runs them."""

    level: str
    """'2.0', '3.0', '5.1' or '7'."""
    machine: Any
    strict: float
    """Set-StrictMode version, 0 when off."""
    types: dict[str, NetType]
    """Types that packs and class statements added, by full name in lower case."""

    def invoke(self, block: Any, args: list[Any], this: Any = None, dollar_under: Any = None) -> list[Any]:
        """Runs a script block and gives what it put out; ``this`` is ``$this``, ``dollar_under`` is ``$_``."""

    def write_console(self, text: str, error: bool = False) -> None:
        """Writes to the process's standard output or standard error."""

    def read_console(self) -> str | None:
        """Reads one line of standard input, None at its end."""

    def variable(self, name: str) -> Any:
        """Value of a variable as the current scope sees it, None where there is none."""

    def set_matches(self, table: Any) -> None:
        """Sets ``$Matches`` in the current scope."""


class Missing:
    """The type of `MISSING`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "MISSING"


MISSING = Missing()
"""What a look-up gives that found no member."""


class Nothing:
    """The type of `NOTHING`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "NOTHING"


NOTHING = Nothing()
"""What a command or a void method gave that put out nothing: a null that does not count as one object."""


# Numbers and characters ------------------------------------------------------------------------------


class Int64(int):
    """System.Int64."""

    __slots__ = ()


class Byte(int):
    """System.Byte."""

    __slots__ = ()


class SByte(int):
    """System.SByte."""

    __slots__ = ()


class Int16(int):
    """System.Int16."""

    __slots__ = ()


class UInt16(int):
    """System.UInt16."""

    __slots__ = ()


class UInt32(int):
    """System.UInt32."""

    __slots__ = ()


class UInt64(int):
    """System.UInt64."""

    __slots__ = ()


class IntPtr(int):
    """System.IntPtr: a handle that only the machinery that made it can read."""


class BigInteger(int):
    """System.Numerics.BigInteger."""

    __slots__ = ()


class Single(float):
    """System.Single; holds the value rounded to 32 bits."""

    __slots__ = ()


class Char(str):
    """System.Char: one UTF-16 unit (or one character outside of the basic plane)."""

    __slots__ = ()


# Arrays ------------------------------------------------------------------------------------------------


class TypedArray(list[Any]):
    """An array whose elements have a type other than System.Object."""

    __slots__ = ("element", "extra")

    def __init__(self, element: NetType, items: Any = ()):
        super().__init__(items)
        self.element = element
        self.extra: dict[str, Any] | None = None


class MultiArray:
    """A rectangular array of several dimensions: ``New-Object 'int[,]' 2, 3``."""

    __slots__ = ("cells", "element", "extra", "lengths")

    def __init__(self, element: NetType, lengths: tuple[int, ...], default: Any):
        size = 1
        for length in lengths:
            size *= length
        self.element = element
        self.lengths = lengths
        self.cells = [default] * size
        self.extra: dict[str, Any] | None = None

    def offset(self, indexes: list[int]) -> int:
        """Position of a cell; raises IndexError outside of the bounds."""
        position = 0
        for index, length in zip(indexes, self.lengths, strict=True):
            if not 0 <= index < length:
                raise IndexError
            position = position * length + index
        return position

    def __iter__(self) -> Iterator[Any]:
        return iter(self.cells)


# Members that are added to objects --------------------------------------------------------------------


class ScriptProperty:
    """A property whose getter and setter are script blocks (or Python callables taking the object)."""

    __slots__ = ("getter", "setter")

    def __init__(self, getter: Any, setter: Any = None):
        self.getter = getter
        self.setter = setter


class AliasProperty:
    """A property that is another name of a property."""

    __slots__ = ("target",)

    def __init__(self, target: str):
        self.target = target


class ScriptMethod:
    """A method whose body is a script block (or a Python callable taking the object and the arguments)."""

    __slots__ = ("body",)

    def __init__(self, body: Any):
        self.body = body


class PropertySet:
    """A named set of properties."""

    __slots__ = ("names",)

    def __init__(self, names: list[str]):
        self.names = names


class MemberSet:
    """A named set of members, such as PSStandardMembers."""

    __slots__ = ("members",)

    def __init__(self, members: dict[str, Any]):
        self.members = members


SPECIAL_MEMBERS = frozenset({ScriptProperty, AliasProperty, ScriptMethod, PropertySet, MemberSet})
"""Classes whose instances in a member table are members themselves and not values of note properties."""


def find_key(table: dict[str, Any], name: str) -> str | None:
    """The key of a member table that equals a name without regard to case, or None."""
    if name in table:
        return name
    wanted = name.lower()
    for key in table:
        if key.lower() == wanted:
            return key
    return None


class PSObject:
    """A custom object: members in order, by name without regard to case.

    ``props`` maps the name as given to the value of a note property, or to one of the member classes
    above; ``types`` are type names put before System.Management.Automation.PSCustomObject.
    """

    __slots__ = ("partial", "props", "type_names")

    def __init__(self, props: dict[str, Any] | None = None, type_names: tuple[str, ...] = ()):
        self.props: dict[str, Any] = props if props is not None else {}
        self.type_names = type_names
        self.partial = False  # whether a query left out properties of its class


class NetObject:
    """Base of the .NET objects that are made of Python classes; subclasses are registered with a type."""

    __slots__ = ("extra", "type_names")

    extra: dict[str, Any] | None
    type_names: tuple[str, ...] | None

    @property
    def added(self) -> dict[str, Any] | None:
        """Members that a script added, or None."""
        return getattr(self, "extra", None)


class Record(NetObject):
    """An object of a declared type that is a table of values: what packs make their results of.

    ``values`` holds the properties by the exact names that the type declares (see `record_type`).
    """

    __slots__ = ("net", "values")

    def __init__(self, net: NetType, values: dict[str, Any]):
        self.net = net
        self.values = values


def record_type(
    name: str,
    properties: dict[str, str] | tuple[str, ...],
    *,
    base: NetType | None = None,
    settable: tuple[str, ...] | bool = (),
    display: tuple[str, ...] = (),
    to_string: str | Callable[[Any, Any], str] | None = None,
) -> NetType:
    """Makes the type of a `Record`.

    Args:
        name: Full .NET name.
        properties: Property names in order, with their .NET type names where known.
        base: Base type; System.Object when None.
        settable: Names of properties that scripts may set, or True for all.
        display: Properties of the default view, in order.
        to_string: Property whose text ``ToString()`` gives, or a function ``(record, ctx)``; None gives
            the type's name.
    """
    from exmigrate.twin.powershell.types import declared  # here, because it needs the values of this module

    kind = NetType(name, base or declared.OBJECT, display=display)
    typed = properties if isinstance(properties, dict) else dict.fromkeys(properties, "System.Object")
    for prop_name, type_name in typed.items():
        writable = settable is True or (settable is not False and prop_name in settable)
        kind.prop(
            prop_name,
            _record_getter(prop_name),
            _record_setter(prop_name) if writable else None,
            type_name,
        )
    if isinstance(to_string, str):
        prop_of_text = to_string
        kind.to_string = lambda record, ctx: _plain_text(record.values.get(prop_of_text))
    else:
        kind.to_string = to_string
    return kind


def _plain_text(value: Any) -> str:
    from exmigrate.twin.powershell.types.texts import to_text

    return to_text(value)


def _record_getter(name: str) -> Callable[[Any, Any], Any]:
    return lambda record, ctx: record.values.get(name)


def _record_setter(name: str) -> Callable[[Any, Any, Any], None]:
    def assign(record: Any, value: Any, ctx: Any) -> None:
        record.values[name] = value

    return assign


class Boxed(NetObject):
    """A string, number or array with members that ``Add-Member -PassThru`` gave it: the value and its members."""

    __slots__ = ("base",)

    def __init__(self, base: Any):
        self.base = base
        self.extra = {}


class EnumValue(NetObject):
    """A value of an enumeration."""

    __slots__ = ("net", "value")

    def __init__(self, net: NetType, value: int):
        self.net = net
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, EnumValue) and other.net is self.net and other.value == self.value

    def __hash__(self) -> int:
        return hash((self.net.name, self.value))

    def __str__(self) -> str:
        for name, value in self.net.enum_names.items():
            if value == self.value:
                return name
        return (self._flag_names() if self.net.enum_flags else "") or str(self.value)

    def _flag_names(self) -> str:
        rest = self.value
        names: list[str] = []
        for name, value in sorted(self.net.enum_names.items(), key=lambda pair: -pair[1]):
            if value and rest & value == value:
                rest &= ~value
                names.insert(0, name)
        return "" if rest else ", ".join(names)


class Reference(NetObject):
    """``[ref]``: something whose Value can be read and set."""

    __slots__ = ("assign", "read")

    def __init__(self, read: Callable[[], Any], assign: Callable[[Any], None]):
        self.read = read
        self.assign = assign
