"""The compiler in one, and its one entry point with the cache by digest."""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from threading import Lock

from exmigrate.twin.powershell.compile.classes import Classes
from exmigrate.twin.powershell.levels import Level
from exmigrate.twin.powershell.runtime.code import Code
from exmigrate.twin.powershell.syntax import Source, parse

_CACHE: OrderedDict[tuple[str, str, str], Code] = OrderedDict()
_LOCK = Lock()
CACHED_SCRIPTS = 4096


class Compiler(Classes):
    """Compiles one script."""


def compile_script(text: str, level: Level, file: str = "") -> Code:
    """A script as code; the same text at the same level is read and compiled once.

    Raises:
        ParseFailure: The text is not PowerShell at this level.
        PSError: It uses something that is read but not simulated.
    """
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    key = (digest, level.name, file)
    with _LOCK:
        found = _CACHE.get(key)
        if found is not None:
            _CACHE.move_to_end(key)
            return found
    source = Source(text, file)
    code = Compiler(source, level).script_body(parse(source, level))
    with _LOCK:
        _CACHE[key] = code
        while len(_CACHE) > CACHED_SCRIPTS:
            _CACHE.popitem(last=False)
    return code
