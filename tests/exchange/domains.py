"""A forest of an empty root and two children: what the tests of several domains are run on."""

from __future__ import annotations

from dataclasses import replace

from exmigrate.twin.world.exchange import ExchangeSide
from exmigrate.twin.world.exchange.spec import DistributionGroupSpec, MailboxSpec
from exmigrate.twin.world.spec import DomainControllerSpec, DomainSpec, SiteLinkSpec
from exmigrate.twin.world.world import World
from tests.exchange.harness import prepare_2010, source, spec

ROOT, EMEA, ASIA = "contoso.com", "emea.contoso.com", "asia.contoso.com"
ROOT_DC, EMEA_DC, ASIA_DC = f"dc1.{ROOT}", f"em1.{EMEA}", f"as1.{ASIA}"


def build() -> World:
    """2007 in EMEA with mailboxes of both children; AS1 of Asia is no global catalog and in another site."""
    base = spec(
        replace(
            source(),
            mailboxes=(
                MailboxSpec("anna", "Mailbox Database", "Anna Ammann", 64, domain=EMEA),
                MailboxSpec("chen", "Mailbox Database", "Chen Li", 64, domain=ASIA),
                MailboxSpec("journal", "Mailbox Database", "Journal", 90, domain=EMEA),
                MailboxSpec("meier", "Mailbox Database", "Meier", 64, domain=EMEA),
            ),
            series=(),
            groups=(
                DistributionGroupSpec("Staff", ("anna", "chen"), "MAIL2007", domain=EMEA),
                DistributionGroupSpec("Asia", ("chen",), "MAIL2007", domain=ASIA),
            ),
        )
    )
    forest = replace(
        base.forest,
        domains=(
            DomainSpec(ROOT, exchange_version="2007SP3"),
            DomainSpec(EMEA, "EMEA", exchange_version="2007SP3"),
            DomainSpec(ASIA, "ASIA", exchange_version="2007SP3"),
        ),
        domain_controllers=(
            DomainControllerSpec("DC1", ROOT, "Main", ("10.0.0.1",), fsmo=("schema", "naming", "pdc")),
            DomainControllerSpec("EM1", EMEA, "Main", ("10.0.0.2",)),
            DomainControllerSpec("AS1", ASIA, "Branch", ("10.1.0.2",), global_catalog=False),
        ),
        site_links=(SiteLinkSpec("Main-Branch", ("Main", "Branch"), latency_s=900),),
    )
    servers = tuple(replace(s, domain=EMEA) for s in base.servers)
    return World(replace(base, forest=forest, servers=servers), hooks=ExchangeSide())


def with_2010() -> World:
    """The same, with all roles of 2010 on MAIL2010."""
    world = build()
    prepare_2010(world)
    server, controller = world.server("MAIL2010"), world.forest.controller(EMEA_DC)
    assert server is not None
    assert controller is not None
    from exmigrate.twin.world.installation import configure_role, install_files, write_server_object

    with world.access(), world.forest.instantly():
        install_files(server, "2010SP3")
        for role in ("ClientAccess", "HubTransport", "Mailbox"):
            configure_role(server, "2010SP3", role)
            write_server_object(world, controller, server, "2010SP3")
            world.hooks.role_installed(world, server, role, "2010SP3", {"mdbname": "DB01"})
    return world
