"""The Exchange part of a world's state as plain JSON values: for tests, the demo and comparing end states."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from exmigrate.twin.world import dn as names
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange import kinds as table
from exmigrate.twin.world.exchange.layout import server_of
from exmigrate.twin.world.exchange.routes import INTEROP
from exmigrate.twin.world.exchange.store import Store

if TYPE_CHECKING:
    from exmigrate.twin.world.exchange.organization import ExchangeOrganization

_SHOWN = (
    "SendConnector", "ReceiveConnector", "AcceptedDomain", "OfflineAddressBook", "OwaVirtualDirectory",
    "EcpVirtualDirectory", "ActiveSyncVirtualDirectory", "WebServicesVirtualDirectory", "OabVirtualDirectory",
    "AutodiscoverVirtualDirectory", "UMVirtualDirectory", "OutlookAnywhere", "ClientAccessArray",
    "MailboxDatabase", "PublicFolderDatabase", "UMDialPlan", "SystemMessage", "TransportRule", "JournalRule",
    "OutlookProvider", "DatabaseAvailabilityGroup", "ServiceConnectionPoint", "UMIPGateway", "UMMailboxPolicy",
    "StorageGroup",
)  # fmt: skip

LIST_CONTAINERS = ("All Address Lists", "All Global Address Lists")


def take(org: ExchangeOrganization) -> dict[str, Any]:
    """Everything that a finished transition is judged by; names instead of GUIDs and times."""
    controller = org.world.forest.find(global_catalog=True) or org.world.forest.all()[0]
    store = Store(controller)
    return {
        "servers": {entry["name"]: entry for entry in _servers(org, store)},
        "objects": {kind: _objects(org, store, kind) for kind in _SHOWN},
        "mailboxes": _mailboxes(org, store),
        "folders": {
            folder.path: {
                "replicas": sorted(_names(org, folder.replicas)),
                "contents": sorted(_names(org, list(folder.contents))),
            }
            for folder in org.state.folders.values()
        },
        "moves": {job.alias: job.status for job in org.moves.jobs.values()},
        "mounted": sorted(db.name for db in org.state.databases.values() if db.mounted),
        "certificates": {
            server.name: [
                {"names": held.bundle.domains, "services": held.services_text}
                for held in org.certificates.of(server)
            ]
            for server in org.world.servers.values()
            if server.exchange is not None
        },
        "interop": _interop(org, store),
        "filters": _filters(org, store),
        "people": {
            "inbound": list(org.people.inbound),
            "published": dict(org.people.published),
            "pbx": dict(org.people.pbx),
        },
    }


def _servers(org: ExchangeOrganization, store: Store) -> list[dict[str, Any]]:
    return [
        {
            "name": names.rdn_value(entry.dn),
            "version": entry.text("serialNumber"),
            "roles": entry.number("msExchCurrentServerRoles"),
            "site": names.rdn_value(entry.text("msExchServerSite")),
        }
        for entry in store.all("ExchangeServer", org.layout.administrative_groups)
    ]


def _interop(org: ExchangeOrganization, store: Store) -> list[str]:
    """Members of ExchangeLegacyInterop."""
    group = store.controller.get(names.child("CN", INTEROP, org.layout.security_groups))
    return sorted(names.rdn_value(str(dn)) for dn in group.get("member")) if group is not None else []


def _filters(org: ExchangeOrganization, store: Store) -> dict[str, dict[str, Any]]:
    """Types of filter of policies and lists, by kind and path."""
    return {
        kind: {
            _path(org, entry): store.value(entry, kind, "RecipientFilterType")
            if store.version(entry)
            else "Legacy"
            for entry in store.all(kind, base)
            if names.rdn_value(entry.dn) not in LIST_CONTAINERS
        }
        for kind, base in (
            ("EmailAddressPolicy", org.layout.recipient_policies),
            ("AddressList", org.layout.address_lists),
        )
    }


def _short(dn: str) -> str:
    """The name of a link's target; of a virtual server of 2003 the name of its server."""
    name = names.rdn_value(dn)
    return server_of(dn) if name.isdigit() and server_of(dn) else name


def _objects(org: ExchangeOrganization, store: Store, kind: str) -> dict[str, Any]:
    found = store.all(kind, org.layout.org)
    return {_path(org, entry): _values(store, entry, kind) for entry in found}


def _path(org: ExchangeOrganization, entry: Entry) -> str:
    rest = names.split(entry.dn)[: -len(names.split(org.layout.org))]
    return "/".join(names.unescape(part.partition("=")[2]) for part in reversed(rest))


def _values(store: Store, entry: Entry, kind: str) -> dict[str, Any]:
    shown: dict[str, Any] = {}
    for name, item in table.kinds()[kind].properties.items():
        if not entry.get(item.attribute) or item.codec == "time":
            continue
        value = store.value(entry, kind, name)
        if item.codec == "link":
            value = _short(value)
        elif item.codec == "links":
            value = sorted(_short(dn) for dn in value)
        shown[name] = value
    return shown


def _mailboxes(org: ExchangeOrganization, store: Store) -> dict[str, Any]:
    found = {}
    for entry in org.recipients.all(store.controller):
        if org.recipients.is_mailbox(entry):
            box = org.recipients.state(entry)
            found[entry.text("mailNickname")] = {
                "database": names.rdn_value(entry.text("homeMDB")),
                "type": org.recipients.details(entry),
                "items": box.items if box else None,
            }
    return found


def _names(org: ExchangeOrganization, guids: list[Any]) -> list[str]:
    return [org.state.databases[guid].name for guid in guids if guid in org.state.databases]
