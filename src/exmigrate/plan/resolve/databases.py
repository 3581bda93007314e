"""Databases of today, by what a plan may call them: a name that is one database's alone, or server, storage group and name.

Setup of 2007 calls the databases of every server alike, so that a name alone may say nothing; `SERVER\\GROUP\\NAME` is how
Exchange prints each.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace

from exmigrate.model.topology import Database
from exmigrate.plan.resolve.context import Context


def source_databases(ctx: Context) -> tuple[Database, ...]:
    """Databases of today, in plan order."""
    servers = ctx.document.source.servers
    count = Counter(d.name.casefold() for s in servers for d in s.databases)
    found = [
        Database(
            name=d.name,
            server=s.name,
            site=ctx.site_name(s.site),
            kind=d.kind,
            target=False,
            storage_group=d.storage_group,
            edb_path=d.edb,
            log_path=d.logs,
            public_folder_database=d.public_folder_database,
            offline_address_book=d.offline_address_book,
            journal_recipient=d.journal_recipient,
            issue_warning_quota=d.issue_warning_quota,
            prohibit_send_quota=d.prohibit_send_quota,
            prohibit_send_receive_quota=d.prohibit_send_receive_quota,
            shared_name=count[d.name.casefold()] > 1,
            path=f"source.servers[{i}].databases[{j}]",
        )
        for i, s in enumerate(servers)
        for j, d in enumerate(s.databases)
    ]
    named = by_any_name(found)
    return tuple(replace(d, public_folder_database=key_of(named, d.public_folder_database)) for d in found)


def by_any_name(databases: Iterable[Database]) -> dict[str, Database]:
    """Databases by everything that may be written for them, in lower case; shared names are missing."""
    out: dict[str, Database] = {}
    for database in databases:
        out[database.identity.casefold()] = database
        out[database.key.casefold()] = database
    return out


def key_of(named: Mapping[str, Database], said: str) -> str:
    """What the whole plan calls the database that is called so here; what is said, where there is none."""
    found = named.get(said.casefold())
    return found.key if found else said
