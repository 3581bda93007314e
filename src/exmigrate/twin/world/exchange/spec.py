"""The Exchange part of a world's specification: what the source organization holds before anything runs.

`WorldSpec.exchange` carries it as plain JSON; `read` gives it back typed. Everything may be left out: a
server with the Mailbox role and nothing said of it gets what Setup would have made.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from exmigrate.twin.world.codec import from_plain, to_plain

_FIRST = (
    "Anna",
    "Bruno",
    "Carla",
    "David",
    "Eva",
    "Felix",
    "Greta",
    "Hans",
    "Ines",
    "Jonas",
    "Karin",
    "Lukas",
)
_LAST = ("Ammann", "Baumann", "Christen", "Dubois", "Egli", "Frei", "Graf", "Huber", "Iten", "Jost", "Keller")


@dataclass(frozen=True)
class DatabaseSpec:
    """A mailbox or public folder database.

    Attributes:
        storage_group: its storage group (2007); empty for 2010.
        public_folder_database: name of the default public folder database of its mailboxes.
        backup: ISO time of the last full backup, empty for none.
        copies: further servers with a copy (2010 DAG).
    """

    name: str
    server: str
    storage_group: str = ""
    public: bool = False
    edb_path: str = ""
    log_path: str = ""
    public_folder_database: str = ""
    offline_address_book: str = "Default Offline Address List"
    rpc_client_access_server: str = ""
    journal_recipient: str = ""
    issue_warning_mb: int = 1945
    prohibit_send_mb: int = 2048
    prohibit_send_receive_mb: int = 2355
    deleted_item_days: int = 14
    mailbox_retention_days: int = 30
    mounted: bool = True
    backup: str = ""
    copies: tuple[str, ...] = ()


@dataclass(frozen=True)
class MailboxSpec:
    """A mailbox and its user.

    Attributes:
        type: ``UserMailbox``, ``RoomMailbox``, ``EquipmentMailbox``, ``SharedMailbox`` or ``LegacyMailbox``.
        um_policy: UM mailbox policy; empty when not UM-enabled.
        corrupt_items: items that a move cannot read; each counts against the bad item limit.
        ou: container of the user, a DN part above the domain (``OU=Sales``) or empty for ``CN=Users``.
        client_version: build of the Outlook that is logged on, empty for nobody.
    """

    alias: str
    database: str
    name: str = ""
    size_mb: int = 250
    items: int = 2500
    type: str = "UserMailbox"
    um_policy: str = ""
    extension: str = ""
    domain: str = ""
    ou: str = ""
    language: str = "en-US"
    corrupt_items: int = 0
    hidden: bool = False
    send_as: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    client_version: str = ""


@dataclass(frozen=True)
class MailboxSeries:
    """Many mailboxes by rule: ``count`` of them named ``prefix`` + number, spread over ``databases`` in turn."""

    prefix: str
    count: int
    databases: tuple[str, ...]
    first: int = 1
    digits: int = 3
    min_mb: int = 50
    max_mb: int = 1200
    domain: str = ""
    ou: str = ""

    def expand(self) -> Iterator[MailboxSpec]:
        """The mailboxes, the same ones each time."""
        spread = max(self.max_mb - self.min_mb, 0) + 1
        for index in range(self.count):
            number = self.first + index
            size = self.min_mb + (number * 7919) % spread
            name = (
                f"{_FIRST[number % len(_FIRST)]} {_LAST[(number * 5) % len(_LAST)]} {number:0{self.digits}d}"
            )
            alias = f"{self.prefix}{number:0{self.digits}d}"
            database = self.databases[index % len(self.databases)]
            yield MailboxSpec(
                alias, database, name, size, size * 9 + number % 17, domain=self.domain, ou=self.ou
            )


@dataclass(frozen=True)
class StorageGroupSpec:
    name: str
    server: str
    log_path: str = ""
    system_path: str = ""
    circular_logging: bool = False


@dataclass(frozen=True)
class PublicFolderSpec:
    """A public folder; ``path`` starts with a backslash, ``\\NON_IPM_SUBTREE\\...`` for system folders."""

    path: str
    replicas: tuple[str, ...] = ()
    items: int = 100
    size_kb: int = 2000
    mail_enabled: bool = False


@dataclass(frozen=True)
class VirtualDirectorySpec:
    """Settings of one virtual directory that differ from Setup's.

    Attributes:
        kind: ``Owa Ecp ActiveSync WebServices Oab Autodiscover UM PowerShell``.
        settings: property names as the cmdlets write them, such as ``ExternalUrl``; values as JSON.
    """

    server: str
    kind: str
    name: str = ""
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class OutlookAnywhereSpec:
    server: str
    external_hostname: str
    client_authentication: str = "Basic"
    iis_authentication: tuple[str, ...] = ("Basic", "Ntlm")
    ssl_offloading: bool = False


@dataclass(frozen=True)
class SendConnectorSpec:
    name: str
    sources: tuple[str, ...]
    address_spaces: tuple[str, ...] = ("SMTP:*;1",)
    smart_hosts: tuple[str, ...] = ()
    fqdn: str = ""
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ReceiveConnectorSpec:
    """A receive connector that is added, or one of Setup's whose settings differ."""

    server: str
    name: str
    settings: dict[str, Any] = field(default_factory=dict)
    relay: bool = False


@dataclass(frozen=True)
class AcceptedDomainSpec:
    domain: str
    type: str = "Authoritative"
    name: str = ""
    default: bool = False


@dataclass(frozen=True)
class EmailAddressPolicySpec:
    name: str
    templates: tuple[str, ...]
    priority: int = 1


@dataclass(frozen=True)
class RuleSpec:
    """A transport or journal rule; ``settings`` are cmdlet property names and JSON values."""

    name: str
    settings: dict[str, Any] = field(default_factory=dict)
    enabled: bool = True
    version: str = "2007"


@dataclass(frozen=True)
class CertificateSpec:
    """A certificate of a server's machine store that is issued by a public authority of the twin.

    Attributes:
        domains: names, the first is the subject; ``services`` as ``IIS, SMTP``.
        pfx: path of a PFX file with it on that server, empty for none; its password is ``password``.
    """

    server: str
    domains: tuple[str, ...]
    services: str = "IIS"
    days_left: int = 300
    pfx: str = ""
    password: str = ""


@dataclass(frozen=True)
class OfflineAddressBookSpec:
    name: str = "Default Offline Address List"
    server: str = ""
    virtual_directories: tuple[str, ...] = ()
    versions: tuple[str, ...] = ("Version3", "Version4")
    public_folder_distribution: bool = False
    address_lists: tuple[str, ...] = ("Default Global Address List",)


@dataclass(frozen=True)
class DialPlanSpec:
    name: str
    digits: int = 4
    servers: tuple[str, ...] = ()
    gateways: tuple[str, ...] = ()
    gateway_addresses: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ("welcome.wav",)
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class EdgeSubscriptionSpec:
    """A subscription of an Edge server to a site, as it was made: only the Hubs of that time take part."""

    edge: str
    site: str
    hubs: tuple[str, ...] = ()
    internet_connector: bool = True
    inbound_connector: bool = True


@dataclass(frozen=True)
class DistributionGroupSpec:
    name: str
    members: tuple[str, ...] = ()
    expansion_server: str = ""
    dynamic: bool = False
    scope: str = "Universal"
    domain: str = ""


@dataclass(frozen=True)
class SystemMessageSpec:
    """A custom DSN text: ``code`` 5.7.1 or a quota message type."""

    code: str
    text: str
    language: str = "en"
    internal: bool = False


@dataclass(frozen=True)
class ServerObjectSpec:
    """What differs on one server's own Exchange objects.

    Attributes:
        scp: ``AutoDiscoverServiceInternalUri``; None leaves Setup's value.
        external_domain: the ``/ExternalCASServerDomain`` Setup was given.
        product_key: whether a key was entered (else the trial edition runs).
    """

    name: str
    scp: str | None = None
    external_domain: str = ""
    product_key: bool = True
    settings: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class ClientAccessArraySpec:
    name: str
    fqdn: str
    site: str


@dataclass(frozen=True)
class MailFlowSpec:
    """Who stands at the border: hosts that inbound mail and client names reach from outside.

    Attributes:
        inbound: names of the servers (Hub, Edge) the MX or firewall hands mail to.
        relays: addresses of devices that send through the organization.
        pbx: names of the UM servers the gateways send calls to, per dial plan.
    """

    inbound: tuple[str, ...] = ()
    relays: tuple[str, ...] = ()
    pbx: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class ExchangeSpec:
    """All of it. ``mailboxes`` and ``series`` add up; names are unique in the organization."""

    servers: tuple[ServerObjectSpec, ...] = ()
    storage_groups: tuple[StorageGroupSpec, ...] = ()
    databases: tuple[DatabaseSpec, ...] = ()
    mailboxes: tuple[MailboxSpec, ...] = ()
    series: tuple[MailboxSeries, ...] = ()
    public_folders: tuple[PublicFolderSpec, ...] = ()
    virtual_directories: tuple[VirtualDirectorySpec, ...] = ()
    outlook_anywhere: tuple[OutlookAnywhereSpec, ...] = ()
    send_connectors: tuple[SendConnectorSpec, ...] = ()
    receive_connectors: tuple[ReceiveConnectorSpec, ...] = ()
    accepted_domains: tuple[AcceptedDomainSpec, ...] = ()
    email_address_policies: tuple[EmailAddressPolicySpec, ...] = ()
    transport_rules: tuple[RuleSpec, ...] = ()
    journal_rules: tuple[RuleSpec, ...] = ()
    certificates: tuple[CertificateSpec, ...] = ()
    offline_address_books: tuple[OfflineAddressBookSpec, ...] = (OfflineAddressBookSpec(),)
    dial_plans: tuple[DialPlanSpec, ...] = ()
    edge_subscriptions: tuple[EdgeSubscriptionSpec, ...] = ()
    groups: tuple[DistributionGroupSpec, ...] = ()
    system_messages: tuple[SystemMessageSpec, ...] = ()
    client_access_arrays: tuple[ClientAccessArraySpec, ...] = ()
    transport_config: dict[str, Any] = field(default_factory=dict)
    site_link_costs: dict[str, int] = field(default_factory=dict)
    hub_sites: tuple[str, ...] = ()
    mail_flow: MailFlowSpec = field(default_factory=MailFlowSpec)

    def all_mailboxes(self) -> tuple[MailboxSpec, ...]:
        """The named mailboxes, then the series', each with a display name."""
        named = [replace(box, name=box.name or box.alias) for box in self.mailboxes]
        return (*named, *(box for one in self.series for box in one.expand()))

    def to_plain(self) -> dict[str, Any]:
        """As `WorldSpec.exchange` wants it."""
        return dict(to_plain(self))


def read(plain: Mapping[str, Any]) -> ExchangeSpec:
    """Read the Exchange part.

    Raises:
        SpecError: a key or value is wrong; names its place.
    """
    return from_plain(ExchangeSpec, plain, "exchange")
