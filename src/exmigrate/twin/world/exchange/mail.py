"""Mail: queues, who hands a message to whom, and what tracking remembers."""

from __future__ import annotations

import fnmatch
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.layout import LEGACY
from exmigrate.twin.world.exchange.state import Message, QueueState
from exmigrate.twin.world.exchange.store import Store
from exmigrate.twin.world.legacy import server_name_of

if TYPE_CHECKING:
    from exmigrate.twin.world.exchange.organization import ExchangeOrganization
    from exmigrate.twin.world.server import Server


RELAY = "SmtpRelayToTiRg"
"""Delivery type of a queue for another routing group."""

RETRY_S = 300.0
EXPIRES = timedelta(days=2)


class MailFlow:
    """Delivery between servers, to the outside and from it."""

    def __init__(self, org: ExchangeOrganization) -> None:
        self._org = org
        self._number = 0

    # queues

    def ensure_queues(self, server: Server) -> None:
        """The queues that a transport server always has."""
        made = self._org.state.queues.setdefault(server.name.lower(), [])
        if not made:
            made.append(QueueState(server.name, "Submission", "Undefined", "Submission"))

    def queues(self, server: Server) -> list[QueueState]:
        """Queues of a server; empty ones but the submission queue vanish."""
        found = self._org.state.queues.get(server.name.lower(), [])
        return [queue for queue in found if queue.messages or queue.name == "Submission"]

    def hold(self, server: Server, next_hop: str, count: int, error: str) -> QueueState:
        """Leave messages waiting for a next hop that does not answer (what a test or a fault arranges)."""
        queues = self._org.state.queues.setdefault(server.name.lower(), [])
        number = 1 + len(queues)
        queue = QueueState(
            server.name, str(number), "SmartHostConnectorDelivery", next_hop, status="Retry", last_error=error
        )
        for _ in range(count):
            queue.messages.append(self._message("someone@contoso.com", ["other@example.org"], "held"))
        queues.append(queue)
        return queue

    def drain(self, server: Server) -> None:
        """Everything in a server's queues is delivered."""
        for queue in self._org.state.queues.get(server.name.lower(), []):
            for message in queue.messages:
                message.delivered, message.status = True, "Delivered"
            queue.messages.clear()

    # routing

    def hub_for(self, site: str, product: str) -> Server | None:
        """A Hub of a site that takes mail for Mailbox servers of a product (versions match within a site)."""
        for server in self._org.world.servers.values():
            if (
                server.up
                and server.site.lower() == site.lower()
                and self._org.product_of(server) == product
                and server.exchange is not None
                and "HubTransport" in server.exchange.roles
                and server.services.is_running("MSExchangeTransport")
            ):
                return server
        return None

    def deliver(self, sender: str, recipient: str, subject: str, start: str = "") -> Message:
        """Send one message inside the organization or out of it; gives it with its way and its fate."""
        message = self._message(sender, [recipient], subject)
        controller = self._org.world.forest.find(global_catalog=True)
        assert controller is not None
        store = Store(controller)
        origin = self._entry(store, sender)
        if start:
            message.hops.append(start)
        elif origin is not None:
            hub = self._hub_of(store, origin, message)
            if hub is None:
                return message
        target = self._entry(store, recipient)
        if target is None:
            self._send_out(store, message, recipient)
            return message
        self._deliver_in(store, target, message)
        return message

    def _hub_of(self, store: Store, mailbox: Entry, message: Message) -> Server | None:
        server = self._org.world.server(self._org.recipients.server_of_mailbox(store.controller, mailbox))
        hub = self._transport_of(server, message)
        if hub is not None and server is not None:
            message.hops += (
                [server.name] if self._org.product_of(server) in LEGACY else [server.name, hub.name]
            )
        return hub

    def _transport_of(self, server: Server | None, message: Message) -> Server | None:
        """The server that hands mail to and from a Mailbox server: of 2000 and 2003 that server itself."""
        product = self._org.product_of(server)
        if server is None or not server.up or product is None:
            message.status = "The mailbox server is not available."
            return None
        if product in LEGACY:
            if not self._org.routes.transports(server):
                message.status = f"the SMTP service of {server.name} does not answer"
                return None
            return server
        hub = self.hub_for(server.site, product)
        if hub is None:
            message.status = f"No Hub Transport server of Exchange {product} in site {server.site}."
        return hub

    def _deliver_in(self, store: Store, target: Entry, message: Message) -> None:
        server = self._org.world.server(self._org.recipients.server_of_mailbox(store.controller, target))
        hub = self._transport_of(server, message)
        if hub is None or server is None:
            return
        database = store.get(target.text("homeMDB"))
        state = self._org.databases.state(database) if database is not None else None
        if state is None or not state.mounted:
            message.status = "The mailbox database is not mounted."
            return
        if not self._carry(store, message, hub):
            self._hold_back(store, message, hub, target.guid)
            return
        if self._org.product_of(server) not in LEGACY:
            message.hops.append(server.name)
        message.delivered, message.status = True, "Delivered"

    def passes(self, store: Store, source: str, target: str, message: Message) -> bool:
        """Whether mail comes from one Mailbox server to another; ``message`` gets its way and what stops it."""
        sender = self._transport_of(self._org.world.server(source), message)
        receiver = self._transport_of(self._org.world.server(target), message)
        if sender is None or receiver is None:
            return False
        message.hops.append(sender.name)
        return self._carry(store, message, receiver)

    def _carry(self, store: Store, message: Message, to: Server) -> bool:
        """Bring a message to a transport server; False, with why, when it waits on the way."""
        last = message.hops[-1] if message.hops else ""
        if last == to.name:
            return True
        if not last or not self._org.routes.concerns(last, to.name):
            message.hops.append(to.name)
            return True
        way = self._org.routes.way(store, last, to.name)
        message.hops += way.hops
        message.status = way.problem
        return not way.problem

    def _hold_back(self, store: Store, message: Message, to: Server, target: uuid.UUID) -> None:
        """Leave a message in the queue of the server it has come to, which tries again until it expires."""
        last = self._org.world.server(message.hops[-1]) if message.hops else None
        if last is None:
            return
        group = self._org.routes.group_name(store, to.name)
        queues = self._org.state.queues.setdefault(last.name.lower(), [])
        queue = next((q for q in queues if q.delivery_type == RELAY and q.next_hop == group), None)
        if queue is None:
            queue = QueueState(last.name, str(1 + len(queues)), RELAY, group, status="Retry")
            queues.append(queue)
        queue.messages.append(message)
        queue.last_error = message.status

        def again() -> None:
            controller = self._org.world.forest.find(global_catalog=True)
            entry = controller.replica.by_guid(target) if controller is not None else None
            if message not in queue.messages:
                return
            queue.messages.remove(message)
            if entry is None or controller is None or self._org.now() - message.sent > EXPIRES:
                message.status = "550 4.4.7 QUEUE.Expired; message expired"
                return
            self._deliver_in(Store(controller), entry, message)

        self._org.world.clock.schedule(RETRY_S * self._org.scale, again)

    def _send_out(self, store: Store, message: Message, recipient: str) -> None:
        connector = self.connector_for(
            store, recipient.rpartition("@")[2], message.hops[-1] if message.hops else ""
        )
        if connector is None:
            message.status = "550 5.4.4 ROUTING.NoConnectorForAddressType"
            return
        live = [self._org.world.server(name) for name in self._sources(connector)]
        source = next((s for s in live if s is not None and s.up), None)
        if source is None:
            message.status = "451 4.4.0 no source server of the send connector is available"
            return
        if not self._carry(store, message, source):
            return
        hosts = store.value(connector, "SendConnector", "SmartHosts")
        if not connector.get("msExchVersion") and connector.text("msExchSmtpSmartHost"):
            hosts = connector.text("msExchSmtpSmartHost").split(",")
        if not self._org.people.outbound_open(source.name):
            message.status = "421 4.2.2 Connection dropped: outbound port 25 is closed"
            return
        message.hops.append(str(hosts[0]).strip("[]") if hosts else recipient.rpartition("@")[2])
        message.delivered, message.status = True, "Sent"

    @staticmethod
    def _sources(connector: Entry) -> list[str]:
        return [server_name_of(str(dn)) for dn in connector.get("msExchSourceBridgeheadServersDN")]

    def connector_for(self, store: Store, domain: str, start: str = "") -> Entry | None:
        """The connector for a domain: the most specific address space, then the lowest cost with the way to it.

        Send connectors of 2007 and later and SMTP connectors of 2000 and 2003 compete: all versions see both.
        """
        best: tuple[int, int, Entry] | None = None
        for entry in store.all("SendConnector", self._org.layout.administrative_groups):
            if not store.value(entry, "SendConnector", "Enabled"):
                continue
            away = self._cost_to(store, entry, start)
            for space in entry.get("routingList") or ("SMTP:*;1",):
                pattern, cost = parse_space(str(space))
                if away is None or not fnmatch.fnmatchcase(domain.lower(), pattern.lower()):
                    continue
                candidate = (-len(pattern.replace("*", "")), cost + away, entry)
                if best is None or candidate[:2] < best[:2]:
                    best = candidate
        return best[2] if best else None

    def _cost_to(self, store: Store, connector: Entry, start: str) -> int | None:
        """What the way to a connector's servers costs in routing group connectors; None when there is no way."""
        sources = self._sources(connector)
        if not start or not sources or not self._org.routes.concerns(start, *sources):
            return 0
        ways = [self._org.routes.way(store, start, source) for source in sources]
        return min((way.cost for way in ways if not way.problem), default=None)

    # from outside

    def receive(self, sender: str, recipient: str, subject: str = "test") -> Message:
        """A message from the Internet, handed to whom the firewall or MX names."""
        message = self._message(sender, [recipient], subject)
        controller = self._org.world.forest.find(global_catalog=True)
        assert controller is not None
        store = Store(controller)
        for name in self._org.people.inbound:
            server = self._org.world.server(name)
            if server is None or not self._org.routes.transports(server):
                continue
            message.hops.append(server.name)
            problem = self._refusal(store, server)
            target = self._entry(store, recipient)
            if problem:
                message.status = problem
                return message
            if target is None:
                message.status = "550 5.1.1 User unknown"
                return message
            self._deliver_in(store, target, message)
            return message
        message.status = "no server answers on port 25"
        return message

    def _refusal(self, store: Store, server: Server) -> str:
        if self._org.product_of(server) in LEGACY:
            return ""
        if server.exchange is not None and "EdgeTransport" in server.exchange.roles:
            hubs = [
                e
                for e in self._org.edge.entries(store)
                if names.rdn_value(e.dn).lower() == server.name.lower()
            ]
            return "" if hubs else "the Edge server is not subscribed"
        base = self._org.layout.receive_connectors(server.name)
        for connector in store.all("ReceiveConnector", base):
            groups = str(store.value(connector, "ReceiveConnector", "PermissionGroups"))
            if "AnonymousUsers" in groups:
                return ""
        return "530 5.7.1 Client was not authenticated"

    # keeping

    def _message(self, sender: str, recipients: list[str], subject: str) -> Message:
        self._number += 1
        identity = f"<{self._number:08X}@{self._org.layout.organization.lower().replace(' ', '')}>"
        message = Message(identity, sender, recipients, subject, self._org.now())
        self._org.state.messages.append(message)
        return message

    def _entry(self, store: Store, address: str) -> Entry | None:
        # The categorizer asks a global catalog, whatever domain the sender's server is in.
        own = store.controller
        catalog = own if own.is_global_catalog else self._org.world.forest.find(own.site, global_catalog=True)
        found = self._org.recipients.find(catalog or own, address)
        return found[0] if found and self._org.recipients.is_mailbox(found[0]) else None


def parse_space(text: str) -> tuple[str, int]:
    """``SMTP:*.contoso.com;10`` as pattern and cost."""
    body = text.partition(":")[2] if ":" in text else text
    pattern, _, cost = body.partition(";")
    return pattern or "*", int(cost or 1)
