"""Forest, machines, accounts, DNS and media of a simulated organization, from the facts of a plan's source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exmigrate.model.topology import Credential, Medium, Topology
from exmigrate.model.topology.source import Machine, SourceOrganization
from exmigrate.twin.world import spec as world

_BEHAVIOUR = {"2000": 0, "2003": 2, "2008": 3, "2008R2": 4, "2012": 5, "2012R2": 6}
"""`msDS-Behavior-Version` of a functional level."""

_LEGACY = ("2000", "2003")
ROLE_NAMES = {
    "cas": "ClientAccess",
    "hub": "HubTransport",
    "um": "UnifiedMessaging",
    "mailbox": "Mailbox",
    "edge": "EdgeTransport",
    "front-end": "FrontEnd",
    "bridgehead": "Bridgehead",
}
_GIB = 2**30
_MIB = 2**20


def forest(source: SourceOrganization) -> world.ForestSpec:
    """The forest as it is, prepared to the level of the installed Exchange."""
    level = source.version + source.service_pack
    legacy = runs_legacy(source)
    root = [d for d in source.domains if d.root] + [d for d in source.domains if not d.root]
    return world.ForestSpec(
        domains=tuple(
            world.DomainSpec(
                name=d.name,
                netbios=d.netbios,
                functional_level=_BEHAVIOUR[d.level.partition("-")[0]],
                mixed=d.level.endswith("mixed"),
                exchange_version=level if d.exchange else "",
                legacy_domain_prep=legacy and d.exchange,
            )
            for d in root
        ),
        domain_controllers=tuple(_controllers(source)),
        sites=tuple(world.SiteSpec(s.name, s.subnets) for s in source.sites),
        site_links=tuple(world.SiteLinkSpec(k.name, k.sites, k.cost) for k in source.site_links),
        functional_level=_BEHAVIOUR[source.forest_level],
        exchange_version=level,
        mixed_mode=source.mixed_mode,
    )


def runs_legacy(source: SourceOrganization) -> bool:
    """Whether a server of the organization runs Exchange 2000 or 2003."""
    return any(m.exchange is not None and m.exchange.version in _LEGACY for m in source.machines)


def _controllers(source: SourceOrganization) -> Iterator[world.DomainControllerSpec]:
    master = next((d.name for d in source.domain_controllers if d.schema_master), "")
    for n, dc in enumerate(source.domain_controllers):
        holds_all = dc.name == master or (not master and n == 0)
        yield world.DomainControllerSpec(
            name=dc.name,
            domain=dc.domain,
            site=dc.site,
            addresses=dc.addresses,
            os=dc.os or "2008R2",
            service_pack=dc.os_service_pack,
            global_catalog=dc.global_catalog,
            read_only=dc.read_only,
            fsmo=("schema", "naming", "pdc", "rid", "infrastructure") if holds_all else (),
            lag_min=source.replication_minutes.get(dc.name, 0),
        )


def servers(
    source: SourceOrganization, credentials: Mapping[str, Credential], passwords: Mapping[str, str]
) -> tuple[world.ServerSpec, ...]:
    """Every machine as it stands: old servers with their Exchange, future ones bare."""
    return tuple(_server(m, credentials, passwords) for m in source.machines)


def clusters(source: SourceOrganization) -> tuple[world.ClusterSpec, ...]:
    """Clustered mailbox servers on their nodes, each where it runs today."""
    return tuple(world.ClusterSpec(c.name, c.nodes, c.active, c.kind, c.addresses) for c in source.clusters)


def _server(
    machine: Machine, credentials: Mapping[str, Credential], passwords: Mapping[str, str]
) -> world.ServerSpec:
    suffix = machine.fqdn.partition(".")[2]
    return world.ServerSpec(
        name=machine.name,
        domain=machine.domain,
        site=machine.site if machine.domain else "",
        dns_suffix=suffix,
        addresses=machine.addresses,
        os=machine.os,
        service_pack=machine.os_service_pack,
        edition=machine.os_edition,
        bits=machine.bits,
        memory_mb=machine.memory // _MIB or 16384,
        processors=machine.processors,
        disks=tuple(
            world.DiskSpec(drive, size // _GIB, size // _GIB * 4 // 5)
            for drive, size in machine.disks.items()
        )
        or (world.DiskSpec(),),
        features=machine.features,
        powershell=machine.powershell,
        exchange=_installed(machine),
        local_accounts=tuple(_local(credentials[name], passwords) for name in machine.local_accounts),
        listeners=tuple(world.ListenerSpec(k.scheme, k.port, k.auth) for k in machine.listeners),
    )


def _installed(machine: Machine) -> world.InstalledExchange | None:
    found = machine.exchange
    if found is None:
        return None
    roles = tuple(ROLE_NAMES[role] for role in found.roles)
    return world.InstalledExchange(
        found.version + found.service_pack,
        roles,
        found.rollup,
        found.edition,
        found.administrative_group,
        found.routing_group,
        found.link_state_suppressed,
        found.activesync_integrated,
        found.kb937031,
    )


def _local(credential: Credential, passwords: Mapping[str, str]) -> world.AccountSpec:
    return world.AccountSpec(
        bare_name(credential.username), passwords.get(credential.name, ""), groups=("Administrators",)
    )


def bare_name(username: str) -> str:
    """The account name in `DOMAIN\\name`, `name@domain` or `name`."""
    return username.rpartition("\\")[2].partition("@")[0]


def accounts(
    source: SourceOrganization, credentials: Mapping[str, Credential], passwords: Mapping[str, str]
) -> tuple[world.AccountSpec, ...]:
    """Directory accounts that the plan logs on with."""
    root = next((d.name for d in source.domains if d.root), source.domains[0].name)
    netbios = {d.netbios.lower(): d.name for d in source.domains}

    def domain(username: str) -> str:
        prefix = username.partition("\\")[0].lower() if "\\" in username else ""
        return netbios.get(prefix) or username.partition("@")[2] or root

    return tuple(
        world.AccountSpec(
            name=bare_name(a.username),
            password=passwords.get(a.credential, ""),
            domain=domain(credentials[a.credential].username),
            groups=a.groups,
        )
        for a in source.accounts
    )


def dns(source: SourceOrganization) -> tuple[world.DnsRecord, ...]:
    """DNS records of both views as they stand."""
    return tuple(world.DnsRecord(r.name, r.type, r.value, r.ttl, r.view) for r in source.dns)


def hosts(source: SourceOrganization) -> tuple[world.ExternalHostSpec, ...]:
    """Hosts that are no managed servers: gateways, smart hosts, load balancers."""
    return tuple(
        world.ExternalHostSpec(
            h.name, h.addresses, tuple(world.PortSpec(port, banner) for port, banner in h.ports.items())
        )
        for h in source.outside_hosts
    )


def media(source: SourceOrganization) -> tuple[world.MediaSpec, ...]:
    """Setup media and rollups where the plan says they lie.

    A machine in the perimeter reaches no share: its administrators have copied the media where they are staged.
    """
    perimeter = [machine.name for machine in source.machines if not machine.domain]
    shared = [_medium(m) for m in source.media]
    carried = [_medium(m, server) for m in source.media for server in perimeter]
    return (*shared, *carried)


def _medium(medium: Medium, server: str = "") -> world.MediaSpec:
    product = medium.version + medium.service_pack if medium.kind == "setup" else medium.kind
    folder, package = medium.source, ""
    if medium.kind != "setup":
        folder, _, package = medium.source.rpartition("\\")
    return world.MediaSpec(
        medium.folder if server else folder,
        product,
        medium.build,
        server=server,
        package=package,
        sha256=medium.sha256,
    )


def credentials_of(topology: Topology) -> dict[str, Credential]:
    """Credentials by name."""
    return {c.name: c for c in topology.credentials}
