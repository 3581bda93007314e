"""Errors of the engine, `EXM-E…`, and the one of an unreadable journal."""

from __future__ import annotations

from typing import ClassVar

from exmigrate.model import Failed, Refused


class JournalUnreadable(Failed):
    """The journal cannot be read."""

    code = "EXM-J001"


class RequestRefused(Refused):
    """The request does not fit the state of the run."""

    code = "EXM-E001"


class UnresolvedArgument(Failed):
    """An argument refers to something that is not there."""

    code = "EXM-E002"
    exit_code = 3


class RollbackRefused(Refused):
    """Rolling back to this marker is not possible."""

    code = "EXM-E003"
    exit_code: ClassVar[int] = 4


class InvariantBroken(Failed):
    """An invariant of the engine does not hold: a defect of exmigrate, nothing was done because of it."""

    code = "EXM-E004"


class BadResult(Failed):
    """A script returned something that is not a result."""

    code = "EXM-E005"


class SelectionRefused(Refused):
    """The selection names something that the change does not have."""

    code = "EXM-E006"
