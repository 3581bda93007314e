"""Exchange 2000 and 2003 on a server at the start of a world: they are found, never installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exmigrate import facts
from exmigrate.twin.powershell.machine import Service
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Attributes
from exmigrate.twin.world.installation import network_addresses
from exmigrate.twin.world.legacy import places
from exmigrate.twin.world.preparation import LEGACY_GROUP
from exmigrate.twin.world.server import ExchangeInstall

if TYPE_CHECKING:
    from exmigrate.twin.world.forest import DomainController
    from exmigrate.twin.world.server import Server

SERVICES = (
    facts.ServiceFact("IISADMIN", "IIS Admin Service", "Auto"),
    facts.ServiceFact("SMTPSVC", "Simple Mail Transfer Protocol (SMTP)", "Auto"),
    facts.ServiceFact("NntpSvc", "Network News Transfer Protocol (NNTP)", "Auto"),
    facts.ServiceFact("W3SVC", "World Wide Web Publishing Service", "Auto"),
    facts.ServiceFact("MSExchangeSA", "Microsoft Exchange System Attendant", "Auto"),
    facts.ServiceFact("MSExchangeIS", "Microsoft Exchange Information Store", "Auto"),
    facts.ServiceFact("MSExchangeMTA", "Microsoft Exchange MTA Stacks", "Auto"),
    facts.ServiceFact("MSExchangeMGMT", "Microsoft Exchange Management", "Auto"),
    facts.ServiceFact("RESvc", "Microsoft Exchange Routing Engine", "Auto"),
    facts.ServiceFact("POP3Svc", "Microsoft Exchange POP3", "Manual"),
    facts.ServiceFact("IMAP4Svc", "Microsoft Exchange IMAP4", "Manual"),
)
"""In the order in which one needs another."""

DEPENDENCIES = {
    "SMTPSVC": ("IISADMIN",),
    "NntpSvc": ("IISADMIN",),
    "W3SVC": ("IISADMIN",),
    "POP3Svc": ("IISADMIN",),
    "IMAP4Svc": ("IISADMIN",),
    "RESvc": ("IISADMIN",),
    "MSExchangeIS": ("MSExchangeSA",),
    "MSExchangeMTA": ("IISADMIN", "MSExchangeSA"),
}
FRONT_END = "FrontEnd"
ROUTING_KEY = r"HKLM\SYSTEM\CurrentControlSet\Services\RESvc\Parameters"
SUPPRESS = "SuppressStateChanges"
HOTFIX_ACTIVESYNC = "KB937031"
BASIC, INTEGRATED = 2, 4
"""Bits of ``msExchAuthenticationFlags``, those of the metabase's AuthFlags."""

_DIRECTORIES = ("Exchange", "Public", "Exadmin", "ExchWeb", "OMA", "Microsoft-Server-ActiveSync")


def is_legacy(level: str) -> bool:
    """Whether a level is of Exchange 2000 or 2003."""
    return facts.exchange_levels()[level].product in ("2000", "2003")


def server_dn(controller: DomainController, name: str, administrative_group: str = "") -> str:
    """DN of a legacy server's object."""
    return f"CN={name},CN=Servers,{places.administrative_group_dn(controller, administrative_group)}"


def activesync_dn(server: str) -> str:
    """DN of a server's ActiveSync directory, below the DN of the server."""
    return f"CN=Microsoft-Server-ActiveSync,CN=1,CN=HTTP,CN=Protocols,{server}"


def add_groups(controller: DomainController, administrative_group: str, routing_group: str) -> str:
    """Make an administrative group and, in it, a routing group; gives the routing group's DN."""
    base = places.administrative_group_dn(controller, administrative_group)
    legacy = places.legacy_dn(controller, administrative_group, "")[:-1]
    controller.ensure(base, "msExchAdminGroup", {"legacyExchangeDN": legacy, "msExchAdminGroupMode": 0})
    controller.ensure(f"CN=Servers,{base}", "msExchServersContainer")
    controller.ensure(f"CN=Routing Groups,{base}", "msExchRoutingGroupContainer")
    group = names.child("CN", routing_group or places.LEGACY_ROUTING_GROUP, f"CN=Routing Groups,{base}")
    controller.ensure(group, "msExchRoutingGroup")
    controller.ensure(f"CN=Connections,{group}", "msExchConnectors")
    return group


def install_legacy(controller: DomainController, server: Server) -> None:
    """Registry, services and directory object of a server that runs Exchange 2000 or 2003."""
    found = server.spec.exchange
    assert found is not None
    known = facts.exchange_levels()[found.version]
    group = found.administrative_group or LEGACY_GROUP
    routing = places.routing_group(controller, found.routing_group) if found.routing_group else None
    routing_dn = routing.dn if routing else add_groups(controller, group, found.routing_group)
    controller.ensure(places.administrative_group_dn(controller, group), "msExchAdminGroup")
    server.exchange = ExchangeInstall(
        found.version, set(found.roles), known.build, found.edition, facts.product("2003").folder
    )
    _machine(server, known)
    if found.link_state_suppressed:
        server.set_registry(ROUTING_KEY, **{SUPPRESS: 1})
    if found.kb937031:
        install_hotfix(server, HOTFIX_ACTIVESYNC)
    dn = server_dn(controller, server.name, group)
    legacy = places.legacy_dn(controller, group, f"cn=Configuration/cn=Servers/cn={server.name}")
    controller.ensure(places.administrative_group_dn(controller, group), "msExchAdminGroup")
    controller.ensure(
        f"CN=Servers,{places.administrative_group_dn(controller, group)}", "msExchServersContainer"
    )
    controller.create(
        dn,
        "msExchExchangeServer",
        {
            "serialNumber": known.title,
            "versionNumber": known.numbers[2],
            "msExchServerRole": 1 if FRONT_END in found.roles else 0,
            "msExchHomeRoutingGroup": routing_dn,
            "networkAddress": network_addresses(server),
            "legacyExchangeDN": legacy,
        },
    )
    _below(controller, dn, INTEGRATED if found.activesync_integrated else 0, found.version != "2000SP3")
    holder = controller.get(routing_dn)
    if holder is not None and not holder.get("msExchRoutingMasterDN"):
        controller.modify(routing_dn, {"msExchRoutingMasterDN": dn})


def _machine(server: Server, known: facts.ExchangeLevel) -> None:
    for fact in SERVICES:
        if server.services.get(fact.name) is None:
            running = "Running" if fact.start == "Auto" else "Stopped"
            start = "Automatic" if fact.start == "Auto" else "Manual"
            path = rf"C:\WINDOWS\system32\inetsrv\{fact.name}.exe"
            needs = DEPENDENCIES.get(fact.name, ())
            server.services.create(
                Service(fact.name, fact.display, running, start, requires=needs, path=path)
            )
    assert server.exchange is not None
    server.set_registry(
        r"HKLM\SOFTWARE\Microsoft\Exchange\Setup",
        Services=server.exchange.folder,
        NewestBuild=known.numbers[2],
        ServicePackBuild=known.numbers[2],
    )
    server.set_registry(ROUTING_KEY)
    server.install_uninstall_entry("Microsoft Exchange", known.build)


def install_hotfix(server: Server, article: str) -> None:
    """Show a hotfix where Windows and `update.exe` show it: the list of programs and the Updates key."""
    number = article.upper()
    server.hotfixes.add(number)
    server.install_uninstall_entry(f"Hotfix for Exchange Server 2003 ({number})", key=number)
    server.set_registry(rf"HKLM\SOFTWARE\Microsoft\Updates\Exchange Server 2003\SP3\{number}", Type="Update")


def _below(controller: DomainController, dn: str, integrated: int, mobile: bool) -> None:
    protocols = f"CN=Protocols,{dn}"
    controller.create(protocols, "msExchProtocolCfgSharedContainer")
    smtp = f"CN=SMTP,{protocols}"
    controller.create(smtp, "msExchContainer")
    values: Attributes = {
        "adminDisplayName": "Default SMTP Virtual Server",
        "msExchServerBindings": [":25:"],
        "msExchAuthenticationFlags": 1 | BASIC | INTEGRATED,
    }
    controller.create(f"CN=1,{smtp}", "protocolCfgSMTPServer", values)
    http = f"CN=HTTP,{protocols}"
    controller.create(http, "msExchContainer")
    site = {"adminDisplayName": "Exchange Virtual Server", "msExchServerBindings": [":80:"]}
    controller.create(f"CN=1,{http}", "protocolCfgHTTPServer", site)
    for name in _DIRECTORIES:
        if not mobile and name in ("OMA", "Microsoft-Server-ActiveSync"):
            continue
        flags = BASIC | integrated if name == "Microsoft-Server-ActiveSync" else BASIC | INTEGRATED
        controller.create(
            f"CN={name},CN=1,{http}",
            "msExchProtocolCfgHTTPVirtualDirectory",
            {"msExchAuthenticationFlags": flags},
        )
    controller.create(f"CN=InformationStore,{dn}", "msExchInformationStore")
    controller.create(f"CN=Microsoft MTA,{dn}", "mTA")
    controller.create(f"CN=Microsoft System Attendant,{dn}", "exchangeAdminService")
