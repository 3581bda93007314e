"""What is left of 2000 and 2003 as plain JSON values: a finished transition shows nothing here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exmigrate.twin.world import dn as names
from exmigrate.twin.world.legacy import organization, permissions, places, routing
from exmigrate.twin.world.preparation import organization_dn

if TYPE_CHECKING:
    from exmigrate.twin.world.world import World


def take(world: World) -> dict[str, Any]:
    """Servers, routing groups, connectors, policies and services; names instead of DNs. Empty without an organization."""
    controller = world.forest.find(global_catalog=True) or world.forest.all()[0]
    dn = organization_dn(controller)
    entry = controller.get(dn) if dn else None
    if entry is None:
        return {}
    return {
        "mixed_mode": entry.first("msExchMixedMode") is True,
        "servers": {names.rdn_value(e.dn): e.text("serialNumber") for e in places.servers(controller)},
        "routing_groups": [names.rdn_value(e.dn) for e in places.routing_groups(controller)],
        "routing_group_connectors": [
            {
                "name": c.name,
                "from": names.rdn_value(c.source_group),
                "to": names.rdn_value(c.target_group),
                "sources": sorted(c.sources),
                "targets": sorted(c.targets),
                "cost": c.cost,
            }
            for c in routing.routing_group_connectors(controller)
        ],
        "smtp_connectors": [names.rdn_value(e.dn) for e in routing.smtp_connectors(controller)],
        "policies": {
            names.rdn_value(e.dn): {
                "templates": [str(v) for v in e.get("gatewayProxy")],
                "mailbox_manager": organization.MAILBOX_MANAGER in e.get("msExchPolicyOptionList"),
                "legacy": not e.get("msExchVersion"),
            }
            for e in organization.policies(controller)
        },
        "update_services": [names.rdn_value(e.dn) for e in organization.update_services(controller)],
        "folder_trees": [
            names.rdn_value(names.parent(names.parent(e.dn))) for e in organization.folder_trees(controller)
        ],
        "remnants_of_55": organization.remnants(controller),
        "permissions": {
            domain.name: permissions.is_granted(controller, domain.name)
            for domain in world.spec.forest.domains
        },
    }
