"""Organizations with Exchange 2003, and text run in the shells of later versions beside it."""

from __future__ import annotations

from exmigrate.twin.world.exchange import ExchangeSide
from exmigrate.twin.world.exchange.spec import (
    DatabaseSpec,
    DistributionGroupSpec,
    ExchangeSpec,
    MailboxSeries,
    MailboxSpec,
    MailFlowSpec,
    OfflineAddressBookSpec,
    PublicFolderSpec,
)
from exmigrate.twin.world.legacyspec import (
    LegacySpec,
    RecipientPolicySpec,
    RoutingGroupSpec,
    SmtpConnectorSpec,
)
from exmigrate.twin.world.preparation import prepare_organization, prepare_schema
from exmigrate.twin.world.spec import (
    AccountSpec,
    DomainControllerSpec,
    DomainSpec,
    ForestSpec,
    InstalledExchange,
    ServerSpec,
    SiteSpec,
    WorldSpec,
)
from exmigrate.twin.world.world import World
from tests.exchange.harness import install

STORE = "Mailbox Store (EX03)"
PUBLIC = "Public Folder Store (EX03)"
EVERYTHING = ("ClientAccess", "HubTransport", "Mailbox", "UnifiedMessaging")


def source() -> ExchangeSpec:
    """What EX03 and EX03B hold."""
    group = "First Storage Group"
    return ExchangeSpec(
        databases=(
            DatabaseSpec(STORE, "EX03", group, public_folder_database=PUBLIC),
            DatabaseSpec(PUBLIC, "EX03", group, public=True),
            DatabaseSpec("Branch Store", "EX03B", group, public_folder_database=PUBLIC),
        ),
        mailboxes=(
            MailboxSpec("anna", STORE, "Anna Ammann", 200, 1800, type="LegacyMailbox"),
            MailboxSpec("broken", STORE, "Bruno Bad", 20, 900, type="LegacyMailbox", corrupt_items=7),
            MailboxSpec("berta", "Branch Store", "Berta Branch", 10, 100, type="LegacyMailbox"),
        ),
        series=(MailboxSeries("user", 4, (STORE,)),),
        public_folders=(PublicFolderSpec("\\Sales"), PublicFolderSpec("\\Sales\\2010", items=40)),
        groups=(DistributionGroupSpec("All Staff", ("anna",), "EX03"),),
        offline_address_books=(
            OfflineAddressBookSpec(
                server="EX03", versions=("Version2", "Version3"), public_folder_distribution=True
            ),
        ),
        mail_flow=MailFlowSpec(inbound=("EX03",)),
    )


def policies() -> tuple[RecipientPolicySpec, ...]:
    """The default policy, one with settings of the Mailbox Manager, and one of only those."""
    return (
        RecipientPolicySpec("Default Policy", ("SMTP:@contoso.com", "smtp:@shared.example"), priority=0,
                            non_authoritative=("shared.example",)),
        RecipientPolicySpec("Clean up", (), "(mailNickname=*)", 1, "only"),
        RecipientPolicySpec("Sales", ("SMTP:@sales.contoso.com",), "(department=Sales)", 2, "mixed"),
    )  # fmt: skip


def build(
    version: str = "2003SP2", exchange: ExchangeSpec | None = None, also: tuple[ServerSpec, ...] = ()
) -> World:
    """One domain, two 2003 back-ends in two routing groups, a front-end, and two bare machines."""

    def old(name: str, address: str, role: str, group: str) -> ServerSpec:
        installed = InstalledExchange(version, (role,), routing_group=group, edition="Enterprise")
        return ServerSpec(
            name, "contoso.com", addresses=(address,), os="2003", service_pack=2, bits=32, exchange=installed
        )

    def new(name: str, address: str, os: str) -> ServerSpec:
        features = ("Web-Server", "RPC-Over-HTTP-Proxy")
        return ServerSpec(name, "contoso.com", addresses=(address,), os=os, service_pack=2, features=features)

    return World(
        WorldSpec(
            "Contoso",
            ForestSpec(
                (DomainSpec("contoso.com"),),
                (
                    DomainControllerSpec(
                        "DC1", "contoso.com", "Main", ("10.0.0.1",), fsmo=("schema", "naming", "pdc")
                    ),
                ),
                (SiteSpec("Main", ("10.0.0.0/24",)),),
                exchange_version=version,
            ),
            servers=(
                old("EX03", "10.0.0.30", "Mailbox", "First Routing Group"),
                old("EX03B", "10.0.0.31", "Mailbox", "Branch Routing Group"),
                old("EX03FE", "10.0.0.32", "FrontEnd", "First Routing Group"),
                new("MAIL2007", "10.0.0.10", "2008"),
                new("MAIL2010", "10.0.0.11", "2008R2"),
                *also,
            ),
            accounts=(
                AccountSpec(
                    "admin", "Secret-1", groups=("Domain Admins", "Enterprise Admins", "Schema Admins")
                ),
            ),
            exchange=(exchange or source()).to_plain(),
            legacy=LegacySpec(
                routing_groups=(
                    RoutingGroupSpec("First Routing Group"),
                    RoutingGroupSpec("Branch Routing Group"),
                ),
                smtp_connectors=(SmtpConnectorSpec("Internet 2003", "First Routing Group", ("EX03",)),),
                policies=policies(),
            ),
        ),
        hooks=ExchangeSide(),
    )


def prepare(world: World, level: str) -> None:
    """PrepareSchema and PrepareAD of a level, seen by every controller."""
    master = world.forest.master("schema")
    assert master is not None
    with world.access(), world.forest.instantly():
        prepare_schema(master, level)
        prepare_organization(world, master, level, "Contoso")
        world.hooks.prepared(world, "organization", level, "contoso.com")


def with_2007(world: World, **options: str) -> World:
    """All roles of 2007 on MAIL2007, the Hub connected to EX03."""
    prepare(world, "2007SP3")
    install(
        world, "MAIL2007", *EVERYTHING, level="2007SP3", legacyroutingserver="ex03.contoso.com", **options
    )
    return world


def with_2010(world: World, **options: str) -> World:
    """All roles of 2010 on MAIL2010, the Hub connected to EX03."""
    prepare(world, "2010SP3")
    install(world, "MAIL2010", *EVERYTHING, legacyroutingserver="ex03.contoso.com", mdbname="DB01", **options)
    return world
