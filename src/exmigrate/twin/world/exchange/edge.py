"""Edge subscriptions: the file, its time limit, who takes part, and synchronization."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.store import Store

if TYPE_CHECKING:
    from exmigrate.twin.world.exchange.organization import ExchangeOrganization
    from exmigrate.twin.world.server import Server

VALID_MINUTES = 1440
SYNC_PORT = 50636
SYNC_INTERVAL_S = 3600.0


class EdgeError(Exception):
    """A subscription or a synchronization that fails; the text is Exchange's."""


@dataclass(frozen=True)
class SubscriptionFile:
    """What New-EdgeSubscription writes on an Edge server."""

    server: str
    fqdn: str
    product: str
    created: datetime
    token: str

    def to_bytes(self) -> bytes:
        """The XML file."""
        root = ElementTree.Element("EdgeSubscriptionData")
        values = {
            "EdgeServerName": self.server,
            "EdgeServerFQDN": self.fqdn,
            "EdgeCertificateBlob": self.token,
            "ESRAUsername": f"cn=ESRA.{self.server},CN=Services,CN=Configuration,CN={{{self.token[:8]}}}",
            "EffectiveDate": str(self.created.isoformat()),
            "Duration": str(VALID_MINUTES * 60 * 10_000_000),
            "AdamSslPort": str(SYNC_PORT),
            "ServerType": "EdgeTransport",
            "ProductID": self.product,
            "VersionNumber": self.product,
        }
        for name, text in values.items():
            ElementTree.SubElement(root, name).text = text
        return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))

    @classmethod
    def from_bytes(cls, data: bytes) -> SubscriptionFile:
        """Read a file.

        Raises:
            EdgeError: it is none.
        """
        try:
            root = ElementTree.fromstring(data)
        except ElementTree.ParseError as error:
            raise EdgeError("The Edge Subscription file is not valid.") from error

        def text(name: str) -> str:
            found = root.findtext(name)
            if found is None:
                raise EdgeError("The Edge Subscription file is not valid.")
            return found

        return cls(
            text("EdgeServerName"),
            text("EdgeServerFQDN"),
            text("ProductID"),
            datetime.fromisoformat(text("EffectiveDate")),
            text("EdgeCertificateBlob"),
        )


class EdgeSubscriptions:
    """All Edge subscriptions of the organization."""

    def __init__(self, org: ExchangeOrganization) -> None:
        self._org = org
        self._tokens: dict[str, str] = {}
        self._subscribed: set[str] = set()
        self._keyed: dict[str, str] = {}

    # on the Edge

    def export(self, server: Server) -> SubscriptionFile:
        """Make a subscription file on an Edge server: older ones lose their force, its own state is cleared."""
        token = secrets.token_hex(16)
        self._tokens[server.name.lower()] = token
        self._subscribed.add(server.name.lower())
        edition = server.exchange.edition if server.exchange else "StandardEvaluation"
        if edition.endswith("Evaluation"):
            self._keyed.pop(server.name.lower(), None)
        else:
            self._keyed[server.name.lower()] = edition
        return SubscriptionFile(
            server.name, server.fqdn, self._org.product_of(server) or "2010", self._org.now(), token
        )

    def is_subscribed(self, server: Server) -> bool:
        """Whether the Edge itself believes to be subscribed."""
        return server.name.lower() in self._subscribed

    def forget(self, server: str) -> None:
        """The Edge side of Remove-EdgeSubscription."""
        self._subscribed.discard(server.lower())
        self._tokens.pop(server.lower(), None)

    # in the organization

    def entries(self, store: Store) -> list[Entry]:
        """Server objects of subscribed Edge servers."""
        found = store.all("ExchangeServer", self._org.layout.servers)
        return [entry for entry in found if store.value(entry, "ExchangeServer", "EdgeSyncSubscribed")]

    def hubs_of(self, store: Store, site_dn: str) -> list[Entry]:
        """Hub Transport servers of a site."""
        key = names.key(site_dn)
        found = []
        for entry in store.all("ExchangeServer", self._org.layout.servers):
            roles = entry.number("msExchCurrentServerRoles")
            if roles & 32 and names.key(entry.text("msExchServerSite")) == key:
                found.append(entry)
        return found

    def subscribe(
        self, store: Store, file: SubscriptionFile, site_dn: str, internet: bool, inbound: bool
    ) -> Entry:
        """Subscribe an Edge to a site: every Hub that stands there now takes part.

        Raises:
            EdgeError: the file is too old or was overtaken by a newer one, or the site has no Hub.
        """
        now = self._org.now()
        if now - file.created > timedelta(minutes=VALID_MINUTES):
            raise EdgeError(
                "The Edge Subscription file has expired. The bootstrap account that is contained in it is valid for "
                f"{VALID_MINUTES} minutes. Create a new Edge Subscription file on the Edge Transport server."
            )
        hubs = self.hubs_of(store, site_dn)
        if not hubs:
            name = names.rdn_value(site_dn)
            raise EdgeError(f"There are no Hub Transport servers in the Active Directory site '{name}'.")
        values: dict[str, Any] = {
            "EdgeSyncSubscribed": True,
            "EdgeSyncSite": site_dn,
            "EdgeSyncHubs": [hub.dn for hub in hubs],
            "EdgeSyncCreated": now,
        }
        # The file brings the key along; one that is entered later shows in the organization after the next subscription.
        edition = self._keyed.get(file.server.lower())
        if edition:
            values |= {"ProductKeySet": True, "Edition": edition}
        dn = self._org.layout.server(file.server)
        entry = store.get(dn)
        if entry is None:
            entry = self._edge_object(store, file, dn, site_dn)
        store.set(entry, "ExchangeServer", values)
        self._tokens.setdefault(file.server.lower(), file.token)
        self._make_connectors(store, file.server, site_dn, internet, inbound, hubs)
        fresh = store.get(dn)
        assert fresh is not None
        return fresh

    def _edge_object(self, store: Store, file: SubscriptionFile, dn: str, site_dn: str) -> Entry:
        server = self._org.world.server(file.server)
        level = self._org.level_of(server)
        extra = {
            "msExchCurrentServerRoles": 64,
            "msExchServerSite": site_dn,
            "serialNumber": level.title if level else "",
            "versionNumber": level.version_number if level else 0,
            "networkAddress": [f"ncacn_ip_tcp:{file.fqdn}", f"netbios:{file.server}"],
            "legacyExchangeDN": self._org.layout.legacy_server(file.server),
        }
        return store.create("ExchangeServer", dn, {}, file.product, extra)

    def _make_connectors(
        self, store: Store, edge: str, site_dn: str, internet: bool, inbound: bool, hubs: list[Entry]
    ) -> None:
        site = names.rdn_value(site_dn)
        edge_dn = self._org.layout.server(edge)
        if internet:
            name = f"EdgeSync - {site} to Internet"
            self._connector(store, name, edge_dn, ["smtp:*;100"], [], True)
        if inbound:
            name = f"EdgeSync - Inbound to {site}"
            self._connector(store, name, edge_dn, ["smtp:--;100"], ["--"], False)

    def _connector(
        self, store: Store, name: str, edge_dn: str, spaces: list[str], hosts: list[str], dns: bool
    ) -> None:
        dn = names.child("CN", name, self._org.layout.connections)
        found = store.get(dn)
        if found is None:
            values = {
                "AddressSpaces": spaces,
                "SmartHosts": hosts,
                "DNSRoutingEnabled": dns,
                "SourceTransportServers": [edge_dn],
            }
            store.create("SendConnector", dn, values, "2007")
            return
        sources = store.value(found, "SendConnector", "SourceTransportServers")
        if names.key(edge_dn) not in [names.key(s) for s in sources]:
            store.set(found, "SendConnector", {"SourceTransportServers": [*sources, edge_dn]})

    def unsubscribe(self, store: Store, entry: Entry) -> None:
        """Remove a subscription, the Edge's object and the connectors whose only source it was."""
        key = names.key(entry.dn)
        for connector in store.all("SendConnector", self._org.layout.connections):
            sources = store.value(connector, "SendConnector", "SourceTransportServers")
            left = [s for s in sources if names.key(s) != key]
            if len(left) == len(sources):
                continue
            if left:
                store.set(connector, "SendConnector", {"SourceTransportServers": left})
            else:
                store.delete(connector.dn)
        self._org.state.edge_recipients.pop(names.rdn_value(entry.dn).lower(), None)
        store.delete(entry.dn)

    # synchronization

    def synchronize(self, hub: Server) -> list[dict[str, Any]]:
        """One run of EdgeSync from a Hub: a result for each Edge of its site."""
        store = self._org.store_for(hub)
        results = []
        for entry in self.entries(store):
            site = names.rdn_value(store.value(entry, "ExchangeServer", "EdgeSyncSite") or "")
            if site.lower() != hub.site.lower():
                continue
            edge = names.rdn_value(entry.dn)
            problem = self.problem(store, hub, entry)
            if not problem:
                self._org.state.edge_recipients[edge.lower()] = self._org.now()
            results.append({"edge": edge, "entry": entry, "problem": problem})
        return results

    def problem(self, store: Store, hub: Server, entry: Entry) -> str:
        """Why this Hub cannot synchronize with an Edge; empty when it can."""
        edge = names.rdn_value(entry.dn)
        hubs = [names.rdn_value(dn).lower() for dn in store.value(entry, "ExchangeServer", "EdgeSyncHubs")]
        if hub.name.lower() not in hubs:
            return f"The Edge Transport server {edge} was subscribed before {hub.name} was installed: no credentials."
        server = self._org.world.server(edge)
        if server is None or not server.up or server.exchange is None:
            return f"The LDAP server {edge} is unavailable."
        if not self.is_subscribed(server):
            return "Access is denied: the credentials on the Edge Transport server were removed."
        if not self._org.people.port_open(hub.name, edge, SYNC_PORT):
            return f"Failed to connect to the Edge Transport server {server.fqdn}:{SYNC_PORT}."
        return ""

    def in_step(self, edge: str) -> bool:
        """Whether an Edge was synchronized within the service's interval and a half."""
        last = self._org.state.edge_recipients.get(edge.lower())
        return last is not None and (self._org.now() - last).total_seconds() < SYNC_INTERVAL_S * 8
