"""Forest, sites and servers, names and certificates: what is there and what shall be there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from .access import Connection, Secret
from .clusters import ClusteredServer
from .legacy import LEGACY_VERSIONS


@dataclass(frozen=True, slots=True)
class Domain:
    """An Active Directory domain; `level` is `2000-mixed | 2000 | 2003 | 2008 …`, its functional level."""

    name: str
    netbios: str = ""
    root: bool = False
    exchange: bool = True
    level: str = "2003"
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
    os_service_pack: int = 0
    addresses: tuple[str, ...] = ()
    read_only: bool = False
    schema_master: bool = False
    path: str = ""


@dataclass(frozen=True, slots=True)
class Server:
    """A server of the organization: there today (`target` false) or to be built (`target` true).

    Attributes:
        version: Exchange version that it has or gets; empty for a tools or directory host.
        roles: of `ROLES`, in installation order, or of `LEGACY_ROLES` on Exchange 2000 and 2003; Edge is always alone.
        driven: whether WinRM can drive it; what is not driven has gates.
        os: `2003 | 2008 | 2008R2 | 2012 …`.
        paths: named paths such as `install`, `logs`.
        keep: reason why the old server stays, empty if it goes.
        cluster: high availability in use, `CCR | SCC | LCR | SCR`, empty for none.
        clustered: of a clustered mailbox server and of each of its nodes, the whole of them. The clustered server has
            the role and the databases and is no machine: nothing is run on it. A node is a machine with the programs
            and has no role of its own in Exchange's eyes.
        administrative_group, routing_group: of a legacy server, as it is today.
        link_state_suppressed: whether `SuppressStateChanges` is set on it today.
        activesync_integrated: whether its ActiveSync directory has Integrated Windows authentication today.
        kb937031: whether the hotfix that ActiveSync proxying needs is installed today.
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
    clustered: ClusteredServer | None = None
    witness: bool = False
    memory: int = 0
    disks: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    os_service_pack: int = 0
    keep: str = ""
    paths: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    administrative_group: str = ""
    routing_group: str = ""
    link_state_suppressed: bool = False
    activesync_integrated: bool = False
    kb937031: bool = False
    connection: Connection | None = None
    path: str = ""

    @property
    def source(self) -> bool:
        """Whether it is there today and of an old version; a node belongs to the server that it runs."""
        return not self.target and bool(self.version) and not self.node

    @property
    def node(self) -> bool:
        """Whether it is a machine that runs a clustered mailbox server."""
        return self.clustered is not None and self.clustered.name != self.name

    @property
    def virtual(self) -> bool:
        """Whether it is a clustered mailbox server: a name that one of its nodes answers, and no machine."""
        return self.clustered is not None and not self.node

    @property
    def legacy(self) -> bool:
        """Whether it is an Exchange 2000 or 2003 server: groups and link state, no Exchange cmdlets."""
        return self.version in LEGACY_VERSIONS

    @property
    def delegates(self) -> bool:
        """Whether a logon there goes on to other machines: shares, controllers; NTLM ends on the machine itself."""
        return (
            self.connection is not None
            and self.driven
            and self.connection.transport in ("kerberos", "credssp")
        )

    @property
    def takes_jobs(self) -> bool:
        """Whether a task runs there under the run-as account: on Windows 2003 where its password may show for an instant."""
        exposed = self.connection is not None and self.connection.expose_run_as_password
        return self.driven and (exposed or not self.os.startswith("2003"))


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
        role_order: the order of roles that the plan asks for; empty for the transition's own.
        external_addresses: addresses to which the public names point after the cut-over.
        legacy_name: of its old servers during coexistence, its own or that of the organization; empty for none.
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
    legacy_name: str = ""
    legacy_addresses: tuple[str, ...] = ()
    legacy_external_addresses: tuple[str, ...] = ()
    primary: bool = False
    role_order: tuple[str, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class LegacyName:
    """A name under which old servers are reached during coexistence.

    Attributes:
        site: the first site, in the order of the transition, whose old servers have it.
        internal, external: its addresses inside and outside; none for those that the administrator chooses.
    """

    name: str
    site: str
    internal: tuple[str, ...] = ()
    external: tuple[str, ...] = ()


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
