"""Why Setup must refuse to install or remove a role, in Exchange's words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from exmigrate.twin.world import dn as names
from exmigrate.twin.world import legacy
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.roles import later_connectors
from exmigrate.twin.world.exchange.store import Store

if TYPE_CHECKING:
    from exmigrate.twin.world.exchange.organization import ExchangeOrganization
    from exmigrate.twin.world.server import Server


def of_install(
    org: ExchangeOrganization, server: Server, role: str, level: str, options: Mapping[str, str]
) -> list[str]:
    """What stands against installing a role."""
    store = org.store_for(server)
    found: list[str] = []
    if role == "Mailbox" and options.get("mdbname"):
        name = options["mdbname"]
        taken = [e for e in org.databases.entries(store) if names.rdn_value(e.dn).lower() == name.lower()]
        if any(org.databases.product(store, e) == "2010" for e in taken):
            found.append(
                f"The database name '{name}' is not unique in the organization. Choose another name."
            )
    if role == "HubTransport":
        found += _legacy_routing(store, options.get("legacyroutingserver", ""))
    return found


def _legacy_routing(store: Store, given: str) -> list[str]:
    # the first Hub of an organization with routing groups of 2000 or 2003 has to be told where to connect to
    old = legacy.servers(store.controller)
    if not old or later_connectors(store):
        return []
    if not given:
        return [
            "Exchange 2000 or Exchange 2003 servers exist in this organization. You must specify the LegacyRoutingServer "
            "parameter: the fully qualified domain name of the server that is to be the bridgehead of the routing group "
            "connector between them and the first Hub Transport server."
        ]
    entry = legacy.server_entry(store.controller, given)
    if entry is None or not legacy.is_legacy_server(entry):
        return [
            f"The server '{given}' that was specified by the LegacyRoutingServer parameter is not an Exchange 2000 or "
            "Exchange 2003 server of this organization."
        ]
    return []


def of_uninstall(org: ExchangeOrganization, server: Server, role: str) -> list[str]:
    """What stands against removing a role."""
    store = org.store_for(server)
    checks = {
        "Mailbox": _mailbox,
        "UnifiedMessaging": _unified_messaging,
        "HubTransport": _hub,
        "EdgeTransport": _edge,
    }
    check = checks.get(role)
    return check(org, store, server) if check else []


def _mailbox(org: ExchangeOrganization, store: Store, server: Server) -> list[str]:
    found: list[str] = []
    own = {db.guid for db in org.databases.on_server(server.name)}
    held = [
        box
        for guid in own
        for box in org.state.mailboxes_in(guid)
        if not box.system and box.disconnected is None
    ]
    if held:
        found.append(
            "This mailbox database contains one or more mailboxes or arbitration mailboxes. Before you uninstall "
            f"Exchange, move or remove the mailboxes on server {server.name}: {len(held)} remain, the first is "
            f"'{held[0].name}'."
        )
    found += _public_folders(org, store, server)
    books = [
        names.rdn_value(e.dn)
        for e in store.all("OfflineAddressBook", org.layout.offline_address_books)
        if names.rdn_value(e.text("offLineABServer")).lower() == server.name.lower()
    ]
    if books:
        found.append(
            f"Uninstall cannot proceed. Server {server.name} is the generation server of offline address book(s) "
            f"'{', '.join(books)}'. Use Move-OfflineAddressBook to move them to another server."
        )
    if store.get(org.layout.server(server.name)) is not None and org.dag_of(store, server.name):
        found.append(f"Mailbox server {server.name} is a member of a database availability group.")
    return found


def _public_folders(org: ExchangeOrganization, store: Store, server: Server) -> list[str]:
    found: list[str] = []
    own = [db for db in org.databases.on_server(server.name) if db.public]
    for database in own:
        resting = org.folders.rest_on(database)
        if resting:
            found.append(
                f"The public folder database '{database.name}' contains folder replicas. Before deleting the public "
                f"folder database, remove the folders or move the replicas to another public folder database "
                f"({len(resting)} folders, the first is '{resting[0].path}')."
            )
        users = pointing_databases(org, store, database.guid)
        if users:
            listed = ", ".join(org.databases.identity(store, e) for e in users)
            found.append(
                f"The public folder database '{database.name}' is the default public folder database of mailbox "
                f"database(s) {listed}."
            )
    return found


def pointing_databases(org: ExchangeOrganization, store: Store, guid: object) -> list[Entry]:
    """Mailbox databases whose default public folder database is this one."""
    return [
        entry
        for entry in org.databases.entries(store, public=False)
        if (target := store.get(entry.text("msExchHomePublicMDB"))) is not None and target.guid == guid
    ]


def _unified_messaging(org: ExchangeOrganization, store: Store, server: Server) -> list[str]:
    entry = store.get(org.layout.server(server.name))
    plans = store.value(entry, "ExchangeServer", "DialPlans") if entry else []
    if not plans:
        return []
    listed = ", ".join(names.rdn_value(dn) for dn in plans)
    return [
        f"Unified Messaging server {server.name} is associated with dial plan(s) {listed}. Remove it from all dial "
        "plans before you uninstall the Unified Messaging role."
    ]


def _hub(org: ExchangeOrganization, store: Store, server: Server) -> list[str]:
    found: list[str] = []
    key = names.key(org.layout.server(server.name))
    for kind, word in (
        ("SendConnector", "Send connector"),
        ("ForeignConnector", "Foreign connector"),
        ("RoutingGroupConnector", "routing group connector"),
    ):
        for entry in store.all(kind, org.layout.connections):
            sources = [str(v) for v in entry.get("msExchSourceBridgeheadServersDN")]
            if key in [names.key(dn) for dn in sources]:
                found.append(
                    f"This computer is configured as a source transport server for {word} "
                    f"'{names.rdn_value(entry.dn)}' in the organization. It must be moved or deleted before Setup "
                    "can continue."
                )
    return found + _last_edge_hub(org, store, server)


def _last_edge_hub(org: ExchangeOrganization, store: Store, server: Server) -> list[str]:
    found = []
    for entry in org.edge.entries(store):
        hubs = [names.rdn_value(dn) for dn in store.value(entry, "ExchangeServer", "EdgeSyncHubs")]
        others = [name for name in hubs if name.lower() != server.name.lower() and org.world.server(name)]
        live = [name for name in others if store.get(org.layout.server(name)) is not None]
        if server.name.lower() in [name.lower() for name in hubs] and not live:
            found.append(
                f"Hub Transport server {server.name} is the only one subscribed to Edge Transport server "
                f"'{names.rdn_value(entry.dn)}'. Remove or renew the Edge Subscription first."
            )
    return found


def _edge(org: ExchangeOrganization, store: Store, server: Server) -> list[str]:
    if org.edge.is_subscribed(server):
        return [
            "This Edge Transport server is subscribed to an Active Directory site. Remove the Edge Subscription "
            "before you uninstall the role."
        ]
    return []
