"""How control leaves a statement.

Statements hand ``break``, ``continue`` and ``return`` upwards as return values (a `Leave`), because that costs nothing
when nothing leaves; where an expression or a command stands between, the same travels as a `LeaveError`.
"""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.values import NOTHING

__all__ = [
    "BREAK",
    "CONTINUE",
    "NOTHING",
    "RETURN",
    "ExitError",
    "Halt",
    "Leave",
    "LeaveError",
    "StopUpstream",
]


class Leave:
    """One way out of a statement: kind 'break', 'continue' or 'return', and a label ('' for none)."""

    __slots__ = ("kind", "label")

    def __init__(self, kind: str, label: str = "") -> None:
        self.kind = kind
        self.label = label


BREAK = Leave("break")
CONTINUE = Leave("continue")
RETURN = Leave("return")


class LeaveError(Exception):
    """A `Leave` on its way through expressions and commands."""

    def __init__(self, leave: Leave) -> None:
        super().__init__(leave.kind)
        self.leave = leave


class ExitError(Exception):
    """``exit``: ends the script, or the session."""

    def __init__(self, code: int) -> None:
        super().__init__(code)
        self.code = code


class StopUpstream(Exception):
    """A command needs no more input; ``stage`` is the one that said so."""

    def __init__(self, stage: Any) -> None:
        super().__init__("stop upstream")
        self.stage = stage


class Halt(Exception):
    """The run ends now and no script code may catch it: stopped from outside, or over a limit.

    Attributes:
        limit: Name of the limit, '' when stopped.
        message: What the result says.
    """

    def __init__(self, limit: str, message: str) -> None:
        super().__init__(message)
        self.limit = limit
        self.message = message
