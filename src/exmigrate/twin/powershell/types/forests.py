"""System.DirectoryServices.ActiveDirectory: the forest, the domain and the site of a machine, as its directory tells them."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.powershell.machine import MachineError
from exmigrate.twin.powershell.typeinfo import NetType, declare_type
from exmigrate.twin.powershell.types.directoryentry import directory_fault

NAMESPACE = "System.DirectoryServices.ActiveDirectory"
PARTITION = declare_type(f"{NAMESPACE}.ActiveDirectoryPartition", is_abstract=True)
SERVER = declare_type(f"{NAMESPACE}.DirectoryServer", is_abstract=True)
FOREST = declare_type(f"{NAMESPACE}.Forest")
DOMAIN = declare_type(f"{NAMESPACE}.Domain", PARTITION.name)
SITE = declare_type(f"{NAMESPACE}.ActiveDirectorySite")
CONTROLLER = declare_type(f"{NAMESPACE}.DomainController", SERVER.name)
CATALOG = declare_type(f"{NAMESPACE}.GlobalCatalog", CONTROLLER.name)
NEIGHBOR = declare_type(f"{NAMESPACE}.ReplicationNeighbor")
TYPES_OF_PACK = (PARTITION, SERVER, FOREST, DOMAIN, SITE, CONTROLLER, CATALOG, NEIGHBOR)


def _found(kind: NetType, member: str) -> None:
    @kind.static_method(f"{kind.name} {member}()", ctx=True)
    def _get(ctx: Any) -> Any:
        try:
            return ctx.machine.directory.dotnet(kind.name, member, [])
        except MachineError as fault:
            raise directory_fault(fault) from fault


_found(FOREST, "GetCurrentForest")
_found(DOMAIN, "GetCurrentDomain")
_found(DOMAIN, "GetComputerDomain")
_found(SITE, "GetComputerSite")
