"""Servers as cmdlets show them: Exchange servers and their views by role, arrays, session settings."""

from __future__ import annotations

import re
from typing import Any

from exmigrate import facts
from exmigrate.twin.cmdlets.exchange import objects
from exmigrate.twin.cmdlets.exchange.declare import task
from exmigrate.twin.cmdlets.exchange.shell import Shell, TaskError
from exmigrate.twin.cmdlets.exchange.values import (
    ad_object_id,
    guid,
    list_of,
    make,
    server_version,
    span,
    uri,
)
from exmigrate.twin.powershell.values import Record
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange.roles import SCP_KEYWORD
from exmigrate.twin.world.legacy import is_legacy_server

ROLE_WORDS = (
    ("Mailbox", 2),
    ("ClientAccess", 4),
    ("UnifiedMessaging", 16),
    ("HubTransport", 32),
    ("Edge", 64),
)
KEY = re.compile(r"^[A-Z0-9]{5}(-[A-Z0-9]{5}){4}$", re.IGNORECASE)
HIDDEN = (
    "CurrentServerRole", "SerialNumber", "OutlookAnywhereEnabled", "DialPlans", "UMStatus", "MaxCallsAllowed",
    "SipTcpListeningPort", "SipTlsListeningPort", "UMStartupMode", "EdgeSyncHubs", "EdgeSyncSite",
    "EdgeSyncCreated", "EdgeSyncSubscribed", "RpcEncryptionRequired", "RpcMaximumConnections",
    "RpcBlockedClientVersions", "RedundantMachines", "PopX509CertificateName", "ImapX509CertificateName", "ProductKeySet",
)  # fmt: skip
TRANSPORT = (
    "ExternalPostmasterAddress", "MessageTrackingLogEnabled", "MessageTrackingLogPath",
    "ExternalDNSAdapterEnabled", "ExternalDNSServers", "InternalDNSAdapterEnabled", "MaxOutboundConnections",
    "MaxConcurrentMailboxDeliveries", "PickupDirectoryPath", "QueueMaxIdleTime",
)  # fmt: skip


STORAGE = ("Disabled", "NonShared", "Shared")
"""``ClusteredStorageType`` by its number in the directory: no cluster, CCR, SCC."""


def fqdn_of(entry: Entry) -> str:
    """Full name of a server by its network addresses."""
    for text in entry.get("networkAddress"):
        if str(text).startswith("ncacn_ip_tcp:"):
            return str(text).partition(":")[2]
    return names.rdn_value(entry.dn)


def roles_text(bits: int) -> str:
    """``ServerRole`` as cmdlets show it: ``Mailbox, ClientAccess``."""
    return ", ".join(word for word, bit in ROLE_WORDS if bits & bit) or "None"


def _server_extra(shell: Shell, entry: Entry) -> dict[str, Any]:
    bits = entry.number("msExchCurrentServerRoles")
    keyed = bool(shell.store.value(entry, "ExchangeServer", "ProductKeySet"))
    edition = shell.store.value(entry, "ExchangeServer", "Edition")
    if is_legacy_server(entry):  # no trial ever ends there, and its edition stands with the server itself
        found = shell.world.server(names.rdn_value(entry.dn))
        keyed, edition = True, found.exchange.edition if found and found.exchange else "Standard"
    serial = entry.text("serialNumber")
    number = entry.number("versionNumber")
    fqdn = fqdn_of(entry)
    extra: dict[str, Any] = {
        "Edition": edition if keyed else "StandardEvaluation",
        "IsExchangeTrialEdition": not keyed,
        "IsExpiredExchangeTrialEdition": False,
        "RemainingTrialPeriod": span(0 if keyed else 110 * 86400),
        "ProductID": "02064-110-3333333-03333" if keyed else "",
        "Fqdn": fqdn,
        "Domain": fqdn.partition(".")[2],
        "OrganizationalUnit": f"{fqdn.partition('.')[2]}/{names.rdn_value(entry.dn)}",
        "ServerRole": roles_text(bits),
        "AdminDisplayVersion": server_version(serial) if serial else None,
        "NetworkAddress": list_of([str(v) for v in entry.get("networkAddress")]),
        "ExchangeVersionNumber": number,
        "IsExchange2003OrLater": "Version 6.0" not in serial and "Version 5" not in serial,
        "IsExchange2007OrLater": bool(entry.number("msExchVersion")),
        "IsE14OrLater": entry.number("msExchVersion") >= facts.object_version("2010"),
        "IsMemberOfCluster": "Yes" if entry.number("msExchClusterStorageType") else "No",
    }
    for word, bit in ROLE_WORDS:
        extra[f"Is{word}Server" if word != "UnifiedMessaging" else "IsUnifiedMessagingServer"] = bool(
            bits & bit
        )
    return extra


def show_server(shell: Shell, entry: Entry) -> Record:
    """An Exchange server."""
    display = ("Name", "Site", "ServerRole", "Edition", "AdminDisplayVersion")
    name = names.rdn_value(entry.dn)
    return objects.show(
        shell,
        "ExchangeServer",
        entry,
        name,
        _server_extra(shell, entry),
        display,
        [*HIDDEN, *TRANSPORT, "NetworkAddresses"],
    )


def _servers(shell: Shell, role: int = 0) -> list[Entry]:
    identity = shell.text("Identity")
    base = shell.org.layout.administrative_groups
    found = (
        objects.find(shell, "ExchangeServer", identity, base)
        if identity
        else objects.all_of(shell, "ExchangeServer", base)
    )
    found = [entry for entry in found if not role or entry.number("msExchCurrentServerRoles") & role]
    if identity and not found and "*" not in identity:
        raise shell.not_found(identity)
    return found


@task("Get-ExchangeServer")
def get_exchange_server(shell: Shell) -> None:
    """Servers of the organization; on an Edge server itself."""
    if shell.is_edge:
        shell.call.write(_edge_server(shell))
        return
    for entry in _servers(shell):
        shell.call.write(show_server(shell, entry))


def _edge_server(shell: Shell) -> Record:
    server, level = shell.server, shell.org.level_of(shell.server)
    edition = server.exchange.edition if server.exchange else ""
    values = {
        "Name": server.name,
        "Identity": server.name,
        "Fqdn": server.fqdn,
        "Edition": edition,
        "IsExchangeTrialEdition": edition.endswith("Evaluation"),
        "ServerRole": "Edge",
        "IsEdgeServer": True,
        "Site": None,
        "AdminDisplayVersion": server_version(level.title) if level else None,
    }
    return make("Microsoft.Exchange.Data.Directory.Management.ExchangeServer", values)


@task("Set-ExchangeServer")
def set_exchange_server(shell: Shell) -> None:
    """Enter a product key; other settings of the server object."""
    key = shell.text("ProductKey")
    if key and not KEY.match(key):
        raise TaskError("The product key is invalid.", "InvalidArgument")
    if shell.is_edge:
        _enter_key(shell, shell.server.name, None, key)
        return
    entry = objects.one(shell, "ExchangeServer", shell.get("Identity"), shell.org.layout.servers)
    name = names.rdn_value(entry.dn)
    objects.own_version(shell, name, name)
    if key:
        if shell.call.should_process(name, "Set-ExchangeServer"):
            _enter_key(shell, name, entry, key)
        return
    changes = objects.changes_of(shell, "ExchangeServer", entry, skip=("ProductKey",))
    objects.apply(shell, "ExchangeServer", entry, changes, name)


def _enter_key(shell: Shell, name: str, entry: Entry | None, key: str) -> None:
    if not key:
        return
    edition = "Enterprise" if key.upper().startswith("E") else "Standard"
    server = shell.world.server(name)
    if server is not None and server.exchange is not None:
        server.exchange.edition = edition
    if entry is not None:
        shell.store.set(entry, "ExchangeServer", {"ProductKeySet": True, "Edition": edition})
    shell.call.warning(
        "The product key has been validated and the product ID has been successfully created. Please note that this "
        "change won't take effect until the Microsoft Exchange Information Store service has been restarted."
    )


# Client Access


def _scp(shell: Shell, entry: Entry) -> Entry | None:
    return shell.store.get(shell.org.layout.autodiscover(names.rdn_value(entry.dn)))


@task("Get-ClientAccessServer")
def get_client_access_server(shell: Shell) -> None:
    """Client Access servers with their service connection point."""
    for entry in _servers(shell, role=4):
        scp = _scp(shell, entry)
        binding = scp.text("serviceBindingInformation") if scp else ""
        scope = [str(v)[5:] for v in scp.get("keywords") if str(v).startswith("Site=")] if scp else []
        extra = {
            "Fqdn": fqdn_of(entry),
            "OutlookAnywhereEnabled": shell.store.value(entry, "ExchangeServer", "OutlookAnywhereEnabled"),
            "AutoDiscoverServiceCN": names.rdn_value(entry.dn),
            "AutoDiscoverServiceClassName": "ms-Exchange-AutoDiscover-Service",
            "AutoDiscoverServiceInternalUri": uri(binding),
            "AutoDiscoverServiceGuid": SCP_KEYWORD.lower(),
            "AutoDiscoverSiteScope": list_of(scope),
        }
        shell.call.write(_role_view(shell, entry, "ClientAccessServer", extra))


def _role_view(shell: Shell, entry: Entry, kind: str, extra: dict[str, Any]) -> Record:
    common = {
        "Name": names.rdn_value(entry.dn),
        "Identity": ad_object_id(entry.dn, names.rdn_value(entry.dn), entry.guid),
        "DistinguishedName": entry.dn,
        "Guid": guid(entry.guid),
        **extra,
        "ExchangeLegacyDN": entry.text("legacyExchangeDN"),
        "ExchangeVersion": objects.show(shell, "ExchangeServer", entry).values["ExchangeVersion"],
        "WhenCreated": None,
        "OriginatingServer": shell.controller.fqdn,
        "IsValid": True,
    }
    return make(f"Microsoft.Exchange.Data.Directory.Management.{kind}", common)


@task("Set-ClientAccessServer")
def set_client_access_server(shell: Shell) -> None:
    """Write the service connection point of a Client Access server."""
    entry = objects.one(shell, "ExchangeServer", shell.get("Identity"), shell.org.layout.servers)
    name = names.rdn_value(entry.dn)
    objects.own_version(shell, name, name)
    scp = _scp(shell, entry)
    if scp is None:
        raise shell.not_found(name)
    if not shell.call.should_process(name, "Set-ClientAccessServer"):
        return
    changes: dict[str, Any] = {}
    if shell.given("AutoDiscoverServiceInternalUri"):
        binding = shell.text("AutoDiscoverServiceInternalUri")
        changes["ServiceBindingInformation"] = [binding] if binding else None
    if shell.given("AutoDiscoverSiteScope"):
        sites = [f"Site={text}" for text in shell.texts("AutoDiscoverSiteScope")]
        changes["Keywords"] = [SCP_KEYWORD, *sites]
    if changes:
        shell.store.set(scp, "ServiceConnectionPoint", changes)


# other roles


@task("Get-MailboxServer")
def get_mailbox_server(shell: Shell) -> None:
    """Mailbox servers."""
    for entry in _servers(shell, role=2):
        extra = {
            "AutoDatabaseMountDial": shell.store.value(entry, "ExchangeServer", "AutoDatabaseMountDial"),
            "Locale": list_of([]),
        }
        if shell.version == "2010":
            link = shell.store.value(entry, "ExchangeServer", "DatabaseAvailabilityGroup")
            extra["DatabaseAvailabilityGroup"] = objects.link(shell, link)
            extra["DatabaseCopyAutoActivationPolicy"] = shell.store.value(
                entry, "ExchangeServer", "DatabaseCopyAutoActivationPolicy"
            )
        extra["ClusteredStorageType"] = STORAGE[entry.number("msExchClusterStorageType")]
        extra["RedundantMachines"] = list_of(
            shell.store.value(entry, "ExchangeServer", "RedundantMachines") or [names.rdn_value(entry.dn)]
        )
        shell.call.write(_role_view(shell, entry, "MailboxServer", extra))


@task("Set-MailboxServer")
def set_mailbox_server(shell: Shell) -> None:
    """Settings of a Mailbox server."""
    _set_role(shell)


@task("Get-TransportServer")
def get_transport_server(shell: Shell) -> None:
    """Hub and Edge servers."""
    for entry in _servers(shell, role=32 | 64):
        extra = {name: objects.values_of(shell, "ExchangeServer", entry)[name] for name in TRANSPORT}
        shell.call.write(_role_view(shell, entry, "TransportServer", extra))


@task("Set-TransportServer")
def set_transport_server(shell: Shell) -> None:
    """Settings of a Hub or Edge server."""
    _set_role(shell)


def _set_role(shell: Shell) -> None:
    entry = objects.one(shell, "ExchangeServer", shell.get("Identity"), shell.org.layout.servers)
    name = names.rdn_value(entry.dn)
    objects.own_version(shell, name, name)
    objects.apply(shell, "ExchangeServer", entry, objects.changes_of(shell, "ExchangeServer", entry), name)


@task("Get-RpcClientAccess", "2010")
def get_rpc_client_access(shell: Shell) -> None:
    """The RPC Client Access service of 2010 servers."""
    for entry in _rpc_servers(shell):
        values = {
            "Server": ad_object_id(entry.dn, names.rdn_value(entry.dn), entry.guid),
            "Responsibility": "Mailboxes"
            if entry.number("msExchCurrentServerRoles") & 4
            else "PublicFolders",
            "MaximumConnections": shell.store.value(entry, "ExchangeServer", "RpcMaximumConnections"),
            "EncryptionRequired": shell.store.value(entry, "ExchangeServer", "RpcEncryptionRequired"),
            "BlockedClientVersions": shell.store.value(entry, "ExchangeServer", "RpcBlockedClientVersions")
            or "",
            "Name": "RpcClientAccess",
            "Identity": f"{names.rdn_value(entry.dn)}\\RpcClientAccess",
            "IsValid": True,
        }
        shell.call.write(
            make("Microsoft.Exchange.Data.Directory.SystemConfiguration.ExchangeRpcClientAccess", values)
        )


def _rpc_servers(shell: Shell) -> list[Entry]:
    base, server = shell.org.layout.servers, shell.text("Server")
    found = (
        [objects.one(shell, "ExchangeServer", server, base)]
        if server
        else objects.all_of(shell, "ExchangeServer", base)
    )
    newer = facts.object_version("2010")
    fitting = [
        e for e in found if shell.store.version(e) >= newer and e.number("msExchCurrentServerRoles") & 6
    ]
    if server and not fitting:
        raise shell.not_found(f"{server}\\RpcClientAccess")
    return fitting


@task("Set-RpcClientAccess", "2010")
def set_rpc_client_access(shell: Shell) -> None:
    """Encryption and limits of the RPC Client Access service."""
    entry = _rpc_servers(shell)[0]
    wanted = {
        "EncryptionRequired": "RpcEncryptionRequired",
        "MaximumConnections": "RpcMaximumConnections",
        "BlockedClientVersions": "RpcBlockedClientVersions",
    }
    changes = {target: shell.get(name) for name, target in wanted.items() if shell.given(name)}
    objects.apply(shell, "ExchangeServer", entry, changes, f"{names.rdn_value(entry.dn)}\\RpcClientAccess")
