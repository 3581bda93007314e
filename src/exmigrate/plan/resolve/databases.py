"""Databases of today by what a plan may call them: a name that is one database's alone, or server, storage group and name.

Setup of 2007 calls the databases of every server alike, so that a name alone may say nothing; `SERVER\\GROUP\\NAME` is how
Exchange prints each.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from exmigrate.plan.references import identity_of as identity_of
from exmigrate.plan.resolve.context import Context
from exmigrate.plan.schema.servers import SourceDatabaseFact, SourceServerEntry


@dataclass(frozen=True, slots=True)
class OldDatabase:
    """A database of today and the server it lies on.

    Attributes:
        shared_name: whether another one has its name.
        key: what it is known by in the whole plan: its name, or its identity where the name is shared.
    """

    fact: SourceDatabaseFact
    server: SourceServerEntry
    shared_name: bool

    @property
    def identity(self) -> str:
        """`SERVER\\GROUP\\NAME`."""
        return identity_of(self.server.name, self.fact.storage_group, self.fact.name)

    @property
    def key(self) -> str:
        return self.identity if self.shared_name else self.fact.name


def old_databases(ctx: Context) -> list[OldDatabase]:
    """Every database of today, in plan order."""
    servers = ctx.document.source.servers
    count = Counter(d.name.casefold() for s in servers for d in s.databases)
    return [OldDatabase(d, s, count[d.name.casefold()] > 1) for s in servers for d in s.databases]


def by_any_name(ctx: Context) -> dict[str, OldDatabase]:
    """Databases of today by everything that may be written for them, in lower case; shared names are missing."""
    out: dict[str, OldDatabase] = {}
    for database in old_databases(ctx):
        out[database.identity.casefold()] = database
        out[database.key.casefold()] = database
    return out


def key_of(named: dict[str, OldDatabase], said: str) -> str:
    """What the whole plan calls the database that is called so here; what is said, where there is none."""
    found = named.get(said.casefold())
    return found.key if found else said
