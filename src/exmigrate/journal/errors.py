"""Errors of the journal, `EXM-J…`."""

from __future__ import annotations

from typing import ClassVar

from exmigrate.model import Failed, Refused


class LeaseHeld(Refused):
    """Another controller drives this run."""

    code = "EXM-J002"
    exit_code: ClassVar[int] = 5


class Fenced(Refused):
    """Another controller has taken this run over; nothing more is written by this one."""

    code = "EXM-J003"
    exit_code: ClassVar[int] = 5


class JournalCorrupt(Failed):
    """The journal is not what exmigrate wrote."""

    code = "EXM-J004"


class NoJournal(Refused):
    """There is no journal here."""

    code = "EXM-J005"


class JournalExists(Refused):
    """There is a journal here already."""

    code = "EXM-J006"


class JournalUnusable(Failed):
    """The journal's file cannot be used."""

    code = "EXM-J007"
