"""Rules on mail flow, public folders and unified messaging (MF, PF, OAB, UM), judged on the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exmigrate.model import Topology

from .judge import Hit, Predicate
from .view import kept, leaving, named, new, source_of


def _hub_gone(t: Topology, role: str) -> Iterator[Hit]:
    for site in t.sites:
        staying = kept(t, role, site.name)
        gone = leaving(t, "hub", site.name)
        if staying and gone and not kept(t, "hub", site.name):
            yield Hit(f"{named(staying)} stays in site {site.name}, {named(gone)} leaves", staying[0].path)


def _mailbox_without_hub(t: Topology) -> Iterator[Hit]:
    return _hub_gone(t, "mailbox")


def _um_without_hub(t: Topology) -> Iterator[Hit]:
    return _hub_gone(t, "um")


def _receives(t: Topology, use: str, server: str) -> bool:
    return any(c.use == use and server in c.servers for c in t.mail_flow.receive_connectors)


def _anonymous(t: Topology) -> Iterator[Hit]:
    if t.mail_flow.inbound != "direct":
        return
    hubs = {s.name for s in new(t, "hub")}
    targets = [n for n in t.mail_flow.inbound_targets if n in hubs]
    for name in targets:
        if not _receives(t, "internet", name):
            yield Hit(f"{name} receives from the Internet and has no connector for it", t.mail_flow.path)
    if not targets and not any(c.use == "internet" for c in t.mail_flow.receive_connectors):
        yield Hit("Mail comes directly from the Internet and no Hub has a connector for it", t.mail_flow.path)


def _gateway(t: Topology) -> Iterator[Hit]:
    if t.mail_flow.inbound == "gateway" and not any(
        c.use == "gateway" for c in t.mail_flow.receive_connectors
    ):
        yield Hit("Mail comes from a gateway and no Hub has a connector for it", t.mail_flow.path)


def _orphaned_connectors(t: Topology) -> Iterator[Hit]:
    moved = {c.name.casefold() for c in t.mail_flow.send_connectors}
    going = {s.name for s in leaving(t)}
    for c in source_of(t).send_connectors:
        if c.sources and set(c.sources) <= going and c.name.casefold() not in moved:
            yield Hit(f"Send connector '{c.name}' has only {', '.join(c.sources)}, which leave", c.path)
        elif set(c.sources) & going and c.name.casefold() not in moved:
            both = ", ".join(n for n in c.sources if n in going)
            yield Hit(f"Send connector '{c.name}' names {both}, which leaves", c.path)


def _shared(t: Topology) -> Iterator[Hit]:
    known = {d.name.casefold(): d for d in t.mail_flow.accepted_domains}
    for d in known.values():
        if d.shared_with and d.kind == "authoritative":
            yield Hit(f"{d.name} is shared with {d.shared_with} and authoritative here", d.path)
    spaces = {
        a.partition(";")[0].rpartition(":")[2].casefold()
        for c in t.mail_flow.send_connectors
        for a in c.address_spaces
    }
    for policy in source_of(t).address_policies:
        for name in policy.non_authoritative:
            domain = known.get(name.casefold())
            if domain is None or (domain.kind == "authoritative" and not domain.shared_with):
                yield Hit(f"Policy '{policy.name}' is not responsible for all mail of {name}", policy.path)
            elif domain.kind != "authoritative" and not domain.shared_with and name.casefold() not in spaces:
                yield Hit(
                    f"{name} is {domain.kind}, and no connector leads to the system that shares it",
                    domain.path,
                )


def _edge_without_hub(t: Topology) -> Iterator[Hit]:
    for e in t.edges:
        # The subscription is imported on a Hub of the new version; the old ones of the site leave.
        if not new(t, "hub", e.site):
            yield Hit(
                f"{e.edge} is subscribed to site {e.site}, which gets no Hub of {t.target.version}", e.path
            )


def _resubscribe(t: Topology) -> Iterator[Hit]:
    listed = {e.edge for e in t.edges} | {e.replaces for e in t.edges}
    for s in source_of(t).edge_subscriptions:
        hubs = new(t, "hub", s.site)
        if hubs and s.edge not in listed:
            yield Hit(f"{named(hubs)} join site {s.site}, and {s.edge} is not subscribed again", s.path)


def _relays(t: Topology) -> Iterator[Hit]:
    facts = source_of(t)
    needed = list(facts.relays)
    needed += [r for c in facts.receive_connectors if c.anonymous or c.relay for r in c.remote_ranges]
    there = {
        r for c in t.mail_flow.receive_connectors if c.use in ("relay", "gateway") for r in c.remote_ranges
    }
    missing = [r for r in dict.fromkeys(needed) if r not in there]
    if missing:
        yield Hit(
            f"{', '.join(missing)} submit to old servers, and no new connector takes them", t.mail_flow.path
        )


def _dsn_mode(t: Topology) -> Iterator[Hit]:
    if t.mail_flow.dsn_messages and not t.mail_flow.dsn_mode:
        yield Hit("There are custom system messages, the DSN conversion mode stays", t.mail_flow.path)


def _required_tls(t: Topology) -> Iterator[Hit]:
    moved = {c.name.casefold() for c in t.mail_flow.send_connectors if not c.create}
    spaces = {
        a.partition(";")[0].casefold()
        for c in t.mail_flow.send_connectors
        if c.create
        for a in c.address_spaces
    }
    for c in source_of(t).send_connectors:
        replaced = spaces & {a.partition(";")[0].casefold() for a in c.address_spaces}
        if c.require_tls and c.name.casefold() not in moved and replaced:
            yield Hit(f"Send connector '{c.name}' requires TLS and is replaced by a new one", c.path)


def _outlook_2003(t: Topology) -> Iterator[Hit]:
    uses = t.client_access.outlook_2003_clients or any(b.outlook_2003 for b in t.batches)
    if uses and not t.public_folders.target_databases:
        yield Hit(
            "Outlook 2003 is in use and no new server gets a public folder database", t.public_folders.path
        )


def _oab_formats(t: Topology) -> Iterator[Hit]:
    c = t.client_access
    uses = c.outlook_2003_clients or any(b.outlook_2003 for b in t.batches)
    if uses and (not {"Version2", "Version3"} & set(c.oab_versions) or not c.oab_public_folder_distribution):
        yield Hit("Outlook 2003 is in use and its offline address book is switched off", c.path)


PREDICATES: Mapping[str, Predicate[Topology]] = {
    "MF-008": _mailbox_without_hub,
    "MF-010": _anonymous,
    "MF-013": _orphaned_connectors,
    "MF-014": _shared,
    "ISS-003": _shared,
    "MF-018": _edge_without_hub,
    "MF-019": _resubscribe,
    "MF-022": _relays,
    "MF-024": _dsn_mode,
    "MF-026": _gateway,
    "MF-029": _required_tls,
    "PF-001": _outlook_2003,
    "OAB-003": _oab_formats,
    "UM-004": _um_without_hub,
}
