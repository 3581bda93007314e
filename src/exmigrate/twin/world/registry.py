"""The registry of one machine: read by scripts while Setup writes it, so each operation holds the machine's lock."""

from __future__ import annotations

import threading
from typing import Any

from exmigrate.twin.powershell.machine import MemoryRegistry


class ServerRegistry(MemoryRegistry):
    """A registry that several processes use at once.

    Args:
        lock: the machine's lock.
    """

    def __init__(self, lock: threading.RLock) -> None:
        self._lock = lock
        super().__init__()

    def exists(self, key: str) -> bool:
        with self._lock:
            return super().exists(key)

    def subkeys(self, key: str) -> list[str]:
        with self._lock:
            return super().subkeys(key)

    def values(self, key: str) -> dict[str, tuple[str, Any]]:
        with self._lock:
            return super().values(key)

    def create(self, key: str) -> None:
        with self._lock:
            super().create(key)

    def delete(self, key: str) -> None:
        with self._lock:
            super().delete(key)

    def set_value(self, key: str, name: str, kind: str, data: Any) -> None:
        with self._lock:
            super().set_value(key, name, kind, data)

    def delete_value(self, key: str, name: str) -> None:
        with self._lock:
            super().delete_value(key, name)
