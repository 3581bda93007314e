"""A clustered mailbox server started, stopped and moved, and the copies of its storage groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exmigrate.twin.world import dn as names
from exmigrate.twin.world.exchange.databases import DatabaseError

if TYPE_CHECKING:
    from exmigrate.twin.world.clusters import Cluster
    from exmigrate.twin.world.directory import Entry
    from exmigrate.twin.world.exchange.organization import ExchangeOrganization
    from exmigrate.twin.world.exchange.store import Store

HEALTHY = "Healthy"


class ClusterError(Exception):
    """An operation on a clustered mailbox server that is refused; the text is Exchange's."""


def start(org: ExchangeOrganization, cluster: Cluster) -> None:
    """Bring it on line on the node that owns it; what was mounted is mounted again.

    Raises:
        ClusterError: that node is down, or has programs of another service pack.
    """
    if not cluster.machine.up:
        raise ClusterError(f"The node '{cluster.owner}' cannot be contacted.")
    if not cluster.fits(cluster.owner):
        raise ClusterError(
            f"The clustered mailbox server '{cluster.name}' cannot be brought online: the Exchange version on node "
            f"'{cluster.owner}' is not that of the clustered mailbox server. Run Setup /UpgradeCms on that node."
        )
    cluster.online = True
    cluster.settle()
    store = org.store_for(cluster.machine)
    for state in org.databases.on_server(cluster.name):
        entry = org.databases.entry(store, state.guid) if state.guid in cluster.dismounted else None
        if entry is not None:
            _mount(org, cluster, entry)
    cluster.dismounted.clear()


def _mount(org: ExchangeOrganization, cluster: Cluster, entry: Entry) -> None:
    """A database that this node cannot mount stays dismounted; the clustered server comes on line all the same."""
    try:
        org.databases.mount(entry)
    except DatabaseError as error:
        cluster.machine.log_event("MSExchangeIS", 9519, str(error), "Error")


def stop(org: ExchangeOrganization, cluster: Cluster) -> None:
    """Take it off line: its databases are dismounted, and no restart brings it back."""
    for state in org.databases.on_server(cluster.name):
        if state.mounted:
            cluster.dismounted.add(state.guid)
        state.mounted = False
    cluster.online = False
    cluster.settle()


def move(org: ExchangeOrganization, store: Store, cluster: Cluster, target: str) -> None:
    """Hand it over to another node, running or stopped as it is.

    Raises:
        ClusterError: the node is none of its own, is down, or has no healthy copy; afterwards: it does not start there.
    """
    if not cluster.has(target):
        listed = ", ".join(cluster.nodes)
        raise ClusterError(
            f"The target machine '{target}' is not a redundant machine of the clustered mailbox server '{cluster.name}'. "
            f"Redundant machines: {listed}."
        )
    node = org.world.servers[target.lower()]
    if node.name.lower() == cluster.owner.lower():
        raise ClusterError(f"The clustered mailbox server '{cluster.name}' is already on node '{node.name}'.")
    if not node.up:
        raise ClusterError(f"The target machine '{node.name}' cannot be contacted.")
    unhealthy = [
        f"{names.rdn_value(entry.dn)} ({status})"
        for entry in storage_groups(org, store, cluster)
        if (status := copy_status(org, cluster, entry)) != HEALTHY
    ]
    if cluster.kind == "CCR" and unhealthy:
        raise ClusterError(
            f"The clustered mailbox server '{cluster.name}' was not moved: the storage group copies on '{node.name}' are not "
            f"healthy: {', '.join(unhealthy)}."
        )
    ran = cluster.online
    if ran:
        stop(org, cluster)
    cluster.owner = node.name
    if ran:
        start(org, cluster)


def storage_groups(org: ExchangeOrganization, store: Store, cluster: Cluster) -> list[Entry]:
    """Its storage groups, in the order they were made."""
    base = org.layout.information_store(cluster.name)
    return store.all("StorageGroup", base) if store.get(base) is not None else []


def copy_status(org: ExchangeOrganization, cluster: Cluster, group: Entry) -> str:
    """``SummaryCopyStatus`` of the copy that the passive node of a CCR has of a storage group.

    Fault ``storage-group-copy`` (``SERVER/STORAGE GROUP``) makes it ``Failed``, or what its option ``status`` says.
    """
    if cluster.kind != "CCR" or len(cluster.nodes) < 2:
        return "Disabled"
    broken = org.world.faults.strikes("storage-group-copy", f"{cluster.name}/{names.rdn_value(group.dn)}")
    if broken is not None:
        return str(broken.options.get("status", "Failed"))
    [passive] = cluster.others()
    running = passive.up and passive.services.is_running("MSExchangeRepl")
    return HEALTHY if running else "ServiceDown"
