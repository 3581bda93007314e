"""The Recipient Update Service: it gives addresses to recipients that Exchange 2000 and 2003 tools have made.

Those tools write an alias and a store; everything else comes from the service of the domain, through the controller it
is bound to, when it next runs. Where it may not write, the recipient stays without an address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from exmigrate.twin.world import dn as names
from exmigrate.twin.world.legacy import organization, permissions, places

if TYPE_CHECKING:
    from exmigrate.twin.world.directory import Entry
    from exmigrate.twin.world.exchange.organization import ExchangeOrganization

PERIOD_S = 300.0


def stamp_later(org: ExchangeOrganization, domain: str, dn: str) -> None:
    """Let the service of a domain see a recipient at its next run, and again until it could stamp it."""
    org.world.clock.schedule(PERIOD_S * org.scale, lambda: _run(org, domain, dn))


def _run(org: ExchangeOrganization, domain: str, dn: str) -> None:
    with org.world.access():
        controller = org.world.forest.find(domain=domain, writable=True)
        entry = controller.get(dn) if controller is not None else None
        if entry is None or entry.get("proxyAddresses"):
            return
        if not stamp(org, domain, dn):
            stamp_later(org, domain, dn)


def stamp(org: ExchangeOrganization, domain: str, dn: str) -> bool:
    """One run of the domain's service for one recipient; False when it does not run or may not write."""
    service = _service(org, domain)
    if service is None:
        return False
    machine = org.world.server(places.server_name_of(service.text("msExchAddressListServiceLink")))
    if machine is None or not machine.up or not machine.services.is_running("MSExchangeSA"):
        return False
    controller = org.world.forest.controller(service.text("msExchServer1NetworkAddress"))
    if controller is None or not controller.up or controller.get(dn) is None:
        return False
    if not permissions.stamping_allowed(controller, domain):
        machine.log_event(
            "MSExchangeAL",
            8270,
            f"LDAP returned the error [32] Insufficient Rights when importing the transaction dn: {dn}",
            "Error",
        )
        return False
    entry = controller.get(dn)
    assert entry is not None
    addresses = addresses_of(organization.policies(controller), entry)
    primary = next((a.partition(":")[2] for a in addresses if a.startswith("SMTP:")), "")
    controller.modify(dn, {"proxyAddresses": addresses, "mail": primary or None})
    return True


def _service(org: ExchangeOrganization, domain: str) -> Entry | None:
    root = org.world.forest.find(domain=org.world.spec.forest.domains[0].name)
    wanted = names.key(names.domain_dn(domain))
    found = organization.update_services(root) if root is not None else []
    return next((e for e in found if names.key(e.text("msExchDomainLink")) == wanted), None)


def addresses_of(policies: list[Entry], user: Entry) -> list[str]:
    """Addresses that the default policy's templates give a user; a template without a local part takes the alias."""
    alias = user.text("mailNickname")
    shown = user.text("displayName").split() or [alias]
    parts = {
        "%m": alias,
        "%g": user.text("givenName") or shown[0],
        "%s": user.text("sn") or shown[-1],
        "%d": "".join(shown),
    }

    def filled(text: str) -> str:
        for mark, value in parts.items():
            text = text.replace(mark, value)
        return text.replace(" ", "")

    for entry in policies:
        if entry.number("msExchPolicyOrder", organization.LAST) == organization.LAST:
            found = []
            for text in (str(v) for v in entry.get("gatewayProxy")):
                kind, _, rest = text.partition(":")
                if kind.upper() == "SMTP":
                    local, _, domain = rest.partition("@")
                    found.append(f"{kind}:{filled(local) or alias}@{domain}")
                elif kind.upper() == "X400":
                    found.append(f"{kind}:{rest.rstrip(';')};s={parts['%s']};g={parts['%g']};")
                else:
                    found.append(f"{kind}:{filled(rest)}")
            return found
    return []
