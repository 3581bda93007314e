"""Errors of the runner."""

from __future__ import annotations

from typing import ClassVar

from exmigrate.model import Refused


class OtherChange(Refused):
    """The journal belongs to another change."""

    code = "EXM-E007"
    exit_code: ClassVar[int] = 4


class OtherMode(Refused):
    """A rehearsed run cannot go on live, nor a live one in a rehearsal."""

    code = "EXM-E008"
    exit_code: ClassVar[int] = 4


class BasisMoved(Refused):
    """The facts that the change rests on are not what they were."""

    code = "EXM-E009"
    exit_code: ClassVar[int] = 4


class NoSecret(Refused):
    """A secret that the plan refers to is not there."""

    code = "EXM-U010"


class NoZone(Refused):
    """A time zone of the plan is not known here."""

    code = "EXM-U011"
