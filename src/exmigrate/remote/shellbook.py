"""Which shells this controller has open, on disk, so that its successor can give them back.

WinRM 2.0 allows five shells an account. A controller that is killed leaves its shells behind until they are idle for
long enough; the next one deletes them by their ids, and no shell of anybody else.
"""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path


class ShellBook:
    """Open shells by endpoint and user.

    Args:
        path: A file private to its owner; None keeps the book in memory only.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._open: dict[str, list[str]] = self._read()

    def opened(self, endpoint: str, user: str, shell: str) -> None:
        """Note an open shell."""
        with self._lock:
            self._open.setdefault(f"{endpoint} {user}", []).append(shell)
            self._write()

    def closed(self, endpoint: str, user: str, shell: str) -> None:
        """Strike a shell that is gone."""
        with self._lock:
            shells = self._open.get(f"{endpoint} {user}", [])
            if shell in shells:
                shells.remove(shell)
                self._write()

    def left(self, endpoint: str, user: str) -> list[str]:
        """Shells that are noted for an endpoint."""
        with self._lock:
            return list(self._open.get(f"{endpoint} {user}", []))

    def _read(self) -> dict[str, list[str]]:
        if self._path is None or not self._path.exists():
            return {}
        try:
            data = json.loads(self._path.read_bytes())
            return {str(key): [str(shell) for shell in shells] for key, shells in data.items()}
        except (OSError, ValueError, AttributeError, TypeError):
            return {}  # a book that cannot be read costs shells until they idle out, nothing more

    def _write(self) -> None:
        if self._path is None:
            return
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = self._path.with_suffix(".part")
        text = json.dumps({key: shells for key, shells in self._open.items() if shells}).encode()
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(text)
        os.replace(part, self._path)
