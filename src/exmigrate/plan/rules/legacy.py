"""Rules on what Exchange 2000 and 2003 leave to their successors, judged on the plan.

Client access of old mailboxes, moves from old servers, features that keep an old server, what is different in them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit

from exmigrate.model import Topology
from exmigrate.model.topology import LEGACY_VERSIONS, Server

from .judge import Hit, Predicate
from .view import kept, leaving, left_behind, legacy, named, new, old, on_version, source_of

_GB = 1 << 30
_STANDARD_STORE = 70 * _GB
_LARGE_MAILBOX = 16 * _GB
_EFORMS = "EFORMS REGISTRY"

FEATURES_OF: Mapping[str, str] = {
    "mobile-information-server": "2000",
    "instant-messaging": "2000",
    "chat": "2000",
    "conferencing": "2000",
    "key-management": "2000",
    "ccmail-connector": "2000",
    "msmail-connector": "2000",
    "groupwise-connector": "2003",
    "x400-connector": "2003",
    "notes-connector": "2003",
    "nntp": "2003",
}
"""Features that later versions lack, and the last version that has each."""


def _entry_points(t: Topology) -> tuple[Server, ...]:
    """What serves old mailboxes to the web: front-ends, or where there are none the servers with the mailboxes."""
    return legacy(t, "front-end") or legacy(t, "mailbox")


def _owa_of_2003(t: Topology) -> Iterator[Hit]:
    rest = left_behind(t, *LEGACY_VERSIONS)
    # Where 2007 stands too, its Client Access is the host behind the legacy name.
    entries = old(t, "cas") if "2007" in t.versions else _entry_points(t)
    gone = tuple(s for s in entries if not s.keep)
    if rest and gone and len(gone) == len(entries):
        case = f"{len(rest)} mailboxes of 2003 are in no batch ({rest[0].alias} ...) and {named(gone)} leaves"
        yield Hit(case, gone[0].path)


def _front_ends(t: Topology) -> Iterator[Hit]:
    gone = leaving(t, "front-end")
    if gone and t.target.version == "2007":
        yield Hit(f"{named(gone)} may leave after the cut-over", gone[0].path)


def _redirection(t: Topology) -> Iterator[Hit]:
    people = on_version(t, *LEGACY_VERSIONS)
    if people and not t.client_access.exchange2003_url and new(t, "cas"):
        case = f"{len(people)} mailboxes are on 2003, and the plan has no exchange2003_url"
        yield Hit(case, f"{t.client_access.path}.exchange2003_url")


def _redirection_url(t: Topology) -> Iterator[Hit]:
    url = t.client_access.exchange2003_url
    path = f"{t.client_access.path}.exchange2003_url"
    if not url:
        return
    parts = urlsplit(url)
    if parts.scheme.lower() != "https":
        yield Hit(f"{url} has no https", path)
    folder = parts.path.strip("/").partition("/")[0].lower()
    if folder in ("", "owa"):
        yield Hit(f"{url} names no virtual directory of 2003", path)


def _old_interface(t: Topology) -> Iterator[Hit]:
    people = on_version(t, *LEGACY_VERSIONS)
    between = t.target.version == "2007" or bool(old(t, "cas"))
    if people and between:
        entries = new(t, "cas") if t.target.version == "2007" else old(t, "cas")
        yield Hit(f"{len(people)} mailboxes are on 2000 or 2003 behind a 2007 CAS", _path(entries))


def _interface_2007(t: Topology) -> Iterator[Hit]:
    people = on_version(t, "2007")
    if people:
        yield Hit(f"{len(people)} mailboxes are on 2007 behind a 2010 CAS", _path(new(t, "cas")))


def _path(servers: tuple[Server, ...]) -> str:
    return servers[0].path if servers else ""


def _large_stores(t: Topology) -> Iterator[Hit]:
    sizes: Counter[str] = Counter()
    for b in source_of(t).mailboxes:
        sizes[b.database] += b.size
    for server in legacy(t, "mailbox"):
        for d in t.databases_on(server.name):
            if server.edition == "Standard" and sizes[d.key] > _STANDARD_STORE:
                yield Hit(f"{d.name} of {server.name} (Standard) holds {sizes[d.key] >> 30} GB", d.path)


def _offline(t: Topology) -> Iterator[Hit]:
    for b in t.batches:
        offline = t.target.version == "2007" or b.source in LEGACY_VERSIONS
        if offline and not (b.window or t.policy.batch_window):
            yield Hit(f"Batch {b.name} moves mailboxes from {b.source} and has no window", b.path)


def _no_way(t: Topology) -> Iterator[Hit]:
    people = {b.alias for b in on_version(t, "2000")}
    for b in t.batches:
        mine = [m for m in b.members if m in people]
        if b.source == "2000" or mine:
            who = mine[0] if mine else "its members"
            yield Hit(f"Batch {b.name} moves {who} from Exchange 2000", b.path)


def _large_mailboxes(t: Topology) -> Iterator[Hit]:
    for b in on_version(t, *LEGACY_VERSIONS):
        if b.size >= _LARGE_MAILBOX:
            yield Hit(f"{b.alias} has {b.size >> 30} GB on {b.database}", b.path)


def _reports(t: Topology) -> Iterator[Hit]:
    if t.batches:
        yield Hit(f"{len(t.batches)} batches are moved by move requests", t.batches[0].path)


def _um_of_old(t: Topology) -> Iterator[Hit]:
    stay = {b.alias for b in left_behind(t, *LEGACY_VERSIONS)}
    for group in t.mailbox_sets:
        for alias in group.members:
            if alias in stay:
                yield Hit(f"{alias} of '{group.name}' stays on an old server", group.path)


def _first_um(t: Topology) -> Iterator[Hit]:
    um = new(t, "um")
    if um and not old(t, "um"):
        yield Hit(f"{named(um)} brings it", um[0].path)


def _retained(t: Topology) -> Iterator[Hit]:
    for feature in source_of(t).features:
        version = FEATURES_OF.get(feature.feature, "")
        server = t.server_by_name.get(feature.server)
        if server is not None and not server.keep and not server.target:
            yield Hit(f"{feature.feature} is in use on {server.name}, which leaves", feature.path)
            continue
        having = tuple(s for s in legacy(t) if s.version == (server.version if server else version))
        if server is None and having and not any(s.keep for s in having):
            yield Hit(f"{feature.feature} is in use and every server of {version} leaves", feature.path)


def _legacy_lists(t: Topology) -> Iterator[Hit]:
    facts = source_of(t)
    named_lists = [a.name for a in facts.address_lists] + [p.name for p in facts.address_policies if p.legacy]
    if named_lists:
        places = [a.path for a in facts.address_lists] + [p.path for p in facts.address_policies if p.legacy]
        yield Hit(
            f"{len(named_lists)} lists and policies ({named_lists[0]} ...) have LDAP filters", places[0]
        )


def _little(t: Topology) -> Iterator[Hit]:
    if t.has_legacy and t.first_hub is not None:
        yield Hit(f"Setup of {t.first_hub.name} comes first", t.first_hub.path)


def _smart_host(t: Topology) -> Iterator[Hit]:
    subscribed = {e.edge for e in t.edges}
    for s in new(t, "edge"):
        early = any(site.name == s.site and site.role_order[:1] == ("edge",) for site in t.sites)
        if early or s.name not in subscribed:
            yield Hit(f"{s.name} is no subscribed Edge while only old servers take its mail", s.path)


def _locked_out(t: Topology) -> Iterator[Hit]:
    stores = [d for d in t.databases if not d.target and d.kind == "public-folder"]
    staying = {s.name for s in kept(t)}
    if not stores or t.public_folders.target_databases or any(d.server in staying for d in stores):
        return
    uses = t.client_access.outlook_2003_clients or any(b.outlook_2003 for b in t.batches)
    forms = [f for f in source_of(t).public_folders if _EFORMS in f.folder.upper() and f.items]
    if uses:
        yield Hit("Outlook 2003 is in use and no public folder database remains", stores[-1].path)
    elif forms:
        yield Hit(f"{forms[0].folder} has forms and no public folder database remains", forms[0].path)


def _orphaned_default(t: Topology) -> Iterator[Hit]:
    gone = {s.name for s in leaving(t)}
    leaves = {d.key for d in t.databases if d.server in gone and d.kind == "public-folder"}
    for d in t.databases:
        if d.server not in gone and d.public_folder_database in leaves:
            yield Hit(f"{d.name} has the default public folder database {d.public_folder_database}", d.path)


PREDICATES: Mapping[str, Predicate[Topology]] = {
    "CA-002": _owa_of_2003,
    "CA-003": _front_ends,
    "CA-004": _redirection,
    "CA-005": _redirection_url,
    "CA-025": _old_interface,
    "CA-032": _interface_2007,
    "TOP-022": _large_stores,
    "MV-002": _offline,
    "MV-009": _no_way,
    "MF-017": _reports,
    "UM-001": _um_of_old,
    "FEAT-001": _retained,
    "FEAT-005": _first_um,
    "ADM-005": _legacy_lists,
    "ISS-004": _little,
    "ISS-009": _smart_host,
    "ISS-010": _large_mailboxes,
    "PF-003": _locked_out,
    "PF-006": _orphaned_default,
}
