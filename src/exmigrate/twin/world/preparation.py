"""What AD preparation leaves in the directory: schema level, organization, groups, domain containers.

Setup calls this at run time, the start of a world for what the source has been through already.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exmigrate import facts
from exmigrate.twin.world import dn as names

if TYPE_CHECKING:
    from exmigrate.twin.world.forest import DomainController
    from exmigrate.twin.world.world import World

ADMINISTRATIVE_GROUP = "Exchange Administrative Group (FYDIBOHF23SPDLT)"
ROUTING_GROUP = "Exchange Routing Group (DWBGZMFD01QNBJR)"
LEGACY_GROUP = "First Administrative Group"
GROUPS_2007 = (
    "Exchange Organization Administrators",
    "Exchange Recipient Administrators",
    "Exchange View-Only Administrators",
    "Exchange Public Folder Administrators",
    "Exchange Servers",
    "ExchangeLegacyInterop",
)
GROUPS_2010 = (
    "Organization Management",
    "Recipient Management",
    "View-Only Organization Management",
    "Public Folder Management",
    "UM Management",
    "Help Desk",
    "Records Management",
    "Discovery Management",
    "Server Management",
    "Delegated Setup",
    "Hygiene Management",
    "Exchange Servers",
    "Exchange Trusted Subsystem",
    "Exchange Windows Permissions",
    "ExchangeLegacyInterop",
)
ARBITRATION = (
    ("SystemMailbox{1f05a927-89c0-4725-adca-4527114196a1}", "Microsoft Exchange Approval Assistant"),
    ("SystemMailbox{e0dc1c29-89c3-4034-b678-e6c29d823ed9}", "Microsoft Exchange"),
    ("FederatedEmail.4c1f4d8b-8179-4148-93bf-00a95fa1e042", "Microsoft Exchange Federation Mailbox"),
)
DISCOVERY = "DiscoverySearchMailbox {D919BA05-46A6-415f-80AD-7E09334BB852}"
CONTAINERS = (
    ("Administrative Groups", "msExchAdminGroupContainer"),
    ("Address Lists Container", "msExchAddressListsContainer"),
    ("Addressing", "msExchContainer"),
    ("Client Access", "msExchContainer"),
    ("Connections", "msExchContainer"),
    ("ELC Folders Container", "msExchContainer"),
    ("ELC Mailbox Policies", "msExchContainer"),
    ("Global Settings", "msExchContainer"),
    ("Mobile Mailbox Policies", "msExchContainer"),
    ("Recipient Policies", "msExchRecipientPolicies"),
    ("System Policies", "msExchContainer"),
    ("Transport Settings", "msExchTransportSettings"),
    ("UM AutoAttendant Container", "msExchContainer"),
    ("UM DialPlan Container", "msExchContainer"),
    ("UM IPGateway Container", "msExchContainer"),
    ("UM Mailbox Policies", "msExchContainer"),
)
CONTAINERS_LEGACY = frozenset(
    {
        "Administrative Groups",
        "Address Lists Container",
        "Addressing",
        "Global Settings",
        "Recipient Policies",
        "System Policies",
    }
)
"""Those that 2000 and 2003 have too."""
CONTAINERS_2010 = (
    ("RBAC", "msExchContainer"),
    ("Federation Trusts", "msExchContainer"),
    ("Federation", "msExchContainer"),
    ("Throttling Policies", "msExchContainer"),
)


def schema_level(controller: DomainController) -> int:
    """``rangeUpper`` of the Exchange schema as one controller sees it; 0 for none."""
    entry = controller.get(f"CN=ms-Exch-Schema-Version-Pt,{controller.forest.schema_dn}")
    return entry.number("rangeUpper") if entry else 0


def organization_dn(controller: DomainController) -> str:
    """DN of the Exchange organization, empty for none."""
    root = f"CN=Microsoft Exchange,CN=Services,{controller.forest.configuration_dn}"
    if controller.get(root) is None:
        return ""
    found = [entry for entry in controller.children(root) if entry.has_class("msExchOrganizationContainer")]
    return found[0].dn if found else ""


def organization_level(controller: DomainController) -> int:
    """objectVersion of the organization; 0 for none."""
    dn = organization_dn(controller)
    entry = controller.get(dn) if dn else None
    return entry.number("objectVersion") if entry else 0


def domain_level(controller: DomainController, domain: str) -> int:
    """objectVersion of Microsoft Exchange System Objects of a domain; 0 for none."""
    entry = controller.get(f"CN=Microsoft Exchange System Objects,{names.domain_dn(domain)}")
    return entry.number("objectVersion") if entry else 0


def administrative_group_dn(controller: DomainController) -> str:
    """DN of the administrative group of 2007 and later."""
    return f"CN={ADMINISTRATIVE_GROUP},CN=Administrative Groups,{organization_dn(controller)}"


def prepare_schema(controller: DomainController, level: str) -> None:
    """Raise the schema to a level; a higher one stays."""
    wanted = facts.exchange_levels()[level].schema
    dn = f"CN=ms-Exch-Schema-Version-Pt,{controller.forest.schema_dn}"
    entry = controller.get(dn)
    if entry is None:
        controller.create(
            dn, "attributeSchema", {"rangeUpper": wanted, "lDAPDisplayName": "msExchSchemaVersionPt"}
        )
    elif entry.number("rangeUpper") < wanted:
        controller.modify(dn, {"rangeUpper": wanted})


def prepare_organization(world: World, controller: DomainController, level: str, organization: str) -> None:
    """Make or raise the organization with its containers and groups."""
    known = facts.exchange_levels()[level]
    forest = controller.forest
    root = f"CN=Microsoft Exchange,CN=Services,{forest.configuration_dn}"
    controller.ensure(root, "msExchConfigurationContainer")
    dn = organization_dn(controller) or names.child("CN", organization, root)
    name = names.rdn_value(dn)
    controller.ensure(
        dn,
        "msExchOrganizationContainer",
        {"legacyExchangeDN": f"/o={name}", "msExchMixedMode": forest.spec.mixed_mode},
    )
    _containers(controller, dn, known.product)
    _groups(controller, known.product)
    if controller.get(dn) is not None and controller.get(dn).number("objectVersion") < known.org:  # type: ignore[union-attr]
        controller.modify(dn, {"objectVersion": known.org})
    if known.product == "2010":
        _system_accounts(controller)
    prepare_domain(world, controller, level, forest.spec.domains[0].name)


def _containers(controller: DomainController, organization: str, product: str) -> None:
    wanted = CONTAINERS + (CONTAINERS_2010 if product == "2010" else ())
    if product in ("2000", "2003"):
        wanted = tuple(item for item in CONTAINERS if item[0] in CONTAINERS_LEGACY)
    for name, kind in wanted:
        controller.ensure(f"CN={name},{organization}", kind)
    if product in ("2000", "2003"):
        return
    group = f"CN={ADMINISTRATIVE_GROUP},CN=Administrative Groups,{organization}"
    legacy = f"/o={names.rdn_value(organization)}/ou={ADMINISTRATIVE_GROUP}"
    controller.ensure(group, "msExchAdminGroup", {"legacyExchangeDN": legacy, "msExchAdminGroupMode": 0})
    controller.ensure(f"CN=Servers,{group}", "msExchServersContainer")
    controller.ensure(f"CN=Folder Hierarchies,{group}", "msExchContainer")
    controller.ensure(f"CN=Databases,{group}", "msExchContainer")
    controller.ensure(f"CN=Database Availability Groups,{group}", "msExchContainer")
    controller.ensure(f"CN=Arrays,{group}", "msExchContainer")
    controller.ensure(f"CN=Routing Groups,{group}", "msExchRoutingGroupContainer")
    routing = f"CN={ROUTING_GROUP},CN=Routing Groups,{group}"
    controller.ensure(routing, "msExchRoutingGroup")
    controller.ensure(f"CN=Connections,{routing}", "msExchConnectors")


def groups_of(product: str) -> tuple[str, ...]:
    """Universal security groups that PrepareAD of a product makes."""
    return GROUPS_2010 if product == "2010" else GROUPS_2007 if product == "2007" else ()


def _groups(controller: DomainController, product: str) -> None:
    if not groups_of(product):
        return
    unit = f"OU=Microsoft Exchange Security Groups,{controller.forest.root_dn}"
    controller.ensure(unit, "organizationalUnit")
    for name in groups_of(product):
        controller.ensure(
            f"CN={name},{unit}",
            "group",
            {"sAMAccountName": name, "groupType": -2147483640, "displayName": name},
        )
    if product == "2010":
        # the account that prepares, and the administrators of 2007, go on as administrators
        management = f"CN=Organization Management,{unit}"
        old = f"CN=Exchange Organization Administrators,{unit}"
        heirs = [dn for dn in (old,) if controller.get(dn) is not None]
        controller.add_values(management, "member", heirs)
        controller.add_values(
            f"CN=Exchange Windows Permissions,{unit}", "member", [f"CN=Exchange Trusted Subsystem,{unit}"]
        )


def _system_accounts(controller: DomainController) -> None:
    users = f"CN=Users,{controller.forest.root_dn}"
    for name, display in (*ARBITRATION, (DISCOVERY, "Discovery Search Mailbox")):
        controller.ensure(
            f"CN={name},{users}",
            "user",
            {
                "sAMAccountName": f"SM_{abs(hash_of(name)) % 10**17:017d}"[:20],
                "displayName": display,
                "userAccountControl": 514,
                "msExchVersion": facts.object_version("2010"),
                "msExchRecipientTypeDetails": 8388608 if name != DISCOVERY else 536870912,
                "mailNickname": name.replace(" ", ""),
            },
        )


def hash_of(text: str) -> int:
    """A hash that is the same in every process."""
    value = 5381
    for character in text:
        value = (value * 33 + ord(character)) & 0x7FFFFFFFFFFFFFFF
    return value


def prepare_domain(world: World, controller: DomainController, level: str, domain: str) -> None:
    """Make or raise a domain's Microsoft Exchange System Objects, on a controller of that domain."""
    known = facts.exchange_levels()[level]
    base = names.domain_dn(domain)
    own = controller if controller.spec.domain.lower() == domain.lower() else None
    target = own or world.forest.find(controller.site, domain=domain, writable=True)
    if target is None:
        return
    container = f"CN=Microsoft Exchange System Objects,{base}"
    target.ensure(container, "msExchSystemObjectsContainer")
    target.ensure(
        f"CN=Exchange Install Domain Servers,{container}",
        "group",
        {"sAMAccountName": "$$Exchange Install Domain Servers", "groupType": -2147483646},
    )
    found = target.get(container)
    if found is not None and found.number("objectVersion") < known.meso:
        target.modify(container, {"objectVersion": known.meso})
