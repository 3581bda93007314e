"""What scripts give for parameters, as plain values of the store."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from exmigrate.twin.cmdlets.exchange.shell import TaskError, identity_text, items_of
from exmigrate.twin.powershell.collections_ import DictionaryBase
from exmigrate.twin.powershell.scalars import TimeSpan
from exmigrate.twin.powershell.values import Record

if TYPE_CHECKING:
    from exmigrate.twin.world.exchange.kinds import Property

_SIZE = re.compile(r"^\s*([\d,.]+)\s*(TB|GB|MB|KB|B)?(?:\s*\(([\d,]+) bytes\))?\s*$", re.IGNORECASE)
_SPAN = re.compile(r"^\s*(-)?(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.\d+)?)?\s*$")
_FACTOR = {"": 1, "B": 1, "KB": 1 << 10, "MB": 1 << 20, "GB": 1 << 30, "TB": 1 << 40}


def bad(name: str, value: Any, expected: str) -> TaskError:
    """The error of a value that a parameter cannot take."""
    text = identity_text(value)
    return TaskError(
        f"Cannot process argument transformation on parameter '{name}'. Cannot convert value \"{text}\" to type "
        f'"{expected}".',
        "InvalidData",
        "System.Management.Automation.ParameterBindingArgumentTransformationException",
    )


def size(name: str, value: Any) -> int | None:
    """Bytes, or None for unlimited: ``2GB``, ``1.9 GB (2,039,480,320 bytes)``, a number, a size object.

    Raises:
        TaskError: no size.
    """
    if isinstance(value, Record):
        if value.values.get("IsUnlimited"):
            return None
        inner = value.values.get("Value", value)
        if isinstance(inner, Record) and "(bytes)" in inner.values:
            return int(inner.values["(bytes)"])
    if isinstance(value, int | float):
        return int(value)
    text = str(value).strip()
    if text.lower() == "unlimited":
        return None
    found = _SIZE.match(text)
    if not found:
        raise bad(
            name, value, "Microsoft.Exchange.Data.Unlimited`1[Microsoft.Exchange.Data.ByteQuantifiedSize]"
        )
    if found[3]:
        return int(found[3].replace(",", ""))
    return int(float(found[1].replace(",", "")) * _FACTOR[(found[2] or "").upper()])


def span(name: str, value: Any) -> int:
    """Seconds of a time span: ``14.00:00:00``, a TimeSpan, a number of days.

    Raises:
        TaskError: no span.
    """
    if isinstance(value, TimeSpan):
        return int(value.seconds)
    if isinstance(value, int):
        return value * 86400
    found = _SPAN.match(str(value))
    if found:
        days, hours, minutes, seconds = (int(found[i] or 0) for i in (2, 3, 4, 5))
        total = ((days * 24 + hours) * 60 + minutes) * 60 + seconds
        return -total if found[1] else total
    if str(value).strip().isdigit():
        return int(str(value)) * 86400
    raise bad(name, value, "Microsoft.Exchange.Data.EnhancedTimeSpan")


def number(name: str, value: Any) -> int | None:
    """A whole number; None for unlimited.

    Raises:
        TaskError: no number.
    """
    if isinstance(value, bool):
        raise bad(name, value, "System.Int32")
    if isinstance(value, int | float):
        return int(value)
    if isinstance(value, Record):
        if value.values.get("IsUnlimited"):
            return None
        return number(name, value.values.get("Value"))
    text = str(value).strip()
    if text.lower() == "unlimited":
        return None
    if not text.lstrip("-").isdigit():
        raise bad(name, value, "System.Int32")
    return int(text)


def truth(name: str, value: Any) -> bool:
    """A truth value.

    Raises:
        TaskError: neither true nor false.
    """
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return bool(value)
    text = str(value).strip().lower().lstrip("$")
    if text in ("true", "false"):
        return text == "true"
    raise bad(name, value, "System.Boolean")


def texts(value: Any, present: list[str]) -> list[str]:
    """A multi-valued property: a list that replaces, or ``@{Add=…; Remove=…}`` over what is present."""
    if isinstance(value, DictionaryBase):
        gone = {identity_text(item).lower() for item in items_of(value.get("Remove"))}
        kept = [item for item in present if item.lower() not in gone]
        fresh = [identity_text(item) for item in items_of(value.get("Add"))]
        return [*kept, *(item for item in fresh if item.lower() not in {k.lower() for k in kept})]
    found: list[str] = []
    for item in items_of(value):
        if item is not None:
            found.append(identity_text(item))
    return found


def plain(item: Property, value: Any, present: Any = None) -> Any:
    """The plain value of a property that is no link.

    Raises:
        TaskError: the value does not fit.
    """
    if item.codec == "list":
        return texts(value, list(present or []))
    if value is None:
        return None
    if item.codec == "bool":
        return truth(item.name, value)
    if item.codec == "int":
        return number(item.name, value)
    if item.codec == "size":
        return size(item.name, value)
    if item.codec == "span":
        return span(item.name, value)
    if item.codec == "flags":
        parts = [p.strip() for one in items_of(value) for p in identity_text(one).split(",")]
        return ", ".join(p for p in parts if p) or "None"
    if item.codec == "uri":
        return _address(item.name, value)
    return identity_text(value)


def _address(name: str, value: Any) -> str | None:
    text = identity_text(value).strip()
    if not text:
        return None
    if "://" not in text or not text.partition("://")[2]:
        raise bad(name, value, "System.Uri")
    return text
