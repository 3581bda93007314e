"""Setup on the nodes of a failover cluster, and on the clustered mailbox server that they run."""

from __future__ import annotations

from exmigrate import facts
from exmigrate.twin.world import clusters
from exmigrate.twin.world.clusters import Cluster
from exmigrate.twin.world.installation import remove_server_object
from exmigrate.twin.world.setup import checks
from exmigrate.twin.world.setup.context import SetupContext, SetupFailed


def run_clustered(context: SetupContext) -> None:
    """``/UpgradeCms`` and ``/RemoveCms``.

    Raises:
        SetupFailed: refused, or an operation that is not simulated.
    """
    what = context.options.cluster()
    if what == "upgradecms":
        _upgrade(context)
    elif what == "removecms":
        _remove(context)
    else:
        raise SetupFailed(f"Not simulated: Setup switch /{what}.")


def check_cluster_roles(context: SetupContext, roles: tuple[str, ...]) -> None:
    """On a cluster there is the Mailbox role alone."""
    others = set(roles) - {"Mailbox", "ManagementTools"}
    if context.world.cluster_of(context.server) is not None and others:
        labels = ", ".join(facts.roles()[role].label for role in roles if role in others)
        context.errors.append(
            f"This computer is a member of a cluster. Only the Mailbox server role can be installed on it, not: {labels}."
        )


def check_passive(context: SetupContext, action: str) -> None:
    """Setup touches the programs of a node only while the clustered server is on another one."""
    cluster = context.world.cluster_of(context.server)
    if cluster is not None and cluster.owned_by(context.server):
        context.errors.append(
            f"This computer is the active node of the clustered mailbox server '{cluster.name}' and cannot be {action}. Move "
            "the clustered mailbox server to another node, or remove it, before Setup can continue."
        )


def forget_node(context: SetupContext) -> None:
    """A node without programs can run the clustered server no more."""
    server = context.server
    cluster = context.world.cluster_of(server)
    gone = server.exchange is None or "Mailbox" not in server.exchange.roles
    if cluster is None or not gone:
        return
    cluster.nodes = [node for node in cluster.nodes if node.lower() != server.name.lower()]
    if cluster.present and context.controller is not None:
        clusters.write_object(context.world, context.controller, cluster)


def _cluster(context: SetupContext) -> Cluster:
    """The cluster of this node, checked for what every operation on a clustered server needs.

    Raises:
        SetupFailed: no cluster, no clustered server, not on this node, no rights.
    """
    found = context.world.cluster_of(context.server)
    if found is None:
        raise SetupFailed("This computer is not a member of a cluster.")
    if not found.present:
        raise SetupFailed("There is no clustered mailbox server on this cluster.")
    if not found.owned_by(context.server):
        raise SetupFailed(
            f"The clustered mailbox server '{found.name}' is not on this computer: its owning node is '{found.owner}'. Run Setup "
            "on the active node."
        )
    if not context.machine.is_administrator:
        context.errors.append(
            "The current user must be a member of the local Administrators group on this computer."
        )
    if checks.check_logon(context):
        checks.check_rights(context)
    return found


def _refuse(context: SetupContext) -> None:
    if context.errors:
        raise SetupFailed("\n".join(context.errors))


def _upgrade(context: SetupContext) -> None:
    level = context.level
    with context.world.access():
        cluster = _cluster(context)
        installed = context.server.exchange
        if installed is None or installed.level != level.name:
            context.errors.append(
                "The Exchange Server programs on this computer are not of the version of these Setup files. Upgrade the node "
                "with /mode:Upgrade first."
            )
        if facts.exchange_levels()[cluster.level].numbers >= level.numbers:
            context.errors.append(
                f"The clustered mailbox server '{cluster.name}' already is of this or a later version of Exchange Server."
            )
        _refuse(context)
    context.occasion("upgradecms:start")
    context.work(facts.setup_minutes("cms"), f"Upgrade-ClusteredMailboxServer {cluster.name}")
    with context.world.access():
        assert context.controller is not None
        cluster.level = level.name
        clusters.write_object(context.world, context.controller, cluster)
        context.world.hooks.clustered_server(context.world, cluster)
    context.item(f"Upgrading clustered mailbox server {cluster.name}", "COMPLETED")


def _remove(context: SetupContext) -> None:
    wanted = context.options.values.get("cmsname", "")
    if not wanted:
        raise SetupFailed("You must specify a value for the parameter 'CMSName'.")
    with context.world.access():
        cluster = _cluster(context)
        if cluster.name.lower() != wanted.lower():
            raise SetupFailed(
                f"There is no clustered mailbox server '{wanted}' on this cluster, only '{cluster.name}'."
            )
        if cluster.level != context.level.name:
            context.errors.append(
                f"The version of these Setup files ({context.level.build}) does not match the installed version "
                f"({facts.exchange_levels()[cluster.level].build})."
            )
        context.errors += context.world.hooks.uninstall_blockers(context.world, cluster.server, "Mailbox")
        _refuse(context)
    context.occasion("removecms:start")
    context.work(facts.setup_minutes("cms"), f"Remove-ClusteredMailboxServer {cluster.name}")
    with context.world.access():
        assert context.controller is not None
        context.world.hooks.role_removed(context.world, cluster.server, "Mailbox", cluster.level)
        remove_server_object(context.world, context.controller, cluster.server)
        cluster.present = False
        cluster.settle()
    context.item(f"Removing clustered mailbox server {cluster.name}", "COMPLETED")
