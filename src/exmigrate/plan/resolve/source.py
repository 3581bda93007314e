"""The organization as it is: the facts of the plan's `source`, and nothing of its `target`."""

from __future__ import annotations

from collections.abc import Iterator

from exmigrate.model.topology import (
    Account,
    DnsRecord,
    DsnMessage,
    Group,
    InstalledExchange,
    Machine,
    Mailbox,
    OfflineAddressBook,
    OutsideHost,
    PublicFolder,
    Rule,
    SiteLink,
    SourceCertificate,
    SourceClientAccess,
    SourceDialPlan,
    SourceEdgeSubscription,
    SourceOrganization,
    SourceReceiveConnector,
    SourceSendConnector,
    SourceSite,
    StorageGroup,
    VirtualDirectory,
)
from exmigrate.plan.schema.servers import MachineEntry, SourceServerEntry

from . import access, estate, legacy, mail, recipients, versions
from .clusters import source_clusters
from .context import Context
from .databases import by_any_name, key_of, source_databases

_DIRECTORIES = ("owa", "activesync", "ews", "oab", "um", "autodiscover")
_OLD_FORMATS = ("Version2", "Version3")
"""Formats that Exchange 2003 generates, for public folders alone."""

_SYSTEM_DISK = {"C:": 136 << 30}


def source_organization(ctx: Context, mailboxes: tuple[Mailbox, ...]) -> SourceOrganization:
    """All facts of the organization as it is."""
    s = ctx.document.source
    newest = versions.newest_version(ctx)
    return SourceOrganization(
        organization=s.organization,
        version=newest,
        service_pack=versions.pack_for(ctx, newest),
        forest_level=s.forest.level,
        domains=estate.domains(ctx),
        domain_controllers=estate.domain_controllers(ctx),
        sites=tuple(
            SourceSite(
                x.name, ctx.site_domain[x.name], tuple(x.subnets), x.internet_facing, f"source.forest.sites[{i}]"
            )
            for i, x in enumerate(s.forest.sites)
        ),
        site_links=tuple(
            SiteLink(x.name, tuple(ctx.site_name(n) for n in x.sites), x.cost, 0, f"source.forest.site_links[{i}]")
            for i, x in enumerate(s.forest.site_links)
        ),
        machines=tuple(_machines(ctx)),
        clusters=tuple(source_clusters(ctx)),
        outside_hosts=tuple(
            OutsideHost(
                h.name,
                tuple(h.addresses),
                {int(p): banner for p, banner in h.ports.items() if p.isdigit()},
                f"source.outside_hosts[{i}]",
            )
            for i, h in enumerate(s.outside_hosts)
        ),
        accounts=tuple(
            Account(name, c.username, tuple(c.groups), f"credentials.{name}")
            for name, c in ctx.document.credentials.items()
            if not c.local
        ),
        storage_groups=tuple(_storage_groups(ctx)),
        databases=source_databases(ctx),
        mailboxes=mailboxes,
        public_folders=tuple(_public_folders(ctx)),
        client_access=tuple(_client_access(ctx)),
        virtual_directories=tuple(_virtual_directories(ctx)),
        certificates=tuple(
            SourceCertificate(
                x.name, tuple(c.names), tuple(c.services), c.self_signed, c.expires,
                f"source.servers[{i}].certificates[{j}]",
            )
            for i, x in enumerate(s.servers)
            for j, c in enumerate(x.certificates)
        ),
        accepted_domains=mail.accepted_domains(ctx),
        send_connectors=tuple(
            SourceSendConnector(
                c.name, ctx.names_of(c.sources), tuple(c.address_spaces), tuple(c.smart_hosts), c.fqdn, c.require_tls,
                ctx.name_of(c.edge) if c.edge else "", f"source.mail.send_connectors[{i}]",
            )
            for i, c in enumerate(s.mail.send_connectors)
        ),
        receive_connectors=tuple(_receive_connectors(ctx)),
        rules=tuple(
            Rule(r.name, r.kind, dict(r.settings), r.enabled, f"source.mail.rules[{i}]")
            for i, r in enumerate(s.mail.rules)
        ),
        address_policies=recipients.address_policies(ctx, wishes=False),
        offline_address_books=tuple(_offline_address_books(ctx)),
        dial_plans=tuple(
            SourceDialPlan(
                d.name, d.digits, ctx.names_of(d.servers), dict(d.gateways), tuple(d.policies), tuple(d.prompts),
                f"source.dial_plans[{i}]",
            )
            for i, d in enumerate(s.dial_plans)
        ),
        edge_subscriptions=tuple(
            SourceEdgeSubscription(
                ctx.name_of(e.edge), ctx.site_name(e.site), _hubs(ctx, e.site), e.internet_connector,
                e.inbound_connector, f"source.edge_subscriptions[{i}]",
            )
            for i, e in enumerate(s.edge_subscriptions)
        ),
        groups=tuple(
            Group(
                g.name, tuple(g.members), ctx.name_of(g.expansion_server) if g.expansion_server else "", g.dynamic,
                ctx.domain_name(g.domain) or ctx.domain_of_recipients(), f"source.groups[{i}]",
            )
            for i, g in enumerate(s.groups)
        ),
        dsn_messages=tuple(
            DsnMessage(d.identity, d.text, f"source.mail.dsn_messages[{i}]") for i, d in enumerate(s.mail.dsn_messages)
        ),
        dsn_mode=s.mail.dsn_mode,
        dns=tuple(DnsRecord(r.name, r.type, r.value, r.ttl, r.view, f"source.dns[{i}]") for i, r in enumerate(s.dns)),
        inbound=ctx.names_of(s.mail.inbound),
        relays=tuple(s.mail.relays),
        media=access.media(ctx),
        mixed_mode=s.mixed_mode,
        routing_groups=legacy.routing_groups(ctx),
        routing_group_connectors=legacy.source_connectors(ctx),
        smtp_connectors=legacy.smtp_connectors(ctx),
        update_services=legacy.update_services(ctx),
        address_lists=recipients.address_lists(ctx, wishes=False),
        features=legacy.features(ctx),
        connection_agreements=tuple(s.connection_agreements),
        site_replication_services=tuple(s.site_replication_services),
        replication_minutes=legacy.replication_minutes(ctx),
    )  # fmt: skip


def _machines(ctx: Context) -> Iterator[Machine]:
    s = ctx.document.source
    for i, server in enumerate(s.servers):
        installed = _installed(ctx, server)
        for j, node in enumerate(server.nodes):
            yield _machine(ctx, node, f"source.servers[{i}].nodes[{j}]", installed)
        if not server.nodes:
            yield _machine(ctx, server, f"source.servers[{i}]", installed)
    for i, machine in enumerate(s.machines):
        yield _machine(ctx, machine, f"source.machines[{i}]", None)


def _machine(ctx: Context, m: MachineEntry, path: str, exchange: InstalledExchange | None) -> Machine:
    used = access.connection(ctx, m.name)
    windows = versions.windows(ctx, m)
    return Machine(
        name=m.name,
        fqdn=ctx.fqdn(m),
        domain=ctx.domain_of(m),
        site=ctx.own_site(m),
        os=windows.os,
        os_service_pack=m.os_service_pack,
        os_edition=m.os_edition,
        bits=windows.bits,
        memory=windows.memory,
        processors=m.processors,
        disks=dict(m.disks) or dict(_SYSTEM_DISK),
        addresses=tuple(m.addresses),
        powershell=windows.powershell,
        features=tuple(m.features),
        listeners=windows.listeners,
        local_accounts=tuple(
            dict.fromkeys(
                n
                for n in (used.credential, used.run_as)
                if n in ctx.document.credentials and ctx.document.credentials[n].local
            )
        ),
        exchange=exchange,
        path=path,
    )


def _installed(ctx: Context, s: SourceServerEntry) -> InstalledExchange:
    return InstalledExchange(
        version=versions.version_of(ctx, s),
        service_pack=versions.pack_of(ctx, s),
        roles=estate.in_order(s.roles),
        edition=s.edition,
        rollup=s.rollup,
        administrative_group=legacy.administrative_group_of(ctx, s),
        routing_group=legacy.group_of(ctx, s),
        link_state_suppressed=s.link_state_suppressed,
        activesync_integrated=s.activesync_integrated,
        kb937031=s.kb937031,
    )


def _offline_address_books(ctx: Context) -> Iterator[OfflineAddressBook]:
    for i, b in enumerate(ctx.document.source.offline_address_books):
        server = ctx.source_servers.get(b.server.casefold())
        old = server is not None and versions.is_legacy(ctx, server)
        said = b.model_fields_set
        yield OfflineAddressBook(
            b.name,
            ctx.name_of(b.server),
            _OLD_FORMATS if old and "versions" not in said else tuple(b.versions),
            b.public_folder_distribution or (old and "public_folder_distribution" not in said),
            ctx.names_of(b.web_distribution),
            f"source.offline_address_books[{i}]",
        )


def _storage_groups(ctx: Context) -> Iterator[StorageGroup]:
    for i, server in enumerate(ctx.document.source.servers):
        told: set[str] = set()
        for j, database in enumerate(server.databases):
            if database.storage_group not in told:
                told.add(database.storage_group)
                yield StorageGroup(
                    database.storage_group,
                    server.name,
                    database.logs,
                    database.logs,
                    path=f"source.servers[{i}].databases[{j}]",
                )


def _public_folders(ctx: Context) -> Iterator[PublicFolder]:
    named = by_any_name(source_databases(ctx))
    for i, p in enumerate(ctx.document.source.public_folders):
        replicas = tuple(key_of(named, name) for name in p.replicas)
        yield PublicFolder(p.folder, replicas, p.items, p.size, p.mail_enabled, f"source.public_folders[{i}]")


def _client_access(ctx: Context) -> Iterator[SourceClientAccess]:
    for i, server in enumerate(ctx.document.source.servers):
        c = server.client_access
        if c is not None:
            yield SourceClientAccess(
                server.name,
                c.scp,
                c.outlook_anywhere_host,
                c.outlook_anywhere_auth if c.outlook_anywhere_host else "",
                c.pop_imap,
                f"source.servers[{i}].client_access",
            )


def _virtual_directories(ctx: Context) -> Iterator[VirtualDirectory]:
    for i, server in enumerate(ctx.document.source.servers):
        for kind in _DIRECTORIES if server.client_access else ():
            urls = getattr(server.client_access, kind)
            if urls.internal or urls.external or urls.authentication:
                path = f"source.servers[{i}].client_access.{kind}"
                yield VirtualDirectory(
                    server.name, kind, urls.internal, urls.external, tuple(urls.authentication), path
                )


def _receive_connectors(ctx: Context) -> Iterator[SourceReceiveConnector]:
    for i, server in enumerate(ctx.document.source.servers):
        for j, c in enumerate(server.receive_connectors):
            path = f"source.servers[{i}].receive_connectors[{j}]"
            yield SourceReceiveConnector(
                c.name, server.name, tuple(c.bindings), tuple(c.remote_ranges), c.anonymous, c.relay, path
            )


def _hubs(ctx: Context, site: str) -> tuple[str, ...]:
    wanted = ctx.site_name(site)
    return tuple(
        s.name for s in ctx.document.source.servers if "hub" in s.roles and ctx.site_name(s.site) == wanted
    )
