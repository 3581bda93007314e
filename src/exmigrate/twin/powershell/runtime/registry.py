"""What the packs of a host put together: cmdlets, types, COM classes, programs, snap-ins, modules, providers."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from threading import Lock
from typing import Any

from exmigrate.twin.powershell.levels import LEVELS, Level, level
from exmigrate.twin.powershell.packs import Cmdlet, ModuleInfo, Native, Pack, SnapIn
from exmigrate.twin.powershell.runtime.code import CmdletInfo
from exmigrate.twin.powershell.runtime.parameters import Table, cmdlet_table
from exmigrate.twin.powershell.typeinfo import NetType

KEPT = 64
"""Registries remembered by the packs that they were made of."""

_MADE: OrderedDict[tuple[Any, ...], Registry] = OrderedDict()
_LOCK = Lock()


class Registry:
    """Everything that packs registered, filtered by level.

    Attributes:
        level: The language level.
        cmdlets: Cmdlet infos by lower-case name; several of one name from different sources, later packs first.
        aliases: Built-in aliases: lower-case name to (name, definition).
        com: COM factories by lower-case progid.
        natives: Programs by lower-case file name.
        snapins, modules: By lower-case name.
        loaded: Lower-case names of what a fresh runspace has loaded.
        providers: Provider objects in order.
        types: Types of packs by lower-case full name.
        functions: Source texts of functions to define at the start.
        wmi: WMI classes by lower-case name.
        packs: What it was made of; held, because it is found again by their identity.
    """

    def __init__(self, language: Level, packs: tuple[Pack, ...]) -> None:
        self.level = language
        self.cmdlets: dict[str, list[CmdletInfo]] = {}
        self.aliases: dict[str, tuple[str, str]] = {}
        self.com: dict[str, Any] = {}
        self.natives: dict[str, tuple[str, Native]] = {}
        self.snapins: dict[str, SnapIn] = {}
        self.modules: dict[str, ModuleInfo] = {}
        self.loaded: set[str] = set()
        self.providers: list[Any] = []
        self.types: dict[str, NetType] = {}
        self.functions: list[str] = []
        self.wmi: dict[str, Any] = {}
        self._tables: dict[int, Table] = {}
        self.packs = packs
        for pack in packs:
            self._add(pack)

    @classmethod
    def for_level(cls, name: str, packs: tuple[Pack, ...]) -> Registry:
        """The registry of a level, core packs first; the same packs give the same registry.

        Every start of a PowerShell process asks for one, and hundreds of commands have to be entered.
        """
        key = (name, *map(id, packs))
        with _LOCK:
            found = _MADE.get(key)
            if found is None:
                found = _MADE[key] = cls(level(name), (*core_packs(), *packs))
                found.packs = packs
                if len(_MADE) > KEPT:
                    _MADE.popitem(last=False)
            return found

    def _add(self, pack: Pack) -> None:
        for cmdlet in pack.cmdlets:
            self._add_cmdlet(cmdlet)
        for name, definition in pack.aliases.items():
            self.aliases[name.lower()] = (name, definition)
        self.com.update({name.lower(): factory for name, factory in pack.com.items()})
        self.natives.update({name.lower(): (name, native) for name, native in pack.natives.items()})
        self.snapins.update({name.lower(): snapin for name, snapin in pack.snapins.items()})
        for name, module in pack.modules.items():
            if self.level.covers(module.since):
                self.modules[name.lower()] = module
        self.loaded.update(name.lower() for name in pack.loaded)
        self.providers.extend(pack.providers)
        for kind in pack.types:
            self.types[kind.name.lower()] = kind
        if pack.functions:
            self.functions.append(pack.functions)
        self.wmi.update({name.lower(): rows for name, rows in pack.wmi.items()})

    def _add_cmdlet(self, cmdlet: Cmdlet) -> None:
        if not self.level.covers(cmdlet.since, cmdlet.until):
            return
        info = CmdletInfo(cmdlet)
        self.cmdlets.setdefault(cmdlet.name.lower(), []).insert(0, info)
        for alias in cmdlet.aliases:
            self.aliases[alias.lower()] = (alias, cmdlet.name)

    def table(self, cmdlet: Cmdlet) -> Table:
        """The parameter table of a cmdlet."""
        found = self._tables.get(id(cmdlet))
        if found is None:
            found = self._tables[id(cmdlet)] = cmdlet_table(cmdlet, self.level)
        return found

    def native(self, name: str) -> tuple[str, Native] | None:
        """A program by name or path, with or without its extension."""
        short = name.replace("/", "\\").rpartition("\\")[2].lower()
        for candidate in (short, short + ".exe", short + ".cmd", short + ".com", short + ".bat"):
            found = self.natives.get(candidate)
            if found is not None:
                return found
        other = self.natives.get("*.exe") if "\\" in name and short.endswith(".exe") else None
        return (short, other[1]) if other is not None else None


def core_packs() -> tuple[Pack, ...]:
    """The packs that every host has."""
    from exmigrate.twin.powershell.cmdlets import core_pack
    from exmigrate.twin.powershell.runtime.engine import engine_pack

    return (core_pack(), engine_pack())


def level_value(name: str) -> float:
    """A level as a number."""
    return LEVELS[name]


RegistryTypes = Mapping[str, NetType]
