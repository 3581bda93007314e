"""The small legacy plans with what each leaves out, for what is set up on the first new servers beside 2000 and 2003."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from exmigrate.model import Topology
from exmigrate.model.topology import (
    AcceptedDomain,
    DialPlan,
    DsnMessage,
    EdgeSubscription,
    MailboxSet,
    RoutingGroupConnector,
    SmtpConnector,
)
from tests.catalog import legacy_worlds
from tests.catalog.bench import Bench
from tests.plan.topologies import legacy_a, legacy_b, legacy_d, two_site

TEXT = DsnMessage(r"en\External\5.7.1", "This server relays for nobody.")


@cache
def to_2007() -> Topology:
    """2003 to 2007 with relay domains, a shared one, DSN texts, a hub site, and Unified Messaging made new."""
    return _with_more(_hotfixed(legacy_a()), "MAIL07")


@cache
def to_2010() -> Topology:
    """2003 to 2010 with the same, and Outlook 2003 that does not encrypt."""
    topology = _with_more(_hotfixed(legacy_b()), "EXCH2")
    source = topology.source
    assert source is not None
    runtime = tuple(m for m in two_site().media if m.name == "ucma-2")
    return replace(
        topology,
        client_access=replace(topology.client_access, rpc_encryption_required=False),
        media=(*topology.media, *runtime),
        source=replace(source, media=(*source.media, *runtime)),
    )


@cache
def mixed() -> Topology:
    """2003 and 2007 to 2010, the connector pair made for 2007."""
    return _hotfixed(legacy_d())


@cache
def two_bridgeheads() -> Topology:
    """2003 to 2010 with two bridgeheads in the routing group of the first connector, which Setup is told one of."""
    topology = _hotfixed(legacy_worlds.to_2010())
    pair = RoutingGroupConnector(
        "Interop RGC", "First Routing Group", ("MAIL2010",), ("EX03-1", "EX03-2"), first=True
    )
    return replace(
        topology,
        mail_flow=replace(
            topology.mail_flow, routing_group_connectors=(pair,), legacy_routing_server="EX03-1"
        ),
    )


@cache
def partner_connector() -> Topology:
    """The plan to 2007 with a second SMTP connector that stays: it leads to a partner only."""
    topology = to_2007()
    source = topology.source
    assert source is not None
    partner = SmtpConnector("Partner", "First Routing Group", ("EX03",), ("SMTP:partner.example;1",))
    return replace(topology, source=replace(source, smtp_connectors=(*source.smtp_connectors, partner)))


@cache
def with_edge() -> Topology:
    """The plan to 2007 with an Edge server of 2007 in the perimeter, which makes the Internet connector."""
    topology, other = to_2007(), two_site()
    source, facts = topology.source, other.source
    assert source is not None
    assert facts is not None
    machine = facts.machine("EDGE10-1")
    assert machine is not None
    name, fqdn = "EDGE07", "edge07.perimeter.contoso.com"
    edge = replace(
        other.server_by_name["EDGE10-1"], name=name, fqdn=fqdn, version="2007", os="2008",
        product_key=topology.server_by_name["MAIL07"].product_key,
    )  # fmt: skip
    return replace(
        topology,
        servers=(*topology.servers, edge),
        credentials=(*topology.credentials, *(c for c in other.credentials if c.local)),
        edges=(EdgeSubscription(name, topology.first_site.name, existing=False),),
        mail_flow=replace(
            topology.mail_flow,
            send_connectors=(),
            receive_connectors=(),
            inbound="edge",
            inbound_targets=(name,),
        ),
        source=replace(
            source,
            machines=(*source.machines, replace(machine, name=name, fqdn=fqdn, os="2008", os_service_pack=2)),
        ),
    )


def requested_on(topology: Topology, server: str) -> Topology:
    """The same plan with its certificate requested on a server."""
    path = r"C:\exmigrate\request.req"
    wanted = tuple(replace(c, requested_on=server, request_file=path) for c in topology.certificates)
    return replace(topology, certificates=wanted)


def with_own_name(topology: Topology, server: str) -> Topology:
    """The same plan with a server's own name in the certificate."""
    name = topology.server_by_name[server].fqdn
    return replace(
        topology, certificates=tuple(replace(c, names=(*c.names, name)) for c in topology.certificates)
    )


def wildcard(topology: Topology) -> Topology:
    """The same plan with a wildcard certificate and POP."""
    return replace(
        topology,
        certificates=tuple(replace(c, wildcard=True) for c in topology.certificates),
        client_access=replace(topology.client_access, pop_imap=True),
    )


def _hotfixed(topology: Topology) -> Topology:
    """ActiveSync of 2003 is ready: what makes it so has tests of its own."""
    source = topology.source
    assert source is not None
    ready = {"kb937031": True, "activesync_integrated": True}
    machines = tuple(
        replace(m, exchange=replace(m.exchange, **ready))
        if m.exchange and m.exchange.version == "2003"
        else m  # type: ignore[arg-type]
        for m in source.machines
    )
    servers = tuple(replace(s, **ready) if s.version == "2003" else s for s in topology.servers)  # type: ignore[arg-type]
    return replace(topology, servers=servers, source=replace(source, machines=machines))


def _with_more(topology: Topology, server: str) -> Topology:
    site = topology.first_site.name
    names = [m.alias for m in topology.source.mailboxes] if topology.source else []
    plan = DialPlan(
        "Offices", site, (), (server,), (), create=True, digits=4, policies=("Offices staff",),
        gateway_addresses={"Gateway 1": "10.9.0.5"}, country_code="41",
    )  # fmt: skip
    flow = replace(
        topology.mail_flow,
        accepted_domains=(
            *(replace(d, default=False) for d in topology.mail_flow.accepted_domains),
            AcceptedDomain("shared.example", "internal-relay", shared_with="10.1.9.99"),
            AcceptedDomain("new.example", default=True),
        ),
        dsn_messages=(TEXT,),
        dsn_mode="DoNotConvert",
    )
    return replace(
        topology,
        servers=tuple(
            replace(s, roles=("cas", "hub", "um", "mailbox")) if s.name == server else s
            for s in topology.servers
        ),
        mail_flow=flow,
        sites=tuple(replace(s, hub_site=s.name == site) for s in topology.sites),
        dial_plans=(plan,),
        mailbox_sets=(MailboxSet("First users", "Offices", "Offices staff", {names[0]: "4101"}, site),),
    )


HUB = {"2007": "MAIL07", "2010": "EXCH2"}
SHELL = {"2007": "shell-e07", "2010": "shell-e10"}
WORLD = {"2007": to_2007, "2010": to_2010}


def reached(topology: Topology, step: str) -> Bench:
    """A bench on which everything is done that a step needs."""
    at = Bench(topology)
    at.up_to(step)
    return at


def state(at: Bench, step: str) -> tuple[str, str]:
    """What a step's Check says: state and message."""
    seen = at.run(step, "Check")
    return str(seen["state"]), str(seen["message"])
