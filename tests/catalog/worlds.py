"""Organizations for the bench: the shipped plans, cut down to what a step kind needs, and altered."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import Any

from exmigrate.model import Topology
from exmigrate.model.topology import Dag, SendConnector
from tests.plan.topologies import single_site, two_site

__all__ = ["few_mailboxes", "single_site", "two_site", "with_more"]

KEPT = {"board", "journal"}


@cache
def few_mailboxes() -> Topology:
    """The plan of two sites with two mailboxes a batch, so that its moves take seconds."""
    return _cut(two_site(), 2)


def _cut(topology: Topology, count: int) -> Topology:
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
    )


def _with(entities: Any, name: str, **values: Any) -> Any:
    return tuple(replace(e, **values) if e.name == name else e for e in entities)
