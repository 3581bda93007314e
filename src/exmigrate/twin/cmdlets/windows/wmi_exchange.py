"""WMI classes of ``root\\MicrosoftExchangeV2`` that Exchange 2003 brings; 2000 and later versions have none of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from exmigrate.twin.cmdlets.windows.wmi import available, dmtf
from exmigrate.twin.powershell.machine import MachineError
from exmigrate.twin.powershell.values import PSObject, UInt32, UInt64
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.legacy import places
from exmigrate.twin.world.server import Server

NAMESPACE = "MicrosoftExchangeV2"
SLASH = "\uf8ff"
"""What stands for a slash within the name of a folder."""

_KB = 1024
_INVALID_NAMESPACE = 0x8004100E


def _instance(name: str, props: dict[str, Any]) -> PSObject:
    type_name = f"System.Management.ManagementObject#root\\{NAMESPACE}\\{name}"
    return PSObject({"__CLASS": name, **props}, (type_name,))


def _need(server: Server) -> None:
    found = server.exchange
    if found is None or found.product != "2003":
        raise MachineError("not-found", 'Invalid namespace "root\\MicrosoftExchangeV2"', _INVALID_NAMESPACE)
    if not server.services.is_running("MSExchangeMGMT"):
        raise MachineError("unreachable", "Provider load failure ", 0x80041013)


def _mailboxes(machine: Any, server: Server) -> Iterable[PSObject]:
    _need(server)
    org = server.world.exchange
    store = org.store_for(server)
    for database in org.databases.on_server(server.name):
        entry = org.databases.entry(store, database.guid)
        if database.public or not database.mounted or entry is None:
            continue
        for box in org.state.mailboxes_in(database.guid):
            yield _instance(
                "Exchange_Mailbox",
                {
                    "MailboxDisplayName": box.name,
                    "MailboxGUID": "{" + str(box.guid).upper() + "}",
                    "LegacyDN": box.legacy_dn,
                    "ServerName": server.name.upper(),
                    "StorageGroupName": names.rdn_value(names.parent(entry.dn)),
                    "StoreName": database.name,
                    "Size": UInt32(box.size_mb * _KB),
                    "TotalItems": UInt32(box.items),
                    "AssocContentCount": UInt32(12),
                    "DeletedMessageSizeExtended": UInt64(0),
                    "StorageLimitInfo": UInt32(1),
                    "LastLogonTime": dmtf(box.last_logon) if box.last_logon else None,
                    "DateDiscoveredAbsentInDS": dmtf(box.disconnected) if box.disconnected else None,
                },
            )


def _logons(machine: Any, server: Server) -> Iterable[PSObject]:
    _need(server)
    org = server.world.exchange
    if not server.services.is_running("MSExchangeIS"):
        return
    for database in org.databases.on_server(server.name):
        for box in org.state.mailboxes_in(database.guid):
            if box.client_version and box.disconnected is None:
                yield _instance(
                    "Exchange_Logon",
                    {
                        "MailboxDisplayName": box.name,
                        "MailboxLegacyDN": box.legacy_dn,
                        "LoggedOnUserAccount": f"{server.netbios_domain}\\{box.name}",
                        "ClientVersion": box.client_version,
                        "ClientMode": UInt32(1),
                        "LogonTime": dmtf(box.last_logon) if box.last_logon else None,
                        "ServerName": server.name.upper(),
                        "StoreName": database.name,
                    },
                )


def _folders(machine: Any, server: Server) -> Iterable[PSObject]:
    _need(server)
    org = server.world.exchange
    if not server.services.is_running("MSExchangeIS"):
        return
    for folder, count in org.folders.instances(server.name):
        parts = [part.replace("/", SLASH) for part in folder.path.strip("\\").split("\\")]
        path = "/" + "/".join(parts) + "/"
        yield _instance(
            "Exchange_PublicFolder",
            {
                "Name": parts[-1],
                "Path": path,
                "FriendlyUrl": f"http://{server.fqdn}/public{path}",
                "FolderTree": "Public Folders",
                "HasLocalReplica": True,
                "IsMailEnabled": folder.mail_enabled,
                "MessageCount": UInt32(count),
                "NormalMessageSize": UInt64(folder.size_kb * _KB * count // max(folder.items, 1)),
                "ReplicaList": [
                    org.state.databases[guid].server
                    for guid in folder.replicas
                    if guid in org.state.databases
                ],
            },
        )


def _trees(machine: Any, server: Server) -> Iterable[PSObject]:
    _need(server)
    org = server.world.exchange
    public = [db for db in org.databases.on_server(server.name) if db.public]
    if public:
        yield _instance(
            "Exchange_FolderTree",
            {"Name": "Public Folders", "MapiFolderTree": True, "HasLocalPublicStore": True},
        )


def _queues(machine: Any, server: Server) -> Iterable[PSObject]:
    _need(server)
    if not server.services.is_running("SMTPSVC"):
        return
    for queue in server.world.exchange.state.queues.get(server.name.lower(), []):
        yield _instance(
            "Exchange_SMTPQueue",
            {
                "LinkName": queue.name,
                "QueueName": queue.next_hop or queue.name,
                "ProtocolName": "SMTP",
                "VirtualMachine": server.name.upper(),
                "VirtualServerName": "1",
                "MessageCount": UInt32(len(queue.messages)),
                "Size": UInt64(len(queue.messages) * 4096),
            },
        )


def _servers(machine: Any, server: Server) -> Iterable[PSObject]:
    _need(server)
    controller = server.world.exchange.controller_for(server)
    for entry in places.servers(controller):
        group = names.rdn_value(names.parent(names.parent(entry.dn)))
        yield _instance(
            "Exchange_Server",
            {
                "Name": names.rdn_value(entry.dn),
                "DN": entry.dn,
                "FQDN": next(
                    (
                        str(v).partition(":")[2]
                        for v in entry.get("networkAddress")
                        if str(v).startswith("ncacn_ip_tcp:")
                    ),
                    "",
                ),
                "AdministrativeGroup": group,
                "RoutingGroup": names.rdn_value(entry.text("msExchHomeRoutingGroup")),
                "ExchangeVersion": entry.text("serialNumber"),
                "IsFrontEndServer": entry.number("msExchServerRole") == 1,
            },
        )


CLASSES: dict[str, Callable[[Any], Iterable[PSObject]]] = {
    f"{NAMESPACE}:{name}": available(make)
    for name, make in {
        "Exchange_Mailbox": _mailboxes,
        "Exchange_Logon": _logons,
        "Exchange_PublicFolder": _folders,
        "Exchange_FolderTree": _trees,
        "Exchange_SMTPQueue": _queues,
        "Exchange_Server": _servers,
    }.items()
}
