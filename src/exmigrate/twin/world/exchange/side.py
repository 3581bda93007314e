"""The world's Exchange hooks, over the organization's parts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING
from uuid import UUID

from exmigrate import facts
from exmigrate.twin.powershell.machine import HttpAnswer
from exmigrate.twin.world.exchange import clusters
from exmigrate.twin.world.exchange.answers import banner, http, smtp
from exmigrate.twin.world.exchange.blockers import of_install, of_uninstall
from exmigrate.twin.world.exchange.bootstrap import build, organization_defaults
from exmigrate.twin.world.exchange.organization import ExchangeOrganization
from exmigrate.twin.world.exchange.roles import install, remove
from exmigrate.twin.world.exchange.snapshot import take

if TYPE_CHECKING:
    from exmigrate.twin.world.clusters import Cluster
    from exmigrate.twin.world.server import Server
    from exmigrate.twin.world.world import World


class ExchangeSide:
    """Give this to `World`: Exchange as Setup, Windows and the network know it.

    Attributes:
        org: the organization; also ``world.exchange`` once the world is built.
    """

    def __init__(self) -> None:
        self.org = ExchangeOrganization()

    def bootstrap(self, world: World) -> None:
        """Make the source's objects."""
        self.org.join(world)
        self.org.booting = True
        try:
            build(self.org)
        finally:
            self.org.booting = False

    def prepared(self, world: World, what: str, level: str, domain: str) -> None:
        """After AD preparation: what PrepareAD adds to the organization."""
        if what == "organization":
            organization_defaults(self.org, facts.exchange_levels()[level].product)

    def install_blockers(
        self, world: World, server: Server, role: str, level: str, options: Mapping[str, str]
    ) -> list[str]:
        """Why Setup refuses to install a role."""
        return of_install(self.org, server, role, level, options)

    def role_installed(
        self, world: World, server: Server, role: str, level: str, options: Mapping[str, str]
    ) -> None:
        """Make what Setup makes for a role."""
        install(self.org, server, role, facts.exchange_levels()[level].product, options)

    def uninstall_blockers(self, world: World, server: Server, role: str) -> list[str]:
        """Why Setup refuses to remove a role."""
        return of_uninstall(self.org, server, role)

    def role_removed(self, world: World, server: Server, role: str, level: str) -> None:
        """Remove what Setup removes with a role."""
        remove(self.org, server, role, facts.exchange_levels()[level].product)

    def upgraded(self, world: World, server: Server, level: str) -> None:
        """A service pack brings no objects of its own."""

    def clustered_server(self, world: World, cluster: Cluster) -> None:
        """Setup has upgraded a clustered mailbox server: it comes on line."""
        clusters.start(self.org, cluster)

    def banner(self, world: World, server: Server, port: int, client: str) -> bytes | None:
        """What an Exchange protocol says on connecting."""
        return banner(self.org, server, port, client)

    def smtp(self, world: World, server: Server, client: str, line: str, talk: dict[str, str]) -> str:
        """One line of an SMTP dialogue."""
        return smtp(self.org, server, client, line, talk)

    def http(
        self, world: World, server: Server, method: str, path: str, headers: Mapping[str, str], secure: bool
    ) -> HttpAnswer | None:
        """A request to a virtual directory."""
        return http(self.org, server, method, path, headers, secure)

    def certificate(self, world: World, server: Server) -> bytes | None:
        """DER of the certificate of the server's web site."""
        held = self.org.certificates.bound(server, "IIS")
        return held.bundle.der if held else None

    def renamed(self, world: World, guid: UUID, name: str) -> None:
        """A database is called what its object is called."""
        database = self.org.state.databases.get(guid)
        if database is not None:
            database.name = name

    def state(self, world: World) -> dict[str, object]:
        """The Exchange part of the world's state as plain JSON values."""
        return take(self.org)
