"""Organizations for the bench: the shipped plans, cut down to what a step kind needs, and altered."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from exmigrate.model import Topology
from exmigrate.model.topology import ClusteredServer, Dag, SendConnector
from tests.plan.topologies import clustered, single_site, topology_of, two_site

__all__ = [
    "blackberry",
    "cut",
    "divided",
    "edge_stays",
    "few_mailboxes",
    "forgotten_mailbox",
    "four_sites",
    "old_service_pack",
    "shared_cluster",
    "single_site",
    "three_routing_groups",
    "three_sites",
    "two_site",
    "with_more",
]

KEPT = {"board", "journal"}


@cache
def few_mailboxes() -> Topology:
    """The plan of two sites with two mailboxes a batch, so that its moves take seconds."""
    return cut(two_site(), 2)


@cache
def four_sites() -> Topology:
    """The large plan of 2003 to 2010 with two mailboxes a batch."""
    return cut(topology_of("four-site-2003-2010"), 2)


@cache
def three_sites() -> Topology:
    """The large plan of 2003 and 2007 to 2010 with two mailboxes a batch."""
    return cut(topology_of("three-site-2003-2007-2010"), 2)


@cache
def three_routing_groups() -> Topology:
    """The large plan of 2000 and 2003 to 2007 with three mailboxes a batch."""
    return cut(topology_of("three-routing-groups-2000-2003-2007"), 3)


def cut(topology: Topology, count: int) -> Topology:
    """A plan with so many mailboxes a batch, and those that more than a batch needs."""
    source = topology.source
    assert source is not None
    grouped = {name for group in source.groups for name in group.members}
    kept = set(KEPT) | grouped
    for batch in topology.batches:
        kept |= set(batch.members[:count])
    kept &= {m.alias for m in source.mailboxes}
    batches = []
    for batch in topology.batches:
        members = tuple(m for m in batch.members if m in kept)
        batches.append(
            replace(batch, members=members, assignments={m: batch.assignments[m] for m in members})
        )
    left = tuple(m for m in source.mailboxes if m.alias in kept)
    return replace(topology, batches=tuple(batches), source=replace(source, mailboxes=left))


@cache
def with_more() -> Topology:
    """The plan of two sites with what it leaves out: a DAG, a hub site, a new connector, BlackBerry, Outlook 2003."""
    topology = few_mailboxes()
    dag = Dag("DAG1", "Zurich", ("EX10-MB1", "EX10-MB2"), "EX10-CH1", r"C:\DAG1", ("10.1.0.60",))
    new = SendConnector(
        "Internet 2010", ("EX10-CH1",), ("SMTP:example.net;5",), fqdn="mail.contoso.com", create=True
    )
    return replace(
        topology,
        dags=(dag,),
        databases=_with(topology.databases, "ZRH10-DB01", copies=("EX10-MB2",)),
        mail_flow=replace(topology.mail_flow, send_connectors=(*topology.mail_flow.send_connectors, new)),
        site_links=tuple(replace(link, exchange_cost=7) for link in topology.site_links),
        sites=_with(topology.sites, "Zurich", hub_site=True),
        client_access=replace(topology.client_access, rpc_encryption_required=False, pop_imap=True),
        certificates=tuple(replace(c, wildcard=True) for c in topology.certificates),
        source=source_with_more(topology),
    )


def source_with_more(topology: Topology) -> Any:
    """Things that the new version must take over: a server's own name in the SCP, rooms that no batch names."""
    source = topology.source
    assert source is not None
    room = replace(
        source.mailboxes[0], alias="room.alps", name="Alps", kind="room", um_policy="", um_extension=""
    )
    return replace(
        source,
        client_access=tuple(
            replace(c, scp="https://cashub07-1.contoso.local/Autodiscover/Autodiscover.xml")
            if c.server == "CASHUB07-1"
            else c
            for c in source.client_access
        ),
        mailboxes=(*source.mailboxes, room),
    )


@cache
def forgotten_mailbox() -> Topology:
    """The small plan without its second batch: everybody but the pilots stays where they are."""
    topology = single_site()
    return replace(topology, batches=tuple(b for b in topology.batches if b.pilot))


@cache
def old_service_pack() -> Topology:
    """The small plan with Exchange 2007 SP1 as it was found."""
    topology = single_site()
    source = topology.source
    assert source is not None
    machines = tuple(
        replace(m, exchange=replace(m.exchange, service_pack="SP1")) if m.exchange else m
        for m in source.machines
    )
    return replace(
        topology,
        servers=_with(topology.servers, "MAIL2007", service_pack="SP1"),
        source=replace(source, service_pack="SP1", machines=machines),
    )


@cache
def edge_stays() -> Topology:
    """The plan of two sites with its 2007 Edge servers kept and subscribed again."""
    topology = few_mailboxes()
    edges = tuple(replace(e, edge=e.replaces, replaces="", existing=True) for e in topology.edges)
    return replace(topology, edges=edges)


@cache
def blackberry() -> Topology:
    """The small plan with a BlackBerry service whose account moves with the pilot."""
    topology = single_site()
    source = topology.source
    assert source is not None
    service = replace(source.mailboxes[0], alias="BESAdmin", name="BESAdmin", kind="blackberry")
    batches = tuple(
        replace(b, members=(*b.members, "BESAdmin"), assignments={**b.assignments, "BESAdmin": b.targets[0]})
        if b.pilot
        else replace(b, blackberry=True)
        for b in topology.batches
    )
    return replace(topology, batches=batches, source=replace(source, mailboxes=(*source.mailboxes, service)))


@cache
def shared_cluster() -> Topology:
    """The plan of a clustered server with its data on shared disks and a third node, and nothing to patch: it is at SP3."""
    topology = clustered()
    source = topology.source
    assert source is not None
    whole = ClusteredServer("MBX07", ("NODE-A", "NODE-B", "NODE-C"), "NODE-B")
    node = replace(
        topology.server_by_name["NODE-B"],
        name="NODE-C",
        fqdn="node-c.contoso.local",
        addresses=("10.1.0.14",),
    )
    servers = tuple(
        replace(
            s,
            service_pack="SP3" if s.source or s.node else s.service_pack,
            clustered=whole if s.clustered else None,
            cluster="SCC" if s.cluster else "",
        )
        for s in (*topology.servers, node)
    )
    machine = source.machine("NODE-B")
    assert machine is not None
    third = replace(machine, name="NODE-C", fqdn="node-c.contoso.local", addresses=("10.1.0.14",))
    machines = tuple(
        replace(m, exchange=replace(m.exchange, service_pack="SP3")) if m.exchange else m
        for m in (*source.machines, third)
    )
    [found] = source.clusters
    cluster = replace(found, kind="SCC", nodes=whole.nodes, active=whole.active)
    return replace(
        topology,
        servers=servers,
        source=replace(source, service_pack="SP3", machines=machines, clusters=(cluster,)),
    )


def divided(topology: Topology, *aliases: str) -> Topology:
    """A plan with mailboxes in a child domain, every second where none is named, whose controller is in the first site."""
    source = topology.source
    assert source is not None
    root = next(d for d in topology.domains if d.root)
    child = replace(root, name=f"child.{root.name}", netbios="CHILD", root=False)
    site = topology.first_site.name
    beside = next(c for c in topology.domain_controllers if c.site == site)
    controller = replace(
        beside,
        name="CHILD-DC1",
        fqdn=f"child-dc1.{child.name}",
        domain=child.name,
        addresses=("10.1.250.2",),
        schema_master=False,
    )
    domains = (*topology.domains, child)
    controllers = (*topology.domain_controllers, controller)
    moved = tuple(
        replace(m, domain=child.name) if (m.alias in aliases if aliases else n % 2) else m
        for n, m in enumerate(source.mailboxes)
    )
    groups = tuple(replace(g, domain=child.name) if n % 2 else g for n, g in enumerate(source.groups))
    whole = replace(source, domains=domains, domain_controllers=controllers, mailboxes=moved, groups=groups)
    return replace(topology, domains=domains, domain_controllers=controllers, source=whole)


def _with(entities: Any, name: str, **values: Any) -> Any:
    return tuple(replace(e, **values) if e.name == name else e for e in entities)
