"""Arguments of a command before they are bound."""

from __future__ import annotations

from typing import Any, NamedTuple


class Absent:
    """The type of `ABSENT`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Any = Absent()
"""The value of a named argument that stands alone: ``-Force``."""


class Arg(NamedTuple):
    """One argument.

    Attributes:
        name: Parameter name as typed, None for a positional argument.
        value: Value, or ABSENT.
        text: For a number its text as typed (string parameters take that); for a name the text with its dash, and with
            a colon when the value was attached.
    """

    name: str | None
    value: Any
    text: str | None
