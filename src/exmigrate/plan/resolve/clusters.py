"""Clustered mailbox servers of Exchange 2007: what must hold of one and of its nodes, and how it stands in the topology."""

from __future__ import annotations

from collections.abc import Iterator

from exmigrate.model.topology import Cluster, ClusteredServer
from exmigrate.plan.plain import Path
from exmigrate.plan.schema.servers import NodeEntry, SourceServerEntry

from . import versions
from .context import Context

_CLUSTERED = ("CCR", "SCC")
_OF_WINDOWS = (
    "os",
    "os_service_pack",
    "os_edition",
    "bits",
    "memory",
    "processors",
    "disks",
    "powershell",
    "features",
    "listeners",
)
"""Keys of a machine, which a clustered server is not."""


def clustered(server: SourceServerEntry) -> ClusteredServer | None:
    """The clustered server with its nodes; None for a server that is a machine."""
    if not server.nodes:
        return None
    active = next((n for n in server.nodes if n.active), server.nodes[0])
    return ClusteredServer(server.name, tuple(n.name for n in server.nodes), active.name)


def source_clusters(ctx: Context) -> Iterator[Cluster]:
    """Clustered servers as they are today."""
    for i, server in enumerate(ctx.document.source.servers):
        found = clustered(server)
        if found is not None:
            yield Cluster(
                found.name, ctx.fqdn(server), server.cluster, found.nodes, found.active, tuple(server.addresses),
                f"source.servers[{i}]",
            )  # fmt: skip


def clusters(ctx: Context) -> None:
    """Run every check; each tells its own problems."""
    for i, server in enumerate(ctx.document.source.servers):
        path: Path = ("source", "servers", i)
        if versions.is_open(ctx, server):
            continue
        of_2007 = server.cluster in _CLUSTERED and not versions.is_legacy(ctx, server)
        if server.nodes and not of_2007:
            _no_cluster(ctx, server, path)
        if of_2007:
            _count(ctx, server, path)
            _roles(ctx, server, path)
        if of_2007 and server.nodes:
            _active(ctx, server, path)
            _no_machine(ctx, server, path)
            for j, node in enumerate(server.nodes):
                _node(ctx, server, node, (*path, "nodes", j))


def _no_cluster(ctx: Context, server: SourceServerEntry, path: Path) -> None:
    if versions.is_legacy(ctx, server):
        why = f"clusters of Exchange {versions.version_of(ctx, server)} are taken apart by a person, whole"
    elif server.cluster:
        why = f"{server.cluster} copies storage groups of a server that is a machine itself"
    else:
        why = "a server that is not clustered is one machine"
    ctx.tell(
        "EXM-L061", f"'{server.name}' has nodes and is no clustered mailbox server of 2007", (*path, "nodes"), why=why,
        remedy="take nodes out, or write cluster: CCR or SCC", at_key=True,
    )  # fmt: skip


def _count(ctx: Context, server: SourceServerEntry, path: Path) -> None:
    count = len(server.nodes)
    if not count:
        ctx.tell(
            "EXM-L062", f"'{server.name}' is a clustered server and names no nodes", (*path, "cluster"),
            why="Setup, services and restarts are of its machines, one by one; its own name is answered by whichever runs it",
            remedy="add nodes with name and addresses, and active: true on the one that runs it",
        )  # fmt: skip
    elif server.cluster == "CCR" and count != 2:
        ctx.tell(
            "EXM-L061", f"'{server.name}' has {count} node{'s' if count > 1 else ''}", (*path, "nodes"),
            why="CCR is two nodes, an active and a passive one that has its own copy of the data",
            remedy="name both nodes and no other", at_key=True,
        )  # fmt: skip
    elif count == 1:
        ctx.tell(
            "EXM-L061", f"'{server.name}' has one node", (*path, "nodes"),
            why="a service pack goes onto a passive node first, and nothing could take the clustered server over",
            remedy="name every node of the cluster", at_key=True,
        )  # fmt: skip


def _roles(ctx: Context, server: SourceServerEntry, path: Path) -> None:
    for j, role in enumerate(server.roles):
        if role != "mailbox":
            ctx.tell(
                "EXM-L061", f"'{server.name}' is a clustered server with the {role} role", (*path, "roles", j),
                why="Exchange 2007 clusters the Mailbox role alone; a node can have no other",
                remedy="leave mailbox, and name the server that has the other role",
            )  # fmt: skip


def _active(ctx: Context, server: SourceServerEntry, path: Path) -> None:
    said = [j for j, node in enumerate(server.nodes) if node.active]
    if not said:
        ctx.tell(
            "EXM-L062", f"nothing says which node runs '{server.name}'", (*path, "nodes"),
            why="the service pack goes onto a passive node first, and Setup refuses the active one",
            remedy="write active: true on the node that Get-ClusteredMailboxServerStatus shows as active", at_key=True,
        )  # fmt: skip
    for j in said[1:]:
        ctx.tell(
            "EXM-L061", f"'{server.nodes[j].name}' is a second active node of '{server.name}'",
            (*path, "nodes", j, "active"), why="a clustered server runs on one node at a time",
            remedy="leave active: true on the one that Get-ClusteredMailboxServerStatus shows as active",
        )  # fmt: skip


def _no_machine(ctx: Context, server: SourceServerEntry, path: Path) -> None:
    said = [key for key in _OF_WINDOWS if key in server.model_fields_set]
    for key in said[:1]:
        ctx.tell(
            "EXM-L061", f"'{server.name}' is a clustered server and has no {' and no '.join(said)} of its own",
            (*path, key), why="Windows, disks and listeners are of its nodes", remedy="write it on each node", at_key=True,
        )  # fmt: skip


def _node(ctx: Context, server: SourceServerEntry, node: NodeEntry, path: Path) -> None:
    if node.workgroup or node.dns_suffix:
        key = "workgroup" if node.workgroup else "dns_suffix"
        ctx.tell(
            "EXM-L061", f"'{node.name}' is a node and is said to be in no domain", (*path, key),
            why="a cluster is made of members of one domain", remedy=f"take {key} out", at_key=True,
        )  # fmt: skip
    if node.site and ctx.site_name(node.site) != ctx.site_name(server.site):
        ctx.tell(
            "EXM-L061", f"'{node.name}' is in another site than '{server.name}'", (*path, "site"),
            why="the nodes of a clustered mailbox server are in one AD site, whichever runs it",
            remedy="take site out, or correct it",
        )  # fmt: skip
