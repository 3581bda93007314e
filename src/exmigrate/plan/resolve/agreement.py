"""Facts that cannot hold together, and wishes that the machines of the plan cannot fulfil."""

from __future__ import annotations

from itertools import pairwise

from exmigrate.model.topology import database_identity
from exmigrate.plan.plain import Path
from exmigrate.plan.problems import did_you_mean, listed
from exmigrate.plan.schema.target import TargetDatabaseEntry
from exmigrate.plan.schema.types import is_address

from . import versions
from .context import Context

_QUOTAS = ("issue_warning_quota", "prohibit_send_quota", "prohibit_send_receive_quota")


def agreement(ctx: Context) -> None:
    """Run every check; each tells its own problems."""
    _addresses(ctx)
    _schema_master(ctx)
    _domains(ctx)
    _preparing(ctx)
    _default_domain(ctx)
    _records(ctx)
    _inbound(ctx)
    _files(ctx)
    _database_names(ctx)
    _legacy_names(ctx)


def _addresses(ctx: Context) -> None:
    source = ctx.document.source
    hosts: list[tuple[str, list[str], Path]] = [
        *((s.name, s.addresses, ("source", "servers", i)) for i, s in enumerate(source.servers)),
        *(
            (n.name, n.addresses, ("source", "servers", i, "nodes", j))
            for i, s in enumerate(source.servers)
            for j, n in enumerate(s.nodes)
        ),
        *((m.name, m.addresses, ("source", "machines", i)) for i, m in enumerate(source.machines)),
        *(
            (c.name, c.addresses, ("source", "forest", "sites", i, "domain_controllers", j))
            for i, s in enumerate(source.forest.sites)
            for j, c in enumerate(s.domain_controllers)
        ),
    ]
    first: dict[str, str] = {}
    for name, addresses, path in hosts:
        for k, address in enumerate(addresses):
            other = first.setdefault(address, name)
            if other.casefold() != name.casefold():
                ctx.tell(
                    "EXM-L061", f"'{name}' has the address {address}, and so has '{other}'", (*path, "addresses", k),
                    why="two machines cannot have one address: what is meant for one would reach the other",
                    remedy="correct the address of one of them",
                )  # fmt: skip


def _schema_master(ctx: Context) -> None:
    masters = [
        (c.name, ("source", "forest", "sites", i, "domain_controllers", j, "schema_master"))
        for i, s in enumerate(ctx.document.source.forest.sites)
        for j, c in enumerate(s.domain_controllers)
        if c.schema_master
    ]
    for name, path in masters[1:]:
        ctx.tell(
            "EXM-L061", f"'{name}' is a second schema master, beside '{masters[0][0]}'", path,
            why="a forest has one; the schema is prepared against it",
            remedy="leave schema_master: true where 'netdom query fsmo' says that it is",
        )  # fmt: skip


def _domains(ctx: Context) -> None:
    """In a forest of several domains each one with Exchange needs a controller, for its recipients."""
    forest = ctx.document.source.forest
    if len(forest.domains) < 2:
        return
    answering = {
        ctx.domain_of_controller(s, c).casefold()
        for s in forest.sites
        for c in s.domain_controllers
        if not c.read_only
    }
    for i, d in enumerate(forest.domains):
        if (d.exchange or d.name == ctx.root_domain) and d.name.casefold() not in answering:
            ctx.tell(
                "EXM-L061", f"domain '{d.name}' has no writable domain controller in the plan",
                ("source", "forest", "domains", i),
                why="a recipient is found and changed at a controller of its own domain only; the root domain has the "
                "groups and system mailboxes of Exchange",
                remedy="name one in domain_controllers of a site"
                + ("" if d.name == ctx.root_domain else ", or write exchange: false where it has neither servers nor recipients"),
            )  # fmt: skip
    without = {d.name for d in forest.domains if not d.exchange}
    holders = [
        *((s, ("source", "servers", i)) for i, s in enumerate(ctx.document.source.servers)),
        *(
            (m, ("source", "machines", i))
            for i, m in enumerate(ctx.document.source.machines)
            if m.name.casefold() in ctx.target_servers
        ),
    ]
    for machine, path in holders:
        if ctx.domain_of(machine) in without:
            ctx.tell(
                "EXM-L061", f"'{machine.name}' is in the domain '{ctx.domain_of(machine)}', which has exchange: false", path,
                why="a domain with an Exchange server is prepared for Exchange, and its objects are looked for",
                remedy="take exchange: false from the domain, or correct the domain of the machine or of its site",
            )  # fmt: skip


def _preparing(ctx: Context) -> None:
    """Setup prepares the schema from a machine beside the schema master."""
    host = ctx.machines.get(ctx.document.target.directory_host.casefold())
    if host is None or host.workgroup:
        return  # told as a reference, or as a machine in no domain
    for s in ctx.document.source.forest.sites:
        for c in s.domain_controllers:
            domain = ctx.domain_of_controller(s, c)
            if c.schema_master and (domain, s.name) != (ctx.domain_of(host), ctx.site_name(host.site)):
                ctx.tell(
                    "EXM-L061",
                    f"'{host.name}' cannot prepare the directory: it is in {ctx.domain_of(host)}, site {ctx.site_name(host.site)}",
                    ("target", "directory_host"),
                    why=f"the schema master {c.name} is in {domain}, site {s.name}; Setup wants a machine of that domain and site",
                    remedy="name a 64-bit machine there (source.machines takes one that gets no Exchange), or move the role",
                )  # fmt: skip


def _default_domain(ctx: Context) -> None:
    default = [i for i, d in enumerate(ctx.document.source.mail.accepted_domains) if d.default]
    for i in default[1:]:
        ctx.tell(
            "EXM-L061", "a second accepted domain is the default",
            ("source", "mail", "accepted_domains", i, "default"), why="an organization has one default domain",
            remedy="leave default: true on one",
        )  # fmt: skip


def _records(ctx: Context) -> None:
    for i, record in enumerate(ctx.document.source.dns):
        if record.type == "A" and not is_address(record.value):
            ctx.tell(
                "EXM-L024", f"'{record.value}' is not an IPv4 address, as an A record has it",
                ("source", "dns", i, "value"), why="a rehearsal answers with it, and the cut-over is judged by it",
                remedy="write an address such as 10.1.0.10, or the type of the record",
            )  # fmt: skip


def _inbound(ctx: Context) -> None:
    flow, target, source = ctx.document.target.mail_flow, ctx.document.target, ctx.document.source
    known = [m.name for m in ctx.machines.values()]
    known += [h.name for h in source.outside_hosts]
    known += [s.name for s in target.servers if s.name.casefold() not in ctx.machines]
    for i, name in enumerate(flow.inbound_targets):
        if "." not in name and ":" not in name and name.casefold() not in {k.casefold() for k in known}:
            ctx.tell(
                "EXM-L030", f"server '{name}' does not exist", ("target", "mail_flow", "inbound_targets", i),
                why="the plan names it here, and nothing in source.servers, source.machines and source.outside_hosts has "
                "that name", remedy=f"{did_you_mean(name, known)}Known: {listed(known)}",
            )  # fmt: skip
    edges = any("edge" in s.roles for s in source.servers) or any("edge" in s.roles for s in target.servers)
    if flow.inbound == "edge" and not (edges or target.edges or source.edge_subscriptions):
        ctx.tell(
            "EXM-L062", "mail from the Internet shall come by an Edge, and the plan has none",
            ("target", "mail_flow", "inbound"), why="nothing would take the mail: no Hub gets a connector for it",
            remedy="write inbound: direct or gateway, or add the Edge server and target.edges",
        )  # fmt: skip


def _files(ctx: Context) -> None:
    for i, server in enumerate(ctx.document.target.servers):
        machine = ctx.machines.get(server.name.casefold())
        drives = {*machine.disks, "C:"} if machine and machine.disks else set()
        first: dict[str, str] = {}
        for j, database in enumerate(server.databases):
            path: Path = ("target", "servers", i, "databases", j)
            other = first.setdefault(database.edb.casefold(), database.name)
            if other != database.name:
                ctx.tell(
                    "EXM-L061", f"'{database.name}' has the file of '{other}'", (*path, "edb"),
                    why="two databases cannot share a file", remedy="give each a file of its own",
                )  # fmt: skip
            for key, file in (("edb", database.edb), ("logs", database.logs)):
                if drives and file[1:2] == ":" and file[:2].upper() not in drives:
                    ctx.tell(
                        "EXM-L061", f"'{server.name}' has no drive {file[:2].upper()}", (*path, key),
                        why=f"source.machines gives it {', '.join(sorted(drives))}",
                        remedy="name a drive that it has, or add the drive to its disks",
                    )  # fmt: skip
            _quotas(ctx, database, path)


def _quotas(ctx: Context, database: TargetDatabaseEntry, path: Path) -> None:
    said = [(key, getattr(database, key)) for key in _QUOTAS if getattr(database, key)]
    for (lower, less), (upper, more) in pairwise(said):
        if less > more:
            ctx.tell(
                "EXM-L061", f"{lower} of '{database.name}' is above its {upper}", (*path, lower),
                why="Exchange refuses it: a mailbox is warned before it is stopped", remedy=f"write at most {upper}",
            )  # fmt: skip


def _database_names(ctx: Context) -> None:
    """Databases of today differ by server, group or name; a new one has a name that none of today has."""
    identities: set[str] = set()
    names: dict[str, str] = {}
    for i, source in enumerate(ctx.document.source.servers):
        for j, fact in enumerate(source.databases):
            identity = database_identity(source.name, fact.storage_group, fact.name)
            if identity.casefold() in identities:
                ctx.tell(
                    "EXM-L031", f"database '{identity}' stands twice", ("source", "servers", i, "databases", j, "name"),
                    why="a storage group has one database of a name", remedy="correct name or storage group",
                )  # fmt: skip
            identities.add(identity.casefold())
            names.setdefault(fact.name.casefold(), identity)
    for i, target in enumerate(ctx.document.target.servers):
        for j, wish in enumerate(target.databases):
            if wish.name.casefold() in names:
                ctx.tell(
                    "EXM-L031", f"a database of today is called '{wish.name}' too: {names[wish.name.casefold()]}",
                    ("target", "servers", i, "databases", j, "name"),
                    why="a command that names it would be about two databases", remedy="give the new one another name",
                )  # fmt: skip


def _legacy_names(ctx: Context) -> None:
    """Sites with main names of their own cannot share a legacy name: 2007 sends a user from one to the other by it."""
    facing = {s.name.casefold(): s.internet_facing for s in ctx.document.source.forest.sites}
    with_cas = {
        s.site.casefold()
        for s in ctx.document.source.servers
        if "cas" in s.roles and versions.version_of(ctx, s) == "2007"
    }
    names = ctx.document.target.namespaces
    taken: dict[tuple[str, str], str] = {}
    for i, site in enumerate(ctx.document.target.sites):
        here = site.name.casefold()
        if not (facing.get(here) if site.internet_facing is None else site.internet_facing):
            if site.legacy:
                ctx.tell(
                    "EXM-L061", f"site '{site.name}' has a legacy name, but it is not Internet-facing",
                    ("target", "sites", i, "legacy"), why="its users come through another site",
                    remedy="take it out, or give it to the Internet-facing site",
                )  # fmt: skip
            continue
        name = (site.legacy or names.legacy).casefold()
        if here not in with_cas or not name:
            continue
        main = (site.namespace or names.primary).casefold()
        others = [s for (n, m), s in taken.items() if n == name and m != main]
        if others:
            ctx.tell(
                "EXM-L062", f"site '{site.name}' has no legacy name of its own: '{name}' leads to '{others[0]}'",
                ("target", "sites", i, "legacy" if site.legacy else "name"),
                why="OWA of 2007 in one site sends the other site's users to that name, which leads back to it",
                remedy="write legacy with another name, and order a certificate with it",
            )  # fmt: skip
        taken.setdefault((name, main), site.name)
