"""What Exchange servers answer on the wire: SMTP dialogues and requests to virtual directories."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import TYPE_CHECKING

from exmigrate.twin.powershell.machine import HttpAnswer
from exmigrate.twin.world.directory import Entry
from exmigrate.twin.world.exchange import answers_legacy
from exmigrate.twin.world.exchange.layout import LEGACY
from exmigrate.twin.world.exchange.store import Store

if TYPE_CHECKING:
    from exmigrate.twin.world.exchange.organization import ExchangeOrganization
    from exmigrate.twin.world.server import Server

ANY_RECIPIENT = "ms-exch-smtp-accept-any-recipient"
_IIS = {"Server": "Microsoft-IIS/7.5", "X-Powered-By": "ASP.NET"}

# path, kind of virtual directory, service that must run behind it
_PATHS = (
    ("/owa", "OwaVirtualDirectory"),
    ("/exchange", "OwaVirtualDirectory"),
    ("/public", "OwaVirtualDirectory"),
    ("/ecp", "EcpVirtualDirectory"),
    ("/microsoft-server-activesync", "ActiveSyncVirtualDirectory"),
    ("/ews", "WebServicesVirtualDirectory"),
    ("/oab", "OabVirtualDirectory"),
    ("/autodiscover", "AutodiscoverVirtualDirectory"),
    ("/unifiedmessaging", "UMVirtualDirectory"),
    ("/powershell", "PowerShellVirtualDirectory"),
    ("/rpc", "OutlookAnywhere"),
)
_PLAIN = frozenset({"OabVirtualDirectory", "PowerShellVirtualDirectory"})


# SMTP


def banner(org: ExchangeOrganization, server: Server, port: int, client: str) -> bytes | None:
    """The greeting of the receive connector that takes this client; None when nothing listens."""
    if org.product_of(server) in LEGACY:
        return answers_legacy.banner(org, server, port)
    if not server.services.is_running("MSExchangeTransport"):
        return None
    connector = _connector(org, server, port, client)
    if connector is None and not _is_edge(server):
        return None
    name = server.fqdn
    if connector is not None:
        store = org.store_for(server)
        custom = store.value(connector, "ReceiveConnector", "Banner")
        if custom:
            return f"{custom}\r\n".encode()
        name = store.value(connector, "ReceiveConnector", "Fqdn") or server.fqdn
    when = org.now().strftime("%a, %d %b %Y %H:%M:%S +0000")
    return f"220 {name} Microsoft ESMTP MAIL Service ready at {when}\r\n".encode()


def smtp(org: ExchangeOrganization, server: Server, client: str, line: str, talk: dict[str, str]) -> str:
    """Answer one line; ``talk`` keeps sender and recipients of the dialogue."""
    verb = line.partition(" ")[0].upper()
    if talk.get("data"):
        return _data_line(org, line, talk)
    if verb in ("EHLO", "HELO"):
        talk["helo"] = line
        hello = f"{server.fqdn} Hello [{client}]"
        more = [
            "SIZE 10485760",
            "PIPELINING",
            "DSN",
            "ENHANCEDSTATUSCODES",
            "STARTTLS",
            "8BITMIME",
            "CHUNKING",
        ]
        if verb == "HELO":
            return f"250 {hello}"
        return "\r\n".join([f"250-{hello}", *(f"250-{item}" for item in more[:-1]), f"250 {more[-1]}"])
    if verb == "MAIL":
        return _mail(org, server, client, line, talk)
    if verb == "RCPT":
        return _recipient(org, server, client, line, talk)
    if verb == "DATA":
        if not talk.get("to"):
            return "503 5.5.2 Need rcpt command"
        talk["data"] = "1"
        return "354 Start mail input; end with <CRLF>.<CRLF>"
    if verb == "RSET":
        talk.pop("from", None)
        talk.pop("to", None)
        return "250 2.0.0 Resetting"
    if verb == "QUIT":
        return "221 2.0.0 Service closing transmission channel"
    return "250 2.0.0 OK" if verb in ("NOOP", "HELP") else "500 5.3.3 Unrecognized command"


def _data_line(org: ExchangeOrganization, line: str, talk: dict[str, str]) -> str:
    if line != ".":
        return ""
    talk.pop("data")
    for recipient in talk.get("to", "").split():
        org.mail.deliver(talk.get("from", ""), recipient, "smtp", start=talk.get("server", ""))
    return "250 2.6.0 <queued> Queued mail for delivery"


def _address(line: str) -> str:
    return line.partition(":")[2].strip().partition(" ")[0].strip("<>").lower()


def _mail(org: ExchangeOrganization, server: Server, client: str, line: str, talk: dict[str, str]) -> str:
    if "helo" not in talk:
        return "503 5.5.2 Send hello first"
    connector = _connector(org, server, int(talk.get("port", "25")), client)
    groups = _groups(org, server, connector)
    if not _is_edge(server) and not _is_legacy(org, server) and "AnonymousUsers" not in groups:
        return "530 5.7.1 Client was not authenticated"
    talk["from"], talk["server"] = _address(line), server.name
    return "250 2.1.0 Sender OK"


def _recipient(
    org: ExchangeOrganization, server: Server, client: str, line: str, talk: dict[str, str]
) -> str:
    if "from" not in talk:
        return "503 5.5.2 Need mail command"
    address = _address(line)
    connector = _connector(org, server, int(talk.get("port", "25")), client)
    if not _accepted(org, server, address) and not _may_relay(org, connector):
        return "550 5.7.1 Unable to relay"
    talk["to"] = f"{talk.get('to', '')} {address}".strip()
    return "250 2.1.5 Recipient OK"


def _accepted(org: ExchangeOrganization, server: Server, address: str) -> bool:
    store = Store(org.world.forest.all()[0]) if server.domain is None else org.store_for(server)
    domain = address.rpartition("@")[2]
    if _is_legacy(org, server):
        return domain in answers_legacy.domains(store)
    for entry in store.all("AcceptedDomain", org.layout.accepted_domains):
        name = str(store.value(entry, "AcceptedDomain", "DomainName")).lower()
        if domain == name or (name.startswith("*.") and domain.endswith(name[1:])):
            return True
    return False


def _may_relay(org: ExchangeOrganization, connector: Entry | None) -> bool:
    if connector is None:
        return False
    held = org.state.permissions.get(connector.dn.lower(), [])
    return any(
        ace["user"].upper() == "NT AUTHORITY\\ANONYMOUS LOGON"
        and ANY_RECIPIENT in [right.lower() for right in ace["extended"]]
        and not ace.get("deny")
        for ace in held
    )


def _is_legacy(org: ExchangeOrganization, server: Server) -> bool:
    return org.product_of(server) in LEGACY


def receiver_groups(org: ExchangeOrganization, server: Server, client: str) -> str:
    """``PermissionGroups`` of the connector on port 25 that takes a client; empty when none does."""
    return _groups(org, server, _connector(org, server, 25, client))


def _is_edge(server: Server) -> bool:
    return server.exchange is not None and "EdgeTransport" in server.exchange.roles


def _groups(org: ExchangeOrganization, server: Server, connector: Entry | None) -> str:
    if connector is None:
        return ""
    return str(org.store_for(server).value(connector, "ReceiveConnector", "PermissionGroups") or "")


def _connector(org: ExchangeOrganization, server: Server, port: int, client: str) -> Entry | None:
    """The receive connector of a port whose ranges hold the client most narrowly."""
    if server.domain is None:
        return None
    store = org.store_for(server)
    best: tuple[int, Entry] | None = None
    for entry in store.all("ReceiveConnector", org.layout.receive_connectors(server.name)):
        if not store.value(entry, "ReceiveConnector", "Enabled"):
            continue
        ports = [text.rpartition(":")[2] for text in store.value(entry, "ReceiveConnector", "Bindings")]
        if str(port) not in ports:
            continue
        for text in store.value(entry, "ReceiveConnector", "RemoteIPRanges"):
            size = range_size(text, client)
            if size is not None and (best is None or size < best[0]):
                best = (size, entry)
    return best[1] if best else None


def range_size(text: str, client: str) -> int | None:
    """How many addresses a range holds, when the client is among them; None when it is not or the text is no range."""
    try:
        address = ipaddress.ip_address(client)
        if "-" in text:
            low, high = (ipaddress.ip_address(part.strip()) for part in text.split("-", 1))
            inside = low.version == address.version and int(low) <= int(address) <= int(high)
            return int(high) - int(low) + 1 if inside else None
        network = ipaddress.ip_network(text, strict=False)
        return network.num_addresses if address in network else None
    except ValueError:
        return None


# HTTP


def http(
    org: ExchangeOrganization,
    server: Server,
    method: str,
    path: str,
    headers: Mapping[str, str],
    secure: bool,
) -> HttpAnswer | None:
    """Answer a request by the virtual directory at its path; None when the server has none there."""
    if org.product_of(server) in LEGACY:
        return answers_legacy.http(org, server, path, secure)
    lowered = path.lower()
    kind = next((k for p, k in _PATHS if lowered == p or lowered.startswith(p + "/")), None)
    if kind is None or server.exchange is None or "ClientAccess" not in server.exchange.roles:
        return None
    store = org.store_for(server)
    found = store.all(kind, org.layout.http(server.name))
    if not found:
        return None
    if not secure and kind not in _PLAIN:
        return HttpAnswer(403, "Forbidden", dict(_IIS))
    der = None
    if secure:
        held = org.certificates.bound(server, "IIS")
        der = held.bundle.der if held else None
    return _answer(store, found[0], kind, path, headers, der)


def _answer(
    store: Store, entry: Entry, kind: str, path: str, headers: Mapping[str, str], der: bytes | None
) -> HttpAnswer:
    properties = _flags(store, entry, kind)
    if properties.get("FormsAuthentication") and kind in ("OwaVirtualDirectory", "EcpVirtualDirectory"):
        host = headers.get("host", "localhost")
        path = path.strip("/").partition("/")[0].lower()
        target = f"https://{host}/owa/auth/logon.aspx?url=https://{host}/{path}&reason=0"
        return HttpAnswer(302, "Found", {**_IIS, "Location": target}, certificate=der)
    offered = _schemes(store, entry, kind, properties)
    if not offered:
        return HttpAnswer(200, "OK", dict(_IIS), certificate=der)
    return HttpAnswer(401, "Unauthorized", {**_IIS, "WWW-Authenticate": ", ".join(offered)}, certificate=der)


def _flags(store: Store, entry: Entry, kind: str) -> dict[str, bool]:
    names = ("BasicAuthentication", "WindowsAuthentication", "DigestAuthentication", "FormsAuthentication")
    found = {}
    for name in names:
        try:
            found[name] = bool(store.value(entry, kind, name))
        except KeyError:
            continue
    return found


def _schemes(store: Store, entry: Entry, kind: str, flags: Mapping[str, bool]) -> list[str]:
    basic, windows = flags.get("BasicAuthentication", False), flags.get("WindowsAuthentication", False)
    if kind == "ActiveSyncVirtualDirectory":
        basic = bool(store.value(entry, kind, "BasicAuthEnabled"))
        windows = bool(store.value(entry, kind, "WindowsAuthEnabled"))
    if kind == "OutlookAnywhere":
        methods = [str(m).lower() for m in store.value(entry, kind, "IISAuthenticationMethods")]
        basic, windows = "basic" in methods, "ntlm" in methods
    offered = ["Negotiate", "NTLM"] if windows else []
    if flags.get("DigestAuthentication"):
        offered.append('Digest realm="Digest"')
    return [*offered, 'Basic realm="server"'] if basic else offered
