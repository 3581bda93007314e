"""Taking Exchange 2000 or 2003 off a server: what its Setup refuses to leave behind, and what it takes away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exmigrate.twin.world import dn as names
from exmigrate.twin.world.foundation import writable
from exmigrate.twin.world.legacy import installed, organization, places, routing
from exmigrate.twin.world.legacy.permissions import DOMAIN_SERVERS, group_dn
from exmigrate.twin.world.preparation import organization_dn

if TYPE_CHECKING:
    from exmigrate.twin.world.directory import Entry
    from exmigrate.twin.world.exchange.organization import ExchangeOrganization
    from exmigrate.twin.world.forest import DomainController
    from exmigrate.twin.world.server import Server


def blockers(org: ExchangeOrganization, controller: DomainController, server: Server) -> list[str]:
    """What stands against the removal, a sentence each, in the words of Setup; the expansion of groups it does not check."""
    entry = places.server(controller, server.name)
    if entry is None:
        return [f"{server.name} is not in the organization."]
    return [
        *_mailboxes(org, server),
        *_folders(org, controller, server),
        *_duties(controller, entry),
        *_connectors(controller, entry),
        *_master(controller, entry),
    ]


def _mailboxes(org: ExchangeOrganization, server: Server) -> list[str]:
    held = [
        box
        for database in org.databases.on_server(server.name)
        for box in org.state.mailboxes_in(database.guid)
        if not box.system and box.disconnected is None
    ]
    if not held:
        return []
    return [
        f"One or more users currently use a mailbox store on this server ({server.name}): {len(held)}, the first is "
        f"'{held[0].name}'. These users must be moved to a mailbox store on a different server or be mail disabled "
        "before uninstalling this server. (ID no: c1034a7f)"
    ]


def _folders(org: ExchangeOrganization, controller: DomainController, server: Server) -> list[str]:
    found = []
    for database in org.databases.on_server(server.name):
        if not database.public:
            continue
        resting = org.folders.rest_on(database)
        if resting:
            found.append(
                f"The public folder store '{database.name}' contains replicas of {len(resting)} folders, the first is "
                f"'{resting[0].path}'. Move them to another server first."
            )
        for name in default_of(org, controller, database.guid, server.name):
            found.append(
                f"The public folder store '{database.name}' is the default public store of '{name}'."
            )
    return found


def default_of(
    org: ExchangeOrganization, controller: DomainController, guid: object, but: str = ""
) -> list[str]:
    """Names of mailbox stores whose default public folder store this is; those of the server ``but`` do not count."""
    base = organization_dn(controller)
    found = []
    for entry in controller.search(base, "(objectClass=msExchPrivateMDB)"):
        target = controller.get(entry.text("msExchHomePublicMDB"))
        own = places.server_name_of(entry.dn).lower() == but.lower()
        if target is not None and target.guid == guid and not own:
            found.append(names.rdn_value(entry.dn))
    return found


def _duties(controller: DomainController, entry: Entry) -> list[str]:
    name, found = names.rdn_value(entry.dn), []
    for service in organization.update_services(controller):
        if names.key(service.text("msExchAddressListServiceLink")) == names.key(entry.dn):
            found.append(
                f"The server {name} is responsible for the Recipient Update Service '{names.rdn_value(service.dn)}'."
            )
    for book in controller.search(organization_dn(controller), "(objectClass=msExchOAB)"):
        if names.key(book.text("offLineABServer")) == names.key(entry.dn):
            found.append(
                f"The server {name} generates the offline address list '{names.rdn_value(book.dn)}'."
            )
    if controller.search(entry.dn, "(objectClass=msExchSiteReplicationService)"):
        found.append(f"The server {name} runs the Site Replication Service.")
    return found


def _connectors(controller: DomainController, entry: Entry) -> list[str]:
    name, found = names.rdn_value(entry.dn), []
    base = organization_dn(controller)
    for connector in controller.search(base, f"({routing.SOURCES}=*)"):
        sources = [places.server_name_of(str(v)).lower() for v in connector.get(routing.SOURCES)]
        if name.lower() in sources:
            found.append(
                f"The server {name} is a bridgehead of the connector '{names.rdn_value(connector.dn)}'."
            )
    return found


def _master(controller: DomainController, entry: Entry) -> list[str]:
    group = controller.get(entry.text("msExchHomeRoutingGroup"))
    if group is None or names.key(group.text("msExchRoutingMasterDN")) != names.key(entry.dn):
        return []
    others = [e for e in routing.members(controller, group.dn) if names.key(e.dn) != names.key(entry.dn)]
    if not others:
        return []
    return [
        f"The server {names.rdn_value(entry.dn)} is the master of the routing group '{names.rdn_value(group.dn)}', which "
        f"has other servers: {', '.join(names.rdn_value(e.dn) for e in others)}."
    ]


def take_off(org: ExchangeOrganization, controller: DomainController, server: Server) -> None:
    """Remove the server's objects, its group membership, its services and its software."""
    store = org.store_for(server)
    for database in list(org.databases.on_server(server.name)):
        entry = org.databases.entry(store, database.guid)
        if entry is not None:
            org.databases.delete(store, entry)
    own = places.server(controller, server.name)
    if own is not None:
        controller.delete(own.dn, tree=True)
    _leave_groups(org, server)
    org.state.queues.pop(server.name.lower(), None)
    for fact in reversed(installed.SERVICES):
        if fact.name in ("IISADMIN", "W3SVC"):
            continue  # those are Windows' own
        server.services.stop_if_running(fact.name)
        if server.services.get(fact.name) is not None:
            server.services.delete(fact.name)
    server.delete_registry(r"HKLM\SOFTWARE\Microsoft\Exchange")
    server.remove_uninstall_entry("Microsoft Exchange")
    server.exchange = None


def _leave_groups(org: ExchangeOrganization, server: Server) -> None:
    domain = server.domain
    if domain is None:
        return
    home = writable(org.world, domain.name)
    computer = routing.computer_dn(home, server.name)
    group = group_dn(domain.name, DOMAIN_SERVERS)
    if computer and home.get(group) is not None:
        home.remove_values(group, "member", [computer])
