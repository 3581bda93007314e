"""Machines as they stand, and the Exchange servers of today with what they hold."""

from typing import Annotated, Literal

from pydantic import Field

from .access import ExchangeVersion, ServicePack
from .types import (
    Address,
    AsLabel,
    Build,
    ComputerName,
    Day,
    Defines,
    Drive,
    Entry,
    HostName,
    Name,
    Refers,
    Size,
    Subnet,
    Url,
    WindowsPath,
)

Role = Literal["cas", "hub", "um", "mailbox", "edge"]
SourceRole = Literal["cas", "hub", "um", "mailbox", "edge", "front-end", "bridgehead"]
Service = Literal["IIS", "POP", "IMAP", "SMTP", "UM"]
OutlookAuth = Literal["Basic", "NTLM"]
WindowsVersion = Annotated[Literal["2000", "2003", "2003R2", "2008", "2008R2", "2012", "2012R2"], AsLabel()]


Logon = Literal["ntlm", "credssp", "kerberos", "basic", "certificate"]


def _domain_logons() -> list[Logon]:
    return ["ntlm", "credssp"]


class ListenerFact(Entry):
    """A WinRM listener."""

    scheme: Literal["http", "https"] = Field("http", description="http or https.")
    port: int = Field(5985, ge=1, le=65535, description="Port.")
    auth: list[Logon] = Field(default_factory=_domain_logons, description="What its service allows.")


class MachineEntry(Entry):
    """A Windows machine as it stands."""

    name: Annotated[ComputerName, Defines("machine"), Defines("host")] = Field(description="Host name.")
    site: Annotated[str, Refers(("site",))] = Field(
        description="AD site, by its address; of a perimeter machine the site behind it."
    )
    workgroup: bool = Field(False, description="In no domain, as an Edge in the perimeter.")
    domain: Annotated[str, Refers(("domain",))] = Field(
        "", description="Its domain; that of its site when left out."
    )
    dns_suffix: str = Field("", description="Primary DNS suffix of a workgroup machine.")
    os: WindowsVersion = Field("2008R2", description="Windows version.")
    os_service_pack: int = Field(0, ge=0, le=4, description="Windows service pack.")
    os_edition: Literal["Standard", "Enterprise", "Datacenter"] = Field(
        "Enterprise", description="Windows edition."
    )
    bits: Literal[32, 64] = Field(64, description="32 or 64.")
    memory: Size = Field(8 << 30, description="Memory.")
    processors: int = Field(4, ge=1, description="Processor cores.")
    disks: dict[Drive, Size] = Field(
        default_factory=dict, description="Drive letters with their sizes; C: 136GB when left out."
    )
    addresses: list[Address] = Field(min_length=1, description="IP addresses.")
    powershell: Annotated[Literal["", "1.0", "2.0", "3.0", "4.0", "5.0", "5.1"], AsLabel()] = Field(
        "2.0", description="PowerShell level, in quotes: '2.0'; empty for none, as on Windows 2000."
    )
    features: list[Name] = Field(
        default_factory=list, description="Windows features that are installed already."
    )
    listeners: list[ListenerFact] = Field(
        default_factory=lambda: [ListenerFact()], description="WinRM listeners."
    )


class SourceDatabaseFact(Entry):
    """A database of a source server."""

    name: Name = Field(
        description="Name. Where several have it, the plan and its lists call it 'SERVER\\STORAGE GROUP\\NAME', as "
        "Exchange prints it."
    )
    kind: Literal["mailbox", "public-folder"] = Field("mailbox", description="Kind.")
    storage_group: Name = Field(description="Its storage group.")
    edb: WindowsPath | Literal[""] = Field("", description="Path of the .edb file.")
    logs: WindowsPath | Literal[""] = Field("", description="Folder of the transaction logs.")
    public_folder_database: Annotated[str, Refers(("source public folder database",))] = Field(
        "", description="Default public folder database of its mailboxes."
    )
    offline_address_book: Annotated[str, Refers(("offline address book",))] = Field(
        "", description="Its offline address book."
    )
    journal_recipient: str = Field("", description="Journal recipient of the database.")
    issue_warning_quota: Size = Field(0, description="Quota at which a warning is sent; 0 for none said.")
    prohibit_send_quota: Size = Field(0, description="Quota at which sending stops.")
    prohibit_send_receive_quota: Size = Field(0, description="Quota at which receiving stops.")


class UrlsFact(Entry):
    """URLs of one virtual directory."""

    internal: Url | Literal[""] = Field("", description="InternalUrl.")
    external: Url | Literal[""] = Field("", description="ExternalUrl; empty for none.")
    authentication: list[Literal["basic", "windows", "forms", "digest", "certificate"]] = Field(
        default_factory=list, description="Methods that differ from Setup's own."
    )


class ClientAccessFact(Entry):
    """Client access of one CAS as it is, or of a 2003 front-end: there OWA, ActiveSync, Outlook Anywhere, POP and IMAP."""

    scp: Url | Literal[""] = Field("", description="AutoDiscoverServiceInternalUri.")
    outlook_anywhere_host: HostName | Literal[""] = Field(
        "", description="External host name of Outlook Anywhere; empty when off."
    )
    outlook_anywhere_auth: OutlookAuth = Field("Basic", description="Its ClientAuthenticationMethod.")
    pop_imap: bool = Field(False, description="Whether POP3 or IMAP4 is in use.")
    owa: UrlsFact = Field(default_factory=UrlsFact, description="Outlook Web Access.")
    activesync: UrlsFact = Field(default_factory=UrlsFact, description="ActiveSync.")
    ews: UrlsFact = Field(default_factory=UrlsFact, description="Web services.")
    oab: UrlsFact = Field(default_factory=UrlsFact, description="Offline address book.")
    um: UrlsFact = Field(default_factory=UrlsFact, description="UM web service.")
    autodiscover: UrlsFact = Field(default_factory=UrlsFact, description="Autodiscover.")


class CertificateFact(Entry):
    """A certificate in the server's store."""

    names: list[HostName] = Field(min_length=1, description="Names, the subject first.")
    services: list[Service] = Field(default_factory=list, description="Services that it is enabled for.")
    self_signed: bool = Field(False, description="Whether it is self-signed.")
    expires: Day | Literal[""] = Field("", description="Last day of its validity.")


class ReceiveConnectorFact(Entry):
    """A receive connector that a person added."""

    name: Name = Field(description="Name without the server.")
    bindings: list[Name] = Field(default_factory=lambda: ["0.0.0.0:25"], description="Local bindings.")
    remote_ranges: list[Subnet] = Field(min_length=1, description="Where its mail comes from.")
    anonymous: bool = Field(False, description="Whether anonymous senders may submit.")
    relay: bool = Field(False, description="Whether it relays to outside.")


class NodeEntry(MachineEntry):
    """A machine that can run a clustered mailbox server."""

    name: Annotated[ComputerName, Defines("machine"), Defines("host"), Defines("server")] = Field(
        description="Host name of the node itself."
    )
    site: Annotated[str, Refers(("site",))] = Field(
        "", description="AD site; that of the clustered server when left out."
    )
    active: bool = Field(False, description="Whether it runs the clustered server today: one node does.")


class SourceServerEntry(MachineEntry):
    """An Exchange server of today."""

    name: Annotated[
        ComputerName, Defines("machine"), Defines("host"), Defines("source server"), Defines("server")
    ] = Field(description="Host name.")
    version: ExchangeVersion | None = Field(
        None, description="Exchange version; source.version when left out."
    )
    service_pack: ServicePack = Field("", description="Service pack; the source's when left out.")
    roles: list[SourceRole] = Field(
        min_length=1,
        description="Roles; Edge stands alone. Of Exchange 2000 and 2003: front-end, mailbox (it has stores), bridgehead "
        "(of a connector).",
    )
    administrative_group: Annotated[str, Refers(("administrative group",))] = Field(
        "", description="Exchange 2000 and 2003: its administrative group; its routing group's when left out."
    )
    routing_group: Annotated[str, Refers(("legacy routing group",))] = Field(
        "", description="Exchange 2000 and 2003: its routing group; the only one when left out."
    )
    link_state_suppressed: bool = Field(
        False, description="Exchange 2000 and 2003: whether SuppressStateChanges is set today."
    )
    activesync_integrated: bool = Field(
        False,
        description="Exchange 2003: whether its ActiveSync directory has Integrated authentication today.",
    )
    kb937031: bool = Field(False, description="Exchange 2003: whether hotfix KB937031 is installed today.")
    edition: Literal["Standard", "Enterprise", "StandardEvaluation"] = Field(
        "Standard", description="Exchange edition."
    )
    rollup: Build | Literal[""] = Field(
        "", description="File version of ExSetup.exe where a rollup raised it."
    )
    cluster: Literal["", "CCR", "SCC", "LCR", "SCR"] = Field(
        "",
        description="High availability in use. Of Exchange 2007, CCR and SCC are clustered mailbox servers: name and "
        "addresses are the clustered server's own, and its machines are its nodes.",
    )
    nodes: list[NodeEntry] = Field(
        default_factory=list,
        description="Machines of a clustered mailbox server of 2007: two of CCR, two or more of SCC.",
    )
    databases: list[SourceDatabaseFact] = Field(default_factory=list, description="Databases.")
    client_access: ClientAccessFact | None = Field(
        None, description="Client access settings of a CAS, a 2003 front-end or a published 2003 server."
    )
    certificates: list[CertificateFact] = Field(default_factory=list, description="Certificates.")
    receive_connectors: list[ReceiveConnectorFact] = Field(
        default_factory=list, description="Receive connectors that were added."
    )
