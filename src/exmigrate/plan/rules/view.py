"""What several predicates ask of a topology."""

from __future__ import annotations

from collections import Counter

from exmigrate.model import Topology
from exmigrate.model.topology import Certificate, Mailbox, Server, Site, SourceOrganization


def source_of(topology: Topology) -> SourceOrganization:
    """The source organization's facts.

    Raises:
        ValueError: the topology was made without them.
    """
    if topology.source is None:
        raise ValueError("the topology has no source facts: it was not made by plan.load")
    return topology.source


def old(topology: Topology, role: str = "", site: str = "") -> tuple[Server, ...]:
    """Servers of today, with a role and in a site if given."""
    return tuple(s for s in topology.servers_in(site, role) if s.source)


def new(topology: Topology, role: str = "", site: str = "") -> tuple[Server, ...]:
    """Servers to be, with a role and in a site if given."""
    return topology.servers_in(site, role, target=True)


def leaving(topology: Topology, role: str = "", site: str = "") -> tuple[Server, ...]:
    """Old servers that go."""
    return tuple(s for s in old(topology, role, site) if not s.keep)


def kept(topology: Topology, role: str = "", site: str = "") -> tuple[Server, ...]:
    """Old servers that stay."""
    return tuple(s for s in old(topology, role, site) if s.keep)


def named(servers: tuple[Server, ...]) -> str:
    """Servers' names for a sentence."""
    return ", ".join(s.name for s in servers)


def legacy(topology: Topology, role: str = "", site: str = "") -> tuple[Server, ...]:
    """Exchange 2000 and 2003 servers of today, with a role and in a site if given."""
    return tuple(s for s in old(topology, role, site) if s.legacy)


def version_of(topology: Topology, mailbox: Mailbox) -> str:
    """The Exchange version that a mailbox is on today, empty if its database is not in the plan."""
    database = topology.database_by_key.get(mailbox.database)
    server = topology.server_by_name.get(database.server) if database else None
    return server.version if server else ""


def on_version(topology: Topology, *versions: str) -> tuple[Mailbox, ...]:
    """Users' mailboxes that are on one of some versions today."""
    return tuple(
        b for b in source_of(topology).mailboxes if b.kind == "user" and version_of(topology, b) in versions
    )


def left_behind(topology: Topology, *versions: str) -> tuple[Mailbox, ...]:
    """Users' mailboxes that are in no batch; of some versions if given."""
    moved = {member for batch in topology.batches for member in batch.members}
    found = (b for b in source_of(topology).mailboxes if b.alias not in moved and b.kind == "user")
    return tuple(b for b in found if not versions or version_of(topology, b) in versions)


def levels(service_pack: str) -> int:
    """A service pack as a number; 0 for none."""
    return int(service_pack[2:]) if service_pack[:2] == "SP" and service_pack[2:].isdigit() else 0


def build(text: str) -> tuple[int, ...]:
    """A build such as `8.1.240.6` as numbers that can be compared."""
    return tuple(int(part) for part in text.split(".") if part.isdigit())


def covers(certificate: Certificate, name: str) -> bool:
    """Whether one of a certificate's names stands for a host name."""
    parent = name.lower().partition(".")[2]
    return any(n.lower() in (name.lower(), f"*.{parent}") for n in certificate.names)


def client_names(topology: Topology) -> tuple[str, ...]:
    """Host names that clients use from outside, the legacy name included."""
    n = topology.namespaces
    regional = [s.namespace for s in topology.sites if s.namespace]
    legacy_names = (name.name for name in topology.legacy_names)
    return tuple(x for x in dict.fromkeys([n.primary, *n.autodiscover, *legacy_names, *regional]) if x)


def names_of_today(topology: Topology) -> frozenset[str]:
    """Host names that clients use before the transition, in small letters: the legacy names are none yet."""
    legacy_names = {name.name.casefold() for name in topology.legacy_names}
    return frozenset(n.casefold() for n in client_names(topology)) - legacy_names


def moved_to_drives(topology: Topology) -> Counter[tuple[str, str]]:
    """Bytes that the batches bring to each drive, by server and drive letter with colon."""
    sizes = {b.alias: b.size for b in source_of(topology).mailboxes}
    drives: Counter[tuple[str, str]] = Counter()
    for batch in topology.batches:
        for member, target in batch.assignments.items():
            database = topology.database_by_key.get(target)
            if database is not None:
                drives[(database.server, database.edb_path[:2].upper())] += sizes.get(member, 0)
    return drives


def target_sites(topology: Topology) -> tuple[Site, ...]:
    """Sites that get servers of a role other than Edge."""
    return tuple(
        s for s in topology.sites if any(r != "edge" for x in new(topology, site=s.name) for r in x.roles)
    )
