"""An organization of 2003 in two administrative groups and two domains, and bare machines for later versions."""

from __future__ import annotations

from typing import Any

from exmigrate.twin.serve import build_world
from exmigrate.twin.world import legacyspec as old
from exmigrate.twin.world.exchange import spec as exchange
from exmigrate.twin.world.features import add_features
from exmigrate.twin.world.processes import BufferStreams
from exmigrate.twin.world.spec import (
    AccountSpec,
    DomainControllerSpec,
    DomainSpec,
    ForestSpec,
    InstalledExchange,
    MediaSpec,
    ServerSpec,
    SiteLinkSpec,
    SiteSpec,
    WorldSpec,
)
from exmigrate.twin.world.world import World

POWERSHELL = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"
ZURICH, OSLO = "Zurich Admins", "Oslo Admins"
E12, E14 = r"C:\media\e12sp3", r"C:\media\e14sp3"
WEB_2007 = ("RSAT-ADDS", "Web-Server", "Web-ISAPI-Ext", "Web-Metabase", "Web-Lgcy-Mgmt-Console", "Web-Basic-Auth",
            "Web-Digest-Auth", "Web-Windows-Auth", "Web-Dyn-Compression")  # fmt: skip


def installed(
    group: str, routing: str, *roles: str, level: str = "2003SP2", **more: Any
) -> InstalledExchange:
    """Exchange 2003 on a server of an administrative and a routing group."""
    return InstalledExchange(
        level, roles, edition="Enterprise", administrative_group=group, routing_group=routing, **more
    )


def windows_2003(
    name: str, address: str, found: InstalledExchange, domain: str = "contoso.com", **more: Any
) -> ServerSpec:
    """A 32-bit Windows 2003 server that runs Exchange."""
    return ServerSpec(
        name,
        domain,
        addresses=(address,),
        os="2003",
        service_pack=2,
        bits=32,
        exchange=found,
        dotnet="2.0",
        **more,
    )


def world_spec(**changes: Any) -> WorldSpec:
    """Zurich: front-end, bridgehead and mailbox server; Oslo, in a domain of its own: one mailbox server."""
    forest = ForestSpec(
        domains=(DomainSpec("contoso.com", "CONTOSO"), DomainSpec("no.contoso.com", "NO")),
        domain_controllers=(
            DomainControllerSpec(
                "DC01", "contoso.com", "Zurich", ("10.0.0.10",), fsmo=("schema", "naming", "pdc")
            ),
            DomainControllerSpec("DC02", "contoso.com", "Zurich", ("10.0.0.11",), lag_min=30),
            DomainControllerSpec("DCNO", "no.contoso.com", "Oslo", ("10.1.0.10",)),
        ),
        sites=(SiteSpec("Zurich", ("10.0.0.0/24",)), SiteSpec("Oslo", ("10.1.0.0/24",))),
        site_links=(SiteLinkSpec("Zurich-Oslo", ("Zurich", "Oslo"), latency_s=900),),
        exchange_version="2003SP2",
    )
    values: dict[str, Any] = {
        "organization": "Contoso",
        "forest": forest,
        "servers": (
            windows_2003("FE03", "10.0.0.20", installed(ZURICH, "RG-Zurich", "FrontEnd")),
            windows_2003("BH03", "10.0.0.21", installed(ZURICH, "RG-Zurich", "Bridgehead")),
            windows_2003("EX03", "10.0.0.22", installed(ZURICH, "RG-Zurich", "Mailbox")),
            windows_2003("NO03", "10.1.0.22", installed(OSLO, "RG-Oslo", "Mailbox"), "no.contoso.com"),
            ServerSpec("NEW1", "contoso.com", addresses=("10.0.0.30",), features=WEB_2007),
            ServerSpec("NEW2", "contoso.com", addresses=("10.0.0.31",), features=WEB_2007),
        ),
        "accounts": (
            AccountSpec("admin", "Secret-1", groups=("Domain Admins", "Enterprise Admins", "Schema Admins")),
            AccountSpec("setup", "Secret-2"),
        ),
        "media": tuple(
            MediaSpec(path, level, server=name)
            for name in ("NEW1", "NEW2")
            for path, level in ((E12, "2007SP3"), (E14, "2010SP3"))
        ),
        "exchange": exchange.ExchangeSpec(
            storage_groups=(
                exchange.StorageGroupSpec("First Storage Group", "EX03"),
                exchange.StorageGroupSpec("First Storage Group", "NO03"),
            ),
            databases=(
                exchange.DatabaseSpec(
                    "MS EX03", "EX03", "First Storage Group", public_folder_database="PF EX03"
                ),
                exchange.DatabaseSpec("PF EX03", "EX03", "First Storage Group", public=True),
                exchange.DatabaseSpec(
                    "MS NO03", "NO03", "First Storage Group", public_folder_database="PF NO03"
                ),
                exchange.DatabaseSpec("PF NO03", "NO03", "First Storage Group", public=True),
            ),
            mailboxes=(
                exchange.MailboxSpec("anna", "MS EX03", "Anna Ammann", 640, 5200),
                exchange.MailboxSpec("olav", "MS NO03", "Olav Olsen", 100, 900, domain="no.contoso.com"),
            ),
            public_folders=(exchange.PublicFolderSpec("\\Sales", ("PF EX03", "PF NO03"), 40, 800),),
        ).to_plain(),
        "legacy": old.LegacySpec(
            routing_groups=(
                old.RoutingGroupSpec("RG-Zurich", ZURICH, "BH03"),
                old.RoutingGroupSpec("RG-Oslo", OSLO, "NO03"),
            ),
            routing_group_connectors=(
                old.RoutingGroupConnectorSpec("To Oslo", "RG-Zurich", "RG-Oslo", ("BH03",), ("NO03",), 10),
                old.RoutingGroupConnectorSpec("To Zurich", "RG-Oslo", "RG-Zurich", ("NO03",), ("BH03",), 10),
            ),
            smtp_connectors=(
                old.SmtpConnectorSpec("Internet", "RG-Zurich", ("BH03",), ("*",), ("smtp.isp.example",)),
            ),
            policies=(
                old.RecipientPolicySpec(
                    "Default Policy", ("SMTP:@contoso.com", "X400:c=CH;a= ;p=Contoso;"), priority=0
                ),
                old.RecipientPolicySpec(
                    "Norway",
                    ("SMTP:@contoso.no", "smtp:@contoso.com"),
                    "(&(mailNickname=*)(co=Norway))",
                    1,
                    "mixed",
                ),
                old.RecipientPolicySpec("Clean up", (), priority=2, mailbox_manager="only"),
                old.RecipientPolicySpec(
                    "Shared", ("SMTP:@partner.example",), priority=3, non_authoritative=("partner.example",)
                ),
            ),
            update_services=(
                old.UpdateServiceSpec("Enterprise", "contoso.com", "EX03", "DC01", True),
                old.UpdateServiceSpec("Recipient Update Service (CONTOSO)", "contoso.com", "EX03", "DC02"),
                old.UpdateServiceSpec("Recipient Update Service (NO)", "no.contoso.com", "NO03", "DCNO"),
            ),
        ),
        "duration_scale": 0.1,
    }
    return WorldSpec(**(values | changes))


def build(**changes: Any) -> World:
    """That organization, its clock standing still."""
    world = build_world(world_spec(**changes))
    for name in ("NEW1", "NEW2"):
        machine = world.server(name)
        assert machine is not None
        add_features(machine, WEB_2007, with_parents=True)
        machine.delete_registry(
            r"HKLM\SYSTEM\CurrentControlSet\Control\Session Manager", "PendingFileRenameOperations"
        )
    return world


def script(world: World, text: str, server: str = "DC01", account: str = "admin") -> str:
    """What a script prints on a server, errors included."""
    found = world.server(server)
    assert found is not None
    record = world.accounts.find(found, "CONTOSO", account)
    assert record is not None
    token = world.accounts.token(found, record, "batch", True)
    streams = BufferStreams()
    process = found.processes.launch(POWERSHELL, ["-NoProfile", "-Command", text], token, streams)
    assert process.ended.wait(60)
    return (streams.stdout + streams.stderr).decode().replace("\r\n", "\n").strip()


def person(world: World, action: str, **arguments: Any) -> Any:
    """What a person does at the twin's door."""
    return world.exchange.people.act(action, arguments)
