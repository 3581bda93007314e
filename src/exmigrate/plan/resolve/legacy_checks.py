"""What must hold of Exchange 2000 and 2003 servers, their groups and connectors for a topology to be one."""

from __future__ import annotations

from collections.abc import Callable

from exmigrate.model.topology import LEGACY_ROLES, MODERN_ROUTING_GROUP
from exmigrate.plan.plain import Path
from exmigrate.plan.problems import did_you_mean, shown

from . import legacy, recipients, versions
from .context import Context

_WINDOWS = {"2000": ("2000",), "2003": ("2000", "2003", "2003R2")}


def _roles(ctx: Context) -> None:
    for i, server in enumerate(ctx.document.source.servers):
        if versions.is_open(ctx, server):
            continue
        version = versions.version_of(ctx, server)
        old = versions.is_legacy(ctx, server)
        for j, role in enumerate(server.roles):
            if (role in LEGACY_ROLES) if old else (role not in ("front-end", "bridgehead")):
                continue
            known = LEGACY_ROLES if old else ("cas", "hub", "um", "mailbox", "edge")
            ctx.tell(
                "EXM-L061", f"'{server.name}' has Exchange {version}, which has no {role} role",
                ("source", "servers", i, "roles", j),
                why="what a server does decides which steps it gets", remedy=f"write of: {', '.join(known)}",
            )  # fmt: skip
        if old and {"front-end", "mailbox"} <= {*server.roles}:
            ctx.tell(
                "EXM-L061", f"'{server.name}' is front-end and has mailbox stores",
                ("source", "servers", i, "roles"), why="a front-end hands every request on and serves no mailbox",
                remedy="take one of the two roles out; a published server with stores is mailbox alone",
            )  # fmt: skip
        if old and "mailbox" in server.roles and not server.databases:
            ctx.tell(
                "EXM-L062", f"'{server.name}' has the mailbox role but no database", ("source", "servers", i),
                why="its stores say which mailboxes move and what must be empty before it leaves",
                remedy="add its stores as databases with their storage group",
            )  # fmt: skip


def _windows(ctx: Context) -> None:
    for i, server in enumerate(ctx.document.source.servers):
        if not versions.is_legacy(ctx, server) or versions.is_open(ctx, server):
            continue
        version, windows = versions.version_of(ctx, server), versions.windows(ctx, server)
        if windows.os not in _WINDOWS[version]:
            ctx.tell(
                "EXM-L061", f"'{server.name}' has Exchange {version} on Windows {windows.os}",
                ("source", "servers", i, "os"), why=f"Exchange {version} runs on Windows {' or '.join(_WINDOWS[version])}",
                remedy="correct os, or leave it out",
            )  # fmt: skip
        if windows.bits != 32:
            ctx.tell(
                "EXM-L061", f"'{server.name}' has Exchange {version} on 64-bit Windows", ("source", "servers", i, "bits"),
                why="Exchange 2000 and 2003 run on 32-bit Windows only", remedy="write bits: 32, or leave it out",
            )  # fmt: skip
        if windows.powershell not in ("", "1.0", "2.0"):
            ctx.tell(
                "EXM-L061", f"'{server.name}' has PowerShell {windows.powershell} on Windows {windows.os}",
                ("source", "servers", i, "powershell"), why="2.0 is the last one for Windows 2003",
                remedy="write '2.0', or '' for none",
            )  # fmt: skip


def _groups(ctx: Context) -> None:
    groups = ctx.document.source.routing_groups
    for i, server in enumerate(ctx.document.source.servers):
        if versions.is_legacy(ctx, server) and not legacy.group_of(ctx, server):
            ctx.tell(
                "EXM-L062", f"'{server.name}' does not say its routing group", ("source", "servers", i),
                why="there are several, and they leave one after the other, each with its connectors",
                remedy=f"add routing_group: one of {', '.join(g.name for g in groups)}",
            )  # fmt: skip
    for i, group in enumerate(groups):
        path: Path = ("source", "routing_groups", i)
        if group.name.casefold() == MODERN_ROUTING_GROUP.casefold():
            ctx.tell(
                "EXM-L061", f"'{group.name}' is the routing group of 2007 and later", (*path, "name"),
                why="old and new servers never share a routing group (ORG-026)",
                remedy="take it out: its connectors may name it all the same",
            )  # fmt: skip
        mine = {s.name.casefold() for s in legacy.servers_of(ctx, group.name)}
        if not mine and versions.has_legacy(ctx):
            ctx.tell(
                "EXM-L061", f"routing group '{group.name}' has no server", (*path, "name"), severity="warning",
                why="a server says its routing group by routing_group", remedy="correct a server's routing_group, or take it out",
            )  # fmt: skip
        if group.master and mine and group.master.casefold() not in mine:
            ctx.tell(
                "EXM-L061", f"'{group.master}' is master of '{group.name}' but no server of it", (*path, "master"),
                why="the master is one of the group's own servers", remedy="name one of its servers",
            )  # fmt: skip


def _source_connectors(ctx: Context) -> None:
    modern = {s.name.casefold() for s in ctx.document.source.servers if not versions.is_legacy(ctx, s)}
    for i, c in enumerate(ctx.document.source.routing_group_connectors):
        path: Path = ("source", "routing_group_connectors", i)
        if c.source_group.casefold() == c.target_group.casefold():
            ctx.tell(
                "EXM-L061", f"routing group connector '{c.name}' leads from a group to itself", (*path, "target_group"),
                why="it joins two routing groups", remedy="correct one of them",
            )  # fmt: skip
        for key, group, servers in (
            ("sources", c.source_group, c.sources),
            ("targets", c.target_group, c.targets),
        ):
            mine = {s.name.casefold() for s in legacy.servers_of(ctx, group)}
            mine = modern if group.casefold() == MODERN_ROUTING_GROUP.casefold() else mine
            for j, name in enumerate(servers):
                if name.casefold() not in mine:
                    ctx.tell(
                        "EXM-L061", f"'{name}' is no server of '{group}'", (*path, key, j),
                        why=f"the {key} of a routing group connector are servers of that group",
                        remedy="name a server of the group, or correct its routing_group",
                    )  # fmt: skip
    if not (versions.has_legacy(ctx) and versions.has_modern(ctx)):
        return
    if not legacy.has_standing(ctx):
        ctx.tell(
            "EXM-L062", "no routing group connector joins 2003 with 2007", ("source",),
            why="with both versions there must be a pair to Exchange Routing Group (DWBGZMFD01QNBJR), and its Hubs change "
            "(MF-005)", remedy="add both directions to source.routing_group_connectors",
        )  # fmt: skip


def _target_connectors(ctx: Context) -> None:
    flow = ctx.document.target.mail_flow
    first = ctx.source_servers.get(flow.legacy_routing_server.casefold())
    if flow.legacy_routing_server and first is not None and not versions.is_legacy(ctx, first):
        ctx.tell(
            "EXM-L061", f"'{first.name}' is no Exchange 2000 or 2003 server",
            ("target", "mail_flow", "legacy_routing_server"), why="Setup joins the first Hub with a legacy bridgehead",
            remedy="name a legacy bridgehead",
        )  # fmt: skip
    elif first is not None and versions.has_legacy(ctx) and not legacy.bridgehead(ctx):
        ctx.tell(
            "EXM-L052", "'legacy_routing_server' is for the first Hub of an organization without 2007 Hubs",
            ("target", "mail_flow", "legacy_routing_server"),
            why="the new Hubs join the routing group of the 2007 ones, which has its connectors (D05)",
            remedy="take the key out",
        )  # fmt: skip
    told: dict[str, str] = {}
    for i, c in enumerate(flow.routing_group_connectors):
        path: Path = ("target", "mail_flow", "routing_group_connectors", i)
        group = c.routing_group.casefold()
        if group in told:
            ctx.tell(
                "EXM-L061", f"'{c.routing_group}' has a connector already: '{told[group]}'", (*path, "routing_group"),
                why="one pair joins the new servers with one legacy routing group",
                remedy="put the bridgeheads into one entry",
            )  # fmt: skip
        told.setdefault(group, c.name)
        standing = legacy.standing_names(ctx, c.routing_group)
        if standing and c.name.casefold() not in [n.casefold() for n in standing]:
            ctx.tell(
                "EXM-L061", f"'{c.routing_group}' is joined with 2007 by '{standing[0]}', not by '{c.name}'", (*path, "name"),
                why="the new Hubs take the place of the 2007 ones in the connector that stands, and no second one is made",
                remedy=f"write name: {standing[0]}",
            )  # fmt: skip
        mine = {s.name.casefold() for s in legacy.servers_of(ctx, c.routing_group)}
        for j, name in enumerate(c.targets):
            if mine and name.casefold() not in mine:
                ctx.tell(
                    "EXM-L061", f"'{name}' is no server of '{c.routing_group}'", (*path, "targets", j),
                    why="a connector ends at bridgeheads of the group that it leads to",
                    remedy="name a server of the group, or correct its routing_group",
                )  # fmt: skip
        for j, name in enumerate(c.sources):
            server = ctx.target_servers.get(name.casefold())
            if server is not None and "hub" not in server.roles:
                ctx.tell(
                    "EXM-L061", f"'{name}' sends for a connector but has no hub role", (*path, "sources", j),
                    why="only a server with the hub role can", remedy="name another server, or give it the role",
                )  # fmt: skip


def _accepted_domains(ctx: Context) -> None:
    facts = [d.name for d in ctx.document.source.mail.accepted_domains]
    known = {n.casefold() for n in facts}
    for i, d in enumerate(ctx.document.target.mail_flow.accepted_domains):
        if d.name.casefold() not in known:
            ctx.tell(
                "EXM-L030", f"accepted domain '{shown(d.name)}' does not exist",
                ("target", "mail_flow", "accepted_domains", i, "name"),
                why="nothing in source.mail.accepted_domains has that name",
                remedy=f"{did_you_mean(d.name, facts)}Known: {', '.join(facts)}",
            )  # fmt: skip


def _storage_groups(ctx: Context) -> None:
    if ctx.document.transition.to.version != "2007":
        return
    for i, server in enumerate(ctx.document.target.servers):
        logs: dict[str, str] = {}
        for j, d in enumerate(server.databases):
            group = (d.storage_group or f"SG{j + 1}").casefold()
            if logs.setdefault(group, d.logs.casefold()) != d.logs.casefold():
                ctx.tell(
                    "EXM-L061", f"storage group '{d.storage_group}' of '{server.name}' has two log folders",
                    ("target", "servers", i, "databases", j, "logs"),
                    why="on 2007 the logs belong to the storage group, not to the database",
                    remedy="write the same folder, or give the database a storage group of its own",
                )  # fmt: skip


def _templates(ctx: Context) -> None:
    for i, policy in enumerate(ctx.document.source.mail.address_policies):
        if not policy.templates and policy.mailbox_manager != "only":
            ctx.tell(
                "EXM-L062", f"policy '{policy.name}' has no template", ("source", "mail", "address_policies", i),
                why="a policy that gives no address has nothing but Mailbox Manager settings",
                remedy="write its templates, or mailbox_manager: only",
            )  # fmt: skip


LEGACY_CHECKS: tuple[Callable[[Context], None], ...] = (
    _roles, _windows, _groups, _source_connectors, _target_connectors, _accepted_domains, _storage_groups,
    recipients.check_filters, _templates,
)  # fmt: skip
