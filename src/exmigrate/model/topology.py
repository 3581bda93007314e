"""The topology: plan and inventory, resolved and validated, as frozen values.

Catalog expressions, rules and the compiler read these names, so they are the field's own terms. Names refer to other
entities by name, never by object; the lookups on `Topology` resolve them. Durations are seconds, sizes bytes.
Every entity has `path`, the key of its place in the plan file in `Topology.positions`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from .errors import Location

ROLES = ("cas", "hub", "um", "mailbox", "edge")
"""Server roles in the order of installation in a site (2010); removal from 2007 is mailbox, um, hub, cas."""


@dataclass(frozen=True, slots=True)
class Secret:
    """A reference to a secret: `env:NAME`, `file:PATH`, `keyring:SERVICE/NAME` or `prompt:TEXT`. Never the value."""

    ref: str


@dataclass(frozen=True, slots=True)
class Credential:
    """A named credential: user in the clear, password by reference."""

    name: str
    username: str
    password: Secret | None
    certificate: str = ""
    key: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Connection:
    """How one server is reached.

    Attributes:
        transport: `kerberos | ntlm | credssp | certificate | basic`.
        scheme: `http` or `https`; port 5985 or 5986 unless said otherwise.
        verify: `system`, `ignore` or a path of a CA bundle.
        credential: name of a `Credential`.
        run_as: name of the `Credential` that detached jobs run under.
    """

    transport: str
    scheme: str
    port: int
    verify: str
    credential: str
    run_as: str
    run_root: str = "C:\\ProgramData\\exmigrate"
    address: str = ""


@dataclass(frozen=True, slots=True)
class Version:
    """An Exchange version with its service pack: `2007` `SP3`, `2010` `SP3`."""

    version: str
    service_pack: str = ""
    build: str = ""


@dataclass(frozen=True, slots=True)
class Domain:
    """An Active Directory domain with the domain controllers that the plan names."""

    name: str
    netbios: str = ""
    root: bool = False
    exchange: bool = True
    path: str = ""


@dataclass(frozen=True, slots=True)
class SiteLink:
    """An IP site link; `exchange_cost` 0 means the directory's own cost."""

    name: str
    sites: tuple[str, ...]
    cost: int = 100
    exchange_cost: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True)
class DomainController:
    """A domain controller that the plan names."""

    name: str
    fqdn: str
    domain: str
    site: str
    os: str = ""
    global_catalog: bool = True
    path: str = ""


@dataclass(frozen=True, slots=True)
class Server:
    """A server of the organization: there today (`target` false) or to be built (`target` true).

    Attributes:
        version: Exchange version that it has or gets; empty for a tools or directory host.
        roles: of `ROLES`, in installation order; Edge is always alone.
        driven: whether WinRM can drive it; what is not driven has gates.
        os: `2003 | 2008 | 2008R2 | 2012 …`.
        paths: named paths such as `install`, `logs`.
        keep: reason why the old server stays, empty if it goes.
    """

    name: str
    fqdn: str
    site: str
    domain: str
    version: str
    roles: tuple[str, ...]
    target: bool
    os: str
    os_edition: str = "Enterprise"
    service_pack: str = ""
    bits: int = 64
    addresses: tuple[str, ...] = ()
    driven: bool = True
    edition: str = ""
    product_key: Secret | None = None
    cluster: str = ""
    witness: bool = False
    memory: int = 0
    keep: str = ""
    paths: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    connection: Connection | None = None
    path: str = ""

    @property
    def source(self) -> bool:
        """Whether it is there today and of an old version."""
        return not self.target and bool(self.version)


@dataclass(frozen=True, slots=True)
class CasArray:
    """The RPC client access array of a site: an internal-only name."""

    name: str
    fqdn: str
    address: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Site:
    """An Active Directory site that has Exchange servers, before or after.

    Attributes:
        namespace: host name of this site's own Internet names, the main one if empty.
        dc: fully qualified name of the pinned domain controller.
        outbound: named outside host for the port 25 probe.
        external_addresses: addresses to which the public names point after the cut-over.
    """

    name: str
    internet_facing: bool
    dc: str
    domain: str
    subnets: tuple[str, ...] = ()
    namespace: str = ""
    cas_array: CasArray | None = None
    hub_site: bool = False
    external_addresses: tuple[str, ...] = ()
    internal_addresses: tuple[str, ...] = ()
    legacy_addresses: tuple[str, ...] = ()
    legacy_external_addresses: tuple[str, ...] = ()
    primary: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True)
class Namespaces:
    """Host names the clients use; `rpc_array` is per site."""

    primary: str
    autodiscover: tuple[str, ...]
    legacy: str
    external_dns: str = ""
    internal_dns: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate the plan orders or brings.

    Attributes:
        names: subject alternative names.
        services: of `IIS POP IMAP SMTP UM`.
        pfx: path of the PFX with chain, on the controller.
        password: of the PFX, by reference.
        requested_on: server that makes the request, empty if the customer brings a PFX.
    """

    name: str
    subject: str
    names: tuple[str, ...]
    services: tuple[str, ...]
    pfx: str
    password: Secret | None
    friendly_name: str = ""
    requested_on: str = ""
    request_file: str = ""
    wildcard: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True)
class Medium:
    """Setup media, a service pack or an update rollup.

    Attributes:
        name: how the plan refers to it.
        version: Exchange version it belongs to.
        kind: `setup` or `rollup`.
        source: UNC or local path of the unpacked folder, ISO or MSP as the server sees it.
        folder: staging folder on the server.
        sha256: of the file, or of the manifest of an unpacked folder.
        schema: `rangeUpper` that its schema preparation gives.
    """

    name: str
    version: str
    kind: str
    service_pack: str
    build: str
    source: str
    folder: str
    sha256: str
    schema: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True)
class ClientAccess:
    """Client access settings for the target version."""

    outlook_anywhere: bool = True
    outlook_anywhere_auth: str = ""
    activesync_legacy_external_url: bool = False
    rpc_encryption_required: bool = True
    outlook_2003_clients: bool = False
    pop_imap: bool = False
    oab_versions: tuple[str, ...] = ("Version4",)
    oab_public_folder_distribution: bool = False
    exchange2003_url: str = ""
    owa_version_folder: str = "share"
    path: str = ""


@dataclass(frozen=True, slots=True)
class SendConnector:
    """A send connector that exists today and whose source servers move, or a new one (`create`).

    Attributes:
        sources: target servers that become its source transport servers.
        edge: whether an Edge subscription makes and owns it.
    """

    name: str
    sources: tuple[str, ...]
    address_spaces: tuple[str, ...] = ()
    smart_hosts: tuple[str, ...] = ()
    fqdn: str = ""
    edge: str = ""
    create: bool = False
    site: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class ReceiveConnector:
    """A receive connector for anonymous mail on target Hubs.

    Attributes:
        use: `internet`, `gateway` or `relay`.
        remote_ranges: where its mail comes from; empty only for `internet`.
        relay: whether it may relay to outside.
    """

    name: str
    use: str
    servers: tuple[str, ...]
    remote_ranges: tuple[str, ...] = ()
    bindings: tuple[str, ...] = ("0.0.0.0:25",)
    relay: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True)
class AcceptedDomain:
    """An accepted SMTP domain: `authoritative`, `internal-relay` or `external-relay`."""

    name: str
    kind: str = "authoritative"
    shared_with: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class DsnMessage:
    """A custom system message: `en\\External\\5.7.1`."""

    identity: str
    text: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class MailFlow:
    """Mail flow settings.

    Attributes:
        inbound: `edge`, `gateway` or `direct`.
        inbound_targets: servers or addresses that inbound mail reaches after the cut-over.
        outbound_probe: host and port reached from every new source server.
        dsn_mode: `UseExchangeDSNs | PreserveDSNBody | DoNotConvert`, empty for unchanged.
    """

    inbound: str
    inbound_targets: tuple[str, ...] = ()
    mx_domains: tuple[str, ...] = ()
    outbound_probe: str = ""
    send_connectors: tuple[SendConnector, ...] = ()
    receive_connectors: tuple[ReceiveConnector, ...] = ()
    accepted_domains: tuple[AcceptedDomain, ...] = ()
    dsn_messages: tuple[DsnMessage, ...] = ()
    dsn_mode: str = ""
    sync_rules: bool = True
    extra: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    path: str = ""


@dataclass(frozen=True, slots=True)
class DialPlan:
    """A UM dial plan with its old and new UM servers and gateways."""

    name: str
    site: str
    source_servers: tuple[str, ...]
    target_servers: tuple[str, ...]
    gateways: tuple[str, ...]
    prompts: bool = True
    path: str = ""


@dataclass(frozen=True, slots=True)
class Database:
    """A database: mailbox or public folder, old (`target` false) or to be created.

    Attributes:
        kind: `mailbox` or `public-folder`.
        storage_group: of an old 2007 database.
        created_by_setup: whether Setup makes it as the server's first (`/MdbName`).
        copies: further servers that hold a copy, in order of preference.
    """

    name: str
    server: str
    site: str
    kind: str
    target: bool
    storage_group: str = ""
    edb_path: str = ""
    log_path: str = ""
    public_folder_database: str = ""
    offline_address_book: str = ""
    created_by_setup: bool = False
    copies: tuple[str, ...] = ()
    journal_recipient: str = ""
    issue_warning_quota: int = 0
    prohibit_send_quota: int = 0
    prohibit_send_receive_quota: int = 0
    path: str = ""


@dataclass(frozen=True, slots=True)
class Dag:
    """A database availability group of one site."""

    name: str
    site: str
    members: tuple[str, ...]
    witness_server: str
    witness_directory: str
    addresses: tuple[str, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """A batch of mailboxes that move together.

    Attributes:
        members: mailbox aliases or addresses, in the order of the list.
        targets: databases the members go to, in turn; `assignments` has the choice per member.
        source: old version of the members' mailboxes.
        pilot: whether a person's acceptance ends it and later batches wait for it.
        site: site of the users' source mailboxes.
    """

    name: str
    members: tuple[str, ...]
    targets: tuple[str, ...]
    assignments: Mapping[str, str]
    site: str
    order: int = 0
    source: str = "2007"
    pilot: bool = False
    blackberry: bool = False
    outlook_2003: bool = False
    unified_messaging: bool = False
    bad_item_limit: int = 10
    max_failed: int = 0
    concurrency: int = 5
    window: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class PublicFolders:
    """Public folders: whether there are any, and where their replicas go."""

    present: bool
    target_databases: tuple[str, ...] = ()
    top_folders: tuple[str, ...] = ("\\",)
    path: str = ""


@dataclass(frozen=True, slots=True)
class EdgeSubscription:
    """An Edge server and the AD site it is, or will be, subscribed to.

    Attributes:
        replaces: old Edge server that leaves when this one is subscribed, empty if this subscription stays.
        existing: whether this Edge is subscribed today (then it is subscribed again, not anew).
    """

    edge: str
    site: str
    existing: bool
    replaces: str = ""
    internet_connector: bool = True
    path: str = ""


@dataclass(frozen=True, slots=True)
class ExpansionGroup:
    """A distribution group whose expansion server is an old server."""

    name: str
    expansion_server: str
    dynamic: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True)
class Product:
    """An Exchange-aware product: antivirus, backup, archive, fax, BlackBerry."""

    name: str
    kind: str
    version: str = ""
    supports_target: bool = False
    replacement: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """A recurring maintenance window in a named time zone.

    Attributes:
        days: of `mon tue wed thu fri sat sun`.
        start: minute of the day at which it opens; length: minutes it is open.
    """

    name: str
    days: tuple[str, ...]
    start: int
    length: int
    timezone: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Waiver:
    """A rule waived by name: who, when, why."""

    rule: str
    who: str
    date: str
    reason: str
    path: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the engine obeys.

    Attributes:
        start: ISO 8601 instant before which nothing runs, empty for at once.
        later_sites: `after-pilot` or `after-install`.
        windows: named windows; `default_window` for what is bound to the policy.
        limits: named concurrency limits, such as `{"organization": 8, "site": 4}`.
        retries: per failure class, `{"transient": 3}`.
        basis: `refuse` or `allow` a basis that moved.
        optional: optional step kinds the plan wants, by kind id.
    """

    start: str = ""
    later_sites: str = "after-pilot"
    windows: tuple[Window, ...] = ()
    default_window: str = ""
    batch_window: str = ""
    blackout_dates: tuple[str, ...] = ()
    timezone: str = "UTC"
    limits: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    retries: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    soak_days: int = 7
    basis: str = "refuse"
    waivers: tuple[Waiver, ...] = ()
    optional: tuple[str, ...] = ()
    path: str = ""


@dataclass(frozen=True)
class Topology:
    """The whole: what is there, what shall be there, and how to get there."""

    name: str
    file: str
    reference: str
    organization: str
    sources: tuple[Version, ...]
    target: Version
    domains: tuple[Domain, ...]
    domain_controllers: tuple[DomainController, ...]
    site_links: tuple[SiteLink, ...]
    directory_host: str
    external_host: str
    credentials: tuple[Credential, ...]
    media: tuple[Medium, ...]
    namespaces: Namespaces
    certificates: tuple[Certificate, ...]
    sites: tuple[Site, ...]
    servers: tuple[Server, ...]
    client_access: ClientAccess
    mail_flow: MailFlow
    dial_plans: tuple[DialPlan, ...]
    databases: tuple[Database, ...]
    dags: tuple[Dag, ...]
    batches: tuple[Batch, ...]
    public_folders: PublicFolders
    edges: tuple[EdgeSubscription, ...]
    expansion_groups: tuple[ExpansionGroup, ...]
    products: tuple[Product, ...]
    policy: Policy
    step_kinds_folder: str = ""
    positions: Mapping[str, Location] = field(default_factory=dict)

    @cached_property
    def server_by_name(self) -> Mapping[str, Server]:
        """Servers by name."""
        return {s.name: s for s in self.servers}

    @cached_property
    def site_by_name(self) -> Mapping[str, Site]:
        """Sites by name."""
        return {s.name: s for s in self.sites}

    @cached_property
    def database_by_name(self) -> Mapping[str, Database]:
        """Databases by name."""
        return {d.name: d for d in self.databases}

    @property
    def internet_facing_sites(self) -> tuple[Site, ...]:
        """Internet-facing sites, the primary one first."""
        return tuple(sorted((s for s in self.sites if s.internet_facing), key=lambda s: not s.primary))

    @property
    def first_site(self) -> Site:
        """The first Internet-facing site: where a transition begins."""
        return self.internet_facing_sites[0]

    def servers_in(
        self, site: str = "", role: str = "", *, target: bool | None = None, version: str = ""
    ) -> tuple[Server, ...]:
        """Servers that match every given criterion, in plan order."""
        return tuple(s for s in self.servers if _matches(s, site, role, target, version))

    def first_server(self, site: str, role: str, *, target: bool = True, version: str = "") -> Server | None:
        """The first server of a role in a site, or None."""
        found = self.servers_in(site, role, target=target, version=version)
        return found[0] if found else None

    def media_for(self, version: str, kind: str = "setup") -> tuple[Medium, ...]:
        """Media of a version, highest build last."""
        return tuple(m for m in self.media if m.version == version and m.kind == kind)

    def databases_on(self, server: str, kind: str = "") -> tuple[Database, ...]:
        """Databases of a server, in plan order."""
        return tuple(d for d in self.databases if d.server == server and kind in ("", d.kind))

    def where(self, path: str) -> Location:
        """The place of an entity in the plan file; the file alone where the path is unknown."""
        return self.positions.get(path, Location(self.file))


def _matches(server: Server, site: str, role: str, target: bool | None, version: str) -> bool:
    return (
        site in ("", server.site)
        and (not role or role in server.roles)
        and (target is None or server.target == target)
        and version in ("", server.version)
    )


def names(entities: Iterable[Any]) -> tuple[str, ...]:
    """The names of entities, in order."""
    return tuple(e.name for e in entities)
