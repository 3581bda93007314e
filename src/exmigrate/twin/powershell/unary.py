"""The operators of one value."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell import scalars as s
from exmigrate.twin.powershell.errors import error
from exmigrate.twin.powershell.operators import add, is_list, is_numeric, subtract, unbox
from exmigrate.twin.powershell.types import declared as d


def negate(value: Any, ctx: Any = None) -> Any:
    """Unary ``-``."""
    value = unbox(value)
    if isinstance(value, s.TimeSpan):
        return s.TimeSpan(-value.ticks)
    return subtract(0, value, ctx) if not isinstance(value, float) else type(value)(-value)


def plus(value: Any, ctx: Any = None) -> Any:
    """Unary ``+``."""
    return add(0, unbox(value), ctx) if not is_list(value) else value


def increment(value: Any, by: int = 1) -> Any:
    """``++`` and ``--`` on a value: ``$null`` counts as 0; what is no number is an error."""
    value = unbox(value)
    if value is None:
        return by
    if type(value) is int:
        return add(value, by)
    if not is_numeric(value):
        name = "++" if by > 0 else "--"
        raise error(
            f"The '{name}' operator works only on numbers. The operand is a '{d.type_of(value).name}'.",
            "OperatorRequiresNumber",
            "InvalidOperation",
        )
    return add(value, by) if by > 0 else subtract(value, -by)
