"""Properties as cmdlets take them: names with wildcards, script blocks, hashtables with Name and Expression."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from exmigrate.twin.powershell import collections_ as c
from exmigrate.twin.powershell import values as v
from exmigrate.twin.powershell.errors import PSError
from exmigrate.twin.powershell.packs import Call
from exmigrate.twin.powershell.text.wildcard import compile_wildcard, has_wildcard
from exmigrate.twin.powershell.types.access import shown_property
from exmigrate.twin.powershell.types.declared import type_of
from exmigrate.twin.powershell.types.psobject import property_names
from exmigrate.twin.powershell.types.texts import to_text
from exmigrate.twin.powershell.values import MISSING

Getter = Callable[[Any], Any]


@dataclass(slots=True)
class Column:
    """One property asked for.

    Attributes:
        name: Name of the result.
        get: Value of an object, or MISSING.
        pattern: Wildcard over property names; None for a single property.
        options: Further entries of the hashtable by full key (``descending``, ``width`` ...).
        failed: The error of the last script block that failed, or None.
    """

    name: str
    get: Getter
    pattern: str | None = None
    options: dict[str, Any] = field(default_factory=dict)
    failed: PSError | None = None


_KEYS = {
    "name": ("name", "label"),
    "expression": ("expression",),
    "descending": ("descending",),
    "ascending": ("ascending",),
    "width": ("width",),
    "alignment": ("alignment",),
    "formatstring": ("formatstring",),
}


def is_block(value: Any) -> bool:
    """Whether a value is a script block."""
    return type(value).__name__ == "ScriptBlock"


def columns(call: Call, given: Any) -> list[Column]:
    """The columns of a -Property argument; raises the cmdlet's error for a key or kind it does not know."""
    items = given if isinstance(given, list) else list(given) if isinstance(given, c.ListBase) else [given]
    return [_column(call, item) for item in items if item is not None]


def _column(call: Call, item: Any) -> Column:
    item = item.base if isinstance(item, v.Boxed) else item
    if is_block(item):
        return _block_column(call, to_text(item), item)
    if isinstance(item, c.DictionaryBase):
        return _table_column(call, item)
    return _name_column(call, to_text(item))


def _name_column(call: Call, name: str) -> Column:
    if has_wildcard(name):
        return Column(name, lambda value: MISSING, name)
    session = call.session
    special = v.SPECIAL_MEMBERS

    def read(value: Any) -> Any:
        if type(value) is v.PSObject:
            found = value.props.get(name, MISSING)
            if found is not MISSING and type(found) not in special:
                return found
        return _read(value, name, session)

    return Column(name, read)


def _read(value: Any, name: str, session: Any) -> Any:
    """A property's value for a column; a getter that fails gives ``$null``."""
    if value is None:
        return MISSING
    found = shown_property(value, name, session)
    if found == 1 and name.lower() in ("count", "length") and not has_property(value, name):
        return MISSING
    return MISSING if type(found).__name__ == "MethodReference" else found


def has_property(value: Any, name: str) -> bool:
    """Whether an object has a property of its own: Count and Length of every scalar are none that cmdlets see."""
    if isinstance(value, v.PSObject):
        return v.find_key(value.props, name) is not None
    if v.find_key(getattr(value, "extra", None) or {}, name) is not None:
        return True
    base = value.base if isinstance(value, v.Boxed) else value
    return isinstance(base, c.DictionaryBase) or type_of(base).find(name) is not None


def _block_column(call: Call, name: str, block: Any) -> Column:
    run = call.runner(block)
    column = Column(name, lambda value: None)

    def evaluate(value: Any) -> Any:
        out: list[Any] = []
        try:
            run(value, out.append)
        except PSError as fault:
            column.failed = fault
            return None
        return out[0] if len(out) == 1 else (out or None)

    column.get = evaluate
    return column


def _table_column(call: Call, table: c.DictionaryBase) -> Column:
    entries: dict[str, Any] = {}
    for key, value in table.items():
        entries[_full_key(call, to_text(key))] = value
    expression = entries.pop("expression", None)
    name = entries.pop("name", None)
    if expression is None:
        if name is None:
            raise call.throw(
                'The "Expression" key has a missing value.'
                if call.level != "2.0"
                else 'The "Expression" key is missing.',
                "DictionaryKeyMandatoryEntry",
                "InvalidArgument",
                exception="System.NotSupportedException",
            )
        expression = name
    if is_block(expression):
        column = _block_column(
            call, to_text(expression).strip() if name is None else to_text(name), expression
        )
    else:
        column = _name_column(call, to_text(expression))
        if name is not None:
            column.name = to_text(name)
    column.options = entries
    return column


def _full_key(call: Call, key: str) -> str:
    lowered = key.lower()
    for full, names in _KEYS.items():
        if lowered and any(name.startswith(lowered) for name in names):
            return full
    raise call.throw(
        f"The {key} key is not valid.",
        "DictionaryKeyIllegal",
        "InvalidArgument",
        exception="System.NotSupportedException",
    )


def expand(column: Column, value: Any, session: Any) -> list[tuple[str, Any]]:
    """Names and values that a column gives for an object: several for a wildcard, MISSING for no such property."""
    if column.pattern is None:
        return [(column.name, column.get(value))]
    match = compile_wildcard(column.pattern).match
    return [(name, _read(value, name, session)) for name in property_names(value, session) if match(name)]
