"""Rules on who uses the organization and what stands beside it, as it was found: clients, senders, products, partners."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from exmigrate.plan.ranges import within

from .found import Found, number, place, rows, truth
from .judge import Hit, Predicate
from .view import leaving, named, names_of_today, new, source_of

ITEMS = frozenset(
    {
        "inv-clients", "inv-clients-03", "inv-split", "inv-dns", "inv-smtpvs-07", "inv-av", "inv-special",
        "inv-vdir", "inv-oa", "inv-linkstate", "inv-edge",
    }
)  # fmt: skip
"""Items that the predicates here read."""

ARCHIVED = frozenset({"inv-clients-web", "inv-relays", "inv-relays-03", "inv-3rd"})
"""Items that are made of logs: reading them takes a minute of a busy server, so they come from an inventory only."""

_HOUR = 3600
_SHOWN = 5
_AWARE = re.compile(
    r"virus|forefront|antigen|scanmail|groupshield|mail security|blackberry|backup|arcserve|netbackup|networker|"
    r"data protector|simpana|commvault|enterprise vault|archiv|fax|gfi |symantec|trend micro|mcafee|sophos|kaspersky",
    re.IGNORECASE,
)
"""Makers and kinds of products that know Exchange; drivers and tools on the server are none."""

_BROWSER = re.compile(r"^(Mozilla|Opera|-$|$)")
_PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
_HELD = {"journal": "journal mailbox", "postmaster": "postmaster's mailbox", "discovery": "discovery mailbox"}


# clients


def _outlook_2003(f: Found) -> dict[str, int]:
    """Users of Outlook 2003 by server, where the plan says that there are none."""
    t = f.topology
    if t.client_access.outlook_2003_clients or any(b.outlook_2003 for b in t.batches):
        return {}
    found: dict[str, int] = {}
    for item in ("inv-clients", "inv-clients-03"):
        for server, record in f.records(item):
            if str(record.get("version", "")).startswith("11."):
                found[server] = found.get(server, 0) + number(record.get("users"))
    return found


def _rpc_encryption(f: Found) -> Iterator[Hit]:
    for server, users in _outlook_2003(f).items():
        if f.topology.client_access.rpc_encryption_required:
            path = f"{f.topology.client_access.path}.rpc_encryption_required"
            yield Hit(f"{users} users of {server} have Outlook 2003, which the plan does not say", path)


def _free_busy(f: Found) -> Iterator[Hit]:
    folders = f.topology.public_folders
    for server, users in _outlook_2003(f).items():
        if not folders.target_databases:
            case = f"{users} users of {server} have Outlook 2003, and no new server gets a public folder database"
            yield Hit(case, folders.path)


def _pop_imap(f: Found) -> Iterator[Hit]:
    told = {c.server for c in source_of(f.topology).client_access if c.pop_imap}
    for server, record in f.records("inv-clients-web"):
        running = [name for name, key in (("POP3", "pop"), ("IMAP4", "imap")) if truth(record.get(key))]
        if running and server not in told:
            yield Hit(
                f"{' and '.join(running)} run on {server}, which the plan does not say", place(f, server)
            )


def _split_dns(f: Found) -> Iterator[Hit]:
    t = f.topology
    names = names_of_today(t)
    for _, record in f.records("inv-split"):
        views = {"internal-only": "inside", "external-only": "outside"}.get(str(record.get("state")))
        if views and str(record.get("name", "")).casefold() in names:
            yield Hit(f"{record.get('name')} has an address only {views}", t.namespaces.path)


def _ttl(f: Found) -> Iterator[Hit]:
    t = f.topology
    names = names_of_today(t)
    for _, found in f.records("inv-dns"):
        for record in rows(found, "records"):
            client = str(record.get("name", "")).casefold() in names and record.get("type") in ("A", "CNAME")
            if client and number(record.get("ttl")) > _HOUR:
                case = f"{record.get('name')} ({record.get('view')}) has a TTL of {record.get('ttl')} seconds"
                yield Hit(case, t.namespaces.path)


# mail


def _internal(f: Found, address: str) -> bool:
    subnets = [n for s in source_of(f.topology).sites for n in s.subnets]
    return any(within(address, network) for network in (*_PRIVATE, *subnets))


def _known_senders(f: Found) -> list[str]:
    """Ranges that the plan speaks of: devices, connectors old and new, hosts that are no servers."""
    facts = source_of(f.topology)
    taken = [
        r for c in f.topology.mail_flow.receive_connectors if c.use != "internet" for r in c.remote_ranges
    ]
    old = [r for c in facts.receive_connectors if c.anonymous or c.relay for r in c.remote_ranges]
    return [*facts.relays, *old, *taken, *(a for h in facts.outside_hosts for a in h.addresses)]


def _relays(f: Found) -> Iterator[Hit]:
    known = _known_senders(f)
    for item in ("inv-relays", "inv-relays-03"):
        for server, record in f.records(item):
            missing = []
            for client in rows(record, "clients"):
                address, connector = str(client.get("address", "")), str(client.get("connector", ""))
                # Whoever comes to the connector of clients has logged on: it stands on every new Hub too.
                authenticated = connector.rpartition("\\")[2].lower().startswith("client ")
                told = any(within(address, r) for r in known)
                if _internal(f, address) and not authenticated and not told:
                    missing.append(f"{address} ({client.get('messages')} messages)")
            if missing:
                more = f" and {len(missing) - _SHOWN} more" if len(missing) > _SHOWN else ""
                case = f"{', '.join(missing[:_SHOWN])}{more} send through {server}, and neither source.mail_flow.relays nor a new connector has them"
                yield Hit(case, place(f, server))


def _partners(f: Found) -> Iterator[Hit]:
    told = {c.name.casefold() for c in source_of(f.topology).send_connectors if c.require_tls}
    for _, record in f.records("inv-smtpvs-07"):
        for connector in rows(record, "send"):
            name = str(connector.get("Name", ""))
            how = [k for k in ("RequireTLS", "DomainSecureEnabled") if truth(connector.get(k))]
            if how and name.casefold() not in told:
                known = [
                    c.path
                    for c in source_of(f.topology).send_connectors
                    if c.name.casefold() == name.casefold()
                ]
                case = f"Send connector '{name}' has {' and '.join(how)}, which the plan does not say"
                yield Hit(case, known[0] if known else f.topology.mail_flow.path)


# what stands in the organization and not in the plan


def _outside_url(f: Found) -> Iterator[Hit]:
    t = f.topology
    told = {(v.server, v.kind) for v in source_of(t).virtual_directories if v.external_url}
    for server, record in f.records("inv-vdir") if t.internet_facing_sites else ():
        known = t.server_by_name.get(server)
        site = t.site_by_name.get(known.site) if known else None
        url, kind = str(record.get("ExternalUrl") or ""), str(record.get("kind", ""))
        if url and site is not None and not site.internet_facing and (server, kind) not in told:
            yield Hit(f"{kind} of {server} has {url} in site {site.name}", place(f, server))


def _outlook_anywhere(f: Found) -> Iterator[Hit]:
    access = f.topology.client_access
    told = {c.server: c.outlook_anywhere_auth for c in source_of(f.topology).client_access}
    wanted = access.outlook_anywhere_auth.casefold() if access.outlook_anywhere else ""
    for server, record in f.records("inv-oa"):
        method = str(record.get("ClientAuthenticationMethod") or "")
        differs = truth(record.get("enabled")) and method.casefold() not in (
            wanted,
            told.get(server, "").casefold(),
        )
        if wanted and method and differs:
            path = f"{access.path}.outlook_anywhere_auth"
            yield Hit(f"Outlook Anywhere of {server} uses {method} today, {wanted} afterwards", path)


def _link_state(f: Found) -> Iterator[Hit]:
    servers = {s.name: s for s in f.topology.servers if s.legacy and s.link_state_suppressed}
    for server, record in f.records("inv-linkstate"):
        if server in servers and not truth(record.get("SuppressStateChanges")):
            yield Hit(
                f"{server} does not suppress link state, and the plan says that it does", place(f, server)
            )


def _subscriptions(f: Found) -> Iterator[Hit]:
    t = f.topology
    told = {e.edge for e in t.edges} | {e.replaces for e in t.edges}
    told |= {s.edge for s in source_of(t).edge_subscriptions}
    for _, record in f.records("inv-edge"):
        name = str(record.get("Name", "")).partition(".")[0]
        hubs = [s for s in new(t, "hub") if s.site.casefold() == str(record.get("Site", "")).casefold()]
        if name and hubs and name.casefold() not in {edge.casefold() for edge in told}:
            case = f"{name} is subscribed to site {hubs[0].site}, which gets {named(tuple(hubs))}, and the plan does not have it"
            yield Hit(case, hubs[0].path)


# products


def _told(f: Found, program: str) -> bool:
    words = program.casefold()
    return any(p.name.casefold() in words or words in p.name.casefold() for p in f.topology.products)


def _products(f: Found) -> Iterator[Hit]:
    servers: dict[str, list[str]] = {}
    for item in ("inv-av", "inv-3rd"):
        for server, record in f.records(item):
            for program in rows(record, "programs"):
                name = str(program.get("name"))
                aware = _AWARE.search(f"{program.get('publisher')} {name}")
                if aware and not _told(f, name):
                    servers.setdefault(f"{name} {program.get('version')}".strip(), []).append(server)
    for installed, found in servers.items():
        there = list(dict.fromkeys(found))
        yield Hit(
            f"{installed} is installed on {', '.join(there)}, and the plan does not name it",
            place(f, there[0]),
        )


def _webdav(f: Found) -> Iterator[Hit]:
    for server, record in f.records("inv-3rd"):
        read = record.get("webdav")
        webdav: Mapping[str, Any] = read if isinstance(read, Mapping) else {}
        agents = {
            str(a.get("agent")) for a in rows(webdav, "agents") if not _BROWSER.match(str(a.get("agent", "")))
        }
        if agents:
            # Whose mailbox it is the log does not tell: a person finds out, so it refuses nothing.
            yield Hit(
                f"{', '.join(sorted(agents)[:_SHOWN])} use WebDAV on {server}", place(f, server), "warning"
            )


def _special(f: Found) -> Iterator[Hit]:
    going = {s.name.casefold(): s for s in leaving(f.topology)}
    known = {b.alias.casefold() for b in source_of(f.topology).mailboxes}
    for _, record in f.records("inv-special"):
        server, alias = str(record.get("server", "")), str(record.get("alias", ""))
        kind = _HELD.get(str(record.get("kind")))
        if kind and alias and server.casefold() in going and alias.casefold() not in known:
            case = f"{server} leaves and has the {kind} {alias} in {record.get('store')}, which the plan does not know"
            yield Hit(case, going[server.casefold()].path, "warning")


PREDICATES: Mapping[str, Predicate[Found]] = {
    "CA-022": _rpc_encryption,
    "CA-026": _pop_imap,
    "CA-027": _split_dns,
    "CA-029": _ttl,
    "PF-001": _free_busy,
    "MF-022": _relays,
    "MF-029": _partners,
    "CA-019": _outside_url,
    "CA-034": _outlook_anywhere,
    "MF-002": _link_state,
    "MF-019": _subscriptions,
    "FEAT-003": _webdav,
    "FEAT-004": _products,
    "DEC-001": _special,
}
