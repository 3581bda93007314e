"""The core cmdlets: what every host has besides the engine's own, one module for each family."""

from __future__ import annotations

from importlib import import_module

from exmigrate.twin.powershell.packs import Cmdlet, Pack

MODULES = (
    "content",
    "csv",
    "eventlog",
    "files",
    "hosts",
    "itemproperties",
    "items",
    "json_text",
    "measure",
    "members",
    "output",
    "paths",
    "processes",
    "securestring",
    "select",
    "select_string",
    "services",
    "sorting",
    "wmi",
    "xml_text",
)
"""Modules of this package that bring cmdlets, each with a list ``CMDLETS`` and perhaps a mapping ``ALIASES``."""


def core_pack() -> Pack:
    """The pack of the core cmdlets and the providers."""
    from exmigrate.twin.powershell.providers import core_providers

    cmdlets: list[Cmdlet] = []
    aliases: dict[str, str] = {}
    for name in MODULES:
        module = import_module(f"{__name__}.{name}")
        cmdlets.extend(module.CMDLETS)
        aliases.update(getattr(module, "ALIASES", {}))
    return Pack("core", cmdlets=cmdlets, aliases=aliases, providers=core_providers())
