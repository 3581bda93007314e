"""One value as the text of a table cell or list line."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.text.numbers import number_text
from exmigrate.twin.powershell.types.texts import format_value, member_text, to_text


def cell_text(value: Any, session: Any, form: str = "") -> str:
    """A value in a cell: collections in braces, numbers to 15 digits."""
    if value is None:
        return ""
    if isinstance(value, str):
        return str(value)
    if form:
        return format_value(value, form, session) if "{" not in form else _composite(form, value, session)
    if isinstance(value, float):
        return number_text(value, True)
    if isinstance(value, (list, c.ListBase, v.MultiArray)):
        return _collection(list(value), session)
    if isinstance(value, c.DictionaryBase):
        return _collection([_entry(key, item, session) for key, item in value.items()], session)
    if type(value) is v.PSObject:
        return to_text(value, session)
    try:
        return member_text(value, session)
    except PSError:
        return ""


def _composite(form: str, value: Any, session: Any) -> str:
    from exmigrate.twin.powershell.text.composite import format_composite

    return format_composite(form, [value], session)


def _entry(key: Any, item: Any, session: Any) -> str:
    if session is not None and session.level != "7":
        return to_text(key, session)
    return f"[{to_text(key, session)}, {to_text(item, session)}]"


def _collection(items: list[Any], session: Any) -> str:
    limit = session.variable("FormatEnumerationLimit") if session is not None else 4
    shown = items if not isinstance(limit, int) or limit < 0 else items[:limit]
    texts = [
        cell_text(item, session) if not isinstance(item, (list, c.ListBase)) else member_text(item, session)
        for item in shown
    ]
    more = (
        "" if len(shown) == len(items) else ("…" if session is not None and session.level == "7" else "...")
    )
    return "{" + ", ".join(texts) + more + "}"


def one_line(text: str) -> str:
    """Line ends of a cell become spaces."""
    return (
        text.replace("\r\n", " ").replace("\n", " ").replace("\r", " ")
        if "\n" in text or "\r" in text
        else text
    )


def is_right(value: Any) -> bool:
    """Whether a column of such values is aligned to the right."""
    return isinstance(value, (int, float, Decimal)) and not isinstance(value, v.IntPtr)


def cut(text: str, width: int, mark: str) -> str:
    """Text cut to a width, with a mark where something is missing."""
    if len(text) <= width:
        return text
    return text[: max(0, width - len(mark))] + mark if width > len(mark) else text[:width]
