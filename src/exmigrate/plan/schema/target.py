"""What the organization shall become: wishes only. Facts about today stand in `source`."""

from typing import Annotated, Any, Literal

from pydantic import Field, WithJsonSchema

from .servers import OutlookAuth, Role, Service
from .source import DsnMessageFact
from .types import (
    Address,
    Defines,
    DialCode,
    Entry,
    HostName,
    Label,
    Name,
    Refers,
    SecretRef,
    Size,
    Subnet,
    Unsupported,
    Url,
    WindowsPath,
)

TargetServer = Annotated[str, Refers(("target server",))]
NotYet = Annotated[
    Any,
    Unsupported(
        "a setting that the steps fix themselves",
        "take the key out: virtual directories get Windows and Basic (OWA and ECP forms), as coexistence needs it, and "
        "the offline address book goes to the first new Mailbox server",
    ),
    WithJsonSchema({"description": "Not in this version."}),
]
TargetDatabase = Annotated[str, Refers(("target database",))]


_RECIPIENTS = "AllRecipients, MailboxUsers, MailContacts, MailGroups and such, or a filter in OPATH."

OabVersion = Literal["Version2", "Version3", "Version4"]


def _version4() -> list[OabVersion]:
    return ["Version4"]


class NamespacesEntry(Entry):
    """Host names that clients use."""

    primary: HostName = Field(description="Main name; it moves to the new servers: mail.contoso.com.")
    autodiscover: list[HostName] = Field(min_length=1, description="Autodiscover name of each SMTP domain.")
    legacy: HostName | Literal[""] = Field("", description="New name of the old servers during coexistence.")
    internal_dns: Address | Literal[""] = Field(
        "", description="DNS server that shows the internal view; the DC's when left out."
    )
    external_dns: Address | Literal[""] = Field("", description="DNS server that shows the public view.")


class CertificateEntry(Entry):
    """A certificate to be ordered or brought."""

    name: Annotated[Name, Defines("certificate")] = Field(description="How the plan refers to it.")
    subject: HostName = Field(description="Common name.")
    names: list[HostName] = Field(min_length=1, description="All names, the subject among them.")
    services: list[Service] = Field(min_length=1, description="Services on the new servers.")
    pfx: str = Field(
        min_length=1, description="Path of the PFX with its chain, on the machine that runs exmigrate."
    )
    password: SecretRef = Field(description="Reference to the PFX's password.")
    friendly_name: str = Field("", description="Friendly name.")
    requested_on: Annotated[str, Refers(("server",))] = Field(
        "", description="Server that makes the request; empty when the customer brings a PFX."
    )
    request_file: WindowsPath | Literal[""] = Field(
        "", description="Where the request is written on that server."
    )


class CasArrayEntry(Entry):
    """RPC client access array of a site."""

    name: Annotated[Name, Defines("cas array")] = Field(description="Name.")
    fqdn: HostName = Field(description="Internal-only name that Outlook profiles will hold.")
    address: Address | Literal[""] = Field(
        "", description="Address of the load balancer, or of the only CAS."
    )


class TargetSiteEntry(Entry):
    """Wishes for one AD site."""

    name: Annotated[str, Refers(("site",)), Defines("target site")] = Field(
        description="A site of source.forest.sites."
    )
    primary: bool = Field(
        False, description="The Internet-facing site that starts; the first one when left out."
    )
    internet_facing: bool | None = Field(
        None, description="Whether it shall have external URLs; as today when left out."
    )
    namespace: HostName | Literal[""] = Field(
        "", description="Regional main name of this site, where it has one."
    )
    legacy: HostName | Literal[""] = Field(
        "", description="Legacy name of this site's old servers; target.namespaces.legacy when left out."
    )
    pinned_dc: Annotated[str, Refers(("host",))] = Field(
        "",
        description="Domain controller for the configuration; the first writable global catalog of the site when left out, "
        "of the domain of its servers where there is one. Recipients are read and written on one of their own domain.",
    )
    cas_array: CasArrayEntry | None = Field(None, description="RPC client access array.")
    hub_site: bool | None = Field(None, description="Whether it shall be a hub site for mail.")
    role_order: list[Role] = Field(
        default_factory=list, description="Order of the roles, where it differs from the recommended one."
    )
    external_addresses: list[Address] = Field(
        default_factory=list, description="Public addresses of the main names after the cut-over."
    )
    internal_addresses: list[Address] = Field(
        default_factory=list, description="Internal addresses of the main names after the cut-over."
    )
    legacy_addresses: list[Address] = Field(
        default_factory=list, description="Internal addresses of the legacy name."
    )
    legacy_external_addresses: list[Address] = Field(
        default_factory=list, description="Public addresses of the legacy name."
    )


class TargetDatabaseEntry(Entry):
    """A database to be created."""

    name: Annotated[Name, Defines("database"), Defines("target database")] = Field(
        description="Name, unique in the organization."
    )
    kind: Literal["mailbox", "public-folder"] = Field("mailbox", description="Kind.")
    edb: WindowsPath = Field(description="Path of the .edb file.")
    logs: WindowsPath = Field(description="Folder of the transaction logs.")
    created_by_setup: bool = Field(False, description="Setup makes it as the server's first (/MdbName).")
    public_folder_database: TargetDatabase = Field(
        "", description="Default public folder database of its mailboxes."
    )
    offline_address_book: Annotated[str, Refers(("offline address book",))] = Field(
        "", description="Its offline address book."
    )
    storage_group: Name | Literal[""] = Field(
        "", description="Its storage group on a 2007 server; one of its own (SG1, SG2 ...) when left out."
    )
    copies: list[TargetServer] = Field(
        default_factory=list, description="Further servers that hold a copy, in order of preference."
    )
    journal_recipient: str = Field("", description="Journal recipient.")
    issue_warning_quota: Size = Field(0, description="Quota at which a warning is sent; 0 for unchanged.")
    prohibit_send_quota: Size = Field(0, description="Quota at which sending stops.")
    prohibit_send_receive_quota: Size = Field(0, description="Quota at which receiving stops.")


class TargetServerEntry(Entry):
    """A machine of source.machines that becomes an Exchange server."""

    name: Annotated[str, Refers(("machine",)), Defines("target server"), Defines("server")] = Field(
        description="A machine of source.machines."
    )
    roles: list[Role] = Field(min_length=1, description="Roles that it gets; Edge stands alone.")
    edition: Literal["Standard", "Enterprise"] = Field("Standard", description="Exchange edition.")
    product_key: SecretRef | None = Field(
        None, description="Reference to the product key; trial edition without."
    )
    install_path: WindowsPath | Literal[""] = Field(
        "", description="Where Setup installs; its own default when left out."
    )
    databases: list[TargetDatabaseEntry] = Field(
        default_factory=list, description="Databases, the first one made by Setup."
    )


class DagEntry(Entry):
    """A database availability group."""

    name: Annotated[Name, Defines("dag")] = Field(description="Name.")
    members: list[TargetServer] = Field(min_length=1, description="Mailbox servers.")
    witness_server: Name = Field(description="Witness.")
    witness_directory: WindowsPath = Field(description="Folder on the witness.")
    addresses: list[Address] = Field(default_factory=list, description="IP addresses.")


class TargetClientAccessEntry(Entry):
    """Client access settings of the new version."""

    outlook_anywhere: bool = Field(True, description="Whether Outlook Anywhere is published.")
    outlook_anywhere_auth: OutlookAuth | Literal[""] = Field(
        "", description="ClientAuthenticationMethod; as on the old CAS when left out."
    )
    activesync_legacy_external_url: bool = Field(
        False, description="true: devices are told the legacy name; false: the new CAS proxies them."
    )
    rpc_encryption_required: bool = Field(True, description="Whether Outlook must encrypt RPC.")
    outlook_2003_clients: bool = Field(False, description="Whether Outlook 2003 is in use.")
    pop_imap: bool = Field(False, description="Whether POP3 or IMAP4 is published.")
    oab_versions: list[OabVersion] = Field(
        default_factory=_version4, description="Formats of the offline address book."
    )
    oab_public_folder_distribution: bool = Field(
        False, description="Whether the OAB stays in public folders as well."
    )
    owa_version_folder: Literal["share", "media"] = Field(
        "share", description="Where the old OWA files come from for proxying."
    )
    virtual_directories: NotYet = Field(
        None, description="Authentication of virtual directories other than the usual one."
    )
    oab_server: NotYet = Field(None, description="Server that generates the offline address book.")
    exchange2003_url: Url | Literal[""] = Field(
        "",
        description="OWA address of Exchange 2003 during coexistence; https://<legacy name>/exchange when left out.",
    )


class TargetSendConnectorEntry(Entry):
    """A send connector whose source servers move, or a new one."""

    name: Annotated[Name, Defines("target send connector")] = Field(
        description="Name; of an existing one unless create is true."
    )
    sources: list[TargetServer] = Field(
        default_factory=list, description="New source transport servers; empty for one that an Edge owns."
    )
    create: bool = Field(False, description="Make it new.")
    address_spaces: list[Name] = Field(default_factory=list, description="Of a new one, such as SMTP:*;1.")
    smart_hosts: list[Name] = Field(default_factory=list, description="Smart hosts of a new one.")
    fqdn: HostName | Literal[""] = Field("", description="Name in HELO; unchanged when left out.")


class TargetReceiveConnectorEntry(Entry):
    """A receive connector for mail that is submitted without logon."""

    name: Annotated[Name, Defines("target receive connector")] = Field(description="Name without the server.")
    use: Literal["internet", "gateway", "relay"] = Field(description="Who submits here.")
    servers: list[TargetServer] = Field(min_length=1, description="Hubs that get it.")
    remote_ranges: list[Subnet] = Field(
        default_factory=list, description="Where its mail comes from; empty only for internet."
    )
    bindings: list[Name] = Field(default_factory=lambda: ["0.0.0.0:25"], description="Local bindings.")
    relay: bool = Field(False, description="Whether it relays to outside.")


class TargetDsnEntry(DsnMessageFact):
    """A custom system message that must exist afterwards."""


class SiteRoutingEntry(Entry):
    """The organization's own cost of a site link for mail."""

    link: Annotated[str, Refers(("site link",))] = Field(description="Site link.")
    exchange_cost: int = Field(ge=1, description="Cost for mail only.")


class AcceptedDomainEntry(Entry):
    """What an accepted domain shall be."""

    name: HostName = Field(description="A domain of source.mail.accepted_domains.")
    kind: Literal["authoritative", "internal-relay", "external-relay"] = Field(description="Kind.")


class RoutingGroupConnectorEntry(Entry):
    """A pair of connectors between the routing group of the new servers and a legacy one."""

    name: Annotated[Name, Defines("target routing group connector")] = Field(
        description="Name; Setup calls the first pair Interop RGC."
    )
    routing_group: Annotated[str, Refers(("legacy routing group",))] = Field(
        description="Legacy routing group at its other end."
    )
    sources: list[TargetServer] = Field(
        default_factory=list, description="New Hubs; those of the bridgeheads' site when left out."
    )
    targets: list[Annotated[str, Refers(("source server",))]] = Field(
        default_factory=list, description="Legacy bridgeheads; those of the group when left out."
    )
    cost: int = Field(1, ge=1, le=100, description="Cost.")
    public_folder_referrals: bool = Field(True, description="Whether public folder referrals may follow it.")


class TargetMailFlowEntry(Entry):
    """Mail flow afterwards."""

    inbound: Literal["edge", "gateway", "direct"] = Field(description="Way of mail from the Internet.")
    inbound_targets: list[Name] = Field(
        default_factory=list, description="Servers or addresses that inbound mail reaches after the cut-over."
    )
    mx_domains: list[HostName] = Field(
        default_factory=list, description="Domains whose MX matter; the accepted domains when left out."
    )
    outbound_probe: str = Field(
        "", description="Outside host and port that every new source server must reach: smtp.example.net:25."
    )
    send_connectors: list[TargetSendConnectorEntry] = Field(
        default_factory=list, description="Send connectors."
    )
    receive_connectors: list[TargetReceiveConnectorEntry] = Field(
        default_factory=list, description="Receive connectors."
    )
    site_routing: list[SiteRoutingEntry] = Field(
        default_factory=list, description="Mail costs of site links."
    )
    dsn_messages: list[TargetDsnEntry] = Field(default_factory=list, description="Custom system messages.")
    dsn_mode: Literal["", "UseExchangeDSNs", "PreserveDSNBody", "DoNotConvert"] = Field(
        "", description="DSN conversion mode; unchanged when left out."
    )
    sync_rules: bool = Field(True, description="Whether transport and journal rules are carried over.")
    accepted_domains: list[AcceptedDomainEntry] = Field(
        default_factory=list,
        description="Accepted domains that shall be of another kind than the recipient policies say.",
    )
    routing_group_connectors: list[RoutingGroupConnectorEntry] = Field(
        default_factory=list,
        description="Connector pairs to legacy routing groups; the one that Setup makes when left out.",
    )
    suppress_link_state: bool = Field(
        True, description="Whether minor link state updates are switched off on every 2000 and 2003 server."
    )
    legacy_routing_server: Annotated[str, Refers(("source server",))] = Field(
        "", description="Legacy bridgehead for the first Hub's Setup (/LegacyRoutingServer)."
    )
    legacy_internet_connectors: list[Annotated[str, Refers(("smtp connector",))]] = Field(
        default_factory=list,
        description="SMTP connectors of 2000 and 2003 that leave; those for * when left out.",
    )


class TargetDialPlanEntry(Entry):
    """A dial plan that new UM servers take over, or a new one."""

    name: Annotated[Name, Defines("target dial plan")] = Field(
        description="A dial plan of source.dial_plans, unless create is true."
    )
    servers: list[TargetServer] = Field(min_length=1, description="New UM servers.")
    prompts: bool = Field(True, description="Whether custom prompts are copied.")
    create: bool = Field(False, description="Make it new.")
    digits: int = Field(0, ge=0, le=20, description="Digits of an extension, of a new one.")
    country_code: DialCode = Field("", description="Dialling code of the country, of a new one in 2010.")
    gateways: dict[str, Address] = Field(
        default_factory=dict, description="IP gateways of a new one by name, with their addresses."
    )
    policies: list[Name] = Field(default_factory=list, description="UM mailbox policies of a new one.")


class MailboxSetEntry(Entry):
    """Mailboxes that get unified messaging once they have moved."""

    name: Annotated[Name, Defines("mailbox set")] = Field(description="Name.")
    dial_plan: Annotated[str, Refers(("target dial plan",))] = Field(
        description="A dial plan of target.dial_plans."
    )
    policy: str = Field("", description="UM mailbox policy; the dial plan's first one when left out.")
    members: dict[str, Label] = Field(min_length=1, description="Extensions by alias, in quotes.")


class AddressPolicyEntry(Entry):
    """What a recipient policy of the old kind applies to once it is an e-mail address policy."""

    name: Annotated[str, Refers(("address policy",))] = Field(
        description="A policy of source.mail.address_policies."
    )
    recipients: str = Field(min_length=1, description=_RECIPIENTS)


class AddressListEntry(Entry):
    """What an address list of the old kind has once it is one of the new kind."""

    name: Annotated[str, Refers(("address list",))] = Field(description="A list of source.address_lists.")
    recipients: str = Field(min_length=1, description=_RECIPIENTS)


class EdgeEntry(Entry):
    """An Edge and its subscription."""

    edge: Annotated[str, Refers(("server",))] = Field(description="Edge server, old (it stays) or new.")
    site: Annotated[str, Refers(("site",))] = Field(description="Site that it is subscribed to.")
    replaces: Annotated[str, Refers(("source server",))] = Field(
        "", description="Old Edge that leaves for it."
    )
    internet_connector: bool = Field(
        True, description="Whether its subscription makes the connector to the Internet."
    )


class TargetPublicFoldersEntry(Entry):
    """Where public folders go."""

    databases: list[TargetDatabase] = Field(
        min_length=1, description="New public folder databases that take replicas."
    )
    top_folders: list[str] = Field(
        default_factory=lambda: ["\\"], description="Top folders that are replicated."
    )


class TargetEntry(Entry):
    """What the organization shall become."""

    directory_host: Annotated[str, Refers(("machine",))] = Field(
        description="Machine that prepares the directory; near the schema master."
    )
    external_host: str = Field(
        "", description="Host outside that can look at public names; a person's word when left out."
    )
    namespaces: NamespacesEntry = Field(description="Host names.")
    certificates: list[CertificateEntry] = Field(default_factory=list, description="Certificates.")
    sites: list[TargetSiteEntry] = Field(default_factory=list, description="Wishes per site.")
    servers: list[TargetServerEntry] = Field(min_length=1, description="New Exchange servers.")
    dags: list[DagEntry] = Field(default_factory=list, description="Database availability groups.")
    client_access: TargetClientAccessEntry = Field(
        default_factory=TargetClientAccessEntry, description="Client access."
    )
    mail_flow: TargetMailFlowEntry = Field(description="Mail flow.")
    dial_plans: list[TargetDialPlanEntry] = Field(default_factory=list, description="UM dial plans.")
    edges: list[EdgeEntry] = Field(default_factory=list, description="Edge servers.")
    public_folders: TargetPublicFoldersEntry | None = Field(None, description="Public folders.")
    um_mailboxes: list[MailboxSetEntry] = Field(
        default_factory=list, description="Mailboxes that get unified messaging."
    )
    address_policies: list[AddressPolicyEntry] = Field(
        default_factory=list, description="New filters of recipient policies."
    )
    address_lists: list[AddressListEntry] = Field(
        default_factory=list, description="New filters of address lists."
    )
