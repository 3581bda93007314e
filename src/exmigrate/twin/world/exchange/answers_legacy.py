"""What servers of 2000 and 2003 answer: the SMTP service of Windows, and Exchange's directories of its web site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from exmigrate.twin.powershell.machine import HttpAnswer
from exmigrate.twin.world import dn as names
from exmigrate.twin.world.exchange.store import Store
from exmigrate.twin.world.legacy import server_entry
from exmigrate.twin.world.legacy.organization import smtp_domains

if TYPE_CHECKING:
    from exmigrate.twin.world.exchange.organization import ExchangeOrganization
    from exmigrate.twin.world.server import Server

_IIS = {"Server": "Microsoft-IIS/6.0", "X-Powered-By": "ASP.NET"}
_BASIC, _INTEGRATED = 2, 4
_PATHS = ("exchange", "public", "exadmin", "exchweb", "oma", "microsoft-server-activesync")


def banner(org: ExchangeOrganization, server: Server, port: int) -> bytes | None:
    """The greeting of the SMTP service; None on another port or when it does not run."""
    if port != 25 or not server.services.is_running("SMTPSVC"):
        return None
    when = org.now().strftime("%a, %d %b %Y %H:%M:%S +0000")
    return f"220 {server.fqdn} Microsoft ESMTP MAIL Service, Version: 6.0.3790.3959 ready at  {when}\r\n".encode()


def domains(store: Store) -> set[str]:
    """Domains that 2000 and 2003 take mail for: those of the SMTP templates of recipient policies, in lower case."""
    return {domain for domain, _, _ in smtp_domains(store.controller)}


def http(org: ExchangeOrganization, server: Server, path: str, secure: bool) -> HttpAnswer | None:
    """A request to a directory of the Exchange virtual server; None where there is none at that path."""
    first = path.strip("/").partition("/")[0].lower()
    store = org.store_for(server)
    entry = server_entry(store.controller, server.name)
    if first not in _PATHS or entry is None:
        return None
    if secure and org.certificates.bound(server, "IIS") is None:
        return None
    for directory in store.controller.search(entry.dn, "(objectClass=msExchProtocolCfgHTTPVirtualDirectory)"):
        if names.rdn_value(directory.dn).lower() == first:
            flags = directory.number("msExchAuthenticationFlags")
            offered = ["Negotiate", "NTLM"] if flags & _INTEGRATED else []
            if flags & _BASIC:
                offered.append(f'Basic realm="{server.fqdn}"')
            if not offered:
                return HttpAnswer(200, "OK", dict(_IIS))
            return HttpAnswer(401, "Unauthorized", {**_IIS, "WWW-Authenticate": ", ".join(offered)})
    return None
