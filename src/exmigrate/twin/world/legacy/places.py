"""Where Exchange 2000 and 2003 keep their objects, and how to find one's server, group or bridgehead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.preparation import (
    ADMINISTRATIVE_GROUP,
    LEGACY_GROUP,
    ROUTING_GROUP,
    organization_dn,
)

if TYPE_CHECKING:
    from exmigrate.twin.world.forest import DomainController

LEGACY_ROUTING_GROUP = "First Routing Group"
VIRTUAL_SERVER = "CN=1,CN=SMTP,CN=Protocols"


def groups_dn(controller: DomainController) -> str:
    """DN of the container of all administrative groups."""
    return f"CN=Administrative Groups,{organization_dn(controller)}"


def administrative_group_dn(controller: DomainController, name: str = "") -> str:
    """DN of an administrative group; the first legacy one without a name."""
    return names.child("CN", name or LEGACY_GROUP, groups_dn(controller))


def administrative_groups(controller: DomainController) -> list[Entry]:
    """All administrative groups, that of 2007 and later among them."""
    base = groups_dn(controller)
    return controller.children(base) if organization_dn(controller) and controller.get(base) else []


def routing_groups(controller: DomainController, later: bool = False) -> list[Entry]:
    """Routing groups of 2000 and 2003; with ``later`` also that of 2007 and 2010."""
    base = groups_dn(controller)
    if not organization_dn(controller) or controller.get(base) is None:
        return []
    found = controller.search(base, "(objectClass=msExchRoutingGroup)")
    return [entry for entry in found if later or names.rdn_value(entry.dn) != ROUTING_GROUP]


def routing_group(controller: DomainController, name: str) -> Entry | None:
    """A routing group by name or DN, without regard to case."""
    for entry in routing_groups(controller, later=True):
        if name.lower() in (names.rdn_value(entry.dn).lower(), entry.dn.lower()):
            return entry
    return None


def later_routing_group_dn(controller: DomainController) -> str:
    """DN of the routing group of all servers from 2007 on."""
    above = names.child("CN", ADMINISTRATIVE_GROUP, groups_dn(controller))
    return names.child("CN", ROUTING_GROUP, f"CN=Routing Groups,{above}")


def servers(controller: DomainController) -> list[Entry]:
    """Server objects of 2000 and 2003 (and 5.5): those outside of the administrative group of 2007."""
    base = groups_dn(controller)
    if not organization_dn(controller) or controller.get(base) is None:
        return []
    later = names.key(names.child("CN", ADMINISTRATIVE_GROUP, base))
    found = controller.search(base, "(objectClass=msExchExchangeServer)")
    return [entry for entry in found if not names.is_below(names.key(entry.dn), later)]


def server(controller: DomainController, name: str) -> Entry | None:
    """The server object of a name or full name, of any version; None when there is none."""
    base = groups_dn(controller)
    if not organization_dn(controller) or controller.get(base) is None:
        return None
    wanted = name.partition(".")[0].lower()
    for entry in controller.search(base, "(objectClass=msExchExchangeServer)"):
        if names.rdn_value(entry.dn).lower() == wanted:
            return entry
    return None


def is_legacy_server(entry: Entry) -> bool:
    """Whether a server object is of 2003 or older: it knows no roles of 2007."""
    return not entry.number("msExchCurrentServerRoles") and not entry.get("msExchVersion")


def bridgehead_dn(controller: DomainController, name: str) -> str:
    """DN that stands for a server in a connector: of 2003 its SMTP virtual server, of later ones the server.

    Raises:
        LookupError: the organization has no such server.
    """
    found = server(controller, name)
    if found is None:
        raise LookupError(f"There is no Exchange server {name} in this organization.")
    return f"{VIRTUAL_SERVER},{found.dn}" if is_legacy_server(found) else found.dn


def server_name_of(dn: str) -> str:
    """Name of the server that a bridgehead DN is or lies below; empty when it names none."""
    parts = names.split(dn)
    for index, part in enumerate(parts[:-1]):
        if parts[index + 1].lower() == "cn=servers":
            return names.unescape(part.partition("=")[2])
    return ""


def server_dn_of(dn: str) -> str:
    """DN of the server object that a DN is or lies below; empty when it lies below none."""
    parts = names.split(dn)
    for index in range(len(parts) - 1):
        if parts[index + 1].lower() == "cn=servers":
            return ",".join(parts[index:])
    return ""


def legacy_dn(controller: DomainController, administrative_group: str, rest: str) -> str:
    """A ``legacyExchangeDN`` below an administrative group."""
    organization = names.rdn_value(organization_dn(controller))
    return f"/o={organization}/ou={administrative_group or LEGACY_GROUP}/{rest}"
