"""Forest, domain and site as System.DirectoryServices.ActiveDirectory shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.faults import NetFault
from exmigrate.twin.powershell.scalars import UTC, DateTime
from exmigrate.twin.powershell.values import PSObject, ScriptMethod
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.forest import DomainController

if TYPE_CHECKING:
    from exmigrate.twin.world.server import Server
    from exmigrate.twin.world.world import World

NAMESPACE = "System.DirectoryServices.ActiveDirectory"
FOREST_MODES = {
    0: "Windows2000Forest",
    1: "Windows2003InterimForest",
    2: "Windows2003Forest",
    3: "Windows2008Forest",
    4: "Windows2008R2Forest",
}


def _object(kind: str, values: dict[str, Any]) -> PSObject:
    return PSObject(values, (f"{NAMESPACE}.{kind}",))


def _neighbors(dc: DomainController) -> list[PSObject]:
    """Where a controller gets its naming contexts from: each other controller that has them, once a context."""
    forest = dc.forest
    if not dc.up:
        raise NetFault(
            f"{NAMESPACE}.ActiveDirectoryServerDownException", "The server is not operational.\r\n"
        )
    found = []
    for source in forest.all():
        shared = [context for context in dc.contexts() if context in source.contexts()]
        since = forest.stuck_since(dc.name, source.name)
        for context in shared if source is not dc else ():
            values = {
                "PartitionName": context,
                "SourceServer": source.fqdn,
                "ConsecutiveFailureCount": 3 if since else 0,
                "LastSuccessfulSync": DateTime.from_datetime(since or forest.clock.now(), UTC),
                "LastSyncResult": 1722 if since else 0,
                "LastSyncMessage": "The RPC server is unavailable." if since else "",
            }
            found.append(_object("ReplicationNeighbor", values))
    return found


def _controller(dc: DomainController) -> PSObject:
    kind = "GlobalCatalog" if dc.is_global_catalog else "DomainController"
    return _object(
        kind,
        {
            "Name": dc.fqdn,
            "SiteName": dc.site,
            "Domain": dc.spec.domain,
            "IPAddress": next(iter(dc.spec.addresses), ""),
            "GetAllReplicationNeighbors": ScriptMethod(lambda this: _neighbors(dc)),
        },
    )


def forest_object(world: World, server: Server) -> PSObject:
    """``[…Forest]::GetCurrentForest()``."""
    forest = world.forest
    master = forest.master("schema")
    return _object(
        "Forest",
        {
            "Name": forest.spec.domains[0].name,
            "ForestMode": FOREST_MODES.get(forest.spec.functional_level, str(forest.spec.functional_level)),
            "Domains": [_domain(world, domain.name) for domain in forest.spec.domains],
            "RootDomain": _domain(world, forest.spec.domains[0].name),
            "Sites": [_site(world, site.name) for site in forest.spec.sites],
            "GlobalCatalogs": [_controller(dc) for dc in forest.all() if dc.is_global_catalog],
            "SchemaRoleOwner": _controller(master) if master else None,
            "Schema": forest.schema_dn,
        },
    )


def _domain(world: World, name: str) -> PSObject:
    members = [dc for dc in world.forest.all() if dc.spec.domain.lower() == name.lower()]
    return _object(
        "Domain",
        {
            "Name": name,
            "DomainControllers": [_controller(dc) for dc in members],
            "Path": names.domain_dn(name),
        },
    )


def domain_object(world: World, server: Server) -> PSObject:
    """``[…Domain]::GetCurrentDomain()``."""
    return _domain(world, server.spec.domain)


def _site(world: World, name: str) -> PSObject:
    members = [dc for dc in world.forest.all() if dc.site.lower() == name.lower()]
    return _object("ActiveDirectorySite", {"Name": name, "Servers": [_controller(dc) for dc in members]})


def site_object(world: World, server: Server) -> PSObject:
    """``[…ActiveDirectorySite]::GetComputerSite()``."""
    return _site(world, server.site)
