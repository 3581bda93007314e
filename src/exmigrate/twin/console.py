"""``powershell.exe`` on a simulated machine: its packs, and its run in a process of the world."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache

# a script may name a registry key's type before it has touched any drive
import exmigrate.twin.powershell.providers.registry  # noqa: F401
from exmigrate.twin.cmdlets.windows import windows_pack
from exmigrate.twin.powershell.host import Host, Runspace
from exmigrate.twin.powershell.packs import Pack
from exmigrate.twin.powershell.process import run_console
from exmigrate.twin.world.machine import ProcessMachine
from exmigrate.twin.world.processes import Streams
from exmigrate.twin.world.server import Server

LEVELS = {"2.0": "2.0", "3.0": "3.0", "4.0": "3.0", "5.0": "5.1", "5.1": "5.1", "7": "7"}
"""Language level of the interpreter by the engine that a machine has."""


@lru_cache(maxsize=64)
def _windows(os: str, has_ad_tools: bool) -> Pack:
    hidden = set()
    if os not in ("2008", "2008R2"):
        hidden.add("servermanagercmd.exe")
    if not has_ad_tools:
        hidden |= {"repadmin.exe", "dsacls.exe"}
    modules = {} if os in ("2003", "2003R2", "2008") else windows_pack.modules
    return replace(
        windows_pack,
        natives={name: native for name, native in windows_pack.natives.items() if name not in hidden},
        modules=modules,
        com={} if os in ("2003", "2003R2") else windows_pack.com,
    )


def packs_of(server: Server) -> tuple[Pack, ...]:
    """What PowerShell on a server has beyond its own, as the server is now."""
    from exmigrate.twin.cmdlets.exchange import packs_for

    has_ad_tools = server.is_controller or "RSAT-ADDS-Tools" in server.features
    return (_windows(server.spec.os, has_ad_tools), *packs_for(server))


def run_powershell(
    machine: ProcessMachine, arguments: Sequence[str], streams: Streams, directory: str, packs: Sequence[Pack]
) -> int:
    """Run ``powershell.exe`` to its end in the calling thread and give its exit code."""
    level = LEVELS.get(machine.server.spec.powershell)
    if level is None:
        streams.err(f"Not simulated: PowerShell {machine.server.spec.powershell or '(none)'}.\r\n".encode())
        return 1

    def started(runspace: Runspace) -> None:
        runspace.session.items["location"] = directory
        machine.process.stoppers.append(runspace.stop)

    result = run_console(
        Host(level, machine, packs),
        arguments,
        streams,
        encoding=getattr(streams, "encoding", "utf-8"),
        on_stdout=streams.out,
        on_stderr=streams.err,
        started=started,
    )
    return result.exit_code
