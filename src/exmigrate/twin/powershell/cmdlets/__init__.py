"""The core cmdlets, in small modules by theme; each module lists its own in ``CMDLETS``."""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module

from exmigrate.twin.powershell.packs import Cmdlet, Pack
from exmigrate.twin.powershell.typeinfo import NetType

_MODULES = (
    "acl",
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
_TYPE_MODULES = ("sockets", "web", "directorysearch", "forests")
"""Modules of ``types`` whose types reach the network and the directory; a pack may bring others by the same names."""


@lru_cache(maxsize=1)
def core_pack() -> Pack:
    """The pack of the core cmdlets that every host has."""
    import_module("exmigrate.twin.powershell.providers.filesystem")
    cmdlets: list[Cmdlet] = []
    for name in _MODULES:
        cmdlets.extend(import_module(f"{__name__}.{name}").CMDLETS)
    types: list[NetType] = []
    for name in _TYPE_MODULES:
        types.extend(import_module(f"exmigrate.twin.powershell.types.{name}").TYPES_OF_PACK)
    return Pack("core", cmdlets=tuple(cmdlets), types=tuple(types))
