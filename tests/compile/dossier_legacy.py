"""The graph invariants that concern Exchange 2000 and 2003, read anew from the rules' text: see `dossier`."""

from __future__ import annotations

from collections.abc import Callable

from exmigrate.model import Step
from tests.compile.dossier import MOVES, Read, Wrong


def moves_of_old(r: Read) -> list[Step]:
    batches = {b.name for b in r.topology.batches if b.source in ("2000", "2003")}
    return [s for s in r.of(*MOVES) if s.scope.name in batches]


def leaving_all(r: Read) -> bool:
    return not any(r.topology.server_by_name[s].keep for s in r.legacy())


def g01(r: Read) -> Wrong:
    for domain in r.topology.domains:
        if domain.exchange:
            ids = [
                f"{k}@domain:{domain.name}"
                for k in ("prepare-legacy-permissions", "wait-replication-legacy-permissions")
            ]
            yield from r.there(ids)
            yield from r.before([r.steps[ids[0]]], [r.steps[ids[1]]])
            yield from r.before([r.steps[id] for id in ids], r.of("prepare-schema"))


def g02(r: Read) -> Wrong:
    if r.to_2010 and not r.old("mailbox") and not r.old("cas"):
        yield from r.there(["gate-keep-2007-option"])
        yield from r.before(r.of("gate-keep-2007-option"), r.of("prepare-ad"))


def g03(r: Read) -> Wrong:
    second = r.of("create-additional-rgc")
    for name in r.legacy() if second else []:
        server = r.topology.server_by_name[name]
        ids = [
            id for id in (f"suppress-link-state@{name}", f"gate-suppress-link-state@{name}") if id in r.steps
        ]
        if not ids and not server.link_state_suppressed:
            yield f"nothing suppresses link state on {name}"
        yield from r.before([r.steps[id] for id in ids], second)


def g07_of_2003(r: Read) -> Wrong:
    """B, D: the address of 2003 on every published 2010 CAS, its certificate and devices, before the names move."""
    for cutover in r.of("cutover-client-namespace"):
        if r.to_2010:
            yield from r.there(f"set-exchange2003-url@{s}" for s in r.new("cas", cutover.scope.site))
        ready = r.of("set-exchange2003-url", site=cutover.scope.site)
        ready += r.of("gate-install-legacy-certificate", "enable-eas-iwa-2003")
        yield from r.before(ready, [cutover])


def g08_of_first_hub(r: Read) -> Wrong:
    """Each further Hub and every connector waits for the Hub that Setup joins with the old routing groups."""
    first = r.topology.first_hub
    if first is None:
        return
    made = r.of("install-hub", server=first.name)
    yield from r.there([f"install-hub@{first.name}"])
    others = [s for s in r.of("install-hub") if s.scope.server != first.name]
    yield from r.before(made, [*others, *r.of("harden-first-rgc", "create-additional-rgc")])


def g10_of_old(r: Read) -> Wrong:
    for name in r.legacy("mailbox"):
        folders = [d for d in r.topology.databases if d.server == name and d.kind == "public-folder"]
        drained = r.of("drain-legacy-pf-replicas", "gate-drain-legacy-pf-replicas", server=name)
        if folders and not r.topology.server_by_name[name].keep:
            if not drained:
                yield f"no replicas are drained from {name}"
            yield from r.there([f"delete-legacy-stores@{name}"])
        removed = r.of("delete-legacy-stores", server=name)
        yield from r.before(drained, removed)
        yield from r.before([*removed, *r.of("move-oab")], r.of("uninstall-legacy-server", server=name))
    yield from r.before(r.of("move-oab"), r.of("delete-legacy-stores"))


def g12_of_connectors(r: Read) -> Wrong:
    for c in r.topology.mail_flow.routing_group_connectors:
        if c.existing and r.leaving("hub"):
            yield from r.there([f"rehome-rgc-source@rgc:{c.name}"])
    for c in r.topology.mail_flow.routing_group_connectors:
        joined = [
            s
            for s in r.of("rehome-rgc-source", "create-additional-rgc", "harden-first-rgc")
            if s.scope.name == c.name
        ]
        yield from r.before([s for s in r.of("install-hub") if s.scope.server in c.sources], joined)
    yield from r.before(r.of("rehome-rgc-source"), r.of("uninstall-2007-hub"))


def g13_of_old(r: Read) -> Wrong:
    """The 2007 CAS is the legacy host of 2003 mailboxes too: it leaves after the last of both."""
    yield from r.before(
        moves_of_old(r), r.of("uninstall-2007-cas", "retire-legacy-namespace", "clear-exchange2003-url")
    )


def g14(r: Read) -> Wrong:
    gone = r.of("uninstall-legacy-server")
    if not gone or not leaving_all(r):
        return
    tools = (
        "remove-legacy-internet-connector",
        "clear-mailbox-manager-policies",
        "move-pf-hierarchy",
        "delete-rus",
    )
    for step in r.of(*tools):
        if not any(r.follows(step.id, last.id) for last in gone):
            yield f"{step.id} may come after the last old server"
    source = r.topology.source
    if source and source.update_services:
        yield from r.there(["delete-rus"])
    if source and any(p.mailbox_manager for p in source.address_policies):
        yield from r.there(["clear-mailbox-manager-policies"])
    if r.topology.mail_flow.legacy_internet_connectors:
        yield from r.there(["remove-legacy-internet-connector"])
    if any(
        d.kind == "public-folder" and not d.target and d.server in r.legacy() for d in r.topology.databases
    ):
        yield from r.there(["move-pf-hierarchy"])


def g15(r: Read) -> Wrong:
    yield from r.there(["upgrade-address-policies-and-lists"])
    yield from r.before(moves_of_old(r), r.of("upgrade-address-policies-and-lists", "delete-rus"))
    yield from r.before(r.of("upgrade-address-policies-and-lists"), r.of("delete-rus"))


def g18(r: Read) -> Wrong:
    gone = r.of("uninstall-legacy-server")
    yield from r.before(r.of("cutover-client-namespace"), gone)
    if r.to_2010 and not r.old("cas"):
        yield from r.there(["retire-legacy-namespace"] if gone and leaving_all(r) else [])
        yield from r.before(r.of("retire-legacy-namespace"), gone)


def g19(r: Read) -> Wrong:
    if leaving_all(r):
        steps = r.of("remove-legacy-routing-groups")
        if not steps:
            yield "the old routing groups stay"
        yield from r.before(r.of("uninstall-legacy-server"), steps)
        yield from r.there(
            f"remove-legacy-rgc@rgc:{c.name}" for c in r.topology.mail_flow.routing_group_connectors
        )
    for c in r.topology.mail_flow.routing_group_connectors:
        removed = [s for s in r.of("remove-legacy-rgc") if s.scope.name == c.name]
        for bridgehead in c.targets:
            yield from r.before(removed, r.of("uninstall-legacy-server", server=bridgehead))
        mine = [s for s in r.legacy() if r.topology.server_by_name[s].routing_group == c.routing_group]
        drains = [
            s
            for s in r.of("drain-legacy-pf-replicas", "gate-drain-legacy-pf-replicas")
            if s.scope.server in mine
        ]
        yield from r.before(drains, removed)


def order_of_old_groups(r: Read) -> Wrong:
    """DEC-011: the groups of an old version go when no domain has a server of it."""
    yield from r.before(r.of("uninstall-legacy-server"), r.of("clean-legacy-groups", "empty-legacy-groups"))


def um_after_move(r: Read) -> Wrong:
    """UM-001: nobody gets unified messaging while on an old server."""
    for group in r.topology.mailbox_sets:
        mine = {b.name for b in r.topology.batches if set(b.members) & set(group.members)}
        enabled = [s for s in r.of("enable-um-mailboxes") if s.scope.name == group.name]
        if not enabled:
            yield f"nobody of {group.name} is enabled"
        yield from r.before([s for s in r.of("move-mailboxes") if s.scope.name in mine], enabled)


def um_last_in_2007(r: Read) -> Wrong:
    """TOP-005: Unified Messaging of 2007 after Hub and Mailbox of its site."""
    for site in r.sites() if not r.to_2010 else []:
        yield from r.before(r.of("install-hub", "install-mailbox", site=site), r.of("install-um", site=site))


READINGS_OF_OLD: tuple[Callable[[Read], Wrong], ...] = (
    g01, g02, g03, g07_of_2003, g08_of_first_hub, g10_of_old, g12_of_connectors, g13_of_old, g14, g15, g18, g19,
    order_of_old_groups, um_after_move, um_last_in_2007,
)  # fmt: skip
