"""What `decide` has to know beside the journal: what is under way in this controller, and the zones of the windows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from .commands import StepCommand


@dataclass(frozen=True)
class Situation:
    """The controller's own moment; nothing of it is needed after a crash.

    Attributes:
        running: commands under way, by step id.
        due: steps that are not worth asking before an instant, by step id.
        zones: the time zones that the policy's windows and blackout dates name.
        stopping: nothing new starts; what is under way is let end.
    """

    running: Mapping[str, StepCommand] = field(default_factory=dict)
    due: Mapping[str, datetime] = field(default_factory=dict)
    zones: Mapping[str, tzinfo] = field(default_factory=dict)
    stopping: bool = False
