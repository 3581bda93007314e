"""Groups that DomainPrep of 2000 and 2003 makes in a domain, and what they may do there.

A domain's access list is kept on its head as text, one entry a value: trustee's group DN, rights and property set. It
replicates as attributes do, so two controllers may disagree about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from exmigrate import facts
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.foundation import GLOBAL_SECURITY, writable
from exmigrate.twin.world.legacy import places

if TYPE_CHECKING:
    from exmigrate.twin.world.directory import Entry
    from exmigrate.twin.world.forest import DomainController
    from exmigrate.twin.world.spec import DomainSpec
    from exmigrate.twin.world.world import World

DOMAIN_SERVERS = "Exchange Domain Servers"
ENTERPRISE_SERVERS = "Exchange Enterprise Servers"
DOMAIN_LOCAL = -2147483644
ATTRIBUTE = "nTSecurityDescriptor"
READ, WRITE = "RP", "WP"

PROPERTY_SETS = {
    "1f298a89-de98-47b8-b5cd-572ad53d267e": "Exchange Information",
    "b1b3a417-ec55-4191-b327-b72e33e38af2": "Exchange Personal Information",
    "e48d0154-bcf8-11d1-8702-00c04fb96050": "Public Information",
    "77b5b886-944a-11d1-aebd-0000f80367c1": "Personal Information",
}
"""Property sets by the GUID that an access list names. source: control access rights (MS-ADTS 5.1.3.2.1), Exchange schema"""

EXCHANGE_SETS = tuple(PROPERTY_SETS)[:2]
BEFORE_2007 = tuple(PROPERTY_SETS)[2:]
"""What DomainPrep of 2003 grants: mail attributes lie in these sets until the schema of 2007 moves them."""


@dataclass(frozen=True)
class AccessRule:
    """An entry of an access list that is inherited by all objects of the domain.

    Attributes:
        trustee: ``CONTOSO\\Exchange Enterprise Servers``.
        rights: of ``RP`` and ``WP``.
        object_type: GUID of a property set.
    """

    trustee: str
    rights: tuple[str, ...]
    object_type: str


def rules(controller: DomainController, dn: str) -> list[AccessRule]:
    """The access list of a domain's head, or of an object below it that inherits it, as a controller has it."""
    head = names.domain_dn(names.dns_name(dn)) if dn else ""
    entry = controller.get(head)
    return [_rule(controller, str(text)) for text in entry.get(ATTRIBUTE)] if entry else []


def _rule(controller: DomainController, text: str) -> AccessRule:
    trustee, rights, object_type = text.split("|")
    domain = controller.forest.domain(names.dns_name(trustee))
    netbios = controller.forest.netbios(domain) if domain else ""
    return AccessRule(f"{netbios}\\{names.rdn_value(trustee)}", tuple(rights.split(",")), object_type)


def group_dn(domain: str, name: str = ENTERPRISE_SERVERS) -> str:
    """DN of a group of DomainPrep, by the DNS name of its domain."""
    return f"CN={name},CN=Users,{names.domain_dn(domain)}"


def prepared_domains(world: World) -> list[DomainSpec]:
    """Domains in which DomainPrep of 2000 or 2003 ran before the start."""
    levels = facts.exchange_levels()
    hosts = {
        s.domain.lower()
        for s in world.spec.servers
        if s.exchange is not None and levels[s.exchange.version].product in ("2000", "2003")
    }
    found = []
    for domain in world.spec.forest.domains:
        level = levels.get(domain.exchange_version)
        by_level = level is not None and level.product in ("2000", "2003")
        if domain.legacy_domain_prep or by_level or domain.name.lower() in hosts:
            found.append(domain)
    return found


def has_legacy_groups(controller: DomainController, domain: str) -> bool:
    """Whether DomainPrep of 2000 or 2003 ran in a domain, as a controller of it sees."""
    return controller.get(group_dn(domain)) is not None


def add_domain_groups(world: World) -> None:
    """What DomainPrep left in each domain where it ran; with 2007 in the forest also what its Setup granted."""
    domains = prepared_domains(world)
    every = [group_dn(domain.name, DOMAIN_SERVERS) for domain in domains]
    for domain in domains:
        dc = writable(world, domain.name)
        users = f"CN=Users,{names.domain_dn(domain.name)}"
        members = []
        for entry in places.servers(dc):
            computer = f"CN={names.rdn_value(entry.dn)},CN=Computers,{names.domain_dn(domain.name)}"
            if dc.get(computer) is not None:
                members.append(computer)
        dc.ensure(
            f"CN={DOMAIN_SERVERS},{users}",
            "group",
            {"sAMAccountName": DOMAIN_SERVERS, "groupType": GLOBAL_SECURITY, "member": members},
        )
    for domain in domains:
        dc = writable(world, domain.name)
        dc.ensure(
            group_dn(domain.name),
            "group",
            {"sAMAccountName": ENTERPRISE_SERVERS, "groupType": DOMAIN_LOCAL, "member": every},
        )
        for guid in BEFORE_2007:
            _grant(dc, domain.name, guid)
        known = facts.exchange_levels().get(world.spec.forest.exchange_version)
        if known is not None and known.product in ("2007", "2010"):
            grant(dc, domain.name)


def grant(controller: DomainController, domain: str) -> None:
    """Let Exchange Enterprise Servers of a domain write the mail attributes of the schema of 2007 and later."""
    for guid in EXCHANGE_SETS:
        _grant(controller, domain, guid)


def _grant(controller: DomainController, domain: str, guid: str) -> None:
    head = names.domain_dn(domain)
    entry = controller.get(head)
    if entry is None:
        return
    rule = f"{group_dn(domain)}|{READ},{WRITE}|{guid}"
    present = [str(v) for v in entry.get(ATTRIBUTE)]
    if rule not in present:
        controller.modify(head, {ATTRIBUTE: [*present, rule]})


def is_granted(controller: DomainController, domain: str) -> bool:
    """Whether a controller knows that grant."""
    entry = controller.get(names.domain_dn(domain))
    texts = [str(v).partition("|") for v in entry.get(ATTRIBUTE)] if entry else []
    return any(t == group_dn(domain) and rest.endswith(EXCHANGE_SETS[0]) for t, _, rest in texts)


def stamping_allowed(controller: DomainController, domain: str) -> bool:
    """Whether the Recipient Update Service may write mail attributes through this controller.

    Until the schema is that of 2007 they lie in property sets that DomainPrep granted.
    """
    schema = controller.get(f"CN=ms-Exch-Schema-Version-Pt,{controller.forest.schema_dn}")
    first = facts.exchange_levels()["2007"].schema
    return _level(schema) < first or is_granted(controller, domain)


def _level(entry: Entry | None) -> int:
    return entry.number("rangeUpper") if entry else 0
