"""Small organizations with Exchange 2000 and 2003 servers, for what is done before the first new server."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from exmigrate.model import Topology
from exmigrate.model.topology import (
    AcceptedDomain,
    AddressPolicy,
    Domain,
    InstalledExchange,
    Machine,
    Medium,
    Server,
    SourceOrganization,
    Version,
)
from tests.plan.topologies import single_site

SITE = "Zurich"
DOMAIN = "contoso.local"
SERVICE_PACK = Medium(
    "exchange-2003-sp2", "2003", "setup", "SP2", "6.5.7638.2", r"\\files.contoso.local\media\e2003sp2",
    r"C:\Media\E2003SP2", "",
)  # fmt: skip
HOTFIX = Medium(
    "kb937031", "2003", "package", "", "6.5.7653.5",
    r"\\files.contoso.local\media\kb937031\Exchange2003-KB937031-x86-ENU.exe", r"C:\Media\KB937031", "",
)  # fmt: skip
EVERYBODY = AddressPolicy("Default Policy", ("SMTP:@contoso.com",), 0, legacy=True)


@cache
def to_2007() -> Topology:
    """2003 and 2000 to 2007: EX03-1 is driven and at SP1, EX03-2 and the 2000 server are not driven; two new servers."""
    return _legacy(
        _with_second(_only_target(single_site(), "2007")),
        ("2000", "2003"),
        _server("EX03-1", "10.1.0.31", "SP1"),
        _server("EX03-2", "10.1.0.32", "SP1", driven=False),
        _server("EX00-1", "10.1.0.30", "SP3", version="2000", driven=False),
    )


@cache
def to_2010() -> Topology:
    """2003 to 2010: one driven server, one that is not; everything at SP2."""
    return _legacy(
        _only_target(single_site(), "2010"),
        ("2003",),
        _server("EX03-1", "10.1.0.31", "SP2"),
        _server("EX03-2", "10.1.0.32", "SP2", driven=False),
    )


@cache
def mixed() -> Topology:
    """The plan of one site with a 2003 server beside its 2007 server."""
    return _legacy(single_site(), ("2003", "2007"), _server("EX03-1", "10.1.0.31", "SP2"))


def _with_second(topology: Topology) -> Topology:
    """With a second new server for mailboxes, on Windows 2008."""
    first, source = topology.servers[-1], _source(topology)
    bare = source.machines[-1]
    other: dict[str, Any] = {
        "name": "MAIL2",
        "fqdn": f"mail2.{DOMAIN}",
        "addresses": ("10.1.0.21",),
        "os": "2008",
    }
    connection = first.connection and replace(first.connection, expose_run_as_password=True)
    server = replace(first, **other, os_service_pack=2, roles=("mailbox",), connection=connection)
    machine = replace(bare, **other, os_service_pack=2)
    return replace(
        topology,
        servers=(*topology.servers, server),
        source=replace(source, machines=(*source.machines, machine)),
    )


def with_source(topology: Topology, **values: Any) -> Topology:
    """The same plan for an organization that has other things today."""
    return replace(topology, source=replace(_source(topology), **values))


def with_policies(topology: Topology, *policies: AddressPolicy) -> Topology:
    """The same plan with these recipient policies today."""
    return with_source(replace(topology, address_policies=policies), address_policies=policies)


def shared_domain(topology: Topology) -> Topology:
    """A domain whose mail for unknown users goes to another system, with the connector that the plan has for it."""
    policy = replace(
        EVERYBODY,
        templates=("SMTP:@contoso.com", "smtp:@shared.example"),
        non_authoritative=("shared.example",),
    )
    domain = AcceptedDomain("shared.example", "internal-relay", shared_with="10.1.0.99")
    flow = replace(topology.mail_flow, accepted_domains=(*topology.mail_flow.accepted_domains, domain))
    return with_policies(replace(topology, mail_flow=flow), policy)


def in_mixed_domain(topology: Topology) -> Topology:
    """The domain in the mixed mode of Windows 2000."""
    return with_source(
        topology, domains=(Domain(DOMAIN, "CONTOSO", root=True, level="2000-mixed"),), forest_level="2000"
    )


def _source(topology: Topology) -> SourceOrganization:
    assert topology.source is not None
    return topology.source


def _legacy(topology: Topology, versions: tuple[str, ...], *servers: tuple[Server, Machine]) -> Topology:
    source = _source(topology)
    keeps_2007 = "2007" in versions
    media = (*topology.media, SERVICE_PACK, HOTFIX)
    return replace(
        topology,
        sources=tuple(Version(v, {"2000": "SP3", "2003": "SP2", "2007": "SP3"}[v]) for v in versions),
        servers=(*(s for s, _ in servers), *topology.servers),
        media=media,
        address_policies=(EVERYBODY,),
        source=replace(
            source,
            version="2007" if keeps_2007 else "2003",
            service_pack="SP3" if keeps_2007 else "SP2",
            machines=(*(m for _, m in servers), *source.machines),
            address_policies=(EVERYBODY,),
            media=(*source.media, SERVICE_PACK, HOTFIX),
        ),
    )


def _server(
    name: str, address: str, level: str, version: str = "2003", driven: bool = True
) -> tuple[Server, Machine]:
    found = next(s.connection for s in single_site().servers if s.connection and not s.target)
    connection = replace(found, transport="ntlm", expose_run_as_password=True)
    fqdn = f"{name.lower()}.{DOMAIN}"
    group, routing = "First Administrative Group", "First Routing Group"
    server = Server(
        name, fqdn, SITE, DOMAIN, version, ("mailbox",), False, version, "Standard", level, 32, (address,), driven,
        os_service_pack=2 if version == "2003" else 4, administrative_group=group, routing_group=routing,
        connection=connection if driven else None,
    )  # fmt: skip
    installed = InstalledExchange(
        version, level, ("mailbox",), "Standard", administrative_group=group, routing_group=routing
    )
    machine = Machine(
        name, fqdn, DOMAIN, SITE, version, server.os_service_pack, "Standard", 32, addresses=(address,),
        powershell="2.0" if driven else "", exchange=installed,
    )  # fmt: skip
    return server, machine


def _only_target(topology: Topology, version: str) -> Topology:
    """Without its 2007 server and what that has; the new server gets a version."""
    source = _source(topology)
    new = tuple(replace(s, version=version, service_pack="SP3") for s in topology.servers if s.target)
    gone = {s.name for s in topology.servers if not s.target}
    return replace(
        topology,
        target=Version(version, "SP3"),
        servers=new,
        databases=tuple(d for d in topology.databases if d.target),
        batches=(),
        expansion_groups=(),
        certificates=tuple(replace(c, requested_on="") for c in topology.certificates),
        sites=tuple(replace(s, cas_array=s.cas_array if version == "2010" else None) for s in topology.sites),
        source=replace(
            source,
            machines=tuple(m for m in source.machines if m.name not in gone),
            databases=(), storage_groups=(), mailboxes=(), public_folders=(), client_access=(),
            virtual_directories=(), certificates=(), send_connectors=(), receive_connectors=(), rules=(),
            offline_address_books=(), dial_plans=(), edge_subscriptions=(), groups=(), dsn_messages=(),
            inbound=(),
        ),
    )  # fmt: skip
