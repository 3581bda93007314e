"""A checked document to a topology: names bound, lists read, facts and wishes joined and held against each other."""

from __future__ import annotations

from exmigrate.model.topology import Topology
from exmigrate.plan.references import Index

from . import access, estate, legacy, lists, mail, recipients
from .checks import contradictions
from .context import Context
from .databases import source_databases
from .lists import Sheets, read_sheets
from .source import source_organization

__all__ = ["Context", "Sheets", "read_sheets", "resolve"]


def resolve(ctx: Context, sheets: Sheets, index: Index) -> Topology:
    """The topology of a document; what contradicts goes to the context's and the sheets' problems."""
    document = ctx.document
    boxes = lists.mailboxes(ctx, sheets, index)
    contradictions(ctx)
    return Topology(
        name=document.name,
        file=ctx.source.name,
        reference=document.change,
        organization=document.source.organization,
        sources=tuple(access.version(v) for v in document.transition.source),
        target=access.version(document.transition.to),
        domains=estate.domains(ctx),
        domain_controllers=estate.domain_controllers(ctx),
        site_links=estate.site_links(ctx),
        directory_host=ctx.name_of(document.target.directory_host),
        external_host=document.target.external_host,
        credentials=access.credentials(ctx),
        media=access.media(ctx),
        namespaces=estate.namespaces(ctx),
        certificates=estate.certificates(ctx),
        sites=estate.sites(ctx),
        servers=estate.servers(ctx),
        client_access=estate.client_access(ctx),
        mail_flow=mail.mail_flow(ctx),
        dial_plans=mail.dial_plans(ctx),
        databases=(*source_databases(ctx), *mail.target_databases(ctx)),
        dags=mail.dags(ctx),
        batches=lists.batches(ctx, sheets, boxes),
        public_folders=mail.public_folders(ctx),
        edges=mail.edges(ctx),
        expansion_groups=mail.expansion_groups(ctx),
        products=access.products(ctx),
        policy=access.policy(ctx),
        routing_groups=legacy.routing_groups(ctx),
        address_policies=recipients.address_policies(ctx),
        address_lists=recipients.address_lists(ctx),
        update_services=legacy.update_services(ctx),
        mailbox_sets=recipients.mailbox_sets(ctx, boxes, complete=sheets.complete),
        keep_2007_option=document.transition.keep_2007_option,
        step_kinds_folder=document.step_kinds,
        source=source_organization(ctx, boxes),
        positions=ctx.positions(),
    )
