"""The organization as it is today: facts, which a rehearsal builds its simulated source from. No wishes here."""

from typing import Annotated, Any, Literal

from pydantic import Field

from .access import ExchangeVersion, ServicePack
from .legacy import (
    AddressListFact,
    FeatureFact,
    RoutingGroupConnectorFact,
    RoutingGroupFact,
    SmtpConnectorFact,
    UpdateServiceFact,
)
from .servers import MachineEntry, SourceServerEntry
from .types import (
    Address,
    AsLabel,
    Defines,
    DsnIdentity,
    Duration,
    Entry,
    FolderPath,
    HostName,
    Label,
    Name,
    Refers,
    RelativeFile,
    Size,
    Subnet,
)

WindowsLevel = Annotated[Literal["2000", "2003", "2008", "2008R2", "2012", "2012R2"], AsLabel()]
DomainLevel = Annotated[Literal["2000-mixed", "2000", "2003", "2008", "2008R2", "2012", "2012R2"], AsLabel()]


OabVersion = Literal["Version1", "Version2", "Version3", "Version4"]


def _version4() -> list[OabVersion]:
    return ["Version4"]


class DomainEntry(Entry):
    """An Active Directory domain."""

    name: Annotated[HostName, Defines("domain")] = Field(description="DNS name.")
    netbios: Name = Field(description="NetBIOS name.")
    root: bool = Field(False, description="Whether it is the forest root; the only domain is.")
    exchange: bool = Field(True, description="Whether it has Exchange servers or recipients.")
    level: DomainLevel = Field("2003", description="Domain functional level; 2000 is Windows 2000 native.")


class DomainControllerEntry(Entry):
    """A domain controller that the plan names."""

    name: Annotated[Name, Defines("host")] = Field(description="Host name.")
    domain: Annotated[str, Refers(("domain",))] = Field(
        "", description="Its domain; that of its site when left out."
    )
    os: WindowsLevel = Field("2003", description="Windows version.")
    os_service_pack: int = Field(0, ge=0, le=4, description="Windows service pack.")
    addresses: list[Address] = Field(default_factory=list, description="IP addresses.")
    global_catalog: bool = Field(True, description="Whether it is a global catalog.")
    read_only: bool = Field(False, description="Whether it is read-only; Exchange does not use those.")
    schema_master: bool = Field(False, description="Whether it holds the schema master role.")
    replication_lag: Duration = Field(
        0, description="How long a change that is made elsewhere takes to it; at once when left out."
    )


class SiteEntry(Entry):
    """An Active Directory site that has, or will have, Exchange servers."""

    name: Annotated[Name, Defines("site")] = Field(description="Name in the directory.")
    domain: Annotated[str, Refers(("domain",))] = Field(
        "", description="Domain of its servers; the root domain when left out."
    )
    internet_facing: bool = Field(
        description="Whether its Client Access servers have external URLs today, or its 2003 servers are published."
    )
    subnets: list[Subnet] = Field(default_factory=list, description="IP subnets of the site.")
    domain_controllers: list[DomainControllerEntry] = Field(
        min_length=1, description="At least one writable global catalog."
    )


class SiteLinkEntry(Entry):
    """An IP site link."""

    name: Annotated[Name, Defines("site link")] = Field(description="Name in the directory.")
    sites: list[Annotated[str, Refers(("site",))]] = Field(min_length=2, description="Sites that it joins.")
    cost: int = Field(100, ge=1, description="Cost for directory replication and, unless overridden, mail.")


class ForestEntry(Entry):
    """The forest."""

    level: WindowsLevel = Field("2003", description="Forest functional level.")
    domains: list[DomainEntry] = Field(min_length=1, description="Its domains.")
    sites: list[SiteEntry] = Field(min_length=1, description="Its sites.")
    site_links: list[SiteLinkEntry] = Field(
        default_factory=list, description="IP site links; one joins all when left out."
    )


class SendConnectorFact(Entry):
    """A send connector as it is."""

    name: Annotated[Name, Defines("source send connector")] = Field(description="Name.")
    sources: list[Annotated[str, Refers(("source server",))]] = Field(
        default_factory=list,
        description="Source transport servers; empty for one that an Edge subscription made.",
    )
    edge: Annotated[str, Refers(("source server",))] = Field(
        "", description="Edge whose subscription made it."
    )
    address_spaces: list[Name] = Field(min_length=1, description="Such as SMTP:*;1.")
    smart_hosts: list[Name] = Field(default_factory=list, description="Smart hosts; empty for DNS routing.")
    fqdn: HostName | Literal[""] = Field("", description="Name that it says in HELO.")
    require_tls: bool = Field(False, description="Whether it insists on TLS.")


class AcceptedDomainFact(Entry):
    """An accepted SMTP domain."""

    name: HostName = Field(description="SMTP domain.")
    kind: Literal["authoritative", "internal-relay", "external-relay"] = Field(
        "authoritative", description="Kind."
    )
    default: bool = Field(False, description="Whether it is the default domain.")
    shared_with: str = Field("", description="Third system that shares this name space.")


class RuleFact(Entry):
    """A transport or journal rule."""

    name: Name = Field(description="Name.")
    kind: Literal["transport", "journal"] = Field(description="Kind.")
    enabled: bool = Field(True, description="Whether it is on.")
    settings: dict[str, Any] = Field(
        default_factory=dict, description="Cmdlet property names and their values."
    )


class AddressPolicyFact(Entry):
    """An e-mail address policy, or a recipient policy of Exchange 2000 and 2003."""

    name: Annotated[Name, Defines("address policy")] = Field(description="Name.")
    templates: list[Name] = Field(
        default_factory=list,
        description="Such as SMTP:%g.%s@contoso.com; capitals mark the primary. None where mailbox_manager is only.",
    )
    priority: int = Field(1, ge=1, description="Priority.")
    filter: str = Field(
        "",
        max_length=4096,
        description="LDAP filter of a policy of 2000 and 2003; (mailNickname=*) when left out and no 2007 server is there.",
    )
    mailbox_manager: Literal["", "only", "mixed"] = Field(
        "", description="Mailbox Manager settings: none, nothing else, or beside addresses."
    )
    non_authoritative: list[HostName] = Field(
        default_factory=list,
        description="Its domains for which the organization is not responsible for all mail delivery.",
    )


class DsnMessageFact(Entry):
    """A custom system message."""

    identity: DsnIdentity = Field(description="Language, audience and code: en\\External\\5.7.1.")
    text: Name | str = Field(min_length=1, max_length=512, description="Its text.")


class MailFact(Entry):
    """Mail flow as it is."""

    inbound: list[Annotated[str, Refers(("source server",))]] = Field(
        default_factory=list, description="Servers that mail from the Internet reaches first."
    )
    relays: list[Subnet] = Field(
        default_factory=list, description="Devices that send through the organization."
    )
    accepted_domains: list[AcceptedDomainFact] = Field(min_length=1, description="Accepted SMTP domains.")
    address_policies: list[AddressPolicyFact] = Field(
        default_factory=list, description="E-mail address policies."
    )
    send_connectors: list[SendConnectorFact] = Field(default_factory=list, description="Send connectors.")
    rules: list[RuleFact] = Field(default_factory=list, description="Transport and journal rules.")
    dsn_messages: list[DsnMessageFact] = Field(default_factory=list, description="Custom system messages.")
    dsn_mode: Literal["UseExchangeDSNs", "PreserveDSNBody", "DoNotConvert"] = Field(
        "UseExchangeDSNs", description="DSN conversion mode."
    )


class PublicFolderFact(Entry):
    """A public folder with its replicas."""

    folder: FolderPath = Field(
        description="Path, such as \\Sales; \\NON_IPM_SUBTREE\\... for system folders."
    )
    replicas: list[Annotated[str, Refers(("source public folder database",))]] = Field(
        min_length=1, description="Public folder databases that hold it."
    )
    items: int = Field(0, ge=0, description="Number of items.")
    size: Size = Field(0, description="Size of its content.")
    mail_enabled: bool = Field(False, description="Whether it receives mail.")


class OfflineAddressBookFact(Entry):
    """An offline address book."""

    name: Annotated[Name, Defines("offline address book")] = Field(description="Name.")
    server: Annotated[str, Refers(("source server",))] = Field(description="Server that generates it.")
    versions: list[OabVersion] = Field(default_factory=_version4, description="Formats.")
    public_folder_distribution: bool = Field(
        False, description="Whether it is distributed by public folders."
    )
    web_distribution: list[Annotated[str, Refers(("source server",))]] = Field(
        default_factory=list, description="CAS that distribute it by the web."
    )


class DialPlanFact(Entry):
    """A UM dial plan."""

    name: Annotated[Name, Defines("dial plan")] = Field(description="Name.")
    digits: int = Field(4, ge=1, le=20, description="Digits of an extension.")
    servers: list[Annotated[str, Refers(("source server",))]] = Field(
        default_factory=list, description="UM servers that serve it."
    )
    gateways: dict[str, Address] = Field(
        default_factory=dict, description="IP gateways by name, with their addresses."
    )
    policies: list[Name] = Field(default_factory=list, description="UM mailbox policies.")
    prompts: list[Name] = Field(default_factory=list, description="Custom prompt files.")


class EdgeSubscriptionFact(Entry):
    """An Edge subscription that stands today."""

    edge: Annotated[str, Refers(("source server",))] = Field(description="Edge server.")
    site: Annotated[str, Refers(("site",))] = Field(description="Site that it is subscribed to.")
    internet_connector: bool = Field(True, description="Whether it made the connector to the Internet.")
    inbound_connector: bool = Field(True, description="Whether it made the connector to the site.")


class GroupFact(Entry):
    """A distribution group."""

    name: Annotated[Name, Defines("group")] = Field(description="Name.")
    members: list[Annotated[str, Refers(("mailbox",))]] = Field(
        default_factory=list, description="Members, by alias."
    )
    expansion_server: Annotated[str, Refers(("source server",))] = Field(
        "", description="Its expansion server; empty for any Hub."
    )
    dynamic: bool = Field(False, description="Whether it is a dynamic distribution group.")
    domain: Annotated[str, Refers(("domain",))] = Field(
        "", description="Its domain, for a rehearsal; that of the first source server when left out."
    )


class DnsRecordFact(Entry):
    """A DNS record that clients or mail depend on."""

    name: Name = Field(description="Full name.")
    type: Literal["A", "CNAME", "MX", "TXT", "SRV", "PTR"] = Field("A", description="Type.")
    value: Name = Field(description="Value; MX as '10 host'.")
    ttl: int = Field(3600, ge=1, description="Time to live in seconds, as DNS has it.")
    view: Literal["internal", "external", "both"] = Field("both", description="Who sees it.")


class OutsideHostFact(Entry):
    """A host that is no managed server."""

    name: Annotated[Name, Defines("outside host")] = Field(description="Name.")
    addresses: list[Address] = Field(min_length=1, description="Addresses.")
    ports: dict[str, str] = Field(
        default_factory=dict, description="Open ports with the banner that each shows."
    )


class MailboxFact(Entry):
    """A mailbox, where the list stands in the plan itself."""

    alias: Annotated[Name, Defines("mailbox")] = Field(description="Alias.")
    name: str = Field("", description="Display name.")
    database: Annotated[str, Refers(("source mailbox database",))] = Field(description="Its database.")
    size: Size = Field(description="Size.")
    items: int = Field(0, ge=0, description="Number of items.")
    kind: Literal["user", "room", "equipment", "shared", "journal", "blackberry"] = Field(
        "user", description="Kind."
    )
    um_policy: str = Field("", description="UM mailbox policy.")
    um_extension: Label = Field("", description="UM extension.")
    corrupt_items: int = Field(0, ge=0, description="Items that a move cannot read.")
    addresses: list[Name] = Field(default_factory=list, description="Further SMTP addresses.")
    domain: Annotated[str, Refers(("domain",))] = Field(
        "", description="Domain of its user, for a rehearsal; that of its database's server when left out."
    )


class SourceEntry(Entry):
    """The organization as it is."""

    organization: Name = Field(description="Name of the Exchange organization.")
    version: ExchangeVersion | None = Field(
        None, description="Version of the servers that say none; transition.from when left out."
    )
    service_pack: ServicePack = Field(
        "", description="Level of the directory preparation; transition.from when left out."
    )
    forest: ForestEntry = Field(description="Forest, domains, sites.")
    servers: list[SourceServerEntry] = Field(min_length=1, description="Exchange servers of today.")
    machines: list[MachineEntry] = Field(
        default_factory=list,
        description="Machines without Exchange: the future servers as they stand, tools hosts.",
    )
    outside_hosts: list[OutsideHostFact] = Field(
        default_factory=list, description="Gateways, smart hosts, load balancers."
    )
    mail: MailFact = Field(description="Mail flow as it is.")
    mailboxes: list[MailboxFact] = Field(default_factory=list, description="Mailboxes, or mailboxes_csv.")
    mailboxes_csv: list[RelativeFile] = Field(
        default_factory=list, description="CSV files of mailboxes beside the plan."
    )
    public_folders: list[PublicFolderFact] = Field(default_factory=list, description="Public folder tree.")
    offline_address_books: list[OfflineAddressBookFact] = Field(
        default_factory=list, description="Offline address books."
    )
    dial_plans: list[DialPlanFact] = Field(default_factory=list, description="UM dial plans.")
    edge_subscriptions: list[EdgeSubscriptionFact] = Field(
        default_factory=list, description="Edge subscriptions."
    )
    groups: list[GroupFact] = Field(
        default_factory=list, description="Distribution groups that matter to the transition."
    )
    dns: list[DnsRecordFact] = Field(default_factory=list, description="DNS records of names that move.")
    mixed_mode: bool = Field(
        False, description="Whether the organization still admits Exchange 5.5 servers: not native mode."
    )
    administrative_groups: list[Annotated[Name, Defines("administrative group")]] = Field(
        default_factory=list, description="Administrative groups without a routing group of their own."
    )
    routing_groups: list[RoutingGroupFact] = Field(
        default_factory=list, description="Routing groups; First Routing Group when left out."
    )
    routing_group_connectors: list[RoutingGroupConnectorFact] = Field(
        default_factory=list, description="Routing group connectors, one entry a direction."
    )
    smtp_connectors: list[SmtpConnectorFact] = Field(
        default_factory=list, description="SMTP connectors of Exchange 2000 and 2003."
    )
    update_services: list[UpdateServiceFact] = Field(
        default_factory=list, description="Recipient Update Services."
    )
    address_lists: list[AddressListFact] = Field(
        default_factory=list, description="Address lists with LDAP filters."
    )
    features: list[FeatureFact] = Field(
        default_factory=list, description="Features in use that later versions do not have."
    )
    connection_agreements: list[Name] = Field(
        default_factory=list, description="Connection agreements with Exchange 5.5 that still exist."
    )
    site_replication_services: list[Name] = Field(
        default_factory=list, description="Site Replication Services that still exist."
    )
