"""What persons and products outside of PowerShell do: firewalls, public names, certificates, backups, telephony.

Nothing here happens by itself. A test, the demo's person or the admin endpoint calls it, and whoever probes
the world afterwards sees the effect.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from exmigrate.twin.world.exchange import x509
from exmigrate.twin.world.legacy.people import LegacyPeople, ToolRefused
from exmigrate.twin.world.legacy.people_forest import ForestPeople
from exmigrate.twin.world.spec import DnsRecord

if TYPE_CHECKING:
    from exmigrate.twin.world.exchange.organization import ExchangeOrganization
    from exmigrate.twin.world.server import Server


class PersonError(Exception):
    """A person was asked for something that cannot be done."""


class People:
    """Everything a person can do to the organization from outside.

    Attributes:
        inbound: servers that mail from outside is handed to, in order.
        outbound_closed: servers whose port 25 the firewall does not let out.
        published: host names that the reverse proxy publishes, and to which server.
        vips: load balancer addresses and the servers behind them.
        pbx: UM servers that the gateways of a dial plan send calls to.
    """

    def __init__(self, org: ExchangeOrganization) -> None:
        self._org = org
        flow = org.spec.mail_flow
        self.inbound: list[str] = list(flow.inbound)
        self.outbound_closed: set[str] = set()
        self.blocked: set[tuple[str, str, int]] = set()
        self.published: dict[str, str] = {}
        self.vips: dict[str, list[str]] = {}
        self.pbx: dict[str, list[str]] = {name: list(servers) for name, servers in flow.pbx.items()}
        self.diary: list[dict[str, Any]] = []
        self.owned: list[x509.Bundle] = []
        """Certificates with their keys that persons carry around as PFX files, the newest last."""
        self._elsewhere: dict[str, Callable[..., Any]] = {
            **LegacyPeople(org).actions(),
            **ForestPeople(org).actions(),
        }

    # what persons do

    def point_name(self, name: str, address: str, view: str = "both", ttl: int = 300) -> None:
        """Let a host name resolve to an address, in the internal, the external view or both."""
        self._org.world.dns.point(name, address, view, ttl)
        self._note("point-name", name=name, address=address, view=view)

    def remove_name(self, name: str, view: str = "") -> int:
        """Remove a host name's records."""
        self._note("remove-name", name=name, view=view)
        return int(self._org.world.dns.remove(name, view=view))

    def add_record(
        self, name: str, record_type: str, value: str, view: str = "both", ttl: int = 3600
    ) -> None:
        """Add a DNS record of any type (MX, TXT, PTR, SRV)."""
        self._org.world.dns.add(DnsRecord(name, record_type, value, ttl, view))
        self._note("add-record", name=name, type=record_type, value=value, view=view)

    def publish(self, name: str, server: str) -> None:
        """Make a rule of the firewall or reverse proxy for a host name."""
        self.published[name.lower()] = server
        self._note("publish", name=name, server=server)

    def unpublish(self, name: str) -> None:
        """Take a publishing rule away."""
        self.published.pop(name.lower(), None)
        self._note("unpublish", name=name)

    def route_inbound(self, servers: list[str]) -> None:
        """Let the firewall, gateway or MX hand mail from outside to these servers."""
        self.inbound = list(servers)
        self._note("route-inbound", servers=list(servers))

    def open_outbound(self, server: str, is_open: bool = True) -> None:
        """Let a server's port 25 out, or not."""
        (self.outbound_closed.discard if is_open else self.outbound_closed.add)(server.lower())
        self._note("open-outbound", server=server, open=is_open)

    def block_port(self, source: str, target: str, port: int, is_blocked: bool = True) -> None:
        """Close (or open) a port between two servers on the inner firewall."""
        rule = (source.lower(), target.lower(), port)
        (self.blocked.add if is_blocked else self.blocked.discard)(rule)
        self._note("block-port", source=source, target=target, port=port, blocked=is_blocked)

    def make_vip(self, address: str, servers: list[str]) -> None:
        """Put a load balancer address in front of servers."""
        self.vips[address] = list(servers)
        self._note("make-vip", address=address, servers=list(servers))

    def redirect_pbx(self, dial_plan: str, servers: list[str]) -> None:
        """Let the gateways of a dial plan send calls to these UM servers."""
        self.pbx[dial_plan] = list(servers)
        self._note("redirect-pbx", dial_plan=dial_plan, servers=list(servers))

    def back_up(self, database: str = "") -> list[str]:
        """Full backup of one database or, without a name, of all mounted ones, by the production's own product.

        Raises:
            PersonError: no such mounted database.
        """
        every = [state.name for state in self._org.state.databases.values() if state.mounted]
        wanted = [database] if database else every
        done = [name for name in wanted if self._org.databases.back_up(name)]
        if database and not done:
            raise PersonError(f"there is no mounted database {database} to back up")
        self._note("back-up", databases=done)
        return done

    def buy_certificate(
        self, server: str, pfx_path: str, password: str, request_path: str = "", days: int = 365
    ) -> bytes:
        """Have the pending request of a server signed, complete it there and export a PFX to ``pfx_path``.

        Args:
            server: the requesting host.
            pfx_path: path on that server, or a share; empty writes none.
            request_path: the request's file; empty takes the newest pending request of the server.

        Returns:
            The PFX, which the person also carries away.

        Raises:
            PersonError: no such server, request or matching key.
        """
        found = self._org.world.server(server)
        if found is None:
            raise PersonError(f"there is no server {server}")
        pem = self._request_of(found, request_path)
        try:
            reply = x509.issue_for_request(pem, self._org.now(), self._org.random, days)
        except x509.CertificateError as error:
            raise PersonError(str(error)) from error
        held = self._org.certificates.complete(found, reply)
        if held is None:
            raise PersonError(f"{server} has no pending request with the key of that certificate")
        data = x509.to_pfx(held.bundle, password, held.friendly_name, self._org.now())
        self.owned.append(held.bundle)
        if pfx_path:
            self._write(found, pfx_path, data)
        self._note("buy-certificate", server=server, names=held.bundle.domains, path=pfx_path)
        return data

    def own_certificate(
        self, domains: list[str], password: str, server: str = "", pfx_path: str = ""
    ) -> bytes:
        """A PFX the customer already has, issued by a public authority; written to a server's path if given."""
        bundle = x509.issue(domains, self._org.now(), self._org.random)
        self.owned.append(bundle)
        data = x509.to_pfx(bundle, password, domains[0], self._org.now())
        found = self._org.world.server(server) if server else None
        if found is not None and pfx_path:
            self._write(found, pfx_path, data)
        self._note("own-certificate", names=list(domains), path=pfx_path)
        return data

    def install_web_certificate(self, server: str, names: list[str]) -> str:
        """IIS Manager on a 2003 front-end: import a PFX that has all these names and assign it to the web site.

        Returns:
            Its thumbprint.

        Raises:
            PersonError: no such server, or nobody has a certificate with these names.
        """
        found = self._org.world.server(server)
        if found is None:
            raise PersonError(f"there is no server {server}")
        bundle = next(
            (b for b in reversed(self.owned) if all(_covers(b.domains, name) for name in names)), None
        )
        if bundle is None:
            raise PersonError(f"nobody has a certificate with {', '.join(names)}")
        self._org.certificates.add(found, bundle, bundle.domains[0])
        self._org.certificates.enable(found, bundle.thumbprint, {"IIS"})
        self._note("install-web-certificate", server=server, names=list(names))
        return str(bundle.thumbprint)

    def drain_queues(self, server: str) -> None:
        """Wait until a server's queues have emptied (a person watched them)."""
        found = self._org.world.server(server)
        if found is not None:
            self._org.mail.drain(found)

    def _request_of(self, server: Server, path: str) -> bytes:
        if path:
            if server.files.stat(path) is None:
                raise PersonError(f"{server.name} has no file {path}")
            return bytes(server.files.read(path))
        pending = [held for held in self._org.certificates.of(server) if held.request]
        if not pending:
            raise PersonError(f"{server.name} has no pending certificate request")
        return pending[-1].request.encode()

    def _write(self, server: Server, path: str, data: bytes) -> None:
        folder = path.rpartition("\\")[0]
        if not folder.endswith(":") and server.files.stat(folder) is None:
            server.files.make_directory(folder)
        server.files.write(path, data)

    # what probes and mail ask

    def port_open(self, source: str, target: str, port: int) -> bool:
        """Whether the inner firewall lets a connection through."""
        return (source.lower(), target.lower(), port) not in self.blocked

    def behind(self, address: str) -> Server | None:
        """The machine that answers at an address which no machine has: of a load balancer, or published."""
        names = list(self.vips.get(address, ()))
        for record in self._org.world.dns.records:
            if record.type == "A" and record.value == address and record.name in self.published:
                names.append(self.published[record.name])
        found = (self._org.world.server(name) for name in names)
        return next((server for server in found if server is not None and server.up), None)

    def outbound_open(self, server: str) -> bool:
        """Whether a server may send to the Internet."""
        return server.lower() not in self.outbound_closed

    # by name, for an endpoint or command line

    def act(self, action: str, arguments: Mapping[str, Any]) -> Any:
        """Do something by its name, such as ``point-name`` with ``{"name": …, "address": …}``.

        Raises:
            PersonError: no such action, or its arguments do not fit.
        """
        known = self.actions()
        if action not in known:
            raise PersonError(f"no action {action}; there are {', '.join(sorted(known))}")
        try:
            result = known[action](**dict(arguments))
        except TypeError as error:
            raise PersonError(f"{action}: {error}") from error
        except ToolRefused as error:
            raise PersonError(str(error)) from error
        if action in self._elsewhere:
            self._note(action, **dict(arguments))
        return result

    def actions(self) -> dict[str, Callable[..., Any]]:
        """All actions by name."""
        methods = (
            self.point_name, self.remove_name, self.add_record, self.publish, self.unpublish,
            self.route_inbound, self.open_outbound, self.block_port, self.make_vip, self.redirect_pbx,
            self.back_up, self.buy_certificate, self.own_certificate, self.install_web_certificate,
            self.drain_queues,
        )  # fmt: skip
        return {**{method.__name__.replace("_", "-"): method for method in methods}, **self._elsewhere}

    def _note(self, action: str, **values: Any) -> None:
        self.diary.append({"at": self._org.now().isoformat(), "action": action, **values})


def _covers(domains: list[str], name: str) -> bool:
    """Whether one of a certificate's names is that host, or the wildcard above it."""
    wanted = name.lower()
    return any(d.lower() in (wanted, f"*.{wanted.partition('.')[2]}") for d in domains)
