"""The way of a message between routing groups: over which connector, past which bridgeheads, and why it stops."""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

from exmigrate.twin.world import dn as names
from exmigrate.twin.world import legacy
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.answers import receiver_groups
from exmigrate.twin.world.exchange.layout import LEGACY
from exmigrate.twin.world.exchange.store import Store
from exmigrate.twin.world.legacy.routing import computer_dn

if TYPE_CHECKING:
    from exmigrate.twin.world.exchange.organization import ExchangeOrganization
    from exmigrate.twin.world.server import Server

INTEROP = "ExchangeLegacyInterop"
TRANSPORT = "MSExchangeTransport"
LEGACY_TRANSPORT = ("SMTPSVC", "RESvc")


@dataclass(frozen=True)
class Way:
    """Servers that a message passes after its first one, the last among them; ``problem`` says where it waits.

    Attributes:
        cost: sum of the costs of the connectors, 0 within one routing group.
    """

    hops: tuple[str, ...] = ()
    problem: str = ""
    cost: int = 0


class Routes:
    """Routing between the groups of 2000 and 2003 and the one of all later servers."""

    def __init__(self, org: ExchangeOrganization) -> None:
        self._org = org

    def transports(self, server: Server | None) -> bool:
        """Whether the SMTP service of a server of any version takes mail now."""
        if server is None or not server.up:
            return False
        wanted = LEGACY_TRANSPORT if self._org.product_of(server) in LEGACY else (TRANSPORT,)
        return all(server.services.is_running(name) for name in wanted)

    def concerns(self, *servers: str) -> bool:
        """Whether any of these is a server of 2000 or 2003: else routing groups play no part."""
        return any(self._org.product_named(name) in LEGACY for name in servers)

    def way(self, store: Store, source: str, target: str) -> Way:
        """How a message comes from one transport server to another."""
        here, there = self._group(store, source), self._group(store, target)
        if names.key(here) == names.key(there):
            return Way((target,), "" if self.transports(self._org.world.server(target)) else _silent(target))
        path = self._cheapest(legacy.routing_group_connectors(store.controller), here, there)
        if path is None:
            return Way(
                problem=f"no routing group connector leads from '{names.rdn_value(here)}' to '{names.rdn_value(there)}'"
            )
        hops: list[str] = []
        for connector in path:
            sender, receiver = self._answering(connector.sources), self._answering(connector.targets)
            problem = self._leg(store, connector, sender, receiver)
            if problem:
                return Way(tuple(hops), problem)
            hops += [name for name in (sender, receiver) if not hops or hops[-1].lower() != name.lower()]
        if hops[0].lower() == source.lower():
            del hops[0]
        if not hops or hops[-1].lower() != target.lower():
            if not self.transports(self._org.world.server(target)):
                return Way(tuple(hops), _silent(target))
            hops.append(target)
        return Way(tuple(hops), "", sum(connector.cost for connector in path))

    def group_name(self, store: Store, server: str) -> str:
        """Name of the routing group of a server."""
        return names.rdn_value(self._group(store, server))

    def _group(self, store: Store, server: str) -> str:
        try:
            return legacy.group_of_server(store.controller, server)
        except LookupError:  # a server that the directory does not know (any more) is none of 2003
            return self._org.layout.routing_group

    @staticmethod
    def _cheapest(connectors: list[legacy.Connector], here: str, there: str) -> list[legacy.Connector] | None:
        queue: list[tuple[int, int, str, list[legacy.Connector]]] = [(0, 0, names.key(here), [])]
        seen: set[str] = set()
        number = 0
        while queue:
            cost, _, group, path = heapq.heappop(queue)
            if group == names.key(there):
                return path
            if group in seen:
                continue
            seen.add(group)
            for one in connectors:
                if names.key(one.source_group) == group:
                    number += 1
                    heapq.heappush(
                        queue, (cost + one.cost, number, names.key(one.target_group), [*path, one])
                    )
        return None

    def _answering(self, servers: tuple[str, ...]) -> str:
        alive = (name for name in servers if self.transports(self._org.world.server(name)))
        return next(alive, "")

    def _leg(self, store: Store, connector: legacy.Connector, sender: str, receiver: str) -> str:
        if not sender:
            return f"no source server of the routing group connector '{connector.name}' takes mail"
        if not receiver:
            return f"no target server of the routing group connector '{connector.name}' answers"
        if self._org.product_named(sender) not in LEGACY or self._org.product_named(receiver) in LEGACY:
            return ""
        if not self.in_interop(store, sender):
            return f"530 5.7.1 Client was not authenticated: {sender} is no member of {INTEROP}"
        client, hub = self._org.world.server(sender), self._org.world.server(receiver)
        if client is not None and hub is not None:
            address = client.addresses[0] if client.addresses else "127.0.0.1"
            if "ExchangeLegacyServers" not in receiver_groups(self._org, hub, address):
                return (
                    f"550 5.7.1 the receive connector of {receiver} does not let legacy Exchange servers in"
                )
        return ""

    def in_interop(self, store: Store, server: str) -> bool:
        """Whether a server's computer account is in ExchangeLegacyInterop, itself or by a group."""
        unit = self._org.layout.security_groups
        wanted = names.key(computer_dn(store.controller, server))
        todo, seen = [names.child("CN", INTEROP, unit)], set()
        while todo and wanted:
            dn = todo.pop()
            if names.key(dn) in seen:
                continue
            seen.add(names.key(dn))
            entry = self._anywhere(store, dn)
            members = [str(v) for v in entry.get("member")] if entry is not None else []
            if wanted in [names.key(one) for one in members]:
                return True
            todo += members
        return False

    def _anywhere(self, store: Store, dn: str) -> Entry | None:
        found = store.get(dn)
        if found is not None:
            return found
        home = self._org.world.forest.find(domain=names.dns_name(dn))
        return home.get(dn) if home is not None else None


def _silent(server: str) -> str:
    return f"the SMTP service of {server} does not answer"
