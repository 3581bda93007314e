"""The whole topology with its look-ups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from exmigrate.model.errors import Location

from .access import Credential, Medium, Policy, Product, Version
from .estate import (
    Certificate,
    ClientAccess,
    Domain,
    DomainController,
    LegacyName,
    Namespaces,
    Server,
    Site,
    SiteLink,
)
from .legacy import AddressList, MailboxSet, RoutingGroup, UpdateService
from .mail import DialPlan, EdgeSubscription, ExpansionGroup, MailFlow
from .source import AddressPolicy, SourceOrganization
from .stores import Batch, Dag, Database, PublicFolders


@dataclass(frozen=True)
class Topology:
    """The whole: what is there, what shall be there, and how to get there.

    `source` has the facts of the organization as it is, for whoever simulates it; see `model.topology.source`.
    `keep_2007_option` says whether 2007 may be needed later: None where nobody has decided.
    """

    name: str
    file: str
    reference: str
    organization: str
    sources: tuple[Version, ...]
    target: Version
    domains: tuple[Domain, ...]
    domain_controllers: tuple[DomainController, ...]
    site_links: tuple[SiteLink, ...]
    directory_host: str
    external_host: str
    credentials: tuple[Credential, ...]
    media: tuple[Medium, ...]
    namespaces: Namespaces
    certificates: tuple[Certificate, ...]
    sites: tuple[Site, ...]
    servers: tuple[Server, ...]
    client_access: ClientAccess
    mail_flow: MailFlow
    dial_plans: tuple[DialPlan, ...]
    databases: tuple[Database, ...]
    dags: tuple[Dag, ...]
    batches: tuple[Batch, ...]
    public_folders: PublicFolders
    edges: tuple[EdgeSubscription, ...]
    expansion_groups: tuple[ExpansionGroup, ...]
    products: tuple[Product, ...]
    policy: Policy
    routing_groups: tuple[RoutingGroup, ...] = ()
    address_policies: tuple[AddressPolicy, ...] = ()
    address_lists: tuple[AddressList, ...] = ()
    update_services: tuple[UpdateService, ...] = ()
    mailbox_sets: tuple[MailboxSet, ...] = ()
    keep_2007_option: bool | None = None
    step_kinds_folder: str = ""
    source: SourceOrganization | None = None
    positions: Mapping[str, Location] = field(default_factory=dict)

    @cached_property
    def server_by_name(self) -> Mapping[str, Server]:
        """Servers by name."""
        return {s.name: s for s in self.servers}

    @cached_property
    def site_by_name(self) -> Mapping[str, Site]:
        """Sites by name."""
        return {s.name: s for s in self.sites}

    @cached_property
    def database_by_key(self) -> Mapping[str, Database]:
        """Databases by what the plan knows them by."""
        return {d.key: d for d in self.databases}

    @cached_property
    def internet_facing_sites(self) -> tuple[Site, ...]:
        """Internet-facing sites, the primary one first."""
        return tuple(sorted((s for s in self.sites if s.internet_facing), key=lambda s: not s.primary))

    @cached_property
    def first_site(self) -> Site:
        """The first Internet-facing site: where a transition begins."""
        return self.internet_facing_sites[0]

    @cached_property
    def legacy_names(self) -> tuple[LegacyName, ...]:
        """The legacy names of all sites, each once, in the order of the transition."""
        out: dict[str, LegacyName] = {}
        for s in self.internet_facing_sites:
            if s.legacy_name:
                found = LegacyName(s.legacy_name, s.name, s.legacy_addresses, s.legacy_external_addresses)
                out.setdefault(s.legacy_name.casefold(), found)
        return tuple(out.values())

    @cached_property
    def ordered_sites(self) -> tuple[Site, ...]:
        """Sites in the order of a transition: first Internet-facing, other Internet-facing, internal."""
        first = self.internet_facing_sites
        return first + tuple(s for s in self.sites if s not in first)

    @cached_property
    def versions(self) -> tuple[str, ...]:
        """Versions of today, the oldest first: `("2003", "2007")`."""
        return tuple(sorted({v.version for v in self.sources}))

    @cached_property
    def has_legacy(self) -> bool:
        """Whether the organization has an Exchange 2000 or 2003 server."""
        return any(s.legacy for s in self.servers)

    @cached_property
    def first_hub(self) -> Server | None:
        """The Hub whose Setup gets `/LegacyRoutingServer`: the first new one in the order of the transition.

        None when there is no legacy server, or when the new routing group has a connector to one already.
        """
        connected = any(c.existing for c in self.mail_flow.routing_group_connectors)
        if not self.has_legacy or connected or self._has_modern_hub:
            return None
        hubs = (self.first_server(site.name, "hub") for site in self.ordered_sites)
        return next((hub for hub in hubs if hub is not None), None)

    @property
    def _has_modern_hub(self) -> bool:
        return any(s.source and "hub" in s.roles for s in self.servers)

    def servers_legacy(self, site: str = "", role: str = "") -> tuple[Server, ...]:
        """Exchange 2000 and 2003 servers of a site and a role of `LEGACY_ROLES`, in plan order."""
        return tuple(s for s in self.servers_in(site, role) if s.legacy)

    def servers_in(
        self, site: str = "", role: str = "", *, target: bool | None = None, version: str = ""
    ) -> tuple[Server, ...]:
        """Servers that match every given criterion, in plan order."""
        return tuple(s for s in self.servers if _matches(s, site, role, target, version))

    def first_server(self, site: str, role: str, *, target: bool = True, version: str = "") -> Server | None:
        """The first server of a role in a site, or None."""
        found = self.servers_in(site, role, target=target, version=version)
        return found[0] if found else None

    def media_for(self, version: str, kind: str = "setup") -> tuple[Medium, ...]:
        """Media of a version, highest build last."""
        return tuple(m for m in self.media if m.version == version and m.kind == kind)

    def databases_on(self, server: str, kind: str = "") -> tuple[Database, ...]:
        """Databases of a server, in plan order."""
        return tuple(d for d in self.databases if d.server == server and kind in ("", d.kind))

    def where(self, path: str) -> Location:
        """The place of an entity or key in the plan file, or of the nearest thing around it; else the file alone."""
        while path and path not in self.positions:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.positions.get(path, Location(self.file))


def _matches(server: Server, site: str, role: str, target: bool | None, version: str) -> bool:
    return (
        site in ("", server.site)
        and (not role or role in server.roles)
        and (target is None or server.target == target)
        and version in ("", server.version)
    )


def names(entities: Iterable[Any]) -> tuple[str, ...]:
    """The names of entities, in order."""
    return tuple(e.name for e in entities)
