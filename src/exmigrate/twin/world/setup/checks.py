"""Prerequisites of Setup, each for its real reason, in the words of the prerequisite check.

A check adds to ``errors`` (Setup stops) or ``warnings`` (it goes on).
"""

from __future__ import annotations

from exmigrate import facts
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.installation import EDGE, exchange_servers, watermark
from exmigrate.twin.world.preparation import (
    domain_level,
    organization_dn,
    organization_level,
    schema_level,
)
from exmigrate.twin.world.setup import provisioning
from exmigrate.twin.world.setup.context import SetupContext

ORGANIZATION_ADMINS = {
    "2007": ("Exchange Organization Administrators", "Enterprise Admins", "Organization Management"),
    "2010": ("Organization Management", "Enterprise Admins"),
}


def check_machine(context: SetupContext, roles: tuple[str, ...]) -> None:
    """The machine itself: rights, Windows, features, pending restart."""
    server, product = context.server, context.level.product
    if not context.machine.is_administrator:
        context.errors.append(
            "The current user must be a member of the local Administrators group on this computer."
        )
    if server.pending_reboot:
        context.errors.append(
            "A reboot from a previous installation is pending. Please restart the system and rerun setup."
        )
    _check_windows(context, bool(roles))
    _check_services(context, roles)
    needed = facts.prerequisites(product)
    for role in roles or ("preparation",):
        for feature in facts.required_features(context.level.name, role):
            if feature not in server.features and server.spec.os in ("2008", "2008R2", "2012"):
                _missing_feature(context, feature)
    for item in needed["services"]:
        if item["role"] in roles:
            found = server.services.get(item["service"])
            if found is None or found.start_type != "Automatic":
                context.errors.append(
                    "The start mode for the Net. TCP Port Sharing service must be set to Automatic before Setup can continue."
                )
    _check_packages(context, roles)


def _check_windows(context: SetupContext, has_roles: bool) -> None:
    server = context.server
    needed = facts.prerequisites(context.level.product)
    # 2007 also comes in 32 bit, for preparation and tools; in production no role runs there
    preparing = context.level.product == "2007" and not has_roles
    if server.spec.bits != needed["bits"] and not preparing:
        context.errors.append("Exchange Server requires a 64-bit processor and operating system.")
    systems = [
        item
        for item in needed["systems"]
        if "since" not in item or facts.exchange_levels()[item["since"]].numbers <= context.level.numbers
    ]
    fits = any(
        item["os"] == server.spec.os and server.service_pack >= item["service_pack"] for item in systems
    )
    if not fits:
        context.errors.append(
            f"Exchange Server {context.level.product} cannot be installed on this operating system "
            f"({server.windows.caption.strip()}, Service Pack {server.service_pack})."
        )
    if server.spec.core:
        context.errors.append("Exchange Server cannot be installed on a Server Core installation of Windows.")
    if not server.spec.powershell or float(server.spec.powershell) < float(needed["powershell"]):
        context.errors.append(f"Setup requires Windows PowerShell V{needed['powershell'][0]}.")
    if facts.build_tuple(server.spec.dotnet) < facts.build_tuple(needed["dotnet"]):
        context.errors.append(f"Microsoft .NET Framework {needed['dotnet']} Service Pack 1 is required.")


def _check_services(context: SetupContext, roles: tuple[str, ...]) -> None:
    # Windows' own SMTP and NNTP services would take the ports and the event sinks of the Hub's
    if not set(roles) - {"ManagementTools"}:
        return
    for name, label in (("SMTPSVC", "SMTP"), ("NntpSvc", "NNTP")):
        if context.server.services.get(name) is not None and context.server.exchange is None:
            context.errors.append(
                f"The {label} service is installed on this computer. Remove the Windows component before Setup can continue."
            )


def _missing_feature(context: SetupContext, feature: str) -> None:
    text = (
        f"The Windows component {feature} isn't installed on this computer and needs to be installed before "
        "Exchange Setup can begin."
    )
    if feature == "RSAT-ADDS-Tools":
        text = (
            "Setup needs to contact Active Directory with 'ldifde.exe', which isn't installed on this computer. "
            "Install the feature by running 'ServerManagerCmd -i RSAT-ADDS' from a command prompt."
        )
    if text not in context.errors:
        context.errors.append(text)


def _check_packages(context: SetupContext, roles: tuple[str, ...]) -> None:
    server, level = context.server, context.level
    needed = facts.prerequisites(level.product)
    products = " ".join([*server.installed_products(), *server.hotfixes]).lower()
    pack = needed.get("filter_pack")
    if pack and set(roles) & set(pack["roles"]) and "filter pack" not in products:
        context.warnings.append(
            f"This computer requires the {pack.get(level.name, 'Microsoft Filter Pack')}. Please install the software."
        )
    fixes = needed.get("hotfixes")
    if fixes and "ClientAccess" in roles and server.spec.os == fixes["os"]:
        since = facts.exchange_levels()[fixes["since"]]
        if server.service_pack < fixes["below_service_pack"] and level.numbers >= since.numbers:
            for kb in fixes["kb"]:
                if kb.lower() not in products:
                    context.errors.append(
                        f"This computer requires the update described in Microsoft Knowledge Base article {kb}."
                    )
    ucma = needed.get("ucma")
    if ucma is None or ucma["role"] not in roles or "unified communications managed api" in products:
        return
    if level.numbers >= facts.exchange_levels()[ucma["since"]].numbers:
        context.errors.append(f"This computer requires the {ucma['name']}.")


def check_logon(context: SetupContext) -> bool:
    """Whether the directory can be reached as this account; says why not."""
    token = context.token
    if context.server.domain is None:
        context.errors.append("This computer must be a member of an Active Directory domain.")
        return False
    if token.is_local or not token.can_delegate:
        context.errors.append("The user isn't logged on to an Active Directory domain.")
        return False
    if context.controller is None or not context.controller.up:
        context.errors.append("Setup cannot contact a domain controller in the local site.")
        return False
    return True


def check_rights(context: SetupContext) -> None:
    """Whether the account may change the organization, or this server was provided for it."""
    if provisioning.is_delegated(context):
        return
    if not context.token.member_of(*ORGANIZATION_ADMINS[context.level.product]):
        group = ORGANIZATION_ADMINS[context.level.product][0]
        context.errors.append(
            f"You must be a member of the '{group}' role group or a member of the 'Enterprise Admins' group to continue."
        )


def check_forest(context: SetupContext) -> None:
    """Functional level, schema master, native mode."""
    forest = context.world.forest
    needs = facts.coexistence(context.level.product)
    dc = context.controller
    assert dc is not None
    partitions = dc.get(f"CN=Partitions,{forest.configuration_dn}")
    if partitions is not None and partitions.number("msDS-Behavior-Version") < needs["forest_level"]:
        context.errors.append(
            "The forest functional level of the current Active Directory forest is not Windows Server 2003 native "
            "or later. To install Exchange Server 2010, the forest functional level must be at least Windows "
            "Server 2003 native."
        )
    master = forest.master("schema")
    wanted = needs["schema_master"]
    if master is not None and (
        master.spec.os == "2000"
        or (master.spec.os == wanted["os"] and master.spec.service_pack < wanted["service_pack"])
    ):
        context.errors.append(
            "The Active Directory Schema Master must be running Windows Server 2003 with Service Pack 1 or later."
        )
    _check_domains(context)
    organization = dc.get(organization_dn(dc)) if organization_dn(dc) else None
    if organization is not None and organization.first("msExchMixedMode") is True:
        context.errors.append(
            "The Exchange organization is in mixed mode. Switch it to native mode before continuing."
        )


def _check_domains(context: SetupContext) -> None:
    dc = context.controller
    assert dc is not None
    for domain in context.world.spec.forest.domains:
        nearest = context.world.forest.find(context.server.site, domain=domain.name)
        head = nearest.get(nearest.domain_dn) if nearest is not None else None
        container = f"CN=Microsoft Exchange System Objects,{names.domain_dn(domain.name)}"
        if (
            head is not None
            and nearest is not None
            and head.number("nTMixedDomain")
            and nearest.get(container)
        ):
            context.errors.append(
                f"The domain {domain.name} is in mixed mode. It must be in Windows 2000 native mode or higher before "
                "Setup can continue."
            )


def check_media(context: SetupContext) -> None:
    """Media older than the schema are refused."""
    dc = context.controller
    assert dc is not None
    if schema_level(dc) > context.level.schema:
        context.errors.append(
            f"The Active Directory schema version ({schema_level(dc)}) is higher than Setup's version "
            f"({context.level.schema}). Therefore, PrepareSchema can't be executed."
        )


def check_prepared(context: SetupContext) -> None:
    """Schema, organization and domain at the media's level, as this site's controller sees them."""
    dc, level = context.controller, context.level
    assert dc is not None
    if schema_level(dc) < level.schema:
        context.errors.append(
            "The Active Directory schema isn't up-to-date on domain controller "
            f"{dc.fqdn}. Run setup /PrepareSchema and wait until the change has replicated."
        )
    elif organization_level(dc) < level.org:
        context.errors.append(
            f"Active Directory hasn't been prepared for this version of Exchange on domain controller {dc.fqdn}: "
            "run setup /PrepareAD and wait until the change has replicated."
        )
    elif domain_level(dc, context.server.spec.domain) < level.meso:
        context.errors.append(
            f"The domain {context.server.spec.domain} hasn't been prepared: run setup /PrepareDomain in it."
        )


def check_neighbours(context: SetupContext, roles: tuple[str, ...]) -> None:
    """Other Exchange servers: minimum levels, global catalog, version-matched roles in the site."""
    dc, server = context.controller, context.server
    assert dc is not None
    site = names.key(names.child("CN", server.site, f"CN=Sites,{dc.forest.configuration_dn}"))
    levels = facts.exchange_levels()
    needs = facts.coexistence(context.level.product)
    here = 0
    for name, level, bits, where in exchange_servers(dc):
        if level not in levels:
            continue
        known = levels[level]
        if known.product == "2000" and context.level.product == "2010":
            context.errors.append(f"One or more Exchange 2000 servers exist in this organization: {name}.")
        minimum = levels[needs[known.product]] if known.product in needs else None
        concerned = known.product != "2007" or names.key(where) == site or bits & (4 | 16)
        if minimum is not None and known.numbers < minimum.numbers and concerned:
            context.errors.append(
                f"All Exchange {known.product} servers must be upgraded to {minimum.name} or later before this "
                f"server can be installed: {name} is {known.title}."
            )
        if known.product == context.level.product and names.key(where) == site:
            here |= bits
    usable = [
        item
        for item in context.world.forest.all()
        if item.up
        and item.is_global_catalog
        and not item.spec.read_only
        and _serves(item.spec.os, item.spec.service_pack)
        and item.site.lower() == server.site.lower()
    ]  # of any domain: nothing published asks for one of the server's own in the site
    if not usable:
        context.errors.append(
            f"Setup cannot find a writable global catalog server in the local site '{server.site}'."
        )
    if "UnifiedMessaging" in roles and not here & 32 and "HubTransport" not in roles:
        context.errors.append(
            "The Hub Transport server role must be installed in the local Active Directory site before the "
            "Unified Messaging server role."
        )
    if "Mailbox" in roles and not here & 32 and "HubTransport" not in roles:
        context.warnings.append(
            f"No Hub Transport server of Exchange {context.level.product} exists in site '{server.site}'. "
            "Mail will not be delivered until one is installed."
        )


def _serves(os: str, service_pack: int) -> bool:
    """Whether Exchange 2007 and later can use a controller of that Windows version."""
    return os != "2000" and (os not in ("2003", "2003R2") or service_pack >= 1)


def check_state(context: SetupContext, roles: tuple[str, ...], action: str) -> None:
    """What is on the machine already: other versions, half-done runs, roles that are there."""
    server, level = context.server, context.level
    installed = server.exchange
    for role in facts.roles():
        mark = watermark(server, level.product, role)
        if mark and (role not in roles or not mark.startswith(action)):
            begun = mark.split(":")[0]
            context.errors.append(
                f'Setup previously failed while performing the action "{begun}" for the '
                f'{facts.roles()[role].label}. You cannot resume setup by performing the action "{action}" '
                "for another role."
            )
    if installed is not None and installed.product != level.product:
        context.errors.append(
            f"Exchange Server {installed.product} is installed on this computer. An in-place upgrade is not supported."
        )
    elif installed is not None and installed.level != level.name and action != "Upgrade":
        context.errors.append(
            f"The version of these Setup files ({level.build}) does not match the installed version "
            f"({facts.exchange_levels()[installed.level].build})."
        )
    if action != "Install":
        return
    present = installed.roles if installed else set()
    for role in roles:
        half = watermark(server, level.product, role)
        if role in present and role != "ManagementTools" and not half:
            context.errors.append(f"The {facts.roles()[role].label} is already installed on this computer.")
    if (EDGE in roles and (set(roles) | present) - {EDGE, "ManagementTools"}) or (
        EDGE in present and set(roles) - {EDGE, "ManagementTools"}
    ):
        context.errors.append(
            "The Edge Transport server role cannot be installed together with other server roles."
        )
