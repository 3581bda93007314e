"""Which version and Windows a machine has where the plan leaves it to follow from the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from exmigrate.model.topology import LEGACY_VERSIONS, Listener
from exmigrate.plan.schema.servers import MachineEntry, SourceServerEntry

from .context import Context

_WINDOWS_OF = {"2000": "2000", "2003": "2003"}
_LEGACY_MEMORY = 4 << 30


@dataclass(frozen=True, slots=True)
class Windows:
    """Windows of a machine; see `Machine`."""

    os: str
    bits: int
    memory: int
    powershell: str
    listeners: tuple[Listener, ...]


def version_of(ctx: Context, server: SourceServerEntry) -> str:
    """Exchange version of a server of today: its own, the source's, or the first of the transition."""
    return server.version or main_version(ctx)


def is_open(ctx: Context, server: SourceServerEntry) -> bool:
    """Whether nothing says which of several versions a server has; that is told once, and nothing that follows from it."""
    document = ctx.document
    several = len({v.version for v in document.transition.source}) > 1
    return several and not document.source.version and server.version is None


def main_version(ctx: Context) -> str:
    """Version of the servers that say none."""
    document = ctx.document
    return document.source.version or document.transition.source[0].version


def newest_version(ctx: Context) -> str:
    """The newest version of today: whose directory preparation the organization has."""
    return ctx.document.source.version or max(v.version for v in ctx.document.transition.source)


def pack_of(ctx: Context, server: SourceServerEntry) -> str:
    """Service pack of a server: its own, else that of its version."""
    return server.service_pack or pack_for(ctx, version_of(ctx, server))


def pack_for(ctx: Context, version: str) -> str:
    """Service pack of a version as the plan has it: the source's, or the transition's."""
    document = ctx.document
    if document.source.service_pack and version == newest_version(ctx):
        return document.source.service_pack
    return next((v.service_pack for v in document.transition.source if v.version == version), "")


def is_legacy(ctx: Context, server: SourceServerEntry) -> bool:
    """Whether a server of today is an Exchange 2000 or 2003 server."""
    return version_of(ctx, server) in LEGACY_VERSIONS


def legacy_servers(ctx: Context) -> Iterator[SourceServerEntry]:
    """Exchange 2000 and 2003 servers, in plan order."""
    return (s for s in ctx.document.source.servers if is_legacy(ctx, s))


def has_legacy(ctx: Context) -> bool:
    """Whether there is any Exchange 2000 or 2003 server."""
    return any(True for _ in legacy_servers(ctx))


def has_modern(ctx: Context) -> bool:
    """Whether there is a server of 2007 in the organization; an Edge is none, whatever its version."""
    return any(not is_legacy(ctx, s) and "edge" not in s.roles for s in ctx.document.source.servers)


def windows(ctx: Context, machine: MachineEntry) -> Windows:
    """Windows of a machine: what the plan says, and what a legacy server can only have where it says nothing."""
    said = machine.model_fields_set
    legacy = isinstance(machine, SourceServerEntry) and is_legacy(ctx, machine)
    os = machine.os
    if legacy and isinstance(machine, SourceServerEntry) and "os" not in said:
        os = _WINDOWS_OF[version_of(ctx, machine)]  # type: ignore[assignment]
    return Windows(
        os=os,
        bits=32 if legacy and "bits" not in said else machine.bits,
        memory=_LEGACY_MEMORY if legacy and "memory" not in said else machine.memory,
        powershell="" if os == "2000" and "powershell" not in said else machine.powershell,
        listeners=_listeners(machine, os),
    )


def _listeners(machine: MachineEntry, os: str) -> tuple[Listener, ...]:
    if "listeners" not in machine.model_fields_set and os == "2000":
        return ()  # there is no WinRM for it
    if "listeners" not in machine.model_fields_set and os.startswith("2003"):
        return (Listener(auth=("ntlm", "kerberos")),)  # CredSSP came with Windows 2008
    return tuple(Listener(x.scheme, x.port, tuple(x.auth)) for x in machine.listeners)


def driven(ctx: Context, machine: MachineEntry, wish: bool | None) -> bool:
    """Whether exmigrate connects to a machine: as the plan says, else to all but legacy servers on Windows 2000."""
    if wish is not None:
        return wish  # what cannot be is for EXE-004 to say
    legacy = isinstance(machine, SourceServerEntry) and is_legacy(ctx, machine)
    return not (legacy and windows(ctx, machine).os == "2000")
