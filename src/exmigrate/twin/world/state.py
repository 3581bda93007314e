"""The whole world as plain JSON values, for whoever wants to look at it from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exmigrate.twin.world.installation import watermark
from exmigrate.twin.world.legacy.snapshot import take
from exmigrate.twin.world.preparation import domain_level, organization_level, schema_level

if TYPE_CHECKING:
    from exmigrate.twin.world.clusters import Cluster
    from exmigrate.twin.world.server import Server
    from exmigrate.twin.world.world import World


def state_of(world: World) -> dict[str, Any]:
    """Time, directory levels by controller, machines, DNS and the Exchange organization."""
    with world.access():
        return {
            "now": world.clock.now().isoformat(),
            "controllers": {dc.fqdn: _controller(world, dc.name) for dc in world.forest.all()},
            "servers": {server.name: _server(server) for server in world.servers.values()},
            "clusters": {
                cluster.name: _cluster(cluster) for cluster in world.clusters.values() if cluster.present
            },
            "dns": [
                {"name": r.name, "type": r.type, "value": r.value, "view": r.view} for r in world.dns.records
            ],
            "accounts": {
                f"{record.domain}\\{record.name}": {
                    "bad_passwords": record.bad_passwords,
                    "locked": world.accounts.is_locked(record),
                }
                for record in world.accounts.domain_accounts()
            },
            "faults": [{"name": fault.name, "target": fault.target} for fault in world.faults.history],
            "exchange": world.hooks.state(world),
            "legacy": take(world),
        }


def _controller(world: World, name: str) -> dict[str, Any]:
    dc = world.forest.controller(name)
    assert dc is not None
    return {
        "site": dc.site,
        "up": dc.up,
        "objects": sum(1 for _ in dc.replica.entries()),
        "schema": schema_level(dc),
        "organization": organization_level(dc),
        "domains": {domain.name: domain_level(dc, domain.name) for domain in world.spec.forest.domains},
    }


def _cluster(cluster: Cluster) -> dict[str, Any]:
    return {
        "kind": cluster.kind,
        "nodes": list(cluster.nodes),
        "owner": cluster.owner,
        "online": cluster.online,
        "level": cluster.level,
    }


def _server(server: Server) -> dict[str, Any]:
    installed = server.exchange
    marks = {}
    if installed is not None:
        from exmigrate import facts

        marks = {role: mark for role in facts.roles() if (mark := watermark(server, installed.product, role))}
    return {
        "fqdn": server.fqdn,
        "site": server.site,
        "up": server.up,
        "boot_id": server.boot_id,
        "boots": server.boots,
        "pending_reboot": server.pending_reboot,
        "features": sorted(server.features),
        "exchange": {
            "level": installed.level,
            "build": installed.build,
            "edition": installed.edition,
            "roles": sorted(installed.roles),
            "watermarks": marks,
        }
        if installed is not None
        else None,
        "services": {service.name: service.status for service in server.services.all()},
        "setup_runs": [
            {
                "arguments": list(run.arguments),
                "account": run.account,
                "started": run.started.isoformat(),
                "ended": run.ended.isoformat() if run.ended else None,
                "exit_code": run.exit_code,
            }
            for run in server.setup_runs
        ],
        "tasks": [
            {"path": task.path, "account": task.account, "runs": task.runs, "result": task.result}
            for task in server.tasks.all()
        ],
    }
