"""Exchange 2000 and 2003 on a server at the start of a world: they are found, never installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exmigrate import facts
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.installation import network_addresses
from exmigrate.twin.world.preparation import LEGACY_GROUP, add_legacy_group, organization_dn
from exmigrate.twin.world.server import ExchangeInstall

if TYPE_CHECKING:
    from exmigrate.twin.world.forest import DomainController
    from exmigrate.twin.world.server import Server

SERVICES = (
    facts.ServiceFact("MSExchangeIS", "Microsoft Exchange Information Store", "Auto"),
    facts.ServiceFact("MSExchangeSA", "Microsoft Exchange System Attendant", "Auto"),
    facts.ServiceFact("MSExchangeMTA", "Microsoft Exchange MTA Stacks", "Auto"),
    facts.ServiceFact("MSExchangeMGMT", "Microsoft Exchange Management", "Auto"),
    facts.ServiceFact("RESvc", "Microsoft Exchange Routing Engine", "Auto"),
    facts.ServiceFact("SMTPSVC", "Simple Mail Transfer Protocol (SMTP)", "Auto"),
    facts.ServiceFact("W3SVC", "World Wide Web Publishing Service", "Auto"),
)
FRONT_END = "FrontEnd"


def is_legacy(level: str) -> bool:
    """Whether a level is of Exchange 2000 or 2003."""
    return facts.exchange_levels()[level].product in ("2000", "2003")


def server_dn(controller: DomainController, name: str) -> str:
    """DN of a legacy server's object."""
    return f"CN={name},CN=Servers,CN={LEGACY_GROUP},CN=Administrative Groups,{organization_dn(controller)}"


def install_legacy(controller: DomainController, server: Server) -> None:
    """Registry, services and directory object of a server that runs Exchange 2000 or 2003."""
    found = server.spec.exchange
    assert found is not None
    known = facts.exchange_levels()[found.version]
    add_legacy_group(controller)
    server.exchange = ExchangeInstall(
        found.version, set(found.roles), known.build, found.edition, facts.product("2003").folder
    )
    server.add_services(SERVICES)
    server.set_registry(
        r"HKLM\SOFTWARE\Microsoft\Exchange\Setup",
        Services=server.exchange.folder,
        NewestBuild=known.numbers[2],
        ServicePackBuild=known.numbers[2],
    )
    server.set_registry(r"HKLM\SYSTEM\CurrentControlSet\Services\RESvc\Parameters")
    server.install_uninstall_entry("Microsoft Exchange", known.build)
    organization = names.rdn_value(organization_dn(controller))
    dn = server_dn(controller, server.name)
    controller.create(
        dn,
        "msExchExchangeServer",
        {
            "serialNumber": known.title,
            "versionNumber": known.numbers[2],
            "msExchServerRole": 1 if FRONT_END in found.roles else 0,
            "networkAddress": network_addresses(server),
            "legacyExchangeDN": f"/o={organization}/ou={LEGACY_GROUP}/cn=Configuration/cn=Servers/cn={server.name}",
        },
    )
    controller.create(f"CN=Protocols,{dn}", "msExchContainer")
    controller.create(f"CN=InformationStore,{dn}", "msExchInformationStore")
