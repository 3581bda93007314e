"""What the matrices ask of a plan: who is where, which name leads to which version, which URLs the old directories have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from exmigrate.model import Step, Topology
from exmigrate.model.topology import Site

from .stages import Stage


@dataclass(frozen=True, slots=True)
class Entry:
    """The name a user comes by.

    Attributes:
        site: the site whose Client Access servers answer it.
        version: what answers.
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
        for step in steps:
            self._steps.setdefault((step.kind, step.scope.site), []).append(step.id)
        self._boxes = {(s.site, s.version) for s in topology.servers if "mailbox" in s.roles}
        self._cas = {(s.site, s.version) for s in topology.servers if "cas" in s.roles and not s.target}
        self._keeps = {(s.site, s.version) for s in topology.servers if "mailbox" in s.roles and s.keep}
        self._keeps_cas = {(s.site, s.version) for s in topology.servers if "cas" in s.roles and s.keep}
        self._batches: dict[tuple[str, str], list[str]] = {}
        for batch in topology.batches:
            self._batches.setdefault((batch.site, batch.source), []).append(
                f"move-mailboxes@batch:{batch.name}"
            )
        self._hosts = _hosts(topology)
        self._on = _switched_on(topology)
        self._forms = _forms(topology)

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
        removal = self._steps.get((f"uninstall-{version}-mailbox", site), [])
        if (site, version) in self._keeps or not removal:
            return True
        moves = self._batches.get((site, version), [])
        return not all(id in stage.done for id in moves or removal)

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
        removal = self._steps.get((f"uninstall-{version}-cas", site), [])
        gone = bool(removal) and all(id in stage.done for id in removal)
        return (site, version) in self._keeps_cas or not gone

    def _name(self, site: Site) -> str:
        return site.namespace or self._topology.namespaces.primary

    def _legacy(self, stage: Stage) -> str:
        retired = self._steps.get(("retire-legacy-namespace", ""), [])
        gone = bool(retired) and all(id in stage.done for id in retired)
        return "" if gone else self._topology.namespaces.legacy

    def facts(self, stage: Stage, site: Site, entry: Entry, version: str) -> Mapping[str, bool]:
        """Whether each condition of `matrix.CONDITIONS` holds."""
        copied = self._steps.get(("copy-owa-2007-version-folder", entry.site), [])
        there = self._cut_over(stage, site.name)
        age = "new" if entry.version == self.target else entry.site
        return {
            "legacy-name": bool(self._legacy(stage)),
            "forms": site.name in self._forms,
            "owa-folder": bool(copied) and all(id in stage.done for id in copied),
            "activesync-url": self._activesync_url(site.name, there),
            "old-cas": version == self.target or self._old_cas(stage, site.name, version),
            "there-cut-over": there,
            "outlook-anywhere": ("outlook-anywhere", age) in self._on,
            "pop-imap": ("pop-imap", age) in self._on,
        }

    def _activesync_url(self, site: str, cut_over: bool) -> bool:
        """At the cut-over the plan's wish takes the place of what the old directory says today."""
        if cut_over:
            return self._topology.client_access.activesync_legacy_external_url
        return ("external", site, "activesync") in self._hosts

    def names(self, stage: Stage, site: Site, entry: Entry, directory: str) -> Mapping[str, str]:
        """Host names by the words of the matrix; `old` is where the old version of the mailbox's site has its URL."""
        namespaces = self._topology.namespaces
        main = self._topology.first_site
        new = self._name(site) if site.internet_facing else self._name(main)
        return {
            "entry": entry.name,
            "old": self._old(stage, site, directory),
            "new": new,
            "autodiscover": next(iter(namespaces.autodiscover), namespaces.primary),
            "exchange2003": urlsplit(self._topology.client_access.exchange2003_url).hostname or "",
            "site": site.name,
            "legacy": namespaces.legacy or new,
        }

    def _old(self, stage: Stage, site: Site, directory: str) -> str:
        legacy = self._legacy(stage)
        if site.internet_facing and legacy and self._cut_over(stage, site.name):
            return legacy
        for view in ("external", "internal"):
            if host := self._hosts.get((view, site.name, directory)):
                return host
        return self._name(site) if site.internet_facing else self._name(self._topology.first_site)


def _hosts(topology: Topology) -> Mapping[tuple[str, str, str], str]:
    """Hosts of the source directories' URLs by view, site and kind; the first server of a site speaks for it."""
    out: dict[tuple[str, str, str], str] = {}
    for directory in topology.source.virtual_directories if topology.source else ():
        server = topology.server_by_name.get(directory.server)
        for view, url in (("external", directory.external_url), ("internal", directory.internal_url)):
            host = urlsplit(url).hostname
            if server is not None and host:
                out.setdefault((view, server.site, directory.kind), host)
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
        if server and directory.kind == "owa" and directory.authentication:
            without |= {server.site} - ({server.site} if "forms" in directory.authentication else set())
    return frozenset(s.name for s in topology.sites) - without
