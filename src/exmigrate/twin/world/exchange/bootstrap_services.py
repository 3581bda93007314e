"""What the source organization serves with: address books, groups, unified messaging, certificates, Edge."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from exmigrate.twin.world import dn as names
from exmigrate.twin.world.exchange import x509
from exmigrate.twin.world.exchange.edge import SubscriptionFile
from exmigrate.twin.world.exchange.spec import DialPlanSpec, OfflineAddressBookSpec
from exmigrate.twin.world.exchange.store import Store

if TYPE_CHECKING:
    from exmigrate.twin.world.exchange.organization import ExchangeOrganization


def build(org: ExchangeOrganization) -> None:
    """Everything here, in the order in which one thing needs another."""
    _offline_address_books(org)
    _groups(org)
    _unified_messaging(org)
    _certificates(org)
    _edge(org)


def _store(org: ExchangeOrganization) -> Store:
    controller = org.world.forest.find(domain=org.world.spec.forest.domains[0].name, writable=True)
    assert controller is not None
    return Store(controller)


def _offline_address_books(org: ExchangeOrganization) -> None:
    for item in org.spec.offline_address_books:
        _offline_address_book(org, item)


def _offline_address_book(org: ExchangeOrganization, item: OfflineAddressBookSpec) -> None:
    store = _store(org)
    candidates = [item.server] if item.server else []
    candidates += [s.name for s in org.servers_of("2007", "Mailbox")] + [
        s.name for s in org.servers_of("2010", "Mailbox")
    ]
    if not candidates:
        return
    public = next((org.databases.entry(store, db.guid) for db in org.folders.databases()), None)
    if org.layout.legacy and public is not None:  # with stores of two versions: that of the server's own
        public = store.get(org.folders.default_database(store, candidates[0]) or public.dn)
    gal = f"CN=All Global Address Lists,{org.layout.address_lists}"
    values = {
        "Server": org.layout.server(candidates[0]),
        "AddressLists": [names.child("CN", name, gal) for name in item.address_lists],
        "Versions": list(item.versions),
        "IsDefault": item.name == "Default Offline Address List",
        "PublicFolderDatabase": public.dn if public is not None and item.public_folder_distribution else None,
        "PublicFolderDistributionEnabled": item.public_folder_distribution,
        "WebDistributionEnabled": bool(item.virtual_directories),
        "VirtualDirectories": [_oab_directory(org, text) for text in item.virtual_directories],
        "LastTouchedTime": org.now() - timedelta(hours=6),
    }
    dn = names.child("CN", item.name, org.layout.offline_address_books)
    store.create("OfflineAddressBook", dn, values, "2007")
    wanted = {
        (d.server.lower(), d.name.lower()): d.offline_address_book.lstrip("\\").lower()
        for d in org.spec.databases
    }
    for entry in org.databases.entries(store, public=False):
        owner = org.databases.server_name(store, entry).lower()
        if wanted.get((owner, names.rdn_value(entry.dn).lower())) == item.name.lower():
            store.set(entry, "MailboxDatabase", {"OfflineAddressBook": dn})


def _oab_directory(org: ExchangeOrganization, text: str) -> str:
    server, _, name = text.partition("\\")
    return names.child("CN", name or "OAB (Default Web Site)", org.layout.http(server))


def _groups(org: ExchangeOrganization) -> None:
    root = _store(org).controller
    catalog = org.world.forest.find(global_catalog=True) or root
    for group in org.spec.groups:
        controller = org.world.forest.find(domain=group.domain or root.spec.domain, writable=True) or root
        members = [e.dn for alias in group.members for e in org.recipients.find(catalog, alias)]
        org.recipients.make_group(
            controller, group.name, members, group.expansion_server, group.dynamic, group.scope
        )


def _unified_messaging(org: ExchangeOrganization) -> None:
    store, layout = _store(org), org.layout
    for plan in org.spec.dial_plans:
        dn = names.child("CN", plan.name, layout.um("DialPlan"))
        store.create("UMDialPlan", dn, {"NumberOfDigitsInExtension": plan.digits, **plan.settings}, "2007")
        for gateway, address in zip(plan.gateways, plan.gateway_addresses or plan.gateways, strict=False):
            at = names.child("CN", gateway, layout.um("IPGateway"))
            if store.get(at) is None:
                store.create("UMIPGateway", at, {"Address": address}, "2007")
            hunt = names.child("CN", f"{plan.name} hunt group", at)
            store.create("UMHuntGroup", hunt, {"UMDialPlan": dn}, "2007")
        for policy in plan.policies:
            at = names.child("CN", policy, layout.um("Mailbox Policies"))
            store.create("UMMailboxPolicy", at, {"UMDialPlan": dn}, "2007")
        for name in plan.servers:
            entry = store.get(layout.server(name))
            if entry is not None:
                listed = store.value(entry, "ExchangeServer", "DialPlans")
                store.set(entry, "ExchangeServer", {"DialPlans": [*listed, dn]})
        _prompts(org, plan)


def _prompts(org: ExchangeOrganization, plan: DialPlanSpec) -> None:
    for name in plan.servers:
        server = org.world.server(name)
        if server is not None:
            root = org.install_folder(server, org.product_of(server) or "2007")
            folder = f"{root}UnifiedMessaging\\Prompts\\Custom\\{plan.name}"
            server.files.make_directory(folder)
            for prompt in plan.prompts:
                server.files.write(f"{folder}\\{prompt}", b"RIFF WAVE " + prompt.encode())


def _certificates(org: ExchangeOrganization) -> None:
    for item in org.spec.certificates:
        server = org.world.server(item.server)
        if server is None:
            continue
        bundle = x509.issue(list(item.domains), org.now(), org.random, item.days_left)
        org.certificates.add(server, bundle, item.domains[0])
        services = {name.strip().upper() for name in item.services.split(",") if name.strip()}
        org.certificates.enable(server, bundle.thumbprint, services)
        if item.pfx:
            server.files.write(item.pfx, x509.to_pfx(bundle, item.password, item.domains[0], org.now()))


def _edge(org: ExchangeOrganization) -> None:
    store = _store(org)
    for item in org.spec.edge_subscriptions:
        server = org.world.server(item.edge)
        if server is None:
            continue
        file: SubscriptionFile = org.edge.export(server)
        entry = org.edge.subscribe(
            store, file, org.layout.site(item.site), item.internet_connector, item.inbound_connector
        )
        if item.hubs:
            hubs = [org.layout.server(name) for name in item.hubs]
            created = org.now() - timedelta(days=400)
            store.set(entry, "ExchangeServer", {"EdgeSyncHubs": hubs, "EdgeSyncCreated": created})
        org.state.edge_recipients[server.name.lower()] = org.now()
