"""Rules on client access and namespace (CA), judged on the plan."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from exmigrate.model import Topology

from .judge import Hit, Predicate
from .view import client_names, covers, kept, leaving, left_behind, legacy, new, old, source_of

_HOUR = 3600


def _cas_too_early(t: Topology) -> Iterator[Hit]:
    rest = left_behind(t, "2007")
    gone = leaving(t, "cas")
    if rest and gone and not kept(t, "cas"):
        yield Hit(
            f"{len(rest)} mailboxes are in no batch ({rest[0].alias} ...) and every 2007 CAS leaves",
            gone[0].path,
        )


def _complete_before_cutover(t: Topology) -> Iterator[Hit]:
    for site in t.internet_facing_sites:
        there = {r for s in new(t, site=site.name) for r in s.roles}
        missing = [r for r in ("cas", "hub", "mailbox") if r not in there]
        if missing and (there - {"edge"} or _left_without_entry(t, site.name)):
            yield Hit(f"Internet-facing site {site.name} gets no {' and no '.join(missing)}", site.path)


def _left_without_entry(t: Topology, site: str) -> bool:
    """Whether users of a site move or its Client Access leaves while its names still lead there."""
    return bool(leaving(t, "cas", site)) or any(b.site == site for b in t.batches)


def _legacy_name(t: Topology) -> Iterator[Hit]:
    if not t.legacy_names and t.internet_facing_sites:
        # With one batch all may move in one window (CA-010); with more, whoever waits is redirected nowhere.
        first = t.first_site.name
        published = old(t, "cas", first) or legacy(t, site=first)
        severe = "error" if len(t.batches) > 1 and published else ""
        yield Hit("The plan has no legacy name", t.namespaces.path, severe)
        return
    for site in t.internet_facing_sites:
        for views, said in (("legacy_addresses", "internal"), ("legacy_external_addresses", "public")):
            published = old(t, "cas", site.name) or legacy(t, "front-end", site.name)
            if not getattr(site, views) and published:
                yield Hit(f"Site {site.name} says no {said} address of {site.legacy_name}", site.path)


def _one_window(t: Topology) -> Iterator[Hit]:
    waves = [b for b in t.batches if not b.pilot]
    if t.legacy_names and len(t.batches) == 1 and len(waves) == 1:
        yield Hit(f"Batch {waves[0].name} moves everyone", waves[0].path)


def _certificate_names(t: Topology) -> Iterator[Hit]:
    web = [c for c in t.certificates if "IIS" in c.services]
    if not web:
        yield Hit("No certificate of the plan is for IIS", t.namespaces.path)
        return
    for name in client_names(t):
        if not any(covers(c, name) for c in web):
            yield Hit(f"{name} is in no certificate for IIS", f"{web[0].path}.names")


def _certificate_services(t: Topology) -> Iterator[Hit]:
    has = {s for c in t.certificates for s in c.services}
    wildcard = any(c.wildcard for c in t.certificates)
    wanted = ["SMTP", *(("POP", "IMAP") if t.client_access.pop_imap and not wildcard else ())]
    for service in wanted:
        if t.certificates and service not in has:
            yield Hit(f"No certificate is for {service}", f"{t.certificates[0].path}.services")


def _wildcard(t: Topology) -> Iterator[Hit]:
    for c in t.certificates:
        if c.wildcard:
            yield Hit(f"Certificate {c.name} has a wildcard", c.path)


def _wildcard_pop(t: Topology) -> Iterator[Hit]:
    for c in t.certificates:
        services = [s for s in ("POP", "IMAP") if s in c.services]
        if c.wildcard and services:
            yield Hit(f"Wildcard certificate {c.name} is for {' and '.join(services)}", f"{c.path}.services")


def _devices(t: Topology) -> Iterator[Hit]:
    if t.client_access.activesync_legacy_external_url:
        yield Hit(
            "Devices are sent to the legacy name", f"{t.client_access.path}.activesync_legacy_external_url"
        )


def _external_url(t: Topology) -> Iterator[Hit]:
    if not t.internet_facing_sites:
        return
    for v in source_of(t).virtual_directories:
        site = t.site_by_name.get(t.server_by_name[v.server].site)
        if v.external_url and site is not None and not site.internet_facing:
            yield Hit(f"{v.kind} of {v.server} has {v.external_url} in site {site.name}", v.path)


def _rpc_encryption(t: Topology) -> Iterator[Hit]:
    if t.client_access.outlook_2003_clients and t.client_access.rpc_encryption_required:
        yield Hit("Outlook 2003 is in use", f"{t.client_access.path}.rpc_encryption_required")


def _forms(t: Topology) -> Iterator[Hit]:
    for v in source_of(t).virtual_directories:
        site = t.site_by_name.get(t.server_by_name[v.server].site)
        facing = site is not None and site.internet_facing
        if v.kind == "owa" and facing and v.authentication and "forms" not in v.authentication:
            yield Hit(f"OWA of {v.server} has no forms-based authentication", v.path)


def _pop_imap(t: Topology) -> Iterator[Hit]:
    if legacy(t) and t.client_access.pop_imap:
        yield Hit("POP or IMAP shall be served", f"{t.client_access.path}.pop_imap")
    for c in source_of(t).client_access:
        if c.pop_imap:
            yield Hit(f"POP or IMAP is in use on {c.server}", c.path)


def _split_dns(t: Topology) -> Iterator[Hit]:
    records = [r for r in source_of(t).dns if r.type in ("A", "CNAME")]
    for name in (t.namespaces.primary, *t.namespaces.autodiscover):
        views = {r.view for r in records if r.name.lower() == name.lower()}
        if views and "both" not in views and len(views) == 1:
            place = next(r.path for r in records if r.name.lower() == name.lower())
            yield Hit(f"{name} resolves only in the {next(iter(views))} view", place)


def _ttl(t: Topology) -> Iterator[Hit]:
    names = {t.namespaces.primary.lower(), *(n.lower() for n in t.namespaces.autodiscover)}
    for r in source_of(t).dns:
        if r.type in ("A", "CNAME") and r.name.lower() in names and r.ttl > _HOUR:
            yield Hit(f"{r.name} ({r.view}) has a TTL of {r.ttl} seconds", r.path)


def _outlook_anywhere(t: Topology) -> Iterator[Hit]:
    wanted = t.client_access.outlook_anywhere_auth
    methods = {c.outlook_anywhere_auth for c in source_of(t).client_access if c.outlook_anywhere_host}
    if t.client_access.outlook_anywhere and wanted and methods and wanted not in methods:
        path = f"{t.client_access.path}.outlook_anywhere_auth"
        yield Hit(f"Outlook Anywhere uses {' and '.join(sorted(methods))} today, {wanted} afterwards", path)


PREDICATES: Mapping[str, Predicate[Topology]] = {
    "CA-001": _cas_too_early,
    "CA-006": _complete_before_cutover,
    "CA-009": _legacy_name,
    "CA-010": _one_window,
    "CA-011": _certificate_names,
    "CA-013": _certificate_services,
    "CA-014": _wildcard,
    "CA-017": _devices,
    "CA-019": _external_url,
    "CA-022": _rpc_encryption,
    "CA-024": _forms,
    "CA-026": _pop_imap,
    "CA-027": _split_dns,
    "CA-029": _ttl,
    "CA-034": _outlook_anywhere,
    "CA-035": _wildcard_pop,
}
