"""Connectors, domains, site routing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from exmigrate.twin.cmdlets.exchange import objects
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.shell import INVALID, Shell, TaskError
from exmigrate.twin.cmdlets.exchange.values import list_of
from exmigrate.twin.powershell.values import Record
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.layout import server_of
from exmigrate.twin.world.exchange.mail import parse_space
from exmigrate.twin.world.legacy import server_dn_of


def hub_link(shell: Shell, value: Any) -> str:
    """DN of a server that can be a source of a connector.

    Raises:
        TaskError: no such server, or no Hub or Edge.
    """
    entry = objects.one(shell, "ExchangeServer", objects.server_link(shell, value))
    if not entry.number("msExchCurrentServerRoles") & (32 | 64):
        raise TaskError(
            f"The server '{names.rdn_value(entry.dn)}' isn't a Hub Transport or Edge Transport server.",
            "InvalidArgument",
        )
    return entry.dn


RESOLVERS: dict[str, objects.Resolver] = {
    "SourceTransportServers": hub_link,
}


def _simple_get(kind: str, place: Callable[[Shell], str]) -> Callable[[Shell], None]:
    def get(shell: Shell) -> None:
        identity = shell.text("Identity")
        found = (
            objects.find(shell, kind, identity, place(shell))
            if identity
            else objects.all_of(shell, kind, place(shell))
        )
        if identity and not found and "*" not in identity:
            raise shell.not_found(identity)
        for entry in found:
            shell.call.write(objects.show(shell, kind, entry, names.rdn_value(entry.dn)))

    return get


def _simple_remove(kind: str, place: Callable[[Shell], str]) -> Callable[[Shell], None]:
    def drop(shell: Shell) -> None:
        entry = objects.one(shell, kind, shell.get("Identity"), place(shell))
        objects.editable(shell, entry)
        objects.remove(shell, entry, names.rdn_value(entry.dn))

    return drop


# send connectors


def _connections(shell: Shell) -> str:
    return shell.org.layout.connections


def _everywhere(shell: Shell) -> str:
    # SMTP connectors of 2000 and 2003 are objects of the same class, in the routing groups of their servers
    return shell.org.layout.administrative_groups


def _send_connector(shell: Shell) -> Entry:
    """The connector that ``-Identity`` names, if this shell may change it.

    Raises:
        TaskError: none, or one of Exchange System Manager.
    """
    entry = objects.one(shell, "SendConnector", shell.get("Identity"), _everywhere(shell))
    objects.editable(shell, entry)
    if not shell.store.version(entry):
        raise TaskError(
            f"The connector '{names.rdn_value(entry.dn)}' is an SMTP connector of Exchange 2003 or Exchange 2000. It can't "
            "be changed with these management tools. Use Exchange System Manager.",
            "InvalidOperation",
            INVALID,
        )
    return entry


def show_send(shell: Shell, entry: Entry) -> Record:
    """A send connector, or an SMTP connector of 2000 or 2003."""
    sources = shell.store.value(entry, "SendConnector", "SourceTransportServers")
    hosts = list(shell.store.value(entry, "SendConnector", "SmartHosts"))
    if not shell.store.version(entry):
        sources = [server_dn_of(dn) for dn in sources]
        hosts = [text for text in entry.text("msExchSmtpSmartHost").split(",") if text]
    extra = {
        "SourceTransportServers": list_of([objects.link(shell, dn) for dn in sources]),
        "SourceRoutingGroup": objects.link(shell, names.parent(names.parent(entry.dn))),
        "ConnectedDomains": list_of([]),
        "HomeMTA": None,
        "HomeMtaServerId": objects.link(shell, sources[0]) if sources else None,
        "SmartHosts": list_of(hosts),
        "SmartHostsString": ",".join(hosts),
        "DNSRoutingEnabled": shell.store.value(entry, "SendConnector", "DNSRoutingEnabled")
        if shell.store.version(entry)
        else not hosts,
        "CloudServicesMailEnabled": False,
    }
    return objects.show(
        shell,
        "SendConnector",
        entry,
        names.rdn_value(entry.dn),
        extra,
        ("Identity", "AddressSpaces", "Enabled"),
        ("Usage",),
    )


@task("Get-SendConnector")
def get_send_connector(shell: Shell) -> None:
    """Send connectors."""
    if shell.is_edge:
        return
    identity = shell.text("Identity")
    found = (
        objects.find(shell, "SendConnector", identity, _everywhere(shell))
        if identity
        else objects.all_of(shell, "SendConnector", _everywhere(shell))
    )
    if identity and not found and "*" not in identity:
        raise shell.not_found(identity)
    for entry in found:
        shell.call.write(show_send(shell, entry))


def _spaces(changes: dict[str, Any]) -> None:
    if changes.get("AddressSpaces"):
        full = []
        for text in changes["AddressSpaces"]:
            pattern, cost = parse_space(text)
            kind = text.partition(":")[0] if ":" in text else "SMTP"
            full.append(f"{kind}:{pattern};{cost}")
        changes["AddressSpaces"] = full
    if changes.get("SmartHosts"):
        changes["SmartHosts"] = [
            h if h.startswith("[") or not h.replace(".", "").isdigit() else f"[{h}]"
            for h in changes["SmartHosts"]
        ]
        changes.setdefault("DNSRoutingEnabled", False)


def _check_send(shell: Shell, changes: dict[str, Any], entry: Entry | None) -> None:
    def now(name: str) -> Any:
        return (
            changes[name]
            if name in changes
            else (shell.store.value(entry, "SendConnector", name) if entry else None)
        )

    sources = now("SourceTransportServers")
    if "SourceTransportServers" in changes and not sources:
        raise TaskError("You must specify at least one source transport server.", "InvalidArgument")
    if changes.get("DNSRoutingEnabled") and now("SmartHosts"):
        raise TaskError(
            "When SmartHosts is set, the DNSRoutingEnabled parameter must be $false.", "InvalidArgument"
        )
    edges = [
        dn
        for dn in sources or []
        if (found := shell.store.get(dn)) and found.number("msExchCurrentServerRoles") & 64
    ]
    if edges and len(edges) != len(sources or []):
        raise TaskError(
            "The SourceTransportServers list can't hold both Hub Transport servers and subscribed Edge Transport servers.",
            "InvalidArgument",
        )


@task("New-SendConnector")
def new_send_connector(shell: Shell) -> None:
    """A send connector."""
    name = shell.text("Name")
    dn = names.child("CN", name, _connections(shell))
    if shell.store.get(dn) is not None:
        raise shell.exists(name)
    changes = objects.changes_of(shell, "SendConnector", None, resolvers=RESOLVERS)
    _spaces(changes)
    usage = shell.text("Usage") or next(
        (u for u in ("Internet", "Internal", "Partner", "Custom") if shell.flag(u)), "Custom"
    )
    changes["Usage"] = usage
    if "SourceTransportServers" not in changes:
        own = shell.org.layout.server(shell.server.name)
        entry = shell.store.get(own)
        if entry is None or not entry.number("msExchCurrentServerRoles") & 32:
            raise TaskError(
                "You must specify a value for the SourceTransportServers parameter when the command isn't run on a Hub "
                "Transport server.",
                "InvalidArgument",
            )
        changes["SourceTransportServers"] = [own]
    _check_send(shell, changes, None)
    if shell.call.should_process(name, "New-SendConnector"):
        made = shell.store.create("SendConnector", dn, changes, shell.version)
        shell.call.write(show_send(shell, made))


@task("Set-SendConnector")
def set_send_connector(shell: Shell) -> None:
    """Settings of a send connector; lists replace."""
    entry = _send_connector(shell)
    changes = objects.changes_of(shell, "SendConnector", entry, resolvers=RESOLVERS)
    _spaces(changes)
    _check_send(shell, changes, entry)
    objects.apply(shell, "SendConnector", entry, changes, names.rdn_value(entry.dn))


@task("Remove-SendConnector")
def remove_send_connector(shell: Shell) -> None:
    """Remove a send connector."""
    entry = _send_connector(shell)
    objects.remove(shell, entry, names.rdn_value(entry.dn))


task("Get-ForeignConnector")(_simple_get("ForeignConnector", _connections))


# receive connectors


def show_receive(shell: Shell, entry: Entry) -> Record:
    """A receive connector; its identity names its server."""
    server = server_of(entry.dn)
    extra = {"Server": objects.link(shell, shell.org.layout.server(server))}
    return objects.show(
        shell,
        "ReceiveConnector",
        entry,
        f"{server}\\{names.rdn_value(entry.dn)}",
        extra,
        ("Identity", "Bindings", "Enabled"),
    )


@task("Get-ReceiveConnector")
def get_receive_connector(shell: Shell) -> None:
    """Receive connectors."""
    if shell.is_edge:
        return
    base, identity, server = shell.org.layout.servers, shell.text("Identity"), shell.text("Server")
    if server:
        base = objects.server_link(shell, server)
    found = (
        objects.find(shell, "ReceiveConnector", identity, base)
        if identity
        else objects.all_of(shell, "ReceiveConnector", base)
    )
    if identity and not found and "*" not in identity:
        raise shell.not_found(identity)
    for entry in found:
        shell.call.write(show_receive(shell, entry))


_USAGE = {
    "custom": {"PermissionGroups": "None", "AuthMechanism": "Tls"},
    "internet": {"PermissionGroups": "AnonymousUsers", "AuthMechanism": "Tls"},
    "internal": {
        "PermissionGroups": "ExchangeServers, ExchangeLegacyServers",
        "AuthMechanism": "ExchangeServer",
    },
    "client": {
        "PermissionGroups": "ExchangeUsers",
        "AuthMechanism": "Tls, BasicAuth, BasicAuthRequireTLS, Integrated",
    },
    "partner": {"PermissionGroups": "Partners", "AuthMechanism": "Tls"},
}


@task("New-ReceiveConnector")
def new_receive_connector(shell: Shell) -> None:
    """A receive connector of a server."""
    server = names.rdn_value(objects.server_link(shell, shell.text("Server") or shell.server.name))
    objects.own_version(shell, server, shell.text("Name"))
    holder = shell.store.get(shell.org.layout.server(server))
    if holder is None or not holder.number("msExchCurrentServerRoles") & (32 | 64):
        raise TaskError(
            f"The server '{server}' isn't a Hub Transport or Edge Transport server.", "InvalidArgument"
        )
    name = shell.text("Name")
    dn = names.child("CN", name, shell.org.layout.receive_connectors(server))
    if shell.store.get(dn) is not None:
        raise shell.exists(f"{server}\\{name}")
    usage = shell.text("Usage") or next(
        (u for u in ("Internet", "Internal", "Client", "Partner", "Custom") if shell.flag(u)), "Custom"
    )
    found = shell.world.server(server)
    changes: dict[str, Any] = {"Fqdn": found.fqdn if found else None, **_USAGE.get(usage.lower(), {})}
    changes.update(objects.changes_of(shell, "ReceiveConnector", None))
    _unique(shell, server, changes, None)
    if shell.call.should_process(f"{server}\\{name}", "New-ReceiveConnector"):
        made = shell.store.create("ReceiveConnector", dn, changes, shell.version)
        shell.call.write(show_receive(shell, made))


def _unique(shell: Shell, server: str, changes: dict[str, Any], own: Entry | None) -> None:
    bindings = changes.get("Bindings") or ["0.0.0.0:25"]
    ranges = changes.get("RemoteIPRanges") or ["0.0.0.0-255.255.255.255"]
    for entry in shell.store.all("ReceiveConnector", shell.org.layout.receive_connectors(server)):
        if own is not None and entry.guid == own.guid:
            continue
        same = set(shell.store.value(entry, "ReceiveConnector", "Bindings")) & set(bindings)
        overlap = set(shell.store.value(entry, "ReceiveConnector", "RemoteIPRanges")) & set(ranges)
        if same and overlap:
            raise TaskError(
                f"The values that you specified for the Bindings and RemoteIPRanges parameters conflict with the settings "
                f'on Receive connector "{server}\\{names.rdn_value(entry.dn)}". Receive connectors assigned to different '
                "Transport roles on a single server must listen on unique local IP address & port bindings.",
                "InvalidOperation",
                "Microsoft.Exchange.Management.SystemConfigurationTasks.ConnectorMappingConflictException",
            )


@task("Set-ReceiveConnector")
def set_receive_connector(shell: Shell) -> None:
    """Settings of a receive connector."""
    entry = objects.one(shell, "ReceiveConnector", shell.get("Identity"), shell.org.layout.servers)
    server = server_of(entry.dn)
    objects.editable(shell, entry)
    changes = objects.changes_of(shell, "ReceiveConnector", entry)
    if {"Bindings", "RemoteIPRanges"} & set(changes):
        both = {
            name: changes.get(name) or shell.store.value(entry, "ReceiveConnector", name)
            for name in ("Bindings", "RemoteIPRanges")
        }
        _unique(shell, server, both, entry)
    objects.apply(shell, "ReceiveConnector", entry, changes, f"{server}\\{names.rdn_value(entry.dn)}")


@task("Remove-ReceiveConnector")
def remove_receive_connector(shell: Shell) -> None:
    """Remove a receive connector."""
    entry = objects.one(shell, "ReceiveConnector", shell.get("Identity"), shell.org.layout.servers)
    objects.editable(shell, entry)
    objects.remove(shell, entry)


# domains


def _accepted(shell: Shell) -> str:
    return shell.org.layout.accepted_domains


task("Get-AcceptedDomain")(_simple_get("AcceptedDomain", _accepted))
task("Remove-AcceptedDomain")(_simple_remove("AcceptedDomain", _accepted))
task("Get-RemoteDomain")(_simple_get("RemoteDomain", lambda shell: shell.org.layout.remote_domains))


@task("Set-AcceptedDomain")
def set_accepted_domain(shell: Shell) -> None:
    """Type of an accepted domain, or make it the default."""
    entry = objects.one(shell, "AcceptedDomain", shell.get("Identity"), _accepted(shell))
    objects.editable(shell, entry)
    changes = objects.changes_of(shell, "AcceptedDomain", entry)
    if shell.given("MakeDefault") and shell.get("MakeDefault"):
        for other in objects.all_of(shell, "AcceptedDomain", _accepted(shell)):
            if other.guid != entry.guid and shell.store.value(other, "AcceptedDomain", "Default"):
                shell.store.set(other, "AcceptedDomain", {"Default": False})
        changes["Default"] = True
    objects.apply(shell, "AcceptedDomain", entry, changes, names.rdn_value(entry.dn))


@task("New-AcceptedDomain")
def new_accepted_domain(shell: Shell) -> None:
    """An accepted domain."""
    name = shell.text("Name") or shell.text("DomainName")
    dn = names.child("CN", name, _accepted(shell))
    if shell.store.get(dn) is not None:
        raise shell.exists(name)
    if shell.call.should_process(name, "New-AcceptedDomain"):
        values = objects.changes_of(shell, "AcceptedDomain", None)
        made = shell.store.create("AcceptedDomain", dn, values, "2007")
        shell.call.write(objects.show(shell, "AcceptedDomain", made, name))


# sites


def _show_site(shell: Shell, kind: str, entry: Entry) -> None:
    name = names.rdn_value(entry.dn)
    extra: dict[str, Any] = {}
    if kind == "AdSiteLink":
        exchange = shell.store.value(entry, kind, "ExchangeCost")
        cost = shell.store.value(entry, kind, "ADCost")
        extra = {"Cost": exchange if exchange is not None else cost}
    shell.call.write(objects.show(shell, kind, entry, name, extra))


def _site_cmdlets(kind: str, noun: str) -> None:
    def get(shell: Shell) -> None:
        identity = shell.text("Identity")
        found = objects.find(shell, kind, identity) if identity else objects.all_of(shell, kind)
        if identity and not found:
            raise shell.not_found(identity)
        for entry in found:
            _show_site(shell, kind, entry)

    def change(shell: Shell) -> None:
        entry = objects.one(shell, kind, shell.get("Identity"))
        objects.apply(shell, kind, entry, objects.changes_of(shell, kind, entry), names.rdn_value(entry.dn))

    task(f"Get-{noun}")(get)
    task(f"Set-{noun}")(change)


_site_cmdlets("AdSite", "AdSite")
_site_cmdlets("AdSiteLink", "AdSiteLink")
