"""Exchange 2000 and 2003 as Active Directory and their servers have them, and what is done to them by hand."""

from exmigrate.twin.world.legacy.installed import install_legacy, is_legacy, server_dn
from exmigrate.twin.world.legacy.places import (
    administrative_groups,
    bridgehead_dn,
    is_legacy_server,
    routing_group,
    routing_groups,
    server_dn_of,
    server_name_of,
    servers,
)
from exmigrate.twin.world.legacy.places import server as server_entry
from exmigrate.twin.world.legacy.routing import (
    Connector,
    add_routing_group_connector,
    add_smtp_connector,
    group_of_server,
    group_of_servers,
    routing_group_connectors,
    set_bridgeheads,
    smtp_connectors,
)

__all__ = [
    "Connector",
    "add_routing_group_connector",
    "add_smtp_connector",
    "administrative_groups",
    "bridgehead_dn",
    "group_of_server",
    "group_of_servers",
    "install_legacy",
    "is_legacy",
    "is_legacy_server",
    "routing_group",
    "routing_group_connectors",
    "routing_groups",
    "server_dn",
    "server_dn_of",
    "server_entry",
    "server_name_of",
    "servers",
    "set_bridgeheads",
    "smtp_connectors",
]
