"""What must hold for a topology to be one at all: facts and wishes that contradict each other are refused.

What experience says of a possible plan is the business of `plan.rules`.
"""

from __future__ import annotations

from collections.abc import Callable

from exmigrate.plan.plain import Path
from exmigrate.plan.problems import did_you_mean

from . import versions
from .agreement import agreement
from .clusters import clusters
from .context import Context
from .fitting import fits
from .legacy_checks import LEGACY_CHECKS
from .times import times

SUPPORTED = {
    (("2000",), "2007"),
    (("2003",), "2007"),
    (("2000", "2003"), "2007"),
    (("2003",), "2010"),
    (("2007",), "2010"),
    (("2003", "2007"), "2010"),
}
"""Version pairs that this version of exmigrate can take an organization through."""

_DIRECTIONS = "plan from 2000 or 2003 to 2007, or from 2003, 2007 or both to 2010"


def contradictions(ctx: Context) -> None:
    """Run every check; each tells its own problems."""
    unsaid = any(
        g[0] == "transition" and not {*g} & {"service_pack", "keep_2007_option"} for g in ctx.guessed
    )
    for check in _CHECKS if unsaid else (*_CHECKS, *_OF_VERSIONS):
        check(ctx)


def _transition(ctx: Context) -> None:
    t = ctx.document.transition
    pair = (tuple(sorted({v.version for v in t.source})), t.to.version)
    if pair in SUPPORTED:
        return
    said = f"from {' and '.join(pair[0])} to {pair[1]} is not in this version"
    if "2000" in pair[0] and pair[1] == "2010":
        ctx.tell(
            "EXM-L051", said, ("transition",),
            why="2010 does not coexist with Exchange 2000, and no mailbox moves from one to the other (ORG-006, MV-009)",
            remedy="bring the 2000 servers to 2003 first, or the whole organization to 2007 with a plan of its own",
        )  # fmt: skip
    else:
        ctx.tell(
            "EXM-L051", said, ("transition",),
            why="a transition is a catalog of steps, rules and order; those from 2000, 2003 and 2007 to 2007 and 2010 "
            "are there", remedy=_DIRECTIONS,
        )  # fmt: skip


def _versions(ctx: Context) -> None:
    known = {v.version for v in ctx.document.transition.source}
    several = len(known) > 1 and not ctx.document.source.version
    found = {versions.version_of(ctx, s) for s in ctx.document.source.servers if s.version or not several}
    for i, v in enumerate(ctx.document.transition.source):
        if v.version not in found and all(s.version for s in ctx.document.source.servers):
            ctx.tell(
                "EXM-L061", f"transition.from names {v.version}, which no server of source.servers has",
                ("transition", "from", i), why="its steps would have no server to work on, and its order would be in force",
                remedy="take it out, or say version on the server that has it",
            )  # fmt: skip
    for i, server in enumerate(ctx.document.source.servers):
        if versions.is_open(ctx, server):
            ctx.tell(
                "EXM-L062", f"'{server.name}' does not say its version", ("source", "servers", i),
                why=f"transition.from names several: {', '.join(sorted(known))}", remedy="add version to the server",
            )  # fmt: skip
        if server.version and server.version not in known and server.roles != ["edge"]:
            ctx.tell(
                "EXM-L061", f"'{server.name}' has Exchange {server.version}, which transition.from does not name",
                ("source", "servers", i, "version"),
                why="the steps that a version needs come from the transition; this server's would be missing",
                remedy=f"write version {', '.join(sorted(known))}, or name {server.version} in transition.from",
            )  # fmt: skip


def _internet_facing(ctx: Context) -> None:
    wishes = {t.name.casefold(): t.internet_facing for t in ctx.document.target.sites}
    facing = [
        s.internet_facing if wishes.get(s.name.casefold()) is None else wishes[s.name.casefold()]
        for s in ctx.document.source.forest.sites
    ]
    if not any(facing):
        ctx.tell(
            "EXM-L060",
            "no site is Internet-facing",
            ("source", "forest", "sites"),
            why="a transition starts in the Internet-facing site: its names move first (TOP-001)",
            remedy="set internet_facing: true on the site whose Client Access servers have external URLs",
        )


def _primary(ctx: Context) -> None:
    facing = {s.name.casefold(): s.internet_facing for s in ctx.document.source.forest.sites}
    marked = [(i, t) for i, t in enumerate(ctx.document.target.sites) if t.primary]
    for i, site in marked:
        said = site.internet_facing if site.internet_facing is not None else facing.get(site.name.casefold())
        if said is False:
            ctx.tell(
                "EXM-L061", f"site '{site.name}' shall start, but it is not Internet-facing",
                ("target", "sites", i, "primary"), why="the first site of a transition is Internet-facing (TOP-001)",
                remedy="mark an Internet-facing site as primary",
            )  # fmt: skip
    for i, _ in marked[1:]:
        ctx.tell(
            "EXM-L061", "two sites shall start", ("target", "sites", i, "primary"),
            why="one Internet-facing site starts, the others follow", remedy="leave primary: true on one site",
        )  # fmt: skip


def _target_machines(ctx: Context) -> None:
    for i, server in enumerate(ctx.document.target.servers):
        if server.name.casefold() in ctx.source_servers:
            continue  # told as a doubled name
        machine = ctx.machines.get(server.name.casefold())
        if machine and machine.workgroup and "edge" not in server.roles:
            ctx.tell(
                "EXM-L061", f"'{server.name}' is in no domain", ("target", "servers", i),
                why="every role but Edge needs a domain member", remedy="take out workgroup: true, or give it edge",
            )  # fmt: skip
    host = ctx.machines.get(ctx.document.target.directory_host.casefold())
    if host and host.workgroup:
        ctx.tell(
            "EXM-L061", f"'{host.name}' cannot prepare the directory: it is in no domain", ("target", "directory_host"),
            why="schema and organization are prepared by a domain member", remedy="name a domain member",
        )  # fmt: skip


def _databases(ctx: Context) -> None:
    old = [
        ("source", i, s.name, "mailbox" in s.roles, len(s.databases))
        for i, s in enumerate(ctx.document.source.servers)
    ]
    new = [
        ("target", i, s.name, "mailbox" in s.roles, len(s.databases))
        for i, s in enumerate(ctx.document.target.servers)
    ]
    for section, i, name, holds, count in [*old, *new]:
        if count and not holds:
            ctx.tell(
                "EXM-L061", f"'{name}' has databases but no mailbox role", (section, "servers", i, "databases"),
                why="databases live on Mailbox servers", remedy="add mailbox to its roles, or move the databases",
            )  # fmt: skip
    first = ctx.document.transition.to.version != "2007"
    for i, target in enumerate(ctx.document.target.servers):
        _setup_database(ctx, i)
        if "mailbox" in target.roles and not target.databases:
            ctx.tell(
                "EXM-L062", f"'{target.name}' gets the mailbox role but no database", ("target", "servers", i),
                why="Setup makes a first database, and it must have a name and paths"
                if first
                else "mailboxes move to databases with names and paths of the plan, not to Setup's own",
                remedy="add databases with name, edb and logs",
            )  # fmt: skip


def _setup_database(ctx: Context, i: int) -> None:
    server = ctx.document.target.servers[i]
    made = [j for j, d in enumerate(server.databases) if d.created_by_setup]
    for j in made[1:]:
        ctx.tell(
            "EXM-L061", "Setup makes one database a server", ("target", "servers", i, "databases", j),
            why="/MdbName takes one name", remedy="leave created_by_setup: true on one database",
        )  # fmt: skip
    for j in made:
        if server.databases[j].kind == "public-folder":
            ctx.tell(
                "EXM-L061", "Setup makes a mailbox database, not one for public folders",
                ("target", "servers", i, "databases", j), why="/MdbName names a mailbox database",
                remedy="mark a mailbox database as created_by_setup",
            )  # fmt: skip
    public = [j for j, d in enumerate(server.databases) if d.kind == "public-folder"]
    for j in public[1:]:
        ctx.tell(
            "EXM-L061", f"'{server.name}' gets a second public folder database", ("target", "servers", i, "databases", j),
            why="a Mailbox server holds one at most", remedy="put it on another server",
        )  # fmt: skip


def _kinds_of_databases(ctx: Context) -> None:
    kinds = {d.name.casefold(): d.kind for s in ctx.document.target.servers for d in s.databases}

    def expect(name: str, kind: str, path: Path) -> None:
        if kinds.get(name.casefold(), kind) != kind:
            ctx.tell(
                "EXM-L061", f"'{name}' is no {kind.replace('-', ' ')} database", path,
                why=f"a {kind.replace('-', ' ')} database is needed here", remedy="name another database",
            )  # fmt: skip

    for i, batch in enumerate(ctx.document.batches):
        for j, name in enumerate(batch.targets):
            expect(name, "mailbox", ("batches", i, "targets", j))
    for i, server in enumerate(ctx.document.target.servers):
        for j, d in enumerate(server.databases):
            if d.public_folder_database:
                path: Path = ("target", "servers", i, "databases", j, "public_folder_database")
                expect(d.public_folder_database, "public-folder", path)
    wish = ctx.document.target.public_folders
    for j, name in enumerate(wish.databases if wish else ()):
        expect(name, "public-folder", ("target", "public_folders", "databases", j))


def _public_folders(ctx: Context) -> None:
    source = ctx.document.source
    has = [i for i, s in enumerate(source.servers) if any(d.kind == "public-folder" for d in s.databases)]
    if ctx.document.target.public_folders is None and (has or source.public_folders):
        at: Path = ("source", "public_folders") if source.public_folders else ("source", "servers", has[0])
        ctx.tell(
            "EXM-L062", "there are public folders today, and nothing says where they go", at,
            why="the last old Mailbox server cannot leave while it holds replicas (PF-002)",
            remedy="add target.public_folders with the databases that take them",
        )  # fmt: skip


def _roles(ctx: Context) -> None:
    def expect(name: str, role: str, path: Path, what: str) -> None:
        server = ctx.target_servers.get(name.casefold()) or ctx.source_servers.get(name.casefold())
        if server is not None and role not in server.roles:
            ctx.tell(
                "EXM-L061", f"'{name}' {what} but has no {role} role", path,
                why=f"only a server with the {role} role can", remedy="name another server, or give it the role",
            )  # fmt: skip

    target = ctx.document.target
    for i, send in enumerate(target.mail_flow.send_connectors):
        for j, name in enumerate(send.sources):
            server = ctx.target_servers.get(name.casefold())
            role = "edge" if server and "edge" in server.roles else "hub"
            expect(
                name,
                role,
                ("target", "mail_flow", "send_connectors", i, "sources", j),
                "sends for a connector",
            )
    for i, receive in enumerate(target.mail_flow.receive_connectors):
        for j, name in enumerate(receive.servers):
            expect(
                name,
                "hub",
                ("target", "mail_flow", "receive_connectors", i, "servers", j),
                "gets a connector",
            )
    for i, plan in enumerate(target.dial_plans):
        for j, name in enumerate(plan.servers):
            expect(name, "um", ("target", "dial_plans", i, "servers", j), "takes over a dial plan")
    for i, edge in enumerate(target.edges):
        expect(edge.edge, "edge", ("target", "edges", i, "edge"), "is subscribed")
    for i, group in enumerate(ctx.document.source.groups):
        expander = ctx.source_servers.get(group.expansion_server.casefold())
        if expander is not None and not versions.is_legacy(ctx, expander):
            expect(
                group.expansion_server, "hub", ("source", "groups", i, "expansion_server"), "expands a group"
            )
    for i, old in enumerate(ctx.document.source.servers):
        if old.client_access is not None and not versions.is_legacy(ctx, old):
            expect(old.name, "cas", ("source", "servers", i, "client_access"), "has client access settings")


def _connectors(ctx: Context) -> None:
    facts = [c.name for c in ctx.document.source.mail.send_connectors]
    known = {n.casefold() for n in facts}
    for i, c in enumerate(ctx.document.target.mail_flow.send_connectors):
        path: Path = ("target", "mail_flow", "send_connectors", i)
        if not c.create and c.name.casefold() not in known:
            ctx.tell(
                "EXM-L030", f"send connector '{c.name}' does not exist", (*path, "name"),
                why="nothing in source.mail.send_connectors has that name",
                remedy=f"{did_you_mean(c.name, facts)}For a new one write create: true",
            )  # fmt: skip
        if c.create and c.name.casefold() in known:
            ctx.tell(
                "EXM-L061", f"send connector '{c.name}' exists already", (*path, "create"),
                why="it stands in source.mail.send_connectors", remedy="take out create, or name the new one otherwise",
            )  # fmt: skip
        if c.create and not (c.sources and c.address_spaces):
            ctx.tell(
                "EXM-L062", f"new send connector '{c.name}' needs sources and address_spaces", path,
                why="without them it would send nothing", remedy="add both",
            )  # fmt: skip
    for i, r in enumerate(ctx.document.target.mail_flow.receive_connectors):
        if r.use != "internet" and not r.remote_ranges:
            ctx.tell(
                "EXM-L062", f"receive connector '{r.name}' needs remote_ranges",
                ("target", "mail_flow", "receive_connectors", i),
                why="without them it would take anonymous mail from everywhere",
                remedy="name the addresses of the gateway or the devices",
            )  # fmt: skip


def _dial_plans(ctx: Context) -> None:
    facts = [p.name for p in ctx.document.source.dial_plans]
    known = {n.casefold() for n in facts}
    for i, p in enumerate(ctx.document.target.dial_plans):
        path: Path = ("target", "dial_plans", i)
        if not p.create and p.name.casefold() not in known:
            ctx.tell(
                "EXM-L030", f"dial plan '{p.name}' does not exist", (*path, "name"),
                why="the plan names it here, and nothing in source.dial_plans has that name",
                remedy=f"{did_you_mean(p.name, facts)}For a new one write create: true",
            )  # fmt: skip
        if p.create and p.name.casefold() in known:
            ctx.tell(
                "EXM-L061", f"dial plan '{p.name}' exists already", (*path, "create"),
                why="it stands in source.dial_plans", remedy="take out create, or name the new one otherwise",
            )  # fmt: skip
        if p.create and not (p.digits and p.gateways and p.policies):
            ctx.tell(
                "EXM-L062", f"new dial plan '{p.name}' needs digits, gateways and policies", path,
                why="without a gateway no call reaches it, and without a policy no mailbox can be enabled",
                remedy="add digits, gateways with their addresses, and at least one policy",
            )  # fmt: skip
        if p.create and not p.country_code and ctx.document.transition.to.version == "2010":
            ctx.tell(
                "EXM-L062", f"new dial plan '{p.name}' needs a country_code", path,
                why="New-UMDialPlan of 2010 asks for it", remedy='add country_code, in quotes: "41"',
            )  # fmt: skip
        said = [key for key in ("digits", "gateways", "policies", "country_code") if getattr(p, key)]
        for key in () if p.create else said:
            ctx.tell(
                "EXM-L061", f"dial plan '{p.name}' exists, its {key} are facts", (*path, key),
                why="an existing dial plan is taken over as it is", remedy=f"take {key} out, or write create: true",
            )  # fmt: skip


def _batches(ctx: Context) -> None:
    for i, b in enumerate(ctx.document.batches):
        if not b.members and not b.members_csv:
            ctx.tell(
                "EXM-L062", f"batch '{b.name}' has no members", ("batches", i), why="a batch of nobody moves nobody",
                remedy="add members or members_csv",
            )  # fmt: skip


def _connections(ctx: Context) -> None:
    known = [m.name for m in ctx.machines.values()]
    for name in ctx.document.connections.servers:
        clustered = ctx.source_servers.get(name.casefold())
        if clustered is not None and clustered.nodes:
            ctx.tell(
                "EXM-L061", f"'{clustered.name}' is a clustered server, which nobody logs on to",
                ("connections", "servers", name),
                why="its name is answered by whichever node runs it; Setup, services and restarts are a node's own",
                remedy=f"name its nodes: {', '.join(n.name for n in clustered.nodes)}",
            )  # fmt: skip
        if name.casefold() not in ctx.machines:
            ctx.tell(
                "EXM-L030", f"server '{name}' does not exist", ("connections", "servers", name),
                why="nothing in source.servers and source.machines has that name",
                remedy=f"{did_you_mean(name, known)}Known: {', '.join(known)}",
            )  # fmt: skip


def _media(ctx: Context) -> None:
    wanted = ctx.document.transition.to.version
    if any(g[0] == "media" for g in ctx.guessed):
        return  # what is there was not understood
    if not any(m.version == wanted and m.kind == "setup" for m in ctx.document.media):
        ctx.tell(
            "EXM-L062", f"no setup media of {wanted}", ("media",), why="Setup runs from media of the planned build",
            remedy=f"add a medium with version: {wanted} and kind: setup",
        )  # fmt: skip


_CHECKS: tuple[Callable[[Context], None], ...] = (
    _internet_facing, _primary, _target_machines, _databases, _kinds_of_databases, _public_folders, _roles, _connectors,
    _dial_plans, _batches, _connections, times, agreement, clusters,
)  # fmt: skip
_OF_VERSIONS: tuple[Callable[[Context], None], ...] = (_transition, _versions, _media, fits, *LEGACY_CHECKS)
"""Checks that rest on the transition: where it had to be guessed, they would speak of versions that nobody wrote."""
