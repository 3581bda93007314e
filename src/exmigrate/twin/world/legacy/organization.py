"""What an organization of 2000 and 2003 holds beyond servers: policies, address lists, update services, folder tree."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from exmigrate import facts
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Attributes, Entry
from exmigrate.twin.world.foundation import writable
from exmigrate.twin.world.legacy import places, routing
from exmigrate.twin.world.legacy.installed import add_groups, is_legacy
from exmigrate.twin.world.legacy.permissions import add_domain_groups
from exmigrate.twin.world.legacyspec import AddressListSpec, RecipientPolicySpec, UpdateServiceSpec
from exmigrate.twin.world.preparation import LEGACY_GROUP, organization_dn

if TYPE_CHECKING:
    from exmigrate.twin.world.forest import DomainController
    from exmigrate.twin.world.world import World

ADDRESSES = uuid.UUID("26491cfc-9e50-4857-861b-0cb8df22b5d7").bytes_le
MAILBOX_MANAGER = uuid.UUID("3b6813ec-ce89-42ba-9442-d87d4aa30dbc").bytes_le
"""Values of ``msExchPolicyOptionList``: which pages a recipient policy has."""

LAST = 2147483647
"""``msExchPolicyOrder`` of the default policy, which comes after all others."""

_UCE: Attributes = {"msExchUceBlockThreshold": 8, "msExchUceStoreActionThreshold": 8}
DEFAULT_POLICY = "Default Policy"
EVERYBODY = "(mailNickname=*)"
ENTERPRISE = "Recipient Update Service (Enterprise Configuration)"
DEFAULT_LISTS = (
    AddressListSpec("All Users", "(&(mailNickname=*)(objectCategory=person)(objectClass=user))"),
    AddressListSpec("All Groups", "(&(mailNickname=*)(objectCategory=group))"),
    AddressListSpec("All Contacts", "(&(mailNickname=*)(objectClass=contact))"),
    AddressListSpec("Public Folders", "(&(mailNickname=*)(objectCategory=publicFolder))"),
    AddressListSpec("Default Global Address List", EVERYBODY, "global-address-list"),
)


def has_legacy(world: World) -> bool:
    """Whether the organization starts with servers of 2000 or 2003."""
    return any(s.exchange is not None and is_legacy(s.exchange.version) for s in world.spec.servers)


def build_groups(world: World, controller: DomainController) -> None:
    """Administrative and routing groups of the specification, before the servers that stand in them."""
    if not organization_dn(controller):
        return
    for item in world.spec.legacy.routing_groups:
        add_groups(controller, item.administrative_group, item.name)
    # Setup's own names, where no server names another
    servers = [
        s.exchange for s in world.spec.servers if s.exchange is not None and is_legacy(s.exchange.version)
    ]
    if servers and not any(s.administrative_group or s.routing_group for s in servers):
        add_groups(controller, "", "")


def build(world: World) -> None:
    """Everything that needs the servers to be there."""
    controller = writable(world, world.spec.forest.domains[0].name)
    if not has_legacy(world) or not organization_dn(controller):
        return
    spec = world.spec.legacy
    for group in spec.routing_groups:
        found = places.routing_group(controller, group.name)
        master = places.server(controller, group.master) if group.master else None
        if found is not None and master is not None:
            controller.modify(found.dn, {"msExchRoutingMasterDN": master.dn})
    for link in spec.routing_group_connectors:
        _connector(world, controller, link.name, link.sources, link.targets, link.cost, link.referrals)
    for connector in spec.smtp_connectors:
        routing.add_smtp_connector(
            controller,
            connector.name,
            connector.routing_group,
            connector.bridgeheads,
            connector.address_spaces,
            connector.smart_hosts,
        )
    _global_settings(controller)
    _policies(world, controller)
    for address_list in spec.address_lists or DEFAULT_LISTS:
        add_address_list(controller, address_list)
    _update_services(world, controller)
    _tree(controller)
    _remnants(world, controller)
    add_domain_groups(world)


def _connector(
    world: World,
    controller: DomainController,
    name: str,
    sources: tuple[str, ...],
    targets: tuple[str, ...],
    cost: int,
    referrals: bool,
) -> None:
    # a connector with an end in the routing group of 2007 was made by Setup of 2007
    legacy = {
        s.name.lower() for s in world.spec.servers if s.exchange is not None and is_legacy(s.exchange.version)
    }
    later = [one for one in (*sources, *targets) if one.lower() not in legacy]
    routing.add_routing_group_connector(
        controller,
        name,
        sources,
        targets,
        cost=cost,
        referrals=referrals,
        product="2007" if later else "2003",
    )


def _global_settings(controller: DomainController) -> None:
    base = f"CN=Global Settings,{organization_dn(controller)}"
    controller.ensure(base, "msExchContainer")
    limits: Attributes = {"submissionContLength": 10240, "delivContLength": 10240, "msExchRecipLimit": 5000}
    controller.ensure(f"CN=Message Delivery,{base}", "msExchMessageDeliveryConfig", limits)
    controller.ensure(f"CN=UCE Content Filter,CN=Message Delivery,{base}", "msExchUce", _UCE)
    formats = f"CN=Internet Message Formats,{base}"
    controller.ensure(formats, "msExchContentConfigContainer")


# recipient policies


def _policies(world: World, controller: DomainController) -> None:
    given = world.spec.legacy.policies
    level = facts.exchange_levels().get(world.spec.forest.exchange_version)
    untouched = level is not None and level.product in ("2000", "2003")
    if untouched and not any(item.name == DEFAULT_POLICY or item.priority == 0 for item in given):
        root = world.spec.forest.domains[0].name
        given = (RecipientPolicySpec(DEFAULT_POLICY, (f"SMTP:@{root}",), priority=0), *given)
    for item in given:
        add_policy(controller, item)


def add_policy(controller: DomainController, item: RecipientPolicySpec) -> Entry:
    """Make a recipient policy as Exchange System Manager does."""
    pages = [] if item.mailbox_manager == "only" else [ADDRESSES]
    if item.mailbox_manager:
        pages.append(MAILBOX_MANAGER)
    is_default = item.priority == 0 or item.name == DEFAULT_POLICY
    attributes: Attributes = {
        "gatewayProxy": list(item.templates),
        "msExchPolicyOptionList": pages,
        "msExchPolicyOrder": LAST if is_default else item.priority,
        "msExchPolicyOrderText": "Lowest" if is_default else str(item.priority),
        "purportedSearch": item.filter or EVERYBODY,
        "msExchPurportedSearchUI": ["CommonQuery_Handler=5EE6238AC231D011891C00A024AB2DBB"],
        "msExchNonAuthoritativeDomains": [f"smtp:@{domain}" for domain in item.non_authoritative],
        "systemFlags": 1610612736 if is_default else None,
    }
    if item.mailbox_manager:
        attributes |= {  # type: ignore[operator]
            "msExchMailboxManagerMode": 2,
            "msExchMailboxManagerFolderSettings": ["All other mail folders;30;1024"],
        }
    dn = names.child("CN", item.name, f"CN=Recipient Policies,{organization_dn(controller)}")
    if controller.get(dn) is not None:
        controller.modify(dn, attributes)
        found = controller.get(dn)
        assert found is not None
        return found
    return controller.create(dn, "msExchRecipientPolicy", attributes)


def policies(controller: DomainController) -> list[Entry]:
    """Recipient policies, of whatever version."""
    base = f"CN=Recipient Policies,{organization_dn(controller)}"
    if not organization_dn(controller) or controller.get(base) is None:
        return []
    return controller.search(base, "(objectClass=msExchRecipientPolicy)")


def policy_faults(controller: DomainController) -> list[str]:
    """What Setup's parser finds wrong in recipient policies, a sentence each."""
    found = []
    for entry in policies(controller):
        templates = [str(v) for v in entry.get("gatewayProxy")]
        pages = entry.get("msExchPolicyOptionList")
        if pages and ADDRESSES not in pages:
            continue  # only Mailbox Manager settings: it has no addresses to parse
        for kind in sorted({text.partition(":")[0].upper() for text in templates}):
            own = [text for text in templates if text.partition(":")[0].upper() == kind]
            primary = [text for text in own if text.partition(":")[0] == kind]
            if len(primary) != 1:
                found.append(
                    f"The recipient policy '{names.rdn_value(entry.dn)}' has {len(primary)} primary e-mail addresses "
                    f"of the type '{kind}'. Exactly one is required."
                )
        for text in templates:
            kind, _, rest = text.partition(":")
            if not rest or (kind.upper() == "SMTP" and "@" not in rest):
                found.append(
                    f"The recipient policy '{names.rdn_value(entry.dn)}' has an e-mail address that is not valid: '{text}'."
                )
    return found


def smtp_domains(controller: DomainController) -> list[tuple[str, bool, bool]]:
    """SMTP domains of the recipient policies: name, whether authoritative, whether the default policy's primary one."""
    found: dict[str, tuple[str, bool, bool]] = {}
    for entry in policies(controller):
        shared = {str(v).partition("@")[2].lower() for v in entry.get("msExchNonAuthoritativeDomains")}
        is_default = entry.number("msExchPolicyOrder", LAST) == LAST
        for text in (str(v) for v in entry.get("gatewayProxy")):
            kind, _, rest = text.partition(":")
            domain = rest.partition("@")[2].lower()
            if kind.upper() != "SMTP" or not domain:
                continue
            before = found.get(domain, (domain, True, False))
            first = is_default and kind == "SMTP"
            found[domain] = (domain, before[1] and domain not in shared, before[2] or first)
    return list(found.values())


# address lists and update services


def add_address_list(controller: DomainController, item: AddressListSpec) -> Entry:
    """Make an address list of the old kind: it has an LDAP filter and nothing else."""
    base = f"CN=Address Lists Container,{organization_dn(controller)}"
    controller.ensure(base, "msExchAddressListsContainer")
    whole = item.kind == "global-address-list"
    container = f"CN={'All Global Address Lists' if whole else 'All Address Lists'},{base}"
    controller.ensure(container, "addressBookContainer")
    attributes: Attributes = {
        "displayName": item.name,
        "purportedSearch": item.filter or EVERYBODY,
        "msExchPurportedSearchUI": ["CommonQuery_Handler=5EE6238AC231D011891C00A024AB2DBB"],
        "msExchIsGlobalAddressList": True if whole else None,
        "msExchIsDefaultGAL": True if whole and item.name == "Default Global Address List" else None,
    }
    dn = names.child("CN", item.name, container)
    return controller.get(dn) or controller.create(dn, "addressBookContainer", attributes)


def _update_services(world: World, controller: DomainController) -> None:
    given = world.spec.legacy.update_services
    hosts = [s for s in world.spec.servers if s.exchange is not None and is_legacy(s.exchange.version)]
    if not given:
        root = world.forest.netbios(world.spec.forest.domains[0])
        domains = list(dict.fromkeys(s.domain for s in hosts))
        given = (
            UpdateServiceSpec(ENTERPRISE, world.spec.forest.domains[0].name, hosts[0].name, enterprise=True),
            *(_domain_service(world, domain, hosts[0].name, root) for domain in domains),
        )
    for item in given:
        add_update_service(world, controller, item)


def _domain_service(world: World, domain: str, server: str, fallback: str) -> UpdateServiceSpec:
    known = world.forest.domain(domain)
    netbios = world.forest.netbios(known) if known else fallback
    return UpdateServiceSpec(f"Recipient Update Service ({netbios})", domain, server)


def add_update_service(world: World, controller: DomainController, item: UpdateServiceSpec) -> Entry:
    """Make a Recipient Update Service.

    Raises:
        LookupError: no such domain, server or controller.
    """
    holder = places.server(controller, item.server)
    domain = world.forest.domain(item.domain)
    if holder is None or domain is None:
        raise LookupError(f"update service {item.name}: no server {item.server} or no domain {item.domain}")
    dc = world.forest.controller(item.dc) if item.dc else writable(world, domain.name)
    if dc is None:
        raise LookupError(f"update service {item.name}: no domain controller {item.dc}")
    base = f"CN=Recipient Update Services,CN=Address Lists Container,{organization_dn(controller)}"
    controller.ensure(names.parent(base), "msExchAddressListsContainer")
    controller.ensure(base, "msExchContainer")
    attributes: Attributes = {
        "msExchAddressListServiceLink": holder.dn,
        "msExchDomainLink": controller.forest.configuration_dn
        if item.enterprise
        else names.domain_dn(domain.name),
        "msExchServer1NetworkAddress": dc.fqdn,
        "msExchServer1AlwaysCreateAs": None,
    }
    # Setup of 2000 names the one of the configuration, and its page in System Manager cannot rename it
    name = ENTERPRISE if item.enterprise else item.name
    return controller.create(names.child("CN", name, base), "msExchAddressListService", attributes)


def update_services(controller: DomainController) -> list[Entry]:
    """Recipient Update Services."""
    base = organization_dn(controller)
    return controller.search(base, "(objectClass=msExchAddressListService)") if base else []


# the tree, and what 5.5 left


def _tree(controller: DomainController) -> None:
    base = organization_dn(controller)
    if controller.search(base, "(objectClass=msExchPFTree)"):
        return
    first = next(iter(places.servers(controller)), None)
    group = (
        names.parent(names.parent(first.dn))
        if first
        else places.administrative_group_dn(controller, LEGACY_GROUP)
    )
    controller.ensure(f"CN=Folder Hierarchies,{group}", "msExchContainer")
    controller.create(
        f"CN=Public Folders,CN=Folder Hierarchies,{group}",
        "msExchPFTree",
        {"msExchPFTreeType": 1, "displayName": "Public Folders"},
    )


def folder_trees(controller: DomainController) -> list[Entry]:
    """Public folder trees."""
    base = organization_dn(controller)
    return controller.search(base, "(objectClass=msExchPFTree)") if base else []


def agreements_dn(controller: DomainController) -> str:
    """DN of the container of the Active Directory Connector."""
    return f"CN=Active Directory Connections,CN=Microsoft Exchange,CN=Services,{controller.forest.configuration_dn}"


def _remnants(world: World, controller: DomainController) -> None:
    spec = world.spec.legacy
    if spec.connection_agreements:
        controller.ensure(agreements_dn(controller), "msExchContainer")
        for name in spec.connection_agreements:
            controller.ensure(names.child("CN", name, agreements_dn(controller)), "msExchConnectionAgreement")
    for name in spec.site_replication_services:
        holder = places.server(controller, name)
        if holder is None:
            raise LookupError(f"There is no Exchange server {name} for a Site Replication Service.")
        controller.ensure(f"CN=Microsoft DSA,{holder.dn}", "msExchSiteReplicationService")
        machine = world.server(name)
        if machine is not None:
            machine.add_services(
                (facts.ServiceFact("MSExchangeSRS", "Microsoft Exchange Site Replication Service", "Auto"),)
            )
    for name in spec.servers_55:
        group = names.parent(names.parent(next(iter(places.servers(controller))).dn))
        controller.ensure(
            f"CN={name},CN=Servers,{group}",
            "msExchExchangeServer",
            {"serialNumber": "Version 5.5 (Build 2653.23: Service Pack 4)", "versionNumber": 2653},
        )


def remnants(controller: DomainController) -> list[str]:
    """What stands of Exchange 5.5: names of servers, services and agreements."""
    found = [
        names.rdn_value(e.dn) for e in places.servers(controller) if "Version 5.5" in e.text("serialNumber")
    ]
    base = organization_dn(controller)
    if base:
        services = controller.search(base, "(objectClass=msExchSiteReplicationService)")
        found += [f"Site Replication Service on {places.server_name_of(entry.dn)}" for entry in services]
    if controller.get(agreements_dn(controller)) is not None:
        below = controller.search(agreements_dn(controller), "(objectClass=msExchConnectionAgreement)")
        found += [f"connection agreement {names.rdn_value(entry.dn)}" for entry in below]
    return found
