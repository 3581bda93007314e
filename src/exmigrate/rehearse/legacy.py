"""What Exchange 2000 and 2003 have beyond servers and stores, from the facts of a plan's source."""

from __future__ import annotations

from exmigrate.model.topology.source import SourceOrganization
from exmigrate.twin.world import legacyspec as world

from .windows import runs_legacy


def legacy_spec(source: SourceOrganization) -> world.LegacySpec:
    """Routing groups, connectors, policies, lists and services as they stand; empty without 2000 and 2003."""
    if not runs_legacy(source):
        return world.LegacySpec()
    return world.LegacySpec(
        routing_groups=tuple(
            world.RoutingGroupSpec(g.name, g.administrative_group, g.master) for g in source.routing_groups
        ),
        routing_group_connectors=tuple(
            world.RoutingGroupConnectorSpec(
                c.name, c.source_group, c.target_group, c.sources, c.targets, c.cost
            )
            for c in source.routing_group_connectors
        ),
        smtp_connectors=tuple(
            world.SmtpConnectorSpec(c.name, c.routing_group, c.bridgeheads, c.address_spaces, c.smart_hosts)
            for c in source.smtp_connectors
        ),
        policies=tuple(
            world.RecipientPolicySpec(
                p.name, p.templates, p.filter, p.priority, p.mailbox_manager, p.non_authoritative
            )
            for p in source.address_policies
            if p.legacy
        ),
        address_lists=tuple(world.AddressListSpec(a.name, a.filter, a.kind) for a in source.address_lists),
        update_services=tuple(
            world.UpdateServiceSpec(u.name, u.domain, u.server, u.dc, u.enterprise)
            for u in source.update_services
        ),
        connection_agreements=source.connection_agreements,
        site_replication_services=source.site_replication_services,
    )
