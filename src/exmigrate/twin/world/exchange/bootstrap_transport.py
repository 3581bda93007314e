"""The source organization's transport objects: domains, connectors, policies, rules, messages, site costs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from exmigrate.twin.world import dn as names
from exmigrate.twin.world.exchange.answers import ANY_RECIPIENT
from exmigrate.twin.world.exchange.spec import RuleSpec
from exmigrate.twin.world.exchange.store import Store
from exmigrate.twin.world.legacy.organization import smtp_domains

if TYPE_CHECKING:
    from exmigrate.twin.world.exchange.organization import ExchangeOrganization

_JOURNAL_NAMES = {
    "recipient": "Recipient",
    "journalemailaddress": "JournalEmailAddress",
    "journal_email_address": "JournalEmailAddress",
    "journal_to": "JournalEmailAddress",
    "journalto": "JournalEmailAddress",
    "scope": "Scope",
}


def defaults(org: ExchangeOrganization, store: Store, product: str) -> None:
    """Accepted domain, remote domain and policy that PrepareAD makes in a new organization."""
    layout = org.layout
    for base in (layout.remote_domains, layout.recipient_policies, layout.accepted_domains):
        store.container(base)
    root = org.world.spec.forest.domains[0].name
    if not store.all("AcceptedDomain", layout.accepted_domains):
        if layout.legacy and not org.booting:
            accepted_of_policies(org, store)
        elif not org.spec.accepted_domains:
            values = {"DomainName": root, "Default": True}
            store.create("AcceptedDomain", names.child("CN", root, layout.accepted_domains), values, "2007")
    if not store.all("RemoteDomain", layout.remote_domains):
        dn = names.child("CN", "Default", layout.remote_domains)
        store.create("RemoteDomain", dn, {"DomainName": "*"}, "2007")
    if not store.all("EmailAddressPolicy", layout.recipient_policies):
        domain = org.default_domain(store) if not org.spec.accepted_domains else _default_name(org)
        values = {"EnabledEmailAddressTemplates": [f"SMTP:@{domain}"], "Priority": "Lowest"}
        dn = names.child("CN", "Default Policy", layout.recipient_policies)
        store.create("EmailAddressPolicy", dn, values, "2007")


def accepted_of_policies(org: ExchangeOrganization, store: Store) -> None:
    """What PrepareAD makes of recipient policies: a domain of their SMTP templates each; a shared one is relayed."""
    for domain, authoritative, default in smtp_domains(store.controller):
        values = {
            "DomainName": domain,
            "DomainType": "Authoritative" if authoritative else "InternalRelay",
            "Default": default,
        }
        store.create("AcceptedDomain", names.child("CN", domain, org.layout.accepted_domains), values, "2007")


def _default_name(org: ExchangeOrganization) -> str:
    found = [item for item in org.spec.accepted_domains if item.default] or list(org.spec.accepted_domains)
    return found[0].domain


def accepted_domains(org: ExchangeOrganization, store: Store) -> None:
    """The accepted domains of the specification; one of them is the default."""
    default = _default_name(org) if org.spec.accepted_domains else ""
    for item in org.spec.accepted_domains:
        values = {
            "DomainName": item.domain,
            "DomainType": item.type,
            "Default": item.domain == default,
        }
        dn = names.child("CN", item.name or item.domain, org.layout.accepted_domains)
        store.create("AcceptedDomain", dn, values, "2007")


def build(org: ExchangeOrganization, store: Store) -> None:
    """Everything else of transport."""
    _policies(org, store)
    _send_connectors(org, store)
    _receive_connectors(org)
    _rules(org, store)
    _system_messages(org, store)
    _settings(org, store)
    _routing(org, store)


def _policies(org: ExchangeOrganization, store: Store) -> None:
    for item in org.spec.email_address_policies:
        dn = names.child("CN", item.name, org.layout.recipient_policies)
        values = {"EnabledEmailAddressTemplates": list(item.templates), "Priority": str(item.priority)}
        found = store.get(dn)
        if found is None:
            store.create("EmailAddressPolicy", dn, values, "2007")
        else:
            store.set(found, "EmailAddressPolicy", {"EnabledEmailAddressTemplates": list(item.templates)})


def _send_connectors(org: ExchangeOrganization, store: Store) -> None:
    for item in org.spec.send_connectors:
        values: dict[str, Any] = {
            "AddressSpaces": [_space(text) for text in item.address_spaces],
            "SourceTransportServers": [org.layout.server(name) for name in item.sources],
            "SmartHosts": list(item.smart_hosts),
            "DNSRoutingEnabled": not item.smart_hosts,
            "Fqdn": item.fqdn or None,
            **item.settings,
        }
        dn = names.child("CN", item.name, org.layout.connections)
        store.create("SendConnector", dn, values, "2007")


def _space(text: str) -> str:
    """An address space in full: ``*`` becomes ``SMTP:*;1``."""
    kind, _, rest = text.partition(":") if ":" in text else ("SMTP", "", text)
    return f"{kind}:{rest}" if ";" in rest else f"{kind}:{rest};1"


def _receive_connectors(org: ExchangeOrganization) -> None:
    for item in org.spec.receive_connectors:
        server = org.world.server(item.server)
        if server is None or server.domain is None or server.exchange is None:
            continue
        store = org.store_for(server)
        dn = names.child("CN", item.name, org.layout.receive_connectors(server.name))
        entry = store.get(dn)
        if entry is None:
            values = {"Fqdn": server.fqdn, **item.settings}
            entry = store.create("ReceiveConnector", dn, values, server.exchange.product)
        else:
            store.set(entry, "ReceiveConnector", item.settings)
        if item.relay:
            ace = {
                "user": "NT AUTHORITY\\ANONYMOUS LOGON",
                "rights": ["ExtendedRight"],
                "extended": [ANY_RECIPIENT],
                "deny": False,
            }
            org.state.permissions.setdefault(entry.dn.lower(), []).append(ace)


def _rules(org: ExchangeOrganization, store: Store) -> None:
    for rule in org.spec.transport_rules:
        values = {
            "State": "Enabled" if rule.enabled else "Disabled",
            "Settings": json.dumps(rule.settings, sort_keys=True),
        }
        org.rules.add(store, "TransportRule", rule.version, rule.name, values)
    for rule in org.spec.journal_rules:
        org.rules.add(store, "JournalRule", rule.version, rule.name, _journal_values(rule))


def _journal_values(rule: RuleSpec) -> dict[str, Any]:
    values: dict[str, Any] = {"Enabled": rule.enabled}
    for name, value in rule.settings.items():
        known = _JOURNAL_NAMES.get(name.lower().replace("-", "_"))
        if known is None:
            raise LookupError(f"journal rule {rule.name}: unknown setting {name}")
        values[known] = value
    return values


def _system_messages(org: ExchangeOrganization, store: Store) -> None:
    for item in org.spec.system_messages:
        add_system_message(org, store, item.code, item.text, item.language, item.internal)


def add_system_message(
    org: ExchangeOrganization, store: Store, code: str, text: str, language: str, internal: bool
) -> str:
    r"""Make a custom message; gives its DN. A quota message has no audience level: ``en\WarningMailbox``."""
    is_dsn = code[:1].isdigit()
    above = names.child("CN", language, org.layout.system_messages)
    if is_dsn:
        above = f"CN={'Internal' if internal else 'External'},{above}"
    store.container(above)
    values = {
        "DsnCode": code if is_dsn else None,
        "QuotaMessageType": None if is_dsn else code,
        "Text": text,
        "Language": language,
        "Internal": internal,
    }
    return store.create("SystemMessage", names.child("CN", code, above), values, "2007").dn


def _settings(org: ExchangeOrganization, store: Store) -> None:
    entry = store.get(org.layout.transport_settings)
    if entry is not None and org.spec.transport_config:
        store.set(entry, "TransportConfig", org.spec.transport_config)


def _routing(org: ExchangeOrganization, store: Store) -> None:
    for link, cost in org.spec.site_link_costs.items():
        entry = store.get(names.child("CN", link, org.layout.site_links))
        if entry is not None:
            store.set(entry, "AdSiteLink", {"ExchangeCost": cost})
    for site in org.spec.hub_sites:
        entry = store.get(org.layout.site(site))
        if entry is not None:
            store.set(entry, "AdSite", {"HubSiteEnabled": True})
