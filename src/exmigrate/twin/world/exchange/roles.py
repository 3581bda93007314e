"""What Setup makes in the directory for each role, and what it takes away with it."""

from collections.abc import Mapping
from importlib import resources
from typing import TYPE_CHECKING, Any

from exmigrate.twin.world import dn as names
from exmigrate.twin.world import legacy
from exmigrate.twin.world.exchange import tracking
from exmigrate.twin.world.exchange.certificates import self_signed
from exmigrate.twin.world.exchange.layout import ROUTING_GROUP
from exmigrate.twin.world.exchange.moves import CONFIG_FILE, default_config
from exmigrate.twin.world.exchange.store import Store

if TYPE_CHECKING:
    from exmigrate.twin.world.exchange.organization import ExchangeOrganization
    from exmigrate.twin.world.server import Server

SCP_KEYWORD = "77378F46-2C66-4aa9-A6A6-3E7A48B19596"
SITE_NAME = "Default Web Site"
ONLY_2010 = frozenset(
    ("MigrateUMCustomPrompts.ps1", "StartDagServerMaintenance.ps1", "StopDagServerMaintenance.ps1")
)

_VDIRS: dict[str, dict[str, tuple[str, str, bool]]] = {
    # product: kind: (name in front of the web site, path of the internal URL, external URL by Setup)
    "2007": {
        "OwaVirtualDirectory": ("owa", "/owa", True),
        "ActiveSyncVirtualDirectory": ("Microsoft-Server-ActiveSync", "/Microsoft-Server-ActiveSync", True),
        "WebServicesVirtualDirectory": ("EWS", "/EWS/Exchange.asmx", True),
        "OabVirtualDirectory": ("OAB", "/OAB", True),
        "AutodiscoverVirtualDirectory": ("Autodiscover", "", False),
        "UMVirtualDirectory": ("UnifiedMessaging", "/UnifiedMessaging/Service.asmx", True),
    },
    "2010": {
        "OwaVirtualDirectory": ("owa", "/owa", True),
        "EcpVirtualDirectory": ("ecp", "/ecp", True),
        "ActiveSyncVirtualDirectory": ("Microsoft-Server-ActiveSync", "/Microsoft-Server-ActiveSync", True),
        "WebServicesVirtualDirectory": ("EWS", "/EWS/Exchange.asmx", True),
        "OabVirtualDirectory": ("OAB", "/OAB", True),
        "AutodiscoverVirtualDirectory": ("Autodiscover", "", False),
        "PowerShellVirtualDirectory": ("PowerShell", "/powershell", False),
    },
}

_CLIENT = {
    "PermissionGroups": "ExchangeUsers",
    "AuthMechanism": "Tls, Integrated, BasicAuth, BasicAuthRequireTLS",
    "Bindings": ["0.0.0.0:587", ":::587"],
}
_RANGES = {
    "2007": ["0.0.0.0-255.255.255.255"],
    "2010": [
        "0000:0000:0000:0000:0000:0000:0.0.0.0-ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255",
        "0.0.0.0-255.255.255.255",
    ],
}


def install(
    org: "ExchangeOrganization", server: "Server", role: str, product: str, options: Mapping[str, str]
) -> None:
    """Make the objects that Setup makes for a role."""
    lay_scripts(org, server, product)
    maker = {
        "ClientAccess": _client_access,
        "HubTransport": _hub,
        "Mailbox": _mailbox,
        "UnifiedMessaging": _unified_messaging,
        "EdgeTransport": _edge,
    }.get(role)
    if maker is not None:
        maker(org, server, product, options)


def lay_scripts(org: "ExchangeOrganization", server: "Server", product: str) -> None:
    """The scripts that Setup lays into the installation folder."""
    folder = f"{org.install_folder(server, product)}Scripts"
    server.files.make_directory(folder)
    for item in resources.files("exmigrate.twin.world.exchange").joinpath("scripts").iterdir():
        only = ONLY_2010 if product == "2007" else frozenset()
        if item.name.endswith(".ps1") and item.name not in only:
            text = item.read_text(encoding="utf-8").replace(
                "-IncludePreExchange2010", f"-IncludePreExchange{product}"
            )
            server.files.write(f"{folder}\\{item.name}", text.replace("\n", "\r\n").encode())


def remove(org: "ExchangeOrganization", server: "Server", role: str, product: str) -> None:
    """Take away the objects of a role that Setup removes."""
    store, layout = org.store_for(server), org.layout
    if role == "ClientAccess":
        store_delete(store, layout.http(server.name))
        store_delete(store, f"CN=Autodiscover,{layout.protocols(server.name)}")
        _forget_virtual_directories(org, store, server.name)
    elif role == "HubTransport":
        store_delete(store, layout.receive_connectors(server.name))
        org.state.queues.pop(server.name.lower(), None)
    elif role == "Mailbox":
        _remove_databases(org, store, server, product)
    elif role == "EdgeTransport":
        org.edge.forget(server.name)
    if not [r for r in _roles_of(server) if r != role]:
        org.state.services.pop(server.name.lower(), None)


def store_delete(store: Store, dn: str) -> None:
    """Delete a tree when it is there."""
    if store.get(dn) is not None:
        store.delete(dn)


def _client_access(
    org: "ExchangeOrganization", server: "Server", product: str, options: Mapping[str, str]
) -> None:
    store, layout = _store(org, server, options), org.layout
    outside = options.get("externalcasserverdomain", "")
    for kind, (name, path, external) in _VDIRS[product].items():
        values: dict[str, Any] = {}
        if path:
            scheme = "http" if kind in ("OabVirtualDirectory", "PowerShellVirtualDirectory") else "https"
            values["InternalUrl"] = f"{scheme}://{server.fqdn}{path}"
        if outside and external:
            values["ExternalUrl"] = f"https://{outside}{path}"
        if kind == "OwaVirtualDirectory":
            values["OwaVersion"] = f"Exchange{product}"
        dn = names.child("CN", f"{name} ({SITE_NAME})", layout.http(server.name))
        if store.get(dn) is None:
            store.create(kind, dn, values, product)
    _service_connection_point(org, store, server)
    _default_certificate(org, server)
    _web_files(org, server, product)
    if product == "2010":
        store.container(layout.arrays)
        org.register_outlook_providers(store, product)


def _web_files(org: "ExchangeOrganization", server: "Server", product: str) -> None:
    # OWA has a folder of its own for each version; the replication service its limits in a file
    root = org.install_folder(server, product)
    build = server.exchange.build if server.exchange is not None else ""
    folder = f"{root}ClientAccess\\OWA\\{build}"
    server.files.make_directory(f"{folder}\\themes")
    server.files.write(f"{folder}\\themes\\premium.css", f"/* {build} */".encode())
    server.files.write(f"{folder}\\scripts.js", f"// {build}".encode())
    if product == "2010":
        server.files.write(f"{root}Bin\\{CONFIG_FILE}", default_config().encode())


def _service_connection_point(org: "ExchangeOrganization", store: Store, server: "Server") -> None:
    layout = org.layout
    dn = layout.autodiscover(server.name)
    if store.get(dn) is not None:
        return
    values = {
        "ServiceBindingInformation": [f"https://{server.fqdn}/Autodiscover/Autodiscover.xml"],
        "Keywords": [SCP_KEYWORD, f"Site={server.site}"],
        "ServiceClassName": "ms-Exchange-AutoDiscover-Service",
        "ServiceDNSName": server.name.upper(),
    }
    store.create("ServiceConnectionPoint", dn, values, org.product_of(server) or "2010")


def _default_certificate(org: "ExchangeOrganization", server: "Server") -> None:
    if org.certificates.of(server):
        return
    bundle = self_signed([server.name, server.fqdn], org.now(), org.random)
    org.certificates.add(server, bundle, friendly_name="Microsoft Exchange")
    roles = _roles_of(server)
    services = {"SMTP"} if "HubTransport" in roles or "EdgeTransport" in roles else set()
    if "ClientAccess" in roles:
        services |= {"IIS", "IMAP", "POP"}
    org.certificates.enable(server, bundle.thumbprint, services)


def _hub(org: "ExchangeOrganization", server: "Server", product: str, options: Mapping[str, str]) -> None:
    store, layout = _store(org, server, options), org.layout
    base = layout.receive_connectors(server.name)
    _receive_connectors(store, base, server, product)
    _default_certificate(org, server)
    org.certificates.enable_default(server, {"SMTP"})
    store.container(layout.transport_settings)
    store.container(layout.connections)
    if product == "2010":
        org.rules.copy_for_first_hub(store)
    org.mail.ensure_queues(server)
    tracking.make_folder(org, store, server, product)
    bridgehead = options.get("legacyroutingserver", "").partition(".")[0]
    if bridgehead and not later_connectors(store):
        _first_routing_group_connector(store, server, bridgehead, product)


def later_connectors(store: Store) -> list[legacy.Connector]:
    """Connectors between the routing group of 2007 and later and one of 2000 or 2003."""
    return legacy.routing_group_connectors(store.controller, ROUTING_GROUP)


def _first_routing_group_connector(store: Store, server: "Server", bridgehead: str, product: str) -> None:
    # the pair of connectors that Setup of the first Hub makes: both ways, cost 1, under one name
    legacy.add_routing_group_connector(
        store.controller,
        f"{server.name.upper()}-{bridgehead.upper()}",
        [server.name],
        [bridgehead],
        bidirectional=True,
        product=product,
    )


def _receive_connectors(store: Store, base: str, server: "Server", product: str) -> None:
    common = {"Fqdn": server.fqdn, "RemoteIPRanges": _RANGES[product], "Banner": None}
    default = dict(common, Bindings=["0.0.0.0:25", ":::25"])
    for name, values in (
        (f"Default {server.name}", default),
        (f"Client {server.name}", {**common, **_CLIENT}),
    ):
        dn = names.child("CN", name, base)
        if store.get(dn) is None:
            store.create("ReceiveConnector", dn, values, product)


def _edge(org: "ExchangeOrganization", server: "Server", product: str, options: Mapping[str, str]) -> None:
    _default_certificate(org, server)
    org.mail.ensure_queues(server)


def _unified_messaging(
    org: "ExchangeOrganization", server: "Server", product: str, options: Mapping[str, str]
) -> None:
    store, layout = _store(org, server, options), org.layout
    for container in ("DialPlan", "IPGateway", "AutoAttendant", "Mailbox Policies"):
        store.container(layout.um(container))
    _default_certificate(org, server)


def _mailbox(org: "ExchangeOrganization", server: "Server", product: str, options: Mapping[str, str]) -> None:
    store, layout = _store(org, server, options), org.layout
    store.container(layout.information_store(server.name), "msExchInformationStore")
    _default_certificate(org, server)
    if org.booting or any(not db.public for db in org.databases.on_server(server.name)):
        return
    if product == "2007":
        _first_databases_2007(org, store, server)
    else:
        _first_database_2010(org, store, server, options)
    org.folders.ensure_free_busy()
    org.recipients.home_arbitration(store, server)


def _first_databases_2007(org: "ExchangeOrganization", store: Store, server: "Server") -> None:
    root = org.install_folder(server, "2007")
    # an organization with public folders (all of 2000 and 2003 have them) gets a database for them on its first
    # Mailbox server of 2007; it is there before the mailbox database, whose default it becomes
    public = org.folders.databases()
    if public and not any(org.product_named(db.server) == "2007" for db in public):
        _public_folder_database_2007(org, store, server, root)
    path = f"{root}Mailbox\\First Storage Group"
    org.databases.make_storage_group(store, server.name, "First Storage Group", path, path)
    org.databases.make(
        store,
        server.name,
        "Mailbox Database",
        product="2007",
        storage_group="First Storage Group",
        edb=f"{path}\\Mailbox Database.edb",
        mounted=True,
    )


def _public_folder_database_2007(
    org: "ExchangeOrganization", store: Store, server: "Server", root: str
) -> None:
    path = f"{root}Mailbox\\Second Storage Group"
    org.databases.make_storage_group(store, server.name, "Second Storage Group", path, path)
    org.databases.make(
        store,
        server.name,
        "Public Folder Database",
        product="2007",
        storage_group="Second Storage Group",
        public=True,
        edb=f"{path}\\Public Folder Database.edb",
        mounted=True,
    )


def _first_database_2010(
    org: "ExchangeOrganization", store: Store, server: "Server", options: Mapping[str, str]
) -> None:
    root = org.install_folder(server, "2010")
    name = options.get("mdbname") or f"Mailbox Database {org.random.randrange(10**9, 10**10 - 1)}"
    edb = options.get("dbfilepath") or f"{root}Mailbox\\{name}\\{name}.edb"
    logs = options.get("logfolderpath") or f"{root}Mailbox\\{name}"
    org.databases.make(store, server.name, name, product="2010", edb=edb, logs=logs, mounted=True)


def _remove_databases(org: "ExchangeOrganization", store: Store, server: "Server", product: str) -> None:
    for database in org.databases.on_server(server.name):
        entry = org.databases.entry(store, database.guid)
        if entry is not None:
            org.databases.delete(store, entry)
    store_delete(store, org.layout.information_store(server.name))


def _forget_virtual_directories(org: "ExchangeOrganization", store: Store, server: str) -> None:
    gone = names.key(org.layout.http(server))
    for book in store.all("OfflineAddressBook", org.layout.offline_address_books):
        listed = store.value(book, "OfflineAddressBook", "VirtualDirectories")
        kept = [dn for dn in listed if not names.is_below(names.key(dn), gone)]
        if len(kept) != len(listed):
            store.set(book, "OfflineAddressBook", {"VirtualDirectories": kept})


def _store(org: "ExchangeOrganization", server: "Server", options: Mapping[str, str]) -> Store:
    # Setup works on the controller it was told, where the server's own object is
    named = org.world.forest.controller(options.get("domaincontroller", ""))
    return Store(named) if named is not None else org.store_for(server)


def _roles_of(server: "Server") -> set[str]:
    return set(server.exchange.roles) if server.exchange is not None else set()
