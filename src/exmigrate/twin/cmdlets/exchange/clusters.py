"""Clustered mailbox servers of 2007 and the copies of their storage groups."""

from __future__ import annotations

from exmigrate.twin.cmdlets.exchange import objects
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.shell import Shell, TaskError
from exmigrate.twin.cmdlets.exchange.storage_groups import storage_group
from exmigrate.twin.cmdlets.exchange.values import date, list_of, make
from exmigrate.twin.powershell.values import Record
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.clusters import Cluster
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange import clusters
from exmigrate.twin.world.exchange.clusters import ClusterError
from exmigrate.twin.world.exchange.layout import server_of

REPLAY = "Microsoft.Exchange.Management.SystemConfigurationTasks"


def _cluster(shell: Shell, name: str) -> Cluster:
    """The cluster of the clustered mailbox server that an identity names.

    Raises:
        TaskError: no such server, or one that is not clustered.
    """
    entry = objects.one(shell, "ExchangeServer", name, shell.org.layout.servers)
    found = shell.world.clusters.get(names.rdn_value(entry.dn).lower())
    if found is None or not found.present:
        raise TaskError(
            f"The server '{names.rdn_value(entry.dn)}' is not a clustered mailbox server.", "InvalidArgument"
        )
    return found


@task("Get-ClusteredMailboxServerStatus", "2007")
def get_status(shell: Shell) -> None:
    """Which node runs a clustered mailbox server, and whether it runs; on a node of the one that is there."""
    name = shell.text("Identity")
    own = shell.world.cluster_of(shell.server)
    if not name and (own is None or not own.present):
        raise TaskError("The local computer is not a node of a clustered mailbox server.", "InvalidOperation")
    shell.call.write(_status(_cluster(shell, name or own.name)))  # type: ignore[union-attr]


def _status(cluster: Cluster) -> Record:
    machines = [
        f"{node} <Active, Quorum Owner>" if node.lower() == cluster.owner.lower() else node
        for node in cluster.nodes
        if cluster.world.servers[node.lower()].up
    ]
    values = {
        "Identity": cluster.name,
        "ClusteredMailboxServerName": cluster.server.fqdn,
        "State": "Online" if cluster.running else "Offline" if not cluster.online else "Failed",
        "OperationalMachines": list_of(machines),
        "FailedResources": list_of([]),
        "IsValid": True,
    }
    return make(f"{REPLAY}.ClusteredMailboxServerStatus", values)


@task("Start-ClusteredMailboxServer", "2007")
def start_server(shell: Shell) -> None:
    """Bring a clustered mailbox server on line."""
    cluster = _cluster(shell, shell.text("Identity"))
    if cluster.running:
        raise TaskError(
            f"The clustered mailbox server '{cluster.name}' is already online.", "InvalidOperation"
        )
    if shell.call.should_process(cluster.name, "Start-ClusteredMailboxServer"):
        try:
            clusters.start(shell.org, cluster)
        except ClusterError as error:
            raise TaskError(str(error), "InvalidOperation") from error


@task("Stop-ClusteredMailboxServer", "2007")
def stop_server(shell: Shell) -> None:
    """Take a clustered mailbox server off line, with the reason in the event log."""
    cluster = _cluster(shell, shell.text("Identity"))
    if not cluster.running:
        raise TaskError(f"The clustered mailbox server '{cluster.name}' is not online.", "InvalidOperation")
    if shell.call.should_process(cluster.name, "Stop-ClusteredMailboxServer"):
        cluster.machine.log_event(
            "MSExchangeRepl",
            2059,
            f"Clustered mailbox server {cluster.name} was stopped: {shell.text('StopReason')}",
        )
        clusters.stop(shell.org, cluster)


@task("Move-ClusteredMailboxServer", "2007")
def move_server(shell: Shell) -> None:
    """Hand a clustered mailbox server over to another node, with the comment in the event log."""
    for name in ("IgnoreDismounted", "ValidateOnly"):
        if shell.flag(name):
            raise TaskError(f"Not simulated: Move-ClusteredMailboxServer -{name}.", "NotImplemented")
    cluster = _cluster(shell, shell.text("Identity"))
    if not shell.call.should_process(cluster.name, "Move-ClusteredMailboxServer"):
        return
    before = cluster.owner
    try:
        clusters.move(shell.org, shell.store, cluster, shell.text("TargetMachine").partition(".")[0])
    except ClusterError as error:
        raise TaskError(str(error), "InvalidOperation") from error
    cluster.machine.log_event(
        "MSExchangeRepl",
        100,
        f"Clustered mailbox server {cluster.name} was moved from {before} to {cluster.owner}: {shell.text('MoveComment')}",
    )


@task("Get-StorageGroupCopyStatus", "2007")
def get_copy_status(shell: Shell) -> None:
    """Copies of storage groups: of one, of a server's, or of this server's; none where nothing is copied."""
    if shell.given("StandbyMachine") or shell.flag("DumpsterStatistics"):
        raise TaskError(
            "Not simulated: Get-StorageGroupCopyStatus -StandbyMachine, -DumpsterStatistics.",
            "NotImplemented",
        )
    if shell.given("Identity"):
        entry = storage_group(shell, shell.get("Identity"))
        found = [(shell.world.clusters.get(server_of(entry.dn).lower()), entry)]
    else:
        named = shell.text("Server")
        name = names.rdn_value(objects.server_link(shell, named)) if named else ""
        cluster = shell.world.clusters.get(name.lower()) if named else shell.world.cluster_of(shell.server)
        groups = clusters.storage_groups(shell.org, shell.store, cluster) if cluster is not None else []
        found = [(cluster, entry) for entry in groups]
    for holder, entry in found:
        if holder is not None and holder.present and holder.kind == "CCR":
            shell.call.write(_copy(shell, holder, entry))


def _copy(shell: Shell, cluster: Cluster, entry: Entry) -> Record:
    status = clusters.copy_status(shell.org, cluster, entry)
    name = names.rdn_value(entry.dn)
    values = {
        "Identity": f"{cluster.name}\\{name}",
        "StorageGroupName": name,
        "Name": name,
        "SummaryCopyStatus": status,
        "CCRTargetNode": next((s.name for s in cluster.others()), ""),
        "Failed": status == "Failed",
        "FailedMessage": "",
        "Seeding": status == "Seeding",
        "Suspend": status == "Suspended",
        "SuspendComment": "",
        "CopyQueueLength": 0,
        "ReplayQueueLength": 0,
        "LastInspectedLogTime": date(shell.org.now()),
        "IsValid": True,
    }
    shown = ("Name", "SummaryCopyStatus", "CopyQueueLength", "ReplayQueueLength", "LastInspectedLogTime")
    return make(f"{REPLAY}.StorageGroupCopyStatus", values, shown)
