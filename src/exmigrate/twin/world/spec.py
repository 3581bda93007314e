"""What a simulated organization consists of before anything happens in it.

A `WorldSpec` is plain data: whoever wants a twin writes one (from a plan, an inventory or by hand). It
holds the *source* state, the bare target machines, DNS and media; never a wish.
"""

import json
from dataclasses import dataclass, field
from typing import Any

from exmigrate.twin.world.codec import from_plain, to_plain
from exmigrate.twin.world.legacyspec import LegacySpec


@dataclass(frozen=True)
class DomainSpec:
    """One domain of the forest.

    Attributes:
        name: DNS name, such as ``contoso.com``.
        netbios: NetBIOS name, such as ``CONTOSO``; empty takes the first label in capitals.
        functional_level: ``msDS-Behavior-Version`` (0 Windows 2000 … 4 Windows 2008 R2).
        mixed: ``nTMixedDomain`` of Windows 2000 domains.
        exchange_version: level of the last PrepareDomain, such as ``2007SP3``; empty for none.
        legacy_domain_prep: whether DomainPrep of 2000 or 2003 ran too; a level of those versions says it already.
    """

    name: str
    netbios: str = ""
    functional_level: int = 2
    mixed: bool = False
    exchange_version: str = ""
    legacy_domain_prep: bool = False


@dataclass(frozen=True)
class DomainControllerSpec:
    """One domain controller.

    Attributes:
        name: host name.
        domain: DNS name of its domain.
        site: AD site.
        os: Windows version, a key of the OS facts (``2003``, ``2008``, ``2008R2`` …).
        global_catalog: whether it is a global catalog.
        read_only: an RODC.
        fsmo: operation master roles held: ``schema``, ``naming``, ``pdc``, ``rid``, ``infrastructure``.
        lag_min: minutes that a change needs to reach it, over what the way between the sites takes.
    """

    name: str
    domain: str
    site: str
    addresses: tuple[str, ...] = ()
    os: str = "2008R2"
    service_pack: int = 1
    edition: str = "Standard"
    global_catalog: bool = True
    read_only: bool = False
    fsmo: tuple[str, ...] = ()
    lag_min: int = 0


@dataclass(frozen=True)
class SiteSpec:
    name: str
    subnets: tuple[str, ...] = ()


@dataclass(frozen=True)
class SiteLinkSpec:
    """An IP site link; ``latency_s`` is how long a change takes over it, in organization seconds."""

    name: str
    sites: tuple[str, ...]
    cost: int = 100
    interval_min: int = 15
    latency_s: int = 900


@dataclass(frozen=True)
class ForestSpec:
    """The forest: the first domain is the root domain.

    Attributes:
        exchange_version: level of schema and organization preparation, such as ``2007SP3``; empty for none.
        intra_site_latency_s: replication delay between two DCs of one site, in organization seconds.
    """

    domains: tuple[DomainSpec, ...]
    domain_controllers: tuple[DomainControllerSpec, ...]
    sites: tuple[SiteSpec, ...]
    site_links: tuple[SiteLinkSpec, ...] = ()
    functional_level: int = 2
    exchange_version: str = ""
    exchange_schema: str = ""
    mixed_mode: bool = False
    intra_site_latency_s: int = 15


@dataclass(frozen=True)
class DiskSpec:
    drive: str = "C:"
    size_gb: int = 136
    free_gb: int = 80


@dataclass(frozen=True)
class ListenerSpec:
    """A WinRM listener.

    Attributes:
        scheme: ``http`` or ``https``.
        port: the port Windows listens on (5985, 5986); the twin maps it to a loopback port.
        auth: what the service allows: ``basic certificate ntlm kerberos credssp``.
    """

    scheme: str = "http"
    port: int = 5985
    auth: tuple[str, ...] = ("ntlm", "credssp")


@dataclass(frozen=True)
class InstalledExchange:
    """Exchange found on a server at the start.

    Attributes:
        version: level, a key of the Exchange facts: ``2003SP2``, ``2007SP3``, ``2010SP3`` …
        roles: ``Mailbox ClientAccess HubTransport UnifiedMessaging EdgeTransport``; of 2000 and 2003
            ``Mailbox FrontEnd Bridgehead``.
        rollup: file version of ``ExSetup.exe`` when a rollup raised it above the level's build.
        edition: ``Standard``, ``Enterprise`` or ``StandardEvaluation``.
        administrative_group, routing_group: of a 2000 or 2003 server; empty takes the first ones.
        link_state_suppressed: whether ``SuppressStateChanges`` is set (2000, 2003).
        activesync_integrated: whether the ActiveSync directory takes Integrated authentication (2003).
        kb937031: whether that hotfix is installed (2003).
    """

    version: str
    roles: tuple[str, ...] = ()
    rollup: str = ""
    edition: str = "Standard"
    administrative_group: str = ""
    routing_group: str = ""
    link_state_suppressed: bool = False
    activesync_integrated: bool = False
    kb937031: bool = False


@dataclass(frozen=True)
class AccountSpec:
    """A user account, of a domain or local to a server.

    Attributes:
        name: sAMAccountName.
        domain: DNS name; empty in a server's ``local_accounts``, else the root domain.
        groups: names of groups of the account's own domain, root domain or server.
        certificate: thumbprint mapped to a local account for certificate logon.
    """

    name: str
    password: str = ""
    domain: str = ""
    groups: tuple[str, ...] = ()
    enabled: bool = True
    display_name: str = ""
    certificate: str = ""


@dataclass(frozen=True)
class GroupSpec:
    name: str
    domain: str = ""
    scope: str = "Universal"
    container: str = "CN=Users"
    members: tuple[str, ...] = ()


@dataclass(frozen=True)
class FileSpec:
    """A file on a server or share.

    Attributes:
        path: full Windows path.
        text: its content; media may give ``size`` and ``sha256`` of the real file instead.
        version: file version resource, for programs.
    """

    path: str
    text: str = ""
    size: int = 0
    sha256: str = ""
    version: str = ""


@dataclass(frozen=True)
class MediaSpec:
    """Unpacked Setup media, a rollup or a package, in a folder of a server or on a share.

    Attributes:
        path: folder: UNC (``\\\\files\\media\\e14sp3``) or local to ``server``.
        product: level of the facts (``2010SP3``, ``2007SP3``), or ``rollup``, ``package``.
        build: build of the media, or of the rollup.
        server: host that holds a local folder; empty for a UNC path.
        package: for rollups and packages: file name of the installer.
        sha256: digest the real image has; the twin's file shows it.
    """

    path: str
    product: str
    build: str = ""
    server: str = ""
    package: str = ""
    sha256: str = ""
    files: tuple[FileSpec, ...] = ()


@dataclass(frozen=True)
class ServerSpec:
    """One machine other than a domain controller.

    Attributes:
        domain: DNS name of its domain; empty for a workgroup machine.
        site: AD site; empty takes the site of the first address's subnet.
        bits: 64 or 32.
        features: Windows features installed, by their ServerManager names.
        powershell: engine level: ``1.0`` … ``5.1``, or empty for none.
        hotfixes: installed KB numbers and packages.
        certificates: friendly free-form certificate records of the machine store.
    """

    name: str
    domain: str = ""
    site: str = ""
    dns_suffix: str = ""
    addresses: tuple[str, ...] = ()
    os: str = "2008R2"
    service_pack: int = 1
    edition: str = "Enterprise"
    core: bool = False
    bits: int = 64
    memory_mb: int = 16384
    processors: int = 4
    disks: tuple[DiskSpec, ...] = (DiskSpec(),)
    features: tuple[str, ...] = ()
    powershell: str = "2.0"
    dotnet: str = "3.5.1"
    hotfixes: tuple[str, ...] = ()
    exchange: InstalledExchange | None = None
    local_accounts: tuple[AccountSpec, ...] = ()
    listeners: tuple[ListenerSpec, ...] = (ListenerSpec(),)
    files: tuple[FileSpec, ...] = ()
    registry: dict[str, dict[str, Any]] = field(default_factory=dict)
    batch_logon: tuple[str, ...] = ()
    pending_reboot: bool = False
    max_memory_per_shell_mb: int = 150
    clock_skew_s: int = 0

    @property
    def before_2008(self) -> bool:
        """Whether its Windows is 2000 or 2003: other folders, no CredSSP, no Schedule.Service."""
        return self.os in ("2000", "2003", "2003R2")

    @property
    def fqdn(self) -> str:
        """The full name: host and primary DNS suffix."""
        suffix = self.dns_suffix or self.domain
        return f"{self.name}.{suffix}".lower() if suffix else self.name.lower()


@dataclass(frozen=True)
class ClusterSpec:
    """A clustered mailbox server of 2007 on a failover cluster.

    Attributes:
        name: of the clustered server.
        kind: ``CCR`` or ``SCC``.
        nodes: names of servers of the specification that have the Mailbox role of 2007.
        active: the node that owns it at the start.
        addresses: its own.
    """

    name: str
    nodes: tuple[str, ...]
    active: str
    kind: str = "CCR"
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True)
class DnsRecord:
    """A record of one view; ``type`` is A, AAAA, CNAME, MX (``10 host``), TXT, SRV or PTR."""

    name: str
    type: str
    value: str
    ttl: int = 3600
    view: str = "both"


@dataclass(frozen=True)
class PortSpec:
    """An open port of a host outside: ``banner`` is what it says when one connects."""

    port: int
    banner: str = ""


@dataclass(frozen=True)
class ExternalHostSpec:
    """A host outside the servers: smart host, DNS appliance, load balancer."""

    name: str
    addresses: tuple[str, ...] = ()
    ports: tuple[PortSpec, ...] = ()


@dataclass(frozen=True)
class FaultSpec:
    """A fault to inject: ``name`` and ``target`` say what and where, ``after`` counts occasions to let pass."""

    name: str
    target: str = "*"
    after: int = 0
    times: int = 1
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class WorldSpec:
    """A whole organization before the first command.

    Attributes:
        exchange: source Exchange objects; its shape is `world.exchange.spec`'s.
        legacy: what 2000 and 2003 have beyond those.
        epoch: organization time at the start, ISO 8601 in UTC.
        seed: seed of everything that looks random (GUIDs, durations, faults).
        duration_scale: factor on the organization time that Setup, moves and the like take.
    """

    organization: str
    forest: ForestSpec
    servers: tuple[ServerSpec, ...] = ()
    clusters: tuple[ClusterSpec, ...] = ()
    accounts: tuple[AccountSpec, ...] = ()
    groups: tuple[GroupSpec, ...] = ()
    dns: tuple[DnsRecord, ...] = ()
    media: tuple[MediaSpec, ...] = ()
    hosts: tuple[ExternalHostSpec, ...] = ()
    exchange: dict[str, Any] = field(default_factory=dict)
    legacy: LegacySpec = field(default_factory=LegacySpec)
    faults: tuple[FaultSpec, ...] = ()
    epoch: str = "2011-03-07T06:00:00+00:00"
    seed: int = 1
    duration_scale: float = 1.0

    def to_json(self) -> str:
        """Write the specification as JSON text; what equals a default is left out."""
        return json.dumps(to_plain(self), indent=1, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "WorldSpec":
        """Read a specification.

        Raises:
            SpecError: a key or value is wrong; names its place.
        """
        return from_plain(cls, json.loads(text))
