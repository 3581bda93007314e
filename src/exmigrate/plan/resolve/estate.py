"""Forest, sites and servers: today's machines joined with what they shall become."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from exmigrate.model.topology import (
    LEGACY_ROLES,
    ROLES,
    CasArray,
    Certificate,
    ClientAccess,
    Domain,
    DomainController,
    Namespaces,
    Server,
    Site,
    SiteLink,
)
from exmigrate.plan.schema.servers import MachineEntry
from exmigrate.plan.schema.source import SiteEntry
from exmigrate.plan.schema.target import TargetSiteEntry

from . import legacy, versions
from .access import connection, driven, secret
from .clusters import clustered
from .context import Context


def domains(ctx: Context) -> tuple[Domain, ...]:
    """Domains, the root marked."""
    return tuple(
        Domain(
            d.name, d.netbios, d.name == ctx.root_domain, d.exchange, d.level, f"source.forest.domains[{i}]"
        )
        for i, d in enumerate(ctx.document.source.forest.domains)
    )


def domain_controllers(ctx: Context) -> tuple[DomainController, ...]:
    """Domain controllers of all sites."""
    return tuple(
        DomainController(
            name=c.name,
            fqdn=f"{c.name}.{ctx.domain_of_controller(s, c)}".lower(),
            domain=ctx.domain_of_controller(s, c),
            site=s.name,
            os=c.os,
            global_catalog=c.global_catalog,
            os_service_pack=c.os_service_pack,
            addresses=tuple(c.addresses),
            read_only=c.read_only,
            schema_master=c.schema_master,
            path=f"source.forest.sites[{i}].domain_controllers[{j}]",
        )
        for i, s in enumerate(ctx.document.source.forest.sites)
        for j, c in enumerate(s.domain_controllers)
    )


def site_links(ctx: Context) -> tuple[SiteLink, ...]:
    """Site links with the organization's own mail costs."""
    costs = {r.link.casefold(): r.exchange_cost for r in ctx.document.target.mail_flow.site_routing}
    return tuple(
        SiteLink(
            link.name,
            tuple(ctx.site_name(s) for s in link.sites),
            link.cost,
            costs.get(link.name.casefold(), 0),
            f"source.forest.site_links[{i}]",
        )
        for i, link in enumerate(ctx.document.source.forest.site_links)
    )


def sites(ctx: Context) -> tuple[Site, ...]:
    """Sites in plan order, facts and wishes joined."""
    wishes = {t.name.casefold(): (i, t) for i, t in enumerate(ctx.document.target.sites)}
    entries = ctx.document.source.forest.sites
    primary = _primary(ctx, wishes)
    return tuple(_site(ctx, i, s, wishes.get(s.name.casefold()), primary) for i, s in enumerate(entries))


def _primary(ctx: Context, wishes: dict[str, tuple[int, TargetSiteEntry]]) -> str:
    facing = [s.name for s in ctx.document.source.forest.sites if _facing(s, wishes)]
    chosen = [n for n in facing if n.casefold() in wishes and wishes[n.casefold()][1].primary]
    return next(iter([*chosen, *facing]), "")


def _facing(site: SiteEntry, wishes: dict[str, tuple[int, TargetSiteEntry]]) -> bool:
    wish = wishes.get(site.name.casefold())
    said = wish[1].internet_facing if wish else None
    return site.internet_facing if said is None else said


def _site(
    ctx: Context, i: int, s: SiteEntry, found: tuple[int, TargetSiteEntry] | None, primary: str
) -> Site:
    j, wish = found or (-1, TargetSiteEntry.model_construct(name=s.name))
    facing = s.internet_facing if wish.internet_facing is None else wish.internet_facing
    array = wish.cas_array
    return Site(
        name=s.name,
        internet_facing=facing,
        dc=_pinned(ctx, s, wish.pinned_dc),
        domain=ctx.site_domain[s.name],
        subnets=tuple(s.subnets),
        namespace=wish.namespace,
        cas_array=CasArray(array.name, array.fqdn, array.address, f"target.sites[{j}].cas_array")
        if array
        else None,
        hub_site=bool(wish.hub_site),
        external_addresses=tuple(wish.external_addresses),
        internal_addresses=tuple(wish.internal_addresses),
        legacy_name=wish.legacy or ctx.document.target.namespaces.legacy,
        legacy_addresses=tuple(wish.legacy_addresses),
        legacy_external_addresses=tuple(wish.legacy_external_addresses),
        primary=s.name == primary,
        role_order=tuple(wish.role_order),
        path=f"target.sites[{j}]" if found else f"source.forest.sites[{i}]",
    )


def _pinned(ctx: Context, site: SiteEntry, wish: str) -> str:
    """Fully qualified name of the site's domain controller for all reads and writes."""
    own = ctx.site_domain[site.name]
    usable = [c for c in site.domain_controllers if not c.read_only and c.global_catalog]
    # The configuration is on every controller; the recipients of the site's servers are on one of their own domain.
    near = [c for c in usable if ctx.domain_of_controller(site, c) == own]
    said = [c for c in site.domain_controllers if c.name.casefold() == wish.casefold()]
    chosen = next(iter([*said, *near, *usable, *site.domain_controllers]))
    return f"{chosen.name}.{ctx.domain_of_controller(site, chosen)}".lower()


def servers(ctx: Context) -> tuple[Server, ...]:
    """Source servers, target servers, then machines that stay without Exchange; each in plan order."""
    document = ctx.document
    keep = {k.server.casefold(): k.reason for k in document.keep}
    out: list[Server] = []
    for i, s in enumerate(document.source.servers):
        whole = clustered(s)
        common = {
            "version": versions.version_of(ctx, s),
            "service_pack": versions.pack_of(ctx, s),
            "edition": s.edition,
            "keep": keep.get(s.name.casefold(), ""),
            "clustered": whole,
        }
        own = _server(
            ctx, s, f"source.servers[{i}]", **common, roles=in_order(s.roles), cluster=s.cluster,
            administrative_group=legacy.administrative_group_of(ctx, s), routing_group=legacy.group_of(ctx, s),
            link_state_suppressed=s.link_state_suppressed, activesync_integrated=s.activesync_integrated,
            kb937031=s.kb937031,
        )  # fmt: skip
        nodes = [_server(ctx, n, f"source.servers[{i}].nodes[{j}]", **common) for j, n in enumerate(s.nodes)]
        out += [_virtual(own, nodes) if nodes else own, *nodes]
    for i, t in enumerate(document.target.servers):
        machine = ctx.machines.get(t.name.casefold())
        if machine is None:
            ctx.incomplete = True
        else:
            out.append(
                _server(
                    ctx, machine, f"target.servers[{i}]", target=True, version=document.transition.to.version,
                    service_pack=document.transition.to.service_pack, roles=in_order(t.roles), edition=t.edition,
                    product_key=secret(t.product_key), paths={"install": t.install_path} if t.install_path else {},
                )
            )  # fmt: skip
    for i, m in enumerate(document.source.machines):
        if m.name.casefold() not in ctx.target_servers:
            out.append(_server(ctx, m, f"source.machines[{i}]"))
    return tuple(out)


def _virtual(server: Server, nodes: Sequence[Server]) -> Server:
    """A clustered server: Windows is that of its nodes, and nobody logs on to it."""
    node = nodes[0]
    return replace(
        server,
        driven=False,
        connection=None,
        os=node.os,
        os_edition=node.os_edition,
        os_service_pack=node.os_service_pack,
        bits=node.bits,
        memory=node.memory,
        disks=node.disks,
    )


def _server(ctx: Context, m: MachineEntry, path: str, **said: object) -> Server:
    chosen = {"version": "", "roles": (), "target": False, **said}
    windows = versions.windows(ctx, m)
    return Server(
        name=m.name,
        fqdn=ctx.fqdn(m),
        site=ctx.own_site(m),
        domain=ctx.domain_of(m),
        os=windows.os,
        os_edition=m.os_edition,
        os_service_pack=m.os_service_pack,
        bits=windows.bits,
        addresses=tuple(m.addresses),
        driven=driven(ctx, m.name),
        memory=windows.memory,
        disks=dict(m.disks),
        connection=connection(ctx, m.name),
        path=path,
        **chosen,  # type: ignore[arg-type]
    )


def in_order(roles: Sequence[str]) -> tuple[str, ...]:
    """Roles in installation order, each once; those of Exchange 2000 and 2003 in theirs."""
    return tuple(r for r in dict.fromkeys((*LEGACY_ROLES[:1], *ROLES, *LEGACY_ROLES)) if r in roles)


def namespaces(ctx: Context) -> Namespaces:
    """Names that clients use."""
    n = ctx.document.target.namespaces
    return Namespaces(
        n.primary, tuple(n.autodiscover), n.legacy, n.external_dns, n.internal_dns, "target.namespaces"
    )


def certificates(ctx: Context) -> tuple[Certificate, ...]:
    """Certificates that are ordered or brought."""
    return tuple(
        Certificate(
            name=c.name,
            subject=c.subject,
            names=tuple(dict.fromkeys([c.subject, *c.names])),
            services=tuple(c.services),
            pfx=c.pfx,
            password=secret(c.password),
            friendly_name=c.friendly_name or c.name,
            requested_on=ctx.name_of(c.requested_on) if c.requested_on else "",
            request_file=c.request_file,
            wildcard=any(n.startswith("*.") for n in (c.subject, *c.names)),
            path=f"target.certificates[{i}]",
        )
        for i, c in enumerate(ctx.document.target.certificates)
    )


def client_access(ctx: Context) -> ClientAccess:
    """Client access settings of the new version."""
    c = ctx.document.target.client_access
    return ClientAccess(
        outlook_anywhere=c.outlook_anywhere,
        outlook_anywhere_auth=c.outlook_anywhere_auth,
        activesync_legacy_external_url=c.activesync_legacy_external_url,
        rpc_encryption_required=c.rpc_encryption_required,
        outlook_2003_clients=c.outlook_2003_clients,
        pop_imap=c.pop_imap,
        oab_versions=tuple(c.oab_versions),
        oab_public_folder_distribution=c.oab_public_folder_distribution,
        exchange2003_url=_exchange2003_url(ctx),
        owa_version_folder=c.owa_version_folder,
        path="target.client_access",
    )


def _exchange2003_url(ctx: Context) -> str:
    """OWA of 2003 during coexistence; a 2007 target proxies it itself and has no such setting."""
    document = ctx.document
    if document.transition.to.version == "2007" or not versions.has_legacy(ctx):
        return ""
    legacy_name = document.target.namespaces.legacy
    return document.target.client_access.exchange2003_url or (
        f"https://{legacy_name}/exchange" if legacy_name else ""
    )
