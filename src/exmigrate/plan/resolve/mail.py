"""Mail flow, unified messaging, Edge servers and public folders: wishes bound to servers."""

from __future__ import annotations

from dataclasses import replace

from exmigrate.model.topology import (
    AcceptedDomain,
    Dag,
    Database,
    DialPlan,
    DsnMessage,
    EdgeSubscription,
    ExpansionGroup,
    MailFlow,
    PublicFolders,
    ReceiveConnector,
    SendConnector,
)
from exmigrate.plan.schema.target import TargetSendConnectorEntry

from . import legacy
from .context import Context


def accepted_domains(ctx: Context) -> tuple[AcceptedDomain, ...]:
    """Accepted domains; the first is the default where none is marked."""
    entries = ctx.document.source.mail.accepted_domains
    marked = any(d.default for d in entries)
    return tuple(
        AcceptedDomain(
            d.name,
            d.kind,
            d.default or (not marked and i == 0),
            d.shared_with,
            f"source.mail.accepted_domains[{i}]",
        )
        for i, d in enumerate(entries)
    )


def mail_flow(ctx: Context) -> MailFlow:
    """Mail flow afterwards."""
    m = ctx.document.target.mail_flow
    domains = accepted_domains(ctx)
    return MailFlow(
        inbound=m.inbound,
        inbound_targets=tuple(m.inbound_targets),
        mx_domains=tuple(m.mx_domains) or tuple(d.name for d in domains),
        outbound_probe=m.outbound_probe,
        send_connectors=tuple(_send(ctx, i, c) for i, c in enumerate(m.send_connectors)),
        receive_connectors=tuple(
            ReceiveConnector(
                c.name, c.use, ctx.names_of(c.servers), tuple(c.remote_ranges), tuple(c.bindings), c.relay,
                f"target.mail_flow.receive_connectors[{i}]",
            )
            for i, c in enumerate(m.receive_connectors)
        ),
        accepted_domains=_wished(ctx, domains),
        dsn_messages=tuple(
            DsnMessage(d.identity, d.text, f"target.mail_flow.dsn_messages[{i}]")
            for i, d in enumerate(m.dsn_messages)
        ),
        dsn_mode=m.dsn_mode,
        sync_rules=m.sync_rules,
        routing_group_connectors=legacy.target_connectors(ctx),
        suppress_link_state=m.suppress_link_state,
        legacy_routing_server=legacy.bridgehead(ctx),
        legacy_internet_connectors=legacy.internet_connectors(ctx),
        path="target.mail_flow",
    )  # fmt: skip


def _wished(ctx: Context, domains: tuple[AcceptedDomain, ...]) -> tuple[AcceptedDomain, ...]:
    """Accepted domains as they shall be."""
    kinds = {d.name.casefold(): d.kind for d in ctx.document.target.mail_flow.accepted_domains}
    return tuple(replace(d, kind=kinds.get(d.name.casefold(), d.kind)) for d in domains)


def _send(ctx: Context, i: int, c: TargetSendConnectorEntry) -> SendConnector:
    facts = {f.name.casefold(): f for f in ctx.document.source.mail.send_connectors}
    fact = facts.get(c.name.casefold())
    replacements = {e.replaces.casefold(): e.edge for e in ctx.document.target.edges if e.replaces}
    edge = replacements.get(fact.edge.casefold(), fact.edge) if fact else ""
    sources = ctx.names_of(c.sources)
    return SendConnector(
        name=fact.name if fact else c.name,
        sources=sources,
        address_spaces=tuple(c.address_spaces or (fact.address_spaces if fact else ())),
        smart_hosts=tuple(c.smart_hosts or (fact.smart_hosts if fact else ())),
        fqdn=c.fqdn or (fact.fqdn if fact else ""),
        edge=ctx.name_of(edge) if edge else "",
        create=c.create,
        site=ctx.site_of(sources[0]) if sources else (ctx.site_of(edge) if edge else ""),
        path=f"target.mail_flow.send_connectors[{i}]",
    )


def dial_plans(ctx: Context) -> tuple[DialPlan, ...]:
    """Dial plans that new UM servers take over."""
    facts = {d.name.casefold(): d for d in ctx.document.source.dial_plans}
    out = []
    for i, wish in enumerate(ctx.document.target.dial_plans):
        fact = facts.get(wish.name.casefold())
        servers = ctx.names_of(wish.servers)
        path = f"target.dial_plans[{i}]"
        if fact is not None and not wish.create:
            out.append(
                DialPlan(
                    fact.name, ctx.site_of(servers[0]), ctx.names_of(fact.servers), servers, tuple(fact.gateways),
                    wish.prompts, digits=fact.digits, policies=tuple(fact.policies),
                    gateway_addresses=dict(fact.gateways), path=path,
                )
            )  # fmt: skip
        elif wish.create:
            out.append(
                DialPlan(
                    wish.name, ctx.site_of(servers[0]), (), servers, tuple(wish.gateways), prompts=False, create=True,
                    digits=wish.digits, policies=tuple(wish.policies), gateway_addresses=dict(wish.gateways),
                    country_code=wish.country_code, path=path,
                )
            )  # fmt: skip
    return tuple(out)


def edges(ctx: Context) -> tuple[EdgeSubscription, ...]:
    """Edge subscriptions that stay or are made."""
    standing = {s.edge.casefold() for s in ctx.document.source.edge_subscriptions}
    return tuple(
        EdgeSubscription(
            edge=ctx.name_of(e.edge),
            site=ctx.site_name(e.site),
            existing=e.edge.casefold() in standing,
            replaces=ctx.name_of(e.replaces) if e.replaces else "",
            internet_connector=e.internet_connector,
            path=f"target.edges[{i}]",
        )
        for i, e in enumerate(ctx.document.target.edges)
    )


def expansion_groups(ctx: Context) -> tuple[ExpansionGroup, ...]:
    """Groups that are expanded on an old server."""
    return tuple(
        ExpansionGroup(g.name, ctx.name_of(g.expansion_server), g.dynamic, f"source.groups[{i}]")
        for i, g in enumerate(ctx.document.source.groups)
        if g.expansion_server
    )


def public_folders(ctx: Context) -> PublicFolders:
    """Public folders: whether there are any, and where they go."""
    wish = ctx.document.target.public_folders
    present = bool(ctx.document.source.public_folders) or any(
        d.kind == "public-folder" for s in ctx.document.source.servers for d in s.databases
    )
    if wish is None:
        return PublicFolders(present, path="source.public_folders")
    return PublicFolders(present, tuple(wish.databases), tuple(wish.top_folders), "target.public_folders")


def target_databases(ctx: Context) -> tuple[Database, ...]:
    """Databases to be created; on 2007 each in a storage group of its own unless the plan says otherwise."""
    grouped = ctx.document.transition.to.version == "2007"
    return tuple(
        Database(
            name=d.name,
            server=ctx.name_of(s.name),
            site=ctx.site_of(s.name),
            kind=d.kind,
            target=True,
            storage_group=d.storage_group or (f"SG{j + 1}" if grouped else ""),
            edb_path=d.edb,
            log_path=d.logs,
            public_folder_database=d.public_folder_database,
            offline_address_book=d.offline_address_book,
            created_by_setup=d.created_by_setup,
            copies=ctx.names_of(d.copies),
            journal_recipient=d.journal_recipient,
            issue_warning_quota=d.issue_warning_quota,
            prohibit_send_quota=d.prohibit_send_quota,
            prohibit_send_receive_quota=d.prohibit_send_receive_quota,
            path=f"target.servers[{i}].databases[{j}]",
        )
        for i, s in enumerate(ctx.document.target.servers)
        for j, d in enumerate(s.databases)
    )


def dags(ctx: Context) -> tuple[Dag, ...]:
    """Database availability groups."""
    return tuple(
        Dag(
            d.name, ctx.site_of(d.members[0]), ctx.names_of(d.members), ctx.name_of(d.witness_server),
            d.witness_directory, tuple(d.addresses), f"target.dags[{i}]",
        )
        for i, d in enumerate(ctx.document.target.dags)
    )  # fmt: skip
