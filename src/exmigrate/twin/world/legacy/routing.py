"""Routing groups, their connectors and SMTP connectors, as they lie in the directory.

The objects are the truth: cmdlets, Setup, Exchange System Manager and LDAP queries read and write these. A connector
that leads both ways is two objects, one below each routing group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exmigrate import facts
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Attributes, Entry
from exmigrate.twin.world.legacy import places
from exmigrate.twin.world.preparation import organization_dn

if TYPE_CHECKING:
    from exmigrate.twin.world.forest import DomainController

CLASS = "msExchRoutingGroupConnector"
SMTP_CLASS = "msExchRoutingSMTPConnector"
SOURCES = "msExchSourceBridgeheadServersDN"
TARGETS = "msExchTargetBridgeheadServersDN"
TARGET_GROUP = "msExchTargetRoutingGroup"
REFERRALS = "msExchPublicFolderReferrals"
COST = "cost"


@dataclass(frozen=True)
class Connector:
    """One routing group connector, read on one controller.

    Attributes:
        source_group, target_group: DNs of the routing groups.
        sources, targets: names of the servers at either end.
    """

    dn: str
    name: str
    source_group: str
    target_group: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    cost: int
    referrals: bool


def routing_group_connectors(controller: DomainController, group: str = "") -> list[Connector]:
    """Connectors between routing groups; with ``group`` (name or DN) those that begin or end there."""
    base = organization_dn(controller)
    found = controller.search(base, f"(objectClass={CLASS})") if base else []
    every = [read(entry) for entry in found]
    if not group:
        return every
    wanted = places.routing_group(controller, group)
    key = names.key(wanted.dn) if wanted is not None else ""
    return [c for c in every if key in (names.key(c.source_group), names.key(c.target_group))]


def read(entry: Entry) -> Connector:
    """A connector's object as its parts."""
    return Connector(
        dn=entry.dn,
        name=names.rdn_value(entry.dn),
        source_group=names.parent(names.parent(entry.dn)),
        target_group=entry.text(TARGET_GROUP),
        sources=tuple(places.server_name_of(str(v)) for v in entry.get(SOURCES)),
        targets=tuple(places.server_name_of(str(v)) for v in entry.get(TARGETS)),
        cost=entry.number(COST, 1),
        referrals=entry.first(REFERRALS) is not False,
    )


def add_routing_group_connector(
    controller: DomainController,
    name: str,
    sources: Sequence[str],
    targets: Sequence[str],
    *,
    cost: int = 1,
    referrals: bool = True,
    bidirectional: bool = False,
    product: str = "2003",
) -> list[Connector]:
    """Make a connector from the routing group of its sources to that of its targets.

    Args:
        sources: names of the source bridgeheads, all of one routing group; also ``targets``.
        bidirectional: also make the way back, under the same name.
        product: what makes it: stamps ``msExchVersion``.

    Raises:
        LookupError: no such server, or the servers of one end are of several routing groups.
        DirectoryError: there is a connector of that name already.
    """
    source_group = group_of_servers(controller, sources)
    target_group = group_of_servers(controller, targets)
    if names.key(source_group) == names.key(target_group):
        raise LookupError("The source and the target servers are in the same routing group.")
    ways = [(source_group, target_group, sources, targets)]
    if bidirectional:
        ways.append((target_group, source_group, targets, sources))
    made = []
    for here, there, first, last in ways:
        container = f"CN=Connections,{here}"
        controller.ensure(container, "msExchConnectors")
        attributes: Attributes = {
            SOURCES: [places.bridgehead_dn(controller, one) for one in first],
            TARGETS: [places.bridgehead_dn(controller, one) for one in last],
            TARGET_GROUP: there,
            COST: cost,
            REFERRALS: referrals,
            "msExchVersion": facts.object_version(product) or None,
        }
        made.append(read(controller.create(names.child("CN", name, container), CLASS, attributes)))
    later = names.key(places.later_routing_group_dn(controller))
    if later in (names.key(source_group), names.key(target_group)):
        join_interop(controller, [one for one in (*sources, *targets) if _is_legacy(controller, one)])
    return made


def set_bridgeheads(
    controller: DomainController,
    dn: str,
    sources: Sequence[str] | None = None,
    targets: Sequence[str] | None = None,
) -> None:
    """Replace the bridgeheads of a connector; None leaves an end as it is.

    Raises:
        LookupError: no such server, or one of another routing group than that end's.
    """
    entry = controller.get(dn)
    if entry is None:
        raise LookupError(f"There is no connector {dn}.")
    now = read(entry)
    changes: dict[str, list[str]] = {}
    for wanted, attribute, group in (
        (sources, SOURCES, now.source_group),
        (targets, TARGETS, now.target_group),
    ):
        if wanted is None:
            continue
        if names.key(group_of_servers(controller, wanted)) != names.key(group):
            raise LookupError(f"{', '.join(wanted)}: not a server of {names.rdn_value(group)}.")
        changes[attribute] = [places.bridgehead_dn(controller, one) for one in wanted]
        later = names.key(places.later_routing_group_dn(controller))
        if later in (names.key(now.source_group), names.key(now.target_group)):
            join_interop(controller, [one for one in wanted if _is_legacy(controller, one)])
    if changes:
        controller.modify(dn, changes)


def group_of_servers(controller: DomainController, servers: Sequence[str]) -> str:
    """DN of the one routing group that all these servers are in.

    Raises:
        LookupError: no server, an unknown one, or servers of several routing groups.
    """
    found = {names.key(dn): dn for dn in (group_of_server(controller, one) for one in servers)}
    if len(found) != 1:
        listed = ", ".join(names.rdn_value(dn) for dn in found.values()) or "none"
        raise LookupError(f"All servers of one end must be in one routing group; these are in: {listed}.")
    return next(iter(found.values()))


def group_of_server(controller: DomainController, name: str) -> str:
    """DN of a server's routing group: of 2007 and later it is the one that they all share.

    Raises:
        LookupError: the organization has no such server.
    """
    entry = places.server(controller, name)
    if entry is None:
        raise LookupError(f"There is no Exchange server {name} in this organization.")
    if not places.is_legacy_server(entry):
        return places.later_routing_group_dn(controller)
    return entry.text("msExchHomeRoutingGroup")


def members(controller: DomainController, group: str) -> list[Entry]:
    """Legacy servers of a routing group, by its DN."""
    key = names.key(group)
    return [e for e in places.servers(controller) if names.key(e.text("msExchHomeRoutingGroup")) == key]


def _is_legacy(controller: DomainController, name: str) -> bool:
    found = places.server(controller, name)
    return found is not None and places.is_legacy_server(found)


def join_interop(controller: DomainController, servers: Sequence[str]) -> None:
    """Put the machines of legacy bridgeheads into ExchangeLegacyInterop, which lets their mail in."""
    group = f"CN=ExchangeLegacyInterop,OU=Microsoft Exchange Security Groups,{controller.forest.root_dn}"
    # the group lies in the root domain: a writable controller of it takes the write
    own = controller if names.key(controller.domain_dn) == names.key(controller.forest.root_dn) else None
    root = controller.forest.spec.domains[0].name
    home = own or controller.forest.find(controller.site, domain=root, writable=True)
    if home is None or home.get(group) is None:
        return
    for name in servers:
        computer = computer_dn(controller, name)
        if computer:
            home.add_values(group, "member", [computer])


def computer_dn(controller: DomainController, server: str) -> str:
    """DN of the computer account of a server, empty when no controller knows it."""
    account = f"{server.upper()}$"
    for domain in controller.forest.domain_dns():
        home = controller.forest.find(controller.site, domain=names.dns_name(domain))
        found = home.search(domain, f"(sAMAccountName={account})") if home else []
        if found:
            return found[0].dn
    return ""


# SMTP connectors


def smtp_connectors(controller: DomainController) -> list[Entry]:
    """SMTP connectors of 2000 and 2003; send connectors of 2007 share their class but have a version."""
    base = organization_dn(controller)
    found = controller.search(base, f"(objectClass={SMTP_CLASS})") if base else []
    return [entry for entry in found if not entry.get("msExchVersion")]


def add_smtp_connector(
    controller: DomainController,
    name: str,
    group: str,
    bridgeheads: Sequence[str],
    address_spaces: Sequence[str],
    smart_hosts: Sequence[str] = (),
) -> Entry:
    """Make an SMTP connector below a routing group.

    Raises:
        LookupError: no such group or bridgehead.
    """
    found = places.routing_group(controller, group)
    if found is None:
        raise LookupError(f"There is no routing group {group}.")
    container = f"CN=Connections,{found.dn}"
    controller.ensure(container, "msExchConnectors")
    attributes: Attributes = {
        SOURCES: [places.bridgehead_dn(controller, one) for one in bridgeheads],
        "routingList": [address_space(text) for text in address_spaces],
        "msExchSmtpSmartHost": ",".join(smart_hosts) or None,
    }
    return controller.create(names.child("CN", name, container), SMTP_CLASS, attributes)


def address_space(text: str) -> str:
    """An address space in full: ``*`` becomes ``SMTP:*;1``."""
    kind, _, rest = text.partition(":") if ":" in text else ("SMTP", "", text)
    return f"{kind}:{rest}" if ";" in rest else f"{kind}:{rest};1"
