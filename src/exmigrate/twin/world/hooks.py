"""Where Exchange plugs into the world: what Setup and the network ask of it and tell it.

Setup, Windows and the directory know that there are roles and that objects of theirs appear and vanish; what
those objects are is the business of whoever implements these hooks. All are called with the world's lock held.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from exmigrate.twin.powershell.machine import HttpAnswer

if TYPE_CHECKING:
    from exmigrate.twin.world.clusters import Cluster
    from exmigrate.twin.world.server import Server
    from exmigrate.twin.world.world import World


class ExchangeHooks(Protocol):
    """The Exchange side of the world.

    Roles are Setup's names: ``Mailbox ClientAccess HubTransport UnifiedMessaging EdgeTransport``; levels are
    those of the facts: ``2007SP3``, ``2010SP3``.
    """

    def bootstrap(self, world: World) -> None:
        """Make the source's Exchange objects from ``world.spec.exchange``.

        Called once, inside ``forest.instantly()``, after the directory is prepared for the source's level and every
        server of the specification with Exchange has its registry, services and directory object.
        """

    def prepared(self, world: World, what: str, level: str, domain: str) -> None:
        """AD preparation ended: ``what`` is ``schema``, ``organization`` or ``domain`` (``domain`` its DNS name)."""

    def install_blockers(
        self, world: World, server: Server, role: str, level: str, options: Mapping[str, str]
    ) -> list[str]:
        """Reasons, in Exchange's words, why Setup must refuse to install a role; empty for none."""

    def role_installed(
        self, world: World, server: Server, role: str, level: str, options: Mapping[str, str]
    ) -> None:
        """A role is on the server: make its objects. The server's own directory object is there already.

        Args:
            options: Setup's switches by canonical name (``mdbname``, ``dbfilepath``, ``externalcasserverdomain`` …).
        """

    def uninstall_blockers(self, world: World, server: Server, role: str) -> list[str]:
        """Reasons, in Exchange's words, why Setup must refuse to remove a role; empty for none."""

    def role_removed(self, world: World, server: Server, role: str, level: str) -> None:
        """A role is gone: remove its objects (the server's own object, when it was the last, goes after this)."""

    def upgraded(self, world: World, server: Server, level: str) -> None:
        """A service pack was installed on the server."""

    def clustered_server(self, world: World, cluster: Cluster) -> None:
        """Setup has upgraded a clustered mailbox server: bring it on line."""

    def banner(self, world: World, server: Server, port: int, client: str) -> bytes | None:
        """What an Exchange protocol says to ``client`` on connecting; None when none listens on that port."""

    def smtp(self, world: World, server: Server, client: str, line: str, talk: dict[str, str]) -> str:
        """Answer one line of an SMTP dialogue; ``talk`` keeps its state."""

    def http(
        self, world: World, server: Server, method: str, path: str, headers: Mapping[str, str], secure: bool
    ) -> HttpAnswer | None:
        """Answer a request to a virtual directory of the server; None when there is none at that path."""

    def certificate(self, world: World, server: Server) -> bytes | None:
        """DER of the certificate bound to the server's HTTPS, or None."""

    def renamed(self, world: World, guid: UUID, name: str) -> None:
        """A directory object was renamed by LDAP: what bears its name has the new one."""

    def state(self, world: World) -> dict[str, object]:
        """The Exchange part of the world's state as plain JSON values."""


class NoExchange:
    """Hooks of a world without Exchange objects: roles are installed and nothing follows from it."""

    def bootstrap(self, world: World) -> None:
        """Nothing to make."""

    def prepared(self, world: World, what: str, level: str, domain: str) -> None:
        """Nothing to make."""

    def install_blockers(
        self, world: World, server: Server, role: str, level: str, options: Mapping[str, str]
    ) -> list[str]:
        """No blockers."""
        return []

    def role_installed(
        self, world: World, server: Server, role: str, level: str, options: Mapping[str, str]
    ) -> None:
        """Nothing to make."""

    def uninstall_blockers(self, world: World, server: Server, role: str) -> list[str]:
        """No blockers."""
        return []

    def role_removed(self, world: World, server: Server, role: str, level: str) -> None:
        """Nothing to remove."""

    def upgraded(self, world: World, server: Server, level: str) -> None:
        """Nothing to do."""

    def clustered_server(self, world: World, cluster: Cluster) -> None:
        """Nothing is mounted."""

    def banner(self, world: World, server: Server, port: int, client: str) -> bytes | None:
        """The bare SMTP banner where a transport service runs."""
        transport = server.services.get("MSExchangeTransport")
        if port in (25, 587) and transport is not None and transport.status == "Running":
            return f"220 {server.fqdn} Microsoft ESMTP MAIL Service ready\r\n".encode()
        return None

    def smtp(self, world: World, server: Server, client: str, line: str, talk: dict[str, str]) -> str:
        """The least an SMTP server says."""
        return "221 2.0.0 Service closing transmission channel" if line.upper() == "QUIT" else "250 2.0.0 OK"

    def http(
        self, world: World, server: Server, method: str, path: str, headers: Mapping[str, str], secure: bool
    ) -> HttpAnswer | None:
        """No virtual directories."""
        return None

    def certificate(self, world: World, server: Server) -> bytes | None:
        """No certificate."""
        return None

    def renamed(self, world: World, guid: UUID, name: str) -> None:
        """Nothing bears it."""

    def state(self, world: World) -> dict[str, object]:
        """Nothing."""
        return {}
