"""What every part of resolving needs: the document, places, and a list of problems to add to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeVar

from exmigrate.model.errors import Location
from exmigrate.model.topology import Database
from exmigrate.plan.plain import Path, Plain
from exmigrate.plan.problems import Problem, Source
from exmigrate.plan.schema.root import PlanDocument
from exmigrate.plan.schema.servers import MachineEntry, NodeEntry, SourceServerEntry
from exmigrate.plan.schema.source import DomainControllerEntry, SiteEntry
from exmigrate.plan.schema.target import TargetServerEntry

_JUDGED = frozenset(
    "roles databases created_by_setup kind workgroup client_access internet_facing primary create sources "
    "address_spaces use remote_ranges members members_csv version edge replaces name".split()
)
"""Keys that the checks read: where one of them was guessed, what the checks say of its entity is not told."""


_Named = TypeVar("_Named", MachineEntry, SourceServerEntry, TargetServerEntry)


def _first(found: Iterable[_Named]) -> dict[str, _Named]:
    """Entries by name; of two with one name, which is told, the first counts."""
    out: dict[str, _Named] = {}
    for entry in found:
        out.setdefault(entry.name.casefold(), entry)
    return out


def spoken(path: Path) -> str:
    """A path as positions are keyed: `source.servers[0].databases[1]`."""
    out = ""
    for part in path:
        out += f"[{part}]" if isinstance(part, int) else f"{'.' if out else ''}{part}"
    return out


@dataclass
class Context:
    """The document with its places.

    Attributes:
        guessed: paths whose values were guessed after an error; about what they belong to nothing more is told.
        incomplete: servers are missing from the topology because they name no machine; rules would misjudge it.
        extra: places of things that stand in CSV files, by their path.
    """

    document: PlanDocument
    plain: Plain
    source: Source
    guessed: set[Path]
    problems: list[Problem] = field(default_factory=list)
    extra: dict[str, Location] = field(default_factory=dict)
    incomplete: bool = False

    def tell(
        self,
        code: str,
        message: str,
        path: Path,
        *,
        why: str,
        remedy: str,
        severity: str = "error",
        at_key: bool = False,
    ) -> None:
        """Add a problem at a path (its key's place with `at_key`), unless a value of the same entity had to be guessed after
        an earlier one."""
        last = max((i for i, part in enumerate(path) if isinstance(part, int)), default=len(path) - 1)
        entity = path[: last + 1]
        if any((g[: len(entity)] == entity and _JUDGED & {*g}) or path[: len(g)] == g for g in self.guessed):
            return
        if code == "EXM-L030" and ("source",) in self.guessed:
            return  # no fact has any name
        mark = self.plain.mark(path)
        self.problems.append(
            self.source.problem(
                code,
                message,
                mark.key_line if at_key else mark.line,
                mark.key_column if at_key else mark.column,
                why=why,
                remedy=remedy,
                severity=severity,
            )
        )

    def positions(self) -> dict[str, Location]:
        """The place of every key and value of the plan, and of every line of its CSV files."""
        name = self.source.name
        own = {spoken(p): Location(name, m.key_line, m.key_column) for p, m in self.plain.marks.items()}
        return {**own, **self.extra}

    @cached_property
    def machines(self) -> dict[str, MachineEntry]:
        """Machines, source servers and nodes by name, without regard to case."""
        source = self.document.source
        return _first([*source.machines, *source.servers, *(n for s in source.servers for n in s.nodes)])

    @cached_property
    def cluster_of(self) -> dict[str, SourceServerEntry]:
        """The clustered server of each node, by the node's name without regard to case."""
        return {n.name.casefold(): s for s in self.document.source.servers for n in s.nodes}

    @cached_property
    def source_servers(self) -> dict[str, SourceServerEntry]:
        """Source servers by name, without regard to case."""
        return _first(self.document.source.servers)

    @cached_property
    def target_servers(self) -> dict[str, TargetServerEntry]:
        """Target servers by name, without regard to case."""
        return _first(self.document.target.servers)

    @cached_property
    def root_domain(self) -> str:
        """DNS name of the forest's root domain."""
        domains = self.document.source.forest.domains
        return next((d.name for d in domains if d.root), domains[0].name)

    @cached_property
    def site_domain(self) -> dict[str, str]:
        """Domain of each site's servers, by the site's name."""
        sites = self.document.source.forest.sites
        return {s.name: self.domain_name(s.domain) or self.root_domain for s in sites}

    def domain_name(self, said: str) -> str:
        """A domain's name as the forest has it; empty where the forest has none of that name."""
        names = [d.name for d in self.document.source.forest.domains]
        return next((n for n in names if n.casefold() == said.casefold()), "")

    def domain_of_controller(self, site: SiteEntry, controller: DomainControllerEntry) -> str:
        """Domain of a controller: its own where one is said, else that of its site."""
        return self.domain_name(controller.domain) or self.site_domain[site.name]

    def domain_of_recipients(self, home: Database | None = None) -> str:
        """Domain of recipients of which nothing is said: that of the server of their database, else of the first source server."""
        if home is not None:
            return self.domain_of(self.source_servers[home.server.casefold()])
        found = next((s for s in self.document.source.servers if not s.workgroup), None)
        return self.domain_of(found) if found else self.root_domain

    def site_of(self, server: str) -> str:
        """Site of a machine."""
        machine = self.machines.get(server.casefold())
        return self.own_site(machine) if machine else ""

    def own_site(self, machine: MachineEntry) -> str:
        """Site of a machine as the forest has it; a node that says none is where its clustered server is."""
        said = machine.site
        if isinstance(machine, NodeEntry) and not said:
            said = self.cluster_of[machine.name.casefold()].site
        return self.site_name(said)

    def site_name(self, said: str) -> str:
        """A site's name as the forest has it."""
        sites = self.document.source.forest.sites
        return next((s.name for s in sites if s.name.casefold() == said.casefold()), said)

    def name_of(self, server: str) -> str:
        """A server's name as it was defined."""
        machine = self.machines.get(server.casefold())
        return machine.name if machine else server

    def names_of(self, servers: Iterable[str]) -> tuple[str, ...]:
        """Servers' names as they were defined."""
        return tuple(self.name_of(s) for s in servers)

    def fqdn(self, machine: MachineEntry) -> str:
        """Fully qualified name of a machine."""
        suffix = machine.dns_suffix if machine.workgroup else self.domain_of(machine)
        return f"{machine.name}.{suffix}".lower() if suffix else machine.name.lower()

    def domain_of(self, machine: MachineEntry) -> str:
        """DNS name of a machine's domain; empty for a workgroup machine."""
        if machine.workgroup:
            return ""
        said = self.domain_name(machine.domain)
        return said or self.site_domain.get(self.own_site(machine), self.root_domain)
