"""Names: who has which, and who speaks of one that nobody has.

Works on the raw document by the marks of the models, so that a dangling name is told beside every other error.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from exmigrate.model.topology import (
    FIRST_ADMINISTRATIVE_GROUP,
    FIRST_ROUTING_GROUP,
    MODERN_ROUTING_GROUP,
    database_identity,
)

from .plain import Path, Plain
from .problems import Problem, Source, listed, nearest, shown, suggested
from .schema import PlanDocument
from .shape import Leaf, Shape, leaves

_WHERE = {
    "machine": "source.machines and source.servers",
    "host": "the servers, machines and domain controllers of source",
    "server": "source.servers and target.servers",
    "source server": "source.servers",
    "target server": "target.servers",
    "site": "source.forest.sites",
    "domain": "source.forest.domains",
    "site link": "source.forest.site_links",
    "credential": "credentials",
    "database": "the databases of source and target",
    "target database": "target.servers[].databases",
    "source mailbox database": "the mailbox databases of source.servers[].databases",
    "source public folder database": "the public folder databases of source.servers[].databases",
    "offline address book": "source.offline_address_books",
    "target dial plan": "target.dial_plans",
    "routing group": "source.routing_groups",
    "legacy routing group": "source.routing_groups",
    "administrative group": "source.routing_groups and source.administrative_groups",
    "smtp connector": "source.smtp_connectors",
    "address policy": "source.mail.address_policies",
    "address list": "source.address_lists",
    "window": "policy.windows",
    "mailbox": "source.mailboxes and source.mailboxes_csv",
}
OLD_DATABASES = ("source mailbox database", "source public folder database")
_SUGGESTED = 200
"""Dangling names for which a near one is looked for: comparing thousands with thousands would take minutes."""
_SECTIONS = ("source", "target", "credentials", "policy")
_BROADEST = ("server", "machine", "host", "database", "target database", "source server", "target server")


@dataclass(slots=True)
class Index:
    """Names by kind; compared without regard to case, as Windows and Exchange do.

    Attributes:
        names: by kind, as they are shown.
        longer: by kind, longer forms that mean the same and that nobody need be shown, in lower case.
        shared: names in lower case that several databases of today have, with the longer forms that tell them apart.
    """

    names: dict[str, dict[str, str]] = field(default_factory=dict)
    longer: dict[str, set[str]] = field(default_factory=dict)
    shared: dict[str, list[str]] = field(default_factory=dict)

    def add(self, kind: str, name: str) -> None:
        """Let the kind have that name."""
        self.names.setdefault(kind, {}).setdefault(name.casefold(), name)

    def has(self, kinds: Iterable[str], name: str) -> bool:
        """Whether one of the kinds has that name."""
        said = name.casefold()
        return any(said in self.names.get(kind, {}) or said in self.longer.get(kind, ()) for kind in kinds)

    def several(self, kinds: Iterable[str], name: str) -> list[str]:
        """What to write instead of a name that several databases of today have; empty for any other."""
        return self.shared.get(name.casefold(), []) if any(kind in OLD_DATABASES for kind in kinds) else []

    def of(self, kinds: Iterable[str]) -> list[str]:
        """The names of the kinds, in order of appearance."""
        return [name for kind in kinds for name in self.names.get(kind, {}).values()]


@dataclass(slots=True)
class Names:
    """All names of a document, and the leaves that refer to some."""

    index: Index
    references: list[Leaf]
    problems: list[Problem]


def gather(source: Source, plain: Plain) -> Names:
    """Collect names, tell those that stand twice and the keys that this version refuses."""
    out = Names(Index(), [], [])
    first: dict[tuple[str, str], Path] = {}
    for leaf in leaves(plain.data, Shape("model", model=PlanDocument)):
        if leaf.shape.unsupported is not None:
            mark = plain.mark(leaf.path)
            out.problems.append(
                source.problem(
                    "EXM-L050",
                    f"'{leaf.path[-1]}' asks for {leaf.shape.unsupported.what}, which this version cannot do",
                    mark.key_line,
                    mark.key_column,
                    why="a wish that is silently not fulfilled would be worse than a refusal",
                    remedy=leaf.shape.unsupported.remedy,
                )
            )
        if isinstance(leaf.value, str):
            _defined(source, plain, leaf, first, out)
            if leaf.shape.refers and leaf.value:
                out.references.append(leaf)
    _extras(plain.data, out.index)
    return out


def _defined(
    source: Source, plain: Plain, leaf: Leaf, first: dict[tuple[str, str], Path], out: Names
) -> None:
    name = str(leaf.value)
    told = False
    for kind in sorted(leaf.shape.defines, key=lambda k: _BROADEST.index(k) if k in _BROADEST else 99):
        out.index.add(kind, name)
        before = first.setdefault((kind, name.casefold()), leaf.path)
        if before == leaf.path or told:
            continue
        told = True
        mark, other = plain.mark(leaf.path), plain.mark(before)
        both = {before[0], leaf.path[0]} == {"source", "target"} and kind == "server"
        out.problems.append(
            source.problem(
                "EXM-L031",
                f"{kind} '{shown(name)}' stands twice; first in line {other.line}",
                mark.line,
                mark.column,
                why="an in-place upgrade is not supported: a new version needs a new machine"
                if both
                else "what the rest of the plan says of that name would be about two things",
                remedy="name a new machine of source.machines" if both else "rename one, or take it out",
            )
        )


def _extras(data: Any, index: Index) -> None:
    """Kinds that depend on more than one key: source databases by their kind, names of mappings, groups of their own."""
    root = data if isinstance(data, dict) else {}
    for name in root.get("credentials", {}) if isinstance(root.get("credentials"), dict) else ():
        index.add("credential", str(name))
    source = root.get("source")
    servers = source.get("servers") if isinstance(source, dict) else None
    _groups(source.get("routing_groups") if isinstance(source, dict) else None, index)
    _databases(servers, index)


def _databases(servers: Any, index: Index) -> None:
    """Databases of today by kind: by name, by server, storage group and name, or only so where the name is shared."""
    found: dict[str, list[tuple[str, str, str]]] = {}
    for server in servers if isinstance(servers, list) else ():
        databases = server.get("databases") if isinstance(server, dict) else None
        for database in databases if isinstance(databases, list) else ():
            if isinstance(database, dict) and isinstance(database.get("name"), str):
                kind = OLD_DATABASES[database.get("kind") == "public-folder"]
                identity = database_identity(
                    server.get("name"), database.get("storage_group"), database["name"]
                )
                found.setdefault(database["name"].casefold(), []).append((kind, database["name"], identity))
    for name, same in found.items():
        for kind, said, identity in same:
            index.add(kind, said if len(same) == 1 else identity)
            index.longer.setdefault(kind, set()).add(identity.casefold())
        if len(same) > 1:
            index.shared[name] = [identity for _, _, identity in same]


def _groups(said: Any, index: Index) -> None:
    """Routing and administrative groups that need no entry: Exchange has made them itself."""
    groups = [g for g in said if isinstance(g, dict)] if isinstance(said, list) else []
    index.add("routing group", MODERN_ROUTING_GROUP)
    for group in groups or [{"name": FIRST_ROUTING_GROUP}]:
        administrative = group.get("administrative_group", FIRST_ADMINISTRATIVE_GROUP)
        if isinstance(administrative, str):
            index.add("administrative group", administrative)
        if not groups:
            for kind in ("routing group", "legacy routing group"):
                index.add(kind, FIRST_ROUTING_GROUP)


@dataclass(slots=True)
class Astray:
    """References to names that nothing has.

    Attributes:
        meant: the near name that was most likely meant, by the reference's path; lost: whether some have none.
    """

    problems: list[Problem] = field(default_factory=list)
    meant: dict[Path, str] = field(default_factory=dict)
    lost: bool = False


def dangling(source: Source, plain: Plain, names: Names, *, mailboxes: bool) -> Astray:
    """References to names that nothing has; those to mailboxes only if the mailboxes are known, and none to a section that
    is not there at all, which is told once."""
    out = Astray()
    root = plain.data if isinstance(plain.data, dict) else {}
    lists: dict[tuple[str, ...], list[str]] = {}
    gone = {s for s in _SECTIONS if not isinstance(root.get(s), dict)}
    for leaf in names.references:
        kinds = leaf.shape.refers
        if names.index.has(kinds, leaf.value) or (kinds == ("mailbox",) and not mailboxes):
            continue
        several = names.index.several(kinds, leaf.value)
        if several:
            out.lost = True
            out.problems.append(_shared(source, plain, leaf, several))
            continue
        where = _WHERE.get(kinds[0], kinds[0])
        if any(section in where for section in gone):
            out.lost = True
            continue
        mark = plain.mark(leaf.path)
        if kinds not in lists:
            lists[kinds] = names.index.of(kinds)
        known = lists[kinds]
        # What is defined here under a name that nothing bears out is named elsewhere as it should be: neither is certain.
        near = nearest(leaf.value, known) if len(out.problems) < _SUGGESTED else ""
        if near and not leaf.shape.defines:
            out.meant[leaf.path] = near
        else:
            out.lost = True
        out.problems.append(
            source.problem(
                "EXM-L043" if kinds == ("mailbox",) else "EXM-L030",
                f"{kinds[0]} '{shown(leaf.value)}' does not exist",
                mark.line,
                mark.column,
                why=f"the plan names it here, and nothing in {where} has that name",
                remedy=f"{suggested(near)}{_known(known)}",
            )
        )
    return out


def _shared(source: Source, plain: Plain, leaf: Leaf, several: list[str]) -> Problem:
    mark = plain.mark(leaf.path)
    return source.problem(
        "EXM-L031",
        f"{len(several)} databases are called '{shown(leaf.value)}'",
        mark.line,
        mark.column,
        why="the name alone does not say which of them is meant",
        remedy=f"write one of: {listed(several)}",
    )


def _known(known: list[str]) -> str:
    return f"Known: {listed(known)}" if known else "Nothing of that kind is in the plan yet: add it"
