"""The Exchange organization: its parts, and what they share."""

from __future__ import annotations

import random
from datetime import datetime
from typing import TYPE_CHECKING

from exmigrate import facts
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.exchange.certificates import CertificateServices
from exmigrate.twin.world.exchange.databases import Databases
from exmigrate.twin.world.exchange.edge import EdgeSubscriptions
from exmigrate.twin.world.exchange.folders import PublicFolders
from exmigrate.twin.world.exchange.layout import LEGACY, Layout, LegacyPlace
from exmigrate.twin.world.exchange.mail import MailFlow
from exmigrate.twin.world.exchange.moves import MoveService
from exmigrate.twin.world.exchange.people import People
from exmigrate.twin.world.exchange.recipients import Recipients
from exmigrate.twin.world.exchange.routes import Routes
from exmigrate.twin.world.exchange.rules import Rules
from exmigrate.twin.world.exchange.spec import ExchangeSpec, read
from exmigrate.twin.world.exchange.state import ExchangeState
from exmigrate.twin.world.exchange.store import Store
from exmigrate.twin.world.preparation import LEGACY_GROUP

if TYPE_CHECKING:
    from exmigrate.twin.world.forest import DomainController
    from exmigrate.twin.world.server import Server
    from exmigrate.twin.world.world import World


class ExchangeOrganization:
    """Exchange in a world: its parts and its contents.

    `ExchangeSide` implements the world's hooks over it; afterwards ``world.exchange`` is this object.
    """

    world: World

    def __init__(self) -> None:
        self.state = ExchangeState()
        self.booting = False
        self.spec = ExchangeSpec()
        self.random = random.Random(0)

    def join(self, world: World) -> None:
        """Take a place in a world and read its specification."""
        self.world = world
        world.exchange = self
        self.spec = read(world.spec.exchange)
        self.random = random.Random(f"exchange:{world.spec.seed}")
        self.layout = Layout.of(world.forest, world.spec.organization, _legacy_places(world))
        self.certificates = CertificateServices(self)
        self.databases = Databases(self)
        self.recipients = Recipients(self)
        self.folders = PublicFolders(self)
        self.rules = Rules(self)
        self.people = People(self)
        self.routes = Routes(self)
        self.mail = MailFlow(self)
        self.edge = EdgeSubscriptions(self)
        self.moves = MoveService(self)

    # what the parts share

    @property
    def scale(self) -> float:
        """Factor on the organization time that Exchange's own work takes."""
        return self.world.spec.duration_scale

    def now(self) -> datetime:
        """Organization time."""
        return self.world.clock.now()

    def controller_for(self, server: Server) -> DomainController:
        """The controller that Exchange on a server talks to: the nearest of its domain."""
        domain = server.spec.domain
        found = self.world.forest.find(site=server.site, domain=domain, writable=True) if domain else None
        found = found or self.world.forest.find(site=server.site, writable=True)
        if found is None:
            raise LookupError(f"no domain controller answers {server.name}")
        return found

    def store_for(self, server: Server) -> Store:
        """Exchange objects as the controller of a server has them."""
        return Store(self.controller_for(server))

    @staticmethod
    def product_of(server: Server | None) -> str | None:
        """``2007``, ``2010`` … of a server; None without Exchange."""
        return server.exchange.product if server is not None and server.exchange is not None else None

    def product_named(self, name: str) -> str:
        """``2003``, ``2007`` … of a server by name; empty without Exchange or without such a server."""
        return self.product_of(self.world.server(name)) or ""

    @staticmethod
    def level_of(server: Server | None) -> facts.ExchangeLevel | None:
        """Product and service pack of a server."""
        if server is None or server.exchange is None:
            return None
        return facts.exchange_levels()[server.exchange.level]

    @staticmethod
    def install_folder(server: Server, product: str) -> str:
        """The folder Exchange is installed in, with a backslash at its end."""
        given = server.exchange.folder if server.exchange is not None else ""
        folder = given or facts.product(product).folder
        return folder if folder.endswith("\\") else folder + "\\"

    def default_domain(self, store: Store) -> str:
        """The default accepted domain, else the root domain's name."""
        for entry in store.all("AcceptedDomain", self.layout.accepted_domains):
            if store.value(entry, "AcceptedDomain", "Default"):
                return str(store.value(entry, "AcceptedDomain", "DomainName"))
        return self.world.spec.forest.domains[0].name

    def servers_of(self, product: str, role: str, site: str = "") -> list[Server]:
        """Servers of a product with a role, optionally of one site."""
        return [
            server
            for server in self.world.members()
            if self.product_of(server) == product
            and server.exchange is not None
            and role in server.exchange.roles
            and (not site or server.site.lower() == site.lower())
        ]

    def array_fqdn(self, store: Store, server: str) -> str:
        """FQDN of the Client Access array of a server's site; empty for none."""
        found = self.world.server(server)
        if found is None:
            return ""
        site = names.key(self.layout.site(found.site))
        for entry in store.all("ClientAccessArray", self.layout.arrays):
            if names.key(entry.text("msExchServerSite")) == site:
                return str(store.value(entry, "ClientAccessArray", "Fqdn"))
        return ""

    def cas_fqdn(self, store: Store, server: str) -> str:
        """FQDN of a 2010 Client Access server of a server's site, else the server's own."""
        found = self.world.server(server)
        if found is None:
            return ""
        near = self.servers_of("2010", "ClientAccess", found.site)
        return next((cas.fqdn for cas in near if cas is found), near[0].fqdn if near else found.fqdn)

    def dag_of(self, store: Store, server: str) -> str | None:
        """DN of the DAG a server is a member of."""
        entry = store.get(self.layout.server(server))
        return entry.text("msExchMDBAvailabilityGroupLink") or None if entry else None

    def register_outlook_providers(self, store: Store, product: str) -> None:
        """EXCH, EXPR and WEB, where they are missing."""
        for name in ("EXCH", "EXPR", "WEB"):
            dn = names.child("CN", name, self.layout.outlook_providers)
            if store.get(dn) is None:
                store.create("OutlookProvider", dn, {}, product)


def _legacy_places(world: World) -> dict[str, LegacyPlace]:
    found: dict[str, LegacyPlace] = {}
    for spec in world.spec.servers:
        if spec.exchange is None:
            continue
        product = facts.exchange_levels()[spec.exchange.version].product
        if product in LEGACY:
            found[spec.name.lower()] = LegacyPlace(
                product, spec.exchange.administrative_group or LEGACY_GROUP
            )
    return found
