"""The core cmdlets, in small modules by theme; each module lists its own in ``CMDLETS``."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

from exmigrate.twin.powershell.packs import Cmdlet, Pack

_MODULES = (
    "content",
    "csv",
    "dates",
    "eventlog",
    "files",
    "hosts",
    "itemchanges",
    "itemproperties",
    "items",
    "json_text",
    "measure",
    "members",
    "newobject",
    "output",
    "paths",
    "processes",
    "randomness",
    "refused",
    "securestring",
    "select",
    "select_string",
    "services",
    "sorting",
    "utility",
    "winevent",
    "wmi",
    "xml_text",
)


@lru_cache(maxsize=1)
def core_pack() -> Pack:
    """The pack of the core cmdlets that every host has."""
    import_module("exmigrate.twin.powershell.providers.filesystem")
    cmdlets: list[Cmdlet] = []
    for name in _MODULES:
        cmdlets.extend(import_module(f"{__name__}.{name}").CMDLETS)
    return Pack("core", cmdlets=tuple(cmdlets))
