"""The organization as it is today, and nothing of what it shall become.

A simulated source organization is built from `SourceOrganization` alone. Whoever builds one reads no other part of
the topology, so that a rehearsal cannot know what a step is meant to set. Sizes are bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from .access import Medium
from .clusters import Cluster
from .estate import Domain, DomainController, SiteLink
from .legacy import (
    AddressList,
    RetainedFeature,
    RoutingGroup,
    SmtpConnector,
    SourceRoutingGroupConnector,
    UpdateService,
)
from .mail import AcceptedDomain, DsnMessage
from .stores import Database


@dataclass(frozen=True, slots=True)
class SourceSite:
    """An Active Directory site as it is; `internet_facing` when one of its CAS has an external URL today."""

    name: str
    domain: str
    subnets: tuple[str, ...] = ()
    internet_facing: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True)
class Listener:
    """A WinRM listener of a machine: `auth` is what its service allows (`ntlm credssp kerberos basic certificate`)."""

    scheme: str = "http"
    port: int = 5985
    auth: tuple[str, ...] = ("ntlm", "credssp")


@dataclass(frozen=True, slots=True)
class InstalledExchange:
    """Exchange that a machine has today.

    Attributes:
        version: `2007`; `service_pack`: `SP3`.
        roles: of `ROLES`, or of `LEGACY_ROLES` for 2000 and 2003.
        rollup: file version of `ExSetup.exe` where a rollup raised it.
        product_key: whether a key was entered.
        administrative_group, routing_group, link_state_suppressed, activesync_integrated, kb937031: as of `Server`.
    """

    version: str
    service_pack: str
    roles: tuple[str, ...]
    edition: str = "Standard"
    rollup: str = ""
    product_key: bool = True
    administrative_group: str = ""
    routing_group: str = ""
    link_state_suppressed: bool = False
    activesync_integrated: bool = False
    kb937031: bool = False


@dataclass(frozen=True, slots=True)
class Machine:
    """A Windows machine as it stands today: an Exchange server, a bare future server, a tools host.

    Attributes:
        domain: DNS name of its domain, empty for a workgroup machine in the perimeter.
        os: `2003 | 2008 | 2008R2 | 2012 …`; os_service_pack: its number.
        disks: drive letter with colon to size in bytes.
        powershell: engine level `1.0 | 2.0 | 3.0 …`, empty for none.
        features: Windows features that are installed, by their ServerManager names.
        local_accounts: names of the plan's credentials that are local accounts of this machine.
    """

    name: str
    fqdn: str
    domain: str
    site: str
    os: str
    os_service_pack: int = 0
    os_edition: str = "Enterprise"
    bits: int = 64
    memory: int = 0
    processors: int = 4
    disks: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    addresses: tuple[str, ...] = ()
    powershell: str = "2.0"
    features: tuple[str, ...] = ()
    listeners: tuple[Listener, ...] = (Listener(),)
    local_accounts: tuple[str, ...] = ()
    exchange: InstalledExchange | None = None
    path: str = ""


@dataclass(frozen=True, slots=True)
class OutsideHost:
    """A host that is no managed server: gateway, smart host, load balancer; `ports` are open, with their banners."""

    name: str
    addresses: tuple[str, ...]
    ports: Mapping[int, str] = field(default_factory=lambda: MappingProxyType({}))
    path: str = ""


@dataclass(frozen=True, slots=True)
class Account:
    """A directory account that the plan logs on with: `credential` is its name in the plan."""

    credential: str
    username: str
    groups: tuple[str, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A mailbox of the source organization.

    Attributes:
        kind: `user | room | equipment | shared | journal | blackberry`.
        um_extension: extension where it is enabled for unified messaging; um_policy: its UM mailbox policy.
        corrupt_items: items that a move cannot read.
        addresses: further SMTP addresses; the first is made of the alias and the first accepted domain.
        domain: DNS name of the domain that its user is in.
    """

    alias: str
    name: str
    database: str
    site: str
    size: int
    items: int
    kind: str = "user"
    um_policy: str = ""
    um_extension: str = ""
    corrupt_items: int = 0
    addresses: tuple[str, ...] = ()
    domain: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class StorageGroup:
    """A storage group of a 2007 server."""

    name: str
    server: str
    log_path: str = ""
    system_path: str = ""
    circular_logging: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True)
class PublicFolder:
    """A public folder: `folder` starts with a backslash, system folders with `\\NON_IPM_SUBTREE\\`."""

    folder: str
    replicas: tuple[str, ...]
    items: int = 0
    size: int = 0
    mail_enabled: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True)
class VirtualDirectory:
    """A virtual directory of a source CAS, with the URLs it has today.

    Attributes:
        kind: `owa activesync ews oab autodiscover um`.
        authentication: of `basic windows forms digest certificate`; empty for Setup's own.
    """

    server: str
    kind: str
    internal_url: str = ""
    external_url: str = ""
    authentication: tuple[str, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class SourceClientAccess:
    """Client access settings of one source CAS; `scp` is its Autodiscover internal URI."""

    server: str
    scp: str = ""
    outlook_anywhere_host: str = ""
    outlook_anywhere_auth: str = ""
    pop_imap: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True)
class SourceCertificate:
    """A certificate in a source server's store, issued by an authority that clients trust or self-signed."""

    server: str
    names: tuple[str, ...]
    services: tuple[str, ...]
    self_signed: bool = False
    expires: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class SourceSendConnector:
    """A send connector as it is today."""

    name: str
    sources: tuple[str, ...]
    address_spaces: tuple[str, ...]
    smart_hosts: tuple[str, ...] = ()
    fqdn: str = ""
    require_tls: bool = False
    edge: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class SourceReceiveConnector:
    """A receive connector that a person added on a source Hub."""

    name: str
    server: str
    bindings: tuple[str, ...]
    remote_ranges: tuple[str, ...]
    anonymous: bool = False
    relay: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True)
class Rule:
    """A transport or journal rule; `settings` are cmdlet property names with strings, numbers and lists."""

    name: str
    kind: str
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    enabled: bool = True
    path: str = ""


@dataclass(frozen=True, slots=True)
class AddressPolicy:
    """An e-mail address policy, or a recipient policy of 2000 and 2003 (`legacy`): `templates` as `SMTP:%g.%s@contoso.com`.

    Attributes:
        filter: LDAP filter as it is, of a legacy one.
        mailbox_manager: `only` where it has nothing but Mailbox Manager settings, `mixed` where it has them too, else empty.
        non_authoritative: its domains for which the organization is not responsible for all mail.
        recipients: what it shall apply to once it is of the new kind: a word of `-IncludedRecipients`, or a
            `-RecipientFilter`.
    """

    name: str
    templates: tuple[str, ...]
    priority: int = 1
    filter: str = ""
    legacy: bool = False
    mailbox_manager: str = ""
    non_authoritative: tuple[str, ...] = ()
    recipients: str = "AllRecipients"
    path: str = ""


@dataclass(frozen=True, slots=True)
class OfflineAddressBook:
    """An offline address book and the server that generates it."""

    name: str
    server: str
    versions: tuple[str, ...]
    public_folder_distribution: bool = False
    web_distribution: tuple[str, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class SourceDialPlan:
    """A UM dial plan with the gateways that reach it; `gateways` are name to address."""

    name: str
    digits: int
    servers: tuple[str, ...]
    gateways: Mapping[str, str]
    policies: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class SourceEdgeSubscription:
    """An Edge subscription that stands today; `hubs` are the Hubs that take part in it."""

    edge: str
    site: str
    hubs: tuple[str, ...]
    internet_connector: bool = True
    inbound_connector: bool = True
    path: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A distribution group; `expansion_server` is empty for any Hub, `domain` the DNS name of the one it is in."""

    name: str
    members: tuple[str, ...] = ()
    expansion_server: str = ""
    dynamic: bool = False
    domain: str = ""
    path: str = ""


@dataclass(frozen=True, slots=True)
class DnsRecord:
    """A DNS record: `type` A, CNAME, MX (`10 host`), TXT, SRV or PTR; `view` internal, external or both."""

    name: str
    type: str
    value: str
    ttl: int = 3600
    view: str = "both"
    path: str = ""


@dataclass(frozen=True, slots=True)
class SourceOrganization:
    """The organization before the first step.

    Attributes:
        version: Exchange version it runs, the newest where it runs several; service_pack: the level of its directory
            preparation.
        forest_level: `2000 | 2003 | 2008 | 2008R2 | 2012`.
        inbound: servers that the firewall or the MX hands inbound mail to.
        relays: addresses of devices that send through the organization.
        media: what lies on shares and disks, as facts.
        mixed_mode: whether it admits Exchange 5.5 servers.
        features: what forces an old server to stay.
        connection_agreements, site_replication_services: names of what Exchange 5.5 has left behind.
        replication_minutes: how long a change takes to each domain controller, by its name.
    """

    organization: str
    version: str
    service_pack: str
    forest_level: str
    domains: tuple[Domain, ...]
    domain_controllers: tuple[DomainController, ...]
    sites: tuple[SourceSite, ...]
    site_links: tuple[SiteLink, ...]
    machines: tuple[Machine, ...]
    clusters: tuple[Cluster, ...] = ()
    outside_hosts: tuple[OutsideHost, ...] = ()
    accounts: tuple[Account, ...] = ()
    storage_groups: tuple[StorageGroup, ...] = ()
    databases: tuple[Database, ...] = ()
    mailboxes: tuple[Mailbox, ...] = ()
    public_folders: tuple[PublicFolder, ...] = ()
    client_access: tuple[SourceClientAccess, ...] = ()
    virtual_directories: tuple[VirtualDirectory, ...] = ()
    certificates: tuple[SourceCertificate, ...] = ()
    accepted_domains: tuple[AcceptedDomain, ...] = ()
    send_connectors: tuple[SourceSendConnector, ...] = ()
    receive_connectors: tuple[SourceReceiveConnector, ...] = ()
    rules: tuple[Rule, ...] = ()
    address_policies: tuple[AddressPolicy, ...] = ()
    offline_address_books: tuple[OfflineAddressBook, ...] = ()
    dial_plans: tuple[SourceDialPlan, ...] = ()
    edge_subscriptions: tuple[SourceEdgeSubscription, ...] = ()
    groups: tuple[Group, ...] = ()
    dsn_messages: tuple[DsnMessage, ...] = ()
    dsn_mode: str = "UseExchangeDSNs"
    dns: tuple[DnsRecord, ...] = ()
    inbound: tuple[str, ...] = ()
    relays: tuple[str, ...] = ()
    media: tuple[Medium, ...] = ()
    mixed_mode: bool = False
    routing_groups: tuple[RoutingGroup, ...] = ()
    routing_group_connectors: tuple[SourceRoutingGroupConnector, ...] = ()
    smtp_connectors: tuple[SmtpConnector, ...] = ()
    update_services: tuple[UpdateService, ...] = ()
    address_lists: tuple[AddressList, ...] = ()
    features: tuple[RetainedFeature, ...] = ()
    connection_agreements: tuple[str, ...] = ()
    site_replication_services: tuple[str, ...] = ()
    replication_minutes: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))

    def machine(self, name: str) -> Machine | None:
        """The machine of that name, or None."""
        return next((m for m in self.machines if m.name == name), None)
