"""The graph invariants of the coexistence rules, section 9, read anew: what must hold on every compiled graph.

Written from the text of the rules alone, over a change's JSON shape and the topology; nothing of the compiler's own
reading is used. Each reading says which steps must be there and what must come before what, and gives the pairs that
are wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

from exmigrate.model import Change, Step, Topology

Wrong = Iterator[str]
INSTALLS = ("install-cas", "install-hub", "install-um", "install-mailbox")
UNINSTALLS = ("uninstall-2007-mailbox", "uninstall-2007-um", "uninstall-2007-hub", "uninstall-2007-cas")
MOVES = ("move-mailboxes", "sync-mailboxes")


class Read:
    """A change as the readings look at it: steps by kind, and everything that is before a step."""

    def __init__(self, change: Change, topology: Topology) -> None:
        self.change = change
        self.topology = topology
        self.steps = {s.id: s for s in change.steps}
        self._before: dict[str, frozenset[str]] = {}
        for step in change.steps:  # the order of the schedule: needs come first
            found: set[str] = set()
            for need in step.needs:
                found |= {need} | self._before[need]
            self._before[step.id] = frozenset(found)

    def of(self, *kinds: str, site: str = "", server: str = "") -> list[Step]:
        return [
            s
            for s in self.change.steps
            if s.kind in kinds and site in ("", s.scope.site) and server in ("", s.scope.server)
        ]

    def before(self, earlier: Iterable[Step], later: Iterable[Step]) -> Wrong:
        first = list(earlier)
        for then in later:
            for step in first:
                if step.id != then.id and step.id not in self._before[then.id]:
                    yield f"{step.id} is not before {then.id}"

    def follows(self, earlier: str, later: str) -> bool:
        return earlier in self._before[later]

    def there(self, ids: Iterable[str]) -> Wrong:
        for id in ids:
            if id not in self.steps:
                yield f"{id} is not in the graph"

    def sites(self) -> list[str]:
        return [s.name for s in self.topology.sites]

    def new(self, role: str, site: str = "") -> list[str]:
        return [
            s.name for s in self.topology.servers if s.target and role in s.roles and site in ("", s.site)
        ]

    def leaving(self, role: str) -> list[str]:
        return [s for s in self.old(role) if not self.topology.server_by_name[s].keep]

    def old(self, role: str, site: str = "") -> list[str]:
        """2007 servers of today."""
        return [
            s.name
            for s in self.topology.servers
            if s.version == "2007" and s.source and role in s.roles and site in ("", s.site)
        ]

    def machines(self, server: str) -> tuple[str, ...]:
        """Where the programs of a server are: on itself, or on the nodes that can run it."""
        whole = self.topology.server_by_name[server].clustered
        return whole.nodes if whole else (server,)

    def legacy(self, role: str = "", site: str = "") -> list[str]:
        """2000 and 2003 servers of today."""
        return [
            s.name
            for s in self.topology.servers
            if s.version in ("2000", "2003") and role in ("", *s.roles) and site in ("", s.site)
        ]

    @property
    def to_2010(self) -> bool:
        return self.topology.target.version == "2010"


def g01_g02_g03_g14_g15_g18_g19(r: Read) -> Wrong:
    """Of plans A, B and D: no step of theirs is in a graph from 2007 to 2010."""
    if r.legacy():
        return
    alien = (
        "prepare-legacy-permissions",
        "plant-2007-all-roles",
        "suppress-link-state",
        "create-additional-rgc",
    )
    alien += ("delete-rus", "uninstall-legacy-server", "remove-legacy-routing-groups")
    yield from (f"{s.id} does not belong here" for s in r.of(*alien))


def g04(r: Read) -> Wrong:
    for site in r.topology.sites:
        if site.cas_array and r.new("mailbox", site.name):
            yield from r.there([f"create-cas-array@site:{site.name}"])
        first = r.of("create-cas-array", site=site.name)
        yield from r.before(first, r.of("install-mailbox", "create-mailbox-database", site=site.name))


def g05(r: Read) -> Wrong:
    for site in r.sites():
        for box in r.of("install-mailbox", site=site):
            for role in ("cas", "hub"):
                if not r.new(role, site):
                    yield f"{box.id} has no {role} of its version in {site}"
        yield from r.before(r.of("install-cas", "install-hub", site=site), r.of("install-mailbox", site=site))
        # TOP-002: Client Access is the first role of a site.
        yield from r.before(
            r.of("install-cas", site=site), r.of("install-hub", "install-um", "install-mailbox", site=site)
        )


def g06(r: Read) -> Wrong:
    for install in r.of("install-cas"):
        server = install.scope.server
        yield from r.there([f"set-autodiscover-scp@{server}"])
        scp = f"set-autodiscover-scp@{server}"
        for step in r.change.steps:
            touches_another = step.mutating and step.host != server
            if touches_another and r.follows(install.id, step.id) and not r.follows(scp, step.id):
                yield f"{step.id} comes between {install.id} and {scp}"


def g07(r: Read) -> Wrong:
    for cutover in r.of("cutover-client-namespace"):
        site = cutover.scope.site
        old = r.old("cas", site)
        yield from r.there([f"gate-publish-namespace@site:{site}"])
        yield from r.there(["gate-create-legacy-dns"] if r.to_2010 else [])
        yield from r.there(f"set-legacy-urls-2007@{s}" for s in old)
        yield from r.there(f"install-legacy-certificate@{s}" for s in old)
        yield from r.there(f"enable-certificate@{s}" for s in r.new("cas", site))
        ready = r.of(
            "install-legacy-certificate", "gate-publish-namespace", "set-legacy-urls-2007", site=site
        )
        ready += r.of("gate-create-legacy-dns") + r.of("enable-certificate", site=site)
        yield from r.before(ready, [cutover])
        # CA-006: all three roles of the site before its names move.
        roles = ("install-cas", "install-hub", "install-mailbox") if r.to_2010 else ("install-cas",)
        yield from r.before(r.of(*roles, site=site), [cutover])
        # CA-018: OWA of 2007 mailboxes behind the site needs the copied folder.
        inner = [s for s in r.topology.sites if not s.internet_facing and r.old("cas", s.name)]
        if inner:
            yield from r.there(f"copy-owa-2007-version-folder@{s}" for s in r.new("cas", site))
            yield from r.before(r.of("copy-owa-2007-version-folder", site=site), [cutover])


def g08(r: Read) -> Wrong:
    first = r.topology.first_site
    moves = r.of(*MOVES)
    if moves:
        yield from r.there([f"cutover-client-namespace@site:{first.name}"])
    yield from r.before(r.of("cutover-client-namespace", site=first.name), moves)
    for site in r.topology.sites:
        if site.internet_facing and site.namespace:
            own = r.of(*MOVES, site=site.name)
            if own:
                yield from r.there([f"cutover-client-namespace@site:{site.name}"])
            yield from r.before(r.of("cutover-client-namespace", site=site.name), own)


def g09(r: Read) -> Wrong:
    t = r.topology
    with_2003 = {b.name for b in t.batches if b.outlook_2003 or b.pilot}
    if t.public_folders.present and any(b.outlook_2003 for b in t.batches):
        yield from r.there(["replicate-system-folders"])
    yield from r.before(
        r.of("replicate-system-folders"), [s for s in r.of(*MOVES) if s.scope.name in with_2003]
    )


def g10(r: Read) -> Wrong:
    yield from r.there(["move-oab"])
    folders = [d for d in r.topology.databases if not d.target and d.kind == "public-folder"]
    for server in r.leaving("mailbox"):
        drained = r.of("move-public-folder-replicas", server=server)
        if any(d.server == server for d in folders):
            yield from r.there([f"move-public-folder-replicas@{server}"])
        removed = r.of("remove-2007-databases", server=server)
        gone = [s for m in r.machines(server) for s in r.of("uninstall-2007-mailbox", server=m)]
        gone += r.of("remove-2007-cms", server=server)
        yield from r.there(
            f"remove-2007-databases@database:{d.name}" for d in r.topology.databases if d.server == server
        )
        yield from r.before(drained, removed)
        yield from r.before([*removed, *r.of("move-oab")], gone)
    yield from r.before(r.of("move-oab"), r.of("remove-2007-databases"))


def g11_g27(r: Read) -> Wrong:
    for site in r.sites():
        boxes, um = (r.of(f"uninstall-2007-{k}", site=site) for k in ("mailbox", "um"))
        hubs, cas = (r.of(f"uninstall-2007-{k}", site=site) for k in ("hub", "cas"))
        yield from r.before(boxes, [*um, *hubs])
        yield from r.before(um, hubs)
        yield from r.before([*boxes, *um, *hubs], cas)  # DEC-002: the mirror of installation


def g12(r: Read) -> Wrong:
    known = r.topology.source.send_connectors if r.topology.source else ()
    leaving = set(r.leaving("hub"))
    yield from r.there(
        f"move-send-connector-source@connector:{c.name}" for c in known if set(c.sources) & leaving
    )
    yield from r.before(r.of("move-send-connector-source"), r.of("uninstall-2007-hub"))
    for edge in r.topology.edges:
        kind = "resubscribe-edge" if edge.existing else "edge-subscribe"
        yield from r.there([f"{kind}@edge:{edge.edge}"])
    yield from r.before(r.of("resubscribe-edge", "edge-subscribe"), r.of("uninstall-2007-hub"))


def g13(r: Read) -> Wrong:
    moves = r.of("move-mailboxes")
    yield from r.there(f"move-mailboxes@batch:{b.name}" for b in r.topology.batches)
    yield from r.before(moves, r.of("retire-legacy-namespace", "uninstall-2007-cas"))
    yield from r.before(r.of("retire-legacy-namespace"), r.of("uninstall-2007-cas"))
    # An Internet-facing site's 2007 CAS is the target of redirection and proxy for all 2007 mailboxes: it leaves last.
    outer = [s for s in r.of("uninstall-2007-cas") if r.topology.site_by_name[s.scope.site].internet_facing]
    yield from r.before(r.of("uninstall-2007-mailbox"), outer)


def g16(r: Read) -> Wrong:
    yield from r.there(["gate-backup", "prepare-schema"])
    yield from r.before(r.of("gate-backup"), r.of("prepare-schema", "prepare-2007-sp-schema"))


def g17(r: Read) -> Wrong:
    old = [s for s in r.topology.servers if s.source and s.version == "2007" and "edge" not in s.roles]
    due = [s for s in old if s.service_pack in ("RTM", "SP1", "")]
    yield from r.there(f"patch-2007-servers@{m}" for s in due for m in r.machines(s.name))
    for site in r.sites():
        wanted = [s.name for s in due if {"cas", "um"} & set(s.roles) or s.site == site]
        wanted += [m for name in wanted for m in r.machines(name)]
        patches = [s for s in r.of("patch-2007-servers", "upgrade-2007-cms") if s.scope.server in wanted]
        yield from r.before(patches, r.of(*INSTALLS, site=site))
    yield from r.before(r.of("wait-replication-2007-sp-schema"), r.of("patch-2007-servers"))


def g20(r: Read) -> Wrong:
    for site in r.sites():
        yield from r.before(
            r.of("install-hub", site=site), r.of("resubscribe-edge", "edge-subscribe", site=site)
        )


def g21(r: Read) -> Wrong:
    free = (
        "collect-inventory",
        "run-exchange-predeployment-analyzer",
        "preflight-remoting",
        "gate-install-wmf",
    )
    for step in r.change.steps:
        if step.host and step.kind not in free:
            yield from r.there([f"preflight-remoting@{step.host}"])
            yield from r.before(r.of("preflight-remoting", server=step.host), [step])


def g22(r: Read) -> Wrong:
    setup = ("prepare-schema", "prepare-ad", "prepare-domain", "prepare-2007-sp-schema", "prepare-2007-sp-ad")
    setup += (
        "prepare-2007-sp-domain",
        "patch-2007-servers",
        "upgrade-2007-cms",
        "remove-2007-cms",
        *INSTALLS,
        "install-edge",
        "install-update-rollup",
    )
    setup += (*UNINSTALLS, "uninstall-old-edge")
    for step in r.of(*setup):
        yield from r.there([f"stage-media@{step.host}"])
        yield from r.before(r.of("stage-media", server=step.host), [step])


def g23(r: Read) -> Wrong:
    for gate in r.of("gate-publish-namespace"):
        if r.topology.media_for(r.topology.target.version, "rollup"):
            servers = [
                s.name for s in r.topology.servers if s.target and s.roles and s.site == gate.scope.site
            ]
            yield from r.there(f"install-update-rollup@{s}" for s in servers)
        yield from r.before(r.of("install-update-rollup", site=gate.scope.site), [gate])


def g24(r: Read) -> Wrong:
    for site in r.sites():
        tested = r.of("create-test-mailboxes", site=site)
        cutovers = r.of("cutover-client-namespace", site=site) if r.to_2010 else []
        if cutovers:
            yield from r.there([f"create-test-mailboxes@site:{site}"])
        pilots = {b.name for b in r.topology.batches if b.pilot}
        yield from r.before(
            tested, [*cutovers, *(s for s in r.of(*MOVES, site=site) if s.scope.name in pilots)]
        )


def g25(r: Read) -> Wrong:
    for batch in r.topology.batches:
        moves = [s for s in r.of(*MOVES) if s.scope.name == batch.name]
        for target in batch.targets:
            ids = [f"{k}@database:{target}" for k in ("configure-databases", "gate-backup-target")]
            yield from r.there(ids)
            yield from r.before([r.steps[id] for id in ids if id in r.steps], moves)


def g26(r: Read) -> Wrong:
    old_drains = ("drain-legacy-pf-replicas", "gate-drain-legacy-pf-replicas")
    for drains, versions in ((old_drains, ("2000", "2003")), (("move-public-folder-replicas",), ("2007",))):
        batches = {b.name for b in r.topology.batches if b.source in versions}
        yield from r.before([s for s in r.of("move-mailboxes") if s.scope.name in batches], r.of(*drains))


def g28(r: Read) -> Wrong:
    for step in r.change.steps:
        if step.phase == "decommission" and step.reversibility == "point-of-no-return":
            own = r.of("gate-decommission-server", server=step.scope.server) if step.scope.server else []
            if step.scope.site and not own:
                yield from r.there([f"gate-decommission@site:{step.scope.site}"])
            gates = own or [s for s in r.of("gate-decommission") if s.scope.site in (step.scope.site, "")]
            yield from r.before(gates, [step])
    late = r.of("clean-2007-groups", "clean-legacy-groups", "delete-rus", "remove-legacy-routing-groups")
    yield from r.before(r.of("gate-decommission"), late)


def g29(r: Read) -> Wrong:
    sends = r.of("move-send-connector-source", "create-internet-send-connector")
    if sends:
        yield from r.there(["gate-outbound-path"])
    yield from r.before(r.of("gate-outbound-path"), sends)


def g30(r: Read) -> Wrong:
    if r.topology.expansion_groups:
        yield from r.there(["move-expansion-servers"])
    yield from r.before(r.of("move-expansion-servers"), r.of("uninstall-2007-hub", "uninstall-legacy-server"))


def g31(r: Read) -> Wrong:
    prepared = (*INSTALLS, "install-edge", "prepare-schema", "prepare-ad", "prepare-domain")
    for step in r.of(*prepared):
        yield from r.there([f"install-os-prereqs@{step.host}"])
        yield from r.before(r.of("install-os-prereqs", server=step.host), [step])


def order_of_sites(r: Read) -> Wrong:
    """Multi-site order: nothing of the new version in a later site before the first site has its Mailbox role."""
    first = r.topology.first_site.name
    later = [s for s in r.of(*INSTALLS) if s.scope.site != first]
    yield from r.before(r.of("install-mailbox", site=first), later)
    if r.topology.policy.later_sites == "after-pilot":
        here = {d.name for d in r.topology.databases if d.site == first}
        pilots = {
            b.name for b in r.topology.batches if b.pilot and b.site == first and here >= set(b.targets)
        }
        yield from r.before([s for s in r.of("move-mailboxes") if s.scope.name in pilots], later)


def order_of_preparation(r: Read) -> Wrong:
    """Each preparation is replicated before the next one, all of them before the first Setup (ORG-020)."""
    chain = (
        "prepare-schema",
        "wait-replication-schema",
        "prepare-ad",
        "wait-replication-ad",
        "prepare-domain",
    )
    chain += ("wait-replication-domains",)
    for first, then in pairwise(chain):
        domain_to_domain = (first, then) == ("prepare-domain", "wait-replication-domains")
        for step in r.of(then):
            earlier = [s for s in r.of(first) if not domain_to_domain or s.scope.name == step.scope.name]
            yield from r.before(earlier, [step])
    yield from r.there(f"wait-replication-domains@domain:{d.name}" for d in r.topology.domains if d.exchange)
    yield from r.before(r.of("wait-replication-domains"), r.of(*INSTALLS))


def hosts_live(r: Read) -> Wrong:
    """A shell of Exchange runs on a server between its first Setup and its last uninstall."""
    for step in r.change.steps:
        server = r.topology.server_by_name.get(step.host)
        if server is None or step.vantage not in ("E07", "E10", "EDGE-E07", "EDGE-E10"):
            continue
        if server.target:
            came = r.of(*INSTALLS, "install-edge", server=server.name)
            if not any(r.follows(i.id, step.id) for i in came):
                yield f"{step.id} runs on {server.name} before it has Exchange"
        else:
            left = r.of(*UNINSTALLS, "uninstall-old-edge", server=server.name)
            if left and not any(r.follows(step.id, u.id) for u in left):
                yield f"{step.id} runs on {server.name}, which may have left"


def clusters(r: Read) -> Wrong:
    """Passive node first, the clustered server on it, then the others one by one; it goes before its nodes do."""
    for server in r.topology.servers:
        whole = server.clustered
        if whole is None or whole.name != server.name:
            continue
        for step in r.change.steps:
            if step.host == server.name:
                yield f"{step.id} runs on {server.name}, which is no machine"
        first, *others = [n for n in whole.nodes if n != whole.active] + [whole.active]
        upgrade = r.of("upgrade-2007-cms", server=server.name)
        patches = {n: r.of("patch-2007-servers", server=n) for n in whole.nodes}
        if any(patches.values()):
            yield from r.there([f"move-2007-cms@{server.name}", f"upgrade-2007-cms@{server.name}"])
        yield from r.before(patches[first], r.of("move-2007-cms", server=server.name))
        yield from r.before(r.of("move-2007-cms", server=server.name), upgrade)
        for before, after in pairwise([first, *others]):
            yield from r.before([*patches[before], *upgrade], patches[after])
        if not server.keep:
            yield from r.there([f"remove-2007-cms@{server.name}"])
            gone = [s for n in whole.nodes for s in r.of("uninstall-2007-mailbox", server=n)]
            yield from r.before(r.of("remove-2007-cms", server=server.name), gone)


def everything_leaves(r: Read) -> Wrong:
    """Every role of every old server that does not stay is removed, and every new role comes."""
    for server in r.topology.servers:
        if server.name in r.legacy() and not server.keep:
            yield from r.there([f"uninstall-legacy-server@{server.name}"])
        elif server.source and not server.keep and "edge" not in server.roles:
            yield from r.there(
                f"uninstall-2007-{role}@{m}" for role in server.roles for m in r.machines(server.name)
            )
        if server.target:
            yield from r.there(f"install-{role}@{server.name}" for role in server.roles)


READINGS: tuple[Callable[[Read], Wrong], ...] = (
    g01_g02_g03_g14_g15_g18_g19, g04, g05, g06, g07, g08, g09, g10, g11_g27, g12, g13, g16, g17, g20, g21, g22, g23,
    g24, g25, g26, g28, g29, g30, g31, order_of_sites, order_of_preparation, hosts_live, clusters, everything_leaves,
)  # fmt: skip


def wrong(change: Change, topology: Topology) -> list[str]:
    """Everything in which a change breaks a reading: `g12: … is not before …`."""
    from tests.compile.dossier_legacy import READINGS_OF_OLD

    read = Read(change, topology)
    readings = (*READINGS, *(READINGS_OF_OLD if read.legacy() else ()))
    return [f"{reading.__name__}: {said}" for reading in readings for said in reading(read)]
