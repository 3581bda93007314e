"""Certificates of Exchange servers: what lies in the machine store and which services use it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from exmigrate.twin.powershell.machine import StoredCertificate
from exmigrate.twin.world.exchange import x509
from exmigrate.twin.world.exchange.x509 import Bundle, self_signed

if TYPE_CHECKING:
    from exmigrate.twin.world.exchange.organization import ExchangeOrganization
    from exmigrate.twin.world.server import Server

__all__ = ["CertificateServices", "Held", "self_signed"]

MACHINE, MY, REQUEST = "LocalMachine", "My", "REQUEST"
ONE_AT_A_TIME = frozenset({"IIS", "POP", "IMAP", "UM"})
SERVICE_ORDER = ("IMAP", "POP", "UM", "IIS", "SMTP")


@dataclass(frozen=True)
class Held:
    """A certificate of a server with what Exchange knows of it.

    Attributes:
        services: subset of ``IMAP POP UM IIS SMTP``.
        request: the request's PEM text while the reply is missing.
    """

    bundle: Bundle
    friendly_name: str
    exportable: bool
    services: frozenset[str]
    request: str = ""

    @property
    def thumbprint(self) -> str:
        """As Windows names it."""
        return self.bundle.thumbprint

    @property
    def services_text(self) -> str:
        """``IMAP, POP, IIS, SMTP`` or ``None``."""
        return ", ".join(name for name in SERVICE_ORDER if name in self.services) or "None"


class CertificateServices:
    """Certificate work on all servers."""

    def __init__(self, org: ExchangeOrganization) -> None:
        self._org = org
        self._requests: dict[tuple[str, str], str] = {}

    def of(self, server: Server, pending: bool = True) -> list[Held]:
        """Certificates of a server, pending requests included."""
        used = self._services(server)
        found = [
            Held(
                Bundle(stored.der, stored.key),
                stored.friendly_name,
                stored.exportable,
                frozenset(used.get(Bundle(stored.der).thumbprint, set())),
            )
            for stored in server.certificates.all(MACHINE, MY)
        ]
        return found + (self._pending(server) if pending else [])

    def find(self, server: Server, thumbprint: str) -> Held | None:
        """A certificate by thumbprint, spaces and case ignored."""
        wanted = thumbprint.replace(" ", "").upper()
        return next((held for held in self.of(server) if held.thumbprint == wanted), None)

    def add(self, server: Server, bundle: Bundle, friendly_name: str = "", exportable: bool = True) -> Held:
        """Put a certificate into the machine store; it serves nothing yet."""
        self._remove_stored(server, MY, bundle.thumbprint)
        stored = StoredCertificate(bundle.der, bundle.key, friendly_name, exportable)
        server.certificates.add(MACHINE, MY, stored)
        return Held(bundle, friendly_name, exportable, frozenset())

    def remove(self, server: Server, thumbprint: str) -> None:
        """Take a certificate or a pending request out of the store."""
        for store in (MY, REQUEST):
            self._remove_stored(server, store, thumbprint)
        self._requests.pop((server.name.lower(), thumbprint), None)
        self._services(server).pop(thumbprint, None)

    def enable(self, server: Server, thumbprint: str, services: set[str]) -> None:
        """Let services use a certificate; those that take one only leave the one they had."""
        used = self._services(server)
        for other, names in used.items():
            if other != thumbprint:
                names -= services & ONE_AT_A_TIME
        used.setdefault(thumbprint, set()).update(services)

    def enable_default(self, server: Server, services: set[str]) -> None:
        """Let services without a certificate use the server's first one, as Setup does for a new role."""
        missing = {name for name in services if self.bound(server, name) is None}
        held = self.of(server, pending=False)
        if held and missing:
            self.enable(server, held[0].thumbprint, missing)

    def bound(self, server: Server, service: str) -> Held | None:
        """The certificate that a service presents; of several for SMTP the newest."""
        found = [held for held in self.of(server, pending=False) if service in held.services]
        return found[-1] if found else None

    def make_request(
        self,
        server: Server,
        subject: str,
        domains: list[str],
        friendly_name: str,
        exportable: bool,
        key_size: int = 2048,
    ) -> Held:
        """Make a key pair and a request that waits in the REQUEST store.

        Raises:
            CertificateError: the subject is no X.500 name.
        """
        pem, key = x509.request(subject, domains, key_size)
        placeholder = self_signed(domains or [subject], self._org.now(), self._org.random)
        stored = StoredCertificate(placeholder.der, key, friendly_name, exportable)
        server.certificates.add(MACHINE, REQUEST, stored)
        self._requests[(server.name.lower(), placeholder.thumbprint)] = pem
        return Held(Bundle(placeholder.der, key), friendly_name, exportable, frozenset(), pem)

    def complete(self, server: Server, reply: Bundle) -> Held | None:
        """Join an authority's reply with the pending request it answers; None when there is none."""
        for held in self._pending(server):
            request = x509.read_request(held.request.encode())
            if request.public_key() == reply.certificate.public_key():
                self.remove(server, held.thumbprint)
                joined = Bundle(reply.der, held.bundle.key)
                return self.add(server, joined, held.friendly_name, held.exportable)
        return None

    def _pending(self, server: Server) -> list[Held]:
        found = []
        for stored in server.certificates.all(MACHINE, REQUEST):
            thumbprint = Bundle(stored.der).thumbprint
            pem = self._requests.get((server.name.lower(), thumbprint), "")
            if pem:
                bundle = Bundle(stored.der, stored.key)
                found.append(Held(bundle, stored.friendly_name, stored.exportable, frozenset(), pem))
        return found

    def _services(self, server: Server) -> dict[str, set[str]]:
        return self._org.state.services.setdefault(server.name.lower(), {})

    @staticmethod
    def _remove_stored(server: Server, store: str, thumbprint: str) -> None:
        if any(Bundle(s.der).thumbprint == thumbprint for s in server.certificates.all(MACHINE, store)):
            server.certificates.remove(MACHINE, store, thumbprint)
