"""Faults by name and target: each place where something can go wrong asks here whether it shall.

Asked for at their occasion (target): ``setup-dies`` ``setup-fails`` ``server-dies-in-setup`` (SERVER/ROLE:stage),
``disk-full`` (SERVER/DRIVE), ``service-will-not-start`` (SERVER/SERVICE), ``feature-install-fails``, ``rollup-fails``,
``reboot-hangs`` (option ``minutes``), ``lost-write`` (SERVER), ``task-will-not-start`` (SERVER\\path); Exchange adds its own,
such as ``move-fails``. At a time, by option ``at_s`` and for ``for_s`` organization seconds: ``replication-stuck`` and
``controller-down`` (target: the controller), ``restart`` (target: the server).
"""

import fnmatch
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from exmigrate.twin.world.spec import FaultSpec


@dataclass
class _Armed:
    spec: FaultSpec
    seen: int = 0
    fired: int = 0


@dataclass(frozen=True)
class Fired:
    """A fault that struck: name, target and the options it was armed with."""

    name: str
    target: str
    options: Mapping[str, Any] = field(default_factory=dict)


class Faults:
    """The armed faults of a world and a record of those that struck."""

    def __init__(self, specs: Iterable[FaultSpec] = ()) -> None:
        self._lock = threading.Lock()
        self._armed = [_Armed(spec) for spec in specs]
        self.history: list[Fired] = []

    def arm(self, name: str, target: str = "*", after: int = 0, times: int = 1, **options: Any) -> None:
        """Add a fault: strikes ``times`` matching occasions after letting ``after`` of them pass (-1: always)."""
        with self._lock:
            self._armed.append(_Armed(FaultSpec(name, target, after, times, options)))

    def disarm(self, name: str) -> None:
        """Take all faults of a name back."""
        with self._lock:
            self._armed = [item for item in self._armed if item.spec.name != name]

    def strikes(self, name: str, target: str) -> Fired | None:
        """Ask at an occasion; a fault that strikes is used up by one."""
        with self._lock:
            for item in self._armed:
                if item.spec.name != name or not self._matches(item.spec.target, target):
                    continue
                item.seen += 1
                if item.seen <= item.spec.after or 0 <= item.spec.times <= item.fired:
                    continue
                item.fired += 1
                fired = Fired(name, target, dict(item.spec.options))
                self.history.append(fired)
                return fired
        return None

    @staticmethod
    def _matches(pattern: str, target: str) -> bool:
        return fnmatch.fnmatchcase(target.lower(), pattern.lower())
