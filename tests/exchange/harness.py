"""A small organization, and cmdlets called without the language: what they do to it is under test here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from exmigrate.twin.cmdlets.exchange import pack_of
from exmigrate.twin.world.exchange import ExchangeOrganization, ExchangeSide
from exmigrate.twin.world.exchange.spec import (
    AcceptedDomainSpec,
    CertificateSpec,
    DatabaseSpec,
    DialPlanSpec,
    DistributionGroupSpec,
    ExchangeSpec,
    MailboxSeries,
    MailboxSpec,
    MailFlowSpec,
    OfflineAddressBookSpec,
    OutlookAnywhereSpec,
    PublicFolderSpec,
    RuleSpec,
    SendConnectorSpec,
    ServerObjectSpec,
    StorageGroupSpec,
    SystemMessageSpec,
)
from exmigrate.twin.world.installation import configure_role, install_files, write_server_object
from exmigrate.twin.world.preparation import prepare_organization, prepare_schema
from exmigrate.twin.world.server import Server
from exmigrate.twin.world.spec import (
    AccountSpec,
    DomainControllerSpec,
    DomainSpec,
    ForestSpec,
    InstalledExchange,
    ServerSpec,
    SiteLinkSpec,
    SiteSpec,
    WorldSpec,
)
from exmigrate.twin.world.world import World

ALL_2007 = ("ClientAccess", "HubTransport", "Mailbox", "UnifiedMessaging")


def source() -> ExchangeSpec:
    """What the one 2007 server holds."""
    return ExchangeSpec(
        servers=(ServerObjectSpec("MAIL2007", scp="https://mail.contoso.com/Autodiscover/Autodiscover.xml"),),
        storage_groups=(
            StorageGroupSpec("First Storage Group", "MAIL2007"),
            StorageGroupSpec("Second Storage Group", "MAIL2007"),
        ),
        databases=(
            DatabaseSpec(
                "Mailbox Database", "MAIL2007", "First Storage Group", public_folder_database="Public Folders"
            ),
            DatabaseSpec("Public Folders", "MAIL2007", "Second Storage Group", public=True),
        ),
        mailboxes=(
            MailboxSpec(
                "anna", "Mailbox Database", "Anna Ammann", 640, 5200, um_policy="DP1 Policy", extension="4711"
            ),
            MailboxSpec("broken", "Mailbox Database", "Bruno Bad", 100, 900, corrupt_items=7),
            MailboxSpec("room1", "Mailbox Database", "Room One", 10, 40, "RoomMailbox"),
            MailboxSpec("journal", "Mailbox Database", "Journal", 900, 9000),
        ),
        series=(MailboxSeries("user", 12, ("Mailbox Database",)),),
        public_folders=(PublicFolderSpec("\\Sales"), PublicFolderSpec("\\Sales\\2010", items=40)),
        outlook_anywhere=(OutlookAnywhereSpec("MAIL2007", "mail.contoso.com", "Ntlm"),),
        send_connectors=(
            SendConnectorSpec("Internet Connector", ("MAIL2007",), smart_hosts=("smtp.isp.example",)),
        ),
        accepted_domains=(AcceptedDomainSpec("contoso.com", default=True),),
        transport_rules=(
            RuleSpec("Disclaimer", {"ApplyHtmlDisclaimerText": "Contoso", "FromScope": "InOrganization"}),
        ),
        journal_rules=(
            RuleSpec("Everything", {"JournalEmailAddress": "journal@contoso.com", "Scope": "Global"}),
        ),
        certificates=(
            CertificateSpec("MAIL2007", ("mail.contoso.com", "autodiscover.contoso.com"), "IIS, SMTP"),
        ),
        offline_address_books=(
            OfflineAddressBookSpec(
                server="MAIL2007", virtual_directories=("MAIL2007\\OAB (Default Web Site)",)
            ),
        ),
        dial_plans=(DialPlanSpec("DP1", servers=("MAIL2007",), gateways=("GW1",), policies=("DP1 Policy",)),),
        groups=(DistributionGroupSpec("All Staff", ("anna", "user001"), "MAIL2007"),),
        system_messages=(SystemMessageSpec("5.7.1", "Not for you."),),
        mail_flow=MailFlowSpec(inbound=("MAIL2007",)),
    )


def spec(exchange: ExchangeSpec | None = None, faults: tuple[Any, ...] = ()) -> WorldSpec:
    """One domain, one site, two controllers, one 2007 server, one bare machine for 2010."""
    return WorldSpec(
        "Contoso",
        ForestSpec(
            (DomainSpec("contoso.com"),),
            (
                DomainControllerSpec(
                    "DC1", "contoso.com", "Main", ("10.0.0.1",), fsmo=("schema", "naming", "pdc")
                ),
                DomainControllerSpec("DC2", "contoso.com", "Main", ("10.0.0.2",)),
            ),
            (SiteSpec("Main", ("10.0.0.0/24",)), SiteSpec("Branch", ("10.1.0.0/24",))),
            (SiteLinkSpec("Main-Branch", ("Main", "Branch")),),
            exchange_version="2007SP3",
        ),
        servers=(
            ServerSpec(
                "MAIL2007",
                "contoso.com",
                addresses=("10.0.0.10",),
                os="2008",
                service_pack=2,
                features=("Web-Server", "RPC-Over-HTTP-Proxy"),
                exchange=InstalledExchange("2007SP3", ALL_2007),
            ),
            ServerSpec(
                "MAIL2010",
                "contoso.com",
                addresses=("10.0.0.11",),
                features=("Web-Server", "RPC-Over-HTTP-Proxy"),
            ),
            ServerSpec("MAIL2010B", "contoso.com", addresses=("10.0.0.12",), features=("Web-Server",)),
        ),
        accounts=(
            AccountSpec(
                "admin",
                "Secret-1",
                groups=(
                    "Domain Admins",
                    "Enterprise Admins",
                    "Schema Admins",
                    "Exchange Organization Administrators",
                ),
            ),
            AccountSpec("nobody", "Secret-2"),
        ),
        exchange=(exchange or source()).to_plain(),
        faults=faults,
    )


def build(exchange: ExchangeSpec | None = None, faults: tuple[Any, ...] = ()) -> World:
    """The organization on a standing clock."""
    return World(spec(exchange, faults), hooks=ExchangeSide())


def org_of(world: World) -> ExchangeOrganization:
    """Exchange in it."""
    found = world.exchange
    assert isinstance(found, ExchangeOrganization)
    return found


def prepare_2010(world: World) -> None:
    """PrepareSchema and PrepareAD of 2010 SP3, seen by every controller."""
    master = world.forest.master("schema")
    assert master is not None
    with world.access(), world.forest.instantly():
        prepare_schema(master, "2010SP3")
        prepare_organization(world, master, "2010SP3", "Contoso")
        world.hooks.prepared(world, "organization", "2010SP3", "contoso.com")


def install(world: World, name: str, *roles: str, level: str = "2010SP3", **options: str) -> Server:
    """What Setup leaves after installing roles, seen by every controller."""
    server = world.server(name)
    controller = world.forest.find(writable=True)
    assert server is not None
    assert controller is not None
    with world.access(), world.forest.instantly():
        install_files(server, level)
        for role in roles:
            configure_role(server, level, role)
            write_server_object(world, controller, server, level)
            world.hooks.role_installed(world, server, role, level, options)
    return server


def with_2010(world: World) -> World:
    """The same organization with all 2010 roles on MAIL2010."""
    prepare_2010(world)
    install(world, "MAIL2010", "ClientAccess", "HubTransport", "Mailbox", mdbname="DB01")
    return world


class CmdletFailed(Exception):
    """A cmdlet wrote an error; ``kind`` is its .NET exception type."""

    def __init__(self, message: str, error_id: str, kind: str) -> None:
        self.error_id = error_id
        self.kind = kind
        super().__init__(message)


class _Session:
    def get_global(self, name: str) -> Any:
        return None


@dataclass
class _Process:
    pid: int = 1


@dataclass
class _Machine:
    world: World
    server: Server
    token: Any
    process: _Process = field(default_factory=_Process)

    @property
    def user(self) -> str:
        return str(self.token.name)

    @property
    def files(self) -> Any:
        return self.server.files

    @property
    def clock(self) -> Any:
        return self.world.clock


class FakeCall:
    """A call as the binder would have made it, with outputs kept."""

    def __init__(self, machine: _Machine, bound: dict[str, Any], agrees: bool = True) -> None:
        self.machine = machine
        self.bound = bound
        self.given = set(bound)
        self.session = _Session()
        self.output: list[Any] = []
        self.warnings: list[str] = []
        self.agrees = agrees

    def get(self, name: str, default: Any = None) -> Any:
        return self.bound.get(name, default)

    def write(self, value: Any) -> None:
        self.output.append(value)

    def warning(self, text: str) -> None:
        self.warnings.append(text)

    def should_process(self, target: str, action: str = "") -> bool:
        return self.agrees

    def should_continue(self, query: str, caption: str = "") -> bool:
        raise AssertionError(f"asked: {query}")

    def write_error(
        self, message: str, error_id: str, category: str, target: Any = None, *, exception: str = ""
    ) -> None:
        raise CmdletFailed(message, error_id, exception)


class Shell:
    """A management shell on a server: ``shell("Get-Mailbox", Identity="anna")`` gives rows as dicts."""

    def __init__(
        self, world: World, server: str, version: str, account: str = "admin", delegated: bool = True
    ) -> None:
        self.world = world
        found = world.server(server)
        assert found is not None
        record = world.accounts.find(found, "CONTOSO", account)
        assert record is not None
        kind = "interactive" if delegated else "network"
        token = world.accounts.token(found, record, kind, delegated)
        self.machine = _Machine(world, found, token)
        self.cmdlets = {c.name.lower(): c for c in pack_of(version).cmdlets}
        self.warnings: list[str] = []

    def records(self, name: str, **parameters: Any) -> list[Any]:
        """The objects a cmdlet puts out."""
        cmdlet = self.cmdlets[name.lower()]
        known = {p.name for p in cmdlet.parameters}
        assert set(parameters) <= known | {"Confirm"}, set(parameters) - known
        call = FakeCall(self.machine, {k: v for k, v in parameters.items() if k != "Confirm"})
        body = cmdlet.process or cmdlet.end
        assert body is not None
        body(call)  # type: ignore[arg-type]
        self.warnings = call.warnings
        return call.output

    def __call__(self, name: str, **parameters: Any) -> list[dict[str, Any]]:
        return [r.values if hasattr(r, "values") else r for r in self.records(name, **parameters)]

    def one(self, name: str, **parameters: Any) -> dict[str, Any]:
        """The one object a cmdlet puts out."""
        rows = self(name, **parameters)
        assert len(rows) == 1, rows
        return rows[0]


def epoch() -> datetime:
    """Organization time at the start."""
    return datetime(2011, 3, 7, 6, tzinfo=UTC)
