"""Message tracking logs of transport servers: the folder that Setup makes, and what it held before the first command.

A file is named after its day and begins with four lines that name its columns. source: message tracking log of Exchange
2007 and 2010 (field list of the product documentation).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import TYPE_CHECKING

from exmigrate.twin.world.exchange.store import Store

if TYPE_CHECKING:
    from exmigrate.twin.world.exchange.organization import ExchangeOrganization
    from exmigrate.twin.world.server import Server

FOLDER = r"TransportRoles\Logs\MessageTracking"
COLUMNS = (
    "date-time", "client-ip", "client-hostname", "server-ip", "server-hostname", "source-context", "connector-id",
    "source", "event-id", "internal-message-id", "message-id", "recipient-address", "recipient-status", "total-bytes",
    "recipient-count", "related-recipient-address", "reference", "message-subject", "sender-address", "return-path",
    "message-info",
)  # fmt: skip
DAYS = 3
"""How many days before the start have a log."""


def make_folder(org: ExchangeOrganization, store: Store, server: Server, product: str) -> None:
    """The folder and where the server's object says that it lies; logging is on unless somebody switches it off."""
    path = org.install_folder(server, product) + FOLDER
    server.files.make_directory(path)
    entry = store.get(org.layout.server(server.name))
    if entry is not None and not entry.text("msExchTransportMessageTrackingPath"):
        store.controller.modify(entry.dn, {"msExchTransportMessageTrackingPath": path})


def write_history(org: ExchangeOrganization, hubs: Sequence[Server]) -> None:
    """What devices and applications have sent through the Hubs in the days before the start, shared among them."""
    for number, hub in enumerate(hubs):
        relays = [_device(a) for n, a in enumerate(org.spec.mail_flow.relays) if n % len(hubs) == number]
        for back in range(1, DAYS + 1):
            day = org.now() - timedelta(days=back)
            lines = [_line(hub, address, day + timedelta(minutes=n)) for n, address in enumerate(relays)]
            _write(org, hub, day, lines)


def _device(text: str) -> str:
    """One device of an address, a network or a range."""
    first = text.partition("-")[0].strip()
    return str(ip_network(first, strict=False)[1]) if "/" in first else first


def _write(org: ExchangeOrganization, hub: Server, day: datetime, lines: Sequence[str]) -> None:
    assert hub.exchange is not None
    folder = org.install_folder(hub, hub.exchange.product) + FOLDER
    head = (
        "#Software: Microsoft Exchange Server",
        f"#Version: {hub.exchange.build}",
        "#Log-type: Message Tracking Log",
        f"#Date: {day:%Y-%m-%dT%H:%M:%S}.000Z",
        f"#Fields: {','.join(COLUMNS)}",
    )
    text = "\r\n".join((*head, *lines)) + "\r\n"
    hub.files.write(f"{folder}\\MSGTRK{day:%Y%m%d}-1.LOG", text.encode())


def _line(hub: Server, address: str, moment: datetime) -> str:
    values = {
        "date-time": f"{moment:%Y-%m-%dT%H:%M:%S}.000Z",
        "client-ip": address,
        "client-hostname": "device",
        "server-ip": next(iter(hub.addresses), ""),
        "server-hostname": hub.name.upper(),
        "source-context": f"08CD{moment:%H%M%S};{moment:%Y-%m-%dT%H:%M:%S}.000Z;0",
        "connector-id": rf"{hub.name.upper()}\Default {hub.name.upper()}",
        "source": "SMTP",
        "event-id": "RECEIVE",
        "message-subject": '"Report, daily"',
        "sender-address": "device@example.org",
    }
    return ",".join(values.get(column, "") for column in COLUMNS)
