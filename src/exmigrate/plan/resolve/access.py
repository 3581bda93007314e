"""Credentials, connections, media, policy: how work is done."""

from __future__ import annotations

from exmigrate.model.topology import (
    Connection,
    Credential,
    Medium,
    Policy,
    Product,
    Secret,
    Version,
    Waiver,
    Window,
)
from exmigrate.plan.schema.access import ConnectionEntry, MediumEntry, VersionEntry
from exmigrate.plan.schema.policy import WindowEntry

from . import versions
from .context import Context

_PORTS = {"http": 5985, "https": 5986}
_RUN_ROOT = "C:\\ProgramData\\exmigrate"
_SCHEMA_LEVELS = {
    "8.0": 10637, "8.1": 11116, "8.2": 14622, "8.3": 14625, "14.0": 14622, "14.1": 14726, "14.2": 14732, "14.3": 14734,
}  # fmt: skip
"""rangeUpper after /PrepareSchema of media, by the first two numbers of their build."""


def secret(reference: str | None) -> Secret | None:
    """A reference as a value."""
    return Secret(reference) if reference else None


def version(entry: VersionEntry) -> Version:
    """A version with its service pack."""
    return Version(entry.version, entry.service_pack)


def credentials(ctx: Context) -> tuple[Credential, ...]:
    """Accounts by name, in plan order."""
    return tuple(
        Credential(
            name, c.username, secret(c.password), c.certificate, c.key, c.local, path=f"credentials.{name}"
        )
        for name, c in ctx.document.credentials.items()
    )


def connection(ctx: Context, server: str) -> Connection:
    """How a server is reached: its own settings over the defaults."""
    defaults = ctx.document.connections.defaults
    own = override(ctx, server) or ConnectionEntry.model_construct()
    transport = own.transport or defaults.transport or "credssp"
    basic = transport in ("basic", "certificate")
    scheme = own.scheme or (("https" if basic else defaults.scheme) or "http")
    same_scheme = scheme == (defaults.scheme or "http")
    credential = own.credential or defaults.credential or next(iter(ctx.document.credentials))
    return Connection(
        transport=transport,
        scheme=scheme,
        port=own.port or (defaults.port if same_scheme else None) or _PORTS[scheme],
        verify=own.verify or defaults.verify or "system",
        credential=credential,
        run_as=own.run_as or (credential if own.credential else defaults.run_as) or credential,
        run_root=own.run_root or defaults.run_root or _RUN_ROOT,
        address=own.address or "",
        expose_run_as_password=_first(own.expose_run_as_password, defaults.expose_run_as_password),
    )


def _first(own: bool | None, default: bool | None) -> bool:
    return bool(default if own is None else own)


def driven(ctx: Context, server: str) -> bool:
    """Whether exmigrate connects to a server."""
    own = override(ctx, server)
    machine = ctx.machines.get(server.casefold())
    wish = own.driven if own else None
    return wish is not False if machine is None else versions.driven(ctx, machine, wish)


def override(ctx: Context, server: str) -> ConnectionEntry | None:
    """A server's own connection settings."""
    table = ctx.document.connections.servers
    return next((c for name, c in table.items() if name.casefold() == server.casefold()), None)


def media(ctx: Context) -> tuple[Medium, ...]:
    """Media in plan order."""
    return tuple(_medium(i, m) for i, m in enumerate(ctx.document.media))


def _medium(i: int, m: MediumEntry) -> Medium:
    level = m.schema_level or _SCHEMA_LEVELS.get(".".join(m.build.split(".")[:2]), 0)
    return Medium(
        m.name, m.version, m.kind, m.service_pack, m.build, m.source, m.folder, m.sha256.lower(),
        level if m.kind == "setup" else 0, f"media[{i}]",
    )  # fmt: skip


def products(ctx: Context) -> tuple[Product, ...]:
    """Exchange-aware products."""
    return tuple(
        Product(p.name, p.kind, p.version, p.supports_target, p.replacement, p.api, path=f"products[{i}]")
        for i, p in enumerate(ctx.document.products)
    )


def policy(ctx: Context) -> Policy:
    """What the engine obeys."""
    p = ctx.document.policy
    return Policy(
        start=p.start,
        later_sites=p.later_sites,
        windows=tuple(_window(i, w, p.timezone) for i, w in enumerate(p.windows)),
        default_window=p.default_window,
        batch_window=p.batch_window,
        blackout_dates=tuple(p.blackout_dates),
        timezone=p.timezone,
        gate_notes=dict(p.gates),
        limits=p.limits.model_dump(),
        retries=p.retries.model_dump(),
        soak_days=max(1, p.soak // 86400) if p.soak else 0,
        basis=p.basis,
        waivers=tuple(
            Waiver(w.rule, w.who, w.date, w.reason, f"policy.waivers[{i}]") for i, w in enumerate(p.waivers)
        ),
        optional=tuple(p.optional),
        path="policy",
    )


def _window(i: int, w: WindowEntry, zone: str) -> Window:
    return Window(w.name, tuple(w.days), w.start, w.length // 60, w.timezone or zone, f"policy.windows[{i}]")
