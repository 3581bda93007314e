"""What the matrices ask of a plan: who is where, which name leads to which version, which URLs the old directories have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from exmigrate.model import Step, Topology
from exmigrate.model.topology import LEGACY_VERSIONS, Server, Site

from .stages import Stage


@dataclass(frozen=True, slots=True)
class Entry:
    """The name a user comes by.

    Attributes:
        site: the site whose Client Access servers answer it.
        version: what answers: the new version, else the newest old one that has a Client Access server or a published
            server there.
        place: where the mailbox is, seen from there: `same facing inner`.
    """

    name: str
    site: str
    version: str
    place: str


class View:
    """A topology and its steps, as the matrices look at them.

    Args:
        topology: the plan's sites, names and servers.
        steps: the change's steps.
    """

    def __init__(self, topology: Topology, steps: Sequence[Step]) -> None:
        self._topology = topology
        self.target = topology.target.version
        self._versions = tuple(sorted({v.version for v in topology.sources}, reverse=True))
        self._steps: dict[tuple[str, str], list[str]] = {}
        self._removals: dict[str, list[str]] = {}
        for step in steps:
            self._steps.setdefault((step.kind, step.scope.site), []).append(step.id)
            if step.kind == "uninstall-legacy-server":
                self._removals.setdefault(step.scope.server, []).append(step.id)
        doors = _doors(topology)
        self._legacy_servers = {
            role: _by_place(s for s in chosen if s.legacy)
            for role, chosen in (("mailbox", topology.servers_in(role="mailbox")), ("cas", doors))
        }
        self._boxes = {(s.site, s.version) for s in topology.servers if "mailbox" in s.roles}
        self._cas = {(s.site, s.version) for s in doors}
        self._keeps = {(s.site, s.version) for s in topology.servers if "mailbox" in s.roles and s.keep}
        self._keeps_cas = {(s.site, s.version) for s in doors if s.keep}
        self._batches: dict[tuple[str, str], list[str]] = {}
        for batch in topology.batches:
            self._batches.setdefault((batch.site, batch.source), []).append(
                f"move-mailboxes@batch:{batch.name}"
            )
        self._hosts = _hosts(topology)
        self._on = _switched_on(topology)
        self._forms = _forms(topology)
        self._legacy_forms = _legacy_forms(topology, self._forms)

    def state(self, stage: Stage, site: Site) -> tuple[object, ...]:
        """Everything of a stage that a site's rows depend on; equal states give equal rows."""
        entries = self.entries(stage, site)
        versions = self.mailboxes(stage, site)
        flags = [tuple(self.facts(stage, site, e, v).values()) for e in entries for v in versions]
        return versions, entries, tuple(flags)

    def mailboxes(self, stage: Stage, site: Site) -> tuple[str, ...]:
        """Versions of which the site may have a mailbox at a stage, the oldest first."""
        old = [v for v in reversed(self._versions) if self._old_mailboxes(stage, site.name, v)]
        installs = self._steps.get(("install-mailbox", site.name), [])
        new = [self.target] if any(id not in stage.excluded for id in installs) else []
        return (*old, *new)

    def _old_mailboxes(self, stage: Stage, site: str, version: str) -> bool:
        if (site, version) not in self._boxes:
            return False
        removal = self._removal(site, version, "mailbox")
        if (site, version) in self._keeps or not removal:
            return True
        moves = self._batches.get((site, version), [])
        return not all(id in stage.done for id in moves or removal)

    def _removal(self, site: str, version: str, role: str) -> list[str]:
        """Steps that take a role of an old version from a site: a legacy server leaves as a whole."""
        if version not in LEGACY_VERSIONS:
            return self._steps.get((f"uninstall-{version}-{role}", site), [])
        servers = self._legacy_servers[role].get((site, version), ())
        return [id for name in servers for id in self._removals.get(name, ())]

    def entries(self, stage: Stage, site: Site) -> tuple[Entry, ...]:
        """The names by which users of a site come: its own where it has one, and the main one."""
        first = self._topology.first_site
        own = [site] if site.internet_facing else []
        main = [first] if not own or self._name(first) != self._name(site) else []
        found = [self._entry(stage, at, site) for at in (*own, *main)]
        return tuple(e for e in found if e is not None)

    def _entry(self, stage: Stage, at: Site, site: Site) -> Entry | None:
        version = self._answering(stage, at.name)
        place = "same" if at.name == site.name else "facing" if site.internet_facing else "inner"
        return Entry(self._name(at), at.name, version, place) if version else None

    def _answering(self, stage: Stage, site: str) -> str:
        if self._cut_over(stage, site):
            return self.target
        return next((v for v in self._versions if self._old_cas(stage, site, v)), "")

    def _cut_over(self, stage: Stage, site: str) -> bool:
        return any(id in stage.done for id in self._steps.get(("cutover-client-namespace", site), []))

    def _old_cas(self, stage: Stage, site: str, version: str) -> bool:
        if (site, version) not in self._cas:
            return False
        removal = self._removal(site, version, "cas")
        gone = bool(removal) and all(id in stage.done for id in removal)
        return (site, version) in self._keeps_cas or not gone

    def _name(self, site: Site) -> str:
        return site.namespace or self._topology.namespaces.primary

    def _legacy(self, stage: Stage, site: Site) -> str:
        return "" if self._retired(stage) else site.legacy_name

    def _retired(self, stage: Stage) -> bool:
        retired = self._steps.get(("retire-legacy-namespace", ""), [])
        return bool(retired) and all(id in stage.done for id in retired)

    def facts(self, stage: Stage, site: Site, entry: Entry, version: str) -> Mapping[str, bool]:
        """Whether each condition of `matrix.CONDITIONS` holds."""
        copied = self._steps.get(("copy-owa-2007-version-folder", entry.site), [])
        there = self._cut_over(stage, site.name)
        age = "new" if entry.version == self.target else entry.site
        return {
            "legacy-name": bool(self._legacy(stage, site)),
            "forms": site.name in self._forms,
            "owa-folder": bool(copied) and all(id in stage.done for id in copied),
            "activesync-url": self._activesync_url(site.name, version, there),
            "new-url": version == self.target and site.internet_facing,
            "stranded": version == self.target and not there,
            "exchange2003-url": self._has_exchange2003_url(stage),
            "legacy-forms": entry.site in self._legacy_forms,
            "old-cas": version == self.target or self._old_cas(stage, site.name, version),
            "there-cut-over": there,
            "outlook-anywhere": ("outlook-anywhere", age) in self._on,
            "pop-imap": ("pop-imap", age) in self._on,
        }

    def _has_exchange2003_url(self, stage: Stage) -> bool:
        """Whether the new version knows where OWA of 2003 is, and that name still leads there."""
        host = urlsplit(self._topology.client_access.exchange2003_url).hostname or ""
        ends = {n.name.lower() for n in self._topology.legacy_names} if self._retired(stage) else set()
        return bool(host) and host not in ends

    def _activesync_url(self, site: str, version: str, cut_over: bool) -> bool:
        """At the cut-over the plan's wish takes the place of what the old directory says today."""
        if cut_over:
            return self._topology.client_access.activesync_legacy_external_url
        versions = self._versions if version == self.target else (version,)
        return any(("external", site, v, "activesync") in self._hosts for v in versions)

    def names(
        self, stage: Stage, site: Site, entry: Entry, directory: str, version: str
    ) -> Mapping[str, str]:
        """Host names by the words of the matrix; `old` is where the mailbox's version has its URL in the mailbox's site."""
        namespaces = self._topology.namespaces
        main = self._topology.first_site
        new = self._name(site) if site.internet_facing else self._name(main)
        return {
            "entry": entry.name,
            "old": new if version == self.target else self._old(stage, site, directory, version),
            "new": new,
            "autodiscover": next(iter(namespaces.autodiscover), namespaces.primary),
            "exchange2003": urlsplit(self._topology.client_access.exchange2003_url).hostname or "",
            "site": site.name,
            "legacy": site.legacy_name or new,
        }

    def _old(self, stage: Stage, site: Site, directory: str, version: str) -> str:
        legacy = self._legacy(stage, site)
        if site.internet_facing and legacy and self._cut_over(stage, site.name):
            return legacy
        for view in ("external", "internal"):
            if host := self._hosts.get((view, site.name, version, directory)):
                return host
        return self._name(site) if site.internet_facing else self._name(self._topology.first_site)


def _doors(topology: Topology) -> tuple[Server, ...]:
    """Old servers that can answer a client's name: Client Access, front-ends, and back-ends of sites without one."""
    old = [s for s in topology.servers if s.source]
    fronts = {(s.site, s.version) for s in old if "front-end" in s.roles}
    return tuple(
        s
        for s in old
        if "cas" in s.roles
        or "front-end" in s.roles
        or (s.legacy and "mailbox" in s.roles and (s.site, s.version) not in fronts)
    )


def _by_place(servers: Iterable[Server]) -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Names of servers by site and version."""
    out: dict[tuple[str, str], tuple[str, ...]] = {}
    for server in servers:
        key = (server.site, server.version)
        out[key] = (*out.get(key, ()), server.name)
    return out


def _hosts(topology: Topology) -> Mapping[tuple[str, str, str, str], str]:
    """Hosts of the source directories' URLs by view, site, version and kind; the first such server speaks for its site."""
    out: dict[tuple[str, str, str, str], str] = {}
    for directory in topology.source.virtual_directories if topology.source else ():
        server = topology.server_by_name.get(directory.server)
        for view, url in (("external", directory.external_url), ("internal", directory.internal_url)):
            host = urlsplit(url).hostname
            if server is not None and host:
                out.setdefault((view, server.site, server.version, directory.kind), host)
    return out


def _switched_on(topology: Topology) -> frozenset[tuple[str, str]]:
    """Services that are on: `(service, site)` for the old version, `(service, 'new')` for the new one."""
    wishes = topology.client_access
    out = {("outlook-anywhere", "new")} if wishes.outlook_anywhere else set()
    out |= {("pop-imap", "new")} if wishes.pop_imap else set()
    for settings in topology.source.client_access if topology.source else ():
        server = topology.server_by_name.get(settings.server)
        if server is not None:
            out |= {("outlook-anywhere", server.site)} if settings.outlook_anywhere_host else set()
            out |= {("pop-imap", server.site)} if settings.pop_imap else set()
    return frozenset(out)


def _forms(topology: Topology) -> frozenset[str]:
    """Sites whose old OWA has forms-based authentication; Setup's own default is forms."""
    without = set()
    for directory in topology.source.virtual_directories if topology.source else ():
        server = topology.server_by_name.get(directory.server)
        if server and not server.legacy and directory.kind == "owa" and directory.authentication:
            without |= {server.site} - ({server.site} if "forms" in directory.authentication else set())
    return frozenset(s.name for s in topology.sites) - without


def _legacy_forms(topology: Topology, forms: frozenset[str]) -> frozenset[str]:
    """Sites whose old OWA asks by a form where 2003 mailboxes are redirected to: that of 2007 where there is one.

    Exchange 2003 has no form unless somebody switched it on.
    """
    modern = {s.site for s in topology.servers if s.source and "cas" in s.roles}
    out = set(modern & forms)
    for directory in topology.source.virtual_directories if topology.source else ():
        server = topology.server_by_name.get(directory.server)
        if server and server.legacy and server.site not in modern and directory.kind == "owa":
            out |= {server.site} if "forms" in directory.authentication else set()
    return frozenset(out)
