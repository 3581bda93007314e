"""The forest: domain controllers with a replica each, and replication between them in organization time.

A write lands on one controller and reaches the others after the latency of the way between their sites. Two
readers on two controllers therefore disagree for a while, as in life.
"""

import heapq
import random
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from typing import Protocol

from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Attributes, Change, DirectoryError, Entry, Replica
from exmigrate.twin.world.spec import DomainControllerSpec, DomainSpec, ForestSpec


class Scheduler(Protocol):
    """What the forest needs of the organization clock."""

    def now(self) -> datetime: ...

    def schedule(self, delay_s: float, callback: Callable[[], None]) -> object: ...


def referral() -> DirectoryError:
    """What a controller answers for an object that it does not hold, or holds to be read only."""
    return DirectoryError("referral", "A referral was returned from the server.", 0x8007202B)


class DomainController:
    """One controller: its place, its replica, and writes that replicate."""

    def __init__(self, spec: DomainControllerSpec, forest: "Forest") -> None:
        self.spec = spec
        self.forest = forest
        self.up = True
        self.replica = Replica(spec.name, forest.schema_dn, self._holds, forest.clock.now)

    def __repr__(self) -> str:
        return f"<DC {self.fqdn}>"

    @property
    def name(self) -> str:
        """Host name."""
        return self.spec.name

    @property
    def fqdn(self) -> str:
        """Full DNS name."""
        return f"{self.spec.name}.{self.spec.domain}".lower()

    @property
    def site(self) -> str:
        """AD site it stands in."""
        return self.spec.site

    @property
    def domain_dn(self) -> str:
        """DN of its domain."""
        return names.domain_dn(self.spec.domain)

    @property
    def is_global_catalog(self) -> bool:
        """Whether it answers on the global catalog port."""
        return self.spec.global_catalog

    def contexts(self) -> list[str]:
        """DNs of the naming contexts held with all their attributes."""
        return [self.domain_dn, self.forest.configuration_dn, self.forest.schema_dn]

    def _holds(self, key: str) -> bool:
        context = self.forest.context_of(key)
        if context is None:
            return False
        return self.is_global_catalog or context in self._contexts

    # reading

    def get(self, dn: str) -> Entry | None:
        """The entry of a DN on this controller, or None."""
        return self.replica.get(dn)

    def value(self, entry: Entry, name: str) -> tuple[object, ...]:
        """All values of an attribute, computed ones included."""
        return self.replica.value(entry, name)

    def children(self, dn: str) -> list[Entry]:
        """Entries right below a DN."""
        return self.replica.children(dn)

    def search(
        self, base: str, text: str = "(objectClass=*)", scope: str = "subtree", across: bool = False
    ) -> list[Entry]:
        """Find entries; see `Replica.search`."""
        return self.replica.search(base, scope, text, across)

    # writing

    def create(self, dn: str, classes: Sequence[str] | str, attributes: Attributes | None = None) -> Entry:
        """Add an object here and replicate it.

        Raises:
            DirectoryError: refused.
        """
        self._writable(dn)
        chain = [classes] if isinstance(classes, str) else list(classes)
        change = self.replica.create(dn, chain, attributes or {}, self.forest.new_guid())
        self.forest.replicate(self, [change])
        entry = self.replica.get(dn)
        assert entry is not None
        return entry

    def ensure(self, dn: str, classes: Sequence[str] | str, attributes: Attributes | None = None) -> Entry:
        """The entry of a DN, made when it is not there; existing attributes stay as they are."""
        return self.get(dn) or self.create(dn, classes, attributes)

    def modify(self, dn: str, attributes: Attributes) -> None:
        """Replace attributes here and replicate (None removes one)."""
        self._writable(dn)
        self.forest.replicate(self, [self.replica.modify(dn, attributes)])

    def add_values(self, dn: str, attribute: str, values: Sequence[str]) -> None:
        """Add values to a multi-valued attribute, without doubling any."""
        entry = self.get(dn)
        old = [str(v) for v in entry.get(attribute)] if entry else []
        present = {names.key(v) for v in old}
        fresh = [v for v in values if names.key(v) not in present]
        if fresh or entry is None:
            self.modify(dn, {attribute: [*old, *fresh]})

    def remove_values(self, dn: str, attribute: str, values: Sequence[str]) -> None:
        """Take values out of a multi-valued attribute."""
        entry = self.get(dn)
        gone = {names.key(v) for v in values}
        old = [str(v) for v in entry.get(attribute)] if entry else []
        self.modify(dn, {attribute: [v for v in old if names.key(v) not in gone]})

    def delete(self, dn: str, tree: bool = False) -> None:
        """Remove an object here and replicate that."""
        self._writable(dn)
        self.forest.replicate(self, self.replica.delete(dn, tree))

    def rename(self, dn: str, new_dn: str) -> None:
        """Move or rename an object here and replicate that."""
        self._writable(dn)
        self.forest.replicate(self, [self.replica.rename(dn, new_dn)])

    def owns(self, dn: str) -> bool:
        """Whether it answers for an object on the LDAP port: its own domain's, the configuration's, the schema's.

        What a global catalog holds of other domains shows on the catalog's port alone, and nobody can write it there.
        A name outside of the forest counts as its own: what it says of that is "no such object".
        """
        context = self.forest.context_of(names.key(dn))
        return context is None or context in self._contexts

    def writer(self, dn: str) -> "DomainController":
        """The controller on which an object is written from here: this one, else the nearest of the object's domain.

        Raises:
            DirectoryError: its domain has none that is up and can be written.
        """
        if self.owns(dn):
            return self
        found = self.forest.find(self.site, domain=names.dns_name(dn), writable=True)
        if found is None:
            raise referral()
        return found

    @cached_property
    def _contexts(self) -> frozenset[str]:
        return frozenset(names.key(dn) for dn in self.contexts())

    def _writable(self, dn: str) -> None:
        if self.spec.read_only or not self.owns(dn):
            raise referral()


class Forest:
    """All controllers of the organization and the ways between their sites.

    Args:
        spec: the forest's specification.
        clock: organization clock.
        seed: seed of object GUIDs.
    """

    def __init__(self, spec: ForestSpec, clock: Scheduler, seed: int) -> None:
        self.spec = spec
        self.clock = clock
        self._random = random.Random(f"forest:{seed}")
        self._instant = False
        self._stuck: dict[str, datetime] = {}
        self._held_back: list[tuple[str, str, Change]] = []
        self.root_dn = names.domain_dn(spec.domains[0].name)
        self.configuration_dn = f"CN=Configuration,{self.root_dn}"
        self.schema_dn = f"CN=Schema,{self.configuration_dn}"
        self._contexts = sorted(
            (names.key(dn) for dn in (self.configuration_dn, self.schema_dn, *self.domain_dns())),
            key=len,
            reverse=True,
        )
        self.controllers = {dc.name.lower(): DomainController(dc, self) for dc in spec.domain_controllers}

    # names and places

    def domain_dns(self) -> list[str]:
        """DN of each domain, the root domain first."""
        return [names.domain_dn(domain.name) for domain in self.spec.domains]

    def domain(self, name: str) -> DomainSpec | None:
        """A domain by DNS or NetBIOS name or DN, without regard to case; empty gives the root domain."""
        lowered = name.lower()
        if not lowered:
            return self.spec.domains[0]
        for domain in self.spec.domains:
            if lowered in (domain.name.lower(), self.netbios(domain).lower()):
                return domain
            if "=" in lowered and names.key(names.domain_dn(domain.name)) == names.key(name):
                return domain
        return None

    @staticmethod
    def netbios(domain: DomainSpec) -> str:
        """NetBIOS name of a domain."""
        return domain.netbios or domain.name.split(".")[0].upper()

    def context_of(self, key: str) -> str | None:
        """Key of the naming context that a DN key lies in, or None."""
        return next((context for context in self._contexts if names.is_below(key, context)), None)

    def new_guid(self) -> uuid.UUID:
        """The next object GUID, reproducible by the seed."""
        return uuid.UUID(int=self._random.getrandbits(128), version=4)

    # choosing a controller

    def all(self) -> list[DomainController]:
        """Every controller, in the order of the specification."""
        return list(self.controllers.values())

    def controller(self, name: str) -> DomainController | None:
        """A controller by host name, full name or either with a port."""
        host = name.split(":")[0].lower()
        found = self.controllers.get(host.split(".")[0])
        return found if found and host in (found.name.lower(), found.fqdn) else None

    def find(
        self,
        site: str = "",
        domain: str = "",
        global_catalog: bool = False,
        writable: bool = False,
    ) -> DomainController | None:
        """The controller that Windows' locator would take: nearest by site link cost, then by order."""
        wanted = self.domain(domain) if domain else None
        fitting = [
            dc
            for dc in self.all()
            if dc.up
            and (wanted is None or dc.spec.domain.lower() == wanted.name.lower())
            and (not global_catalog or dc.is_global_catalog)
            and not (writable and dc.spec.read_only)
        ]
        if not fitting:
            return None
        return min(fitting, key=lambda dc: self.distance(site, dc.site) if site else 0.0)

    def master(self, role: str) -> DomainController | None:
        """The holder of an operation master role (``schema``, ``naming``, ``pdc`` …)."""
        return next((dc for dc in self.all() if role in dc.spec.fsmo), self.all()[0])

    def distance(self, one: str, other: str) -> float:
        """Cheapest way between two sites, by site link cost; infinity when there is none."""
        return self._way(one, other, "cost")

    def latency(self, one: str, other: str) -> float:
        """Seconds a change takes between controllers of two sites."""
        intra = float(self.spec.intra_site_latency_s)
        return intra if one.lower() == other.lower() else intra + self._way(one, other, "latency_s")

    def _way(self, one: str, other: str, measure: str) -> float:
        start, goal = one.lower(), other.lower()
        reached: dict[str, float] = {}
        open_ways: list[tuple[float, str]] = [(0.0, start)]
        while open_ways:
            spent, site = heapq.heappop(open_ways)
            if site in reached:
                continue
            reached[site] = spent
            if site == goal:
                return spent
            for link in self.spec.site_links:
                members = [name.lower() for name in link.sites]
                if site in members:
                    for neighbour in members:
                        heapq.heappush(open_ways, (spent + getattr(link, measure), neighbour))
        return float("inf")

    # replication

    @contextmanager
    def instantly(self) -> Iterator[None]:
        """Writes inside reach every controller at once: for what was there before the story starts."""
        before, self._instant = self._instant, True
        try:
            yield
        finally:
            self._instant = before

    def replicate(self, origin: DomainController, changes: Sequence[Change]) -> None:
        """Carry changes of one controller to all others that hold their naming context."""
        for target in self.all():
            if target is origin:
                continue
            for change in changes:
                self._send(origin, target, change)

    def _send(self, origin: DomainController, target: DomainController, change: Change) -> None:
        if self._instant:
            target.replica.apply(change)
            return
        delay = self.latency(origin.site, target.site) + 60.0 * target.spec.lag_min
        if delay == float("inf"):
            self._held_back.append((origin.name, target.name, change))
            return
        self.clock.schedule(delay, lambda: self._arrive(origin, target, change))

    def _arrive(self, origin: DomainController, target: DomainController, change: Change) -> None:
        if not target.up or target.name.lower() in self._stuck or origin.name.lower() in self._stuck:
            self._held_back.append((origin.name, target.name, change))
            return
        target.replica.apply(change)

    def stick(self, controller: str) -> None:
        """Fault: nothing replicates to or from this controller until `release`."""
        self._stuck.setdefault(controller.lower(), self.clock.now())

    def release(self, controller: str) -> None:
        """End a stuck replication; what was held back arrives now."""
        self._stuck.pop(controller.lower(), None)
        waiting, self._held_back = self._held_back, []
        for origin, target, change in waiting:
            found, source = self.controller(target), self.controller(origin)
            if found is not None and source is not None:
                self._arrive(source, found, change)

    def set_up(self, controller: str, up: bool) -> None:
        """Take a controller down or bring it back; what it missed arrives then."""
        found = self.controller(controller)
        if found is not None:
            found.up = up
            if up:
                self.release(controller)

    def synchronize(self) -> None:
        """``repadmin /syncall``: everything on its way arrives everywhere (stuck ones excepted)."""
        self.clock.schedule(0.0, lambda: None)
        for origin in self.all():
            for target in self.all():
                if (
                    target is not origin
                    and not {origin.name.lower(), target.name.lower()} & self._stuck.keys()
                ):
                    self._pull(origin, target)

    @staticmethod
    def _pull(origin: DomainController, target: DomainController) -> None:
        for entry in list(origin.replica.entries()):
            newest = max(entry.stamps.values())
            known = target.replica.by_guid(entry.guid)
            kind = "create" if known is None else "modify"
            target.replica.apply(Change(entry.guid, entry.dn, kind, newest, dict(entry.attributes)))

    def is_stuck(self, controller: str) -> bool:
        """Whether a fault keeps this controller from replicating."""
        return controller.lower() in self._stuck

    def stuck_since(self, *controllers: str) -> datetime | None:
        """Since when one of some controllers does not replicate, the earliest; None where all do."""
        times = [self._stuck[name.lower()] for name in controllers if name.lower() in self._stuck]
        return min(times, default=None)
