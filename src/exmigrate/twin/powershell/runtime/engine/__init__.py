"""Cmdlets that are part of the engine: loops, variables, aliases, invocation, modules, jobs, the Write cmdlets."""

from __future__ import annotations

from exmigrate.twin.powershell.packs import Pack
from exmigrate.twin.powershell.runtime.engine import (
    commands,
    help,
    invoke,
    jobs,
    loops,
    modules,
    variables,
    writes,
)


def engine_pack() -> Pack:
    """The pack of the engine's own cmdlets."""
    parts = (loops, variables, commands, help, invoke, modules, jobs, writes)
    return Pack(
        "engine",
        cmdlets=[cmdlet for part in parts for cmdlet in part.CMDLETS],
        aliases={name: target for part in parts for name, target in getattr(part, "ALIASES", {}).items()},
    )
