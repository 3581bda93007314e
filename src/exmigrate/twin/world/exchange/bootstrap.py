"""The source organization's Exchange objects, from its specification and from what Setup would have made."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from exmigrate.twin.powershell.machine import LogEntry
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange import bootstrap_services, bootstrap_transport, roles, tracking
from exmigrate.twin.world.exchange.databases import kind_of
from exmigrate.twin.world.exchange.layout import LEGACY
from exmigrate.twin.world.exchange.recipients import TYPE_DETAILS
from exmigrate.twin.world.exchange.spec import DatabaseSpec, MailboxSpec
from exmigrate.twin.world.exchange.state import MB
from exmigrate.twin.world.exchange.store import Store
from exmigrate.twin.world.forest import DomainController
from exmigrate.twin.world.server import ticks

if TYPE_CHECKING:
    from exmigrate.twin.world.exchange.organization import ExchangeOrganization
    from exmigrate.twin.world.server import Server

SYSTEM_TYPES = frozenset({"RoomMailbox", "EquipmentMailbox", "SharedMailbox"})


def build(org: ExchangeOrganization) -> None:
    """Make everything, in the order in which one thing needs another."""
    if not any(server.exchange is not None for server in org.world.servers.values()):
        return
    product = _newest(org)
    organization_defaults(org, product)
    if product not in LEGACY:
        bootstrap_transport.accepted_domains(org, _store(org))
    for server in _installed(org):
        for role in _in_order(server):
            assert server.exchange is not None
            options = _options(org, server)
            roles.install(org, server, role, server.exchange.product, options)
    for cluster in org.world.clusters.values():
        for node in cluster.others():
            roles.lay_scripts(org, node, "2007")
    _databases(org)
    _default_databases(org)
    _address_lists(org, product)
    _mailboxes(org)
    _arbitration(org)
    _public_folders(org)
    _client_access(org)
    bootstrap_transport.build(org, _store(org))
    bootstrap_services.build(org)
    tracking.write_history(org, [s for s in _installed(org) if "HubTransport" in _in_order(s)])
    _server_objects(org)


def _store(org: ExchangeOrganization) -> Store:
    controller = org.world.forest.find(domain=org.world.spec.forest.domains[0].name, writable=True)
    assert controller is not None
    return Store(controller)


def _installed(org: ExchangeOrganization) -> list[Server]:
    return [
        server
        for server in org.world.members()
        if server.exchange is not None and server.exchange.product in ("2007", "2010")
    ]


def _newest(org: ExchangeOrganization) -> str:
    levels = [org.level_of(server) for server in _installed(org)]
    return max((level.product for level in levels if level), default="2003")


def _in_order(server: Server) -> list[str]:
    assert server.exchange is not None
    order = ("ClientAccess", "HubTransport", "Mailbox", "UnifiedMessaging", "EdgeTransport")
    return [role for role in order if role in server.exchange.roles]


def _options(org: ExchangeOrganization, server: Server) -> dict[str, str]:
    for item in org.spec.servers:
        if item.name.lower() == server.name.lower() and item.external_domain:
            return {"externalcasserverdomain": item.external_domain}
    return {}


def organization_defaults(org: ExchangeOrganization, product: str) -> None:
    """What PrepareAD puts into the organization beyond containers and groups."""
    store, layout = _prepared(org), org.layout
    if product not in ("2007", "2010") or store.get(layout.org) is None:
        return
    for base in (layout.transport_settings, layout.accepted_domains, layout.outlook_providers):
        store.container(base)
    bootstrap_transport.defaults(org, store, product)
    org.register_outlook_providers(store, product)
    if product == "2010":
        policies = f"CN=Throttling Policies,{layout.org}"
        store.container(policies)
        if not store.all("ThrottlingPolicy", policies):
            dn = names.child("CN", "DefaultThrottlingPolicy", policies)
            store.create("ThrottlingPolicy", dn, {"IsDefault": True}, "2010")


def _prepared(org: ExchangeOrganization) -> Store:
    # the controller on which the preparation was written: the one that has the highest level
    def level(controller: DomainController) -> int:
        entry = controller.get(org.layout.org)
        return entry.number("objectVersion") if entry else 0

    writable = [dc for dc in org.world.forest.all() if not dc.spec.read_only and dc.up]
    return Store(max(writable, key=level)) if writable else _store(org)


# databases and mailboxes


def _databases(org: ExchangeOrganization) -> None:
    for group in org.spec.storage_groups:
        server = org.world.server(group.server)
        if server is not None:
            product = org.product_of(server) or "2007"
            path = group.log_path or f"{org.install_folder(server, product)}{_data(product)}\\{group.name}"
            store = org.store_for(server)
            org.databases.make_storage_group(
                store, server.name, group.name, path, group.system_path or path, group.circular_logging
            )
    for item in sorted(org.spec.databases, key=lambda d: not d.public):
        _database(org, item)


def _database(org: ExchangeOrganization, item: DatabaseSpec) -> None:
    server = org.world.server(item.server)
    if server is None or server.exchange is None:
        return
    store, product = org.store_for(server), server.exchange.product
    group = item.storage_group or ("First Storage Group" if product != "2010" else "")
    if group and store.get(names.child("CN", group, org.layout.information_store(server.name))) is None:
        path = f"{org.install_folder(server, product)}{_data(product)}\\{group}"
        org.databases.make_storage_group(store, server.name, group, path, path)
    folder = f"{org.install_folder(server, product)}{_data(product, group or item.name)}"
    values: dict[str, Any] = {
        "IssueWarningQuota": item.issue_warning_mb * MB,
        "DeletedItemRetention": item.deleted_item_days * 86400,
    }
    if not item.public:
        values |= {
            "ProhibitSendQuota": item.prohibit_send_mb * MB,
            "ProhibitSendReceiveQuota": item.prohibit_send_receive_mb * MB,
            "MailboxRetention": item.mailbox_retention_days * 86400,
        }
        if item.rpc_client_access_server:
            values["RpcClientAccessServer"] = item.rpc_client_access_server
    entry = org.databases.make(
        store,
        server.name,
        item.name,
        product=product,
        storage_group=group,
        public=item.public,
        edb=item.edb_path or f"{folder}\\{item.name}.edb",
        logs=item.log_path,
        mounted=item.mounted,
        values=values,
    )
    state = org.state.databases[entry.guid]
    state.created = org.now() - timedelta(days=700)
    backup = datetime.fromisoformat(item.backup) if item.backup else org.now() - timedelta(hours=20)
    state.last_full_backup = backup
    if product in LEGACY:
        said = f"Information Store (1844) {group}: The backup procedure has been successfully completed."
        server.event_logs.write(LogEntry("Application", "ESE", 213, "Information", said, ticks(backup)))


def _data(product: str, group: str = "") -> str:
    # the stores of 2000 and 2003 lie in one folder, those of later versions in one for each group
    return "MDBDATA" if product in LEGACY else f"Mailbox\\{group}" if group else "Mailbox"


def _default_databases(org: ExchangeOrganization) -> None:
    public = {item.name.lower() for item in org.spec.databases if item.public}
    for item in org.spec.databases:
        entry = _find_database(org, item.name, item.server)
        if entry is None or item.public:
            continue
        if item.public_folder_database.rpartition("\\")[2].lower() in public:
            target = _find_database(org, item.public_folder_database, "")
            if target is not None:
                _store(org).set(entry, "MailboxDatabase", {"PublicFolderDatabase": target.dn})


def _find_database(org: ExchangeOrganization, name: str, server: str) -> Entry | None:
    """A database by its name, of a server where one is given, or by `SERVER\\GROUP\\NAME`."""
    store = _store(org)
    *above, wanted = name.lower().split("\\")
    where, groups = above[0] if above else server.lower(), above[1:]
    for entry in org.databases.entries(store):
        if names.rdn_value(entry.dn).lower() != wanted:
            continue
        if groups and names.rdn_value(names.parent(entry.dn)).lower() != groups[0]:
            continue
        if not where or org.databases.server_name(store, entry).lower() == where:
            return entry
    return None


def _mailboxes(org: ExchangeOrganization) -> None:
    for item in org.spec.all_mailboxes():
        _mailbox(org, item)


def _mailbox(org: ExchangeOrganization, item: MailboxSpec) -> None:
    domain = item.domain or org.world.spec.forest.domains[0].name
    controller = org.world.forest.find(domain=domain, writable=True)
    database = _find_database(org, item.database, "")
    if controller is None or database is None:
        raise LookupError(f"mailbox {item.alias}: no domain {domain} or no database {item.database}")
    entry = _user(org, controller, item)
    product = org.databases.product(Store(controller), database)
    extra = _mailbox_attributes(org, item)
    box = org.recipients.enable(
        controller,
        entry,
        database,
        alias=item.alias,
        type_details=item.type,
        product=product,
        extra=extra,
    )
    box.size_mb, box.items, box.corrupt_items = item.size_mb, item.items, item.corrupt_items
    box.language, box.client_version = item.language, item.client_version
    box.last_logon = org.now() - timedelta(minutes=7 + box.size_mb % 1440)
    for user in item.send_as:
        ace = {"user": user, "rights": ["ExtendedRight"], "extended": ["Send-As"], "deny": False}
        org.state.permissions.setdefault(entry.dn.lower(), []).append(ace)


def _user(org: ExchangeOrganization, controller: DomainController, item: MailboxSpec) -> Entry:
    base = f"{item.ou},{controller.domain_dn}" if item.ou else f"CN=Users,{controller.domain_dn}"
    if controller.get(base) is None:
        controller.ensure(base, "organizationalUnit")
    account = item.alias[:20]
    known = next(
        (r for r in org.world.accounts.domain_accounts() if r.name.lower() == item.alias.lower()), None
    )
    if known is not None and known.dn and (found := controller.get(known.dn)) is not None:
        return found
    disabled = item.type in SYSTEM_TYPES
    return controller.create(
        names.child("CN", item.name, base),
        "user",
        {
            "sAMAccountName": account,
            "userPrincipalName": f"{item.alias}@{controller.spec.domain}",
            "displayName": item.name,
            "userAccountControl": 514 if disabled else 512,
        },
    )


def _mailbox_attributes(org: ExchangeOrganization, item: MailboxSpec) -> dict[str, Any]:
    extra: dict[str, Any] = {"msExchUserCulture": item.language}
    if item.hidden:
        extra["msExchHideFromAddressLists"] = True
    if item.emails:
        addresses = [
            a if ":" in a else f"{'SMTP' if i == 0 else 'smtp'}:{a}" for i, a in enumerate(item.emails)
        ]
        extra["proxyAddresses"] = addresses
        primary = next((a for a in addresses if a.startswith("SMTP:")), "")
        extra["mail"] = primary[5:] or None
    if item.um_policy:
        extra["msExchUMEnabledFlags"] = 1
        extra["msExchUMTemplateLink"] = names.child("CN", item.um_policy, org.layout.um("Mailbox Policies"))
        extra["msExchUMExtension"] = item.extension or None
    if item.type == "LegacyMailbox":
        extra["msExchVersion"] = None
    if item.type not in TYPE_DETAILS:
        raise LookupError(f"mailbox {item.alias}: unknown type {item.type}")
    return extra


def _arbitration(org: ExchangeOrganization) -> None:
    for server in org.servers_of("2010", "Mailbox"):
        org.recipients.home_arbitration(org.store_for(server), server)
        return


def _public_folders(org: ExchangeOrganization) -> None:
    databases = org.folders.databases()
    if not databases:
        return
    everywhere = [databases[0].guid]
    for item in org.spec.public_folders:
        replicas = [_replica(org, name) for name in item.replicas] or everywhere
        org.folders.add(item, replicas)
    org.folders.ensure_system_folders(everywhere)


def _replica(org: ExchangeOrganization, name: str) -> uuid.UUID:
    entry = _find_database(org, name, "")
    if entry is None or kind_of(entry) != "PublicFolderDatabase":
        raise LookupError(f"a public folder names {name}, which is no public folder database")
    return entry.guid


# client access, address lists, the rest


def _client_access(org: ExchangeOrganization) -> None:
    for item in org.spec.virtual_directories:
        server = org.world.server(item.server)
        if server is None:
            continue
        store, kind = org.store_for(server), f"{item.kind}VirtualDirectory"
        for entry in store.all(kind, org.layout.http(server.name)):
            store.set(entry, kind, item.settings)
    for array in org.spec.client_access_arrays:
        values = {"Fqdn": array.fqdn, "Site": org.layout.site(array.site)}
        dn = names.child("CN", array.name, org.layout.arrays)
        _store(org).create("ClientAccessArray", dn, values, "2010")
    for anywhere in org.spec.outlook_anywhere:
        server = org.world.server(anywhere.server)
        if server is None:
            continue
        enable_outlook_anywhere(
            org,
            org.store_for(server),
            server,
            {
                "ExternalHostname": anywhere.external_hostname,
                "ClientAuthenticationMethod": anywhere.client_authentication,
                "IISAuthenticationMethods": list(anywhere.iis_authentication),
                "SSLOffloading": anywhere.ssl_offloading,
            },
        )


def enable_outlook_anywhere(
    org: ExchangeOrganization, store: Store, server: Server, values: dict[str, Any]
) -> Entry:
    """Make the RPC proxy's object and mark the server."""
    product = org.product_of(server) or "2010"
    path = f"IIS://{server.fqdn}/W3SVC/1/ROOT/Rpc"
    dn = names.child("CN", "Rpc (Default Web Site)", org.layout.http(server.name))
    entry = store.create("OutlookAnywhere", dn, {**values, "MetabasePath": path}, product)
    holder = store.get(org.layout.server(server.name))
    if holder is not None:
        store.set(holder, "ExchangeServer", {"OutlookAnywhereEnabled": True})
    return entry


def _address_lists(org: ExchangeOrganization, product: str) -> None:
    store, base = _store(org), org.layout.address_lists
    for container in ("All Address Lists", "All Global Address Lists", "Offline Address Lists"):
        store.container(f"CN={container},{base}")
    lists = {
        "All Users": "(&(mailNickname=*)(objectCategory=person)(objectClass=user))",
        "All Groups": "(&(mailNickname=*)(objectCategory=group))",
        "All Contacts": "(&(mailNickname=*)(objectClass=contact))",
        "All Rooms": "(&(mailNickname=*)(msExchResourceMetaData=ResourceType:Room))",
        "Public Folders": "(&(mailNickname=*)(objectCategory=publicFolder))",
    }
    # lists that 2000 or 2003 made stay theirs until somebody upgrades them
    made_by = "2003" if org.layout.legacy else "2007"
    for name, query in lists.items():
        values = {"DisplayName": name, "LdapRecipientFilter": query}
        dn = f"CN={name},CN=All Address Lists,{base}"
        if store.get(dn) is None and not (name == "All Rooms" and product in LEGACY):
            store.create("AddressList", dn, values, "2007" if name == "All Rooms" else made_by)
    whole = {"DisplayName": "Default Global Address List", "LdapRecipientFilter": "(mailNickname=*)"}
    dn = f"CN=Default Global Address List,CN=All Global Address Lists,{base}"
    if store.get(dn) is None:
        store.create(
            "AddressList", dn, {**whole, "IsDefaultGlobalAddressList": True, "IsGlobal": True}, made_by
        )


def _server_objects(org: ExchangeOrganization) -> None:
    store = _store(org)
    settings = {item.name.lower(): item for item in org.spec.servers}
    for server in _installed(org):
        item = settings.get(server.name.lower())
        entry = store.get(org.layout.server(server.name))
        if entry is None or server.exchange is None:
            continue
        keyed = item.product_key if item else True
        edition = server.exchange.edition if keyed else "StandardEvaluation"
        store.set(entry, "ExchangeServer", {"ProductKeySet": keyed, "Edition": edition})
        if item is not None and item.settings:
            store.set(entry, "ExchangeServer", item.settings)
        scp = store.get(org.layout.autodiscover(server.name))
        if item is not None and item.scp is not None and scp is not None:
            store.set(scp, "ServiceConnectionPoint", {"ServiceBindingInformation": [item.scp]})
