"""Compiled expressions on disk: compiling two hundred Jinja expressions is a third of a start's time.

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
from types import CodeType

import jinja2


class CodeCache:
    """Code objects by the text they were compiled from.

    Args:
        path: the cache file; None keeps nothing.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._codes: dict[str, CodeType] = _read(path)
        self._new = False

    def get(self, form: str, text: str, compiler: Callable[[], CodeType]) -> CodeType:
        """The code of a text, compiled now if it was never compiled before."""
        key = hashlib.sha256(f"{form}\0{text}".encode()).hexdigest()
        found = self._codes.get(key)
        if found is None:
            found = self._codes[key] = compiler()
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
                marshal.dump(self._codes, out)
            os.replace(name, self._path)


def _read(path: Path | None) -> dict[str, CodeType]:
    if path is None:
        return {}
    try:
        for one in (path.parent, path):
            found = one.stat()
            if found.st_uid != os.geteuid() or found.st_mode & 0o022:
                return {}
        codes = marshal.loads(path.read_bytes())
    except (OSError, ValueError, EOFError, TypeError, AttributeError):
        return {}
    return codes if isinstance(codes, dict) else {}


@lru_cache(maxsize=1)
def code_cache() -> CodeCache:
    """The user's cache, for this Python and this Jinja; saved when the process ends."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    tag = f"{sys.implementation.cache_tag}-{jinja2.__version__}"
    path = Path(base) / "exmigrate" / f"expressions-{tag}.bin" if hasattr(os, "geteuid") else None
    cache = CodeCache(path)
    atexit.register(cache.save)
    return cache
