"""Compiled expressions and parsed front matter on disk: making them anew is a third of a start's time.

The cache is code, so it is read only from a folder and a file that belong to this user and that nobody else can write.
Without such a folder everything works, and takes a little longer.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import marshal
import os
import sys
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import jinja2
import yaml

_T = TypeVar("_T")


class CodeCache:
    """What texts were made into, by form and text: code objects, and values of plain types.

    Args:
        path: the cache file; None keeps nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._found: dict[str, Any] = _read(path)
        self._new = False

    def get(self, form: str, text: str, make: Callable[[], _T]) -> _T:
        """What a text was made into, made now if it never was before. Nobody may alter it."""
        key = hashlib.sha256(f"{form}\0{text}".encode()).hexdigest()
        found: _T | None = self._found.get(key)
        if found is None:
            found = self._found[key] = make()
            self._new = True
        return found

    def save(self) -> None:
        """Write what is new; a folder that cannot be written costs time, nothing else."""
        if self._path is None or not self._new:
            return
        with contextlib.suppress(OSError, ValueError):
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle, name = tempfile.mkstemp(dir=self._path.parent)
            with os.fdopen(handle, "wb") as out:
                marshal.dump(self._found, out)
            os.replace(name, self._path)


def _read(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        for one in (path.parent, path):
            own = one.stat()
            if own.st_uid != os.geteuid() or own.st_mode & 0o022:
                return {}
        found = marshal.loads(path.read_bytes())
    except (OSError, ValueError, EOFError, TypeError, AttributeError):
        return {}
    return found if isinstance(found, dict) else {}


@lru_cache(maxsize=1)
def code_cache() -> CodeCache:
    """The user's cache, for this Python and this Jinja; saved when the process ends."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    tag = f"{sys.implementation.cache_tag}-{jinja2.__version__}-{yaml.__version__}"
    path = Path(base) / "exmigrate" / f"catalog-{tag}.bin" if hasattr(os, "geteuid") else None
    cache = CodeCache(path)
    atexit.register(cache.save)
    return cache
