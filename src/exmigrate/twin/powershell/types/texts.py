"""Values to text: what a cast to string, string expansion and formatted items give."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.collections_ import DictionaryBase, DictionaryEntry, ListBase
from exmigrate.twin.powershell.errors import ErrorRecord, NetException
from exmigrate.twin.powershell.faults import bad_format
from exmigrate.twin.powershell.text.dates import format_date, format_offset, format_span
from exmigrate.twin.powershell.text.numbers import format_number, number_text
from exmigrate.twin.powershell.typeinfo import NetType
from exmigrate.twin.powershell.types.declared import array_type, type_of


def is_legacy(ctx: Any) -> bool:
    """True for the levels that run on the .NET Framework."""
    return ctx is not None and ctx.level != "7"


def to_text(value: Any, ctx: Any = None) -> str:
    """A value as a cast to string gives it (invariant culture): ``"$value"`` and ``[string]$value``."""
    kind = type(value)
    if kind is str:
        return value  # type: ignore[no-any-return]
    if kind is int:
        return str(value)
    if value is None:
        return ""
    if kind is bool:
        return "True" if value else "False"
    if kind is float:
        return number_text(value, is_legacy(ctx))
    if isinstance(value, str):
        return str(value)
    if isinstance(value, (list, ListBase, v.MultiArray)):
        return _joined(value, ctx)
    if kind is v.PSObject:
        return custom_text(value, ctx)
    return member_text(value, ctx, "")


def _joined(value: Any, ctx: Any) -> str:
    separator = " "
    if ctx is not None:
        given = ctx.variable("OFS")
        separator = " " if given is None else to_text(given)
    return separator.join([element_text(item, ctx) for item in value])


def element_text(item: Any, ctx: Any) -> str:
    """One element of a collection that is made text: an inner collection gives its type's name."""
    if isinstance(item, (list, ListBase, v.MultiArray)):
        return member_text(item, ctx, "")
    return to_text(item, ctx)


def custom_text(value: v.PSObject, ctx: Any) -> str:
    """``@{a=1; b=2}``, or what a ToString method of the object gives."""
    own = _script_to_string(value.props, value, ctx)
    if own is not None:
        return own
    parts = []
    for name, item in value.props.items():
        if type(item) in v.SPECIAL_MEMBERS:
            if type(item) not in (v.ScriptProperty, v.AliasProperty):
                continue
            from exmigrate.twin.powershell.types.access import get_property

            item = get_property(value, name, ctx)
        parts.append(f"{name}={_nested_text(item, ctx)}")
    return "@{" + "; ".join(parts) + "}"


def _nested_text(item: Any, ctx: Any) -> str:
    if type(item) is v.PSObject:
        return custom_text(item, ctx) if _has_to_string(item) else ""
    if isinstance(item, (list, v.MultiArray)):
        return member_text(item, ctx, "")
    return to_text(item, ctx)


def _has_to_string(item: v.PSObject) -> bool:
    key = v.find_key(item.props, "ToString")
    return key is not None and type(item.props[key]) is v.ScriptMethod


def _script_to_string(table: dict[str, Any] | None, value: Any, ctx: Any) -> str | None:
    if not table:
        return None
    key = v.find_key(table, "ToString")
    if key is None or type(table[key]) is not v.ScriptMethod:
        return None
    from exmigrate.twin.powershell.types.invoke import invoke_method

    return to_text(invoke_method(value, "ToString", [], ctx), ctx)


def member_text(value: Any, ctx: Any, culture: str | None = None) -> str:
    """What ``ToString()`` gives; ``culture`` None is the session's own."""
    kind = type(value)
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value)
    if kind is bool:
        return "True" if value else "False"
    if isinstance(value, (int, float, Decimal)):
        return number_text(value, is_legacy(ctx))
    if isinstance(value, s.DateTime):
        return format_date(
            value, "G", _offset(value, ctx), session_culture(ctx) if culture is None else culture
        )
    if isinstance(value, s.TimeSpan):
        return format_span(value)
    if isinstance(value, s.DateTimeOffset):
        return format_offset(value, "", session_culture(ctx) if culture is None else culture)
    if isinstance(value, (s.Guid, s.Version, v.EnumValue)):
        return str(value)
    if isinstance(value, s.Switch):
        return "True" if value.present else "False"
    if isinstance(value, NetType):
        return value.name
    return _object_text(value, ctx, culture)


def _object_text(value: Any, ctx: Any, culture: str | None) -> str:
    if isinstance(value, NetException):
        return f"{value.type_name}: {value.message}"
    if isinstance(value, ErrorRecord):
        return value.message
    if type(value) is v.PSObject:
        own = _script_to_string(value.props, value, ctx)
        return "" if own is None else own
    if isinstance(value, v.Boxed):
        return member_text(value.base, ctx, culture)
    if isinstance(value, DictionaryEntry) and value.net is not None:
        return f"[{to_text(value.key, ctx)}, {to_text(value.value, ctx)}]"
    if isinstance(value, v.NetObject):
        own = _script_to_string(value.added, value, ctx)
        if own is not None:
            return own
    net = type_of(value)
    for candidate in net.chain():
        if candidate.to_string is not None:
            return candidate.to_string(value, ctx)
    if isinstance(value, (list, v.MultiArray, DictionaryBase, ListBase)):
        return net.name
    text = getattr(value, "text", None)
    return text if isinstance(text, str) and not net.props else net.name


def session_culture(ctx: Any) -> str:
    """Culture name of the session's machine, '' for invariant."""
    return "" if ctx is None else getattr(ctx.machine, "culture", "")


def _offset(value: s.DateTime, ctx: Any) -> int:
    return 0 if ctx is None else int(ctx.machine.clock.offset_minutes(value.ticks))


def format_value(value: Any, form: str, ctx: Any = None) -> str:
    """A value by a format string, as an item of a composite format or ``ToString(format)`` gives it."""
    if value is None:
        return ""
    if isinstance(value, (bool, str)):
        return to_text(value, ctx)
    if isinstance(value, (int, float, Decimal)):
        return format_number(value, form, is_legacy(ctx))
    if isinstance(value, s.DateTime):
        return format_date(value, form or "G", _offset(value, ctx), session_culture(ctx))
    if isinstance(value, s.TimeSpan):
        return format_span(value, form or "c")
    if isinstance(value, s.DateTimeOffset):
        return format_offset(value, form, session_culture(ctx))
    if isinstance(value, s.Guid):
        return format_guid(value, form)
    if isinstance(value, v.EnumValue):
        return format_enum(value, form)
    if isinstance(value, v.Boxed):
        return format_value(value.base, form, ctx)
    if type(value) is v.PSObject:
        return custom_text(value, ctx)
    return member_text(value, ctx)


def format_guid(value: s.Guid, form: str) -> str:
    """A Guid by ``D N B P``."""
    kind = (form or "D").upper()
    if kind == "D":
        return value.text
    if kind == "N":
        return value.text.replace("-", "")
    if kind == "B":
        return "{" + value.text + "}"
    if kind == "P":
        return f"({value.text})"
    raise bad_format('Format string can be only "D", "d", "N", "n", "P", "p", "B", "b", "X" or "x".')


def format_enum(value: v.EnumValue, form: str) -> str:
    """An enumeration value by ``G F D X``."""
    kind = (form or "G").upper()
    if kind in "GF":
        return str(value)
    if kind == "D":
        return str(value.value)
    if kind == "X":
        return f"{value.value & 0xFFFFFFFF:08X}"
    raise bad_format('Format string can be only "G", "g", "X", "x", "F", "f", "D" or "d".')


def array_type_name(value: list[Any]) -> str:
    """Full type name of an array."""
    element = getattr(value, "element", None)
    return "System.Object[]" if element is None else array_type(element).name
